//! Numbers, bools, padding and the empty struct.

use zerocopy::little_endian;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, EncodeRef, Encoder, fill};
use super::error::{DecodeError, EncodeError, Rule};
use super::validate::{Decoder, Wire};
use super::vector::Elements;
use super::view::Object;

pub use little_endian::{F32, F64, I16, I32, I64, U16, U32, U64};

/// Numbers: any bytes are valid, and many of them can be seen as a slice of native numbers.
macro_rules! numbers {
    ($($wire:ty, $native:ty, $get:expr;)*) => { $(
        // SAFETY: nothing to validate.
        #[allow(unsafe_code)]
        unsafe impl Wire for $wire {
            const PLAIN: bool = true;
            const FLAT: bool = true;
            type View<'f> = $native;
            type Many<'f> = &'f [$native];

            #[inline]
            fn validate(&mut self, _: u32, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
                Ok(())
            }

            fn view<'f>(object: Object<'f, Self>) -> $native {
                $get(object.wire())
            }

            fn many<'f>(objects: Object<'f, [Self]>) -> &'f [$native] {
                // Messages are aligned for every number, and little-endian like the machine, so this cannot fail.
                <[$native]>::ref_from_bytes(objects.wire().as_bytes()).unwrap_or(&[])
            }
        }

        impl EncodeRef<$wire> for $native {
            fn encode_ref(&self, out: &mut $wire, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
                *out = <$wire>::from(*self);
                Ok(())
            }

            fn encode_run(values: &[Self], out: &mut [$wire], _: &mut Encoder<'_>) -> Result<(), EncodeError> {
                fill(out.as_mut_bytes(), values.as_bytes())
            }
        }

        impl Encode<$wire> for $native {
            fn encode(self, out: &mut $wire, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                self.encode_ref(out, encoder)
            }
        }
    )* };
}

numbers! {
    u8, u8, |wire: &u8| *wire;
    i8, i8, |wire: &i8| *wire;
    U16, u16, |wire: &U16| wire.get();
    U32, u32, |wire: &U32| wire.get();
    U64, u64, |wire: &U64| wire.get();
    I16, i16, |wire: &I16| wire.get();
    I32, i32, |wire: &I32| wire.get();
    I64, i64, |wire: &I64| wire.get();
    F32, f32, |wire: &F32| wire.get();
    F64, f64, |wire: &F64| wire.get();
}

/// `bool`, one byte: 0 or 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(transparent)]
pub struct Bool(u8);

// SAFETY: a bool is read as 'not zero', which is sound for any byte.
#[allow(unsafe_code)]
unsafe impl Wire for Bool {
    const PLAIN: bool = false;
    const FLAT: bool = true;
    const ZEROS: &'static [u8] = &[!1];
    const ZEROED: bool = true;
    type View<'f> = bool;
    type Many<'f> = Elements<'f, Self>;

    #[inline]
    fn validate_rest(&mut self, _: u32, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
        Ok(())
    }

    fn validate(&mut self, at: u32, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.0 > 1 { Err(DecodeError::new(Rule::Bool, at)) } else { Ok(()) }
    }

    fn view<'f>(object: Object<'f, Self>) -> bool {
        object.wire().0 != 0
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

impl EncodeRef<Bool> for bool {
    fn encode_ref(&self, out: &mut Bool, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        *out = Bool(u8::from(*self));
        Ok(())
    }
}

impl Encode<Bool> for bool {
    fn encode(self, out: &mut Bool, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.encode_ref(out, encoder)
    }
}

/// `N` bytes of padding: zeros.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct Padding<const N: usize>([u8; N]);

// SAFETY: nothing is ever read from padding.
#[allow(unsafe_code)]
unsafe impl<const N: usize> Wire for Padding<N> {
    const PLAIN: bool = false;
    const FLAT: bool = true;
    const ZEROS: &'static [u8] = &[u8::MAX; N];
    const ZEROED: bool = true;
    type View<'f> = ();
    type Many<'f> = ();

    #[inline]
    fn validate_rest(&mut self, _: u32, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
        Ok(())
    }

    fn validate(&mut self, at: u32, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.0 == [0; N] {
            return Ok(());
        }
        let index = self.0.iter().position(|byte| *byte != 0).unwrap_or(0);
        Err(DecodeError::new(Rule::Padding, at + index as u32))
    }

    fn view(_: Object<'_, Self>) {}

    fn many(_: Object<'_, [Self]>) {}
}

/// A struct without members: one byte, zero.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(transparent)]
pub struct EmptyStruct(u8);

// SAFETY: nothing is ever read from an empty struct.
#[allow(unsafe_code)]
unsafe impl Wire for EmptyStruct {
    const PLAIN: bool = false;
    const FLAT: bool = true;
    const ZEROS: &'static [u8] = &[u8::MAX];
    const ZEROED: bool = true;
    type View<'f> = ();
    type Many<'f> = Elements<'f, Self>;

    #[inline]
    fn validate_rest(&mut self, _: u32, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
        Ok(())
    }

    fn validate(&mut self, at: u32, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.0 != 0 { Err(DecodeError::new(Rule::Padding, at)) } else { Ok(()) }
    }

    fn view(_: Object<'_, Self>) {}

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

impl EncodeRef<EmptyStruct> for () {
    fn encode_ref(&self, _: &mut EmptyStruct, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl Encode<EmptyStruct> for () {
    fn encode(self, _: &mut EmptyStruct, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        Ok(())
    }
}
