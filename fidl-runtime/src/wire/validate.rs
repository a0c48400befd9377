//! The walk over a message.

use core::mem;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::error::{DecodeError, Rule};
use super::handle::HandleSlot;
use super::view::{Body, Object};
use super::zeros::broken_zeros;
use crate::limits::{MAX_DEPTH, OBJECT_ALIGNMENT};

/// The bytes of a FIDL type as they lie in a message.
///
/// # Safety
///
/// `validate` returns `Ok`, and `validate_rest` where there is no `suspicion`, only if a later `view` of the same object is sound: every string, vector, box and envelope
/// inside has been validated with the same decoder, which writes offsets that lie inside the message over their
/// markers. Implemented here and by [`wire_struct!`](crate::wire_struct), which validates each field it declares.
#[allow(unsafe_code)]
pub unsafe trait Wire:
    FromBytes + IntoBytes + Immutable + KnownLayout + Unaligned + Sized + 'static
{
    /// Whether every byte pattern is valid, so that a vector of these needs no walk.
    const PLAIN: bool;

    /// Whether [`suspicion`](Self::suspicion) tells everything that [`validate`](Self::validate) would: nothing is out of
    /// line, no handle belongs to it.
    const FLAT: bool = false;

    /// The bits that are zero where no rule is broken. Empty if no rule is about bits alone; else as many bytes as the object.
    const ZEROS: &'static [u8] = &[];

    /// Whether [`ZEROS`](Self::ZEROS) tell everything that [`validate`](Self::validate) would.
    const ZEROED: bool = Self::PLAIN;

    /// What a reader sees of one.
    type View<'f>;

    /// What a reader sees of many, one behind the other.
    type Many<'f>;

    /// Not 0 if a rule is broken that the object's own bytes tell by themselves, such as the one about padding. Without a
    /// branch: many are looked at together, and only if there is a suspicion one after the other, for the rule and the place.
    #[inline]
    fn suspicion(&self) -> u64 {
        broken_zeros(self) | self.misfit()
    }

    /// The same, as far as [`ZEROS`](Self::ZEROS) do not tell.
    #[inline]
    fn misfit(&self) -> u64 {
        0
    }

    /// Checks the object at offset `at`, of which there is no [`suspicion`](Self::suspicion), and everything it refers to.
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    #[inline]
    fn validate_rest(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.validate(at, decoder)
    }

    /// Checks the object at offset `at` and everything it refers to.
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError>;

    /// Undoes what the walk has written over the markers of a validated object, and of everything it refers to. Whoever has
    /// nothing out of line and no handle has none.
    ///
    /// # Errors
    ///
    /// None for an object as the walk has left it.
    #[inline]
    fn restore(&mut self, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
        Ok(())
    }

    /// A view of a validated object.
    fn view<'f>(object: Object<'f, Self>) -> Self::View<'f>;

    /// A view of many validated objects.
    fn many<'f>(objects: Object<'f, [Self]>) -> Self::Many<'f>;
}

/// The wire type of a struct, table or union that is no `resource`: nothing in it, ever, is a handle.
///
/// Generated code implements it; whoever declares a wire type by hand does so too. A type that has handles all the same
/// does no harm: where none came, [`Rule::TooFewHandles`] says so.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the wire type of a value type",
    note = "only structs, tables and unions that are declared without `resource` can be persisted"
)]
pub trait ValueType: Wire {}

/// Validates the message that starts with `T` at byte `start`, and consumes all its bytes and handles.
///
/// Bytes before `start` (the header) are left alone. Offsets in errors count from the start of `bytes`.
///
/// # Errors
///
/// The first rule of the format that the message breaks. The bytes are then in an unspecified state.
#[inline]
pub fn validate<'f, T: Wire>(
    bytes: &'f mut [u8],
    start: usize,
    handles: &'f [HandleSlot],
) -> Result<Body<'f, T>, DecodeError> {
    place(bytes, start)?;
    let mut decoder = Decoder::new(bytes, start, handles);
    let (root, at) = decoder.claim::<T>()?;
    root.validate(at, &mut decoder)?;
    decoder.finish()?;
    Ok(Body::proven(bytes, start, handles))
}

/// Makes a validated message again what it was before, for it to be sent on: the walk's offsets become markers.
///
/// `bytes` and `start` are those that [`validate`] was given, with no more bytes than a channel carries; handles that have been
/// taken are not put back. The bytes of any other message are in an unspecified state afterwards.
pub fn restore<T: Wire>(bytes: &mut [u8], start: usize) {
    if place(bytes, start).is_ok() {
        let mut decoder = Decoder::new(bytes, start, &[]);
        // An error says that this was no validated message, for which nothing is promised.
        let _ = decoder.claim::<T>().and_then(|(root, _)| root.restore(&mut decoder));
    }
}

