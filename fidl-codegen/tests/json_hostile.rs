//! Documents that are not as they should be: a readable error that names the file and the place, or a sound schema,
//! and never a panic.
#![cfg(feature = "json")]

mod support;

use std::time::Instant;

use fidl_codegen::ir::LibraryId;
use fidl_codegen::{Source, json, rust};
use serde_json::{Value, json};
use support::{compile, expect, inputs, package};

/// The documents of the libraries in an input, the compiler's own left out.
fn documents(input: &str) -> Vec<Value> {
    let schema = compile(&package().join("tests").join(input)).unwrap().schema;
    let libraries = schema.libraries.iter().zip(0..).filter(|(library, _)| !library.builtin);
    let text = |index| json::write(&schema, LibraryId(index));
    libraries.map(|(_, index)| serde_json::from_str(&text(index)).unwrap()).collect()
}

fn read(documents: &[Value]) -> Result<fidl_codegen::ir::Schema, json::Error> {
    let file =
        |(index, document): (usize, &Value)| Source::new(format!("{index}.json"), document.to_string());
    json::read(&documents.iter().enumerate().map(file).collect::<Vec<_>>())
}

/// Replaces what stands at a place of the last document of `composed.fidl`, and gives the error.
fn error_with(pointer: &str, value: &Value) -> String {
    let mut documents = documents("json/composed.fidl");
    *documents.last_mut().unwrap().pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) =
        value.clone();
    read(&documents).expect_err(pointer).to_string()
}

#[test]
fn errors_name_file_and_place() {
    let result = "/union_declarations/1/members";
    let method = "/protocol_declarations/0/methods";
    let cases: [(&str, Value); 26] = [
        ("/name", json!("User")),
        ("/name", json!("base")),
        ("/name", json!(1)),
        ("/struct_declarations/0/name", json!("Answer")),
        ("/struct_declarations/0/name", json!("base/Answer")),
        ("/struct_declarations/0/name", json!("user/An swer")),
        ("/struct_declarations/0/name", json!("user/Child_Empty_Response")),
        ("/struct_declarations/0/members/0/name", json!("no name")),
        ("/struct_declarations/0/members/0/type/kind_v2", json!("number")),
        ("/struct_declarations/0/members/0/type/kind_v2", json!("vector")),
        ("/struct_declarations/0/members/0/type/subtype", json!("int9")),
        ("/struct_declarations/0/members/0/type/subtype", json!("int64")),
        ("/struct_declarations/0/members/0/field_shape_v2/offset", json!(4)),
        ("/struct_declarations/0/members/0/location", json!([])),
        ("/declaration_order/0", json!("user/Else")),
        ("/declaration_order/0", json!("user/Child_Try_Error")),
        ("/declaration_order", json!([])),
        ("/library_dependencies/0/name", json!("absent")),
        ("/enum_declarations/0/members/0/value/value", json!("4294967296")),
        ("/enum_declarations/0/type", json!("float32")),
        ("METHOD/0/ordinal", json!(5)),
        ("METHOD/2/ordinal", json!(0)),
        ("METHOD/3/maybe_request_payload/identifier", json!("user/Child_Try_Error")),
        ("METHOD/4/maybe_request_payload/identifier", json!("user/Child")),
        ("RESULT/0/type/identifier", json!("user/Child_Try_Result")),
        ("RESULT/1/ordinal", json!(2)),
    ];
    let lines = cases.into_iter().map(|(pointer, value)| {
        let pointer = pointer.replace("RESULT", result).replace("METHOD", method);
        format!("{pointer} = {value}\n    {}\n", error_with(&pointer, &value))
    });
    expect(&package().join("tests/json/errors.txt"), &lines.collect::<String>()).unwrap();
}

#[test]
fn what_is_no_document_is_an_error() {
    let read = |text: &str| json::read(&[Source::new("a.json", text)]).expect_err(text);
    assert_eq!(json::read(&[]).unwrap_err().to_string(), "there is nothing to read");
    assert_eq!(
        read("").to_string(),
        "a.json: this is not JSON: EOF while parsing a value at line 1 column 0"
    );
    assert_eq!(read("{}").to_string(), "a.json: missing field `name` at line 1 column 2");
    let deep = read(&"[".repeat(100_000)).to_string();
    assert!(deep.contains("recursion limit") || deep.contains("invalid type"), "{deep}");
    let nested = format!("{{\"platform\": {}", "{\"a\":".repeat(100_000));
    assert!(matches!(read(&nested).kind, json::ErrorKind::Form(_)));
    let unknown = format!("{{\"else\": {}", "[".repeat(100_000));
    assert!(matches!(read(&unknown).kind, json::ErrorKind::Form(_)));
    let noise = json::read(&[Source::new("a.json", vec![0xff, 0xfe])]).unwrap_err();
    assert!(matches!(noise.kind, json::ErrorKind::Form(_)));
}

