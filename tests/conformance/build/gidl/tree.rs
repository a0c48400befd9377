//! Cases as they are written.

use super::{Fault, Place};

/// 'Whatever rights it has.'
pub(super) const SAME_RIGHTS: u32 = 0x8000_0000;

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Success,
    EncodeSuccess,
    DecodeSuccess,
    EncodeFailure,
    DecodeFailure,
    Benchmark,
}

impl Kind {
    /// The kind that a word stands for.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "success" => Self::Success,
            "encode_success" => Self::EncodeSuccess,
            "decode_success" => Self::DecodeSuccess,
            "encode_failure" => Self::EncodeFailure,
            "decode_failure" => Self::DecodeFailure,
            "benchmark" => Self::Benchmark,
            _ => return None,
        })
    }
}

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) ty: Option<(String, Place)>,
    pub(crate) value: Option<Value>,
    pub(crate) encodings: Vec<Encoding>,
    pub(crate) handle_defs: Vec<HandleDef>,
    pub(crate) error: Option<String>,
    pub(crate) allowed: Option<Vec<String>>,
    pub(crate) denied: Vec<String>,
    pub(crate) skipped: Vec<String>,
}

/// A kind of object and the rights to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HandleDef {
    pub(crate) object_type: u32,
    pub(crate) rights: u32,
}

/// A handle as it is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disposition {
    pub(crate) handle: usize,
    pub(crate) object_type: u32,
    pub(crate) rights: u32,
}

/// A message in one wire format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub(crate) format: String,
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) handles: Option<Vec<usize>>,
    pub(crate) dispositions: Option<Vec<Disposition>>,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) place: Place,
    pub(crate) kind: ValueKind,
}

impl Value {
    /// A fault here.
    pub(crate) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.place, message)
    }
}

/// The forms of values.
#[derive(Clone, Debug)]
pub(crate) enum ValueKind {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    /// The bits of a float.
    RawFloat(u64),
    /// A string; not all of them are UTF-8.
    Text(Vec<u8>),
    /// Members of an enum or of bits, by their names.
    Names(Vec<String>),
    /// Values, each with how often it comes.
    List(Vec<(Value, usize)>),
    Record(Record),
    Handle(usize),
    /// A handle with the type and rights that a decoder must leave it.
    Restricted(usize, Restriction),
    /// What comes of decoding a message.
    Decoded(Box<Decoded>),
}

/// The type and rights of a handle behind decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Restriction {
    pub(crate) object_type: u32,
    pub(crate) rights: u32,
}

/// A struct, table or union.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) fields: Vec<(Place, Key)>,
}

/// A member and its value.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    Known(String, Value),
    /// A member that the schema does not know, and what is told of it.
    Unknown(u64, Option<Unknown>),
}

/// The content of a member that the schema does not know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unknown {
    pub(crate) bytes: Vec<u8>,
    pub(crate) handles: Vec<usize>,
}

/// A message to be decoded, whose value is encoded then.
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    pub(crate) ty: String,
    pub(crate) encoding: Encoding,
}
