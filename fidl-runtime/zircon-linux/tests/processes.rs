//! Three processes: A, which is the test, gives B an end whose other end C holds. It is forwarded, with what waits in it, and
//! at last comes back.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Child, Command, Stdio};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{adopt, export};

/// The environment variable that makes a test the other process.
const CHILD: &str = "ZIRCON_LINUX_TEST_OBEY";

/// The same bits for channels, sockets and fifos.
const READABLE: u32 = ZX_CHANNEL_READABLE;
const CLOSED: u32 = ZX_CHANNEL_PEER_CLOSED;

const ELEMENT: usize = 4;

fn put(end: u32, bytes: &[u8]) -> Result<()> {
    match basic(end)?.object_type {
        ZX_OBJ_TYPE_CHANNEL => write(end, bytes, &[]),
        ZX_OBJ_TYPE_VMO => vmo_write(end, 0, bytes),
        ZX_OBJ_TYPE_FIFO => {
            fifo_write(end, ELEMENT, bytes).map(|count| assert_eq!(count * ELEMENT, bytes.len()))
        }
        _ => socket_write(end, bytes).map(|count| assert_eq!(count, bytes.len())),
    }
}

/// Waits for something to read, and reads it.
fn take(end: u32) -> Result<Vec<u8>> {
    let kind = basic(end)?.object_type;
    if kind == ZX_OBJ_TYPE_VMO {
        return vmo_read(end, 0, 8);
    }
    assert_eq!(wait_one(end, READABLE | CLOSED, soon()).0, ZX_OK);
    match kind {
        ZX_OBJ_TYPE_CHANNEL => read(end).map(|(bytes, _)| bytes),
        ZX_OBJ_TYPE_FIFO => fifo_read(end, ELEMENT, 100),
        _ => socket_read(end, 1000),
    }
}

/// In the other process: holds handles in numbered places, and does what each message of its first channel says. The first
/// byte is what, the next two are places, the rest is content.
#[test]
fn obeys_if_told_to() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    // SAFETY: the parent passed the descriptor as standard input.
    let orders = adopt(unsafe { OwnedFd::from_raw_fd(0) }).unwrap();
    let mut held = [0; 8];
    loop {
        assert_eq!(wait_one(orders, READABLE | CLOSED, ZX_TIME_INFINITE).0, ZX_OK);
        let Ok((order, handles)) = read(orders) else { return };
        let (what, one, other) = (order[0], order[1] as usize, order[2] as usize);
        let mut answer = b"done".to_vec();
        match what {
            b'k' => held[one] = handles[0],
            b'p' => put(held[one], &order[3..]).unwrap(),
            b't' => answer = take(held[one]).unwrap_or_else(|status| status.to_string().into_bytes()),
            b'd' => held[other] = duplicate(held[one], ZX_RIGHT_SAME_RIGHTS).unwrap(),
            b's' => write(held[one], b"", &[std::mem::take(&mut held[other])]).unwrap(),
            b'r' => {
                assert_eq!(wait_one(held[one], READABLE, soon()).0, ZX_OK);
                held[other] = read(held[one]).unwrap().1[0];
            }
            b'!' => signal_peer(held[one], 0, ZX_USER_SIGNAL_0 << order[2]).unwrap(),
            b'?' => answer = signals(held[one]).to_le_bytes().to_vec(),
            b'c' => close(std::mem::take(&mut held[one])).unwrap(),
            b'f' => {
                // A thread that sleeps for the first time makes what stays.
                let _ = wait_one(orders, ZX_USER_SIGNAL_0, zircon_linux::abi::zx_deadline_after(1_000_000));
                answer = vec![std::fs::read_dir("/proc/self/fd").unwrap().count() as u8];
            }
            what => panic!("{what}"),
        }
        write(orders, &answer, &[]).unwrap();
    }
}

/// Another process, and the channel over which it gets orders.
struct Helper {
    process: Child,
    orders: u32,
}

