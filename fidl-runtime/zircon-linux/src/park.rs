//! Places where threads sleep: an epoll set with a counter in it that wakes them.
//!
//! A port gets a park when it first has to sleep or to watch a descriptor, and gives it back when it closes. The two
//! descriptors of a park are made once and stay open for ever, so a thread that is about to wake a sleeper can do so
//! without a lock: at worst it wakes the park's next owner for nothing. In the same way, a socket that a former owner
//! watched and that is still open stays in the set. Its events are taken as what they are, news of that socket.
//!
//! # Before sleeping
//!
//! To be woken costs both sides a system call, and on two processors tens of microseconds. So a thread with nothing to do
//! first tries what may be faster, as long as that pays:
//!
//! - If the peers run on other processors, it looks at their rings for some microseconds (a spin).
//! - If they run on this one, a spin keeps them from it, and a sleeper that is woken by the first of many messages takes
//!   the processor from the writer of the others. So the thread yields: it stays awake, and lets who else wants the
//!   processor have it first. It comes back to all that the peers wrote before they yielded themselves, and nobody had to
//!   be woken.
//!
//! Neither is known to pay beforehand, nor asked of the system: what did not pay lately is left out, but for a try now and
//! then. Links that the port waits on are on its park's hot list while a thread will look at them by itself; before it
//! sleeps they are taken off, and their bells armed.

use core::num::NonZeroU32;
use std::os::fd::{AsFd, BorrowedFd};

use crate::abi::types::*;
use crate::capacity::{HOT_LINKS, LOOK_NANOS, SPIN_NANOS, YIELD_NANOS, YIELD_REST, YIELDS};
use crate::memory::{Zeroed, zeroed_struct};
use crate::sync::{AtomicU32, AtomicU64, Guarded, Lock, Ordering};
use crate::sys::{self, Event, Interest, Permanent};
use crate::tables::tables;

/// The token of the counter; no object has it, because no object has index `u32::MAX`.
const WAKE_TOKEN: u64 = u64::MAX;

zeroed_struct! {
    /// One slot.
    pub(crate) struct Park {
        set: Permanent,
        counter: Permanent,
        /// The longest spin, and how often a thread yields, each plus one; 0 for the default.
        spin_nanos: AtomicU32,
        yield_times: AtomicU32,
        spins: Habit,
        yields: Habit,
        /// No thread yields before this time.
        yields_again: AtomicU64,
        /// When the set was looked at last.
        looked: AtomicU64,
        hot: Lock<Hot>,
    }
}

zeroed_struct! {
    /// The links that a thread looks at before it sleeps, by their tokens.
    pub(crate) struct Hot {
        tokens: [u64; HOT_LINKS],
        count: u32,
    }
}

impl Guarded for Hot {
    type Rest = ();

    fn rest(&mut self) {}
}

zeroed_struct! {
    /// Whether something paid lately.
    struct Habit {
        misses: AtomicU32,
        skipped: AtomicU32,
        /// After how many of the skipped it is tried again.
        skips: AtomicU32,
    }
}

/// So many misses in a row end a habit.
const MISSES: u32 = 8;
/// Then it is tried again after so many times, and after twice as many as before if it has not paid then, up to a bound.
const SKIPS: u32 = 128;
const MOST_SKIPS: u32 = 1024;

// Relaxed throughout: the figures guide, and guard nothing.
impl Habit {
    fn is_worth_a_try(&self) -> bool {
        if self.misses.load(Ordering::Relaxed) < MISSES {
            return true;
        }
        let skipped = self.skipped.load(Ordering::Relaxed) + 1;
        let enough = skipped >= self.skips.load(Ordering::Relaxed);
        self.skipped.store(if enough { 0 } else { skipped }, Ordering::Relaxed);
        enough
    }

    fn note(&self, paid: bool) {
        let misses = self.misses.load(Ordering::Relaxed);
        let skips = self.skips.load(Ordering::Relaxed);
        let (misses, skips) = match misses {
            _ if paid => (0, SKIPS),
            MISSES.. => (MISSES, MOST_SKIPS.min(2 * skips)),
            _ => (misses + 1, SKIPS),
        };
        self.misses.store(misses, Ordering::Relaxed);
        self.skips.store(skips, Ordering::Relaxed);
    }

