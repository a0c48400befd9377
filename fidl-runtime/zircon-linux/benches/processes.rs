//! What a message to another process costs, beside bare primitives, in one run and one table.
//!
//! Each figure is the median of several rounds of one kind of conversation between two processes, both on one core or
//! each on its own: a ping-pong of 32 bytes, or the same with 64 messages in flight. The bare rings have slots of 64 bytes
//! in shared memory, no checks, no handles and no more than one peer; they are the floor.
//!
//! ```text
//! cargo bench -p zircon-linux --bench processes [-- ROUNDS] [PART OF A ROW'S NAME]
//! ```

#![allow(unsafe_code)]

use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::time::{Duration, Instant};
use std::{env, hint, ptr};

use zircon_linux::abi::types::*;
use zircon_linux::abi::*;
use zircon_linux::capacity::{SPIN_NANOS, YIELDS};

/// The message.
type Bytes = [u8; 32];

/// The environment variable that makes this program the other process; its value is the length of the longest spin.
const CHILD: &str = "ZIRCON_LINUX_BENCH_SPIN";
/// How often the other process yields.
const YIELD_TIMES: &str = "ZIRCON_LINUX_BENCH_YIELDS";
/// The core of the other process.
const CORE: &str = "ZIRCON_LINUX_BENCH_CORE";

/// How long a round lasts.
const ROUND: Duration = Duration::from_millis(60);

fn main() {
    if env::var(CHILD).is_ok() {
        return echo_over_a_channel();
    }
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let testing = arguments.iter().any(|argument| argument == "--test");
    let rounds =
        arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(if testing { 1 } else { 15 });
    let ring = |waiting| move |core, window| ring_round(waiting, core, window);
    let channel = |spin, yields| move |core, window| channel_round((spin, yields), core, window);
    let mut rows = vec![
        Row::new("bare ring, spinning", ring(Waiting::Spin)),
        Row::new("bare ring, futex", ring(Waiting::Futex)),
        Row::new("bare ring, futex, late wakes", ring(Waiting::Late)),
        Row::new("bare SOCK_SEQPACKET", socket_round),
        Row::new("channel, asleep at once", channel(0, 0)),
        Row::new("channel, no spin", channel(0, YIELDS)),
        Row::new("channel", channel(SPIN_NANOS, YIELDS)),
    ];
    if let Some(wanted) =
        arguments.iter().find(|argument| !argument.starts_with('-') && argument.parse::<u32>().is_err())
    {
        rows.retain(|row| row.name.contains(wanted.as_str()));
    }
    // Rows take turns, so that their ratios hold on a machine that others use too.
    for _ in 0..rounds {
        rows.iter_mut().for_each(Row::measure);
    }
    println!(
        "{:<34}{:>14}{:>14}{:>14}{:>14}",
        "median of rounds", "1 core", "64 in flight", "2 cores", "64 in flight"
    );
    println!("{:<34}{:>14}{:>14}{:>14}{:>14}", "", "ns", "1000/s", "ns", "1000/s");
    rows.iter_mut().for_each(Row::print);
}

/// The four ways of a kind of conversation: the core of the other process, and the messages in flight.
const WAYS: [(usize, usize); 4] = [(0, 1), (0, 64), (1, 1), (1, 64)];

/// A kind of conversation, and the nanoseconds of a message and its answer in each way and round.
struct Row {
    name: &'static str,
    converse: Box<dyn Fn(usize, usize) -> f64>,
    figures: [Vec<f64>; 4],
}

impl Row {
    fn new(name: &'static str, converse: impl Fn(usize, usize) -> f64 + 'static) -> Row {
        Row { name, converse: Box::new(converse), figures: [const { Vec::new() }; 4] }
    }

    fn measure(&mut self) {
        for ((core, window), figures) in WAYS.into_iter().zip(&mut self.figures) {
            figures.push((self.converse)(core, window));
        }
    }

    fn print(&mut self) {
        print!("{:<34}", self.name);
        for ((_, window), figures) in WAYS.into_iter().zip(&mut self.figures) {
            figures.sort_by(f64::total_cmp);
            let nanos = figures[figures.len() / 2];
            match window {
                1 => print!("{nanos:>14.0}"),
                _ => print!("{:>14.0}", 1e6 / nanos),
            }
        }
        println!();
    }
}

