//! What was written to what it means: the one bridge from [`syntax`](crate::syntax) to [`ir`](crate::ir).
//!
//! Each library passes these stages, after all libraries that it may import:
//!
//! 1. `declare`: one flat list of declarations, anonymous layouts named; collisions of names.
//! 2. `imports` and `resolve`: what each reference means.
//! 3. `order`: each declaration after what it needs; cycles.
//! 4. `decls`, with `types`, `constraints`, `constants`, `attributes` and `protocols`: the content of each.
//! 5. `layout`: sizes.
//! 6. `checks`: what can be judged only with sizes.
//!
//! Each stage is a function that takes what the stages before have made and pushes what it has to say into a
//! list. A declaration about which something was reported never becomes ready, and what refers to it stays
//! silent.

mod attributes;
mod checks;
mod constants;
mod constraints;
mod declare;
mod decls;
mod imports;
mod known;
pub(crate) mod names;
mod no_resource;
mod order;
mod ordinals;
mod protocols;
mod resolve;
mod results;
mod services;
mod transports;
mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use attributes::{Place, Values};
use declare::Declared;
use known::{Cx, Known, Symbol};

use crate::diagnostics::{Diagnostic, code, has_errors};
use crate::ir::{
    Attribute, Decl, DeclId, DeclKind, Element, Experiment, Library, LibraryId, Schema, Struct, TypeShape,
};
use crate::layout;
use crate::source::SourceMap;
use crate::syntax::File;
use crate::versions::History;

/// The files of one library.
#[derive(Debug)]
pub struct LibrarySyntax {
    /// The files; at least one.
    pub files: Vec<File>,
    /// Whether the compiler supplies this library itself.
    pub builtin: bool,
    /// The platform whose versions count for it.
    pub platform: String,
    /// When it has which names; the files show one version.
    pub history: Arc<History>,
}

/// Gives libraries their meaning, each after those that it imports. What is given is one version of each. The
/// schema is sound if no error is among the diagnostics.
#[must_use]
pub fn analyze(
    sources: &SourceMap,
    libraries: &[&LibrarySyntax],
    experiments: &BTreeSet<Experiment>,
) -> (Schema, Vec<Diagnostic>) {
    let mut known = Known::default();
    known.schema.experiments.clone_from(experiments);
    let mut out = Vec::new();
    known.schema.files = sources.files().iter().map(|file| file.path.clone()).collect();
    for library in libraries {
        analyze_library(sources, &mut known, library, &mut out);
    }
    (known.schema, out)
}

fn analyze_library(
    sources: &SourceMap,
    known: &mut Known,
    syntax: &LibrarySyntax,
    out: &mut Vec<Diagnostic>,
) {
    let files = &syntax.files;
    let name = library_name(known, files, out);
    let declared = declare::declare(sources, files, known.schema.decls.len() as u32, out);
    let imports = imports::bind(known, files, out);
    imports::collisions(&imports, &declared, out);
    let library = open(sources, known, &declared, name, syntax);
    known.schema.libraries[library.0 as usize].attributes = library_attributes(sources, files, out);
    known.schema.libraries[library.0 as usize].imports = imported(&imports);
    let resolved = resolve::resolve(known, library, files, &imports, out);
    let order = order::order(known, &declared, &resolved, files, out);
    for &id in &order {
        compile(sources, known, &declared, &resolved, library, id, out);
    }
    layout::lay_out(&mut known.schema, &order);
    checks::check(known, files, &declared, out);
    known.schema.libraries[library.0 as usize].decls = order;
}

/// The name that all files must agree on.
fn library_name(known: &Known, files: &[File], out: &mut Vec<Diagnostic>) -> String {
    let mut named = files.iter().filter_map(|file| file.library.as_ref());
    let Some(first) = named.next() else { return String::new() };
    for other in named.filter(|other| other.name != first.name) {
        let label = format!("this is not `{}`", first.name);
        let diagnostic = Diagnostic::new(code::LIBRARY_NAMES_DIFFER, other.span, label);
        out.push(diagnostic.place(first.span, "the first file says this"));
    }
    if known.library(&first.name).is_some() {
        let label = format!("a library `{}` was given before this one", first.name);
        out.push(Diagnostic::new(code::LIBRARY_TWICE, first.span, label));
    }
    first.name.clone()
}

/// The libraries that a library's files import.
fn imported(imports: &[imports::Imports]) -> Vec<LibraryId> {
    let mut libraries: Vec<LibraryId> =
        imports.iter().flat_map(BTreeMap::values).filter_map(|import| import.library).collect();
    libraries.sort();
    libraries.dedup();
    libraries
}