/// Checks where a message lies: offsets have room for its length, and objects are aligned.
#[inline]
fn place(bytes: &[u8], start: usize) -> Result<(), DecodeError> {
    if bytes.len().max(start) > u32::MAX as usize {
        return Err(DecodeError::new(Rule::OutOfBounds, u32::MAX));
    }
    match bytes.get(start..) {
        Some(rest) if rest.as_ptr().addr().is_multiple_of(OBJECT_ALIGNMENT) => Ok(()),
        _ => Err(DecodeError::new(Rule::OutOfBounds, start as u32)),
    }
}

/// The part of a message that is still to be claimed by the objects in front of it.
///
/// Objects come in the order in which the walk meets them, without gaps: claiming one splits it off.
#[derive(Debug)]
pub struct Decoder<'b> {
    rest: &'b mut [u8],
    /// Where the message ends: what is left tells where the next object lies.
    end: u32,
    depth: u32,
    handles: &'b [HandleSlot],
    next_handle: usize,
}

impl<'b> Decoder<'b> {
    /// Of bytes whose [`place`] has been checked. That has a result of its own: an error that shares its place with a decoder
    /// makes the processor wait, for longer than a small message takes.
    #[inline]
    fn new(bytes: &'b mut [u8], start: usize, handles: &'b [HandleSlot]) -> Self {
        let end = bytes.len() as u32;
        let rest = bytes.get_mut(start..).unwrap_or_default();
        Self { rest, end, depth: 0, handles, next_handle: 0 }
    }

    /// Where the next object lies.
    #[inline]
    pub fn position(&self) -> u32 {
        self.end - self.rest.len() as u32
    }

    /// Takes the next object: its inline bytes and the zero padding behind them.
    ///
    /// # Errors
    ///
    /// [`Rule::OutOfBounds`], [`Rule::Padding`].
    #[inline]
    pub fn claim<T: Wire>(&mut self) -> Result<(&'b mut T, u32), DecodeError> {
        let (object, at) = self.take(size_of::<T>())?;
        let object = T::mut_from_bytes(object).map_err(|_| DecodeError::new(Rule::OutOfBounds, at))?;
        Ok((object, at))
    }

    /// Takes the next `count` objects, which lie behind one another and are padded together.
    ///
    /// # Errors
    ///
    /// [`Rule::OutOfBounds`], [`Rule::Padding`].
    #[inline]
    pub fn claim_many<T: Wire>(&mut self, count: u32) -> Result<(&'b mut [T], u32), DecodeError> {
        self.claim_run(count)
    }

    /// The same, for objects that validate themselves in the context of others: envelopes.
    #[inline]
    pub(super) fn claim_run<T: FromBytes + IntoBytes + KnownLayout>(
        &mut self,
        count: u32,
    ) -> Result<(&'b mut [T], u32), DecodeError> {
        let beyond = DecodeError::new(Rule::OutOfBounds, self.position());
        let size = (count as usize).checked_mul(size_of::<T>()).ok_or(beyond)?;
        let (objects, at) = self.take(size)?;
        let objects = <[T]>::mut_from_bytes(objects).map_err(|_| beyond)?;
        Ok((objects, at))
    }

    /// Passes over `bytes` bytes that nobody knows the meaning of, a multiple of 8; returns where they begin.
    ///
    /// # Errors
    ///
    /// [`Rule::OutOfBounds`].
    pub(super) fn skip_bytes(&mut self, bytes: u32) -> Result<u32, DecodeError> {
        self.take(bytes as usize).map(|(_, at)| at)
    }

    /// Passes over the next `count` handles, which nobody knows the meaning of, announced at `at`: they become
    /// [unknown](HandleSlot::is_unknown).
    ///
    /// # Errors
    ///
    /// [`Rule::TooFewHandles`].
    pub(super) fn skip_handles(&mut self, count: u16, at: u32) -> Result<(), DecodeError> {
        for _ in 0..count {
            let (_, slot) = self.take_handle(at)?;
            slot.set_unknown();
        }
        Ok(())
    }

    /// Takes the next `count` bytes, which must be UTF-8.
    ///
    /// # Errors
    ///
    /// [`Rule::OutOfBounds`], [`Rule::Padding`], [`Rule::Utf8`].
    #[inline]
    pub(super) fn claim_text(&mut self, count: u32) -> Result<(), DecodeError> {
        let (object, at) = self.take_padded(count as usize)?;
        // Most texts are ASCII, which is seen by words: the padding is zeros, so it may be looked at with them.
        let words = object.as_chunks().0.iter().map(|word| u64::from_ne_bytes(*word));
        if words.fold(0, |all, word| all | word) & 0x8080_8080_8080_8080 == 0 {
            return Ok(());
        }
        check_text(object.get(..count as usize).unwrap_or_default(), at)
    }

