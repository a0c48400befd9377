//! A hierarchical timing wheel.
//!
//! A wheel has [`LEVELS`] levels of 64 slots. A slot of level `n` spans `64^n` ticks; a timer lies in the slot of the
//! lowest level at which its tick and the wheel's present tick differ. When the wheel reaches a slot of a higher level,
//! it spreads that slot's timers over the levels below. Setting and cancelling take constant time; a timer is moved
//! at most once per level.

use core::task::Waker;
use core::time::Duration;

use crate::kernel::Instant;
use crate::storage::{FreeSlots, Links, List};

/// Nanoseconds in a tick, as a power of two: 65.5 microseconds.
const TICK_BITS: u32 = 16;

/// Slots in a level, as a power of two.
const SLOT_BITS: u32 = 6;

/// Levels; together they span 16 years.
const LEVELS: usize = 7;

/// One timer.
struct Entry {
    tick: u64,
    place: Place,
    /// `None` when it has fired.
    waker: Option<Waker>,
}

/// The list that a timer is in.
#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    /// Those that are to be woken.
    Due,
    /// A slot of a level.
    Slot(u8, u8),
}

pub(super) struct Wheel<const N: usize> {
    now: u64,
    pub(super) free: FreeSlots<N>,
    entries: [Entry; N],
    links: Links<N>,
    slots: [[List; 1 << SLOT_BITS]; LEVELS],
    /// Which slots of a level have timers.
    occupied: [u64; LEVELS],
    /// Timers that are to be woken.
    due: List,
    pub(super) refused: u64,
    /// Who waits for the next tick without looking here again, and is woken when it comes earlier.
    pub(super) sleeper: Option<Waker>,
}

impl<const N: usize> Wheel<N> {
    pub(super) const fn new() -> Self {
        Self {
            now: 0,
            free: FreeSlots::new(),
            entries: [const { Entry { tick: 0, place: Place::Nowhere, waker: None } }; N],
            links: Links::new(),
            slots: [const { [const { List::new() }; 1 << SLOT_BITS] }; LEVELS],
            occupied: [0; LEVELS],
            due: List::new(),
            refused: 0,
            sleeper: None,
        }
    }

    /// Adds a timer; returns its slot, or the waker if no slot is free.
    pub(super) fn insert(
        &mut self,
        deadline: Instant,
        slack: Duration,
        waker: Waker,
    ) -> Result<usize, Waker> {
        if self.free.len() == N {
            // Nobody waits: the wheel may jump to the present.
            self.now = self.now.max(tick_of(Instant::now()));
        }
        let Some(slot) = self.free.take() else {
            self.refused += 1;
            return Err(waker);
        };
        // Rounded up: a timer never fires early.
        let tick = (tick_of(deadline) + 1).max(self.now + 1);
        let latest = (tick_of(deadline.plus(slack)) + 1).max(tick);
        let tick = roundest(tick, latest);
        self.entries[slot] = Entry { tick, place: Place::Nowhere, waker: Some(waker) };
        self.place(slot);
        Ok(slot)
    }

    /// Gives a timer another waker; returns the one before.
    pub(super) fn set_waker(&mut self, slot: usize, waker: Waker) -> Option<Waker> {
        let old = self.entries[slot].waker.replace(waker);
        if old.is_none() {
            // It fired before its deadline by the clock that the future reads: ask again at the next tick.
            self.entries[slot].tick = self.now + 1;
            self.place(slot);
        }
        old
    }

    /// Takes a timer out; returns its waker, if it has not fired.
    pub(super) fn remove(&mut self, slot: usize) -> Option<Waker> {
        self.unlink(slot);
        self.free.give(slot);
        self.entries[slot].waker.take()
    }

