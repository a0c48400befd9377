//! The end of a connection.

use core::pin::Pin;
use core::sync::atomic::Ordering::{Relaxed, Release};
use core::time::Duration;

use super::accept::send_epitaph;
use super::binding::Binding;
use super::capacity::AtEnd;
use super::close::CloseReason;
use super::connection::Shared;
use super::place::Dispatch;
use super::service::{Engine, Running};
use super::tables::{Entry, Phase, Tables};
use crate::kernel::Instant;
use crate::message::FrameStorage;
use crate::task::Arena;

/// The generation that no connection has: a place that has come to it is retired. Few in the tests of this crate.
pub(super) const LAST_GENERATION: u32 = if cfg!(test) { 3 } else { u32::MAX };

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> Running<B, D, C, N> {
    /// Ends the connection that has left replies or events unread for longest, if that is too long and others wait for calls.
    pub(super) fn lose_patience(&self, engine: &mut Engine<D::Future, C, N>) {
        loop {
            let ends = engine.tables.patience_ends(self.capacity.patience);
            // The clock is read only if there is something to wait for.
            if ends == Instant::INFINITE || ends > Instant::now() {
                return;
            }
            let Some(stalled) = engine.tables.blocked.front() else { return };
            // Whoever waited for room for events may have given up since.
            if engine.tables.entries[stalled].unsent.is_empty() && !self.is_waited_for(engine.tables, stalled)
            {
                engine.tables.unblock(stalled);
                continue;
            }
            self.count(|counters| counters.stalled += 1);
            engine.tables.end(stalled, CloseReason::Stalled);
            self.end_all(engine);
        }
    }

    /// Clears up behind a panic: ends the connections with a lost call, and has all others looked at.
    pub(super) fn recover(&self, engine: &mut Engine<D::Future, C, N>) {
        for index in 0..C {
            if self.has_lost_call(engine.tables, index) {
                engine.tables.end(index, CloseReason::Panicked);
            }
            // The turn that did not end may have left it in no list, or overlooked what it wants.
            engine.tables.queue(index);
            let shared: &Shared<B::Protocol> = self.shared;
            shared.look_at(index as u32);
        }
        let tables = &mut *engine.tables;
        for _ in 0..tables.orphans.len() {
            let Some(call) = tables.call_links.pop_front(&mut tables.orphans) else { break };
            if self.frames[call].response.lease().is_some() {
                tables.free_call(call);
            } else {
                tables.orphan(call);
            }
        }
        engine.accepting.look_again();
        self.end_all(engine);
    }

    /// Whether a handler of a connection is gone without an outcome. A handler that runs holds the reply's frame.
    fn has_lost_call(&self, tables: &mut Tables<C, N>, index: usize) -> bool {
        let mut lost = false;
        for _ in 0..tables.entries[index].running.len() {
            let Some(call) = tables.entries[index].running.front() else { break };
            tables.call_links.remove(&mut tables.entries[index].running, call);
            tables.call_links.push_back(&mut tables.entries[index].running, call);
            if self.frames[call].response.lease().is_some() {
                // Its slot is free, and may be another's before this connection ends.
                tables.calls[call].slot = None;
                lost = true;
            }
        }
        lost
    }

    /// Notes how long all calls have been in use while nothing is done, and counts it if it is too long.
    pub(super) fn notice_stuck(&self, engine: &mut Engine<D::Future, C, N>) {
        let moves = engine.arena.has_woken();
        let tables = &mut *engine.tables;
        if tables.starved.is_empty() || !tables.free_calls.is_empty() || moves {
            tables.stuck_since = None;
            return;
        }
        let since = *tables.stuck_since.get_or_insert_with(Instant::now);
        if !tables.stuck_counted && since.plus(self.capacity.patience) <= Instant::now() {
            tables.stuck_counted = true;
            self.count(|counters| counters.stuck += 1);
        }
    }

    /// Drops the handlers of a connection that ends, or lets them run to their end, as the service was told.
    pub(super) fn leave_handlers(
        &self,
        arena: &mut Pin<&'static mut Arena<D::Future, N>>,
        tables: &mut Tables<C, N>,
        index: usize,
    ) {
        if self.capacity.at_end == AtEnd::Drop {
            return drop_handlers(arena, tables, index);
        }
        while let Some(call) = tables.entries[index].running.front() {
            tables.call_links.remove(&mut tables.entries[index].running, call);
            match tables.calls[call].slot {
                Some(_) => tables.orphan(call),
                // It has panicked.
                None => tables.free_call(call),
            }
        }
    }

    /// Ends the connections that are to end.
    pub(super) fn end_all(&self, engine: &mut Engine<D::Future, C, N>) {
        while let Some(index) = engine.tables.ending.front() {
            self.end(engine, index);
        }
    }

    /// Ends a connection: drops its handlers' futures in place and its unsent replies, and closes the channel. If it is the
    /// server that ends it, as many of the replies are written before as the channel takes.
    pub(super) fn end(&self, engine: &mut Engine<D::Future, C, N>, index: usize) {
        let Engine { arena, tables, .. } = &mut *engine;
        let reason = tables.entries[index].reason;
        self.leave_handlers(arena, tables, index);
        let mut writes = matches!(reason, CloseReason::Shutdown(_));
        while let Some(call) = tables.entries[index].unsent.front() {
            if let Some(reply) = tables.calls[call].reply.take_if(|_| writes) {
                let result = reply.write(tables.entries[index].handle());
                writes = result.is_ok();
                self.count(|counters| counters.replies += u64::from(result.is_ok()));
            }
            tables.call_links.remove(&mut tables.entries[index].unsent, call);
            tables.free_call(call);
        }
        self.close(tables, index, &reason);
        // A listener that could not be read for want of handles is looked at again.
        engine.accepting.look_again();
    }

    pub(super) fn close(&self, tables: &mut Tables<C, N>, index: usize, reason: &CloseReason) {
        let peer = &self.shared.peers[index];
        let id = self.connection(index).id();
        peer.blocked.store(false, Relaxed);
        tables.unblock(index);
        tables.ending_links.remove(&mut tables.ending, index);
        tables.end_grant(index);
        drop(tables.take_aside(index));
        tables.set_phase(index, Phase::Free);
        let entry = &mut tables.entries[index];
        if let CloseReason::Shutdown(Some(status)) = reason {
            send_epitaph(entry.handle(), *status);
        }
        peer.channel.store(0, Relaxed);
        // Release: whoever sees the new generation sees that the channel is gone.
        let generation = peer.generation.fetch_add(1, Release).wrapping_add(1);
        // A token on another thread may be about to write to the channel, whose handle would be another's once it is closed.
        peer.wait_for_users();
        *entry = Entry::FREE;
        peer.end_wait();
        // A place whose generations are used up is retired.
        if generation != LAST_GENERATION {
            tables.free_connections.give(index);
        }
        self.count(|counters| {
            counters.closed += 1;
            counters.panicked += u64::from(*reason == CloseReason::Panicked);
            counters.protocol_errors += u64::from(is_clients_fault(reason));
        });
        B::closed(self.server, id, reason);
    }
}

