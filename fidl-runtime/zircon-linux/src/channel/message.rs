//! Messages in memory: a slot with the first bytes, and a queue of blocks for the rest.

use core::mem::{self, MaybeUninit};

use crate::capacity::{BLOCK_BYTES, MESSAGE_INLINE_BYTES};
use crate::handle_table::Chain;
use crate::memory::zeroed_struct;
use crate::payload::Payload;
use crate::pool::{Lease, Leased, Plain, Queue, Slots};
use crate::tables::tables;

zeroed_struct! {
    /// A message that waits to be read.
    pub(crate) struct Message {
        pub(crate) bytes: u32,
        pub(crate) handle_count: u32,
        /// The handles. Whoever drops a message has taken them out before.
        pub(crate) handles: Chain,
        blocks: Queue<Block>,
        start: [u8; MESSAGE_INLINE_BYTES],
    }
}

zeroed_struct! {
    /// A part of a message's bytes, or of those that wait in a socket.
    pub(crate) struct Block {
        pub(crate) bytes: [u8; BLOCK_BYTES],
    }
}

impl Leased for Message {
    fn slots() -> &'static Slots<Plain<Message>> {
        &tables().messages
    }

    #[inline(always)]
    fn clear(&mut self) {
        debug_assert!(self.handles.is_empty());
        if !self.blocks.is_empty() {
            drop(mem::take(&mut self.blocks));
        }
    }
}

impl Leased for Block {
    fn slots() -> &'static Slots<Plain<Block>> {
        &tables().blocks
    }
}

impl Message {
    /// A message of these bytes, without handles; `None` if message memory is full.
    pub(crate) fn compose(payload: &Payload<'_>) -> Option<Lease<Message>> {
        Message::of_pieces(payload.len(), payload.pieces())
    }

    /// A message of bytes that fit its slot.
    #[inline(always)]
    pub(super) fn of_small(bytes: &[u8]) -> Option<Lease<Message>> {
        let mut lease = Lease::<Message>::take()?;
        let message = &mut *lease;
        message.bytes = bytes.len() as u32;
        message.handle_count = 0;
        message.start[..bytes.len()].copy_from_slice(bytes);
        Some(lease)
    }

    /// A message of these pieces, `bytes` in all.
    pub(crate) fn of_pieces<'a>(
        bytes: u32,
        pieces: impl Iterator<Item = &'a [u8]>,
    ) -> Option<Lease<Message>> {
        let mut message = Lease::<Message>::take()?;
        message.bytes = bytes;
        message.handle_count = 0;
        // The place where the next bytes go: in the slot first, then in the last block.
        let mut used = 0;
        let mut block: Option<Lease<Block>> = None;
        for mut piece in pieces {
            while !piece.is_empty() {
                let place = match &mut block {
                    None => &mut message.start[used..],
                    Some(block) => &mut block.bytes[used..],
                };
                let count = piece.len().min(place.len());
                place[..count].copy_from_slice(&piece[..count]);
                piece = &piece[count..];
                used += count;
                if !piece.is_empty() {
                    block.replace(Lease::take()?).into_iter().for_each(|full| message.blocks.push(full));
                    used = 0;
                }
            }
        }
        block.into_iter().for_each(|last| message.blocks.push(last));
        Some(message)
    }

    /// All bytes, if they lie in the slot and no handles come with them.
    #[inline(always)]
    pub(super) fn small(&self) -> Option<&[u8]> {
        let bytes = self.start.get(..self.bytes as usize)?;
        (self.handle_count == 0).then_some(bytes)
    }

    /// The first four bytes as a number, if there are so many.
    #[inline]
    pub(crate) fn txid(&self) -> Option<u32> {
        let [a, b, c, d, ..] = self.start;
        (self.bytes >= 4).then(|| u32::from_ne_bytes([a, b, c, d]))
    }

    /// Writes the number over the first four bytes.
    pub(crate) fn set_txid(&mut self, txid: u32) {
        self.start[..4].copy_from_slice(&txid.to_ne_bytes());
    }

    /// Copies as many of the bytes as the place has room for, and says how many. The message stays whole.
    pub(crate) fn copy_start(&self, place: &mut [MaybeUninit<u8>]) -> usize {
        let whole = place.len().min(self.bytes as usize);
        let (start, mut rest) = place[..whole].split_at_mut(whole.min(MESSAGE_INLINE_BYTES));
        start.write_copy_of_slice(&self.start[..start.len()]);
        for block in self.blocks.iter() {
            let (part, after) = rest.split_at_mut(rest.len().min(BLOCK_BYTES));
            part.write_copy_of_slice(&block.bytes[..part.len()]);
            rest = after;
        }
        whole
    }

    /// The bytes, in pieces.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let mut left = self.bytes as usize;
        let parts = core::iter::once(&self.start[..]).chain(self.blocks.iter().map(|block| &block.bytes[..]));
        parts.map_while(move |part| {
            let part = &part[..part.len().min(left)];
            left -= part.len();
            (!part.is_empty()).then_some(part)
        })
    }

    /// Copies the bytes to a place that has room for them. The blocks are given back on the way.
    pub(crate) fn copy_out(&mut self, place: &mut [MaybeUninit<u8>]) {
        let (start, mut rest) =
            place[..self.bytes as usize].split_at_mut((self.bytes as usize).min(MESSAGE_INLINE_BYTES));
        start.write_copy_of_slice(&self.start[..start.len()]);
        while let Some(block) = self.blocks.pop() {
            let (part, after) = rest.split_at_mut(rest.len().min(BLOCK_BYTES));
            part.write_copy_of_slice(&block.bytes[..part.len()]);
            rest = after;
        }
    }
}
