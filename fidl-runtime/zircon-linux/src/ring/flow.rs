//! One direction of a socket or a fifo between processes: a bounded ring of bytes, or of datagrams.
//!
//! The words and bytes are those of a [`Direction`]. A stream's bytes lie in the ring as they are; before each datagram
//! stands its size, four bytes, and nothing is padded. So a position says also where in the ring it is.
//!
//! # Who owns what
//!
//! As in the ring of records, but that an end may be held by several processes. So nobody knows a position by heart: whoever
//! writes or reads takes both from memory, checks them, and uses the copies. That writers take turns, and readers, is
//! the caller's affair; the two may run at once.
//!
//! # Disabled writes
//!
//! One bit of the writer's position says that writes are disabled. Either side sets it. A writer publishes by exchanging the
//! whole word, so it finds out, and a reader that finds nothing unread and the bit set knows that nothing will come.

use core::mem::MaybeUninit;

use super::{Broken, Direction, Position, Word};
use crate::sync::Ordering;

/// The bytes before each datagram.
pub(crate) const HEADER: u32 = 4;

/// In the writer's word: writes are disabled.
const DISABLED: u64 = 1 << 63;

/// What is left of the word's upper half for datagrams.
const RECORDS: u32 = u32::MAX >> 1;

/// How often a look, or an exchange, is repeated because a word changed meanwhile.
const LOOKS: u32 = 16;

/// What a flow holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Bytes that may wait: a multiple of `element`, and at most the ring's capacity, less one header for datagrams.
    pub(crate) limit: u32,
    /// Bytes are written and read in multiples of this: a fifo's element, or 1.
    pub(crate) element: u32,
    /// Each write is read apart from others.
    pub(crate) datagrams: bool,
}

/// What a look at a flow finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Level {
    /// Bytes that wait.
    pub(crate) unread: u32,
    /// Bytes that may be written.
    pub(crate) room: u32,
    /// Writes are disabled.
    pub(crate) disabled: bool,
}

/// Why nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unwritten {
    /// Writes are disabled.
    Disabled,
    /// There is too little room.
    Full,
    /// The datagram can never fit.
    TooLarge,
    /// The words cannot be.
    Broken,
}

/// Why nothing was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Nothing waits, and writes may be disabled.
    Empty { disabled: bool },
    /// The words cannot be.
    Broken,
}

impl From<Broken> for Unwritten {
    fn from(_: Broken) -> Unwritten {
        Unwritten::Broken
    }
}

impl From<Broken> for Unread {
    fn from(_: Broken) -> Unread {
        Unread::Broken
    }
}

/// Both positions, as they were loaded.
#[derive(Clone, Copy)]
struct Positions {
    head: Position,
    tail: Position,
    disabled: bool,
}

/// What lies between the two.
#[derive(Clone, Copy)]
struct Waiting {
    bytes: u32,
    records: u32,
}

impl Positions {
    fn new(head: u64, tail: u64) -> Positions {
        let position = |word: u64| Position::from_word(word & !DISABLED);
        Positions { head: position(head), tail: position(tail), disabled: tail & DISABLED != 0 }
    }

    /// Loads both: for who alone writes, or reads.
    fn load<D: Direction>(ring: &D) -> Positions {
        // Acquire: what the other side wrote before its position is seen, and what it read is not needed any more.
        let tail = ring.tail().load(Ordering::Acquire);
        Positions::new(ring.head().load(Ordering::Acquire), tail)
    }

    /// What waits, if that can be.
    fn waiting(&self, shape: Shape, capacity: u32) -> Result<Waiting, Broken> {
        let bytes = self.tail.bytes.wrapping_sub(self.head.bytes);
        let records = self.tail.records.wrapping_sub(self.head.records) & RECORDS;
        let possible = match shape.datagrams {
            true => (bytes == 0) == (records == 0) && records <= bytes && in_ring(bytes, records) <= capacity,
            false => records == 0 && bytes.is_multiple_of(shape.element),
        };
        if possible && bytes <= shape.limit { Ok(Waiting { bytes, records }) } else { Err(Broken) }
    }
}

