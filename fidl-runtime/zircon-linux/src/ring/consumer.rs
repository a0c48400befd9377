//! The side of a ring that reads records.

use core::mem::MaybeUninit;

use super::position::Distance;
use super::{Broken, Direction, LARGEST_RECORD, MOST_HANDLES, Position, RECORD_WORD, Word, record_bytes};
use crate::abi::types::ZX_CHANNEL_MAX_MSG_BYTES;
use crate::sync::Ordering;

/// What the consumer knows without looking at shared memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Consumer {
    head: Position,
    /// Where the producer was at the last look.
    tail: Position,
    /// The most unread bytes that a look found since [`Consumer::was_full`] was asked last.
    most: u32,
}

/// The first record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Bytes of the message.
    pub(crate) bytes: u32,
    /// Handles of the message.
    pub(crate) handles: u32,
}

impl Consumer {
    /// A consumer that goes on at a position.
    pub(crate) fn at(head: Position) -> Consumer {
        // What another process found before is not known.
        Consumer { head, tail: head, most: u32::MAX }
    }

    fn unread<D: Direction>(&self, ring: &D) -> Result<Distance, Broken> {
        self.head.distance_to(self.tail, ring.capacity())
    }

    /// The number of messages that are ready, after a look at the producer.
    ///
    /// # Errors
    ///
    /// The peer's position cannot be.
    #[inline]
    pub(crate) fn look<D: Direction>(&mut self, ring: &D) -> Result<u32, Broken> {
        // Acquire: the records before the position are seen.
        let tail = Position::from_word(ring.tail().load(Ordering::Acquire));
        let unread = self.head.distance_to(tail, ring.capacity())?;
        let before = self.unread(ring)?;
        if unread.bytes < before.bytes || unread.records < before.records {
            return Err(Broken);
        }
        self.tail = tail;
        self.most = self.most.max(unread.bytes);
        Ok(unread.records)
    }

    /// The first message's sizes, if there is a message.
    ///
    /// # Errors
    ///
    /// The peer's position or the record cannot be.
    #[inline]
    pub(crate) fn front<D: Direction>(&mut self, ring: &D) -> Result<Option<Record>, Broken> {
        if self.head == self.tail && self.look(ring)? == 0 {
            return Ok(None);
        }
        let unread = self.unread(ring)?;
        let word = ring.get_word(self.head.bytes & (ring.capacity() - 1));
        let record = Record { bytes: word as u32, handles: (word >> 32) as u32 };
        let legal = record.bytes <= ZX_CHANNEL_MAX_MSG_BYTES && record.handles <= MOST_HANDLES;
        if !legal {
            return Err(Broken);
        }
        let after = Distance {
            bytes: unread.bytes.checked_sub(record_bytes(record.bytes)).ok_or(Broken)?,
            records: unread.records - 1,
        };
        // What follows the last record is nothing, and what follows another is something.
        if (after.bytes == 0) == (after.records == 0) { Ok(Some(record)) } else { Err(Broken) }
    }

    /// Copies the bytes of the first message, which [`Consumer::front`] gave, to a place of their number.
    #[inline]
    pub(crate) fn copy<D: Direction>(&self, ring: &D, place: &mut [MaybeUninit<u8>]) {
        let at = self.head.bytes.wrapping_add(RECORD_WORD) & (ring.capacity() - 1);
        ring.get_round(at, place);
    }

    /// Goes past the first message. Says whether it is time to look if the producer waits for room: a producer that was
    /// refused found the ring more than half full, so the end of a quarter comes before it may go on.
    #[inline]
    pub(crate) fn pass<D: Direction>(&mut self, ring: &D, record: Record) -> bool {
        let before = self.head;
        self.head = before.after(record_bytes(record.bytes));
        // Release: the record has been read.
        ring.head().store(self.head.to_word(), Ordering::Release);
        let quarter = ring.capacity() / 4;
        (before.bytes ^ self.head.bytes) & !(quarter.max(1) - 1) != 0
    }

    /// Whether the producer may have found too little room since this was asked last. To be asked when all is read.
    ///
    /// A producer that finds too little room in a ring of twice the largest record or so has filled nearly half of it. What
    /// lies there is read after two looks at most, the one before the producer was refused and the one after. So one of
    /// them found a quarter of the ring unread, or nearly.
    pub(crate) fn was_full<D: Direction>(&mut self, ring: &D) -> bool {
        let most = core::mem::take(&mut self.most);
        most >= ring.capacity() / 8 || ring.capacity() < 2 * LARGEST_RECORD - 2 * RECORD_WORD
    }

    /// Whether a record is known to be there without another look.
    pub(crate) fn knows_of_more(&self) -> bool {
        self.head != self.tail
    }
}
