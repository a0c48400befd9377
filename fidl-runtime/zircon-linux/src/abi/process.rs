//! A call on the process as a whole.

use super::status;
use super::types::*;
use crate::prefault;

/// Gives the program's code and statics, and the beginnings of the tables of this crate, their pages, so that using them
/// makes no page fault; and from here on the rings of each new channel between processes, which then take memory whether
/// they are used or not. With [`ZX_LINUX_PREFAULT_LOCK`], what is there now is kept in memory.
///
/// `ZX_ERR_NOT_SUPPORTED` if the system has no means to do that (before Linux 5.14), `ZX_ERR_NO_RESOURCES` if the process
/// may not keep so much; all else is done then. `ZX_ERR_INVALID_ARGS` for other options.
#[unsafe(no_mangle)]
pub extern "C" fn zx_linux_process_prefault(options: u32) -> zx_status_t {
    match options {
        0 | ZX_LINUX_PREFAULT_LOCK => status(prefault::prefault(options == ZX_LINUX_PREFAULT_LOCK)),
        _ => ZX_ERR_INVALID_ARGS,
    }
}
