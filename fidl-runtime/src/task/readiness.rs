//! What an object is ready for, and how often.

use core::sync::atomic::Ordering::{AcqRel, Acquire};

use crate::sync::atomic::AtomicU64;

/// 'Until told to stop': a count that says nothing of how often, or that has grown too large to be counted.
pub const UNTIL_STOP: u32 = u32::MAX;

/// Signals, and for how many operations they hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// The signals that were asserted, or-ed.
    pub signals: u32,
    /// How many operations may be done: exactly so many, or with [`UNTIL_STOP`] until one of them says that the task must
    /// wait.
    pub count: u32,
}

impl Ready {
    /// Nothing.
    pub const NONE: Self = Self { signals: 0, count: 0 };

    const fn from_word(word: u64) -> Self {
        Self { signals: word as u32, count: (word >> 32) as u32 }
    }

    const fn word(self) -> u64 {
        (self.count as u64) << 32 | self.signals as u64
    }

    /// What one packet adds: signals are or-ed, counts added; [`UNTIL_STOP`] is the largest count, and stays.
    const fn plus(self, other: Self) -> Self {
        Self { signals: self.signals | other.signals, count: self.count.saturating_add(other.count) }
    }

    /// What a turn of at most `budget` operations takes, and what it leaves.
    const fn split(self, budget: u32) -> (Self, Self) {
        if self.count <= budget {
            return (self, Self::NONE);
        }
        let left = if self.count == UNTIL_STOP { UNTIL_STOP } else { self.count - budget };
        (Self { signals: self.signals, count: budget }, Self { signals: self.signals, count: left })
    }
}

/// Signals and a count in one word: the lower half is or-ed, the upper half is added to and saturates.
///
/// Any thread adds; one takes. All operations are single read-modify-writes in a loop that ends as soon as no other thread
/// interferes.
///
/// ```
/// use fidl::task::{Readiness, Ready};
///
/// let readiness = Readiness::new();
/// readiness.add(Ready { signals: 0b01, count: 2 });
/// readiness.add(Ready { signals: 0b10, count: 3 });
/// assert_eq!(readiness.take(4), Ready { signals: 0b11, count: 4 });
/// assert_eq!(readiness.take(4), Ready { signals: 0b11, count: 1 });
/// assert_eq!(readiness.take(4), Ready::NONE);
/// ```
#[derive(Debug)]
pub struct Readiness(AtomicU64);

impl Readiness {
    /// Ready for nothing.
    #[cfg(not(loom))]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds what a packet says; returns whether there was nothing before.
    pub fn add(&self, more: Ready) -> bool {
        // Release: what was done before is seen by whoever takes it. Acquire: so is what others did before they added.
        let add = |word| Some(Ready::from_word(word).plus(more).word());
        self.0.fetch_update(AcqRel, Acquire, add).is_ok_and(|before| before == 0)
    }

    /// Takes at most `budget` operations, and leaves the rest with its signals. [`UNTIL_STOP`] gives as many as the budget
    /// allows, until [`stop`](Self::stop).
    pub fn take(&self, budget: u32) -> Ready {
        let leave = |word| Some(Ready::from_word(word).split(budget).1.word());
        let before = self.0.fetch_update(AcqRel, Acquire, leave).unwrap_or(0);
        Ready::from_word(before).split(budget).0
    }

    /// An operation has said that the task must wait: nothing is left.
    pub fn stop(&self) {
        self.0.swap(0, AcqRel);
    }

    /// What is there now.
    pub fn get(&self) -> Ready {
        Ready::from_word(self.0.load(Acquire))
    }
}

