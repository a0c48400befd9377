//! The schemas of a folder, compiled.
//!
//! Where they do not compile, the files at fault are left out one after the other, so that one mistake costs the cases of
//! one file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fidl_codegen::diagnostics::{Report, Severity};
use fidl_codegen::ir::{DeclId, DeclKind, Experiment, Schema, Type, TypeKind};
use fidl_codegen::source::SourceMap;
use fidl_codegen::{Options, Source, compile_with, group_by_library};

/// What came of a folder's schemas.
pub(crate) struct Schemas {
    pub(crate) schema: Schema,
    /// What is wrong with files that were left out: place and message.
    pub(crate) faults: Vec<(String, String)>,
}

/// Compiles schema files.
pub(crate) fn compile(paths: &[PathBuf]) -> Schemas {
    let mut faults = Vec::new();
    let mut files = Vec::new();
    for path in paths {
        match Source::read(path) {
            Ok(source) => files.push(Source { path: file_name(path), ..source }),
            Err(error) => faults.push((file_name(path), error.to_string())),
        }
    }
    let options = Options { experiments: BTreeSet::from(Experiment::ALL), ..Options::default() };
    loop {
        if files.is_empty() {
            return Schemas { schema: Schema::default(), faults };
        }
        let libraries = group_by_library(files.clone());
        match compile_with(&options, &libraries) {
            Ok(compiled) => return Schemas { schema: compiled.schema, faults },
            Err(report) => {
                let found = errors(&report, &libraries.concat());
                files.retain(|file| !found.iter().any(|(path, ..)| *path == file.path));
                if found.is_empty() {
                    faults.push(("the schemas".to_owned(), report.to_string()));
                    files.clear();
                }
                faults.extend(found.into_iter().map(|(path, line, text)| (format!("{path}:{line}"), text)));
            }
        }
    }
}

/// The errors of a report, each with the file and line at fault.
fn errors(report: &Report, files: &[Source]) -> Vec<(String, u32, String)> {
    let mut sources = SourceMap::default();
    for file in files {
        sources.add(file);
    }
    // The library that the compiler supplies stands behind them.
    let errors = report.diagnostics().iter().filter(|it| it.code.severity == Severity::Error);
    let errors = errors.filter(|error| (error.span.file as usize) < files.len());
    let located = errors.map(|error| {
        let file = sources.file(error.span.file);
        let (line, _) = file.line_and_column(error.span.start);
        (file.path.clone(), line, error.label.clone())
    });
    located.collect()
}

/// A file's name without its folder.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The struct, table or union that a case names; `None` if there is none.
pub(crate) fn layout_named(schema: &Schema, name: &str) -> Option<DeclId> {
    let named = |index: &usize| schema.decls[*index].element.name == name;
    let ids = (0..schema.decls.len()).filter(named).map(|index| DeclId(index as u32));
    ids.filter_map(|id| layout(schema, id)).next()
}

/// The layout that a declaration is, or is another name for.
fn layout(schema: &Schema, id: DeclId) -> Option<DeclId> {
    match &schema.decl(id).kind {
        DeclKind::Struct(_) | DeclKind::Table(_) | DeclKind::Union(_) => Some(id),
        DeclKind::Alias(alias) => layout_of(schema, &alias.target),
        DeclKind::NewType(new) => layout_of(schema, &new.target),
        _ => None,
    }
}

fn layout_of(schema: &Schema, ty: &Type) -> Option<DeclId> {
    match ty.kind {
        TypeKind::Named(id) => layout(schema, id),
        _ => None,
    }
}
