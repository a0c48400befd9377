//! Peers that are killed at any moment, with both rings and handle transfers busy.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::fs;
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{adopt, export, memory};

/// The environment variable that makes a test the process to be killed.
const CHILD: &str = "ZIRCON_LINUX_TEST_TO_BE_KILLED";
/// How many processes to kill.
const KILLS: &str = "ZIRCON_LINUX_TEST_KILLS";

const EITHER: u32 = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;

/// How often a message repeats its number, by which a reader tells that it is whole.
fn repetitions(number: u64) -> usize {
    match number % 8 {
        0 => 1,
        1 => 100 + number as usize % 900,
        _ => 2_000 + number as usize * 7 % 6_000,
    }
}

fn sends_handle(number: u64) -> bool {
    number % 5 == 2
}

/// One side of the conversation: both write whenever there is room, and read whatever comes.
struct Talker {
    channel: u32,
    written: u64,
    read: u64,
    /// Far ends of channels whose near ends were sent.
    kept: Vec<u32>,
}

impl Talker {
    fn new(channel: u32) -> Talker {
        Talker { channel, written: 0, read: 0, kept: Vec::new() }
    }

    fn write(&mut self) -> Result<()> {
        let number = self.written.to_le_bytes();
        let count = repetitions(self.written);
        if !sends_handle(self.written) {
            // In many pieces, so that writing takes a large part of the time.
            let piece = zx_channel_iovec_t { buffer: number.as_ptr(), capacity: 8, reserved: 0 };
            write_pieces(self.channel, &vec![piece; count])?;
        } else {
            let (near, far) = channel();
            write(near, b"in the queue", &[]).unwrap();
            match write(self.channel, &number.repeat(count), &[far]) {
                Ok(()) => self.kept.push(near),
                Err(status) => {
                    let _ = close_many(&[near, far]);
                    return Err(status);
                }
            }
        }
        self.written += 1;
        if self.kept.len() > 4 {
            close(self.kept.remove(0)).unwrap();
        }
        Ok(())
    }

    fn read(&mut self) -> Result<()> {
        let (bytes, handles) = read(self.channel)?;
        assert_eq!(handles.len(), usize::from(sends_handle(self.read)));
        let whole = self.read.to_le_bytes().repeat(repetitions(self.read));
        assert!(bytes == whole, "message {} is torn", self.read);
        self.read += 1;
        for handle in handles {
            assert_eq!(common::read(handle).unwrap().0, b"in the queue");
            close(handle).unwrap();
        }
        Ok(())
    }
}

/// In the other process: talks until killed.
#[test]
fn talks_until_killed_if_told_to() {
    let _alone = alone();
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    // SAFETY: the parent passed the descriptor as standard input.
    let channel = adopt(unsafe { OwnedFd::from_raw_fd(0) }).unwrap();
    let mut talker = Talker::new(channel);
    loop {
        while talker.write().is_ok() {}
        match talker.read() {
            Ok(()) => {}
            Err(ZX_ERR_SHOULD_WAIT) => {
                let _ = wait_one(channel, EITHER | ZX_CHANNEL_WRITABLE, soon());
            }
            Err(status) => panic!("{status}"),
        }
    }
}

fn start(channel: u32) -> Child {
    let descriptor = export(channel).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "talks_until_killed_if_told_to"])
        .env(CHILD, "1")
        .stdin(Stdio::from(descriptor))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Where the memory of the only channel to another process is mapped.
fn area() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut areas = maps.lines().filter(|line| line.contains("memfd:zircon-linux"));
    let (area, None) = (areas.next().unwrap(), areas.next()) else { panic!("one area is mapped") };
    usize::from_str_radix(area.split('-').next().unwrap(), 16).unwrap()
}

