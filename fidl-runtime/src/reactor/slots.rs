//! Slots of registrations with the kernel: whose key a packet carries, and until when.

use core::cell::{Cell, OnceCell, RefCell};

use super::{Attachment, Consumer, PacketKey, Reactor};
use crate::kernel::{self, Port, Signals, Status};
use crate::storage::FreeSlots;

/// The kind in the keys of registrations.
const REGISTRATION: u8 = 3;

/// The generation that no registration has: a slot that has come to it is retired. Few in the tests of this crate.
pub(super) const LAST_GENERATION: u32 = if cfg!(test) { 4 } else { u32::MAX };

/// What the kernel knows of one slot.
pub(super) struct Slot {
    /// The object's handle, which stays its owner's; 0 if there is none.
    handle: Cell<u32>,
    generation: Cell<u32>,
    live: Cell<bool>,
    /// A wait for the object is armed.
    armed: Cell<bool>,
}

impl Slot {
    const fn new() -> Self {
        Self {
            handle: Cell::new(0),
            generation: Cell::new(0),
            live: Cell::new(false),
            armed: Cell::new(false),
        }
    }
}

/// `N` slots and which of them are free. All operations take constant time.
pub(super) struct Slots<const N: usize> {
    slots: [Slot; N],
    free: RefCell<FreeSlots<N>>,
    attachment: OnceCell<Attachment>,
}

impl<const N: usize> Slots<N> {
    pub(super) const fn new() -> Self {
        const { assert!(N <= 1 << 20, "a packet's key names 2^20 slots") };
        Self {
            slots: [const { Slot::new() }; N],
            free: RefCell::new(FreeSlots::new()),
            attachment: OnceCell::new(),
        }
    }

    /// Makes packets of `reactor` come to `consumer`, which these slots belong to.
    pub(super) fn attach<'env>(
        &self,
        reactor: &Reactor<'env>,
        consumer: &'env dyn Consumer,
    ) -> Result<(), Status> {
        if let Some(attachment) = self.attachment.get() {
            return if reactor.has(attachment) { Ok(()) } else { Err(Status::ALREADY_BOUND) };
        }
        let attachment = reactor.attach(consumer).ok_or(Status::NO_RESOURCES)?;
        self.attachment.set(attachment).map_err(|_| Status::BAD_STATE)
    }

    /// Takes a slot for an object; `None` if none is free.
    pub(super) fn take(&self, handle: u32) -> Option<usize> {
        let index = self.free.borrow_mut().take()?;
        let slot = &self.slots[index];
        slot.handle.set(handle);
        slot.live.set(true);
        slot.armed.set(false);
        Some(index)
    }

    /// Ends a registration: what comes for it from now on is stale. Nothing happens if it has ended.
    pub(super) fn end(&self, port: &Port, index: usize) {
        let slot = &self.slots[index];
        if !slot.live.get() {
            return;
        }
        self.disarm(port, index);
        slot.live.set(false);
        slot.handle.set(0);
        slot.generation.set(slot.generation.get() + 1);
        // A slot whose generations are used up is not given back.
        if slot.generation.get() != LAST_GENERATION {
            self.free.borrow_mut().give(index);
        }
    }

    /// The slot that a packet is for, if its registration has not ended.
    pub(super) fn find(&self, key: PacketKey) -> Option<usize> {
        let slot = self.slots.get(key.slot())?;
        let current = slot.live.get() && slot.generation.get() == key.generation();
        #[cfg(test)]
        let current = current || crate::planted::is_planted(crate::planted::Bug::StaleKey);
        (current && key.kind() == REGISTRATION).then_some(key.slot())
    }

    /// The key of packets for a slot.
    pub(super) fn key(&self, index: usize) -> PacketKey {
        let consumer = self.attachment.get().map_or(u8::MAX, |attachment| attachment.consumer);
        PacketKey::new(REGISTRATION, consumer, self.slots[index].generation.get(), index as u32)
    }

    pub(super) fn generation(&self, index: usize) -> u32 {
        self.slots[index].generation.get()
    }

    /// Asks for a packet when one of `signals` is asserted, unless one was asked for.
    pub(super) fn arm(&self, port: &Port, index: usize, signals: Signals) -> Result<(), Status> {
        let slot = &self.slots[index];
        if !slot.armed.get() {
            kernel::wait_async(slot.handle.get(), port, self.key(index).word(), signals)?;
            slot.armed.set(true);
        }
        Ok(())
    }

    /// A wait's packet has come.
    pub(super) fn fired(&self, index: usize) {
        self.slots[index].armed.set(false);
    }

    /// Takes a wait back.
    pub(super) fn disarm(&self, port: &Port, index: usize) {
        let slot = &self.slots[index];
        if slot.armed.take() {
            // The packet may be on its way, or the handle closed: either is no matter, the packet's key tells its age.
            let _ = port.cancel(slot.handle.get(), self.key(index).word());
        }
    }

    /// Takes all waits back.
    pub(super) fn disarm_all(&self, port: &Port) {
        (0..N).for_each(|index| self.disarm(port, index));
    }

    /// How many slots are free.
    pub(super) fn free(&self) -> usize {
        self.free.borrow().len()
    }
}
