//! The packet reactor: waits on one port, and hands each packet to the consumer whose key it carries.
//!
//! ```text
//!            packet                  key → consumer              turn
//!   kernel ──1──▶ port ──2──▶ Reactor ──3──▶ service or client ──4──▶ handlers, replies
//!                               ▲                                       │
//!                               └────────────5. wake ◀──────────────────┘
//! ```
//!
//! 1. The kernel queues a packet when a signal that was waited for is asserted.
//! 2. The reactor takes packets in batches.
//! 3. A packet's key names its consumer, a slot there and that slot's generation: constant time, no search. A packet of
//!    an old generation is counted and dropped.
//! 4. A consumer that has something to do gets a turn; what it does in one turn is bounded.
//! 5. A wake from anywhere marks the consumer, and rings the port only if the reactor sleeps.
//!
//! One future can run beside the consumers, the one given to [`Reactor::run_until`]: a client's main program, usually.

mod consumer;
mod counters;
mod crank;
#[cfg(target_os = "linux")]
mod descriptor;
mod handlers;
mod key;
mod objects;
mod panics;
mod simulation;
mod slots;
mod tasks;
mod timers;
mod wheel;

use core::cell::{Cell, RefCell};
use core::fmt;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll};

use consumer::Attached;
pub(crate) use consumer::{Attachment, Consumer, Delivered, Host};
pub use counters::Counters;
pub use crank::Cranked;
pub use handlers::{Counters as HandlerCounters, Handlers, Id, Next, PacketHandler, Refused};
pub(crate) use key::PacketKey;
pub use objects::{Objects, Registration};
use panics::TurnOnUnwind;
pub(crate) use panics::catch;
use simulation::Simulation;
pub use tasks::{TaskCounters, Tasks};
pub(crate) use timers::Deadlines;
pub use timers::{Sleep, TIMERS, Timers};

use crate::kernel::{Instant, Port, PortPacket, Status, waits_per_port};
use crate::storage::Shared;
use crate::task::{Lane, LaneId, NoLane};

/// How many services and clients one reactor can have.
pub const CONSUMERS: usize = 64;

/// How many packets the reactor takes at once.
const BATCH: usize = 64;

/// The slot of the reactor's lane that belongs to the future of `run_until`.
const ROOT: usize = CONSUMERS;

impl Host for Reactor<'_> {
    fn detach(&self, consumer: u8) {
        let index = usize::from(consumer);
        if let Some(place) = self.consumers.get(index) {
            let waits = place.replace(None).map_or(0, |consumer| consumer.waits());
            self.waits.set(self.waits.get() - waits);
            self.lane.id().close(index);
        }
    }
}

/// Somebody runs the reactor, until this is dropped, by a panic too.
struct Running<'a>(&'a Cell<bool>);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Which packets of those that were taken are still to be handed out.
#[derive(Clone, Copy, Debug, Default)]
struct Batch {
    next: usize,
    end: usize,
}

impl Batch {
    fn is_empty(self) -> bool {
        self.next == self.end
    }
}

/// Waits on a port and runs what its packets are for. One thread's.
pub struct Reactor<'env> {
    port: Port,
    /// Slot `i` is consumer `i`; the last is the root future.
    lane: Lane,
    consumers: [RefCell<Option<Attached<'env>>>; CONSUMERS],
    /// Which consumers have something to do.
    ready: Cell<u64>,
    /// Which consumers had a deadline behind their last turn.
    timed: Cell<u64>,
    /// Packets on their way from the port to their consumers.
    packets: RefCell<[PortPacket; BATCH]>,
    batch: Cell<Batch>,
    root_ready: Cell<bool>,
    next_generation: Cell<u32>,
    /// The most waits that all consumers together have armed at one time.
    waits: Cell<usize>,
    timers: Cell<Option<&'env dyn Deadlines>>,
    stopped: Cell<bool>,
    /// Whether somebody runs the reactor.
    running: Cell<bool>,
    /// Turns since timers were looked at.
    awake: Cell<u32>,
    counters: Cell<Counters>,
    simulation: Option<Simulation>,
}

impl<'env> Reactor<'env> {
    /// A reactor with a port of its own.
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if no port or lane is free.
    pub fn new() -> Result<Self, Status> {
        let lane = Lane::claim().map_err(|NoLane| Status::NO_RESOURCES)?;
        lane.id().open(ROOT);
        Ok(Self {
            port: Port::claim()?,
            lane,
            consumers: [const { RefCell::new(None) }; CONSUMERS],
            ready: Cell::new(0),
            timed: Cell::new(0),
            packets: RefCell::new([PortPacket::default(); BATCH]),
            batch: Cell::new(Batch::default()),
            root_ready: Cell::new(false),
            next_generation: Cell::new(1),
            waits: Cell::new(0),
            timers: Cell::new(None),
            stopped: Cell::new(false),
            running: Cell::new(false),
            awake: Cell::new(0),
            counters: Cell::new(Counters::default()),
            simulation: None,
        })
    }

