//! Many clients of one port: more than are watched closely, and ten thousand in other processes, or as many as there may be
//! descriptors.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::capacity::HOT_LINKS;
use zircon_linux::{connect, listen};

/// The environment variable that makes a test one of the other processes; its value is the path to connect to.
const CHILD: &str = "ZIRCON_LINUX_TEST_CLIENTS_PATH";

const PROCESSES: usize = 4;
const CLIENTS: usize = 10_000;
/// With fewer the test says nothing.
const FEWEST: usize = 1000;

/// The environment variable with the number of clients of each process.
const EACH: &str = "ZIRCON_LINUX_TEST_CLIENTS_EACH";

/// The descriptors of an idle end: its socket, and its memory if the system has no shelf for that. Measured, with a channel
/// whose both ends are here; the shelf is made by the first.
fn descriptors_of_an_end() -> usize {
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    let first = socket_channel();
    let before = open();
    let second = socket_channel();
    let between = open() - before;
    close_many(&[first.0, first.1, second.0, second.1]).unwrap();
    between.div_ceil(2)
}

/// Raises the limit of descriptors to so many, or as far as the system allows, and returns it.
fn allow_descriptors(count: usize) -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the place is live.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    let hard = limit.rlim_max;
    for allowed in [(count as u64).max(hard), hard] {
        (limit.rlim_cur, limit.rlim_max) = (allowed.min(count as u64), allowed);
        // SAFETY: the limit is live.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) } == 0 {
            return limit.rlim_cur as usize;
        }
    }
    0
}

fn connect_patiently(path: &Path) -> u32 {
    loop {
        match connect(path) {
            Ok(channel) => return channel,
            Err(status) => assert_eq!(status, ZX_ERR_SHOULD_WAIT),
        }
    }
}

/// In another process: connects many times, answers each message, and ends with the last channel.
#[test]
fn connects_often_if_told_to() {
    let _alone = alone();
    let Some(path) = std::env::var_os(CHILD) else { return };
    let each: usize = std::env::var(EACH).unwrap().parse().unwrap();
    // The shelf, where there is one, is no larger than the limit was when it was made.
    allow_descriptors(each + 100);
    let wanted = each * descriptors_of_an_end() + 100;
    assert_eq!(allow_descriptors(wanted), wanted);
    let queue = port();
    let channels: Vec<u32> = (0..each).map(|_| connect_patiently(Path::new(&path))).collect();
    let either = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;
    for (key, channel) in channels.iter().enumerate() {
        wait_async(*channel, queue, key as u64, either, 0).unwrap();
    }
    let mut left = each;
    while left > 0 {
        let key = port_wait(queue, ZX_TIME_INFINITE).unwrap().key;
        let channel = channels[key as usize];
        match read(channel) {
            Ok((bytes, _)) => {
                write(channel, &bytes, &[]).unwrap();
                wait_async(channel, queue, key, either, 0).unwrap();
            }
            Err(ZX_ERR_SHOULD_WAIT) => wait_async(channel, queue, key, either, 0).unwrap(),
            Err(_) => left -= 1,
        }
    }
}

