//! What a server does with clients that do not read, with events that find no room, and with messages larger than it knows.

use std::time::Duration;

use fidl::kernel::ReadError;
use fidl::server::{Binding, Call, CloseReason, Dispatch, Outcome, Running};
use fidl::wire::{EncodeError, EncodeRule};
use fidl::{Capacity, Reactor, capacity};

#[path = "support/gated.rs"]
mod gated;
mod support;
use gated::{Gated, Way, announce, connect, connect_by, large, path, say, started, txids};
use support::{FLEXIBLE, Peer, data, message, ordinal, run_for, run_until, settle};

/// The protocols.
pub mod schema {
    fidl::include_schema!("example_echo");
    fidl::include_schema!("test_openness");
}
use schema::example_echo::echo::{self, Echo};
use schema::test_openness::closed::{self, Closed};
use schema::test_openness::open;

/// An ordinal that no protocol has.
const UNKNOWN: u64 = 0x1234_5678_9abc_def0;

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

/// Waiting for room takes no turns, however many wait, and also if some give up.
#[test]
fn handlers_that_wait_for_room_rest() {
    started!(capacity().connections(1).in_flight(40) => service, reactor);
    let peer = connect(&service, &reactor);
    (0..40).for_each(|_| peer.send(&announce("!400")));
    settle(&reactor);
    let turns = reactor.counters().turns;
    run_for(&reactor, Duration::from_millis(50));
    assert!(service.server().full.get() >= 2);
    assert_eq!(reactor.counters().turns, turns);
}

/// Waits of one connection that are polled for no reason and given up in any order: the rest end with the first room.
#[test]
fn waits_for_room_can_be_given_up() {
    started!(capacity().connections(1).in_flight(1) => service, reactor);
    let peer = connect(&service, &reactor);
    peer.send(&announce("waits"));
    settle(&reactor);
    assert!(service.server().lines.borrow().is_empty(), "the channel is full");
    let turns = reactor.counters().turns;
    run_for(&reactor, Duration::from_millis(20));
    assert_eq!(reactor.counters().turns, turns);
    peer.receive_all();
    run_until(&reactor, "the end of all waits", || service.server().lines.borrow().len() == 1);
}

/// A handler that waits for room holds a call, as a reply does that waits for it.
#[test]
fn clients_that_read_no_events_are_ended_when_others_wait() {
    started!(capacity().connections(9).in_flight(8).patience(Duration::from_millis(10)) => service, reactor);
    let silent: Vec<_> = (0..8).map(|_| connect(&service, &reactor)).collect();
    silent.iter().for_each(|peer| peer.send(&announce("!10000")));
    run_for(&reactor, Duration::from_millis(100));
    assert!(silent.iter().all(|peer| !peer.is_closed()), "nobody waits");
    let polite = connect(&service, &reactor);
    polite.send(&say(5, "now"));
    let mut reply = vec![];
    run_until(&reactor, "a reply to the polite client", || {
        reply.extend(txids(&polite));
        !reply.is_empty()
    });
    assert_eq!(reply, [5]);
    let stalled = service.counters().stalled as usize;
    assert!((1..=8).contains(&stalled));
    assert_eq!(service.server().reasons.take(), vec![CloseReason::Stalled; stalled]);
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

/// Also more of them at a path than the kernel keeps buffers for.
#[test]
fn larger_requests_wait_for_a_large_frame_at_a_path() {
    started!(Keeping, capacity().connections(100).in_flight(8).large_frames(1) => service, reactor);
    let path = path("newer");
    let peers: Vec<_> = (0..100).map(|_| connect_by(&Way::Path, &service, &reactor, &path)).collect();
    peers.iter().for_each(|peer| peer.send(&newer(1)));
    run_until(&reactor, "a request", || service.server().started() == 1);
    service.server().a.open(100);
    run_until(&reactor, "all replies", || service.counters().replies + service.counters().closed == 100);
    assert_eq!(service.server().reasons.take(), []);
    peers.iter().for_each(|peer| assert_eq!(txids(peer), [1]));
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
        assert_eq!(
            service.server().reasons.take(),
            [CloseReason::EncodeFailure(EncodeError::new(EncodeRule::Bound))]
        );
        assert_eq!(peer.receive(), Err(ReadError::PeerClosed));
    }
    let lines = service.server().lines.take();
    assert!(matches!(&lines[..], [line] if line.contains("rule: Bound")), "{lines:?}");
    assert_eq!(service.counters().protocol_errors, 0);
}
