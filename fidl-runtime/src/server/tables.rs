//! What the service alone keeps of its connections and calls.

use crate::kernel::{AsHandleRef, Channel, Instant};
use crate::message::{FrameStorage, Lease};
use crate::storage::{FreeSlots, Links, List};

use super::close::CloseReason;
use crate::message::Protocol;

/// The frames of one call.
pub(super) struct CallFrames<P: Protocol> {
    pub(super) request: P::RequestFrame,
    pub(super) response: P::ResponseFrame,
}

impl<P: Protocol> CallFrames<P> {
    pub(super) const EMPTY: Self =
        Self { request: P::RequestFrame::EMPTY, response: P::ResponseFrame::EMPTY };
}

/// Where a connection stands; the module's picture has the arrows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// There is no connection.
    Free,
    /// Nothing to do until a packet comes.
    Waiting,
    /// In the list of those that get a turn.
    Queued,
    /// Not read until one of its requests has finished, or its replies are written.
    Held,
    /// In the list of those that wait for a free call.
    Starved,
    /// In the list of those that have calls and leave the free ones to others.
    Sated,
    /// In the list of those that wait for a large frame.
    NeedsLargeFrame,
}

pub(super) struct Entry {
    pub(super) channel: Option<Channel>,
    pub(super) phase: Phase,
    /// Waits that the port holds.
    pub(super) readable_armed: bool,
    pub(super) writable_armed: bool,
    pub(super) closed_armed: bool,
    /// The client has closed its end; what it had sent may still be there.
    pub(super) peer_closed: bool,
    /// One of the free calls is meant for this connection, which waited for it.
    granted: bool,
    /// Calls whose handlers run.
    pub(super) running: List,
    /// Calls whose replies wait until the channel is writable, oldest first.
    pub(super) unsent: List,
    /// In the list of those whose client leaves something unread.
    is_blocked: bool,
    /// Since when.
    pub(super) blocked_since: Instant,
    /// It is to end with this turn.
    pub(super) ending: bool,
    /// Why. (Not an `Option`, whose `None` is not all zeros: a static of zeros takes no room in the program's file.)
    pub(super) reason: CloseReason,
}

impl Entry {
    pub(super) const FREE: Self = Self {
        channel: None,
        phase: Phase::Free,
        readable_armed: false,
        writable_armed: false,
        closed_armed: false,
        peer_closed: false,
        granted: false,
        running: List::new(),
        unsent: List::new(),
        is_blocked: false,
        blocked_since: Instant::from_nanos(0),
        ending: false,
        reason: CloseReason::PeerClosed,
    };

    /// The channel's handle; 0 if there is none.
    pub(super) fn handle(&self) -> u32 {
        self.channel.as_ref().map_or(0, AsHandleRef::raw_handle)
    }

    /// How many requests are in flight.
    pub(super) fn in_flight(&self) -> usize {
        self.running.len() + self.unsent.len()
    }
}

/// In the place of a connection, for calls whose handlers run on behind its end.
pub(super) const ORPHAN: usize = usize::MAX;

pub(super) struct CallEntry {
    /// The connection it came on; [`ORPHAN`] if that has ended.
    pub(super) connection: usize,
    /// Where its future lies, while that waits.
    pub(super) slot: Option<usize>,
    /// The reply that waits until the channel is writable.
    pub(super) reply: Option<Lease<'static>>,
}

impl CallEntry {
    const FREE: Self = Self { connection: 0, slot: None, reply: None };
}

/// `C` connections and `N` calls.
pub(super) struct Tables<const C: usize, const N: usize> {
    pub(super) entries: [Entry; C],
    pub(super) free_connections: FreeSlots<C>,
    /// Links of the lists by phase.
    pub(super) links: Links<C>,
    pub(super) queued: List,
    pub(super) starved: List,
    pub(super) sated: List,
    pub(super) need_large: List,
    /// Links of the list of those with unsent replies or a wait for room, longest first.
    pub(super) blocked_links: Links<C>,
    pub(super) blocked: List,
    /// Links of the list of those that are to end.
    pub(super) ending_links: Links<C>,
    pub(super) ending: List,
    pub(super) calls: [CallEntry; N],
    pub(super) free_calls: FreeSlots<N>,
    /// How many of the free calls are granted to connections that waited.
    granted: usize,
    /// A call was freed since the sated were looked at.
    freed: bool,
    pub(super) call_links: Links<N>,
    /// Calls whose connection has ended while their handlers run on.
    pub(super) orphans: List,
    /// A request that was read while no call was free for it, and its connection.
    spare: Option<(usize, Lease<'static>)>,
    /// Since when all calls are in use, others are wanted, and nothing is done.
    pub(super) stuck_since: Option<Instant>,
    /// That was counted.
    pub(super) stuck_counted: bool,
}

impl<const C: usize, const N: usize> Tables<C, N> {
    /// What is noted of a connection: its entry, its place among the free ones, and its links in three kinds of lists.
    pub(super) const BYTES_PER_CONNECTION: usize = size_of::<Entry>() + (1 + 3 * 2) * size_of::<u32>();

    /// What is noted of a call: its entry, its place among the free ones, and its links.
    pub(super) const BYTES_PER_CALL: usize = size_of::<CallEntry>() + (1 + 2) * size_of::<u32>();

