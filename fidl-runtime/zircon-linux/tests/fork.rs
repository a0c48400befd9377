//! A process that was forked and runs on without a new program.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use common::*;
use zircon_linux::abi::types::*;

/// Runs in a forked process, and returns the statuses that it saw.
fn in_a_fork<const N: usize>(calls: impl FnOnce() -> [i32; N]) -> [i32; N] {
    let mut ends = [0; 2];
    // SAFETY: there is room for two descriptors.
    assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
    let [reader, writer] = ends;
    let mut statuses = [i32::MAX; N];
    let size = size_of_val(&statuses);
    // SAFETY: the child makes the calls, writes to the pipe, and ends without returning.
    let child = unsafe { libc::fork() };
    if child == 0 {
        statuses = calls();
        // SAFETY: the list is live.
        unsafe { libc::write(writer, statuses.as_ptr().cast(), size) };
        // SAFETY: the call takes no pointers.
        unsafe { libc::_exit(0) };
    }
    // SAFETY: the place is live.
    let read = unsafe { libc::read(reader, statuses.as_mut_ptr().cast(), size) };
    assert_eq!(read, size as isize);
    // SAFETY: the child is ours, and its status is not wanted.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    statuses
}

#[test]
fn a_forked_child_is_told() {
    let (near, far) = channel();
    let (client, server) = socket_channel();
    let (event, queue) = (event(), port());
    let status = |result: Result<()>| result.err().unwrap_or(ZX_OK);
    let statuses = in_a_fork(|| {
        let mut out = 0;
        [
            status(write(near, b"from the child", &[])),
            status(write(client, b"from the child", &[])),
            status(read(server).map(drop)),
            status(signal(event, 0, ZX_USER_SIGNAL_0)),
            status(wait_async(far, queue, 1, ZX_CHANNEL_READABLE, 0)),
            status(port_wait(queue, PAST).map(drop)),
            wait_one(event, ZX_USER_SIGNAL_0, PAST).0,
            status(close(client)),
            // SAFETY: the place is live.
            unsafe { zircon_linux::abi::zx_event_create(0, &mut out) },
            zircon_linux::connect(&fresh_path()).err().unwrap_or(ZX_OK),
        ]
    });
    assert_eq!(statuses, [ZX_ERR_BAD_STATE; 10]);
    // The parent goes on.
    write(client, b"from the parent", &[]).unwrap();
    assert_eq!(read(server).unwrap().0, b"from the parent");
    assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT));
    close_many(&[near, far, client, server, event, queue]).unwrap();
}