/// The bytes that so many datagrams take in the ring. At most `u32::MAX`, which is more than any ring has.
fn in_ring(bytes: u32, records: u32) -> u32 {
    bytes.saturating_add(HEADER.saturating_mul(records))
}

impl Waiting {
    fn room(self, shape: Shape, capacity: u32) -> u32 {
        let room = shape.limit - self.bytes;
        match shape.datagrams {
            true => room.min((capacity - in_ring(self.bytes, self.records)).saturating_sub(HEADER)),
            false => room,
        }
    }
}

/// Where in the ring a position is.
fn place(position: Position, capacity: u32) -> u32 {
    position.bytes.wrapping_add(position.records.wrapping_mul(HEADER)) & (capacity - 1)
}

/// The position so many bytes further, and a datagram if there are such.
fn after(position: Position, bytes: u32, shape: Shape) -> Position {
    Position {
        bytes: position.bytes.wrapping_add(bytes),
        records: position.records.wrapping_add(u32::from(shape.datagrams)) & RECORDS,
    }
}

/// Looks how full the flow is. For anyone: others may write and read meanwhile.
///
/// # Errors
///
/// The words cannot be.
pub(crate) fn look<D: Direction>(ring: &D, shape: Shape) -> Result<Level, Broken> {
    let capacity = ring.capacity();
    let mut positions = Positions::load(ring);
    for _ in 0..LOOKS {
        // If the tail stood still while the head was loaded, both were there at one moment.
        let now = Positions::load(ring);
        if (now.tail, now.disabled) == (positions.tail, positions.disabled) {
            let waiting = positions.waiting(shape, capacity)?;
            let (unread, room) = (waiting.bytes, waiting.room(shape, capacity));
            return Ok(Level { unread, room, disabled: positions.disabled });
        }
        positions = now;
    }
    // A writer that is so busy has written: what was seen is true for the one reader, and near the truth for others.
    let unread = positions.tail.bytes.wrapping_sub(positions.head.bytes).min(shape.limit);
    Ok(Level { unread, room: shape.limit - unread, disabled: positions.disabled })
}

/// Writes bytes that come in pieces, `count` in all: of a datagram all or none, otherwise as many elements as fit. Returns
/// how many bytes. Nobody else may write meanwhile.
///
/// # Errors
///
/// As [`Unwritten`] says. Nothing was written.
pub(crate) fn write<'a, D: Direction>(
    ring: &D,
    shape: Shape,
    count: usize,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> Result<u32, Unwritten> {
    let (positions, capacity) = (Positions::load(ring), ring.capacity());
    if positions.disabled {
        return Err(Unwritten::Disabled);
    }
    let room = positions.waiting(shape, capacity)?.room(shape, capacity);
    if count == 0 {
        return Ok(0);
    }
    let count = match u32::try_from(count) {
        Ok(count) if count <= room => count,
        Ok(count) if shape.datagrams && count <= shape.limit => return Err(Unwritten::Full),
        _ if shape.datagrams => return Err(Unwritten::TooLarge),
        _ => room,
    };
    let count = count - count % shape.element;
    if count == 0 {
        return Err(Unwritten::Full);
    }
    let tail = positions.tail;
    let behind = after(tail, count, shape);
    // Relaxed: nobody relies on it. It tells whoever looks at a dead process's memory that a write was under way.
    ring.reserved().store(behind.to_word(), Ordering::Relaxed);
    let mut at = place(tail, capacity);
    if shape.datagrams {
        ring.put_round(at, &count.to_le_bytes());
        at = at.wrapping_add(HEADER) & (capacity - 1);
    }
    let mut left = count as usize;
    for piece in pieces {
        let piece = &piece[..piece.len().min(left)];
        ring.put_round(at, piece);
        at = at.wrapping_add(piece.len() as u32) & (capacity - 1);
        left -= piece.len();
    }
    publish(ring, tail.to_word(), behind.to_word()).map(|()| count)
}

