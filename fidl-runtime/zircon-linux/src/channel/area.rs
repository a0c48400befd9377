//! The memory that the two ends of a channel, socket or fifo between processes share, and what lies where in it.
//!
//! ```text
//!   0      words of the direction from side 0 to side 1: producer's, consumer's, two bells, 128 bytes apart
//!   1024   the same for the direction from side 1 to side 0
//!   2048   words of side 0: what it sent and took on the socket, its settings, its user signals
//!   2304   words of side 1
//!   4096   the ring from side 0 to side 1
//!   4096 + capacity    the ring from side 1 to side 0
//! ```
//!
//! Side 0 made the memory. All that an end needs in order to go on is here, so an end can change its process.

use core::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::capacity::{RING_BYTES_MAX, RING_BYTES_MIN};
use crate::prefault;
use crate::ring::Direction;
use crate::sync::{AtomicU32, AtomicU64, Ordering};
use crate::sys::{self, Mapping};

const HEAD_BYTES: usize = 4096;
const DIRECTION_BYTES: usize = 1024;
const TAIL: usize = 0;
const RESERVED: usize = 16;
const HEAD: usize = 128;
const READY: usize = 256;
/// Beside the bell that producers look at after each message, so that looking costs nothing more.
const CONSUMER_CLOSED: usize = READY + 4;
const ROOM: usize = 384;
const SIDES: usize = 2048;
const SIDE_BYTES: usize = 256;

/// The shared memory of a channel, socket or fifo, mapped.
pub(crate) struct Area {
    mapping: Mapping,
    capacity: u32,
}

/// Words that one side writes: for the packets on the Unix socket, for signals, and of sockets and fifos.
#[derive(Clone, Copy)]
pub(crate) enum SideWord {
    /// Bells that this side has sent; counted up after sending.
    BellsSent = 0,
    /// Packets with handles that this side has sent; counted up before sending.
    BundlesSent = 4,
    /// Bells that this side has taken out of the socket.
    BellsTaken = 8,
    /// Packets with handles that this side has taken.
    BundlesTaken = 12,
    /// Not 0 if several processes may hold this side's end of a socket or fifo.
    Many = 64,
    /// The number of bytes from which on READ_THRESHOLD is asserted; 0 is never.
    ReadThreshold = 68,
    /// The room from which on WRITE_THRESHOLD is asserted; 0 is never.
    WriteThreshold = 72,
    /// The user signals of this side's end. The other side writes it too.
    Signals = 128,
}

/// Whether a ring may have this capacity.
pub(crate) fn is_capacity(capacity: u32) -> bool {
    capacity.is_power_of_two() && (RING_BYTES_MIN..=RING_BYTES_MAX).contains(&capacity)
}

/// The bytes of memory for two rings of this capacity.
pub(crate) const fn area_bytes(capacity: u32) -> usize {
    HEAD_BYTES + 2 * capacity as usize
}

impl Area {
    /// Maps memory that was just made, or that passed [`sys::is_shared`] for [`area_bytes`] of this capacity.
    pub(crate) fn map(memory: BorrowedFd<'_>, capacity: u32) -> Result<Area, i32> {
        Ok(Area { mapping: Mapping::new(memory, area_bytes(capacity), prefault::rings())?, capacity })
    }

    /// The bytes of each ring.
    pub(crate) fn capacity(&self) -> u32 {
        self.capacity
    }

    /// The direction that a side writes.
    #[inline]
    pub(crate) fn lane(&self, side: u8) -> Lane<'_> {
        let number = usize::from(side & 1);
        let ring = HEAD_BYTES + number * self.capacity as usize;
        Lane { mapping: &self.mapping, words: number * DIRECTION_BYTES, ring, capacity: self.capacity }
    }

    /// A word of a side.
    pub(crate) fn side_word(&self, side: u8, word: SideWord) -> &AtomicU32 {
        self.mapping.word(SIDES + usize::from(side & 1) * SIDE_BYTES + word as usize)
    }

    /// Whether a side has closed its end, as far as it says so itself.
    #[inline]
    pub(crate) fn is_closed(&self, side: u8) -> bool {
        // Acquire: what the side wrote before it closed is seen.
        self.lane(1 - (side & 1)).consumer_closed().load(Ordering::Acquire) != 0
    }

    /// Says that a side has closed its end.
    pub(crate) fn close(&self, side: u8) {
        self.lane(1 - (side & 1)).consumer_closed().store(1, Ordering::Release);
    }
}

/// One direction of an area.
pub(crate) struct Lane<'a> {
    mapping: &'a Mapping,
    words: usize,
    ring: usize,
    capacity: u32,
}

impl Lane<'_> {
    fn consumer_closed(&self) -> &AtomicU32 {
        self.mapping.word(self.words + CONSUMER_CLOSED)
    }
}

impl Direction for Lane<'_> {
    type Place = AtomicU64;
    type Bell = AtomicU32;

    #[inline]
    fn capacity(&self) -> u32 {
        self.capacity
    }

    #[inline]
    fn reserved(&self) -> &AtomicU64 {
        self.mapping.long(self.words + RESERVED)
    }

    #[inline]
    fn tail(&self) -> &AtomicU64 {
        self.mapping.long(self.words + TAIL)
    }

    #[inline]
    fn head(&self) -> &AtomicU64 {
        self.mapping.long(self.words + HEAD)
    }

    #[inline]
    fn ready(&self) -> &AtomicU32 {
        self.mapping.word(self.words + READY)
    }

    #[inline]
    fn room(&self) -> &AtomicU32 {
        self.mapping.word(self.words + ROOM)
    }

    #[inline]
    fn put(&self, at: u32, bytes: &[u8]) {
        self.mapping.store(self.ring + at as usize, bytes);
    }

    #[inline]
    fn get(&self, at: u32, place: &mut [MaybeUninit<u8>]) {
        self.mapping.load(self.ring + at as usize, place);
    }

    #[inline]
    fn put_word(&self, at: u32, word: u64) {
        self.mapping.long(self.ring + at as usize).store(word, Ordering::Relaxed);
    }

    #[inline]
    fn get_word(&self, at: u32) -> u64 {
        self.mapping.long(self.ring + at as usize).load(Ordering::Relaxed)
    }

    #[inline]
    fn fence() {
        sys::full_fence();
    }

    #[inline]
    fn store_and_fence(place: &AtomicU64, position: u64) {
        sys::store_and_fence(place, position);
    }
}

/// Makes memory for two rings, and maps it.
pub(crate) fn create(capacity: u32) -> Result<(OwnedFd, Area), i32> {
    let memory = sys::create_shared(area_bytes(capacity))?;
    let area = Area::map(memory.as_fd(), capacity)?;
    Ok((memory, area))
}
