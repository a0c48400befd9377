//! A shelf for descriptors that are rarely needed: the file table of an io_uring. What lies there does not count against the
//! process's limit of descriptors.
//!
//! Not every system has one: it needs Linux 6.8, and many sandboxes forbid it. So the shelf is tried out when it is first
//! wanted, and without it a descriptor stays where it is.

use core::mem::MaybeUninit;
use core::ptr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::checked;
use super::shared::Mapping;
use crate::sync::Ordering;

/// A descriptor, in the process's table or on the shelf.
pub(crate) enum Kept {
    /// Open.
    Open(OwnedFd),
    /// On the shelf, in this place.
    Shelved(Place),
}

impl Kept {
    /// Puts the descriptor on the shelf, which has so many places, if there is one and it is not there already.
    pub(crate) fn shelve(self, places: usize) -> Kept {
        match self {
            Kept::Open(descriptor) => match shelf(places).and_then(|shelf| shelf.put(descriptor.as_fd())) {
                Some(place) => Kept::Shelved(place),
                None => Kept::Open(descriptor),
            },
            shelved => shelved,
        }
    }

    /// The descriptor. From here on it is open. `None` if the process can have no more.
    pub(crate) fn open(&mut self) -> Option<BorrowedFd<'_>> {
        if let Kept::Shelved(place) = self {
            *self = Kept::Open(place.fetch()?);
        }
        match self {
            Kept::Open(descriptor) => Some(OwnedFd::as_fd(descriptor)),
            Kept::Shelved(_) => None,
        }
    }
}

/// A place on the shelf that is in use. Cleared on drop.
pub(crate) struct Place(u32);

impl Place {
    fn fetch(&self) -> Option<OwnedFd> {
        let word = u64::from(FIXED_FD_INSTALL) | u64::from(FIXED_FILE) << 8 | u64::from(self.0) << 32;
        let descriptor = existing()?.run([word, 0, 0, 0])?;
        // SAFETY: the system has just made the descriptor for this call alone.
        (descriptor >= 0).then(|| unsafe { OwnedFd::from_raw_fd(descriptor) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(shelf) = existing() {
            shelf.update(u64::from(self.0), &mut -1);
        }
    }
}

// Numbers and layouts from the system's header `linux/io_uring.h`.

const FILES_UPDATE: u8 = 20;
const FIXED_FD_INSTALL: u8 = 54;
/// The operation's descriptor is a place in the file table.
const FIXED_FILE: u8 = 1;
/// For an update of the file table: wherever there is room.
const ANYWHERE: u64 = u32::MAX as u64;
const ENTER_GETEVENTS: u32 = 1;
const FEATURE_SINGLE_MMAP: u32 = 1;
const REGISTER_FILES2: u32 = 13;
const REGISTER_SPARSE: u32 = 1;
const OFFSET_OF_ENTRIES: i64 = 0x1000_0000;
const ENTRY_BYTES: usize = 64;
const RESULT_BYTES: usize = 16;

#[repr(C)]
struct Parameters {
    entries: u32,
    results: u32,
    flags_and_thread: [u32; 3],
    features: u32,
    reserved: [u32; 4],
    entry_offsets: Offsets,
    result_offsets: Offsets,
}

/// Where things lie in the mapping of the queues. The last is the array for entries; for results it comes one earlier.
#[repr(C)]
struct Offsets {
    head: u32,
    tail: u32,
    mask: u32,
    count: u32,
    fifth: u32,
    sixth: u32,
    seventh: u32,
    reserved: u32,
    user: u64,
}

#[repr(C)]
struct Register {
    count: u32,
    flags: u32,
    reserved: u64,
    data: u64,
    tags: u64,
}

/// An io_uring. One operation at a time goes through it.
struct Shelf {
    ring: OwnedFd,
    queues: Mapping,
    entries: Mapping,
    offsets: Parameters,
}

static SHELF: OnceLock<Option<Mutex<Shelf>>> = OnceLock::new();

fn existing() -> Option<&'static Mutex<Shelf>> {
    SHELF.get()?.as_ref()
}

/// The shelf, made now with so many places if there is none yet, as far as the limit of descriptors allows.
fn shelf(places: usize) -> Option<&'static Mutex<Shelf>> {
    SHELF.get_or_init(|| Shelf::new(places).filter(Shelf::works).map(Mutex::new)).as_ref()
}

/// What can be done with the shelf, by one thread at a time.
trait Operations {
    fn run(&self, words: [u64; 4]) -> Option<i32>;

    /// Puts a descriptor at a place of the file table, or anywhere, and then says where.
    fn update(&self, at: u64, descriptor: &mut RawFd) -> Option<()> {
        let place = ptr::from_mut(descriptor).expose_provenance() as u64;
        (self.run([u64::from(FILES_UPDATE), at, place, 1])? == 1).then_some(())
    }

    fn put(&self, descriptor: BorrowedFd<'_>) -> Option<Place> {
        let mut number = descriptor.as_raw_fd();
        self.update(ANYWHERE, &mut number)?;
        u32::try_from(number).ok().map(Place)
    }
}

impl Operations for Mutex<Shelf> {
    fn run(&self, words: [u64; 4]) -> Option<i32> {
        self.lock().unwrap_or_else(PoisonError::into_inner).run(words)
    }
}

