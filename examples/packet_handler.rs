//! The adder protocol of `examples/adder.rs`, served by a packet handler: a state machine that is called with each packet,
//! without a future, a waker or a slot. The clients cannot tell the difference.
//!
//! ```text
//! cargo run --release --example packet_handler
//! ```

use fidl::kernel::{AsHandleRef, Channel, Packet, ReadError, Signals, Status, create_endpoints};
use fidl::message::{FrameStorage, Lease};
use fidl::reactor::{Handlers, Next, PacketHandler};
use fidl::wire::EmptyStruct;
use fidl::{Protocol, Reactor};

fidl::include_schema!("example_calc");
use example_calc::adder::{self, Adder};
use example_calc::{AdderAddRequestWire, AdderAddResponse, AdderAddResponseWire};

/// How many messages a connection reads behind one packet, so that no other starves.
const BUDGET: usize = 16;

// Handlers run to their end, so one frame of each kind serves all connections.
static REQUEST: <Adder as Protocol>::RequestFrame = FrameStorage::EMPTY;
static RESPONSE: <Adder as Protocol>::ResponseFrame = FrameStorage::EMPTY;

/// One connection. Its state is its channel; a protocol with more to remember has more fields.
struct Connection {
    channel: Channel,
}

/// Why a connection goes on no more for now.
enum Stop {
    /// Until it is readable, or writable.
    Until(Signals),
    /// For good: the client is gone, or has broken a rule.
    End,
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Empty => Self::Until(readable()),
            _ => Self::End,
        }
    }
}

impl From<Status> for Stop {
    fn from(_: Status) -> Self {
        Self::End
    }
}

fn readable() -> Signals {
    Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED
}

impl Connection {
    /// Reads, handles and answers one request.
    fn serve_one(&self) -> Result<(), Stop> {
        let (Some(mut request), Some(mut response)) = (REQUEST.lease(), RESPONSE.lease()) else {
            return Err(Stop::Until(readable()));
        };
        request.read(self.channel.raw_handle())?;
        if answer(&mut request, &mut response).is_none() {
            return Err(Stop::End);
        }
        response.write(self.channel.raw_handle())?;
        Ok(())
    }
}

/// Makes the response to a request; `None` for one that breaks a rule.
fn answer(request: &mut Lease<'_>, response: &mut Lease<'_>) -> Option<()> {
    let header = request.header().ok()?;
    let method = Adder::METHODS.iter().find(|method| method.ordinal == header.ordinal())?;
    match (method.name, header.txid()) {
        (_, 0) => None,
        ("Add", _) => {
            let body = request.decode::<AdderAddRequestWire>().ok()?;
            let sum = i64::from(body.view().a()) + i64::from(body.view().b());
            response.encode::<AdderAddResponseWire>(header, &AdderAddResponse { sum }).ok()
        }
        _ => {
            request.decode_empty().ok()?;
            let done: Result<&(), fidl::wire::FrameworkError> = Ok(&());
            response.encode::<fidl::wire::FlexibleResult<EmptyStruct>>(header, done).ok()
        }
    }
}

impl PacketHandler for Connection {
    fn packet(&mut self, _: Packet) -> Next {
        for _ in 0..BUDGET {
            match self.serve_one() {
                Ok(()) => {}
                Err(Stop::Until(signals)) => return Next::Wait(signals),
                Err(Stop::End) => return Next::End,
            }
        }
        // There may be more: the channel is still readable, so that a packet comes at once, behind those of others.
        Next::Wait(readable())
    }
}

fn main() -> Result<(), fidl::Error> {
    static STORAGE: adder::Storage<4, 1> = adder::Storage::new();
    let connections = Handlers::<Connection, 16>::new();
    let reactor = Reactor::new()?;
    let (client_end, server_end) = create_endpoints::<Adder>()?;
    let channel = server_end.into_channel();
    let handle = channel.raw_handle();
    connections
        .add(&reactor, handle, readable(), Connection { channel })
        .map_err(|refused| refused.status)?;
    let client = adder::Client::new(&reactor, &STORAGE, client_end)?;
    let sums = reactor.run_until(async {
        let (first, second) = futures::join!(client.add(20, 22), client.add(i32::MAX, 1));
        client.ping().await?;
        Ok::<_, fidl::Error>([first?.sum, second?.sum])
    })??;
    println!("{sums:?}");
    assert_eq!(sums, [42, 1 << 31]);
    drop(client);
    reactor.crank(fidl::kernel::Instant::INFINITE_PAST)?;
    assert_eq!(connections.free(), 16, "a connection ends with its client");
    Ok(())
}
