//! The table that wakes write to.

use core::fmt;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::task::Waker;

use super::key::{Key, LAST_GENERATION};
use super::waker;
use crate::sync::AtomicWaker;
use crate::sync::atomic::{AtomicBool, AtomicUsize};

/// How many arenas and reactors can exist in a process at one time.
///
/// (Few of them suffice for loom and for Miri, whose time goes with the size of the table.)
pub const LANES: usize = if cfg!(loom) {
    2
} else if cfg!(miri) {
    16
} else if cfg!(target_pointer_width = "64") {
    64
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
    /// Which words of `ready` have bits. Set after the bit, cleared before the bits are taken.
    summary: AtomicUsize,
    ready: [AtomicUsize; WORDS],
    /// Odd while the slot is in use. Never reset.
    generation: [AtomicUsize; SLOTS],
    /// Wakes that came for a generation that is over.
    stale: AtomicUsize,
    /// Who polls the owner.
    parent: AtomicWaker,
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
            parent: AtomicWaker::new(),
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
            parent: AtomicWaker::new(),
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
    id: LaneId,
}

impl Lane {
    /// Claims a lane.
    pub(crate) fn claim() -> Result<Self, NoLane> {
        let free = table().iter().position(|row| !row.claimed.swap(true, AcqRel));
        free.map(|index| Self { id: LaneId(index) }).ok_or(NoLane)
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
        self.id
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.id.clear_parent();
        self.id.take_ready(|_| ());
        self.id.row().claimed.store(false, Release);
    }
}

/// The number of a lane that its owner has claimed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LaneId(usize);

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

    /// Sets the ready bit of a slot, as its waker does: who finds the bit set leaves it to us to wake the parent.
    ///
    /// For the lane's owner, who alone clears bits.
    pub(crate) fn mark_ready(self, slot: usize) {
        let row = self.row();
        if row.summary.load(Relaxed) & (1 << (slot / BITS)) == 0 {
            row.set_ready(slot);
        } else if let Some(ready) = row.ready.get(slot / BITS) {
            // The word will be looked at, and the parent has been woken for it.
            ready.fetch_or(1 << (slot % BITS), AcqRel);
        }
    }

    /// Says who polls the owner: that waker is woken by the next wake of a slot while none is ready.
    pub(crate) fn set_parent(self, parent: &Waker) {
        self.row().parent.register(parent);
    }

    /// Forgets the parent.
    pub(crate) fn clear_parent(self) {
        self.row().parent.take();
    }

    /// Whether a slot is ready.
    pub(crate) fn has_ready(self) -> bool {
        self.row().summary.load(Acquire) != 0
    }

    /// Takes all ready bits and hands each slot to `visit`, lowest first.
    ///
    /// All that are ready at the start come before any that becomes ready meanwhile comes again.
    pub(crate) fn take_ready(self, mut visit: impl FnMut(usize)) {
        self.find_ready(0, |slot| {
            visit(slot);
            None::<()>
        });
    }

    /// Takes ready bits and hands each slot to `visit`, upwards from slot `from` and around, each at most once, until
    /// `visit` returns something.
    ///
    /// The bits that were not visited are put back. Who goes on behind the slot that was visited last comes to every
    /// ready slot before it comes to one a second time.
    pub(crate) fn find_ready<R>(self, from: usize, mut visit: impl FnMut(usize) -> Option<R>) -> Option<R> {
        let row = self.row();
        if row.summary.load(Relaxed) == 0 {
            return None;
        }
        let (first, above) = ((from / BITS) % WORDS, usize::MAX << (from % BITS));
        // Acquire pairs with the wake's release: what the waker did before is seen by the poll. The summary is cleared
        // first; a bit that is set behind it sets the summary again.
        let mut words = Taken { from: &row.summary, bits: row.summary.swap(0, AcqRel) };
        // The first word is visited twice: its upper part at the start, its lower part at the end. Till then its bit in
        // the summary stays with us.
        let twice = words.bits & (1 << first) != 0 && above != usize::MAX;
        if twice && let Some(found) = row.visit_word(first, above, &mut visit) {
            return Some(found);
        }
        while let Some(word) = words.next_from(first + usize::from(twice)) {
            let mask = if twice && word == first { !above } else { usize::MAX };
            if let Some(found) = row.visit_word(word, mask, &mut visit) {
                return Some(found);
            }
        }
        None
    }

    fn row(self) -> &'static Row {
        // A lane is made with an index of the table; lane 0 stands in for what cannot be.
        table().get(self.0).unwrap_or(&table()[0])
    }
}

