//! Tables.
//!
//! What a generated table is made of stands here, beside the macros that put it together: a table validates each of its
//! members with the type that its accessor has, and passes over the others.

mod declare;

use core::fmt;
use core::hint::cold_path;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, Encoder};
use super::envelope::{Envelope, Unknown, content};
use super::error::{DecodeError, EncodeError, EncodeRule};
use super::pointer::Counted;
use super::validate::{Decoder, Wire};
use super::view::Object;
use super::zeros::inlined_values;

/// The inline part of every table, 16 bytes: the highest ordinal there is, and the pointer to as many envelopes.
#[derive(Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct TableHead(Counted);

/// The wire type of the member that has an ordinal in a table or union. Implemented by [`wire_table!`](crate::wire_table) and
/// [`wire_union!`](crate::wire_union).
pub trait Member<const ORDINAL: u64> {
    /// The member's wire type.
    type Wire: Wire;
}

/// Whether ordinals are above 0 and ascend.
#[doc(hidden)]
pub const fn ascend(ordinals: &[u64]) -> bool {
    let (mut before, mut index) = (0, 0);
    while index < ordinals.len() {
        if ordinals[index] <= before {
            return false;
        }
        before = ordinals[index];
        index += 1;
    }
    true
}

impl TableHead {
    /// Checks a table; `member` checks what is in the envelope of an ordinal, for each that is not absent and of which not a
    /// mask tells that nothing is wrong. `masks` are those of the first ordinals, 0 for none.
    ///
    /// # Errors
    ///
    /// [`Rule::Absent`](super::Rule::Absent) and those of a vector of envelopes; what `member` returns.
    #[inline]
    pub fn validate(
        &mut self,
        at: u32,
        decoder: &mut Decoder<'_>,
        masks: &'static [u64],
        member: impl FnMut(u64, &mut Envelope, u32, &mut Decoder<'_>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let count = self.0.resolve(at, decoder.position(), u32::MAX)?;
        // Of an empty table nothing is out of line.
        if count == 0 {
            return Ok(());
        }
        decoder.last_level(at)?;
        let (envelopes, start) = decoder.claim_run::<Envelope>(count)?;
        // What lies in an envelope is one level deeper than the envelopes.
        let done = if decoder.is_last_but_one() { 0 } else { inlined_values(envelopes, masks) };
        if done == envelopes.len() {
            return Ok(());
        }
        decoder.apart(|decoder| {
            decoder.deeper(at, |decoder| validate_members(envelopes, done, start, decoder, member))
        })
    }

    /// Undoes what the walk has written; `member` does so for what is in the envelope of an ordinal, for each that is not absent.
    ///
    /// # Errors
    ///
    /// None of a validated table.
    pub fn restore(
        &mut self,
        decoder: &mut Decoder<'_>,
        mut member: impl FnMut(u64, &mut Envelope, &mut Decoder<'_>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let Some(count) = self.0.restore() else { return Ok(()) };
        let (envelopes, _) = decoder.claim_run::<Envelope>(count)?;
        for (envelope, ordinal) in envelopes.iter_mut().zip(1..) {
            if !envelope.is_absent() {
                member(ordinal, envelope, decoder)?;
            }
        }
        Ok(())
    }

    /// The members of a validated table.
    pub fn members<'f>(object: Object<'f, Self>) -> Members<'f> {
        // A table is present; of none, 0 envelopes lie anywhere.
        let (offset, count) = object.wire().0.target().unwrap_or((0, 0));
        // SAFETY: the walk claimed `count` envelopes there, and each was validated or passed over, or is absent.
        #[allow(unsafe_code)]
        Members(unsafe { object.follow_many(offset, count) })
    }

    /// Announces envelopes up to the ordinal `highest` and has them filled by `write`.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::OutOfSpace`], [`EncodeRule::Depth`]; what `write` returns.
    pub fn encode<'b>(
        &mut self,
        highest: u32,
        encoder: &mut Encoder<'b>,
        write: impl FnOnce(&mut MemberPlaces<'b>, &mut Encoder<'b>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.0 = Counted::announcing(highest);
        if highest == 0 {
            return Ok(());
        }
        let mut places = MemberPlaces(encoder.claim_run(highest, true)?);
        encoder.deeper(|encoder| {
            // There is a member, so this is just what its envelope asks; here it is asked once.
            encoder.last_level()?;
            write(&mut places, encoder)
        })
    }
}

