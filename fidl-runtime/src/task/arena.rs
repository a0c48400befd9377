//! Futures of one type, in slots of fixed number: `FuturesUnordered` without allocation.
#![allow(unsafe_code)]

mod iter;
mod reserve;

use core::cell::OnceCell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomPinned;
use core::mem::{self, MaybeUninit};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures::stream::{FusedStream, Stream};

use super::lane::{Fresh, Lane, LaneId, NoLane, SLOTS, Taken};
use crate::storage::FreeSlots;

pub use iter::{Iter, IterPinMut};
pub use reserve::Reserved;

/// Up to `N` futures of type `F`, polled and dropped in place.
///
/// Pushing, waking and taking a result take constant time; nothing is allocated. Only futures that were woken are
/// polled, and every woken one is polled before any is polled a second time. As a [`Stream`] it yields the outputs in
/// the order in which the futures finish.
///
/// ```
/// use std::pin::pin;
/// use futures::{StreamExt, executor::block_on};
///
/// let mut arena = pin!(fidl::task::Arena::<_, 2>::new());
/// for number in [1, 2] {
///     arena.as_mut().push(async move { number }).unwrap();
/// }
/// let third = arena.as_mut().push_with(|| unreachable!("an arena that is full builds no future"));
/// assert!(third.is_err());
/// assert_eq!(block_on(arena.collect::<Vec<_>>()), [1, 2]);
/// ```
pub struct Arena<F, const N: usize> {
    /// Claimed with the first future or parent, and kept.
    lane: OnceCell<Lane>,
    free: FreeSlots<N>,
    /// Which slots hold a future.
    live: [bool; N],
    len: usize,
    /// Slots that were woken and that no poll of the arena has come to yet.
    woken: Taken,
    /// Slots whose futures were pushed and never polled.
    pushed: Fresh,
    /// The invariant: `slots[i]` is initialized exactly while `live[i]`; it is then pinned.
    slots: [MaybeUninit<F>; N],
    _pinned: PhantomPinned,
}

/// The arena has no free slot, or the process no free lane; the offered value comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Full<T>(pub T);

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arena is full")
    }
}

impl<T> core::error::Error for Full<T> {}

/// What became of a future at its first poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started<T> {
    /// It finished; its slot is free again.
    Finished(T),
    /// It waits, in this slot.
    Waiting(usize),
}

/// How often a poll of the stream takes what is ready: futures that wake each other for ever must let others run, too.
const ROUNDS: usize = 32;

/// Writes a field of an arena that is not initialized yet.
macro_rules! init {
    ($arena:ident, $field:ident, $value:expr) => {
        // SAFETY: the pointer comes from a `MaybeUninit` of an arena, so the field lies within it.
        let field = unsafe { &raw mut (*$arena).$field };
        // SAFETY: as above, and the `MaybeUninit` is borrowed mutably, so the field may be written.
        unsafe { field.write($value) };
    };
}

impl<F, const N: usize> Arena<F, N> {
    /// An empty arena.
    pub const fn new() -> Self {
        const { assert!(N <= SLOTS, "an arena has at most `fidl::task::SLOTS` slots") };
        Self {
            lane: OnceCell::new(),
            free: FreeSlots::new(),
            live: [false; N],
            len: 0,
            woken: Taken::NONE,
            pushed: Fresh::none(),
            slots: [const { MaybeUninit::uninit() }; N],
            _pinned: PhantomPinned,
        }
    }

    /// Makes an empty arena in `place`, without moving one there.
    pub fn init(place: &mut MaybeUninit<Self>) -> &mut Self {
        const { assert!(N <= SLOTS, "an arena has at most `fidl::task::SLOTS` slots") };
        let arena = place.as_mut_ptr();
        init!(arena, lane, OnceCell::new());
        init!(arena, free, FreeSlots::new());
        init!(arena, live, [false; N]);
        init!(arena, len, 0);
        init!(arena, woken, Taken::NONE);
        init!(arena, pushed, Fresh::none());
        // SAFETY: every field is written now but the slots, which may be uninitialized, and the marker, which is empty.
        unsafe { place.assume_init_mut() }
    }

    /// How many futures are in the arena.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no future is in the arena.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a push would be refused for want of a slot.
    pub fn is_full(&self) -> bool {
        self.free.is_empty()
    }

