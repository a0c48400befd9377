//! A value that is used by one thread at a time.
#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Relaxed, Release},
};

/// A value that threads use one behind the other. Who finds it in use does something else.
///
/// The threads of a pool never find it so: the schedule sees to that. What rests on this alone is that a mistake there, or
/// somebody who looks at counters, is no data race.
pub(crate) struct Gate<T> {
    inside: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached through an `Inside` alone, one of which exists at a time. So it goes from thread to thread, for
// which it has to be `Send`, and is never used by two at once. The flag's acquire and release put one use behind the other.
unsafe impl<T: Send> Sync for Gate<T> {}

impl<T> Gate<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { inside: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// The value, if nobody is using it.
    pub(crate) fn enter(&self) -> Option<Inside<'_, T>> {
        let free = self.inside.compare_exchange(false, true, Acquire, Relaxed).is_ok();
        // Made only then: its drop opens the gate.
        free.then(|| Inside { gate: self, marker: PhantomData })
    }

    /// The value, as soon as nobody is using it. Not for the path of a request.
    pub(crate) fn wait(&self) -> Inside<'_, T> {
        loop {
            if let Some(inside) = self.enter() {
                return inside;
            }
            std::thread::yield_now();
        }
    }
}

impl<T> fmt::Debug for Gate<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate(in use: {})", self.inside.load(Relaxed))
    }
}

/// The use of a [`Gate`]'s value, until this is dropped.
pub(crate) struct Inside<'a, T> {
    gate: &'a Gate<T>,
    /// Like a reference to the value: shared between threads only if the value may be.
    marker: PhantomData<&'a mut T>,
}

impl<T> Deref for Inside<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: while this exists, no other `Inside` of the gate does.
        unsafe { &*self.gate.value.get() }
    }
}

impl<T> DerefMut for Inside<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`, and the reference is the only one that was made of this.
        unsafe { &mut *self.gate.value.get() }
    }
}

impl<T> Drop for Inside<'_, T> {
    fn drop(&mut self) {
        self.gate.inside.store(false, Release);
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use std::thread;

    use super::*;

    #[test]
    fn one_at_a_time() {
        let gate = Gate::new(Cell::new(0));
        let add = || {
            for _ in 0..100 {
                let inside = gate.wait();
                inside.set(inside.get() + 1);
            }
        };
        thread::scope(|scope| {
            scope.spawn(add);
            scope.spawn(add);
        });
        let inside = gate.enter().unwrap();
        assert!(gate.enter().is_none());
        assert_eq!(inside.get(), 200);
    }
}