    /// Splits off `size` bytes and the padding behind them, which must be zero.
    #[inline]
    fn take(&mut self, size: usize) -> Result<(&'b mut [u8], u32), DecodeError> {
        let at = self.position();
        let used = size % OBJECT_ALIGNMENT;
        // Most often there is no padding.
        if used == 0 {
            return Ok((self.split_off(size, at)?, at));
        }
        let words = size - used;
        let object = self.split_off(words.saturating_add(OBJECT_ALIGNMENT), at)?;
        let last = object.get(words..).and_then(|last| last.first_chunk());
        let padding = last.map_or(0, |last| u64::from_le_bytes(*last)) >> (8 * used);
        if padding != 0 {
            return Err(wrong_padding(padding, at + size as u32));
        }
        let object = object.get_mut(..size).ok_or(DecodeError::new(Rule::OutOfBounds, at))?;
        Ok((object, at))
    }

    /// The same of something whose size cannot be foreseen, with the padding: without a branch.
    #[inline]
    fn take_padded(&mut self, size: usize) -> Result<(&'b mut [u8], u32), DecodeError> {
        let at = self.position();
        let unused = size.wrapping_neg() % OBJECT_ALIGNMENT;
        let object = self.split_off(size.saturating_add(unused), at)?;
        // All the padding lies in the last word. In two steps, for none of it is a shift by 64.
        let padding =
            object.last_chunk().map_or(0, |word| (u64::from_le_bytes(*word) >> 1) >> (63 - 8 * unused));
        if padding != 0 {
            return Err(wrong_padding(padding, at + size as u32));
        }
        Ok((object, at))
    }

    /// Splits off `size` bytes, which begin at `at`.
    #[inline]
    fn split_off(&mut self, size: usize, at: u32) -> Result<&'b mut [u8], DecodeError> {
        self.rest.split_off_mut(..size).ok_or(DecodeError::new(Rule::OutOfBounds, at))
    }

    /// Allows one indirection more, to something that has none itself.
    ///
    /// # Errors
    ///
    /// [`Rule::Depth`] if that is too deep.
    #[inline]
    pub(super) fn last_level(&self, at: u32) -> Result<(), DecodeError> {
        if self.depth == MAX_DEPTH { Err(DecodeError::new(Rule::Depth, at)) } else { Ok(()) }
    }

    /// Runs `walk`, which is not inlined, with a copy of this, and goes on with what it leaves: so where that happens seldom a
    /// compiler can keep this in registers all the time.
    #[inline]
    #[doc(hidden)]
    pub fn apart<R>(&mut self, walk: impl FnOnce(&mut Self) -> R) -> R {
        let mut copy = Self { rest: mem::take(&mut self.rest), ..*self };
        let result = walk(&mut copy);
        *self = copy;
        result
    }

    /// Whether only one indirection more is allowed, or none.
    #[inline]
    pub(super) fn is_last_but_one(&self) -> bool {
        self.depth + 1 >= MAX_DEPTH
    }

    /// Runs `walk` one indirection deeper.
    ///
    /// # Errors
    ///
    /// [`Rule::Depth`] if that is too deep; what `walk` returns.
    #[inline]
    pub fn deeper<R>(
        &mut self,
        at: u32,
        walk: impl FnOnce(&mut Self) -> Result<R, DecodeError>,
    ) -> Result<R, DecodeError> {
        self.last_level(at)?;
        self.depth += 1;
        let result = walk(self);
        self.depth -= 1;
        result
    }

    /// Takes the next handle, for the marker at `at`; returns its index.
    ///
    /// # Errors
    ///
    /// [`Rule::TooFewHandles`].
    pub(crate) fn take_handle(&mut self, at: u32) -> Result<(u32, &'b HandleSlot), DecodeError> {
        let index = self.next_handle;
        let slot = self.handles.get(index).ok_or(DecodeError::new(Rule::TooFewHandles, at))?;
        self.next_handle += 1;
        Ok((index as u32, slot))
    }

    /// How many handles have been taken.
    pub(crate) fn handles_taken(&self) -> usize {
        self.next_handle
    }

    #[inline]
    fn finish(self) -> Result<(), DecodeError> {
        if !self.rest.is_empty() {
            return Err(DecodeError::new(Rule::TrailingBytes, self.position()));
        }
        if self.next_handle != self.handles.len() {
            return Err(DecodeError::new(Rule::TrailingHandles, self.position()));
        }
        Ok(())
    }
}

/// Padding that begins at `at` and is not zero.
#[cold]
fn wrong_padding(padding: u64, at: u32) -> DecodeError {
    DecodeError::new(Rule::Padding, at + padding.trailing_zeros() / 8)
}

/// Checks text that is not ASCII, at `at`.
fn check_text(text: &[u8], at: u32) -> Result<(), DecodeError> {
    match core::str::from_utf8(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(DecodeError::new(Rule::Utf8, at + error.valid_up_to() as u32)),
    }
}
