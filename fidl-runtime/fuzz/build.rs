//! Compiles the schema of all kinds of types, and those of a corpus where there is one, and lists the wire types and the
//! files.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use fidl_codegen::ir::LibraryId;
use fidl_codegen::{Options, Source, compile_with, group_by_library, rust};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-env-changed=FIDL_CORPUS_DIR");
    let corpus =
        env::var_os("FIDL_CORPUS_DIR").map_or_else(|| "../../../shared/fidl-corpus".into(), PathBuf::from);
    let groups = [("project", Path::new("../../schemas/kinds.fidl").to_owned()), ("corpus", corpus)];
    let (mut modules, mut types, mut schemas) = (String::new(), String::new(), String::new());
    for (group, place) in groups {
        println!("cargo::rerun-if-changed={}", place.display());
        let mut files = Vec::new();
        collect(&place, &mut files);
        if files.is_empty() {
            continue;
        }
        let paths: Vec<PathBuf> =
            files.iter().map(|path| path.canonicalize().expect("the file is there")).collect();
        writeln!(schemas, "&{paths:?},").expect("text");
        let sources = files.iter().map(|path| Source::read(path).expect("the file is there")).collect();
        let compiled = compile_with(&Options::default(), &group_by_library(sources));
        let schema = compiled.unwrap_or_else(|report| panic!("{report}")).schema;
        write!(modules, "pub(crate) mod {group} {{").expect("text");
        let libraries = schema.libraries.iter().zip(0..).filter(|(library, _)| !library.builtin);
        for (library, number) in libraries {
            let text = rust::generate(&schema, LibraryId(number));
            let name = rust::file_name(&library.name);
            let file = format!("{group}_{name}");
            fs::write(out.join(&file), &text).expect("OUT_DIR can be written");
            writeln!(modules, "include!(concat!(env!(\"OUT_DIR\"), \"/{file}\"));").expect("text");
            types += &list(&text, &format!("{group}::{}", name.trim_end_matches(".rs")));
        }
        modules += "}\n";
    }
    let index = format!(
        "{modules}\n/// All types.\npub const TYPES: &[Type] = &[\n{types}];\n
        /// The files of each schema.\npub(crate) const FILES: &[&[&str]] = &[\n{schemas}];\n"
    );
    fs::write(out.join("index.rs"), index).expect("OUT_DIR can be written");
}

/// The schemas in a folder, or the one that is given.
fn collect(place: &Path, files: &mut Vec<PathBuf>) {
    if place.extension().is_some_and(|extension| extension == "fidl") {
        files.push(place.to_owned());
    }
    let Ok(entries) = fs::read_dir(place) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().for_each(|path| collect(path, files));
}

/// An entry for each wire type that a generated module declares, with the type that is made of its view, if there is one.
fn list(text: &str, module: &str) -> String {
    let lines = || text.lines().map(str::trim);
    let owned: BTreeMap<&str, &str> = lines().filter_map(owned).collect();
    let entry = |(wire, view): (&str, &str)| match owned.get(view) {
        Some(owned) => format!("owned!({module} {wire} {owned}),\n"),
        None => format!("read!({module} {wire}),\n"),
    };
    lines().filter_map(declared).map(entry).collect()
}

/// The wire type and the view that a line declares.
fn declared(line: &str) -> Option<(&str, &str)> {
    let starts = ["pub struct ", "pub table ", "pub strict union ", "pub flexible union "];
    let rest = starts.iter().find_map(|start| line.strip_prefix(start))?;
    let (wire, rest) = rest.split_once(", ").filter(|(wire, _)| wire.contains("Wire"))?;
    Some((wire, rest.split([' ', ',', '<']).next()?))
}

/// The view and the type that a line announces the conversion between.
fn owned(line: &str) -> Option<(&str, &str)> {
    let (view, owned) = line.strip_prefix("impl From<")?.split_once("> for ")?;
    Some((view.trim_end_matches("<'_>"), owned.trim_end_matches(" {")))
}
