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

    /// Sets a domain's deadline. Returns whether it is the nearest now, so that whoever sleeps does so for too long.
    pub(super) fn set(&self, domain: usize, deadline: Instant) -> bool {
        let nanos = deadline.into_nanos();
        let Some(place) = self.domains.get(domain) else { return false };
        // Most have none, and have had none.
        if nanos == NONE && place.load(Acquire) == NONE {
            return false;
        }
        place.store(nanos, Release);
        self.note(deadline)
    }

    /// Lowers the bound. Returns whether that was lower than before.
    pub(super) fn note(&self, deadline: Instant) -> bool {
        let nanos = deadline.into_nanos();
        self.nearest.load(Acquire) > nanos && self.nearest.fetch_min(nanos, AcqRel) > nanos
    }

    /// Visits the domains whose deadline is not after `now`.
    pub(super) fn expire(&self, now: Instant, mut visit: impl FnMut(usize)) {
        // A read-modify-write: a deadline that is set meanwhile is either seen below or lowers the bound behind this.
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
