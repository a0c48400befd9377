//! What a server does when its arena or its connections are all in use, and how clients share them.

use fidl::kernel::{self, AsHandleRef, Channel, ReadError, Status, create_endpoints};
use fidl::server::{Binding, CloseReason, Dispatch, Running};
use fidl::wire::HandleSlot;
use fidl::{Capacity, Listener, Reactor, WhenFull, capacity};

#[path = "support/gated.rs"]
mod gated;
mod support;
use gated::{Gated, Way, connect, connect_by, path, say, started, txids};
use support::{Peer, STRICT, channel, epitaph, is_closed, message, ordinal, run_until, settle};

/// The protocols.
pub mod schema {
    fidl::include_schema!("example_echo");
    fidl::include_schema!("test_openness");
}
use schema::example_echo::echo::{self, Echo};
use schema::test_openness::open::{self, Open};

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
    service.server().forget();
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
    let slots = [HandleSlot::holding(far, 0, 0x8000_0000)];
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
    assert_eq!(service.counters().connections_exhausted, 3, "once each time that the last place was taken");
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

/// A service that had been on another reactor used to take connections and never serve them.
#[test]
fn a_service_belongs_to_one_reactor() {
    started!(capacity().connections(2) => service, reactor);
    let kept = connect(&service, &reactor);
    let _kept_too = connect(&service, &reactor);
    let other = Reactor::new().unwrap();
    let (client, server) = create_endpoints::<Echo>().unwrap();
    assert_eq!(service.serve(&other, server), Err(Status::ALREADY_BOUND));
    assert!(is_closed(&client.into_channel()));
    kept.send(&say(1, "now"));
    settle(&reactor);
    assert_eq!(txids(&kept), [1]);
}

/// How often handlers were polled, and the most that there was of everything.
#[test]
fn polls_and_high_water_marks() {
    started!(capacity().connections(3).in_flight(4) => service, reactor);
    let peers = [connect(&service, &reactor), connect(&service, &reactor)];
    // Two that finish at once, and two that take another poll.
    for (peer, text) in [(0, "now"), (0, "a"), (1, "a"), (1, "now")] {
        peers[peer].send(&say(1, text));
    }
    settle(&reactor);
    let counters = service.counters();
    assert_eq!((counters.polls, counters.finished, counters.waited), (4, 2, 2));
    service.server().a.open(2);
    settle(&reactor);
    drop(peers);
    settle(&reactor);
    let counters = service.counters();
    assert_eq!((counters.polls, counters.finished, counters.polls_per_completion()), (6, 4, 1.5));
    // Two that wait, and one that finishes beside them.
    assert_eq!((counters.most_connections, counters.most_in_flight), (2, 3));
    let text = counters.to_string();
    for line in ["polls                    6\n", "most_connections         2\n"] {
        assert!(text.contains(line), "{text}");
    }
}