    fn forget(&self) {
        self.misses.store(0, Ordering::Relaxed);
    }
}

/// A park that a port owns.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct ParkIndex(NonZeroU32);

// SAFETY: zero is `None`, by the guarantee for transparent wrappers of `NonZeroU32`.
#[allow(unsafe_code)]
unsafe impl Zeroed for Option<ParkIndex> {}

impl ParkIndex {
    /// Takes a park and makes its descriptors if it has none yet.
    pub(crate) fn take() -> Result<ParkIndex, zx_status_t> {
        let index = tables().parks.take().and_then(NonZeroU32::new).ok_or(ZX_ERR_NO_RESOURCES)?;
        let park = ParkIndex(index);
        if park.park().prepare().is_none() {
            park.give();
            return Err(ZX_ERR_NO_RESOURCES);
        }
        Ok(park)
    }

    /// Gives the park back.
    pub(crate) fn give(self) {
        let park = self.park();
        park.hot.lock().count = 0;
        // What was learned of the machine is good for the next owner too.
        park.spin_nanos.store(0, Ordering::Relaxed);
        park.yield_times.store(0, Ordering::Relaxed);
        tables().parks.give(self.0.get());
    }

    fn park(self) -> &'static Park {
        tables().parks.get(self.0.get())
    }

    /// All parks that were ever used.
    pub(crate) fn all() -> impl Iterator<Item = ParkIndex> {
        (1..=tables().parks.usage().high_water as u32).filter_map(NonZeroU32::new).map(ParkIndex)
    }

    /// Wakes a thread that sleeps here.
    pub(crate) fn wake(self) {
        if let Some(counter) = self.park().counter.get() {
            sys::signal_eventfd(counter);
        }
    }

    /// Makes wakes before this call ineffective.
    fn drain(self) {
        if let Some(counter) = self.park().counter.get() {
            sys::drain_eventfd(counter);
        }
    }

    /// The epoll set. It is readable while it has an event.
    pub(crate) fn set(self) -> Option<BorrowedFd<'static>> {
        self.park().set.get()
    }

    /// Watches a descriptor. `false` if the system has no room for that.
    pub(crate) fn watch(self, descriptor: BorrowedFd<'_>, interest: Interest, token: u64) -> bool {
        let Some(set) = self.set() else { return false };
        sys::epoll_watch(set, descriptor, interest, token)
    }

    /// Changes what a watched descriptor is watched for.
    pub(crate) fn change(self, descriptor: BorrowedFd<'_>, interest: Interest, token: u64) {
        if let Some(set) = self.set() {
            sys::epoll_change(set, descriptor, interest, token);
        }
    }

    /// Ends the watch of a descriptor, if there is one.
    pub(crate) fn unwatch(self, descriptor: BorrowedFd<'_>) {
        if let Some(set) = self.set() {
            sys::epoll_forget(set, descriptor);
        }
    }

    /// Puts a link on the hot list. `false` if that is full.
    pub(crate) fn heat(self, token: u64) -> bool {
        let mut hot = self.park().hot.lock();
        let count = hot.count as usize;
        if hot.tokens[..count].contains(&token) {
            return true;
        }
        let Some(place) = hot.tokens.get_mut(count) else { return false };
        *place = token;
        hot.count += 1;
        true
    }

    /// Takes a link off the hot list.
    pub(crate) fn cool(self, token: u64) {
        let mut hot = self.park().hot.lock();
        let count = hot.count as usize;
        if let Some(at) = hot.tokens[..count].iter().position(|other| *other == token) {
            hot.tokens[at] = hot.tokens[count - 1];
            hot.count -= 1;
        }
    }

    /// The hot list, as it is now.
    pub(crate) fn hot(self, places: &mut [u64; HOT_LINKS]) -> &[u64] {
        let hot = self.park().hot.lock();
        // Most often it is one, which no loop copies faster.
        let count = hot.count as usize;
        places[0] = hot.tokens[0];
        places[count.min(1)..count].copy_from_slice(&hot.tokens[count.min(1)..count]);
        &places[..count]
    }

    /// Whether the hot list has links.
    pub(crate) fn is_hot(self) -> bool {
        self.park().hot.lock().count > 0
    }

    /// How long to spin now, in nanoseconds.
    pub(crate) fn spin_nanos(self) -> i64 {
        let park = self.park();
        let most = match park.spin_nanos.load(Ordering::Relaxed) {
            0 => SPIN_NANOS,
            set => set - 1,
        };
        if most > 0 && park.spins.is_worth_a_try() { i64::from(most) } else { 0 }
    }

    /// Sets the longest spin.
    pub(crate) fn set_spin_nanos(self, nanos: u32) {
        self.park().spin_nanos.store(nanos.saturating_add(1), Ordering::Relaxed);
        self.park().spins.forget();
    }

    /// Notes whether a spin found something.
    pub(crate) fn note_spin(self, paid: bool) {
        self.park().spins.note(paid);
    }

    /// How often to yield now, which is this time.
    pub(crate) fn yields(self, now: i64) -> u32 {
        let park = self.park();
        let most = match park.yield_times.load(Ordering::Relaxed) {
            0 => YIELDS,
            set => set - 1,
        };
        let may = most > 0 && now >= park.yields_again.load(Ordering::Relaxed).cast_signed();
        if may && park.yields.is_worth_a_try() { most } else { 0 }
    }

    /// Sets how often a thread yields.
    pub(crate) fn set_yields(self, times: u32) {
        self.park().yield_times.store(times.saturating_add(1), Ordering::Relaxed);
        self.park().yields.forget();
        self.park().yields_again.store(0, Ordering::Relaxed);
    }

    /// Notes whether something came while others had the processor, who gave it back at this time after so many
    /// nanoseconds. If that was long, then it was taken by threads that do not answer but compute, and what is lost may be
    /// a small part of all time only.
    pub(crate) fn note_yield(self, paid: bool, now: i64, took: i64) {
        if took > YIELD_NANOS {
            let again = now.saturating_add(took.saturating_mul(YIELD_REST));
            self.park().yields_again.store(again.cast_unsigned(), Ordering::Relaxed);
        }
        self.park().yields.note(paid);
    }

    /// Whether the last look at the descriptors is long ago.
    pub(crate) fn is_look_overdue(self) -> bool {
        let looked = self.park().looked.load(Ordering::Relaxed).cast_signed();
        sys::monotonic() >= looked.saturating_add(LOOK_NANOS)
    }

    /// Waits for events until the deadline. Returns those of descriptors, and whether a wake was among them.
    pub(crate) fn sleep(self, events: &mut [Event], deadline: zx_time_t) -> (usize, bool) {
        let Some(set) = self.set() else { return (0, false) };
        let count = sys::wait_events(set, events, deadline);
        let woken = events[..count].iter().any(|event| event.token() == WAKE_TOKEN);
        if woken {
            self.drain();
        }
        self.park().looked.store(sys::monotonic().cast_unsigned(), Ordering::Relaxed);
        (count, woken)
    }
}

