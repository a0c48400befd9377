//! Makes Rust of the cases in two folders: `cases` beside this one, and the one that `FIDL_CONFORMANCE_DIR` names.
//!
//! ```text
//! *.test.fidl ──▶ schemas ──▶ the schema ──┬────────▶ Rust of the library
//!                                          ▼                  ▼
//! *.gidl ──▶ gidl ──▶ cases ──▶ typed ──▶ values, expected ──▶ Rust of the cases
//! ```
//!
//! A folder that is not there has no cases. What is wrong with a file becomes a failure of the test, with file and line.

mod again;
mod bindings;
mod emit;
mod expected;
mod gidl;
mod items;
mod nans;
mod schemas;
mod typed;
mod values;

use std::path::{Path, PathBuf};
use std::{env, fs};

use emit::{Emitter, Needs};
use fidl_codegen::builder::write_if_changed;
use fidl_codegen::ir::{LibraryId, Schema};
use fidl_codegen::rust::{Spelling, generate};
use schemas::file_name;

/// Names the folder that is held against.
const VARIABLE: &str = "FIDL_CONFORMANCE_DIR";

fn main() {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    println!("cargo::rerun-if-changed=build");
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets it"));
    let workspace = package.join("../..");
    // A relative path is one from the workspace, where its user is.
    let given = env::var_os(VARIABLE).map_or_else(|| "../shared/conformance".into(), PathBuf::from);
    set("own", &package.join("cases"));
    set("given", &workspace.join(given));
}

/// Makes `OUT_DIR/NAME/mod.rs` of a folder, and the files that it includes.
fn set(name: &str, folder: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it")).join(name);
    fs::create_dir_all(&out).expect("a folder in OUT_DIR");
    let (schema_files, case_files) = (files(folder, ".fidl"), files(folder, ".gidl"));
    for file in schema_files.iter().chain(&case_files) {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    let schemas = schemas::compile(&schema_files);
    let spelling = Spelling::new(&schemas.schema);
    let mut needs = Needs::default();
    let mut modules = Vec::new();
    for (index, path) in case_files.iter().enumerate() {
        let text = cases(&schemas.schema, &spelling, &mut needs, path);
        let module = format!("cases_{index}");
        write(&out.join(format!("{module}.rs")), &text);
        modules.push(module);
    }
    write(&out.join("schema.rs"), &libraries(&schemas.schema));
    write(&out.join("types.rs"), &types(&schemas.schema, &spelling, &needs));
    write(&out.join("mod.rs"), &root(folder, &modules, &schemas.faults));
}

/// What the modules of a set use, besides the types of the schemas.
const PRELUDE: &str = "\
#[allow(unused_imports, reason = \"each module uses a part\")]
mod prelude {
    pub(super) use super::{schema::*, types};
    pub(super) use crate::case::*;
}
";

/// The files of a folder whose names end so, by name.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<_> = paths.filter(|path| file_name(path).ends_with(end)).collect();
    paths.sort();
    paths
}

/// The module of one file of cases.
fn cases(schema: &Schema, spelling: &Spelling<'_>, needs: &mut Needs, path: &Path) -> String {
    let file = file_name(path);
    let mut emitter = Emitter::new(schema, spelling, needs, &file);
    match fs::read_to_string(path) {
        Ok(text) => {
            let (cases, faults) = gidl::parse(&text);
            for fault in faults {
                let place = format!("{file}:{}:{}", fault.place.line, fault.place.column);
                emitter.fault(&place, &fault.message);
            }
            cases.iter().for_each(|case| emitter.case(case));
        }
        Err(error) => emitter.fault(&file, &error.to_string()),
    }
    emitter.finish()
}

/// The modules of all libraries.
fn libraries(schema: &Schema) -> String {
    let libraries = schema.libraries.iter().enumerate().filter(|(_, library)| !library.builtin);
    libraries.map(|(index, _)| generate(schema, LibraryId(index as u32))).collect()
}

/// The module of what the cases need of the types.
fn types(schema: &Schema, spelling: &Spelling<'_>, needs: &Needs) -> String {
    let decoders: String = needs.decoders.iter().map(|id| items::decoder(spelling, *id)).collect();
    let again = again::functions(schema, spelling, &needs.again);
    format!(
        "#[allow(unused_imports)]\nuse super::prelude::*;\n\n{}{decoders}{again}",
        items::trees(schema, spelling)
    )
}

fn root(folder: &Path, modules: &[String], faults: &[(String, String)]) -> String {
    let include = |name: &str| format!("mod {name} {{ include!(\"{name}.rs\"); }}\n");
    let cases: String = modules.iter().map(|name| include(name)).collect();
    let files: Vec<_> = modules.iter().map(|name| format!("&{name}::FILE")).collect();
    let notes =
        faults.iter().map(|(place, text)| format!("Note {{ name: {place:?}, place: \"\", text: {text:?} }}"));
    format!(
        "use crate::case::*;\n\n{PRELUDE}mod schema {{ include!(\"schema.rs\"); }}\n{}{cases}
        pub(crate) static SET: Set = Set {{ folder: {:?}, files: &[{}], faults: &[{}] }};\n",
        include("types"),
        folder.display().to_string(),
        files.join(", "),
        expected::joined(notes)
    )
}

fn write(path: &Path, text: &str) {
    write_if_changed(path, text).unwrap_or_else(|error| panic!("{error}"));
}
