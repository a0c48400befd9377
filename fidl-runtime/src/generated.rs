//! What generated code uses besides the public modules, and all that is promised to it.

use core::fmt;

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

/// A text or vector that came is longer than the owned type has room for, whose bound is not the schema's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The member of the schema that is too long, or has something too long in it.
    pub member: &'static str,
    /// How many bytes or elements there is room for.
    pub bound: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is longer than the {} that there is room for", self.member, self.bound)
    }
}

impl core::error::Error for TooLong {}

/// Names the member in an error of what is in it.
///
/// # Errors
///
/// That of `result`.
pub fn member<T>(member: &'static str, result: Result<T, TooLong>) -> Result<T, TooLong> {
    result.map_err(|error| TooLong { member, ..error })
}

/// Text as an owned string.
///
/// # Errors
///
/// If it has more than `N` bytes.
pub fn try_string<const N: usize>(text: &str) -> Result<String<N>, TooLong> {
    String::try_from(text).map_err(|_| TooLong { member: "", bound: N })
}

/// Items as an owned vector.
///
/// # Errors
///
/// The first item's that has one, or if there are more than `N`.
pub fn try_vector<T, const N: usize>(
    items: impl IntoIterator<Item = Result<T, TooLong>>,
) -> Result<ArrayVec<T, N>, TooLong> {
    let mut vector = ArrayVec::new();
    for item in items {
        vector.try_push(item?).map_err(|_| TooLong { member: "", bound: N })?;
    }
    Ok(vector)
}

/// `N` items as an array.
///
/// # Errors
///
/// The first item's that has one; the last one's if there are fewer, which does not come out of a validated message.
pub fn try_array<T, const N: usize>(
    items: impl IntoIterator<Item = Result<T, TooLong>>,
) -> Result<[T; N], TooLong> {
    let array = try_vector::<T, N>(items)?;
    array.into_inner().map_err(|_| TooLong { member: "", bound: N })
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
