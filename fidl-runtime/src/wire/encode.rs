//! Writing a message into a buffer of fixed size.

use core::convert::Infallible;

use zerocopy::{FromBytes, IntoBytes, KnownLayout};

use super::error::{EncodeError, EncodeRule};
use super::handle::HandleSlot;
use super::path::within_index;
use super::validate::Wire;
use crate::limits::{MAX_DEPTH, OBJECT_ALIGNMENT};

/// A value that encodes as `W` and keeps what it has: every type without handles.
pub trait EncodeRef<W: Wire> {
    /// Writes the value to `out`, which is zeroed, and what it refers to behind everything claimed so far.
    ///
    /// # Errors
    ///
    /// The first rule that the value breaks. The message is then unusable.
    fn encode_ref(&self, out: &mut W, encoder: &mut Encoder<'_>) -> Result<(), EncodeError>;

    /// Writes several values to as many places, all bytes of them. The places are zeroed if
    /// `W` is flat and not plain, else there may be anything in them.
    ///
    /// # Errors
    ///
    /// As for [`encode_ref`](Self::encode_ref).
    fn encode_run(values: &[Self], out: &mut [W], encoder: &mut Encoder<'_>) -> Result<(), EncodeError>
    where
        Self: Sized,
    {
        #[allow(unused_variables, reason = "where errors have no paths")]
        values.iter().zip(out).enumerate().try_for_each(|(index, (value, out))| {
            if !zeroed_at_once::<W>() {
                *out = W::new_zeroed();
            }
            within_index!(value.encode_ref(out, encoder), index as u32)
        })
    }
}

/// Whether many places are zeroed together before any is written to: small ones with padding. Of others each is zeroed when
/// it is its turn, where a compiler leaves out what is written at once.
pub(super) const fn zeroed_at_once<W: Wire>() -> bool {
    W::FLAT && !W::PLAIN
}

/// Copies bytes to a place that was claimed for just as many.
///
/// Most texts are short: for them a call, which looks at the length too, would take longer than what it does.
#[inline]
pub(super) fn fill(place: &mut [u8], bytes: &[u8]) -> Result<(), EncodeError> {
    // So that a compiler sees that the lengths agree.
    if place.len() != bytes.len() {
        return Err(EncodeError::new(EncodeRule::OutOfSpace));
    }
    let done = match bytes.len() {
        ..4 | 65.. => None,
        4..=7 => fill_ends::<4>(place, bytes),
        8..=16 => fill_ends::<8>(place, bytes),
        17..=32 => fill_ends::<16>(place, bytes),
        33.. => fill_ends::<32>(place, bytes),
    };
    if done.is_none() {
        place.copy_from_slice(bytes);
    }
    Ok(())
}

/// Copies `N` to 2 `N` bytes: the first `N` and the last, which may have bytes in common.
#[inline]
fn fill_ends<const N: usize>(place: &mut [u8], bytes: &[u8]) -> Option<()> {
    let (first, last): (&[u8; N], &[u8; N]) = (bytes.first_chunk()?, bytes.last_chunk()?);
    *place.first_chunk_mut()? = *first;
    *place.last_chunk_mut()? = *last;
    Some(())
}

impl<W: Wire, X: EncodeRef<W> + ?Sized> EncodeRef<W> for &X {
    fn encode_ref(&self, out: &mut W, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        (**self).encode_ref(out, encoder)
    }
}

/// A value that encodes as `W` and is used up: a type with handles, or a reference to one without.
pub trait Encode<W: Wire>: Sized {
    /// Writes the value to `out`, which is zeroed, and what it refers to behind everything claimed so far. Handles become
    /// the message's, also where an error follows.
    ///
    /// # Errors
    ///
    /// The first rule that the value breaks. The message is then unusable.
    fn encode(self, out: &mut W, encoder: &mut Encoder<'_>) -> Result<(), EncodeError>;
}

impl<W: Wire, X: EncodeRef<W> + ?Sized> Encode<W> for &X {
    fn encode(self, out: &mut W, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.encode_ref(out, encoder)
    }
}

/// There is none: what stands for the side of a result that is not taken.
impl<W: Wire> Encode<W> for Infallible {
    fn encode(self, _: &mut W, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {}
    }
}

/// A value that is moved out from behind a reference when it is encoded, so that values which cannot be copied may contain
/// themselves: `Take(&mut Some(value))`.
///
/// Encodes as whatever the value encodes as, and leaves `None`.
#[derive(Debug)]
pub struct Take<'a, T>(pub &'a mut Option<T>);

impl<W: Wire, X: Encode<W>> Encode<W> for Take<'_, X> {
    fn encode(self, out: &mut W, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.0.take().ok_or(EncodeError::new(EncodeRule::Absent))?.encode(out, encoder)
    }
}

/// How much an encoder has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Bytes, counted from the start of the buffer.
    pub bytes: usize,
    /// Handles.
    pub handles: usize,
}

