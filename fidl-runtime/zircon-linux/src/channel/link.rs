//! Channels to other processes, over a Unix socket that keeps messages whole.
//!
//! # What is known of the socket
//!
//! A port's epoll set reports changes (edges), each once. From them the signals are kept in user space, so that a
//! wait costs no system call in the ordinary case. READABLE in the signal word means that a message is certainly
//! there. If it is clear, then either none was there at the last look (`unsure` is false), or a message was read and
//! no one has looked since (`unsure` is true).
//!
//! No edge is lost. Say a read finds nothing at time T, and READABLE is clear and `unsure` false. A message that
//! comes after T makes an edge in every set that watches the socket; a set that begins to watch it later reports it
//! at once. So a wait that is registered now is ended when that set's port is next waited on. If the edge was
//! already taken by a thread that has not come to `notice` yet, that thread will end the wait. If it was taken and
//! noticed before T, then the message was there at T, and the read found it.
//!
//! No READABLE is reported falsely. An event says what was true at the moment of the look that found it. Between
//! that look and `notice` another thread may have read the message. So every read counts up a moment, after it has
//! read, and stores it; a thread reads the moment before it looks. If a read has a later moment than the look, the
//! event may be stale, and the system is asked again under the lock.
//!
//! The same holds for WRITABLE, where finding the socket full is the read that finds nothing. Sets are told to watch
//! for it only then, after the refusal, and report it at once if it is true by then. The system reports 'writable' only
//! when at most a quarter of the buffer is in use, so a writer that was refused does not wake for every small gap.

use core::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::abi::types::*;
use crate::channel::Outcome;
use crate::channel::frame::{self, MAX_BYTES, Spill};
use crate::descriptor::{Look, Watched};
use crate::handle_table;
use crate::object::{self, Body, End};
use crate::park::ParkIndex;
use crate::payload::Payload;
use crate::pool::Lease;
use crate::signals;
use crate::sync::Ordering;
use crate::sys::{self, Ready, Received};
use crate::tables::tables;

/// A message that was received but did not fit the reader's buffer.
struct Kept {
    spill: Lease<Spill>,
    bytes: usize,
}

/// The body of a channel to another process.
pub(crate) struct Link {
    socket: OwnedFd,
    kept: Option<Kept>,
    /// No one has looked since the last message was read.
    unsure: bool,
    /// Nothing more will be read: the end was found, or the peer broke the rules.
    finished: bool,
    watched: Watched,
    /// The moment of the last read, or of the last write that found the socket full.
    touched: u64,
}

/// Makes a channel of the socket that `connect` gives, and returns its handle as a closed entry. All that could be
/// missing is taken before, so that a connection is never taken and lost.
pub(crate) fn open(connect: impl FnOnce() -> Result<OwnedFd, zx_status_t>) -> Result<u32, zx_status_t> {
    let object = object::create(Body::Plain, [ZX_CHANNEL_WRITABLE, 0])?;
    let [entry] = object::open_ends(object, ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS)?;
    match connect() {
        Ok(socket) => {
            object::lock(object).body = Body::Link(Link::new(socket));
            Ok(entry)
        }
        Err(status) => {
            handle_table::give(entry);
            object::destroy(object);
            Err(status)
        }
    }
}

impl Link {
    fn new(socket: OwnedFd) -> Link {
        Link { socket, kept: None, unsure: true, finished: false, watched: Watched::default(), touched: 0 }
    }

    /// The socket.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Sees to it that the port in this park learns of changes.
    pub(crate) fn watch(&mut self, park: ParkIndex, token: u64) -> Result<(), zx_status_t> {
        self.watched.watch(park, self.socket.as_fd(), token)
    }

    /// Makes the signals true where they might not be.
    pub(crate) fn refresh(&mut self, end: &mut End, look: Look) {
        let known = look == Look::Trusting && !self.unsure && self.watched.anywhere();
        if !known && !self.finished {
            self.look(end);
        }
    }

