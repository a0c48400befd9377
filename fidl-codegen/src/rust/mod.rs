//! IR to Rust.

use crate::ir::{LibraryId, Schema};

/// The Rust module of one library of a schema, as the text of a file. It is the same on every run.
#[must_use]
pub fn generate(schema: &Schema, library: LibraryId) -> String {
    format!("// Generated from the FIDL library `{}`. Do not edit.\n", schema.library(library).name)
}

/// The name of the file for a library's module: `a.b.c` goes to `a_b_c.rs`.
#[must_use]
pub fn file_name(library: &str) -> String {
    format!("{}.rs", library.replace('.', "_"))
}
