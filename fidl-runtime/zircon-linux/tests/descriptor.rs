//! A port whose owner waits for its descriptor, in a loop of its own.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;
use zircon_linux::{adopt, export};

const READABLE: u32 = ZX_CHANNEL_READABLE;
const MILLISECOND: i64 = 1_000_000;

/// The environment variable that makes a test the other process.
const CHILD: &str = "ZIRCON_LINUX_TEST_DESCRIPTOR_CHILD";

fn descriptor(port: u32) -> i32 {
    let mut descriptor = -1;
    // SAFETY: the place is live.
    check(unsafe { zx_linux_port_descriptor(port, &mut descriptor) }).unwrap();
    descriptor
}

fn prepare(port: u32) -> i64 {
    let mut latest = 7;
    // SAFETY: the place is live.
    check(unsafe { zx_linux_port_prepare_wait(port, &mut latest) }).unwrap();
    latest
}

/// Waits until a descriptor is readable; `false` if that takes longer.
fn poll(descriptor: i32, millis: i32) -> bool {
    let mut entry = libc::pollfd { fd: descriptor, events: libc::POLLIN, revents: 0 };
    // SAFETY: the entry is live.
    unsafe { libc::poll(&mut entry, 1, millis) == 1 }
}

/// Waits as a loop does: prepares, waits, takes a packet. Nothing is there before, and nothing behind.
#[track_caller]
fn comes_by_descriptor(port: u32, cause: impl FnOnce()) -> u64 {
    let descriptor = descriptor(port);
    assert_eq!(prepare(port), ZX_TIME_INFINITE);
    assert!(!poll(descriptor, 0));
    cause();
    assert!(poll(descriptor, 20_000), "the descriptor tells");
    let key = port_wait(port, PAST).unwrap().key;
    assert_eq!(port_wait(port, PAST), Err(ZX_ERR_TIMED_OUT));
    assert!(!poll(descriptor, 0), "what was taken is not told again");
    key
}

#[test]
fn by_what_the_same_thread_does() {
    let queue = port();
    assert_eq!(comes_by_descriptor(queue, || port_queue(queue, 5).unwrap()), 5);
    on_each_kind(|kind, near, far| {
        wait_async(near, queue, 1, READABLE, 0).unwrap();
        let key = comes_by_descriptor(queue, || write(far, b"x", &[]).unwrap());
        assert_eq!((kind, key), (kind, 1));
        wait_async(near, queue, 2, ZX_CHANNEL_PEER_CLOSED, 0).unwrap();
        assert_eq!(comes_by_descriptor(queue, || close(far).unwrap()), 2);
        close(near).unwrap();
    });
    close(queue).unwrap();
}

#[test]
fn what_was_there_before_is_no_matter_of_waiting() {
    let queue = port();
    port_queue(queue, 1).unwrap();
    assert_eq!(prepare(queue), ZX_TIME_INFINITE_PAST);
    assert_eq!(port_wait(queue, PAST).unwrap().key, 1);
    on_each_kind(|kind, near, far| {
        wait_async(near, queue, 2, READABLE, 0).unwrap();
        write(far, b"x", &[]).unwrap();
        assert_eq!((kind, prepare(queue)), (kind, ZX_TIME_INFINITE_PAST));
        assert_eq!(port_wait(queue, PAST).unwrap().key, 2);
        close_many(&[near, far]).unwrap();
    });
    assert_eq!(prepare(queue), ZX_TIME_INFINITE);
    close(queue).unwrap();
}

/// Also while it waits may somebody else register a wait.
#[test]
fn by_another_thread() {
    let queue = port();
    for round in 0..200 {
        let key = comes_by_descriptor(queue, || {
            thread::spawn(move || port_queue(queue, round).unwrap());
        });
        assert_eq!(key, round);
    }
    on_each_kind(|_, near, far| {
        let key = comes_by_descriptor(queue, || {
            thread::spawn(move || {
                wait_async(near, queue, 9, READABLE, 0).unwrap();
                thread::sleep(Duration::from_millis(2));
                write(far, b"x", &[]).unwrap();
            });
        });
        assert_eq!(key, 9);
        thread::sleep(Duration::from_millis(2));
        close_many(&[near, far]).unwrap();
    });
    close(queue).unwrap();
}

