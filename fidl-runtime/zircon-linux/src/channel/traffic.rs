//! Messages over a [`Link`].

use core::mem::MaybeUninit;
use std::os::fd::AsFd;

use crate::abi::types::*;
use crate::channel::area::SideWord;
use crate::channel::packet::{Arrived, Bundle, Missing};
use crate::channel::{Link, Message, Outcome};
use crate::descriptor::Look;
use crate::handle_table::Chain;
use crate::object::End;
use crate::payload::Payload;
use crate::pool::Lease;
use crate::ring::{Broken, Record, record_bytes};
use crate::signals;
use crate::sync::Ordering;
use crate::sys;
use crate::transfer;

/// Empty reads of a link that some port hears of, before the socket is asked whether the peer lives. For a reader that
/// never waits.
const IDLE_READS: u8 = 64;

/// What a link gives to a reader.
pub(super) enum Found {
    /// A message without handles, or one that does not fit.
    Done(Outcome),
    /// A message whose bytes were read and whose handles are these closed entries.
    WithHandles(Record, Chain),
    /// A message that was kept aside, and whether it fits.
    Kept(Lease<Message>, bool),
}

impl Link {
    /// Passes if a message of so many bytes may be written now.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_PEER_CLOSED`; `ZX_ERR_OUT_OF_RANGE` if the ring can never hold it; `ZX_ERR_SHOULD_WAIT`.
    #[inline]
    pub(crate) fn admit(&mut self, end: &mut End, bytes: u32) -> Result<(), zx_status_t> {
        if end.signals & ZX_CHANNEL_PEER_CLOSED != 0 {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        if self.peer_is_gone(Look::Trusting) {
            return Err(self.closed(end));
        }
        if !self.try_open() {
            return Err(self.refuse(end));
        }
        let Some(area) = &self.area else { return Err(ZX_ERR_PEER_CLOSED) };
        if record_bytes(bytes) > area.capacity() {
            return Err(ZX_ERR_OUT_OF_RANGE);
        }
        match self.outbound.has_room(&area.lane(self.side), bytes) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.refuse(end)),
            Err(Broken) => {
                self.end_by(end);
                Err(ZX_ERR_PEER_CLOSED)
            }
        }
    }

    fn closed(&mut self, end: &mut End) -> zx_status_t {
        signals::update(end, ZX_CHANNEL_WRITABLE, ZX_CHANNEL_PEER_CLOSED);
        ZX_ERR_PEER_CLOSED
    }

    /// There is no room. A peer that died makes none.
    #[cold]
    fn refuse(&mut self, end: &mut End) -> zx_status_t {
        if self.peer_is_gone(Look::Exact) {
            return self.closed(end);
        }
        signals::update(end, ZX_CHANNEL_WRITABLE, 0);
        if !end.waits.is_empty() {
            self.arm(end);
        }
        ZX_ERR_SHOULD_WAIT
    }

    /// Writes a message without handles.
    #[inline]
    pub(crate) fn write(&mut self, end: &mut End, payload: &Payload<'_>) -> Result<(), zx_status_t> {
        self.write_pieces(end, payload.len(), payload.pieces())
    }

    /// Writes a message in pieces without handles.
    pub(crate) fn write_pieces<'a>(
        &mut self,
        end: &mut End,
        bytes: u32,
        pieces: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), zx_status_t> {
        self.admit(end, bytes)?;
        self.write_admitted(bytes, 0, pieces);
        Ok(())
    }

    #[inline]
    fn write_admitted<'a>(&mut self, bytes: u32, handles: u32, pieces: impl Iterator<Item = &'a [u8]>) {
        let Some(area) = &self.area else { return };
        let lane = area.lane(self.side);
        self.outbound.fill(&lane, bytes, handles, pieces);
        self.outbound.publish(&lane, bytes);
        self.ring_ready();
    }

    /// Writes a message whose handles are on their way in a bundle.
    ///
    /// # Errors
    ///
    /// As for [`Link::admit`], and `ZX_ERR_NO_RESOURCES` if the system refuses the descriptors. After
    /// `ZX_ERR_SHOULD_WAIT` nothing was sent.
    pub(crate) fn write_bundle<'a>(
        &mut self,
        end: &mut End,
        bytes: u32,
        handles: u32,
        pieces: impl Iterator<Item = &'a [u8]>,
        bundle: &Bundle,
    ) -> Result<(), zx_status_t> {
        self.admit(end, bytes)?;
        let Some(area) = &self.area else { return Err(ZX_ERR_PEER_CLOSED) };
        let sent = area.side_word(self.side, SideWord::BundlesSent);
        let before = sent.fetch_add(1, Ordering::AcqRel);
        match bundle.send(self.socket.as_fd()) {
            Ok(()) => {
                self.write_admitted(bytes, handles, pieces);
                Ok(())
            }
            Err(error) => {
                sent.store(before, Ordering::Release);
                Err(self.bundle_refused(end, error))
            }
        }
    }

    fn bundle_refused(&mut self, end: &mut End, error: i32) -> zx_status_t {
        match error {
            libc::EAGAIN => {
                self.socket_full = true;
                signals::update(end, ZX_CHANNEL_WRITABLE, 0);
                self.watched.set_writer_waits(self.socket.as_fd(), true);
                ZX_ERR_SHOULD_WAIT
            }
            libc::EPIPE | libc::ECONNRESET | libc::ENOTCONN => self.closed(end),
            libc::ENOMEM | libc::ENOBUFS => ZX_ERR_NO_MEMORY,
            _ => ZX_ERR_NO_RESOURCES,
        }
    }

    /// Reads the first message into `place` if it fits. If not, it stays, or is dropped with `discard`.
    #[inline]
    pub(super) fn read(
        &mut self,
        end: &mut End,
        place: &mut [MaybeUninit<u8>],
        handle_room: u32,
        discard: bool,
    ) -> Result<Found, zx_status_t> {
        if self.is_calling() {
            self.refresh(end, Look::Trusting);
            if let Some((bytes, handles)) = self.front_aside() {
                let fits = bytes as usize <= place.len() && handles <= handle_room;
                if !fits && !discard {
                    return Ok(Found::Done(Outcome::Message { fits, bytes, handles }));
                }
                return Ok(Found::Kept(self.take_aside(end).ok_or(ZX_ERR_SHOULD_WAIT)?, fits));
            }
        }
        let record = loop {
            let front = match &self.area {
                Some(area) => self.inbound.front(&area.lane(1 - self.side)),
                None => Ok(None),
            };
            match front {
                Ok(Some(record)) => break record,
                Ok(None) => self.nothing(end)?,
                Err(Broken) => {
                    self.end_by(end);
                    return Err(ZX_ERR_PEER_CLOSED);
                }
            }
        };
        self.idle_reads = 0;
        let fits = record.bytes as usize <= place.len() && record.handles <= handle_room;
        if !fits && !discard {
            signals::update(end, 0, ZX_CHANNEL_READABLE);
            return Ok(Found::Done(outcome(record, false)));
        }
        if record.handles > 0 {
            return self.read_handles(end, place, record, fits);
        }
        if fits && let Some(area) = &self.area {
            self.inbound.copy(&area.lane(1 - self.side), &mut place[..record.bytes as usize]);
        }
        self.pass(end, record);
        Ok(Found::Done(outcome(record, fits)))
    }

    /// Goes past the first message.
    #[inline(always)]
    pub(super) fn pass(&mut self, end: &mut End, record: Record) {
        let Some(area) = &self.area else { return };
        let lane = area.lane(1 - self.side);
        if self.inbound.pass(&lane, record) {
            self.ring_room();
        }
        if !self.inbound.knows_of_more() || end.signals & ZX_CHANNEL_READABLE == 0 {
            self.look_again(end);
        }
    }

    /// Makes READABLE true after a read.
    fn look_again(&mut self, end: &mut End) {
        let Some(area) = &self.area else { return };
        if self.inbound.knows_of_more() {
            return signals::update(end, 0, ZX_CHANNEL_READABLE);
        }
        match self.inbound.look(&area.lane(1 - self.side)) {
            Ok(0) => signals::update(end, ZX_CHANNEL_READABLE, 0),
            Ok(_) => signals::update(end, 0, ZX_CHANNEL_READABLE),
            // Found again, and answered, at the next read.
            Err(Broken) => {}
        }
        if !end.waits.is_empty() && !self.inbound.knows_of_more() {
            // A wait for a change, or of another thread: its bell may have been rung for the message just read.
            self.arm(end);
        }
    }

    /// No message is there, unless one came meanwhile.
    fn nothing(&mut self, end: &mut End) -> Result<(), zx_status_t> {
        self.idle_reads = self.idle_reads.wrapping_add(1);
        let ask = !self.watched.anywhere() || self.idle_reads.is_multiple_of(IDLE_READS);
        let gone = self.peer_is_gone(if ask { Look::Exact } else { Look::Trusting });
        if self.area.is_some() && !gone {
            signals::update(end, ZX_CHANNEL_READABLE, 0);
            // All is read: a producer that found no room goes on.
            if let Some(area) = &self.area
                && self.inbound.was_full(&area.lane(1 - self.side))
            {
                self.ring_room();
            }
            if !end.waits.is_empty() {
                self.arm(end);
            }
            return Err(ZX_ERR_SHOULD_WAIT);
        }
        // A last look: what came before the end is read first. And a greeting may have come.
        self.refresh(end, Look::Trusting);
        if self.over() {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        if self.inbound.knows_of_more() {
            return Ok(());
        }
        Err(if gone { self.closed(end) } else { ZX_ERR_SHOULD_WAIT })
    }

    /// Reads, or drops, a message with handles.
    fn read_handles(
        &mut self,
        end: &mut End,
        place: &mut [MaybeUninit<u8>],
        record: Record,
        fits: bool,
    ) -> Result<Found, zx_status_t> {
        let chain = match self.receive_handles(record, fits) {
            Ok(chain) => chain,
            Err(ZX_ERR_PEER_CLOSED) => {
                self.end_by(end);
                return Err(ZX_ERR_PEER_CLOSED);
            }
            Err(status) => return Err(status),
        };
        if fits && let Some(area) = &self.area {
            self.inbound.copy(&area.lane(1 - self.side), &mut place[..record.bytes as usize]);
        }
        self.pass(end, record);
        if fits { Ok(Found::WithHandles(record, chain)) } else { Ok(Found::Done(outcome(record, false))) }
    }

    /// Takes the handles of the first message out of the socket, as closed entries, or drops them.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_PEER_CLOSED` if they are not what the rules say; `ZX_ERR_NO_RESOURCES`, and all is as before.
    pub(super) fn receive_handles(&mut self, record: Record, wanted: bool) -> Result<Chain, zx_status_t> {
        let mut bells = 0;
        let arrived = Arrived::receive(self.socket.as_fd(), record.handles, &mut bells);
        if let Some(area) = &self.area {
            area.side_word(self.side, SideWord::BellsTaken).fetch_add(bells, Ordering::Relaxed);
        }
        let chain = match arrived {
            Ok(_) if !wanted => Chain::default(),
            Ok(arrived) => transfer::unpack(arrived, record.handles)?,
            Err(Missing::NoDescriptors) => return Err(ZX_ERR_NO_RESOURCES),
            Err(Missing::Malformed) => return Err(ZX_ERR_PEER_CLOSED),
        };
        sys::drop_packets(self.socket.as_fd(), 1);
        if let Some(area) = &self.area {
            area.side_word(self.side, SideWord::BundlesTaken).fetch_add(1, Ordering::Relaxed);
        }
        Ok(chain)
    }
}

fn outcome(record: Record, fits: bool) -> Outcome {
    Outcome::Message { fits, bytes: record.bytes, handles: record.handles }
}
