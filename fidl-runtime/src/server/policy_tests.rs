//! What a service does when it is full, when it is stuck, and when connections end under their handlers.

use core::cell::{Cell, RefCell};
use core::future::{Future, poll_fn};
use core::task::{Poll, Waker};
use core::time::Duration;
use std::vec::Vec;

use zerocopy::IntoBytes;

use super::{AtEnd, Binding, Call, Counters, Dispatch, Outcome, Running, WhenStarved, capacity};
use crate::client::{Client, Storage, Strict};
use crate::kernel::{self, AsHandleRef, Channel, Instant, Signals, create_endpoints};
use crate::message::{Frame, FrameStorage, Header, Method, Openness, Protocol};
use crate::reactor::Reactor;
use crate::wire::U32;

enum Work {}

const DOUBLE: u64 = 1;
const WAIT: u64 = 2;
const NOTE: u64 = 3;

impl Protocol for Work {
    const NAME: &'static str = "test/Work";
    const OPENNESS: Openness = Openness::Closed;
    const METHODS: &'static [Method] = &[
        Method::strict_two_way(DOUBLE, "Double"),
        Method::strict_two_way(WAIT, "Wait"),
        Method::strict_one_way(NOTE, "Note"),
    ];
    const EVENTS: &'static [u64] = &[];
    type RequestFrame = Frame<24, 0>;
    type ResponseFrame = Frame<24, 0>;
    type EventFrame = Frame<16, 0>;
    type ServerMessageFrame = Frame<24, 0>;
}

#[derive(Default)]
struct Server {
    open: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
    notes: RefCell<Vec<u32>>,
    finished: Cell<u32>,
    /// Taken by the next handler that waits, and owned by it.
    handle: Cell<Option<Channel>>,
}

impl Server {
    fn gate(&self) -> impl Future<Output = ()> + '_ {
        poll_fn(|cx| {
            self.waiting.borrow_mut().push(cx.waker().clone());
            if self.open.get() { Poll::Ready(()) } else { Poll::Pending }
        })
    }

    fn open(&self) {
        self.open.set(true);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }
}

enum Serve {}

impl Binding for Serve {
    type Protocol = Work;
    type Server = Server;

    async fn dispatch<'s>(server: &'s Server, call: Call<'s, Work>) -> Outcome<'s> {
        let method = call.method();
        let (mut request, reply) = call.split();
        let value = match request.decode::<U32>() {
            Ok(body) => body.view(),
            Err(error) => return reply.refuse(error),
        };
        match method {
            0 => reply.send::<U32>(&(2 * value)),
            1 => {
                let owned = server.handle.take();
                server.gate().await;
                server.finished.set(server.finished.get() + 1);
                drop(owned);
                reply.send::<U32>(&value)
            }
            _ => {
                server.notes.borrow_mut().push(value);
                reply.done()
            }
        }
    }
}

/// A client, byte by byte.
struct Peer(Channel);

impl Peer {
    fn connect<'env, D: Dispatch<Server, Work>, const C: usize, const N: usize>(
        reactor: &Reactor<'env>,
        service: &'env Running<Serve, D, C, N>,
    ) -> Self {
        let (client, server) = create_endpoints().unwrap();
        service.serve(reactor, server).unwrap();
        Self(client.into_channel())
    }

    fn send(&self, txid: u32, ordinal: u64, value: u32) {
        let mut message = [0; 24];
        message[..16].copy_from_slice(Header::new(txid, ordinal, false).as_bytes());
        message[16..20].copy_from_slice(&value.to_le_bytes());
        kernel::write(self.0.raw_handle(), &message, &[]).unwrap();
    }

    /// The next answer's transaction id and first byte.
    fn receive(&self) -> Option<(u8, u8)> {
        let mut bytes = [0; 24];
        kernel::read(self.0.raw_handle(), &mut bytes, &[]).ok().map(|_| (bytes[0], bytes[16]))
    }
}

fn settle(reactor: &Reactor<'_>) {
    (0..8).for_each(|_| {
        reactor.crank(Instant::INFINITE_PAST).unwrap();
    });
}

