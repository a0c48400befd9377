//! Places where threads sleep: an epoll set with a counter in it that wakes them.
//!
//! A port gets a park when it first has to sleep or to watch a descriptor, and gives it back when it closes. The two
//! descriptors of a park are made once and stay open for ever, so a thread that is about to wake a sleeper can do so
//! without a lock: at worst it wakes the park's next owner for nothing. In the same way, a socket that a former owner
//! watched and that is still open stays in the set. Its events are taken as what they are, news of that socket.
//!
//! # Sleeping lightly
//!
//! Links have faster ways than the epoll set. Those that a port waits on are first put on its park's hot list. A thread
//! with nothing to do looks at them for some microseconds (a spin), then sleeps for some hundred on their futexes (a
//! nap), and only then has them ring by their sockets and sleeps in the epoll set. Spins and naps that did not pay lately
//! are left out, but for a try now and then. A nap does not see the epoll set, so it delays timers, new connections, and
//! the news of killed processes by its length at most.

use core::num::NonZeroU32;
use std::os::fd::{AsFd, BorrowedFd};

use crate::abi::types::*;
use crate::capacity::{HOT_LINKS, SPIN_NANOS};
use crate::memory::{Zeroed, zeroed_struct};
use crate::ring::doorbell::FUTEX;
use crate::sync::{AtomicU32, Guarded, Lock, Ordering};
use crate::sys::{self, Aim, Event, FUTEX_ENTRIES, FutexEntry, Interest, Permanent};
use crate::tables::tables;

/// The token of the counter; no object has it, because no object has index `u32::MAX`.
const WAKE_TOKEN: u64 = u64::MAX;

zeroed_struct! {
    /// One slot.
    pub(crate) struct Park {
        set: Permanent,
        counter: Permanent,
        /// Whether a thread naps here.
        nap: AtomicU32,
        spins: Habit,
        naps: Habit,
        /// The longest spin, plus one; 0 for the default.
        spin_nanos: AtomicU32,
        hot: Lock<Hot>,
        /// The word that a thread naps on, if it is only one.
        aim: Lock<Aim>,
    }
}

/// No thread naps.
const NO_NAP: u32 = 0;
/// A thread naps, or is about to.
const NAPPING: u32 = 1;
/// The napping thread was woken.
const WOKEN: u32 = 2;

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

impl Guarded for Aim {
    type Rest = ();

    fn rest(&mut self) {}
}

zeroed_struct! {
    /// Whether something paid lately.
    struct Habit {
        misses: AtomicU32,
        skipped: AtomicU32,
    }
}

/// So many misses in a row end a habit.
const MISSES: u32 = 8;
/// Then it is tried again after so many times.
const SKIPS: u32 = 128;

// Relaxed throughout: the figures guide, and guard nothing.
impl Habit {
    fn is_worth_a_try(&self) -> bool {
        if self.misses.load(Ordering::Relaxed) < MISSES {
            return true;
        }
        let skipped = self.skipped.load(Ordering::Relaxed) + 1;
        self.skipped.store(skipped % SKIPS, Ordering::Relaxed);
        skipped == SKIPS
    }

    fn note(&self, paid: bool) {
        let misses = self.misses.load(Ordering::Relaxed);
        self.misses.store(if paid { 0 } else { misses.saturating_add(1) }, Ordering::Relaxed);
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
        park.spin_nanos.store(0, Ordering::Relaxed);
        park.spins.forget();
        park.naps.forget();
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
        let nap = &self.park().nap;
        // Acquire and release: what the waker did is seen by the woken. Only one waker finds the nap.
        if nap.compare_exchange(NAPPING, WOKEN, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            // The thread sleeps on a word of its only link, or on this one and others; or it is about to sleep on a word of
            // its link, and looks here once more when it has said on which.
            if !self.park().aim.lock().end_sleep(FUTEX) {
                sys::futex_wake_shared(nap);
            }
            return;
        }
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

    /// How many links the hot list has.
    pub(crate) fn hot_count(self) -> u32 {
        self.park().hot.lock().count
    }

    /// Whether the hot list has links.
    pub(crate) fn is_hot(self) -> bool {
        self.hot_count() > 0
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

    /// Whether to nap now.
    pub(crate) fn is_nap_worth_a_try(self) -> bool {
        self.park().naps.is_worth_a_try()
    }

    /// Notes whether a nap found something.
    pub(crate) fn note_nap(self, paid: bool) {
        self.park().naps.note(paid);
    }

    /// Begins a nap: from here on wakes are for it. `false` if another thread naps here.
    pub(crate) fn begin_nap(self) -> bool {
        let nap = &self.park().nap;
        nap.compare_exchange(NO_NAP, NAPPING, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Whether a thread naps here.
    pub(crate) fn is_napping(self) -> bool {
        self.park().nap.load(Ordering::Relaxed) == NAPPING
    }

    /// Sleeps until a wake, or a wake of one of the entries from the second on, or the deadline.
    pub(crate) fn nap(self, entries: &mut [FutexEntry], deadline: zx_time_t) {
        debug_assert!(entries.len() <= FUTEX_ENTRIES);
        entries[0] = FutexEntry::new(&self.park().nap, NAPPING);
        sys::futex_wait_many(entries, deadline);
    }

    /// Has wakes go to the word of a link, which is mapped.
    pub(crate) fn aim(self, word: &FutexEntry) {
        self.park().aim.lock().set(word.address());
    }

    /// Has wakes go to no word at these addresses: they are about to be unmapped. A nap there ends.
    pub(crate) fn spare(self, addresses: &core::ops::Range<usize>) {
        let mut aim = self.park().aim.lock();
        if aim.is_within(addresses) {
            aim.end_sleep(FUTEX);
            aim.clear();
        }
    }

    /// Sleeps on the word that wakes go to, until a wake or the deadline.
    pub(crate) fn nap_on_one(self, word: &FutexEntry, deadline: zx_time_t) {
        if self.is_napping() {
            sys::futex_wait_one(word, deadline);
        }
        self.park().aim.lock().clear();
    }

    /// Ends a nap. Says whether it was woken.
    pub(crate) fn end_nap(self) -> bool {
        self.park().nap.swap(NO_NAP, Ordering::AcqRel) == WOKEN
    }

    /// Waits for events until the deadline. Returns those of descriptors, and whether a wake was among them.
    pub(crate) fn sleep(self, events: &mut [Event], deadline: zx_time_t) -> (usize, bool) {
        let Some(set) = self.set() else { return (0, false) };
        let count = sys::wait_events(set, events, deadline);
        let woken = events[..count].iter().any(|event| event.token() == WAKE_TOKEN);
        if woken {
            self.drain();
        }
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
