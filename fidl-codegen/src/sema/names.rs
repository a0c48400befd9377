//! Forms of names: the canonical one by which names collide, and the one of generated names.

pub(super) use crate::syntax::{canonical, upper_camel};

/// Whether a text can be a name.
pub(crate) fn is_identifier(text: &str) -> bool {
    let word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word && text.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !text.ends_with('_')
}

/// Whether a text can be the name of a library.
pub(crate) fn is_library_name(text: &str) -> bool {
    text.split('.').all(|part| {
        part.starts_with(|letter: char| letter.is_ascii_lowercase())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}
