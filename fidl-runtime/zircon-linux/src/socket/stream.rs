//! The bytes of a stream: a queue of blocks, of which the first is read from and the last is written to.

use core::mem::MaybeUninit;

use crate::capacity::BLOCK_BYTES;
use crate::channel::Block;
use crate::pool::{Lease, Queue};

/// Bytes that wait to be read.
#[derive(Default)]
pub(super) struct Stream {
    blocks: Queue<Block>,
    /// Where in the first block the first byte lies.
    head: u32,
    /// How far the last block is filled. Without blocks 0, which is as good as a full one: the next byte needs a new one.
    tail: u32,
}

impl Stream {
    /// Appends bytes until there is no block for more. Returns how many.
    pub(super) fn append(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() {
            if (self.tail as usize).is_multiple_of(BLOCK_BYTES) {
                let Some(block) = Lease::<Block>::take() else { break };
                self.blocks.push(block);
                self.tail = 0;
            }
            let Some(last) = self.blocks.last_mut() else { break };
            let place = &mut last.bytes[self.tail as usize..];
            let count = rest.len().min(place.len());
            place[..count].copy_from_slice(&rest[..count]);
            self.tail += count as u32;
            rest = &rest[count..];
        }
        bytes.len() - rest.len()
    }

    /// Copies the first bytes without taking them. There must be as many as places.
    pub(super) fn peek(&self, places: &mut [MaybeUninit<u8>]) {
        let (mut rest, mut from) = (places, self.head as usize);
        for block in self.blocks.iter() {
            let (part, after) = rest.split_at_mut(rest.len().min(BLOCK_BYTES - from));
            part.write_copy_of_slice(&block.bytes[from..from + part.len()]);
            (rest, from) = (after, 0);
            if rest.is_empty() {
                return;
            }
        }
    }

    /// The blocks' bytes from the first unread one on, in order, and what lies in the last block behind them.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let from = core::iter::once(self.head as usize).chain(core::iter::repeat(0));
        self.blocks.iter().zip(from).map(|(block, from)| &block.bytes[from..])
    }

    /// Takes the first bytes. `left` is how many stay.
    pub(super) fn take(&mut self, places: &mut [MaybeUninit<u8>], left: usize) {
        let mut rest = places;
        while !rest.is_empty() {
            let Some(first) = self.blocks.peek() else { return };
            let from = self.head as usize;
            let (part, after) = rest.split_at_mut(rest.len().min(BLOCK_BYTES - from));
            part.write_copy_of_slice(&first.bytes[from..from + part.len()]);
            self.head += part.len() as u32;
            if self.head as usize == BLOCK_BYTES {
                drop(self.blocks.pop());
                self.head = 0;
            }
            rest = after;
        }
        if left == 0 {
            *self = Stream::default();
        }
    }
}