#[test]
fn one_way_requests_are_dropped_while_no_call_is_free() {
    crate::service!(
        static SERVICE: Serve,
        capacity().connections(3).in_flight(1).large_frames(0).when_starved(WhenStarved::DropOneWay)
    );
    let service = SERVICE.start(Server::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (first, second, third) = (
        Peer::connect(&reactor, &service),
        Peer::connect(&reactor, &service),
        Peer::connect(&reactor, &service),
    );
    first.send(1, WAIT, 7);
    settle(&reactor);
    for (txid, ordinal, value) in [(0, NOTE, 1), (0, NOTE, 2), (5, DOUBLE, 4), (0, NOTE, 3)] {
        second.send(txid, ordinal, value);
    }
    settle(&reactor);
    assert_eq!((service.counters().dropped_one_way, service.server().notes.borrow().len()), (2, 0));
    // The frame is taken: a third client's requests wait where they are.
    third.send(0, NOTE, 9);
    settle(&reactor);
    assert_eq!(service.counters().dropped_one_way, 2);
    service.server().open();
    settle(&reactor);
    assert_eq!((first.receive(), second.receive()), (Some((1, 7)), Some((5, 8))));
    let notes = service.server().notes.take();
    assert!(notes == [3, 9] || notes == [9, 3], "{notes:?}");
    assert_eq!(service.counters().requests, 4);
}

/// A request that was put aside goes with its connection, and the frame is free again.
#[test]
fn a_request_put_aside_goes_with_its_connection() {
    crate::service!(
        static SERVICE: Serve,
        capacity().connections(3).in_flight(1).large_frames(0).when_starved(WhenStarved::DropOneWay)
    );
    let service = SERVICE.start(Server::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (first, second) = (Peer::connect(&reactor, &service), Peer::connect(&reactor, &service));
    first.send(1, WAIT, 7);
    settle(&reactor);
    second.send(2, DOUBLE, 1);
    settle(&reactor);
    drop(second);
    service.server().open();
    settle(&reactor);
    assert_eq!((first.receive(), service.counters().closed), (Some((1, 7)), 1));
    assert!(service.spare.lease().is_some());
}

/// Whether the other end of a channel is closed.
fn is_closed(channel: &Channel) -> bool {
    kernel::wait_one(channel.raw_handle(), Signals::CHANNEL_PEER_CLOSED, Instant::INFINITE_PAST).is_ok()
}

/// What becomes of a handler that owns a handle when its connection ends.
fn end_under_a_handler<D: Dispatch<Server, Work>, const C: usize, const N: usize>(
    service: &Running<Serve, D, C, N>,
) -> (bool, Counters) {
    let reactor = Reactor::new().unwrap();
    let (near, far) = Channel::create().unwrap();
    service.server().handle.set(Some(far));
    let peer = Peer::connect(&reactor, service);
    peer.send(1, WAIT, 7);
    settle(&reactor);
    drop(peer);
    settle(&reactor);
    let closed_with_connection = is_closed(&near);
    assert_eq!(service.counters().closed, 1);
    service.server().open();
    settle(&reactor);
    assert!(is_closed(&near));
    // All calls are free again.
    let peer = Peer::connect(&reactor, service);
    for txid in 1..=2 {
        peer.send(txid, WAIT, 1);
    }
    settle(&reactor);
    assert_eq!((peer.receive(), peer.receive()), (Some((1, 1)), Some((2, 1))));
    (closed_with_connection, service.counters())
}

#[test]
fn handlers_are_dropped_with_their_connection() {
    crate::service!(static SERVICE: Serve, capacity().connections(2).in_flight(2).large_frames(0));
    let service = SERVICE.start(Server::default()).unwrap();
    let (closed_with_connection, counters) = end_under_a_handler(&service);
    assert!(closed_with_connection);
    assert_eq!((service.server().finished.get(), counters.discarded), (2, 0));
}

#[test]
fn handlers_run_to_their_end_behind_their_connection() {
    crate::service!(
        static SERVICE: Serve,
        capacity().connections(2).in_flight(2).large_frames(0).at_end(AtEnd::Run)
    );
    let service = SERVICE.start(Server::default()).unwrap();
    let (closed_with_connection, counters) = end_under_a_handler(&service);
    assert!(!closed_with_connection);
    assert_eq!((service.server().finished.get(), counters.discarded), (3, 1));
}

#[test]
fn it_is_counted_when_nothing_is_done_for_long() {
    crate::service!(
        static SERVICE: Serve,
        capacity().connections(2).in_flight(1).large_frames(0).patience(Duration::from_millis(50))
    );
    let service = SERVICE.start(Server::default()).unwrap();
    let reactor = Reactor::simulated(1).unwrap();
    let (first, second) = (Peer::connect(&reactor, &service), Peer::connect(&reactor, &service));
    first.send(1, WAIT, 7);
    settle(&reactor);
    second.send(1, DOUBLE, 1);
    settle(&reactor);
    assert_eq!(service.counters().stuck, 0);
    let begin = Instant::now();
    // Time goes on to the first deadline there is; behind that there is none.
    while reactor.crank(Instant::INFINITE).is_ok() {}
    assert_eq!((service.counters().stuck, Instant::now().since(begin)), (1, Duration::from_millis(50)));
    service.server().open();
    settle(&reactor);
    assert_eq!((first.receive(), second.receive()), (Some((1, 7)), Some((1, 2))));
}

/// One connection's requests of a turn end with the one that reaches the bound.
#[test]
fn a_turn_reads_so_many_bytes_of_a_connection() {
    crate::service!(
        static SERVICE: Serve,
        capacity().connections(2).in_flight(4).large_frames(0).bytes_per_turn(30)
    );
    let service = SERVICE.start(Server::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (first, second) = (Peer::connect(&reactor, &service), Peer::connect(&reactor, &service));
    settle(&reactor);
    (0..6).for_each(|value| first.send(0, NOTE, value));
    second.send(0, NOTE, 100);
    reactor.crank(Instant::INFINITE_PAST).unwrap();
    // Two of 24 bytes each, then the other connection.
    assert_eq!(service.server().notes.take(), [0, 1, 100]);
    settle(&reactor);
    assert_eq!(service.server().notes.take(), [2, 3, 4, 5]);
}

/// Two services whose handlers call each other, with one call each.
mod mutual {
    use super::*;

    pub(super) type Caller = Client<'static, Work, 2, 1>;

    /// Calls the other with one less, until it is 0.
    #[derive(Default)]
    pub(super) struct Node {
        pub(super) other: Cell<Option<&'static Caller>>,
    }

    pub(super) enum ServeNode {}

    impl Binding for ServeNode {
        type Protocol = Work;
        type Server = Node;

        async fn dispatch<'s>(node: &'s Node, call: Call<'s, Work>) -> Outcome<'s> {
            let (mut request, reply) = call.split();
            let depth = match request.decode::<U32>() {
                Ok(body) => body.view(),
                Err(error) => return reply.refuse(error),
            };
            let (Some(other), true) = (node.other.get(), depth > 0) else { return reply.send::<U32>(&0) };
            match other.call::<U32, Strict<U32>>(DOUBLE, false, depth - 1).await {
                Ok(below) => reply.send::<U32>(&(below.view() + 1)),
                Err(_) => reply.send::<U32>(&1000),
            }
        }
    }
}

/// A chain of calls that needs more slots than there are waits, is counted, and blocks nobody once its head is gone; a chain
/// that fits is answered. The handlers' own calls take none of the services' slots or frames.
#[test]
fn two_services_that_call_each_other() {
    use mutual::{Node, ServeNode};
    use std::boxed::Box;

    crate::service!(
        static LEFT: ServeNode,
        capacity().connections(2).in_flight(1).large_frames(0).patience(Duration::from_millis(50))
    );
    crate::service!(
        static RIGHT: ServeNode,
        capacity().connections(2).in_flight(1).large_frames(0).patience(Duration::from_millis(50))
    );
    static STORAGE: [Storage<Work, 2, 1>; 2] = [const { Storage::new() }; 2];
    let left: &'static _ = Box::leak(Box::new(LEFT.start(Node::default()).unwrap()));
    let right: &'static _ = Box::leak(Box::new(RIGHT.start(Node::default()).unwrap()));
    let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::simulated(3).unwrap()));
    let ends = [(); 3].map(|()| create_endpoints::<Work>().unwrap());
    let [(to_left, for_left), (to_right, for_right), (client, head)] = ends;
    left.serve(reactor, for_left).unwrap();
    left.serve(reactor, head).unwrap();
    right.serve(reactor, for_right).unwrap();
    let caller = |storage, end| &*Box::leak(Box::new(Client::new(reactor, storage, end).unwrap()));
    right.server().other.set(Some(caller(&STORAGE[0], to_left)));
    left.server().other.set(Some(caller(&STORAGE[1], to_right)));
    let peer = Peer(client.into_channel());
    // Left and right, and no more: one slot each.
    peer.send(1, DOUBLE, 1);
    settle(reactor);
    assert_eq!(peer.receive(), Some((1, 1)));
    // Left, right, left again: there is no slot.
    peer.send(2, DOUBLE, 2);
    settle(reactor);
    while reactor.crank(Instant::INFINITE).is_ok() {}
    assert_eq!((peer.receive(), left.counters().stuck, right.counters().stuck), (None, 1, 0));
    // With the head of the chain the rest of it is free to go on.
    drop(peer);
    settle(reactor);
    settle(reactor);
    assert_eq!((left.counters().requests, right.counters().requests), (3, 2));
    let (client, head) = create_endpoints::<Work>().unwrap();
    left.serve(reactor, head).unwrap();
    let peer = Peer(client.into_channel());
    peer.send(3, DOUBLE, 1);
    settle(reactor);
    assert_eq!(peer.receive(), Some((3, 1)));
}

/// The 99th percentile of how long a hundred polite clients wait for an answer, while another client sends without end, or
/// not: in requests that the service handled meanwhile. (A clock would measure what else the machine does.)
fn polite_p99<D: Dispatch<Server, Work>, const C: usize, const N: usize>(
    service: &Running<Serve, D, C, N>,
    floods: bool,
) -> u64 {
    let reactor = Reactor::new().unwrap();
    let polite: Vec<Peer> = (0..100).map(|_| Peer::connect(&reactor, service)).collect();
    let flooding = Peer::connect(&reactor, service);
    settle(&reactor);
    let mut waits = Vec::new();
    for round in 1..=20 {
        let begin = service.counters().requests;
        polite.iter().for_each(|peer| peer.send(round, DOUBLE, 1));
        let mut waiting: Vec<&Peer> = polite.iter().collect();
        while !waiting.is_empty() {
            if floods {
                // Far more than a turn takes of one connection, so that there always are some.
                (0..100).for_each(|_| flooding.send(7, DOUBLE, 1));
            }
            reactor.crank(Instant::INFINITE_PAST).unwrap();
            let handled = service.counters().requests - begin;
            let before = waiting.len();
            waiting.retain(|peer| peer.receive().is_none());
            waits.resize(waits.len() + before - waiting.len(), handled);
            while flooding.receive().is_some() {}
        }
    }
    waits.sort();
    waits[waits.len() * 99 / 100]
}

#[test]
#[cfg_attr(miri, ignore = "more channels than Miri's tables hold")]
fn a_flooding_client_hardly_delays_a_hundred_polite_ones() {
    crate::service!(static QUIET: Serve, capacity().connections(101).in_flight(16).large_frames(0));
    crate::service!(static FLOODED: Serve, capacity().connections(101).in_flight(16).large_frames(0));
    let quiet = QUIET.start(Server::default()).unwrap();
    let flooded = FLOODED.start(Server::default()).unwrap();
    let before = polite_p99(&quiet, false);
    let with_flood = polite_p99(&flooded, true);
    std::println!("p99 {before} requests alone, {with_flood} beside a client that floods");
    assert!(before >= 99 && with_flood > before && with_flood < 3 * before, "{before} became {with_flood}");
}

#[test]
fn sizes_add_up() {
    use std::string::ToString;

    crate::service!(static SERVICE: Serve, capacity().connections(8).in_flight(4).large_frames(2));
    let report = SERVICE.size_report();
    let parts = report.connections + report.calls + report.handlers + report.large_frames;
    assert_eq!(report.total, SERVICE.bytes());
    assert!(parts <= report.total && parts * 10 > report.total * 9, "{report}");
    assert!(report.large_frames >= 2 * 65_536 && report.per_call() > 48, "{report}");
    assert!(report.to_string().starts_with("    "), "{report}");
    let counters = Counters { requests: 3, ..Counters::default() };
    assert_eq!(counters.to_string(), "requests                 3\n");
}
