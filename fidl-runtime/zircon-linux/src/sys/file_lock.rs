//! Locks on single bytes of a file, which end with the process that took them.

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use super::descriptor::owned;
use super::{checked, errno};

/// Room for the longest path, `/proc/self/fd/2147483647`, and a zero byte.
const PATH_BYTES: usize = 32;

/// Opens a file once more. Locks belong to an opening, so one that nobody else has is what locks need.
pub(crate) fn open_again(file: BorrowedFd<'_>) -> Result<OwnedFd, i32> {
    let path = path_of(file.as_raw_fd() as u32);
    // SAFETY: the path ends with a zero byte.
    owned(unsafe { libc::open(path.as_ptr().cast(), libc::O_RDWR | libc::O_CLOEXEC) }).ok_or_else(errno)
}

/// Where the system shows a descriptor of this process.
fn path_of(descriptor: u32) -> [u8; PATH_BYTES] {
    const FOLDER: &[u8] = b"/proc/self/fd/";
    let mut path = [0; PATH_BYTES];
    path[..FOLDER.len()].copy_from_slice(FOLDER);
    let digits = descriptor.checked_ilog10().unwrap_or(0) as usize + 1;
    let mut rest = descriptor;
    for place in path[FOLDER.len()..FOLDER.len() + digits].iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    path
}

/// Locks a byte, or unlocks it. Fails at once if another opening has it locked.
fn change(file: BorrowedFd<'_>, kind: libc::c_int, byte: u8) -> Result<(), i32> {
    // SAFETY: the structure is integers.
    let mut lock: libc::flock = unsafe { core::mem::zeroed() };
    lock.l_type = kind as _;
    lock.l_whence = libc::SEEK_SET as _;
    lock.l_start = libc::off_t::from(byte);
    lock.l_len = 1;
    // SAFETY: the structure is live.
    checked(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &lock) })
}

/// Locks a byte. `false` if another opening of the file has it locked.
pub(crate) fn try_lock(file: BorrowedFd<'_>, byte: u8) -> bool {
    change(file, libc::F_WRLCK, byte).is_ok()
}

/// Unlocks a byte.
pub(crate) fn unlock(file: BorrowedFd<'_>, byte: u8) {
    // What could fail is locking.
    let _ = change(file, libc::F_UNLCK, byte);
}

#[cfg(all(test, not(miri)))]
mod tests {
    use std::os::fd::AsFd;

    use super::*;
    use crate::sys::create_shared;

    #[test]
    fn paths() {
        for number in [0, 7, 10, 99, 2_147_483_647] {
            let path = path_of(number);
            let text = std::ffi::CStr::from_bytes_until_nul(&path).unwrap();
            assert_eq!(text.to_str().unwrap(), format!("/proc/self/fd/{number}"));
        }
    }

    #[test]
    fn one_opening_at_a_time() {
        let memory = create_shared(4096).unwrap();
        let (one, other) = (open_again(memory.as_fd()).unwrap(), open_again(memory.as_fd()).unwrap());
        assert!(try_lock(one.as_fd(), 0) && !try_lock(other.as_fd(), 0) && try_lock(other.as_fd(), 1));
        unlock(one.as_fd(), 0);
        assert!(try_lock(other.as_fd(), 0) && !try_lock(one.as_fd(), 1));
        drop(other);
        assert!(try_lock(one.as_fd(), 0) && try_lock(one.as_fd(), 1));
    }
}