    /// How many futures the arena can hold.
    pub fn capacity(&self) -> usize {
        N
    }

    /// Whether a future has been woken that was not polled since.
    pub fn has_woken(&self) -> bool {
        !self.woken.is_empty()
            || !self.pushed.is_empty()
            || self.lane.get().is_some_and(|lane| lane.id().has_ready())
    }

    /// Drops all futures, in place; all of them also if dropping one panics.
    pub fn clear(self: Pin<&mut Self>) {
        // SAFETY: no future is moved.
        let arena = unsafe { self.get_unchecked_mut() };
        ReleaseFrom { arena, slot: 0 }.all();
    }

    /// Drops the future in `slot`, in place; nothing happens if there is none.
    pub fn remove(self: Pin<&mut Self>, slot: usize) {
        // SAFETY: no future is moved.
        let this = unsafe { self.get_unchecked_mut() };
        this.release(slot);
    }

    /// Claims a lane before the first future needs one, so that a parent can be named.
    #[cfg(feature = "kernel")]
    pub(crate) fn claim_lane(&self) -> Result<(), NoLane> {
        self.lane().map(drop)
    }

    /// Polls woken futures in random order, for simulations.
    #[cfg(feature = "kernel")]
    pub(crate) fn set_random(self: Pin<&mut Self>, seed: u32) {
        // SAFETY: no future is moved.
        unsafe { self.get_unchecked_mut() }.woken.set_random(seed);
    }

    /// Claims a lane, once.
    fn lane(&self) -> Result<LaneId, NoLane> {
        if let Some(lane) = self.lane.get() {
            return Ok(lane.id());
        }
        let lane = Lane::claim()?;
        Ok(self.lane.get_or_init(|| lane).id())
    }

    /// Takes a free slot and its waker.
    fn take_slot(&mut self) -> Option<(usize, Waker)> {
        let lane = self.lane().ok()?;
        loop {
            let slot = self.free.take()?;
            // A slot whose generations are used up is retired: it is not given back.
            if let Some(waker) = lane.open(slot) {
                return Some((slot, waker));
            }
        }
    }

    /// Ends the use of a slot, whose future is gone.
    fn give_back(&mut self, slot: usize) {
        if let Some(lane) = self.lane.get() {
            lane.id().close(slot);
        }
        self.free.give(slot);
    }

    /// Drops the future in a slot, if there is one, and frees the slot.
    fn release(&mut self, slot: usize) {
        let Some(live) = self.live.get_mut(slot) else { return };
        if !mem::take(live) {
            return;
        }
        self.len -= 1;
        self.give_back(slot);
        // SAFETY: the slot was live until two lines ago, so it is initialized; it is dropped in place and, not being
        // live any more, never touched again before it is written. If the drop panics, the slot leaks nothing else.
        unsafe { self.slots[slot].assume_init_drop() }
    }
}

impl<F: Future, const N: usize> Arena<F, N> {
    /// Adds a future; it is polled with the next poll of the arena. Like that of `FuturesUnordered`, a push wakes nobody.
    ///
    /// # Errors
    ///
    /// [`Full`], with the future.
    pub fn push(self: Pin<&mut Self>, future: F) -> Result<(), Full<F>> {
        match self.reserve() {
            Some(reserved) => {
                reserved.push(future);
                Ok(())
            }
            None => Err(Full(future)),
        }
    }

