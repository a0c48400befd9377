//! The one place that imports atomics, and the lock of every table slot.
//!
//! No panic happens while a lock is held, so there is no poisoning.

#![allow(unsafe_code)]

mod atomic;
mod lock;

pub(crate) use atomic::Atomic;
use lock::{RawLock, System};

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

pub(crate) use core::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering, fence};

use crate::memory::Zeroed;
use crate::sys;

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
    raw: RawLock<AtomicU32>,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a guard, and at most one guard exists at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

// SAFETY: zeroes are 'unlocked', and the value is valid as zeroes by its own promise.
unsafe impl<T: Zeroed> Zeroed for Lock<T> {}

impl<T> Lock<T> {
    /// Where in the lock the value lies.
    pub(crate) const VALUE_OFFSET: usize = core::mem::offset_of!(Lock<T>, value);
}

impl<T: Guarded> Lock<T> {
    /// Waits until no one else holds the lock.
    #[inline(always)]
    pub(crate) fn lock(&self) -> Guard<'_, T> {
        self.raw.lock(&Linux);
        Guard { lock: self }
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
        self.lock.raw.unlock(&Linux);
    }
}

/// What the lock needs of the system.
struct Linux;

/// How long a thread sleeps at most for a held lock where the system gives no barrier.
const RETRY_NANOS: i64 = 100_000;

impl System<AtomicU32> for Linux {
    /// Critical sections are tens of nanoseconds long.
    const SPINS: u32 = 100;

    #[inline(always)]
    fn light_barrier(&self) {
        sys::barrier_in_compiler();
    }

    fn heavy_barrier(&self) -> bool {
        sys::barrier_in_all_threads()
    }

    fn wait(&self, word: &AtomicU32, value: u32, ordered: bool) {
        let wake_up = if ordered { i64::MAX } else { sys::monotonic() + RETRY_NANOS };
        sys::futex_wait_until(word, value, wake_up);
    }

    fn wake_one(&self, word: &AtomicU32) {
        sys::futex_wake_one(word);
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
        let lock = Lock { raw: RawLock::default(), value: UnsafeCell::new(0u64) };
        let rounds = if cfg!(miri) { 50 } else { 100_000 };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..rounds).for_each(|_| *lock.lock() += 1));
            }
        });
        assert_eq!(*lock.lock(), 4 * rounds);
    }
}
