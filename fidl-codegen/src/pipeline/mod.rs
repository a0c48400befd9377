//! The stages in a row: sources to schema.

mod findings;
mod versions;

use std::collections::BTreeSet;

use versions::Library;

use crate::diagnostics::{Diagnostic, Report, has_errors};
use crate::ir::{Experiment, Schema};
use crate::source::{Source, SourceMap};
use crate::syntax::{File, parse};
use crate::versions::Selection;

/// What is asked for besides the sources.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The versions at which libraries that have them are compiled. If this is empty, all are compiled at
    /// [`Version::HEAD`](crate::versions::Version::HEAD); else it must have the platform of each of them.
    pub available: Selection,
    /// The parts of the language that are turned on besides what all schemas may use.
    pub experiments: BTreeSet<Experiment>,
}

/// What compiling gives.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The schema, which keeps all rules of the language.
    pub schema: Schema,
    /// Warnings, and nothing worse.
    pub warnings: Report,
}

/// Compiles libraries. Each is given by its files, and stands after those that it imports; the last one is
/// the one that the run is for. Where a file imports `zx` and no library of that name is given, a small one
/// of the compiler's own is put before all others.
///
/// # Errors
///
/// If a schema breaks a rule of the language. The report has everything that was found, warnings included.
pub fn compile(libraries: &[Vec<Source>]) -> Result<Compiled, Report> {
    compile_with(&Options::default(), libraries)
}

/// Compiles libraries like [`compile`], at the versions that are selected. Whichever these are, the rules of the
/// language must hold at all versions.
///
/// # Errors
///
/// As with [`compile`], or if a selection is given that lacks the platform of a library.
pub fn compile_with(options: &Options, libraries: &[Vec<Source>]) -> Result<Compiled, Report> {
    let mut sources = SourceMap::default();
    let mut diagnostics = Vec::new();
    let given = libraries.iter().filter(|files| !files.is_empty());
    let mut parsed: Vec<Library> = given
        .map(|files| Library {
            files: files.iter().map(|file| parse_one(&mut sources, file, &mut diagnostics)).collect(),
            builtin: false,
        })
        .collect();
    if needs_zx(&parsed) {
        let files = vec![parse_one(&mut sources, &zx(), &mut diagnostics)];
        parsed.insert(0, Library { files, builtin: true });
    }
    let schema = versions::run(&sources, options, parsed, &mut diagnostics);
    let failed = has_errors(&diagnostics);
    let report = Report::new(sources, diagnostics);
    if failed { Err(report) } else { Ok(Compiled { schema, warnings: report }) }
}

fn parse_one(sources: &mut SourceMap, source: &Source, diagnostics: &mut Vec<Diagnostic>) -> File {
    let index = sources.add(source);
    let (file, found) = parse(sources, index);
    diagnostics.extend(found);
    file
}

/// A schema of the compiler's own library `zx` alone.
#[cfg(feature = "json")]
pub(crate) fn built_in_zx() -> Schema {
    let mut sources = SourceMap::default();
    let files = vec![parse_one(&mut sources, &zx(), &mut Vec::new())];
    let library = Library { files, builtin: true };
    versions::run(&sources, &Options::default(), vec![library], &mut Vec::new())
}

/// The library `zx` that is used where none is given.
fn zx() -> Source {
    Source::new("<built-in zx.fidl>", include_str!("../zx.fidl"))
}

fn needs_zx(libraries: &[Library]) -> bool {
    let files = || libraries.iter().flat_map(|library| &library.files);
    let imported = files().flat_map(|file| &file.usings).any(|using| using.library == "zx");
    let given = files().filter_map(|file| file.library.as_ref()).any(|library| library.name == "zx");
    imported && !given
}

/// Groups files by the library that they name, and orders the groups so that each comes after those it
/// imports, as far as there is such an order. Files that name no library stay by themselves.
#[must_use]
pub fn group_by_library(files: Vec<Source>) -> Vec<Vec<Source>> {
    let mut groups: Vec<Group> = Vec::new();
    for source in files {
        let mut sources = SourceMap::default();
        let index = sources.add(&source);
        let tree = parse(&sources, index).0;
        let name = tree.library.map(|library| library.name);
        let imports = tree.usings.into_iter().map(|using| using.library);
        match groups.iter_mut().find(|group| group.name.is_some() && group.name == name) {
            Some(group) => {
                group.imports.extend(imports);
                group.files.push(source);
            }
            None => groups.push(Group { name, imports: imports.collect(), files: vec![source] }),
        }
    }
    in_order(groups).into_iter().map(|group| group.files).collect()
}

struct Group {
    name: Option<String>,
    imports: Vec<String>,
    files: Vec<Source>,
}

/// Takes again and again the first group whose imports are not among those left; if there is none, the first.
fn in_order(mut left: Vec<Group>) -> Vec<Group> {
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waits = |group: &Group| {
            let others = left.iter().filter(|other| other.name != group.name);
            others.filter_map(|other| other.name.as_ref()).any(|name| group.imports.contains(name))
        };
        let next = left.iter().position(|group| !waits(group)).unwrap_or(0);
        ordered.push(left.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_grouped_and_ordered() {
        let files = [
            ("a1", "library a; using b;"),
            ("b1", "library b;"),
            ("a2", "library a; using c;"),
            ("c1", "library c; using b;"),
        ];
        let groups = group_by_library(files.map(|(path, text)| Source::new(path, text)).to_vec());
        let paths: Vec<Vec<&str>> =
            groups.iter().map(|group| group.iter().map(|file| file.path.as_str()).collect()).collect();
        assert_eq!(paths, [vec!["b1"], vec!["c1"], vec!["a1", "a2"]]);
    }
}
