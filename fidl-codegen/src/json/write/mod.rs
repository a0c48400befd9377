//! From the resolved schema to the form.

mod decls;
mod libraries;
mod protocols;
mod types;

use std::collections::HashMap;

use super::document::{Kind, Library};
use super::parts::{Argument, Attribute, Location};
use super::text::{Entries, spell};
use crate::ir::{self, DeclId, DeclKind, Experiment, LibraryId, Schema};

/// A library of a schema as JSON.
///
/// # Panics
///
/// If `library` is not an id of this schema.
#[must_use]
pub fn write(schema: &Schema, library: LibraryId) -> String {
    spell(&Writer::new(schema, library).document())
}

/// What every part of the form may need to look up.
struct Writer<'a> {
    schema: &'a Schema,
    library: LibraryId,
    /// For each result union the line at which its members begin in the file that holds what is made up.
    lines: HashMap<DeclId, u32>,
}

impl<'a> Writer<'a> {
    fn new(schema: &'a Schema, library: LibraryId) -> Self {
        Self { schema, library, lines: made_up_lines(schema) }
    }

    fn document(&self) -> Library {
        let library = self.schema.library(self.library);
        let experiments = self.schema.experiments.iter().map(|experiment| experiment.name().to_owned());
        let overlays = self.schema.experiments.contains(&Experiment::ZxCTypes);
        Library {
            name: library.name.clone(),
            platform: library.platform.clone(),
            available: self.schema.available.iter().cloned().collect(),
            maybe_attributes: self.attributes(&library.attributes),
            experiments: experiments.collect(),
            library_dependencies: self.dependencies(),
            bits_declarations: self.all(Self::bits),
            const_declarations: self.all(Self::const_),
            enum_declarations: self.all(Self::enum_),
            experimental_resource_declarations: self.all(Self::resource),
            protocol_declarations: self.all(Self::protocol),
            service_declarations: self.all(Self::service),
            struct_declarations: self.all(Self::struct_),
            external_struct_declarations: self.external_structs(),
            table_declarations: self.all(Self::table),
            union_declarations: self.all(Self::union),
            overlay_declarations: overlays.then(|| self.all(Self::overlay)),
            alias_declarations: self.all(Self::alias),
            new_type_declarations: self.all(Self::new_type),
            declaration_order: library.decls.iter().map(|id| self.schema.full_name(*id)).collect(),
            declarations: self.kinds(),
        }
    }

    /// The declarations of one kind, by name.
    fn all<T>(&self, form: impl Fn(&Self, DeclId) -> Option<T>) -> Vec<T> {
        self.by_name(self.library).into_iter().filter_map(|id| form(self, id)).collect()
    }

    /// A library's declarations in the order of the bytes of their names.
    fn by_name(&self, library: LibraryId) -> Vec<DeclId> {
        let mut ids = self.schema.library(library).decls.clone();
        ids.sort_by_key(|id| self.schema.decl(*id).element.name.as_str());
        ids
    }

    /// A library's declarations by kind and name.
    fn by_kind(&self, library: LibraryId) -> Vec<(Kind, DeclId)> {
        let ids = self.by_name(library).into_iter();
        let mut ids: Vec<(Kind, DeclId)> =
            ids.map(|id| (Kind::from(&self.schema.decl(id).kind), id)).collect();
        ids.sort_by_key(|(kind, _)| *kind);
        ids
    }

    fn kinds(&self) -> Entries<Kind> {
        let entries = self.by_kind(self.library).into_iter();
        Entries(entries.map(|(kind, id)| (self.schema.full_name(id), kind)).collect())
    }

    fn location(&self, location: ir::Location) -> Location {
        Location {
            filename: self.schema.files.get(location.file as usize).cloned().unwrap_or_default(),
            line: location.line,
            column: location.column,
            length: location.length,
        }
    }

    fn attributes(&self, attributes: &[ir::Attribute]) -> Vec<Attribute> {
        let form = |attribute: &ir::Attribute| Attribute {
            name: attribute.name.clone(),
            arguments: attribute.arguments.iter().map(|argument| self.argument(argument)).collect(),
            location: self.location(attribute.location),
        };
        attributes.iter().map(form).collect()
    }

    fn argument(&self, argument: &ir::AttributeArgument) -> Argument {
        let ty = match argument.value.value {
            ir::Value::String(_) => "string",
            ir::Value::Bool(_) => "bool",
            ir::Value::Integer(_) | ir::Value::Float(_) => "uint32",
        };
        Argument {
            name: argument.name.clone(),
            r#type: ty.to_owned(),
            value: self.constant(&argument.value),
            location: self.location(argument.location),
        }
    }
}

/// Each result union takes four lines, in the order in which declarations are compiled, library after library.
fn made_up_lines(schema: &Schema) -> HashMap<DeclId, u32> {
    let decls = schema.libraries.iter().flat_map(|library| &library.decls);
    let results =
        decls.filter(|id| matches!(&schema.decl(**id).kind, DeclKind::Union(union) if union.result));
    results.zip(0_u32..).map(|(id, index)| (*id, index.saturating_mul(4).saturating_add(1))).collect()
}
