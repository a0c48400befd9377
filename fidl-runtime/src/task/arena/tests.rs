//! The arena, future by future.

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

#[test]
fn a_reserved_slot_is_there_for_its_future() {
    let mut arena = pin!(Arena::<_, 1>::new());
    let reserved = arena.as_mut().reserve().unwrap();
    assert_eq!(reserved.slot(), 0);
    // A wake before there is a future is kept for it.
    reserved.waker().wake_by_ref();
    let started = reserved.start_with(|_| {
        let mut polls = 0;
        poll_fn(move |_| {
            polls += 1;
            if polls == 2 { Poll::Ready(()) } else { Poll::Pending }
        })
    });
    assert_eq!(started, Started::Waiting(0));
    assert!(arena.as_mut().reserve().is_none());
    assert_eq!(block_on(arena.as_mut().next()), Some(()));
}

#[test]
fn a_reservation_that_is_not_used_gives_its_slot_back() {
    let mut arena = pin!(Arena::<core::future::Ready<u32>, 1>::new());
    let stale = super::super::stale_wakes();
    let waker = {
        let reserved = arena.as_mut().reserve().unwrap();
        reserved.waker().clone()
    };
    waker.wake();
    assert!(super::super::stale_wakes() > stale);
    assert!(arena.as_mut().push(ready(7)).is_ok());
    assert_eq!(block_on(arena.as_mut().next()), Some(7));
}

/// A reservation that is forgotten costs its slot, and nothing else.
#[test]
fn a_forgotten_reservation_keeps_its_slot_alone() {
    let mut arena = pin!(Arena::<_, 2>::new());
    core::mem::forget(arena.as_mut().reserve());
    arena.as_mut().push(ready(1)).unwrap();
    assert!(arena.is_full() && arena.as_mut().push(ready(2)).is_err());
    assert_eq!(block_on(arena.as_mut().collect::<Vec<_>>()), [1]);
}

#[test]
fn futures_are_iterated_by_slot() {
    let mut arena = pin!(Arena::<_, 130>::new());
    for number in 0..130 {
        arena.as_mut().push(ready(number)).unwrap();
    }
    (0..130).filter(|slot| slot % 3 != 0).for_each(|slot| arena.as_mut().remove(slot));
    assert_eq!((arena.iter().len(), arena.as_mut().iter_pin_mut().count()), (44, 44));
    for future in arena.as_mut() {
        *future.get_mut() = ready(1);
    }
    assert!(arena.iter().all(|future| future.clone().into_inner() == 1));
    arena.as_mut().clear();
    assert_eq!((arena.len(), arena.iter().count()), (0, 0));
    // What was pushed is polled no more, and a slot can be used again at once.
    arena.as_mut().push(ready(5)).unwrap();
    assert_eq!(block_on(arena.as_mut().collect::<Vec<_>>()), [5]);
}

#[test]
fn a_panic_in_a_drop_clears_the_others() {
    let drops = Cell::new(0);
    let mut arena = pin!(Arena::<_, 3>::new());
    for armed in [false, true, false] {
        let bomb = Bomb { armed, _drops: Dropped(&drops) };
        arena.as_mut().push(bomb).unwrap_or_else(|_| panic!("there is a slot"));
    }
    let panicked = catch_unwind(AssertUnwindSafe(|| arena.as_mut().clear()));
    assert!(panicked.is_err());
    assert_eq!((drops.get(), arena.len()), (3, 0));
}

/// A slot that wakes itself for ever leaves the poll in the end, and asks to be polled again.
#[test]
fn futures_that_wake_each_other_for_ever_let_the_task_go() {
    let parent = Arc::new(Parent::default());
    let mut arena = pin!(Arena::<_, 1>::new());
    let forever = poll_fn(|cx: &mut Context<'_>| -> Poll<()> {
        cx.waker().wake_by_ref();
        Poll::Pending
    });
    assert!(arena.as_mut().push(forever).is_ok());
    assert_eq!(poll(arena.as_mut(), &parent), Poll::Pending);
    assert!(parent.0.load(Relaxed) > 0);
}

#[test]
fn a_static_arena_is_taken_once() {
    async fn session(number: u32) -> u32 {
        number + 1
    }
    crate::arena!(static SESSIONS: [session; 2], at_most 64);
    let mut sessions = SESSIONS.take(session).unwrap();
    assert!(SESSIONS.take(session).is_none());
    assert!(sessions.as_mut().push(session(1)).is_ok());
    assert_eq!(block_on(sessions.as_mut().next()), Some(2));
    assert_eq!(sessions.capacity(), 2);
}

/// Wakes itself when it is dropped, also from another thread.
struct WakesInDrop(Waker);

impl Future for WakesInDrop {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.0.wake_by_ref();
        Poll::Pending
    }
}

impl Drop for WakesInDrop {
    fn drop(&mut self) {
        self.0.wake_by_ref();
        let waker = self.0.clone();
        thread::spawn(move || waker.wake()).join().unwrap();
    }
}

#[test]
fn wakes_during_a_poll_and_during_a_drop() {
    let parent = Arc::new(Parent::default());
    let mut arena = pin!(Arena::<_, 1>::new());
    let reserved = arena.as_mut().reserve().unwrap();
    let waker = reserved.waker().clone();
    assert_eq!(reserved.start_with(|_| WakesInDrop(waker)), Started::Waiting(0));
    assert!(arena.has_woken());
    let stale = super::super::stale_wakes();
    arena.as_mut().remove(0);
    assert!(super::super::stale_wakes() >= stale + 2);
    // The bit that the wake during the poll has left reaches nobody.
    assert_eq!(poll(arena.as_mut(), &parent), Poll::Ready(None));
    let reserved = arena.as_mut().reserve().unwrap();
    let waker = reserved.waker().clone();
    reserved.push(WakesInDrop(waker));
    assert_eq!(poll(arena.as_mut(), &parent), Poll::Pending);
    arena.as_mut().clear();
}
