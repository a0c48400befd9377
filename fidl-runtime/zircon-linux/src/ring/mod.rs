//! One direction of a channel between processes: a bounded ring of records in memory that both processes write. For the
//! bytes of sockets and fifos there is [`flow`] in its place, over the same words.
//!
//! The ring is pure algorithm. Where its words and bytes lie is a [`Direction`]: shared memory, ordinary memory in
//! tests, or a model checker's.
//!
//! # Records
//!
//! A record is one 8-byte word, the number of bytes (low half) and of handles (high half), and the bytes, padded to a
//! multiple of 8. A record may go over the ring's end and on at its beginning.
//!
//! # Who owns what
//!
//! ```text
//!            head                      tail
//!   ..........|#### unread records ####|.......... free ..........
//!              the consumer's           the producer's
//! ```
//!
//! The producer alone writes free memory and `tail`; the consumer alone reads records and writes `head`. Each knows its
//! own position without looking at memory. A position counts bytes and records and is one word, so both change in one
//! step: a record is there as a whole or not at all, wherever its writer dies.
//!
//! # A hostile peer
//!
//! It may write anything anywhere at any time. So the other side's position is loaded once, checked against one's
//! own, and used from the copy; so is each record's word; and bytes are copied out before anyone looks at them. What
//! fails a check is [`Broken`]: the channel is over. Bytes that change while they are copied are the peer's to answer
//! for: they are its message.

mod consumer;
pub(crate) mod doorbell;
pub(crate) mod flow;
mod position;
mod producer;

#[cfg(all(test, not(loom)))]
mod flow_tests;
#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, not(loom)))]
mod tests;

pub(crate) use consumer::{Consumer, Record};
pub(crate) use position::Position;
pub(crate) use producer::Producer;

use core::mem::MaybeUninit;

use crate::abi::types::{ZX_CHANNEL_MAX_MSG_BYTES, ZX_CHANNEL_MAX_MSG_HANDLES};
use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// The bytes of a record's word.
pub(crate) const RECORD_WORD: u32 = 8;

/// The bytes that a record takes in the ring.
pub(crate) const fn record_bytes(bytes: u32) -> u32 {
    RECORD_WORD + bytes.next_multiple_of(RECORD_WORD)
}

/// The bytes that the largest record takes.
pub(crate) const LARGEST_RECORD: u32 = record_bytes(ZX_CHANNEL_MAX_MSG_BYTES);

/// The most handles of a record.
pub(crate) const MOST_HANDLES: u32 = ZX_CHANNEL_MAX_MSG_HANDLES;

/// The peer broke the rules of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// A word that both processes use.
pub(crate) trait Word<T> {
    /// Loads.
    fn load(&self, ordering: Ordering) -> T;
    /// Stores.
    fn store(&self, value: T, ordering: Ordering);
    /// Stores, and gives what was there.
    fn swap(&self, value: T, ordering: Ordering) -> T;
    /// Sets bits, and gives what was there.
    fn fetch_or(&self, value: T, ordering: Ordering) -> T;
    /// Stores if `current` is there, with acquire and release. `false` if something else is.
    fn replace(&self, current: T, new: T) -> bool;
}

macro_rules! words {
    ($($atomic:ty: $value:ty),*) => {
        $(
            impl Word<$value> for $atomic {
                #[inline]
                fn load(&self, ordering: Ordering) -> $value {
                    self.load(ordering)
                }
                #[inline]
                fn store(&self, value: $value, ordering: Ordering) {
                    self.store(value, ordering);
                }
                #[inline]
                fn swap(&self, value: $value, ordering: Ordering) -> $value {
                    self.swap(value, ordering)
                }
                #[inline]
                fn fetch_or(&self, value: $value, ordering: Ordering) -> $value {
                    self.fetch_or(value, ordering)
                }
                #[inline]
                fn replace(&self, current: $value, new: $value) -> bool {
                    self.compare_exchange(current, new, Ordering::AcqRel, Ordering::Acquire).is_ok()
                }
            }
        )*
    };
}

words!(AtomicU32: u32, AtomicU64: u64);

/// The memory of one direction.
pub(crate) trait Direction {
    /// A word for a position.
    type Place: Word<u64>;
    /// A word for a doorbell.
    type Bell: Word<u32>;

    /// The bytes of the ring: a power of two, at least [`RECORD_WORD`].
    fn capacity(&self) -> u32;
    /// Where the producer will be once it has written what it is writing. Nobody relies on it; it tells whoever looks at a
    /// dead peer's memory that a message was under way.
    fn reserved(&self) -> &Self::Place;
    /// Where the producer is.
    fn tail(&self) -> &Self::Place;
    /// Where the consumer is.
    fn head(&self) -> &Self::Place;
    /// How the consumer wants to be told of records.
    fn ready(&self) -> &Self::Bell;
    /// How the producer wants to be told of room.
    fn room(&self) -> &Self::Bell;
    /// Copies into the ring. `at` and the end of the bytes are within the capacity.
    fn put(&self, at: u32, bytes: &[u8]);
    /// Copies out of the ring. `at` and the end of the bytes are within the capacity.
    fn get(&self, at: u32, place: &mut [MaybeUninit<u8>]);
    /// Copies into the ring from a place within the capacity on, over the ring's end if need be.
    #[inline]
    fn put_round(&self, at: u32, bytes: &[u8]) {
        let (start, rest) = bytes.split_at(bytes.len().min((self.capacity() - at) as usize));
        self.put(at, start);
        if !rest.is_empty() {
            self.put(0, rest);
        }
    }
    /// Copies out of the ring from a place within the capacity on, over the ring's end if need be.
    #[inline]
    fn get_round(&self, at: u32, place: &mut [MaybeUninit<u8>]) {
        let (start, rest) = place.split_at_mut(place.len().min((self.capacity() - at) as usize));
        self.get(at, start);
        if !rest.is_empty() {
            self.get(0, rest);
        }
    }
    /// Stores a record's word at a multiple of 8.
    fn put_word(&self, at: u32, word: u64);
    /// Loads a record's word from a multiple of 8.
    fn get_word(&self, at: u32) -> u64;
    /// A sequentially consistent fence.
    fn fence();
    /// Stores a position with release ordering, then does as the fence does.
    #[inline]
    fn store_and_fence(place: &Self::Place, position: u64) {
        place.store(position, Ordering::Release);
        Self::fence();
    }
}