fn start(path: &Path, each: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "connects_often_if_told_to"])
        .env(CHILD, path)
        .env(EACH, each.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn uses() -> (usize, usize) {
    let mapped = fs::read_to_string("/proc/self/maps").unwrap().matches("memfd:").count();
    (fs::read_dir("/proc/self/fd").unwrap().count(), mapped)
}

#[test]
fn ten_thousand_clients() {
    let _alone = alone();
    const SPARE: usize = 200;
    allow_descriptors(CLIENTS + SPARE);
    let descriptors_of_an_end = descriptors_of_an_end();
    let allowed = allow_descriptors(CLIENTS * descriptors_of_an_end + SPARE).saturating_sub(SPARE);
    let each = (allowed / descriptors_of_an_end).min(CLIENTS) / PROCESSES;
    let clients = each * PROCESSES;
    if clients < FEWEST {
        println!("skipped: the system allows descriptors for {clients} clients only");
        return;
    }
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let queue = port();
    let before = uses();
    let mut children: Vec<Child> = (0..PROCESSES).map(|_| start(&path, each)).collect();
    let servers: Vec<u32> = (0..clients).map(|_| accept(listener)).collect();
    // Each is spoken to, and answers.
    for (key, server) in servers.iter().enumerate() {
        wait_async(*server, queue, key as u64, ZX_CHANNEL_READABLE, 0).unwrap();
        // A client that has just connected may not have greeted.
        if write(*server, &key.to_le_bytes(), &[]) == Err(ZX_ERR_SHOULD_WAIT) {
            assert_eq!(wait_one(*server, ZX_CHANNEL_WRITABLE, soon()).0, ZX_OK);
            write(*server, &key.to_le_bytes(), &[]).unwrap();
        }
    }
    for _ in 0..clients {
        let key = port_wait(queue, soon()).unwrap().key as usize;
        assert_eq!(read(servers[key]).unwrap().0, key.to_le_bytes());
    }
    let with = uses();
    // The blocking waits of `accept` have left a port's two descriptors.
    assert!(with.0 - before.0 <= clients * descriptors_of_an_end + 8, "{before:?} {with:?}");
    assert!(with.1 - before.1 <= clients, "{before:?} {with:?}");
    println!("{clients} connected ends: {} descriptors, {} mappings", with.0 - before.0, with.1 - before.1);
    close_many(&servers).unwrap();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(uses().1, before.1);
    close_many(&[listener, queue]).unwrap();
}

/// Sends back whatever comes at one of the ends, until all are closed.
fn echo(ends: &[u32]) {
    let (queue, mut left) = (port(), ends.len());
    let either = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;
    let wait = |key: usize| wait_async(ends[key], queue, key as u64, either, 0).unwrap();
    (0..ends.len()).for_each(wait);
    while left > 0 {
        let key = port_wait(queue, ZX_TIME_INFINITE).unwrap().key as usize;
        match get(ends[key]) {
            Ok(bytes) => put(ends[key], &bytes),
            Err(ZX_ERR_SHOULD_WAIT) => {}
            Err(status) => {
                assert_eq!(status, ZX_ERR_PEER_CLOSED);
                left -= 1;
                continue;
            }
        }
        wait(key);
    }
    close(queue).unwrap();
}

fn is_channel(end: u32) -> bool {
    basic(end).unwrap().object_type == ZX_OBJ_TYPE_CHANNEL
}

fn get(end: u32) -> Result<Vec<u8>> {
    if is_channel(end) { read(end).map(|(bytes, _)| bytes) } else { socket_read(end, 100) }
}

fn put(end: u32, bytes: &[u8]) {
    if is_channel(end) {
        write(end, bytes, &[]).unwrap();
    } else {
        assert_eq!(socket_write(end, bytes), Ok(bytes.len()));
    }
}

/// One port waits for three times as many connected peers as it watches closely, channels and sockets. It hears of each: one
/// at a time in any order, and all at once.
#[test]
fn more_peers_than_are_watched_closely() {
    let _alone = alone();
    let peers = 3 * HOT_LINKS;
    let make = |peer: usize| match peer % 2 {
        0 => socket_channel(),
        _ => socket(ZX_SOCKET_STREAM).map(|(near, far)| (near, crossed(far))).unwrap(),
    };
    let (near, far): (Vec<u32>, Vec<u32>) = (0..peers).map(make).unzip();
    let ask = |peer: usize, number: u64| put(near[peer], &number.to_le_bytes());
    let check = |peer: usize, number: u64| {
        assert_eq!(wait_one(near[peer], ZX_CHANNEL_READABLE, soon()).0, ZX_OK, "peer {peer}");
        assert_eq!(get(near[peer]).unwrap(), number.to_le_bytes());
    };
    std::thread::scope(|scope| {
        scope.spawn(|| echo(&far));
        let mut dice = 1usize;
        for number in 0..2_000 {
            dice = dice.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
            ask(dice / 7 % peers, number);
            check(dice / 7 % peers, number);
        }
        for round in 0..10 {
            (0..peers).for_each(|peer| ask(peer, round));
            (0..peers).for_each(|peer| check(peer, round));
        }
        close_many(&near).unwrap();
    });
    close_many(&far).unwrap();
}
