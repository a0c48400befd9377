//! Strings.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, EncodeRef, Encoder, fill};
use super::error::{DecodeError, EncodeError, EncodeRule};
use super::pointer::Counted;
use super::validate::{Decoder, Wire};
use super::vector::Elements;
use super::view::Object;

/// `string:BOUND`, 16 bytes. The bound is in bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct Str<const BOUND: u32>(Counted);

/// `string:<BOUND, optional>`, 16 bytes. The bound is in bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct OptStr<const BOUND: u32>(Counted);

// SAFETY: `Ok` is returned only behind `walk`, which claims as many bytes as the count says, finds them to be UTF-8, and
// has put their offset over the marker; `view` follows just that offset and count.
#[allow(unsafe_code)]
unsafe impl<const BOUND: u32> Wire for Str<BOUND> {
    const PLAIN: bool = false;
    type View<'f> = &'f str;
    type Many<'f> = Elements<'f, Self>;

    #[inline]
    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let count = self.0.resolve(at, decoder.position(), BOUND)?;
        walk(count, at, decoder)
    }

    fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        restore(&mut self.0, decoder)
    }

    #[inline]
    fn view<'f>(object: Object<'f, Self>) -> &'f str {
        text(object, object.wire().0).unwrap_or("")
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

// SAFETY: as for `Str`.
#[allow(unsafe_code)]
unsafe impl<const BOUND: u32> Wire for OptStr<BOUND> {
    const PLAIN: bool = false;
    type View<'f> = Option<&'f str>;
    type Many<'f> = Elements<'f, Self>;

    #[inline]
    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        match self.0.resolve_optional(at, decoder.position(), BOUND)? {
            Some(count) => walk(count, at, decoder),
            None => Ok(()),
        }
    }

    fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        restore(&mut self.0, decoder)
    }

    #[inline]
    fn view<'f>(object: Object<'f, Self>) -> Option<&'f str> {
        text(object, object.wire().0)
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

/// Claims the text and checks that it is UTF-8.
#[inline]
fn walk(count: u32, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    decoder.last_level(at)?;
    decoder.claim_text(count)
}

/// Puts the marker back.
fn restore(string: &mut Counted, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    string.restore().map_or(Ok(()), |count| decoder.claim_many::<u8>(count).map(|_| ()))
}

/// The text of a string that `object` is.
#[inline]
#[allow(unsafe_code)]
fn text<'f, T>(object: Object<'f, T>, string: Counted) -> Option<&'f str> {
    let (offset, count) = string.target()?;
    // SAFETY: the walk claimed `count` bytes there.
    let bytes = unsafe { object.follow_many::<u8>(offset, count) };
    // SAFETY: the walk found them to be UTF-8.
    Some(unsafe { bytes.text() })
}

#[inline]
fn write(text: &str, out: &mut Counted, bound: u32, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
    let count = u32::try_from(text.len())
        .ok()
        .filter(|count| *count <= bound)
        .ok_or(EncodeError::new(EncodeRule::Bound))?;
    *out = Counted::announcing(count);
    let place = encoder.claim_run::<u8>(count, false)?;
    encoder.last_level()?;
    fill(place, text.as_bytes())
}

impl<const BOUND: u32> EncodeRef<Str<BOUND>> for str {
    fn encode_ref(&self, out: &mut Str<BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        write(self, &mut out.0, BOUND, encoder)
    }
}

impl<const BOUND: u32> EncodeRef<OptStr<BOUND>> for Option<&str> {
    fn encode_ref(&self, out: &mut OptStr<BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            Some(text) => write(text, &mut out.0, BOUND, encoder),
            None => Ok(()),
        }
    }
}

impl<const BOUND: u32, const N: usize> EncodeRef<Str<BOUND>> for heapless::String<N> {
    fn encode_ref(&self, out: &mut Str<BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        write(self, &mut out.0, BOUND, encoder)
    }
}

impl<const BOUND: u32, const N: usize> EncodeRef<OptStr<BOUND>> for Option<heapless::String<N>> {
    fn encode_ref(&self, out: &mut OptStr<BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.as_deref().encode_ref(out, encoder)
    }
}

impl<const BOUND: u32, const N: usize> Encode<Str<BOUND>> for heapless::String<N> {
    fn encode(self, out: &mut Str<BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        write(&self, &mut out.0, BOUND, encoder)
    }
}

impl<const BOUND: u32> Encode<OptStr<BOUND>> for Option<&str> {
    fn encode(self, out: &mut OptStr<BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.encode_ref(out, encoder)
    }
}
