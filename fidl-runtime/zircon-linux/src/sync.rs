//! The one place that imports atomics, and the lock of every table slot.
//!
//! The lock is a futex word and a count of sleepers, whose zero state is 'unlocked', so that memory fresh from the
//! system is a valid, unlocked slot. It is not fair and not reentrant. No panic happens while one is held, so there is
//! no poisoning.
//!
//! Releasing it is a plain store and a plain load, which the processor may exchange. So that no sleeper is missed, it is
//! the sleeper who pays for the order, by a barrier in all threads of the process: if the releaser looked for sleepers
//! before that barrier, then its store came before it too, and the sleeper finds the lock released; if it looks after
//! the barrier, it finds the sleeper.

#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

pub(crate) use core::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering, fence};

use crate::memory::Zeroed;
use crate::sys;

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;

/// Looks at a held lock this often before sleeping: critical sections are tens of nanoseconds long.
const SPINS: u32 = 100;

/// How long a thread sleeps at most for a held lock where the system gives no barrier.
const RETRY_NANOS: i64 = 100_000;

/// A value that a lock may guard.
pub(crate) trait Guarded {
    /// What is left to do, on drop, once the lock is released.
    type Rest;

    /// Takes what is left to do, just before the lock is released.
    fn rest(&mut self) -> Self::Rest;
}

/// Mutual exclusion around a value.
#[repr(C)]
pub(crate) struct Lock<T> {
    word: AtomicU32,
    /// Threads that sleep on the word, or are about to.
    sleepers: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a guard, and at most one guard exists at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

// SAFETY: word 0 is 'unlocked', no one sleeps, and the value is valid as zeroes by its own promise.
unsafe impl<T: Zeroed> Zeroed for Lock<T> {}

impl<T> Lock<T> {
    /// Where in the lock the value lies.
    pub(crate) const VALUE_OFFSET: usize = core::mem::offset_of!(Lock<T>, value);
}

impl<T: Guarded> Lock<T> {
    /// Waits until no one else holds the lock.
    #[inline(always)]
    pub(crate) fn lock(&self) -> Guard<'_, T> {
        // Acquire: what the last holder wrote is seen. Pairs with the release in `Guard::drop`.
        if self.word.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.lock_contended();
        }
        Guard { lock: self }
    }

    #[cold]
    fn lock_contended(&self) {
        for _ in 0..SPINS {
            if self.word.load(Ordering::Relaxed) == UNLOCKED
                && self.word.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
            {
                return;
            }
            core::hint::spin_loop();
        }
        // Relaxed: the barrier orders it before the look at the word.
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        let ordered = sys::barrier_in_all_threads();
        while self.word.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_err() {
            // Without the barrier a releaser may have missed this thread, so it looks again before long.
            let wake_up = if ordered { i64::MAX } else { sys::monotonic() + RETRY_NANOS };
            sys::futex_wait_until(&self.word, LOCKED, wake_up);
        }
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The value of a lock, while it is held.
pub(crate) struct Guard<'a, T: Guarded> {
    lock: &'a Lock<T>,
}

impl<T: Guarded> Deref for Guard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock, so no other reference to the value exists but those made from it.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T: Guarded> DerefMut for Guard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock and is borrowed exclusively, so this reference is the only one.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T: Guarded> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let _rest = self.rest();
        // Release: what was written under the lock is seen by the next holder.
        self.lock.word.store(UNLOCKED, Ordering::Release);
        sys::barrier_in_compiler();
        if self.lock.sleepers.load(Ordering::Relaxed) != 0 {
            sys::futex_wake_one(&self.lock.word);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    impl Guarded for u64 {
        type Rest = ();

        fn rest(&mut self) {}
    }

    #[test]
    fn one_thread_at_a_time() {
        let lock = Lock {
            word: AtomicU32::new(UNLOCKED),
            sleepers: AtomicU32::new(0),
            value: UnsafeCell::new(0u64),
        };
        let rounds = if cfg!(miri) { 50 } else { 100_000 };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..rounds).for_each(|_| *lock.lock() += 1));
            }
        });
        assert_eq!(*lock.lock(), 4 * rounds);
    }
}
