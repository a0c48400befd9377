//! What a server does at each of its capacities, and how clients share them.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use fidl::kernel::{self, AsHandleRef, Channel, HandleBased, ReadError, Status, create_endpoints};
use fidl::server::{Binding, Call, CloseReason, ConnectionId, Dispatch, EventError, Outcome, Running};
use fidl::wire::{EncodeError, HandleSlot};
use fidl::{Capacity, Listener, Reactor, WhenFull, capacity};

mod support;
use support::{
    CountDrop, FLEXIBLE, Gate, Peer, STRICT, channel, data, epitaph, is_closed, message, ordinal, run_for,
    run_until, settle,
};

/// The protocols.
pub mod schema {
    fidl::include_schema!("example_echo");
    fidl::include_schema!("test_openness");
}
use schema::example_echo::echo::{self, Echo, Events as _};
use schema::test_openness::closed::{self, Closed};
use schema::test_openness::open::{self, Open};

/// An ordinal that no protocol has.
const UNKNOWN: u64 = 0x1234_5678_9abc_def0;

/// A server whose handlers wait where their text says: behind gate `a`, behind gate `b`, or not at all.
#[derive(Default)]
struct Gated {
    a: Gate,
    b: Gate,
    lines: RefCell<Vec<String>>,
    reasons: RefCell<Vec<CloseReason>>,
    /// Handlers whose futures were dropped, finished or not.
    dropped: Cell<usize>,
    /// Events sent so far, and how often the channel was full.
    events: Cell<u32>,
    full: Cell<u32>,
}

impl Gated {
    async fn wait(&self, text: &str) {
        let _dropped = CountDrop(&self.dropped);
        self.lines.borrow_mut().push(format!("start {text}"));
        match text.as_bytes().first() {
            Some(b'a') => self.a.pass().await,
            Some(b'b') => self.b.pass().await,
            _ => {}
        }
        self.lines.borrow_mut().push(format!("end {text}"));
    }

    fn started(&self) -> usize {
        self.lines.borrow().iter().filter(|line| line.starts_with("start")).count()
    }
}

impl echo::Server for Gated {
    async fn echo<'a>(&'a self, request: echo::EchoRequest<'a>) -> echo::EchoResponse<'a> {
        if request.data() == b"long" {
            return echo::EchoResponse { data: &[0; 8193] };
        }
        echo::EchoResponse { data: request.data() }
    }

    async fn say<'a>(&'a self, request: echo::SayRequest<'a>) -> echo::SayResponse<'a> {
        self.wait(request.text()).await;
        echo::SayResponse { text: request.text() }
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        echo::CountResponse { requests: 0 }
    }

    /// Sends as many events as the text has characters; `!` in front: none may be refused.
    async fn announce(&self, request: echo::AnnounceRequest<'_>) {
        let connection = request.connection();
        if request.text() == "long" {
            let refused = connection.heard(&"x".repeat(257));
            return self.lines.borrow_mut().push(format!("{refused:?}"));
        }
        let (wait, text) = match request.text().strip_prefix('!') {
            Some(count) => (true, count),
            None => (false, request.text()),
        };
        for _ in 0..text.parse().unwrap_or(0) {
            loop {
                match connection.heard(&format!("{}", self.events.get())) {
                    Ok(()) => break self.events.set(self.events.get() + 1),
                    Err(EventError::Full) if wait => {
                        self.full.set(self.full.get() + 1);
                        connection.writable().await;
                    }
                    Err(error) => return self.lines.borrow_mut().push(format!("{error:?}")),
                }
            }
        }
    }

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

impl open::Server for Gated {
    async fn two_way(&self, request: open::TwoWayRequest<'_>) -> open::TwoWayResponse {
        open::TwoWayResponse { value: request.value() }
    }

    async fn flexible(&self, request: open::FlexibleRequest<'_>) -> open::FlexibleResponse {
        open::FlexibleResponse { value: request.value() }
    }