/// What is made for the answer of a method is nothing that anything else may name.
#[test]
fn what_is_made_for_answers_is_named_by_methods_alone() {
    let text = "library a; type S = struct { a B; b box<B>; }; type B = struct { a uint8; };
                protocol P { M() -> () error uint32; N(B); };";
    let library = vec![Source::new("a.fidl", text)];
    let schema = fidl_codegen::compile(&[library]).unwrap().schema;
    let document = json::write(&schema, LibraryId(0));
    let sound: Value = serde_json::from_str(&document).unwrap();
    assert!(read(std::slice::from_ref(&sound)).is_ok());
    let mut documents = Vec::new();
    let mut change = |change: &dyn Fn(&mut Value)| {
        let mut document = sound.clone();
        change(&mut document);
        documents.push(document);
    };
    let methods = "/protocol_declarations/0/methods";
    change(&|it| {
        it.pointer_mut(methods).unwrap()[0].as_object_mut().unwrap().remove("maybe_response_success_type");
    });
    for name in ["a/P_M_Response", "a/P_M_Result"] {
        change(&|it| {
            it.pointer_mut(methods).unwrap()[1]["maybe_request_payload"]["identifier"] = json!(name)
        });
        for member in 0..2 {
            change(&|it| {
                it["declaration_order"] = json!(["a/P_M_Response", "a/P_M_Result", "a/B", "a/P", "a/S"]);
                let structs = it["struct_declarations"].as_array_mut().unwrap();
                let found = structs.iter_mut().find(|it| it["name"] == "a/S").unwrap();
                found["members"][member]["type"]["identifier"] = json!(name);
            });
        }
    }
    for document in &documents {
        assert!(read(std::slice::from_ref(document)).is_err(), "{document:#}");
    }
}

/// There are documents of `zx` that leave out the resource definition to which all others refer.
#[test]
fn a_resource_definition_may_be_left_out() {
    let text = "library zx; type ObjType = enum : uint32 { NONE = 0; VMO = 3; };
                resource_definition Handle : uint32 { properties { subtype ObjType; }; };";
    let user = "library user; using zx; type A = resource struct { a zx.Handle:VMO; b zx.Handle; };";
    let libraries =
        [("zx.fidl", text), ("user.fidl", user)].map(|(path, text)| vec![Source::new(path, text)]);
    let schema = fidl_codegen::compile(&libraries).unwrap().schema;
    let write = |index| serde_json::from_str(&json::write(&schema, LibraryId(index))).unwrap();
    let mut documents: [Value; 2] = [write(0), write(1)];
    documents[0]["experimental_resource_declarations"] = json!([]);
    documents[0]["declaration_order"] = json!(["zx/ObjType"]);
    let read = read(&documents).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(rust::generate(&read, LibraryId(1)), rust::generate(&schema, LibraryId(1)));
    let again: Value = serde_json::from_str(&json::write(&read, LibraryId(0))).unwrap();
    assert_eq!(again["declaration_order"], json!(["zx/ObjType"]));
}

/// A small generator of numbers that are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// The number of values in a document.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(entries) => entries.values().map(count).sum(),
        _ => 0,
    }
}

/// The value of a number, counted depth first.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(entries) => entries.values_mut().find_map(|item| nth(item, left)),
        _ => None,
    }
}

/// Changes a document at one place, often to something that stands elsewhere in it.
fn mutate(document: &mut Value, numbers: &mut Numbers) {
    let total = count(document);
    let (mut from, mut to) = (numbers.below(total), numbers.below(total));
    let other = nth(document, &mut from).unwrap().clone();
    let place = nth(document, &mut to).unwrap();
    *place = match (numbers.below(8), &*place) {
        (0, Value::Number(_)) => {
            let numbers_at_limits = json!([0, 1, 2, 7, 64, 65, u32::MAX, -1, u64::MAX, 1.5]);
            numbers_at_limits[numbers.below(10)].clone()
        }
        (1, Value::String(text)) => json!(format!("{text}{text}")),
        (2, Value::String(_)) => {
            json!(["", "a b", "x/Y", "fidl/MAX", "inf", "1e999", "\u{0}"][numbers.below(7)])
        }
        (3, Value::Bool(value)) => json!(!value),
        (4, Value::Array(items)) => json!(items.iter().chain(items).collect::<Vec<_>>()),
        (5, Value::Array(items)) => json!(items.iter().rev().collect::<Vec<_>>()),
        (6, Value::Object(entries)) => {
            let mut entries = entries.clone();
            let key = entries.keys().nth(numbers.below(entries.len())).cloned();
            entries.remove(&key.unwrap_or_default());
            Value::Object(entries)
        }
        (_, place) if count(&other) <= count(place) + 8 => other,
        _ => Value::Null,
    };
}

/// With `FIDL_JSON_ROUNDS` more of them.
#[test]
fn mutated_documents() {
    let rounds = std::env::var("FIDL_JSON_ROUNDS").map_or(60, |rounds| rounds.parse().unwrap());
    let mut numbers = Numbers(1);
    let (start, mut sound) = (Instant::now(), 0);
    for path in ["ok", "json"].into_iter().flat_map(inputs) {
        let Ok(name) = path.strip_prefix(package().join("tests")) else { continue };
        let documents = documents(name.to_str().unwrap());
        for _ in 0..rounds {
            let mut documents = documents.clone();
            for _ in 0..=numbers.below(2) {
                let index = numbers.below(documents.len());
                mutate(&mut documents[index], &mut numbers);
            }
            if let Ok(schema) = read(&documents) {
                sound += 1;
                for index in 0..schema.libraries.len() {
                    let _ = rust::generate(&schema, LibraryId(index as u32));
                    let _ = json::write(&schema, LibraryId(index as u32));
                }
            }
        }
    }
    println!("{sound} still sound, {:?}", start.elapsed());
}
