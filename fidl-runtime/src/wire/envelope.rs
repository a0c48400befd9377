//! Envelopes: what members of tables and unions travel in, and what is left of those that the schema does not know.

use core::fmt;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, Encoder};
use super::error::{DecodeError, EncodeError, EncodeRule, Rule};
use super::scalar::U16;
use super::validate::{Decoder, Wire};
use super::view::{Object, ruled_out};
use crate::limits::{OBJECT_ALIGNMENT, padded};

/// The only flag of an envelope: its value lies in the envelope itself.
const INLINED: u16 = 1;

/// That flag in an envelope as one number.
const INLINED_WORD: u64 = (INLINED as u64) << 48;

/// Values up to this size lie in the envelope itself.
const INLINE_BYTES: usize = 4;

/// The most multiples of 8 bytes that the flags of an envelope have room for.
const MAX_UNITS: u32 = (1 << 15) - 1;

/// An envelope, 8 bytes: an inlined value of up to 4 bytes, or the size of the content out of line.
///
/// Behind the walk the first 4 bytes of an envelope with content out of line hold that content's offset; where the schema does
/// not know the content, the flags without their lowest bit hold its size in multiples of 8 bytes (0 if it is too large).
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Envelope {
    /// The inlined value, or the number of bytes out of line.
    data: [u8; INLINE_BYTES],
    num_handles: U16,
    flags: U16,
}

/// Whether a `T` lies in its envelope.
pub(super) const fn is_inlined<T>() -> bool {
    size_of::<T>() <= INLINE_BYTES
}

/// Where an envelope has no other bits than those of a valid `T` and the flag, as one number; 0 if bits alone do not tell, or a
/// `T` does not lie in its envelope.
pub(super) const fn inlined_mask<T: Wire>() -> u64 {
    if !T::ZEROED || !is_inlined::<T>() {
        return 0;
    }
    let mut mask = [u8::MAX; 8];
    let mut index = 0;
    while index < size_of::<T>() {
        mask[index] = if T::ZEROS.is_empty() { 0 } else { T::ZEROS[index] };
        index += 1;
    }
    u64::from_le_bytes(mask)
}

impl Envelope {
    /// Whether there is nothing in it: 8 zeros. That is so behind the walk, too: no content out of line has offset 0.
    #[inline]
    pub(super) fn is_absent(&self) -> bool {
        self.word() == 0
    }

    /// All of it as one number.
    #[inline]
    fn word(&self) -> u64 {
        u64::from_le_bytes(zerocopy::transmute!(*self))
    }

    /// Not 0 unless a value lies in it that its [mask](inlined_mask) tells everything about.
    #[inline]
    pub(super) fn unlike_inlined(&self, mask: u64) -> u64 {
        self.word() & mask ^ INLINED_WORD
    }

    /// Whether there is nothing in it, or such a value.
    #[inline]
    pub(super) fn is_absent_or_inlined(&self, mask: u64) -> bool {
        self.unlike_inlined(mask) == 0 || self.is_absent()
    }

    /// Whether a `T` that its own bytes tell everything about lies in the envelope, with no rule broken.
    #[inline]
    fn is_flat_and_inlined<T: Wire>(&self) -> bool {
        // Behind the value: padding, no handles, and the flag.
        let rest = const { INLINED_WORD >> (8 * (size_of::<T>() % 8)) };
        T::FLAT
            && is_inlined::<T>()
            && self.word() >> (8 * (size_of::<T>() % 8)) == rest
            && T::ref_from_prefix(&self.data).is_ok_and(|(value, _)| value.suspicion() == 0)
    }

