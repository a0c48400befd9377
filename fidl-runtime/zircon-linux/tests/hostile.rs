//! A peer that does everything that it must not. The survivor keeps its other channels, leaks nothing, never blocks, and
//! never reads a message that was not written.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use common::raw::*;
use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::listen;

/// How many hostile peers there are.
const ROUNDS: &str = "ZIRCON_LINUX_TEST_HOSTILE_PEERS";

const READABLE: u32 = ZX_CHANNEL_READABLE;
const CLOSED: u32 = ZX_CHANNEL_PEER_CLOSED;

const RING: usize = 128 * 1024;
const AREA: usize = 4096 + 2 * RING;

fn raw_socket(path: &Path) -> OwnedFd {
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: the call takes no pointers.
    let socket = owned(unsafe { libc::socket(libc::AF_UNIX, kind, 0) });
    let mut address = libc::sockaddr_un { sun_family: libc::AF_UNIX as u16, sun_path: [0; 108] };
    for (place, byte) in address.sun_path.iter_mut().zip(path.as_os_str().as_bytes()) {
        *place = *byte as libc::c_char;
    }
    let (place, size) = ((&raw const address).cast(), size_of_val(&address) as u32);
    // SAFETY: the address is live.
    assert_eq!(unsafe { libc::connect(socket.as_raw_fd(), place, size) }, 0);
    socket
}

/// The hostile side of a channel.
struct Peer {
    socket: OwnedFd,
    memory: OwnedFd,
    mapped: Mapped,
}

impl Peer {
    /// Connects and greets as it should be.
    fn connect(path: &Path) -> Peer {
        let peer = Peer::silent(path);
        peer.greet();
        peer
    }

    fn greet(&self) {
        assert!(send(&self.socket, &words(&[3, 1, RING as u32, 0]), &[self.memory.as_raw_fd()]));
    }

    /// Connects, and does not greet yet.
    fn silent(path: &Path) -> Peer {
        let socket = raw_socket(path);
        let memory = raw_memory(AREA, SEALS, libc::MFD_ALLOW_SEALING);
        let mapped = Mapped::new(&memory, AREA);
        Peer { socket, memory, mapped }
    }

    fn write(&self, at: usize, word: u64) {
        self.mapped.write(at, word);
    }

    /// Writes an honest message of so many bytes of `content`, as the first of the ring.
    fn honest_message(&self, content: u8, bytes: u32) {
        self.write(4096, u64::from(bytes));
        for at in 0..bytes as usize {
            // SAFETY: inside the mapping.
            unsafe { self.mapped.start.wrapping_add(4104 + at).write(content) };
        }
        let record = 8 + bytes.next_multiple_of(8);
        self.write(0, 1 << 32 | u64::from(record));
    }