    /// Takes an event that was found by a look after `moment`.
    pub(crate) fn notice(&mut self, end: &mut End, ready: Ready, moment: u64) {
        if self.finished {
            return;
        }
        if self.touched > moment || ready.closed {
            return self.look(end);
        }
        let readable = if ready.readable { ZX_CHANNEL_READABLE } else { 0 };
        let writable = if ready.writable { ZX_CHANNEL_WRITABLE } else { 0 };
        self.unsure &= !ready.readable;
        signals::update(end, 0, readable | writable);
        self.writer_may_go_on(ready.writable);
    }

    /// Ends the watch for being writable once that was seen.
    fn writer_may_go_on(&mut self, writable: bool) {
        if writable {
            self.watched.set_writer_waits(self.socket.as_fd(), false);
        }
    }

    /// Asks the system.
    fn look(&mut self, end: &mut End) {
        let ready = sys::poll_now(self.descriptor());
        // The end of the connection counts as readable for the system. Only a message does for us.
        let readable = self.kept.is_some() || ready.readable && (!ready.closed || self.has_message());
        let mut set = if readable { ZX_CHANNEL_READABLE } else { 0 };
        let mut clear = ZX_CHANNEL_READABLE & !set;
        if ready.closed {
            set |= ZX_CHANNEL_PEER_CLOSED;
            clear |= ZX_CHANNEL_WRITABLE;
        } else if ready.writable {
            set |= ZX_CHANNEL_WRITABLE;
        }
        self.unsure = false;
        signals::update(end, clear, set);
        self.writer_may_go_on(ready.writable);
    }

    fn has_message(&self) -> bool {
        matches!(frame::receive(self.descriptor(), &mut [], &mut [], true), Ok(received) if received.bytes > 0)
    }

    /// Notes that the socket was read, or found full.
    fn touch(&mut self) {
        // Release: the read comes before the count, so that a look which sees an older count came before the read,
        // or at least does not come after it unnoticed.
        self.touched = tables().moment.fetch_add(1, Ordering::AcqRel) + 1;
    }

