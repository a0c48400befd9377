//! Calls: a request is written, and its thread sleeps until a message with the same transaction id arrives, which does
//! not go through the queue.
//!
//! ```text
//!                     reply, peer closed, handle closed: the object's lock is held
//!   free ---> WAITING -----------------------------------------------------------> ENDED ---> free
//!               |  in the list of its end                                            ^
//!               +--- the deadline: the thread itself takes the lock -----------------+
//! ```
//!
//! The thread alone takes and gives the slot. In between, whoever takes the call out of its list writes the result,
//! sets the word, and wakes the thread, under the lock of the object: so the list has only calls that wait, and the
//! object is not destroyed before all have ended.

use crate::abi::types::*;
use crate::channel::message::Message;
use crate::channel::{Local, Prepared, Unsent};
use crate::handle_table::{Chain, Handle};
use crate::memory::zeroed_struct;
use crate::object::{self, Body, End};
use crate::pool::{Lease, Mailbox};
use crate::sync::{AtomicU32, Ordering};
use crate::sys;
use crate::tables::tables;

/// Transaction ids of calls have this bit, those of users do not.
const FIRST_TXID: u32 = 1 << 31;

const WAITING: u32 = 0;
const ENDED: u32 = 1;

zeroed_struct! {
    /// A thread that waits for a reply.
    pub(crate) struct Call {
        /// WAITING or ENDED, and what the thread sleeps on.
        word: AtomicU32,
        txid: AtomicU32,
        /// The entry of the handle through which the call was made.
        handle: AtomicU32,
        /// The result, as the bits of a status.
        status: AtomicU32,
        reply: Mailbox<Message>,
    }
}

/// The calls under way from one end.
#[derive(Default)]
pub(crate) struct Calls {
    first: u32,
    /// How many were made.
    made: u32,
}

impl Calls {
    /// Registers a call, and returns its slot and its transaction id.
    fn begin(&mut self, handle: Handle) -> Result<(u32, u32), zx_status_t> {
        let index = tables().calls.take().ok_or(ZX_ERR_NO_RESOURCES)?;
        let txid = self.fresh_txid();
        let call = tables().calls.get(index);
        // Relaxed, here and below, where no reason is given: the lock of the object is held.
        call.txid.store(txid, Ordering::Relaxed);
        call.handle.store(handle.index, Ordering::Relaxed);
        call.word.store(WAITING, Ordering::Relaxed);
        tables().calls.link(index).store(self.first, Ordering::Relaxed);
        self.first = index;
        Ok((index, txid))
    }

    /// The next transaction id that no call waits for.
    fn fresh_txid(&mut self) -> u32 {
        loop {
            self.made = self.made.wrapping_add(1);
            let txid = self.made | FIRST_TXID;
            if self.iter().all(|(_, call)| call.txid.load(Ordering::Relaxed) != txid) {
                return txid;
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = (u32, &'static Call)> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let index = next;
            (index != 0).then(|| {
                next = tables().calls.link(index).load(Ordering::Relaxed);
                (index, tables().calls.get(index))
            })
        })
    }

    /// Takes a call out of the list.
    fn remove(&mut self, index: u32) {
        let next = tables().calls.link(index).load(Ordering::Relaxed);
        if self.first == index {
            self.first = next;
            return;
        }
        if let Some((before, _)) =
            self.iter().find(|(before, _)| tables().calls.link(*before).load(Ordering::Relaxed) == index)
        {
            tables().calls.link(before).store(next, Ordering::Relaxed);
        }
    }

    /// Whether no call is under way.
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.first == 0
    }

    /// Gives the message to the call that waits for it, or back if there is none.
    #[inline]
    pub(super) fn answer(&mut self, message: Lease<Message>) -> Option<Lease<Message>> {
        if self.first == 0 { Some(message) } else { self.answer_one(message) }
    }

    #[cold]
    fn answer_one(&mut self, message: Lease<Message>) -> Option<Lease<Message>> {
        let txid = message.txid().filter(|txid| txid & FIRST_TXID != 0);
        let found =
            txid.and_then(|txid| self.iter().find(|(_, call)| call.txid.load(Ordering::Relaxed) == txid));
        let Some((index, call)) = found else { return Some(message) };
        call.reply.put(message);
        self.finish(index, ZX_OK);
        None
    }

