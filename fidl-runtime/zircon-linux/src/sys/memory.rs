//! Memory behind a descriptor: files that live in memory alone, and their mappings.

use core::mem::MaybeUninit;
use core::ptr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use super::descriptor::owned;
use super::{checked, errno};

/// A size or an offset as the calls take it. The system has no larger files.
fn offset(bytes: u64) -> Result<libc::off_t, i32> {
    bytes.try_into().map_err(|_| libc::EFBIG)
}

/// The bytes of a page.
pub(crate) fn page_bytes() -> u64 {
    // SAFETY: the call takes no pointers.
    let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u64::try_from(bytes).unwrap_or(4096)
}

/// A new file of zeroes that lives in memory. Unless it is resizable its size is sealed for good.
pub(crate) fn memory_file(bytes: u64, resizable: bool) -> Result<OwnedFd, i32> {
    // SAFETY: the name is a live string that ends with a zero byte.
    let descriptor =
        unsafe { libc::memfd_create(c"zx_vmo".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) };
    let file = owned(descriptor).ok_or_else(errno)?;
    resize(file.as_fd(), bytes)?;
    if !resizable {
        let seals = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW;
        // SAFETY: the call takes no pointers.
        checked(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) })?;
    }
    Ok(file)
}

/// Another descriptor of the same file, closed on exec.
pub(crate) fn duplicate(file: BorrowedFd<'_>) -> Result<OwnedFd, i32> {
    // SAFETY: the call takes no pointers.
    owned(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 0) }).ok_or_else(errno)
}

/// Cuts the file off, or lets it grow by zeroes.
pub(crate) fn resize(file: BorrowedFd<'_>, bytes: u64) -> Result<(), i32> {
    // SAFETY: the call takes no pointers.
    checked(unsafe { libc::ftruncate(file.as_raw_fd(), offset(bytes)?) })
}

/// Makes a part of the file zero and gives its whole pages back. The size stays.
pub(crate) fn clear(file: BorrowedFd<'_>, start: u64, bytes: u64) -> Result<(), i32> {
    if bytes == 0 {
        return Ok(());
    }
    let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
    // SAFETY: the call takes no pointers.
    checked(unsafe { libc::fallocate(file.as_raw_fd(), mode, offset(start)?, offset(bytes)?) })
}

/// Gives a part of the file memory.
pub(crate) fn commit(file: BorrowedFd<'_>, start: u64, bytes: u64) -> Result<(), i32> {
    if bytes == 0 {
        return Ok(());
    }
    // SAFETY: the call takes no pointers.
    checked(unsafe { libc::fallocate(file.as_raw_fd(), 0, offset(start)?, offset(bytes)?) })
}

/// The bytes of the file that have memory.
pub(crate) fn committed(file: BorrowedFd<'_>) -> u64 {
    let mut state = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the place is live and large enough.
    let returned = unsafe { libc::fstat(file.as_raw_fd(), state.as_mut_ptr()) };
    if returned < 0 {
        return 0;
    }
    // SAFETY: it was zeroed, which the type of integers allows, and the call has filled it.
    let state = unsafe { state.assume_init() };
    // The unit is 512 bytes whatever the file system.
    u64::try_from(state.st_blocks).unwrap_or(0) * 512
}

/// Reads all of these bytes. `ENODATA` if the file ends before; then some places may have been written.
pub(crate) fn read_at(file: BorrowedFd<'_>, places: &mut [MaybeUninit<u8>], start: u64) -> Result<(), i32> {
    let mut done = 0;
    while done < places.len() {
        let (rest, from) = (&mut places[done..], offset(start + done as u64)?);
        // SAFETY: `rest` is writable for its length.
        let count = unsafe { libc::pread(file.as_raw_fd(), rest.as_mut_ptr().cast(), rest.len(), from) };
        done += advanced(count)?;
    }
    Ok(())
}

/// Writes all of these bytes. `ENODATA` if the file takes no more.
pub(crate) fn write_at(file: BorrowedFd<'_>, bytes: &[u8], start: u64) -> Result<(), i32> {
    let mut done = 0;
    while done < bytes.len() {
        let (rest, from) = (&bytes[done..], offset(start + done as u64)?);
        // SAFETY: `rest` is readable for its length.
        let count = unsafe { libc::pwrite(file.as_raw_fd(), rest.as_ptr().cast(), rest.len(), from) };
        done += advanced(count)?;
    }
    Ok(())
}

/// How far a read or a write came. One that a signal interrupted came nowhere.
fn advanced(count: isize) -> Result<usize, i32> {
    match usize::try_from(count) {
        Ok(0) => Err(libc::ENODATA),
        Ok(count) => Ok(count),
        Err(_) if errno() == libc::EINTR => Ok(0),
        Err(_) => Err(errno()),
    }
}

/// Copies what is not zero from one file to the same places of another, which begin at `start` of the first.
pub(crate) fn copy(from: BorrowedFd<'_>, start: u64, to: BorrowedFd<'_>, bytes: u64) -> Result<(), i32> {
    const STEP: usize = 16 * 1024;
    let (mut chunk, mut position, end) = ([MaybeUninit::uninit(); STEP], start, start + bytes);
    while position < end {
        // SAFETY: the call takes no pointers. It moves the file's own position, which nothing else uses.
        let data = unsafe { libc::lseek(from.as_raw_fd(), offset(position)?, libc::SEEK_DATA) };
        let Ok(data) = u64::try_from(data) else {
            // Nothing but a hole up to the end.
            return if errno() == libc::ENXIO { Ok(()) } else { Err(errno()) };
        };
        if data >= end {
            return Ok(());
        }
        position = data.max(position);
        let step = (end - position).min(STEP as u64) as usize;
        read_at(from, &mut chunk[..step], position)?;
        // SAFETY: the bytes were just read into it.
        let read = unsafe { chunk[..step].assume_init_ref() };
        write_at(to, read, position - start)?;
        position += step as u64;
    }
    Ok(())
}

/// How a mapping may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

/// Maps a part of the file, at `address` if one is given and nothing is there (`EEXIST`), else where the system likes.
pub(crate) fn map(
    file: BorrowedFd<'_>,
    start: u64,
    bytes: usize,
    access: Access,
    address: Option<usize>,
) -> Result<usize, i32> {
    let read = if access.read { libc::PROT_READ } else { libc::PROT_NONE };
    let protection = read | if access.write { libc::PROT_WRITE } else { libc::PROT_NONE };
    let fixed = if address.is_some() { libc::MAP_FIXED_NOREPLACE } else { 0 };
    let hint = ptr::without_provenance_mut(address.unwrap_or(0));
    let (flags, from) = (libc::MAP_SHARED | fixed, offset(start)?);
    // SAFETY: the mapping is placed where nothing is, by the flag or by the system's choice.
    let mapped = unsafe { libc::mmap(hint, bytes, protection, flags, file.as_raw_fd(), from) };
    match mapped {
        libc::MAP_FAILED => Err(errno()),
        mapped => Ok(mapped.addr()),
    }
}

/// Takes a mapping away.
///
/// # Safety
///
/// Nothing uses the range from here on.
pub(crate) unsafe fn unmap(address: usize, bytes: usize) {
    // SAFETY: the caller's promise. It cannot fail for whole pages but for lack of memory to split a mapping, and
    // then the memory stays.
    unsafe {
        libc::munmap(ptr::without_provenance_mut(address), bytes);
    }
}
