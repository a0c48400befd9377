//! Memory shared with another process: sealed files without a name, and mappings of them.
//!
//! What is mapped may change at any moment by the hand of another process. So nobody gets a reference to its bytes, only
//! to atomic words; and bytes are copied in and out, by atomic words while they are few and by one instruction of the
//! processor, outside of the language's memory model, when they are many.

use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use super::descriptor::owned;
use super::{checked, errno};
use crate::sync::{AtomicU8, AtomicU32, AtomicU64, Ordering};

/// What keeps a peer from pulling the memory away from under a mapping, or from taking these promises back.
const SEALS: i32 = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;

/// What would keep this side from writing.
const WRITE_SEALS: i32 = libc::F_SEAL_WRITE | libc::F_SEAL_FUTURE_WRITE;

/// The type of the file system that files without a name and with ordinary pages belong to.
const TMPFS_MAGIC: i64 = 0x0102_1994;

/// From this many bytes on, one instruction copies.
const MANY: usize = 64;

/// Makes memory of so many bytes, all zero, sealed.
pub(crate) fn create_shared(bytes: usize) -> Result<OwnedFd, i32> {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    // SAFETY: the name ends with a zero byte.
    let memory = owned(unsafe { libc::memfd_create(c"zircon-linux".as_ptr(), flags) }).ok_or_else(errno)?;
    // SAFETY: the call takes no pointers.
    checked(unsafe { libc::ftruncate(memory.as_raw_fd(), bytes as libc::off_t) })?;
    // SAFETY: the call takes no pointers.
    checked(unsafe { libc::fcntl(memory.as_raw_fd(), libc::F_ADD_SEALS, SEALS) })?;
    Ok(memory)
}

/// What a file that lives in memory is like.
pub(crate) struct MemoryState {
    /// Its size.
    pub(crate) bytes: u64,
    /// The size is sealed.
    pub(crate) fixed: bool,
}

/// The seals of a file.
fn seals(descriptor: BorrowedFd<'_>) -> Option<i32> {
    // SAFETY: the call takes no pointers.
    let seals = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_GET_SEALS) };
    (seals >= 0).then_some(seals)
}

/// What a descriptor that a peer sent is like, if it is a file that lives in memory of ordinary pages.
pub(crate) fn memory_state(descriptor: BorrowedFd<'_>) -> Option<MemoryState> {
    let mut status = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: `status` is writable.
    let known = unsafe { libc::fstat(descriptor.as_raw_fd(), status.as_mut_ptr()) } == 0;
    // SAFETY: the structure is integers, which were zeroed and perhaps filled.
    let status = unsafe { status.assume_init() };
    let regular = known && status.st_mode & libc::S_IFMT == libc::S_IFREG;
    let size_seals = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW;
    let fixed = seals(descriptor)? & size_seals == size_seals;
    let ordinary = regular && file_system(descriptor) == Some(TMPFS_MAGIC);
    let bytes = u64::try_from(status.st_size).ok()?;
    ordinary.then_some(MemoryState { bytes, fixed })
}

/// Whether nobody can write to a file any more.
pub(crate) fn is_sealed_against_writing(descriptor: BorrowedFd<'_>) -> bool {
    seals(descriptor).is_some_and(|seals| seals & libc::F_SEAL_WRITE != 0)
}

/// Sees to it that nobody can write to a file any more. Fails while a mapping can.
pub(crate) fn seal_against_writing(descriptor: BorrowedFd<'_>) -> Result<(), i32> {
    // SAFETY: the call takes no pointers.
    checked(unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_WRITE) })
}

/// Whether a descriptor that a peer sent is memory of exactly this size, of ordinary pages, sealed, and writable.
pub(crate) fn is_shared(descriptor: BorrowedFd<'_>, bytes: usize) -> bool {
    let sealed = seals(descriptor).is_some_and(|seals| seals & SEALS == SEALS && seals & WRITE_SEALS == 0);
    sealed && memory_state(descriptor).is_some_and(|state| state.bytes == bytes as u64)
}

