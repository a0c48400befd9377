//! Objects that futures wait for.
//!
//! A registration has a word of readiness, signals and a count, and a queue of `Q` packets with payloads:
//!
//! ```text
//!   signal packet ───▶ readiness ───▶ Registration::ready     a task: these signals, that many operations
//!   other packets ───▶ queue ───────▶ Registration::packet    a task: the packet
//! ```
//!
//! When the queue is full, interest in the object's signals is withdrawn until there is room; an interrupt is not
//! acknowledged before its packet was taken, so that it does not come again; and [`Registration::queue`] refuses before it
//! sends. A packet that somebody else has queued and for which there is no room is lost, and counted.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::future::poll_fn;
use core::task::{Context, Poll, Waker};

use super::slots::Slots;
use super::{Consumer, Delivered, PacketKey, Reactor};
use crate::kernel::{Packet, Port, PortPacket, Signals, Status};
use crate::task::{Readiness, Ready};

/// Up to `N` registrations with queues of `Q` packets. Lies in its user's locals or wherever it outlives the reactor.
pub struct Objects<const N: usize, const Q: usize> {
    slots: Slots<N>,
    entries: [Entry<Q>; N],
}

/// What one registration has.
struct Entry<const Q: usize> {
    readiness: Readiness,
    /// The signals that somebody waits for.
    interest: Cell<u32>,
    ready_waker: Cell<Option<Waker>>,
    packet_waker: Cell<Option<Waker>>,
    queue: RefCell<Queue<Q>>,
    /// Packets that were queued through the registration and have not come yet.
    sent: Cell<usize>,
    lost: Cell<u64>,
}

/// Packets, oldest first.
struct Queue<const Q: usize> {
    packets: [Option<Packet>; Q],
    first: usize,
    len: usize,
}

impl<const Q: usize> Queue<Q> {
    /// Appends a packet if there is room.
    fn push(&mut self, packet: Packet) -> bool {
        if self.len == Q {
            return false;
        }
        self.packets[(self.first + self.len) % Q] = Some(packet);
        self.len += 1;
        true
    }

    fn pop(&mut self) -> Option<Packet> {
        if self.len == 0 {
            return None;
        }
        let packet = self.packets[self.first].take();
        self.first = (self.first + 1) % Q;
        self.len -= 1;
        packet
    }
}

impl<const N: usize, const Q: usize> Objects<N, Q> {
    /// No registrations.
    pub const fn new() -> Self {
        const { assert!(Q > 0, "a queue of no packets loses each") };
        Self {
            slots: Slots::new(),
            entries: [const {
                Entry {
                    readiness: Readiness::new(),
                    interest: Cell::new(0),
                    ready_waker: Cell::new(None),
                    packet_waker: Cell::new(None),
                    queue: RefCell::new(Queue { packets: [None; Q], first: 0, len: 0 }),
                    sent: Cell::new(0),
                    lost: Cell::new(0),
                }
            }; N],
        }
    }

    /// A registration for packets about the object with the handle `object`, which stays its owner's.
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if all are in use or the reactor has no place, `ALREADY_BOUND` if they are another reactor's.
    pub fn register<'r, 'env: 'r>(
        &'env self,
        reactor: &'r Reactor<'env>,
        object: u32,
    ) -> Result<Registration<'r, N, Q>, Status> {
        self.slots.attach(reactor, self)?;
        let index = self.slots.take(object).ok_or(Status::NO_RESOURCES)?;
        Ok(Registration { objects: self, port: reactor.port(), index })
    }

    /// How many more registrations there is room for.
    pub fn free(&self) -> usize {
        self.slots.free()
    }

    fn deliver(&self, port: &Port, index: usize, packet: Packet) {
        let entry = &self.entries[index];
        if let Packet::Signal(signal) = packet {
            self.slots.fired(index);
            entry.readiness.add(Ready { signals: signal.observed, count: packet.operations() });
            wake(&entry.ready_waker);
            return;
        }
        if matches!(packet, Packet::User { .. }) {
            entry.sent.set(entry.sent.get().saturating_sub(1));
        }
        let mut queue = entry.queue.borrow_mut();
        if !queue.push(packet) {
            entry.lost.set(entry.lost.get() + 1);
        }
        if queue.len == Q {
            self.slots.disarm(port, index);
        }
        drop(queue);
        wake(&entry.packet_waker);
    }
}

fn wake(waker: &Cell<Option<Waker>>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

impl<const N: usize, const Q: usize> Consumer for Objects<N, Q> {
    fn packet(&self, port: &Port, key: PacketKey, packet: &PortPacket) -> Delivered {
        let Some(index) = self.slots.find(key) else { return Delivered::Stale };
        self.deliver(port, index, Packet::decode(packet));
        Delivered::Done
    }

    fn turn(&self, _: &Port) -> bool {
        false
    }

    fn waits(&self) -> usize {
        N
    }

    fn leave(&self, port: &Port) {
        self.slots.disarm_all(port);
    }
}

/// One object that futures wait for. Dropping it takes the wait back; packets that are on their way then reach nobody.
pub struct Registration<'o, const N: usize, const Q: usize> {
    objects: &'o Objects<N, Q>,
    port: &'o Port,
    index: usize,
}