    /// A reactor for tests, on a clock of its own: what happens depends on the seed and on nothing else, as long as all that
    /// happens is on this thread. The seed permutes packets that come together, the turns of services and clients, and the
    /// futures that an arena polls. While anything can be done, time stands still; then it goes on to the next deadline, at
    /// once.
    ///
    /// A run that can never go on, because nobody has anything to do and no deadline is there, ends with `TIMED_OUT`.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new); `BAD_STATE` if the thread simulates already.
    pub fn simulated(seed: u64) -> Result<Self, Status> {
        let simulation = Simulation::new(seed).ok_or(Status::BAD_STATE)?;
        let mut reactor = Self::new()?;
        reactor.simulation = Some(simulation);
        Ok(reactor)
    }

    /// What has happened in a simulation, in one number: runs with the same trace had the same course. 0 for a reactor that
    /// does not simulate.
    pub fn trace(&self) -> u64 {
        self.simulation.as_ref().map_or(0, Simulation::trace)
    }

    /// Makes `timers` run on this reactor, in place of any before.
    pub fn set_timers<const N: usize>(&self, timers: &'env Timers<N>) {
        self.timers.set(Some(timers));
    }

    /// Runs until [`stop`](Self::stop) is called.
    ///
    /// A panic of what it runs goes no further. It costs the connection, the registration or the task that it came from, and
    /// is counted.
    ///
    /// # Errors
    ///
    /// `BAD_STATE` from inside: from a handler, a future or a waker that this reactor runs. Else what the port's wait
    /// returns, other than `TIMED_OUT`.
    pub fn run(&self) -> Result<(), Status> {
        let _running = self.begin()?;
        self.stopped.set(false);
        while !self.stopped.get() {
            self.one_turn(Instant::INFINITE)?;
            // A wake of a future that has run before: nobody runs one now.
            self.root_ready.set(false);
        }
        Ok(())
    }

    /// Makes [`run`](Self::run) return behind the current turn, and the next [`crank`](Self::crank) say so.
    pub fn stop(&self) {
        self.stopped.set(true);
        // Whoever waits outside, for the descriptor, is to notice.
        self.lane.id().waker(ROOT).wake_by_ref();
    }