fn file_system(descriptor: BorrowedFd<'_>) -> Option<i64> {
    let mut system = MaybeUninit::<libc::statfs>::zeroed();
    // SAFETY: `system` is writable.
    let known = unsafe { libc::fstatfs(descriptor.as_raw_fd(), system.as_mut_ptr()) } == 0;
    // SAFETY: the structure is integers, which were zeroed and perhaps filled.
    let system = unsafe { system.assume_init() };
    known.then_some(system.f_type)
}

/// A sequentially consistent fence, between accesses to memory that another process shares.
///
/// A locked instruction on the stack, which nobody shares, orders all accesses as well as the processor's own fence, and
/// costs half of it.
#[inline]
pub(crate) fn full_fence() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: the instruction adds nothing to a word of this thread's stack.
    unsafe {
        core::arch::asm!("lock or dword ptr [rsp], 0");
    }
    // Says to the compiler, and on other processors does, what the instruction is for.
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    crate::sync::fence(Ordering::SeqCst);
}

/// Stores with release ordering, then does what [`full_fence`] does.
///
/// One exchange is both, and costs less than the two.
#[inline]
pub(crate) fn store_and_fence(place: &AtomicU64, value: u64) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: the instruction writes the word, which is live and aligned, atomically, and a register.
    unsafe {
        core::arch::asm!("xchg qword ptr [{place}], {value}", place = in(reg) place.as_ptr(), value = inout(reg) value => _);
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    {
        place.store(value, Ordering::Release);
        full_fence();
    }
}

/// Shared memory in this process's address space, until dropped.
pub(crate) struct Mapping {
    start: NonNull<u8>,
    bytes: usize,
}