impl Helper {
    fn start() -> Helper {
        let (orders, theirs) = channel();
        let process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "obeys_if_told_to"])
            .env(CHILD, "1")
            .stdin(Stdio::from(export(theirs).unwrap()))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Helper { process, orders }
    }

    fn order(&self, order: &[u8], handles: &[u32]) -> Vec<u8> {
        write(self.orders, order, handles).unwrap();
        assert_eq!(wait_one(self.orders, READABLE, soon()).0, ZX_OK);
        read(self.orders).unwrap().0
    }

    fn keep(&self, place: u8, handle: u32) {
        assert_eq!(self.order(&[b'k', place, 0], &[handle]), b"done");
    }

    fn put(&self, place: u8, bytes: &[u8]) {
        assert_eq!(self.order(&[&[b'p', place, 0], bytes].concat(), &[]), b"done");
    }

    fn take(&self, place: u8) -> Vec<u8> {
        self.order(&[b't', place, 0], &[])
    }

    /// Has the handle in a place sent over the channel in another.
    fn send(&self, over: u8, place: u8) {
        assert_eq!(self.order(&[b's', over, place], &[]), b"done");
    }

    fn receive(&self, over: u8, place: u8) {
        assert_eq!(self.order(&[b'r', over, place], &[]), b"done");
    }

    fn descriptors(&self) -> u8 {
        self.order(&[b'f', 0, 0], &[])[0]
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        close(self.orders).unwrap();
    }

    fn end(mut self) {
        close(self.orders).unwrap();
        assert!(self.process.wait().unwrap().success());
    }
}

type Maker = fn() -> (u32, u32);

const MAKERS: [Maker; 4] = [
    channel,
    || socket(ZX_SOCKET_STREAM).unwrap(),
    || socket(ZX_SOCKET_DATAGRAM).unwrap(),
    || fifo(64, ELEMENT, 0).unwrap(),
];

#[test]
fn an_end_goes_from_process_to_process() {
    let _alone = alone();
    let (b, c) = (Helper::start(), Helper::start());
    // Over these B and C, and C and A, send one another handles.
    let ((b_to_c, c_to_b), (c_to_a, a_to_c)) = (channel(), channel());
    b.keep(0, b_to_c);
    c.keep(0, c_to_b);
    c.keep(1, c_to_a);
    let before = (b.descriptors(), c.descriptors());
    for make in MAKERS {
        let (end, other) = make();
        put(other, b"very").unwrap();
        c.keep(2, other);
        b.keep(2, end);
        // B and C talk with one another.
        assert_eq!(b.take(2), b"very");
        b.put(2, b"to C from B!");
        assert_eq!(c.take(2), b"to C from B!");
        c.put(2, b"from C__");
        assert_eq!(b.take(2), b"from C__");
        // What waits goes on with the end, from B to C, which then holds both, and from C to A.
        c.put(2, b"unread by B.");
        b.send(0, 2);
        assert_eq!(b.descriptors(), before.0);
        c.receive(0, 3);
        c.put(3, b"back");
        assert_eq!(c.take(2), b"back");
        c.send(1, 3);
        assert_eq!(wait_one(a_to_c, READABLE, soon()).0, ZX_OK);
        let end = read(a_to_c).unwrap().1[0];
        assert_eq!(take(end).unwrap(), b"unread by B.");
        put(end, b"from A__").unwrap();
        assert_eq!(c.take(2), b"from A__");
        c.put(2, b"last");
        c.order(&[b'c', 2, 0], &[]);
        assert_eq!(take(end).unwrap(), b"last");
        assert_eq!(take(end), Err(ZX_ERR_PEER_CLOSED));
        close(end).unwrap();
        assert_eq!((b.descriptors(), c.descriptors()), before);
    }
    close(a_to_c).unwrap();
    b.end();
    c.end();
}