/// Validates the envelopes behind the first `done`, all of which begin at `start`.
#[inline(never)]
fn validate_members(
    envelopes: &mut [Envelope],
    done: usize,
    start: u32,
    decoder: &mut Decoder<'_>,
    mut member: impl FnMut(u64, &mut Envelope, u32, &mut Decoder<'_>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let mut at = start + (done * size_of::<Envelope>()) as u32;
    for (envelope, ordinal) in envelopes.iter_mut().zip(1..).skip(done) {
        if !envelope.is_absent() {
            member(ordinal, envelope, at, decoder)?;
        }
        at += size_of::<Envelope>() as u32;
    }
    Ok(())
}

/// The envelopes of a table that is being encoded.
#[derive(Debug)]
pub struct MemberPlaces<'b>(&'b mut [Envelope]);

impl MemberPlaces<'_> {
    /// Writes the member of table `T` with an ordinal.
    ///
    /// # Errors
    ///
    /// What the value breaks; [`EncodeRule::OutOfSpace`] for an ordinal that was not announced.
    pub fn put<T: Member<ORDINAL>, const ORDINAL: u64>(
        &mut self,
        value: impl Encode<T::Wire>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        let index = usize::try_from(ORDINAL).ok().and_then(|ordinal| ordinal.checked_sub(1));
        let place =
            index.and_then(|index| self.0.get_mut(index)).ok_or(EncodeError::new(EncodeRule::OutOfSpace))?;
        place.encode::<T::Wire>(value, encoder)
    }
}

/// The members of a validated table, known or not, in place.
#[derive(Clone, Copy)]
pub struct Members<'f>(Object<'f, [Envelope]>);

impl<'f> Members<'f> {
    /// The highest ordinal that the table came with; 0 if it is empty.
    pub fn highest_ordinal(self) -> u64 {
        self.0.wire().len() as u64
    }

    /// The member with an ordinal, if it is present.
    ///
    /// # Safety
    ///
    /// If the member is present, the walk validated it with [`Envelope::validate::<T>`].
    #[allow(unsafe_code)]
    pub unsafe fn get<T: Wire>(self, ordinal: u64) -> Option<T::View<'f>> {
        let envelope = self.envelope(ordinal)?;
        // SAFETY: the caller's promise.
        Some(unsafe { content::<T>(envelope) })
    }

    /// The members that are present and have none of the ordinals `known`, which ascend.
    ///
    /// # Safety
    ///
    /// The walk passed over all of them with [`Envelope::skip`].
    #[allow(unsafe_code)]
    pub unsafe fn unknown(self, known: &'static [u64]) -> UnknownMembers<'f> {
        UnknownMembers { members: self, next: 1, known }
    }

    #[allow(unsafe_code)]
    fn envelope(self, ordinal: u64) -> Option<Object<'f, Envelope>> {
        let index = usize::try_from(ordinal.checked_sub(1)?).ok()?;
        let envelope = self.0.wire().get(index)?;
        if envelope.is_absent() {
            // A branch, which can be foreseen; else whoever adds members up waits for one after the other.
            cold_path();
            return None;
        }
        // SAFETY: an element, as an envelope, which is what the walk took it for.
        Some(unsafe { self.0.part(envelope) })
    }
}

impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Members(up to ordinal {})", self.highest_ordinal())
    }
}

/// The members of a table that the schema does not know, by ascending ordinal.
#[derive(Clone, Debug)]
pub struct UnknownMembers<'f> {
    members: Members<'f>,
    next: u64,
    known: &'static [u64],
}

impl<'f> Iterator for UnknownMembers<'f> {
    type Item = Unknown<'f>;

    fn next(&mut self) -> Option<Unknown<'f>> {
        while self.next <= self.members.highest_ordinal() {
            let ordinal = self.next;
            self.next += 1;
            if self.known.binary_search(&ordinal).is_ok() {
                continue;
            }
            if let Some(envelope) = self.members.envelope(ordinal) {
                // SAFETY: not one of the known, so the walk passed over it: whoever made this promised so.
                #[allow(unsafe_code)]
                return Some(unsafe { Unknown::new(ordinal, envelope) });
            }
        }
        None
    }
}

/// What every view of a table can tell besides its members.
pub trait TableView<'f>: Copy {
    /// The highest ordinal that the table came with, known or not; 0 if it is empty.
    fn highest_ordinal(self) -> u64;

    /// The members that the schema does not know or has reserved, by ascending ordinal.
    fn unknown_members(self) -> UnknownMembers<'f>;
}
