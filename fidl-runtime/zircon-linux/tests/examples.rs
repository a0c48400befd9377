//! The examples, as their users run them.

#![cfg(not(miri))]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The example's program, in the folder beside the tests'. `cargo test` has built it, unless this test alone was asked for.
fn program(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let program = folder.join("examples").join(name);
    if !program.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "-q", "--example", name]);
        assert!(cargo.arg("--target-dir").arg(folder.parent().unwrap()).status().unwrap().success());
    }
    program
}

#[test]
fn memory_objects_go_to_another_process() {
    let output = Command::new(program("vmo")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = "\
child: the first one says: What the parent has written.
child: writing to it gives -30, mapping it to be written gives Err(-30)
child: the second one says: What the parent has written.
parent: the second one now says: What the child has written.
";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    let output = Command::new(program("vmo")).arg("nonsense").output().unwrap();
    assert!(!output.status.success());
}
