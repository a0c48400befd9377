//! Generated code of every construct compiles without a warning. It needs no more than the runtime, so that it can be
//! checked for Fuchsia, too.
#![deny(warnings)]
#![deny(missing_docs)]

/// What the schemas were compiled to.
pub mod schema {
    fidl::include_schema!("example_calc");
    fidl::include_schema!("example_echo");
    fidl::include_schema!("test_shapes");
    fidl::include_schema!("test_constructs");
    fidl::include_schema!("test_store");
    fidl::include_schema!("test_gauge");
}

/// A schema that somebody else gives, in a module of its own.
pub mod alone {
    fidl::include_schema!("example_echo");
}
