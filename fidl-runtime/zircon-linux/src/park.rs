//! Places where threads sleep: an epoll set with a counter in it that wakes them.
//!
//! A port gets a park when it first has to sleep or to watch a descriptor, and gives it back when it closes. The two
//! descriptors of a park are made once and stay open for ever, so a thread that is about to wake a sleeper can do so
//! without a lock: at worst it wakes the park's next owner for nothing. In the same way, a socket that a former owner
//! watched and that is still open stays in the set. Its events are taken as what they are, news of that socket.

use core::num::NonZeroU32;
use std::os::fd::{AsFd, BorrowedFd};

use crate::abi::types::*;
use crate::memory::{Zeroed, zeroed_struct};
use crate::sys::{self, Event, Interest, Permanent};
use crate::tables::tables;

/// The token of the counter; no object has it, because no object has index `u32::MAX`.
const WAKE_TOKEN: u64 = u64::MAX;

zeroed_struct! {
    /// One slot.
    pub(crate) struct Park {
        set: Permanent,
        counter: Permanent,
    }
}

/// A park that a port owns.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct ParkIndex(NonZeroU32);

// SAFETY: zero is `None`, by the guarantee for transparent wrappers of `NonZeroU32`.
#[allow(unsafe_code)]
unsafe impl Zeroed for Option<ParkIndex> {}

impl ParkIndex {
    /// Takes a park and makes its descriptors if it has none yet.
    pub(crate) fn take() -> Result<ParkIndex, zx_status_t> {
        let index = tables().parks.take().and_then(NonZeroU32::new).ok_or(ZX_ERR_NO_RESOURCES)?;
        let park = ParkIndex(index);
        if park.park().prepare().is_none() {
            park.give();
            return Err(ZX_ERR_NO_RESOURCES);
        }
        Ok(park)
    }

    /// Gives the park back.
    pub(crate) fn give(self) {
        tables().parks.give(self.0.get());
    }

    fn park(self) -> &'static Park {
        tables().parks.get(self.0.get())
    }

    /// Wakes a thread that sleeps here.
    pub(crate) fn wake(self) {
        if let Some(counter) = self.park().counter.get() {
            sys::signal_eventfd(counter);
        }
    }

    /// The counter, for threads that wait on it in another way. It must be drained by [`ParkIndex::drain`].
    pub(crate) fn counter(self) -> Option<BorrowedFd<'static>> {
        self.park().counter.get()
    }

    /// Makes wakes before this call ineffective.
    pub(crate) fn drain(self) {
        if let Some(counter) = self.park().counter.get() {
            sys::drain_eventfd(counter);
        }
    }

    /// Watches a descriptor. `false` if the system has no room for that.
    pub(crate) fn watch(self, descriptor: BorrowedFd<'_>, interest: Interest, token: u64) -> bool {
        let Some(set) = self.park().set.get() else { return false };
        sys::epoll_watch(set, descriptor, interest, token)
    }

    /// Changes what a watched descriptor is watched for.
    pub(crate) fn change(self, descriptor: BorrowedFd<'_>, interest: Interest, token: u64) {
        if let Some(set) = self.park().set.get() {
            sys::epoll_change(set, descriptor, interest, token);
        }
    }

    /// Waits for events until the deadline. Returns those of descriptors, and whether a wake was among them.
    pub(crate) fn sleep(self, events: &mut [Event], deadline: zx_time_t) -> (usize, bool) {
        let Some(set) = self.park().set.get() else { return (0, false) };
        let count = sys::wait_events(set, events, deadline);
        let woken = events[..count].iter().any(|event| event.token() == WAKE_TOKEN);
        if woken {
            self.drain();
        }
        (count, woken)
    }
}

impl Park {
    /// Makes the descriptors. The caller has just taken the slot, so no one else does the same.
    fn prepare(&self) -> Option<()> {
        if self.set.get().is_some() {
            return Some(());
        }
        let (set, counter) = (sys::epoll()?, sys::eventfd()?);
        if !sys::epoll_watch(set.as_fd(), counter.as_fd(), Interest::Incoming, WAKE_TOKEN) {
            return None;
        }
        self.counter.put(counter);
        self.set.put(set);
        Some(())
    }
}