/// Event pairs and memory objects go from A to B, from there to C, and stay what they are.
#[test]
fn what_has_no_messages_goes_on_too() {
    let _alone = alone();
    let (b, c) = (Helper::start(), Helper::start());
    let (b_to_c, c_to_b) = channel();
    b.keep(0, b_to_c);
    c.keep(0, c_to_b);
    let (near, far) = eventpair();
    let memory = vmo(4096);
    for handle in [far, duplicate(memory, ZX_RIGHT_SAME_RIGHTS).unwrap()] {
        b.keep(1, handle);
        b.send(0, 1);
    }
    c.receive(0, 1);
    c.receive(0, 2);
    c.put(2, b"from C__");
    assert_eq!(vmo_read(memory, 0, 8).unwrap(), b"from C__");
    vmo_write(memory, 0, b"from A__").unwrap();
    assert_eq!(c.take(2), b"from A__");
    c.order(&[b'!', 1, 6], &[]);
    assert_eq!(signals(near), ZX_USER_SIGNAL_6);
    signal_peer(near, 0, ZX_USER_SIGNAL_7).unwrap();
    assert_eq!(c.order(&[b'?', 1, 0], &[]), ZX_USER_SIGNAL_7.to_le_bytes());
    b.end();
    assert_eq!(signals(near) & CLOSED, 0);
    c.kill();
    assert_eq!(wait_one(near, CLOSED, soon()).0, ZX_OK);
    close_many(&[near, memory]).unwrap();
}

/// C is killed with an end that A gave it, while B holds the other: B reads what was written, and then finds the end.
#[test]
fn a_holder_dies() {
    let _alone = alone();
    let b = Helper::start();
    for make in MAKERS {
        let c = Helper::start();
        let (end, other) = make();
        b.keep(2, end);
        c.keep(2, other);
        c.put(2, b"last words  ");
        c.kill();
        assert_eq!(b.take(2), b"last words  ");
        assert_eq!(b.take(2), ZX_ERR_PEER_CLOSED.to_string().into_bytes());
        b.order(&[b'c', 2, 0], &[]);
    }
    b.end();
}

/// Handles to one end in three processes. It is closed with the last of them.
#[test]
fn an_end_is_held_by_three() {
    let _alone = alone();
    let (b, c) = (Helper::start(), Helper::start());
    let (b_to_c, c_to_b) = channel();
    b.keep(0, b_to_c);
    c.keep(0, c_to_b);
    // Handles to channels cannot be duplicated.
    for make in &MAKERS[1..] {
        let (end, other) = make();
        b.keep(1, duplicate(end, ZX_RIGHT_SAME_RIGHTS).unwrap());
        b.order(&[b'd', 1, 2], &[]);
        b.send(0, 2);
        c.receive(0, 2);
        for number in 0..20u8 {
            let bytes = [number; 8];
            match number % 3 {
                0 => put(end, &bytes).unwrap(),
                1 => b.put(1, &bytes),
                _ => c.put(2, &bytes),
            }
            assert_eq!(take(other).unwrap(), bytes);
            put(other, &bytes).unwrap();
            let taken = match number % 3 {
                0 => c.take(2),
                1 => take(end).unwrap(),
                _ => b.take(1),
            };
            assert_eq!(taken, bytes);
        }
        c.order(&[b'!', 2, 3], &[]);
        assert_eq!(signals(other) & (ZX_USER_SIGNAL_3 | CLOSED), ZX_USER_SIGNAL_3);
        signal_peer(other, 0, ZX_USER_SIGNAL_5).unwrap();
        let seen = u32::from_le_bytes(b.order(&[b'?', 1, 0], &[]).try_into().unwrap());
        assert_eq!(seen & ZX_USER_SIGNAL_ALL, ZX_USER_SIGNAL_5);
        b.order(&[b'c', 1, 0], &[]);
        close(end).unwrap();
        assert_eq!(signals(other) & CLOSED, 0);
        c.order(&[b'c', 2, 0], &[]);
        assert_eq!(signals(other) & CLOSED, CLOSED);
        close(other).unwrap();
    }
    b.end();
    c.end();
}
