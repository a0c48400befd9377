//! Packet handlers: state machines that take packets as their input.
//!
//! ```text
//!            packet          key → slot                       what it returns
//!   port ──1──▶ Reactor ──2──▶ Handlers ──3──▶ PacketHandler ──4──▶ armed again, left alone, or ended
//! ```
//!
//! A packet reaches its handler in the batch it came in: no waker, no context and no slot of an arena is on that path. The
//! handler's type is known, so that the call is a plain one.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::marker::PhantomData;

use super::panics::catch;
use super::slots::Slots;
use super::{Consumer, Delivered, PacketKey, Reactor};
use crate::kernel::{Packet, Port, PortPacket, Signals, Status};

/// A state machine that packets are the input of.
pub trait PacketHandler {
    /// A packet came for this registration; says how to go on. What it does is not bounded by anyone else.
    fn packet(&mut self, packet: Packet) -> Next;

    /// The registration ends because the kernel refuses to wait for its object (it was closed, say).
    fn failed(&mut self, _status: Status) {}
}

/// How a registration goes on behind a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It waits for these signals of its object.
    Wait(Signals),
    /// It waits for no signal. Packets from elsewhere (user packets, interrupts, …) still come.
    Idle,
    /// It ends: the handler is dropped.
    End,
}

/// Up to `N` packet handlers of one type. Lies in its user's locals or wherever it outlives the reactor.
pub struct Handlers<H, const N: usize> {
    slots: Slots<N>,
    handlers: [RefCell<Option<H>>; N],
    counters: Cell<Counters>,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets handled.
    pub packets: u64,
    /// Registrations refused because all slots were in use.
    pub refused: u64,
    /// Registrations that ended because the kernel refused to wait.
    pub failed: u64,
    /// Registrations that ended because their handler panicked.
    pub panicked: u64,
}

/// Which registration: a number that is never used again.
pub struct Id<H> {
    index: u32,
    generation: u32,
    marker: PhantomData<fn(H)>,
}

/// A handler that was not registered, and why.
pub struct Refused<H> {
    /// `NO_RESOURCES` if all slots are in use, `ALREADY_BOUND` if the handlers are another reactor's, or why the kernel does
    /// not wait for the object.
    pub status: Status,
    /// The handler.
    pub handler: H,
}

impl<H: PacketHandler, const N: usize> Handlers<H, N> {
    /// No handlers.
    pub const fn new() -> Self {
        Self {
            slots: Slots::new(),
            handlers: [const { RefCell::new(None) }; N],
            counters: Cell::new(Counters { packets: 0, refused: 0, failed: 0, panicked: 0 }),
        }
    }

    /// Registers a handler for packets about the object with the handle `object`, which stays its owner's, and waits for `signals` of it. An
    /// object that is closed meanwhile sends no more packets.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the handler.
    pub fn add<'env>(
        &'env self,
        reactor: &Reactor<'env>,
        object: u32,
        signals: Signals,
        handler: H,
    ) -> Result<Id<H>, Refused<H>> {
        if let Err(status) = self.slots.attach(reactor, self) {
            return Err(Refused { status, handler });
        }
        let Some(index) = self.slots.take(object) else {
            self.count(|counters| counters.refused += 1);
            return Err(Refused { status: Status::NO_RESOURCES, handler });
        };
        if let Err(status) = self.slots.arm(reactor.port(), index, signals) {
            self.slots.end(reactor.port(), index);
            return Err(Refused { status, handler });
        }
        self.handlers[index].replace(Some(handler));
        Ok(Id { index: index as u32, generation: self.slots.generation(index), marker: PhantomData })
    }

    /// Ends a registration from outside; returns its handler, if it has not ended and is not in the middle of a packet.
    pub fn remove(&self, reactor: &Reactor<'_>, id: Id<H>) -> Option<H> {
        let index = id.index as usize;
        if self.slots.generation(index) != id.generation {
            return None;
        }
        let handler = self.handlers[index].try_borrow_mut().ok()?.take()?;
        self.slots.end(reactor.port(), index);
        Some(handler)
    }

    /// How many more handlers there is room for.
    pub fn free(&self) -> usize {
        self.slots.free()
    }

    /// How often what happened.
    pub fn counters(&self) -> Counters {
        self.counters.get()
    }

    fn count(&self, change: impl FnOnce(&mut Counters)) {
        let mut counters = self.counters.get();
        change(&mut counters);
        self.counters.set(counters);
    }

    /// Hands a packet over and arms the next wait.
    fn deliver(&self, port: &Port, index: usize, packet: &PortPacket) {
        let packet = Packet::decode(packet);
        if matches!(packet, Packet::Signal(_)) {
            self.slots.fired(index);
        }
        self.count(|counters| counters.packets += 1);
        let ends = EndOnUnwind { handlers: self, port, index };
        let mut handler = self.handlers[index].borrow_mut();
        let Some(machine) = handler.as_mut() else { return core::mem::forget(ends) };
        let armed = match machine.packet(packet) {
            Next::Wait(signals) => self.slots.arm(port, index, signals),
            Next::Idle => Ok(()),
            Next::End => {
                let machine = handler.take();
                drop(handler);
                self.slots.end(port, index);
                core::mem::forget(ends);
                return drop(machine);
            }
        };
        if let Err(status) = armed {
            machine.failed(status);
            let machine = handler.take();
            drop(handler);
            self.slots.end(port, index);
            self.count(|counters| counters.failed += 1);
            core::mem::forget(ends);
            return drop(machine);
        }
        core::mem::forget(ends);
    }
}

/// Ends the registration of a handler that panics.
struct EndOnUnwind<'a, H: PacketHandler, const N: usize> {
    handlers: &'a Handlers<H, N>,
    port: &'a Port,
    index: usize,
}

impl<H: PacketHandler, const N: usize> Drop for EndOnUnwind<'_, H, N> {
    fn drop(&mut self) {
        self.handlers.slots.end(self.port, self.index);
        self.handlers.count(|counters| counters.panicked += 1);
        // The handler's borrow ended before this, its declaration being behind.
        let handler = self.handlers.handlers[self.index].take();
        // A panic in here would end the process, being the second.
        catch(|| drop(handler));
    }
}

impl<H: PacketHandler, const N: usize> Consumer for Handlers<H, N> {
    fn packet(&self, port: &Port, key: PacketKey, packet: &PortPacket) -> Delivered {
        let Some(index) = self.slots.find(key) else { return Delivered::Stale };
        self.deliver(port, index, packet);
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

impl<H: PacketHandler, const N: usize> Default for Handlers<H, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<H, const N: usize> fmt::Debug for Handlers<H, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handlers({} of {N} free, {:?})", self.slots.free(), self.counters.get())
    }
}

impl<H> Clone for Id<H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H> Copy for Id<H> {}

impl<H> fmt::Debug for Id<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({}, generation {})", self.index, self.generation)
    }
}

impl<H> fmt::Debug for Refused<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refused({})", crate::kernel::status_name(self.status))
    }
}
