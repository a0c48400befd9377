//! Waits: what a port was asked to be told about an object, and the packet that will say so.
//!
//! A wait's slot holds its own packet, so there is always room for it. User packets use the same slots. A slot is one
//! cache line.
//!
//! ```text
//!            register              the object's signals match
//!   free ---------------> PENDING ---------------------------> QUEUED --port_wait or cancel--> free
//!                            |  in its object's list             in its port's queue
//!                            |
//!                            +--- cancelled, its handle or its port closed ---> free
//! ```
//!
//! A wait is PENDING exactly while it is in its object's list. The fields are atomics only so that slots can be shared;
//! every access is relaxed, under a lock: the object's while PENDING, the port's while QUEUED. There is one exception:
//! who looks for the pending waits of a port goes through all slots and reads state, port and object without a lock.
//! That look only says which objects to visit; under the lock of each the list says which waits it has.
//!
//! Locks are taken in the order object, port.

use crate::abi::types::*;
use crate::handle_table::Handle;
use crate::memory::{LINE, Zeroed, prefetch, zeroed_struct};
use crate::pool::Slot;
use crate::signals::CALL_ENDED;
use crate::sync::{AtomicU32, AtomicU64, Ordering::Relaxed};
use crate::tables::tables;

/// In no list.
pub(crate) const FREE: u32 = 0;
/// Waits for a match.
pub(crate) const PENDING: u32 = 1;
/// Its packet is in the port's queue.
pub(crate) const QUEUED: u32 = 2;

/// An option beside the public ones: closing the source handle makes a packet with `ZX_SIGNAL_HANDLE_CLOSED`.
pub(crate) const TELL_OF_CLOSE: u32 = 1 << 7;

/// What is said of a wait beside its options, in the bits above them.
const USER: u32 = 1 << 8;
const SECOND_END: u32 = 1 << 9;

zeroed_struct! {
    /// One slot.
    pub(crate) struct Wait {
        state: AtomicU32,
        /// Options, and whether it is a user packet, and the object's end.
        flags: AtomicU32,
        port: AtomicU32,
        /// The state of the source handle's entry, or a user packet's status.
        handle_state: AtomicU32,
        key: AtomicU64,
        /// The payload of a user packet. Of a wait: the signals asked for and found, the time, the object and the
        /// handle's entry, and the links of the object's list.
        words: [AtomicU64; 4],
    }
}

const _: () = assert!(size_of::<Slot<Wait>>() == LINE);

const SIGNALS: usize = 0;
const TIME: usize = 1;
const SOURCE: usize = 2;
const LINKS: usize = 3;

fn pair(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

impl Wait {
    /// The wait in a slot that was taken.
    #[inline(always)]
    pub(crate) fn at(index: u32) -> &'static Wait {
        tables().waits.get(index)
    }

    /// Takes a slot for a packet of a port.
    #[inline]
    fn take(port: u32, key: u64, flags: u32, handle_state: u32) -> Result<(u32, &'static Wait), zx_status_t> {
        let index = tables().waits.take().ok_or(ZX_ERR_NO_RESOURCES)?;
        let wait = Wait::at(index);
        wait.port.store(port, Relaxed);
        wait.key.store(key, Relaxed);
        wait.flags.store(flags, Relaxed);
        wait.handle_state.store(handle_state, Relaxed);
        Ok((index, wait))
    }

    /// Takes a slot for a user packet.
    pub(crate) fn for_user(port: u32, packet: &zx_port_packet_t) -> Result<u32, zx_status_t> {
        let (index, wait) = Wait::take(port, packet.key, USER, packet.status.cast_unsigned())?;
        for (place, word) in wait.words.iter().zip(packet.payload) {
            place.store(word, Relaxed);
        }
        Ok(index)
    }

    /// Takes a slot for a wait.
    #[inline]
    pub(crate) fn for_signals(
        source: Handle,
        port: u32,
        key: u64,
        trigger: zx_signals_t,
        options: u32,
    ) -> Result<u32, zx_status_t> {
        let end = if source.end == 0 { 0 } else { SECOND_END };
        let (index, wait) = Wait::take(port, key, options | end, source.state)?;
        wait.words[SIGNALS].store(pair(trigger, 0), Relaxed);
        wait.words[TIME].store(0, Relaxed);
        wait.words[SOURCE].store(pair(source.object, source.index), Relaxed);
        Ok(index)
    }

    /// Writes what was found into the packet.
    #[inline]
    pub(crate) fn observe(&self, observed: zx_signals_t) {
        let options = self.flags();
        let hidden = if options & TELL_OF_CLOSE == 0 { CALL_ENDED } else { 0 };
        self.words[SIGNALS].store(pair(self.trigger(), observed & !hidden), Relaxed);
        if options & (ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP) != 0 {
            let boot = options & ZX_WAIT_ASYNC_BOOT_TIMESTAMP != 0;
            let now = if boot { crate::sys::boot() } else { crate::sys::monotonic() };
            self.words[TIME].store(now.cast_unsigned(), Relaxed);
        }
    }

    /// The packet.
    #[inline]
    pub(crate) fn packet(&self) -> zx_port_packet_t {
        let word = |number: usize| self.words[number].load(Relaxed);
        if self.is_user() {
            return zx_port_packet_t {
                key: self.key(),
                packet_type: ZX_PKT_TYPE_USER,
                status: self.handle_state.load(Relaxed).cast_signed(),
                payload: [word(0), word(1), word(2), word(3)],
            };
        }
        zx_port_packet_t {
            key: self.key(),
            packet_type: ZX_PKT_TYPE_SIGNAL_ONE,
            status: ZX_OK,
            payload: [word(SIGNALS), 1, word(TIME), 0],
        }
    }

    fn flags(&self) -> u32 {
        self.flags.load(Relaxed)
    }

    pub(crate) fn is_user(&self) -> bool {
        self.flags() & USER != 0
    }

    pub(crate) fn key(&self) -> u64 {
        self.key.load(Relaxed)
    }

    pub(crate) fn trigger(&self) -> zx_signals_t {
        self.words[SIGNALS].load(Relaxed) as u32
    }

    pub(crate) fn options(&self) -> u32 {
        self.flags() & (USER - 1)
    }

    pub(crate) fn port(&self) -> u32 {
        self.port.load(Relaxed)
    }

    pub(crate) fn object(&self) -> u32 {
        self.words[SOURCE].load(Relaxed) as u32
    }

    pub(crate) fn end(&self) -> usize {
        usize::from(self.flags() & SECOND_END != 0)
    }

    pub(crate) fn state(&self) -> u32 {
        self.state.load(Relaxed)
    }

    pub(crate) fn set_state(&self, state: u32) {
        self.state.store(state, Relaxed);
    }

    /// Gives back the slot of a wait that is in no list any more.
    #[inline]
    pub(crate) fn give(index: u32) {
        Wait::at(index).set_state(FREE);
        tables().waits.give(index);
    }

    /// Whether the wait was made through the handle with this entry, in whatever generation.
    pub(crate) fn is_of_entry(&self, index: u32) -> bool {
        (self.words[SOURCE].load(Relaxed) >> 32) as u32 == index
    }

    /// Whether the wait was made through this very handle.
    pub(crate) fn is_of(&self, handle: Handle) -> bool {
        self.is_of_entry(handle.index) && self.handle_state.load(Relaxed) == handle.state
    }
}

