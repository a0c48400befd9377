//! Generated code of every construct compiles without a warning.
#![deny(warnings)]
#![deny(missing_docs)]

/// What the schemas were compiled to.
pub mod schema {
    fidl::include_schema!("test_shapes");
    fidl::include_schema!("test_constructs");
}
