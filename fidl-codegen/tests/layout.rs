//! Sizes, one construct at a time, against numbers that follow from the rules of the wire format.

use fidl_codegen::ir::{DeclKind, MessageSize, MethodKind, Schema, Struct, TypeShape};
use fidl_codegen::{Source, compile};

const ANY: u32 = u32::MAX;

fn schema(text: &str) -> Schema {
    let text = format!("library t; {text}");
    let compiled = compile(&[vec![Source::new("t.fidl", text)]]);
    compiled.map_err(|report| report.render(false)).unwrap().schema
}

fn find<'a>(schema: &'a Schema, name: &str) -> &'a DeclKind {
    let found = schema.target().decls.iter().map(|id| schema.decl(*id));
    &found.into_iter().find(|decl| decl.element.name == name).expect("there is such a declaration").kind
}

fn find_struct<'a>(schema: &'a Schema, name: &str) -> &'a Struct {
    match find(schema, name) {
        DeclKind::Struct(layout) => layout,
        _ => panic!("{name} is no struct"),
    }
}

/// The shape of the type of the only member of a struct.
fn member(ty: &str) -> TypeShape {
    let text = format!(
        "using zx;
         type E = enum : uint16 {{ A = 1; }};
         type B = bits : uint64 {{ A = 1; }};
         type Empty = struct {{}};
         type Three = struct {{ a array<uint8, 3>; }};
         type Mixed = struct {{ a uint32; b uint64; }};
         type Res = resource struct {{ a zx.Handle; b zx.Handle; }};
         type Text = struct {{ text string:5; }};
         protocol P {{}};
         type Subject = resource struct {{ subject {ty}; unused zx.Handle; }};"
    );
    find_struct(&schema(&text), "Subject").members[0].ty.shape
}

/// Size, alignment, depth, bytes out of line, handles, padding.
fn check(ty: &str, (size, alignment, depth, out_of_line, handles, padding): (u32, u32, u32, u32, u32, bool)) {
    let expected = TypeShape {
        inline_size: size,
        alignment,
        depth,
        max_out_of_line: out_of_line,
        max_handles: handles,
        has_padding: padding,
        has_flexible_envelope: false,
    };
    assert_eq!(member(ty), expected, "{ty}");
}

#[test]
fn primitives() {
    for (ty, size) in [("bool", 1), ("int8", 1), ("uint16", 2), ("int32", 4), ("uint64", 8)] {
        check(ty, (size, size, 0, 0, 0, false));
    }
    check("float32", (4, 4, 0, 0, 0, false));
    check("float64", (8, 8, 0, 0, 0, false));
    check("byte", (1, 1, 0, 0, 0, false));
}

#[test]
fn enums_and_bits_are_as_large_as_what_they_are_over() {
    check("E", (2, 2, 0, 0, 0, false));
    check("B", (8, 8, 0, 0, 0, false));
}

#[test]
fn handles_and_endpoints() {
    for ty in ["zx.Handle", "zx.Handle:<VMO, optional>", "client_end:P", "server_end:<P, optional>"] {
        check(ty, (4, 4, 0, 0, 1, false));
    }
}

#[test]
fn strings() {
    check("string", (16, 8, 1, ANY, 0, true));
    check("string:8", (16, 8, 1, 8, 0, true));
    check("string:9", (16, 8, 1, 16, 0, true));
    check("string:<0, optional>", (16, 8, 1, 0, 0, true));
    check("string:MAX", (16, 8, 1, ANY, 0, true));
    check("string:4294967290", (16, 8, 1, ANY, 0, true));
}

#[test]
fn arrays() {
    check("array<uint16, 3>", (6, 2, 0, 0, 0, false));
    check("array<string:5, 3>", (48, 8, 1, 24, 0, true));
    check("array<zx.Handle, 7>", (28, 4, 0, 0, 7, false));
    check("array<Mixed, 2>", (32, 8, 0, 0, 0, true));
    check("array<array<uint8, 3>, 4>", (12, 1, 0, 0, 0, false));
}

