//! Every naming rule of generated code.
//!
//! - A library `a.b.c` is the module `a_b_c`; a protocol `FooBar` in it the module `foo_bar`.
//! - Types and variants are `UpperCamelCase`, functions and fields `snake_case`, constants `SCREAMING_SNAKE_CASE`.
//! - A digit that begins a word keeps the underscore in front of it, so that `A_1` and `A1` stay apart.
//! - The forms of a struct, table or union are its name with `View`, `Wire`, `Owned`, `Builder` behind it.
//! - A name that is a keyword, or that generated code needs for itself, gets an underscore at its end. No name of a schema
//!   ends with one, so this clashes with nothing.
//! - Names that differ in a schema differ here, for it has no two in one place that differ in case and underscores only.
//!   What can clash are the forms of a declaration with other declarations (`Foo` and `FooView`), and constants with types
//!   that have a constructor (`AB` and `a_b`). Declared types keep their names; the other one gets an underscore at its
//!   end, and if that is taken too, a number: `FooView_`, `FooView_2`. Among several, the order is that of the schema's
//!   names.

use std::collections::HashSet;

use proc_macro2::{Ident, Span};

/// Rust's keywords of the 2024 edition, reserved ones too.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Types and variants that generated code uses without a path, in the modules of libraries and protocols.
const USED_TYPES: &[&str] =
    &["Copy", "Clone", "Err", "From", "Future", "Into", "None", "Ok", "Option", "Result", "Self", "Some"];

/// Types that a module of that name would hide.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

/// Functions that servers and clients have besides a protocol's methods.
const USED_METHODS: &[&str] =
    &["connection_closed", "connection_opened", "handle_event", "inner", "new", "unknown_method"];

/// Functions that the runtime's connection and handlers of events have besides a protocol's events.
const USED_EVENTS: &[&str] =
    &["close", "close_with_epitaph", "id", "send_empty_event", "send_event", "unknown_event", "writable"];

/// Functions that types have anyway, or that people call on values of any type.
const USED_SETTERS: &[&str] = &[
    "clone",
    "cmp",
    "default",
    "eq",
    "fmt",
    "from",
    "into",
    "ne",
    "new",
    "partial_cmp",
    "to_owned",
    "try_from",
    "try_into",
];

/// Constants that services have besides their members.
const USED_SERVICE_CONSTANTS: &[&str] = &["MEMBERS", "NAME"];

/// Parameters that generated functions have besides the members of a payload.
const USED_PARAMETERS: &[&str] = &["deadline"];

/// Names that the module of a protocol uses for itself, type parameters among them.
const USED_PROTOCOL_TYPES: &[&str] = &[
    "BlockingClient",
    "Client",
    "Connection",
    "E",
    "EventHandler",
    "Events",
    "N",
    "S",
    "Serve",
    "Server",
    "Storage",
];

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
    match letters.next() {
        Some(digit) if digit.is_ascii_digit() => format!("_{word}"),
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
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
    form(name, "")
}

/// `UpperCamelCase`, with a word behind it.
pub(super) fn form(name: &str, suffix: &str) -> String {
    let camel: String = words(name).iter().map(|word| capitalized(word)).collect();
    avoiding(camel + suffix, &[USED_TYPES])
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
    avoiding(words(protocol).join("_"), &[PRIMITIVES])
}

/// The marker type of a protocol, inside its module, where `aliases` are the names of its requests and responses.
pub(super) fn protocol_type(protocol: &str, mut aliases: impl Iterator<Item = String>) -> String {
    let name = avoiding(camel(protocol), &[USED_PROTOCOL_TYPES]);
    if aliases.any(|alias| alias == name) { format!("{name}_") } else { name }
}

/// The function of a method.
pub(super) fn method(name: &str) -> String {
    avoiding(words(name).join("_"), &[USED_METHODS])
}

/// The function of an event.
pub(super) fn event(name: &str) -> String {
    avoiding(words(name).join("_"), &[USED_EVENTS])
}

/// The function that sets a member of a table.
pub(super) fn setter(member: &str) -> String {
    avoiding(snake(member), &[USED_SETTERS])
}

/// The variant for a member of a union. A flexible one has a variant of its own for members that the schema does not
/// know.
pub(super) fn variant(member: &str, flexible: bool) -> String {
    avoiding(camel(member), if flexible { &[&["Unknown"]] } else { &[] })
}

/// The constant for a member of a service.
pub(super) fn service_member(member: &str) -> String {
    avoiding(screaming(member), &[USED_SERVICE_CONSTANTS])
}

/// The parameter for a member of a payload.
pub(super) fn parameter(member: &str) -> String {
    avoiding(snake(member), &[USED_PARAMETERS])
}

/// A variant of an enum that holds values the schema does not know: `Unknown`, or with an underscore if a member is
/// called that.
pub(super) fn unknown_variant<'a>(mut members: impl Iterator<Item = &'a str>) -> String {
    let taken = members.any(|member| camel(member) == "Unknown");
    if taken { "Unknown_".to_owned() } else { "Unknown".to_owned() }
}

/// The names that are taken in one place.
#[derive(Default)]
pub(super) struct Taken(HashSet<String>);

impl Taken {
    /// The name, or what stands for it if it is taken.
    pub(super) fn take(&mut self, name: String) -> Ident {
        let mut free = name.clone();
        let mut count = 1;
        while !self.0.insert(free.clone()) {
            free = if count == 1 { format!("{name}_") } else { format!("{name}_{count}") };
            count += 1;
        }
        ident(&free)
    }
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
    fn digits_keep_names_apart() {
        assert_eq!([camel("A_1"), camel("A1"), snake("A_1"), snake("A1")], ["A_1", "A1", "a_1", "a1"]);
    }

    #[test]
    fn losers_are_numbered() {
        let mut taken = Taken::default();
        let names: Vec<String> = (0..3).map(|_| taken.take("FooView".to_owned()).to_string()).collect();
        assert_eq!(names, ["FooView", "FooView_", "FooView_2"]);
    }

    #[test]
    fn names_that_are_reserved() {
        assert_eq!(snake("type"), "type_");
        assert_eq!(camel("result"), "Result_");
        assert_eq!([method("New"), method("Close"), event("Close")], ["new_", "close", "close_"]);
        assert_eq!([form("result", "View"), form("Result", "")], ["ResultView", "Result_"]);
        assert_eq!(parameter("deadline"), "deadline_");
        assert_eq!([setter("new"), setter("type")], ["new_", "type_"]);
        assert_eq!([variant("unknown", true), variant("unknown", false)], ["Unknown_", "Unknown"]);
        assert_eq!(service_member("name"), "NAME_");
        assert_eq!([protocol_module("u8"), protocol_module("Type")], ["u8_", "type_"]);
        assert_eq!(protocol_type("Client", [].into_iter()), "Client_");
        assert_eq!(protocol_type("FooRequest", ["FooRequest".to_owned()].into_iter()), "FooRequest_");
        assert_eq!(unknown_variant(["A", "UNKNOWN"].into_iter()), "Unknown_");
    }
}
