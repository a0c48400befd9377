//! The command: exit status and text.
#![cfg(feature = "cli")]

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use serde_json::{Value, json};

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

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
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
    let (status, _, text) = folder.run(&["compile", "--rust", "good.fidl/out.rs", "--files", "good.fidl"]);
    assert_eq!(status, 1);
    assert!(text.starts_with("error: cannot write `good.fidl/out.rs`:"), "{text}");
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn compile_writes_into_a_folder() {
    let folder = Folder::new("compile_folder", &[GOOD]);
    for out in [".", "new/"] {
        let arguments = ["compile", "--rust", out, "--files", "good.fidl"];
        assert_eq!(folder.run(&arguments), (0, String::new(), String::new()));
        assert!(folder.read(&format!("{out}/example_good.rs")).contains("example.good"));
    }
}

#[test]
fn compile_without_outputs_only_checks() {
    let folder = Folder::new("compile_check", &[GOOD, BAD]);
    assert_eq!(folder.run(&["compile", "--files", "good.fidl"]).0, 0);
    assert_eq!(folder.run(&["compile", "--files", "bad.fidl"]).0, 1);
}

/// Libraries that are not imported must be sound too.
#[test]
fn compile_checks_all_libraries() {
    let folder = Folder::new("compile_all", &[GOOD, BAD]);
    let arguments = ["compile", "--json", "out.json", "--files", "bad.fidl", "--files", "good.fidl"];
    assert_eq!(folder.run(&arguments).0, 1);
    assert!(!folder.0.join("out.json").exists());
}

#[test]
fn compile_writes_json_and_what_it_is_made_of() {
    let folder = Folder::new("compile_json", &[GOOD, USER]);
    let arguments = ["compile", "--json", "out/user.json", "--rust", "user.rs", "--depfile", "user.d"];
    let arguments = [&arguments[..], &["--files", "good.fidl", "--files", "user.fidl"]].concat();
    assert_eq!(folder.run(&arguments), (0, String::new(), String::new()));
    assert!(folder.read("out/user.json").starts_with("{\n  \"name\": \"user\",\n"));
    assert_eq!(folder.read("user.d"), "out/user.json user.rs: good.fidl user.fidl\n");
}

#[test]
fn generate_makes_of_json_what_compile_makes_of_schemas() {
    let folder = Folder::new("generate", &[GOOD, USER]);
    let run = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        assert_eq!(folder.run(&arguments), (0, String::new(), String::new()));
    };
    run("compile --json good.json --files good.fidl");
    run("compile --json user.json --rust user.rs --files good.fidl --files user.fidl");
    run("generate --rust again.rs good.json user.json");
    assert_eq!(folder.read("again.rs"), folder.read("user.rs"));
    let (status, _, text) = folder.run(&["generate", "--rust", "bad.rs", "user.json"]);
    let expected = "error: user.json: library_dependencies[0].name: \
                    library `example.good` is not among the files before this one\n";
    assert_eq!((status, text.as_str()), (1, expected));
    let (status, _, text) = folder.run(&["generate", "--rust", "bad.rs", "good.fidl"]);
    let expected = "error: good.fidl: this is not JSON: expected value at line 1 column 1\n";
    assert_eq!((status, text.as_str()), (1, expected));
    assert!(!folder.0.join("bad.rs").exists());
}

#[test]
fn owned_types_get_bounds() {
    let schema = "library example.notes;\ntype Note = struct { text string; };\ntype Other = struct { text string; };\n";
    let folder = Folder::new("bounds", &[("notes.fidl", schema)]);
    let compile = |bounds: &[&str]| {
        let arguments = [&["compile", "--rust", "notes.rs", "--files", "notes.fidl"], bounds].concat();
        let (status, _, errors) = folder.run(&arguments);
        (status, errors, folder.read("notes.rs"))
    };
    let (_, _, text) = compile(&[]);
    assert_eq!(text.matches("Has no owned form: `text` is a string without a bound.").count(), 2);
    let (_, _, text) = compile(&["--owned-bound", "example.notes/Note.text=12"]);
    assert!(text.contains("struct NoteOwned") && text.contains("String<12>") && !text.contains("OtherOwned"));
    let (_, _, text) = compile(&["--owned-bound", "7", "--owned-bound", "example.notes/Note.text=12"]);
    assert!(text.contains("String<12>") && text.contains("String<7>") && text.contains("OtherOwned"));
    let (status, errors, _) = compile(&["--owned-bound", "example.notes/Note.size=12"]);
    assert_eq!((status, errors.contains("there is no `example.notes/Note.size`")), (1, true), "{errors}");
    let (status, errors, _) = compile(&["--owned-bound", "Note.text=12"]);
    assert_eq!((status, errors.contains("library/Type.member=number")), (2, true), "{errors}");
}

