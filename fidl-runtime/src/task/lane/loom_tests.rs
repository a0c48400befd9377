//! No wake gets lost: a task that sleeps while a wake is on its way is a deadlock, which loom reports.

extern crate std;

use core::cell::Cell;
use core::future::poll_fn;
use core::pin::pin;
use core::task::{Context, Poll};
use std::vec::Vec;

use futures::StreamExt;
use futures::task::noop_waker;
use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::thread;

use super::super::{Arena, Started};
use super::*;

/// Explores with a bound on preemptions, above which nothing new is expected and everything takes long.
fn explore(test: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(test);
}

/// Polls as a task that owns `lane` does, until `done`: names the parent, then looks.
fn until(lane: LaneId, mut done: impl FnMut() -> bool) {
    block_on(poll_fn(|cx: &mut Context<'_>| {
        lane.set_parent(cx.waker());
        let mut finished = false;
        lane.take_ready(|_| finished = done());
        if finished { Poll::Ready(()) } else { Poll::Pending }
    }));
}

#[test]
fn a_wake_while_the_parent_is_registered() {
    explore(|| {
        let lane = Lane::claim().unwrap();
        let waker = lane.id().open(0).unwrap();
        let waking = thread::spawn(move || waker.wake());
        until(lane.id(), || true);
        waking.join().unwrap();
    });
}

/// Each of two wakes of one slot happens before a poll, also the one that finds the bit set.
#[test]
fn coalesced_wakes_and_wakes_during_a_poll() {
    explore(|| {
        let lane = Lane::claim().unwrap();
        let waker = lane.id().open(0).unwrap();
        let done = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let wakes = [0, 1].map(|index| {
            let (waker, done) = (waker.clone(), done.clone());
            thread::spawn(move || {
                done[index].store(1, Relaxed);
                waker.wake();
            })
        });
        until(lane.id(), || done.iter().all(|done| done.load(Relaxed) == 1));
        for wake in wakes {
            wake.join().unwrap();
        }
    });
}

#[test]
fn wakes_of_two_slots() {
    explore(|| {
        let lane = Lane::claim().unwrap();
        let wakes = [0, 1].map(|slot| {
            let waker = lane.id().open(slot).unwrap();
            thread::spawn(move || waker.wake())
        });
        let mut seen = [false; 2];
        block_on(poll_fn(|cx: &mut Context<'_>| {
            lane.id().set_parent(cx.waker());
            lane.id().take_ready(|slot| seen[slot] = true);
            if seen == [true; 2] { Poll::Ready(()) } else { Poll::Pending }
        }));
        for wake in wakes {
            wake.join().unwrap();
        }
    });
}

/// A late wake is dropped or causes a poll in vain; the wake that is meant arrives.
#[test]
fn a_late_wake_beside_the_next_generations() {
    explore(|| {
        let lane = Lane::claim().unwrap();
        let late = lane.id().open(0).unwrap();
        lane.id().close(0);
        let waker = lane.id().open(0).unwrap();
        let done = Arc::new(AtomicUsize::new(0));
        let late = thread::spawn(move || late.wake());
        let waking = {
            let done = done.clone();
            thread::spawn(move || {
                done.store(1, Relaxed);
                waker.wake();
            })
        };
        until(lane.id(), || done.load(Relaxed) == 1);
        waking.join().unwrap();
        late.join().unwrap();
        assert_eq!(stale_wakes(), 1);
    });
}

/// A wake that comes while its generation ends.
#[test]
fn a_wake_against_the_end_of_its_generation() {
    explore(|| {
        let lane = Lane::claim().unwrap();
        let late = lane.id().open(0).unwrap();
        let late = thread::spawn(move || late.wake());
        lane.id().close(0);
        let waker = lane.id().open(0).unwrap();
        waker.wake();
        let mut polls = 0;
        lane.id().take_ready(|_| polls += 1);
        assert_eq!(polls, 1);
        late.join().unwrap();
    });
}

/// A lane changes its owner while a wake for the old one is on its way.
#[test]
fn a_wake_against_a_change_of_owner() {
    explore(|| {
        let lane = Lane::claim().unwrap();
        let late = lane.id().open(0).unwrap();
        let late = thread::spawn(move || late.wake());
        lane.id().close(0);
        drop(lane);
        let lane = Lane::claim().unwrap();
        let waker = lane.id().open(0).unwrap();
        let waking = thread::spawn(move || waker.wake());
        let mut polls = 0;
        until(lane.id(), || {
            polls += 1;
            true
        });
        assert!(polls > 0);
        waking.join().unwrap();
        late.join().unwrap();
    });
}

#[test]
fn one_owner_at_a_time() {
    explore(|| {
        let claim = || Lane::claim().map(|lane| lane.id().0);
        let other = thread::spawn(|| {
            let lane = Lane::claim().unwrap();
            lane.id().0
        });
        let kept = Lane::claim().unwrap();
        other.join().unwrap();
        assert_ne!(claim(), Ok(kept.id().0));
    });
}

/// The arena as a stream: a future is woken from another thread, and finishes.
#[test]
fn an_arena_that_sleeps() {
    explore(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let left = Cell::new(None);
        let mut arena = pin!(Arena::<_, 1>::new());
        let started = arena.as_mut().start_with(|_| {
            let (done, left) = (done.clone(), &left);
            poll_fn(move |cx: &mut Context<'_>| {
                left.set(Some(cx.waker().clone()));
                if done.load(Relaxed) == 1 { Poll::Ready(7) } else { Poll::Pending }
            })
        });
        assert!(matches!(started, Ok(Started::Waiting(0))));
        let waker = left.take().unwrap();
        let waking = thread::spawn(move || {
            done.store(1, Relaxed);
            waker.wake();
        });
        assert_eq!(block_on(arena.as_mut().collect::<Vec<_>>()), [7]);
        waking.join().unwrap();
    });
}

/// Two wakes against a registration in place of another: what either thread did before is seen by a look that follows.
#[test]
fn wakes_while_another_parent_is_registered() {
    explore(|| {
        let lane = Lane::claim().unwrap();
        let done = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        lane.id().set_parent(&noop_waker());
        let wakes = [0, 1].map(|slot| {
            let (waker, done) = (lane.id().open(slot).unwrap(), done.clone());
            thread::spawn(move || {
                done[slot].store(1, Relaxed);
                waker.wake();
            })
        });
        until(lane.id(), || done.iter().all(|done| done.load(Relaxed) == 1));
        for wake in wakes {
            wake.join().unwrap();
        }
    });
}

/// The owner leaves while a wake has its waker.
#[test]
fn a_wake_against_the_parents_leave() {
    explore(|| {
        let lane = Lane::claim().unwrap();
        let waker = lane.id().open(0).unwrap();
        lane.id().set_parent(&noop_waker());
        let waking = thread::spawn(move || waker.wake());
        lane.id().clear_parent();
        lane.id().set_parent(&noop_waker());
        drop(lane);
        waking.join().unwrap();
        assert!(Lane::claim().is_ok());
    });
}
