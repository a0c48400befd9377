//! What is generated per type: views and owned values as trees, and how messages are decoded.

use fidl_codegen::ir::{DeclId, DeclKind, OrdinalMember, Schema, Struct, Table, Union};
use fidl_codegen::rust::Spelling;

use crate::expected::joined;

/// The items of all types of a schema.
pub(crate) fn trees(schema: &Schema, spelling: &Spelling<'_>) -> String {
    let ids = (0..schema.decls.len()).map(|index| DeclId(index as u32));
    ids.filter(|id| !spelling.is_left_out(*id)).map(|id| tree(schema, spelling, id)).collect()
}

fn tree(schema: &Schema, spelling: &Spelling<'_>, id: DeclId) -> String {
    let (view, owned) = (spelling.view(id, "'_"), spelling.owned(id));
    match &schema.decl(id).kind {
        DeclKind::Enum(_) | DeclKind::Bits(_) => {
            to_tree(&spelling.value(id), "Tree::Number(i128::from(self.into_raw()))")
        }
        // A view of it is a view of what it is made of.
        DeclKind::NewType(_) => owned.map_or_else(String::new, |owned| to_tree(&owned, "self.0.tree()")),
        DeclKind::Struct(layout) if !layout.empty_success => {
            let owned = owned.map(|owned| to_tree(&owned, &structure(spelling, layout, "")));
            to_tree(&view, &structure(spelling, layout, "()")) + &owned.unwrap_or_default()
        }
        DeclKind::Table(layout) => {
            let unknown = "Some(self.unknown_members().map(Tree::unknown).collect())";
            let owned = owned.map(|owned| to_tree(&owned, &table(spelling, layout, "", "None")));
            to_tree(&view, &table(spelling, layout, "()", unknown)) + &owned.unwrap_or_default()
        }
        DeclKind::Union(layout) if !layout.result => {
            let unknown = "Tree::unknown(it)";
            let path = view.split('<').next().unwrap_or_default();
            let owned = owned
                .map(|owned| to_tree(&owned, &union(spelling, layout, &owned, "Tree::Unknown(it, None)")));
            to_tree(&view, &union(spelling, layout, path, unknown)) + &owned.unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn to_tree(ty: &str, body: &str) -> String {
    format!("impl ToTree for {ty} {{ fn tree(self) -> Tree {{ {body} }} }}\n")
}

/// `call` is what stands behind the name of a member: nothing for a field, parentheses for an accessor.
fn structure(spelling: &Spelling<'_>, layout: &Struct, call: &str) -> String {
    let members = layout.members.iter().map(|member| {
        format!("({:?}, self.{}{call}.tree())", member.element.name, spelling.field(&member.element))
    });
    format!("Tree::Struct(vec![{}])", joined(members))
}

fn table(spelling: &Spelling<'_>, layout: &Table, call: &str, unknown: &str) -> String {
    let members = layout.members.iter().map(|member| {
        format!(
            "({:?}, self.{}{call}.map(ToTree::tree))",
            member.element.name,
            spelling.field(&member.element)
        )
    });
    format!("Tree::Table(present([{}]), {unknown})", joined(members))
}

fn union(spelling: &Spelling<'_>, layout: &Union, path: &str, unknown: &str) -> String {
    let arm = |member: &OrdinalMember| {
        let variant = spelling.variant(layout, &member.element);
        format!("{path}::{variant}(it) => Tree::Union({:?}, Box::new(it.tree()))", member.element.name)
    };
    let unknown = (!layout.strict).then(|| format!("{path}::Unknown(it) => {unknown}"));
    format!("match self {{ {} }}", joined(layout.members.iter().map(arm).chain(unknown)))
}

/// The name of the function that decodes a message of a type.
pub(crate) fn decoder_name(id: DeclId) -> String {
    format!("decode_{}", id.0)
}

/// That function.
pub(crate) fn decoder(spelling: &Spelling<'_>, id: DeclId) -> String {
    let (name, wire) = (decoder_name(id), spelling.wire(id));
    let owned = match spelling.owned(id) {
        Some(owned) => format!(
            "let owned = {owned}::from(view); let encoded = encode::<{wire}>(&owned); let owned = Some((owned.tree(), encoded));"
        ),
        None => "let owned = None;".to_owned(),
    };
    format!(
        "pub(super) fn {name}(message: Message) -> Result<Decoded, DecodeError> {{
            message.decode::<{wire}, _>(|view| {{ let tree = view.tree(); {owned} Decoded {{ tree, owned }} }})
        }}\n"
    )
}