/// Bits taken from a word. What is left when it is dropped, because a future panicked, is put back.
struct Taken<'a> {
    from: &'a AtomicUsize,
    bits: usize,
}

impl Taken<'_> {
    /// The next bit, upwards from bit `from` and around.
    fn next_from(&mut self, from: usize) -> Option<usize> {
        let from = from % BITS;
        let ahead = self.bits.rotate_right(from as u32).trailing_zeros() as usize;
        if ahead == BITS {
            return None;
        }
        let bit = (from + ahead) % BITS;
        self.bits &= !(1 << bit);
        Some(bit)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.bits != 0 {
            self.from.fetch_or(self.bits, AcqRel);
        }
    }
}

/// Ready bits of one word; if some are put back, the summary is, too.
struct Untaken<'a> {
    row: &'a Row,
    word: usize,
    bits: Taken<'a>,
}

impl Drop for Untaken<'_> {
    fn drop(&mut self) {
        if self.bits.bits != 0 {
            self.row.summary.fetch_or(1 << self.word, AcqRel);
        }
    }
}

impl Row {
    /// Takes those ready bits of a word that are in `mask`, and hands their slots to `visit` until it returns something.
    fn visit_word<R>(
        &self,
        word: usize,
        mask: usize,
        visit: &mut impl FnMut(usize) -> Option<R>,
    ) -> Option<R> {
        let ready = self.ready.get(word)?;
        let bits = ready.fetch_and(!mask, AcqRel) & mask;
        let mut taken = Untaken { row: self, word, bits: Taken { from: ready, bits } };
        while let Some(bit) = taken.bits.next_from(0) {
            let found = visit(word * BITS + bit);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn set_ready(&self, slot: usize) {
        if self.set_bit(slot) {
            self.parent.wake();
        }
    }

    /// Sets the bits of a slot; returns whether no slot was ready before.
    fn set_bit(&self, slot: usize) -> bool {
        let Some(ready) = self.ready.get(slot / BITS) else { return false };
        // A read-modify-write with release also if the bit is set: a coalesced wake happens before the poll, too.
        ready.fetch_or(1 << (slot % BITS), AcqRel);
        self.summary.fetch_or(1 << (slot / BITS), AcqRel) == 0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    /// Takes ready slots until one of `stop` comes.
    fn take(lane: &Lane, from: usize, stop: usize) -> Vec<usize> {
        let mut visited = Vec::new();
        lane.id().find_ready(from, |slot| {
            visited.push(slot);
            (slot == stop).then_some(())
        });
        visited
    }

    #[test]
    fn slots_come_around_and_those_not_visited_are_kept() {
        let lane = Lane::claim().unwrap();
        for slot in [1, 5, BITS, 3 * BITS + 1] {
            lane.id().mark_ready(slot);
        }
        assert_eq!(take(&lane, 5, BITS), [5, BITS]);
        assert!(lane.id().has_ready());
        lane.id().mark_ready(5);
        assert_eq!(take(&lane, 3, SLOTS), [5, 3 * BITS + 1, 1]);
        assert!(!lane.id().has_ready());
    }

    #[test]
    fn a_slot_that_becomes_ready_meanwhile_comes_next_time() {
        let lane = Lane::claim().unwrap();
        lane.id().mark_ready(0);
        let mut visits = 0;
        lane.id().take_ready(|slot| {
            visits += 1;
            lane.id().mark_ready(slot);
        });
        assert_eq!(visits, 1);
        assert_eq!(take(&lane, 0, SLOTS), [0]);
    }

    #[test]
    fn a_slot_is_retired_with_its_last_generation() {
        let lane = Lane::claim().unwrap();
        let generation = &lane.id().row().generation[SLOTS - 1];
        let before = generation.swap(LAST_GENERATION - 2, Relaxed);
        let waker = lane.id().open(SLOTS - 1).unwrap();
        waker.wake_by_ref();
        assert_eq!(take(&lane, 0, SLOTS), [SLOTS - 1]);
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
