//! Replies: written when their handler has finished, or kept until the channel is writable.

use core::sync::atomic::Ordering::Relaxed;

use super::binding::{Binding, End, Outcome};
use super::close::CloseReason;
use super::place::Dispatch;
use super::service::{CONNECTION, Running};
use super::tables::{Entry, ORPHAN, Tables};
use crate::kernel::{self, Port, Signals, Status};
use crate::message::Lease;

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> Running<B, D, C, N> {
    /// A handler has finished: writes its reply.
    pub(super) fn finish(&self, tables: &mut Tables<C, N>, port: &Port, outcome: Outcome<'static>) {
        let call = outcome.call as usize;
        let index = tables.calls[call].connection;
        tables.calls[call].slot = None;
        if index == ORPHAN {
            tables.call_links.remove(&mut tables.orphans, call);
            tables.free_call(call);
            self.count(|counters| counters.discarded += u64::from(matches!(outcome.end, End::Reply(_))));
            return;
        }
        tables.call_links.remove(&mut tables.entries[index].running, call);
        let reason = match outcome.end {
            End::Done => None,
            End::Refused(error) => Some(CloseReason::DecodeFailure(error)),
            End::Unsendable(error) => Some(CloseReason::EncodeFailure(error)),
            End::Reply(reply) if waits_behind_others(&tables.entries[index]) => {
                return self.keep(tables, port, call, reply);
            }
            End::Reply(reply) => match reply.write(tables.entries[index].handle()) {
                Err(Status::SHOULD_WAIT) => return self.keep(tables, port, call, reply),
                result => self.written(result),
            },
        };
        tables.free_call(call);
        if let Some(reason) = reason {
            tables.end(index, reason);
        }
    }

    /// Why the connection must end after a write, if it must.
    pub(super) fn written(&self, result: Result<(), Status>) -> Option<CloseReason> {
        match result {
            // That the peer has closed its end is told by the read path, behind what it had sent.
            Ok(()) | Err(Status::PEER_CLOSED) => {
                self.count(|counters| counters.replies += 1);
                None
            }
            Err(status) => Some(CloseReason::WriteFailure(status)),
        }
    }

    /// Keeps a reply in its frame until the channel is writable.
    pub(super) fn keep(&self, tables: &mut Tables<C, N>, port: &Port, call: usize, reply: Lease<'static>) {
        let index = tables.calls[call].connection;
        tables.calls[call].reply = Some(reply);
        if tables.entries[index].unsent.is_empty() {
            self.count(|counters| counters.blocked += 1);
            self.shared.peers[index].blocked.store(true, Relaxed);
        }
        tables.call_links.push_back(&mut tables.entries[index].unsent, call);
        tables.block(index);
        self.arm_writable(tables, port, index);
    }

    /// Writes unsent replies; returns whether none is left.
    pub(super) fn flush(&self, tables: &mut Tables<C, N>, port: &Port, index: usize) -> bool {
        while let Some(call) = tables.entries[index].unsent.front() {
            let channel = tables.entries[index].handle();
            let Some(reply) = tables.calls[call].reply.take() else { return true };
            let result = reply.write(channel);
            if result == Err(Status::SHOULD_WAIT) {
                tables.calls[call].reply = Some(reply);
                self.arm_writable(tables, port, index);
                return false;
            }
            drop(reply);
            tables.call_links.remove(&mut tables.entries[index].unsent, call);
            tables.free_call(call);
            if tables.entries[index].unsent.is_empty() {
                self.shared.peers[index].blocked.store(false, Relaxed);
                self.unblock(tables, index);
            }
            if let Some(reason) = self.written(result) {
                tables.end(index, reason);
            }
        }
        true
    }

    pub(super) fn arm_readable(&self, tables: &mut Tables<C, N>, port: &Port, index: usize) {
        if tables.entries[index].readable_armed {
            return;
        }
        let signals = Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED;
        match self.arm(&tables.entries[index], port, index, signals) {
            Ok(()) => tables.entries[index].readable_armed = true,
            Err(status) => tables.end(index, CloseReason::ReadFailure(status)),
        }
    }

    /// The client has read: its patience begins anew if somebody still waits for room, and else has no end.
    pub(super) fn unblock(&self, tables: &mut Tables<C, N>, index: usize) {
        tables.unblock(index);
        if self.is_waited_for(tables, index) {
            tables.block(index);
        }
    }

    /// Whether somebody waits for room for events while the connection has calls.
    pub(super) fn is_waited_for(&self, tables: &Tables<C, N>, index: usize) -> bool {
        !tables.entries[index].running.is_empty() && self.shared.peers[index].is_waited_for()
    }

    pub(super) fn arm_writable(&self, tables: &mut Tables<C, N>, port: &Port, index: usize) {
        if tables.entries[index].writable_armed {
            return;
        }
        let signals = Signals::CHANNEL_WRITABLE | Signals::CHANNEL_PEER_CLOSED;
        match self.arm(&tables.entries[index], port, index, signals) {
            Ok(()) => tables.entries[index].writable_armed = true,
            Err(status) => tables.end(index, CloseReason::WriteFailure(status)),
        }
    }

    pub(super) fn arm_closed(&self, tables: &mut Tables<C, N>, port: &Port, index: usize) {
        if tables.entries[index].closed_armed {
            return;
        }
        match self.arm(&tables.entries[index], port, index, Signals::CHANNEL_PEER_CLOSED) {
            Ok(()) => tables.entries[index].closed_armed = true,
            Err(status) => tables.end(index, CloseReason::ReadFailure(status)),
        }
    }

    pub(super) fn arm(
        &self,
        entry: &Entry,
        port: &Port,
        index: usize,
        signals: Signals,
    ) -> Result<(), Status> {
        let generation = self.shared.peers[index].generation.load(Relaxed);
        kernel::wait_async(entry.handle(), port, self.key(CONNECTION, generation, index), signals)
    }
}

/// Whether a reply has to wait because others of its connection do.
fn waits_behind_others(entry: &Entry) -> bool {
    #[cfg(test)]
    if crate::planted::is_planted(crate::planted::Bug::ReorderedReply) {
        return false;
    }
    !entry.unsent.is_empty()
}
