//! Cases are read as they are meant, and mistakes in them are found at their place.

#[allow(dead_code, unused_imports, reason = "the build script uses all of it")]
mod gidl;

use gidl::{Case, Key, Kind, ValueKind, parse};

/// The one case of a text.
#[track_caller]
fn case(text: &str) -> Case {
    let (mut cases, faults) = parse(text);
    assert_eq!((faults, cases.len()), (Vec::new(), 1), "{text}");
    cases.remove(0)
}

/// The bytes that a list of bytes stands for.
#[track_caller]
fn bytes(list: &str) -> Vec<u8> {
    let text = format!("decode_failure(\"N\") {{ type = T, bytes = {{ v2 = [{list}] }}, err = E }}");
    case(&text).encodings.remove(0).bytes.unwrap()
}

/// A value, as the parser prints it without its places.
#[track_caller]
fn value(text: &str) -> ValueKind {
    let case = case(&format!("encode_failure(\"N\") {{ value = S {{ m: {text} }}, err = E, }}"));
    let ValueKind::Record(mut record) = case.value.unwrap().kind else { panic!("a record") };
    match record.fields.remove(0).1 {
        Key::Known(_, value) => value.kind,
        Key::Unknown(..) => panic!("a known member"),
    }
}

/// Where a text is at fault: line and column, and a part of the message.
#[track_caller]
fn fault(text: &str, line: usize, column: usize, part: &str) {
    let (_, faults) = parse(text);
    let fault = faults.first().expect("a fault");
    assert_eq!((fault.place.line, fault.place.column), (line, column), "{}", fault.message);
    assert!(fault.message.contains(part), "{}", fault.message);
}

#[test]
fn numbers() {
    for (text, number) in
        [("0", 0), ("017", 15), ("0o17", 15), ("0b1_01", 5), ("0xFF", 255), ("-0x80", -128), ("1_000", 1000)]
    {
        assert!(matches!(value(text), ValueKind::Integer(it) if it == number), "{text}");
    }
    assert!(matches!(value("18446744073709551615"), ValueKind::Integer(it) if it == i128::from(u64::MAX)));
    for (text, number) in
        [("1.5", 1.5), ("-0.25", -0.25), ("1.0e-8", 1.0e-8), ("2.0E+3", 2000.0), ("0x1.8p1", 3.0)]
    {
        assert!(
            matches!(value(text), ValueKind::Float(it) if it.to_bits() == f64::to_bits(number)),
            "{text}"
        );
    }
    assert!(matches!(value("-0.0"), ValueKind::Float(it) if it.to_bits() == 1 << 63));
    assert!(matches!(value("raw_float(0b1_1)"), ValueKind::RawFloat(3)));
}

