//! Panics of what a reactor or a pool runs. Each costs what panicked, and nothing else: a connection, a registration, a task.
//!
//! A reactor catches them, once for many turns and packets, so that a turn costs nothing more. What it runs clears up
//! behind itself: a panic leaves a service's turn, and the next one ends the connection whose handler is gone; it leaves
//! a packet handler, and the registration ends; it leaves an arena's poll, and the future is dropped. The rest of what was
//! to be done is done behind it.
//!
//! With `panic = "abort"` there is nothing to catch, and the process ends. So it does if a local of what panics, or a future
//! that is dropped because it panicked, panics in its drop, as everywhere in Rust.

use core::mem;
use std::any::Any;
use std::boxed::Box;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Reactor;

impl Reactor<'_> {
    /// Does something that may call foreign code; a panic there is counted and goes no further. Returns whether there was
    /// none.
    pub(super) fn contain(&self, run: impl FnOnce()) -> bool {
        let contained = catch(run);
        if !contained {
            self.count(|counters| counters.panics += 1);
        }
        contained
    }
}

/// Does something; returns whether it did not panic.
pub(crate) fn catch(run: impl FnOnce()) -> bool {
    // What is borrowed by `run` is looked after by whoever unwinds, as said above.
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(()) => true,
        Err(payload) => {
            discard(payload);
            false
        }
    }
}

/// Drops what a panic has thrown. If that panics, what it throws is forgotten: its drop may panic, too, and so on.
#[cold]
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(payload);
    }
}

/// Has a consumer get another turn if this one, or what is done with a packet, is left by a panic.
pub(super) struct TurnOnUnwind<'a, 'env> {
    pub(super) reactor: &'a Reactor<'env>,
    pub(super) consumer: usize,
}

impl Drop for TurnOnUnwind<'_, '_> {
    fn drop(&mut self) {
        self.reactor.mark(self.consumer);
    }
}
