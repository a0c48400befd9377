//! The side of a ring that writes records.

use super::{Broken, Direction, LARGEST_RECORD, Position, RECORD_WORD, Word, record_bytes};
use crate::sync::Ordering;

/// What the producer knows without looking at shared memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Producer {
    tail: Position,
    /// Where the consumer was at the last look.
    head: Position,
}

/// The room at which a producer that found too little is told to go on: enough for any record that can fit, and at
/// least half of the ring, so that it does not wake for every small gap.
fn enough(capacity: u32) -> u32 {
    LARGEST_RECORD.max(capacity / 2).min(capacity)
}

impl Producer {
    /// A producer that goes on at a position.
    pub(crate) fn at(tail: Position, head: Position) -> Producer {
        Producer { tail, head }
    }

    fn free<D: Direction>(&self, ring: &D) -> Result<u32, Broken> {
        let used = self.head.distance_to(self.tail, ring.capacity())?;
        Ok(ring.capacity() - used.bytes)
    }

    /// Looks where the consumer is. It can only have gone forward, and not past the tail.
    fn look<D: Direction>(&mut self, ring: &D) -> Result<u32, Broken> {
        // Acquire: the consumer is done with the bytes before its position.
        let head = Position::from_word(ring.head().load(Ordering::Acquire));
        let used = head.distance_to(self.tail, ring.capacity())?;
        let before = self.head.distance_to(self.tail, ring.capacity())?;
        if used.bytes > before.bytes || used.records > before.records {
            return Err(Broken);
        }
        self.head = head;
        Ok(ring.capacity() - used.bytes)
    }

    /// Whether a message of so many bytes is known to have room, without a look at the consumer.
    #[inline]
    pub(crate) fn knows_of_room<D: Direction>(&self, ring: &D, bytes: u32) -> bool {
        self.free(ring).is_ok_and(|free| free >= record_bytes(bytes))
    }

    /// Whether a message of so many bytes has room now.
    ///
    /// # Errors
    ///
    /// The peer's position cannot be.
    #[inline]
    pub(crate) fn has_room<D: Direction>(&mut self, ring: &D, bytes: u32) -> Result<bool, Broken> {
        let needed = record_bytes(bytes);
        Ok(self.free(ring)? >= needed || self.look(ring)? >= needed)
    }

    /// Whether a producer that was refused may go on.
    ///
    /// # Errors
    ///
    /// The peer's position cannot be.
    pub(crate) fn may_go_on<D: Direction>(&mut self, ring: &D) -> Result<bool, Broken> {
        Ok(self.look(ring)? >= enough(ring.capacity()))
    }

    /// Writes a message of `bytes` bytes in pieces, for which [`Producer::has_room`] found room. No one sees it yet.
    #[inline]
    pub(crate) fn fill<'a, D: Direction>(
        &self,
        ring: &D,
        bytes: u32,
        handles: u32,
        pieces: impl Iterator<Item = &'a [u8]>,
    ) {
        // Relaxed: nothing hangs on it.
        ring.reserved().store(self.tail.after(record_bytes(bytes)).to_word(), Ordering::Relaxed);
        let mask = ring.capacity() - 1;
        ring.put_word(self.tail.bytes & mask, u64::from(handles) << 32 | u64::from(bytes));
        let mut at = self.tail.bytes.wrapping_add(RECORD_WORD) & mask;
        for piece in pieces {
            ring.put_round(at, piece);
            at = at.wrapping_add(piece.len() as u32) & mask;
        }
    }

    /// Makes the filled message visible.
    #[inline]
    pub(crate) fn publish<D: Direction>(&mut self, ring: &D, bytes: u32) {
        self.tail = self.tail.after(record_bytes(bytes));
        // Release: whoever sees the position sees the record.
        ring.tail().store(self.tail.to_word(), Ordering::Release);
    }

    /// Makes the filled message visible, before any later look at a bell.
    #[inline]
    pub(crate) fn publish_and_fence<D: Direction>(&mut self, ring: &D, bytes: u32) {
        self.tail = self.tail.after(record_bytes(bytes));
        D::store_and_fence(ring.tail(), self.tail.to_word());
    }
}