    pub(super) const fn new() -> Self {
        Self {
            entries: [const { Entry::FREE }; C],
            free_connections: FreeSlots::new(),
            links: Links::new(),
            queued: List::new(),
            starved: List::new(),
            sated: List::new(),
            need_large: List::new(),
            blocked_links: Links::new(),
            blocked: List::new(),
            ending_links: Links::new(),
            ending: List::new(),
            calls: [const { CallEntry::FREE }; N],
            free_calls: FreeSlots::new(),
            granted: 0,
            freed: false,
            call_links: Links::new(),
            orphans: List::new(),
            spare: None,
            stuck_since: None,
            stuck_counted: false,
        }
    }

    /// Takes a connection out of the list that its phase puts it in.
    pub(super) fn unlist(&mut self, connection: usize) {
        let list = match self.entries[connection].phase {
            Phase::Queued => &mut self.queued,
            Phase::Starved => &mut self.starved,
            Phase::Sated => &mut self.sated,
            Phase::NeedsLargeFrame => &mut self.need_large,
            Phase::Free | Phase::Waiting | Phase::Held => return,
        };
        self.links.remove(list, connection);
    }

    /// Moves a connection to a phase and its list.
    pub(super) fn set_phase(&mut self, connection: usize, phase: Phase) {
        self.unlist(connection);
        self.entries[connection].phase = phase;
        let list = match phase {
            Phase::Queued => &mut self.queued,
            Phase::Starved => &mut self.starved,
            Phase::Sated => &mut self.sated,
            Phase::NeedsLargeFrame => &mut self.need_large,
            Phase::Free | Phase::Waiting | Phase::Held => return,
        };
        self.links.push_back(list, connection);
    }

    /// Queues a connection for a turn, unless it is queued, or keeps its place among the starved.
    pub(super) fn queue(&mut self, connection: usize) {
        if !matches!(self.entries[connection].phase, Phase::Queued | Phase::Starved | Phase::Free) {
            self.set_phase(connection, Phase::Queued);
        }
    }

    /// Makes a connection end with this turn. The first reason counts.
    pub(super) fn end(&mut self, connection: usize, reason: CloseReason) {
        let entry = &mut self.entries[connection];
        if !entry.ending && entry.phase != Phase::Free {
            (entry.ending, entry.reason) = (true, reason);
            self.ending_links.push_back(&mut self.ending, connection);
        }
    }

    /// The client leaves something unread, from now on if not before.
    pub(super) fn block(&mut self, connection: usize) {
        let entry = &mut self.entries[connection];
        if !core::mem::replace(&mut entry.is_blocked, true) {
            entry.blocked_since = Instant::now();
            self.blocked_links.push_back(&mut self.blocked, connection);
        }
    }

    pub(super) fn unblock(&mut self, connection: usize) {
        if core::mem::take(&mut self.entries[connection].is_blocked) {
            self.blocked_links.remove(&mut self.blocked, connection);
        }
    }

    /// Whether there is a call for a connection. If so, it may take one now; else the phase says what it waits for.
    ///
    /// A connection without calls gets any that is not granted to another. One that has some gets another only while it has
    /// fewer than there are free, so that however many are greedy, some are left for the others.
    pub(super) fn may_take(&mut self, connection: usize) -> Result<(), Phase> {
        self.end_grant(connection);
        // A granted call may have been retired.
        let available = self.free_calls.len().saturating_sub(self.granted);
        match self.entries[connection].in_flight() {
            0 if available > 0 => Ok(()),
            0 => Err(Phase::Starved),
            in_flight if in_flight < available => Ok(()),
            _ => Err(Phase::Sated),
        }
    }

    /// Frees a call.
    pub(super) fn free_call(&mut self, call: usize) {
        let connection = self.calls[call].connection;
        self.calls[call] = CallEntry::FREE;
        self.free_calls.give(call);
        self.freed = true;
        (self.stuck_since, self.stuck_counted) = (None, false);
        if connection == ORPHAN {
            return;
        }
        if matches!(self.entries[connection].phase, Phase::Held | Phase::Sated) {
            self.set_phase(connection, Phase::Queued);
        }
    }

    /// Makes a call that runs go on without its connection.
    pub(super) fn orphan(&mut self, call: usize) {
        self.calls[call].connection = ORPHAN;
        self.call_links.push_back(&mut self.orphans, call);
    }

    /// Keeps a request that was read while no call was free.
    pub(super) fn put_aside(&mut self, connection: usize, request: Lease<'static>) {
        self.spare = Some((connection, request));
    }

    /// Whether a request of a connection was put aside.
    pub(super) fn has_aside(&self, connection: usize) -> bool {
        self.spare.as_ref().is_some_and(|(other, _)| *other == connection)
    }

    /// The request of a connection that was put aside, if one was.
    pub(super) fn take_aside(&mut self, connection: usize) -> Option<Lease<'static>> {
        self.spare.take_if(|(other, _)| *other == connection).map(|(_, request)| request)
    }

    /// Lets those go on that waited for calls that are free now: first those that have none, in the order in which they
    /// began to wait.
    pub(super) fn share_calls(&mut self) {
        while self.free_calls.len() > self.granted
            && let Some(starved) = self.starved.front()
        {
            self.entries[starved].granted = true;
            self.granted += 1;
            self.set_phase(starved, Phase::Queued);
        }
        if !self.starved.is_empty() || !core::mem::take(&mut self.freed) {
            return;
        }
        for _ in 0..self.sated.len() {
            let Some(sated) = self.sated.front() else { return };
            let phase = self.may_take(sated).err().unwrap_or(Phase::Queued);
            self.set_phase(sated, phase);
        }
    }

    /// Takes back the call that was meant for a connection, if one was.
    pub(super) fn end_grant(&mut self, connection: usize) {
        let granted = core::mem::take(&mut self.entries[connection].granted);
        self.granted -= usize::from(granted);
        self.freed |= granted;
    }
}
