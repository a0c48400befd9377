//! Reading JSON: what was written is read again without loss, and whatever a document says, there is an error or a
//! sound schema.
#![cfg(feature = "json")]

mod support;

use std::path::{Path, PathBuf};
use std::{env, fs};

use fidl_codegen::ir::{Experiment, LibraryId, Schema};
use fidl_codegen::{Options, Source, compile_with, group_by_library, json, rust};
use support::{compile, inputs, package};

/// All libraries of a schema but the compiler's own.
fn given(schema: &Schema) -> impl Iterator<Item = LibraryId> + '_ {
    let libraries = schema.libraries.iter().zip(0..);
    libraries.filter(|(library, _)| !library.builtin).map(|(_, index)| LibraryId(index))
}

fn documents(schema: &Schema) -> Vec<Source> {
    let document = |id| Source::new(format!("{}.json", schema.library(id).name), json::write(schema, id));
    given(schema).map(document).collect()
}

/// What the back end makes of all libraries.
fn generated(schema: &Schema) -> Vec<String> {
    given(schema).map(|id| rust::generate(schema, id)).collect()
}

#[track_caller]
fn survives(name: &str, schema: &Schema) {
    let written = documents(schema);
    let read = json::read(&written).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(documents(&read) == written, "{name}: written again it is another document");
    for (after, before) in generated(&read).into_iter().zip(generated(schema)) {
        for (after, before) in after.lines().zip(before.lines()) {
            assert_eq!(after, before, "{name}");
        }
        assert!(after == before, "{name}: the back end makes something else of it");
    }
}

#[test]
fn stored_schemas_survive() {
    for path in ["ok", "rust", "json"].into_iter().flat_map(inputs) {
        let compiled = compile(&path).unwrap_or_else(|report| panic!("{}", report.render(false)));
        survives(&path.display().to_string(), &compiled.schema);
    }
}

#[test]
fn schemas_of_the_project_survive() {
    let sources = files(&package().join("../schemas"));
    assert!(!sources.is_empty());
    let options = Options { experiments: Experiment::ALL.into(), ..Options::default() };
    let schema = compile_with(&options, &group_by_library(sources)).unwrap().schema;
    survives("schemas", &schema);
}

/// A folder of libraries that belong together, each with a folder of its own, at the newest version.
#[test]
fn corpus_survives() {
    let usual = || package().join("../../shared/fidl-corpus");
    let folder = env::var_os("FIDL_CORPUS_DIR").map_or_else(usual, PathBuf::from);
    let sources: Vec<Source> = folders(&folder).iter().flat_map(|folder| files(folder)).collect();
    if sources.is_empty() {
        println!("skipped, 0 libraries read: there are none in {}", folder.display());
        return;
    }
    let schema = compile_with(&Options::default(), &group_by_library(sources));
    let schema = schema.unwrap_or_else(|report| panic!("{}", report.render(false))).schema;
    survives("corpus", &schema);
    println!("{} libraries read", given(&schema).count());
}

/// The schemas in a folder, by name.
fn files(folder: &Path) -> Vec<Source> {
    let mut paths = entries(folder);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "fidl"));
    paths.iter().map(|path| Source::read(path).unwrap()).collect()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
