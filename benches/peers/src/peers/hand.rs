//! The same bytes as ours, read by hand: what one would write for a single message type, in safe Rust, in one pass and without
//! writing to the message. It checks every rule of the wire format that a message without handles can break.

use bumpalo::Bump;

use super::fidl::{Fidl, Shape as FidlShape};
use super::{BUFFER, Peer};
use crate::model;
use crate::sink::Sink;

mod plain;
mod players;

/// Encodes as ours does.
pub struct Hand<T: FidlShape>(Fidl<T>);

/// A shape with a reader. `None` if the message breaks a rule.
pub trait Shape: FidlShape {
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()>;
}

impl<T: Shape> Peer<T> for Hand<T>
where
    Fidl<T>: Peer<T>,
{
    const NAME: &'static str = "hand-written";

    fn new(value: &T) -> Self {
        Self(Fidl::new(value))
    }

    #[inline]
    fn build(value: &T, room: &mut Bump) {
        Fidl::build(value, room);
    }

    #[inline]
    fn encode(&mut self) -> &[u8] {
        self.0.encode()
    }

    #[inline(always)]
    fn decode<S: Sink>(message: &mut [u8], sink: &mut S) {
        assert!(message.len() <= BUFFER);
        T::read(message, sink).expect("what was encoded is valid");
    }
}

/// The objects that are still to come.
struct Rest<'m>(&'m [u8]);

impl<'m> Rest<'m> {
    /// The primary object, of `N` bytes, and what is behind it and its padding.
    #[inline(always)]
    fn behind<const N: usize>(message: &'m [u8]) -> Option<(&'m [u8; N], Self)> {
        let mut rest = Self(message);
        let root = rest.bytes(N)?.first_chunk()?;
        Some((root, rest))
    }

    /// The next object: `size` bytes and their padding, which is zeros.
    #[inline(always)]
    fn padded(&mut self, size: usize) -> Option<&'m [u8]> {
        let (object, rest) = self.0.split_at_checked(size.checked_next_multiple_of(8)?)?;
        self.0 = rest;
        let used = size % 8;
        if used != 0 && u64::from_le_bytes(*object.last_chunk()?) >> (8 * used) != 0 {
            return None;
        }
        Some(object)
    }

    #[inline(always)]
    fn bytes(&mut self, size: usize) -> Option<&'m [u8]> {
        self.padded(size)?.get(..size)
    }

    /// The elements, of `N` bytes each, of the vector whose inline part is at `at` of `object`.
    #[inline(always)]
    fn vector<const N: usize>(&mut self, object: &[u8], at: usize, bound: usize) -> Option<&'m [[u8; N]]> {
        let count = count(object, at, bound)?;
        Some(self.bytes(count.checked_mul(N)?)?.as_chunks().0)
    }

    #[inline(always)]
    fn text(&mut self, object: &[u8], at: usize, bound: usize) -> Option<&'m [u8]> {
        let count = count(object, at, bound)?;
        let padded = self.padded(count)?;
        let text = padded.get(..count)?;
        let words = padded.as_chunks::<8>().0.iter();
        let all = words.fold(0, |all, word| all | u64::from_le_bytes(*word));
        if all & 0x8080_8080_8080_8080 != 0 {
            core::str::from_utf8(text).ok()?;
        }
        Some(text)
    }

    /// Nothing is left.
    #[inline(always)]
    fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// The count of a vector or string that must be present.
#[inline(always)]
fn count(object: &[u8], at: usize, bound: usize) -> Option<usize> {
    let count = u64(object, at)? as usize;
    (u64(object, at + 8)? == u64::MAX && count <= bound).then_some(count)
}

#[inline(always)]
fn u8(object: &[u8], at: usize) -> Option<u64> {
    object.get(at).map(|byte| u64::from(*byte))
}

#[inline(always)]
fn u16(object: &[u8], at: usize) -> Option<u64> {
    object.get(at..)?.first_chunk().map(|bytes| u64::from(u16::from_le_bytes(*bytes)))
}

#[inline(always)]
fn u32(object: &[u8], at: usize) -> Option<u64> {
    object.get(at..)?.first_chunk().map(|bytes| u64::from(u32::from_le_bytes(*bytes)))
}

#[inline(always)]
fn u64(object: &[u8], at: usize) -> Option<u64> {
    object.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

#[inline(always)]
fn bool(object: &[u8], at: usize) -> Option<u64> {
    u8(object, at).filter(|byte| *byte <= 1)
}

/// Checks that the bits of a word are zeros: padding.
#[inline(always)]
fn zero(bits: u64) -> Option<()> {
    (bits == 0).then_some(())
}

/// Reads a listing.
impl Shape for model::Listing<'static> {
    #[inline(always)]
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
        let (root, mut rest) = Rest::behind::<16>(message)?;
        let entries = rest.vector::<48>(root, 0, 32)?;
        sink.number(entries.len() as u64);
        for entry in entries {
            sink.bytes(rest.text(entry, 0, 64)?);
            sink.number(u64(entry, 16)?);
            sink.number(u64(entry, 24)?);
            sink.number(u64(entry, 32)?);
            sink.number(u32(entry, 40)?);
            sink.number(bool(entry, 44)?);
            zero(u64(entry, 40)? >> 40)?;
        }
        rest.end()
    }
}

impl Shape for model::Logs<'static> {
    #[inline(always)]
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
        let (root, mut rest) = Rest::behind::<16>(message)?;
        let logs = rest.vector::<88>(root, 0, 256)?;
        sink.number(logs.len() as u64);
        for log in logs {
            (0..4).try_for_each(|at| u8(log, at).map(|number| sink.number(number)))?;
            zero(u32(log, 4)?)?;
            sink.bytes(rest.text(log, 8, 64)?);
            sink.bytes(rest.text(log, 24, 64)?);
            sink.bytes(rest.text(log, 40, 64)?);
            sink.bytes(rest.text(log, 56, 128)?);
            sink.number(u16(log, 72)?);
            zero(u64(log, 72)? >> 16)?;
            sink.number(u64(log, 80)?);
        }
        rest.end()
    }
}

impl Shape for model::Strings<'static> {
    #[inline(always)]
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
        let (root, mut rest) = Rest::behind::<16>(message)?;
        let strings = rest.vector::<16>(root, 0, 64)?;
        sink.number(strings.len() as u64);
        for string in strings {
            sink.bytes(rest.text(string, 0, 64)?);
        }
        rest.end()
    }
}
