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
use core::marker::PhantomData;
use core::mem::{self, MaybeUninit};
use core::ptr::NonNull;
use core::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Relaxed, Release},
};

use zerocopy::IntoBytes;

use super::header::{Header, HeaderError};
use crate::kernel::{self, ReadError, Status};
use crate::limits::{HEADER_BYTES, MAX_MESSAGE_BYTES, MAX_MESSAGE_HANDLES};
use crate::wire::{
    self, Body, DecodeError, Encode, EncodeError, EncodeRule, Encoder, HandleSlot, Rule, Wire,
};

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
        let bytes: *mut [u8] = self.bytes.get();
        // SAFETY: a cell's content has an address.
        let bytes = unsafe { NonNull::new_unchecked(bytes) };
        let (handles, leased) = (&self.handles, &self.leased);
        Some(Lease { bytes, marker: PhantomData, handles, leased, len: 0, handle_count: 0 })
    }
}

/// The right to use one frame, and the message that lies in it.
pub struct Lease<'f> {
    /// Points to the frame's bytes, which nobody else refers to while this exists. No reference: the next user may come
    /// while the function that drops this still runs.
    bytes: NonNull<[u8]>,
    marker: PhantomData<&'f mut [u8]>,
    handles: &'f [HandleSlot],
    leased: &'f AtomicBool,
    /// Bytes of the message.
    len: u32,
    /// Handles of the message.
    handle_count: u32,
}

// SAFETY: it stands for the one reference to the bytes, which are numbers.
unsafe impl Send for Lease<'_> {}

// SAFETY: all that can be done with a shared one is to look at the bytes.
unsafe impl Sync for Lease<'_> {}

impl Lease<'_> {
    /// All bytes of the frame.
    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: they lie in the frame, which is borrowed for longer than this exists, and nobody else refers to them.
        unsafe { self.bytes.as_mut() }
    }

    /// Reads the next message of `channel`.
    ///
    /// # Errors
    ///
    /// Those of [`kernel::read`]; the frame is then empty.
    pub fn read(&mut self, channel: u32) -> Result<(), ReadError> {
        self.clear();
        let handles = self.handles;
        let read = kernel::read(channel, self.bytes(), handles)?;
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
        // SAFETY: as in `bytes`; while references from here exist, none is made there.
        let bytes = unsafe { self.bytes.as_ref() };
        bytes.get(..self.len as usize).unwrap_or_default()
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

    /// Validates the message's body as a `T`, and closes the handles of data that the schema does not know.
    ///
    /// # Errors
    ///
    /// The first rule that the body breaks; it must not be looked at any more then.
    pub fn decode<T: Wire>(&mut self) -> Result<Body<'_, T>, DecodeError> {
        let slots = self.handles.get(..self.handle_count as usize).unwrap_or_default();
        let body = self.inspect::<T>()?;
        kernel::close_unknown(slots);
        Ok(body)
    }

    /// Validates the message's body as a `T`, as [`decode`](Self::decode) does, and keeps the handles of data that the schema does
    /// not know. [`restore`](Self::restore) makes the message again what it was.
    ///
    /// # Errors
    ///
    /// The first rule that the body breaks.
    pub fn inspect<T: Wire>(&mut self) -> Result<Body<'_, T>, DecodeError> {
        let (len, handles, handle_count) = (self.len as usize, self.handles, self.handle_count as usize);
        let bytes = self.bytes().get_mut(..len).unwrap_or_default();
        wire::validate::<T>(bytes, HEADER_BYTES, handles.get(..handle_count).unwrap_or_default())
    }

    /// Undoes what validating the body as a `T` has written over its markers, and noted of its handles.
    pub fn restore<T: Wire>(&mut self) {
        let len = self.len as usize;
        self.slots().iter().for_each(HandleSlot::forget_walk);
        wire::restore::<T>(self.bytes().get_mut(..len).unwrap_or_default(), HEADER_BYTES);
    }

    /// Makes the message that of another frame, under another header: the body's bytes are copied, the handles taken over.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::OutOfSpace`], [`EncodeRule::TooManyHandles`] if this frame is smaller than the message;
    /// [`EncodeRule::InvalidHandle`] if a handle has been taken out of it. The frame is empty then, and the handles are closed.
    pub fn take_over(&mut self, header: Header, from: &Lease<'_>) -> Result<(), EncodeError> {
        self.encode_empty(header)?;
        let result = self.take_over_body(from);
        if result.is_err() {
            self.clear();
        }
        result
    }

    fn take_over_body(&mut self, from: &Lease<'_>) -> Result<(), EncodeError> {
        let body = from.message().get(HEADER_BYTES..).unwrap_or_default();
        let end = HEADER_BYTES + body.len();
        let place =
            self.bytes().get_mut(HEADER_BYTES..end).ok_or(EncodeError::new(EncodeRule::OutOfSpace))?;
        place.copy_from_slice(body);
        self.len = end as u32;
        for slot in from.slots() {
            let place = self
                .handles
                .get(self.handle_count as usize)
                .ok_or(EncodeError::new(EncodeRule::TooManyHandles))?;
            let (object_type, rights) = (slot.object_type(), slot.rights());
            let handle = slot.take_owned().ok_or(EncodeError::new(EncodeRule::InvalidHandle))?;
            place.put(handle.get(), object_type, rights);
            self.handle_count += 1;
        }
        Ok(())
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
        self.place().encode(header, value)
    }

    /// The frame as a place for another message; what it holds is dropped.
    pub(crate) fn place(&mut self) -> Place<'_> {
        self.clear();
        // SAFETY: as in `bytes`; the other fields are reached through the same exclusive reference.
        let bytes = unsafe { self.bytes.as_mut() };
        Place { bytes, handles: self.handles, len: &mut self.len, handle_count: &mut self.handle_count }
    }

    /// Makes the message a header alone.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::OutOfSpace`] if the frame is smaller than a header.
    pub fn encode_empty(&mut self, header: Header) -> Result<(), EncodeError> {
        self.clear();
        let place = self.bytes().get_mut(..HEADER_BYTES).ok_or(EncodeError::new(EncodeRule::OutOfSpace))?;
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

/// An empty frame, to put a message into. Other than a lease's, its lifetime says nothing of where the frame lies.
pub(crate) struct Place<'a> {
    bytes: &'a mut [u8],
    handles: &'a [HandleSlot],
    len: &'a mut u32,
    handle_count: &'a mut u32,
}

