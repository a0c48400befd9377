//! The unions that replies travel in, where a method can fail: success has ordinal 1, the method's own error 2, the
//! framework's 3. All of them are strict.

use core::fmt;
use core::marker::PhantomData;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, EncodeRef, Encoder};
use super::envelope::is_inlined;
use super::error::{DecodeError, EncodeError, Rule};
use super::scalar::I32;
use super::union::UnionHead;
use super::validate::{Decoder, Wire};
use super::vector::Elements;
use super::view::{Object, ruled_out};
use crate::limits::padded;

const SUCCESS: u64 = 1;
const ERROR: u64 = 2;
const FRAMEWORK_ERROR: u64 = 3;

/// The one framework error there is: 'unknown method'.
const UNKNOWN_METHOD: i32 = -2;

/// The reply of a flexible method without error type: success or framework error, 16 bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct FlexibleResult<T>(UnionHead, PhantomData<T>);

/// The reply of a strict method with error type `E`: success or error, 16 bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct StrictErrorResult<T, E>(UnionHead, PhantomData<(T, E)>);

/// The reply of a flexible method with error type `E`: success, error or framework error, 16 bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct FlexibleErrorResult<T, E>(UnionHead, PhantomData<(T, E)>);

/// The peer's framework does not know the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameworkError;

impl fmt::Display for FrameworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the peer does not know this method")
    }
}

impl core::error::Error for FrameworkError {}

/// A framework error, 4 bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
struct FrameworkErrorWire(I32);

// SAFETY: a number, of which nothing is read.
#[allow(unsafe_code)]
unsafe impl Wire for FrameworkErrorWire {
    const PLAIN: bool = false;
    type View<'f> = FrameworkError;
    type Many<'f> = Elements<'f, Self>;

    fn validate(&mut self, at: u32, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
        match self.0.get() {
            UNKNOWN_METHOD => Ok(()),
            _ => Err(DecodeError::new(Rule::FrameworkError, at)),
        }
    }

    fn view(_: Object<'_, Self>) -> FrameworkError {
        FrameworkError
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

impl EncodeRef<FrameworkErrorWire> for FrameworkError {
    fn encode_ref(&self, out: &mut FrameworkErrorWire, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        out.0 = I32::new(UNKNOWN_METHOD);
        Ok(())
    }
}

/// The three unions: what each ordinal stands for, and how it is seen and written.
macro_rules! results {
    ($($name:ident<$($generic:ident),*> => $view:ty {
        $($ordinal:ident: $member:ty => |$seen:ident| $see:expr,)*
    })*) => { $(
        // SAFETY: `validate` and `view` choose by the ordinal, which nobody changes in between: what was validated with a type
        // is viewed with it.
        #[allow(unsafe_code)]
        unsafe impl<$($generic: Wire),*> Wire for $name<$($generic),*> {
            const PLAIN: bool = false;
            type View<'f> = $view;
            type Many<'f> = Elements<'f, Self>;

            fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                match self.0.ordinal() {
                    $($ordinal => self.0.validate::<$member>(at, decoder),)*
                    _ => Err(DecodeError::new(Rule::UnionOrdinal, at)),
                }
            }

            fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                match self.0.ordinal() {
                    $($ordinal => self.0.restore::<$member>(decoder),)*
                    _ => Ok(()),
                }
            }

            fn view<'f>(object: Object<'f, Self>) -> $view {
                // SAFETY: the union's own head, which validated itself.
                let head = unsafe { object.part(&object.wire().0) };
                match head.wire().ordinal() {
                    $($ordinal => {
                        // SAFETY: with this ordinal, the walk validated a member of this type.
                        let $seen = unsafe { UnionHead::content::<$member>(head) };
                        $see
                    })*
                    // SAFETY: the walk refuses other ordinals.
                    _ => unsafe { ruled_out() },
                }
            }

            fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
                Elements(objects)
            }
        }
    )* };
}

results! {
    FlexibleResult<T> => Result<T::View<'f>, FrameworkError> {
        SUCCESS: T => |value| Ok(value),
        FRAMEWORK_ERROR: FrameworkErrorWire => |error| Err(error),
    }
    StrictErrorResult<T, E> => Result<T::View<'f>, E::View<'f>> {
        SUCCESS: T => |value| Ok(value),
        ERROR: E => |error| Err(error),
    }
    FlexibleErrorResult<T, E> => Result<Result<T::View<'f>, E::View<'f>>, FrameworkError> {
        SUCCESS: T => |value| Ok(Ok(value)),
        ERROR: E => |error| Ok(Err(error)),
        FRAMEWORK_ERROR: FrameworkErrorWire => |error| Err(error),
    }
}

impl<T: Wire, X: Encode<T>> Encode<FlexibleResult<T>> for Result<X, FrameworkError> {
    fn encode(self, out: &mut FlexibleResult<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            Ok(value) => out.0.encode::<T>(SUCCESS, value, encoder),
            Err(error) => out.0.encode::<FrameworkErrorWire>(FRAMEWORK_ERROR, &error, encoder),
        }
    }
}

impl<T: Wire, E: Wire, X: Encode<T>, Y: Encode<E>> Encode<StrictErrorResult<T, E>> for Result<X, Y> {
    fn encode(self, out: &mut StrictErrorResult<T, E>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            Ok(value) => out.0.encode::<T>(SUCCESS, value, encoder),
            Err(error) => out.0.encode::<E>(ERROR, error, encoder),
        }
    }
}

impl<T: Wire, E: Wire, X: Encode<T>, Y: Encode<E>> Encode<FlexibleErrorResult<T, E>>
    for Result<Result<X, Y>, FrameworkError>
{
    fn encode(
        self,
        out: &mut FlexibleErrorResult<T, E>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        match self {
            Ok(Ok(value)) => out.0.encode::<T>(SUCCESS, value, encoder),
            Ok(Err(error)) => out.0.encode::<E>(ERROR, error, encoder),
            Err(error) => out.0.encode::<FrameworkErrorWire>(FRAMEWORK_ERROR, &error, encoder),
        }
    }
}

/// The most bytes that a result union with a `T` inside has, besides what `T` has out of line.
pub const fn flexible_result_bytes<T>() -> usize {
    size_of::<FlexibleResult<T>>() + if is_inlined::<T>() { 0 } else { padded(size_of::<T>()) }
}
