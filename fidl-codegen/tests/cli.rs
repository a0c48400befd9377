//! The command: exit status and text.
#![cfg(feature = "cli")]

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

/// A folder of its own for each test, with files in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        for (file, text) in files {
            fs::write(path.join(file), text).unwrap();
        }
        Self(path)
    }

    /// Runs the command in the folder; gives its status, standard output and standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fidl-codegen"));
        let output = command.args(arguments).current_dir(&self.0).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

const GOOD: (&str, &str) = ("good.fidl", "library example.good;\ntype A = struct { a uint8; };\n");
const BAD: (&str, &str) = ("bad.fidl", "library example.bad;\ntype A = struct { a uint9; };\n");
const USER: (&str, &str) =
    ("user.fidl", "library user;\nusing example.good;\ntype B = struct { a example.good.A; };\n");

#[test]
fn check_is_silent_about_good_schemas() {
    let folder = Folder::new("check_good", &[GOOD]);
    assert_eq!(folder.run(&["check", "good.fidl"]), (0, String::new(), String::new()));
}

#[test]
fn check_draws_what_is_wrong() {
    let folder = Folder::new("check_bad", &[BAD]);
    let expected = "\
error[E0052]: this name is not declared
 --> bad.fidl:2:21
  |
2 | type A = struct { a uint9; };
  |                     ^^^^^ library `example.bad` has no `uint9`
  |
help: did you mean `uint8`?

1 error
";
    assert_eq!(folder.run(&["check", "bad.fidl"]), (1, String::new(), expected.to_owned()));
}

#[test]
fn check_puts_libraries_in_order() {
    let folder = Folder::new("check_order", &[GOOD, USER]);
    assert_eq!(folder.run(&["check", "user.fidl", "good.fidl"]), (0, String::new(), String::new()));
}

#[test]
fn a_missing_file_is_one_line() {
    let folder = Folder::new("missing", &[]);
    let (status, _, text) = folder.run(&["check", "absent.fidl"]);
    assert_eq!(status, 1);
    assert_eq!(text, "error: cannot read `absent.fidl`: No such file or directory (os error 2)\n");
}

#[test]
fn compile_writes_the_last_library() {
    let folder = Folder::new("compile", &[GOOD, USER]);
    let arguments = [
        "compile",
        "--rust",
        "out/user.rs",
        "--name",
        "user",
        "--files",
        "good.fidl",
        "--files",
        "user.fidl",
    ];
    assert_eq!(folder.run(&arguments), (0, String::new(), String::new()));
    let text = fs::read_to_string(folder.0.join("out/user.rs")).unwrap();
    assert!(text.contains("`user`"), "{text}");
}

#[test]
fn compile_takes_several_files_for_a_library() {
    let more = ("more.fidl", "library example.good;\ntype C = struct { a A; };\n");
    let folder = Folder::new("compile_several", &[GOOD, more]);
    let arguments = ["compile", "--rust", "out.rs", "--files", "good.fidl", "more.fidl"];
    assert_eq!(folder.run(&arguments), (0, String::new(), String::new()));
}

#[test]
fn compile_minds_the_name() {
    let folder = Folder::new("compile_name", &[GOOD]);
    let arguments = ["compile", "--rust", "out.rs", "--name", "other", "--files", "good.fidl"];
    let (status, _, text) = folder.run(&arguments);
    assert_eq!((status, text.as_str()), (1, "error: the library is named `example.good`, not `other`\n"));
    assert!(!folder.0.join("out.rs").exists());
}

#[test]
fn compile_writes_nothing_for_bad_schemas() {
    let folder = Folder::new("compile_bad", &[BAD]);
    let (status, _, text) = folder.run(&["compile", "--rust", "out.rs", "--files", "bad.fidl"]);
    assert_eq!(status, 1);
    assert!(text.contains("E0052"), "{text}");
    assert!(!folder.0.join("out.rs").exists());
}

#[test]
fn what_cannot_be_written_is_one_line() {
    let folder = Folder::new("compile_unwritable", &[GOOD]);
    let (status, _, text) = folder.run(&["compile", "--rust", ".", "--files", "good.fidl"]);
    assert_eq!(status, 1);
    assert!(text.starts_with("error: cannot write `.`:") && text.lines().count() == 1, "{text}");
}

#[test]
fn wrong_usage_is_status_2() {
    let folder = Folder::new("usage", &[GOOD]);
    for arguments in [
        &["check"][..],
        &[],
        &["frobnicate"],
        &["compile", "--files", "good.fidl"],
        &["compile", "--rust", "out.rs"],
        &["check", "--colour", "good.fidl"],
    ] {
        let (status, _, text) = folder.run(arguments);
        assert_eq!(status, 2, "{arguments:?}: {text}");
        assert!(text.contains("Usage:"), "{arguments:?}: {text}");
    }
}

#[test]
fn help_has_examples() {
    let folder = Folder::new("help", &[]);
    for arguments in [&["--help"][..], &["check", "--help"], &["compile", "--help"]] {
        let (status, text, _) = folder.run(arguments);
        assert_eq!(status, 0);
        assert!(text.contains("Examples:"), "{text}");
    }
}
