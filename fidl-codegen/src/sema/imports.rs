//! The imports of each file.

use std::collections::{BTreeMap, HashMap};

use super::declare::Declared;
use super::known::Known;
use super::names::canonical;
use crate::diagnostics::{Diagnostic, code, nearest};
use crate::ir::LibraryId;
use crate::source::Span;
use crate::syntax::{File, Using};

/// The imports of one file, by the name that the file uses.
pub(super) type Imports = BTreeMap<String, Import>;

/// One import.
pub(super) struct Import {
    /// `None` if there is no such library, which was reported.
    pub(super) library: Option<LibraryId>,
    /// Where the library is named.
    pub(super) span: Span,
}

/// Binds the imports of each file.
pub(super) fn bind(known: &Known, files: &[File], out: &mut Vec<Diagnostic>) -> Vec<Imports> {
    files.iter().map(|file| bind_file(known, file, out)).collect()
}

fn bind_file(known: &Known, file: &File, out: &mut Vec<Diagnostic>) -> Imports {
    let mut imports = Imports::new();
    let mut libraries: HashMap<&str, Span> = HashMap::new();
    for using in &file.usings {
        if let Some(first) = libraries.get(using.library.as_str()) {
            let label = format!("`{}` is imported again", using.library);
            out.push(
                Diagnostic::new(code::IMPORT_TWICE, using.span, label).place(*first, "first imported here"),
            );
            continue;
        }
        libraries.insert(&using.library, using.span);
        let library = known.library(&using.library);
        if library.is_none() {
            out.push(unknown_library(known, using));
        }
        bind_using(&mut imports, using, library, out);
    }
    imports
}

fn bind_using(imports: &mut Imports, using: &Using, library: Option<LibraryId>, out: &mut Vec<Diagnostic>) {
    let name = using.alias.as_ref().map_or(&using.library, |alias| &alias.text);
    if let Some(other) = imports.get(name) {
        let code = if using.alias.is_some() { code::IMPORT_ALIAS_TAKEN } else { code::IMPORT_NAME_TWICE };
        let label = format!("`{name}` means another library already");
        let span = using.alias.as_ref().map_or(using.span, |alias| alias.span);
        out.push(Diagnostic::new(code, span, label).place(other.span, "imported here"));
        return;
    }
    imports.insert(name.clone(), Import { library, span: using.span });
}

fn unknown_library(known: &Known, using: &Using) -> Diagnostic {
    let names = known.schema.libraries.iter().map(|library| library.name.as_str());
    let nearest = nearest(&using.library, names);
    let label = format!("`{}` is not among the libraries given before this one", using.library);
    Diagnostic::new(code::UNKNOWN_LIBRARY, using.span, label).did_you_mean(nearest)
}

/// Reports declarations that are named like an import of any file.
pub(super) fn collisions(imports: &[Imports], declared: &Declared<'_>, out: &mut Vec<Diagnostic>) {
    let mut bound: HashMap<String, (&str, Span)> = HashMap::new();
    for (name, import) in imports.iter().flatten() {
        bound.entry(canonical(name)).or_insert((name, import.span));
    }
    for entry in &declared.entries {
        let Some((name, span)) = bound.get(&canonical(&entry.name)) else { continue };
        let code = if *name == entry.name { code::NAME_IS_IMPORT } else { code::CANONICAL_NAME_IS_IMPORT };
        let label = format!("`{}` is the name of an imported library", name);
        out.push(Diagnostic::new(code, entry.caret, label).place(*span, "imported here"));
    }
}
