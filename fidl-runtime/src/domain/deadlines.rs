//! When a domain must run, whatever happens.

use core::sync::atomic::{
    AtomicI64,
    Ordering::{AcqRel, Acquire, Release},
};

use crate::kernel::Instant;
use crate::task::DOMAINS;

/// A deadline for each domain, and a bound below them all.
#[derive(Debug)]
pub(super) struct DomainDeadlines {
    /// No deadline is earlier. None may be as early.
    nearest: AtomicI64,
    domains: [AtomicI64; DOMAINS],
}

const NONE: i64 = Instant::INFINITE.into_nanos();

impl DomainDeadlines {
    pub(super) const fn new() -> Self {
        Self { nearest: AtomicI64::new(NONE), domains: [const { AtomicI64::new(NONE) }; DOMAINS] }
    }

    /// When [`expire`](Self::expire) is to be called.
    pub(super) fn nearest(&self) -> Instant {
        Instant::from_nanos(self.nearest.load(Acquire))
    }

    /// Sets a domain's deadline.
    pub(super) fn set(&self, domain: usize, deadline: Instant) {
        let nanos = deadline.into_nanos();
        let Some(place) = self.domains.get(domain) else { return };
        // Most have none, and have had none.
        if nanos == NONE && place.load(Acquire) == NONE {
            return;
        }
        place.store(nanos, Release);
        // A read-modify-write also if the bound is lower: it is either before that of `expire`, which then sees the deadline,
        // or lowers the bound behind it.
        self.nearest.fetch_min(nanos, AcqRel);
    }

    /// Visits the domains whose deadline is not after `now`.
    pub(super) fn expire(&self, now: Instant, mut visit: impl FnMut(usize)) {
        self.nearest.swap(NONE, AcqRel);
        for (domain, place) in self.domains.iter().enumerate() {
            let deadline = place.load(Acquire);
            if deadline <= now.into_nanos() {
                visit(domain);
            } else if deadline != NONE {
                self.nearest.fetch_min(deadline, AcqRel);
            }
        }
    }
}