#[test]
fn by_a_timer() {
    let (queue, alarm) = (port(), timer());
    wait_async(alarm, queue, 3, ZX_TIMER_SIGNALED, 0).unwrap();
    let set = || check(zx_timer_set(alarm, zx_deadline_after(5 * MILLISECOND), 0)).unwrap();
    assert_eq!(comes_by_descriptor(queue, set), 3);
    close_many(&[queue, alarm]).unwrap();
}

/// In another process: answers each message, after a pause, until its peer is gone.
#[test]
fn answers_if_told_to() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    // SAFETY: the parent passed the descriptor as standard input.
    let channel = adopt(unsafe { OwnedFd::from_raw_fd(0) }).unwrap();
    while wait_one(channel, READABLE, ZX_TIME_INFINITE).1 & READABLE != 0 {
        let (bytes, _) = read(channel).unwrap();
        thread::sleep(Duration::from_micros(u64::from(bytes[0])));
        write(channel, &bytes, &[]).unwrap();
    }
}

/// The pauses are such that answers come before, in and behind the preparation.
#[test]
fn by_another_process() {
    let (queue, (near, far)) = (port(), channel());
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "answers_if_told_to"]).env(CHILD, "1");
    command.stdin(Stdio::from(export(far).unwrap())).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    // It keeps the end, and so the peer alive.
    drop(command);
    let descriptor = descriptor(queue);
    for round in 0..2000 {
        write(near, &[round as u8 % 40], &[]).unwrap();
        wait_async(near, queue, round, READABLE, 0).unwrap();
        let key = loop {
            match port_wait(queue, PAST) {
                Ok(packet) => break packet.key,
                Err(status) => assert_eq!(status, ZX_ERR_TIMED_OUT),
            }
            match prepare(queue) {
                ZX_TIME_INFINITE => assert!(poll(descriptor, 20_000), "the bell rings"),
                ZX_TIME_INFINITE_PAST => {}
                latest => assert!(latest <= zx_deadline_after(MILLISECOND)),
            }
        };
        assert_eq!(key, round);
        read(near).unwrap();
    }
    wait_async(near, queue, 7, ZX_CHANNEL_PEER_CLOSED, 0).unwrap();
    let key = comes_by_descriptor(queue, || child.kill().unwrap());
    assert_eq!(key, 7);
    child.wait().unwrap();
    close_many(&[queue, near]).unwrap();
}

/// A loop that hears of changes alone gets to know of everything: more at once than one look takes.
#[test]
fn loops_that_hear_of_changes_alone() {
    const CHANNELS: usize = 150;
    let queue = port();
    let descriptor = descriptor(queue);
    // SAFETY: the call takes no pointers.
    let set = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
    let mut event = libc::epoll_event { events: (libc::EPOLLIN | libc::EPOLLET) as u32, u64: 0 };
    // SAFETY: the event is live.
    assert_eq!(unsafe { libc::epoll_ctl(set, libc::EPOLL_CTL_ADD, descriptor, &mut event) }, 0);
    let channels: Vec<_> = (0..CHANNELS).map(|_| socket_channel()).collect();
    for round in 0..20 {
        for (key, (near, _)) in channels.iter().enumerate() {
            wait_async(*near, queue, key as u64, READABLE, 0).unwrap();
        }
        let others: Vec<u32> = channels.iter().map(|channel| channel.1).collect();
        let sender = thread::spawn(move || {
            for other in others {
                write(other, b"x", &[]).unwrap();
            }
        });
        let mut left = CHANNELS;
        while left > 0 {
            while let Ok(packet) = port_wait(queue, PAST) {
                read(channels[packet.key as usize].0).unwrap();
                left -= 1;
            }
            if left > 0 && prepare(queue) == ZX_TIME_INFINITE {
                // SAFETY: the place is live.
                let count = unsafe { libc::epoll_wait(set, &mut event, 1, 20_000) };
                assert_eq!(count, 1, "round {round}: {left} are left");
            }
        }
        sender.join().unwrap();
    }
    channels.iter().for_each(|(near, far)| close_many(&[*near, *far]).unwrap());
    close(queue).unwrap();
    // SAFETY: the descriptor is open and this test's.
    unsafe { libc::close(set) };
}

#[test]
fn the_descriptor_is_not_inherited() {
    let queue = port();
    // SAFETY: the call takes no pointers.
    let flags = unsafe { libc::fcntl(descriptor(queue), libc::F_GETFD) };
    assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
    assert_eq!(descriptor(queue), descriptor(queue));
    close(queue).unwrap();
}
