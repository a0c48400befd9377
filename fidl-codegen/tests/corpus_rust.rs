//! Real libraries as Rust: each is compiled, and the Rust of all of them is one crate that compiles, passes the linter and
//! is documented without a warning. So is the Rust of the schemas in `rust/`.
//!
//! `FIDL_CORPUS_DIR` is a folder with a folder per library, `FIDLC_TESTDATA_DIR` one with a file per library. What is not
//! there is skipped.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use fidl_codegen::builder::write_if_changed;
use fidl_codegen::ir::{LibraryId, Schema};
use fidl_codegen::rust::{file_name, generate};
use fidl_codegen::source::SourceMap;
use fidl_codegen::syntax::parse;
use fidl_codegen::{Options, Source, compile_with};
use support::{inputs, libraries, options, package};

#[test]
fn real_libraries_are_sound_rust() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("corpus_rust");
    let mut root = "//! Generated code.\n#![deny(missing_docs)]\n".to_owned();
    let mut refused = Vec::new();
    let corpus = read("FIDL_CORPUS_DIR", "fidl-corpus");
    let testdata = read("FIDLC_TESTDATA_DIR", "fidlc-testdata");
    // What the test data imports is in the corpus.
    let everything = [corpus.clone(), testdata.clone()].concat();
    println!("{:<28} {:>6} {:>8} {:>10} {:>9}", "library", "decls", "schema", "generated", "time");
    for (name, targets) in [("corpus", &corpus), ("testdata", &testdata)] {
        let mut module = Module::new(&folder, name);
        for library in targets {
            match with_imports(library, &everything) {
                Ok(all) => refused.extend(module.add(&Options::default(), &all)),
                Err(missing) => println!("{} skipped: `{missing}` is not there", library.name),
            }
        }
        // Theirs are modules in the same place.
        for library in corpus.iter().filter(|library| !targets.iter().any(|it| it.name == library.name)) {
            module.add_quietly(library, &everything);
        }
        root += &module.declaration();
    }
    root += &own(&folder).declaration();
    write_if_changed(&folder.join("src/lib.rs"), &root).unwrap();
    check(&folder);
    assert!(refused.is_empty(), "refused:\n{}", refused.join("\n"));
}

/// The schemas in `rust/`.
fn own(folder: &Path) -> Module {
    let mut module = Module::new(folder, "own");
    for path in inputs("rust") {
        let libraries = libraries(&path);
        for count in 1..=libraries.len() {
            let refused = module.add(&options(&path), &libraries[..count]);
            assert!(refused.is_none(), "{refused:?}");
        }
    }
    module
}

/// The files of a library, and what they say.
#[derive(Clone)]
struct Library {
    name: String,
    files: Vec<Source>,
    imports: BTreeSet<String>,
}

/// The libraries in a folder, by name.
fn read(variable: &str, otherwise: &str) -> Vec<Library> {
    let folder =
        env::var_os(variable).map_or_else(|| package().join("../../shared").join(otherwise), PathBuf::from);
    let mut paths = Vec::new();
    find(&folder, &mut paths);
    paths.sort();
    println!("{variable}: {} files{}", paths.len(), if paths.is_empty() { ", skipped" } else { "" });
    let mut libraries: Vec<Library> = Vec::new();
    for path in paths {
        let file = Source::read(&path).unwrap();
        let mut sources = SourceMap::default();
        let index = sources.add(&file);
        let tree = parse(&sources, index).0;
        let name = tree.library.expect("a file names its library").name;
        let imports = tree.usings.into_iter().map(|using| using.library);
        match libraries.iter_mut().find(|library| library.name == name) {
            Some(library) => {
                library.imports.extend(imports);
                library.files.push(file);
            }
            None => libraries.push(Library { name, files: vec![file], imports: imports.collect() }),
        }
    }
    libraries
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            find(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "fidl") {
            paths.push(path);
        }
    }
}

