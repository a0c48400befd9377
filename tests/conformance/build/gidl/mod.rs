//! GIDL: the language of FIDL's test cases.
//!
//! ```text
//! success("Name") {                         also encode_success, decode_success, encode_failure, decode_failure
//!     handle_defs = { #0 = event(rights: basic) },
//!     value = Struct{ number: 1, text: "a", list: [1, repeat(2):3], union: U{ member: #0 } },
//!     bytes = { v2 = [ num(1):8, repeat(0xff):8, 'a', padding:7 ] },
//!     handles = { v2 = [#0] },
//! }
//! ```

mod lexer;
mod numbers;
mod parser;
mod rights;
mod tree;
mod values;

pub(crate) use lexer::Place;
pub(crate) use parser::parse;
pub(crate) use tree::{
    Case, Decoded, Encoding, HandleDef, Key, Kind, Record, Restriction, Unknown, Value, ValueKind,
};

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }
}
