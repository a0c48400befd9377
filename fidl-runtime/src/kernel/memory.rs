//! Memory that has its pages before anything needs them.

use core::hint::black_box;

use fuchsia_zircon::Status;

/// How much stack [`prefault`] touches, in bytes.
const STACK: usize = 512 * 1024;

/// Touches everything that servers and clients will use: the program's code and statics (services, clients' storage,
/// arenas, lanes), what this crate's Linux kernel keeps, and half a megabyte of the calling thread's stack. Behind it they make no page
/// fault, not even with their first request. With `lock`, it also stays in memory.
///
/// Connections to other processes that are made behind it have their rings' pages from the start, which then take
/// memory whether they are used or not: a quarter of a megabyte each, unless their makers said otherwise.
///
/// ```
/// // Before anything is served; locking needs a privilege, or a limit that is high enough.
/// if fidl::kernel::prefault(true).is_err() {
///     fidl::kernel::prefault(false)?;
/// }
/// # Ok::<(), fidl::Error>(())
/// ```
///
/// # Errors
///
/// `NOT_SUPPORTED` where the system has no means to do that (Linux before 5.14, and so far Fuchsia), `NO_RESOURCES` if the process
/// may not keep so much in memory. As much as is possible is done all the same.
pub fn prefault(lock: bool) -> Result<(), Status> {
    touch_stack();
    prefault_process(lock)
}

#[cfg(target_os = "linux")]
fn prefault_process(lock: bool) -> Result<(), Status> {
    // SAFETY: a number only.
    Status::ok(unsafe { super::abi::zx_linux_process_prefault(u32::from(lock)) })
}

#[cfg(target_os = "fuchsia")]
fn prefault_process(_: bool) -> Result<(), Status> {
    Err(Status::NOT_SUPPORTED)
}

/// Has the stack grow.
#[inline(never)]
fn touch_stack() {
    black_box([0_u8; STACK]);
}
