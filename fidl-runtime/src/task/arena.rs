//! Futures of one type, in slots of fixed number: `FuturesUnordered` without allocation.
#![allow(unsafe_code)]

use core::cell::OnceCell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomPinned;
use core::mem::{self, MaybeUninit};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures::stream::{FusedStream, Stream};

use super::lane::{Lane, LaneId, NoLane, SLOTS};
use crate::storage::FreeSlots;

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
    /// Where the next look for a woken future starts, so that none waits for ever.
    cursor: usize,
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
            cursor: 0,
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
        init!(arena, cursor, 0);
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
        self.lane.get().is_some_and(|lane| lane.id().has_ready())
    }

    /// Drops all futures, in place.
    pub fn clear(mut self: Pin<&mut Self>) {
        for slot in 0..N {
            self.as_mut().remove(slot);
        }
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

    /// Claims a lane, once.
    fn lane(&self) -> Result<LaneId, NoLane> {
        if let Some(lane) = self.lane.get() {
            return Ok(lane.id());
        }
        let lane = Lane::claim()?;
        Ok(self.lane.get_or_init(|| lane).id())
    }

    /// Takes a free slot and its waker.
    fn reserve(&mut self) -> Option<(usize, Waker)> {
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
    /// Adds a future; it is polled with the next poll of the arena.
    ///
    /// # Errors
    ///
    /// [`Full`], with the future.
    pub fn push(self: Pin<&mut Self>, future: F) -> Result<(), Full<F>> {
        let mut future = Some(future);
        let pushed = self.push_with(|| future.take().expect("called once"));
        match (pushed, future) {
            (Err(_), Some(future)) => Err(Full(future)),
            _ => Ok(()),
        }
    }

    /// Adds the future that `make` returns; `make` is called only if there is a slot. Returns the slot.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn push_with(self: Pin<&mut Self>, make: impl FnOnce() -> F) -> Result<usize, Full<()>> {
        // SAFETY: no future is moved.
        let this = unsafe { self.get_unchecked_mut() };
        let (slot, _) = this.insert(|_| make()).ok_or(Full(()))?;
        if let Some(lane) = this.lane.get() {
            lane.id().mark_ready(slot);
        }
        Ok(slot)
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
        // SAFETY: no future is moved.
        let this = unsafe { self.get_unchecked_mut() };
        let (slot, waker) = this.insert(make).ok_or(Full(()))?;
        match this.poll_slot(slot, &waker) {
            Poll::Ready(output) => Ok(Started::Finished(output)),
            Poll::Pending => Ok(Started::Waiting(slot)),
        }
    }

    /// Polls the futures that were woken, each once, and hands each output to `done` with the slot it came from.
    pub fn poll_woken(self: Pin<&mut Self>, mut done: impl FnMut(usize, F::Output)) {
        // SAFETY: no future is moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(lane) = this.lane.get().map(Lane::id) else { return };
        lane.take_ready(|slot| {
            // A slot may have been freed behind its wake.
            if this.live.get(slot) != Some(&true) {
                return;
            }
            if let Poll::Ready(output) = this.poll_slot(slot, &lane.waker(slot)) {
                done(slot, output);
            }
        });
    }

    /// Makes `parent` the one that is woken when a future is.
    pub(crate) fn set_parent(&self, parent: &Waker) {
        if let Ok(lane) = self.lane() {
            lane.set_parent(parent);
        }
    }

    fn insert(&mut self, make: impl FnOnce(usize) -> F) -> Option<(usize, Waker)> {
        let (slot, waker) = self.reserve()?;
        // A slot for which no future is made is free again.
        let guard = FreeOnUnwind { arena: self, slot };
        guard.arena.slots[slot].write(make(slot));
        guard.arena.live[slot] = true;
        guard.arena.len += 1;
        mem::forget(guard);
        Some((slot, waker))
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

/// Frees a slot whose future could not be made.
struct FreeOnUnwind<'a, F, const N: usize> {
    arena: &'a mut Arena<F, N>,
    slot: usize,
}

impl<F, const N: usize> Drop for FreeOnUnwind<'_, F, N> {
    fn drop(&mut self) {
        self.arena.give_back(self.slot);
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
        // Only a poll that has to wait registers; a wake that came before that is not missed.
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
    /// Polls woken futures until one finishes.
    fn poll_until_one(self: Pin<&mut Self>) -> Option<F::Output> {
        // SAFETY: no future is moved.
        let this = unsafe { self.get_unchecked_mut() };
        let lane = this.lane.get()?.id();
        lane.find_ready(this.cursor, |slot| {
            this.cursor = (slot + 1) % N;
            if this.live.get(slot) != Some(&true) {
                return None;
            }
            match this.poll_slot(slot, &lane.waker(slot)) {
                Poll::Ready(output) => Some(output),
                Poll::Pending => None,
            }
        })
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
mod tests {
    extern crate std;

    use core::cell::Cell;
    use core::future::{pending, poll_fn, ready};
    use core::pin::pin;
    use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::task::Wake;
    use std::thread;
    use std::vec::Vec;

    use futures::StreamExt;
    use futures::executor::block_on;

    use super::*;

    /// Counts its wakes.
    #[derive(Default)]
    struct Parent(AtomicUsize);

    impl Wake for Parent {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    /// Counts its drops.
    struct Dropped<'a>(&'a Cell<usize>);

    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    /// Is pending, and leaves its waker.
    fn leave_waker(place: &Cell<Option<Waker>>) -> impl Future<Output = ()> + '_ {
        poll_fn(|cx| {
            place.set(Some(cx.waker().clone()));
            Poll::Pending
        })
    }

    fn poll<F: Future, const N: usize>(
        arena: Pin<&mut Arena<F, N>>,
        parent: &Arc<Parent>,
    ) -> Poll<Option<F::Output>> {
        arena.poll_next(&mut Context::from_waker(&Waker::from(parent.clone())))
    }

    #[test]
    fn futures_finish_in_the_order_of_their_wakes() {
        let mut arena = pin!(Arena::<_, 3>::new());
        for delays in [2, 0, 1] {
            let mut left = delays;
            let countdown = poll_fn(move |cx| {
                if left == 0 {
                    return Poll::Ready(delays);
                }
                left -= 1;
                cx.waker().wake_by_ref();
                Poll::Pending
            });
            arena.as_mut().push(countdown).unwrap();
        }
        assert!(arena.is_full() && !arena.is_terminated());
        assert_eq!(block_on(arena.as_mut().collect::<Vec<_>>()), [0, 1, 2]);
    }

    /// The lowest slot was taken for the next one again and again.
    #[test]
    fn a_slot_that_is_always_ready_starves_no_other() {
        let mut arena = pin!(Arena::<_, 3>::new());
        let mut finished = Vec::new();
        for name in ["a", "b", "c"] {
            arena.as_mut().push(ready(name)).unwrap();
        }
        for _ in 0..3 {
            let name = block_on(arena.as_mut().next()).unwrap();
            finished.push(name);
            arena.as_mut().push(ready(name)).unwrap();
        }
        assert_eq!(finished, ["a", "b", "c"]);
    }

    #[test]
    fn a_full_arena_gives_the_future_back() {
        let mut arena = pin!(Arena::<_, 1>::new());
        arena.as_mut().push(ready(1)).unwrap();
        let Err(Full(future)) = arena.as_mut().push(ready(2)) else { panic!("there is no slot") };
        assert_eq!((block_on(future), block_on(arena.as_mut().next())), (2, Some(1)));
        assert_eq!(arena.capacity(), 1);
    }

    #[test]
    fn a_future_that_finishes_at_once_needs_its_slot_no_more() {
        let mut arena = pin!(Arena::<_, 1>::new());
        for number in 0..3 {
            let started = arena.as_mut().start_with(|slot| ready((slot, number))).unwrap();
            assert_eq!(started, Started::Finished((0, number)));
        }
        assert!(arena.is_empty());
    }

    #[test]
    fn woken_futures_alone_are_polled() {
        let (wakers, count) = ([const { Cell::new(None) }; 2], Cell::new(0));
        let polls = &count;
        let mut place = MaybeUninit::uninit();
        // SAFETY: `place` is not used again but to drop the arena where it lies.
        let mut arena = unsafe { Pin::new_unchecked(Arena::<_, 2>::init(&mut place)) };
        for waker in &wakers {
            let started = arena.as_mut().start_with(|slot| {
                poll_fn(move |cx| {
                    polls.set(polls.get() + 1);
                    match waker.replace(Some(cx.waker().clone())) {
                        None => Poll::Pending,
                        Some(_) => Poll::Ready(slot),
                    }
                })
            });
            assert!(matches!(started, Ok(Started::Waiting(_))));
        }
        arena.as_mut().poll_woken(|_, _| panic!("none was woken"));
        let waker = wakers[1].take().unwrap();
        waker.wake_by_ref();
        wakers[1].set(Some(waker));
        assert!(arena.has_woken());
        let mut finished = Vec::new();
        arena.as_mut().poll_woken(|slot, output| finished.push((slot, output)));
        assert_eq!((finished, polls.get(), arena.len()), (std::vec![(1, 1)], 3, 1));
        arena.as_mut().clear();
        // SAFETY: initialized above, and not used any more.
        unsafe { place.assume_init_drop() };
    }

    #[test]
    fn pending_futures_are_dropped_with_the_arena() {
        let drops = Cell::new(0);
        let mut arena = Arena::<_, 3>::new();
        {
            // SAFETY: the arena is not moved before it is dropped.
            let mut arena = unsafe { Pin::new_unchecked(&mut arena) };
            for _ in 0..3 {
                let dropped = Dropped(&drops);
                let future = async {
                    let _dropped = dropped;
                    pending::<()>().await;
                };
                arena.as_mut().push(future).unwrap_or_else(|_| panic!("there is a slot"));
            }
            arena.as_mut().poll_woken(|_, ()| panic!("none finishes"));
            arena.as_mut().remove(1);
            arena.as_mut().remove(1);
            assert_eq!((drops.get(), arena.len()), (1, 2));
        }
        drop(arena);
        assert_eq!(drops.get(), 3);
    }

    /// Panics when it is dropped, or counts that.
    struct Bomb<'a> {
        armed: bool,
        _drops: Dropped<'a>,
    }

    impl Future for Bomb<'_> {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            Poll::Pending
        }
    }

    impl Drop for Bomb<'_> {
        fn drop(&mut self) {
            assert!(!self.armed, "armed");
        }
    }

    /// The futures behind one that panicked in its drop were forgotten, though their memory was used again.
    #[test]
    fn a_panic_in_a_drop_leaves_no_future_undropped() {
        let drops = Cell::new(0);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let mut arena = pin!(Arena::<_, 3>::new());
            for armed in [true, false, false] {
                let bomb = Bomb { armed, _drops: Dropped(&drops) };
                arena.as_mut().push(bomb).unwrap_or_else(|_| panic!("there is a slot"));
            }
        }));
        assert!(panicked.is_err());
        assert_eq!(drops.get(), 3);
    }

    #[test]
    fn a_panic_in_a_poll_frees_the_slot_and_keeps_other_wakes() {
        let mut arena = pin!(Arena::<_, 2>::new());
        for panics in [true, false] {
            let future = poll_fn(move |_| {
                assert!(!panics, "a handler that panics");
                Poll::Ready(7)
            });
            arena.as_mut().push(future).unwrap_or_else(|_| panic!("there is a slot"));
        }
        let panicked = catch_unwind(AssertUnwindSafe(|| arena.as_mut().poll_woken(|_, _| ())));
        assert!(panicked.is_err());
        assert_eq!((arena.len(), block_on(arena.as_mut().next())), (1, Some(7)));
    }

    /// Such a slot was lost to the arena.
    #[test]
    fn a_panic_while_a_future_is_made_frees_the_slot() {
        let mut arena = pin!(Arena::<core::future::Ready<()>, 1>::new());
        let panicked = catch_unwind(AssertUnwindSafe(|| arena.as_mut().push_with(|| panic!("no future"))));
        assert!(panicked.is_err());
        assert!(arena.is_empty() && arena.as_mut().push(ready(())).is_ok());
    }

    #[test]
    fn wakers_outlive_their_arena_and_their_thread() {
        let waker = thread::spawn(|| {
            let left = Cell::new(None);
            let mut arena = pin!(Arena::<_, 1>::new());
            assert_eq!(arena.as_mut().start_with(|_| leave_waker(&left)), Ok(Started::Waiting(0)));
            left.take().unwrap()
        });
        let waker = waker.join().unwrap();
        let stale = super::super::stale_wakes();
        thread::spawn(move || {
            waker.wake_by_ref();
            let other = waker.clone();
            drop(waker);
            other.wake();
        })
        .join()
        .unwrap();
        assert!(super::super::stale_wakes() >= stale + 2);
    }

    /// The wake of the first future of a service got lost when its parent was named before.
    #[test]
    fn a_parent_named_before_the_first_future_is_woken() {
        let (parent, left) = (Arc::new(Parent::default()), Cell::new(None));
        let mut arena = pin!(Arena::<_, 1>::new());
        arena.set_parent(&Waker::from(parent.clone()));
        assert_eq!(arena.as_mut().start_with(|_| leave_waker(&left)), Ok(Started::Waiting(0)));
        left.take().unwrap().wake();
        assert_eq!(parent.0.load(Relaxed), 1);
    }

    /// The bit of the new future hid the wake of the old one from the parent.
    #[test]
    fn a_push_behind_a_poll_swallows_no_wake() {
        let (parent, left, other) = (Arc::new(Parent::default()), Cell::new(None), Cell::new(None));
        let mut arena = pin!(Arena::<_, 2>::new());
        assert!(arena.as_mut().push(leave_waker(&left)).is_ok());
        assert_eq!(poll(arena.as_mut(), &parent), Poll::Pending);
        let before = parent.0.load(Relaxed);
        assert!(arena.as_mut().push(leave_waker(&other)).is_ok());
        left.take().unwrap().wake();
        assert_eq!(parent.0.load(Relaxed), before + 1);
        assert_eq!(poll(arena.as_mut(), &parent), Poll::Pending);
        assert!(left.take().is_some() && other.take().is_some());
    }
}
