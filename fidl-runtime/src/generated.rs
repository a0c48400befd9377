//! What generated code uses besides the public modules, and all that is promised to it.

pub use arrayvec::ArrayVec;
pub use bitflags::bitflags;
pub use heapless::String;

#[doc(inline)]
pub use crate::interface;

/// Checks that generated code and runtime fit together: generated code names the number of the interface that it was made
/// for.
///
/// ```
/// fidl::generated::interface!(1);
/// ```
///
/// Any other number is an error that says what to do:
///
/// ```compile_fail
/// fidl::generated::interface!(999);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! interface {
    (1) => {};
    ($other:literal) => {
        compile_error!(concat!(
            "this code was generated for interface ",
            $other,
            " of the FIDL runtime, which has interface 1: generate it again with the fidl-codegen of the runtime's version"
        ));
    };
}

/// Text of at most `N` bytes as an owned string. What is longer does not come out of a validated message.
pub fn string<const N: usize>(text: &str) -> String<N> {
    String::try_from(text).unwrap_or_default()
}

/// At most `N` items as an owned vector. More do not come out of a validated message, and are left out.
pub fn vector<T, const N: usize>(items: impl IntoIterator<Item = T>) -> ArrayVec<T, N> {
    items.into_iter().take(N).collect()
}

/// `N` items as an array.
///
/// # Panics
///
/// If there are fewer, which does not come out of a validated message.
pub fn array<T, const N: usize>(items: impl IntoIterator<Item = T>) -> [T; N] {
    let mut items = items.into_iter();
    core::array::from_fn(|_| items.next().expect("an array in a message has all its elements"))
}
