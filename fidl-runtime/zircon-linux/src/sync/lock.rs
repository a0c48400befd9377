//! The lock without its value: two words, both 0 while unlocked, so that memory fresh from the system is an unlocked lock.
//! It is not fair and not reentrant.
//!
//! Releasing it is a plain store and a plain load, which the processor may exchange. So that no sleeper is missed, it is
//! the sleeper who pays for the order, by a barrier in all threads of the process: if the releaser looked for sleepers
//! before that barrier, then its store came before it too, and the sleeper finds the lock released; if it looks after
//! the barrier, it finds the sleeper.

use super::{Atomic, Ordering};

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;

/// What the lock needs of the system it runs on.
pub(crate) trait System<W> {
    /// How often a thread looks at a held lock before it sleeps.
    const SPINS: u32;
    /// The half of a barrier that every release has.
    fn light_barrier(&self);
    /// The half that a sleeper has, and that orders with the other half in all threads. `false` if there is none.
    fn heavy_barrier(&self) -> bool;
    /// Sleeps while the word has this value; for a short time only if not `ordered`. May return early.
    fn wait(&self, word: &W, value: u32, ordered: bool);
    /// Wakes one thread that sleeps on the word.
    fn wake_one(&self, word: &W);
}

/// Mutual exclusion.
#[derive(Default)]
#[repr(C)]
pub(crate) struct RawLock<W> {
    word: W,
    /// Threads that sleep on the word, or are about to.
    sleepers: W,
}

impl<W: Atomic<u32>> RawLock<W> {
    /// Waits until no one else holds the lock.
    #[inline(always)]
    pub(crate) fn lock<S: System<W>>(&self, system: &S) {
        if !self.try_lock() {
            self.lock_contended(system);
        }
    }

    #[inline(always)]
    fn try_lock(&self) -> bool {
        // Acquire: what the last holder wrote is seen. Pairs with the release in `unlock`.
        self.word.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[cold]
    fn lock_contended<S: System<W>>(&self, system: &S) {
        for _ in 0..S::SPINS {
            if self.word.load(Ordering::Relaxed) == UNLOCKED && self.try_lock() {
                return;
            }
            core::hint::spin_loop();
        }
        // Relaxed: the barrier orders it before the look at the word.
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        let ordered = system.heavy_barrier();
        while !self.try_lock() {
            system.wait(&self.word, LOCKED, ordered);
        }
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
    }

    /// Lets the next one in. The caller holds the lock.
    #[inline(always)]
    pub(crate) fn unlock<S: System<W>>(&self, system: &S) {
        // Release: what was written under the lock is seen by the next holder.
        self.word.store(UNLOCKED, Ordering::Release);
        system.light_barrier();
        if self.sleepers.load(Ordering::Relaxed) != 0 {
            system.wake_one(&self.word);
        }
    }
}

#[cfg(all(test, loom))]
mod loom_tests {
    use loom::cell::UnsafeCell;
    use loom::sync::atomic::{AtomicU32, fence};
    use loom::sync::{Arc, Condvar, Mutex};
    use loom::thread;

    use super::*;

    /// A futex. A sleep that nothing ends is a deadlock for loom.
    #[derive(Default)]
    struct Futex(Mutex<()>, Condvar);

    impl System<AtomicU32> for Futex {
        const SPINS: u32 = 0;

        fn light_barrier(&self) {
            fence(Ordering::SeqCst);
        }

        fn heavy_barrier(&self) -> bool {
            fence(Ordering::SeqCst);
            true
        }

        fn wait(&self, word: &AtomicU32, value: u32, _ordered: bool) {
            let guard = self.0.lock().unwrap();
            // The system compares and goes to sleep in one step with regard to wakes.
            if word.load(Ordering::SeqCst) == value {
                drop(self.1.wait(guard).unwrap());
            }
        }

        fn wake_one(&self, _word: &AtomicU32) {
            drop(self.0.lock().unwrap());
            self.1.notify_one();
        }
    }

    /// A lock and what it guards.
    #[derive(Default)]
    struct Shared {
        lock: RawLock<AtomicU32>,
        futex: Futex,
        value: UnsafeCell<u32>,
    }

    // SAFETY: the value is used only while the lock is held, which loom checks.
    unsafe impl Sync for Shared {}

    fn add(shared: &Shared) {
        shared.lock.lock(&shared.futex);
        // SAFETY: the lock is held, so no other reference exists.
        shared.value.with_mut(|value| unsafe { *value += 1 });
        shared.lock.unlock(&shared.futex);
    }

    #[test]
    fn loom_one_at_a_time_and_nobody_sleeps_for_ever() {
        loom::model(|| {
            let shared = Arc::new(Shared::default());
            let others = [(); 2].map(|()| {
                let shared = shared.clone();
                thread::spawn(move || add(&shared))
            });
            add(&shared);
            others.into_iter().for_each(|other| other.join().unwrap());
            shared.lock.lock(&shared.futex);
            // SAFETY: the lock is held.
            assert_eq!(shared.value.with(|value| unsafe { *value }), 3);
        });
    }
}