#[test]
fn vectors() {
    check("vector<uint8>", (16, 8, 1, ANY, 0, true));
    check("vector<uint64>:3", (16, 8, 1, 24, 0, false));
    check("vector<uint32>:3", (16, 8, 1, 16, 0, true));
    check("bytes:<9, optional>", (16, 8, 1, 16, 0, true));
    check("vector<zx.Handle>:5", (16, 8, 1, 24, 5, true));
    check("vector<zx.Handle>", (16, 8, 1, ANY, ANY, true));
    check("vector<Mixed>:2", (16, 8, 1, 32, 0, true));
    // Three headers of 16 bytes, and three times 8 bytes behind these.
    check("vector<vector<uint8>:5>:3", (16, 8, 2, 72, 0, true));
    check("vector<vector<uint64>:5>:3", (16, 8, 2, 168, 0, false));
    check("vector<string:5>:2", (16, 8, 2, 48, 0, true));
    check("vector<uint64>:0", (16, 8, 1, 0, 0, false));
    check("vector<vector<uint8>>:0", (16, 8, 2, 0, 0, true));
    check("vector<uint64>:536870912", (16, 8, 1, ANY, 0, false));
}

#[test]
fn structs() {
    check("Empty", (1, 1, 0, 0, 0, false));
    check("Three", (3, 1, 0, 0, 0, false));
    check("Mixed", (16, 8, 0, 0, 0, true));
    check("Res", (8, 4, 0, 0, 2, false));
    check("Text", (16, 8, 1, 8, 0, true));
}

#[test]
fn boxes() {
    check("box<Empty>", (8, 8, 1, 8, 0, true));
    check("box<Three>", (8, 8, 1, 8, 0, true));
    check("box<Mixed>", (8, 8, 1, 16, 0, true));
    check("box<Res>", (8, 8, 1, 8, 2, false));
    check("box<Text>", (8, 8, 2, 24, 0, true));
    check("vector<box<Text>>:2", (16, 8, 3, 64, 0, true));
}

#[test]
fn members_stand_at_their_alignment() {
    let schema = schema(
        "type S = struct { a uint8; b uint32; c uint8; d uint16; e bool; f uint64; g uint8; };
         type Tight = struct { a uint64; b uint32; c uint16; d uint8; e uint8; };",
    );
    let places = |name| {
        let members = &find_struct(&schema, name).members;
        members.iter().map(|member| (member.offset, member.padding)).collect::<Vec<_>>()
    };
    assert_eq!(places("S"), [(0, 3), (4, 0), (8, 1), (10, 0), (12, 3), (16, 0), (24, 7)]);
    assert_eq!(find_struct(&schema, "S").shape.inline_size, 32);
    assert_eq!(places("Tight"), [(0, 0), (8, 0), (12, 0), (14, 0), (15, 0)]);
    assert!(!find_struct(&schema, "Tight").shape.has_padding);
}

#[test]
fn recursive_structs_have_no_bound() {
    let schema = schema(
        "type Node = struct { value uint64; next box<Node>; };
         type A = struct { b box<B>; };
         type B = struct { a vector<array<box<A>, 2>>:3; };
         type Above = struct { node box<Node>; };
         type Owner = resource struct { end client_end:P; next box<Owner>; };
         type Talks = resource struct { end client_end:Talker; };
         protocol P {};
         protocol Talker { Talk(Talks); };",
    );
    for name in ["Node", "A", "B", "Owner"] {
        let layout = find_struct(&schema, name);
        assert!(layout.recursive, "{name}");
        assert_eq!((layout.shape.depth, layout.shape.max_out_of_line), (ANY, ANY), "{name}");
    }
    assert_eq!(find_struct(&schema, "Node").shape.max_handles, 0);
    assert_eq!(find_struct(&schema, "Owner").shape.max_handles, ANY);
    let above = find_struct(&schema, "Above");
    assert!(!above.recursive);
    assert_eq!((above.shape.depth, above.shape.max_out_of_line), (ANY, ANY));
    let talks = find_struct(&schema, "Talks");
    assert!(!talks.recursive);
    assert_eq!((talks.shape.depth, talks.shape.max_handles), (0, 1));
}