#[test]
fn strings() {
    let text = |literal: &str| match value(literal) {
        ValueKind::Text(bytes) => bytes,
        other => panic!("{other:?}"),
    };
    assert_eq!(text(r#""""#), b"");
    assert_eq!(text(r#""a\n\t\\\"\a\v\x00\101z""#), b"a\n\t\\\"\x07\x0b\0Az");
    assert_eq!(text(r#""\u00e9\U0001F30E // é""#), "é🌎 // é".as_bytes());
    assert_eq!(text(r#""\xff\377""#), [0xff, 0xff]);
}

#[test]
fn lists_of_bytes() {
    assert_eq!(bytes(""), []);
    assert_eq!(bytes("0x01, 2, 'a', '\\n', 0b11,"), [1, 2, b'a', b'\n', 3]);
    assert_eq!(bytes("repeat(0xff):3, padding:2, repeat('b'):1"), [0xff, 0xff, 0xff, 0, 0, b'b']);
    assert_eq!(
        bytes("num(0x1234):2, num(-1):3, num(-128):1, num(255):1"),
        [0x34, 0x12, 255, 255, 255, 128, 255]
    );
    assert_eq!(bytes("num(18446744073709551615):8"), [255; 8]);
}

#[test]
fn formats_may_share_their_bytes() {
    let case =
        case("success(\"N\") { value = S {}, bytes = { v1, v2 = [1], v3 = [2,] }, handles = { v2 = [] } }");
    let found: Vec<_> = case.encodings.iter().map(|it| (&*it.format, it.bytes.clone().unwrap())).collect();
    assert_eq!(found, [("v1", vec![1]), ("v2", vec![1]), ("v3", vec![2])]);
    assert_eq!(case.encodings[1].handles.as_deref(), Some(&[][..]));
}

#[test]
fn handles_types_and_rights() {
    let case = case(
        "encode_success(\"N\") {
            handle_defs = { #0 = event(), #1 = channel(rights: channel_default - signal + duplicate), },
            value = S { a: #0, b: restrict(#1, type: channel, rights: read + write) },
            bytes = { v2 = [] },
            handle_dispositions = { v2 = [ {#1, type: channel, rights: io}, {#0}, ] },
        }",
    );
    let defs: Vec<_> = case.handle_defs.iter().map(|def| (def.object_type, def.rights)).collect();
    assert_eq!(defs, [(5, 0x8000_0000), (4, 0xe00f)]);
    let dispositions = case.encodings[0].dispositions.as_ref().unwrap();
    let sent: Vec<_> = dispositions.iter().map(|it| (it.handle, it.object_type, it.rights)).collect();
    assert_eq!(sent, [(1, 4, 0xc), (0, 0, 0x8000_0000)]);
}

#[test]
fn records_of_what_is_not_known() {
    let ValueKind::Record(record) = value("U { 0x5: { bytes = [1, padding:1], handles = [#2] }, 6: null }")
    else {
        panic!("a record")
    };
    let Key::Unknown(5, Some(content)) = &record.fields[0].1 else { panic!("{record:?}") };
    assert_eq!((&content.bytes[..], &content.handles[..]), (&[1, 0][..], &[2][..]));
    assert!(matches!(record.fields[1].1, Key::Unknown(6, None)));
}

#[test]
fn names_of_members() {
    for text in ["A", "Type.A"] {
        assert!(matches!(value(text), ValueKind::Names(names) if names == ["A"]), "{text}");
    }
    assert!(matches!(value("Type.A | Type.B | C"), ValueKind::Names(names) if names == ["A", "B", "C"]));
}

#[test]
fn a_mistake_costs_one_case() {
    let text = "// One.\nsuccess(\"A\") {\n    value = S { a: },\n}\n\n/* Two. */ \nbenchmark(\"B\") { value = S {} }\n";
    let (cases, faults) = parse(text);
    assert_eq!((cases.len(), cases[0].kind), (1, Kind::Benchmark));
    assert_eq!((faults.len(), faults[0].place.line, faults[0].place.column), (1, 3, 20));
}

#[test]
fn mistakes_have_a_place() {
    fault("succes(\"N\") {}", 1, 1, "kind of case");
    fault("success(\"N\") { value = S {} }", 1, 1, "`bytes`");
    fault("success(\"N\") {\n  value = S {},\n  value = S {} }", 3, 3, "twice");
    fault("success(\"N\") { values = S {} }", 1, 16, "`values`");
    fault("success(\"N\") { value = S { a: 08 } }", 1, 31, "`08`");
    fault("success(\"N\") { value = \"a", 1, 24, "does not end");
    fault("success(\"N\") { value = \"\\q\" }", 1, 25, "escape");
    fault("/* success", 1, 1, "does not end");
    fault("success(\"N\") { bytes = { v2 = [256] } }", 1, 32, "byte");
    fault("success(\"N\") { bytes = { v2 = [num(256):1] } }", 1, 36, "256");
    fault("success(\"N\") { bytes = { v2 = [padding:0] } }", 1, 40, "above 0");
    fault("success(\"N\") { bytes = { v2 = [zeros:4] } }", 1, 32, "`zeros`");
    fault("success(\"N\") { handle_defs = { #1 = event() } }", 1, 35, "#0");
    fault("success(\"N\") { handle_defs = { #0 = evnt() } }", 1, 37, "`evnt`");
    fault("success(\"N\") { handle_defs = { #0 = event(rights: al) } }", 1, 51, "`al`");
}