    /// Sends a message.
    pub(crate) fn write(&mut self, end: &mut End, payload: &Payload<'_>) -> Result<(), zx_status_t> {
        if end.signals & ZX_CHANNEL_PEER_CLOSED != 0 {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        match frame::send(self.descriptor(), payload)? {
            Ok(()) => Ok(()),
            Err(libc::EAGAIN) => {
                self.touch();
                signals::update(end, ZX_CHANNEL_WRITABLE, 0);
                self.watched.set_writer_waits(self.socket.as_fd(), true);
                Err(ZX_ERR_SHOULD_WAIT)
            }
            Err(libc::ENOMEM | libc::ENOBUFS) => Err(ZX_ERR_NO_MEMORY),
            Err(libc::EFAULT) => Err(ZX_ERR_INVALID_ARGS),
            Err(_) => {
                signals::update(end, ZX_CHANNEL_WRITABLE, ZX_CHANNEL_PEER_CLOSED);
                Err(ZX_ERR_PEER_CLOSED)
            }
        }
    }

    /// Reads the first message into `place` if it fits. If not, it is kept, or dropped with `discard`.
    pub(crate) fn read(
        &mut self,
        end: &mut End,
        place: &mut [MaybeUninit<u8>],
        discard: bool,
    ) -> Result<Outcome, zx_status_t> {
        if let Some(kept) = self.kept.take() {
            return Ok(self.read_kept(end, kept, place, discard));
        }
        if self.finished {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        if place.len() >= MAX_BYTES {
            let received = self.receive(end, place, &mut [], false)?;
            return self.whole(end, received);
        }
        match Lease::<Spill>::take() {
            Some(spill) => self.read_with_spill(end, place, spill, discard),
            None => self.read_after_peek(end, place, discard),
        }
    }

    /// Receives a packet whose header and length agree. Everything else ends the connection or is no message.
    fn receive(
        &mut self,
        end: &mut End,
        first: &mut [MaybeUninit<u8>],
        second: &mut [MaybeUninit<u8>],
        peek: bool,
    ) -> Result<usize, zx_status_t> {
        let received = frame::receive(self.descriptor(), first, second, peek);
        self.touch();
        match received {
            Ok(Received { bytes: 0, .. }) => Err(self.finish(end)),
            Ok(received) => match frame::message_bytes(&received, peek) {
                Some(bytes) => Ok(bytes),
                None => {
                    sys::shut_down(self.descriptor());
                    Err(self.finish(end))
                }
            },
            Err(libc::EAGAIN) if end.signals & ZX_CHANNEL_PEER_CLOSED == 0 => {
                self.unsure = false;
                signals::update(end, ZX_CHANNEL_READABLE, 0);
                Err(ZX_ERR_SHOULD_WAIT)
            }
            Err(_) => Err(self.finish(end)),
        }
    }

    /// Nothing more comes.
    fn finish(&mut self, end: &mut End) -> zx_status_t {
        self.finished = true;
        signals::update(end, ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE, ZX_CHANNEL_PEER_CLOSED);
        ZX_ERR_PEER_CLOSED
    }

    /// A message has left the socket: whether another is there is not known.
    fn message_gone(&mut self, end: &mut End) {
        self.unsure = true;
        if signals::has_edge_wait(end, ZX_CHANNEL_READABLE) {
            // Such a wait must not take a message that was there already for a change.
            self.look(end);
        } else {
            signals::update(end, ZX_CHANNEL_READABLE, 0);
        }
    }

    fn whole(&mut self, end: &mut End, bytes: usize) -> Result<Outcome, zx_status_t> {
        self.message_gone(end);
        Ok(Outcome::Message { fits: true, bytes: bytes as u32, handles: 0 })
    }

    fn read_with_spill(
        &mut self,
        end: &mut End,
        place: &mut [MaybeUninit<u8>],
        mut spill: Lease<Spill>,
        discard: bool,
    ) -> Result<Outcome, zx_status_t> {
        let bytes = self.receive(end, place, &mut spill.bytes, false)?;
        if bytes <= place.len() {
            return self.whole(end, bytes);
        }
        if discard {
            self.message_gone(end);
        } else {
            // The spill has the rest of the message; now it gets the start too.
            spill.bytes.copy_within(..bytes - place.len(), place.len());
            spill.bytes[..place.len()].copy_from_slice(place);
            self.kept = Some(Kept { spill, bytes });
            signals::update(end, 0, ZX_CHANNEL_READABLE);
        }
        Ok(Outcome::Message { fits: false, bytes: bytes as u32, handles: 0 })
    }

    /// The way without a spill buffer: look at the length before receiving.
    fn read_after_peek(
        &mut self,
        end: &mut End,
        place: &mut [MaybeUninit<u8>],
        discard: bool,
    ) -> Result<Outcome, zx_status_t> {
        let bytes = self.receive(end, &mut [], &mut [], true)?;
        if bytes <= place.len() {
            let bytes = self.receive(end, place, &mut [], false)?;
            return self.whole(end, bytes);
        }
        if discard {
            // Cut off by the system, which drops the rest.
            let _ = frame::receive(self.descriptor(), &mut [], &mut [], false);
            self.touch();
            self.message_gone(end);
        } else {
            signals::update(end, 0, ZX_CHANNEL_READABLE);
        }
        Ok(Outcome::Message { fits: false, bytes: bytes as u32, handles: 0 })
    }

    fn read_kept(
        &mut self,
        end: &mut End,
        kept: Kept,
        place: &mut [MaybeUninit<u8>],
        discard: bool,
    ) -> Outcome {
        let (bytes, fits) = (kept.bytes, kept.bytes <= place.len());
        if fits {
            place[..bytes].copy_from_slice(&kept.spill.bytes[..bytes]);
        }
        if fits || discard {
            drop(kept);
            self.message_gone(end);
        } else {
            self.kept = Some(kept);
        }
        Outcome::Message { fits, bytes: bytes as u32, handles: 0 }
    }
}
