//! An end of a channel whose other end may be in another process.
//!
//! Messages go through two rings in shared memory ([`Area`]). A Unix socket carries what memory cannot: descriptors,
//! bells, and the end of the other process.
//!
//! # What is known
//!
//! READABLE, WRITABLE, the user signals, and that the peer has closed its end, are in memory, and looked up when
//! someone asks. That the peer's process died is known from the socket, whose end an epoll set reports once.
//!
//! So that a wait ends when nobody asks, one of two things holds for a link on which waits pend: its bell is armed,
//! and the peer rings; or it is on the list of a port (see `park`) whose thread looks at it before it sleeps.
//!
//! # Life
//!
//! ```text
//!              the area came                 peer closed, died, or broke the rules
//!   opening -----------------> open ---------------------------------------------> over
//!      |   `Link::try_open`                    `Link::refresh`, `Link::end`          ^
//!      +-----------------------------------------------------------------------------+
//! ```
//!
//! While a link opens it can neither be read nor written, and who tries is told to wait. That lasts for the moment
//! between a client's connecting and its greeting.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use crate::abi::types::*;
use crate::channel::area::{Area, Lane, SideWord};
use crate::channel::call::Calls;
use crate::channel::{Message, packet};
use crate::descriptor::{Look, Watched};
use crate::object::End;
use crate::park::ParkIndex;
use crate::pool::Queue;
use crate::ring::doorbell;
use crate::ring::{Broken, Consumer, Direction, Position, Producer};
use crate::signals;
use crate::sync::Ordering;
use crate::sys::{self, Kept, Ready};
use crate::tables::tables;

/// Bells that may lie in the socket before they are taken out.
const BELLS_LEFT: u32 = 16;

/// The body of a channel end whose other end may be in another process.
pub(crate) struct Link {
    pub(super) socket: OwnedFd,
    /// The memory's descriptor, for passing the end on.
    memory: Option<Kept>,
    pub(super) area: Option<Area>,
    /// Which end of the object this is: a channel that was local keeps its other end's number.
    end: u8,
    pub(super) side: u8,
    over: bool,
    /// The socket said that the other side is gone.
    pub(super) hung_up: bool,
    /// A packet with handles found the socket full.
    pub(super) socket_full: bool,
    /// The connection was made through a path, so the system knows who the peer was.
    named: bool,
    /// Empty reads since the socket was last asked.
    pub(super) idle_reads: u8,
    pub(super) inbound: Consumer,
    /// The calls under way, those that have ended and not come for their results, and the messages that none of them
    /// waited for. See [`super::away`].
    pub(super) calls: Calls,
    pub(super) ended: u32,
    pub(super) aside: Queue<Message>,
    pub(super) outbound: Producer,
    pub(super) watched: Watched,
}

impl Link {
    /// An end whose memory is yet to come.
    pub(crate) fn opening(socket: OwnedFd, end: u8) -> Link {
        Link {
            socket,
            memory: None,
            area: None,
            end,
            side: 1,
            over: false,
            hung_up: false,
            socket_full: false,
            named: true,
            idle_reads: 0,
            inbound: Consumer::default(),
            calls: Calls::default(),
            ended: 0,
            aside: Queue::default(),
            outbound: Producer::default(),
            watched: Watched::default(),
        }
    }

    /// An end that goes on where its memory says that it is.
    pub(crate) fn open(socket: OwnedFd, memory: OwnedFd, area: Area, end: u8, side: u8) -> Link {
        let mut link = Link::opening(socket, end);
        link.named = false;
        link.adopt(memory, area, side);
        link
    }

    fn adopt(&mut self, memory: OwnedFd, area: Area, side: u8) {
        let place = |word: u64| Position::from_word(word);
        let (outbound, inbound) = (area.lane(side), area.lane(1 - side));
        // Whatever is there is checked at the first look.
        self.outbound = Producer::at(
            place(outbound.tail().load(Ordering::Acquire)),
            place(outbound.head().load(Ordering::Acquire)),
        );
        self.inbound = Consumer::at(place(inbound.head().load(Ordering::Acquire)));
        (self.memory, self.area, self.side) = (Some(Kept::Open(memory)), Some(area), side);
    }

    /// The end will stay for a while: its memory's descriptor can do so elsewhere.
    pub(crate) fn shelve(&mut self) {
        let places = tables().capacity.shelved_descriptors;
        self.memory = self.memory.take().map(|memory| memory.shelve(places));
    }

    /// Notes that the connection was made through a path.
    pub(crate) fn named(mut self) -> Link {
        self.named = true;
        self
    }

    /// Whether nothing more will be read or written.
    pub(crate) fn over(&self) -> bool {
        self.over
    }