    /// Runs until `future` finishes; returns its output. A panic of the future itself is its caller's.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run); so inside `future`, too, which would otherwise share its wakes with another.
    pub fn run_until<F: Future>(&self, future: F) -> Result<F::Output, Status> {
        let _running = self.begin()?;
        let mut future = pin!(future);
        let waker = self.lane.id().waker(ROOT);
        self.root_ready.set(true);
        loop {
            // A consumer's turn may have woken the future.
            self.take_wakes();
            if self.root_ready.take()
                && let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker))
            {
                return Ok(output);
            }
            self.one_turn(Instant::INFINITE)?;
        }
    }

    /// Says that somebody runs the reactor, until the result is dropped. What runs on it cannot run it: consumers are in the
    /// middle of their turns then.
    fn begin(&self) -> Result<Running<'_>, Status> {
        if self.running.replace(true) { Err(Status::BAD_STATE) } else { Ok(Running(&self.running)) }
    }

    fn one_turn(&self, deadline: Instant) -> Result<(), Status> {
        self.take_wakes();
        if self.ready.get() != 0 || self.root_ready.get() || !self.batch.get().is_empty() {
            self.take_packets(Instant::INFINITE_PAST)?;
        } else {
            self.sleep(deadline)?;
        }
        self.take_wakes();
        self.expire();
        let turns = Cell::new(self.ready.get());
        // Again only behind a turn that panics.
        while !self.contain(|| self.give_turns(&turns)) {}
        Ok(())
    }

    /// Gives each of these consumers a turn, and takes it out.
    fn give_turns(&self, turns: &Cell<u64>) {
        while turns.get() != 0 {
            let consumer = match &self.simulation {
                None => turns.get().trailing_zeros() as usize,
                Some(simulation) => simulation.pick_bit(turns.get()),
            };
            turns.set(turns.get() & !(1 << consumer));
            self.ready.set(self.ready.get() & !(1 << consumer));
            self.note(consumer as u64);
            self.turn_of(consumer);
        }
    }

    /// Notes what happens in a simulation.
    fn note(&self, event: u64) {
        if let Some(simulation) = &self.simulation {
            simulation.note(event);
        }
    }

    /// The port that the reactor waits on, for objects that are bound to a port and key. Packets with keys that the reactor
    /// has not given out are counted as stale.
    pub fn port(&self) -> &Port {
        &self.port
    }

    /// How often what happened.
    pub fn counters(&self) -> Counters {
        self.counters.get()
    }

    /// Adds a consumer that outlives the reactor; it gets a turn first of all. `None` if there is no place.
    pub(crate) fn attach(&self, consumer: &'env dyn Consumer) -> Option<Attachment> {
        self.add(Attached::Borrowed(consumer))
    }

    /// Adds a consumer until it is detached; it gets a turn first of all. `None` if there is no place.
    pub(crate) fn attach_shared(&self, consumer: Shared<dyn Consumer>) -> Option<Attachment> {
        self.add(Attached::Shared(consumer))
    }

    /// Whether an attachment is one of this reactor.
    pub(crate) fn has(&self, attachment: &Attachment) -> bool {
        // No two reactors have had the same waker: generations go on from one owner of a lane to the next.
        self.lane.id().waker(usize::from(attachment.consumer)).will_wake(&attachment.waker)
    }

    fn add(&self, attached: Attached<'env>) -> Option<Attachment> {
        let waits = self.waits.get().saturating_add(attached.waits());
        // Not the first time that so many are armed: Zircon ends a process whose port overflows.
        if waits > waits_per_port() {
            return None;
        }
        let generation = self.next_generation.get();
        // Nothing is attached any more once a generation would come again.
        let next = generation.checked_add(1)?;
        let mut free = (0..CONSUMERS).filter(|index| self.consumers[*index].borrow().is_none());
        // A place whose generations are used up is passed over.
        let (index, waker) = free.find_map(|index| Some((index, self.lane.id().open(index)?)))?;
        self.next_generation.set(next);
        self.waits.set(waits);
        if let Some(simulation) = &self.simulation {
            attached.simulate(simulation.next() as u32 | 1);
        }
        self.consumers.get(index)?.replace(Some(attached));
        self.mark(index);
        // Whoever waits for the descriptor is to notice.
        if !self.running.get() {
            waker.wake_by_ref();
        }
        Some(Attachment { consumer: index as u8, generation, waker })
    }

    /// The consumer with this number. It stays in being while the result lives, also if it is detached.
    fn consumer(&self, index: usize) -> Option<Attached<'env>> {
        self.consumers.get(index)?.borrow().clone()
    }

    fn turn_of(&self, index: usize) {
        let Some(consumer) = self.consumer(index) else { return };
        self.count(|counters| counters.turns += 1);
        let guard = TurnOnUnwind { reactor: self, consumer: index };
        let more = consumer.turn(&self.port);
        core::mem::forget(guard);
        if more {
            self.mark(index);
        }
        let timed = self.timed.get() & !(1 << index);
        self.timed.set(timed | u64::from(consumer.deadline() != Instant::INFINITE) << index);
    }

    fn mark(&self, consumer: usize) {
        self.ready.set(self.ready.get() | 1 << consumer);
    }

    /// Turns wakes into marks.
    fn take_wakes(&self) {
        self.lane.id().take_ready(|slot| {
            self.count(|counters| counters.wakes += 1);
            match slot {
                ROOT => self.root_ready.set(true),
                consumer => self.mark(consumer),
            }
        });
    }

    /// Sleeps until a packet or a wake comes, or until the nearest deadline.
    fn sleep(&self, deadline: Instant) -> Result<(), Status> {
        let lane: LaneId = self.lane.id();
        // Announced before the last look: a wake that comes behind the look finds the waker and rings.
        lane.set_parent(&self.port.waker());
        let deadline = if lane.has_ready() {
            Instant::INFINITE_PAST
        } else {
            self.count(|counters| counters.sleeps += 1);
            deadline.min(self.nearest_deadline())
        };
        let result = match &self.simulation {
            None => self.take_packets(deadline),
            Some(simulation) => self.jump(simulation, deadline),
        };
        lane.clear_parent();
        result
    }

    /// Sleeps in a simulation: if no packet is there, it is the deadline at once.
    fn jump(&self, simulation: &Simulation, deadline: Instant) -> Result<(), Status> {
        let before = self.counters.get().packets;
        self.take_packets(Instant::INFINITE_PAST)?;
        let idle = self.counters.get().packets == before && !self.lane.id().has_ready();
        if idle && !simulation.advance(deadline) { Err(Status::TIMED_OUT) } else { Ok(()) }
    }

    fn take_packets(&self, deadline: Instant) -> Result<(), Status> {
        if self.batch.get().is_empty() {
            // Borrowed by one at a time, because one at a time runs the reactor.
            let mut packets = self.packets.try_borrow_mut().map_err(|_| Status::BAD_STATE)?;
            let taken = match self.port.wait(deadline, packets.as_mut_slice()) {
                Ok(taken) => taken,
                Err(Status::TIMED_OUT) => return Ok(()),
                Err(status) => return Err(status),
            };
            self.count(|counters| {
                counters.batches += 1;
                counters.packets += taken as u64;
                counters.largest_batch = counters.largest_batch.max(taken as u64);
            });
            if let Some(simulation) = &self.simulation {
                simulation.permute(&mut packets[..taken]);
            }
            self.batch.set(Batch { next: 0, end: taken });
        }
        // Again only behind a packet whose consumer panics.
        while !self.contain(|| self.hand_out()) {}
        Ok(())
    }

    /// Hands out the packets of the batch, one by one, so that a panic leaves the others there.
    fn hand_out(&self) {
        while let Some(index) = self.next_of_batch() {
            let packet = self.packets.borrow().get(index).copied();
            if let Some(packet) = packet {
                self.dispatch(&packet);
            }
        }
    }

    fn next_of_batch(&self) -> Option<usize> {
        let batch = self.batch.get();
        if batch.is_empty() {
            return None;
        }
        self.batch.set(Batch { next: batch.next + 1, ..batch });
        Some(batch.next)
    }

    /// Hands a packet to the consumer that its key names.
    fn dispatch(&self, packet: &PortPacket) {
        // A packet that only woke the thread has done what it was for.
        if packet.key == crate::kernel::WAKE {
            return self.count(|counters| counters.rings += 1);
        }
        self.count(|counters| match packet.packet_type {
            0 => counters.user_packets += 1,
            1 => counters.signal_packets += 1,
            _ => counters.other_packets += 1,
        });
        self.note(packet.key);
        let key = PacketKey::from_word(packet.key);
        let index = usize::from(key.consumer());
        let Some(consumer) = self.consumer(index) else {
            return self.count(|counters| counters.stale += 1);
        };
        let guard = TurnOnUnwind { reactor: self, consumer: index };
        let delivered = consumer.packet(&self.port, key, packet);
        core::mem::forget(guard);
        match delivered {
            Delivered::Turn => self.mark(index),
            Delivered::Done => {}
            Delivered::Stale => self.count(|counters| counters.stale += 1),
        }
    }

    /// When the reactor must wake up, whatever happens.
    fn nearest_deadline(&self) -> Instant {
        let timers = self.timers.get().map_or(Instant::INFINITE, Deadlines::next_deadline);
        self.timed().map(|(_, consumer)| consumer.deadline()).fold(timers, Instant::min)
    }

    /// Wakes what has waited long enough. The clock is read only if something waits.
    fn expire(&self) {
        self.awake.set(0);
        if self.nearest_deadline() == Instant::INFINITE {
            return;
        }
        let now = Instant::now();
        if let Some(timers) = self.timers.get() {
            // Those behind one whose waker panics are woken in the next turn.
            self.contain(|| timers.expire(now));
        }
        for (index, consumer) in self.timed() {
            if consumer.deadline() <= now {
                self.mark(index);
            }
        }
    }

    /// The consumers with a deadline.
    fn timed(&self) -> impl Iterator<Item = (usize, Attached<'env>)> {
        bits(self.timed.get()).filter_map(|index| Some((index, self.consumer(index)?)))
    }

    fn count(&self, change: impl FnOnce(&mut Counters)) {
        let mut counters = self.counters.get();
        change(&mut counters);
        self.counters.set(counters);
    }
}

/// The numbers of the bits that are set, lowest first.
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let lowest = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (lowest < u64::BITS as usize).then_some(lowest)
    })
}

impl Drop for Reactor<'_> {
    fn drop(&mut self) {
        self.lane.id().close(ROOT);
        for slot in 0..CONSUMERS {
            if let Some(consumer) = self.consumer(slot) {
                consumer.leave(&self.port);
                self.lane.id().close(slot);
            }
        }
    }
}

impl fmt::Debug for Reactor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let consumers = (0..CONSUMERS).filter(|index| self.consumer(*index).is_some()).count();
        write!(f, "Reactor({:?}, {consumers} consumers)", self.port)
    }
}

#[cfg(test)]
mod key_tests;
#[cfg(test)]
mod registration_tests;
#[cfg(test)]
mod simulation_tests;
#[cfg(test)]
mod tests;
