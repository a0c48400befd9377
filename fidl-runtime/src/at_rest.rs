//! Values outside of messages: persisted, and encoded on their own.
//!
//! A persisted value is a header of 8 bytes, the [`Metadata`], and behind it the same bytes that a message has behind its own
//! header. Only types without handles can be persisted ([`ValueType`]). A value that is encoded on its own
//! ([`encode_standalone`]) may have handles; bytes, handles and metadata then travel as their user likes.
//!
//! Neither says of what type the value is: the reader has to know. Bytes lie in buffers of the caller's, which are aligned for
//! messages ([`wire::Aligned`]). There is no limit to their number but that of their offsets, 32 bits.
//!
//! ```
//! use fidl::wire;
//!
//! fidl::wire_struct! {
//!     /// A name and an age.
//!     pub struct PersonWire, PersonView<'f>, 24 {
//!         0 name: wire::Str<32> => &'f str,
//!         16 age: wire::U32 => u32,
//!         20 padding: wire::Padding<4>,
//!     }
//! }
//! impl wire::ValueType for PersonWire {}
//!
//! struct Person<'a> {
//!     name: &'a str,
//!     age: u32,
//! }
//! fidl::encode_struct! { Person<'_> => PersonWire { name, age } }
//!
//! let mut buffer = wire::Aligned([0; 64]);
//! let stored = fidl::persist::<PersonWire>(&Person { name: "Ada", age: 36 }, &mut buffer.0)?;
//! assert_eq!(stored[..8], [0, 1, 2, 0, 0, 0, 0, 0]);
//! let length = stored.len();
//!
//! let person = fidl::unpersist::<PersonWire>(&mut buffer.0[..length])?;
//! assert_eq!((person.view().name(), person.view().age()), ("Ada", 36));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A type that may have handles cannot be persisted:
//!
//! ```compile_fail,E0277
//! use fidl::wire::{self, HandleView, SAME_RIGHTS};
//!
//! fidl::wire_struct! {
//!     /// A handle of any kind.
//!     pub struct Token, TokenView<'f>, 4 {
//!         0 handle: wire::Handle<0, SAME_RIGHTS> => HandleView<'f>,
//!     }
//! }
//! fidl::unpersist::<Token>(&mut []);
//! ```

#[cfg(feature = "kernel")]
use crate::kernel;
use crate::limits::{AT_REST_V2, MAGIC_NUMBER, METADATA_BYTES, OBJECT_ALIGNMENT};
use crate::wire::{
    self, Body, DecodeError, Encode, EncodeError, EncodeRef, EncodeRule, Encoded, Encoder, HandleSlot, Rule,
    ValueType, Wire,
};

/// The most bytes that offsets reach.
const MOST_BYTES: usize = u32::MAX as usize / OBJECT_ALIGNMENT * OBJECT_ALIGNMENT;

/// Which wire format a value outside of a message is in: the 8 bytes in front of a persisted value.
///
/// To its user just bytes to be carried along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata([u8; METADATA_BYTES]);

impl Metadata {
    /// What this crate writes: version 2 of the wire format.
    pub const CURRENT: Self = Self([0, MAGIC_NUMBER, AT_REST_V2, 0, 0, 0, 0, 0]);

    /// Metadata that came from somewhere. It is looked at where a value is decoded.
    pub const fn from_bytes(bytes: [u8; METADATA_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be carried along.
    pub const fn into_bytes(self) -> [u8; METADATA_BYTES] {
        self.0
    }

    /// Whether this crate reads what it stands in front of. At-rest flags other than 'version 2' are ignored.
    fn check(self) -> Result<(), DecodeError> {
        let [disambiguator, magic, flags, _, reserved @ ..] = self.0;
        if magic != MAGIC_NUMBER {
            return Err(DecodeError::new(Rule::MagicNumber, 1));
        }
        if flags & AT_REST_V2 == 0 {
            return Err(DecodeError::new(Rule::Version, 2));
        }
        if disambiguator != 0 {
            return Err(DecodeError::new(Rule::Reserved, 0));
        }
        match (4..).zip(reserved).find(|(_, byte)| *byte != 0) {
            Some((offset, _)) => Err(DecodeError::new(Rule::Reserved, offset)),
            None => Ok(()),
        }
    }
}

/// Writes a value to `buffer`, behind its metadata; returns the part of the buffer that it takes.
///
/// The same value always gives the same bytes.
///
/// # Errors
///
/// [`EncodeRule::OutOfSpace`] if the buffer is too small; the first rule that the value breaks.
pub fn persist<'b, W: ValueType>(
    value: &(impl EncodeRef<W> + ?Sized),
    buffer: &'b mut [u8],
) -> Result<&'b [u8], EncodeError> {
    let header = buffer.first_chunk_mut().ok_or(EncodeError::new(EncodeRule::OutOfSpace))?;
    *header = Metadata::CURRENT.into_bytes();
    let written = encode::<W>(value, buffer, METADATA_BYTES, &[])?;
    buffer.get(..written.bytes).ok_or(EncodeError::new(EncodeRule::OutOfSpace))
}

