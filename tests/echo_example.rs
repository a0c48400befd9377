//! The echo example as its user runs it: its figures, its sides by hand, and its mistakes.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

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

fn echo(arguments: &[&str]) -> Output {
    Command::new(program("echo")).args(arguments).output().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("fidl-test-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A server process, ended with this value.
struct Server(Child);

impl Server {
    fn start(program_name: &str, arguments: &[&str], path: &Path) -> Self {
        let mut command = Command::new(program(program_name));
        let child = command.args(arguments).arg(path).stdout(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while !path.exists() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not listen");
            thread::sleep(Duration::from_millis(5));
        }
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn figures_as_json() {
    let output =
        echo(&["--requests", "300", "--clients", "3", "--in-flight", "8", "--payload", "100", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(figures["server_allocations"], 0);
    assert_eq!(figures["client_allocations"], 0);
    // Everything was touched before.
    assert_eq!(figures["server_page_faults"], 0);
    assert_eq!(figures["client_page_faults"], 0);
    // One client alone in the first phase, all three in the second.
    assert_eq!(figures["requests"], 4 * 300);
    assert!(figures["requests_per_second"].as_f64().unwrap() > 0.0);
    let percentiles = ["p50_ns", "p99_ns", "p999_ns"].map(|name| figures[name].as_u64().unwrap());
    assert!(percentiles[0] > 0 && percentiles.is_sorted(), "{percentiles:?}");
}

#[test]
fn sides_by_hand() {
    let folder = folder("by-hand");
    let path = folder.join("socket");
    for (name, arguments) in [("echo", &["serve"][..]), ("hand_written", &[])] {
        let server = Server::start(name, arguments, &path);
        let output = echo(&["call", path.to_str().unwrap(), "how are you?"]);
        assert_eq!((output.stdout, output.stderr), (b"how are you?\n".to_vec(), Vec::new()), "{name}");
        drop(server);
        // The path of a server that was killed is taken over by the next one.
        fs::remove_file(&path).unwrap();
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn mistakes_are_one_clear_line() {
    let folder = folder("mistakes");
    let (missing, nowhere) = (folder.join("missing"), folder.join("no/folder"));
    let (missing, nowhere) = (missing.to_str().unwrap(), nowhere.to_str().unwrap());
    let call = echo(&["call", missing, "hello"]);
    assert_eq!(
        String::from_utf8_lossy(&call.stderr),
        format!("echo: cannot connect to {missing}: NOT_FOUND\n")
    );
    assert_eq!(call.status.code(), Some(1));
    let serve = echo(&["serve", nowhere]);
    assert_eq!(
        String::from_utf8_lossy(&serve.stderr),
        format!("echo: cannot listen on {nowhere}: NOT_FOUND\n")
    );
    assert_eq!(serve.status.code(), Some(1));
    let usage = echo(&["--in-flight", "0"]);
    assert_eq!(usage.status.code(), Some(2));
    fs::remove_dir_all(folder).unwrap();
}
