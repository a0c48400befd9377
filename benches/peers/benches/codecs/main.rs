//! Measures every shape with every peer: to build a value, to encode it, to decode and read the message; and `copy` alone. Of
//! each the time, heap allocations, and how deep it goes into the stack.
//!
//! ```text
//! cargo bench                     # all shapes
//! cargo bench -- listing log      # those whose names contain one of these
//! ```
//!
//! Times are taken in rounds, each of which measures everything once, shortly: what else the machine does in the meantime is
//! then shared by all peers, and the median of the rounds is what it would be without.

use std::alloc::System;
use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bumpalo::Bump;
use fidl_peers::peers::{BUFFER, Peer};
use fidl_peers::sink::Sum;
use fidl_peers::visit::{self, Visitor};
use rkyv::util::Align;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

mod stack;
mod table;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often everything is measured.
const ROUNDS: usize = 61;

/// How long that takes, about: much less than a turn that other programs have on the processor, so that few are cut in two.
const BATCH: Duration = Duration::from_micros(100);

/// One shape with one peer.
pub struct Row {
    shape: String,
    peer: &'static str,
    /// Of the message.
    bytes: usize,
    /// Build, encode, decode; not all peers have all of them.
    operations: [Option<Operation>; 3],
}

/// What was measured of an operation.
pub struct Operation {
    /// In one round.
    runs: u32,
    /// Nanoseconds, by rounds.
    times: Vec<f64>,
    /// Calls of the allocator and bytes, in one run.
    allocations: (usize, usize),
    /// Bytes.
    stack: usize,
}

impl Operation {
    fn new(mut run: impl FnMut()) -> Self {
        // What is set up at the first time is not counted.
        run();
        let allocations = allocations(&mut run);
        let stack = stack::depth(&mut run);
        let mut runs = 1;
        while time(runs, &mut run) < BATCH {
            runs *= 2;
        }
        Self { runs, times: Vec::new(), allocations, stack }
    }

    fn median(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

fn allocations(mut run: impl FnMut()) -> (usize, usize) {
    let region = Region::new(ALLOCATOR);
    run();
    let change = region.change();
    (change.allocations + change.reallocations, change.bytes_allocated)
}

/// The time of so many runs. A function of its own for each operation: inlined into one for all of them, some would have their
/// variables in registers and others would not.
#[inline(never)]
fn time(runs: u32, mut run: impl FnMut()) -> Duration {
    let begin = Instant::now();
    (0..runs).for_each(|_| run());
    begin.elapsed()
}

/// All rows, in the order in which shapes and peers come.
struct Rows {
    rows: Vec<Row>,
    /// The row that is next in this round.
    next: usize,
    /// Names of shapes; none for all.
    only: Vec<String>,
}

impl Rows {
    fn row(&mut self, shape: &str, peer: &'static str, bytes: usize) -> &mut [Option<Operation>; 3] {
        if self.next == self.rows.len() {
            let operations = [const { None }; 3];
            self.rows.push(Row { shape: shape.to_owned(), peer, bytes, operations });
        }
        self.next += 1;
        &mut self.rows[self.next - 1].operations
    }
}

/// Measures in a round.
fn measure(operation: &mut Option<Operation>, mut run: impl FnMut()) {
    let operation = operation.get_or_insert_with(|| Operation::new(&mut run));
    let nanoseconds = time(operation.runs, run).as_secs_f64() * 1e9;
    operation.times.push(nanoseconds / f64::from(operation.runs));
}

impl Visitor for Rows {
    fn visit<P: Peer<T>, T>(&mut self, shape: &str, value: &T) {
        if !self.only.is_empty() && !self.only.iter().any(|only| shape.contains(only)) {
            return;
        }
        let mut peer = P::new(value);
        let mut message = Box::new(Align([0; BUFFER]));
        let len = peer.encode().len();
        message.0[..len].copy_from_slice(peer.encode());
        let message = &message.0[..len];
        let mut buffer = Box::new(Align([0; BUFFER]));
        let buffer = &mut buffer.0[..len];
        let mut room = Bump::new();

        let [build, encode, decode] = self.row(shape, P::NAME, len);
        if P::BUILDS {
            measure(build, || P::build(black_box(value), &mut room));
        }
        measure(encode, || {
            black_box(black_box(black_box(&mut peer).encode()).len());
        });
        measure(decode, || {
            buffer.copy_from_slice(black_box(message));
            let mut sum = Sum::default();
            P::decode(black_box(&mut *buffer), &mut sum);
            black_box(sum.0);
        });
        if P::NAME == "fidl" {
            let [_, encode, decode] = self.row(shape, "copy", len);
            for operation in [encode, decode] {
                measure(operation, || black_box(&mut *buffer).copy_from_slice(black_box(message)));
            }
        }
    }
}

fn main() {
    let only = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut rows = Rows { rows: Vec::new(), next: 0, only };
    for _ in 0..ROUNDS {
        rows.next = 0;
        visit::all(&mut rows);
    }
    table::print(&rows.rows);
}
