//! Reading a validated message where it lies: the pointers of the codec. The containers' modules have unsafe code only to
//! follow, through this one, the offsets that their own walk has left.
//!
//! The invariant: a [`Body<T>`] exists only behind a successful walk over its bytes as a message of type `T`, and nobody
//! writes to those bytes while it exists. An [`Object`] is made from a `Body`, or from another object by following
//! one of its own fields; so every offset and count that a container holds was written or checked by that walk.
#![allow(unsafe_code)]

use core::fmt;
use core::marker::PhantomData;

use zerocopy::{FromBytes, Immutable, Unaligned};

use super::handle::HandleSlot;
use super::validate::Wire;

/// The bytes and handles of a validated message.
#[derive(Clone, Copy)]
struct Message<'f> {
    bytes: &'f [u8],
    handles: &'f [HandleSlot],
}

/// A validated message of type `T`. Made by [`validate`](super::validate) alone.
pub struct Body<'f, T> {
    message: Message<'f>,
    start: usize,
    marker: PhantomData<fn() -> T>,
}

impl<'f, T: Wire> Body<'f, T> {
    /// The proof. Only for [`validate`](super::validate), after the walk.
    #[inline]
    pub(super) fn proven(bytes: &'f [u8], start: usize, handles: &'f [HandleSlot]) -> Self {
        Self { message: Message { bytes, handles }, start, marker: PhantomData }
    }

    /// The primary object.
    #[inline]
    pub fn view(&self) -> T::View<'_> {
        T::view(self.object())
    }

    #[inline]
    fn object(&self) -> Object<'_, T> {
        // SAFETY: the walk began by claiming a `T` at `start`.
        unsafe { Object::at(&self.message, self.start) }
    }
}

impl<T> fmt::Debug for Body<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes, {} handles)", self.message.bytes.len(), self.message.handles.len())
    }
}

/// One validated object of a message, or several of one type: the message, and a place in it.
pub struct Object<'f, T: ?Sized> {
    message: &'f Message<'f>,
    wire: &'f T,
}

impl<T: ?Sized> Clone for Object<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Object<'_, T> {}

impl<T: ?Sized> fmt::Debug for Object<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({} bytes)", size_of_val(self.wire))
    }
}

impl<'f, T: ?Sized> Object<'f, T> {
    /// The bytes of the object.
    pub fn wire(self) -> &'f T {
        self.wire
    }

    /// A part of this object.
    ///
    /// # Safety
    ///
    /// `part` is a field of the `T` that [`wire`](Self::wire) returns (or an element), at the type with which that
    /// `T` validated it.
    pub unsafe fn part<U: ?Sized>(self, part: &'f U) -> Object<'f, U> {
        Object { message: self.message, wire: part }
    }

    /// The slot of handle `index`.
    pub(super) fn handle(self, index: u32) -> Option<&'f HandleSlot> {
        self.message.handles.get(index as usize)
    }

    /// The object out of line at `offset`.
    ///
    /// # Safety
    ///
    /// The walk claimed a `U` at `offset` of this object's message and validated it.
    pub(super) unsafe fn follow<U: Wire>(self, offset: u64) -> Object<'f, U> {
        // SAFETY: the caller's promise.
        unsafe { Object::at(self.message, offset as usize) }
    }

    /// The objects out of line at `offset`.
    ///
    /// # Safety
    ///
    /// The walk claimed `count` of `U` at `offset` of this object's message and validated them.
    pub(super) unsafe fn follow_many<U: FromBytes + Immutable + Unaligned>(
        self,
        offset: u64,
        count: u64,
    ) -> Object<'f, [U]> {
        let (offset, count) = (offset as usize, count as usize);
        if cfg!(fidl_check_access) {
            assert!(offset + count * size_of::<U>() <= self.message.bytes.len(), "access behind the message");
        }
        // SAFETY: the caller's promise: `count` of `U` begin inside the message at `offset`.
        let first = unsafe { self.message.bytes.as_ptr().add(offset) };
        // SAFETY: they lie in the message (as above), `U` has alignment 1 (`Unaligned`) and allows any bytes
        // (`FromBytes`), and nobody writes to the message while its `Body` lives.
        let wire = unsafe { core::slice::from_raw_parts(first.cast::<U>(), count) };
        Object { message: self.message, wire }
    }
}

impl<'f, T: Wire> Object<'f, T> {
    /// The `T` at `offset` of `message`.
    ///
    /// # Safety
    ///
    /// The walk over `message` claimed a `T` there and validated it.
    unsafe fn at(message: &'f Message<'f>, offset: usize) -> Self {
        if cfg!(fidl_check_access) {
            assert!(offset + size_of::<T>() <= message.bytes.len(), "access behind the message");
        }
        // SAFETY: the caller's promise: a `T` begins inside the message at `offset`.
        let first = unsafe { message.bytes.as_ptr().add(offset) };
        // SAFETY: it lies in the message (as above), `T` has alignment 1 and allows any bytes, and nobody writes to the
        // message while its `Body` lives.
        let wire = unsafe { &*first.cast::<T>() };
        Self { message, wire }
    }
}

/// A branch that the walk has ruled out. There is no way to panic here in a program.
///
/// # Safety
///
/// The walk refused every message that would lead here.
#[doc(hidden)]
#[inline]
pub unsafe fn ruled_out() -> ! {
    if cfg!(fidl_check_access) {
        panic!("a value that the walk refuses");
    }
    // SAFETY: the caller's promise.
    unsafe { core::hint::unreachable_unchecked() }
}

impl<'f> Object<'f, [u8]> {
    /// The text in these bytes.
    ///
    /// # Safety
    ///
    /// The walk found them to be UTF-8.
    pub(super) unsafe fn text(self) -> &'f str {
        if cfg!(fidl_check_access) {
            assert!(core::str::from_utf8(self.wire).is_ok(), "text that was not validated");
        }
        // SAFETY: the caller's promise.
        unsafe { core::str::from_utf8_unchecked(self.wire) }
    }
}
