//! Packets of registrations that are over never reach their successors, in whatever order things happen.

use core::cell::Cell;
use std::vec::Vec;

use super::*;
use crate::kernel::{self, AsHandleRef, Channel, Signals};

/// A consumer with one registration, which notes the generations whose packets reach it.
struct Probe {
    current: Cell<u32>,
    seen: Cell<u64>,
    waits: usize,
}

fn probe(generation: u32) -> Probe {
    Probe { current: Cell::new(generation), seen: Cell::new(0), waits: 1 }
}

impl Consumer for Probe {
    fn packet(&self, _: &Port, key: PacketKey, _: &PortPacket) -> Delivered {
        if key.generation() != self.current.get() {
            return Delivered::Stale;
        }
        self.seen.set(self.seen.get() | 1 << key.generation());
        Delivered::Done
    }

    fn turn(&self, _: &Port) -> bool {
        false
    }

    fn waits(&self) -> usize {
        self.waits
    }

    fn leave(&self, _: &Port) {}
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// The signal that the first registration waits for is asserted: its packet is queued.
    Assert,
    /// A thread takes what the port has, and holds it.
    Take,
    /// The registration is cancelled with the kernel.
    Cancel,
    /// The slot is given to another registration, on the same object.
    Reuse,
    /// What was taken is dispatched.
    Dispatch,
}

/// All orders of some steps.
fn orders(steps: &[Step]) -> Vec<Vec<Step>> {
    if steps.is_empty() {
        return std::vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (index, first) in steps.iter().enumerate() {
        let mut others = steps.to_vec();
        others.remove(index);
        for mut order in orders(&others) {
            order.insert(0, *first);
            all.push(order);
        }
    }
    all
}

/// Runs the steps in an order; returns which generations' packets were delivered, and how many packets were stale.
fn run(order: &[Step]) -> (u64, u64) {
    let probe = probe(1);
    let reactor = Reactor::new().unwrap();
    let attachment = reactor.attach(&probe).unwrap();
    let (near, far) = Channel::create().unwrap();
    let key = |generation| PacketKey::new(1, attachment.consumer, generation, 5).word();
    let wait = |generation| {
        kernel::wait_async(near.raw_handle(), &reactor.port, key(generation), Signals::CHANNEL_READABLE)
            .unwrap();
    };
    wait(1);
    let mut held = Vec::new();
    let take = |held: &mut Vec<PortPacket>| {
        let mut packets = [PortPacket::default(); 4];
        let taken = reactor.port.wait(Instant::INFINITE_PAST, &mut packets).unwrap_or(0);
        held.extend_from_slice(&packets[..taken]);
    };
    for step in order {
        match step {
            Step::Assert => kernel::write(far.raw_handle(), &[1], &[]).unwrap(),
            Step::Take => take(&mut held),
            // There may be nothing to cancel any more.
            Step::Cancel => _ = reactor.port.cancel(near.raw_handle(), key(1)),
            Step::Reuse => {
                probe.current.set(2);
                wait(2);
            }
            Step::Dispatch => held.drain(..).for_each(|packet| reactor.dispatch(&packet)),
        }
    }
    take(&mut held);
    held.drain(..).for_each(|packet| reactor.dispatch(&packet));
    (probe.seen.get(), reactor.counters().stale)
}

/// A packet that is taken already when its registration is cancelled is stale if the slot has a new owner by then, and
/// reaches nobody else; the new owner's packet always arrives.
#[test]
fn cancelling_in_every_order_with_a_packet_on_its_way() {
    let steps = [Step::Assert, Step::Take, Step::Cancel, Step::Reuse, Step::Dispatch];
    let orders = orders(&steps);
    assert_eq!(orders.len(), 120);
    let mut stale_orders = 0;
    // A sample of them where everything takes long.
    for order in orders.into_iter().step_by(if cfg!(miri) { 7 } else { 1 }) {
        let place = |step| order.iter().position(|other| *other == step).unwrap();
        let (seen, stale) = run(&order);
        assert_ne!(seen & 1 << 2, 0, "{order:?}: the new registration's packet did not arrive");
        let in_order = |steps: &[Step]| steps.windows(2).all(|pair| place(pair[0]) < place(pair[1]));
        // It is held by a thread when it is cancelled, unless it was never held.
        let held = in_order(&[Step::Assert, Step::Take, Step::Cancel]);
        let reached = held && in_order(&[Step::Take, Step::Dispatch, Step::Reuse]);
        assert_eq!(seen & 1 << 1 != 0, reached, "{order:?}: the old registration's packet");
        let late = held && !reached;
        assert_eq!(stale, u64::from(late), "{order:?}: stale packets");
        stale_orders += u64::from(late);
    }
    assert!(stale_orders > 0);
}

/// A consumer's waker outlives the reactor, and then reaches nobody.
#[test]
fn wakers_outlive_the_reactor() {
    let (waker, root) = {
        let probe = probe(0);
        let reactor = Reactor::new().unwrap();
        let waker = reactor.attach(&probe).unwrap().waker;
        (waker, reactor.lane.id().waker(ROOT))
    };
    let stale = crate::task::stale_wakes();
    waker.wake_by_ref();
    std::thread::spawn(move || (waker.wake(), root.wake())).join().unwrap();
    assert!(crate::task::stale_wakes() >= stale + 3);
}

/// No two consumers have the same generation: when they are used up, none is attached any more.
#[test]
fn generations_of_consumers_do_not_come_again() {
    let probe = probe(0);
    let reactor = Reactor::new().unwrap();
    reactor.next_generation.set(u32::MAX - 1);
    assert_eq!(reactor.attach(&probe).map(|attachment| attachment.generation), Some(u32::MAX - 1));
    assert!(reactor.attach(&probe).is_none());
}

/// What the port has no room for is refused before anything is armed, and counts no more when it is detached.
#[test]
fn no_more_waits_than_the_port_has_room_for() {
    let probes = [waits_per_port() - 1, 2, 1].map(|waits| Probe { waits, ..probe(0) });
    let reactor = Reactor::new().unwrap();
    let first = reactor.attach(&probes[0]).unwrap();
    assert!(reactor.attach(&probes[1]).is_none() && reactor.attach(&probes[2]).is_some());
    reactor.detach(first.consumer);
    assert!(reactor.attach(&probes[1]).is_some());
}
