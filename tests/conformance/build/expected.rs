//! What a message must say, as an expression that needs nothing of the generated types.

use fidl_codegen::ir::{DeclKind, OrdinalMember, Schema};

use crate::gidl::Unknown;
use crate::typed::Typed;

/// The expression of a value, of type `Expected`.
pub(crate) fn expected(schema: &Schema, value: &Typed) -> String {
    let inner = |value: &Typed| expected(schema, value);
    match value {
        Typed::Bool(it) => format!("E::Bool({it})"),
        Typed::Integer(it) | Typed::Enum(it) | Typed::Bits(it) => format!("E::Number({it})"),
        Typed::Float32(bits) => format!("E::Float({bits:#x})"),
        Typed::Float64(bits) => format!("E::Float({bits:#x})"),
        Typed::Text(text) => format!("E::Text({text:?})"),
        Typed::List(items) => {
            let items = items.iter().map(|(item, times)| format!("({}, {times})", inner(item)));
            format!("E::List(&[{}])", joined(items))
        }
        Typed::Struct(id, members) => {
            let DeclKind::Struct(layout) = &schema.decl(*id).kind else { unreachable!("a struct") };
            let members = layout.members.iter().zip(members);
            let members = members.map(|(it, value)| format!("({:?}, {})", it.element.name, inner(value)));
            format!("E::Struct(&[{}])", joined(members))
        }
        Typed::Table(id, members, unknown) => {
            let DeclKind::Table(layout) = &schema.decl(*id).kind else { unreachable!("a table") };
            let members = members.iter().map(|(index, it)| named(&layout.members, *index, &inner(it)));
            let unknown =
                unknown.iter().map(|(ordinal, content)| unknown_content(*ordinal, content.as_ref()));
            format!("E::Table(&[{}], &[{}])", joined(members), joined(unknown))
        }
        Typed::Union(id, index, value) => {
            let DeclKind::Union(layout) = &schema.decl(*id).kind else { unreachable!("a union") };
            format!("E::Union(&{})", named(&layout.members, *index, &inner(value)))
        }
        Typed::UnknownUnion(ordinal, content) => {
            format!("E::Unknown(&{})", unknown_content(*ordinal, content.as_ref()))
        }
        Typed::NewType(value) => inner(value),
        // Nothing that decodes says so; a case that expects it fails.
        Typed::Absent | Typed::NoHandle | Typed::UnsetUnion => "E::Absent".to_owned(),
        Typed::Handle(index, None) => format!("E::Handle({index}, None)"),
        Typed::Handle(index, Some(it)) => {
            format!("E::Handle({index}, Some(({}, {:#x})))", it.object_type, it.rights)
        }
    }
}

fn named(members: &[OrdinalMember], index: usize, value: &str) -> String {
    format!("({:?}, {value})", members[index].element.name)
}

fn unknown_content(ordinal: u64, content: Option<&Unknown>) -> String {
    let content = match content {
        None => "None".to_owned(),
        Some(it) => format!("Some(({}, {}))", bytes(&it.bytes), it.handles.len()),
    };
    format!("ExpectedUnknown {{ ordinal: {ordinal}, content: {content} }}")
}

/// A list's items with commas between them.
pub(crate) fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// A byte string.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("b\"{digits}\"")
}
