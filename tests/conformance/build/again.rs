//! From the view of a message to a value that can be sent: for what has no owned form, because it has handles or no bound.
//!
//! What the value borrows besides the message is never freed.

use std::collections::BTreeSet;

use fidl_codegen::ir::{
    DeclId, DeclKind, OrdinalMember, Primitive, Schema, Struct, Table, Type, TypeKind, Union,
};
use fidl_codegen::rust::Spelling;

/// The name of the function for a type.
pub(crate) fn name(id: DeclId) -> String {
    format!("again_{}", id.0)
}

/// The functions for types, and for all that they are made of.
pub(crate) fn functions(schema: &Schema, spelling: &Spelling<'_>, roots: &BTreeSet<DeclId>) -> String {
    let mut again =
        Again { schema, spelling, wanted: roots.iter().copied().collect(), done: BTreeSet::new() };
    let mut text = String::new();
    while let Some(id) = again.wanted.pop() {
        if again.done.insert(id) {
            text += &again.function(id);
        }
    }
    text
}

struct Again<'a> {
    schema: &'a Schema,
    spelling: &'a Spelling<'a>,
    wanted: Vec<DeclId>,
    done: BTreeSet<DeclId>,
}

impl Again<'_> {
    fn function(&mut self, id: DeclId) -> String {
        let (view, value) = (self.spelling.view(id, "'f"), self.spelling.value(id));
        let lifetime = if self.spelling.borrows(id) { "<'f>" } else { "" };
        let kind = &self.schema.decl(id).kind;
        let (argument, body) = match kind {
            DeclKind::Struct(layout) => ("view", self.structure(layout, &value)),
            DeclKind::Table(layout) => ("view", self.table(layout, &value)),
            DeclKind::Union(layout) => ("view", self.union(id, layout, &value)),
            _ => unreachable!("a struct, table or union"),
        };
        format!(
            "#[allow(
                clippy::manual_map,
                clippy::needless_lifetimes,
                clippy::needless_question_mark,
                clippy::redundant_closure,
                clippy::useless_conversion,
                unused_variables,
                reason = \"the form is the same for all types\"
            )]
            pub(super) fn {}<'f>({argument}: {view}) -> Result<{value}{lifetime}, Refusal> {{ {body} }}\n",
            name(id)
        )
    }

    fn structure(&mut self, layout: &Struct, value: &str) -> String {
        let fields = layout.members.iter().map(|member| {
            let field = self.spelling.field(&member.element);
            format!("{field}: {}", self.value(&member.ty, &format!("view.{field}()")))
        });
        format!("Ok({value} {{ {} }})", fields.collect::<Vec<_>>().join(", "))
    }

    fn table(&mut self, layout: &Table, value: &str) -> String {
        let fields = layout.members.iter().map(|member| {
            let field = self.spelling.field(&member.element);
            let content = self.value(&member.ty, "it");
            format!("{field}: match view.{field}() {{ Some(it) => Some({content}), None => None }}")
        });
        format!("Ok({value} {{ {} }})", fields.collect::<Vec<_>>().join(", "))
    }

    fn union(&mut self, id: DeclId, layout: &Union, value: &str) -> String {
        let view = self.spelling.view(id, "'f");
        let view = view.split('<').next().unwrap_or_default();
        let arm = |this: &mut Self, member: &OrdinalMember| {
            let variant = this.spelling.variant(layout, &member.element);
            let content = this.value(&member.ty, "it");
            format!("{view}::{variant}(it) => Ok({value}::{variant}({content})), ")
        };
        let mut arms: String = layout.members.iter().map(|member| arm(self, member)).collect();
        if !layout.strict {
            let unknown = match self.spelling.can_be_unknown(id, layout) {
                true => format!("Ok({value}::Unknown(it.ordinal()))"),
                false => "{ let _ = it; Err(Refusal::Impossible) }".to_owned(),
            };
            arms += &format!("{view}::Unknown(it) => {unknown},");
        }
        format!("match view {{ {arms} }}")
    }

    /// The value of which `view` is an expression.
    fn value(&mut self, ty: &Type, view: &str) -> String {
        match &ty.kind {
            TypeKind::Array { element, .. } if is_number(element) => format!("array({view}.iter().copied())"),
            TypeKind::StringArray { .. } => format!("array({view}.iter().copied())"),
            TypeKind::Array { element, .. } => format!("array({})", self.items(element, view)),
            TypeKind::Vector { element, .. } if is_number(element) => view.to_owned(),
            TypeKind::Vector { element, optional, .. } => {
                let resource = self.schema.is_resource(element);
                let items = |this: &mut Self, view: &str| match this.items(element, view) {
                    items if resource => format!("list({items})?"),
                    items => format!("leaked({items})"),
                };
                if *optional { optionally(view, &items(self, "it")) } else { items(self, view) }
            }
            TypeKind::Handle { optional, .. } | TypeKind::Endpoint { optional, .. } => {
                let taken = format!("{view}.take().map(From::from)");
                if *optional { taken } else { format!("{taken}.ok_or(Refusal::NoHandle)?") }
            }
            TypeKind::Box(id) | TypeKind::OptionalUnion(id) => self.optional(ty, *id, view),
            TypeKind::Named(id) => match &self.schema.decl(*id).kind {
                DeclKind::NewType(new) => {
                    format!("{}({})", self.spelling.value(*id), self.value(&new.target, view))
                }
                DeclKind::Struct(_) | DeclKind::Table(_) | DeclKind::Union(_) => self.layout(*id, view),
                _ => view.to_owned(),
            },
            _ => view.to_owned(),
        }
    }

    fn items(&mut self, element: &Type, view: &str) -> String {
        let item = self.value(element, "it");
        format!("each({view}.iter(), |it| Ok({item}))?")
    }

    fn layout(&mut self, id: DeclId, view: &str) -> String {
        self.wanted.push(id);
        format!("{}({view})?", name(id))
    }

    /// What a box or an optional union holds, which the generated types hold in different ways.
    fn optional(&mut self, ty: &Type, id: DeclId, view: &str) -> String {
        let (content, resource) = (self.layout(id, "it"), self.schema.is_resource(ty));
        let recursive = match &self.schema.decl(id).kind {
            DeclKind::Struct(layout) => layout.recursive,
            DeclKind::Union(layout) => layout.recursive,
            _ => false,
        };
        let borrowed = matches!(ty.kind, TypeKind::Box(_)) || recursive;
        match (resource, recursive) {
            (true, true) => format!("Box::leak(Box::new({}))", optionally(view, &content)),
            (false, _) if borrowed => optionally(view, &format!("&*Box::leak(Box::new({content}))")),
            _ => optionally(view, &content),
        }
    }
}

fn optionally(view: &str, content: &str) -> String {
    format!("match {view} {{ Some(it) => Some({content}), None => None }}")
}

/// Whether views show many of these as a slice.
fn is_number(ty: &Type) -> bool {
    matches!(ty.kind, TypeKind::Primitive(primitive) if primitive != Primitive::Bool)
}