/// The sizes of the request and the response of the only method of a protocol.
fn sizes(method: &str) -> (MessageSize, Option<MessageSize>) {
    let schema = schema(&format!(
        "using zx;
         type Uses = resource struct {{ handle zx.Handle; }};
         protocol Subject {{ {method}; }};"
    ));
    let DeclKind::Protocol(protocol) = find(&schema, "Subject") else { panic!("no protocol") };
    match &protocol.own_methods[0].kind {
        MethodKind::OneWay { request } => (request.size, None),
        MethodKind::Event { message } => (message.size, None),
        MethodKind::TwoWay { request, response } => (request.size, Some(response.size)),
    }
}

fn bounded(max_bytes: u32, max_handles: u32) -> MessageSize {
    MessageSize { max_bytes, max_handles, bounded: true, extensible: false }
}

#[test]
fn messages_count_their_header() {
    assert_eq!(sizes("M()").0, bounded(16, 0));
    assert_eq!(sizes("M(struct { a uint8; })").0, bounded(24, 0));
    assert_eq!(sizes("-> M(struct { a uint64; b uint8; })").0, bounded(32, 0));
    assert_eq!(sizes("M(struct { a string:20; })").0, bounded(16 + 16 + 24, 0));
    assert_eq!(sizes("M(resource struct { a vector<zx.Handle>:64; })").0, bounded(16 + 16 + 256, 64));
}

#[test]
fn results_stand_around_flexible_answers() {
    assert_eq!(sizes("strict M() -> ()").1, Some(bounded(16, 0)));
    assert_eq!(sizes("strict M() -> (struct { a uint8; })").1, Some(bounded(24, 0)));
    // A header and the union; what has at most four bytes lies in the union's envelope.
    assert_eq!(sizes("M() -> ()").1, Some(bounded(32, 0)));
    assert_eq!(sizes("M() -> (struct { a uint32; })").1, Some(bounded(32, 0)));
    assert_eq!(sizes("M() -> (Uses)").1, Some(bounded(32, 1)));
    assert_eq!(sizes("M() -> (struct { a array<uint8, 5>; })").1, Some(bounded(40, 0)));
    assert_eq!(sizes("M() -> (struct { a string:20; })").1, Some(bounded(32 + 16 + 24, 0)));
}

#[test]
fn messages_beyond_a_channels_limits_are_capped() {
    let capped =
        |max_bytes, max_handles| MessageSize { max_bytes, max_handles, bounded: false, extensible: false };
    assert_eq!(sizes("M(struct { a bytes; })").0, capped(65_536, 0));
    assert_eq!(sizes("M(struct { a bytes:65505; })").0, capped(65_536, 0));
    assert_eq!(sizes("M(struct { a bytes:65504; })").0, bounded(65_536, 0));
    assert_eq!(sizes("M(resource struct { a vector<zx.Handle>:65; })").0, capped(16 + 16 + 264, 64));
    assert_eq!(sizes("-> M(resource struct { a vector<zx.Handle>; })").0, capped(65_536, 64));
}

#[test]
fn ordinals_come_from_full_names() {
    let source = Source::new("calc.fidl", "library example.calc; protocol Adder { Add(); };");
    let schema = compile(&[vec![source]]).unwrap().schema;
    let DeclKind::Protocol(protocol) = find(&schema, "Adder") else { panic!("no protocol") };
    assert_eq!(protocol.own_methods[0].ordinal, 0x6a69_390b_c8b7_cc73);
    assert_eq!(protocol.own_methods[0].selector, "example.calc/Adder.Add");
}
