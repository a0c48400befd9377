//! Timers: futures that finish at a deadline, in a [`wheel`](super::wheel).

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicI64, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::wheel::{Wheel, nanos_of};
use crate::kernel::Instant;

/// How many timers a [`Timers`] holds for which no number is given.
pub const TIMERS: usize = 1024;

/// Up to `N` deadlines, each with a waker. Lies in a static, and runs on the reactor it is given to.
///
/// Setting, cancelling and firing one take constant time, however many there are.
///
/// ```
/// use std::time::Duration;
/// use fidl::{Reactor, Timers};
///
/// static TIMERS: Timers = Timers::new();
///
/// let reactor = Reactor::new()?;
/// reactor.set_timers(&TIMERS);
/// reactor.run_until(TIMERS.sleep(Duration::from_millis(1)))?;
/// # Ok::<(), fidl::Error>(())
/// ```
pub struct Timers<const N: usize = TIMERS> {
    /// Locked for no longer than a change takes. Wakers are foreign code, which may use timers: they are cloned, woken and
    /// dropped outside.
    wheel: Mutex<Wheel<N>>,
    /// When the wheel must be looked at, in nanoseconds; 0 if nobody waits. Written under the lock, read without it.
    next: AtomicI64,
}

impl<const N: usize> Timers<N> {
    /// No timers.
    pub const fn new() -> Self {
        Self { wheel: Mutex::new(Wheel::new()), next: AtomicI64::new(0) }
    }

    /// A future that finishes `duration` from now, at most a tick (65.5 microseconds) late.
    pub fn sleep(&self, duration: Duration) -> Sleep<'_, N> {
        self.sleep_until(Instant::after(duration))
    }

    /// A future that finishes at `deadline`, at most a tick (65.5 microseconds) late.
    ///
    /// A deadline in the past finishes at once. If `N` others wait, it finishes at once, too; [`refused`](Self::refused)
    /// counts that.
    pub fn sleep_until(&self, deadline: Instant) -> Sleep<'_, N> {
        self.sleep_until_about(deadline, Duration::ZERO)
    }

    /// A future that finishes at `deadline` or up to `slack` later (and a tick): of the ticks in between, the one that most
    /// other timers with slack choose as well, so that one waking of the thread serves many.
    pub fn sleep_until_about(&self, deadline: Instant, slack: Duration) -> Sleep<'_, N> {
        Sleep { timers: self, deadline, slack, slot: None }
    }

    /// How many sleeps found no place.
    pub fn refused(&self) -> u64 {
        self.wheel().refused
    }

    fn change<T>(&self, change: impl FnOnce(&mut Wheel<N>) -> T) -> T {
        let mut wheel = self.wheel();
        let result = change(&mut wheel);
        let next = wheel.next_tick().map_or(0, nanos_of);
        let before = self.next.swap(next, Relaxed);
        let is_earlier = next != 0 && (before == 0 || next < before);
        let sleeper = if is_earlier { wheel.sleeper.take() } else { None };
        drop(wheel);
        if let Some(sleeper) = sleeper {
            sleeper.wake();
        }
        result
    }

    pub(super) fn wheel(&self) -> MutexGuard<'_, Wheel<N>> {
        self.wheel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the reactor asks of timers, of however many.
pub(crate) trait Deadlines {
    /// When the reactor must call [`expire`](Self::expire); never late, possibly early.
    fn next_deadline(&self) -> Instant;

    /// Wakes the timers whose deadline is not after `now`.
    fn expire(&self, now: Instant);

    /// Has `sleeper` be woken, once, when a deadline comes up that is earlier than all there are.
    fn tell_of_earlier(&self, sleeper: Waker);
}

impl<const N: usize> Deadlines for Timers<N> {
    fn next_deadline(&self) -> Instant {
        match self.next.load(Relaxed) {
            0 => Instant::INFINITE,
            nanos => Instant::from_nanos(nanos),
        }
    }

    fn expire(&self, now: Instant) {
        while let Some(waker) = self.change(|wheel| wheel.take_due(now)) {
            waker.wake();
        }
    }

    fn tell_of_earlier(&self, sleeper: Waker) {
        let before = self.wheel().sleeper.replace(sleeper);
        drop(before);
    }
}

impl<const N: usize> Default for Timers<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Debug for Timers<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timers({} of {N})", N - self.wheel().free.len())
    }
}

/// A future that finishes at a deadline. Made by [`Timers::sleep`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Sleep<'t, const N: usize = TIMERS> {
    timers: &'t Timers<N>,
    deadline: Instant,
    slack: Duration,
    slot: Option<usize>,
}

impl<const N: usize> Future for Sleep<'_, N> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.deadline {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        if let Some(slot) = self.slot {
            let old = self.timers.change(|wheel| wheel.set_waker(slot, waker));
            drop(old);
            return Poll::Pending;
        }
        let inserted = self.timers.change(|wheel| wheel.insert(self.deadline, self.slack, waker));
        match inserted {
            Ok(slot) => {
                self.slot = Some(slot);
                Poll::Pending
            }
            Err(_refused) => Poll::Ready(()),
        }
    }
}

impl<const N: usize> Drop for Sleep<'_, N> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            let waker = self.timers.change(|wheel| wheel.remove(slot));
            drop(waker);
        }
    }
}
