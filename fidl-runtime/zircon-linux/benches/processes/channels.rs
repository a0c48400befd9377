//! Our channels.

use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::{env, ptr};

use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

use super::conversation::{Bytes, converse, pin};

/// The environment variable that makes this program the other process; its value is the length of the longest spin.
const CHILD: &str = "ZIRCON_LINUX_BENCH_SPIN";
/// How often the other process yields.
const YIELD_TIMES: &str = "ZIRCON_LINUX_BENCH_YIELDS";
/// The core of the other process.
const CORE: &str = "ZIRCON_LINUX_BENCH_CORE";

fn check(status: i32) {
    assert_eq!(status, ZX_OK);
}

/// A channel end and a port to wait for it.
struct End {
    channel: u32,
    port: u32,
}

impl End {
    fn new(channel: u32, (spin, yields): (u32, u32)) -> End {
        let mut port = 0;
        // SAFETY: the place is live.
        check(unsafe { zx_port_create(0, &mut port) });
        check(zx_linux_port_set_spin(port, spin));
        check(zx_linux_port_set_yields(port, yields));
        End { channel, port }
    }

    fn send(&self, bytes: &Bytes) {
        // SAFETY: the bytes are live.
        check(unsafe { zx_channel_write(self.channel, 0, bytes.as_ptr(), 32, ptr::null(), 0) });
    }

    /// Reads all there is.
    fn drain(&self, mut take: impl FnMut(Bytes)) -> usize {
        let mut count = 0;
        loop {
            let mut bytes: Bytes = [0; 32];
            let (place, nowhere) = (bytes.as_mut_ptr(), ptr::null_mut());
            // SAFETY: the place is live.
            let status = unsafe {
                zx_channel_read(self.channel, 0, place, nowhere, 32, 0, ptr::null_mut(), ptr::null_mut())
            };
            match status {
                ZX_OK => take(bytes),
                ZX_ERR_SHOULD_WAIT => return count,
                status => panic!("{status}"),
            }
            count += 1;
        }
    }

    fn receive(&self, take: impl FnMut(Bytes)) -> usize {
        check(zx_object_wait_async(self.channel, self.port, 1, ZX_CHANNEL_READABLE, 0));
        let mut packet = zx_port_packet_t::default();
        // SAFETY: the place is live.
        check(unsafe { zx_port_wait(self.port, ZX_TIME_INFINITE, &mut packet) });
        self.drain(take)
    }
}

/// Answers over a channel for ever, if this program was started as the other process.
pub(crate) fn echo_if_told_to() {
    if env::var(CHILD).is_err() {
        return;
    }
    let number = |name| env::var(name).ok().and_then(|number| number.parse().ok()).expect("a number");
    pin(number(CORE) as usize);
    // SAFETY: the parent passed the descriptor as standard input.
    let channel = zircon_linux::adopt(unsafe { OwnedFd::from_raw_fd(0) }).expect("a channel");
    let end = End::new(channel, (number(CHILD), number(YIELD_TIMES)));
    loop {
        end.receive(|bytes| end.send(&bytes));
    }
}

/// A conversation over a channel, of which both ends may spin and yield so much before they sleep. The port that waits for
/// answers waits for so many idle peers too.
pub(crate) fn channel_round(rest: (u32, u32), idle: usize, core: usize, window: usize) -> f64 {
    let (mut near, mut far) = (0, 0);
    // SAFETY: the places are live.
    check(unsafe { zx_channel_create(0, &mut near, &mut far) });
    let descriptor = zircon_linux::export(far).expect("a descriptor");
    let mut child = Command::new(env::current_exe().expect("a path"))
        .env(CHILD, rest.0.to_string())
        .env(YIELD_TIMES, rest.1.to_string())
        .env(CORE, core.to_string())
        .stdin(Stdio::from(descriptor))
        .spawn()
        .expect("a process");
    pin(0);
    let end = End::new(near, rest);
    let peers: Vec<_> = (0..idle).map(|_| idle_peer(end.port)).collect();
    let result = converse(window, || end.send(&[5; 32]), || end.receive(|_| ()));
    child.kill().expect("it runs");
    child.wait().expect("it ran");
    check(zx_handle_close(near));
    peers.into_iter().for_each(|(peer, _)| check(zx_handle_close(peer)));
    check(zx_handle_close(end.port));
    result
}

/// A channel whose other end could be adopted by some process, and is waited for.
fn idle_peer(port: u32) -> (u32, OwnedFd) {
    let (mut near, mut far) = (0, 0);
    // SAFETY: the places are live.
    check(unsafe { zx_channel_create(0, &mut near, &mut far) });
    let descriptor = zircon_linux::export(far).expect("a descriptor");
    check(zx_object_wait_async(near, port, 2, ZX_CHANNEL_READABLE, 0));
    (near, descriptor)
}
