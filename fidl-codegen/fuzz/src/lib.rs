//! What the fuzz targets share.

use std::path::Path;
use std::{env, fs};

use fidl_codegen::ir::{Experiment, LibraryId};
use fidl_codegen::{Options, Source, compile_with, json, rust};

/// Compiles libraries, and makes all there is to make of them. The versions are those that `choice` picks.
pub fn exercise(libraries: &[Vec<Source>], choice: u8) {
    match compile_with(&options(choice), libraries) {
        Ok(compiled) => {
            drop(compiled.warnings.render(false));
            let schema = &compiled.schema;
            let libraries = schema.libraries.iter().zip(0..);
            // The library that the compiler supplies is not written down.
            let ids = libraries.filter(|(library, _)| !library.builtin).map(|(_, index)| LibraryId(index));
            let documents =
                ids.clone().map(|id| Source::new(format!("{}.json", id.0), json::write(schema, id)));
            let read = json::read(&documents.collect::<Vec<_>>()).expect("what was written can be read");
            for id in ids {
                assert_eq!(
                    rust::generate(schema, id),
                    rust::generate(&read, id),
                    "after a detour through JSON"
                );
            }
        }
        Err(report) => assert!(!report.render(false).is_empty(), "a report without errors"),
    }
}

fn options(choice: u8) -> Options {
    let mut options = Options::default();
    let selected = ["", "test:1", "test:3", "test:1,2,NEXT,HEAD", "test:LEGACY"][usize::from(choice % 5)];
    if !selected.is_empty() {
        options.available.select_text(selected).expect("a selection of the right form");
    }
    if choice >= 128 {
        options.experiments.extend(Experiment::ALL);
    }
    options
}

/// The libraries in a text. A line `//@ library NAME` begins a library with a file of that name, and `//@ file NAME`
/// another file of the same library.
#[must_use]
pub fn libraries(text: &[u8]) -> Vec<Vec<Source>> {
    let mut libraries = vec![vec![Source::new("input.fidl", Vec::new())]];
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let words = String::from_utf8_lossy(line);
        if let Some(name) = words.strip_prefix("//@ library ") {
            libraries.push(vec![Source::new(name.trim(), Vec::new())]);
        } else if let (Some(name), Some(files)) = (words.strip_prefix("//@ file "), libraries.last_mut()) {
            files.push(Source::new(name.trim(), Vec::new()));
        } else if let Some(file) = libraries.last_mut().and_then(|files| files.last_mut()) {
            file.bytes.extend(line);
        }
    }
    if libraries.len() > 1 && libraries[0][0].bytes.is_empty() {
        libraries.remove(0);
    }
    libraries
}

/// The inputs of the compiler's own tests.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let folder = env::var("FIDL_SEEDS_DIR")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../tests").to_owned());
    let mut seeds = Vec::new();
    for kind in ["ok", "err", "rust"] {
        let Ok(entries) = fs::read_dir(Path::new(&folder).join(kind)) else { continue };
        let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.sort();
        let fidl = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "fidl"));
        seeds.extend(fidl.filter_map(|path| fs::read(path).ok()));
    }
    assert!(!seeds.is_empty(), "no seeds in {folder}");
    seeds
}
