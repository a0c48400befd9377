//! Every naming rule of generated code.
//!
//! - A library `a.b.c` is the module `a_b_c`; a protocol `FooBar` in it the module `foo_bar`.
//! - Types and variants are `UpperCamelCase`, functions and fields `snake_case`, constants `SCREAMING_SNAKE_CASE`.
//! - A name that is a keyword, or that generated code needs for itself, gets an underscore at its end.

use proc_macro2::{Ident, Span};

/// Rust's keywords of the 2024 edition, reserved ones too.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Names that generated code uses without a path.
const USED_TYPES: &[&str] = &[
    "Copy",
    "Clone",
    "Debug",
    "Default",
    "Eq",
    "Err",
    "From",
    "Fn",
    "FnMut",
    "FnOnce",
    "Hash",
    "Into",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "Sync",
];

/// Functions that generated traits and clients have besides a protocol's methods.
const USED_METHODS: &[&str] =
    &["connection_closed", "connection_opened", "handle_event", "inner", "new", "unknown_method"];

/// Names that the module of a protocol uses for itself.
const USED_PROTOCOL_TYPES: &[&str] =
    &["BlockingClient", "Client", "Connection", "EventHandler", "Events", "Serve", "Server", "Storage"];

/// The words of a name: split at underscores, dots and changes of case.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, letter) in letters.iter().enumerate() {
        if matches!(letter, '_' | '.' | '-') {
            words.push(String::new());
            continue;
        }
        if letter.is_uppercase() && begins_word(&letters, index) {
            words.push(String::new());
        }
        words.last_mut().expect("never empty").extend(letter.to_lowercase());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a capital begins a word: behind a small letter or digit, or in front of a small letter.
fn begins_word(letters: &[char], index: usize) -> bool {
    let Some(before) = index.checked_sub(1).map(|before| letters[before]) else { return false };
    let after = letters.get(index + 1);
    before.is_lowercase()
        || before.is_ascii_digit()
        || (before.is_uppercase() && after.is_some_and(|l| l.is_lowercase()))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn avoiding(name: String, used: &[&[&str]]) -> String {
    let taken = KEYWORDS.contains(&name.as_str()) || used.iter().any(|used| used.contains(&name.as_str()));
    if taken { format!("{name}_") } else { name }
}

/// `snake_case`.
pub(super) fn snake(name: &str) -> String {
    avoiding(words(name).join("_"), &[])
}

/// `UpperCamelCase`.
pub(super) fn camel(name: &str) -> String {
    let camel = words(name).iter().map(|word| capitalized(word)).collect();
    avoiding(camel, &[USED_TYPES])
}

/// `SCREAMING_SNAKE_CASE`.
pub(super) fn screaming(name: &str) -> String {
    words(name).join("_").to_uppercase()
}

/// The module of a library.
pub(super) fn library_module(library: &str) -> String {
    avoiding(library.replace('.', "_"), &[])
}

/// The module of a protocol.
pub(super) fn protocol_module(protocol: &str) -> String {
    snake(protocol)
}

/// The marker type of a protocol, inside its module.
pub(super) fn protocol_type(protocol: &str) -> String {
    avoiding(camel(protocol), &[USED_PROTOCOL_TYPES])
}

/// The function of a method or event.
pub(super) fn method(name: &str) -> String {
    avoiding(words(name).join("_"), &[USED_METHODS])
}

/// A variant of an enum that holds values the schema does not know: `Unknown`, or with an underscore if a member is
/// called that.
pub(super) fn unknown_variant<'a>(mut members: impl Iterator<Item = &'a str>) -> String {
    let taken = members.any(|member| camel(member) == "Unknown");
    if taken { "Unknown_".to_owned() } else { "Unknown".to_owned() }
}

pub(super) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        assert_eq!(snake("HTTPServer"), "http_server");
        assert_eq!(snake("EchoString2"), "echo_string2");
        assert_eq!(camel("Echo_Count_Response"), "EchoCountResponse");
        assert_eq!(camel("max_size"), "MaxSize");
        assert_eq!(screaming("maxSize"), "MAX_SIZE");
    }

    #[test]
    fn names_that_are_taken() {
        assert_eq!(snake("type"), "type_");
        assert_eq!(camel("result"), "Result_");
        assert_eq!(method("New"), "new_");
        assert_eq!(protocol_type("Client"), "Client_");
        assert_eq!(unknown_variant(["A", "UNKNOWN"].into_iter()), "Unknown_");
    }
}
