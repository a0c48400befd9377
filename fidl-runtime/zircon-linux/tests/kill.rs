//! Peers that are killed at any moment: channels with both rings and handle transfers busy, sockets and fifos.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::fs;
use std::ops::Range;
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{Capacity, adopt, capacity, export, memory};

/// The environment variable that makes a test the process to be killed; its value is what it talks over.
const CHILD: &str = "ZIRCON_LINUX_TEST_TO_BE_KILLED";
/// How many processes to kill.
const KILLS: &str = "ZIRCON_LINUX_TEST_KILLS";

/// The same bits for channels, sockets and fifos.
const EITHER: u32 = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;

/// One side of a conversation: both write whenever there is room, and read whatever comes.
trait Talk {
    fn end(&self) -> u32;
    fn write(&mut self) -> Result<()>;
    fn read(&mut self) -> Result<()>;
    /// How many messages, or the like, were read.
    fn read_count(&self) -> u64;
    /// Closes all but the end itself.
    fn leave(&mut self) {}
}

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

/// Over a channel.
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
}

impl Talk for Talker {
    fn end(&self) -> u32 {
        self.channel
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

    fn read_count(&self) -> u64 {
        self.read
    }

    fn leave(&mut self) {
        close_many(&self.kept).unwrap();
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

/// As much as a socket holds here. It is much, so that writing it takes longer than killing.
const MOST: usize = 4 << 20;

/// Over a stream: each byte is told by where it stands.
struct Stream {
    socket: u32,
    written: usize,
    read: usize,
    /// The bytes from any place on, less the multiples of this period before it.
    content: Vec<u8>,
}

const PERIOD: usize = 251;

impl Stream {
    fn new(socket: u32) -> Stream {
        let content = (0..PERIOD as u8).collect::<Vec<u8>>().repeat(2 + MOST / PERIOD);
        Stream { socket, written: 0, read: 0, content }
    }
}

impl Talk for Stream {
    fn end(&self) -> u32 {
        self.socket
    }

    fn write(&mut self) -> Result<()> {
        let start = self.written % PERIOD;
        self.written += socket_write(self.socket, &self.content[start..start + MOST])?;
        Ok(())
    }

    fn read(&mut self) -> Result<()> {
        let (bytes, start) = (socket_read(self.socket, MOST)?, self.read % PERIOD);
        assert!(bytes == self.content[start..start + bytes.len()], "torn from {} on", self.read);
        self.read += bytes.len();
        Ok(())
    }

    fn read_count(&self) -> u64 {
        self.read as u64
    }
}

/// Over datagrams, or elements of a fifo: each repeats its number.
struct Numbered {
    end: u32,
    written: u64,
    read: u64,
}

const ELEMENT: usize = 512;

fn words_of_datagram(number: u64) -> usize {
    [1, 100, 9_000, 60_000, 200_000][number as usize % 5]
}

impl Talk for Numbered {
    fn end(&self) -> u32 {
        self.end
    }

    fn write(&mut self) -> Result<()> {
        if basic(self.end)?.object_type == ZX_OBJ_TYPE_SOCKET {
            let datagram = self.written.to_le_bytes().repeat(words_of_datagram(self.written));
            assert_eq!(socket_write(self.end, &datagram)?, datagram.len());
            self.written += 1;
        } else {
            let elements: Vec<u8> = (self.written..self.written + 8)
                .flat_map(|number| number.to_le_bytes().repeat(ELEMENT / 8))
                .collect();
            self.written += fifo_write(self.end, ELEMENT, &elements)? as u64;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<()> {
        if basic(self.end)?.object_type == ZX_OBJ_TYPE_SOCKET {
            let datagram = socket_read(self.end, MOST)?;
            let whole = self.read.to_le_bytes().repeat(words_of_datagram(self.read));
            assert!(datagram == whole, "datagram {} is torn", self.read);
            self.read += 1;
            return Ok(());
        }
        for element in fifo_read(self.end, ELEMENT, 3)?.chunks_exact(ELEMENT) {
            assert!(element == self.read.to_le_bytes().repeat(ELEMENT / 8), "element {} is torn", self.read);
            self.read += 1;
        }
        Ok(())
    }

    fn read_count(&self) -> u64 {
        self.read
    }
}

const CHANNEL: &str = "channel";
const STREAM: &str = "stream";
const DATAGRAM: &str = "datagram";
const FIFO: &str = "fifo";

/// Two ends to talk over.
fn pair(over: &str) -> (u32, u32) {
    match over {
        CHANNEL => channel(),
        STREAM => socket(ZX_SOCKET_STREAM).unwrap(),
        DATAGRAM => socket(ZX_SOCKET_DATAGRAM).unwrap(),
        _ => fifo(8, ELEMENT, 0).unwrap(),
    }
}

fn talker(over: &str, end: u32) -> Box<dyn Talk> {
    match over {
        CHANNEL => Box::new(Talker::new(end)),
        STREAM => Box::new(Stream::new(end)),
        _ => Box::new(Numbered { end, written: 0, read: 0 }),
    }
}

/// Has the system map each page of the shared memory anew when it is next touched, so that writing takes a large part of the
/// time.
fn forget_pages(area: &Range<usize>) -> bool {
    let start = std::ptr::with_exposed_provenance_mut(area.start);
    // SAFETY: the memory is a file's, whose content stays.
    unsafe { libc::madvise(start, area.len(), libc::MADV_DONTNEED) == 0 }
}

/// In the other process: talks until killed.
#[test]
fn talks_until_killed_if_told_to() {
    let _alone = alone();
    let Ok(over) = std::env::var(CHILD) else { return };
    // SAFETY: the parent passed the descriptor as standard input.
    let end = adopt(unsafe { OwnedFd::from_raw_fd(0) }).unwrap();
    let mut talker = talker(&over, end);
    // A channel's messages are written in many pieces, which takes its time.
    let forgetful = (over != CHANNEL).then(area);
    loop {
        while forgetful.as_ref().is_none_or(forget_pages) {
            if talker.write().is_err() {
                break;
            }
        }
        match talker.read() {
            Ok(()) => {}
            Err(ZX_ERR_SHOULD_WAIT) => {
                let _ = wait_one(end, EITHER | ZX_CHANNEL_WRITABLE, soon());
            }
            Err(status) => panic!("{status}"),
        }
    }
}

fn start(over: &str, end: u32) -> Child {
    let descriptor = export(end).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "talks_until_killed_if_told_to"])
        .env(CHILD, over)
        .stdin(Stdio::from(descriptor))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Where the memory of the only object that another process holds too is mapped.
fn area() -> Range<usize> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut areas = maps.lines().filter(|line| line.contains("memfd:zircon-linux"));
    let (area, None) = (areas.next().unwrap(), areas.next()) else { panic!("one area is mapped") };
    let (start, rest) = area.split_once('-').unwrap();
    let address = |text| usize::from_str_radix(text, 16).unwrap();
    address(start)..address(rest.split(' ').next().unwrap())
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
fn survive(over: &str, kills: u64) {
    // Too late if another test was first, and did the same.
    let _ = Capacity::new().socket_bytes(MOST).install();
    assert_eq!(capacity().socket_bytes, MOST);
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
        let (near, far) = pair(over);
        let mut child = start(over, far);
        let area = area().start;
        let mut talker = talker(over, near);
        // Most are killed while they are seen to write. The few elements of a fifo are written before that can be.
        let aimed = over != FIFO && round % if over == CHANNEL { 2 } else { 5 } != 1;
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
                if now >= at && !killed && (!aimed || is_writing(area)) {
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
                while aimed && !writes && Instant::now() < patience {
                    writes = is_writing(area);
                }
                if !aimed || writes {
                    child.kill().unwrap();
                    killed = true;
                }
            }
            wait_async(talker.end(), queue, 1, EITHER | ZX_CHANNEL_WRITABLE, 0).unwrap();
            assert_eq!(port_wait(queue, soon()).unwrap().key, 1);
        }
        assert_eq!(talker.read(), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(talker.write(), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(signals(near) & (EITHER | ZX_CHANNEL_WRITABLE), ZX_CHANNEL_PEER_CLOSED);
        messages += talker.read_count();
        talker.leave();
        while_writing += u64::from(is_writing(area));
        close(near).unwrap();
        child.wait().unwrap();
        assert_eq!(resources(), before);
    }
    println!(
        "{over}: {kills} kills, {while_writing} of them during a write; {messages} messages, or bytes, read"
    );
    assert!(messages > 0);
    assert!(
        while_writing * 10 >= kills || over == FIFO,
        "{over}: only {while_writing} of {kills} kills between reserving and publishing"
    );
    close(queue).unwrap();
}

fn kills() -> u64 {
    std::env::var(KILLS).map_or(100, |kills| kills.parse().unwrap())
}

#[test]
fn survivors_of_killed_peers() {
    let _alone = alone();
    survive(CHANNEL, kills());
}

#[test]
fn survivors_of_peers_killed_over_sockets_and_fifos() {
    let _alone = alone();
    [STREAM, DATAGRAM, FIFO].iter().for_each(|over| survive(over, kills() / 3));
}
