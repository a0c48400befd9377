//! Atomics and cells, from `core` or, under the model checker, from loom.
//!
//! What is lock-free and reached through a static imports them from here, so that what loom explores is the very code that
//! runs.

#[cfg(not(loom))]
pub(crate) use core::{hint::spin_loop, sync::atomic};
#[cfg(loom)]
pub(crate) use loom::{hint::spin_loop, sync::atomic};

#[cfg(loom)]
pub(crate) use self::model::Shared;
#[cfg(not(loom))]
pub(crate) use self::plain::Shared;

#[cfg(not(loom))]
mod plain {
    #![allow(unsafe_code)]

    use core::cell::UnsafeCell;
    use core::mem;

    /// A value that several threads reach and that something else keeps them from reaching at one time.
    #[derive(Debug)]
    pub(crate) struct Shared<T>(UnsafeCell<T>);

    // SAFETY: whoever calls `replace` promises that nobody else does so at the same time, so that the value goes from thread
    // to thread at most.
    unsafe impl<T: Send> Sync for Shared<T> {}

    impl<T> Shared<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(UnsafeCell::new(value))
        }

        /// Replaces the value; returns the one before.
        ///
        /// # Safety
        ///
        /// Calls do not overlap: each happens before the next.
        pub(crate) unsafe fn replace(&self, value: T) -> T {
            // SAFETY: the caller's promise; the reference ends here.
            mem::replace(unsafe { &mut *self.0.get() }, value)
        }
    }
}

#[cfg(loom)]
mod model {
    #![allow(unsafe_code)]

    use core::mem;

    use loom::cell::UnsafeCell;

    /// Loom's cell, which complains of calls that overlap.
    #[derive(Debug)]
    pub(crate) struct Shared<T>(UnsafeCell<T>);

    // SAFETY: as beside.
    unsafe impl<T: Send> Sync for Shared<T> {}

    impl<T> Shared<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(UnsafeCell::new(value))
        }

        /// # Safety
        ///
        /// As beside.
        pub(crate) unsafe fn replace(&self, value: T) -> T {
            self.0.with_mut(|place| {
                // SAFETY: loom holds the cell for the time of this call.
                mem::replace(unsafe { &mut *place }, value)
            })
        }
    }
}
