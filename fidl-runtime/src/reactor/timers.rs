//! Timers in a hierarchical wheel.
//!
//! A wheel has [`LEVELS`] levels of 64 slots. A slot of level `n` spans `64^n` ticks; a timer lies in the slot of the
//! lowest level at which its tick and the wheel's present tick differ. When the wheel reaches a slot of a higher level,
//! it spreads that slot's timers over the levels below. Setting and cancelling take constant time; a timer is moved
//! at most once per level.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicI64, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::kernel::Instant;
use crate::storage::{FreeSlots, Links, List};

/// Nanoseconds in a tick, as a power of two: 65.5 microseconds.
const TICK_BITS: u32 = 16;

/// Slots in a level, as a power of two.
const SLOT_BITS: u32 = 6;

/// Levels; together they span 16 years.
const LEVELS: usize = 7;

/// How many timers one [`Timers`] holds.
pub const TIMERS: usize = 1024;

/// Up to [`TIMERS`] deadlines, each with a waker. Lies in a static, and runs on the reactor it is given to.
///
/// ```
/// use std::time::Duration;
/// use fidl::{Reactor, Timers};
///
/// static TIMERS: Timers = Timers::new();
///
/// let reactor = Reactor::new()?;
/// reactor.set_timers(&TIMERS);
/// reactor.run_until(TIMERS.sleep(Duration::from_millis(1)))?;
/// # Ok::<(), fidl::Error>(())
/// ```
pub struct Timers {
    /// Locked for no longer than a change takes. Wakers are foreign code, which may use timers: they are cloned, woken and
    /// dropped outside.
    wheel: Mutex<Wheel>,
    /// When the wheel must be looked at, in nanoseconds; 0 if nobody waits. Written under the lock, read without it.
    next: AtomicI64,
}

impl Timers {
    /// No timers.
    pub const fn new() -> Self {
        Self { wheel: Mutex::new(Wheel::new()), next: AtomicI64::new(0) }
    }

    /// A future that finishes `duration` from now, at most a tick (65.5 microseconds) late.
    pub fn sleep(&self, duration: Duration) -> Sleep<'_> {
        self.sleep_until(Instant::after(duration))
    }

    /// A future that finishes at `deadline`, at most a tick (65.5 microseconds) late.
    ///
    /// If [`TIMERS`] others wait, it finishes at once; [`refused`](Self::refused) counts that.
    pub fn sleep_until(&self, deadline: Instant) -> Sleep<'_> {
        Sleep { timers: self, deadline, slot: None }
    }

    /// How many sleeps found no place.
    pub fn refused(&self) -> u64 {
        self.wheel().refused
    }

    /// When the reactor must call [`expire`](Self::expire); never late, possibly early.
    pub(super) fn next_deadline(&self) -> Instant {
        match self.next.load(Relaxed) {
            0 => Instant::INFINITE,
            nanos => Instant::from_nanos(nanos),
        }
    }

    /// Wakes the timers whose deadline is not after `now`.
    pub(super) fn expire(&self, now: Instant) {
        while let Some(waker) = self.change(|wheel| wheel.take_due(now)) {
            waker.wake();
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Wheel) -> T) -> T {
        let mut wheel = self.wheel();
        let result = change(&mut wheel);
        self.next.store(wheel.next_tick().map_or(0, nanos_of), Relaxed);
        result
    }

    fn wheel(&self) -> MutexGuard<'_, Wheel> {
        self.wheel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Timers {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Timers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timers({} of {TIMERS})", TIMERS - self.wheel().free.len())
    }
}

/// A future that finishes at a deadline. Made by [`Timers::sleep`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Sleep<'t> {
    timers: &'t Timers,
    deadline: Instant,
    slot: Option<usize>,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.deadline {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        if let Some(slot) = self.slot {
            let old = self.timers.change(|wheel| wheel.set_waker(slot, waker));
            drop(old);
            return Poll::Pending;
        }
        let inserted = self.timers.change(|wheel| wheel.insert(self.deadline, waker));
        match inserted {
            Ok(slot) => {
                self.slot = Some(slot);
                Poll::Pending
            }
            Err(_refused) => Poll::Ready(()),
        }
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            let waker = self.timers.change(|wheel| wheel.remove(slot));
            drop(waker);
        }
    }
}

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

