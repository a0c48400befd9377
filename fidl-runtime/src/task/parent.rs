//! Who polls the owner of a lane.
//!
//! ```text
//!            1. register                 3. wake                  4. taken
//!   idle ────────────────▶ registered ───────────▶ being taken ───────────▶ idle
//!     │ ▲                      │
//!     │ └──────5. clear────────┘
//!     └──2. wake: told ──1. register──▶ registered
//! ```
//!
//! The waker's cell belongs to the owner in the states idle and told, and to the one wake that has taken arrow 3 in the state
//! 'being taken'; while it is registered, to nobody. A wake is one read-modify-write, also if nobody is registered: so
//! whoever registers behind it sees what it did before. Unlike `AtomicWaker`, this needs one registration at a time, and
//! takes fewer read-modify-writes for it.
#![allow(unsafe_code)]

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use core::task::Waker;

use crate::sync::atomic::AtomicU32;
use crate::sync::{Shared, spin_loop};

const IDLE: u32 = 0;
const REGISTERED: u32 = 1;
/// A wake came while nobody was registered.
const TOLD: u32 = 2;
const BEING_TAKEN: u32 = REGISTERED | TOLD;

/// A waker that its one owner registers and that any thread wakes, once.
#[derive(Debug)]
pub(super) struct Parent {
    state: AtomicU32,
    waker: Shared<Option<Waker>>,
}

impl Parent {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self { state: AtomicU32::new(IDLE), waker: Shared::new(None) }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self { state: AtomicU32::new(IDLE), waker: Shared::new(None) }
    }

    /// Makes `waker` the one that the next wake wakes, in place of any before. If a wake is under way, it is woken at once.
    ///
    /// # Safety
    ///
    /// Calls of this and of [`clear`](Self::clear) do not overlap: each happens before the next.
    pub(super) unsafe fn register(&self, waker: &Waker) {
        if !self.take_back() {
            // The wake under way is a few instructions from its end.
            spin_loop();
            return waker.wake_by_ref();
        }
        // SAFETY: in the state idle or told the cell is the owner's, who is here once (the caller's promise). Whoever took
        // the cell in the state before has given it back with the release that `take_back` acquired.
        let before = unsafe { self.waker.replace(Some(waker.clone())) };
        // Release: the wake that takes the cell sees the waker. Acquire: what was done before a wake that has told is seen
        // by the look that follows.
        self.state.swap(REGISTERED, AcqRel);
        drop(before);
    }

    /// Forgets the waker, unless a wake under way has it.
    ///
    /// # Safety
    ///
    /// As for [`register`](Self::register).
    pub(super) unsafe fn clear(&self) {
        if self.take_back() {
            // SAFETY: as in `register`.
            drop(unsafe { self.waker.replace(None) });
        }
    }

    /// Wakes who is registered.
    pub(super) fn wake(&self) {
        // A read-modify-write in any case. Release: see `register`. Acquire: the cell's content.
        if self.state.fetch_or(TOLD, AcqRel) == REGISTERED {
            // SAFETY: this call alone has gone from 'registered' to 'being taken', which others leave alone until the swap.
            let waker = unsafe { self.waker.replace(None) };
            // Release: the cell is the owner's again. A read-modify-write, so that what came before a wake meanwhile, which
            // has found nobody, comes before the look of the one that is woken here, too.
            self.state.swap(IDLE, AcqRel);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// Brings the cell into the owner's hands; not if a wake has it.
    fn take_back(&self) -> bool {
        match self.state.load(Acquire) {
            REGISTERED => self.state.compare_exchange(REGISTERED, IDLE, Acquire, Relaxed).is_ok(),
            BEING_TAKEN => false,
            _ => true,
        }
    }
}