/// The waits on one end of an object. Linked both ways, so that any of them can leave at once.
#[derive(Default)]
pub(crate) struct List {
    first: u32,
    last: u32,
}

// SAFETY: both fields are integers.
#[allow(unsafe_code)]
unsafe impl Zeroed for List {}

impl List {
    /// The waits before and after a wait of the list.
    #[inline]
    fn links(index: u32) -> (u32, u32) {
        let links = Wait::at(index).words[LINKS].load(Relaxed);
        (links as u32, (links >> 32) as u32)
    }

    #[inline]
    fn set_links(index: u32, previous: u32, next: u32) {
        Wait::at(index).words[LINKS].store(pair(previous, next), Relaxed);
    }

    /// Has the processor fetch the first wait, if there is one, while the caller does something else.
    #[inline]
    pub(crate) fn prefetch(&self) {
        if let Some(wait) = tables().waits.find(self.first) {
            prefetch(wait, 0);
        }
    }

    /// Whether there is none.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0
    }

    /// The waits, in order. Each is found before the one before it is given out, so that may leave.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + use<> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let index = next;
            (index != 0).then(|| {
                next = List::links(index).1;
                index
            })
        })
    }

    /// Appends a wait that is in no list.
    #[inline]
    pub(crate) fn push(&mut self, index: u32) {
        List::set_links(index, self.last, 0);
        match self.last {
            0 => self.first = index,
            last => List::set_links(last, List::links(last).0, index),
        }
        self.last = index;
    }

    /// Removes a wait of the list.
    #[inline]
    pub(crate) fn remove(&mut self, index: u32) {
        let (previous, next) = List::links(index);
        match previous {
            0 => self.first = next,
            _ => List::set_links(previous, List::links(previous).0, next),
        }
        match next {
            0 => self.last = previous,
            _ => List::set_links(next, previous, List::links(next).1),
        }
    }
}

/// The packets of a port, in order. They are linked by their slots' own links.
#[derive(Default)]
pub(crate) struct Packets {
    first: u32,
    last: u32,
}

impl Packets {
    /// Whether there is none.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0
    }

    /// Appends a packet.
    #[inline]
    pub(crate) fn push(&mut self, index: u32) {
        Wait::at(index).set_state(QUEUED);
        tables().waits.link(index).store(0, Relaxed);
        match self.last {
            0 => self.first = index,
            last => tables().waits.link(last).store(index, Relaxed),
        }
        self.last = index;
    }

    /// Takes the first packet.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<u32> {
        let first = self.first;
        if first == 0 {
            return None;
        }
        self.first = tables().waits.link(first).load(Relaxed);
        if self.first == 0 {
            self.last = 0;
        }
        Some(first)
    }

    /// Takes out the packets for which this holds, gives their slots back, and says how many there were.
    pub(crate) fn discard(&mut self, mut which: impl FnMut(&Wait) -> bool) -> usize {
        let (mut all, mut count) = (core::mem::take(self), 0);
        while let Some(index) = all.pop() {
            if which(Wait::at(index)) {
                Wait::give(index);
                count += 1;
            } else {
                self.push(index);
            }
        }
        count
    }
}