impl<const C: usize, const N: usize> Tables<C, N> {
    /// When it is to be counted that nothing is done.
    pub(super) fn stuck_ends(&self, patience: Duration) -> Instant {
        match self.stuck_since {
            Some(since) if !self.stuck_counted => since.plus(patience),
            _ => Instant::INFINITE,
        }
    }

    /// When the connection that has been blocked for longest must end, if others wait for calls.
    pub(super) fn patience_ends(&self, patience: Duration) -> Instant {
        match self.blocked.front() {
            Some(first) if !self.starved.is_empty() => self.entries[first].blocked_since.plus(patience),
            _ => Instant::INFINITE,
        }
    }
}

/// Drops the futures of a connection's handlers, in place.
fn drop_handlers<F, const C: usize, const N: usize>(
    arena: &mut Pin<&'static mut Arena<F, N>>,
    tables: &mut Tables<C, N>,
    index: usize,
) {
    while let Some(call) = tables.entries[index].running.front() {
        tables.call_links.remove(&mut tables.entries[index].running, call);
        let slot = tables.calls[call].slot;
        // Before the drop, which may panic.
        tables.free_call(call);
        if let Some(slot) = slot {
            arena.as_mut().remove(slot);
        }
    }
}

/// Whether a connection ended because of what the client sent.
fn is_clients_fault(reason: &CloseReason) -> bool {
    matches!(
        reason,
        CloseReason::IncompatibleFormat
            | CloseReason::UnexpectedMessage { .. }
            | CloseReason::DecodeFailure(_)
            | CloseReason::TooManyEvents
            | CloseReason::Stalled
    )
}