impl Park {
    /// Makes the descriptors. The caller has just taken the slot, so no one else does the same.
    fn prepare(&self) -> Option<()> {
        if self.set.get().is_some() {
            return Some(());
        }
        let (set, counter) = (sys::epoll()?, sys::eventfd()?);
        if !sys::epoll_watch(set.as_fd(), counter.as_fd(), Interest::Incoming, WAKE_TOKEN) {
            return None;
        }
        self.counter.put(counter);
        self.set.put(set);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often it is not worth a try before it is.
    fn skipped(habit: &Habit) -> u32 {
        (0..).take_while(|_| !habit.is_worth_a_try()).count() as u32
    }

    #[test]
    fn what_does_not_pay_is_tried_less_and_less() {
        let habit = Habit { misses: AtomicU32::new(0), skipped: AtomicU32::new(0), skips: AtomicU32::new(0) };
        for _ in 0..MISSES {
            assert_eq!(skipped(&habit), 0);
            habit.note(false);
        }
        let between = [(); 5].map(|()| {
            let skipped = skipped(&habit);
            habit.note(false);
            skipped
        });
        assert_eq!(between, [127, 255, 511, 1023, 1023]);
        assert_eq!(skipped(&habit), 1023);
        habit.note(true);
        assert_eq!(skipped(&habit), 0);
    }
}
