//! Waits: what a port was asked to be told about an object, and the packet that will say so.
//!
//! A wait's slot holds its own packet, so there is always room for it. User packets use the same slots.
//!
//! ```text
//!            register             the object's signals match
//!   free ---------------> PENDING ---------------------------> QUEUED --port_wait or cancel--> free
//!                            |  in its object's list             in its port's queue
//!                            |  and its port's pending list
//!                            | port closed, or cancelled by key: the port's lock is held, the object's is not
//!                            v
//!                         DOOMED ------object and port locked------> free
//!                               still in its object's list
//! ```
//!
//! The fields are atomics only so that slots can be shared; every access is relaxed, under a lock. The chain of the
//! object is guarded by the object's lock. The chain of the port and the state are guarded by the port's lock. The
//! other fields are written before the wait is registered, or under the port's lock.
//!
//! Locks are taken in the order object, port.

use crate::abi::types::*;
use crate::handle_table::Handle;
use crate::memory::{Zeroed, zeroed_struct};
use crate::sync::{AtomicU32, AtomicU64, Ordering::Relaxed};
use crate::tables::tables;

/// The chain of an object's waits.
pub(crate) const OF_OBJECT: usize = 0;
/// The chain of a port's waits: pending, doomed or queued.
pub(crate) const OF_PORT: usize = 1;

/// Waits for a match.
pub(crate) const PENDING: u32 = 0;
/// Its packet is in the port's queue.
pub(crate) const QUEUED: u32 = 1;
/// Cancelled, but still in its object's list.
pub(crate) const DOOMED: u32 = 2;

/// An option beside the public ones: closing the source handle makes a packet with `ZX_SIGNAL_HANDLE_CLOSED`.
pub(crate) const TELL_OF_CLOSE: u32 = 1 << 31;

zeroed_struct! {
    struct Links {
        previous: AtomicU32,
        next: AtomicU32,
    }
}

zeroed_struct! {
    /// One slot.
    pub(crate) struct Wait {
        links: [Links; 2],
        state: AtomicU32,
        options: AtomicU32,
        /// The object waited on, and the handle through which.
        object: AtomicU32,
        end: AtomicU32,
        handle: AtomicU32,
        handle_state: AtomicU32,
        port: AtomicU32,
        key: AtomicU64,
        packet_type: AtomicU32,
        status: AtomicU32,
        payload: [AtomicU64; 4],
    }
}

