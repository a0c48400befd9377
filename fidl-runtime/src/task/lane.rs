//! The table that wakes write to.
#![allow(unsafe_code)]

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::task::Waker;

use super::key::{Key, LAST_GENERATION};
use super::parent::Parent;
use super::waker;
use crate::sync::atomic::{AtomicBool, AtomicUsize};

/// How many arenas and reactors can exist in a process at one time.
///
/// (Few of them suffice for loom and for Miri, whose time goes with the size of the table.)
pub const LANES: usize = if cfg!(loom) {
    2
} else if cfg!(miri) {
    32
} else if cfg!(target_pointer_width = "64") {
    128
} else {
    4
};

/// The most slots that one lane, and so one arena, has.
pub const SLOTS: usize = if cfg!(loom) {
    2
} else if cfg!(miri) {
    4 * BITS
} else {
    16 * BITS
};

const BITS: usize = usize::BITS as usize;
const WORDS: usize = SLOTS.div_ceil(BITS);

/// All lanes are taken: [`LANES`] arenas and reactors exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoLane;

impl fmt::Display for NoLane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {LANES} arenas and reactors at one time")
    }
}

impl core::error::Error for NoLane {}

/// What wakes of one owner's slots write to.
struct Row {
    claimed: AtomicBool,
    /// Which words of `ready` have bits, but for the first. Set after the bit, cleared before the bits are taken.
    summary: AtomicUsize,
    ready: [AtomicUsize; WORDS],
    /// One more when the slot's use begins, and when it ends. Never reset.
    generation: [AtomicUsize; SLOTS],
    /// Wakes that came for a generation that is over.
    stale: AtomicUsize,
    /// Who polls the owner.
    parent: Parent,
}

impl Row {
    #[cfg(not(loom))]
    const fn new() -> Self {
        Self {
            claimed: AtomicBool::new(false),
            summary: AtomicUsize::new(0),
            ready: [const { AtomicUsize::new(0) }; WORDS],
            generation: [const { AtomicUsize::new(0) }; SLOTS],
            stale: AtomicUsize::new(0),
            parent: Parent::new(),
        }
    }

    #[cfg(loom)]
    fn new() -> Self {
        Self {
            claimed: AtomicBool::new(false),
            summary: AtomicUsize::new(0),
            ready: core::array::from_fn(|_| AtomicUsize::new(0)),
            generation: core::array::from_fn(|_| AtomicUsize::new(0)),
            stale: AtomicUsize::new(0),
            parent: Parent::new(),
        }
    }
}

/// The one way to the table, so that loom can put its own in place.
#[cfg(not(loom))]
fn table() -> &'static [Row; LANES] {
    static TABLE: [Row; LANES] = [const { Row::new() }; LANES];
    &TABLE
}

#[cfg(loom)]
fn table() -> &'static [Row; LANES] {
    loom::lazy_static! {
        static ref TABLE: [Row; LANES] = core::array::from_fn(|_| Row::new());
    }
    &TABLE
}

/// How many wakes came too late, for futures that were gone, in the whole process so far.
pub fn stale_wakes() -> usize {
    table().iter().map(|row| row.stale.load(Relaxed)).sum()
}

/// A claimed lane. Dropping it gives the lane to the next owner; generations go on.
#[derive(Debug)]
pub(crate) struct Lane {
    index: usize,
    /// Not `Sync`: one thread at a time has the lane.
    marker: PhantomData<Cell<()>>,
}

impl Lane {
    /// Claims a lane.
    pub(crate) fn claim() -> Result<Self, NoLane> {
        let free = table().iter().position(|row| !row.claimed.swap(true, AcqRel));
        free.map(|index| Self { index, marker: PhantomData }).ok_or(NoLane)
    }

    /// Sets the ready bit of a slot, if its generation is still the key's.
    pub(crate) fn wake(key: Key) {
        let Some(row) = table().get(key.lane()) else { return };
        let Some(generation) = row.generation.get(key.slot()) else { return };
        // Relaxed is enough: the check keeps late wakes from causing polls in vain, nothing rests on it.
        if generation.load(Relaxed) & LAST_GENERATION != key.generation() {
            row.stale.fetch_add(1, Relaxed);
            return;
        }
        row.set_ready(key.slot());
    }

    /// The lane's number.
    pub(crate) fn id(&self) -> LaneId {
        LaneId(self.index, PhantomData)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.id().clear_parent();
        self.id().take_ready(|_| ());
        self.id().row().claimed.store(false, Release);
    }
}

/// The number of a lane that its owner has claimed. Stays on the thread that has the owner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LaneId(usize, PhantomData<*const ()>);

