//! Compiles FIDL schemas to Rust.
