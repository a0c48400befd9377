//! Runs that can be repeated: a clock that only the reactor moves, and an order of events that a seed decides.
//!
//! The seed permutes packets within a batch (those with one key keep their order), the turns of services and clients, and
//! the ready slots of arenas. Time stands still while anything can be done; then it jumps to the next deadline. Everything
//! that the thread does is simulated with it, so a server and its clients belong on one reactor.

use core::cell::Cell;

use crate::kernel::{Instant, PortPacket, VirtualClock};

/// When a simulation begins, on its clock: one second past the start.
const BEGIN: Instant = Instant::from_nanos(1_000_000_000);

#[derive(Debug)]
pub(super) struct Simulation {
    state: Cell<u64>,
    trace: Cell<u64>,
    clock: VirtualClock,
}

impl Simulation {
    /// `None` if the thread runs one already.
    pub(super) fn new(seed: u64) -> Option<Self> {
        // A seed of zero would stay zero.
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03;
        Some(Self {
            state: Cell::new(state | 1),
            trace: Cell::new(0xcbf2_9ce4_8422_2325),
            clock: VirtualClock::start(BEGIN)?,
        })
    }

    /// A random number below `below`, which is not 0.
    pub(super) fn pick(&self, below: usize) -> usize {
        (self.next() % below as u64) as usize
    }

    pub(super) fn next(&self) -> u64 {
        let mut state = self.state.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.state.set(state);
        state
    }

    /// Notes what happens.
    pub(super) fn note(&self, event: u64) {
        let mixed = (self.trace.get() ^ event).wrapping_mul(0x0000_0100_0000_01b3);
        self.trace.set(mixed ^ mixed >> 29);
    }

    /// What has happened, in one number.
    pub(super) fn trace(&self) -> u64 {
        self.trace.get()
    }

    /// Permutes packets; those with one key keep their order.
    pub(super) fn permute(&self, packets: &mut [PortPacket]) {
        if packets.len() < 2 {
            return;
        }
        for _ in 0..packets.len() * packets.len() {
            let first = self.pick(packets.len() - 1);
            if packets[first].key != packets[first + 1].key && self.pick(2) == 0 {
                packets.swap(first, first + 1);
            }
        }
    }

    /// One of the bits that are set.
    pub(super) fn pick_bit(&self, word: u64) -> usize {
        let mut word = word;
        for _ in 0..self.pick(word.count_ones().max(1) as usize) {
            word &= word - 1;
        }
        word.trailing_zeros() as usize
    }

    /// Nothing can be done now: goes on to `deadline`. Returns whether there is one.
    pub(super) fn advance(&self, deadline: Instant) -> bool {
        if deadline != Instant::INFINITE {
            self.clock.advance(deadline);
        }
        deadline != Instant::INFINITE
    }
}
