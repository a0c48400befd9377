//! How far one side of a ring has come.

use super::{Broken, RECORD_WORD};

/// Bytes and records so far, each modulo 2^32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    pub(super) bytes: u32,
    pub(super) records: u32,
}

/// What lies between two positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Distance {
    pub(super) bytes: u32,
    pub(super) records: u32,
}

impl Position {
    /// The position as one word.
    #[inline]
    pub(crate) fn to_word(self) -> u64 {
        u64::from(self.records) << 32 | u64::from(self.bytes)
    }

    /// The position that a word is, whoever wrote it.
    #[inline]
    pub(crate) fn from_word(word: u64) -> Position {
        Position { bytes: word as u32, records: (word >> 32) as u32 }
    }

    /// One record of so many bytes further.
    #[inline]
    pub(super) fn after(self, bytes: u32) -> Position {
        Position { bytes: self.bytes.wrapping_add(bytes), records: self.records.wrapping_add(1) }
    }

    /// What lies between this position and a later one, if that can be in a ring of this capacity. Each is then where a
    /// record can begin.
    #[inline]
    pub(super) fn distance_to(self, later: Position, capacity: u32) -> Result<Distance, Broken> {
        let bytes = later.bytes.wrapping_sub(self.bytes);
        let records = later.records.wrapping_sub(self.records);
        let possible = bytes <= capacity
            // Both: a peer may have chosen where the ring begins.
            && (self.bytes | later.bytes).is_multiple_of(RECORD_WORD)
            && records <= bytes / RECORD_WORD
            && (bytes == 0) == (records == 0);
        if possible { Ok(Distance { bytes, records }) } else { Err(Broken) }
    }
}
