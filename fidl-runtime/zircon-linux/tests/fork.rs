//! What a child process finds that was forked and has not called exec.

#![cfg(not(miri))]
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "the list has its reason")]

mod common;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

/// Forks. The child runs `work`, which says by a number what went wrong first, 0 if nothing, and is gone. It may not use
/// the heap, whose lock another thread of the parent may have held.
fn in_a_child(work: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child calls nothing but the crate's calls, which use no heap, and `_exit`.
    match unsafe { libc::fork() } {
        // SAFETY: ends the child at once.
        0 => unsafe { libc::_exit(work()) },
        child => {
            let mut status = 0;
            // SAFETY: the place is live.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            assert!(libc::WIFEXITED(status), "the child was killed: {status}");
            libc::WEXITSTATUS(status)
        }
    }
}

/// The number of the first line that does not hold.
fn first_wrong(lines: &[bool]) -> i32 {
    lines.iter().position(|held| !held).map_or(0, |line| line as i32 + 1)
}

#[test]
fn the_parents_handles_are_none_in_the_child() {
    let (near, far) = channel();
    let (linked, other) = socket_channel();
    let (event, queue) = (event(), port());
    write(near, b"the parent's", &[]).unwrap();
    wait_async(event, queue, 1, ZX_EVENT_SIGNALED, 0).unwrap();
    let wrong = in_a_child(|| {
        let mut place = [0; 16];
        let nowhere = std::ptr::null_mut();
        let bytes = place.as_mut_ptr();
        let (mut own0, mut own1) = (0, 0);
        first_wrong(&[
            // SAFETY, for all: the places are live or null.
            unsafe { zx_channel_read(far, 0, bytes, nowhere, 16, 0, nowhere, nowhere) } == ZX_ERR_BAD_HANDLE,
            unsafe { zx_channel_write(near, 0, bytes, 1, std::ptr::null(), 0) } == ZX_ERR_BAD_HANDLE,
            unsafe { zx_channel_write(linked, 0, bytes, 1, std::ptr::null(), 0) } == ZX_ERR_BAD_HANDLE,
            zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_ERR_BAD_HANDLE,
            zx_handle_close(queue) == ZX_ERR_BAD_HANDLE,
            unsafe { zx_port_wait(queue, 0, &mut zx_port_packet_t::default()) } == ZX_ERR_BAD_HANDLE,
            // It can make its own.
            unsafe { zx_channel_create(0, &mut own0, &mut own1) } == ZX_OK,
            unsafe { zx_channel_write(own0, 0, bytes, 5, std::ptr::null(), 0) } == ZX_OK,
            unsafe { zx_object_wait_one(own1, ZX_CHANNEL_READABLE, 0, nowhere) } == ZX_OK,
            unsafe { zx_channel_read(own1, 0, bytes, nowhere, 16, 0, nowhere, nowhere) } == ZX_OK,
            zx_handle_close(own0) == ZX_OK,
            unsafe { zx_object_wait_one(own1, ZX_CHANNEL_PEER_CLOSED, i64::MAX, nowhere) } == ZX_OK,
        ])
    });
    assert_eq!(wrong, 0);
    // Nothing of that reached the parent.
    assert_eq!(read(far).unwrap().0, b"the parent's");
    signal(event, 0, ZX_EVENT_SIGNALED).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().key, 1);
    write(linked, b"still there", &[]).unwrap();
    assert_eq!(wait_one(other, ZX_CHANNEL_READABLE, soon()).0, ZX_OK);
    assert_eq!(read(other).unwrap().0, b"still there");
    close_many(&[near, far, linked, other, event, queue]).unwrap();
}
