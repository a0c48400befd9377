//! What messages cost: stored expectations of the table; `UPDATE_EXPECT=1` stores what is found.

mod support;

use fidl_codegen::budget::budget;
use fidl_codegen::ir::LibraryId;
use support::{compile, expect, inputs, package};

#[test]
fn schemas_give_their_budgets() {
    for path in inputs("budget") {
        let schema = compile(&path).unwrap_or_else(|report| panic!("{}", report.render(false))).schema;
        let last = LibraryId(schema.libraries.len() as u32 - 1);
        expect(&path.with_extension("txt"), &budget(&schema, last).to_string()).unwrap();
    }
}

/// Every path through a net of types leads to a cause; there are more than could ever be looked at.
#[test]
fn causes_are_found_in_time() {
    use std::fmt::Write;
    let mut text = String::from("library t; type T0 = struct { a string; b string; };\n");
    for index in 1..200 {
        let before = index - 1;
        writeln!(text, "type T{index} = struct {{ a vector<T{before}>; b vector<T{before}>; }};").unwrap();
    }
    text.push_str("protocol P { M(T199); };");
    let schema = fidl_codegen::compile(&[vec![fidl_codegen::Source::new("t.fidl", text)]]).unwrap().schema;
    let budget = budget(&schema, LibraryId(0));
    assert_eq!(budget.protocols[0].messages[0].causes.len(), 8);
}

/// What the channel takes at most is what the table speaks of.
#[test]
fn full_size_is_named() {
    let path = package().join("tests/budget/store.fidl");
    let schema = compile(&path).unwrap().schema;
    let budget = budget(&schema, LibraryId(schema.libraries.len() as u32 - 1));
    let messages = budget.protocols.iter().flat_map(|protocol| &protocol.messages);
    for message in messages {
        assert_eq!(message.causes.is_empty(), message.size.bounded, "{message:?}");
        assert!(message.size.bounded || message.size.max_bytes == 65_536 || message.size.max_handles == 64);
        assert!(message.allowed_bytes >= message.size.max_bytes);
    }
}