/// A library behind all that it imports, at whatever remove; or what is missing.
fn with_imports(library: &Library, all: &[Library]) -> Result<Vec<Vec<Source>>, String> {
    fn add(
        library: &Library,
        all: &[Library],
        done: &mut Vec<String>,
        out: &mut Vec<Vec<Source>>,
    ) -> Result<(), String> {
        if done.contains(&library.name) {
            return Ok(());
        }
        done.push(library.name.clone());
        for import in &library.imports {
            match all.iter().find(|it| it.name == *import) {
                Some(import) => add(import, all, done, out)?,
                // The compiler has one of its own.
                None if import == "zx" => {}
                None => return Err(import.clone()),
            }
        }
        out.push(library.files.clone());
        Ok(())
    }
    let mut out = Vec::new();
    add(library, all, &mut Vec::new(), &mut out).map(|()| out)
}

/// A module of the crate, with a module per library in it.
struct Module {
    folder: PathBuf,
    name: &'static str,
    files: BTreeSet<String>,
}

impl Module {
    fn new(folder: &Path, name: &'static str) -> Self {
        Self { folder: folder.join("src").join(name), name, files: BTreeSet::new() }
    }

    /// Adds the last of some libraries and says how large it is. If it is refused, why.
    fn add(&mut self, options: &Options, libraries: &[Vec<Source>]) -> Option<String> {
        let begun = Instant::now();
        let schema = match compile(options, libraries) {
            Ok(schema) => schema,
            Err(why) => return Some(why),
        };
        let last = LibraryId(schema.libraries.len() as u32 - 1);
        let text = generate(&schema, last);
        let time = begun.elapsed();
        let library = schema.target();
        let lines = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').count();
        let schema_lines: usize = libraries.last().unwrap().iter().map(|file| lines(&file.bytes)).sum();
        let (decls, generated) = (library.decls.len(), lines(text.as_bytes()));
        println!("{:<28} {decls:>6} {schema_lines:>8} {generated:>10} {time:>9.1?}", library.name);
        self.write(&library.name, &text);
        None
    }

    /// Adds a library that others refer to.
    fn add_quietly(&mut self, library: &Library, all: &[Library]) {
        let Ok(libraries) = with_imports(library, all) else { return };
        let Ok(schema) = compile(&Options::default(), &libraries) else { return };
        let last = LibraryId(schema.libraries.len() as u32 - 1);
        self.write(&library.name, &generate(&schema, last));
    }

    fn write(&mut self, library: &str, text: &str) {
        let name = file_name(library);
        write_if_changed(&self.folder.join(&name), text).unwrap();
        self.files.insert(name);
    }

    fn declaration(&self) -> String {
        let mut text = format!("/// Libraries.\npub mod {} {{\n", self.name);
        for file in &self.files {
            let _ = writeln!(text, "    include!(\"{}/{file}\");", self.name);
        }
        text + "}\n"
    }
}

fn compile(options: &Options, libraries: &[Vec<Source>]) -> Result<Schema, String> {
    match compile_with(options, libraries) {
        Ok(compiled) => Ok(compiled.schema),
        Err(report) => Err(report.render(false)),
    }
}

/// Runs the linter and the documentation tool on the crate.
fn check(folder: &Path) {
    let runtime = package().join("../fidl-runtime").canonicalize().unwrap();
    let manifest = format!(
        "[package]\nname = \"corpus-rust\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nfidl-runtime = {{ path = {runtime:?} }}\n\n[workspace]\n"
    );
    write_if_changed(&folder.join("Cargo.toml"), &manifest).unwrap();
    fs::copy(package().join("../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    for (command, arguments) in [("clippy", &["--", "-D", "warnings"][..]), ("doc", &["--no-deps"])] {
        let begun = Instant::now();
        let output = Command::new(env!("CARGO"))
            .args([command, "--offline", "--quiet", "--manifest-path"])
            .arg(folder.join("Cargo.toml"))
            .args(arguments)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env("RUSTDOCFLAGS", "-D warnings")
            .output()
            .unwrap();
        assert!(output.status.success(), "cargo {command}:\n{}", String::from_utf8_lossy(&output.stderr));
        println!("cargo {command}: {:.1?}", begun.elapsed());
    }
}
