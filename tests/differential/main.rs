//! Two readers of the wire format against each other: the runtime's, and a slow one that is written from the rules and goes
//! by the schema. On random messages and on messages with one mistake they must come to the same verdict, and what is
//! accepted must be readable to the last member.
//!
//! `DIFFERENTIAL_ROUNDS` sets how many messages of each type are made.

#![cfg(target_os = "linux")]

mod reference;
mod writer;

use std::collections::BTreeSet;
use std::env;

use fidl::wire::{Aligned, DecodeError, HandleSlot, restore, validate};
use fidl_codegen::ir::{DeclId, DeclKind, Schema, TypeKind};
use fidl_codegen::{Source, compile};
use reference::HandleInfo;
use writer::{Coverage, Message};

#[allow(dead_code, unreachable_pub, reason = "the test uses a part of the schema")]
mod schema {
    fidl::include_schema!("test_kinds");
}
use schema::test_kinds::*;

/// Reads a message with the runtime's reader and gives all that its view shows. The message is then as it was.
type Read = fn(&mut [u8], &[HandleSlot]) -> Result<String, DecodeError>;

macro_rules! readers {
    ($($name:ident $wire:ident),* $(,)?) => {
        &[$((stringify!($name), |bytes, handles| {
            let text = validate::<$wire>(bytes, 0, handles).map(|body| format!("{:?}", body.view()))?;
            restore::<$wire>(bytes, 0);
            Ok(text)
        })),*]
    };
}

const READERS: &[(&str, Read)] = readers![
    Small SmallWire, Padded PaddedWire, Nothing NothingWire, Numbers NumbersWire, Texts TextsWire, Vectors VectorsWire,
    Arrays ArraysWire, Boxes BoxesWire, Table TableWire, Sparse SparseWire, More MoreWire, EmptyTable EmptyTableWire,
    Choice ChoiceWire, Decision DecisionWire, Unions UnionsWire, List ListWire, Tree TreeWire, Branch BranchWire,
    Fork ForkWire, Handles HandlesWire, HandleChoice HandleChoiceWire, HandleTable HandleTableWire, Ends EndsWire,
];

fn schema() -> Schema {
    let text = include_str!("../../schemas/kinds.fidl");
    compile(&[vec![Source::new("kinds.fidl", text)]]).unwrap_or_else(|report| panic!("{report}")).schema
}

/// The types of the schema that can be a message, each with its reader.
fn types(schema: &Schema) -> Vec<(DeclId, Read)> {
    let is_type = |id: &&DeclId| {
        matches!(schema.decl(**id).kind, DeclKind::Struct(_) | DeclKind::Table(_) | DeclKind::Union(_))
    };
    let reader = |id: &DeclId| {
        let name = &schema.decl(*id).element.name;
        let reader = READERS.iter().find(|(of, _)| of == name);
        (*id, reader.unwrap_or_else(|| panic!("no reader of {name}")).1)
    };
    schema.target().decls.iter().filter(is_type).map(reader).collect()
}