// SAFETY: the memory belongs to no thread, and is reached by atomic accesses alone.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the memory, on request with all its pages. Its size must be known to be at least this and to stay so.
    pub(crate) fn new(memory: BorrowedFd<'_>, bytes: usize, populated: bool) -> Result<Mapping, i32> {
        Mapping::at(memory, 0, bytes, populated)
    }

    /// Maps a part of the memory, under the same condition.
    pub(super) fn at(
        memory: BorrowedFd<'_>,
        offset: i64,
        bytes: usize,
        populated: bool,
    ) -> Result<Mapping, i32> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_SHARED | if populated { libc::MAP_POPULATE } else { 0 };
        // SAFETY: a mapping at an address of the system's choice touches no existing memory.
        let address =
            unsafe { libc::mmap(ptr::null_mut(), bytes, protection, flags, memory.as_raw_fd(), offset) };
        match NonNull::new(address.cast()) {
            Some(start) if address != libc::MAP_FAILED => Ok(Mapping { start, bytes }),
            _ => Err(errno()),
        }
    }

    /// The place of `size` bytes from an offset on.
    ///
    /// # Panics
    ///
    /// If they are not inside. Offsets are ours and checked; none comes from a peer.
    #[inline]
    fn place(&self, offset: usize, size: usize) -> *mut u8 {
        assert!(offset <= self.bytes && size <= self.bytes - offset, "an offset inside the mapping");
        // SAFETY: the offset is inside the mapping or at its end.
        unsafe { self.start.as_ptr().add(offset) }
    }

    /// The 32-bit word at an offset, a multiple of 4.
    #[inline]
    pub(crate) fn word(&self, offset: usize) -> &AtomicU32 {
        let place = self.place(offset, size_of::<u32>()).cast::<u32>();
        assert!(place.is_aligned());
        // SAFETY: four mapped, aligned bytes, for as long as the mapping is borrowed, reached by atomics alone.
        unsafe { AtomicU32::from_ptr(place) }
    }

    /// The 64-bit word at an offset, a multiple of 8.
    #[inline]
    pub(crate) fn long(&self, offset: usize) -> &AtomicU64 {
        let place = self.place(offset, size_of::<u64>()).cast::<u64>();
        assert!(place.is_aligned());
        // SAFETY: eight mapped, aligned bytes, for as long as the mapping is borrowed, reached by atomics alone.
        unsafe { AtomicU64::from_ptr(place) }
    }

    /// Copies bytes in.
    #[inline]
    pub(crate) fn store(&self, offset: usize, bytes: &[u8]) {
        let place = self.place(offset, bytes.len());
        if bytes.len() >= MANY {
            // SAFETY: both are as long as said, and a slice that Rust knows of does not overlap the mapping.
            return unsafe { copy_many(place, bytes.as_ptr(), bytes.len()) };
        }
        let (words, rest) = bytes.as_chunks::<8>();
        let after = offset + 8 * words.len();
        if offset.is_multiple_of(8) {
            for (number, word) in words.iter().enumerate() {
                // SAFETY: the word is one of those that were found to be inside the mapping, and aligned.
                let place = unsafe { AtomicU64::from_ptr(place.cast::<u64>().wrapping_add(number)) };
                place.store(u64::from_le_bytes(*word), Ordering::Relaxed);
            }
        } else {
            self.store_bytes(offset, words.as_flattened());
        }
        self.store_bytes(after, rest);
    }

    fn store_bytes(&self, at: usize, bytes: &[u8]) {
        for (number, byte) in bytes.iter().enumerate() {
            self.byte(at + number).store(*byte, Ordering::Relaxed);
        }
    }

    /// Copies bytes out.
    #[inline]
    pub(crate) fn load(&self, offset: usize, place: &mut [MaybeUninit<u8>]) {
        let from = self.place(offset, place.len());
        if place.len() >= MANY {
            // SAFETY: both are as long as said, and a slice that Rust knows of does not overlap the mapping.
            return unsafe { copy_many(place.as_mut_ptr().cast(), from, place.len()) };
        }
        let (words, rest) = place.as_chunks_mut::<8>();
        let after = offset + 8 * words.len();
        if offset.is_multiple_of(8) {
            for (number, word) in words.iter_mut().enumerate() {
                // SAFETY: the word is one of those that were found to be inside the mapping, and aligned.
                let from = unsafe { AtomicU64::from_ptr(from.cast::<u64>().wrapping_add(number)) };
                word.write_copy_of_slice(&from.load(Ordering::Relaxed).to_le_bytes());
            }
        } else {
            self.load_bytes(offset, words.as_flattened_mut());
        }
        self.load_bytes(after, rest);
    }

    fn load_bytes(&self, at: usize, place: &mut [MaybeUninit<u8>]) {
        for (number, byte) in place.iter_mut().enumerate() {
            byte.write(self.byte(at + number).load(Ordering::Relaxed));
        }
    }

    #[inline]
    fn byte(&self, offset: usize) -> &AtomicU8 {
        let place = self.place(offset, 1);
        // SAFETY: a mapped byte, for as long as the mapping is borrowed, reached by atomics alone.
        unsafe { AtomicU8::from_ptr(place) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and nothing borrowed from it is left.
        unsafe {
            libc::munmap(self.start.as_ptr().cast(), self.bytes);
        }
    }
}

/// Copies bytes of which one side may change meanwhile, without an access that the language knows of.
///
/// # Safety
///
/// `from` is readable and `to` writable for `count` bytes, and they do not overlap.
#[cfg(target_arch = "x86_64")]
#[inline]
unsafe fn copy_many(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: the instruction reads and writes these bytes and nothing else; the direction flag is clear by the ABI.
    unsafe {
        core::arch::asm!(
            "rep movsb",
            inout("rcx") count => _,
            inout("rdi") to => _,
            inout("rsi") from => _,
            options(nostack, preserves_flags),
        );
    }
}