    /// Ends a call of the list.
    fn finish(&mut self, index: u32, status: zx_status_t) {
        self.remove(index);
        let call = tables().calls.get(index);
        call.status.store(status.cast_unsigned(), Ordering::Relaxed);
        // Release: the thread sees the status. From here on the slot is the thread's; a wake that comes later than
        // that wakes at worst the slot's next owner, who looks at its word again.
        call.word.store(ENDED, Ordering::Release);
        sys::futex_wake_one(&call.word);
    }

    /// Ends all calls for which this holds.
    fn finish_all(&mut self, which: impl Fn(&Call) -> bool, status: zx_status_t) {
        loop {
            let found = self.iter().find(|(_, call)| which(call));
            let Some((index, _)) = found else { return };
            self.finish(index, status);
        }
    }
}

impl Local {
    /// Ends the calls made through a handle that is closed or somewhere else now.
    pub(crate) fn cancel_calls_of(&mut self, handle: Handle) {
        let of_handle = |call: &Call| call.handle.load(Ordering::Relaxed) == handle.index;
        self.calls[handle.end].finish_all(of_handle, ZX_ERR_CANCELED);
    }

    /// Whether calls are under way from an end.
    pub(crate) fn is_calling(&self, end: usize) -> bool {
        !self.calls[end].is_empty()
    }

    /// Ends all calls of an end.
    pub(crate) fn fail_calls(&mut self, end: usize, status: zx_status_t) {
        self.calls[end].finish_all(|_| true, status);
    }
}

impl Prepared {
    /// Sends the message with these handles as a request, and waits for the reply.
    pub(crate) fn call(
        self,
        channel: Handle,
        handles: Chain,
        count: u32,
        deadline: zx_time_t,
    ) -> Result<Lease<Message>, Unsent> {
        let mut begun = 0;
        let write = |local: &mut Local, ends: &mut [End; 2], mut message: Lease<Message>| {
            if ends[1 - channel.end].handles == 0 {
                return Err((message, ZX_ERR_PEER_CLOSED));
            }
            match local.calls[channel.end].begin(channel) {
                Err(status) => Err((message, status)),
                Ok((index, txid)) => {
                    begun = index;
                    message.set_txid(txid);
                    // The peer was found a line above, so the message does not come back.
                    let written = local.write_request(ends, channel.end, message);
                    written.map_err(|message| (message, ZX_ERR_PEER_CLOSED))
                }
            }
        };
        let write_away = |_: &Message, handles| Err((handles, ZX_ERR_NOT_SUPPORTED));
        self.send_by(channel, handles, count, write, write_away)?;
        wait(channel.object, channel.end, begun, deadline).map_err(Unsent::Failed)
    }
}

/// Sleeps until the call has ended, or ends it at the deadline.
fn wait(object: u32, end: usize, index: u32, deadline: zx_time_t) -> Result<Lease<Message>, zx_status_t> {
    let call = tables().calls.get(index);
    // Acquire: what the thread that ended the call wrote is seen.
    while call.word.load(Ordering::Acquire) == WAITING {
        if deadline != ZX_TIME_INFINITE && sys::monotonic() >= deadline {
            give_up(object, end, index);
            break;
        }
        sys::futex_wait_until(&call.word, WAITING, deadline);
    }
    let status = call.status.load(Ordering::Relaxed).cast_signed();
    let reply = call.reply.take();
    tables().calls.give(index);
    match status {
        ZX_OK => reply.ok_or(ZX_ERR_INTERNAL),
        status => Err(status),
    }
}

/// Ends a call whose time has come, unless it has just ended otherwise. If the object was destroyed meanwhile then the
/// call has ended before, which is seen whatever object has the slot now.
fn give_up(object: u32, end: usize, index: u32) {
    let mut object = object::lock(object);
    if tables().calls.get(index).word.load(Ordering::Acquire) == ENDED {
        return;
    }
    if let Body::Local(local) = &mut object.body {
        local.calls[end].finish(index, ZX_ERR_TIMED_OUT);
    }
}