impl Wait {
    /// The wait in a slot that was taken.
    #[inline]
    pub(crate) fn at(index: u32) -> &'static Wait {
        tables().waits.get(index)
    }

    /// Takes a slot for a packet of a port.
    fn take(port: u32, key: u64) -> Result<u32, zx_status_t> {
        let index = tables().waits.take().ok_or(ZX_ERR_NO_RESOURCES)?;
        let wait = Wait::at(index);
        wait.port.store(port, Relaxed);
        wait.key.store(key, Relaxed);
        Ok(index)
    }

    /// Takes a slot for a user packet.
    pub(crate) fn for_user(port: u32, packet: &zx_port_packet_t) -> Result<u32, zx_status_t> {
        let index = Wait::take(port, packet.key)?;
        let wait = Wait::at(index);
        wait.packet_type.store(ZX_PKT_TYPE_USER, Relaxed);
        wait.status.store(packet.status.cast_unsigned(), Relaxed);
        for (place, word) in wait.payload.iter().zip(packet.payload) {
            place.store(word, Relaxed);
        }
        Ok(index)
    }

    /// Takes a slot for a wait.
    pub(crate) fn for_signals(
        source: Handle,
        port: u32,
        key: u64,
        trigger: zx_signals_t,
        options: u32,
    ) -> Result<u32, zx_status_t> {
        let index = Wait::take(port, key)?;
        let wait = Wait::at(index);
        wait.packet_type.store(ZX_PKT_TYPE_SIGNAL_ONE, Relaxed);
        wait.status.store(0, Relaxed);
        wait.options.store(options, Relaxed);
        wait.object.store(source.object, Relaxed);
        wait.end.store(source.end as u32, Relaxed);
        wait.handle.store(source.index, Relaxed);
        wait.handle_state.store(source.state, Relaxed);
        wait.payload[0].store(u64::from(trigger), Relaxed);
        wait.payload[1].store(1, Relaxed);
        wait.payload[2].store(0, Relaxed);
        wait.payload[3].store(0, Relaxed);
        Ok(index)
    }

    /// Writes what was found into the packet.
    #[inline]
    pub(crate) fn observe(&self, observed: zx_signals_t) {
        let trigger = self.trigger();
        self.payload[0].store(u64::from(observed) << 32 | u64::from(trigger), Relaxed);
        let options = self.options();
        if options & (ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP) != 0 {
            let boot = options & ZX_WAIT_ASYNC_BOOT_TIMESTAMP != 0;
            let now = if boot { crate::sys::boot() } else { crate::sys::monotonic() };
            self.payload[2].store(now.cast_unsigned(), Relaxed);
        }
    }

    /// The packet.
    #[inline]
    pub(crate) fn packet(&self) -> zx_port_packet_t {
        zx_port_packet_t {
            key: self.key(),
            packet_type: self.packet_type.load(Relaxed),
            status: self.status.load(Relaxed).cast_signed(),
            payload: [
                self.payload[0].load(Relaxed),
                self.payload[1].load(Relaxed),
                self.payload[2].load(Relaxed),
                self.payload[3].load(Relaxed),
            ],
        }
    }

    pub(crate) fn is_user(&self) -> bool {
        self.packet_type.load(Relaxed) == ZX_PKT_TYPE_USER
    }

    pub(crate) fn key(&self) -> u64 {
        self.key.load(Relaxed)
    }

    pub(crate) fn trigger(&self) -> zx_signals_t {
        self.payload[0].load(Relaxed) as u32
    }

    pub(crate) fn options(&self) -> u32 {
        self.options.load(Relaxed)
    }

    pub(crate) fn port(&self) -> u32 {
        self.port.load(Relaxed)
    }

    pub(crate) fn object(&self) -> u32 {
        self.object.load(Relaxed)
    }

    pub(crate) fn end(&self) -> usize {
        self.end.load(Relaxed) as usize
    }

    pub(crate) fn state(&self) -> u32 {
        self.state.load(Relaxed)
    }

    pub(crate) fn set_state(&self, state: u32) {
        self.state.store(state, Relaxed);
    }

    /// Whether the wait was made through the handle with this entry, in whatever generation.
    pub(crate) fn is_of_entry(&self, index: u32) -> bool {
        self.handle.load(Relaxed) == index
    }

    /// Whether the wait was made through this very handle.
    pub(crate) fn is_of(&self, handle: Handle) -> bool {
        self.is_of_entry(handle.index) && self.handle_state.load(Relaxed) == handle.state
    }
}

/// A list of waits. `CHAIN` says which of their links it uses.
#[derive(Default)]
pub(crate) struct List<const CHAIN: usize> {
    first: u32,
    last: u32,
}

// SAFETY: both fields are integers.
#[allow(unsafe_code)]
unsafe impl<const CHAIN: usize> Zeroed for List<CHAIN> {}

impl<const CHAIN: usize> List<CHAIN> {
    #[inline]
    fn links(index: u32) -> &'static Links {
        &Wait::at(index).links[CHAIN]
    }

    /// Whether there is none.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0
    }

    /// The first wait.
    #[inline]
    pub(crate) fn first(&self) -> Option<u32> {
        (self.first != 0).then_some(self.first)
    }

    /// The wait after a wait of the list.
    #[inline]
    pub(crate) fn after(index: u32) -> Option<u32> {
        let next = Self::links(index).next.load(Relaxed);
        (next != 0).then_some(next)
    }

    /// Appends a wait that is in no list of this chain.
    #[inline]
    pub(crate) fn push(&mut self, index: u32) {
        Self::links(index).previous.store(self.last, Relaxed);
        Self::links(index).next.store(0, Relaxed);
        match self.last {
            0 => self.first = index,
            last => Self::links(last).next.store(index, Relaxed),
        }
        self.last = index;
    }

    /// Removes a wait of the list.
    #[inline]
    pub(crate) fn remove(&mut self, index: u32) {
        let previous = Self::links(index).previous.load(Relaxed);
        let next = Self::links(index).next.load(Relaxed);
        match previous {
            0 => self.first = next,
            _ => Self::links(previous).next.store(next, Relaxed),
        }
        match next {
            0 => self.last = previous,
            _ => Self::links(next).previous.store(previous, Relaxed),
        }
    }

    /// Removes the first wait.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<u32> {
        let first = self.first()?;
        self.remove(first);
        Some(first)
    }
}
