//! What generated code uses, and all that is promised to it.

pub use zerocopy;
