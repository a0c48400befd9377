//! The example `http_bridge`: HTTP clients and FIDL clients of one thread, at the same time.
#![cfg(target_os = "linux")]

fidl::include_schema!("example_calc");

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use example_calc::adder;
use fidl::kernel::Instant;
use serde_json::{Value, json};

/// Far more than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// The example's program. `cargo test` has built it, unless this test alone was asked for.
fn program() -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["build", "-q", "--example", "http_bridge", "--features", "tokio"]);
    assert!(cargo.arg("--target-dir").arg(folder.parent().unwrap()).status().unwrap().success());
    folder.join("examples/http_bridge")
}

/// The bridge, ended with this value.
struct Bridge {
    child: Child,
    address: String,
    path: PathBuf,
}

impl Bridge {
    fn start() -> Self {
        let path = env::temp_dir().join(format!("fidl-test-{}-bridge", std::process::id()));
        let _ = fs::remove_file(&path);
        let mut command = Command::new(program());
        let mut child = command.arg("127.0.0.1:0").arg(&path).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").expect("an address").to_owned();
        Self { child, address, path }
    }

    fn connect(&self) -> Http {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        Http(BufReader::new(stream))
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.path);
    }
}

/// An HTTP connection that is kept.
struct Http(BufReader<TcpStream>);

impl Http {
    /// Sends a request; returns the status and the JSON of its answer.
    fn ask(&mut self, method: &str, target: &str, body: &str) -> (u16, Value) {
        let request = format!(
            "{method} {target} HTTP/1.1\r\nhost: here\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let status = self.line().split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
        let (mut length, mut is_json) = (0, false);
        loop {
            let line = self.line().to_ascii_lowercase();
            match line.split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("content-type", value)) => is_json = value == "application/json",
                Some(_) => {}
            }
        }
        assert!(is_json);
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

#[test]
fn http_and_fidl_on_one_thread() {
    static STORAGE: adder::Storage<1, 1> = adder::Storage::new();
    let bridge = Bridge::start();
    let mut http = bridge.connect();
    let right = [
        ("GET", "/add?a=20&b=22", "", json!({ "sum": 42 })),
        ("GET", "/add?b=-1&a=-2147483648", "", json!({ "sum": -2_147_483_649_i64 })),
        ("POST", "/add", r#"{"a": 1, "b": 2}"#, json!({ "sum": 3 })),
        ("GET", "/ping", "", json!({})),
    ];
    for (method, target, body, answer) in right {
        assert_eq!(http.ask(method, target, body), (200, answer), "{method} {target}");
    }
    let wrong = [
        ("GET", "/add?a=20", "", 400),
        ("GET", "/add?a=2147483648&b=1", "", 400),
        ("POST", "/add", "{", 400),
        ("DELETE", "/add", "", 405),
        ("GET", "/", "", 404),
    ];
    for (method, target, body, status) in wrong {
        assert_eq!(http.ask(method, target, body).0, status, "{method} {target}");
    }
    // Both kinds of clients at the same time: neither gets on without the other's being served, too.
    let calls = 300;
    thread::scope(|scope| {
        let (to_http, from_fidl) = std::sync::mpsc::sync_channel(0);
        let path = &bridge.path;
        scope.spawn(move || {
            let client = adder::BlockingClient::new(&STORAGE, fidl::connect(path).unwrap()).unwrap();
            for number in 0..calls {
                to_http.send(number).unwrap();
                assert_eq!(client.add(number, 1, Instant::after(LONG)).unwrap().sum, i64::from(number) + 1);
            }
        });
        for number in from_fidl {
            let (status, answer) = http.ask("GET", &format!("/add?a={number}&b=2"), "");
            assert_eq!((status, answer), (200, json!({ "sum": number + 2 })));
        }
    });
    let threads = fs::read_dir(format!("/proc/{}/task", bridge.child.id())).unwrap().count();
    assert_eq!(threads, 1);
    // While nobody asks, the thread sleeps.
    thread::sleep(Duration::from_millis(50));
    let before = ticks(bridge.child.id());
    thread::sleep(Duration::from_millis(300));
    assert!(ticks(bridge.child.id()) - before <= 3, "it is busy with nothing");
    assert_eq!(http.ask("GET", "/ping", "").0, 200);
}

/// The processor time that a process has used, in hundredths of a second.
fn ticks(process: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
