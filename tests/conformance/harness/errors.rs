//! The names that GIDL has for errors, and what they are here.

use fidl::wire::{DecodeError, EncodeError, EncodeRule, Rule};

/// Why a value is not encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The encoder refuses it.
    Encode(EncodeRule),
    /// A list of fixed capacity has no room for it.
    Full,
    /// A handle that it was to have cannot be taken.
    #[allow(dead_code, reason = "for some cases")]
    NoHandle,
    /// There is no such value of its Rust type.
    Impossible,
    /// It was said that there is no such value, but there is.
    Possible,
    /// The message that it was to be made of is refused.
    Decode(DecodeError),
}

impl From<EncodeError> for Refusal {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error.rule)
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

/// What a value is that its Rust type cannot be, which `checked` has found out.
pub(crate) fn impossible<T>(checked: bool) -> Result<T, Refusal> {
    Err(if checked { Refusal::Impossible } else { Refusal::Possible })
}

/// A name, the rules that decoders state for it, and the refusals of encoders.
type Row = (&'static str, &'static [Rule], &'static [Refusal]);

const NONE: &[Refusal] = &[];

/// Every name. A list has more than one entry where the name stands for more than one rule.
const TABLE: &[Row] = {
    use EncodeRule::{Absent, Bound, Depth, InvalidHandle, UnknownUnion, UnknownValue};
    use Refusal::{Encode, Full, Impossible};
    &[
        ("COUNT_EXCEEDS_LIMIT", &[Rule::Bound], &[Encode(Bound), Full]),
        ("ENVELOPE_BYTES_EXCEED_MESSAGE_LENGTH", &[Rule::OutOfBounds, Rule::EnvelopeBytes], NONE),
        ("ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH", &[Rule::TooFewHandles, Rule::EnvelopeHandles], NONE),
        ("EXCEEDED_MAX_OUT_OF_LINE_DEPTH", &[Rule::Depth], &[Encode(Depth)]),
        ("FLEXIBLE_UNION_UNKNOWN_FIELD", &[], &[Encode(UnknownUnion), Impossible]),
        ("INCORRECT_HANDLE_TYPE", &[Rule::HandleType], NONE),
        ("INVALID_BOOLEAN", &[Rule::Bool], NONE),
        // The one byte of an empty struct is padding.
        ("INVALID_EMPTY_STRUCT", &[Rule::Padding], NONE),
        ("INVALID_HANDLE_PRESENCE_INDICATOR", &[Rule::Presence], NONE),
        ("INVALID_INLINE_BIT_IN_ENVELOPE", &[Rule::EnvelopeForm], NONE),
        ("INVALID_INLINE_MARKER_IN_ENVELOPE", &[Rule::EnvelopeForm], NONE),
        ("INVALID_NUM_BYTES_IN_ENVELOPE", &[Rule::EnvelopeBytes], NONE),
        ("INVALID_NUM_HANDLES_IN_ENVELOPE", &[Rule::EnvelopeHandles], NONE),
        ("INVALID_PADDING_BYTE", &[Rule::Padding], NONE),
        ("INVALID_PRESENCE_INDICATOR", &[Rule::Presence], NONE),
        ("MISSING_REQUIRED_HANDLE_RIGHTS", &[Rule::HandleRights], NONE),
        ("NON_EMPTY_STRING_WITH_NULL_BODY", &[Rule::AbsentWithCount], NONE),
        ("NON_EMPTY_VECTOR_WITH_NULL_BODY", &[Rule::AbsentWithCount], NONE),
        // A union that is absent has ordinal 0.
        (
            "NON_NULLABLE_TYPE_WITH_NULL_VALUE",
            &[Rule::Absent, Rule::UnionOrdinal],
            &[Encode(InvalidHandle), Encode(Absent), Impossible],
        ),
        ("STRICT_BITS_UNKNOWN_BIT", &[Rule::UnknownBits], &[Encode(UnknownValue)]),
        ("STRICT_ENUM_UNKNOWN_VALUE", &[Rule::UnknownEnumValue], &[Impossible]),
        ("STRICT_UNION_UNKNOWN_FIELD", &[Rule::UnionOrdinal], &[Impossible]),
        ("STRING_COUNT_EXCEEDS_32_BIT_LIMIT", &[Rule::Bound], NONE),
        ("STRING_NOT_UTF8", &[Rule::Utf8], NONE),
        ("STRING_TOO_LONG", &[Rule::Bound], &[Encode(Bound)]),
        ("TABLE_COUNT_EXCEEDS_32_BIT_LIMIT", &[Rule::Bound], NONE),
        ("TOO_FEW_BYTES", &[Rule::OutOfBounds], NONE),
        ("TOO_FEW_BYTES_IN_PRIMARY_OBJECT", &[Rule::OutOfBounds], NONE),
        ("TOO_FEW_HANDLES", &[Rule::TooFewHandles], NONE),
        ("TOO_MANY_BYTES_IN_MESSAGE", &[Rule::TrailingBytes], NONE),
        ("TOO_MANY_HANDLES_IN_MESSAGE", &[Rule::TrailingHandles], NONE),
        ("UNEXPECTED_ORDINAL", &[Rule::UnionOrdinal, Rule::Absent], NONE),
        ("UNION_FIELD_NOT_SET", &[Rule::Absent, Rule::UnionOrdinal], &[Impossible]),
        ("VECTOR_COUNT_EXCEEDS_32_BIT_LIMIT", &[Rule::Bound], NONE),
    ]
};

fn row(name: &str) -> Result<&'static Row, String> {
    let row = TABLE.iter().find(|(other, ..)| *other == name);
    row.ok_or_else(|| format!("`{name}` is not the name of an error"))
}

/// Whether a refused message is refused for the reason of that name.
pub(crate) fn decoding_agrees(name: &str, error: DecodeError) -> Result<(), String> {
    let (_, rules, _) = row(name)?;
    if rules.contains(&error.rule) { Ok(()) } else { Err(format!("expected {name}, found: {error}")) }
}

/// Whether a refused value is refused for the reason of that name.
pub(crate) fn encoding_agrees(name: &str, refusal: Refusal) -> Result<(), String> {
    let (.., refusals) = row(name)?;
    if refusals.contains(&refusal) { Ok(()) } else { Err(format!("expected {name}, found: {refusal:?}")) }
}
