//! Calls over a [`Link`]: the thread inside the call takes part in reading.
//!
//! While calls are under way, every look at the link takes all messages out of the ring. Replies go to their calls; the
//! others are kept aside, in order, and read from there. So a reply never shows as READABLE, and an ordinary reader may
//! share the end.
//!
//! A thread inside a call waits on the object for a signal of its own, [`CALL_ENDED`], which users do not see. It is
//! asserted while some call has ended whose thread has not come for the result.

use core::mem::{self, MaybeUninit};

use crate::abi::types::*;
use crate::channel::call::{Call, take_result};
use crate::channel::{Link, Message};
use crate::descriptor::Look;
use crate::handle_table::{Chain, Handle};
use crate::object::{self, Body, End};
use crate::pool::{Lease, Queue};
use crate::ring::Broken;
use crate::signals::{self, CALL_ENDED};

impl Link {
    /// Whether calls are under way, or messages kept aside on their account: then the end cannot go elsewhere.
    pub(crate) fn is_calling(&self) -> bool {
        !self.calls.is_empty() || !self.aside.is_empty()
    }

    /// The first message kept aside.
    pub(super) fn front_aside(&self) -> Option<(u32, u32)> {
        self.aside.peek().map(|message| (message.bytes, message.handle_count))
    }

    /// Takes the first message kept aside.
    pub(super) fn take_aside(&mut self, end: &mut End) -> Option<Lease<Message>> {
        let message = self.aside.pop();
        self.refresh(end, Look::Trusting);
        message
    }

    /// Takes all messages kept aside.
    pub(crate) fn take_all_aside(&mut self) -> Queue<Message> {
        mem::take(&mut self.aside)
    }

    /// Notes that so many calls have ended, and wakes their threads.
    fn note_ended(&mut self, end: &mut End, calls: u32) {
        self.ended += calls;
        if calls > 0 {
            signals::update(end, 0, CALL_ENDED);
        }
    }

    /// Ends all calls, with a status.
    pub(super) fn fail_calls(&mut self, end: &mut End, status: zx_status_t) {
        let ended = self.calls.finish_all(|_| true, status);
        self.note_ended(end, ended);
    }

    /// Ends the calls made through a handle that is closed or somewhere else now.
    pub(crate) fn cancel_calls_of(&mut self, end: &mut End, handle: Handle) {
        let ended = self.calls.finish_all(|call| call.is_of(handle), ZX_ERR_CANCELED);
        self.note_ended(end, ended);
    }

    /// Takes all messages out of the ring: replies to their calls, the others aside. Stops if message memory is full.
    #[cold]
    #[inline(never)]
    pub(super) fn sort(&mut self, end: &mut End) {
        // The largest message. Only threads with calls under way have this on their stack.
        let mut place = [MaybeUninit::uninit(); ZX_CHANNEL_MAX_MSG_BYTES as usize];
        while !self.calls.is_empty() {
            let front = match &self.area {
                Some(area) => self.inbound.front(&area.lane(1 - self.side)),
                None => return,
            };
            let record = match front {
                Ok(Some(record)) => record,
                Ok(None) => return,
                Err(Broken) => return self.end_by(end),
            };
            // Memory first: a message that was read can no longer be left where it was.
            let Some(mut message) = Message::blank(record.bytes) else { return };
            let handles = match record.handles {
                0 => Ok(Chain::default()),
                _ => self.receive_handles(record, true),
            };
            match handles {
                Ok(handles) => (message.handles, message.handle_count) = (handles, record.handles),
                Err(ZX_ERR_PEER_CLOSED) => return self.end_by(end),
                Err(_) => return,
            }
            let Some(area) = &self.area else { return };
            let lane = area.lane(1 - self.side);
            let bytes = &mut place[..record.bytes as usize];
            self.inbound.copy(&lane, bytes);
            // SAFETY: the copy has written all of them.
            #[allow(unsafe_code)]
            message.overwrite(unsafe { bytes.assume_init_ref() });
            if self.inbound.pass(&lane, record) {
                self.ring_room();
            }
            match self.calls.answer(message) {
                None => self.note_ended(end, 1),
                Some(other) => self.aside.push(other),
            }
        }
    }
}

/// A call under way over a link.
pub(crate) struct Away {
    object: u32,
    generation: u32,
    call: u32,
}

/// Begins a call over a link: gives the message its transaction id, and registers the call.
pub(super) fn begin(
    channel: Handle,
    generation: u32,
    link: &mut Link,
    message: &mut Message,
) -> Result<Away, zx_status_t> {
    let (call, txid) = link.calls.begin(channel, link.side)?;
    message.set_txid(txid);
    Ok(Away { object: channel.object, generation, call })
}

impl Away {
    /// Gives up a call whose request was not sent. The link is locked.
    pub(super) fn unsent(&self, link: &mut Link) {
        link.calls.finish(self.call, ZX_ERR_CANCELED);
        let _ = take_result(self.call);
    }

    /// Looks for the reply. A call that has not ended, ends with `give_up` if one is given.
    pub(crate) fn poll(&self, give_up: Option<zx_status_t>) -> Option<Result<Lease<Message>, zx_status_t>> {
        let mut object = object::lock(self.object);
        let object = &mut *object;
        let is_here = object.generation == self.generation;
        if let Body::Link(link) = &mut object.body
            && is_here
        {
            let end = &mut object.ends[link.end()];
            link.refresh(end, Look::Exact);
            if !Call::has_ended(self.call) {
                link.calls.finish(self.call, give_up?);
            } else {
                link.ended -= 1;
                if link.ended == 0 {
                    signals::update(end, CALL_ENDED, 0);
                }
            }
        }
        // An object that is another's now has ended all its calls before.
        Some(take_result(self.call))
    }
}
