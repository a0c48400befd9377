//! Schemas as JSON: held against the outputs of the language's first compiler, and against stored expectations.
#![cfg(feature = "json")]

mod support;

use std::path::{Path, PathBuf};
use std::{env, fs};

use fidl_codegen::ir::{Experiment, LibraryId, Schema};
use fidl_codegen::{Options, Source, compile_with, json};
use support::{compile, expect, inputs, package};

fn schema(path: &Path) -> Schema {
    compile(path).unwrap_or_else(|report| panic!("{}", report.render(false))).schema
}

fn last_library(schema: &Schema) -> String {
    json::write(schema, LibraryId(schema.libraries.len() as u32 - 1))
}

/// The folder that an environment variable names, or one beside the project.
fn folder(variable: &str, usual: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| package().join("..").join(usual), PathBuf::from)
}

/// Files `NAME.test.fidl`, each of a library of its own, for which there is an output `NAME.json.golden` of the
/// first compiler. The folder of the source is not told apart.
#[test]
fn output_is_that_of_the_first_compiler() {
    let goldens = goldens();
    goldens.iter().for_each(|golden| compare(golden));
    match goldens.len() {
        0 => println!("skipped, 0 outputs compared: FIDLC_TESTDATA_DIR has none"),
        count => println!("{count} outputs compared"),
    }
}

fn goldens() -> Vec<PathBuf> {
    let folder = folder("FIDLC_TESTDATA_DIR", "../shared/fidlc-testdata");
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(".json.golden"));
    paths.sort();
    paths
}

fn compare(golden: &Path) {
    let name = golden.file_name().unwrap().to_str().unwrap().replace(".json.golden", ".test.fidl");
    let source = Source::new(name.clone(), fs::read(golden.with_file_name(&name)).unwrap());
    let mut options = Options::default();
    for text in ["fuchsia:HEAD", "test:HEAD"] {
        options.available.select_text(text).unwrap();
    }
    options.experiments.insert(Experiment::OutputIndexJson);
    let compiled = compile_with(&options, &[vec![source]]);
    let schema = compiled.unwrap_or_else(|report| panic!("{}", report.render(false))).schema;
    let (actual, expected) = (last_library(&schema), fs::read_to_string(golden).unwrap());
    let (actual, expected) = (without_folders(&actual), without_folders(&expected));
    let differing = expected.iter().zip(&actual).find(|(expected, actual)| expected != actual);
    assert_eq!((differing, actual.len()), (None, expected.len()), "{name}");
}

/// What the first compiler wrote can be read, and written again it is the same.
#[test]
fn output_of_the_first_compiler_can_be_read() {
    for golden in goldens() {
        let source = Source::read(&golden).unwrap();
        let schema = json::read(std::slice::from_ref(&source)).unwrap_or_else(|error| panic!("{error}"));
        assert!(last_library(&schema).as_bytes() == source.bytes, "{}", golden.display());
    }
}

/// The lines of a document, with the names of files alone.
fn without_folders(text: &str) -> Vec<String> {
    let line = |line: &str| match line.split_once("\"filename\": \"") {
        Some((blanks, path)) => format!("{blanks}{}", path.rsplit('/').next().unwrap()),
        None => line.to_owned(),
    };
    text.split('\n').map(line).collect()
}

#[test]
fn schemas_give_their_json() {
    let results = inputs("json")
        .into_iter()
        .map(|path| expect(&path.with_extension("json"), &last_library(&schema(&path))));
    let complaints: Vec<String> = results.filter_map(Result::err).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
