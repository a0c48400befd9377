//! What wakes of domains write to: a table of pools.
#![allow(unsafe_code)]

use core::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{AcqRel, Acquire, Release},
};
use core::task::{RawWaker, RawWakerVTable, Waker};
use core::{fmt, ptr};

use crate::kernel::{self, Status};
use crate::task::Schedule;

/// How many pools a process can have at one time.
pub const POOLS: usize = 16;

/// The lower bits of a waker's word are the domain, the others the pool.
const DOMAIN_BITS: u32 = 8;

struct Row {
    claimed: AtomicBool,
    /// The pool's port; 0 while there is none.
    port: AtomicU32,
    schedule: Schedule,
}

static TABLE: [Row; POOLS] =
    [const { Row { claimed: AtomicBool::new(false), port: AtomicU32::new(0), schedule: Schedule::new() } };
        POOLS];

/// A pool's place in the table, until this is dropped.
///
/// A waker that comes too late notifies a domain of the place's next owner, which is run, and has nothing to do.
pub(super) struct Seat {
    index: usize,
}

impl Seat {
    /// Claims a place for a pool whose threads wait on the port with this handle.
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if all are in use.
    pub(super) fn claim(port: u32) -> Result<Self, Status> {
        let index = TABLE.iter().position(|row| !row.claimed.swap(true, AcqRel));
        let seat = Self { index: index.ok_or(Status::NO_RESOURCES)? };
        seat.row().port.store(port, Release);
        Ok(seat)
    }

    pub(super) fn schedule(&self) -> &'static Schedule {
        &self.row().schedule
    }

    /// Wakes a thread that sleeps, if one does.
    pub(super) fn call(&self) {
        self.row().call();
    }

    /// A waker that has a domain run. It owns nothing.
    pub(super) fn waker(&self, domain: usize) -> Waker {
        let word = ptr::without_provenance(self.index << DOMAIN_BITS | domain);
        // SAFETY: the table's functions treat the data word as a number. They may be called from any thread at any time:
        // `clone` copies the number, `drop` does nothing, and `wake` touches a static and makes at most one call.
        unsafe { Waker::from_raw(RawWaker::new(word, &VTABLE)) }
    }

    fn row(&self) -> &'static Row {
        &TABLE[self.index]
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let row = self.row();
        row.port.store(0, Release);
        while let Some(domain) = row.schedule.take() {
            row.schedule.end(domain, false);
        }
        // The packets that were to wake somebody go with the port: a next owner that counted on them would sleep on.
        row.schedule.uncall(usize::MAX);
        row.claimed.store(false, Release);
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seat({})", self.index)
    }
}

impl Row {
    fn call(&self) {
        if self.schedule.call() && kernel::ring(self.port.load(Acquire)).is_err() {
            self.schedule.uncall(1);
        }
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(|word| RawWaker::new(word, &VTABLE), wake, wake, |_| ());

fn wake(word: *const ()) {
    let word = word.addr();
    let Some(row) = TABLE.get(word >> DOMAIN_BITS) else { return };
    if row.schedule.notify(word & ((1 << DOMAIN_BITS) - 1)) {
        row.call();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread may leave the packet that was to wake it in the port, woken by another. The next owner's threads slept on
    /// because of it, with domains in the ring.
    #[test]
    fn packets_on_their_way_are_forgotten_with_their_port() {
        let called = |seat: &Seat| {
            seat.schedule().sleep();
            let called = seat.schedule().call();
            seat.schedule().wake_up(0);
            called
        };
        let first = Seat::claim(0).unwrap();
        let index = first.index;
        assert!(called(&first) && !called(&first));
        drop(first);
        let next = Seat::claim(0).unwrap();
        assert_eq!(next.index, index);
        assert!(called(&next));
    }
}