impl Operations for Shelf {
    /// Does one operation, given by the first words of its entry, and returns its result.
    fn run(&self, words: [u64; 4]) -> Option<i32> {
        let (entries, results) = (&self.offsets.entry_offsets, &self.offsets.result_offsets);
        let word = |offset: u32| self.queues.word(offset as usize);
        // Relaxed: only this side writes the tail, one thread at a time.
        let tail = word(entries.tail).load(Ordering::Relaxed);
        let index = tail & word(entries.mask).load(Ordering::Relaxed);
        for number in 0..ENTRY_BYTES / 8 {
            let value = words.get(number).copied().unwrap_or(0);
            self.entries.long(index as usize * ENTRY_BYTES + 8 * number).store(value, Ordering::Relaxed);
        }
        word(entries.seventh + 4 * index).store(index, Ordering::Relaxed);
        // Release: the entry is complete.
        word(entries.tail).store(tail.wrapping_add(1), Ordering::Release);
        let head = word(results.head).load(Ordering::Relaxed);
        let mut submit = 1;
        // Acquire: the result is complete.
        while word(results.tail).load(Ordering::Acquire) == head {
            match enter(self.ring.as_fd(), submit) {
                Ok(()) => submit = 0,
                Err(libc::EINTR) => {}
                Err(_) => return None,
            }
        }
        let at = head & word(results.mask).load(Ordering::Relaxed);
        let result = self.queues.word(results.sixth as usize + at as usize * RESULT_BYTES + 8);
        let result = result.load(Ordering::Relaxed).cast_signed();
        word(results.head).store(head.wrapping_add(1), Ordering::Release);
        Some(result)
    }
}

fn enter(ring: BorrowedFd<'_>, submit: u32) -> Result<(), i32> {
    let (flags, no_mask) = (ENTER_GETEVENTS, ptr::null::<libc::sigset_t>());
    // SAFETY: what the entry names is live until its result is there; there is no mask.
    let done = unsafe {
        libc::syscall(libc::SYS_io_uring_enter, ring.as_raw_fd(), submit, 1, flags, no_mask, 0usize)
    };
    checked(if done < 0 { -1 } else { 0 })
}

impl Shelf {
    fn new(places: usize) -> Option<Shelf> {
        if cfg!(miri) || places == 0 {
            return None;
        }
        // SAFETY: the structure is integers.
        let mut offsets: Parameters = unsafe { MaybeUninit::zeroed().assume_init() };
        // SAFETY: the place is live and as large as the system's structure.
        let ring = unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, &raw mut offsets) };
        let ring = super::descriptor::owned(i32::try_from(ring).ok()?)?;
        if offsets.features & FEATURE_SINGLE_MMAP == 0 {
            return None;
        }
        let entries_end = offsets.entry_offsets.seventh as usize + 4 * offsets.entries as usize;
        let results_end = offsets.result_offsets.sixth as usize + RESULT_BYTES * offsets.results as usize;
        let queues = Mapping::new(ring.as_fd(), entries_end.max(results_end), false).ok()?;
        let entries =
            Mapping::at(ring.as_fd(), OFFSET_OF_ENTRIES, ENTRY_BYTES * offsets.entries as usize, false)
                .ok()?;
        register(ring.as_fd(), u32::try_from(places).ok()?.min(limit()?)).ok()?;
        Some(Shelf { ring, queues, entries, offsets })
    }

    /// Whether what is put there can be fetched again.
    fn works(&self) -> bool {
        let Some(place) = super::eventfd().and_then(|descriptor| self.put(descriptor.as_fd())) else {
            return false;
        };
        let word = u64::from(FIXED_FD_INSTALL) | u64::from(FIXED_FILE) << 8 | u64::from(place.0) << 32;
        let fetched = self.run([word, 0, 0, 0]).and_then(super::descriptor::owned);
        // A place cleared on drop would look for the shelf that is yet to be.
        let at = u64::from(place.0);
        core::mem::forget(place);
        self.update(at, &mut -1).is_some() && fetched.is_some()
    }
}

/// Makes an empty file table.
fn register(ring: BorrowedFd<'_>, count: u32) -> Result<(), i32> {
    let table = Register { count, flags: REGISTER_SPARSE, reserved: 0, data: 0, tags: 0 };
    let (ring, size) = (ring.as_raw_fd(), size_of_val(&table));
    // SAFETY: the structure is live and as large as said.
    let done =
        unsafe { libc::syscall(libc::SYS_io_uring_register, ring, REGISTER_FILES2, &raw const table, size) };
    checked(if done < 0 { -1 } else { 0 })
}

/// The limit of the process's descriptors, which the table may not exceed.
fn limit() -> Option<u32> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the place is live.
    checked(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }).ok()?;
    Some(u32::try_from(limit.rlim_cur).unwrap_or(u32::MAX))
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use crate::sys;

    #[test]
    fn a_descriptor_comes_back_from_the_shelf() {
        if shelf(100).is_none() {
            return println!("skipped: the system has no shelf");
        }
        for _ in 0..300 {
            let memory = sys::create_shared(8192).unwrap();
            let mapping = Mapping::new(memory.as_fd(), 8192, false).unwrap();
            let mut kept = Kept::Open(memory).shelve(100);
            assert!(matches!(kept, Kept::Shelved(_)), "places come free again");
            mapping.word(4096).store(77, Ordering::Relaxed);
            let twin = Mapping::new(kept.open().unwrap(), 8192, false).unwrap();
            assert_eq!(twin.word(4096).load(Ordering::Relaxed), 77);
            assert!(matches!(kept, Kept::Open(_)));
        }
        full_shelf_leaves_descriptors_open();
    }

    fn full_shelf_leaves_descriptors_open() {
        let all: Vec<Kept> =
            (0..200).map(|_| Kept::Open(sys::create_shared(4096).unwrap()).shelve(100)).collect();
        let shelved = all.iter().filter(|kept| matches!(kept, Kept::Shelved(_))).count();
        assert_eq!(shelved, 100);
        assert!(all.into_iter().all(|mut kept| kept.open().is_some()));
    }
}
