//! Envelopes, and the result union that the reply of a flexible method travels in.

use core::fmt;
use core::marker::PhantomData;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, Encoder};
use super::error::{DecodeError, EncodeError, Rule};
use super::scalar::{I32, U16, U64};
use super::validate::{Decoder, Wire};
use super::view::Object;
use crate::limits::padded;

/// The only flag of an envelope: its value lies in the envelope itself.
const INLINED: u16 = 1;

/// Values up to this size lie in the envelope itself.
const INLINE_BYTES: usize = 4;

/// Ordinals of the result union.
const SUCCESS: u64 = 1;
const FRAMEWORK_ERROR: u64 = 3;

/// The one framework error there is: 'unknown method'.
const UNKNOWN_METHOD: i32 = -2;

/// An envelope, 8 bytes: an inlined value of up to 4 bytes, or the size of the content out of line.
///
/// Behind the walk the first 4 bytes of an envelope with content out of line hold that content's offset.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Envelope {
    /// The inlined value, or the number of bytes out of line.
    data: [u8; INLINE_BYTES],
    num_handles: U16,
    flags: U16,
}

/// Whether a `T` lies in its envelope.
const fn is_inlined<T>() -> bool {
    size_of::<T>() <= INLINE_BYTES
}

impl Envelope {
    /// Checks an envelope whose content is a `T`, and its content.
    pub(super) fn validate<T: Wire>(
        &mut self,
        at: u32,
        decoder: &mut Decoder<'_>,
    ) -> Result<(), DecodeError> {
        let flags = if is_inlined::<T>() { INLINED } else { 0 };
        if self.flags.get() != flags {
            return Err(DecodeError::new(Rule::EnvelopeForm, at + 6));
        }
        let handles_before = decoder.handles_taken();
        if is_inlined::<T>() {
            decoder.deeper(at, |decoder| self.validate_inlined::<T>(at, decoder))?;
        } else {
            decoder.deeper(at, |decoder| self.validate_out_of_line::<T>(at, decoder))?;
        }
        if decoder.handles_taken() - handles_before != usize::from(self.num_handles.get()) {
            return Err(DecodeError::new(Rule::EnvelopeHandles, at + 4));
        }
        Ok(())
    }

    fn validate_inlined<T: Wire>(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let wrong = DecodeError::new(Rule::EnvelopeForm, at);
        let (value, padding) = T::mut_from_prefix(&mut self.data).map_err(|_| wrong)?;
        if let Some(index) = padding.iter().position(|byte| *byte != 0) {
            return Err(DecodeError::new(Rule::Padding, at + (size_of::<T>() + index) as u32));
        }
        value.validate(at, decoder)
    }

    fn validate_out_of_line<T: Wire>(
        &mut self,
        at: u32,
        decoder: &mut Decoder<'_>,
    ) -> Result<(), DecodeError> {
        let start = decoder.position();
        let announced = u32::from_le_bytes(self.data);
        let (content, content_at) = decoder.claim::<T>()?;
        content.validate(content_at, decoder)?;
        if decoder.position() - start != announced {
            return Err(DecodeError::new(Rule::EnvelopeBytes, at));
        }
        self.data = start.to_le_bytes();
        Ok(())
    }

    /// Writes `content`, in the envelope or out of line.
    pub(super) fn encode<T: Wire>(
        &mut self,
        content: impl Encode<T>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        let before = encoder.written();
        if is_inlined::<T>() {
            let (value, _) = T::mut_from_prefix(&mut self.data).map_err(|_| EncodeError::OutOfSpace)?;
            encoder.deeper(|encoder| content.encode(value, encoder))?;
            self.flags = U16::new(INLINED);
        } else {
            let place = encoder.claim::<T>()?;
            encoder.deeper(|encoder| content.encode(place, encoder))?;
            self.data = ((encoder.written().bytes - before.bytes) as u32).to_le_bytes();
        }
        self.num_handles = U16::new((encoder.written().handles - before.handles) as u16);
        Ok(())
    }
}

/// The content of the envelope that `object` is.
///
/// # Safety
///
/// The walk validated the envelope with [`Envelope::validate::<T>`].
#[allow(unsafe_code)]
pub(super) unsafe fn content<'f, T: Wire>(object: Object<'f, Envelope>) -> T::View<'f> {
    let data = &object.wire().data;
    if !is_inlined::<T>() {
        // SAFETY: the walk claimed and validated a `T` at the offset that it left here.
        return T::view(unsafe { object.follow(u64::from(u32::from_le_bytes(*data))) });
    }
    match T::ref_from_prefix(data) {
        // SAFETY: the value in the envelope, as the walk validated it.
        Ok((value, _)) => T::view(unsafe { object.part(value) }),
        Err(_) => unreachable!("a value of at most 4 bytes fits in 4 bytes"),
    }
}

/// The reply of a flexible two-way method: a strict union of success (ordinal 1) and framework error (ordinal 3), 16
/// bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct FlexibleResult<T> {
    ordinal: U64,
    envelope: Envelope,
    marker: PhantomData<T>,
}

/// The peer's framework does not know the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameworkError;

impl fmt::Display for FrameworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the peer does not know this method")
    }
}

impl core::error::Error for FrameworkError {}

// SAFETY: `Ok` only if the ordinal is one of two, and the envelope was validated with the type of that ordinal.
#[allow(unsafe_code)]
unsafe impl<T: Wire> Wire for FlexibleResult<T> {
    const PLAIN: bool = false;
    type View<'f> = Result<T::View<'f>, FrameworkError>;
    type Many<'f> = ();

    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        match self.ordinal.get() {
            SUCCESS => self.envelope.validate::<T>(at + 8, decoder),
            FRAMEWORK_ERROR => {
                self.envelope.validate::<I32>(at + 8, decoder)?;
                match i32::from_le_bytes(self.envelope.data) {
                    UNKNOWN_METHOD => Ok(()),
                    _ => Err(DecodeError::new(Rule::FrameworkError, at + 8)),
                }
            }
            _ => Err(DecodeError::new(Rule::UnionOrdinal, at)),
        }
    }

    fn view<'f>(object: Object<'f, Self>) -> Result<T::View<'f>, FrameworkError> {
        let wire = object.wire();
        if wire.ordinal.get() != SUCCESS {
            return Err(FrameworkError);
        }
        // SAFETY: the union's own envelope.
        let envelope = unsafe { object.part(&wire.envelope) };
        // SAFETY: with this ordinal, the walk validated the envelope with a `T`.
        Ok(unsafe { content::<T>(envelope) })
    }

    fn many(_: Object<'_, [Self]>) {}
}

impl<T: Wire, X: Encode<T>> Encode<FlexibleResult<T>> for Result<X, FrameworkError> {
    fn encode(self, out: &mut FlexibleResult<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            Ok(content) => {
                out.ordinal = U64::new(SUCCESS);
                out.envelope.encode::<T>(content, encoder)
            }
            Err(FrameworkError) => {
                out.ordinal = U64::new(FRAMEWORK_ERROR);
                out.envelope.encode::<I32>(&UNKNOWN_METHOD, encoder)
            }
        }
    }
}

/// The most bytes that a result union with a `T` inside has, besides what `T` has out of line.
pub const fn flexible_result_bytes<T>() -> usize {
    size_of::<FlexibleResult<T>>() + if is_inlined::<T>() { 0 } else { padded(size_of::<T>()) }
}