fn pin(core: usize) {
    // SAFETY: a set of zeroes is the empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: the core is within the set.
    unsafe { libc::CPU_SET(core, &mut set) };
    // SAFETY: the set is live.
    unsafe { libc::sched_setaffinity(0, size_of_val(&set), &set) };
}

/// Nanoseconds for a message and its answer: `send` sends one, `receive` returns once one or more came, and says how many.
fn converse(window: usize, mut send: impl FnMut(), mut receive: impl FnMut() -> usize) -> f64 {
    let mut flying = 0;
    let begun = Instant::now();
    // The machine may have other work, so the middle one of many short times counts: each message of a ping-pong, or
    // each thousand of those in flight.
    let (mut each, mut last, mut since) = (Vec::new(), begun, 0);
    loop {
        while flying < window {
            send();
            flying += 1;
        }
        let came = receive();
        since += came;
        if window == 1 || since >= 1000 {
            let now = Instant::now();
            each.push((now - last).as_nanos() as f64 / since as f64);
            (last, since) = (now, 0);
        }
        flying -= came;
        if begun.elapsed() > ROUND {
            each.sort_by(f64::total_cmp);
            return each.get(each.len() / 2).copied().unwrap_or(f64::NAN);
        }
    }
}

// Bare rings.

#[derive(Clone, Copy, PartialEq)]
enum Waiting {
    Spin,
    Futex,
    /// The peer is woken only before sleeping oneself.
    Late,
}

const SLOTS: u32 = 256;

#[repr(C, align(128))]
struct Slot {
    bytes: [u8; 32],
}

#[repr(C, align(128))]
struct Word(AtomicU32);

#[repr(C)]
struct BareRing {
    tail: Word,
    sleeping: Word,
    slots: [Slot; SLOTS as usize],
}

struct BareEnd {
    outgoing: &'static BareRing,
    incoming: &'static BareRing,
    tail: u32,
    head: u32,
    waiting: Waiting,
}

impl BareEnd {
    fn send(&mut self, bytes: &Bytes) {
        let slot = &self.outgoing.slots[(self.tail % SLOTS) as usize];
        // SAFETY: at most 64 are in flight, so the peer is done with the slot.
        unsafe { ptr::from_ref(&slot.bytes).cast_mut().write_volatile(*bytes) };
        self.tail = self.tail.wrapping_add(1);
        self.outgoing.tail.0.store(self.tail, Ordering::Release);
        if self.waiting == Waiting::Futex {
            self.wake();
        }
    }

    fn wake(&self) {
        fence(Ordering::SeqCst);
        let sleeping = &self.outgoing.sleeping.0;
        if sleeping.load(Ordering::Relaxed) != 0 && sleeping.swap(0, Ordering::AcqRel) != 0 {
            // SAFETY: the word is live.
            unsafe { libc::syscall(libc::SYS_futex, sleeping.as_ptr(), libc::FUTEX_WAKE, 1) };
        }
    }

    /// Waits for messages, and takes all.
    fn receive(&mut self, mut take: impl FnMut(&mut BareEnd, Bytes)) -> usize {
        let incoming = self.incoming;
        let tail = loop {
            let tail = incoming.tail.0.load(Ordering::Acquire);
            if tail != self.head {
                break tail;
            }
            if self.waiting == Waiting::Spin {
                hint::spin_loop();
                continue;
            }
            if self.waiting == Waiting::Late {
                self.wake();
            }
            incoming.sleeping.0.store(1, Ordering::Relaxed);
            fence(Ordering::SeqCst);
            if incoming.tail.0.load(Ordering::Acquire) == self.head {
                let (place, none) = (incoming.sleeping.0.as_ptr(), ptr::null::<libc::timespec>());
                // SAFETY: the word is live; the null time means none.
                unsafe { libc::syscall(libc::SYS_futex, place, libc::FUTEX_WAIT, 1, none) };
            }
        };
        let came = tail.wrapping_sub(self.head);
        for number in 0..came {
            let slot = &incoming.slots[(self.head.wrapping_add(number) % SLOTS) as usize];
            // SAFETY: the slot was filled before the tail went past it.
            let bytes = unsafe { ptr::from_ref(&slot.bytes).read_volatile() };
            take(self, bytes);
        }
        self.head = tail;
        came as usize
    }
}