    /// Checks an envelope whose content is a `T`, and its content.
    ///
    /// # Errors
    ///
    /// [`Rule::Absent`] if there is nothing in it; [`Rule::EnvelopeForm`], [`Rule::EnvelopeBytes`],
    /// [`Rule::EnvelopeHandles`], [`Rule::Depth`]; what the content breaks.
    #[inline]
    pub fn validate<T: Wire>(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.is_flat_and_inlined::<T>() {
            return decoder.last_level(at);
        }
        // Content of which nothing is out of line in turn, and no handle: just these bytes announce it.
        if T::FLAT && !is_inlined::<T>() && self.word() == padded(size_of::<T>()) as u64 {
            decoder.last_level(at)?;
            let (content, content_at) = decoder.claim::<T>()?;
            content.validate(content_at, decoder)?;
            self.data = content_at.to_le_bytes();
            return Ok(());
        }
        let flags = if is_inlined::<T>() { INLINED } else { 0 };
        if self.flags.get() != flags {
            return Err(self.wrong_form(at));
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

    /// What is wrong with an envelope whose flags are not those of its content's type.
    #[cold]
    fn wrong_form(&self, at: u32) -> DecodeError {
        let announced = u32::from_le_bytes(self.data);
        if self.is_absent() {
            DecodeError::new(Rule::Absent, at)
        } else if self.flags.get() == 0 && !announced.is_multiple_of(OBJECT_ALIGNMENT as u32) {
            // Content out of line has no such size, whatever its type.
            DecodeError::new(Rule::EnvelopeBytes, at)
        } else {
            DecodeError::new(Rule::EnvelopeForm, at + 6)
        }
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
        if announced == 0 {
            let rule = if self.is_absent() { Rule::Absent } else { Rule::EnvelopeBytes };
            return Err(DecodeError::new(rule, at));
        }
        let (content, content_at) = decoder.claim::<T>()?;
        content.validate(content_at, decoder)?;
        if decoder.position() - start != announced {
            return Err(DecodeError::new(Rule::EnvelopeBytes, at));
        }
        self.data = start.to_le_bytes();
        Ok(())
    }

    /// Passes over content that the schema does not know: its bytes are not looked at, its handles become
    /// [unknown](super::HandleSlot::is_unknown). Either form is taken.
    ///
    /// # Errors
    ///
    /// [`Rule::EnvelopeForm`] for unknown flags; [`Rule::EnvelopeBytes`] for a size that is 0 or no multiple of 8;
    /// [`Rule::OutOfBounds`], [`Rule::TooFewHandles`], [`Rule::Depth`].
    pub fn skip(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        match self.flags.get() {
            INLINED => decoder.deeper(at, |_| Ok(()))?,
            0 => decoder.deeper(at, |decoder| self.skip_out_of_line(at, decoder))?,
            _ => return Err(DecodeError::new(Rule::EnvelopeForm, at + 6)),
        }
        decoder.skip_handles(self.num_handles.get(), at + 4)
    }

    fn skip_out_of_line(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let announced = u32::from_le_bytes(self.data);
        let unit = OBJECT_ALIGNMENT as u32;
        if announced == 0 || !announced.is_multiple_of(unit) {
            return Err(DecodeError::new(Rule::EnvelopeBytes, at));
        }
        self.data = decoder.skip_bytes(announced)?.to_le_bytes();
        let units = Some(announced / unit).filter(|units| *units <= MAX_UNITS).unwrap_or(0);
        self.flags = U16::new((units as u16) << 1);
        Ok(())
    }

    /// Undoes what the walk has written here and in the content, a `T`.
    ///
    /// # Errors
    ///
    /// None behind [`validate::<T>`](Self::validate).
    pub fn restore<T: Wire>(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if is_inlined::<T>() {
            return match T::mut_from_prefix(&mut self.data) {
                Ok((value, _)) => value.restore(decoder),
                Err(_) => Ok(()),
            };
        }
        let start = decoder.position();
        let (content, _) = decoder.claim::<T>()?;
        decoder.deeper(start, |decoder| content.restore(decoder))?;
        self.data = (decoder.position() - start).to_le_bytes();
        Ok(())
    }

    /// Undoes what the walk has written here.
    ///
    /// # Errors
    ///
    /// None behind [`skip`](Self::skip).
    pub fn restore_unknown(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.flags.get() & INLINED != 0 {
            return Ok(());
        }
        let bytes = u32::from(self.flags.get() >> 1) * OBJECT_ALIGNMENT as u32;
        (self.data, self.flags) = (bytes.to_le_bytes(), U16::new(0));
        decoder.skip_bytes(bytes).map(|_| ())
    }

    /// Writes `content`, in the envelope or out of line.
    pub(super) fn encode<T: Wire>(
        &mut self,
        content: impl Encode<T>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        if T::FLAT && is_inlined::<T>() {
            return self.encode_inlined(content, encoder);
        }
        let before = encoder.written();
        if is_inlined::<T>() {
            let (value, _) =
                T::mut_from_prefix(&mut self.data).map_err(|_| EncodeError::new(EncodeRule::OutOfSpace))?;
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

    /// Writes `content`, of which nothing is out of line and no handle, in one piece.
    #[inline]
    fn encode_inlined<T: Wire>(
        &mut self,
        content: impl Encode<T>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        encoder.last_level()?;
        let mut value = T::new_zeroed();
        content.encode(&mut value, encoder)?;
        let value = value.as_bytes().iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        *self = zerocopy::transmute!((value | INLINED_WORD).to_le_bytes());
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
        // SAFETY: a value of at most 4 bytes fits in 4 bytes.
        Err(_) => unsafe { ruled_out() },
    }
}

/// Content of an envelope that the schema does not know, from a newer peer: a member of a table or of a flexible union.
///
/// Its bytes were not looked at by anybody. Its handles are out of reach, and closed where a frame has decoded the message.
#[derive(Clone, Copy)]
pub struct Unknown<'f> {
    ordinal: u64,
    envelope: Object<'f, Envelope>,
}

impl<'f> Unknown<'f> {
    /// The content of `envelope`.
    ///
    /// # Safety
    ///
    /// The walk passed over the envelope with [`Envelope::skip`].
    #[allow(unsafe_code)]
    pub(super) unsafe fn new(ordinal: u64, envelope: Object<'f, Envelope>) -> Self {
        Self { ordinal, envelope }
    }

    /// The member's ordinal.
    pub fn ordinal(self) -> u64 {
        self.ordinal
    }

    /// The content's bytes, just as they came: 4 of them if it lies in its envelope, else a multiple of 8, with all that
    /// the content refers to. Empty for more than 262,136 bytes, which no channel carries.
    #[allow(unsafe_code)]
    pub fn bytes(self) -> &'f [u8] {
        let Envelope { data, flags, .. } = self.envelope.wire();
        if flags.get() & INLINED != 0 {
            return data;
        }
        let bytes = u64::from(flags.get() >> 1) * OBJECT_ALIGNMENT as u64;
        let offset = u64::from(u32::from_le_bytes(*data));
        // SAFETY: the walk passed over so many bytes at the offset that it left here, or over more.
        unsafe { self.envelope.follow_many::<u8>(offset, bytes) }.wire()
    }

    /// How many handles came with it.
    pub fn handle_count(self) -> usize {
        usize::from(self.envelope.wire().num_handles.get())
    }
}

impl fmt::Debug for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, handles) = (self.bytes().len(), self.handle_count());
        write!(f, "Unknown(ordinal {:#x}, {bytes} bytes, {handles} handles)", self.ordinal)
    }
}
