//! The bytes of a message to write, where they lie in the caller's memory.

#![allow(unsafe_code)]

use core::marker::PhantomData;

use crate::abi::types::*;

/// One piece of a message. Has the layout of the caller's own list, which is so used in place.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(crate) struct Piece<'a> {
    raw: zx_channel_iovec_t,
    lifetime: PhantomData<&'a [u8]>,
}

/// All pieces of a message, whose sum has been checked against the limit.
#[derive(Clone, Copy)]
pub(crate) struct Payload<'a> {
    pieces: &'a [Piece<'a>],
    bytes: u32,
}

impl<'a> Piece<'a> {
    /// The piece that these bytes are. `None` if there are more than a message may have.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Piece<'a>> {
        let capacity =
            u32::try_from(bytes.len()).ok().filter(|capacity| *capacity <= ZX_CHANNEL_MAX_MSG_BYTES)?;
        let raw = zx_channel_iovec_t { buffer: bytes.as_ptr(), capacity, reserved: 0 };
        Some(Piece { raw, lifetime: PhantomData })
    }

    /// The caller's list as pieces.
    ///
    /// # Safety
    ///
    /// Each entry that has a capacity and no null buffer names bytes that are readable for `'a`.
    pub(crate) unsafe fn list(entries: &'a [zx_channel_iovec_t]) -> &'a [Piece<'a>] {
        // SAFETY: a piece is a transparent wrapper of an entry, so the slice has the same layout; that the bytes are
        // readable is the caller's promise.
        unsafe { core::slice::from_raw_parts(entries.as_ptr().cast(), entries.len()) }
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        if self.raw.capacity == 0 || self.raw.buffer.is_null() {
            return &[];
        }
        // SAFETY: the bytes are readable for `'a`: `new` took them from a slice, `list` has its caller's promise.
        unsafe { core::slice::from_raw_parts(self.raw.buffer, self.raw.capacity as usize) }
    }
}

impl<'a> Payload<'a> {
    /// The pieces, if the sum is within the limit and each is well formed.
    pub(crate) fn new(pieces: &'a [Piece<'a>]) -> Result<Payload<'a>, zx_status_t> {
        let mut bytes = 0u32;
        for piece in pieces {
            if piece.raw.reserved != 0 || (piece.raw.buffer.is_null() && piece.raw.capacity != 0) {
                return Err(ZX_ERR_INVALID_ARGS);
            }
            bytes = bytes.checked_add(piece.raw.capacity).ok_or(ZX_ERR_OUT_OF_RANGE)?;
            if bytes > ZX_CHANNEL_MAX_MSG_BYTES {
                return Err(ZX_ERR_OUT_OF_RANGE);
            }
        }
        Ok(Payload { pieces, bytes })
    }

    /// The number of bytes.
    pub(crate) fn len(&self) -> u32 {
        self.bytes
    }

    /// The pieces that have bytes.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &'a [u8]> {
        self.pieces.iter().map(Piece::bytes).filter(|bytes| !bytes.is_empty())
    }
}
