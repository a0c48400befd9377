//! Churn: connections come and go, messages and handles travel, for a while. Afterwards everything is as it was.

#![cfg(not(miri))]

mod common;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{connect, listen, memory};

/// The environment variable that makes a test the other process; its value is the path to listen on.
const CHILD: &str = "ZIRCON_LINUX_TEST_SOAK_PATH";
/// How many seconds to churn.
const SECONDS: &str = "ZIRCON_LINUX_TEST_SOAK_SECONDS";

const EITHER: u32 = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;

/// Descriptors, mappings of shared memory, handles, objects, waits, messages and blocks.
fn resources() -> [usize; 7] {
    let mapped = fs::read_to_string("/proc/self/maps").unwrap().matches("memfd:").count();
    let open = fs::read_dir("/proc/self/fd").unwrap().count();
    let memory = memory();
    let tables = [&memory.handles, &memory.objects, &memory.waits, &memory.messages, &memory.blocks];
    let [handles, objects, waits, messages, blocks] = tables.map(|table| table.used);
    [open, mapped, handles, objects, waits, messages, blocks]
}

/// Sends back whatever comes, with its handles, over every connection. Ends when a message says so.
fn echo(path: &Path) {
    let listener = listen(path).unwrap();
    let queue = port();
    wait_async(listener, queue, 0, EITHER, 0).unwrap();
    let mut channels: HashMap<u64, u32> = HashMap::new();
    let (mut next, mut before) = (1, None);
    loop {
        let key = port_wait(queue, ZX_TIME_INFINITE).unwrap().key;
        if key == 0 {
            while let Ok((_, handles)) = read(listener) {
                wait_async(handles[0], queue, next, EITHER, 0).unwrap();
                channels.insert(next, handles[0]);
                next += 1;
            }
            wait_async(listener, queue, 0, EITHER, 0).unwrap();
            continue;
        }
        let channel = channels[&key];
        let status = loop {
            match read(channel) {
                Ok((bytes, _)) if bytes == b"enough" => {
                    let now = (channels.len(), resources());
                    assert_eq!(*before.get_or_insert(now), now);
                    write(channel, b"good", &[]).unwrap();
                }
                Ok((bytes, handles)) => match write(channel, &bytes, &handles) {
                    Ok(()) | Err(ZX_ERR_PEER_CLOSED) => {}
                    Err(status) => panic!("{status}"),
                },
                Err(status) => break status,
            }
        };
        match status {
            ZX_ERR_SHOULD_WAIT => wait_async(channel, queue, key, EITHER, 0).unwrap(),
            status => {
                assert_eq!(status, ZX_ERR_PEER_CLOSED);
                close(channel).unwrap();
                channels.remove(&key);
            }
        }
    }
}

/// In the other process.
#[test]
fn echoes_if_told_to() {
    let _alone = alone();
    if let Some(path) = std::env::var_os(CHILD) {
        echo(Path::new(&path));
    }
}

fn start(path: &Path) -> Child {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "echoes_if_told_to"])
        .env(CHILD, path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !path.exists() {}
    child
}

/// Connects, also while the other process is not yet listening or has too many to accept.
fn connect_patiently(path: &Path) -> u32 {
    loop {
        match connect(path) {
            Ok(channel) => return channel,
            Err(status) => assert!(matches!(status, ZX_ERR_NOT_FOUND | ZX_ERR_SHOULD_WAIT), "{status}"),
        }
    }
}

/// Waits for a message and reads it.
fn answer(channel: u32) -> (Vec<u8>, Vec<u32>) {
    assert_eq!(wait_one(channel, EITHER, soon()).0, ZX_OK);
    read(channel).unwrap()
}

/// Has the other process compare what it uses with what it used at first.
fn settle(path: &Path) {
    let channel = connect_patiently(path);
    // Connections that were just closed are closed there too.
    std::thread::sleep(Duration::from_millis(100));
    write(channel, b"enough", &[]).unwrap();
    assert_eq!(answer(channel).0, b"good");
    close(channel).unwrap();
}

fn churn(path: &Path, round: u32) {
    let channel = connect_patiently(path);
    // To and fro, with handles of each kind that crosses.
    for number in 0..round % 5 {
        let (near, far) = common::channel();
        write(near, b"queued", &[]).unwrap();
        let (one, other) = eventpair();
        let (stream, theirs) = socket(number % 2).unwrap();
        let (fifo, fifos) = fifo(8, 8, 0).unwrap();
        socket_write(stream, b"in the socket").unwrap();
        fifo_write(fifo, 8, b"elements").unwrap();
        let second = duplicate(theirs, ZX_RIGHT_SAME_RIGHTS).unwrap();
        let handles = [far, event(), one, vmo(4096), theirs, fifos, second];
        let length = (round as usize * 37 + number as usize * 1000) % 60_000;
        write(channel, &vec![round as u8; length], &handles).unwrap();
        let (bytes, handles) = answer(channel);
        assert!(bytes.len() == length && bytes.iter().all(|byte| *byte == round as u8));
        assert_eq!(read(handles[0]).unwrap().0, b"queued");
        write(near, b"still there", &[]).unwrap();
        assert_eq!(read(handles[0]).unwrap().0, b"still there");
        signal(handles[1], 0, ZX_EVENT_SIGNALED).unwrap();
        assert_eq!(wait_one(handles[1], ZX_EVENT_SIGNALED, soon()).0, ZX_OK);
        assert_eq!(vmo_size(handles[3]), Ok(4096));
        assert_eq!(socket_read(handles[4], 100).unwrap(), b"in the socket");
        assert_eq!(socket_write(handles[6], b"reply"), Ok(5));
        assert_eq!(socket_read(stream, 100).unwrap(), b"reply");
        assert_eq!(fifo_read(handles[5], 8, 1).unwrap(), b"elements");
        // One that nobody reads goes with the last handle.
        socket_write(stream, b"unread").unwrap();
        close_many(&handles).unwrap();
        assert_eq!(wait_one(stream, ZX_SOCKET_PEER_CLOSED, soon()).0, ZX_OK);
        close_many(&[near, other, stream, fifo]).unwrap();
    }
    // Some go with messages under way.
    if round.is_multiple_of(3) {
        write(channel, b"nobody will read the answer", &[event()]).unwrap();
    }
    close(channel).unwrap();
}

#[test]
fn churn_leaves_nothing() {
    let _alone = alone();
    let seconds = std::env::var(SECONDS).map_or(2, |seconds| seconds.parse().unwrap());
    let path = fresh_path();
    let mut child = start(&path);
    (0..50).for_each(|round| churn(&path, round));
    settle(&path);
    let before = resources();
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut round = 0;
    while Instant::now() < end {
        churn(&path, round);
        round += 1;
    }
    settle(&path);
    assert_eq!(resources(), before);
    println!("{round} rounds");
    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_file(&path).unwrap();
}
