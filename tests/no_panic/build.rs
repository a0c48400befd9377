//! Compiles the project's schemas, and those of a corpus where there is one, and writes for each type functions that
//! validate, read and encode it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use fidl_codegen::ir::{Experiment, LibraryId};
use fidl_codegen::{Options, Source, compile_with, group_by_library, rust};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-env-changed=FIDL_CORPUS_DIR");
    let corpus =
        env::var_os("FIDL_CORPUS_DIR").map_or_else(|| "../../../shared/fidl-corpus".into(), PathBuf::from);
    let groups = [Path::new("../../schemas").to_owned(), corpus];
    let mut index = String::new();
    for (group, folder) in ["project", "corpus"].into_iter().zip(groups) {
        let mut files = Vec::new();
        collect(&folder, &mut files);
        println!("cargo::rerun-if-changed={}", folder.display());
        let sources =
            files.iter().map(|path| Source::read(path).expect("the file is there")).collect::<Vec<_>>();
        writeln!(index, "mod {group} {{").expect("text");
        if !sources.is_empty() {
            let options = Options { experiments: Experiment::ALL.into(), ..Options::default() };
            let compiled = compile_with(&options, &group_by_library(sources));
            let schema = compiled.unwrap_or_else(|report| panic!("{report}")).schema;
            for (number, library) in
                schema.libraries.iter().enumerate().filter(|(_, library)| !library.builtin)
            {
                let text = rust::generate(&schema, LibraryId(number as u32));
                let file = format!("{group}_{}", rust::file_name(&library.name));
                let module = rust::file_name(&library.name).trim_end_matches(".rs").to_owned();
                fs::write(out.join(&file), &text).expect("OUT_DIR can be written");
                writeln!(index, "include!(concat!(env!(\"OUT_DIR\"), \"/{file}\"));").expect("text");
                writeln!(index, "mod use_{module} {{ use super::*; {} }}", functions(&text, &module))
                    .expect("text");
            }
        }
        writeln!(index, "}}").expect("text");
    }
    fs::write(out.join("index.rs"), index).expect("OUT_DIR can be written");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "fidl") {
            files.push(path);
        }
    }
}

/// Functions for each wire type that a generated module declares.
fn functions(text: &str, module: &str) -> String {
    let mut functions = String::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(value) = value_type(line) {
            writeln!(
                functions,
                "impl crate::Touch for {module}::{value} {{ fn touch(self, sink: &mut u64) {{ *sink ^= u64::from(self == self); }} }}"
            )
            .expect("text");
        }
        if let Some((resource, value, wire)) = encoding(line) {
            let number = functions.len();
            let value = value.replace("<'_>", "<'static>");
            let function = if resource { "write" } else { "write_ref" };
            writeln!(
                functions,
                "#[unsafe(no_mangle)] pub unsafe extern \"C\" fn write_{module}_{number}(value: *mut {module}::{value}, room: crate::Message<'_>) -> u64 {{
                     crate::{function}::<{module}::{wire}, _>(value, room) }}"
            )
            .expect("text");
        }
        let declared = ["pub struct ", "pub table ", "pub strict union ", "pub flexible union "];
        let Some(rest) = declared.iter().find_map(|start| line.strip_prefix(start)) else { continue };
        let Some((wire, rest)) = rest.split_once(", ").filter(|(wire, _)| wire.contains("Wire")) else {
            continue;
        };
        let union = line.contains(" union ");
        let flexible = line.starts_with("pub flexible");
        let view = rest.split([' ', ',', '{']).next().unwrap_or_default();
        let generic = view.contains('<');
        let view = view.split('<').next().unwrap_or_default();
        let mut members = Vec::new();
        if !line.ends_with('}') {
            for line in lines.by_ref().take_while(|line| *line != "}") {
                let numbered = line.split_once(' ').filter(|(number, _)| number.parse::<u32>().is_ok());
                let Some((name, ty)) = numbered.and_then(|(_, rest)| rest.split_once(':')) else { continue };
                if ty.contains("=>") {
                    members.push(name.to_owned());
                }
            }
        }
        function(&mut functions, module, wire, view, generic, union.then_some(flexible), &members);
    }
    functions
}

/// What a line of an `encode_…!` with `resource Value<'_> => Wire {` says: whether it holds handles, the value's type, the
/// wire type.
fn encoding(line: &str) -> Option<(bool, &str, &str)> {
    let line = line.split_once("! { ").map_or(line, |(_, rest)| rest);
    let (value, rest) = line.split_once(" => ")?;
    let (resource, value) = value.strip_prefix("resource ").map_or((false, value), |value| (true, value));
    let wire = rest.split(" {").next().filter(|wire| wire.contains("Wire") && rest.contains(" {"))?;
    let is_name = |text: &str| text.chars().all(|letter| letter.is_alphanumeric() || "_<>'".contains(letter));
    (is_name(value) && is_name(wire)).then_some((resource, value, wire))
}

/// The enum or bits that a line declares the wire form of.
fn value_type(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("Wire: ")?;
    let (number, rest) = rest.split_once(" as ")?;
    let (_, rest) = rest.split_once(" => ")?;
    let name = rest.split(',').next()?;
    number.starts_with(['u', 'i', ':']).then_some(name).filter(|name| !name.contains(['<', '&']))
}

fn function(
    out: &mut String,
    module: &str,
    wire: &str,
    view: &str,
    generic: bool,
    union: Option<bool>,
    members: &[String],
) {
    let lifetime = if generic { "<'_>" } else { "" };
    let body = match union {
        None => members
            .iter()
            .map(|name| format!("crate::Touch::touch(self.{name}(), sink);"))
            .collect::<String>(),
        Some(flexible) => {
            let arm = |name: &String| {
                format!("{module}::{view}::{name}(value) => crate::Touch::touch(value, sink),")
            };
            let unknown = format!("{module}::{view}::Unknown(value) => crate::Touch::touch(value, sink),");
            let arms: String = members.iter().map(arm).chain(flexible.then_some(unknown)).collect();
            format!("match self {{ {arms} }}")
        }
    };
    writeln!(
        out,
        "impl crate::Touch for {module}::{view}{lifetime} {{ fn touch(self, sink: &mut u64) {{ let _ = &sink; {body} }} }}
         #[unsafe(no_mangle)] pub unsafe extern \"C\" fn read_{module}_{wire}(message: crate::Message<'_>) -> u64 {{
             crate::read::<{module}::{wire}>(message) }}"
    )
    .expect("text");
}
