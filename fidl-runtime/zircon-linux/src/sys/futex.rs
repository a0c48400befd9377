//! Sleeping on words of memory.

use core::ptr;

use super::time::timespec;
use crate::sync::AtomicU32;

/// Sleeps while the word has this value, but not after the deadline on the monotonic clock. May return early.
pub(crate) fn futex_wait_until(word: &AtomicU32, value: u32, deadline: i64) {
    let time = timespec(deadline);
    let time = if deadline == i64::MAX { ptr::null() } else { ptr::from_ref(&time) };
    let operation = libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG;
    let (no_word, any) = (ptr::null::<u32>(), libc::FUTEX_BITSET_MATCH_ANY);
    // SAFETY: the word is a live, aligned 32-bit atomic; the time is live, or null for none.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), operation, value, time, no_word, any);
    }
}

/// Wakes one thread that sleeps on the word.
pub(crate) fn futex_wake_one(word: &AtomicU32) {
    let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: waking reads only the address of the word.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), operation, 1);
    }
}