    /// Adds the future that `make` returns; `make` is called only if there is a slot. Returns the slot.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn push_with(self: Pin<&mut Self>, make: impl FnOnce() -> F) -> Result<usize, Full<()>> {
        self.reserve().map(|reserved| reserved.push_with(|_| make())).ok_or(Full(()))
    }

    /// Adds the future that `make` returns for its slot, and polls it at once.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn start_with(
        self: Pin<&mut Self>,
        make: impl FnOnce(usize) -> F,
    ) -> Result<Started<F::Output>, Full<()>> {
        self.reserve().map(|reserved| reserved.start_with(make)).ok_or(Full(()))
    }

    /// Polls the futures that were woken, each once, and hands each output to `done` with the slot it came from. Returns how
    /// many it polled.
    pub fn poll_woken(self: Pin<&mut Self>, mut done: impl FnMut(usize, F::Output)) -> usize {
        // SAFETY: no future is moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(lane) = this.lane.get().map(Lane::id) else { return 0 };
        let mut polls = 0;
        this.woken.refill(lane, &this.pushed);
        while let Some(slot) = this.next_woken(lane) {
            polls += 1;
            if let Poll::Ready(output) = this.poll_slot(slot, &lane.waker(slot)) {
                done(slot, output);
            }
        }
        polls
    }

    /// The next slot that was woken and holds a future; it may have been freed behind its wake.
    fn next_woken(&mut self, lane: LaneId) -> Option<usize> {
        loop {
            let slot = self.woken.next(lane, &mut self.pushed)?;
            if self.live.get(slot) == Some(&true) {
                return Some(slot);
            }
        }
    }

    /// Makes `parent` the one that is woken when a future is.
    pub(crate) fn set_parent(&self, parent: &Waker) {
        if let Ok(lane) = self.lane() {
            lane.set_parent(parent);
        }
    }

    fn poll_slot(&mut self, slot: usize, waker: &Waker) -> Poll<F::Output> {
        // A future that panics is dropped and its slot freed, as when it finishes.
        let guard = ReleaseOnUnwind { arena: self, slot };
        // SAFETY: the callers pass slots that are live, so it is initialized.
        let future = unsafe { guard.arena.slots[slot].assume_init_mut() };
        // SAFETY: a live slot is never moved, and is dropped in place.
        let future = unsafe { Pin::new_unchecked(future) };
        let poll = future.poll(&mut Context::from_waker(waker));
        mem::forget(guard);
        if poll.is_ready() {
            self.release(slot);
        }
        poll
    }
}

/// Frees the slot of a future that panicked.
struct ReleaseOnUnwind<'a, F, const N: usize> {
    arena: &'a mut Arena<F, N>,
    slot: usize,
}

impl<F, const N: usize> Drop for ReleaseOnUnwind<'_, F, N> {
    fn drop(&mut self) {
        self.arena.release(self.slot);
    }
}

impl<F: Future, const N: usize> Stream for Arena<F, N> {
    type Item = F::Output;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        if self.is_empty() {
            return Poll::Ready(None);
        }
        if let Some(output) = self.as_mut().poll_until_one() {
            return Poll::Ready(Some(output));
        }
        // Registered only by a poll that has to wait; a wake that came before is not missed.
        self.set_parent(cx.waker());
        if self.has_woken() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len, Some(self.len))
    }
}

impl<F: Future, const N: usize> FusedStream for Arena<F, N> {
    fn is_terminated(&self) -> bool {
        self.is_empty()
    }
}

impl<F: Future, const N: usize> Arena<F, N> {
    /// Polls woken futures until one finishes: first those that the last poll has left, then those woken since, also those
    /// that these wake, up to a bound. What this poll leaves are the first of the next.
    fn poll_until_one(self: Pin<&mut Self>) -> Option<F::Output> {
        // SAFETY: no future is moved.
        let this = unsafe { self.get_unchecked_mut() };
        let lane = this.lane.get()?.id();
        for _ in 0..ROUNDS {
            while let Some(slot) = this.next_woken(lane) {
                if let Poll::Ready(output) = this.poll_slot(slot, &lane.waker(slot)) {
                    return Some(output);
                }
            }
            this.woken.refill(lane, &this.pushed);
            if this.woken.is_empty() {
                break;
            }
        }
        None
    }
}

impl<F, const N: usize> Default for Arena<F, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F, const N: usize> Drop for Arena<F, N> {
    fn drop(&mut self) {
        ReleaseFrom { arena: self, slot: 0 }.all();
    }
}

/// Drops all futures from a slot on, also if dropping one of them panics: what is pinned must be dropped before its memory
/// is used for something else. (A second panic aborts.)
struct ReleaseFrom<'a, F, const N: usize> {
    arena: &'a mut Arena<F, N>,
    slot: usize,
}

impl<F, const N: usize> ReleaseFrom<'_, F, N> {
    fn all(&mut self) {
        while self.slot < N {
            self.slot += 1;
            self.arena.release(self.slot - 1);
        }
    }
}

impl<F, const N: usize> Drop for ReleaseFrom<'_, F, N> {
    fn drop(&mut self) {
        self.all();
    }
}

impl<F, const N: usize> fmt::Debug for Arena<F, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arena({} of {N})", self.len)
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
