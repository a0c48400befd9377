//! Panics of what a reactor runs: each costs what panicked, is told once, and all else goes on.

mod support;

fidl::include_schema!("example_calc");

use std::cell::{Cell, RefCell};
use std::panic::panic_any;

use example_calc::adder;
use fidl::kernel::{AsHandleRef, Channel, Packet, Signals, create_endpoints};
use fidl::reactor::{Handlers, Next, PacketHandler};
use fidl::server::{CloseReason, ConnectionId};
use fidl::{Capacity, Reactor, capacity};
use support::{Gate, Peer, STRICT, is_closed, message, ordinal, settle_whatever_panics};

const CAPACITY: Capacity = capacity().connections(4).in_flight(2);

/// Where a handler panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    /// Before it waits for anything.
    AtOnce,
    /// Behind a wait.
    BehindWait,
    /// In the drop of a value of its own, when it finishes.
    InDrop,
    /// At once, with a payload whose drop panics.
    WithPayload,
    /// At once, and when the server is told of the connection's end.
    WhenClosed,
}

/// Adds, if it gets there.
#[derive(Default)]
struct Adder {
    where_to: Cell<Option<Where>>,
    gate: Gate,
    reasons: RefCell<Vec<CloseReason>>,
    /// What a handler holds while it runs.
    held: RefCell<Option<Channel>>,
}

impl Adder {
    fn panics(&self, here: Where) -> bool {
        self.where_to.get() == Some(here)
    }
}

/// Panics when it is dropped, if told to.
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0, "on purpose, in a drop");
    }
}

impl adder::Server for Adder {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        let sum = i64::from(request.a()) + i64::from(request.b());
        if request.a() == 0 {
            return adder::AddResponse { sum };
        }
        let _held = self.held.take();
        let _bomb = Bomb(self.panics(Where::InDrop));
        if self.panics(Where::WithPayload) {
            panic_any(Bomb(true));
        }
        assert!(!self.panics(Where::AtOnce) && !self.panics(Where::WhenClosed), "on purpose");
        if self.panics(Where::BehindWait) {
            self.gate.pass().await;
            panic!("on purpose");
        }
        adder::AddResponse { sum }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {}

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
        assert!(!self.panics(Where::WhenClosed), "on purpose");
    }
}

fn add(txid: u32, first: u8) -> Vec<u8> {
    message(txid, STRICT, ordinal::<adder::Adder>("Add"), &[first, 0, 0, 0, 3, 0, 0, 0])
}

#[test]
fn a_handler_that_panics_costs_its_connection() {
    fidl::service!(static SERVICE: adder::Serve<Adder>, CAPACITY);
    let service = SERVICE.start(Adder::default()).unwrap();
    let server = service.server();
    let reactor = Reactor::new().unwrap();
    let connect = || {
        let (client_end, server_end) = create_endpoints().unwrap();
        service.serve(&reactor, server_end).unwrap();
        Peer(client_end.into_channel())
    };
    let steady = connect();
    let kinds = [Where::AtOnce, Where::BehindWait, Where::InDrop, Where::WithPayload, Where::WhenClosed];
    // More often than there are connections or calls.
    for (round, kind) in kinds.into_iter().cycle().take(20).enumerate() {
        let (panics, counters) = (reactor.counters().panics, service.counters());
        server.where_to.set(Some(kind));
        let (mine, handlers) = Channel::create().unwrap();
        server.held.replace(Some(handlers));
        let faulty = connect();
        faulty.send(&add(1, 1));
        steady.send(&add(2, 0));
        settle_whatever_panics(&reactor);
        if kind == Where::BehindWait {
            assert!(!faulty.is_closed() && !is_closed(&mine));
            server.gate.open(1);
            settle_whatever_panics(&reactor);
        }
        assert!(faulty.is_closed(), "{kind:?}: the client sees that its connection is gone");
        assert!(is_closed(&mine), "{kind:?}: what the handler held is closed");
        assert_eq!(steady.header().txid(), 2, "{kind:?}: another connection goes on");
        assert_eq!(server.reasons.take(), [CloseReason::Panicked], "{kind:?}: told once");
        assert_eq!(service.counters().panicked, counters.panicked + 1);
        let expected = if kind == Where::WhenClosed { 2 } else { 1 };
        assert_eq!(reactor.counters().panics, panics + expected, "{kind:?} in round {round}");
    }
    // All calls are free.
    server.where_to.set(None);
    let other = connect();
    [&steady, &other].into_iter().for_each(|peer| peer.send(&add(3, 1)));
    settle_whatever_panics(&reactor);
    assert_eq!([&steady, &other].map(|peer| peer.header().txid()), [3, 3]);
}

/// The future of a handler that waits is dropped when its client goes, and panics then: the connection has ended for the
/// client's reason.
#[test]
fn a_future_that_panics_when_it_is_dropped() {
    fidl::service!(static SERVICE: adder::Serve<Dropped>, CAPACITY);
    let service = SERVICE.start(Dropped::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    for round in 1..=10 {
        let (client_end, server_end) = create_endpoints().unwrap();
        service.serve(&reactor, server_end).unwrap();
        let peer = Peer(client_end.into_channel());
        peer.send(&add(1, 1));
        peer.send(&add(2, 1));
        settle_whatever_panics(&reactor);
        assert_eq!(reactor.counters().panics, 2 * (round - 1));
        drop(peer);
        settle_whatever_panics(&reactor);
        assert_eq!(reactor.counters().panics, 2 * round);
        assert_eq!(service.server().reasons.take(), [CloseReason::PeerClosed]);
    }
}

/// Waits for ever, with a bomb.
#[derive(Default)]
struct Dropped {
    reasons: RefCell<Vec<CloseReason>>,
}

impl adder::Server for Dropped {
    async fn add(&self, _: adder::AddRequest<'_>) -> adder::AddResponse {
        let _bomb = Bomb(true);
        std::future::pending().await
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {}

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

/// Panics with its first packet, and in its drop.
struct Machine {
    panics: bool,
    _channel: Channel,
    _bomb: Bomb,
}

impl PacketHandler for Machine {
    fn packet(&mut self, _: Packet) -> Next {
        assert!(!self.panics, "on purpose");
        Next::End
    }
}

#[test]
fn a_packet_handler_that_panics_costs_its_registration() {
    let machines = Handlers::<Machine, 4>::new();
    let reactor = Reactor::new().unwrap();
    for (panics, bomb) in [(true, false), (false, true), (true, true), (false, false)].repeat(3) {
        let before = (reactor.counters().panics, machines.counters());
        let (mine, channel) = Channel::create().unwrap();
        let raw = channel.raw_handle();
        let machine = Machine { panics, _channel: channel, _bomb: Bomb(bomb) };
        machines.add(&reactor, raw, Signals::CHANNEL_READABLE, machine).unwrap();
        let peer = Peer(mine);
        peer.send(&[1]);
        settle_whatever_panics(&reactor);
        assert!(peer.is_closed(), "its handle is closed");
        assert_eq!(machines.free(), 4);
        assert_eq!(reactor.counters().panics - before.0, u64::from(panics || bomb));
        assert_eq!(machines.counters().panicked - before.1.panicked, u64::from(panics));
    }
}