    /// Does one thing at random.
    fn misbehave(&self, dice: &mut Dice) {
        let pipe = pipe();
        match dice.roll(12) {
            // Words of the head: positions, bells, counts, signals.
            0 | 1 => {
                self.write([0, 128, 256, 384, 1024, 1152, 1280, 1408][dice.roll(8) as usize], dice.number())
            }
            2 => self.write(2048 + 8 * dice.roll(64) as usize, dice.number()),
            // A record, and a tail that says it is there.
            3 => {
                self.write(4096 + 8 * dice.roll(20) as usize, dice.number());
                self.write(0, (1 + dice.roll(3)) << 32 | (8 * dice.roll(40)));
            }
            // A record with handles that never were sent.
            4 => {
                self.write(4096, (1 + dice.roll(64)) << 32);
                self.write(0, 1 << 32 | 8);
            }
            // Bells without end.
            5 => while send(&self.socket, &words(&[1]), &[]) && dice.roll(300) > 0 {},
            // Descriptors without end, of the wrong kind.
            6 => {
                let many = vec![pipe.as_raw_fd(); 1 + dice.roll(250) as usize];
                while send(&self.socket, &words(&[dice.roll(4) as u32, 1, 1, 0]), &many) && dice.roll(5) > 0 {
                }
            }
            // Handles of every type whose descriptors are something else.
            7 => {
                let kinds = [4, 5, 16, 3, 6, 22, 14, 19, 99];
                let kind = kinds[dice.roll(9) as usize];
                // Not its own socket: that would stay open in the survivor's queue, and there would be no end.
                let pair = std::os::unix::net::UnixDatagram::pair().unwrap();
                let others = [pipe.as_raw_fd(), pair.0.as_raw_fd(), self.memory.as_raw_fd()];
                let descriptors: Vec<RawFd> =
                    (0..dice.roll(4)).map(|_| others[dice.roll(3) as usize]).collect();
                let (side, bytes) = (dice.roll(3) as u32, dice.number() as u32);
                let head = [2, 1, descriptors.len() as u32, 0, kind, u32::MAX, side, bytes];
                send(&self.socket, &words(&head), &descriptors);
                self.write(4096, 1 << 32);
                self.write(0, 1 << 32 | 8);
            }
            // Packets of any content.
            8 => {
                let bytes: Vec<u8> = (0..dice.roll(2000)).map(|_| dice.roll(5) as u8).collect();
                send(&self.socket, &bytes, &[]);
            }
            // Attempts to pull the memory away.
            // SAFETY: the call takes no pointers.
            9 => drop(unsafe { libc::ftruncate(self.memory.as_raw_fd(), dice.roll(8192) as i64) }),
            10 => {
                let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
                // SAFETY: the call takes no pointers.
                unsafe { libc::fallocate(self.memory.as_raw_fd(), mode, 0, AREA as i64) };
            }
            // SAFETY: the call takes no pointers.
            _ => drop(unsafe { libc::shutdown(self.socket.as_raw_fd(), dice.roll(3) as i32) }),
        }
    }
}

/// What a survivor does with a channel, in any order.
fn survive(server: u32, queue: u32, dice: &mut Dice) {
    match dice.roll(7) {
        0 => {
            let _ = timed("read", || read_into(server, 0, [0, 16, 65536][dice.roll(3) as usize], 64))
                .2
                .iter()
                .map(|handle| close(*handle))
                .collect::<Vec<_>>();
        }
        1 => drop(timed("write", || write(server, &[7; 100], &[]))),
        2 => drop(timed("write with a handle", || write(server, &[7; 100], &[event()]))),
        3 => drop(timed("wait_async", || wait_async(server, queue, 9, READABLE | CLOSED, 0))),
        4 => drop(timed("port_wait", || port_wait(queue, zx_after(50_000)))),
        5 => drop(timed("wait_one", || wait_one(server, READABLE | CLOSED, zx_after(50_000)))),
        _ => drop(timed("signal_peer", || signal_peer(server, 0, ZX_USER_SIGNAL_0))),
    }
}

#[test]
fn hostile_peers() {
    let _alone = alone();
    let rounds = std::env::var(ROUNDS).map_or(3000, |rounds| rounds.parse().unwrap());
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let (bystander, other) = socket_channel();
    let queue = port();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    // What stays is made by the first use.
    let mut before = None;
    for round in 0..rounds {
        let peer = Peer::connect(&path);
        let server = timed("accept", || accept(listener));
        if round % 2 == 0 {
            // What was whole before is read.
            peer.honest_message(round as u8, 40);
            assert_eq!(wait_one(server, READABLE, soon()).0, ZX_OK);
            assert_eq!(read(server).unwrap().0, [round as u8; 40]);
        }
        for _ in 0..dice.roll(12) {
            if dice.roll(3) == 0 {
                peer.misbehave(&mut dice);
            }
            survive(server, queue, &mut dice);
        }
        if dice.roll(2) == 0 {
            drop(peer);
            // Whatever is still in the ring, the end comes.
            let begun = Instant::now();
            while wait_one(server, CLOSED, soon()).0 != ZX_OK {}
            while read_into(server, ZX_CHANNEL_READ_MAY_DISCARD, 0, 0).0 != ZX_ERR_PEER_CLOSED {
                assert!(begun.elapsed() < 4 * PATIENCE, "messages without end");
            }
            close(server).unwrap();
        } else {
            close(server).unwrap();
            drop(peer);
        }
        zircon_linux::abi::zx_port_cancel_key(queue, 0, 9);
        if round % 100 == 0 {
            write(bystander, b"still here", &[]).unwrap();
            assert_eq!(read(other).unwrap().0, b"still here");
            if round >= 200 {
                assert_eq!(*before.get_or_insert_with(resources), resources());
            }
        }
    }
    assert_eq!(before, Some(resources()));
    close_many(&[listener, bystander, other, queue]).unwrap();
}

