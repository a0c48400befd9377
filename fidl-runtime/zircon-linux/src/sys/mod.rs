//! The calls of Linux that the crate makes, each behind a safe function that keeps the call's rules.
//!
//! Nothing here knows Zircon, but for the status that stands for an error number.

#![allow(unsafe_code)]

mod barrier;
mod descriptor;
mod environment;
mod file_lock;
mod futex;
mod memory;
mod packet;
mod prefault;
mod shared;
mod shelf;
mod socket;
mod time;

pub(crate) use barrier::{barrier_in_all_threads, barrier_in_compiler};
pub(crate) use descriptor::{
    Event, Interest, Permanent, Ready, drain_eventfd, epoll, epoll_change, epoll_forget, epoll_watch,
    eventfd, poll_now, set_timerfd, signal_eventfd, timerfd, wait_events,
};
pub(crate) use environment::{complain, environment};
pub(crate) use file_lock::{open_again, try_lock, unlock};
pub(crate) use futex::{futex_wait_until, futex_wake_one};
pub(crate) use memory::{
    Access, clear, commit, committed, copy, duplicate, map, memory_file, page_bytes, read_at, resize, unmap,
    write_at,
};
pub(crate) use packet::{Descriptors, MOST_DESCRIPTORS, drop_packets, receive_packet, send_packet};
pub(crate) use prefault::{keep, populate, visit_program};
pub(crate) use shared::{
    Mapping, create_shared, full_fence, is_sealed_against_writing, is_shared, memory_state,
    seal_against_writing, store_and_fence,
};
pub(crate) use shelf::Kept;
pub(crate) use socket::{
    Address, accept, bind_private, chmod_private, connect, credentials, identity, is_channel_socket,
    is_datagram_socket, is_socket, listen, set_send_buffer, shut_down, socket, socket_pair, socket_to_itself,
    unlink,
};
pub(crate) use time::{boot, fill_random, monotonic, random_number, sleep_until, yield_now};

use core::ptr::{self, NonNull};
use std::io;

use crate::sync::{AtomicU32, Ordering};

/// The error number of the call that just failed on this thread.
pub(crate) fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// What a call returned, as a result with the error number.
fn checked(returned: i32) -> Result<(), i32> {
    if returned < 0 { Err(errno()) } else { Ok(()) }
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

/// A word that is 1 in this process, and 0 in a process that was forked from it, which gets the page wiped. `None` if the
/// system cannot do that.
pub(crate) fn word_wiped_by_fork() -> Option<&'static AtomicU32> {
    if cfg!(miri) {
        return None;
    }
    let page = map_zeroed(size_of::<u32>())?;
    // SAFETY: the advice is about the page that was just mapped.
    let wiped = unsafe { libc::madvise(page.as_ptr().cast(), size_of::<u32>(), libc::MADV_WIPEONFORK) } == 0;
    // SAFETY: the page is aligned, mapped for ever, and reached by this word alone.
    let word: &'static AtomicU32 = unsafe { AtomicU32::from_ptr(page.as_ptr().cast()) };
    word.store(1, Ordering::Relaxed);
    wiped.then_some(word)
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
