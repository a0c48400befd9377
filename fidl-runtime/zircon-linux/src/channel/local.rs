//! Channels with both ends in this process: two queues of messages.
//!
//! A queue is bounded. A write that finds it full, or finds message memory full, returns `ZX_ERR_SHOULD_WAIT` and
//! clears WRITABLE at its own end; a read that makes room sets it again. For message memory, which all channels
//! share, the writer leaves a bit for its object, and whoever gives memory back goes through those bits.

use core::mem;

use crate::abi::types::*;
use crate::capacity::{CHANNEL_BYTES, CHANNEL_MESSAGES};
use crate::channel::message::Message;
use crate::object::{self, Body, End};
use crate::payload::Payload;
use crate::pool::{Lease, Queue};
use crate::signals;
use crate::sync::Ordering;
use crate::tables::tables;

/// The messages that wait to be read at one end.
#[derive(Default)]
struct Inbox {
    queue: Queue<Message>,
    messages: u32,
    bytes: u32,
}

impl Inbox {
    /// Whether a message of any legal size may be added.
    fn has_room(&self) -> bool {
        self.messages < CHANNEL_MESSAGES && self.bytes <= CHANNEL_BYTES - ZX_CHANNEL_MAX_MSG_BYTES
    }

    fn push(&mut self, message: Lease<Message>) {
        self.messages += 1;
        self.bytes += message.bytes;
        self.queue.push(message);
    }

    fn pop(&mut self) -> Option<Lease<Message>> {
        let message = self.queue.pop()?;
        self.messages -= 1;
        self.bytes -= message.bytes;
        Some(message)
    }
}

/// The body of a channel within the process. Each inbox belongs to the end of the same number.
#[derive(Default)]
pub(crate) struct Local {
    inboxes: [Inbox; 2],
}

impl Local {
    /// A message of these bytes, if there is a peer, and its inbox has room, and message memory too.
    pub(crate) fn admit(
        &mut self,
        ends: &mut [End; 2],
        end: usize,
        object: u32,
        payload: &Payload<'_>,
    ) -> Result<Lease<Message>, zx_status_t> {
        if ends[1 - end].handles == 0 {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        if !self.inboxes[1 - end].has_room() {
            signals::update(&mut ends[end], ZX_CHANNEL_WRITABLE, 0);
            return Err(ZX_ERR_SHOULD_WAIT);
        }
        if let Some(message) = Message::compose(payload) {
            return Ok(message);
        }
        announce_starved(object);
        // Memory given back before the announcement was seen by the giver is found now; after it, the giver acts.
        Message::compose(payload).ok_or_else(|| {
            signals::update(&mut ends[end], ZX_CHANNEL_WRITABLE, 0);
            ZX_ERR_SHOULD_WAIT
        })
    }

    /// Gives the message to the peer, or back if the peer is gone.
    pub(crate) fn write(
        &mut self,
        ends: &mut [End; 2],
        end: usize,
        message: Lease<Message>,
    ) -> Result<(), Lease<Message>> {
        let peer = &mut ends[1 - end];
        if peer.handles == 0 {
            return Err(message);
        }
        self.inboxes[1 - end].push(message);
        signals::update(peer, 0, ZX_CHANNEL_READABLE);
        Ok(())
    }

    /// The sizes of the first message.
    pub(crate) fn front(&self, end: usize) -> Option<(u32, u32)> {
        self.inboxes[end].queue.peek().map(|message| (message.bytes, message.handle_count))
    }

    /// Takes the first message.
    pub(crate) fn read(&mut self, ends: &mut [End; 2], end: usize) -> Option<Lease<Message>> {
        let inbox = &mut self.inboxes[end];
        let message = inbox.pop()?;
        if inbox.messages == 0 {
            signals::update(&mut ends[end], ZX_CHANNEL_READABLE, 0);
        }
        self.let_write(ends, 1 - end);
        Some(message)
    }

    /// Sets WRITABLE again at an end that was refused, if there is room now.
    fn let_write(&mut self, ends: &mut [End; 2], end: usize) {
        let refused = ends[end].signals & ZX_CHANNEL_WRITABLE == 0;
        if refused && ends[1 - end].handles > 0 && self.inboxes[1 - end].has_room() {
            signals::update(&mut ends[end], 0, ZX_CHANNEL_WRITABLE);
        }
    }

    /// The messages that wait at an end.
    pub(crate) fn unread(&self, end: usize) -> impl Iterator<Item = &Message> {
        self.inboxes[end].queue.iter()
    }

    /// Takes all messages that wait at an end.
    pub(crate) fn take_unread(&mut self, end: usize) -> Queue<Message> {
        mem::take(&mut self.inboxes[end]).queue
    }
}

/// Notes that a channel found message memory full.
#[cold]
fn announce_starved(object: u32) {
    let tables = tables();
    let Some(word) = tables.starved.get(object as usize / 64) else { return };
    word.fetch_or(1 << (object % 64), Ordering::SeqCst);
    // Sequentially consistent, as are the pool's operations: either the next look at the pool finds what was given
    // back, or the giver, who looks here afterwards, finds this.
    tables.any_starved.store(1, Ordering::SeqCst);
}

/// To be called after message memory was given back, without a lock held: lets the channels write that found none.
#[inline]
pub(crate) fn relieve_starved() {
    if tables().any_starved.load(Ordering::SeqCst) != 0 {
        relieve_all();
    }
}

#[cold]
fn relieve_all() {
    let tables = tables();
    tables.any_starved.store(0, Ordering::SeqCst);
    for (number, word) in tables.starved.iter().enumerate() {
        let mut bits = word.swap(0, Ordering::SeqCst);
        while bits != 0 {
            relieve((number * 64) as u32 + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}

/// Lets both ends of a channel write again. If the bit was old and the slot holds another object now, this finds
/// nothing to do.
fn relieve(index: u32) {
    let mut object = object::lock(index);
    let object = &mut *object;
    if let Body::Local(local) = &mut object.body {
        local.let_write(&mut object.ends, 0);
        local.let_write(&mut object.ends, 1);
    }
}
