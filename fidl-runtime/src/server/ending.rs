//! The end of a connection.

use core::pin::Pin;
use core::sync::atomic::Ordering::{Relaxed, Release};
use core::time::Duration;

use super::accept::send_epitaph;
use super::binding::Binding;
use super::close::CloseReason;
use super::place::Dispatch;
use super::service::{Engine, Running};
use super::tables::{Entry, Phase, Tables};
use crate::kernel::Instant;
use crate::task::Arena;

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

    /// Ends the connections that are to end.
    pub(super) fn end_all(&self, engine: &mut Engine<D::Future, C, N>) {
        while let Some(index) = engine.tables.ending.front() {
            self.end(engine, index);
        }
    }

    /// Ends a connection: drops its handlers' futures in place and its unsent replies, and closes the channel.
    pub(super) fn end(&self, engine: &mut Engine<D::Future, C, N>, index: usize) {
        let Engine { arena, tables } = &mut *engine;
        let reason = tables.entries[index].reason;
        drop_handlers(arena, tables, index);
        while let Some(call) = tables.entries[index].unsent.front() {
            tables.call_links.remove(&mut tables.entries[index].unsent, call);
            tables.free_call(call);
        }
        self.close(tables, index, &reason);
    }

    pub(super) fn close(&self, tables: &mut Tables<C, N>, index: usize, reason: &CloseReason) {
        let peer = &self.shared.peers[index];
        let id = self.connection(index).id();
        peer.blocked.store(false, Relaxed);
        tables.unblock(index);
        tables.ending_links.remove(&mut tables.ending, index);
        tables.end_grant(index);
        tables.set_phase(index, Phase::Free);
        let entry = &mut tables.entries[index];
        if let CloseReason::Shutdown(Some(status)) = reason {
            send_epitaph(entry.handle(), *status);
        }
        peer.channel.store(0, Relaxed);
        // Release: whoever sees the new generation sees that the channel is gone.
        let generation = peer.generation.fetch_add(1, Release).wrapping_add(1);
        *entry = Entry::FREE;
        peer.end_wait();
        // A place whose generations are used up is retired.
        if generation != u32::MAX {
            tables.free_connections.give(index);
        }
        // A listener that could not be read for want of handles is looked at again.
        tables.listener_ready |= tables.listener.is_some() && !tables.listener_armed;
        self.count(|counters| {
            counters.closed += 1;
            counters.protocol_errors += u64::from(is_clients_fault(reason));
        });
        B::closed(self.server, id, reason);
    }
}

impl<const C: usize, const N: usize> Tables<C, N> {
    /// When the connection that has been blocked for longest must end, if others wait for calls.
    pub(super) fn patience_ends(&self, patience: Duration) -> Instant {
        match self.blocked.front() {
            Some(first) if !self.starved.is_empty() => self.entries[first].blocked_since.plus(patience),
            _ => Instant::INFINITE,
        }
    }
}

/// Drops the futures of a connection's handlers, in place.
pub(super) fn drop_handlers<F, const C: usize, const N: usize>(
    arena: &mut Pin<&'static mut Arena<F, N>>,
    tables: &mut Tables<C, N>,
    index: usize,
) {
    while let Some(call) = tables.entries[index].running.front() {
        tables.call_links.remove(&mut tables.entries[index].running, call);
        if let Some(slot) = tables.calls[call].slot {
            arena.as_mut().remove(slot);
        }
        tables.free_call(call);
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
