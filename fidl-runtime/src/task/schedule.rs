//! Which domains want a thread, and which threads sleep.
//!
//! ```text
//!            1. notify              2. take               3. end, notified meanwhile or not done
//!   idle ────────────────▶ queued ────────────▶ running ─────────────────────────────────────▶ queued
//!     ▲                                            │
//!     └────────────────── 4. end ──────────────────┘
//! ```
//!
//! Whoever takes arrow 1 or 3 puts the domain into the ring, so a domain is in the ring once while it is queued, and a ring
//! with a place for each is never full. One thread takes arrow 2, so a domain never runs on two at once; what ran before
//! happens before what runs next. Every step is one read-modify-write, or for the ring a few: there is no lock, and a thread
//! that stops between any two instructions keeps nobody from going on.

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

use crate::sync::atomic::{AtomicU32, AtomicU64};

/// The most domains of one pool. (Few for loom, whose time goes with them.)
pub(crate) const DOMAINS: usize = if cfg!(loom) { 2 } else { 64 };

/// The domain is in the ring, or will be as soon as it has run.
const QUEUED: u32 = 1;
/// A thread runs the domain.
const RUNNING: u32 = 2;

/// The lower bits of an entry of the ring are the domain, the upper ones its position plus one; 0 is no entry.
const DOMAIN_BITS: u32 = 16;

/// One thread's part in the upper half of `idle`.
const CALLED: u64 = 1 << 32;

#[derive(Debug)]
pub(crate) struct Schedule {
    states: [AtomicU32; DOMAINS],
    /// Entry `i` is of the highest position so far that is `i` modulo the ring's length.
    ring: [AtomicU64; DOMAINS],
    /// The position that is taken next.
    head: AtomicU64,
    /// The position that is filled next; it may lag behind by those whose filling is under way.
    tail: AtomicU64,
    /// How many threads sleep or are about to (lower half), and how many packets are on their way to wake one (upper half).
    idle: AtomicU64,
}

impl Schedule {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self {
            states: [const { AtomicU32::new(0) }; DOMAINS],
            ring: [const { AtomicU64::new(0) }; DOMAINS],
            head: AtomicU64::new(0),
            tail: AtomicU64::new(0),
            idle: AtomicU64::new(0),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self {
            states: core::array::from_fn(|_| AtomicU32::new(0)),
            ring: core::array::from_fn(|_| AtomicU64::new(0)),
            head: AtomicU64::new(0),
            tail: AtomicU64::new(0),
            idle: AtomicU64::new(0),
        }
    }

    /// Has a domain run, once more if it runs now. What was done before happens before that. Returns whether it was put into
    /// the ring.
    pub(crate) fn notify(&self, domain: usize) -> bool {
        let Some(state) = self.states.get(domain) else { return false };
        // A read-modify-write also if it is queued.
        let was_idle = state.fetch_or(QUEUED, AcqRel) == 0;
        if was_idle {
            self.push(domain);
        }
        was_idle
    }

    /// Takes the domain that has been queued for longest; the caller has to run it and to [`end`](Self::end) that.
    pub(crate) fn take(&self) -> Option<usize> {
        let domain = self.pop()?;
        // Acquire: what was done before a notification, and by the thread that ran the domain last. Notifications from here
        // on queue it again.
        self.states.get(domain)?.swap(RUNNING, AcqRel);
        Some(domain)
    }

    /// The domain has run, and is not done if `more`.
    pub(crate) fn end(&self, domain: usize, more: bool) {
        let Some(state) = self.states.get(domain) else { return };
        if more {
            state.fetch_or(QUEUED, AcqRel);
        }
        // Release: the next thread sees what this one did.
        if state.fetch_and(!RUNNING, AcqRel) & QUEUED != 0 {
            self.push(domain);
        }
    }

    /// Whether a domain is in the ring.
    pub(crate) fn has_queued(&self) -> bool {
        let head = self.head.load(Acquire);
        self.entry(head).load(Acquire) >> DOMAIN_BITS > head
    }

    /// Whether a sleeping thread has to be woken, by a packet that the caller queues then. Never more packets than threads
    /// that sleep.
    pub(crate) fn call(&self) -> bool {
        let call = |idle: u64| Some(if sleeping(idle) > called(idle) { idle + CALLED } else { idle });
        // A read-modify-write in any case: a thread that announces its sleep behind it sees what the ring has.
        self.idle.fetch_update(AcqRel, Acquire, call).is_ok_and(|idle| sleeping(idle) > called(idle))
    }

    /// Announces that a thread sleeps. It must look for queued domains once more before it does.
    pub(crate) fn sleep(&self) {
        self.idle.fetch_add(1, AcqRel);
    }

    /// A thread sleeps no more, and has taken this many of the packets that are to wake one.
    pub(crate) fn wake_up(&self, packets: usize) {
        let wake = |idle: u64| {
            // The port may have been handed on with such a packet in it.
            let packets = called(idle).min(packets as u64);
            Some(idle - packets * CALLED - 1)
        };
        // There is no `None` that it could fail with.
        let _ = self.idle.fetch_update(AcqRel, Acquire, wake);
    }

    /// How many threads sleep, or are about to.
    pub(crate) fn sleeping(&self) -> u64 {
        // A read-modify-write: a thread that announces its sleep behind it sees what was done before.
        sleeping(self.idle.fetch_or(0, AcqRel))
    }

    /// Packets that were to wake a thread do so no more: they could not be queued, or a thread took them that was awake.
    pub(crate) fn uncall(&self, packets: usize) {
        let uncall = |idle: u64| Some(idle - called(idle).min(packets as u64) * CALLED);
        // There is no `None` that it could fail with.
        let _ = self.idle.fetch_update(AcqRel, Acquire, uncall);
    }

    fn entry(&self, position: u64) -> &AtomicU64 {
        &self.ring[position as usize % DOMAINS]
    }

    /// Puts a domain at the end of the ring.
    fn push(&self, domain: usize) {
        let mut tail = self.tail.load(Acquire);
        loop {
            let entry = self.entry(tail);
            let before = entry.load(Acquire);
            // Filled by another whose step is not noted in `tail` yet, unless that is old already.
            let filled = before >> DOMAIN_BITS > tail;
            // There are as many places as domains, and this one is in none: whatever was here before has been taken.
            let ours = (tail + 1) << DOMAIN_BITS | domain as u64;
            let done = !filled && entry.compare_exchange(before, ours, AcqRel, Relaxed).is_ok();
            tail = match self.tail.compare_exchange(tail, tail + 1, AcqRel, Acquire) {
                Ok(tail) => tail + 1,
                Err(tail) => tail,
            };
            if done {
                return;
            }
        }
    }

    /// Takes the first of the ring.
    fn pop(&self) -> Option<usize> {
        let mut head = self.head.load(Acquire);
        loop {
            let entry = self.entry(head).load(Acquire);
            if entry >> DOMAIN_BITS <= head {
                return None;
            }
            // Nobody fills the place again before the head has moved on: if it has not, the entry is the head's.
            match self.head.compare_exchange(head, head + 1, AcqRel, Acquire) {
                Ok(_) => return Some((entry & ((1 << DOMAIN_BITS) - 1)) as usize),
                Err(moved) => head = moved,
            }
        }
    }
}

const fn sleeping(idle: u64) -> u64 {
    idle & (CALLED - 1)
}

const fn called(idle: u64) -> u64 {
    idle / CALLED
}

#[cfg(all(test, not(loom)))]
mod tests;

/// The same functions, in all interleavings of a few threads.
#[cfg(all(test, loom))]
mod loom_tests;
