//! Slots that are taken before their future exists.

use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Poll, Waker};

use super::{Arena, Started};

/// A slot of an arena that holds no future yet: whoever has one knows that the future it is about to make has a place.
///
/// ```text
///            1. reserve               2. push, push_with, start_with
///   free ───────────────▶ reserved ──────────────────────────────────▶ live
///     ▲                      │
///     └──────3. drop─────────┘
/// ```
///
/// Dropping it gives the slot back, also when the function that is to make the future panics. A reservation that is
/// forgotten (as by `mem::forget`) keeps its slot as long as the arena lives; nothing else happens.
///
/// ```
/// use std::pin::pin;
///
/// let mut arena = pin!(fidl::task::Arena::<_, 1>::new());
/// let reserved = arena.as_mut().reserve().expect("an empty arena has a slot");
/// reserved.push(std::future::ready(1));
/// assert!(arena.as_mut().reserve().is_none());
/// ```
#[must_use = "a reservation that is dropped gives its slot back"]
pub struct Reserved<'a, F, const N: usize> {
    arena: &'a mut Arena<F, N>,
    slot: usize,
    waker: Waker,
}

impl<F, const N: usize> Arena<F, N> {
    /// Takes a slot before the future for it exists; `None` if none is free, or no lane of the process.
    pub fn reserve(self: Pin<&mut Self>) -> Option<Reserved<'_, F, N>> {
        // SAFETY: no future is moved.
        let arena = unsafe { self.get_unchecked_mut() };
        let (slot, waker) = arena.take_slot()?;
        Some(Reserved { arena, slot, waker })
    }
}

impl<'a, F, const N: usize> Reserved<'a, F, N> {
    /// The slot's number.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// The waker that the future in the slot will have: a wake that comes before the future is there is kept for it.
    pub fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Puts a future into the slot; it is polled with the next poll of the arena.
    pub fn push(self, future: F) {
        self.push_with(|_| future);
    }

    /// Puts the future that `make` returns for its slot there; returns the slot.
    pub fn push_with(self, make: impl FnOnce(usize) -> F) -> usize {
        let (arena, slot, _) = self.fill(make);
        arena.pushed.insert(slot);
        slot
    }

    fn fill(self, make: impl FnOnce(usize) -> F) -> (&'a mut Arena<F, N>, usize, Waker) {
        let slot = self.slot;
        // Into the slot without a stop on the way, if the compiler can. Until then a panic drops the reservation.
        self.arena.slots[slot].write(make(slot));
        let (arena, waker) = self.into_parts();
        arena.live[slot] = true;
        arena.len += 1;
        (arena, slot, waker)
    }

    /// Takes the reservation apart without giving the slot back.
    fn into_parts(self) -> (&'a mut Arena<F, N>, Waker) {
        let this = mem::ManuallyDrop::new(self);
        // SAFETY: the reservation is not dropped, so the waker, which is read once, is not dropped twice.
        let waker = unsafe { core::ptr::read(&raw const this.waker) };
        // SAFETY: as above for the reference, which is not used through the reservation any more.
        let arena = unsafe { core::ptr::read(&raw const this.arena) };
        (arena, waker)
    }
}

impl<F: Future, const N: usize> Reserved<'_, F, N> {
    /// Puts the future that `make` returns for its slot there, and polls it at once.
    pub fn start_with(self, make: impl FnOnce(usize) -> F) -> Started<F::Output> {
        let (arena, slot, waker) = self.fill(make);
        match arena.poll_slot(slot, &waker) {
            Poll::Ready(output) => Started::Finished(output),
            Poll::Pending => Started::Waiting(slot),
        }
    }
}

impl<F, const N: usize> Drop for Reserved<'_, F, N> {
    fn drop(&mut self) {
        self.arena.give_back(self.slot);
    }
}

impl<F, const N: usize> fmt::Debug for Reserved<'_, F, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reserved({} of {N})", self.slot)
    }
}