impl LaneId {
    /// Puts a slot to use; returns its waker, or `None` if the slot has used up its generations.
    pub(crate) fn open(self, slot: usize) -> Option<Waker> {
        let generation = self.row().generation.get(slot)?;
        let next = generation.load(Relaxed) + 1;
        if next >= LAST_GENERATION {
            return None;
        }
        generation.store(next, Release);
        Some(waker::waker(Key::new(self.0, next, slot)))
    }

    /// The waker of a slot in use.
    pub(crate) fn waker(self, slot: usize) -> Waker {
        let generation = self.row().generation.get(slot).map_or(0, |generation| generation.load(Relaxed));
        waker::waker(Key::new(self.0, generation, slot))
    }

    /// Ends the use of a slot: its wakers are stale from here on.
    pub(crate) fn close(self, slot: usize) {
        if let Some(generation) = self.row().generation.get(slot) {
            // Only the lane's owner writes generations.
            generation.store(generation.load(Relaxed) + 1, Release);
        }
    }

    /// Says who polls the owner: that waker is woken by the next wake of a slot while none is ready.
    pub(crate) fn set_parent(self, parent: &Waker) {
        // SAFETY: lanes' numbers are used by the lane's owner alone, and neither an arena nor a reactor is `Sync`.
        unsafe { self.row().parent.register(parent) };
    }

    /// Forgets the parent.
    pub(crate) fn clear_parent(self) {
        // SAFETY: as above.
        unsafe { self.row().parent.clear() };
    }

    /// Whether a slot is ready.
    pub(crate) fn has_ready(self) -> bool {
        self.row().ready[0].load(Acquire) != 0 || self.row().summary.load(Acquire) != 0
    }

    /// Takes all ready bits and hands each slot to `visit`, lowest first.
    ///
    /// All that are ready at the start come before any that becomes ready meanwhile comes again.
    pub(crate) fn take_ready(self, mut visit: impl FnMut(usize)) {
        let mut taken = Taken::NONE;
        let fresh = &mut Fresh::none();
        taken.refill(self, fresh);
        while let Some(slot) = taken.next(self, fresh) {
            visit(slot);
        }
    }

    fn row(self) -> &'static Row {
        // A lane is made with an index of the table; lane 0 stands in for what cannot be.
        table().get(self.0).unwrap_or(&table()[0])
    }
}

/// Ready slots that only their owner knows of: no other thread has to see them, so no atomic is touched.
#[derive(Debug)]
pub(crate) struct Fresh {
    /// Which words have bits.
    words: usize,
    bits: [usize; WORDS],
}

impl Fresh {
    pub(crate) const fn none() -> Self {
        Self { words: 0, bits: [0; WORDS] }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.words == 0
    }

    pub(crate) fn insert(&mut self, slot: usize) {
        if let Some(bits) = self.bits.get_mut(slot / BITS) {
            *bits |= 1 << (slot % BITS);
            self.words |= 1 << (slot / BITS);
        }
    }

    /// Takes the bits of a word.
    fn take(&mut self, word: usize) -> usize {
        self.words &= !(1 << word);
        self.bits.get_mut(word).map_or(0, core::mem::take)
    }
}

/// Ready slots of a lane that were taken and are still to be visited.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Words whose bits are still to be taken from the lane.
    words: usize,
    /// Words whose bits are still to be taken from those that only the owner knows of.
    fresh: usize,
    /// The number of the word that `bits` come from.
    word: usize,
    bits: usize,
    /// 0: the lowest slot of a word comes first. Else the state of random numbers by which one is chosen.
    random: u32,
}

impl Taken {
    pub(crate) const NONE: Self = Self { words: 0, fresh: 0, word: 0, bits: 0, random: 0 };

    /// Makes the order of the slots of a word random, for simulations.
    #[cfg(feature = "kernel")]
    pub(crate) fn set_random(&mut self, seed: u32) {
        self.random = seed;
    }

    /// Takes one of the bits.
    fn take_bit(&mut self) -> Option<usize> {
        if self.random == 0 {
            return take_lowest(&mut self.bits);
        }
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        let mut passed = 0;
        for _ in 0..self.random % self.bits.count_ones().max(1) {
            passed |= 1 << take_lowest(&mut self.bits)?;
        }
        let taken = take_lowest(&mut self.bits);
        self.bits |= passed;
        taken
    }

    /// Whether all have been visited.
    pub(crate) fn is_empty(&self) -> bool {
        self.words | self.fresh | self.bits == 0
    }