/// Makes what was written visible. What others can change in the word meanwhile is the bit alone, to and fro.
fn publish<D: Direction>(ring: &D, tail: u64, behind: u64) -> Result<(), Unwritten> {
    for _ in 0..LOOKS {
        // Whoever sees the position sees the bytes.
        if ring.tail().replace(tail, behind) {
            return Ok(());
        }
        match ring.tail().load(Ordering::Relaxed) {
            word if word == tail | DISABLED => return Err(Unwritten::Disabled),
            word if word == tail => {}
            _ => return Err(Unwritten::Broken),
        }
    }
    Err(Unwritten::Full)
}

/// Reads, or with `peek` looks at, the first bytes: as many whole elements as there are and have a place, or one datagram,
/// of which what has no place is lost. Returns how many bytes. Nobody else may read meanwhile.
///
/// # Errors
///
/// As [`Unread`] says. Nothing was read.
pub(crate) fn read<D: Direction>(
    ring: &D,
    shape: Shape,
    places: &mut [MaybeUninit<u8>],
    peek: bool,
) -> Result<u32, Unread> {
    let (positions, capacity) = (Positions::load(ring), ring.capacity());
    let waiting = positions.waiting(shape, capacity)?;
    if waiting.bytes == 0 {
        return Err(Unread::Empty { disabled: positions.disabled });
    }
    if places.is_empty() {
        return Ok(0);
    }
    let (head, mut at) = (positions.head, place(positions.head, capacity));
    let mut taken = waiting.bytes.min(u32::try_from(places.len()).unwrap_or(u32::MAX));
    taken -= taken % shape.element;
    let mut count = taken;
    if shape.datagrams {
        taken = first_size(ring, at, waiting)?;
        count = count.min(taken);
        at = at.wrapping_add(HEADER) & (capacity - 1);
    }
    ring.get_round(at, &mut places[..count as usize]);
    if !peek {
        // Release: the bytes have been read.
        ring.head().store(after(head, taken, shape).to_word(), Ordering::Release);
    }
    Ok(count)
}

/// The size of the first datagram, whose header is at this place, if it can be.
fn first_size<D: Direction>(ring: &D, at: u32, waiting: Waiting) -> Result<u32, Broken> {
    let mut header = [MaybeUninit::new(0); HEADER as usize];
    ring.get_round(at, &mut header);
    // SAFETY: all were initialized, and the copy has written all of them.
    #[allow(unsafe_code)]
    let size = u32::from_le_bytes(header.map(|byte| unsafe { byte.assume_init() }));
    let rest = waiting.bytes.checked_sub(size).ok_or(Broken)?;
    // What follows the last one is nothing, and each of the others has a byte at least.
    let possible = size > 0 && (rest == 0) == (waiting.records == 1) && rest >= waiting.records - 1;
    if possible { Ok(size) } else { Err(Broken) }
}

/// The size of the first datagram, or 0 if there is none. Nobody may read meanwhile.
///
/// # Errors
///
/// The words cannot be.
pub(crate) fn first_datagram<D: Direction>(ring: &D, shape: Shape) -> Result<u32, Broken> {
    let (positions, capacity) = (Positions::load(ring), ring.capacity());
    let waiting = positions.waiting(shape, capacity)?;
    if waiting.bytes == 0 { Ok(0) } else { first_size(ring, place(positions.head, capacity), waiting) }
}

/// Disables writes. By either side.
pub(crate) fn disable<D: Direction>(ring: &D) {
    ring.tail().fetch_or(DISABLED, Ordering::AcqRel);
}

/// Whether writes are enabled, or may be: not before all that was written is read.
///
/// # Errors
///
/// The words cannot be.
pub(crate) fn may_enable<D: Direction>(ring: &D, shape: Shape) -> Result<bool, Broken> {
    let level = look(ring, shape)?;
    Ok(!level.disabled || level.unread == 0)
}

/// Enables writes, if they may be. By either side.
pub(crate) fn enable<D: Direction>(ring: &D) {
    let tail = ring.tail().load(Ordering::Acquire);
    let head = ring.head().load(Ordering::Acquire);
    // While the bit is set the word stays as it is, and the head can only come nearer.
    if tail & !DISABLED == head {
        ring.tail().replace(tail, head);
    }
}
