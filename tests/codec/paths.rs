//! What errors tell of where they are: the member's path, in builds with debug assertions.

use fidl::each;
use fidl::wire::{self, DecodeError, Encode, EncodeError, EncodeRule, Rule, Wire};

use super::codec::schema::test_constructs::{NestedWire, VectorsWire};
use super::codec::{bytes, decode, encode};
use super::layouts::*;

#[track_caller]
fn error<W: Wire>(message: &str) -> DecodeError {
    decode::<W, _>(&bytes(message), &[], |_| ()).expect_err("a message that is refused")
}

/// What the error says, and with the path what it says of that.
#[track_caller]
fn tells<W: Wire>(message: &str, path: &str) {
    let error = error::<W>(message);
    let (byte, rule) = (error.offset, error.rule);
    let expected =
        if cfg!(debug_assertions) { format!("byte {byte}, {path}") } else { format!("byte {byte}") };
    assert_eq!(error.to_string(), format!("{} ({expected})", rule.text()));
    let expected = if cfg!(debug_assertions) { format!(", path: \"{path}\"") } else { String::new() };
    assert_eq!(format!("{error:?}"), format!("DecodeError {{ rule: {rule:?}, offset: {byte}{expected} }}"));
}

#[test]
fn members_of_structs() {
    tells::<NestedWire>("02 000000 01 000000 · 02000000 0300 0000 · Z · Z · #5 · #6", "flag");
    tells::<NestedWire>("01 000000 01 000001 · 02000000 0300 0000 · Z · Z · #5 · #6", "inner._padding_0");
}

#[test]
fn elements() {
    // Two bools of which the second is none.
    let rest = "#0 P ".repeat(11);
    tells::<VectorsWire>(&format!("#0 P · #2 P · {rest} · Z Z · Z Z · Z Z · 01 02 000000000000"), "bools[1]");
    // Two structs, of which the second has padding.
    let rest = "#0 P ".repeat(10);
    let structs = "01 000000 #0 · 01 010000 #0".replace("#0", "00000000 00000000");
    tells::<VectorsWire>(
        &format!("#0 P · #0 P · #2 P · {rest} · Z Z · Z Z · Z Z · {structs}"),
        "structs[1]._padding_0",
    );
}

#[test]
fn members_of_tables_and_unions() {
    tells::<MixedWire>("#1 P · 02 000000 0000 0100", "flag");
    tells::<StrictWire>("#5 · 18000000 0000 0000 · #1 P · ff 00000000000000", "Name");
    // In a table in a table.
    let inner = "#2 P · Z · 01000000 0000 0000";
    tells::<TablesWire>(&format!("#1 P · 20000000 0000 0000 · {inner}"), "next.number");
}

#[test]
fn the_primary_object_has_no_path() {
    let error = error::<MixedWire>("Z Z");
    assert_eq!(error.to_string(), "something required is absent (byte 0)");
    assert_eq!(format!("{error:?}"), "DecodeError { rule: Absent, offset: 0 }");
}

#[test]
fn of_long_paths_the_innermost_members_are_told() {
    // Ten tables in one another, and a number of the wrong form in the last.
    let mut message = "#2 P · Z · 01000000 0000 0000".to_owned();
    for count in 0..10 {
        let bytes = 32 + 24 * count;
        message = format!("#1 P · {bytes:02x}{:02x}0000 0000 0000 · {message}", bytes >> 8);
    }
    tells::<TablesWire>(&message, &format!("…{}.number", ".next".repeat(7)));
}

#[test]
fn errors_are_told_apart_by_rule_and_offset() {
    let found = error::<MixedWire>("#1 P · 02 000000 0000 0100");
    assert_eq!(found, DecodeError::new(Rule::Bool, 16));
    assert_ne!(found, DecodeError::new(Rule::Bool, 17));
}

/// What an error of encoding says, and with the path what it says of that.
#[track_caller]
fn encoding_tells<W: Wire>(value: impl Encode<W>, rule: EncodeRule, path: &str) {
    let error = encode::<W>(value).map(|_| ()).expect_err("a value that cannot be encoded");
    assert_eq!(error, EncodeError::new(rule));
    let expected = if cfg!(debug_assertions) { format!(" ({path})") } else { String::new() };
    assert_eq!(error.to_string(), format!("{}{expected}", rule.text()));
    let expected = if cfg!(debug_assertions) { format!(", path: \"{path}\"") } else { String::new() };
    assert_eq!(format!("{error:?}"), format!("EncodeError {{ rule: {rule:?}{expected} }}"));
}

#[test]
fn members_that_cannot_be_encoded() {
    let name = "longer than any name here may get";
    encoding_tells::<StrictWire>(Strict::Name(name), EncodeRule::Bound, "Name");
    let holder = Holder { before: 1, either: Strict::Flag(true), maybe: Some(Strict::Name(name)) };
    encoding_tells::<HolderWire>(holder, EncodeRule::Bound, "maybe.Name");
    encoding_tells::<wire::Vector<wire::Str<10>, 4>>(&["short", name][..], EncodeRule::Bound, "[1]");
    encoding_tells::<wire::Vector<wire::Str<10>, 4>>(each(["", "", name]), EncodeRule::Bound, "[2]");
    encoding_tells::<MixedWire>(Mixed { name: Some(name), ..Mixed::default() }, EncodeRule::Bound, "name");
}
