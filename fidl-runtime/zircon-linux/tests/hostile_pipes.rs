//! Peers at the other end of a socket or fifo that do everything that they must not. The survivor leaks nothing, never blocks,
//! and gets no status that is not documented.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixDatagram;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::raw::*;
use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{adopt, export};

/// How many hostile peers there are.
const ROUNDS: &str = "ZIRCON_LINUX_TEST_HOSTILE_PEERS";

const READABLE: u32 = ZX_SOCKET_READABLE;
const WRITABLE: u32 = ZX_SOCKET_WRITABLE;
const CLOSED: u32 = ZX_SOCKET_PEER_CLOSED;

/// What the peer makes: a socket or fifo of its own, of which the survivor gets end 1.
#[derive(Clone, Copy)]
struct Made {
    kind: u32,
    /// Of each of the two rings, as a power of two.
    size: u32,
    datagrams: bool,
    element: u32,
    limit: u32,
}

const STREAM: Made = Made { kind: ZX_OBJ_TYPE_SOCKET, size: 13, datagrams: false, element: 1, limit: 8000 };
const DATAGRAM: Made = Made { kind: ZX_OBJ_TYPE_SOCKET, size: 14, datagrams: true, element: 1, limit: 8000 };
const FIFO: Made = Made { kind: ZX_OBJ_TYPE_FIFO, size: 12, datagrams: false, element: 3, limit: 3000 };

impl Made {
    fn area(self) -> usize {
        4096 + (2 << self.size)
    }

    /// The words for an end, as they stand in a packet.
    fn words(self, end: u32) -> [u32; 2] {
        let flags = end | u32::from(self.datagrams) << 1;
        [flags | self.size << 8 | self.element << 16, self.limit]
    }
}

/// A socket in which a packet with one handle waits, as [`export`] makes it.
fn parcel(kind: u32, words_of_end: [u32; 2], descriptors: &[RawFd]) -> OwnedFd {
    let [near, far] = seqpacket_pair();
    let head = [2, 1, descriptors.len() as u32, 0, kind, u32::MAX, words_of_end[0], words_of_end[1]];
    assert!(send(&near, &words(&head), descriptors));
    far
}

fn seqpacket_pair() -> [OwnedFd; 2] {
    let (mut ends, kind) = ([-1; 2], libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK);
    // SAFETY: the place is live.
    assert_eq!(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) }, 0);
    ends.map(owned)
}

/// The hostile side.
struct Peer {
    made: Made,
    socket: OwnedFd,
    memory: OwnedFd,
    mapped: Mapped,
}

impl Peer {
    /// Makes a pair, and gives one end away.
    fn new(made: Made) -> (Peer, u32) {
        let memory = raw_memory(made.area(), SEALS, libc::MFD_ALLOW_SEALING);
        let [socket, given] = seqpacket_pair();
        let parcel = parcel(made.kind, made.words(1), &[given.as_raw_fd(), memory.as_raw_fd()]);
        let mapped = Mapped::new(&memory, made.area());
        (Peer { made, socket, memory, mapped }, adopt(parcel).unwrap())
    }

    /// Writes six bytes as the first of the ring, and a datagram of them if it is for those.
    fn honest_bytes(&self) {
        let head = if self.made.datagrams { 4 } else { 0 };
        if self.made.datagrams {
            self.mapped.write(4096, 6);
        }
        self.mapped.write(4096 + head, u64::from_le_bytes(*b"honest\0\0"));
        self.mapped.write(0, u64::from(self.made.datagrams) << 32 | 6);
    }

    /// Does one thing at random.
    fn misbehave(&self, dice: &mut Dice) {
        let ring = 1 << self.made.size;
        match dice.roll(11) {
            // Positions and bells of both directions.
            0..3 => {
                let place = [0, 128, 256, 384, 1024, 1152, 1280, 1408][dice.roll(8) as usize];
                self.mapped.write(place, dice.number());
            }
            // Positions that may be, and the bit that disables writes.
            3 | 4 => {
                let records = if self.made.datagrams { 1 + dice.roll(3) } else { 0 };
                let word = dice.roll(2) << 63 | records << 32 | dice.roll(100);
                self.mapped.write([0, 128, 1024, 1152][dice.roll(4) as usize], word);
            }
            // Words of the sides: counts, thresholds, several holders, signals.
            5 => self.mapped.write(2048 + 4 * dice.roll(127) as usize, dice.number()),
            // Content, also sizes of datagrams.
            6 => self.mapped.write(4096 + 4 * dice.roll(2 * ring / 4 - 1) as usize, dice.number()),
            // Bells without end, and packets of any content.
            7 => while send(&self.socket, &[1], &[]) && dice.roll(300) > 0 {},
            8 => {
                let (pipe, content) = (pipe(), vec![dice.roll(5) as u8; dice.roll(2000) as usize]);
                let many = vec![pipe.as_raw_fd(); dice.roll(250) as usize];
                send(&self.socket, &content, &many);
            }
            9 => {
                let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
                // SAFETY: the calls take no pointers.
                unsafe { libc::fallocate(self.memory.as_raw_fd(), mode, 0, self.made.area() as i64) };
                // SAFETY: as above.
                unsafe { libc::ftruncate(self.memory.as_raw_fd(), dice.roll(8192) as i64) };
            }
            // SAFETY: the call takes no pointers.
            _ => drop(unsafe { libc::shutdown(self.socket.as_raw_fd(), dice.roll(3) as i32) }),
        }
    }
}

