//! Boxes.

use core::marker::PhantomData;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, EncodeRef, Encoder};
use super::error::{DecodeError, EncodeError};
use super::pointer::Pointer;
use super::validate::{Decoder, Wire};
use super::vector::Elements;
use super::view::Object;

/// `box<T>`, 8 bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct Boxed<T>(Pointer, PhantomData<T>);

// SAFETY: `Ok` is returned only if the box is absent, or behind claiming and validating a `T` whose offset is now over
// the marker; `view` follows just that offset.
#[allow(unsafe_code)]
unsafe impl<T: Wire> Wire for Boxed<T> {
    const PLAIN: bool = false;
    type View<'f> = Option<T::View<'f>>;
    type Many<'f> = Elements<'f, Self>;

    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if !self.0.resolve(at, decoder.position())? {
            return Ok(());
        }
        decoder.deeper(at, |decoder| {
            let (content, at) = decoder.claim::<T>()?;
            content.validate(at, decoder)
        })
    }

    fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if !self.0.restore() {
            return Ok(());
        }
        decoder.deeper(decoder.position(), |decoder| {
            let (content, _) = decoder.claim::<T>()?;
            content.restore(decoder)
        })
    }

    fn view<'f>(object: Object<'f, Self>) -> Option<T::View<'f>> {
        let offset = object.wire().0.offset()?;
        // SAFETY: the walk claimed and validated a `T` there.
        Some(T::view(unsafe { object.follow(offset) }))
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

impl<T: Wire, X: EncodeRef<T>> EncodeRef<Boxed<T>> for Option<X> {
    fn encode_ref(&self, out: &mut Boxed<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let Some(content) = self else { return Ok(()) };
        out.0 = Pointer::present();
        let place = encoder.claim::<T>()?;
        encoder.deeper(|encoder| content.encode_ref(place, encoder))
    }
}

impl<T: Wire, X: Encode<T>> Encode<Boxed<T>> for Option<X> {
    fn encode(self, out: &mut Boxed<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let Some(content) = self else { return Ok(()) };
        out.0 = Pointer::present();
        let place = encoder.claim::<T>()?;
        encoder.deeper(|encoder| content.encode(place, encoder))
    }
}

/// What the reference names goes into the message, and nothing is left there. So a chain of boxes can be built whose
/// links cannot be copied.
impl<T: Wire, X: Encode<T>> Encode<Boxed<T>> for &mut Option<X> {
    fn encode(self, out: &mut Boxed<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.take().encode(out, encoder)
    }
}
