//! Unions.
//!
//! What a generated union is made of stands here, beside the macros that put it together: a union validates its envelope with
//! the type of its ordinal, or passes over it, and views it in the same way.

mod declare;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, EncodeRef, Encoder};
use super::envelope::{Envelope, Unknown, content};
use super::error::{DecodeError, EncodeError, Rule};
use super::scalar::U64;
use super::table::Member;
use super::validate::{Decoder, Wire};
use super::vector::Elements;
use super::view::Object;

/// A union of any type, 16 bytes: an ordinal and an envelope.
#[derive(Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct UnionHead {
    ordinal: U64,
    envelope: Envelope,
}

impl UnionHead {
    /// Which member there is.
    pub fn ordinal(&self) -> u64 {
        self.ordinal.get()
    }

    /// Checks the member, which is a `T`.
    ///
    /// # Errors
    ///
    /// Those of [`Envelope::validate`].
    pub fn validate<T: Wire>(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.envelope.validate::<T>(at + 8, decoder)
    }

    /// Passes over a member that the schema does not know.
    ///
    /// # Errors
    ///
    /// [`Rule::UnionOrdinal`] for ordinal 0, [`Rule::Absent`] if there is no member, and those of [`Envelope::skip`].
    pub fn skip(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.ordinal() == 0 {
            return Err(DecodeError::new(Rule::UnionOrdinal, at));
        }
        if self.envelope.is_absent() {
            return Err(DecodeError::new(Rule::Absent, at + 8));
        }
        self.envelope.skip(at + 8, decoder)
    }

    /// Undoes what the walk has written for a member, a `T`.
    ///
    /// # Errors
    ///
    /// None behind [`validate::<T>`](Self::validate).
    pub fn restore<T: Wire>(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.envelope.restore::<T>(decoder)
    }

    /// Undoes what the walk has written for a member that the schema does not know.
    ///
    /// # Errors
    ///
    /// None behind [`skip`](Self::skip).
    pub fn restore_unknown(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.envelope.restore_unknown(decoder)
    }

    /// The member of a validated union.
    ///
    /// # Safety
    ///
    /// The walk validated it with [`validate::<T>`](Self::validate).
    #[allow(unsafe_code)]
    pub unsafe fn content<'f, T: Wire>(object: Object<'f, Self>) -> T::View<'f> {
        // SAFETY: the union's own envelope, which is what the walk took it for.
        let envelope = unsafe { object.part(&object.wire().envelope) };
        // SAFETY: the caller's promise.
        unsafe { content::<T>(envelope) }
    }

    /// The member of a validated union, which the schema does not know.
    ///
    /// # Safety
    ///
    /// The walk passed over it with [`skip`](Self::skip).
    #[allow(unsafe_code)]
    pub unsafe fn unknown<'f>(object: Object<'f, Self>) -> Unknown<'f> {
        // SAFETY: the union's own envelope, which is what the walk took it for.
        let envelope = unsafe { object.part(&object.wire().envelope) };
        // SAFETY: the caller's promise.
        unsafe { Unknown::new(object.wire().ordinal(), envelope) }
    }

    /// Writes a member.
    ///
    /// # Errors
    ///
    /// What the value breaks.
    pub fn encode<T: Wire>(
        &mut self,
        ordinal: u64,
        value: impl Encode<T>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        self.ordinal = U64::new(ordinal);
        self.envelope.encode::<T>(value, encoder)
    }

    /// Writes the member of union `U` with an ordinal.
    ///
    /// # Errors
    ///
    /// What the value breaks.
    pub fn put<U: Member<ORDINAL>, const ORDINAL: u64>(
        &mut self,
        value: impl Encode<U::Wire>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        self.encode::<U::Wire>(ORDINAL, value, encoder)
    }
}

/// The wire type of a union. Implemented by [`wire_union!`](crate::wire_union), for [`OptUnion`].
pub trait Union: Wire {}

/// A union with `:optional`, 16 bytes; all of them zeros if it is absent.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct OptUnion<T>(T);

impl<T: Union> OptUnion<T> {
    /// That is so behind the walk, too: a union that is there has an ordinal.
    fn is_absent(&self) -> bool {
        self.0.as_bytes().iter().all(|byte| *byte == 0)
    }
}

// SAFETY: `Ok` only if the union is absent, or validated; `view` tells one from the other by the same bytes, for a union with
// ordinal 0 does not validate.
#[allow(unsafe_code)]
unsafe impl<T: Union> Wire for OptUnion<T> {
    const PLAIN: bool = false;
    type View<'f> = Option<T::View<'f>>;
    type Many<'f> = Elements<'f, Self>;

    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.is_absent() { Ok(()) } else { self.0.validate(at, decoder) }
    }

    fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.is_absent() { Ok(()) } else { self.0.restore(decoder) }
    }

    fn view<'f>(object: Object<'f, Self>) -> Option<T::View<'f>> {
        let wire = object.wire();
        // SAFETY: the union inside, as it validated itself.
        (!wire.is_absent()).then(|| T::view(unsafe { object.part(&wire.0) }))
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

impl<T: Union, X: EncodeRef<T>> EncodeRef<OptUnion<T>> for Option<X> {
    fn encode_ref(&self, out: &mut OptUnion<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.as_ref().map_or(Ok(()), |value| value.encode_ref(&mut out.0, encoder))
    }
}

impl<T: Union, X: Encode<T>> Encode<OptUnion<T>> for Option<X> {
    fn encode(self, out: &mut OptUnion<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.map_or(Ok(()), |value| value.encode(&mut out.0, encoder))
    }
}

/// What the reference names goes into the message, and nothing is left there.
impl<T: Union, X: Encode<T>> Encode<OptUnion<T>> for &mut Option<X> {
    fn encode(self, out: &mut OptUnion<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.take().encode(out, encoder)
    }
}