fn read_some(made: Made, end: u32, room: usize, peek: bool) -> Result<Vec<u8>> {
    match made.kind {
        ZX_OBJ_TYPE_FIFO => fifo_read(end, 3, room.div_ceil(3).max(1)),
        _ => socket_read_with(end, if peek { ZX_SOCKET_PEEK } else { 0 }, room),
    }
}

fn write_some(made: Made, end: u32, size: usize) -> Result<usize> {
    match made.kind {
        ZX_OBJ_TYPE_FIFO => fifo_write(end, 3, &vec![7; size.next_multiple_of(3).max(3)]),
        _ => socket_write(end, &vec![7; size]),
    }
}

/// Passes if a call gave what it may.
fn expect<T>(made: Made, result: Result<T>) {
    let status = result.err();
    let documented = match status {
        None | Some(ZX_ERR_SHOULD_WAIT | ZX_ERR_PEER_CLOSED) => true,
        Some(ZX_ERR_BAD_STATE) => made.kind == ZX_OBJ_TYPE_SOCKET,
        Some(ZX_ERR_OUT_OF_RANGE) => made.datagrams,
        Some(_) => false,
    };
    assert!(documented, "status {status:?}");
}

/// What a survivor does with its end, in any order. Returns the end, which may have gone somewhere and come back.
fn survive(made: Made, end: u32, queue: u32, dice: &mut Dice) -> u32 {
    let size = [0, 1, 100, 4000, 9000][dice.roll(5) as usize];
    let is_socket = made.kind == ZX_OBJ_TYPE_SOCKET;
    match dice.roll(10) {
        0 => expect(made, timed("read", || read_some(made, end, size, false))),
        1 => expect(made, timed("peek", || read_some(made, end, size, true))),
        2 => expect(made, timed("write", || write_some(made, end, size))),
        3 => expect(made, timed("wait_async", || wait_async(end, queue, 9, READABLE | CLOSED, 0))),
        4 => drop(timed("port_wait", || port_wait(queue, zx_after(50_000)))),
        5 => drop(timed("wait_one", || wait_one(end, READABLE | CLOSED, zx_after(50_000)))),
        6 => expect(made, timed("signal_peer", || signal_peer(end, 0, ZX_USER_SIGNAL_0))),
        7 if is_socket => {
            let [own, peers] = [dice.roll(3) as u32, dice.roll(3) as u32];
            expect(made, timed("set_disposition", || dispose(end, own, peers)));
        }
        8 if is_socket => {
            let told: zx_info_socket_t = info(end, ZX_INFO_SOCKET).unwrap();
            assert!(told.rx_buf_size <= 8000 && told.rx_buf_available <= told.rx_buf_size);
            let threshold = dice.roll(8000).to_le_bytes();
            expect(made, timed("property", || set_property(end, ZX_PROP_SOCKET_TX_THRESHOLD, &threshold)));
        }
        _ => return timed("export and adopt", || adopt(export(end).unwrap()).unwrap()),
    }
    end
}

