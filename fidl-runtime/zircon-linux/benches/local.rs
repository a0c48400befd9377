//! What the objects of one process cost on one thread, beside raw primitives in the same run.
//!
//! The rows take turns, round after round, and each shows the median of its rounds. Bounds that the ratios must keep
//! stand beside them; the program fails if one is broken. With `--test` it only runs everything once.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::hint::black_box;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};
use zircon_linux::Capacity;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const MOST: usize = 100_000;
/// Channels in use while many are open.
const ACTIVE: usize = 16;

fn main() {
    let test = is_test();
    let most = if test { 1_000 } else { MOST };
    Capacity::new().handles(2 * MOST + 1_000).objects(MOST + 1_000).install().expect("before the first call");
    let rounds = if test { 1 } else { 31 };

    let mut raw = Crossbeam::new();
    let pair = Pair::new(1);
    let linked = Linked::new();
    let mut waits = Waits::new();
    let [send, write_read, over_link, wait] = in_turns(
        rounds,
        [
            (&mut || raw.run(10_000)) as Row,
            &mut || pair.write_and_read(10_000),
            &mut || linked.write_and_read(150),
            &mut || waits.run(10_000),
        ],
    );
    pair.close();
    linked.close();
    println!("crossbeam bounded, send and try_recv of 32 bytes  {send:7.1} ns");
    let mut held = true;
    held &= row("write and read of 32 bytes", write_read, send, 2.5);
    println!("write and read of 32 bytes between processes      {over_link:7.1} ns");
    held &= row("wait_async of a signalled object and port_wait", wait, send, 4.0);

    let few = Pair::new(10.min(most));
    let [at_10] = in_turns(rounds, [(&mut || few.dispatch_some(10_000)) as Row]);
    few.close();
    let many = Pair::new(most);
    let walk = RefCell::new(Walk::new(most));
    let [at_most, all, chased, at_once] = in_turns(
        rounds,
        [
            (&mut || many.dispatch_some(10_000)) as Row,
            &mut || many.dispatch_all(),
            &mut || walk.borrow_mut().one_by_one(),
            &mut || walk.borrow_mut().at_once(),
        ],
    );
    many.close();
    println!("write, packet, read, wait: {ACTIVE} active of 10 open       {at_10:7.1} ns");
    held &= row("the same, of 100,000 open", at_most, at_10, 1.2);
    println!("random walk, three lines a step, found one by one {chased:7.1} ns");
    held &= row("write, packet, read, wait: all 100,000 active", all, chased, 1.5);
    println!("  what memory adds to that                        {:7.1} ns", all - at_10);
    println!("  random walk, three lines a step, found at once  {at_once:7.1} ns");
    assert!(held || test, "a bound is broken");
}

/// Whether to run everything once, for no figures.
fn is_test() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

type Row<'a> = &'a mut dyn FnMut() -> f64;