#[test]
fn unchanged_output_is_not_written_again() {
    let folder = Folder::new("unchanged", &[GOOD]);
    let arguments =
        ["compile", "--json", "a.json", "--rust", "a.rs", "--depfile", "a.d", "--files", "good.fidl"];
    let times = || {
        ["a.json", "a.rs", "a.d"].map(|file| fs::metadata(folder.0.join(file)).unwrap().modified().unwrap())
    };
    assert_eq!(folder.run(&arguments).0, 0);
    let before = times();
    assert_eq!(folder.run(&arguments).0, 0);
    assert_eq!(times(), before);
    fs::write(folder.0.join("a.rs"), "changed").unwrap();
    assert_eq!(folder.run(&arguments).0, 0);
    assert!(folder.read("a.rs").contains("example.good"));
    let after = times();
    assert_eq!((after[0], after[2]), (before[0], before[2]));
}

#[test]
fn versions_are_selected_and_demanded() {
    let text = "@available(added=2)\nlibrary plat.lib;\n@available(added=5)\ntype A = struct {};\n";
    let folder = Folder::new("versions", &[("lib.fidl", text)]);
    let run = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let (status, _, text) = folder.run(&arguments);
        (status, text)
    };
    let compile = |rest: &str| run(&format!("compile --json out.json {rest} --files lib.fidl"));
    assert_eq!(compile("--available plat:4").0, 0);
    let old = folder.read("out.json");
    assert!(old.contains("\"available\": {\n    \"plat\": [\n      \"4\"\n") && !old.contains("plat.lib/A"));
    assert_eq!(compile("--available plat:5,HEAD --available other:1 --versioned plat:2").0, 0);
    assert!(folder.read("out.json").contains("plat.lib/A"));
    assert_eq!(compile("--versioned plat").0, 0);
    let wrong = "error: the library belongs to platform `plat`, not `other`\n";
    assert_eq!(compile("--versioned other"), (1, wrong.to_owned()));
    let wrong = "error: the library was not added at version 3 of `plat`\n";
    assert_eq!(compile("--versioned plat:3"), (1, wrong.to_owned()));
    assert_eq!(compile("--available other:1").0, 1);
    for wrong in
        ["--available plat", "--available plat:0", "--available plat:1 --available plat:2", "--versioned a:b"]
    {
        assert_eq!(compile(wrong).0, 2, "{wrong}");
    }
}

#[test]
fn experiments_are_turned_on() {
    let new_type = ("new.fidl", "library new;\ntype A = uint8;\n");
    let folder = Folder::new("experiments", &[new_type]);
    assert_eq!(folder.run(&["check", "new.fidl"]).0, 1);
    assert_eq!(folder.run(&["check", "--experimental", "allow_new_types", "new.fidl"]).0, 0);
    let (status, _, text) = folder.run(&["check", "--experimental", "time_travel", "new.fidl"]);
    assert_eq!(status, 2);
    assert!(text.contains("allow_new_types"), "{text}");
}

const WARNED: (&str, &str) = ("warned.fidl", "library warned;\n@availabl\ntype A = struct {};\n");

#[test]
fn warnings_can_be_errors() {
    let folder = Folder::new("werror", &[WARNED]);
    let compile = ["compile", "--rust", "out.rs", "--files", "warned.fidl"];
    let (status, _, text) = folder.run(&compile);
    assert_eq!(status, 0);
    assert!(text.ends_with("\n1 warning\n"), "{text}");
    fs::remove_file(folder.0.join("out.rs")).unwrap();
    let (status, _, text) = folder.run(&[&compile[..], &["--werror"]].concat());
    assert_eq!(status, 1);
    assert!(text.ends_with("\n1 warning\nerror: warnings are errors\n"), "{text}");
    assert!(!folder.0.join("out.rs").exists());
}

#[test]
fn findings_can_be_json() {
    let folder = Folder::new("findings", &[GOOD, WARNED]);
    fs::write(
        folder.0.join("bad.fidl"),
        "library bad;\ntype A = struct {};\ntype A = struct { a\n uint9; };\n",
    )
    .unwrap();
    let run = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let (status, _, text) = folder.run(&arguments);
        (status, serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
    };
    assert_eq!(run("check --format json good.fidl"), (0, json!([])));
    let (status, found) = run("check --format json bad.fidl");
    assert_eq!(status, 1);
    let twice = json!({
        "code": "E0034", "fi": "fi-0034", "severity": "error", "message": "a name is declared twice",
        "label": "`A` is declared again", "path": "bad.fidl",
        "start_line": 3, "start_column": 6, "end_line": 3, "end_column": 7,
        "labels": [{
            "label": "first declared here", "path": "bad.fidl",
            "start_line": 2, "start_column": 6, "end_line": 2, "end_column": 7,
        }],
        "help": null,
    });
    assert_eq!(found[0], twice);
    assert_eq!(found[1]["help"], json!("did you mean `uint8`?"));
    let (status, found) = run("check --format json warned.fidl");
    assert_eq!((status, &found[0]["severity"]), (0, &json!("warning")));
    let (status, found) = run("check --werror --format json warned.fidl");
    assert_eq!((status, &found[0]["severity"]), (1, &json!("error")));
    let (status, found) = run("check --format json absent.fidl");
    assert_eq!((status, &found[0]["path"], &found[0]["severity"]), (1, &Value::Null, &json!("error")));
    assert!(found[0]["message"].as_str().unwrap().starts_with("cannot read `absent.fidl`"));
    assert_eq!(run("compile --format json --name x --files warned.fidl").0, 1);
    assert_eq!(run("generate --format json --rust x.rs good.fidl").0, 1);
}

