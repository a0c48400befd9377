//! Frames: where messages lie.
//!
//! A frame is 8-aligned storage for the largest message of some schema and the handles that come with it. Frames lie in
//! statics or in their user's locals. Whoever wants to use one takes a [`Lease`], of which there is one per frame at a time:
//!
//! ```text
//!   free ──1. lease──▶ leased ──2. drop──▶ free
//! ```
//!
//! 1. [`FrameStorage::lease`] sets the frame's flag.
//! 2. Dropping the lease closes the handles that are left and clears the flag.
//!
//! A lease that is forgotten keeps its frame for good; nothing else happens.
#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::fmt;
use core::mem;
use core::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Relaxed, Release},
};

use zerocopy::IntoBytes;

use super::header::{Header, HeaderError};
use crate::kernel::{self, ReadError, Status};
use crate::limits::{HEADER_BYTES, MAX_MESSAGE_BYTES, MAX_MESSAGE_HANDLES};
use crate::wire::{self, Body, DecodeError, Encode, EncodeError, Encoder, HandleSlot, Rule, Wire};

/// Storage for one message of up to `BYTES` bytes, header included, and up to `HANDLES` handles.
#[repr(C, align(8))]
pub struct Frame<const BYTES: usize, const HANDLES: usize> {
    /// Accessed only by the one lease that exists while `leased`.
    bytes: UnsafeCell<[u8; BYTES]>,
    handles: [HandleSlot; HANDLES],
    leased: AtomicBool,
}

/// A frame for any message there can be.
pub type LargeFrame = Frame<MAX_MESSAGE_BYTES, MAX_MESSAGE_HANDLES>;

// SAFETY: the bytes are reached through a lease alone, and `leased` lets one exist at a time.
unsafe impl<const BYTES: usize, const HANDLES: usize> Sync for Frame<BYTES, HANDLES> {}

/// A frame of some size.
pub trait FrameStorage: Sync + Sized + 'static {
    /// A free frame.
    const EMPTY: Self;

    /// The most bytes that fit in.
    const BYTES: usize;

    /// Takes the frame; `None` if it is taken.
    fn lease(&self) -> Option<Lease<'_>>;
}

impl<const BYTES: usize, const HANDLES: usize> FrameStorage for Frame<BYTES, HANDLES> {
    const EMPTY: Self = Self {
        bytes: UnsafeCell::new([0; BYTES]),
        handles: [const { HandleSlot::empty() }; HANDLES],
        leased: AtomicBool::new(false),
    };

    const BYTES: usize = BYTES;

    fn lease(&self) -> Option<Lease<'_>> {
        // Acquire: the last user's accesses to the bytes come before ours.
        if self.leased.swap(true, Acquire) {
            return None;
        }
        // SAFETY: the flag was clear, so no lease exists, and only a lease refers to the bytes. The new reference lives
        // no longer than the lease, whose drop clears the flag.
        let bytes = unsafe { &mut *self.bytes.get() };
        Some(Lease { bytes, handles: &self.handles, leased: &self.leased, len: 0, handle_count: 0 })
    }
}

/// The right to use one frame, and the message that lies in it.
pub struct Lease<'f> {
    bytes: &'f mut [u8],
    handles: &'f [HandleSlot],
    leased: &'f AtomicBool,
    /// Bytes of the message.
    len: u32,
    /// Handles of the message.
    handle_count: u32,
}