    async fn bare(&self, _: open::BareRequest<'_>) {}

    async fn one_way(&self, _: open::OneWayRequest<'_>) {}

    async fn give(&self, request: open::GiveRequest<'_>) {
        self.wait("a").await;
        drop(request.end().take());
    }

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

impl closed::Server for Gated {
    async fn two_way(&self, request: closed::TwoWayRequest<'_>) -> closed::TwoWayResponse {
        closed::TwoWayResponse { value: request.value() }
    }

    async fn one_way(&self, _: closed::OneWayRequest<'_>) {}

    async fn bare(&self, _: closed::BareRequest<'_>) {}

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

/// Starts a service with this capacity, and a reactor.
macro_rules! started {
    ($binding:ty, $capacity:expr => $service:ident, $reactor:ident) => {
        const CAPACITY: Capacity = $capacity;
        fidl::service!(static SERVICE: $binding, CAPACITY);
        let $service = SERVICE.start(Gated::default()).unwrap();
        let $reactor = Reactor::new().unwrap();
    };
    ($capacity:expr => $service:ident, $reactor:ident) => {
        started!(echo::Serve<Gated>, $capacity => $service, $reactor);
    };
}

/// A client of the service.
fn connect<'env, B, D, const C: usize, const N: usize>(
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
) -> Peer
where
    B: Binding,
    D: Dispatch<B::Server, B::Protocol>,
{
    let (client, server) = create_endpoints().unwrap();
    service.serve(reactor, server).unwrap();
    Peer(client.into_channel())
}

fn say(txid: u32, text: &str) -> Vec<u8> {
    message(txid, STRICT, ordinal::<Echo>("Say"), &data(text.as_bytes()))
}

fn announce(text: &str) -> Vec<u8> {
    message(0, FLEXIBLE, ordinal::<Echo>("Announce"), &data(text.as_bytes()))
}

/// A request whose reply is as long as replies are.
fn large(txid: u32) -> Vec<u8> {
    message(txid, FLEXIBLE, ordinal::<Echo>("Echo"), &data(&[7; 8192]))
}

/// The txids of all messages that are there.
fn txids(peer: &Peer) -> Vec<u32> {
    peer.receive_all().iter().map(|message| u32::from_le_bytes(message[..4].try_into().unwrap())).collect()
}

#[test]
fn many_connections_share_one_arena() {
    started!(capacity().connections(100).in_flight(4) => service, reactor);
    let peers: Vec<_> = (0..100).map(|_| connect(&service, &reactor)).collect();
    for peer in &peers {
        (1..=20).for_each(|txid| peer.send(&say(txid, "now")));
    }
    settle(&reactor);
    for peer in &peers {
        assert_eq!(txids(peer), Vec::from_iter(1..=20));
    }
    assert_eq!((service.counters().requests, service.counters().replies), (2000, 2000));
}

#[test]
fn a_full_arena_waits_and_loses_nothing() {
    started!(capacity().connections(3).in_flight(2) => service, reactor);
    let peers = [(); 3].map(|()| connect(&service, &reactor));
    for peer in &peers {
        (1..=4).for_each(|txid| peer.send(&say(txid, "a")));
    }
    settle(&reactor);
    assert_eq!((service.server().started(), service.counters().most_in_flight), (2, 2));
    assert!(service.counters().starved > 0);
    for passed in 1..=12 {
        service.server().a.open(1);
        settle(&reactor);
        assert!(service.server().started() >= 12.min(passed + 1), "{passed} passed");
    }
    peers.iter().for_each(|peer| assert_eq!(txids(peer), [1, 2, 3, 4]));
    assert_eq!(service.counters().most_in_flight, 2);
}

#[test]
fn a_greedy_client_leaves_room_for_others() {
    started!(capacity().connections(3).in_flight(8) => service, reactor);
    let (greedy, polite) = (connect(&service, &reactor), connect(&service, &reactor));
    (1..=1000).for_each(|txid| greedy.send(&say(txid, "a")));
    settle(&reactor);
    assert!(service.server().started() >= 4, "a client alone gets at least half");
    for txid in 1..=50 {
        polite.send(&say(txid, "now"));
        settle(&reactor);
        assert_eq!(txids(&polite), [txid]);
    }
    service.server().a.open(1000);
    settle(&reactor);
    assert_eq!(txids(&greedy), Vec::from_iter(1..=1000));
}

/// Each of many greedy clients gets its turn.
#[test]
fn greedy_clients_share() {
    started!(capacity().connections(6).in_flight(4) => service, reactor);
    let peers = [(); 6].map(|()| connect(&service, &reactor));
    for peer in &peers {
        (1..=100).for_each(|txid| peer.send(&say(txid, "a")));
    }
    settle(&reactor);
    let mut got = [0; 6];
    for _ in 0..120 {
        service.server().a.open(1);
        settle(&reactor);
        for (count, peer) in got.iter_mut().zip(&peers) {
            *count += txids(peer).len();
        }
    }
    assert_eq!(got.iter().sum::<usize>(), 120);
    assert!(got.iter().all(|&count| count >= 12), "{got:?}");
}

/// A connection that waited for a call and then had nothing to read used to keep the call from those behind it.
#[test]
fn a_call_that_is_not_used_goes_to_the_next() {
    started!(capacity().connections(4).in_flight(1) => service, reactor);
    let busy = connect(&service, &reactor);
    busy.send(&say(1, "a"));
    settle(&reactor);
    let (_idle, _idle_too) = (connect(&service, &reactor), connect(&service, &reactor));
    settle(&reactor);
    let waiting = connect(&service, &reactor);
    waiting.send(&say(2, "now"));
    settle(&reactor);
    assert_eq!(txids(&waiting), []);
    service.server().a.open(1);
    settle(&reactor);
    assert_eq!((txids(&busy), txids(&waiting)), (vec![1], vec![2]));
}

/// The same where the connection that the call was meant for has ended.
#[test]
fn a_call_for_a_connection_that_has_ended_goes_to_the_next() {
    started!(capacity().connections(4).in_flight(1) => service, reactor);
    let busy = connect(&service, &reactor);
    busy.send(&say(1, "a"));
    settle(&reactor);
    let gone = connect(&service, &reactor);
    gone.send(&[0; 3]);
    settle(&reactor);
    let waiting = connect(&service, &reactor);
    waiting.send(&say(2, "now"));
    settle(&reactor);
    drop(gone);
    settle(&reactor);
    service.server().a.open(1);
    settle(&reactor);
    assert_eq!((txids(&busy), txids(&waiting)), (vec![1], vec![2]));
}

/// A connection held back for the sake of others used to wait for an end of one of its own calls, whoever else had left.
#[test]
fn a_connection_held_back_goes_on_when_there_is_room() {
    started!(capacity().connections(2).in_flight(8) => service, reactor);
    let (first, second) = (connect(&service, &reactor), connect(&service, &reactor));
    (1..=4).for_each(|txid| first.send(&say(txid, "a")));
    settle(&reactor);
    (1..=5).for_each(|txid| second.send(&say(txid, "b")));
    settle(&reactor);
    assert!(service.server().started() < 9);
    service.server().a.open(4);
    settle(&reactor);
    assert_eq!(txids(&first), [1, 2, 3, 4]);
    assert_eq!(service.server().started(), 4 + 4, "half of the arena");
    (6..=7).for_each(|txid| first.send(&say(txid, "now")));
    settle(&reactor);
    assert_eq!(txids(&first), [6, 7]);
}

/// The wake of the first handler that waited used to be lost.
#[test]
fn the_first_request_of_all_may_wait() {
    started!(capacity() => service, reactor);
    let peer = connect(&service, &reactor);
    settle(&reactor);
    peer.send(&say(1, "a"));
    settle(&reactor);
    service.server().a.open(1);
    settle(&reactor);
    assert_eq!(txids(&peer), [1]);
}

#[test]
fn handlers_start_in_order_and_replies_overtake() {
    started!(capacity().in_flight(8) => service, reactor);
    let peer = connect(&service, &reactor);
    for (txid, text) in [(1, "a1"), (2, "b2"), (3, "now3")] {
        peer.send(&say(txid, text));
    }
    settle(&reactor);
    service.server().b.open(1);
    settle(&reactor);
    service.server().a.open(1);
    settle(&reactor);
    assert_eq!(txids(&peer), [3, 2, 1]);
    let expected = ["start a1", "start b2", "start now3", "end now3", "end b2", "end a1"];
    assert_eq!(*service.server().lines.borrow(), expected);
}

#[test]
fn a_bound_of_one_makes_a_connection_serial() {
    started!(capacity().in_flight(8).in_flight_per_connection(1) => service, reactor);
    let (peer, other) = (connect(&service, &reactor), connect(&service, &reactor));
    for (txid, text) in [(1, "a1"), (2, "now2"), (3, "b3"), (4, "now4")] {
        peer.send(&say(txid, text));
    }
    other.send(&say(9, "now9"));
    settle(&reactor);
    assert_eq!(txids(&other), [9]);
    service.server().b.open(1);
    settle(&reactor);
    service.server().a.open(1);
    settle(&reactor);
    assert_eq!(txids(&peer), [1, 2, 3, 4]);
    let lines = service.server().lines.take();
    let mine: Vec<_> = lines.iter().filter(|line| !line.ends_with('9')).collect();
    let expected =
        ["start a1", "end a1", "start now2", "end now2", "start b3", "end b3", "start now4", "end now4"];
    assert_eq!(mine, expected);
}

/// A client that goes away takes its handlers with it.
fn disconnected<'env, B, D, const C: usize, const N: usize>(
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
    requests: &[Vec<u8>],
) -> usize
where
    B: Binding<Server = Gated, Protocol = Echo>,
    D: Dispatch<Gated, Echo>,
{
    let peer = connect(service, reactor);
    requests.iter().for_each(|request| peer.send(request));
    settle(reactor);
    assert!(service.server().started() > 0);
    drop(peer);
    settle(reactor);
    assert_eq!(service.server().reasons.take(), [CloseReason::PeerClosed]);
    let started = service.server().started();
    assert_eq!(service.server().dropped.take(), started);
    assert!(!service.server().lines.take().iter().any(|line| line.starts_with("end a")));
    // Everything is there for the next.
    let next = connect(service, reactor);
    next.send(&say(1, "now"));
    settle(reactor);
    assert_eq!(txids(&next), [1]);
    drop(next);
    settle(reactor);
    (service.server().reasons.take(), service.server().lines.take(), service.server().dropped.take());
    started
}

#[test]
fn handlers_of_a_client_that_goes_away_are_dropped() {
    started!(capacity().connections(1).in_flight(4) => service, reactor);
    assert_eq!(disconnected(&service, &reactor, &[say(1, "a")]), 1);
    assert_eq!(disconnected(&service, &reactor, &[say(1, "a"), say(2, "a"), say(3, "now")]), 3);
}

/// With its bound reached a connection is not read; that its client had gone used to be noticed never.
#[test]
fn handlers_of_a_client_that_goes_away_are_dropped_at_its_bound() {
    started!(capacity().connections(1).in_flight(4).in_flight_per_connection(1) => service, reactor);
    for _ in 0..3 {
        assert_eq!(disconnected(&service, &reactor, &[say(1, "a")]), 1);
        // What was written before the end is handled.
        assert_eq!(disconnected(&service, &reactor, &[say(1, "a"), say(2, "now"), say(3, "a")]), 3);
    }
}

#[test]
fn handlers_of_a_client_that_goes_away_are_dropped_at_its_bound_at_a_path() {
    started!(capacity().connections(1).in_flight_per_connection(1) => service, reactor);
    let path = path("gone");
    for _ in 0..3 {
        let peer = connect_by(&Way::Path, &service, &reactor, &path);
        peer.send(&say(1, "a"));
        peer.send(&say(2, "now"));
        run_until(&reactor, "a handler", || service.server().started() == 1);
        drop(peer);
        run_until(&reactor, "the end", || !service.server().reasons.borrow().is_empty());
        assert_eq!(service.server().reasons.take(), [CloseReason::PeerClosed]);
        assert_eq!(service.server().lines.take(), ["start a", "start now", "end now"]);
    }
}

#[test]
fn handlers_of_a_client_that_goes_away_are_dropped_in_a_full_arena() {
    started!(capacity().connections(1).in_flight(1) => service, reactor);
    assert_eq!(disconnected(&service, &reactor, &[say(1, "a")]), 1);
    assert_eq!(disconnected(&service, &reactor, &[say(1, "a"), say(2, "a"), say(3, "now")]), 3);
}

#[test]
fn handles_of_requests_in_flight_are_closed_with_the_connection() {
    started!(open::Serve<Gated>, capacity().connections(1).in_flight(2) => service, reactor);
    let peer = connect(&service, &reactor);
    let (watched, sent): (Vec<Channel>, Vec<Channel>) = (0..5).map(|_| channel()).unzip();
    for end in sent {
        let body = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        peer.send_with(&message(0, STRICT, ordinal::<Open>("Give"), &body), vec![end]);
    }
    settle(&reactor);
    assert!(!watched.iter().any(is_closed));
    drop(peer);
    settle(&reactor);
    assert!(watched.iter().all(is_closed));
    assert_eq!(service.server().reasons.take(), [CloseReason::PeerClosed]);
}

/// Sends a new connection to a listener.
fn call_in(listener: &Channel) -> Peer {
    let (near, far) = channel();
    let slots = [HandleSlot::new(far.into_raw(), 0, 0x8000_0000)];
    kernel::write(listener.raw_handle(), &[], &slots).unwrap();
    Peer(near)
}

#[test]
fn connections_wait_while_all_are_in_use() {
    started!(capacity().connections(2).in_flight(2) => service, reactor);
    let (callers, listener) = channel();
    service.listen(&reactor, Listener::from(listener)).unwrap();
    let mut peers: Vec<_> = (0..6).map(|_| call_in(&callers)).collect();
    peers.iter().for_each(|peer| peer.send(&say(1, "now")));
    for served in [2, 4, 6] {
        settle(&reactor);
        assert_eq!(service.counters().connected, served);
        for peer in peers.drain(..2) {
            assert_eq!(txids(&peer), [1]);
        }
    }
    settle(&reactor);
    assert_eq!((service.counters().closed, service.counters().refused), (6, 0));
    assert!(service.counters().connections_exhausted >= 2);
    let last = call_in(&callers);
    last.send(&say(7, "now"));
    settle(&reactor);
    assert_eq!(txids(&last), [7]);
}

#[test]
fn connections_are_refused_while_all_are_in_use() {
    started!(capacity().connections(2).in_flight(2).when_full(WhenFull::Refuse) => service, reactor);
    let (callers, listener) = channel();
    service.listen(&reactor, Listener::from(listener)).unwrap();
    let mut peers: Vec<_> = (0..40).map(|_| call_in(&callers)).collect();
    settle(&reactor);
    for peer in peers.drain(2..) {
        assert_eq!(peer.receive(), Ok(epitaph(Status::NO_RESOURCES.into_raw())));
        assert_eq!(peer.receive(), Err(ReadError::PeerClosed));
    }
    assert_eq!((service.counters().connected, service.counters().refused), (2, 38));
    drop(peers.pop());
    settle(&reactor);
    let last = call_in(&callers);
    last.send(&say(7, "now"));
    settle(&reactor);
    assert_eq!(txids(&last), [7]);
}

/// The two ways to a connection.
enum Way {
    Here,
    Path,
}

/// Connects a client to a service.
fn connect_by<'env, B, D, const C: usize, const N: usize>(
    way: &Way,
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
    path: &std::path::Path,
) -> Peer
where
    B: Binding,
    D: Dispatch<B::Server, B::Protocol>,
{
    let Way::Path = way else { return connect(service, reactor) };
    if !path.exists() {
        service.listen(reactor, fidl::listen(path).unwrap()).unwrap();
    }
    let connected = service.counters().connected;
    let peer = Peer(fidl::connect(path).unwrap());
    run_until(reactor, "the connection", || service.counters().connected > connected);
    peer
}

fn path(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("fidl-capacity-{name}-{}", std::process::id()))
}

/// Sends requests and reads no reply, until a reply has to wait. Returns how many requests were sent.
fn stop_reading<'env, B, D, const C: usize, const N: usize>(
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
    peer: &Peer,
) -> u32
where
    B: Binding,
    D: Dispatch<B::Server, B::Protocol>,
{
    let mut sent = 0;
    run_until(reactor, "a reply that waits", || {
        if peer.try_send(&large(sent + 1)).is_ok() {
            sent += 1;
        }
        service.counters().blocked > 0
    });
    // One behind it, so that there is something not read.
    while peer.try_send(&large(sent + 1)).is_err() {
        run_for(reactor, Duration::from_millis(1));
    }
    sent + 1
}

/// Reads what comes until the reply to `last` has come.
fn read_up_to(reactor: &Reactor<'_>, peer: &Peer, last: u32) {
    let mut expected = 1..=last;
    run_until(reactor, "all replies", || {
        txids(peer).into_iter().for_each(|txid| assert_eq!(Some(txid), expected.next()));
        expected.is_empty()
    });
}

fn a_client_that_stops_reading_hurts_nobody<'env, B, D, const C: usize, const N: usize>(
    way: &Way,
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
    path: &std::path::Path,
) where
    B: Binding,
    D: Dispatch<B::Server, B::Protocol>,
{
    let silent = connect_by(way, service, reactor, path);
    let polite = connect_by(way, service, reactor, path);
    let sent = stop_reading(service, reactor, &silent);
    for txid in 1..=20 {
        polite.send(&say(txid, "now"));
        let mut reply = vec![];
        run_until(reactor, "a reply to the polite client", || {
            reply.extend(txids(&polite));
            !reply.is_empty()
        });
        assert_eq!(reply, [txid]);
    }
    assert_eq!(service.counters().stalled, 0);
    read_up_to(reactor, &silent, sent);
    silent.send(&say(1, "now"));
    read_up_to(reactor, &silent, 1);
}

#[test]
fn a_client_that_stops_reading_hurts_nobody_here() {
    started!(capacity().connections(2).in_flight(4).patience(Duration::from_secs(60)) => service, reactor);
    a_client_that_stops_reading_hurts_nobody(&Way::Here, &service, &reactor, &path("unused"));
}

#[test]
fn a_client_that_stops_reading_hurts_nobody_at_a_path() {
    started!(capacity().connections(2).in_flight(4).patience(Duration::from_secs(60)) => service, reactor);
    a_client_that_stops_reading_hurts_nobody(&Way::Path, &service, &reactor, &path("silent"));
}

fn a_client_that_stops_reading_is_ended_when_others_wait<'env, B, D, const C: usize, const N: usize>(
    way: &Way,
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
    path: &std::path::Path,
) where
    B: Binding<Server = Gated>,
    D: Dispatch<B::Server, B::Protocol>,
{
    let silent = connect_by(way, service, reactor, path);
    stop_reading(service, reactor, &silent);
    run_for(reactor, Duration::from_millis(100));
    assert!(!silent.is_closed(), "nobody waits");
    let polite = connect_by(way, service, reactor, path);
    polite.send(&say(5, "now"));
    let mut reply = vec![];
    run_until(reactor, "a reply to the polite client", || {
        reply.extend(txids(&polite));
        !reply.is_empty()
    });
    assert_eq!(reply, [5]);
    assert_eq!(service.server().reasons.take(), [CloseReason::Stalled]);
    assert_eq!(service.counters().stalled, 1);
    let mut txids = txids(&silent).into_iter();
    assert!((1..).zip(&mut txids).all(|(expected, txid)| expected == txid));
    run_until(reactor, "the end", || silent.is_closed());
}