#[test]
fn hostile_peers() {
    let _alone = alone();
    let rounds = std::env::var(ROUNDS).map_or(3000, |rounds| rounds.parse().unwrap());
    let (queue, mut dice, mut before) = (port(), Dice(0x9E37_79B9_7F4A_7C15), None);
    for round in 0..rounds {
        let made = [STREAM, DATAGRAM, FIFO][round % 3];
        let (peer, mut end) = Peer::new(made);
        if round % 2 == 0 {
            // What was whole before is read.
            peer.honest_bytes();
            assert_eq!(wait_one(end, READABLE, soon()).0, ZX_OK);
            assert_eq!(read_some(made, end, 100, false).unwrap(), b"honest");
        }
        for _ in 0..dice.roll(12) {
            if dice.roll(3) == 0 {
                peer.misbehave(&mut dice);
            }
            end = survive(made, end, queue, &mut dice);
        }
        if dice.roll(2) == 0 {
            drop(peer);
            // Whatever is still in the ring, the end comes.
            let begun = Instant::now();
            while wait_one(end, CLOSED, soon()).0 != ZX_OK {}
            while read_some(made, end, 8001, false) != Err(ZX_ERR_PEER_CLOSED) {
                assert!(begun.elapsed() < 4 * PATIENCE, "bytes without end");
            }
            assert_eq!(signals(end) & (READABLE | WRITABLE | CLOSED), CLOSED);
            close(end).unwrap();
        } else {
            close(end).unwrap();
            drop(peer);
        }
        zircon_linux::abi::zx_port_cancel_key(queue, 0, 9);
        // What stays is made by the first use.
        if round % 100 == 0 && round >= 200 {
            assert_eq!(*before.get_or_insert_with(resources), resources());
        }
    }
    assert_eq!(before, Some(resources()));
    close(queue).unwrap();
}

/// Ends that are not what they should be are refused, and nothing of them stays.
#[test]
fn hostile_ends() {
    let _alone = alone();
    let memory = |bytes, seals| raw_memory(bytes, seals, libc::MFD_ALLOW_SEALING);
    let good = memory(STREAM.area(), SEALS);
    let unsealed = memory(STREAM.area(), SEALS & !libc::F_SEAL_SHRINK);
    let small = memory(STREAM.area() - 4096, SEALS);
    let read_only = memory(STREAM.area(), SEALS | libc::F_SEAL_WRITE);
    let [socket, _other] = seqpacket_pair();
    let (datagram, pipe) = (UnixDatagram::pair().unwrap().0, pipe());
    let (bytes, fd) = (STREAM.words(0), AsRawFd::as_raw_fd);
    let both = [socket.as_raw_fd(), good.as_raw_fd()];
    let socket_kind = ZX_OBJ_TYPE_SOCKET;
    let of = |made: Made| (made.kind, made.words(0), both.to_vec());
    let cases = [
        (socket_kind, bytes, vec![]),
        (socket_kind, bytes, vec![fd(&socket)]),
        (socket_kind, bytes, vec![fd(&good), fd(&socket)]),
        (socket_kind, bytes, vec![fd(&pipe), fd(&good)]),
        (socket_kind, bytes, vec![datagram.as_raw_fd(), fd(&good)]),
        (socket_kind, bytes, vec![fd(&socket), fd(&pipe)]),
        (socket_kind, bytes, vec![fd(&socket), fd(&unsealed)]),
        (socket_kind, bytes, vec![fd(&socket), fd(&small)]),
        (socket_kind, bytes, vec![fd(&socket), fd(&read_only)]),
        (socket_kind, bytes, vec![fd(&socket), fd(&good), fd(&good)]),
        of(Made { size: 12, ..STREAM }),
        of(Made { size: 31, ..STREAM }),
        of(Made { size: 255, ..STREAM }),
        of(Made { limit: 0, ..STREAM }),
        of(Made { limit: 8193, ..STREAM }),
        of(Made { limit: u32::MAX, ..STREAM }),
        of(Made { size: 13, limit: 8189, ..DATAGRAM }),
        of(Made { element: 0, ..STREAM }),
        of(Made { element: 2, ..STREAM }),
        of(Made { size: 13, ..FIFO }),
        of(Made { size: 13, element: 0, ..FIFO }),
        of(Made { size: 13, limit: 3001, ..FIFO }),
        of(Made { size: 13, limit: 4098, ..FIFO }),
        of(Made { size: 13, datagrams: true, ..FIFO }),
    ];
    let before = resources();
    for (number, (kind, words, descriptors)) in cases.iter().enumerate() {
        match adopt(parcel(*kind, *words, descriptors)) {
            // The one that is good: it is there so that the others differ from it by one thing.
            Ok(end) if number == 19 => close(end).unwrap(),
            other => assert_eq!(other, Err(ZX_ERR_WRONG_TYPE), "case {number}"),
        }
        assert_eq!(resources(), before, "case {number}");
    }
    // Rights are cut down to what there can be.
    let end = adopt(parcel(socket_kind, bytes, &both)).unwrap();
    assert_eq!(basic(end).unwrap().rights, ZX_DEFAULT_SOCKET_RIGHTS);
    close(end).unwrap();
}

