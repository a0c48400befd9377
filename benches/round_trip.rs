//! One call at a time, client and server in one process, on one thread, over a channel that never leaves it.
//!
//! `call` is everything that generated code does: encode, write, packet, validate, handler, reply, packet, validate.
//! `server` leaves the client out: its messages are written and read by hand. `channel` leaves the server out, too:
//! two writes and two reads, what the kernel takes for the same messages.

use fidl::server::Sent;
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use fidl::kernel::{AsHandleRef, Channel, Instant, create_endpoints};
use fidl::message::{Frame, FrameStorage, Header, Lease};
use fidl::{Capacity, Protocol, Reactor, capacity};

#[allow(dead_code, unreachable_pub, reason = "a benchmark uses a part of the schema")]
mod schema {
    fidl::include_schema!("example_echo");
}
use schema::example_echo::echo;
use schema::example_echo::{EchoEchoRequest, EchoEchoRequestWire, EchoSayRequest, EchoSayRequestWire};

/// Says back what it is told.
struct Echoes;

impl echo::Server for Echoes {
    async fn echo(&self, request: echo::EchoRequest<'_>, responder: echo::EchoResponder<'_>) -> Sent {
        responder.send(echo::EchoResponse { data: request.data() })
    }

    async fn say(&self, request: echo::SayRequest<'_>, responder: echo::SayResponder<'_>) -> Sent {
        responder.send(echo::SayResponse { text: request.text() })
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        echo::CountResponse { requests: 0 }
    }

    async fn announce(&self, _: echo::AnnounceRequest<'_>) {}
}

const CAPACITY: Capacity = capacity().connections(1).in_flight(4);

const TEXT: &str = "sixteen letters!";
const DATA: [u8; 4096] = [0x5a; 4096];

fn call(criterion: &mut Criterion) {
    fidl::service!(static SERVICE: echo::Serve<Echoes>, CAPACITY);
    static STORAGE: echo::Storage<4, 1> = echo::Storage::new();
    let service = SERVICE.start(Echoes).expect("nobody started it before");
    let reactor = Reactor::new().expect("a reactor");
    let (client_end, server_end) = create_endpoints().expect("a channel");
    service.serve(&reactor, server_end).expect("room for a connection");
    let client = echo::Client::new(&reactor, &STORAGE, client_end.into_channel()).expect("a client");

    let mut group = criterion.benchmark_group("round_trip/call");
    group.bench_function("text", |bencher| {
        bencher.iter_custom(|calls| {
            timed(&reactor, async {
                for _ in 0..calls {
                    let response = client.say(black_box(TEXT)).await.expect("an answer");
                    assert_eq!(response.view().text().len(), TEXT.len());
                }
            })
        });
    });
    group.bench_function("4096_bytes", |bencher| {
        bencher.iter_custom(|calls| {
            timed(&reactor, async {
                for _ in 0..calls {
                    let response = client.echo(black_box(&DATA)).await.expect("an answer");
                    assert_eq!(response.view().data().len(), DATA.len());
                }
            })
        });
    });
}

/// How long the reactor takes to finish the future.
fn timed(reactor: &Reactor<'_>, future: impl Future<Output = ()>) -> Duration {
    let start = std::time::Instant::now();
    reactor.run_until(future).expect("a port that works");
    start.elapsed()
}

fn server(criterion: &mut Criterion) {
    fidl::service!(static SERVICE: echo::Serve<Echoes>, CAPACITY);
    let service = SERVICE.start(Echoes).expect("nobody started it before");
    let reactor = Reactor::new().expect("a reactor");
    let (client_end, server_end) = create_endpoints().expect("a channel");
    service.serve(&reactor, server_end).expect("room for a connection");
    let mut client = Peer::new(client_end.into_channel());

    let mut answer = || {
        reactor.crank(Instant::INFINITE_PAST).expect("a port that works");
    };
    // The new connection's first turn.
    answer();
    client.bench(&mut criterion.benchmark_group("round_trip/server"), &mut answer);
}

fn channel(criterion: &mut Criterion) {
    let (client_end, server_end) = create_endpoints::<echo::Echo>().expect("a channel");
    let server_end = server_end.into_channel();
    let frame = MessageFrame::EMPTY;
    let mut lease = frame.lease().expect("nobody uses it");
    let mut answer = || {
        lease.read(server_end.raw_handle()).expect("a request is there");
        lease.write(server_end.raw_handle()).expect("the channel has room");
    };
    let mut client = Peer::new(client_end.into_channel());
    client.bench(&mut criterion.benchmark_group("round_trip/channel"), &mut answer);
}

type MessageFrame = Frame<8240, 0>;

/// The end of a channel that requests are written to by hand.
struct Peer {
    channel: Channel,
    text: Lease<'static>,
    data: Lease<'static>,
    answer: Lease<'static>,
}

impl Peer {
    fn new(channel: Channel) -> Self {
        let [mut text, mut data, answer] = [(); 3].map(|()| {
            let frame: &'static MessageFrame = Box::leak(Box::new(MessageFrame::EMPTY));
            frame.lease().expect("nobody uses it")
        });
        text.encode::<EchoSayRequestWire>(header("Say"), &EchoSayRequest { text: TEXT }).expect("it fits");
        data.encode::<EchoEchoRequestWire>(header("Echo"), &EchoEchoRequest { data: &DATA })
            .expect("it fits");
        Self { channel, text, data, answer }
    }

    /// Requests that `answer` sees to.
    fn bench(&mut self, group: &mut BenchmarkGroup<'_, WallTime>, answer: &mut impl FnMut()) {
        let channel = self.channel.raw_handle();
        for (name, request) in [("text", &self.text), ("4096_bytes", &self.data)] {
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    request.write(channel).expect("the channel has room");
                    answer();
                    self.answer.read(channel).expect("an answer is there");
                });
            });
        }
    }
}

/// The header of a request to the method with this name.
fn header(method: &str) -> Header {
    let method =
        echo::Echo::METHODS.iter().find(|known| known.name == method).expect("a method of the protocol");
    Header::new(1, method.ordinal, method.flexible)
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(1000));
    targets = call, server, channel
}
criterion_main!(benches);
