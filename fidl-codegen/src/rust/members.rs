//! What structs, tables and unions have in common.

use proc_macro2::{Ident, TokenStream};

use super::text::{doc_text, docs};
use super::{Context, names};
use crate::ir::{DeclId, DeclKind, Element};

/// The field or accessor of a member.
pub(super) fn field(member: &Element) -> Ident {
    names::ident(&names::snake(&member.name))
}

fn about(member: &Element) -> String {
    format!("The member `{}`.", member.name)
}

pub(super) fn member_docs(member: &Element) -> TokenStream {
    docs(member, &about(member))
}

pub(super) fn member_doc_text(member: &Element) -> String {
    doc_text(member, &about(member), "        ")
}

/// A declaration by one of the runtime's macros of how a value becomes its wire form, on one line if there is room:
/// `::fidl::NAME! { HEAD { items } }`, where `rest` comes behind the items.
pub(super) fn encode_macro(name: &str, head: &str, items: &[String], rest: &str) -> String {
    let inside = if items.is_empty() && rest.is_empty() { "{}" } else { "{ ITEMS }" };
    let line = |items: &str| inside.replace("ITEMS", items);
    let one = format!("::fidl::{name}! {{ {head} {} }}\n", line(&(items.join(", ") + rest)));
    if one.len() <= MAX_LINE {
        return one;
    }
    let mut text = format!("::fidl::{name}! {{\n    {head} {{\n");
    let mut current = String::new();
    for item in items {
        if !current.is_empty() && current.len() + item.len() + 10 > MAX_LINE {
            text += &format!("        {}\n", current.trim_end());
            current.clear();
        }
        current += &format!("{item}, ");
    }
    text += &format!("        {}{rest}\n    }}\n}}\n", current.trim_end().trim_end_matches(','));
    text
}

/// The longest line, inside the module.
const MAX_LINE: usize = 106;

/// Ends the text of a declaration by macro, of which the head and the members stand there.
pub(super) fn close(text: &mut String) {
    let empty = text.ends_with("{\n");
    text.truncate(text.len() - usize::from(empty));
    *text += if empty { "}\n}\n" } else { "    }\n}\n" };
}

/// `, NAME` where a declaration has a builder: where its values may be large. A table's has a function of its own, besides one
/// for each member.
pub(super) fn builder(cx: Context<'_>, id: DeclId) -> String {
    let clashes = match &cx.schema.decl(id).kind {
        DeclKind::Table(layout) => layout.members.iter().any(|member| field(&member.element) == "maybe"),
        _ => false,
    };
    if clashes || !cx.is_large(id) { String::new() } else { format!(", {}", cx.names(id).builder) }
}

/// Says of a wire type that it is a value type's, unless it is a resource's.
pub(super) fn value_type(text: &mut String, resource: bool, wire: &Ident) {
    if !resource {
        *text += &format!("impl ::fidl::wire::ValueType for {wire} {{}}\n");
    }
}
