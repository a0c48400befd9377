//! Events and event pairs that other processes hold too.
//!
//! The signals of each end are a word in shared memory. Whoever changes one rings, and everyone who waits looks. The bell
//! is a Unix socket that all holders of an end share: for an event, one that is connected with itself; for an event
//! pair, one of two that are connected with one another. So the system tells when the last holder of an end is gone.
//!
//! Who holds an event can do to it what it likes, also keep its bell from ringing; to nothing else.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use crate::abi::types::*;
use crate::bell;
use crate::descriptor::{Look, Watched};
use crate::object::End;
use crate::park::ParkIndex;
use crate::prefault;
use crate::signals;
use crate::sync::{AtomicU32, Ordering};
use crate::sys::{self, Mapping, Ready};

/// Bytes of the memory.
const PAGE: usize = 4096;
/// The words of the second end begin here.
const END_BYTES: usize = 128;
const SIGNALS: usize = 0;
/// Bells sent to this end, and taken out of its socket.
const SENT: usize = 64;
const TAKEN: usize = 68;

/// Signals that are in the memory.
const SHARED: zx_signals_t = ZX_USER_SIGNAL_ALL | ZX_EVENT_SIGNALED;

/// The body of an event or an event pair that other processes may hold too.
pub(crate) struct Beacon {
    memory: OwnedFd,
    page: Mapping,
    /// The socket of each end that this process holds.
    sockets: [Option<OwnedFd>; 2],
    watched: [Watched; 2],
    /// It has two ends.
    paired: bool,
}

impl Beacon {
    /// An event or an event pair with these signals, held by this process alone.
    pub(crate) fn create(paired: bool, asserted: [zx_signals_t; 2]) -> Result<Beacon, i32> {
        let sockets =
            if paired { sys::socket_pair()?.map(Some) } else { [Some(sys::socket_to_itself()?), None] };
        let memory = sys::create_shared(PAGE)?;
        let page = Mapping::new(memory.as_fd(), PAGE, prefault::rings())?;
        let beacon = Beacon { memory, page, sockets, watched: Default::default(), paired };
        for (end, signals) in asserted.into_iter().enumerate() {
            beacon.word(end, SIGNALS).store(signals & SHARED, Ordering::Release);
        }
        Ok(beacon)
    }

    /// One end of what a peer sent, if it is what it is said to be.
    pub(crate) fn received(paired: bool, end: usize, socket: OwnedFd, memory: OwnedFd) -> Option<Beacon> {
        let legal = end <= usize::from(paired)
            && sys::is_shared(memory.as_fd(), PAGE)
            && if paired {
                sys::is_channel_socket(socket.as_fd())
            } else {
                sys::is_datagram_socket(socket.as_fd())
            };
        let page =
            if legal { Mapping::new(memory.as_fd(), PAGE, prefault::rings()).ok()? } else { return None };
        let mut sockets = [None, None];
        sockets[end] = Some(socket);
        Some(Beacon { memory, page, sockets, watched: Default::default(), paired })
    }

    /// What another process needs in order to hold an end: the descriptors of socket and memory.
    pub(crate) fn parts(&self, end: usize) -> Option<[RawFd; 2]> {
        Some([self.sockets[end].as_ref()?.as_raw_fd(), self.memory.as_raw_fd()])
    }

    fn word(&self, end: usize, word: usize) -> &AtomicU32 {
        self.page.word(end * END_BYTES + word)
    }

    /// Sees to it that the port in this park hears of an end.
    pub(crate) fn watch(&mut self, end: usize, park: ParkIndex, token: u64) -> Result<(), zx_status_t> {
        match &self.sockets[end] {
            Some(socket) => self.watched[end].watch(park, socket.as_fd(), token),
            None => Ok(()),
        }
    }

    /// Makes the signals of an end true.
    pub(crate) fn refresh(&mut self, ends: &mut [End; 2], end: usize, look: Look) {
        let Some(socket) = &self.sockets[end] else { return };
        let ask = self.paired && (look == Look::Exact || !self.watched[end].anywhere());
        let closed = if ask && sys::poll_now(socket.as_fd()).closed { ZX_EVENTPAIR_PEER_CLOSED } else { 0 };
        // Relaxed: signals guard no memory.
        let set = self.word(end, SIGNALS).load(Ordering::Relaxed) & SHARED;
        signals::update(&mut ends[end], SHARED & !set, set | closed);
    }

    /// Takes an event of one of the sockets.
    pub(crate) fn notice(&mut self, ends: &mut [End; 2], ready: Ready) {
        for end in 0..2 {
            self.take_bells(end);
            self.refresh(ends, end, if ready.closed { Look::Exact } else { Look::Trusting });
        }
    }

    fn take_bells(&self, end: usize) {
        let Some(socket) = self.sockets[end].as_ref().filter(|_| self.paired) else { return };
        bell::take(socket.as_fd(), self.word(end, SENT), self.word(end, TAKEN));
    }

    /// Changes signals of an end as one change, and has all its holders look.
    pub(crate) fn signal(&mut self, ends: &mut [End; 2], end: usize, clear: u32, set: u32) {
        let change = |word| Some(word & !clear | set);
        // Release: the bell comes after the change.
        let _ = self.word(end, SIGNALS).fetch_update(Ordering::Release, Ordering::Relaxed, change);
        if self.sockets[end].is_some() {
            signals::update(&mut ends[end], clear, set);
        }
        self.ring(end);
    }

    fn ring(&self, end: usize) {
        let from = if self.paired { 1 - end } else { end };
        // Who holds one end of a pair alone cannot ring at it: the other holders see the change when they look.
        let Some(socket) = &self.sockets[from] else { return };
        if self.paired {
            return bell::ring(socket.as_fd(), self.word(end, SENT));
        }
        // Nobody takes bells out of an event's socket but who finds it full.
        if sys::send_packet(socket.as_fd(), &[1], &[]) == Err(libc::EAGAIN) {
            sys::drop_packets(socket.as_fd(), 1024);
            let _ = sys::send_packet(socket.as_fd(), &[1], &[]);
        }
    }

    /// Whether no one holds the other end any more.
    pub(crate) fn peer_is_gone(&self, end: usize) -> bool {
        self.sockets[end].as_ref().is_none_or(|socket| sys::poll_now(socket.as_fd()).closed)
    }

    /// This process holds an end no more.
    pub(crate) fn let_go(&mut self, ends: &mut [End; 2], end: usize) {
        if let Some(socket) = self.sockets[end].take() {
            self.watched[end].unwatch(socket.as_fd());
            drop(socket);
            self.refresh(ends, 1 - end, Look::Exact);
        }
    }
}

impl Drop for Beacon {
    /// The sockets may stay open in other processes: no port hears of them here any more.
    fn drop(&mut self) {
        for (socket, watched) in self.sockets.iter().zip(&mut self.watched) {
            if let Some(socket) = socket {
                watched.unwatch(socket.as_fd());
            }
        }
    }
}
