//! What is known while a library is worked on: the libraries before it, and its own declarations as far as
//! they are compiled.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::ir::{Decl, DeclId, DeclKind, LibraryId, Schema};
use crate::source::{SourceMap, Span};
use crate::syntax::{File, LayoutClass};
use crate::versions::History;

/// All libraries and declarations so far. A declaration has an id and a [`Symbol`] from the moment its name
/// is known; its kind in the schema counts once it is ready.
#[derive(Default)]
pub(super) struct Known {
    pub(super) schema: Schema,
    /// One for each declaration of the schema.
    pub(super) symbols: Vec<Symbol>,
    /// For each library its declarations by name.
    pub(super) names: Vec<HashMap<String, DeclId>>,
    /// For each library whether its files could be read in full. If not, a missing name may be one of those
    /// that could not be read, and is not reported.
    pub(super) complete: Vec<bool>,
    /// For each library when it has which names.
    pub(super) histories: Vec<Arc<History>>,
    /// How many methods all protocols have together, composed ones included.
    pub(super) methods: usize,
}

/// What can be said of a declaration before it is compiled.
pub(super) struct Symbol {
    pub(super) class: Class,
    /// For diagnostics: the name, or the head of an anonymous layout.
    pub(super) span: Span,
    /// The names of its members.
    pub(super) members: Vec<String>,
    index: HashMap<String, u32>,
    pub(super) anonymous: bool,
    /// It is deprecated.
    pub(super) deprecated: bool,
    /// The places of the members that are deprecated.
    pub(super) deprecated_members: HashSet<u32>,
    /// It is compiled and sound. Of a declaration that never becomes ready something was reported.
    pub(super) ready: bool,
}

impl Symbol {
    /// Of a declaration that is not ready.
    pub(super) fn new(class: Class, span: Span, members: Vec<String>, anonymous: bool) -> Self {
        let mut index = HashMap::new();
        for (place, member) in members.iter().enumerate() {
            index.entry(member.clone()).or_insert(place as u32);
        }
        let (deprecated, deprecated_members) = (false, HashSet::new());
        Self { class, span, members, index, anonymous, deprecated, deprecated_members, ready: false }
    }

    /// The place of a member among the members.
    pub(super) fn member(&self, name: &str) -> Option<u32> {
        self.index.get(name).copied()
    }
}

/// The kinds of declarations, as far as they are told apart by syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Const,
    Alias,
    NewType,
    Layout(LayoutClass),
    Resource,
    Protocol,
    Service,
    Broken,
}

impl Class {
    /// What to call a declaration of this kind in a sentence.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Const => "a constant",
            Self::Alias => "an alias",
            Self::NewType => "a new type",
            Self::Layout(LayoutClass::Bits) => "a bits type",
            Self::Layout(LayoutClass::Enum) => "an enum",
            Self::Layout(LayoutClass::Struct) => "a struct",
            Self::Layout(LayoutClass::Table) => "a table",
            Self::Layout(LayoutClass::Union) => "a union",
            Self::Layout(LayoutClass::Overlay) => "an overlay",
            Self::Resource => "a resource definition",
            Self::Protocol => "a protocol",
            Self::Service => "a service",
            Self::Broken => "broken",
        }
    }
}

impl Known {
    pub(super) fn symbol(&self, id: DeclId) -> &Symbol {
        &self.symbols[id.0 as usize]
    }

    pub(super) fn class(&self, id: DeclId) -> Class {
        self.symbol(id).class
    }

    /// A declaration's content, once it is ready.
    pub(super) fn ready(&self, id: DeclId) -> Option<&DeclKind> {
        self.symbol(id).ready.then(|| &self.schema.decl(id).kind)
    }

    pub(super) fn decl_mut(&mut self, id: DeclId) -> &mut Decl {
        &mut self.schema.decls[id.0 as usize]
    }

    /// A declaration's name, with its library's where that is another one.
    pub(super) fn shown_name(&self, id: DeclId, from: LibraryId) -> String {
        let decl = self.schema.decl(id);
        if decl.library == from {
            decl.element.name.clone()
        } else {
            format!("{}.{}", self.schema.library(decl.library).name, decl.element.name)
        }
    }

    /// The library of this name.
    pub(super) fn library(&self, name: &str) -> Option<LibraryId> {
        let index = self.schema.libraries.iter().position(|library| library.name == name)?;
        Some(LibraryId(index as u32))
    }
}

/// What the functions that compile one declaration look at.
#[derive(Clone, Copy)]
pub(super) struct Cx<'a> {
    pub(super) sources: &'a SourceMap,
    pub(super) known: &'a Known,
    pub(super) declared: &'a super::declare::Declared<'a>,
    pub(super) resolved: &'a super::resolve::Resolved,
    /// The file in which the declaration stands, and its number within the library.
    pub(super) file: &'a File,
    pub(super) file_index: usize,
    pub(super) library: LibraryId,
    /// Whether all files of the library could be read in full, so that no name is missing for that reason.
    pub(super) complete: bool,
}

/// The library's own place of a span.
pub(super) fn location(sources: &SourceMap, span: Span) -> crate::ir::Location {
    let (line, column) = sources.file(span.file).line_and_column(span.start);
    crate::ir::Location { file: span.file, line, column, length: span.len() }
}
