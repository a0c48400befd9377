//! What can be wrong with a message.

use core::fmt;

use super::path::Path;

/// Why a message was refused, and where.
///
/// In builds with debug assertions, `Debug` and `Display` tell the member, too: `entries[3].name`. Of a union the member is
/// its variant; what is in an envelope that the schema does not know has no name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DecodeError {
    /// The rule that was broken.
    pub rule: Rule,
    /// The byte at fault, counted from the start of the message.
    pub offset: u32,
    path: Path,
}

// Elsewhere a path takes no room.
const _: () = assert!(cfg!(debug_assertions) || size_of::<DecodeError>() == 8);

/// The rules of the FIDL wire format (version 2) that a decoder checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// An object ends behind the end of the message.
    OutOfBounds,
    /// Bytes are left behind the last object.
    TrailingBytes,
    /// A byte of padding is not zero.
    Padding,
    /// A bool is neither 0 nor 1.
    Bool,
    /// A value that the strict enum does not have.
    UnknownEnumValue,
    /// A bit that the strict bits do not have.
    UnknownBits,
    /// A marker is neither all ones (present) nor all zeros (absent).
    Presence,
    /// Something is absent that is not optional.
    Absent,
    /// A string or vector is absent and has a count.
    AbsentWithCount,
    /// A string or vector is longer than its bound.
    Bound,
    /// A string is not UTF-8.
    Utf8,
    /// More than [`MAX_DEPTH`](crate::limits::MAX_DEPTH) indirections.
    Depth,
    /// A union has an ordinal that its type does not know, or 0 where it is not absent.
    UnionOrdinal,
    /// An envelope is inlined that must not be, or is not and must be, or has unknown flags.
    EnvelopeForm,
    /// An envelope announces another number of bytes than its content has, or for content that nobody knows a number that
    /// content cannot have.
    EnvelopeBytes,
    /// An envelope announces another number of handles than its content has.
    EnvelopeHandles,
    /// A framework error has a value other than 'unknown method'.
    FrameworkError,
    /// More handle markers than handles.
    TooFewHandles,
    /// Handles are left that no marker stands for.
    TrailingHandles,
    /// A handle is of another object type than the schema says.
    HandleType,
    /// A handle lacks a right that the schema asks for.
    HandleRights,
    /// The message is shorter than its header.
    ShortHeader,
    /// A response has another ordinal than its request.
    ResponseOrdinal,
    /// The metadata in front of a value has another magic number.
    MagicNumber,
    /// The metadata in front of a value does not say 'version 2'.
    Version,
    /// A byte that is reserved in the metadata in front of a value is not zero.
    Reserved,
    /// The bytes to be decoded do not begin at a multiple of 8.
    Alignment,
}

impl DecodeError {
    /// An error at `offset`.
    pub const fn new(rule: Rule, offset: u32) -> Self {
        Self { rule, offset, path: Path::EMPTY }
    }

    /// The same error in an object that is a member of another.
    #[cfg(debug_assertions)]
    #[doc(hidden)]
    #[must_use]
    pub fn within(self, member: &'static &'static str) -> Self {
        Self { path: self.path.within(Some(member), 0), ..self }
    }

    /// The same error in an object that is an element of a vector or array.
    #[cfg(debug_assertions)]
    pub(super) fn within_index(self, index: u32) -> Self {
        Self { path: self.path.within(None, index), ..self }
    }
}

