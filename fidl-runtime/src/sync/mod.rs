//! Atomics and cells, from `core` or, under the model checker, from loom.
//!
//! Everything lock-free in this crate imports them from here, so that what loom explores is the very code that runs.

#[cfg(not(loom))]
pub(crate) use core::{cell::UnsafeCell, sync::atomic};

#[cfg(loom)]
pub(crate) use loom::{cell::UnsafeCell, sync::atomic};