    /// Which end of the object this is.
    pub(crate) fn end(&self) -> usize {
        usize::from(self.end)
    }

    /// The socket, if the system knows who connected it.
    pub(crate) fn named_socket(&self) -> Option<BorrowedFd<'_>> {
        self.named.then_some(self.socket.as_fd())
    }

    /// What another process needs to go on with this end: the descriptors of socket and memory, the ring's bytes, and the
    /// side.
    pub(crate) fn parts(&mut self) -> Option<([RawFd; 2], u32, u8)> {
        let (memory, area) = (self.memory.as_mut()?.open()?, self.area.as_ref()?);
        Some(([self.socket.as_raw_fd(), memory.as_raw_fd()], area.capacity(), self.side))
    }

    /// The end goes on in another process: no port hears of it here any more.
    pub(crate) fn leave(&mut self) {
        self.over = true;
        self.area = None;
        self.watched.unwatch(self.socket.as_fd());
    }

    /// Closes an end that never was used, for both sides.
    pub(crate) fn ended(mut self) -> Link {
        if let Some(area) = self.area.take() {
            area.close(self.side);
        }
        self.over = true;
        self
    }

    /// Sees to it that the port in this park hears of the socket.
    pub(crate) fn watch(&mut self, park: ParkIndex, token: u64) -> Result<(), zx_status_t> {
        self.watched.watch(park, self.socket.as_fd(), token)
    }

    /// Takes the greeting, if it is there.
    pub(super) fn try_open(&mut self) -> bool {
        if self.area.is_some() {
            return true;
        }
        if self.over {
            return false;
        }
        match packet::receive_greeting(self.socket.as_fd()) {
            Ok(Some((memory, area))) => {
                self.adopt(memory, area, 1);
                self.shelve();
                true
            }
            Ok(None) => false,
            Err(_) => {
                self.hung_up = true;
                false
            }
        }
    }

    /// Whether the peer is gone. Exactly, or as far as is known without a system call.
    pub(super) fn peer_is_gone(&mut self, look: Look) -> bool {
        if look == Look::Exact && !self.hung_up {
            self.hung_up = sys::poll_now(self.socket.as_fd()).closed;
        }
        self.hung_up || self.area.as_ref().is_some_and(|area| area.is_closed(1 - self.side))
    }

    /// Makes the signals true.
    pub(crate) fn refresh(&mut self, end: &mut End, look: Look) {
        if self.over {
            return;
        }
        // Before the look at the ring: what a peer wrote before it went is found.
        let gone = self.peer_is_gone(look);
        if !self.try_open() {
            if gone || self.hung_up {
                self.end_by(end);
            }
            return;
        }
        if !self.calls.is_empty() {
            self.sort(end);
            if gone || self.over {
                self.fail_calls(end, ZX_ERR_PEER_CLOSED);
            }
            if self.over {
                return;
            }
        }
        match self.asserted(end, gone) {
            Ok((clear, set)) => signals::update(end, clear, set),
            Err(Broken) => self.end_by(end),
        }
    }

    /// What to clear and set, from a look at memory.
    fn asserted(&mut self, end: &End, gone: bool) -> Result<(zx_signals_t, zx_signals_t), Broken> {
        let Some(area) = &self.area else { return Err(Broken) };
        let readable = self.inbound.look(&area.lane(1 - self.side))? > 0 || !self.aside.is_empty();
        let mut set = if readable { ZX_CHANNEL_READABLE } else { 0 };
        if gone {
            set |= ZX_CHANNEL_PEER_CLOSED;
        } else if end.signals & ZX_CHANNEL_WRITABLE != 0
            || !self.socket_full && self.outbound.may_go_on(&area.lane(self.side))?
        {
            set |= ZX_CHANNEL_WRITABLE;
        }
        // Relaxed: signals guard no memory.
        let word = area.side_word(self.side, SideWord::Signals).load(Ordering::Relaxed);
        set |= word & ZX_USER_SIGNAL_ALL;
        Ok(((ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE | ZX_USER_SIGNAL_ALL) & !set, set))
    }

    /// Ends the link: the peer broke the rules, or was gone before it came.
    pub(super) fn end_by(&mut self, end: &mut End) {
        self.over = true;
        sys::shut_down(self.socket.as_fd());
        self.area = None;
        let readable = if self.aside.is_empty() { ZX_CHANNEL_READABLE } else { 0 };
        signals::update(end, readable | ZX_CHANNEL_WRITABLE, ZX_CHANNEL_PEER_CLOSED);
        self.fail_calls(end, ZX_ERR_PEER_CLOSED);
    }

    /// Takes an event of the socket.
    pub(crate) fn notice(&mut self, end: &mut End, ready: Ready) {
        self.hung_up |= ready.closed;
        if ready.writable && self.socket_full {
            self.socket_full = false;
            self.watched.set_writer_waits(self.socket.as_fd(), false);
        }
        self.refresh(end, Look::Trusting);
        if !end.waits.is_empty() {
            // The bell that led here was for another wait, or someone else was faster.
            self.arm(end);
        }
    }

    /// Has the peer tell of changes, then looks once more. `false` if the socket cannot take more bells.
    pub(crate) fn arm(&mut self, end: &mut End) -> bool {
        if self.area.is_none() {
            // If the greeting came just now, the bells are armed below.
            self.refresh(end, Look::Trusting);
        }
        let Some(area) = self.area.as_ref().filter(|_| !self.over) else {
            // The greeting, or nothing, comes by the socket.
            return true;
        };
        let can_ring = self.take_bells();
        doorbell::arm(area.lane(1 - self.side).ready(), Lane::fence);
        if end.signals & ZX_CHANNEL_WRITABLE == 0 {
            doorbell::arm(area.lane(self.side).room(), Lane::fence);
        }
        self.refresh(end, Look::Trusting);
        can_ring
    }

    /// Takes bells out of the socket once they are many. `false` if they lie behind packets with handles and there is not
    /// much more room.
    ///
    /// The other side counts bells after, and packets with handles before it sends them. So if, after the bells were
    /// read, there is no packet with handles outstanding, the bells counted are the first packets of the socket.
    fn take_bells(&self) -> bool {
        let Some(area) = &self.area else { return true };
        let word = |side, word| area.side_word(side, word);
        let taken = word(self.side, SideWord::BellsTaken).load(Ordering::Relaxed);
        let sent = word(1 - self.side, SideWord::BellsSent).load(Ordering::Acquire);
        let outstanding = sent.wrapping_sub(taken);
        if outstanding < BELLS_LEFT {
            return true;
        }
        let bundles = word(1 - self.side, SideWord::BundlesSent).load(Ordering::Acquire);
        if bundles != word(self.side, SideWord::BundlesTaken).load(Ordering::Relaxed) {
            return false;
        }
        // A peer that lies about its count makes packets be dropped that it sent itself.
        let dropped = sys::drop_packets(self.socket.as_fd(), outstanding.min(1024) as usize);
        word(self.side, SideWord::BellsTaken).store(taken.wrapping_add(dropped as u32), Ordering::Relaxed);
        true
    }

    /// Tells the peer's consumer of a change, if it asked for that.
    #[inline]
    pub(super) fn ring_ready(&self) {
        let Some(area) = &self.area else { return };
        let lane = area.lane(self.side);
        if doorbell::ring(lane.ready(), Lane::fence) {
            self.send_bell(area);
        }
    }

    /// Tells the peer's producer of room, if it asked for that.
    pub(super) fn ring_room(&self) {
        let Some(area) = &self.area else { return };
        let lane = area.lane(1 - self.side);
        if doorbell::ring(lane.room(), Lane::fence) {
            self.send_bell(area);
        }
    }

    #[cold]
    fn send_bell(&self, area: &Area) {
        // A peer whose socket is full has bells enough, or never takes them, which is its own business.
        if packet::send_bell(self.socket.as_fd()).is_ok() {
            // Release: the bell is in the socket.
            area.side_word(self.side, SideWord::BellsSent).fetch_add(1, Ordering::Release);
        }
    }

    /// Changes user signals of this end, or of the peer's, as one change.
    pub(crate) fn signal(
        &mut self,
        end: &mut End,
        peer: bool,
        clear: u32,
        set: u32,
    ) -> Result<(), zx_status_t> {
        if peer && (self.over || self.peer_is_gone(Look::Trusting)) {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        if !self.try_open() {
            return Err(ZX_ERR_SHOULD_WAIT);
        }
        let Some(area) = &self.area else { return Err(ZX_ERR_PEER_CLOSED) };
        let side = if peer { 1 - self.side } else { self.side };
        let word = area.side_word(side, SideWord::Signals);
        // Relaxed: the bell's fence orders the change before the look at the bell.
        let _ = word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |word| Some(word & !clear | set));
        if peer {
            self.ring_ready();
        } else {
            signals::update(end, clear, set);
        }
        Ok(())
    }
}

impl Drop for Link {
    /// The end is closed: the peer learns of it at once.
    fn drop(&mut self) {
        if let Some(area) = &self.area {
            area.close(self.side);
            // Also if a copy of the socket keeps that open.
            self.ring_ready();
            self.ring_room();
        }
    }
}
