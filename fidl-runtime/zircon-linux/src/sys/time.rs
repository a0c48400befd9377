//! Clocks, the processor's time, and randomness.

use core::mem::MaybeUninit;
use core::ptr;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// Nanoseconds of the clock that stops while the machine is suspended.
#[inline]
pub(crate) fn monotonic() -> i64 {
    now(libc::CLOCK_MONOTONIC)
}

/// Nanoseconds of the clock that goes on while the machine is suspended.
pub(crate) fn boot() -> i64 {
    // Miri has no such clock, and is never suspended.
    now(if cfg!(miri) { libc::CLOCK_MONOTONIC } else { libc::CLOCK_BOOTTIME })
}

fn now(clock: libc::clockid_t) -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a live timespec for the call to fill. The two clocks exist on every Linux, so it cannot fail.
    unsafe {
        libc::clock_gettime(clock, &mut time);
    }
    time.tv_sec * NANOS_PER_SECOND + time.tv_nsec
}

/// The same time as the system writes it. Negative times are the beginning of the clock.
pub(super) fn timespec(nanos: i64) -> libc::timespec {
    let nanos = nanos.max(0);
    libc::timespec { tv_sec: nanos / NANOS_PER_SECOND, tv_nsec: nanos % NANOS_PER_SECOND }
}

/// Sleeps until the monotonic clock has reached the deadline.
pub(crate) fn sleep_until(deadline: i64) {
    let time = timespec(deadline);
    while monotonic() < deadline {
        // SAFETY: `time` is a live timespec; no remaining time is asked for, since the time is absolute.
        unsafe {
            libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &time, ptr::null_mut());
        }
    }
}

/// Lets other threads have this processor, if any want it.
pub(crate) fn yield_now() {
    // SAFETY: the call takes no pointers. It cannot fail.
    unsafe {
        libc::sched_yield();
    }
}

/// Fills the bytes from the system's generator.
pub(crate) fn fill_random(bytes: &mut [MaybeUninit<u8>]) {
    let mut filled = 0;
    while filled < bytes.len() {
        let rest = &mut bytes[filled..];
        // SAFETY: `rest` is writable for its length.
        let drawn = unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) };
        // Only a signal can interrupt the call; then it is made again.
        filled += usize::try_from(drawn).unwrap_or(0);
    }
}

/// A number from the system's generator.
pub(crate) fn random_number() -> u32 {
    let mut number = MaybeUninit::<u32>::uninit();
    let place = number.as_mut_ptr().cast::<MaybeUninit<u8>>();
    // SAFETY: the number's four bytes are writable and used through this slice alone while it lives.
    fill_random(unsafe { core::slice::from_raw_parts_mut(place, size_of::<u32>()) });
    // SAFETY: all bytes were filled, and any bytes are an integer.
    unsafe { number.assume_init() }
}
