//! Atomics and wakers, from `core` and `futures` or, under the model checker, from loom.
//!
//! What is lock-free and reached through a static imports them from here, so that what loom explores is the very code that
//! runs.

#[cfg(not(loom))]
pub(crate) use core::sync::atomic;
#[cfg(not(loom))]
pub(crate) use futures::task::AtomicWaker;

#[cfg(loom)]
pub(crate) use self::model::AtomicWaker;
#[cfg(loom)]
pub(crate) use loom::sync::atomic;

#[cfg(loom)]
mod model {
    use core::task::Waker;

    /// Loom's, with the functions that ours has.
    pub(crate) struct AtomicWaker(loom::future::AtomicWaker);

    impl AtomicWaker {
        pub(crate) fn new() -> Self {
            Self(loom::future::AtomicWaker::new())
        }

        pub(crate) fn register(&self, waker: &Waker) {
            self.0.register_by_ref(waker);
        }

        pub(crate) fn wake(&self) {
            self.0.wake();
        }

        pub(crate) fn take(&self) -> Option<Waker> {
            self.0.take_waker()
        }
    }
}
