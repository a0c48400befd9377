//! A service from start to end in one thread, small enough for Miri: the places in its static, a handler that waits, and the
//! end of a connection while it does.

use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::task::{Poll, Waker};

use super::ending::LAST_GENERATION;
use super::{Binding, Call, EventError, Outcome, capacity};
use crate::kernel::{self, AsHandleRef, Instant, create_endpoints};
use crate::message::{Frame, Header, Method, MethodKind, Openness, Protocol};
use crate::reactor::Reactor;
use crate::wire::{U32, Vector, each};
use zerocopy::IntoBytes;

enum Doubler {}

const DOUBLE: u64 = 1;
const WAIT: u64 = 2;

impl Protocol for Doubler {
    const NAME: &'static str = "test/Doubler";
    const OPENNESS: Openness = Openness::Closed;
    const METHODS: &'static [Method] = &[
        Method { ordinal: DOUBLE, name: "Double", kind: MethodKind::TwoWay, flexible: false },
        Method { ordinal: WAIT, name: "Wait", kind: MethodKind::TwoWay, flexible: false },
    ];
    const EVENTS: &'static [u64] = &[];
    type RequestFrame = Frame<24, 0>;
    type ResponseFrame = Frame<24, 0>;
    type EventFrame = Frame<40, 0>;
    type ServerMessageFrame = Frame<24, 0>;
}

#[derive(Default)]
struct Server {
    waiting: Cell<Option<Waker>>,
    open: Cell<bool>,
    closed: Cell<u32>,
}

impl Server {
    fn gate(&self) -> impl Future<Output = ()> + '_ {
        poll_fn(|cx| {
            self.waiting.set(Some(cx.waker().clone()));
            if self.open.get() { Poll::Ready(()) } else { Poll::Pending }
        })
    }
}

enum Serve {}

impl Binding for Serve {
    type Protocol = Doubler;
    type Server = Server;

    async fn dispatch<'s>(server: &'s Server, call: Call<'s, Doubler>) -> Outcome<'s> {
        let waits = call.method() == 1;
        let (mut request, reply) = call.split();
        let body = match request.decode::<U32>() {
            Ok(body) => body,
            Err(error) => return reply.refuse(error),
        };
        if waits {
            server.gate().await;
        }
        reply.send::<U32>(&(2 * body.view()))
    }

    fn closed(server: &Server, _: super::ConnectionId, _: &super::CloseReason) {
        server.closed.set(server.closed.get() + 1);
    }
}

fn request(txid: u32, ordinal: u64, value: u32) -> [u8; 24] {
    let mut message = [0; 24];
    message[..16].copy_from_slice(Header::new(txid, ordinal, false).as_bytes());
    message[16..20].copy_from_slice(&value.to_le_bytes());
    message
}

fn settle(reactor: &Reactor<'_>) {
    (0..6).for_each(|_| {
        reactor.crank(Instant::INFINITE_PAST).unwrap();
    });
}

#[test]
fn a_service_from_start_to_end() {
    crate::service!(static SERVICE: Serve, capacity().connections(2).in_flight(4).large_frames(0));
    let service = SERVICE.start(Server::default()).unwrap();
    assert!(SERVICE.start(Server::default()).is_err());
    let reactor = Reactor::new().unwrap();
    let (client, server) = create_endpoints().unwrap();
    service.serve(&reactor, server).unwrap();
    let channel = client.into_channel();
    let receive = || {
        let mut bytes = [0; 24];
        kernel::read(channel.raw_handle(), &mut bytes, &[]).map(|_| (bytes[0], bytes[16]))
    };
    kernel::write(channel.raw_handle(), &request(1, WAIT, 20), &[]).unwrap();
    kernel::write(channel.raw_handle(), &request(2, DOUBLE, 4), &[]).unwrap();
    settle(&reactor);
    assert_eq!(receive(), Ok((2, 8)));
    assert_eq!(receive(), Err(kernel::ReadError::Empty));
    service.server().open.set(true);
    service.server().waiting.take().unwrap().wake();
    settle(&reactor);
    assert_eq!(receive(), Ok((1, 40)));
    // A handler that waits is dropped in place with its connection.
    service.server().open.set(false);
    kernel::write(channel.raw_handle(), &request(3, WAIT, 1), &[]).unwrap();
    settle(&reactor);
    drop(channel);
    settle(&reactor);
    assert_eq!((service.server().closed.get(), service.counters().requests), (1, 3));
}

/// A place whose generations are used up is not used again: a token or packet of its first connection would fit its last.
#[test]
fn a_place_is_retired_with_its_last_generation() {
    crate::service!(static SERVICE: Serve, capacity().connections(1).in_flight(1).large_frames(0));
    let service = SERVICE.start(Server::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    for _ in 0..LAST_GENERATION {
        let (client, server) = create_endpoints().unwrap();
        service.serve(&reactor, server).unwrap();
        drop(client);
        settle(&reactor);
    }
    let (_client, server) = create_endpoints().unwrap();
    assert_eq!(service.serve(&reactor, server), Err(kernel::Status::NO_RESOURCES));
    assert_eq!(service.counters().closed, u64::from(LAST_GENERATION));
}

/// A connection may end while an event for it is encoded. The event then went to the client that had got its place.
#[test]
fn an_event_does_not_go_to_the_next_client() {
    crate::service!(static SERVICE: Serve, capacity().connections(1).in_flight(1).large_frames(0));
    let service = SERVICE.start(Server::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let connect = || {
        let (client, server) = create_endpoints().unwrap();
        service.serve(&reactor, server).unwrap();
        settle(&reactor);
        client.into_channel()
    };
    let mut first = Some(connect());
    let mut next = None;
    let token = service.connection(0);
    let replace = |()| {
        drop(first.take());
        settle(&reactor);
        next = Some(connect());
        7_u32
    };
    let sent = token.send_event::<Vector<U32, 1>>(5, false, each([()].into_iter().map(replace)));
    assert_eq!(sent, Err(EventError::Closed));
    token.close();
    settle(&reactor);
    let received = kernel::read(next.unwrap().raw_handle(), &mut [0; 40], &[]);
    assert_eq!(received.map(drop), Err(kernel::ReadError::Empty));
    assert_eq!(service.server().closed.get(), 1);
}