fn library_attributes(sources: &SourceMap, files: &[File], out: &mut Vec<Diagnostic>) -> Vec<Attribute> {
    let libraries = files.iter().filter_map(|file| Some((file, file.library.as_ref()?)));
    let all = libraries.clone().flat_map(|(_, library)| &library.attributes);
    attributes::twice(all, out);
    let mut compiled = Vec::new();
    for (file, library) in libraries {
        for attribute in &library.attributes {
            let values = Values::Library(sources, file);
            let attribute = std::slice::from_ref(attribute);
            compiled.extend(attributes::compile(values, attribute, Place::Library, out));
        }
    }
    compiled
}

/// Enters a library and the names of its declarations.
fn open(
    sources: &SourceMap,
    known: &mut Known,
    declared: &Declared<'_>,
    name: String,
    syntax: &LibrarySyntax,
) -> LibraryId {
    let library = LibraryId(known.schema.libraries.len() as u32);
    let (attributes, imports, decls) = (Vec::new(), Vec::new(), Vec::new());
    let (platform, builtin) = (syntax.platform.clone(), syntax.builtin);
    known.schema.libraries.push(Library { name, platform, attributes, imports, decls, builtin });
    known.histories.push(Arc::clone(&syntax.history));
    let mut names = HashMap::new();
    for (entry, id) in declared.entries.iter().zip(declared.ids()) {
        names.entry(entry.name.clone()).or_insert(id);
        let span = match entry.body {
            declare::Body::Result(method) | declare::Body::EmptySuccess(method) => method.name.span,
            _ => entry.span,
        };
        let deprecated = declared.files[entry.file].deprecated.contains(&span);
        known.schema.decls.push(empty_decl(sources, entry, library, deprecated));
        let class = entry.class(declared.files);
        let members = member_names(declared, entry);
        let mut symbol = Symbol::new(class, entry.caret, members, entry.anonymous);
        symbol.deprecated = deprecated;
        symbol.deprecated_members = deprecated_members(declared, entry);
        known.symbols.push(symbol);
    }
    known.names.push(names);
    known.complete.push(!declared.files.iter().any(|file| file.broken));
    library
}

/// A declaration without its content. Until it is ready it passes for a struct without members.
fn empty_decl(sources: &SourceMap, entry: &declare::Entry<'_>, library: LibraryId, deprecated: bool) -> Decl {
    let location = known::location(sources, entry.span);
    let element = Element { name: entry.name.clone(), attributes: Vec::new(), location, deprecated };
    let content = Struct {
        resource: false,
        recursive: false,
        empty_success: false,
        members: Vec::new(),
        shape: TypeShape::default(),
    };
    Decl {
        library,
        element,
        naming_context: entry.context.clone(),
        anonymous: entry.anonymous,
        kind: DeclKind::Struct(content),
    }
}

fn member_names(declared: &Declared<'_>, entry: &declare::Entry<'_>) -> Vec<String> {
    match entry.body {
        declare::Body::Layout(id) => {
            let layout = &declared.files[entry.file][id];
            layout.members.iter().map(|member| member.name.text.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// The places of the deprecated members among those of a layout.
fn deprecated_members(declared: &Declared<'_>, entry: &declare::Entry<'_>) -> HashSet<u32> {
    let declare::Body::Layout(id) = entry.body else { return HashSet::new() };
    let file = &declared.files[entry.file];
    if file.deprecated.is_empty() {
        return HashSet::new();
    }
    let members = file[id].members.iter().enumerate();
    let deprecated = members.filter(|(_, member)| file.deprecated.contains(&member.name.span));
    deprecated.map(|(index, _)| index as u32).collect()
}

fn compile(
    sources: &SourceMap,
    known: &mut Known,
    declared: &Declared<'_>,
    resolved: &resolve::Resolved,
    library: LibraryId,
    id: DeclId,
    out: &mut Vec<Diagnostic>,
) {
    let Some(entry) = declared.entry(id) else { return };
    let file = &declared.files[entry.file];
    let complete = known.complete[library.0 as usize];
    let cx = Cx { sources, known, declared, resolved, file, file_index: entry.file, library, complete };
    let before = out.len();
    let place = decls::place(cx, entry);
    let attributes = attributes::compile(Values::Declaration(cx), entry.attributes, place, out);
    let kind = decls::compile(cx, entry, id, &attributes, out);
    let sound = !has_errors(&out[before..]);
    known.decl_mut(id).element.attributes = attributes;
    if let Some(kind) = kind {
        if let DeclKind::Protocol(protocol) = &kind {
            known.methods += protocol.methods.len();
        }
        known.decl_mut(id).kind = kind;
        known.symbols[id.0 as usize].ready = sound;
    }
}
