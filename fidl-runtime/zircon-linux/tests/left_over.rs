//! Objects of all kinds made, used, sent and closed at random by several threads leave nothing behind: no handle, no slot
//! of any table, no descriptor, no mapping. One test, because all of that belongs to the process.

#![cfg(not(miri))]

mod common;

use std::sync::Mutex;
use std::{fs, thread};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;
use zircon_linux::{Memory, Usage, memory};

const THREADS: u64 = 3;
/// Rounds of each thread; more by an environment variable, for a soak.
fn rounds() -> u64 {
    std::env::var("ZIRCON_LINUX_ROUNDS").map_or(3_000, |rounds| rounds.parse().expect("a number"))
}

/// Small, fast, and the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// What is in use, beside what has no owner: descriptors and mappings of memory objects.
fn in_use() -> (Vec<usize>, usize, usize) {
    let Memory { handles, objects, waits, calls, messages, blocks, fifo_rings, names, mappings, .. } =
        memory();
    let tables = [handles, objects, waits, calls, messages, blocks, fifo_rings, names, mappings];
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    // The two descriptors on which a port sleeps are made once and go from port to port.
    let of_ports = 2 * memory().parks.high_water;
    let descriptors = fs::read_dir("/proc/self/fd").unwrap().count() - of_ports;
    (tables.map(|table: Usage| table.used).to_vec(), descriptors, maps.matches("memfd:").count())
}

/// Handles that a thread has, of any type.
#[derive(Default)]
struct Owned(Vec<u32>);

impl Owned {
    /// One of the handles, perhaps already closed by its being sent.
    fn any(&self, random: &mut Random) -> u32 {
        if self.0.is_empty() { 0 } else { self.0[random.below(self.0.len())] }
    }

    fn take(&mut self, random: &mut Random) -> u32 {
        if self.0.is_empty() { 0 } else { self.0.swap_remove(random.below(self.0.len())) }
    }

    fn add(&mut self, (one, other): (u32, u32)) {
        self.0.extend([one, other]);
    }
}

/// What comes of it does not matter.
fn ignore<T>(_: T) {}

fn make(owned: &mut Owned, random: &mut Random) {
    match random.below(9) {
        0 => owned.add(channel()),
        1 => owned.add(socket(ZX_SOCKET_STREAM).unwrap()),
        2 => owned.add(socket(ZX_SOCKET_DATAGRAM).unwrap()),
        3 => owned.add(fifo(8, 16, 0).unwrap()),
        4 => owned.add(eventpair()),
        5 => owned.0.push(event()),
        6 => owned.0.push(timer()),
        7 => owned.0.push(port()),
        _ => owned.0.push(vmo_with(10_000, ZX_VMO_RESIZABLE).unwrap()),
    }
}

/// Handles that threads leave for one another.
static EXCHANGE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Does something with handles of whatever type. What does not suit the type is refused, and that is all.
fn act(owned: &mut Owned, random: &mut Random) {
    let (one, other) = (owned.any(random), owned.any(random));
    let bytes = vec![7; random.below(3_000)];
    match random.below(21) {
        0..3 => make(owned, random),
        3 => ignore(write(one, &bytes, &[])),
        4 => send(one, &bytes, owned, random),
        5 => owned.0.extend(read(one).map_or(vec![], |(_, handles)| handles)),
        6 => ignore(socket_write(one, &bytes)),
        7 => ignore(socket_read(one, random.below(4_000))),
        8 => ignore(fifo_write(one, 16, &bytes)),
        9 => ignore(fifo_read(one, 16, 1 + random.below(10))),
        10 => ignore(wait_async(one, other, 5, u32::MAX, ZX_WAIT_ASYNC_EDGE * random.below(2) as u32)),
        11 => ignore(port_wait(one, PAST)),
        12 => ignore(port_queue(one, 5)),
        13 => ignore(check(zx_port_cancel_key(one, 0, 5))),
        14 => ignore(signal(one, 0, ZX_USER_SIGNAL_0)),
        15 => ignore(check(zx_timer_set(one, PAST, 0))),
        16 => owned.0.extend(duplicate(one, ZX_RIGHT_SAME_RIGHTS)),
        17 => memory_of(one, owned),
        18 => EXCHANGE.lock().unwrap().push(owned.take(random)),
        19 => owned.0.extend(EXCHANGE.lock().unwrap().pop()),
        _ => ignore(close(owned.take(random))),
    }
}

/// Sends a handle, unless it is to a channel: one whose ends lie in unread messages of its own, or of one another, stays
/// for good, as on Zircon.
fn send(channel: u32, bytes: &[u8], owned: &mut Owned, random: &mut Random) {
    let sent = owned.take(random);
    match basic(sent) {
        Ok(info) if info.object_type != ZX_OBJ_TYPE_CHANNEL => ignore(write(channel, bytes, &[sent])),
        _ => owned.0.push(sent),
    }
}

fn memory_of(vmo: u32, owned: &mut Owned) {
    let _ = set_property(vmo, ZX_PROP_NAME, b"left over?");
    owned.0.extend(child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 4096));
    if let Ok(address) = map(ZX_VM_PERM_READ | ZX_VM_ALLOW_FAULTS, 0, vmo, 0, 3 * 4096) {
        unmap(address + 4096, 4096).unwrap();
        unmap(address, 3 * 4096).unwrap();
    }
}

fn churn(seed: u64) {
    let (mut owned, mut random) = (Owned::default(), Random(seed));
    for round in 0..rounds() {
        act(&mut owned, &mut random);
        if round % 500 == 499 {
            // Everything goes, in whatever state it is, with messages, waits and handles in it.
            owned.0.drain(..).for_each(|handle| ignore(close(handle)));
        }
    }
    owned.0.drain(..).for_each(|handle| ignore(close(handle)));
}

#[test]
fn nothing_is_left_over() {
    // The address space has a handle of its own from the first use on.
    assert_ne!(zx_vmar_root_self(), 0);
    for round in 0..3u64 {
        let before = in_use();
        thread::scope(|scope| {
            for number in 1..=THREADS {
                scope.spawn(move || churn(round * THREADS + number));
            }
        });
        EXCHANGE.lock().unwrap().drain(..).for_each(|handle| ignore(close(handle)));
        let after = in_use();
        assert_eq!(after, before, "tables, descriptors, mappings");
    }
}
