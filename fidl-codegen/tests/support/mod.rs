//! What the tests share: inputs of several files in one, stored expectations, the readable form of the IR.

#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod dump;

use std::path::{Path, PathBuf};
use std::{env, fs};

use fidl_codegen::diagnostics::Report;
use fidl_codegen::ir::Experiment;
use fidl_codegen::{Compiled, Options, Source, compile_with};

/// The package's folder.
pub(crate) fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The inputs in a folder of `tests/`, in the order of their names.
pub(crate) fn inputs(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(package().join("tests").join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "fidl"));
    paths.sort();
    assert!(!paths.is_empty(), "{folder} has no inputs");
    paths
}

/// Compiles an input.
pub(crate) fn compile(path: &Path) -> Result<Compiled, Report> {
    compile_with(&options(path), &libraries(path))
}

/// What an input asks for: a line `//@ available PLATFORM:VERSION,…` selects versions,
/// and `//@ experimental NAME` turns on an experiment.
pub(crate) fn options(path: &Path) -> Options {
    let mut options = Options::default();
    for line in String::from_utf8_lossy(&fs::read(path).unwrap()).lines() {
        if let Some(text) = line.strip_prefix("//@ available ") {
            options.available.select_text(text).unwrap();
        } else if let Some(name) = line.strip_prefix("//@ experimental ") {
            options.experiments.insert(Experiment::of(name).unwrap());
        }
    }
    options
}

/// The libraries in an input. A line `//@ library NAME` begins a library with a file of that name, and
/// `//@ file NAME` another file of the same library.
pub(crate) fn libraries(path: &Path) -> Vec<Vec<Source>> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut libraries = vec![vec![Source::new(name, Vec::new())]];
    for line in fs::read(path).unwrap().split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        if let Some(name) = text.strip_prefix("//@ library ") {
            libraries.push(vec![Source::new(name.trim(), Vec::new())]);
        } else if let Some(name) = text.strip_prefix("//@ file ") {
            libraries.last_mut().unwrap().push(Source::new(name.trim(), Vec::new()));
        } else if !text.starts_with("//@ available ") && !text.starts_with("//@ experimental ") {
            libraries.last_mut().unwrap().last_mut().unwrap().bytes.extend(line);
        }
    }
    if libraries[0][0].bytes.is_empty() && libraries.len() > 1 {
        libraries.remove(0);
    }
    libraries
}

/// Holds a text against the file where the expected one is stored; with `UPDATE_EXPECT=1` the text is stored.
pub(crate) fn expect(path: &Path, actual: &str) -> Result<(), String> {
    if env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1") {
        fs::write(path, actual).unwrap();
        return Ok(());
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    Err(format!("{}\n--- expected\n{expected}\n--- actual\n{actual}", path.display()))
}
