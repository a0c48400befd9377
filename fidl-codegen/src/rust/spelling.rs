//! What generated items are called, for a generator whose code stands beside them.

use super::facts::Facts;
use super::types::{Form, one_line};
use super::{Context, OwnedBounds, names};
use crate::ir::{DeclId, Element, Schema, Union};

/// The paths of generated items, as they are where all libraries' modules are.
pub struct Spelling<'a> {
    schema: &'a Schema,
    facts: Facts,
    bounds: OwnedBounds,
}

impl<'a> Spelling<'a> {
    /// Those of a schema's.
    #[must_use]
    pub fn new(schema: &'a Schema) -> Self {
        let bounds = OwnedBounds::default();
        Self { schema, facts: Facts::of(schema, &bounds), bounds }
    }

    /// The type of a declaration's values, without its lifetime.
    #[must_use]
    pub fn value(&self, id: DeclId) -> String {
        self.path(id, Form::Value)
    }

    /// Whether values of a declaration have a lifetime.
    #[must_use]
    pub fn borrows(&self, id: DeclId) -> bool {
        self.facts.borrows(id)
    }

    /// The type that keeps values of a declaration, if there is one; it may be that of its values. Without bounds but the
    /// schema's.
    #[must_use]
    pub fn owned(&self, id: DeclId) -> Option<String> {
        let form = if self.facts.borrows(id) { Form::Owned } else { Form::Value };
        self.context(id).can_be_owned(id).then(|| self.path(id, form))
    }

    /// The view of a struct, table or union, with its lifetime if it has one.
    #[must_use]
    pub fn view(&self, id: DeclId, lifetime: &str) -> String {
        let path = self.path(id, Form::View);
        if self.facts.view_borrows(id) { format!("{path}<{lifetime}>") } else { path }
    }

    /// The type on the wire.
    #[must_use]
    pub fn wire(&self, id: DeclId) -> String {
        self.path(id, Form::Wire)
    }

    /// The field or accessor of a member of a struct or table.
    #[must_use]
    pub fn field(&self, member: &Element) -> String {
        names::snake(&member.name)
    }

    /// The variant of a member of a union.
    #[must_use]
    pub fn variant(&self, layout: &Union, member: &Element) -> String {
        names::variant(&member.name, !layout.strict)
    }

    /// Whether the values of a union have the variant `Unknown`; owned ones of a flexible union have it in any case.
    #[must_use]
    pub fn can_be_unknown(&self, id: DeclId, layout: &Union) -> bool {
        !layout.strict && !layout.resource && !self.facts.borrows(id)
    }

    /// Whether there is nothing in Rust for a declaration, because it is for C.
    #[must_use]
    pub fn is_left_out(&self, id: DeclId) -> bool {
        self.facts.has_no_form(id) || self.facts.names(id).is_none()
    }

    fn context(&self, id: DeclId) -> Context<'_> {
        let library = self.schema.decl(id).library;
        let (schema, facts, bounds) = (self.schema, &self.facts, &self.bounds);
        Context { schema, facts, bounds, library, inside_protocol: false }
    }

    fn path(&self, id: DeclId, form: Form) -> String {
        let name = one_line(&self.context(id).path(id, form));
        let library = self.schema.library(self.schema.decl(id).library);
        if library.builtin {
            return format!("::fidl::zx::{name}");
        }
        format!("{}::{name}", names::library_module(&library.name))
    }
}