/// Whether the peer is writing a message: its memory says what it has begun, and what is complete. The layout stands in
/// the module of the shared memory.
fn is_writing(area: usize) -> bool {
    // The exported end is side 1, which writes the second direction.
    let word = |offset: usize| {
        // SAFETY: the first page of the mapping, which stays while its channel is open.
        unsafe { std::ptr::with_exposed_provenance::<u64>(area + offset).read_volatile() }
    };
    let (tail, reserved) = (word(1024), word(1024 + 16));
    tail != reserved
}

/// Numbers that look random and are the same on each run.
fn roll(dice: &mut u64, sides: u64) -> u64 {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    (*dice >> 11) % sides
}

fn resources() -> (usize, usize, usize, usize) {
    let maps = fs::read_to_string("/proc/self/maps").unwrap().matches("memfd:").count();
    let memory = memory();
    (fs::read_dir("/proc/self/fd").unwrap().count(), maps, memory.handles.used, memory.objects.used)
}

/// After each kill the survivor has read every complete message, whole and in order, finds the peer closed, and has all
/// its descriptors, mappings and handles back.
#[test]
fn survivors_of_killed_peers() {
    let _alone = alone();
    let kills = std::env::var(KILLS).map_or(100, |kills| kills.parse().unwrap());
    let queue = port();
    let (mut dice, mut while_writing, mut messages) = (0x9E37_79B9_7F4A_7C15, 0, 0);
    let bystander = socket_channel();
    // The first use of a port makes what stays.
    wait_async(bystander.1, queue, 0, EITHER, 0).unwrap();
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    zircon_linux::abi::zx_port_cancel(queue, bystander.1, 0);
    close_many(&[bystander.0, bystander.1]).unwrap();
    let before = resources();
    for round in 0..kills {
        let (near, far) = channel();
        let mut child = start(far);
        let area = area();
        let mut talker = Talker::new(near);
        // Set by the first message: the time of starting does not count.
        let mut kill_at: Option<Instant> = None;
        let mut killed = false;
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            assert!(Instant::now() < deadline, "the survivor hangs");
            while talker.write().is_ok() {}
            let status = loop {
                if let Err(status) = talker.read() {
                    break status;
                }
                let _ = talker.write();
                let now = Instant::now();
                let at = *kill_at.get_or_insert_with(|| now + Duration::from_micros(roll(&mut dice, 3000)));
                // Every other one is killed while it is seen to write.
                if now >= at && !killed && (round % 2 == 1 || is_writing(area)) {
                    child.kill().unwrap();
                    killed = true;
                }
            };
            if status == ZX_ERR_PEER_CLOSED {
                break;
            }
            assert_eq!(status, ZX_ERR_SHOULD_WAIT);
            if kill_at.is_some_and(|at| Instant::now() >= at) && !killed {
                // All is read, so the peer writes, unless it has filled the ring by now.
                let patience = Instant::now() + Duration::from_micros(300);
                let mut writes = false;
                while round % 2 == 0 && !writes && Instant::now() < patience {
                    writes = is_writing(area);
                }
                if round % 2 == 1 || writes {
                    child.kill().unwrap();
                    killed = true;
                }
            }
            wait_async(near, queue, 1, EITHER | ZX_CHANNEL_WRITABLE, 0).unwrap();
            assert_eq!(port_wait(queue, soon()).unwrap().key, 1);
        }
        assert_eq!(talker.read(), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(talker.write(), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(signals(near) & (EITHER | ZX_CHANNEL_WRITABLE), ZX_CHANNEL_PEER_CLOSED);
        messages += talker.read;
        close_many(&talker.kept).unwrap();
        while_writing += u64::from(is_writing(area));
        close(near).unwrap();
        child.wait().unwrap();
        assert_eq!(resources(), before);
    }
    println!("{kills} kills, {while_writing} while a message was written; {messages} messages read");
    assert!(messages > 0);
    assert!(
        while_writing * 10 >= kills,
        "only {while_writing} of {kills} kills between reserving and publishing"
    );
    close(queue).unwrap();
}