    /// Takes what is ready, if all that was taken before has been visited.
    pub(crate) fn refill(&mut self, lane: LaneId, fresh: &Fresh) {
        if self.is_empty() {
            let row = lane.row();
            self.words = usize::from(row.ready[0].load(Relaxed) != 0);
            if row.summary.load(Relaxed) != 0 {
                // The summary is cleared before the words; a bit that is set behind it sets the summary again.
                self.words |= row.summary.swap(0, AcqRel);
            }
            self.fresh = fresh.words;
        }
    }

    /// The next slot, lowest first.
    pub(crate) fn next(&mut self, lane: LaneId, fresh: &mut Fresh) -> Option<usize> {
        while self.bits == 0 {
            let mut words = self.words | self.fresh;
            self.word = take_lowest(&mut words)?;
            let bit = 1 << self.word;
            if self.fresh & bit != 0 {
                self.bits = fresh.take(self.word);
            }
            if self.words & bit != 0 {
                // Acquire pairs with the wake's release: what the waker did before is seen by the poll.
                self.bits |= lane.row().ready.get(self.word)?.swap(0, AcqRel);
            }
            self.words &= !bit;
            self.fresh &= !bit;
        }
        Some(self.word * BITS + self.take_bit()?)
    }
}

/// Clears the lowest bit that is set; returns its number.
fn take_lowest(word: &mut usize) -> Option<usize> {
    let lowest = word.trailing_zeros() as usize;
    *word &= word.wrapping_sub(1);
    (lowest < BITS).then_some(lowest)
}

impl Row {
    /// Sets the bit of a slot, and wakes the parent if no slot was ready before, or none of the first word.
    fn set_ready(&self, slot: usize) {
        let (word, bit) = (slot / BITS, slot % BITS);
        let Some(ready) = self.ready.get(word) else { return };
        #[cfg(all(test, feature = "kernel"))]
        if crate::planted::is_planted(crate::planted::Bug::LostWake) && ready.load(Relaxed) != 0 {
            return;
        }
        // A read-modify-write with release also if the bit is set: a coalesced wake happens before the poll, too.
        if ready.fetch_or(1 << bit, AcqRel) != 0 {
            // Who set the first bit of the word does the rest.
            return;
        }
        // The first word needs no bit in the summary: it is always looked at.
        if word == 0 || self.summary.fetch_or(1 << word, AcqRel) == 0 {
            self.parent.wake();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    /// All that is ready.
    fn take(lane: &Lane) -> Vec<usize> {
        let mut visited = Vec::new();
        lane.id().take_ready(|slot| visited.push(slot));
        visited
    }

    #[test]
    fn slots_that_were_taken_are_kept_until_they_are_visited() {
        let lane = Lane::claim().unwrap();
        for slot in [1, 5, BITS, 3 * BITS + 1] {
            lane.id().row().set_ready(slot);
        }
        let (mut taken, fresh) = (Taken::NONE, &mut Fresh::none());
        taken.refill(lane.id(), fresh);
        assert_eq!([taken.next(lane.id(), fresh), taken.next(lane.id(), fresh)], [Some(1), Some(5)]);
        // Not before those that were ready first.
        lane.id().row().set_ready(1);
        taken.refill(lane.id(), fresh);
        assert_eq!(
            [taken.next(lane.id(), fresh), taken.next(lane.id(), fresh)],
            [Some(BITS), Some(3 * BITS + 1)]
        );
        assert!(taken.is_empty());
        assert_eq!(take(&lane), [1]);
        assert!(!lane.id().has_ready());
    }

    #[test]
    fn a_slot_that_becomes_ready_meanwhile_comes_next_time() {
        let lane = Lane::claim().unwrap();
        lane.id().row().set_ready(0);
        let mut visits = 0;
        lane.id().take_ready(|slot| {
            visits += 1;
            lane.id().row().set_ready(slot);
        });
        assert_eq!(visits, 1);
        assert_eq!(take(&lane), [0]);
    }

    #[test]
    fn a_slot_is_retired_with_its_last_generation() {
        let lane = Lane::claim().unwrap();
        let generation = &lane.id().row().generation[SLOTS - 1];
        let before = generation.swap(LAST_GENERATION - 2, Relaxed);
        let waker = lane.id().open(SLOTS - 1).unwrap();
        waker.wake_by_ref();
        assert_eq!(take(&lane), [SLOTS - 1]);
        lane.id().close(SLOTS - 1);
        waker.wake();
        assert!(!lane.id().has_ready());
        assert!(lane.id().open(SLOTS - 1).is_none());
        generation.store(before, Relaxed);
    }
}

/// The same functions, in all interleavings of a few threads.
#[cfg(all(test, loom))]
mod loom_tests;