/// Starts a process by fork that runs `child` on a core until killed, measures, and kills it.
fn beside(core: usize, child: impl FnOnce(), measure: impl FnOnce() -> f64) -> f64 {
    // SAFETY: the program has one thread; the child runs plain code and never returns.
    let process = unsafe { libc::fork() };
    if process == 0 {
        pin(core);
        child();
        std::process::exit(0);
    }
    pin(0);
    let result = measure();
    // SAFETY: the process is ours.
    unsafe { libc::kill(process, libc::SIGKILL) };
    // SAFETY: as above; the status is not wanted.
    unsafe { libc::waitpid(process, ptr::null_mut(), 0) };
    result
}

fn ring_round(waiting: Waiting, core: usize, window: usize) -> f64 {
    if waiting == Waiting::Spin && core == 0 {
        // Two spinning processes on one core take turns of milliseconds.
        return f64::NAN;
    }
    let bytes = size_of::<[BareRing; 2]>();
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: a mapping at an address of the system's choice.
    let memory = unsafe { libc::mmap(ptr::null_mut(), bytes, protection, flags, -1, 0) };
    assert!(memory != libc::MAP_FAILED);
    // SAFETY: the mapping is as large as two rings, zeroed, and lives as long as anyone uses it.
    let rings: &'static [BareRing; 2] = unsafe { &*memory.cast() };
    let end = |side: usize| BareEnd {
        outgoing: &rings[side],
        incoming: &rings[1 - side],
        tail: 0,
        head: 0,
        waiting,
    };
    let echo = || {
        let mut end = end(1);
        loop {
            end.receive(|end, bytes| end.send(&bytes));
        }
    };
    let result = beside(core, echo, || {
        let near = std::cell::RefCell::new(end(0));
        converse(window, || near.borrow_mut().send(&[5; 32]), || near.borrow_mut().receive(|_, _| ()))
    });
    // SAFETY: nobody uses the rings any more.
    unsafe { libc::munmap(memory, bytes) };
    result
}

// A bare socket.

fn socket_round(core: usize, window: usize) -> f64 {
    let mut ends = [0; 2];
    // SAFETY: there is room for two descriptors.
    unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0, ends.as_mut_ptr()) };
    let [near, far] = ends;
    let send = |socket: i32, bytes: &Bytes| {
        // SAFETY: the bytes are live.
        let sent = unsafe { libc::send(socket, bytes.as_ptr().cast(), 32, 0) };
        assert_eq!(sent, 32);
    };
    let receive = |socket: i32| {
        let mut bytes: Bytes = [0; 32];
        // SAFETY: the place is live.
        let came = unsafe { libc::recv(socket, bytes.as_mut_ptr().cast(), 32, 0) };
        assert_eq!(came, 32);
        bytes
    };
    let result = beside(
        core,
        || loop {
            send(far, &receive(far))
        },
        || {
            converse(
                window,
                || send(near, &[5; 32]),
                || {
                    receive(near);
                    1
                },
            )
        },
    );
    for end in ends {
        // SAFETY: the descriptors are ours.
        unsafe { libc::close(end) };
    }
    result
}

// Channels.

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

fn echo_over_a_channel() {
    let number = |name| env::var(name).ok().and_then(|number| number.parse().ok()).expect("a number");
    pin(number(CORE) as usize);
    // SAFETY: the parent passed the descriptor as standard input.
    let channel = zircon_linux::adopt(unsafe { OwnedFd::from_raw_fd(0) }).expect("a channel");
    let end = End::new(channel, (number(CHILD), number(YIELD_TIMES)));
    loop {
        end.receive(|bytes| end.send(&bytes));
    }
}

fn channel_round(rest: (u32, u32), core: usize, window: usize) -> f64 {
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
    let result = converse(window, || end.send(&[5; 32]), || end.receive(|_| ()));
    child.kill().expect("it runs");
    child.wait().expect("it ran");
    check(zx_handle_close(near));
    check(zx_handle_close(end.port));
    result
}