/// Validates what [`persist`] wrote, here or elsewhere, in place. All of `bytes` is the value's; they are aligned to 8.
///
/// # Errors
///
/// [`Rule::ShortHeader`], [`Rule::MagicNumber`], [`Rule::Version`], [`Rule::Reserved`] for the metadata; [`Rule::Alignment`]
/// for a place that is not aligned; the first rule of the format that the value breaks. Nothing of it may have handles, known
/// or unknown: [`Rule::TooFewHandles`]. The bytes are then in an unspecified state.
pub fn unpersist<W: ValueType>(bytes: &mut [u8]) -> Result<Body<'_, W>, DecodeError> {
    let header = bytes.first_chunk().ok_or(DecodeError::new(Rule::ShortHeader, 0))?;
    Metadata(*header).check()?;
    decode(bytes, METADATA_BYTES, &[])
}

/// Writes a value's bytes to `bytes`, its handles to `handles`; returns their numbers and the metadata that belongs to them.
///
/// The handles are the slots' then. Whoever gives them away [takes](HandleSlot::take) them out.
///
/// ```
/// use fidl::wire::{Aligned, HandleSlot, Str};
///
/// let (mut bytes, handles) = (Aligned([0; 64]), [const { HandleSlot::empty() }; 1]);
/// let (metadata, written) = fidl::encode_standalone::<Str<8>>("text", &mut bytes.0, &handles)?;
/// let (bytes, handles) = (&mut bytes.0[..written.bytes], &handles[..written.handles]);
///
/// let body = fidl::decode_standalone::<Str<8>>(metadata, bytes, handles)?;
/// assert_eq!(body.view(), "text");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`EncodeRule::OutOfSpace`], [`EncodeRule::TooManyHandles`] if there is not room enough; the first rule that the value
/// breaks. Its handles are closed then.
pub fn encode_standalone<W: Wire>(
    value: impl Encode<W>,
    bytes: &mut [u8],
    handles: &[HandleSlot],
) -> Result<(Metadata, Encoded), EncodeError> {
    Ok((Metadata::CURRENT, encode(value, bytes, 0, handles)?))
}

/// Validates what [`encode_standalone`] wrote, here or elsewhere, in place. All bytes and handles are the value's; the bytes are
/// aligned to 8. Closes the handles of data that the schema does not know.
///
/// Closed are only handles that are the slots' ([`HandleSlot::holding`]), here and after an error.
///
/// # Errors
///
/// [`Rule::MagicNumber`], [`Rule::Version`], [`Rule::Reserved`] for the metadata, with an offset in it; [`Rule::Alignment`];
/// the first rule of the format that the value breaks. All handles are closed then, and the bytes are in an unspecified
/// state.
pub fn decode_standalone<'f, W: Wire>(
    metadata: Metadata,
    bytes: &'f mut [u8],
    handles: &'f [HandleSlot],
) -> Result<Body<'f, W>, DecodeError> {
    let decoded = metadata.check().and_then(|()| decode(bytes, 0, handles));
    #[cfg(feature = "kernel")]
    match decoded {
        Ok(_) => kernel::close_unknown(handles),
        Err(_) => kernel::close_all(handles),
    }
    decoded
}

/// Encodes behind `start`; after an error, no handle is left.
fn encode<W: Wire>(
    value: impl Encode<W>,
    bytes: &mut [u8],
    start: usize,
    handles: &[HandleSlot],
) -> Result<Encoded, EncodeError> {
    let most = bytes.len().min(MOST_BYTES);
    let mut encoder = Encoder::new(bytes.get_mut(..most).unwrap_or_default(), start, handles);
    let result = encoder.claim::<W>().and_then(|root| value.encode(root, &mut encoder));
    let written = encoder.finish();
    #[cfg(feature = "kernel")]
    if result.is_err() {
        kernel::close_all(handles.get(..written.handles).unwrap_or_default());
    }
    result.map(|()| written)
}

fn decode<'f, W: Wire>(
    bytes: &'f mut [u8],
    start: usize,
    handles: &'f [HandleSlot],
) -> Result<Body<'f, W>, DecodeError> {
    // Of more than offsets reach, the walk says so; here it is only whether they may lie here at all.
    if !bytes.as_ptr().addr().is_multiple_of(OBJECT_ALIGNMENT) {
        return Err(DecodeError::new(Rule::Alignment, start as u32));
    }
    wire::validate(bytes, start, handles)
}