/// Copies bytes of which one side may change meanwhile, without an access that the language knows of.
///
/// # Safety
///
/// `from` is readable and `to` writable for `count` bytes, and they do not overlap.
#[cfg(target_arch = "aarch64")]
#[inline]
unsafe fn copy_many(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: sixteen bytes at a time while so many are left, then single ones: `count` bytes in all.
    unsafe {
        core::arch::asm!(
            "2:",
            "cmp {count}, #16",
            "b.lo 3f",
            "ldp {one}, {two}, [{from}], #16",
            "stp {one}, {two}, [{to}], #16",
            "sub {count}, {count}, #16",
            "b 2b",
            "3:",
            "cbz {count}, 4f",
            "ldrb {one:w}, [{from}], #1",
            "strb {one:w}, [{to}], #1",
            "sub {count}, {count}, #1",
            "b 3b",
            "4:",
            count = inout(reg) count => _,
            to = inout(reg) to => _,
            from = inout(reg) from => _,
            one = out(reg) _,
            two = out(reg) _,
            options(nostack),
        );
    }
}

/// Copies bytes of which one side may change meanwhile, by atomic bytes.
///
/// # Safety
///
/// `from` is readable and `to` writable for `count` bytes, and they do not overlap.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe fn copy_many(to: *mut u8, from: *const u8, count: usize) {
    for at in 0..count {
        // SAFETY: within the bytes that the caller names.
        let (to, from) = unsafe { (to.add(at), from.add(at)) };
        // SAFETY: one byte that is readable, by the caller's promise.
        let byte = unsafe { AtomicU8::from_ptr(from.cast_mut()) }.load(Ordering::Relaxed);
        // SAFETY: one byte that is writable, by the caller's promise.
        unsafe { AtomicU8::from_ptr(to) }.store(byte, Ordering::Relaxed);
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use std::fs::File;
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn bytes_go_in_and_come_out() {
        let memory = create_shared(4096).unwrap();
        assert!(is_shared(memory.as_fd(), 4096));
        let mapping = Mapping::new(memory.as_fd(), 4096, false).unwrap();
        let twin = Mapping::new(memory.as_fd(), 4096, false).unwrap();
        let bytes: Vec<u8> = (0..200).map(|number| number as u8).collect();
        for offset in [0, 8, 13, 4096 - 200] {
            for length in [0, 1, 7, 8, 9, 31, 32, 63, 64, 65, 200] {
                mapping.store(offset, &bytes[..length]);
                let mut place = [MaybeUninit::new(0xEE); 200];
                twin.load(offset, &mut place[..length]);
                // SAFETY: every byte was initialized.
                let place: Vec<u8> = place.iter().map(|byte| unsafe { byte.assume_init() }).collect();
                assert_eq!(place[..length], bytes[..length]);
                assert!(place[length..].iter().all(|byte| *byte == 0xEE));
            }
        }
    }

    #[test]
    fn memory_that_could_be_pulled_away_is_refused() {
        assert!(!is_shared(create_shared(8192).unwrap().as_fd(), 4096));
        let (reader, _writer) = std::io::pipe().unwrap();
        assert!(!is_shared(reader.as_fd(), 0));
        let file = File::open("/proc/self/exe").unwrap();
        assert!(!is_shared(file.as_fd(), file.metadata().unwrap().len() as usize));
        for seals in [0, libc::F_SEAL_SHRINK, SEALS & !libc::F_SEAL_GROW, SEALS | libc::F_SEAL_FUTURE_WRITE] {
            // SAFETY: the name ends with a zero byte.
            let raw =
                unsafe { libc::memfd_create(c"test".as_ptr(), libc::MFD_ALLOW_SEALING | libc::MFD_CLOEXEC) };
            let memory = owned(raw).unwrap();
            // SAFETY: the call takes no pointers.
            checked(unsafe { libc::ftruncate(raw, 4096) }).unwrap();
            // SAFETY: the call takes no pointers.
            checked(unsafe { libc::fcntl(raw, libc::F_ADD_SEALS, seals) }).unwrap();
            assert!(!is_shared(memory.as_fd(), 4096), "{seals:x}");
        }
    }
}
