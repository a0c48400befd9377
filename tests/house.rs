//! The walls of `fidl-runtime` and `fidl-codegen`: a module imports only modules below it.
//!
//! Each crate's table lists its top-level modules with their rank. A module may name modules of a lower rank,
//! itself, and the siblings listed beside it.

use std::fs;
use std::path::{Path, PathBuf};

/// A top-level module, its rank, and the modules of the same rank that it may name.
type Room = (&'static str, u32, &'static [&'static str]);

const RUNTIME: &[Room] = &[
    ("limits", 0, &[]),
    ("planted", 0, &[]),
    ("counters", 0, &[]),
    ("sync", 0, &[]),
    ("wire", 1, &[]),
    ("storage", 1, &[]),
    ("task", 2, &[]),
    ("kernel", 2, &["task"]),
    ("message", 3, &[]),
    ("at_rest", 3, &[]),
    ("reactor", 4, &[]),
    ("domain", 4, &["reactor"]),
    ("server", 5, &[]),
    ("client", 5, &[]),
    ("adapter", 6, &[]),
    ("error", 6, &[]),
    ("zx", 6, &[]),
    ("generated", 7, &[]),
];

const CODEGEN: &[Room] = &[
    ("source", 0, &[]),
    ("diagnostics", 1, &[]),
    ("syntax", 2, &[]),
    ("ir", 2, &[]),
    ("ordinal", 2, &[]),
    ("layout", 3, &[]),
    ("versions", 3, &[]),
    ("sema", 4, &["layout"]),
    ("rust", 5, &[]),
    ("json", 5, &["pipeline"]),
    ("budget", 5, &[]),
    ("pipeline", 5, &[]),
    ("builder", 6, &[]),
    ("cli", 7, &[]),
];

#[test]
fn runtime_modules_import_downwards() {
    check("fidl-runtime/src", RUNTIME);
}

#[test]
fn codegen_modules_import_downwards() {
    check("fidl-codegen/src", CODEGEN);
}

/// Wire, storage and tasks know neither a kernel nor the standard library.
#[test]
fn lowest_layers_know_no_kernel_and_no_std() {
    for room in ["wire", "storage", "task"] {
        for file in files_of(&root().join("fidl-runtime/src"), room) {
            for (number, line) in code_lines(&file) {
                assert!(!line.contains("std::"), "{}:{number} names std: {line}", file.display());
                assert!(
                    !line.contains("fuchsia_zircon"),
                    "{}:{number} names the kernel: {line}",
                    file.display()
                );
            }
        }
    }
}

fn check(source: &str, table: &[Room]) {
    let source = root().join(source);
    let mut complaints = unknown_rooms(&source, table);
    let mut checked = 0;
    for (room, rank, siblings) in table {
        for file in files_of(&source, room) {
            checked += 1;
            for (number, line) in code_lines(&file) {
                for target in line.split("crate::").skip(1).filter_map(first_word) {
                    let known = table.iter().find(|(name, ..)| *name == target);
                    let Some((_, target_rank, _)) = known else { continue };
                    if target != *room && target_rank >= rank && !siblings.contains(&target) {
                        complaints.push(format!("{}:{number} imports `{target}`", file.display()));
                    }
                }
            }
        }
    }
    assert!(complaints.is_empty(), "imports against the arrows:\n{}", complaints.join("\n"));
    println!("{checked} files checked in {}", source.display());
}

/// Modules that have no rank.
fn unknown_rooms(source: &Path, table: &[Room]) -> Vec<String> {
    let entries = fs::read_dir(source).unwrap().map(|entry| entry.unwrap().path());
    let rooms =
        entries.filter(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs"));
    let names = rooms.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    let unknown = names.filter(|name| !matches!(&**name, "lib" | "main"));
    let unknown = unknown.filter(|name| !table.iter().any(|(room, ..)| room == name));
    unknown.map(|name| format!("{}: `{name}` has no rank", source.display())).collect()
}

/// The files of a top-level module: `room.rs` and all below `room/`.
fn files_of(source: &Path, room: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let single = source.join(format!("{room}.rs"));
    if single.exists() {
        files.push(single);
    }
    collect(&source.join(room), &mut files);
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(&path) {
            files.push(path);
        }
    }
}

/// Whether a file holds tests alone.
fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| name.to_string_lossy().ends_with("tests"))
}

/// The lines of a file before its test module, without comments.
fn code_lines(file: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]") && !line.starts_with("#[cfg(all(test"))
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line.to_owned()))
        .collect()
}

fn first_word(text: &str) -> Option<&str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