#[test]
fn a_client_that_stops_reading_is_ended_when_others_wait_here() {
    started!(capacity().connections(2).in_flight(1).patience(Duration::from_millis(10)) => service, reactor);
    a_client_that_stops_reading_is_ended_when_others_wait(&Way::Here, &service, &reactor, &path("unused"));
}

#[test]
fn a_client_that_stops_reading_is_ended_when_others_wait_at_a_path() {
    started!(capacity().connections(2).in_flight(1).patience(Duration::from_millis(10)) => service, reactor);
    a_client_that_stops_reading_is_ended_when_others_wait(&Way::Path, &service, &reactor, &path("stalled"));
}

/// A client that goes away with replies waiting is an ordinary end.
#[test]
fn a_client_that_stops_reading_may_go_away() {
    started!(capacity().connections(1).in_flight(2) => service, reactor);
    let silent = connect(&service, &reactor);
    stop_reading(&service, &reactor, &silent);
    drop(silent);
    settle(&reactor);
    assert_eq!(service.server().reasons.take(), [CloseReason::PeerClosed]);
    let next = connect(&service, &reactor);
    next.send(&say(1, "now"));
    settle(&reactor);
    assert_eq!(txids(&next), [1]);
}

#[test]
fn events_wait_for_room() {
    started!(capacity().connections(2).in_flight(4) => service, reactor);
    let peer = connect(&service, &reactor);
    peer.send(&announce("!10000"));
    settle(&reactor);
    assert!(service.server().full.get() > 0);
    let mut next = 0;
    run_until(&reactor, "all events", || {
        for message in peer.receive_all() {
            let text = next.to_string();
            assert_eq!(message[32..32 + text.len()], *text.as_bytes());
            next += 1;
        }
        next == 10_000
    });
}

