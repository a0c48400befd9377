//! Channels with both ends in this process: two queues of messages.
//!
//! A queue is bounded. A write that finds it full, or finds message memory full, returns `ZX_ERR_SHOULD_WAIT` and
//! clears WRITABLE at its own end; a read that makes room sets it again. For message memory, which all channels
//! share with sockets, see the module `starved`.

use core::mem;

use crate::abi::types::*;
use crate::channel::call::Calls;
use crate::channel::message::Message;
use crate::object::End;
use crate::payload::Payload;
use crate::pool::{Lease, Queue};
use crate::signals;
use crate::starved;
use crate::tables::tables;

/// The messages that wait to be read at one end.
#[derive(Default)]
pub(super) struct Inbox {
    pub(super) queue: Queue<Message>,
    pub(super) messages: u32,
    pub(super) bytes: u32,
}

impl Inbox {
    /// Whether a message of any legal size may be added.
    #[inline(always)]
    pub(super) fn has_room(&self) -> bool {
        let capacity = &tables().capacity;
        let bytes = capacity.channel_bytes - ZX_CHANNEL_MAX_MSG_BYTES as usize;
        (self.messages as usize) < capacity.channel_messages && self.bytes as usize <= bytes
    }

    #[inline(always)]
    pub(super) fn push(&mut self, message: Lease<Message>, bytes: u32) {
        self.messages += 1;
        self.bytes += bytes;
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
    pub(super) inboxes: [Inbox; 2],
    /// The calls under way from each end.
    pub(super) calls: [Calls; 2],
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
        starved::announce(object);
        // Memory given back before the announcement was seen by the giver is found now; after it, the giver acts.
        Message::compose(payload).ok_or_else(|| {
            signals::update(&mut ends[end], ZX_CHANNEL_WRITABLE, 0);
            ZX_ERR_SHOULD_WAIT
        })
    }

    /// Gives the message to the peer, or back if the peer is gone. What a call of the peer waits for goes to it.
    pub(crate) fn write(
        &mut self,
        ends: &mut [End; 2],
        end: usize,
        message: Lease<Message>,
    ) -> Result<(), Lease<Message>> {
        match self.calls[1 - end].answer(message) {
            Some(message) => self.write_request(ends, end, message),
            None => Ok(()),
        }
    }

    /// Gives the message to the peer as one that is no reply.
    pub(super) fn write_request(
        &mut self,
        ends: &mut [End; 2],
        end: usize,
        message: Lease<Message>,
    ) -> Result<(), Lease<Message>> {
        let peer = &mut ends[1 - end];
        if peer.handles == 0 {
            return Err(message);
        }
        let bytes = message.bytes;
        self.inboxes[1 - end].push(message, bytes);
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
    pub(crate) fn let_write(&mut self, ends: &mut [End; 2], end: usize) {
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
