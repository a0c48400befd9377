//! The codec of every type, in functions that a linker can see: what validates, reads and encodes.
//!
//! `.ci/run` builds it and looks for the functions of the standard library that panics go through.

#![allow(
    dead_code,
    deprecated,
    unused_imports,
    unreachable_pub,
    non_snake_case,
    clippy::missing_safety_doc,
    reason = "generated"
)]

use fidl::wire::{
    Elements, Encode, EncodeError, EncodeRef, Encoder, EndpointView, HandleSlot, HandleView, Unknown, Wire,
    restore, validate,
};

/// A message, as it comes from a channel.
#[repr(C)]
pub struct Message<'m> {
    bytes: *mut u8,
    len: usize,
    handles: *const HandleSlot,
    count: usize,
    marker: core::marker::PhantomData<&'m ()>,
}

/// Reads all there is of a view.
pub trait Touch {
    fn touch(self, sink: &mut u64);
}

fn read<W: Wire>(message: Message<'_>) -> u64
where
    for<'f> W::View<'f>: Touch,
{
    // SAFETY: the caller's promise, who gives what a channel gives.
    let bytes = unsafe { core::slice::from_raw_parts_mut(message.bytes, message.len) };
    // SAFETY: as above.
    let handles = unsafe { core::slice::from_raw_parts(message.handles, message.count) };
    let mut sink = 0;
    match validate::<W>(bytes, 0, handles) {
        Ok(body) => {
            body.view().touch(&mut sink);
            restore::<W>(bytes, 0);
        }
        Err(error) => sink = u64::from(error.offset),
    }
    sink
}

/// Encodes what `value` refers to.
fn write_ref<W: Wire, V: EncodeRef<W>>(value: *mut V, room: Message<'_>) -> u64 {
    // SAFETY: the caller's promise, who has such a value.
    let value = unsafe { &*value };
    room.encode::<W>(|place, encoder| value.encode_ref(place, encoder))
}

/// Encodes a value that holds handles, and with it gives these away.
fn write<W: Wire, V: Encode<W>>(value: *mut V, room: Message<'_>) -> u64 {
    // SAFETY: the caller's promise, who gives the value up.
    let value = unsafe { value.read() };
    room.encode::<W>(|place, encoder| value.encode(place, encoder))
}

impl Message<'_> {
    fn encode<W: Wire>(
        self,
        encode: impl FnOnce(&mut W, &mut Encoder<'_>) -> Result<(), EncodeError>,
    ) -> u64 {
        // SAFETY: the caller's promise, who gives room for a message.
        let bytes = unsafe { core::slice::from_raw_parts_mut(self.bytes, self.len) };
        // SAFETY: as above.
        let handles = unsafe { core::slice::from_raw_parts(self.handles, self.count) };
        let mut encoder = Encoder::new(bytes, 0, handles);
        match encoder.claim::<W>().and_then(|place| encode(place, &mut encoder)) {
            Ok(()) => encoder.finish().bytes as u64,
            Err(_) => 0,
        }
    }
}

macro_rules! numbers {
    ($($number:ident)*) => {$(
        impl Touch for $number {
            fn touch(self, sink: &mut u64) {
                *sink ^= self as u64;
            }
        }
        impl Touch for &[$number] {
            fn touch(self, sink: &mut u64) {
                self.iter().for_each(|number| number.touch(sink));
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64 i8 i16 i32 i64 f32 f64);

impl Touch for bool {
    fn touch(self, sink: &mut u64) {
        *sink ^= u64::from(self);
    }
}

impl Touch for () {
    fn touch(self, _: &mut u64) {}
}

impl Touch for &str {
    fn touch(self, sink: &mut u64) {
        self.as_bytes().touch(sink);
    }
}

impl<T: Touch> Touch for Option<T> {
    fn touch(self, sink: &mut u64) {
        if let Some(value) = self {
            value.touch(sink);
        }
    }
}

impl<'f, T: Wire<View<'f>: Touch>> Touch for Elements<'f, T> {
    fn touch(self, sink: &mut u64) {
        self.iter().for_each(|element| element.touch(sink));
    }
}

impl Touch for HandleView<'_> {
    fn touch(self, sink: &mut u64) {
        *sink ^= u64::from(self.is_present());
    }
}

impl Touch for fidl::zx::Rights {
    fn touch(self, sink: &mut u64) {
        *sink ^= u64::from(self.bits());
    }
}

impl Touch for fidl::zx::ObjType {
    fn touch(self, sink: &mut u64) {
        *sink ^= u64::from(self == self);
    }
}

impl<E> Touch for EndpointView<'_, E> {
    fn touch(self, sink: &mut u64) {
        *sink ^= u64::from(self.handle().is_present());
    }
}

impl Touch for Unknown<'_> {
    fn touch(self, sink: &mut u64) {
        *sink ^= self.ordinal() ^ self.handle_count() as u64;
        self.bytes().touch(sink);
    }
}

include!(concat!(env!("OUT_DIR"), "/index.rs"));

/// Panics for a place beyond the fourth: to see that this is found where it is asked for.
#[unsafe(no_mangle)]
pub extern "C" fn control(bytes: &[u8; 4], place: usize) -> u8 {
    bytes[place]
}