impl Lease<'_> {
    /// Reads the next message of `channel`.
    ///
    /// # Errors
    ///
    /// Those of [`kernel::read`]; the frame is then empty.
    pub fn read(&mut self, channel: u32) -> Result<(), ReadError> {
        self.clear();
        let read = kernel::read(channel, self.bytes, self.handles)?;
        self.len = read.bytes as u32;
        self.handle_count = read.handles as u32;
        Ok(())
    }

    /// Writes the message to `channel`.
    ///
    /// # Errors
    ///
    /// Those of [`kernel::write`]. After `SHOULD_WAIT` the message is as before; else its handles are gone.
    pub fn write(&self, channel: u32) -> Result<(), Status> {
        kernel::write(channel, self.message(), self.slots())
    }

    /// The bytes of the message, header included.
    pub fn message(&self) -> &[u8] {
        self.bytes.get(..self.len as usize).unwrap_or_default()
    }

    /// The handles of the message.
    pub fn slots(&self) -> &[HandleSlot] {
        self.handles.get(..self.handle_count as usize).unwrap_or_default()
    }

    /// The message's header.
    ///
    /// # Errors
    ///
    /// [`HeaderError`].
    pub fn header(&self) -> Result<Header, HeaderError> {
        Header::parse(self.message())
    }

    /// Validates the message's body as a `T`.
    ///
    /// # Errors
    ///
    /// The first rule that the body breaks; it must not be looked at any more then.
    pub fn decode<T: Wire>(&mut self) -> Result<Body<'_, T>, DecodeError> {
        let bytes = self.bytes.get_mut(..self.len as usize).unwrap_or_default();
        let slots = self.handles.get(..self.handle_count as usize).unwrap_or_default();
        wire::validate::<T>(bytes, HEADER_BYTES, slots)
    }

    /// Checks that the message has no body.
    ///
    /// # Errors
    ///
    /// [`Rule::TrailingBytes`], [`Rule::TrailingHandles`].
    pub fn decode_empty(&self) -> Result<(), DecodeError> {
        match (self.len as usize > HEADER_BYTES, self.handle_count > 0) {
            (true, _) => Err(DecodeError::new(Rule::TrailingBytes, HEADER_BYTES as u32)),
            (_, true) => Err(DecodeError::new(Rule::TrailingHandles, HEADER_BYTES as u32)),
            _ => Ok(()),
        }
    }

    /// Makes the message a header and a body.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; the handles that were given are closed then.
    pub fn encode<T: Wire>(&mut self, header: Header, value: impl Encode<T>) -> Result<(), EncodeError> {
        self.encode_empty(header)?;
        let mut encoder = Encoder::new(self.bytes, HEADER_BYTES, self.handles);
        let result = encoder.claim::<T>().and_then(|root| value.encode(root, &mut encoder));
        let written = encoder.finish();
        self.handle_count = written.handles as u32;
        self.len = written.bytes as u32;
        if result.is_err() {
            self.clear();
        }
        result
    }

    /// Makes the message a header alone.
    ///
    /// # Errors
    ///
    /// [`EncodeError::OutOfSpace`] if the frame is smaller than a header.
    pub fn encode_empty(&mut self, header: Header) -> Result<(), EncodeError> {
        self.clear();
        let place = self.bytes.get_mut(..HEADER_BYTES).ok_or(EncodeError::OutOfSpace)?;
        place.copy_from_slice(header.as_bytes());
        self.len = HEADER_BYTES as u32;
        Ok(())
    }

    /// Makes the frame empty: the handles that are left are closed.
    pub fn clear(&mut self) {
        if self.handle_count > 0 {
            kernel::close_all(self.slots());
        }
        self.len = 0;
        self.handle_count = 0;
    }
}

impl<'f> Lease<'f> {
    /// Validates the message's body as a `T`, and keeps frame and proof together.
    ///
    /// # Errors
    ///
    /// The first rule that the body breaks; the frame is free then.
    pub fn into_decoded<T: Wire>(mut self) -> Result<Decoded<'f, T>, DecodeError> {
        let bytes = mem::take(&mut self.bytes).get_mut(..self.len as usize).unwrap_or_default();
        let slots = self.handles.get(..self.handle_count as usize).unwrap_or_default();
        Ok(Decoded { body: wire::validate::<T>(bytes, HEADER_BYTES, slots)?, _lease: self })
    }
}

/// A validated message in its frame.
#[derive(Debug)]
pub struct Decoded<'f, T> {
    /// Not handed out for longer than the lease lives.
    body: Body<'f, T>,
    _lease: Lease<'f>,
}

impl<T: Wire> Decoded<'_, T> {
    /// The message's payload.
    pub fn view(&self) -> T::View<'_> {
        self.body.view()
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.clear();
        debug_assert!(self.leased.load(Relaxed));
        // Release: our accesses to the bytes come before the next user's.
        self.leased.store(false, Release);
    }
}

impl fmt::Debug for Lease<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease({} of {} bytes, {} handles)", self.len, self.bytes.len(), self.handle_count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lease_at_a_time() {
        let frame = Frame::<32, 0>::EMPTY;
        let mut lease = frame.lease().unwrap();
        assert!(frame.lease().is_none());
        lease.encode::<wire::U32>(Header::new(0, 7, false), &5).unwrap();
        assert_eq!(lease.message().len(), 24);
        assert_eq!(lease.decode::<wire::U32>().unwrap().view(), 5);
        drop(lease);
        assert!(frame.lease().unwrap().message().is_empty());
    }

    #[test]
    fn a_value_that_does_not_fit_leaves_the_frame_empty() {
        let frame = Frame::<16, 0>::EMPTY;
        let mut lease = frame.lease().unwrap();
        let error = lease.encode::<wire::U32>(Header::new(0, 7, false), &5);
        assert_eq!((error, lease.message().len()), (Err(EncodeError::OutOfSpace), 0));
    }
}
