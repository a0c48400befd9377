//! Sleeping on words of memory.

use core::ptr;

use super::time::timespec;
use crate::sync::{AtomicU32, Ordering};

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

/// Wakes all threads, of whatever process, that sleep on the word.
pub(crate) fn futex_wake_shared(word: &AtomicU32) {
    // SAFETY: waking reads only the address of the word.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX);
    }
}

/// One of the words to sleep on together, as the system takes it. The address is a number and no borrow: the system
/// looks up what is there when the sleep begins, and refuses if nothing is.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct FutexEntry {
    value: u64,
    address: u64,
    flags: u32,
    reserved: u32,
}

const SIZE_32_BITS: u32 = 2;

/// The most words that one thread can sleep on.
pub(crate) const FUTEX_ENTRIES: usize = 128;

impl FutexEntry {
    /// Nothing, for arrays to be filled.
    pub(crate) const NONE: FutexEntry = FutexEntry { value: 0, address: 0, flags: 0, reserved: 0 };

    /// A word that ends the sleep when it is woken, or has another value when the sleep begins.
    pub(crate) fn new(word: &AtomicU32, value: u32) -> FutexEntry {
        let address = word.as_ptr().addr() as u64;
        FutexEntry { value: u64::from(value), address, flags: SIZE_32_BITS, reserved: 0 }
    }
}

/// Set once the call turned out to be missing (before Linux 5.16, or filtered).
static MISSING: AtomicU32 = AtomicU32::new(0);

/// Sleeps on all the words until one is woken, or the deadline on the monotonic clock. May return early. `false` if the
/// system cannot do that.
pub(crate) fn futex_wait_many(entries: &[FutexEntry], deadline: i64) -> bool {
    // Relaxed: the flag guards no other memory.
    if MISSING.load(Ordering::Relaxed) != 0 {
        return false;
    }
    let time = timespec(deadline);
    let (place, count) = (entries.as_ptr(), entries.len());
    // SAFETY: entries have the layout of futex_waitv and are live, and so is the time.
    let result = unsafe {
        libc::syscall(libc::SYS_futex_waitv, place, count, 0u32, &raw const time, libc::CLOCK_MONOTONIC)
    };
    let missing = result < 0 && matches!(super::errno(), libc::ENOSYS | libc::EPERM | libc::EINVAL);
    if missing {
        MISSING.store(1, Ordering::Relaxed);
    }
    !missing
}
