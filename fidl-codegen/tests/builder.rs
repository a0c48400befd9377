//! The interface for build scripts.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use fidl_codegen::builder::Error;
use fidl_codegen::{Builder, Options};

fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("builder").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    for (file, text) in files {
        fs::write(path.join(file), text).unwrap();
    }
    path
}

const TYPES: (&str, &str) = ("types.fidl", "library a.types; type T = struct { a uint8; };");
const READS: (&str, &str) =
    ("reads.fidl", "library a.store; using a.types; type R = struct { t a.types.T; };");
const WRITES: (&str, &str) = ("writes.fidl", "library a.store; type W = struct { r R; };");

#[test]
fn each_library_gets_a_file() {
    let folder = folder("libraries", &[TYPES, READS, WRITES]);
    let built = Builder::new()
        .file(folder.join("types.fidl"))
        .library([folder.join("reads.fidl"), folder.join("writes.fidl")])
        .out_dir(folder.join("out"))
        .compile()
        .unwrap();
    assert_eq!(built, [folder.join("out/a_types.rs"), folder.join("out/a_store.rs")]);
    assert!(built.iter().all(|path| path.exists()));
}

#[test]
fn dependencies_get_none() {
    let folder = folder("dependencies", &[TYPES, READS, WRITES]);
    let built = Builder::new()
        .dependency([folder.join("types.fidl")])
        .library([folder.join("reads.fidl"), folder.join("writes.fidl")])
        .out_dir(&folder)
        .compile()
        .unwrap();
    assert_eq!(built, [folder.join("a_store.rs")]);
    assert!(!folder.join("a_types.rs").exists());
}

#[test]
fn the_built_in_library_gets_none() {
    let folder =
        folder("zx", &[("h.fidl", "library h; using zx; type H = resource struct { h zx.Handle; };")]);
    let built = Builder::new().file(folder.join("h.fidl")).out_dir(&folder).compile().unwrap();
    assert_eq!(built, [folder.join("h.rs")]);
}

#[test]
fn versions_are_selected() {
    let schema = "@available(added=1) library v; const ALWAYS bool = true; @available(added=3) const LATER bool = true;";
    let folder = folder("versions", &[("v.fidl", schema)]);
    let build = |selected: &str| {
        let mut options = Options::default();
        options.available.select_text(selected).unwrap();
        let builder = Builder::new().file(folder.join("v.fidl")).out_dir(&folder).options(options);
        fs::read_to_string(&builder.compile().unwrap()[0]).unwrap()
    };
    assert!(build("v:3").contains("LATER"));
    assert!(!build("v:2").contains("LATER"));
}

#[test]
fn an_unchanged_file_is_left_alone() {
    let folder = folder("unchanged", &[TYPES]);
    let builder = Builder::new().file(folder.join("types.fidl")).out_dir(&folder);
    let [path] = &builder.compile().unwrap()[..] else { panic!("one library, one file") };
    let file = fs::File::open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    builder.compile().unwrap();
    assert_eq!(fs::metadata(path).unwrap().modified().unwrap(), SystemTime::UNIX_EPOCH);
    fs::write(path, "something else").unwrap();
    builder.compile().unwrap();
    assert_ne!(fs::read_to_string(path).unwrap(), "something else");
}

#[test]
fn failures_are_told() {
    let folder = folder("failures", &[("bad.fidl", "library bad; type A = struct { a b; };")]);
    let build = |file: &str| Builder::new().file(folder.join(file)).out_dir(&folder).compile().unwrap_err();
    let error = build("bad.fidl");
    assert!(matches!(&error, Error::Schema(report) if report.errors() == 1));
    assert!(error.to_string().contains("error[E0052]"), "{error}");
    let error = build("absent.fidl");
    assert!(error.to_string().starts_with("cannot read `"), "{error}");
    assert!(!folder.join("bad.rs").exists());
}

/// Runs itself again as a build script would run, with a schema that has an error.
#[test]
fn a_failed_build_ends_with_status_1_and_no_panic() {
    const SCHEMA: &str = "TEST_BUILDER_SCHEMA";
    if let Some(schema) = std::env::var_os(SCHEMA) {
        Builder::new().file(schema).out_dir(env!("CARGO_TARGET_TMPDIR")).compile_or_exit();
        unreachable!("the schema has an error");
    }
    let folder = folder("status", &[("bad.fidl", "library bad; type A = struct { a b; };")]);
    let mut child = Command::new(std::env::current_exe().unwrap());
    let child = child.args(["--exact", "a_failed_build_ends_with_status_1_and_no_panic", "--nocapture"]);
    let output = child.env(SCHEMA, folder.join("bad.fidl")).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.starts_with("error[E0052]") && !text.contains("panicked"), "{text}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("cargo::rerun-if-changed="));
}