#[cfg(not(loom))]
impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The same with wide numbers, where nothing saturates by itself.
    #[derive(Default)]
    struct Model {
        signals: u32,
        count: u128,
        endless: bool,
    }

    impl Model {
        fn add(&mut self, more: Ready) -> bool {
            let was_empty = self.signals == 0 && self.count == 0 && !self.endless;
            self.signals |= more.signals;
            self.count += u128::from(more.count);
            self.endless |= self.count >= u128::from(UNTIL_STOP);
            was_empty
        }

        fn take(&mut self, budget: u32) -> Ready {
            let signals = self.signals;
            if self.endless {
                if budget == UNTIL_STOP {
                    *self = Self::default();
                }
                return Ready { signals, count: budget };
            }
            let count = self.count.min(u128::from(budget)) as u32;
            self.count -= u128::from(count);
            if self.count == 0 {
                *self = Self::default();
            }
            Ready { signals, count }
        }
    }

    /// Xorshift.
    fn next(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    /// Small numbers, numbers near the end of the range, and any numbers.
    fn count(state: &mut u64) -> u32 {
        let number = next(state) as u32;
        match next(state) % 4 {
            0 | 1 => number % 5,
            2 => UNTIL_STOP - number % 3,
            _ => number,
        }
    }

    #[test]
    fn behaves_as_its_model() {
        for seed in 1..=if cfg!(miri) { 20 } else { 5000 } {
            let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed);
            let (readiness, mut model) = (Readiness::new(), Model::default());
            for step in 0..60 {
                match next(&mut state) % 8 {
                    0..=3 => {
                        let more = Ready { signals: 1 << (next(&mut state) % 32), count: count(&mut state) };
                        assert_eq!(
                            readiness.add(more),
                            model.add(more),
                            "seed {seed}, step {step}: {more:?}"
                        );
                    }
                    4..=6 => {
                        let budget = count(&mut state);
                        assert_eq!(
                            readiness.take(budget),
                            model.take(budget),
                            "seed {seed}, step {step}: {budget}"
                        );
                    }
                    _ => {
                        readiness.stop();
                        model = Model::default();
                    }
                }
            }
        }
    }

    #[test]
    fn endless_stays_endless_until_told_to_stop() {
        let readiness = Readiness::new();
        readiness.add(Ready { signals: 1, count: UNTIL_STOP });
        readiness.add(Ready { signals: 2, count: 7 });
        assert_eq!(readiness.take(16), Ready { signals: 3, count: 16 });
        assert_eq!(readiness.take(16), Ready { signals: 3, count: 16 });
        readiness.stop();
        assert_eq!((readiness.take(16), readiness.get()), (Ready::NONE, Ready::NONE));
    }
}

/// The same functions, in all interleavings of a few threads.
#[cfg(all(test, loom))]
mod loom_tests {
    #![allow(unsafe_code)]

    extern crate std;

    use loom::cell::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread;

    use super::*;

    /// Two add, one takes piece by piece: every operation is taken once, and a signal comes no later than its operations.
    #[test]
    fn nothing_is_lost_or_taken_twice() {
        loom::model(|| {
            let readiness = Arc::new(Readiness::new());
            let adds = [1, 2].map(|count| {
                let readiness = readiness.clone();
                thread::spawn(move || readiness.add(Ready { signals: count, count }))
            });
            let mut taken = readiness.take(2);
            let first = adds.map(|add| add.join().unwrap());
            assert!(first.contains(&true));
            loop {
                let more = readiness.take(2);
                if more == Ready::NONE {
                    break;
                }
                assert!(more.count <= 2);
                taken = taken.plus(more);
            }
            assert_eq!(taken, Ready { signals: 3, count: 3 });
        });
    }

    /// What was done before an addition is seen by whoever takes it.
    #[test]
    fn an_addition_happens_before_its_taking() {
        loom::model(|| {
            let shared = Arc::new((Readiness::new(), UnsafeCell::new(0)));
            let adding = {
                let shared = shared.clone();
                thread::spawn(move || {
                    // SAFETY: nobody else reads or writes before the addition; loom checks that.
                    shared.1.with_mut(|place| unsafe { *place = 7 });
                    shared.0.add(Ready { signals: 1, count: 1 });
                })
            };
            if shared.0.take(UNTIL_STOP).count == 1 {
                // SAFETY: as above.
                assert_eq!(shared.1.with(|place| unsafe { *place }), 7);
            }
            adding.join().unwrap();
        });
    }
}