/// Who holds the same end and is stopped in the midst of a call keeps nobody waiting but those who want to use that end, and
/// these only until it is gone.
#[test]
fn a_holder_that_keeps_its_turn() {
    let _alone = alone();
    let (near, far) = socket(ZX_SOCKET_STREAM).unwrap();
    let (bystander, other) = socket(ZX_SOCKET_STREAM).unwrap();
    let other = crossed(other);
    let near_too = crossed(duplicate(near, ZX_RIGHT_SAME_RIGHTS).unwrap());
    let file = std::fs::File::options().read(true).write(true).open(memory_of(near_too)).unwrap();
    socket_read(far, 100).unwrap();
    socket_write(near, b"before").unwrap();
    // SAFETY: the structure is integers.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    (lock.l_type, lock.l_len) = (libc::F_WRLCK as _, 2);
    // SAFETY: the structure is live.
    assert_eq!(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &lock) }, 0);
    for holder in [near, near_too] {
        assert_eq!(timed("write", || socket_write(holder, b"x")), Err(ZX_ERR_SHOULD_WAIT));
        assert_eq!(timed("read", || socket_read(holder, 1)), Err(ZX_ERR_SHOULD_WAIT));
        assert_eq!(signals(holder), WRITABLE);
    }
    // The other end has one holder, and needs no turn.
    assert_eq!(socket_read(far, 10).unwrap(), b"before");
    assert_eq!(socket_write(far, b"reply"), Ok(5));
    assert_eq!(socket_write(bystander, b"still here"), Ok(10));
    assert_eq!(socket_read(other, 10).unwrap(), b"still here");
    drop(file);
    assert_eq!(socket_read(near, 10).unwrap(), b"reply");
    assert_eq!(socket_write(near_too, b"x"), Ok(1));
    close_many(&[near, near_too, far, bystander, other]).unwrap();
}

/// The path under which the memory of an end of this process can be opened: it is the only one with these bytes.
fn memory_of(end: u32) -> std::path::PathBuf {
    let mark = b"a mark that nothing else has";
    socket_write(end, mark).unwrap();
    let folder = std::fs::read_dir("/proc/self/fd").unwrap();
    let found = folder.filter_map(|entry| Some(entry.ok()?.path())).find(|path| {
        let is_memory =
            std::fs::read_link(path).is_ok_and(|to| to.to_string_lossy().contains("memfd:zircon-linux"));
        is_memory && std::fs::read(path).is_ok_and(|bytes| bytes.windows(mark.len()).any(|part| part == mark))
    });
    found.unwrap()
}

/// A peer that writes positions, sizes and content while they are read: what is read is never more than there can be, and no
/// call fails otherwise than it may.
#[test]
fn a_peer_that_writes_all_the_time() {
    let _alone = alone();
    let (begun, mut seed, mut bytes) = (Instant::now(), 77, 0);
    while begun.elapsed() < Duration::from_millis(600) || bytes == 0 {
        assert!(begun.elapsed() < 100 * PATIENCE, "not a byte");
        let made = [STREAM, DATAGRAM, FIFO][seed as usize % 3];
        let (peer, end) = Peer::new(made);
        let stop = AtomicBool::new(false);
        let start = peer.mapped.start.expose_provenance();
        seed += 1;
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut dice = Dice(seed);
                let base = std::ptr::with_exposed_provenance_mut::<u64>(start);
                while !stop.load(Ordering::Relaxed) {
                    let size = 3 * dice.roll(200);
                    let word = if made.datagrams { 1 << 32 | size } else { size };
                    // SAFETY: words inside the mapping, which outlives the scope.
                    unsafe { base.wrapping_add(512).write_volatile(size + dice.roll(2)) };
                    // SAFETY: as above.
                    unsafe { base.write_volatile(word) };
                    // SAFETY: as above. The reader's own position.
                    unsafe { base.wrapping_add(16).write_volatile(0) };
                }
            });
            for _ in 0..200 {
                match read_some(made, end, 5_000, false) {
                    Ok(read) => {
                        assert!(read.len() <= 600);
                        bytes += read.len();
                    }
                    Err(status) => expect::<()>(made, Err(status)),
                }
                expect(made, write_some(made, end, 50));
                let told = signals(end);
                assert_eq!(told & !(READABLE | WRITABLE | CLOSED), 0);
            }
            stop.store(true, Ordering::Relaxed);
        });
        close(end).unwrap();
    }
}
