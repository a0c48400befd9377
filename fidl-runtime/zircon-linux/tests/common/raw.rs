//! Peers that do not use the crate: raw sockets and memory, and what a survivor of theirs is held to.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use zircon_linux::memory;

/// What is sealed of memory that is shared.
pub const SEALS: i32 = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;

/// Numbers that look random and are the same on each run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    /// A number that is often near a border.
    pub fn number(&mut self) -> u64 {
        const BORDERS: [u64; 9] = [0, 8, 64, 65_536, 131_072, 1 << 31, u32::MAX as u64, 1 << 32, u64::MAX];
        let border = BORDERS[self.roll(9) as usize];
        match self.roll(3) {
            0 => border,
            1 => border.wrapping_add(self.roll(17)).wrapping_sub(8),
            _ => self.roll(u64::MAX),
        }
    }
}

pub fn owned(raw: RawFd) -> OwnedFd {
    assert!(raw >= 0, "{}", io::Error::last_os_error());
    // SAFETY: the descriptor was just made.
    unsafe { OwnedFd::from_raw_fd(raw) }
}

pub fn raw_memory(bytes: usize, seals: i32, flags: u32) -> OwnedFd {
    // SAFETY: the name ends with a zero byte.
    let raw = unsafe { libc::memfd_create(c"hostile".as_ptr(), libc::MFD_CLOEXEC | flags) };
    let memory = owned(raw);
    // SAFETY: the calls take no pointers.
    unsafe { libc::ftruncate(raw, bytes as i64) };
    // SAFETY: as above.
    unsafe { libc::fcntl(raw, libc::F_ADD_SEALS, seals) };
    memory
}

/// Memory as a peer has it: written whenever it likes.
pub struct Mapped {
    pub start: *mut u8,
    bytes: usize,
}

impl Mapped {
    pub fn new(memory: &OwnedFd, bytes: usize) -> Mapped {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a mapping at an address of the system's choice.
        let start = unsafe {
            libc::mmap(std::ptr::null_mut(), bytes, protection, libc::MAP_SHARED, memory.as_raw_fd(), 0)
        };
        assert!(start != libc::MAP_FAILED);
        Mapped { start: start.cast(), bytes }
    }

    pub fn write(&self, at: usize, word: u64) {
        assert!(at + 8 <= self.bytes);
        // SAFETY: inside the mapping; other writers are what is tested.
        unsafe { self.start.wrapping_add(at).cast::<u64>().write_unaligned(word) };
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own.
        unsafe { libc::munmap(self.start.cast(), self.bytes) };
    }
}

pub fn pipe() -> OwnedFd {
    let mut ends = [0; 2];
    // SAFETY: the place is live.
    assert_eq!(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }, 0);
    drop(owned(ends[0]));
    owned(ends[1])
}

/// Sends a packet with descriptors, if there is room.
pub fn send(socket: &OwnedFd, bytes: &[u8], descriptors: &[RawFd]) -> bool {
    let mut piece = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: zeroes are a valid header.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    (message.msg_iov, message.msg_iovlen) = (&mut piece, 1);
    let mut control = [0u64; 140];
    if !descriptors.is_empty() {
        control[0] = 16 + 4 * descriptors.len() as u64;
        control[1] = u64::from(libc::SOL_SOCKET as u32) | u64::from(libc::SCM_RIGHTS as u32) << 32;
        for (number, descriptor) in descriptors.iter().enumerate() {
            control[2 + number / 2] |= u64::from(*descriptor as u32) << (32 * (number % 2));
        }
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = control[0] as usize;
    }
    // SAFETY: the header names live places.
    unsafe { libc::sendmsg(socket.as_raw_fd(), &message, libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT) >= 0 }
}

pub fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

pub fn resources() -> (usize, usize, usize, usize) {
    let maps = fs::read_to_string("/proc/self/maps").unwrap().matches("memfd:").count();
    let memory = memory();
    (fs::read_dir("/proc/self/fd").unwrap().count(), maps, memory.handles.used, memory.objects.used)
}

/// The longest that any single call of the survivor may take.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// How long this thread has waited for a processor so far, if the system tells: that is not the peer's doing.
fn waited_for_processor() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

pub fn timed<T>(what: &str, call: impl FnOnce() -> T) -> T {
    let (waited, begun) = (waited_for_processor(), Instant::now());
    let result = call();
    let (took, waited) = (begun.elapsed(), waited_for_processor() - waited);
    assert!(took < PATIENCE + waited, "{what} took {took:?}, of which {waited:?} for a processor");
    result
}

pub fn zx_after(nanos: i64) -> i64 {
    zircon_linux::abi::zx_deadline_after(nanos)
}
