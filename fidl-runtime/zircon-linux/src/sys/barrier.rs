//! A memory barrier in two halves: one that costs nothing, and one that pays for both.
//!
//! Between a thread's [`barrier_in_compiler`] and another's [`barrier_in_all_threads`] the accesses of both are ordered as
//! if each were a sequentially consistent fence. Miri knows no barrier in other threads; there each half is that fence.

use crate::sync::{Ordering, fence};

/// The half that costs nothing.
#[inline]
pub(crate) fn barrier_in_compiler() {
    if cfg!(miri) {
        fence(Ordering::SeqCst);
    } else {
        core::sync::atomic::compiler_fence(Ordering::SeqCst);
    }
}

/// From the header of the system: the barrier itself, and the announcement that the process will use it.
const PRIVATE_EXPEDITED: i32 = 1 << 3;
const REGISTER_PRIVATE_EXPEDITED: i32 = 1 << 4;

/// The half that pays. `false` if the system refuses.
pub(crate) fn barrier_in_all_threads() -> bool {
    fence(Ordering::SeqCst);
    cfg!(miri) || membarrier(PRIVATE_EXPEDITED) || {
        membarrier(REGISTER_PRIVATE_EXPEDITED) && membarrier(PRIVATE_EXPEDITED)
    }
}

fn membarrier(command: i32) -> bool {
    // SAFETY: the call takes no pointers.
    unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
}
