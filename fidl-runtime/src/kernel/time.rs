//! The monotonic clock.

use core::cell::Cell;
use core::marker::PhantomData;
use core::time::Duration;

use std::thread_local;

use super::abi;

/// A point on the monotonic clock (`ZX_CLOCK_MONOTONIC`), in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(i64);

impl Instant {
    /// Never comes (`ZX_TIME_INFINITE`).
    pub const INFINITE: Self = Self(i64::MAX);

    /// Has always been (`ZX_TIME_INFINITE_PAST`).
    pub const INFINITE_PAST: Self = Self(i64::MIN);

    /// Now. On a thread that simulates, the simulation's now.
    pub fn now() -> Self {
        if let Some(nanos) = VIRTUAL.get() {
            return Self(nanos);
        }
        // SAFETY: the call has no arguments and cannot fail.
        Self(unsafe { abi::zx_clock_get_monotonic() })
    }

    /// `duration` from now; [`INFINITE`](Self::INFINITE) if that is beyond the clock.
    pub fn after(duration: Duration) -> Self {
        Self::now().plus(duration)
    }

    /// `duration` later; [`INFINITE`](Self::INFINITE) if that is beyond the clock.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier`; zero if it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// From nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// In nanoseconds.
    pub const fn into_nanos(self) -> i64 {
        self.0
    }
}

thread_local! {
    /// The time on a thread that simulates.
    static VIRTUAL: Cell<Option<i64>> = const { Cell::new(None) };
}

/// The clock of a thread that simulates, until this is dropped.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    /// The clock is this thread's.
    marker: PhantomData<*const ()>,
}

impl VirtualClock {
    /// Makes time stand still on this thread; `None` if it does already.
    pub(crate) fn start(at: Instant) -> Option<Self> {
        if VIRTUAL.get().is_some() {
            return None;
        }
        VIRTUAL.set(Some(at.0));
        Some(Self { marker: PhantomData })
    }

    /// Goes on to a point in time, unless it is past.
    pub(crate) fn advance(&self, to: Instant) {
        VIRTUAL.set(VIRTUAL.get().map(|now| now.max(to.0)));
    }
}

impl Drop for VirtualClock {
    fn drop(&mut self) {
        VIRTUAL.set(None);
    }
}
