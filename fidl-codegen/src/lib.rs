//! Compiles FIDL schemas to Rust.
//!
//! ```text
//!  files          tokens, tree    tree of one version    meaning             text
//!
//! source ──────▶ syntax ──────▶ versions ──────▶ sema ──────▶ ir ──────▶ rust
//!    │              │               │            │    │
//!    │              │               │         layout  ordinal
//!    ▼              ▼               ▼            ▼
//! diagnostics ◀─────┴───────────────┴────────────┘
//! ```
//!
//! - [`source`]: files and places in them.
//! - [`diagnostics`]: one table of codes, one form, one renderer.
//! - [`syntax`]: lexer, parser and tree; never gives up.
//! - [`versions`]: which elements exist when; the tree as it is at one version.
//! - [`sema`]: names, types, constants, protocols; the one bridge from the tree to the IR.
//! - [`layout`]: sizes of types and messages. [`ordinal`]: the numbers of methods.
//! - [`ir`]: the resolved schema as plain data, all that a back end sees.
//! - [`rust`]: the back end.
//! - [`budget`]: how large messages get.
//! - `json`: the IR as JSON, written and read. With the feature `json`, which `cli` includes.
//!
//! Most users need [`Builder`] alone, in a `build.rs`. [`compile`] goes from texts to the IR:
//!
//! ```
//! use fidl_codegen::{Source, compile};
//!
//! let source = Source::new(
//!     "calc.fidl",
//!     "library example.calc;
//!      open protocol Adder {
//!          strict Add(struct { a int32; b int32; }) -> (struct { sum int32; });
//!      };",
//! );
//! let compiled = compile(&[vec![source]])?;
//! assert_eq!(compiled.schema.target().name, "example.calc");
//! # Ok::<(), fidl_codegen::diagnostics::Report>(())
//! ```
//!
//! The feature `cli`, on by default, adds the command `fidl-codegen`; a build script can leave it out.
#![forbid(unsafe_code)]

pub mod budget;
pub mod builder;
pub mod diagnostics;
pub mod ir;
#[cfg(feature = "json")]
pub mod json;
pub mod layout;
pub mod ordinal;
mod pipeline;
pub mod rust;
pub mod sema;
pub mod source;
pub mod syntax;
pub mod versions;

pub use builder::Builder;
pub use pipeline::{Compiled, Options, compile, compile_with, group_by_library};
pub use source::Source;