impl Rule {
    /// The rule in a few words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::OutOfBounds => "an object ends behind the end of the message",
            Self::TrailingBytes => "bytes are left behind the last object",
            Self::Padding => "padding is not zero",
            Self::Bool => "a bool is neither 0 nor 1",
            Self::UnknownEnumValue => "a strict enum has no such value",
            Self::UnknownBits => "strict bits have no such bit",
            Self::Presence => "a presence marker is neither all ones nor all zeros",
            Self::Absent => "something required is absent",
            Self::AbsentWithCount => "an absent string or vector has a count",
            Self::Bound => "a string or vector is longer than its bound",
            Self::Utf8 => "a string is not UTF-8",
            Self::Depth => "objects are nested too deeply",
            Self::UnionOrdinal => "a union has no such ordinal",
            Self::EnvelopeForm => "an envelope has the wrong form or unknown flags",
            Self::EnvelopeBytes => "an envelope announces a wrong number of bytes",
            Self::EnvelopeHandles => "an envelope announces a wrong number of handles",
            Self::FrameworkError => "an unknown framework error",
            Self::TooFewHandles => "a handle is announced that did not come",
            Self::TrailingHandles => "a handle came that was not announced",
            Self::HandleType => "a handle is of the wrong object type",
            Self::HandleRights => "a handle lacks a right",
            Self::ShortHeader => "the message is shorter than its header",
            Self::ResponseOrdinal => "a response has another ordinal than its request",
            Self::MagicNumber => "the value is in another wire format",
            Self::Version => "the value is in another version of the wire format",
            Self::Reserved => "a reserved byte of the metadata is not zero",
            Self::Alignment => "the bytes are not aligned to 8",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return write!(f, "{} (byte {})", self.rule.text(), self.offset);
        }
        write!(f, "{} (byte {}, {})", self.rule.text(), self.offset, self.path)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("DecodeError");
        out.field("rule", &self.rule).field("offset", &self.offset);
        if !self.path.is_empty() {
            out.field("path", &self.path);
        }
        out.finish()
    }
}

impl core::error::Error for DecodeError {}

/// Why a value could not be encoded.
///
/// In builds with debug assertions, `Debug` and `Display` tell the member, too: `entries[3].name`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EncodeError {
    /// The rule that the value breaks.
    pub rule: EncodeRule,
    path: Path,
}

// Elsewhere a path takes no room.
const _: () = assert!(cfg!(debug_assertions) || size_of::<EncodeError>() == 1);

/// What a value must be for it to be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeRule {
    /// The message does not fit the buffer, which holds the largest message that the schema describes.
    OutOfSpace,
    /// A string or vector is longer than its bound.
    Bound,
    /// More than [`MAX_DEPTH`](crate::limits::MAX_DEPTH) indirections.
    Depth,
    /// A strict enum or strict bits with a value that the schema does not know.
    UnknownValue,
    /// A flexible union whose member the schema does not know; of such a member nothing is kept that could be sent.
    UnknownUnion,
    /// Something required that is [taken](super::Take) is not there.
    Absent,
    /// [`each`](crate::each) was given an iterator that has another number of items than it says, or than the array elements.
    Count,
    /// A handle that is not optional is invalid.
    InvalidHandle,
    /// More than [`MAX_MESSAGE_HANDLES`](crate::limits::MAX_MESSAGE_HANDLES) handles.
    TooManyHandles,
}

impl EncodeError {
    /// An error in the primary object.
    pub const fn new(rule: EncodeRule) -> Self {
        Self { rule, path: Path::EMPTY }
    }

    /// The same error in a value that is a member of another.
    #[cfg(debug_assertions)]
    #[doc(hidden)]
    #[must_use]
    pub fn within(self, member: &'static &'static str) -> Self {
        Self { path: self.path.within(Some(member), 0), ..self }
    }

    /// The same error in a value that is an element of a vector or array.
    #[cfg(debug_assertions)]
    pub(super) fn within_index(self, index: u32) -> Self {
        Self { path: self.path.within(None, index), ..self }
    }
}

impl EncodeRule {
    /// The rule in a few words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::OutOfSpace => "the message does not fit its buffer",
            Self::Bound => "a string or vector is longer than its bound",
            Self::Depth => "objects are nested too deeply",
            Self::UnknownValue => "a strict type has no such value",
            Self::UnknownUnion => "a union is in its unknown state",
            Self::Absent => "something required is absent",
            Self::Count => "an iterator has another number of items than elements are announced",
            Self::InvalidHandle => "a required handle is invalid",
            Self::TooManyHandles => "more handles than a message can carry",
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(self.rule.text());
        }
        write!(f, "{} ({})", self.rule.text(), self.path)
    }
}

impl fmt::Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("EncodeError");
        out.field("rule", &self.rule);
        if !self.path.is_empty() {
            out.field("path", &self.path);
        }
        out.finish()
    }
}

impl core::error::Error for EncodeError {}