impl<const N: usize, const Q: usize> Registration<'_, N, Q> {
    /// Waits until one of `signals` is asserted; returns which, and for how many operations, at most `budget`. One task at a
    /// time.
    ///
    /// The task does as many operations as it is told and no more, then calls this again: the rest comes at once, and when
    /// there is none, the wait is armed. With a count that is only known to be 'at least one' (see
    /// [`UNTIL_STOP`](crate::task::UNTIL_STOP)), the first operation that says `SHOULD_WAIT` is told by
    /// [`stop`](Self::stop).
    ///
    /// # Errors
    ///
    /// Why the kernel does not wait: `BAD_HANDLE` for an object that is closed, `ACCESS_DENIED`.
    pub async fn ready(&self, signals: Signals, budget: u32) -> Result<Ready, Status> {
        poll_fn(|cx| self.poll_ready(cx, signals, budget)).await
    }

    /// As [`ready`](Self::ready), for futures written by hand.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_ready(
        &self,
        cx: &mut Context<'_>,
        signals: Signals,
        budget: u32,
    ) -> Poll<Result<Ready, Status>> {
        let entry = self.entry();
        let ready = entry.readiness.take(budget);
        if ready != Ready::NONE {
            return Poll::Ready(Ok(ready));
        }
        entry.interest.set(signals.bits());
        entry.ready_waker.set(Some(cx.waker().clone()));
        match self.arm() {
            Ok(()) => Poll::Pending,
            Err(status) => Poll::Ready(Err(status)),
        }
    }

    /// An operation has said `SHOULD_WAIT`: the next [`ready`](Self::ready) waits.
    pub fn stop(&self) {
        self.entry().readiness.stop();
    }

    /// Takes the next packet with a payload, waiting for it. One task at a time.
    pub async fn packet(&self) -> Packet {
        poll_fn(|cx| self.poll_packet(cx)).await
    }

    /// As [`packet`](Self::packet), for futures written by hand.
    pub fn poll_packet(&self, cx: &mut Context<'_>) -> Poll<Packet> {
        let entry = self.entry();
        let packet = entry.queue.borrow_mut().pop();
        let Some(packet) = packet else {
            entry.packet_waker.set(Some(cx.waker().clone()));
            return Poll::Pending;
        };
        if self.is_waited_for() && self.arm().is_err() {
            // The task that waits for signals asks again, and gets the error.
            wake(&entry.ready_waker);
        }
        Poll::Ready(packet)
    }

    /// Queues a packet for this registration itself.
    ///
    /// # Errors
    ///
    /// `SHOULD_WAIT`, before anything is sent, if there would be no room for it when it comes.
    pub fn queue(&self, payload: [u64; 4]) -> Result<(), Status> {
        let entry = self.entry();
        if entry.queue.borrow().len + entry.sent.get() >= Q {
            return Err(Status::SHOULD_WAIT);
        }
        self.port.queue(&PortPacket::user(self.key(), payload))?;
        entry.sent.set(entry.sent.get() + 1);
        Ok(())
    }

    /// The key by which others make packets come here: interrupts, guests and pagers that are bound to the reactor's
    /// [`Port`], and programs that queue packets there.
    pub fn key(&self) -> u64 {
        self.objects.slots.key(self.index).word()
    }

    /// How many packets from elsewhere found no room.
    pub fn lost(&self) -> u64 {
        self.entry().lost.get()
    }

    fn entry(&self) -> &Entry<Q> {
        &self.objects.entries[self.index]
    }

    /// Whether a task waits for signals that have not come.
    fn is_waited_for(&self) -> bool {
        let waker = self.entry().ready_waker.take();
        let waits = waker.is_some() && self.entry().interest.get() != 0;
        self.entry().ready_waker.set(waker);
        waits
    }

    /// Asks the kernel for a packet, unless the queue is full.
    fn arm(&self) -> Result<(), Status> {
        let entry = self.entry();
        if entry.queue.borrow().len == Q {
            return Ok(());
        }
        let signals = Signals::from_bits_truncate(entry.interest.get());
        self.objects.slots.arm(self.port, self.index, signals)
    }
}

impl<const N: usize, const Q: usize> Drop for Registration<'_, N, Q> {
    fn drop(&mut self) {
        let entry = self.entry();
        entry.readiness.stop();
        entry.interest.set(0);
        entry.sent.set(0);
        entry.lost.set(0);
        *entry.queue.borrow_mut() = Queue { packets: [None; Q], first: 0, len: 0 };
        let wakers = (entry.ready_waker.take(), entry.packet_waker.take());
        self.objects.slots.end(self.port, self.index);
        drop(wakers);
    }
}

impl<const N: usize, const Q: usize> Default for Objects<N, Q> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize, const Q: usize> fmt::Debug for Objects<N, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects({} of {N} free)", self.slots.free())
    }
}

impl<const N: usize, const Q: usize> fmt::Debug for Registration<'_, N, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registration({:#x}, {:?})", self.key(), self.entry().readiness.get())
    }
}
