//! Schemas as JSON: the form in which compilers of the language hand a library to back ends.
//!
//! ```text
//!            write                        serde
//!      ir ──────────▶ document ◀──────────────────────▶ text
//!         ◀──────────
//!            read
//! ```
//!
//! - `document` and `parts`: the form itself, as plain structs. Their fields stand in the order of the keys.
//! - `text`: how the form is spelled: indentation, escapes, numbers with a fraction.
//! - `write`: from the resolved schema to the form. `read`: back, from documents that may say anything.
//!
//! What [`write()`] gives for a schema is the same on every run, and down to the byte what the language's first
//! compiler gives, as far as that is known. Of the places that the compiler makes up, in a file named
//! `generated`, the line numbers are a guess.

mod document;
mod handles;
mod parts;
mod read;
mod text;
mod write;

pub use read::{Error, ErrorKind, read};
pub use write::write;
