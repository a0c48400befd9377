//! Timers in a hierarchical wheel.
//!
//! A wheel has [`LEVELS`] levels of 64 slots. A slot of level `n` spans `64^n` ticks; a timer lies in the slot of the
//! lowest level at which its tick and the wheel's present tick differ. When the wheel reaches a slot of a higher level,
//! it spreads that slot's timers over the levels below. Setting and cancelling take constant time; a timer is moved
//! at most once per level.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
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
    wheel: Mutex<Wheel>,
}

impl Timers {
    /// No timers.
    pub const fn new() -> Self {
        Self { wheel: Mutex::new(Wheel::new()) }
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
        self.wheel().next_deadline()
    }

    /// Wakes the timers whose deadline is not after `now`.
    pub(super) fn expire(&self, now: Instant) {
        let mut wheel = self.wheel();
        wheel.advance(now);
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
        let mut wheel = self.timers.wheel();
        match self.slot {
            Some(slot) => wheel.set_waker(slot, cx.waker()),
            None => match wheel.insert(self.deadline, cx.waker()) {
                Some(slot) => {
                    drop(wheel);
                    self.slot = Some(slot);
                }
                None => return Poll::Ready(()),
            },
        }
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            self.timers.wheel().remove(slot);
        }
    }
}

/// One timer.
struct Entry {
    tick: u64,
    /// The list it is in, level and slot; `None` when it has fired.
    place: Option<(u8, u8)>,
    waker: Option<Waker>,
}

struct Wheel {
    now: u64,
    free: FreeSlots<TIMERS>,
    entries: [Entry; TIMERS],
    links: Links<TIMERS>,
    slots: [[List; 1 << SLOT_BITS]; LEVELS],
    /// Which slots of a level have timers.
    occupied: [u64; LEVELS],
    refused: u64,
}

impl Wheel {
    const fn new() -> Self {
        Self {
            now: 0,
            free: FreeSlots::new(),
            entries: [const { Entry { tick: 0, place: None, waker: None } }; TIMERS],
            links: Links::new(),
            slots: [const { [const { List::new() }; 1 << SLOT_BITS] }; LEVELS],
            occupied: [0; LEVELS],
            refused: 0,
        }
    }

    fn insert(&mut self, deadline: Instant, waker: &Waker) -> Option<usize> {
        if self.free.len() == TIMERS {
            // Nobody waits: the wheel may jump to the present.
            self.now = self.now.max(tick_of(Instant::now()));
        }
        let Some(slot) = self.free.take() else {
            self.refused += 1;
            return None;
        };
        // Rounded up: a timer never fires early.
        let tick = (tick_of(deadline) + 1).max(self.now + 1);
        self.entries[slot] = Entry { tick, place: None, waker: Some(waker.clone()) };
        self.place(slot);
        Some(slot)
    }

    fn set_waker(&mut self, slot: usize, waker: &Waker) {
        match &mut self.entries[slot].waker {
            Some(old) => old.clone_from(waker),
            // It fired before its deadline by the clock that the future reads: ask again at the next tick.
            none => {
                *none = Some(waker.clone());
                self.entries[slot].tick = self.now + 1;
                self.place(slot);
            }
        }
    }

    fn remove(&mut self, slot: usize) {
        self.unlink(slot);
        self.entries[slot].waker = None;
        self.free.give(slot);
    }

    /// Puts a timer in the slot of the lowest level at which its tick differs from the present.
    fn place(&mut self, slot: usize) {
        let tick = self.entries[slot].tick;
        let highest_bit = 63 - (tick ^ self.now).max(1).leading_zeros();
        let level = ((highest_bit / SLOT_BITS) as usize).min(LEVELS - 1);
        let index = (tick >> (level as u32 * SLOT_BITS)) as usize & ((1 << SLOT_BITS) - 1);
        self.links.push_back(&mut self.slots[level][index], slot);
        self.occupied[level] |= 1 << index;
        self.entries[slot].place = Some((level as u8, index as u8));
    }

    fn unlink(&mut self, slot: usize) {
        let Some((level, index)) = self.entries[slot].place.take() else { return };
        let (level, index) = (usize::from(level), usize::from(index));
        self.links.remove(&mut self.slots[level][index], slot);
        if self.slots[level][index].is_empty() {
            self.occupied[level] &= !(1 << index);
        }
    }

    /// The first tick at which a slot must be looked at: a timer's, or that at which a higher slot is spread.
    fn next_tick(&self) -> Option<u64> {
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

    fn next_deadline(&self) -> Instant {
        self.next_tick().map_or(Instant::INFINITE, |tick| Instant::from_nanos((tick << TICK_BITS) as i64))
    }

    fn advance(&mut self, now: Instant) {
        let target = tick_of(now);
        while let Some(tick) = self.next_tick().filter(|tick| *tick <= target) {
            self.now = tick;
            (0..LEVELS).rev().for_each(|level| self.reach(level));
        }
        self.now = self.now.max(target);
    }

    /// Fires or spreads the timers of the slot of `level` that begins at the present tick.
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
            } else if let Some(waker) = self.entries[slot].waker.take() {
                waker.wake();
            }
        }
    }
}

/// The tick that a point in time lies in.
fn tick_of(instant: Instant) -> u64 {
    u64::try_from(instant.into_nanos()).unwrap_or(0) >> TICK_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(tick: u64) -> Instant {
        Instant::from_nanos((tick << TICK_BITS) as i64)
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
            wheel.entries[slot] = Entry { tick, place: None, waker: Some(Waker::noop().clone()) };
            wheel.place(slot);
            slot
        });
        for (tick, slot) in ticks.into_iter().zip(slots) {
            wheel.advance(at(tick - 1));
            assert!(wheel.entries[slot].waker.is_some(), "timer at {tick} fired early");
            assert!(wheel.next_tick().unwrap() <= tick, "the wheel would sleep past {tick}");
            wheel.advance(at(tick));
            assert!(wheel.entries[slot].waker.is_none(), "timer at {tick} did not fire");
        }
        assert_eq!(wheel.next_tick(), None);
    }

    #[test]
    fn a_removed_timer_is_gone() {
        static WHEEL: Timers = Timers::new();
        let mut wheel = WHEEL.wheel();
        let slot = wheel.insert(at(1 << 50), Waker::noop()).unwrap();
        assert!(wheel.next_tick().is_some());
        wheel.remove(slot);
        assert_eq!((wheel.next_tick(), wheel.free.len()), (None, TIMERS));
    }
}