/// Of several handlers that waited for room on one connection, one used to be forgotten; one used to spin.
#[test]
fn several_handlers_wait_for_room() {
    started!(capacity().in_flight(40) => service, reactor);
    let peer = connect(&service, &reactor);
    (0..40).for_each(|_| peer.send(&announce("!400")));
    let mut events = 0;
    run_until(&reactor, "all events", || {
        events += peer.receive_all().len();
        events == 40 * 400
    });
}

#[test]
fn events_can_be_told_that_there_is_no_room() {
    started!(capacity().connections(2).in_flight(4) => service, reactor);
    let peer = connect(&service, &reactor);
    peer.send(&announce("10000"));
    settle(&reactor);
    assert_eq!(service.server().lines.take(), ["Full"]);
    // What was sent arrives, and the connection goes on.
    assert_eq!(peer.receive_all().len() as u32, service.server().events.get());
    peer.send(&say(1, "now"));
    settle(&reactor);
    assert_eq!(txids(&peer), [1]);
}

/// Ends while a handler waits for room.
#[test]
fn a_handler_that_waits_for_room_ends_with_its_client() {
    started!(capacity().connections(1).in_flight(1) => service, reactor);
    for _ in 0..3 {
        let peer = connect(&service, &reactor);
        peer.send(&announce("!10000"));
        settle(&reactor);
        drop(peer);
        settle(&reactor);
        assert_eq!(service.server().reasons.take(), [CloseReason::PeerClosed]);
    }
}

