//! Sockets and fifos that other processes may hold too.
//!
//! What is written goes through two rings in shared memory, one in each direction (see [`flow`]). A Unix socket carries
//! bells and tells of death. Unlike those of channels, handles can be duplicated, so each end may be held by several processes;
//! they share its Unix socket, and the system tells when the last of them is gone.
//!
//! # What is known
//!
//! Everything but the death of a peer is in the shared memory: what is unread, whether writes are disabled, thresholds,
//! user signals, and that the peer has closed. It is looked up when someone asks. So that a wait ends when nobody asks,
//! waits arm the bells, and who changes something rings.
//!
//! # Several holders
//!
//! While one process holds an end, the object's lock keeps its threads apart. A handle that is sent while there are others
//! marks its end in the shared memory, for good, and from then on each call that writes or reads takes a lock of the
//! system's besides: on the byte of the memory's file with the side's number. It ends with its process, and is never waited
//! for: who finds it taken for long is told to wait.
//!
//! Who holds an end can do to it what it likes, also keep the lock; to nothing else.
//!
//! # Life
//!
//! ```text
//!                 `Pipe::let_go`: the last handle of this process
//!   end held -------------------------------------------------------> end not held
//!      |                                                                   ^
//!      +----------- `Pipe::leave`, then the same: it goes on elsewhere ----+
//! ```
//!
//! A peer that breaks the rules is gone, as far as this process is concerned (`Pipe::break_off`).

mod crossing;
mod traffic;

pub(crate) use crossing::ring_bytes;

use std::os::fd::{AsFd, OwnedFd};

use crate::abi::types::*;
use crate::bell;
use crate::channel::{Area, Lane, SideWord};
use crate::descriptor::{Look, Watched};
use crate::object::End;
use crate::park::ParkIndex;
use crate::ring::doorbell;
use crate::ring::flow::{self, Level, Shape};
use crate::ring::{Broken, Direction};
use crate::signals;
use crate::sync::{AtomicU32, Ordering};
use crate::sys::{self, Ready};

/// Signals that a look at the memory tells of, for better and for worse.
const SEEN: zx_signals_t = ZX_SOCKET_READABLE
    | ZX_SOCKET_WRITABLE
    | ZX_SOCKET_READ_THRESHOLD
    | ZX_SOCKET_WRITE_THRESHOLD
    | ZX_SOCKET_WRITE_DISABLED
    | ZX_SOCKET_PEER_WRITE_DISABLED
    | ZX_USER_SIGNAL_ALL;

/// The body of a socket or fifo that other processes may hold too. End and side of the same number are the same.
pub(crate) struct Pipe {
    kind: zx_obj_type_t,
    shape: Shape,
    area: Area,
    /// The memory's descriptor, for passing ends on.
    memory: OwnedFd,
    /// Its opening for locks, if an end has several holders.
    locks: Option<OwnedFd>,
    /// The Unix socket of each end that this process holds.
    sockets: [Option<OwnedFd>; 2],
    watched: [Watched; 2],
    /// The Unix socket of this end has said that the other end is gone.
    hung_up: [bool; 2],
    /// The end goes on in another process.
    left: [bool; 2],
    /// The peer broke the rules.
    broken: bool,
}

impl Pipe {
    /// The bytes of an element.
    pub(crate) fn element(&self) -> u32 {
        self.shape.element
    }

    fn word(&self, end: usize, word: SideWord) -> &AtomicU32 {
        self.area.side_word(end as u8, word)
    }

    fn has_many_holders(&self, end: usize) -> bool {
        self.word(end, SideWord::Many).load(Ordering::Acquire) != 0
    }

