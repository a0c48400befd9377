//! Bells on a connected socket whose ends may be held by several processes each.
//!
//! A bell is a packet of one byte. It makes an edge in each epoll set that watches the socket, if the socket is not empty by
//! the time that the set is looked at. So bells are taken out only when they are many, and never the last.
//!
//! How many were sent and taken stands in two words of shared memory. Who lies about them loses bells of its own.

use std::os::fd::BorrowedFd;

use crate::sync::{AtomicU32, Ordering};
use crate::sys;

/// Bells that may lie in a socket.
const LEFT: u32 = 64;

/// The most bells that are taken in one go.
const AT_ONCE: u32 = 1024;

/// Rings at the other end of the socket, and counts that.
pub(crate) fn ring(socket: BorrowedFd<'_>, sent: &AtomicU32) {
    // The holders of an end whose socket is full have bells enough; if nobody is there, nobody is to be told.
    if sys::send_packet(socket, &[1], &[]).is_ok() {
        // Release: the bell is in the socket.
        sent.fetch_add(1, Ordering::Release);
    }
}

/// Takes bells out of the socket once they are many.
pub(crate) fn take(socket: BorrowedFd<'_>, sent: &AtomicU32, taken: &AtomicU32) {
    let outstanding = sent.load(Ordering::Acquire).wrapping_sub(taken.load(Ordering::Relaxed));
    if outstanding > LEFT {
        let dropped = sys::drop_packets(socket, (outstanding - 1).min(AT_ONCE) as usize);
        taken.fetch_add(dropped as u32, Ordering::Relaxed);
    }
}
