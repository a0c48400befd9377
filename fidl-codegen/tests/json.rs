//! Schemas as JSON: held against the outputs of the language's first compiler, and against stored expectations.
#![cfg(feature = "json")]

mod support;

use std::path::{Path, PathBuf};
use std::{env, fs};

use fidl_codegen::ir::{LibraryId, Schema};
use fidl_codegen::{Source, json};
use support::{expect, inputs, libraries, package};

fn compile(libraries: &[Vec<Source>]) -> Schema {
    fidl_codegen::compile(libraries).unwrap_or_else(|report| panic!("{}", report.render(false))).schema
}

fn last_library(schema: &Schema) -> String {
    json::write(schema, LibraryId(schema.libraries.len() as u32 - 1))
}

/// The folder that an environment variable names, or one beside the project.
fn folder(variable: &str, usual: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| package().join("..").join(usual), PathBuf::from)
}

/// Files `NAME.test.fidl`, each of a library of its own, for which there is an output `NAME.json.golden` of the
/// first compiler. Told apart are neither the folder of the source nor the versions selected.
#[test]
fn output_is_that_of_the_first_compiler() {
    let folder = folder("FIDLC_TESTDATA_DIR", "../shared/fidlc-testdata");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped, 0 outputs compared: there is no {}", folder.display());
        return;
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut goldens: Vec<PathBuf> =
        paths.filter(|path| path.to_string_lossy().ends_with(".json.golden")).collect();
    goldens.sort();
    for golden in &goldens {
        compare(golden);
    }
    println!("{} outputs compared", goldens.len());
}

fn compare(golden: &Path) {
    let name = golden.file_name().unwrap().to_str().unwrap().replace(".json.golden", ".test.fidl");
    let source = Source::new(name.clone(), fs::read(golden.with_file_name(&name)).unwrap());
    let expected = comparable(&fs::read_to_string(golden).unwrap());
    let actual = comparable(&last_library(&compile(&[vec![source]])));
    let differing = expected.iter().zip(&actual).find(|(expected, actual)| expected != actual);
    assert_eq!((differing, actual.len()), (None, expected.len()), "{name}");
}

/// The lines of a document, without what depends on how the compiler was called: folders, versions, experiments.
fn comparable(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        skipping |= line.starts_with("  \"available\"");
        skipping &= !line.starts_with("  \"library_dependencies\"");
        let shown = match line.split_once("\"filename\": \"") {
            Some((blanks, path)) => format!("{blanks}{}", path.rsplit('/').next().unwrap()),
            None => line.to_owned(),
        };
        if !skipping {
            lines.push(shown);
        }
    }
    lines.push(text[text.trim_end().len()..].to_owned());
    lines
}

#[test]
fn schemas_give_their_json() {
    let results = inputs("json")
        .into_iter()
        .map(|path| expect(&path.with_extension("json"), &last_library(&compile(&libraries(&path)))));
    let complaints: Vec<String> = results.filter_map(Result::err).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