impl Place<'_> {
    /// Makes the message a header and a body.
    pub(crate) fn encode<T: Wire>(self, header: Header, value: impl Encode<T>) -> Result<(), EncodeError> {
        let place = self.bytes.get_mut(..HEADER_BYTES).ok_or(EncodeError::new(EncodeRule::OutOfSpace))?;
        place.copy_from_slice(header.as_bytes());
        let unsent = Unsent(self.handles);
        let mut encoder = Encoder::new(self.bytes, HEADER_BYTES, self.handles);
        encoder.claim::<T>().and_then(|root| value.encode(root, &mut encoder))?;
        let written = encoder.finish();
        mem::forget(unsent);
        (*self.len, *self.handle_count) = (written.bytes as u32, written.handles as u32);
        Ok(())
    }
}

/// The handles of a message that is being encoded. Dropped when that fails, also by a panic of an iterator that a builder was
/// given: they are closed.
struct Unsent<'a>(&'a [HandleSlot]);

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        kernel::close_all(self.0);
    }
}

impl<'f> Lease<'f> {
    /// Validates the message's body as a `T`, and keeps frame and proof together. Closes the handles of data that the schema
    /// does not know.
    ///
    /// # Errors
    ///
    /// The first rule that the body breaks; the frame is free then.
    pub fn into_decoded<T: Wire>(mut self) -> Result<Decoded<'f, T>, DecodeError> {
        // SAFETY: they lie in the frame, which is borrowed for `'f`, and nobody else refers to them: the lease, which
        // could, is kept until the body is gone, and only to be dropped.
        let bytes: &'f mut [u8] = unsafe { self.bytes.as_mut() };
        let bytes = bytes.get_mut(..self.len as usize).unwrap_or_default();
        let slots = self.handles.get(..self.handle_count as usize).unwrap_or_default();
        let body = wire::validate::<T>(bytes, HEADER_BYTES, slots)?;
        kernel::close_unknown(slots);
        Ok(Decoded { body: MaybeUninit::new(body), _lease: self })
    }
}

/// A validated message in its frame.
pub struct Decoded<'f, T> {
    /// Initialized; not handed out for longer than the lease lives. It refers to the frame, which the next user may change
    /// while the function that drops this still runs, and nothing is said of references in a `MaybeUninit`.
    body: MaybeUninit<Body<'f, T>>,
    _lease: Lease<'f>,
}

impl<T: Wire> Decoded<'_, T> {
    /// The message's payload.
    pub fn view(&self) -> T::View<'_> {
        self.body().view()
    }
}

impl<'f, T> Decoded<'f, T> {
    fn body(&self) -> &Body<'f, T> {
        // SAFETY: it is made with one, and keeps it.
        unsafe { self.body.assume_init_ref() }
    }
}

impl<T> fmt::Debug for Decoded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.body().fmt(f)
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
    fn a_decoded_message_keeps_its_frame() {
        let frame = Frame::<48, 0>::EMPTY;
        let mut lease = frame.lease().unwrap();
        lease.encode::<wire::Str<8>>(Header::new(0, 7, false), "text").unwrap();
        let decoded = lease.into_decoded::<wire::Str<8>>().unwrap();
        assert!(frame.lease().is_none());
        assert_eq!(decoded.view(), "text");
        drop(decoded);
        assert!(frame.lease().unwrap().into_decoded::<wire::Str<8>>().is_err());
        assert!(frame.lease().is_some());
    }

    #[test]
    fn one_lease_at_a_time_on_any_thread() {
        static FRAME: Frame<24, 0> = Frame::EMPTY;
        let work = || {
            for number in 0..20 {
                let mut lease = loop {
                    if let Some(lease) = FRAME.lease() {
                        break lease;
                    }
                    std::thread::yield_now();
                };
                lease.encode::<wire::U32>(Header::new(0, 7, false), &number).unwrap();
                // Given up where somebody else may come at once.
                if number % 2 == 0 {
                    drop(lease);
                } else {
                    drop(lease.into_decoded::<wire::U32>().unwrap());
                }
            }
        };
        let threads = [std::thread::spawn(work), std::thread::spawn(work)];
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(FRAME.lease().is_some());
    }

    #[test]
    fn a_value_that_does_not_fit_leaves_the_frame_empty() {
        let frame = Frame::<16, 0>::EMPTY;
        let mut lease = frame.lease().unwrap();
        let error = lease.encode::<wire::U32>(Header::new(0, 7, false), &5);
        assert_eq!((error, lease.message().len()), (Err(EncodeError::new(EncodeRule::OutOfSpace)), 0));
    }
}
