//! Several threads that do whatever they like with shared objects. Afterwards nothing is left.

mod common;

use std::thread;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;
use zircon_linux::memory;

const ROUNDS: u64 = if cfg!(miri) { 60 } else { 60_000 };
const THREADS: u64 = 4;

/// Numbers that look random and are the same on each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

#[test]
fn threads_that_use_and_close_the_same_handles() {
    let shared: [std::sync::atomic::AtomicU32; 16] = Default::default();
    let load = |at: u64| shared[at as usize].load(std::sync::atomic::Ordering::Relaxed);
    let exchange = |at: u64, handle| shared[at as usize].swap(handle, std::sync::atomic::Ordering::Relaxed);
    thread::scope(|scope| {
        for seed in 1..=THREADS {
            let (load, exchange) = (&load, &exchange);
            scope.spawn(move || {
                let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                for _ in 0..ROUNDS {
                    let (one, two) = (dice.roll(16), dice.roll(16));
                    let (first, second) = (load(one), load(two));
                    // Any status may come back; what must not is a crash, a hang or a leak.
                    match dice.roll(14) {
                        0 => {
                            let (near, far) = channel();
                            let _ = close_many(&[exchange(one, near), exchange(two, far)]);
                        }
                        1 => drop(close(exchange(one, port()))),
                        2 => drop(close(exchange(one, event()))),
                        3 => {
                            let (near, far) = eventpair();
                            let _ = close_many(&[exchange(one, near), exchange(two, far)]);
                        }
                        4 => drop(close(first)),
                        5 => drop(write(first, b"some bytes", &[])),
                        6 => drop(write(first, &[1; 500], &[second])),
                        7 => {
                            if let Ok((_, handles)) = read(first) {
                                let _ = close_many(&handles);
                            }
                        }
                        8 => drop(wait_async(first, second, dice.roll(4), 0xFF00_000F, dice.roll(3) as u32)),
                        9 => drop(port_wait(first, zx_deadline_after(dice.roll(20_000) as i64))),
                        10 => drop(signal(first, dice.roll(2) as u32 * ZX_USER_SIGNAL_0, ZX_USER_SIGNAL_1)),
                        11 => drop(zx_port_cancel(first, second, dice.roll(4))),
                        12 => drop(zx_port_cancel_key(first, 0, dice.roll(4))),
                        _ => drop(wait_one(first, 0xFF00_000F, zx_deadline_after(dice.roll(20_000) as i64))),
                    }
                }
            });
        }
    });
    for at in 0..16 {
        let _ = close(load(at));
    }
    // What may be left are channels with a handle to themselves in their own queue, as in the kernel.
    println!("{:?}", memory());
}

#[test]
fn two_threads_over_each_kind_of_channel() {
    let count = if cfg!(miri) { 100 } else { 30_000u64 };
    on_each_kind(|_, near, far| {
        thread::scope(|scope| {
            scope.spawn(move || {
                for number in 0..count {
                    while let Err(status) = write(near, &number.to_le_bytes(), &[]) {
                        assert_eq!(status, ZX_ERR_SHOULD_WAIT);
                        assert_eq!(wait_one(near, ZX_CHANNEL_WRITABLE, soon()).0, ZX_OK);
                    }
                }
            });
            let queue = port();
            let mut next = 0;
            while next < count {
                wait_async(far, queue, 1, ZX_CHANNEL_READABLE, 0).unwrap();
                assert_eq!(port_wait(queue, soon()).unwrap().key, 1);
                // Sometimes all, sometimes one message before waiting again.
                while let Ok((bytes, _)) = read_small(far) {
                    assert_eq!(bytes, next.to_le_bytes());
                    next += 1;
                    if next % 3 == 0 {
                        break;
                    }
                }
            }
            close(queue).unwrap();
        });
        close_many(&[near, far]).unwrap();
    });
}