/// Runs each row once a round, and gives the median of each.
fn in_turns<const N: usize>(rounds: usize, mut rows: [Row<'_>; N]) -> [f64; N] {
    let mut times = [(); N].map(|()| Vec::new());
    for _ in 0..rounds {
        for (row, times) in rows.iter_mut().zip(&mut times) {
            times.push(row());
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

/// Prints a row and says whether its bound holds.
fn row(name: &str, time: f64, base: f64, bound: f64) -> bool {
    let ratio = time / base;
    let held = ratio <= bound;
    let verdict = if held || is_test() { "" } else { "  BROKEN" };
    println!("{name:49} {time:7.1} ns  {ratio:5.2} times, at most {bound}{verdict}");
    held
}

/// Nanoseconds of one of `count` steps.
fn timed(count: usize, mut step: impl FnMut(usize)) -> f64 {
    let begun = Instant::now();
    (0..count).for_each(&mut step);
    begun.elapsed().as_nanos() as f64 / count as f64
}

struct Crossbeam(Sender<[u8; 32]>, Receiver<[u8; 32]>);

impl Crossbeam {
    fn new() -> Crossbeam {
        let (sender, receiver) = bounded(64);
        Crossbeam(sender, receiver)
    }

    fn run(&mut self, count: usize) -> f64 {
        timed(count, |number| {
            self.0.send(black_box([number as u8; 32])).expect("the receiver lives");
            black_box(self.1.try_recv().expect("a message is there"));
        })
    }
}

/// A channel as between processes, whose both ends are in this one: what its messages cost when nobody sleeps.
struct Linked(u32, u32);

impl Linked {
    fn new() -> Linked {
        let (mut near, mut far) = (0, 0);
        // SAFETY: the places are live.
        good(unsafe { zx_channel_create(0, &mut near, &mut far) });
        let descriptor = zircon_linux::export(far).expect("a descriptor");
        Linked(near, zircon_linux::adopt(descriptor).expect("a channel"))
    }

    /// Writes and reads 64 messages so many times.
    fn write_and_read(&self, count: usize) -> f64 {
        let batch = |number| {
            (0..64).for_each(|_| write(self.0, number));
            (0..64).for_each(|_| read(self.1));
        };
        timed(count, batch) / 64.0
    }

    fn close(self) {
        good(zx_handle_close(self.0));
        good(zx_handle_close(self.1));
    }
}

/// Channels, and a port that is told of messages at their far ends.
struct Pair {
    channels: Vec<(u32, u32)>,
    port: u32,
    /// The active ones.
    some: Vec<usize>,
    /// All, in a random order.
    order: Vec<usize>,
}

fn good(status: i32) {
    assert_eq!(status, ZX_OK);
}

/// Small, fast, and the same in each run.
fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    for last in (1..count).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        order.swap(last, (state % (last as u64 + 1)) as usize);
    }
    order
}

impl Pair {
    fn new(count: usize) -> Pair {
        let mut port = 0;
        // SAFETY: the place is live.
        good(unsafe { zx_port_create(0, &mut port) });
        let channels: Vec<(u32, u32)> = (0..count)
            .map(|number| {
                let (mut near, mut far) = (0, 0);
                // SAFETY: the places are live.
                good(unsafe { zx_channel_create(0, &mut near, &mut far) });
                good(zx_object_wait_async(far, port, number as u64, ZX_CHANNEL_READABLE, 0));
                (near, far)
            })
            .collect();
        let order = shuffled(count);
        let some = (0..ACTIVE).map(|number| order[number % count]).collect();
        Pair { channels, port, some, order }
    }

    fn write_and_read(&self, count: usize) -> f64 {
        let (near, far) = self.channels[0];
        // One message wakes the waiting port; the packet stays where it is.
        timed(count, |number| {
            write(near, number);
            read(far);
        })
    }

    /// What a server does for a message: it is written, its packet taken, it is read, and the next is waited for.
    fn dispatch(&self, channel: usize) {
        write(self.channels[channel].0, channel);
        let mut packet = zx_port_packet_t::default();
        // SAFETY: the place is live.
        good(unsafe { zx_port_wait(self.port, 0, &mut packet) });
        let far = self.channels[packet.key as usize].1;
        read(far);
        good(zx_object_wait_async(far, self.port, packet.key, ZX_CHANNEL_READABLE, 0));
    }

    fn dispatch_some(&self, count: usize) -> f64 {
        timed(count, |number| self.dispatch(self.some[number % ACTIVE]))
    }

    fn dispatch_all(&self) -> f64 {
        timed(self.order.len(), |number| self.dispatch(self.order[number]))
    }

    fn close(self) {
        for (near, far) in self.channels {
            good(zx_handle_close(near));
            good(zx_handle_close(far));
        }
        good(zx_handle_close(self.port));
    }
}

fn write(channel: u32, number: usize) {
    let bytes = black_box([number as u8; 32]);
    // SAFETY: the list is live.
    good(unsafe { zx_channel_write(channel, 0, bytes.as_ptr(), 32, std::ptr::null(), 0) });
}

fn read(channel: u32) {
    let mut bytes = [0; 32];
    let (mut actual_bytes, mut actual_handles) = (0, 0);
    let (place, no_handles) = (bytes.as_mut_ptr(), std::ptr::null_mut());
    // SAFETY: the places are live, and no handles are wanted.
    good(unsafe {
        zx_channel_read(channel, 0, place, no_handles, 32, 0, &mut actual_bytes, &mut actual_handles)
    });
    black_box(bytes);
}

/// An event that is signalled, and a port.
struct Waits {
    event: u32,
    port: u32,
}

impl Waits {
    fn new() -> Waits {
        let (mut event, mut port) = (0, 0);
        // SAFETY: the place is live.
        good(unsafe { zx_event_create(0, &mut event) });
        // SAFETY: the place is live.
        good(unsafe { zx_port_create(0, &mut port) });
        good(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
        Waits { event, port }
    }

    fn run(&mut self, count: usize) -> f64 {
        timed(count, |number| {
            good(zx_object_wait_async(self.event, self.port, number as u64, ZX_EVENT_SIGNALED, 0));
            let mut packet = zx_port_packet_t::default();
            // SAFETY: the place is live.
            good(unsafe { zx_port_wait(self.port, 0, &mut packet) });
            black_box(packet);
        })
    }
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(usize);

/// Three tables of lines in random orders. A step goes through one line of each. What it touches is found either line
/// by line, as a handle leads to an object and that to a wait, or all at once.
struct Walk {
    tables: [Vec<Line>; 3],
    place: usize,
}

impl Walk {
    fn new(count: usize) -> Walk {
        // All three hold one and the same cycle through all places, so that both walks visit every line.
        let order = shuffled(count);
        let mut next = vec![Line(0); count];
        for (number, place) in order.iter().enumerate() {
            next[*place] = Line(order[(number + 1) % count]);
        }
        Walk { tables: [next.clone(), next.clone(), next], place: 0 }
    }

    fn one_by_one(&mut self) -> f64 {
        timed(self.tables[0].len(), |_| {
            for table in &self.tables {
                self.place = table[self.place].0;
            }
        })
    }

    fn at_once(&mut self) -> f64 {
        timed(self.tables[0].len(), |_| {
            let [first, second, third] = self.tables.each_ref().map(|table| table[self.place].0);
            self.place = first;
            black_box((second, third));
        })
    }
}
