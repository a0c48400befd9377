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
    /// In the list of those that wait for a large frame.
    NeedsLargeFrame,
}

pub(super) struct Entry {
    pub(super) channel: Option<Channel>,
    pub(super) phase: Phase,
    /// Waits that the port holds.
    pub(super) readable_armed: bool,
    pub(super) writable_armed: bool,
    /// Calls whose handlers run.
    pub(super) running: List,
    /// Calls whose replies wait until the channel is writable, oldest first.
    pub(super) unsent: List,
    /// Since when there are such.
    pub(super) blocked_since: Instant,
    /// Why it is to end.
    pub(super) ending: Option<CloseReason>,
}

impl Entry {
    pub(super) const FREE: Self = Self {
        channel: None,
        phase: Phase::Free,
        readable_armed: false,
        writable_armed: false,
        running: List::new(),
        unsent: List::new(),
        blocked_since: Instant::INFINITE_PAST,
        ending: None,
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

pub(super) struct CallEntry {
    /// The connection it came on.
    pub(super) connection: usize,
    /// Where its future lies, while that waits.
    pub(super) slot: Option<usize>,
    /// The reply that waits until the channel is writable.
    pub(super) reply: Option<Lease<'static>>,
    /// Whether the request lies in a large frame.
    pub(super) large: bool,
}

impl CallEntry {
    const FREE: Self = Self { connection: 0, slot: None, reply: None, large: false };
}

/// `C` connections and `N` calls.
pub(super) struct Tables<const C: usize, const N: usize> {
    pub(super) entries: [Entry; C],
    pub(super) free_connections: FreeSlots<C>,
    /// Links of the lists by phase.
    pub(super) links: Links<C>,
    pub(super) queued: List,
    pub(super) starved: List,
    pub(super) need_large: List,
    /// Links of the list of those with unsent replies, longest first.
    pub(super) blocked_links: Links<C>,
    pub(super) blocked: List,
    /// Links of the list of those that are to end.
    pub(super) ending_links: Links<C>,
    pub(super) ending: List,
    pub(super) calls: [CallEntry; N],
    pub(super) free_calls: FreeSlots<N>,
    pub(super) call_links: Links<N>,
    pub(super) listener: Option<Channel>,
    pub(super) listener_armed: bool,
    pub(super) listener_ready: bool,
}

impl<const C: usize, const N: usize> Tables<C, N> {
    pub(super) const fn new() -> Self {
        Self {
            entries: [const { Entry::FREE }; C],
            free_connections: FreeSlots::new(),
            links: Links::new(),
            queued: List::new(),
            starved: List::new(),
            need_large: List::new(),
            blocked_links: Links::new(),
            blocked: List::new(),
            ending_links: Links::new(),
            ending: List::new(),
            calls: [const { CallEntry::FREE }; N],
            free_calls: FreeSlots::new(),
            call_links: Links::new(),
            listener: None,
            listener_armed: false,
            listener_ready: false,
        }
    }

    /// Takes a connection out of the list that its phase puts it in.
    pub(super) fn unlist(&mut self, connection: usize) {
        let list = match self.entries[connection].phase {
            Phase::Queued => &mut self.queued,
            Phase::Starved => &mut self.starved,
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
            Phase::NeedsLargeFrame => &mut self.need_large,
            Phase::Free | Phase::Waiting | Phase::Held => return,
        };
        self.links.push_back(list, connection);
    }

    /// Queues a connection for a turn, unless it is queued.
    pub(super) fn queue(&mut self, connection: usize) {
        if !matches!(self.entries[connection].phase, Phase::Queued | Phase::Free) {
            self.set_phase(connection, Phase::Queued);
        }
    }

    /// Makes a connection end with this turn. The first reason counts.
    pub(super) fn end(&mut self, connection: usize, reason: CloseReason) {
        let entry = &mut self.entries[connection];
        if entry.ending.is_none() && entry.phase != Phase::Free {
            entry.ending = Some(reason);
            self.ending_links.push_back(&mut self.ending, connection);
        }
    }

    /// Whether a connection may take another call: within its own bound, and no more than there are free ones, so that
    /// however many are greedy, some are left for the others.
    pub(super) fn may_take(&self, connection: usize, bound: usize) -> bool {
        let in_flight = self.entries[connection].in_flight();
        in_flight < bound && (in_flight == 0 || in_flight < self.free_calls.len())
    }

    /// Frees a call, and lets those go on that waited for one.
    pub(super) fn free_call(&mut self, call: usize) {
        let entry = &mut self.calls[call];
        let (connection, large) = (entry.connection, entry.large);
        *entry = CallEntry::FREE;
        self.free_calls.give(call);
        if self.entries[connection].phase == Phase::Held {
            self.set_phase(connection, Phase::Queued);
        }
        if let Some(starved) = self.starved.front() {
            self.set_phase(starved, Phase::Queued);
        }
        if large && let Some(waiting) = self.need_large.front() {
            self.set_phase(waiting, Phase::Queued);
        }
    }
}