/// Hands out the places of a message in the order that the format prescribes.
#[derive(Debug)]
pub struct Encoder<'b> {
    rest: &'b mut [u8],
    /// Where the buffer ends: what is left tells how much is written.
    end: usize,
    depth: u32,
    handles: &'b [HandleSlot],
    handle_count: usize,
}

impl<'b> Encoder<'b> {
    /// An encoder that writes to `bytes` from byte `start` on, and handles to `handles`.
    ///
    /// If `start` lies behind the end of `bytes`, the first claim fails.
    pub fn new(bytes: &'b mut [u8], start: usize, handles: &'b [HandleSlot]) -> Self {
        let rest = bytes.get_mut(start..).unwrap_or_default();
        let end = start.saturating_add(rest.len());
        Self { rest, end, depth: 0, handles, handle_count: 0 }
    }

    /// The next object's place, zeroed.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::OutOfSpace`].
    #[inline]
    pub fn claim<W: Wire>(&mut self) -> Result<&'b mut W, EncodeError> {
        W::mut_from_bytes(self.take(size_of::<W>(), true)?)
            .map_err(|_| EncodeError::new(EncodeRule::OutOfSpace))
    }

    /// The places of the next `count` objects, zeroed.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::OutOfSpace`].
    #[inline]
    pub fn claim_many<W: Wire>(&mut self, count: u32) -> Result<&'b mut [W], EncodeError> {
        self.claim_run(count, true)
    }

    /// The places of the next `count` objects; if they are not to be `zeroed`, the caller writes all their bytes.
    #[inline]
    pub(super) fn claim_run<W: FromBytes + IntoBytes + KnownLayout>(
        &mut self,
        count: u32,
        zeroed: bool,
    ) -> Result<&'b mut [W], EncodeError> {
        let size =
            (count as usize).checked_mul(size_of::<W>()).ok_or(EncodeError::new(EncodeRule::OutOfSpace))?;
        <[W]>::mut_from_bytes(self.take(size, zeroed)?).map_err(|_| EncodeError::new(EncodeRule::OutOfSpace))
    }

    /// Splits off `size` bytes and the padding behind them, which is zeroed in any case.
    #[inline]
    fn take(&mut self, size: usize, zeroed: bool) -> Result<&'b mut [u8], EncodeError> {
        // In this form a compiler sees that it is no less than the size.
        let padded = size
            .checked_add(size.wrapping_neg() % OBJECT_ALIGNMENT)
            .ok_or(EncodeError::new(EncodeRule::OutOfSpace))?;
        let object = self.rest.split_off_mut(..padded).ok_or(EncodeError::new(EncodeRule::OutOfSpace))?;
        if zeroed {
            object.fill(0);
        } else if let Some(end) = object.last_chunk_mut::<OBJECT_ALIGNMENT>() {
            // All the padding lies in here.
            *end = [0; OBJECT_ALIGNMENT];
        }
        object.get_mut(..size).ok_or(EncodeError::new(EncodeRule::OutOfSpace))
    }

    /// Runs `write` one indirection deeper.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::Depth`] if that is too deep; what `write` returns.
    #[inline]
    pub fn deeper<R>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<R, EncodeError>,
    ) -> Result<R, EncodeError> {
        self.last_level()?;
        self.depth += 1;
        let result = write(self);
        self.depth -= 1;
        result
    }

    /// Allows one indirection more, to something that has none itself.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::Depth`] if that is too deep.
    #[inline]
    pub(super) fn last_level(&self) -> Result<(), EncodeError> {
        if self.depth == MAX_DEPTH { Err(EncodeError::new(EncodeRule::Depth)) } else { Ok(()) }
    }

    /// Adds a handle to the message, which it then belongs to.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::TooManyHandles`]; the handle then still belongs to the caller.
    pub(crate) fn push_handle(
        &mut self,
        handle: u32,
        object_type: u32,
        rights: u32,
    ) -> Result<(), EncodeError> {
        let slot = self.handles.get(self.handle_count).ok_or(EncodeError::new(EncodeRule::TooManyHandles))?;
        slot.put(handle, object_type, rights);
        self.handle_count += 1;
        Ok(())
    }

    /// How many bytes (with those in front of the start) and handles there are.
    pub fn written(&self) -> Encoded {
        Encoded { bytes: self.end - self.rest.len(), handles: self.handle_count }
    }

    /// The same, at the end.
    pub fn finish(self) -> Encoded {
        self.written()
    }
}