fn rounds() -> u64 {
    env::var("DIFFERENTIAL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

/// Holds the two readers against each other; whether they accept the message.
#[track_caller]
fn compare(schema: &Schema, id: DeclId, read: Read, message: &Message) -> bool {
    let expected = reference::read(schema, id, &message.bytes, &message.handles);
    let mut buffer = Aligned([0; 65_536]);
    let bytes = &mut buffer.0[..message.bytes.len()];
    bytes.copy_from_slice(&message.bytes);
    let slot = |(number, info): (u32, &HandleInfo)| HandleSlot::new(number, info.object_type, info.rights);
    let slots: Vec<HandleSlot> = (1..).zip(&message.handles).map(slot).collect();
    let found = read(bytes, &slots);
    let name = schema.full_name(id);
    assert_eq!(
        found.is_ok(),
        expected.is_ok(),
        "{name}: {found:?}, but {expected:?}: {:02x?}",
        message.bytes
    );
    if found.is_ok() {
        assert_eq!(bytes, message.bytes, "{name}: restored");
    }
    found.is_ok()
}

#[test]
fn sound_messages_are_read() {
    let schema = schema();
    let mut coverage = Coverage::new();
    for (id, read) in types(&schema) {
        for seed in 0..rounds() * 4 {
            let depth = if seed % 4 == 0 { 32 } else { 12 };
            let message = writer::write(&schema, id, seed, depth, &mut coverage);
            assert!(compare(&schema, id, read, &message), "{}: {:02x?}", schema.full_name(id), message.bytes);
        }
    }
    let wanted = wanted(&schema);
    let missing: Vec<&String> = wanted.iter().filter(|what| !coverage.contains_key(*what)).collect();
    assert!(missing.is_empty(), "never written: {missing:#?}");
}

/// What must have been written at least once: each member absent and present, each vector with none, one, and as many
/// elements as there may be, each member of a union, each depth.
fn wanted(schema: &Schema) -> BTreeSet<String> {
    let mut wanted: BTreeSet<String> = (0..=32).map(|depth| format!("depth {depth}")).collect();
    for &id in &schema.target().decls {
        let name = schema.full_name(id);
        match &schema.decl(id).kind {
            DeclKind::Struct(layout) => {
                for member in &layout.members {
                    let path = format!("{name}.{}", member.element.name);
                    match &member.ty.kind {
                        TypeKind::Box(_) | TypeKind::OptionalUnion(_) => {
                            wanted.extend([format!("{path} true"), format!("{path} false")]);
                        }
                        TypeKind::Vector { bound, optional, .. } | TypeKind::String { bound, optional } => {
                            wanted.extend([format!("{path} count 0"), format!("{path} count 1")]);
                            wanted.extend(bound.map(|bound| format!("{path} count {bound}")));
                            wanted.extend(optional.then(|| format!("{path} false")));
                        }
                        _ => {}
                    }
                }
            }
            DeclKind::Table(layout) => {
                for member in &layout.members {
                    let path = format!("{name}.{}", member.element.name);
                    wanted.extend([format!("{path} true"), format!("{path} false")]);
                }
            }
            DeclKind::Union(layout) => {
                wanted.extend(layout.members.iter().map(|member| format!("{name}.{}", member.element.name)));
            }
            _ => {}
        }
    }
    wanted
}

#[test]
fn every_byte_is_judged_alike() {
    let schema = schema();
    let (mut accepted, mut refused) = (0, 0);
    for (id, read) in types(&schema) {
        for seed in 0..rounds() / 4 {
            let message = writer::write(&schema, id, seed, 12, &mut Coverage::new());
            for place in 0..message.bytes.len().min(600) {
                for value in [0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, message.bytes[place].wrapping_add(1)] {
                    let mut mutated = message.clone();
                    mutated.bytes[place] = value;
                    match compare(&schema, id, read, &mutated) {
                        true => accepted += 1,
                        false => refused += 1,
                    }
                }
            }
        }
    }
    assert!(accepted > 1000 && refused > 1000, "{accepted} accepted, {refused} refused");
}

#[test]
fn lengths_and_handles_are_judged_alike() {
    let schema = schema();
    for (id, read) in types(&schema) {
        for seed in 0..rounds() {
            let message = writer::write(&schema, id, seed, 12, &mut Coverage::new());
            for length in 0..=message.bytes.len() + 16 {
                let mut mutated = message.clone();
                mutated.bytes.resize(length, 0);
                compare(&schema, id, read, &mutated);
            }
            for index in 0..message.handles.len() {
                let mut mutated = message.clone();
                mutated.handles.remove(index);
                compare(&schema, id, read, &mutated);
                let mut mutated = message.clone();
                mutated.handles[index] = HandleInfo { object_type: 14, rights: 0x4 };
                compare(&schema, id, read, &mutated);
                let mut mutated = message.clone();
                mutated.handles.insert(index, reference::CHANNEL);
                compare(&schema, id, read, &mutated);
            }
        }
    }
}

/// Envelopes of members that the schema does not know, in tables and flexible unions.
#[test]
fn unknown_members_are_judged_alike() {
    let schema = schema();
    let readers = types(&schema);
    let of = |name: &str| *readers.iter().find(|(id, _)| schema.decl(*id).element.name == name).unwrap();
    let sizes = [0_u32, 1, 7, 8, 16, 24, u32::MAX];
    for name in ["EmptyTable", "Table", "Choice", "Decision"] {
        let (id, read) = of(name);
        for size in sizes {
            for (handles, given) in [(0, 0), (1, 1), (1, 0), (2, 1), (0, 1)] {
                for flags in [0_u16, 1, 2, 3] {
                    for room in [0, 8, 16, 24] {
                        let envelope =
                            [&size.to_le_bytes()[..], &[handles, 0], &flags.to_le_bytes()].concat();
                        let head = if name.ends_with("Table") { (3_u64, u64::MAX) } else { (77, 0) };
                        let mut bytes = head.0.to_le_bytes().to_vec();
                        if head.1 == u64::MAX {
                            bytes.extend([0xff; 8]);
                            bytes.extend([0; 16]);
                        }
                        bytes.extend(envelope);
                        bytes.resize(bytes.len() + room, 0x55);
                        let handles = vec![reference::CHANNEL; given];
                        compare(&schema, id, read, &Message { bytes, handles });
                    }
                }
            }
        }
    }
}
