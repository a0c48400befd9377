//! The calls of Linux that the crate makes, each behind a safe function that keeps the call's rules.
//!
//! Nothing here knows Zircon, but for the status that stands for an error number.

#![allow(unsafe_code)]

mod barrier;
mod descriptor;
mod environment;
mod memory;
mod socket;
mod time;

pub(crate) use barrier::{barrier_in_all_threads, barrier_in_compiler};
pub(crate) use descriptor::{
    Event, Interest, Permanent, PollEntry, Ready, drain_eventfd, epoll, epoll_change, epoll_watch, eventfd,
    poll_now, poll_until, set_timerfd, signal_eventfd, timerfd, wait_events,
};
pub(crate) use environment::{complain, environment};
pub(crate) use memory::{
    Access, clear, commit, committed, copy, duplicate, map, memory_file, page_bytes, read_at, resize, unmap,
    write_at,
};
pub(crate) use socket::{
    Address, HEADER_BYTES, Received, accept, bind_private, chmod_private, connect, identity, is_socket,
    listen, receive, send, set_send_buffer, shut_down, socket, unlink,
};
pub(crate) use time::{boot, fill_random, monotonic, random_number, sleep_until};

use core::ptr::{self, NonNull};
use std::io;

use crate::sync::AtomicU32;

/// The error number of the call that just failed on this thread.
pub(crate) fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// Reserves zeroed memory that is never given back.
pub(crate) fn map_zeroed(bytes: usize) -> Option<NonNull<u8>> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // Miri knows no MAP_NORESERVE; everywhere else it keeps untouched pages out of the system's account.
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | if cfg!(miri) { 0 } else { libc::MAP_NORESERVE };
    // SAFETY: an anonymous mapping at an address of the system's choice touches no existing memory.
    let address = unsafe { libc::mmap(ptr::null_mut(), bytes, protection, flags, -1, 0) };
    if address == libc::MAP_FAILED { None } else { NonNull::new(address.cast()) }
}

/// Asks for large pages in a part of what [`map_zeroed`] gave. It is a wish: without them all works, and is slower.
pub(crate) fn prefer_large_pages(start: NonNull<u8>, bytes: usize) {
    if cfg!(miri) {
        return;
    }
    let beginning = start.as_ptr().map_addr(|address| address.next_multiple_of(page_bytes() as usize));
    // SAFETY: the advice changes no content, and the range is within a mapping of this process that stays for ever.
    unsafe {
        libc::madvise(beginning.cast(), bytes.saturating_sub(page_bytes() as usize), libc::MADV_HUGEPAGE);
    }
}

/// Sleeps while the word has this value, but not after the deadline on the monotonic clock. May return early.
pub(crate) fn futex_wait_until(word: &AtomicU32, value: u32, deadline: i64) {
    let time = time::timespec(deadline);
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