#[test]
fn arguments_can_come_from_a_file() {
    let arguments = ("arguments.txt", "compile --rust out.rs\n\n  --files good.fidl\n  --files user.fidl");
    let files = ("files.txt", "--files good.fidl --files user.fidl");
    let folder = Folder::new("response", &[GOOD, USER, arguments, files]);
    assert_eq!(folder.run(&["@arguments.txt"]), (0, String::new(), String::new()));
    assert!(folder.read("out.rs").contains("`user`"));
    assert_eq!(folder.run(&["compile", "--rust", "more.rs", "@files.txt"]).0, 0);
    assert_eq!(folder.read("more.rs"), folder.read("out.rs"));
    let (status, _, text) = folder.run(&["@absent.txt"]);
    assert_eq!((status, text.starts_with("error: cannot read `absent.txt`: ")), (1, true), "{text}");
}

#[test]
fn budget_prints_a_table() {
    let talk =
        ("talk.fidl", "library talk;\nclosed protocol Talk { strict Say(struct { text string; }); };\n");
    let folder = Folder::new("budget", &[GOOD, BAD, talk]);
    let expected = "\
library talk

protocol Talk
  method  message    bytes  handles  newer peers
  Say     request   65,536        0  the same
            text: a string without a bound -> a frame of full size, 65,536 bytes
  servers receive up to 65,536 bytes, 0 handles
";
    assert_eq!(folder.run(&["budget", "talk.fidl", "good.fidl"]), (0, expected.to_owned(), String::new()));
    assert_eq!(folder.run(&["budget", "good.fidl"]), (0, "no protocols\n".to_owned(), String::new()));
    let (status, text, _) = folder.run(&["budget", "bad.fidl"]);
    assert_eq!((status, text.as_str()), (1, ""));
}

#[test]
fn a_file_is_given_once() {
    let folder = Folder::new("given_once", &[GOOD]);
    for arguments in [
        &["check", "good.fidl", "./good.fidl"][..],
        &["compile", "--files", "good.fidl", "--files", "./good.fidl"],
    ] {
        let expected = "error: `./good.fidl` is given twice\n".to_owned();
        assert_eq!(folder.run(arguments), (1, String::new(), expected), "{arguments:?}");
    }
}

#[test]
fn outputs_take_no_file_from_each_other() {
    let folder = Folder::new("outputs", &[GOOD]);
    for outputs in [["--json", "./good.fidl"], ["--rust", "good.fidl"]] {
        let (status, _, text) = folder.run(&["compile", outputs[0], outputs[1], "--files", "good.fidl"]);
        assert_eq!((status, text.lines().count()), (1, 1), "{text}");
        assert_eq!(folder.read("good.fidl"), GOOD.1);
    }
    let (status, ..) = folder.run(&["compile", "--json", "out", "--rust", "out", "--files", "good.fidl"]);
    assert_eq!((status, folder.0.join("out").exists()), (1, false));
}

#[test]
fn wrong_usage_is_status_2() {
    let folder = Folder::new("usage", &[GOOD]);
    for arguments in [
        &["check"][..],
        &[],
        &["frobnicate"],
        &["compile", "--rust", "out.rs"],
        &["compile", "--depfile", "out.d", "--files", "good.fidl"],
        &["generate", "--rust", "out.rs"],
        &["generate", "good.json"],
        &["check", "--colour", "good.fidl"],
        &["check", "--format", "xml", "good.fidl"],
        &["check", "--available", "fuchsia", "good.fidl"],
        &["check", "--available", "a:1", "--available", "a:2", "good.fidl"],
    ] {
        let (status, _, text) = folder.run(arguments);
        assert_eq!(status, 2, "{arguments:?}: {text}");
        assert!(text.contains("--help") || text.contains("Usage:"), "{arguments:?}: {text}");
    }
}

#[test]
fn help_has_examples() {
    let folder = Folder::new("help", &[]);
    for command in ["", "budget ", "check ", "compile ", "generate "] {
        let arguments = format!("{command}--help");
        let (status, text, _) = folder.run(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(status, 0);
        assert!(text.contains("Examples:"), "{text}");
    }
}