/// Greetings that are not what they should be end their channel, and nothing of them stays.
#[test]
fn hostile_greetings() {
    let _alone = alone();
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let good = raw_memory(AREA, SEALS, libc::MFD_ALLOW_SEALING);
    let unsealed = raw_memory(AREA, SEALS & !libc::F_SEAL_SHRINK, libc::MFD_ALLOW_SEALING);
    let small = raw_memory(AREA - 4096, SEALS, libc::MFD_ALLOW_SEALING);
    let read_only = raw_memory(AREA, SEALS | libc::F_SEAL_WRITE, libc::MFD_ALLOW_SEALING);
    let huge = raw_memory(2 << 20, SEALS, libc::MFD_ALLOW_SEALING | libc::MFD_HUGETLB);
    let pipe = pipe();
    let ring = RING as u32;
    let greetings: [(Vec<u32>, Vec<&OwnedFd>); 13] = [
        (vec![3, 1, ring, 0], vec![]),
        (vec![3, 1, ring, 0], vec![&pipe]),
        (vec![3, 1, ring, 0], vec![&unsealed]),
        (vec![3, 1, ring, 0], vec![&small]),
        (vec![3, 1, ring, 0], vec![&read_only]),
        (vec![3, 1, ring, 0], vec![&huge]),
        (vec![3, 1, ring, 0], vec![&good, &good]),
        (vec![3, 1, ring / 2, 0], vec![&good]),
        (vec![3, 1, 3, 0], vec![&good]),
        (vec![3, 2, ring, 0], vec![&good]),
        (vec![9, 1, ring, 0], vec![&good]),
        (vec![3, 1, ring], vec![&good]),
        (vec![3, 1, ring, 0, 0], vec![&good]),
    ];
    let mut before = None;
    for (number, (head, memory)) in greetings.iter().chain(&greetings).enumerate() {
        let socket = raw_socket(&path);
        let descriptors: Vec<RawFd> = memory.iter().map(|memory| memory.as_raw_fd()).collect();
        assert!(send(&socket, &words(head), &descriptors));
        let server = accept(listener);
        assert_eq!(wait_one(server, READABLE | CLOSED, soon()), (ZX_OK, CLOSED), "greeting {number}");
        assert_eq!(read(server), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(write(server, b"", &[]), Err(ZX_ERR_PEER_CLOSED));
        close(server).unwrap();
        drop(socket);
        assert_eq!(*before.get_or_insert_with(resources), resources());
    }
    // Who does not greet at all is waited for.
    let socket = raw_socket(&path);
    let server = accept(listener);
    assert_eq!(read(server), Err(ZX_ERR_SHOULD_WAIT));
    assert_eq!(write(server, b"", &[]), Err(ZX_ERR_SHOULD_WAIT));
    let event = event();
    assert_eq!(write(server, b"", &[event]), Err(ZX_ERR_SHOULD_WAIT));
    assert_eq!(wait_one(server, READABLE | CLOSED, zx_after(1_000_000)), (ZX_ERR_TIMED_OUT, 0));
    let queue = port();
    wait_async(server, queue, 1, ZX_CHANNEL_WRITABLE | CLOSED, 0).unwrap();
    assert!(send(&socket, &words(&[3, 1, ring, 0]), &[good.as_raw_fd()]));
    assert_eq!(port_wait(queue, soon()).unwrap().signal().observed, ZX_CHANNEL_WRITABLE);
    write(server, b"now", &[event]).unwrap();
    close_many(&[server, listener, queue]).unwrap();
}

/// Where the rings begin is what the memory says that was sent. No position there makes a call fail otherwise than by the
/// end of the channel. (One that was no multiple of 8 was taken for an aligned one if both sides seemed to be there.)
#[test]
fn positions_that_were_there_before() {
    let _alone = alone();
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let mut dice = Dice(5);
    for round in 0..500 {
        let peer = Peer::silent(&path);
        let [to_server, to_client] = [dice.number(), if round % 2 == 0 { 4 } else { dice.number() }];
        for (at, position) in [(0, to_server), (128, to_server), (1024, to_client), (1152, to_client)] {
            peer.write(at, position);
        }
        peer.greet();
        let server = accept(listener);
        let legal = |status| matches!(status, ZX_OK | ZX_ERR_SHOULD_WAIT | ZX_ERR_PEER_CLOSED);
        for _ in 0..3 {
            assert!(legal(write(server, &[7; 100], &[]).err().unwrap_or(ZX_OK)));
            peer.write(0, to_server.wrapping_add(1 << 32 | 8));
            assert!(legal(read_into(server, 0, 65536, 64).0));
        }
        close(server).unwrap();
    }
    close(listener).unwrap();
}

/// A greeting that comes just before its reader goes to sleep. (It was taken, and then nobody asked to be told of messages.)
#[test]
fn a_greeting_just_before_the_sleep() {
    let _alone = alone();
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let queue = port();
    assert_eq!(zircon_linux::abi::zx_linux_port_set_spin(queue, 0), ZX_OK);
    assert_eq!(zircon_linux::abi::zx_linux_port_set_yields(queue, 0), ZX_OK);
    for round in 0..50 {
        let peer = Peer::silent(&path);
        let server = accept(listener);
        wait_async(server, queue, round, READABLE | CLOSED, 0).unwrap();
        // Now the descriptors have just been looked at, and are not looked at again before the sleep.
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
        let received = std::thread::scope(|scope| {
            let reader = scope.spawn(|| port_wait(queue, zx_after(2_000_000_000)).map(|packet| packet.key));
            peer.greet();
            std::thread::sleep(Duration::from_millis(3));
            peer.honest_message(7, 40);
            // SAFETY: the reader's bell, inside the mapping.
            let bell =
                unsafe { &*peer.mapped.start.wrapping_add(256).cast::<std::sync::atomic::AtomicU32>() };
            std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
            if bell.swap(0, std::sync::atomic::Ordering::SeqCst) != 0 {
                assert!(send(&peer.socket, &words(&[1]), &[]));
            }
            reader.join().unwrap()
        });
        assert_eq!(received, Ok(round));
        assert_eq!(read(server).unwrap().0, [7; 40]);
        close(server).unwrap();
    }
    close_many(&[listener, queue]).unwrap();
}

/// A peer that writes while its message is copied: whatever is read is of the announced size, and no call fails
/// otherwise than by the end of the channel.
#[test]
fn a_peer_that_writes_all_the_time() {
    let _alone = alone();
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let deadline = Instant::now() + Duration::from_millis(500);
    let mut messages = 0;
    // On a busy machine it takes longer for the first message to be caught whole.
    while Instant::now() < deadline || messages == 0 {
        assert!(Instant::now() < deadline + 100 * PATIENCE, "no message");
        let peer = Peer::connect(&path);
        let server = accept(listener);
        let seed = messages + 77;
        let (peer_word, stop) =
            (peer.mapped.start.expose_provenance(), std::sync::atomic::AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut dice = Dice(seed);
                let base = std::ptr::with_exposed_provenance_mut::<u64>(peer_word);
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let record = 8 * (1 + dice.roll(64));
                    // SAFETY: words inside the mapping, which outlives the scope.
                    unsafe {
                        base.wrapping_add(512).write_volatile(record - 8 - dice.roll(9).min(record - 8))
                    };
                    // SAFETY: as above.
                    unsafe { base.write_volatile(1 << 32 | record) };
                }
            });
            for _ in 0..200 {
                match read_into(server, 0, 65536, 64) {
                    (ZX_OK, bytes, handles) => {
                        assert!(bytes.len() <= 512 && handles.is_empty());
                        messages += 1;
                    }
                    (status, ..) => assert!(matches!(status, ZX_ERR_SHOULD_WAIT | ZX_ERR_PEER_CLOSED)),
                }
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        close(server).unwrap();
    }
    close(listener).unwrap();
}
