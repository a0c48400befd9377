//! The one place that imports atomics, and the lock of every table slot.
//!
//! The lock is one futex word whose zero state is 'unlocked', so that memory fresh from the system is a valid,
//! unlocked slot. It is not fair and not reentrant. No panic happens while one is held, so there is no poisoning.

#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

pub(crate) use core::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering, fence};

use crate::memory::Zeroed;
use crate::sys;

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;
/// Locked, and a thread may be asleep waiting for it.
const CONTENDED: u32 = 2;

/// Looks at a held lock this often before sleeping: critical sections are tens of nanoseconds long.
const SPINS: u32 = 100;

/// A value that a lock may guard.
pub(crate) trait Guarded {
    /// What is left to do, on drop, once the lock is released.
    type Rest;

    /// Takes what is left to do, just before the lock is released.
    fn rest(&mut self) -> Self::Rest;
}

/// Mutual exclusion around a value.
pub(crate) struct Lock<T> {
    word: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a guard, and at most one guard exists at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

// SAFETY: word 0 is 'unlocked', and the value is valid as zeroes by its own promise.
unsafe impl<T: Zeroed> Zeroed for Lock<T> {}

impl<T: Guarded> Lock<T> {
    /// Waits until no one else holds the lock.
    #[inline]
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
        // From here on the word is left CONTENDED, because others may sleep besides this thread.
        while self.word.swap(CONTENDED, Ordering::Acquire) != UNLOCKED {
            sys::futex_wait(&self.word, CONTENDED);
        }
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
        if self.lock.word.swap(UNLOCKED, Ordering::Release) == CONTENDED {
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
        let lock = Lock { word: AtomicU32::new(UNLOCKED), value: UnsafeCell::new(0u64) };
        let rounds = if cfg!(miri) { 50 } else { 100_000 };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..rounds).for_each(|_| *lock.lock() += 1));
            }
        });
        assert_eq!(*lock.lock(), 4 * rounds);
    }
}