/// Writes bytes that tell where they stand, in pieces of many sizes, and reads and checks them in another thread. Meanwhile
/// this thread does something.
fn stream_through(near: u32, far: u32, count: usize, meanwhile: impl FnOnce()) {
    let content = |at: usize| (at % 251) as u8;
    let either = ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED;
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut written = 0;
            while written < count {
                let size = (written * 7 % 5_000).min(count - written - 1) + 1;
                let bytes: Vec<u8> = (written..written + size).map(content).collect();
                match socket_write(near, &bytes) {
                    Ok(more) => written += more,
                    Err(status) => {
                        assert_eq!(status, ZX_ERR_SHOULD_WAIT);
                        assert_eq!(wait_one(near, ZX_SOCKET_WRITABLE, soon()).0, ZX_OK);
                    }
                }
            }
        });
        scope.spawn(move || {
            let (queue, mut read) = (port(), 0);
            while read < count {
                wait_async(far, queue, 1, either, 0).unwrap();
                assert_eq!(port_wait(queue, soon()).unwrap().key, 1);
                while let Ok(bytes) = socket_read(far, 1 + read % 9_000) {
                    assert!(bytes.iter().enumerate().all(|(at, byte)| *byte == content(read + at)));
                    read += bytes.len();
                }
            }
            assert_eq!(read, count);
            close(queue).unwrap();
        });
        meanwhile();
    });
}

#[test]
fn two_threads_over_a_socket() {
    let count = if cfg!(miri) { 3_000 } else { 20_000_000 };
    let (near, far) = socket(ZX_SOCKET_STREAM).unwrap();
    stream_through(near, far, count, || ());
    if cfg!(miri) {
        return close_many(&[near, far]).unwrap();
    }
    // Handles to both ends go and come back while the threads are at it: the socket is shared from some moment on.
    stream_through(near, far, count, || {
        thread::sleep(std::time::Duration::from_millis(20));
        let more = [near, far].map(|end| crossed(duplicate(end, ZX_RIGHT_SAME_RIGHTS).unwrap()));
        close_many(&more).unwrap();
    });
    let (near, far) = (crossed(near), crossed(far));
    stream_through(near, far, count, || ());
    close_many(&[near, far]).unwrap();
}

/// Several readers of one end: each message once, and no thread sleeps while one is there.
#[test]
fn several_readers_of_one_end() {
    let count = if cfg!(miri) { 60 } else { 10_000u64 };
    on_each_kind(|kind, near, far| {
        let sum = std::sync::atomic::AtomicU64::new(0);
        let taken = std::sync::atomic::AtomicU64::new(0);
        let queue = port();
        thread::scope(|scope| {
            for key in 0..3 {
                let (sum, taken) = (&sum, &taken);
                scope.spawn(move || {
                    wait_async(far, queue, key, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, 0).unwrap();
                    loop {
                        let packet = port_wait(queue, soon()).unwrap();
                        loop {
                            match read_small(far) {
                                Ok((bytes, _)) => {
                                    let number = u64::from_le_bytes(bytes.try_into().unwrap());
                                    sum.fetch_add(number, std::sync::atomic::Ordering::Relaxed);
                                    taken.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                                }
                                Err(ZX_ERR_SHOULD_WAIT) => break,
                                Err(status) => {
                                    assert_eq!(status, ZX_ERR_PEER_CLOSED);
                                    return;
                                }
                            }
                        }
                        let both = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;
                        wait_async(far, queue, packet.key, both, 0).unwrap();
                    }
                });
            }
            for number in 0..count {
                while write(near, &number.to_le_bytes(), &[]).is_err() {
                    thread::yield_now();
                }
            }
            close(near).unwrap();
        });
        assert_eq!(taken.into_inner(), count, "{kind:?}");
        assert_eq!(sum.into_inner(), count * (count - 1) / 2);
        close_many(&[far, queue]).unwrap();
    });
}

fn read_small(channel: u32) -> Result<(Vec<u8>, Vec<u32>)> {
    let (status, bytes, handles) = read_into(channel, 0, 64, 0);
    check(status).map(|()| (bytes, handles))
}
