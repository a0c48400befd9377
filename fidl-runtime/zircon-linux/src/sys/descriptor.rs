//! Waiting on descriptors: epoll, poll, eventfd, timerfd.

use core::ptr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

use super::time::{monotonic, timespec};
use crate::memory::Zeroed;
use crate::sync::{AtomicU32, Ordering};

/// What a descriptor is ready for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Ready {
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    /// The other side is gone, or will send no more.
    pub(crate) closed: bool,
}

/// What to be told about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Each change towards readable or closed.
    Incoming,
    /// The same, and each change towards writable.
    Everything,
}

/// One event from epoll.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Event(libc::epoll_event);

impl Event {
    /// No event, for arrays to be filled.
    pub(crate) const NONE: Event = Event(libc::epoll_event { events: 0, u64: 0 });

    /// The number that the descriptor was registered with.
    pub(crate) fn token(&self) -> u64 {
        self.0.u64
    }

    /// What the descriptor was ready for when the system looked.
    pub(crate) fn ready(&self) -> Ready {
        let events = self.0.events as i32;
        Ready {
            readable: events & libc::EPOLLIN != 0,
            writable: events & libc::EPOLLOUT != 0,
            closed: events & (libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR) != 0,
        }
    }
}

/// Takes ownership of a descriptor that a call just returned.
pub(super) fn owned(descriptor: RawFd) -> Option<OwnedFd> {
    // SAFETY: a descriptor that a creating call just returned is open and belongs to no one else.
    (descriptor >= 0).then(|| unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// A new epoll set.
pub(crate) fn epoll() -> Option<OwnedFd> {
    // SAFETY: the call takes no pointers.
    owned(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
}

/// Adds a descriptor to an epoll set. One that is there already stays as it is.
pub(crate) fn epoll_watch(
    set: BorrowedFd<'_>,
    watched: BorrowedFd<'_>,
    interest: Interest,
    token: u64,
) -> bool {
    epoll_control(libc::EPOLL_CTL_ADD, set, watched, interest, token) || super::errno() == libc::EEXIST
}

/// Changes what a descriptor in an epoll set is watched for. What it is ready for already is reported too.
pub(crate) fn epoll_change(set: BorrowedFd<'_>, watched: BorrowedFd<'_>, interest: Interest, token: u64) {
    // It can fail only for a descriptor that is not in the set.
    epoll_control(libc::EPOLL_CTL_MOD, set, watched, interest, token);
}

/// Takes a descriptor out of an epoll set. One that is not there is left alone.
pub(crate) fn epoll_forget(set: BorrowedFd<'_>, watched: BorrowedFd<'_>) {
    epoll_control(libc::EPOLL_CTL_DEL, set, watched, Interest::Incoming, 0);
}

fn epoll_control(
    operation: i32,
    set: BorrowedFd<'_>,
    watched: BorrowedFd<'_>,
    interest: Interest,
    token: u64,
) -> bool {
    let writable = if interest == Interest::Everything { libc::EPOLLOUT } else { 0 };
    let events = libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLET | writable;
    let mut event = libc::epoll_event { events: events as u32, u64: token };
    // SAFETY: both descriptors are open while borrowed, and `event` is live for the call to read.
    unsafe { libc::epoll_ctl(set.as_raw_fd(), operation, watched.as_raw_fd(), &mut event) == 0 }
}

/// Waits until the deadline for events; one in the past means not to wait. Returns how many came.
pub(crate) fn wait_events(set: BorrowedFd<'_>, events: &mut [Event], deadline: i64) -> usize {
    let count = match remaining(deadline) {
        None => wait_for_millis(set, events, -1),
        Some(0) => wait_for_millis(set, events, 0),
        Some(nanos) => wait_for_nanos(set, events, nanos),
    };
    // Interrupted by a signal counts as nothing having come: the caller looks at the clock again.
    usize::try_from(count).unwrap_or(0)
}

/// The time to a deadline; `None` is for ever.
fn remaining(deadline: i64) -> Option<i64> {
    match deadline {
        i64::MAX => None,
        ..=0 => Some(0),
        _ => Some(deadline.saturating_sub(monotonic()).max(0)),
    }
}

fn wait_for_millis(set: BorrowedFd<'_>, events: &mut [Event], millis: i32) -> i64 {
    let (place, room) = (events.as_mut_ptr().cast(), events.len() as i32);
    // SAFETY: `Event` has the layout of `epoll_event`, and `room` of them are writable at `place`.
    i64::from(unsafe { libc::epoll_wait(set.as_raw_fd(), place, room, millis) })
}

/// Set once `epoll_pwait2` turned out to be missing (before Linux 5.11, and under Miri).
static NO_NANOS: AtomicU32 = AtomicU32::new(if cfg!(miri) { 1 } else { 0 });

fn wait_for_nanos(set: BorrowedFd<'_>, events: &mut [Event], nanos: i64) -> i64 {
    // Relaxed: the flag guards no other memory.
    if NO_NANOS.load(Ordering::Relaxed) == 0 {
        let (time, no_mask) = (timespec(nanos), ptr::null::<libc::sigset_t>());
        let (set, place, room) = (set.as_raw_fd(), events.as_mut_ptr(), events.len());
        // SAFETY: `Event` has the layout of `epoll_event` and `room` of them are writable at `place`; `time` is live;
        // the null mask, of no size, leaves the signal mask alone.
        let count =
            unsafe { libc::syscall(libc::SYS_epoll_pwait2, set, place, room, &time, no_mask, 0usize) };
        if count >= 0 || super::errno() != libc::ENOSYS {
            return count;
        }
        NO_NANOS.store(1, Ordering::Relaxed);
    }
    // Rounded up: better late than a busy loop at the end.
    wait_for_millis(set, events, i32::try_from(nanos / 1_000_000 + 1).unwrap_or(i32::MAX))
}

/// What the descriptor is ready for now.
pub(crate) fn poll_now(descriptor: BorrowedFd<'_>) -> Ready {
    let events = libc::POLLIN | libc::POLLOUT | libc::POLLRDHUP;
    let mut entry = libc::pollfd { fd: descriptor.as_raw_fd(), events, revents: 0 };
    // SAFETY: `entry` is one live pollfd.
    unsafe {
        libc::poll(&mut entry, 1, 0);
    }
    Ready {
        readable: entry.revents & libc::POLLIN != 0,
        writable: entry.revents & libc::POLLOUT != 0,
        closed: entry.revents & (libc::POLLRDHUP | libc::POLLHUP | libc::POLLERR) != 0,
    }
}

/// A new counter to wake sleepers with.
pub(crate) fn eventfd() -> Option<OwnedFd> {
    // SAFETY: the call takes no pointers.
    owned(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })
}

/// Makes an eventfd readable.
pub(crate) fn signal_eventfd(descriptor: BorrowedFd<'_>) {
    let one = 1u64;
    // SAFETY: eight bytes are readable at `one`. A full counter refuses, and is readable all the same.
    unsafe {
        libc::write(descriptor.as_raw_fd(), ptr::from_ref(&one).cast(), 8);
    }
}

/// Makes an eventfd unreadable.
pub(crate) fn drain_eventfd(descriptor: BorrowedFd<'_>) {
    let mut count = 0u64;
    // SAFETY: eight bytes are writable at `count`.
    unsafe {
        libc::read(descriptor.as_raw_fd(), ptr::from_mut(&mut count).cast(), 8);
    }
}

/// A new timer on the monotonic clock, or on the one that goes on during suspend.
pub(crate) fn timerfd(boot: bool) -> Option<OwnedFd> {
    let clock = if boot { libc::CLOCK_BOOTTIME } else { libc::CLOCK_MONOTONIC };
    // SAFETY: the call takes no pointers.
    owned(unsafe { libc::timerfd_create(clock, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK) })
}

/// Arms a timer for an absolute time, or disarms it.
pub(crate) fn set_timerfd(descriptor: BorrowedFd<'_>, deadline: Option<i64>) {
    // A time of zero would disarm; the earliest time that arms is one nanosecond.
    let value = deadline.map_or(timespec(0), |deadline| timespec(deadline.max(1)));
    let setting = libc::itimerspec { it_interval: timespec(0), it_value: value };
    // SAFETY: `setting` is live for the call to read, and the former setting is not asked for.
    unsafe {
        libc::timerfd_settime(descriptor.as_raw_fd(), libc::TFD_TIMER_ABSTIME, &setting, ptr::null_mut());
    }
}

/// A place for a descriptor that, once put there, stays open for ever. Zero means none, so that tables may hold it.
pub(crate) struct Permanent(AtomicU32);

// SAFETY: zero is an integer.
unsafe impl Zeroed for Permanent {}

impl Permanent {
    /// The descriptor, if there is one.
    pub(crate) fn get(&self) -> Option<BorrowedFd<'static>> {
        // Acquire: what was done to the descriptor before it was put here is done.
        let number = self.0.load(Ordering::Acquire).checked_sub(1)?;
        // SAFETY: only `put` stores here, and it gives up ownership, so the descriptor is never closed.
        Some(unsafe { BorrowedFd::borrow_raw(number as RawFd) })
    }

    /// Puts a descriptor here. The caller knows that none is here and no one else puts one.
    pub(crate) fn put(&self, descriptor: OwnedFd) {
        self.0.store(descriptor.into_raw_fd() as u32 + 1, Ordering::Release);
    }
}