    /// Puts a timer in the slot of the lowest level at which its tick differs from the present.
    fn place(&mut self, slot: usize) {
        let tick = self.entries[slot].tick;
        let highest_bit = 63 - (tick ^ self.now).max(1).leading_zeros();
        let level = ((highest_bit / SLOT_BITS) as usize).min(LEVELS - 1);
        let index = (tick >> (level as u32 * SLOT_BITS)) as usize & ((1 << SLOT_BITS) - 1);
        self.links.push_back(&mut self.slots[level][index], slot);
        self.occupied[level] |= 1 << index;
        self.entries[slot].place = Place::Slot(level as u8, index as u8);
    }

    fn unlink(&mut self, slot: usize) {
        match core::mem::replace(&mut self.entries[slot].place, Place::Nowhere) {
            Place::Nowhere => {}
            Place::Due => self.links.remove(&mut self.due, slot),
            Place::Slot(level, index) => {
                let (level, index) = (usize::from(level), usize::from(index));
                self.links.remove(&mut self.slots[level][index], slot);
                if self.slots[level][index].is_empty() {
                    self.occupied[level] &= !(1 << index);
                }
            }
        }
    }

    /// The first tick at which something is to be done: the present one if timers are due, else the next to be reached.
    pub(super) fn next_tick(&self) -> Option<u64> {
        if self.due.is_empty() { self.next_to_reach() } else { Some(self.now) }
    }

    /// The first tick at which a slot must be looked at: a timer's, or that at which a higher slot is spread.
    fn next_to_reach(&self) -> Option<u64> {
        (0..LEVELS).filter_map(|level| self.next_of_level(level)).min()
    }

    fn next_of_level(&self, level: usize) -> Option<u64> {
        let shift = level as u32 * SLOT_BITS;
        let position = self.now >> shift;
        // Rotated so that bit 0 is the slot behind the present one.
        let index = (position + 1) & ((1 << SLOT_BITS) - 1);
        let ahead = self.occupied[level].rotate_right(index as u32);
        (ahead != 0).then(|| (position + 1 + u64::from(ahead.trailing_zeros())) << shift)
    }

    /// The waker of a timer whose deadline is not after `now`, if there is one left.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Waker> {
        self.advance(now);
        while let Some(slot) = self.due.front() {
            self.unlink(slot);
            let waker = self.entries[slot].waker.take();
            if waker.is_some() {
                return waker;
            }
        }
        None
    }

    /// Goes on to `now`; the timers that are reached become due.
    fn advance(&mut self, now: Instant) {
        let target = tick_of(now);
        while let Some(tick) = self.next_to_reach().filter(|tick| *tick <= target) {
            self.now = tick;
            (0..LEVELS).rev().for_each(|level| self.reach(level));
        }
        self.now = self.now.max(target);
    }

    /// The slot of `level` that begins at the present tick is reached: its timers become due, or are spread.
    fn reach(&mut self, level: usize) {
        let shift = level as u32 * SLOT_BITS;
        if self.now & ((1 << shift) - 1) != 0 {
            return;
        }
        let index = (self.now >> shift) as usize & ((1 << SLOT_BITS) - 1);
        // Each timer once: one that is too far for the wheel comes back to this slot.
        for _ in 0..self.slots[level][index].len() {
            let Some(slot) = self.slots[level][index].front() else { return };
            self.unlink(slot);
            if self.entries[slot].tick > self.now {
                self.place(slot);
            } else {
                self.links.push_back(&mut self.due, slot);
                self.entries[slot].place = Place::Due;
            }
        }
    }
}

/// Of the ticks from `first` to `last`, the one that is a multiple of the highest power of two.
fn roundest(first: u64, last: u64) -> u64 {
    // Below the highest bit in which the ends differ, counted from before the first, all is zero in one of them.
    let differ = (first - 1) ^ last;
    let below = (1 << (63 - differ.leading_zeros())) - 1;
    last & !below
}

/// When a tick begins.
pub(super) fn nanos_of(tick: u64) -> i64 {
    (tick << TICK_BITS) as i64
}

/// The tick that a point in time lies in.
fn tick_of(instant: Instant) -> u64 {
    u64::try_from(instant.into_nanos()).unwrap_or(0) >> TICK_BITS
}

#[cfg(test)]
#[path = "wheel_tests.rs"]
mod tests;
