//! Compiles FIDL schemas to Rust.
#![forbid(unsafe_code)]

pub mod ir;