#[test]
fn too_many_events_between_requests_end_the_connection() {
    started!(capacity().connections(1).in_flight(2).events_between_requests(3) => service, reactor);
    let peer = connect(&service, &reactor);
    for _ in 0..5 {
        peer.send(&announce("3"));
    }
    settle(&reactor);
    assert_eq!((service.server().events.get(), service.server().reasons.take()), (15, vec![]));
    peer.send(&announce("4"));
    settle(&reactor);
    assert_eq!(service.server().lines.take(), ["Closed"]);
    assert_eq!(service.server().reasons.take(), [CloseReason::TooManyEvents]);
    assert_eq!((peer.receive_all().len(), peer.is_closed()), (18, true));
}

/// Requests that the server does not know used not to count as requests here.
#[test]
fn an_unknown_request_counts_as_a_sign_of_life() {
    struct Greeter;
    impl open::Server for Greeter {
        async fn two_way(&self, request: open::TwoWayRequest<'_>) -> open::TwoWayResponse {
            open::TwoWayResponse { value: request.value() }
        }
        async fn flexible(&self, request: open::FlexibleRequest<'_>) -> open::FlexibleResponse {
            open::FlexibleResponse { value: request.value() }
        }
        async fn bare(&self, _: open::BareRequest<'_>) {}
        async fn one_way(&self, _: open::OneWayRequest<'_>) {}
        async fn give(&self, _: open::GiveRequest<'_>) {}
        fn unknown_method(&self, connection: open::Connection<'_>, _: fidl::UnknownMethod) {
            use open::Events as _;
            connection.bell().unwrap();
        }
    }
    const CAPACITY: Capacity = capacity().events_between_requests(1);
    fidl::service!(static SERVICE: open::Serve<Greeter>, CAPACITY);
    let service = SERVICE.start(Greeter).unwrap();
    let reactor = Reactor::new().unwrap();
    let peer = connect(&service, &reactor);
    (0..3).for_each(|_| peer.send(&message(0, FLEXIBLE, UNKNOWN, &[])));
    settle(&reactor);
    assert_eq!(peer.receive_all().len(), 3);
}

/// Keeps each request in its frame until gate `a` opens.
struct Keeping;

impl Binding for Keeping {
    type Protocol = Echo;
    type Server = Gated;

    async fn dispatch<'s>(server: &'s Gated, call: Call<'s, Echo>) -> Outcome<'s> {
        let (request, reply) = call.split();
        server.wait("a").await;
        drop(request);
        reply.send::<schema::example_echo::EchoCountResponseWire>(&schema::example_echo::EchoCountResponse {
            requests: 0,
        })
    }
}

/// An `Echo` request of a client whose schema allows more.
fn newer(txid: u32) -> Vec<u8> {
    message(txid, FLEXIBLE, ordinal::<Echo>("Echo"), &[1; 60_000])
}

#[test]
fn larger_requests_wait_for_a_large_frame() {
    started!(Keeping, capacity().connections(4).in_flight(8).large_frames(1) => service, reactor);
    let peers = [(); 4].map(|()| connect(&service, &reactor));
    peers.iter().for_each(|peer| peer.send(&newer(1)));
    peers.iter().for_each(|peer| peer.send(&say(2, "")));
    settle(&reactor);
    assert_eq!(service.server().started(), 2, "one large, and one behind it");
    assert_eq!((service.counters().large_requests, service.counters().large_frames_exhausted), (1, 3));
    for _ in 0..8 {
        service.server().a.open(1);
        settle(&reactor);
    }
    peers.iter().for_each(|peer| assert_eq!(txids(peer).len(), 2));
    assert_eq!(service.counters().large_requests, 4);
}

/// A connection that waits for a large frame and ends does not keep it from the next.
#[test]
fn a_large_frame_goes_to_those_who_are_left() {
    started!(Keeping, capacity().connections(3).in_flight(3).large_frames(1) => service, reactor);
    let [first, second, third] = [(); 3].map(|()| connect(&service, &reactor));
    first.send(&newer(1));
    settle(&reactor);
    second.send(&newer(2));
    settle(&reactor);
    third.send(&newer(3));
    settle(&reactor);
    drop((first, second));
    settle(&reactor);
    service.server().a.open(3);
    settle(&reactor);
    assert_eq!(txids(&third), [3]);
}

#[test]
fn larger_requests_are_refused_where_nothing_unknown_is_tolerated() {
    started!(closed::Serve<Gated>, capacity().large_frames(1) => service, reactor);
    for len in [16, 4096, 65_520] {
        let peer = connect(&service, &reactor);
        peer.send(&message(1, FLEXIBLE, ordinal::<Closed>("TwoWay"), &vec![0; len]));
        settle(&reactor);
        assert!(
            matches!(service.server().reasons.take()[..], [CloseReason::DecodeFailure(_)]),
            "{len} bytes"
        );
        assert_eq!(peer.receive(), Err(ReadError::PeerClosed));
    }
    assert_eq!(service.counters().large_requests, 0);
}

/// Without large frames, a connection used to wait for one for ever, even when its client had gone.
#[test]
fn larger_requests_are_refused_where_there_are_no_large_frames() {
    started!(capacity().connections(1).large_frames(0) => service, reactor);
    let peer = connect(&service, &reactor);
    peer.send(&newer(1));
    settle(&reactor);
    assert!(matches!(service.server().reasons.take()[..], [CloseReason::DecodeFailure(_)]));
    assert!(peer.is_closed());
}

#[test]
fn a_known_request_that_is_too_large_is_refused() {
    started!(capacity().large_frames(1) => service, reactor);
    for _ in 0..3 {
        let peer = connect(&service, &reactor);
        peer.send(&newer(1));
        settle(&reactor);
        assert!(matches!(service.server().reasons.take()[..], [CloseReason::DecodeFailure(_)]));
        assert!(peer.is_closed());
    }
}

/// Nothing is sent in place of a reply that does not encode, nor of an event; an event used to leave the connection as it was.
#[test]
fn what_does_not_encode_ends_the_connection() {
    started!(capacity() => service, reactor);
    let long = message(1, FLEXIBLE, ordinal::<Echo>("Echo"), &data(b"long"));
    for request in [long, announce("long")] {
        let peer = connect(&service, &reactor);
        peer.send(&request);
        peer.send(&say(2, "now"));
        settle(&reactor);
        assert_eq!(service.server().reasons.take(), [CloseReason::EncodeFailure(EncodeError::Bound)]);
        assert_eq!(peer.receive(), Err(ReadError::PeerClosed));
    }
    assert_eq!(service.server().lines.take(), ["Err(Encode(Bound))"]);
    assert_eq!(service.counters().protocol_errors, 0);
}

/// A service holds no more than it says.
#[test]
fn a_service_refuses_what_it_has_no_place_for() {
    started!(capacity().connections(1) => service, reactor);
    let kept = connect(&service, &reactor);
    let (client, server) = create_endpoints::<Echo>().unwrap();
    assert_eq!(service.serve(&reactor, server), Err(Status::NO_RESOURCES));
    assert!(is_closed(&client.into_channel()));
    drop(kept);
    settle(&reactor);
    let next = connect(&service, &reactor);
    next.send(&say(1, "now"));
    settle(&reactor);
    assert_eq!(txids(&next), [1]);
    assert_eq!(SERVICE.start(Gated::default()).err(), Some(Status::ALREADY_EXISTS));
}