struct Wheel {
    now: u64,
    free: FreeSlots<TIMERS>,
    entries: [Entry; TIMERS],
    links: Links<TIMERS>,
    slots: [[List; 1 << SLOT_BITS]; LEVELS],
    /// Which slots of a level have timers.
    occupied: [u64; LEVELS],
    /// Timers that are to be woken.
    due: List,
    refused: u64,
}

impl Wheel {
    const fn new() -> Self {
        Self {
            now: 0,
            free: FreeSlots::new(),
            entries: [const { Entry { tick: 0, place: Place::Nowhere, waker: None } }; TIMERS],
            links: Links::new(),
            slots: [const { [const { List::new() }; 1 << SLOT_BITS] }; LEVELS],
            occupied: [0; LEVELS],
            due: List::new(),
            refused: 0,
        }
    }

    /// Adds a timer; returns its slot, or the waker if no slot is free.
    fn insert(&mut self, deadline: Instant, waker: Waker) -> Result<usize, Waker> {
        if self.free.len() == TIMERS {
            // Nobody waits: the wheel may jump to the present.
            self.now = self.now.max(tick_of(Instant::now()));
        }
        let Some(slot) = self.free.take() else {
            self.refused += 1;
            return Err(waker);
        };
        // Rounded up: a timer never fires early.
        let tick = (tick_of(deadline) + 1).max(self.now + 1);
        self.entries[slot] = Entry { tick, place: Place::Nowhere, waker: Some(waker) };
        self.place(slot);
        Ok(slot)
    }

    /// Gives a timer another waker; returns the one before.
    fn set_waker(&mut self, slot: usize, waker: Waker) -> Option<Waker> {
        let old = self.entries[slot].waker.replace(waker);
        if old.is_none() {
            // It fired before its deadline by the clock that the future reads: ask again at the next tick.
            self.entries[slot].tick = self.now + 1;
            self.place(slot);
        }
        old
    }

    /// Takes a timer out; returns its waker, if it has not fired.
    fn remove(&mut self, slot: usize) -> Option<Waker> {
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
    fn next_tick(&self) -> Option<u64> {
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
    fn take_due(&mut self, now: Instant) -> Option<Waker> {
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

/// When a tick begins.
fn nanos_of(tick: u64) -> i64 {
    (tick << TICK_BITS) as i64
}

/// The tick that a point in time lies in.
fn tick_of(instant: Instant) -> u64 {
    u64::try_from(instant.into_nanos()).unwrap_or(0) >> TICK_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(tick: u64) -> Instant {
        Instant::from_nanos(nanos_of(tick))
    }

    /// Fires timers at far-apart ticks in order, each not early and at most a tick late, and never skips one.
    #[test]
    fn every_timer_fires_in_time() {
        static WHEEL: Timers = Timers::new();
        let mut wheel = WHEEL.wheel();
        wheel.now = 5;
        let ticks = [6, 7, 63, 64, 65, 127, 128, 4095, 4096, 4097, 262_143, 262_144, 300_000_000, 1 << 40];
        let slots = ticks.map(|tick| {
            let slot = wheel.free.take().unwrap();
            wheel.entries[slot] = Entry { tick, place: Place::Nowhere, waker: Some(Waker::noop().clone()) };
            wheel.place(slot);
            slot
        });
        for (tick, slot) in ticks.into_iter().zip(slots) {
            assert!(wheel.take_due(at(tick - 1)).is_none());
            assert!(wheel.entries[slot].waker.is_some(), "timer at {tick} fired early");
            assert!(wheel.next_tick().unwrap() <= tick, "the wheel would sleep past {tick}");
            assert!(wheel.take_due(at(tick)).is_some(), "timer at {tick} did not fire");
            assert!(wheel.entries[slot].waker.is_none());
        }
        assert_eq!(wheel.next_tick(), None);
    }

    #[test]
    fn a_removed_timer_is_gone() {
        static WHEEL: Timers = Timers::new();
        let mut wheel = WHEEL.wheel();
        let slot = wheel.insert(at(1 << 50), Waker::noop().clone()).unwrap();
        assert!(wheel.next_tick().is_some());
        assert!(wheel.remove(slot).is_some());
        assert_eq!((wheel.next_tick(), wheel.free.len()), (None, TIMERS));
    }
}