    /// The direction that an end writes.
    fn outbound(&self, end: usize) -> Lane<'_> {
        self.area.lane(end as u8)
    }

    /// The direction that an end reads.
    fn inbound(&self, end: usize) -> Lane<'_> {
        self.area.lane(1 - end as u8)
    }

    /// Sees to it that the port in this park hears of an end.
    pub(crate) fn watch(&mut self, end: usize, park: ParkIndex, token: u64) -> Result<(), zx_status_t> {
        match &self.sockets[end] {
            Some(socket) => self.watched[end].watch(park, socket.as_fd(), token),
            None => Ok(()),
        }
    }

    /// Whether nobody holds the other end. Exactly, or as far as is known without a call of the system.
    pub(crate) fn peer_is_gone(&mut self, end: usize, look: Look) -> bool {
        if self.broken || self.hung_up[end] || self.area.is_closed(1 - end as u8) {
            return true;
        }
        if look == Look::Exact {
            self.hung_up[end] =
                self.sockets[end].as_ref().is_none_or(|socket| sys::poll_now(socket.as_fd()).closed);
        }
        self.hung_up[end]
    }

    /// Makes the signals of an end true.
    pub(crate) fn refresh(&mut self, ends: &mut [End; 2], end: usize, look: Look) {
        if self.sockets[end].is_none() || self.broken {
            return;
        }
        // Before the look at the rings: what a peer wrote before it went is found.
        let gone = self.peer_is_gone(end, look);
        match self.asserted(end, gone) {
            Ok(set) => signals::update(&mut ends[end], SEEN & !set, set),
            Err(Broken) => self.break_off(ends),
        }
    }

    /// What a look at the memory says of an end.
    fn asserted(&self, end: usize, gone: bool) -> Result<zx_signals_t, Broken> {
        let inbound = flow::look(&self.inbound(end), self.shape)?;
        let outbound = flow::look(&self.outbound(end), self.shape)?;
        // Relaxed: signals guard no memory.
        let mut set = self.word(end, SideWord::Signals).load(Ordering::Relaxed) & ZX_USER_SIGNAL_ALL;
        let mut add = |condition: bool, signal| set |= if condition { signal } else { 0 };
        add(inbound.unread > 0, ZX_SOCKET_READABLE);
        add(!gone && !outbound.disabled && outbound.room > 0, ZX_SOCKET_WRITABLE);
        add(gone, ZX_SOCKET_PEER_CLOSED);
        if self.kind == ZX_OBJ_TYPE_SOCKET {
            let enough = |level: u32, word| {
                let threshold = self.word(end, word).load(Ordering::Relaxed);
                threshold > 0 && level >= threshold
            };
            add(enough(inbound.unread, SideWord::ReadThreshold), ZX_SOCKET_READ_THRESHOLD);
            let roomy = enough(outbound.room, SideWord::WriteThreshold);
            add(!gone && !outbound.disabled && roomy, ZX_SOCKET_WRITE_THRESHOLD);
            add(outbound.disabled, ZX_SOCKET_WRITE_DISABLED);
            add(inbound.disabled, ZX_SOCKET_PEER_WRITE_DISABLED);
        }
        Ok(set)
    }

    /// The peer broke the rules: it counts as closed, with what it wrote.
    fn break_off(&mut self, ends: &mut [End; 2]) {
        self.broken = true;
        for (socket, end) in self.sockets.iter().zip(ends) {
            if let Some(socket) = socket {
                sys::shut_down(socket.as_fd());
                signals::update(end, SEEN & !ZX_USER_SIGNAL_ALL, ZX_SOCKET_PEER_CLOSED);
            }
        }
    }

    /// Takes an event of one of the Unix sockets.
    pub(crate) fn notice(&mut self, ends: &mut [End; 2], ready: Ready) {
        for end in 0..2 {
            self.refresh(ends, end, if ready.closed { Look::Exact } else { Look::Trusting });
            self.attend(ends, end);
        }
    }

    /// Has the bells of an end armed if someone waits for its changes.
    fn attend(&mut self, ends: &mut [End; 2], end: usize) {
        if !ends[end].waits.is_empty() {
            self.arm(ends, end);
        }
    }

    /// Has the peer tell of changes of the ends on which waits pend, then looks once more.
    pub(crate) fn arm_all(&mut self, ends: &mut [End; 2]) {
        (0..2).for_each(|end| self.attend(ends, end));
    }

    fn arm(&mut self, ends: &mut [End; 2], end: usize) {
        let Some(socket) = &self.sockets[end] else { return };
        let sent = self.word(1 - end, SideWord::BellsSent);
        bell::take(socket.as_fd(), sent, self.word(end, SideWord::BellsTaken));
        doorbell::arm(self.inbound(end).ready(), Lane::fence);
        let waits_for_room = ZX_SOCKET_WRITABLE | ZX_SOCKET_WRITE_THRESHOLD;
        let thresholds = self.word(end, SideWord::WriteThreshold).load(Ordering::Relaxed);
        let wanted = if thresholds > 0 { waits_for_room } else { ZX_SOCKET_WRITABLE };
        if ends[end].signals & wanted != wanted {
            doorbell::arm(self.outbound(end).room(), Lane::fence);
        }
        self.refresh(ends, end, Look::Trusting);
    }

    /// Tells the peer's readers, and all who wait for anything but room, of a change.
    fn ring_ready(&self, from: usize) {
        self.ring(from, self.outbound(from).ready());
    }

    /// Tells the peer's writers of room.
    fn ring_room(&self, from: usize) {
        self.ring(from, self.inbound(from).room());
    }

    fn ring(&self, from: usize, word: &AtomicU32) {
        if doorbell::ring(word, Lane::fence)
            && let Some(socket) = &self.sockets[from]
        {
            bell::ring(socket.as_fd(), self.word(from, SideWord::BellsSent));
        }
    }

    /// Changes user signals of an end, or of its peer, as one change.
    pub(crate) fn signal(
        &mut self,
        ends: &mut [End; 2],
        from: usize,
        peer: bool,
        clear: u32,
        set: u32,
    ) -> Result<(), zx_status_t> {
        if peer && self.peer_is_gone(from, Look::Exact) {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        let end = if peer { 1 - from } else { from };
        let change = |word| Some(word & !clear | set);
        // Relaxed: the bell's fence orders the change before the look at the bell.
        let _ = self.word(end, SideWord::Signals).fetch_update(Ordering::Relaxed, Ordering::Relaxed, change);
        if self.sockets[end].is_some() {
            signals::update(&mut ends[end], clear, set);
        }
        if peer {
            self.ring_ready(from);
        }
        Ok(())
    }

    /// The last handle of this process to an end goes on elsewhere.
    pub(crate) fn leave(&mut self, end: usize) {
        self.left[end] = true;
    }

    /// This process holds an end no more.
    pub(crate) fn let_go(&mut self, ends: &mut [End; 2], end: usize) {
        let Some(socket) = self.sockets[end].take() else { return };
        self.watched[end].unwatch(socket.as_fd());
        if !self.left[end] && !self.has_many_holders(end) {
            // So that the peer knows before it asks the system.
            self.area.close(end as u8);
        }
        drop(socket);
        self.refresh(ends, 1 - end, Look::Exact);
    }
}

impl Drop for Pipe {
    /// The Unix sockets may stay open in other processes: no port hears of them here any more.
    fn drop(&mut self) {
        for (socket, watched) in self.sockets.iter().zip(&mut self.watched) {
            if let Some(socket) = socket {
                watched.unwatch(socket.as_fd());
            }
        }
    }
}
