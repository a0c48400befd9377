//! Under load a message costs next to no system call. A tracer counts them.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::collections::HashMap;
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{adopt, export};

/// The environment variable that makes a test one of the two processes.
const ROLE: &str = "ZIRCON_LINUX_TEST_ROLE";

const MESSAGES: usize = 30_000;
const IN_FLIGHT: usize = 64;

/// A call that nothing else makes: the count begins and ends with it.
const MARK: libc::c_long = libc::SYS_getpgid;

fn mark() {
    // SAFETY: the call takes no pointers.
    unsafe { libc::syscall(MARK, 0) };
}

/// Waits for messages and reads all of them.
fn drain(channel: u32, port: u32, mut each: impl FnMut(&[u8])) -> usize {
    wait_async(channel, port, 1, ZX_CHANNEL_READABLE, 0).unwrap();
    port_wait(port, soon()).unwrap();
    let mut count = 0;
    let mut bytes = [0; 32];
    let (place, nowhere) = (bytes.as_mut_ptr(), std::ptr::null_mut());
    loop {
        // SAFETY: the place is live.
        let status = unsafe {
            zircon_linux::abi::zx_channel_read(
                channel,
                0,
                place,
                nowhere,
                32,
                0,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        };
        match status {
            ZX_OK => each(&bytes),
            status => {
                assert_eq!(status, ZX_ERR_SHOULD_WAIT);
                return count;
            }
        }
        count += 1;
    }
}

/// In each of the two processes.
#[test]
fn converses_if_told_to() {
    let _alone = alone();
    let Ok(role) = std::env::var(ROLE) else { return };
    // SAFETY: the parent passed the descriptor as standard input.
    let channel = adopt(unsafe { OwnedFd::from_raw_fd(0) }).unwrap();
    let port = port();
    mark();
    let (mut sent, mut received) = (0, 0);
    while received < MESSAGES {
        if role == "client" {
            while sent < MESSAGES && sent - received < IN_FLIGHT {
                write(channel, &[5; 32], &[]).unwrap();
                sent += 1;
            }
        }
        received += drain(channel, port, |bytes| {
            if role == "server" {
                write(channel, bytes, &[]).unwrap();
            }
        });
    }
    mark();
}

fn start(role: &str, channel: u32) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "converses_if_told_to", "--test-threads=1"]).env(ROLE, role);
    command.stdin(Stdio::from(export(channel).unwrap())).stdout(Stdio::null());
    let trace_me = || {
        // SAFETY: the call takes no pointers that are used.
        let traced = unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) };
        if traced == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
    };
    // SAFETY: between fork and exec only a system call is made.
    unsafe { command.pre_exec(trace_me) };
    command.spawn().unwrap()
}

/// What is known of a traced process, all its threads together.
#[derive(Default)]
struct Traced {
    marks: u32,
    calls: u64,
}

fn entered_call(process: i32) -> Option<i64> {
    // SAFETY: zeroes are valid.
    let mut info: libc::ptrace_syscall_info = unsafe { std::mem::zeroed() };
    let size = size_of_val(&info);
    // SAFETY: the place is live and as large as said.
    let known = unsafe { libc::ptrace(libc::PTRACE_GET_SYSCALL_INFO, process, size, &raw mut info) };
    if known <= 0 || info.op != libc::PTRACE_SYSCALL_INFO_ENTRY {
        return None;
    }
    // SAFETY: the kind of stop says which member is meant.
    Some(unsafe { info.u.entry.nr } as i64)
}

fn resume(thread: i32) {
    // SAFETY: the call takes no pointers that are used.
    unsafe { libc::ptrace(libc::PTRACE_SYSCALL, thread, 0, 0) };
}

/// The thread that a thread has just made.
fn new_thread(thread: i32) -> i32 {
    let mut new: libc::c_ulong = 0;
    // SAFETY: the place is live.
    unsafe { libc::ptrace(libc::PTRACE_GETEVENTMSG, thread, 0, &raw mut new) };
    new as i32
}

/// Lets the processes run to their ends, stopped at each system call.
fn count(children: &[Child]) -> Vec<Traced> {
    let mut traced: Vec<Traced> = children.iter().map(|_| Traced::default()).collect();
    // Which process a thread belongs to. A new one may stop before its maker says that it made it.
    let mut threads: HashMap<i32, usize> = children.iter().map(|child| child.id() as i32).zip(0..).collect();
    let mut early = Vec::new();
    while !threads.is_empty() {
        let mut status = 0;
        // SAFETY: the place is live.
        let thread = unsafe { libc::waitpid(-1, &mut status, libc::__WALL) };
        let Some(process) = threads.get(&thread).copied() else {
            early.push(thread);
            continue;
        };
        if libc::WIFEXITED(status) || libc::WIFSIGNALED(status) {
            assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "a process failed");
            threads.remove(&thread);
            continue;
        }
        let traced = &mut traced[process];
        if status >> 16 == libc::PTRACE_EVENT_CLONE {
            let new = new_thread(thread);
            threads.insert(new, process);
            if early.contains(&new) {
                resume(new);
            }
        } else if libc::WSTOPSIG(status) != libc::SIGTRAP | 0x80 {
            let options = libc::PTRACE_O_TRACESYSGOOD | libc::PTRACE_O_TRACECLONE;
            // SAFETY: the call takes no pointers that are used.
            unsafe { libc::ptrace(libc::PTRACE_SETOPTIONS, thread, 0, options) };
        } else if let Some(call) = entered_call(thread) {
            traced.calls += u64::from(traced.marks == 1);
            traced.marks += u32::from(call == MARK);
        }
        resume(thread);
    }
    traced
}

/// System calls per message of the two sides.
fn measure() -> [f64; 2] {
    let (near, far) = channel();
    let children = [start("client", near), start("server", far)];
    let counts = count(&children);
    // The second mark is counted too.
    [0, 1].map(|side| {
        assert_eq!(counts[side].marks, 2);
        (counts[side].calls - 1) as f64 / MESSAGES as f64
    })
}

/// More runs than a machine can spoil that lets the two processes have much in flight at all.
const RUNS: usize = 50;

/// A message is one write and one read on each side. A machine with other work may keep the two from ever having much in
/// flight: what the library can do, one run shows.
#[test]
fn a_message_under_load_costs_a_tenth_of_a_system_call_at_most() {
    let _alone = alone();
    let mut runs = Vec::new();
    while runs.len() < RUNS {
        let run = measure();
        runs.push(run);
        if run.iter().all(|each| *each <= 0.1) {
            return println!("system calls per message of client and server: {runs:.4?}");
        }
    }
    panic!("{runs:.4?}");
}
