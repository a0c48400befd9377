//! The monotonic clock.

use core::time::Duration;

use super::abi;

/// A point on the monotonic clock (`ZX_CLOCK_MONOTONIC`), in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(i64);

impl Instant {
    /// Never comes (`ZX_TIME_INFINITE`).
    pub const INFINITE: Self = Self(i64::MAX);

    /// Has always been (`ZX_TIME_INFINITE_PAST`).
    pub const INFINITE_PAST: Self = Self(i64::MIN);

    /// Now.
    pub fn now() -> Self {
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
