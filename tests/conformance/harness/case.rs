//! Cases as they are generated, and what generated code uses.
#![allow(unused_imports, dead_code, reason = "what is used depends on the cases")]

pub(crate) use fidl::generated::array;
pub(crate) use fidl::wire::{DecodeError, TableView};

pub(crate) use crate::errors::{Refusal, impossible};
pub(crate) use crate::handles::{Definition, Handles};
pub(crate) use crate::message::{Decoded, Encoded, Message, each, encode, leaked, list, no_handle};
pub(crate) use crate::tree::Expected as E;
pub(crate) use crate::tree::{ExpectedUnknown, ToTree, Tree, present};

/// The cases of a folder.
pub(crate) struct Set {
    pub(crate) folder: &'static str,
    pub(crate) files: &'static [&'static File],
    /// What is wrong with the schemas.
    pub(crate) faults: &'static [Note],
}

/// The cases of a file.
pub(crate) struct File {
    pub(crate) cases: &'static [Case],
    pub(crate) skips: &'static [Note],
    pub(crate) faults: &'static [Note],
}

/// What there is to say of a case that is not run, or of a place in a file.
pub(crate) struct Note {
    pub(crate) name: &'static str,
    /// File and line of the case.
    pub(crate) place: &'static str,
    pub(crate) text: &'static str,
}

/// One case.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// File and line.
    pub(crate) place: &'static str,
    /// By which lists the case is not one for Rust; empty if it is.
    pub(crate) excluded: &'static str,
    pub(crate) defs: &'static [Definition],
    pub(crate) steps: &'static [Step],
}

/// Builds a value and encodes it.
pub(crate) type Build = fn(&Handles) -> Result<Encoded, Refusal>;

/// Decodes a message.
pub(crate) type Decode = fn(Message) -> Result<Decoded, DecodeError>;

/// One thing that must come out.
pub(crate) enum Step {
    Encodes {
        build: Build,
        bytes: &'static [u8],
        handles: &'static [Sent],
    },
    EncodingFails {
        build: Build,
        error: &'static str,
    },
    Decodes {
        decode: Decode,
        bytes: &'static [u8],
        handles: &'static [usize],
        expected: &'static E,
        /// Whether the value encodes as these bytes, too.
        encodes: bool,
    },
    DecodingFails {
        decode: Decode,
        bytes: &'static [u8],
        handles: &'static [usize],
        error: &'static str,
    },
}

/// A handle that a value sends: its number among the case's, and the type and rights that go with it if they are told.
pub(crate) struct Sent {
    pub(crate) handle: usize,
    pub(crate) kind: Option<(u32, u32)>,
}
