//! Bytes through a [`Pipe`], and its settings.

use core::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};

use super::{Level, Pipe};
use crate::abi::types::*;
use crate::channel::SideWord;
use crate::descriptor::Look;
use crate::object::End;
use crate::ring::Broken;
use crate::ring::flow::{self, Unread, Unwritten};
use crate::sync::Ordering;
use crate::sys;

/// How long a thread tries to lock an end that another process is using, in nanoseconds: for longer than a call takes.
const TURN_NANOS: i64 = 1_000_000;

/// The right to write or read at an end, until dropped.
struct Turn<'a> {
    lock: Option<(BorrowedFd<'a>, u8)>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some((file, byte)) = self.lock {
            sys::unlock(file, byte);
        }
    }
}

impl Pipe {
    /// Takes turns with the other processes that hold an end, if there are such.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_SHOULD_WAIT` if it is another's turn.
    fn turn(&self, end: usize) -> Result<Turn<'_>, zx_status_t> {
        let Some(file) = self.locks.as_ref().filter(|_| self.has_many_holders(end)) else {
            return Ok(Turn { lock: None });
        };
        let turn = || Turn { lock: Some((file.as_fd(), end as u8)) };
        if sys::try_lock(file.as_fd(), end as u8) {
            return Ok(turn());
        }
        let deadline = sys::monotonic() + TURN_NANOS;
        while sys::monotonic() < deadline {
            std::thread::yield_now();
            if sys::try_lock(file.as_fd(), end as u8) {
                return Ok(turn());
            }
        }
        Err(ZX_ERR_SHOULD_WAIT)
    }

    /// Writes bytes: of a datagram all or none, otherwise as many elements as fit. Returns how many bytes.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_PEER_CLOSED`; `ZX_ERR_BAD_STATE` if writes are disabled; `ZX_ERR_OUT_OF_RANGE` for a datagram that can
    /// never fit; `ZX_ERR_SHOULD_WAIT`.
    pub(crate) fn write(
        &mut self,
        ends: &mut [End; 2],
        writer: usize,
        bytes: &[u8],
    ) -> Result<usize, zx_status_t> {
        if self.peer_is_gone(writer, Look::Trusting) {
            return self.closed(ends, writer);
        }
        let turn = self.turn(writer)?;
        let once = core::iter::once(bytes);
        let written = flow::write(&self.outbound(writer), self.shape, bytes.len(), once);
        drop(turn);
        match written {
            Ok(0) => Ok(0),
            Ok(count) => {
                self.ring_ready(writer);
                self.follow(ends, writer);
                Ok(count as usize)
            }
            Err(Unwritten::Full) if self.peer_is_gone(writer, Look::Exact) => self.closed(ends, writer),
            Err(Unwritten::Full) => {
                self.follow(ends, writer);
                Err(ZX_ERR_SHOULD_WAIT)
            }
            Err(Unwritten::TooLarge) => Err(ZX_ERR_OUT_OF_RANGE),
            Err(Unwritten::Disabled) if self.kind == ZX_OBJ_TYPE_SOCKET => Err(ZX_ERR_BAD_STATE),
            Err(Unwritten::Disabled | Unwritten::Broken) => {
                self.break_off(ends);
                Err(ZX_ERR_PEER_CLOSED)
            }
        }
    }

    fn closed(&mut self, ends: &mut [End; 2], end: usize) -> Result<usize, zx_status_t> {
        self.refresh(ends, end, Look::Trusting);
        Err(ZX_ERR_PEER_CLOSED)
    }

    /// Makes an end's signals follow what was done, and has the peer tell of changes if someone waits for them.
    fn follow(&mut self, ends: &mut [End; 2], end: usize) {
        self.refresh(ends, end, Look::Trusting);
        self.attend(ends, end);
    }

    /// Reads bytes, whole elements, or one datagram; or only looks at them. Returns how many bytes.
    ///
    /// # Errors
    ///
    /// If nothing is there: `ZX_ERR_PEER_CLOSED`, `ZX_ERR_BAD_STATE` if the peer's writes are disabled, or
    /// `ZX_ERR_SHOULD_WAIT`.
    pub(crate) fn read(
        &mut self,
        ends: &mut [End; 2],
        reader: usize,
        places: &mut [MaybeUninit<u8>],
        peek: bool,
    ) -> Result<usize, zx_status_t> {
        if self.broken {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        // Before the look at the ring: what a peer wrote before it went is found.
        let mut gone = self.peer_is_gone(reader, Look::Trusting);
        loop {
            let turn = self.turn(reader)?;
            let read = flow::read(&self.inbound(reader), self.shape, places, peek);
            drop(turn);
            match read {
                Ok(count) => {
                    if !peek && count > 0 {
                        self.ring_room(reader);
                        self.follow(ends, reader);
                    }
                    return Ok(count as usize);
                }
                // It is gone since, and may have written before.
                Err(Unread::Empty { .. }) if !gone && self.peer_is_gone(reader, Look::Exact) => gone = true,
                Err(Unread::Empty { disabled }) => {
                    self.follow(ends, reader);
                    return Err(match gone {
                        true => ZX_ERR_PEER_CLOSED,
                        false if disabled && self.kind == ZX_OBJ_TYPE_SOCKET => ZX_ERR_BAD_STATE,
                        false => ZX_ERR_SHOULD_WAIT,
                    });
                }
                Err(Unread::Broken) => {
                    self.break_off(ends);
                    return Err(ZX_ERR_PEER_CLOSED);
                }
            }
        }
    }

    /// Enables or disables the writes of an end and of its peer; 0 leaves them as they are.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_BAD_STATE` if writes would be enabled before all is read; nothing has changed.
    pub(crate) fn set_disposition(
        &mut self,
        ends: &mut [End; 2],
        end: usize,
        own: u32,
        peers: u32,
    ) -> Result<(), zx_status_t> {
        let peers = if self.peer_is_gone(end, Look::Exact) { 0 } else { peers };
        let changes = [(end, own), (1 - end, peers)];
        for (writer, wanted) in changes {
            let may = match wanted {
                ZX_SOCKET_DISPOSITION_WRITE_ENABLED => flow::may_enable(&self.outbound(writer), self.shape),
                _ => Ok(true),
            };
            match may {
                Ok(true) => {}
                Ok(false) => return Err(ZX_ERR_BAD_STATE),
                Err(Broken) => {
                    self.break_off(ends);
                    return Ok(());
                }
            }
        }
        for (writer, wanted) in changes {
            match wanted {
                ZX_SOCKET_DISPOSITION_WRITE_ENABLED => flow::enable(&self.outbound(writer)),
                ZX_SOCKET_DISPOSITION_WRITE_DISABLED => flow::disable(&self.outbound(writer)),
                _ => {}
            }
        }
        self.ring_ready(end);
        self.follow(ends, end);
        Ok(())
    }

    /// A threshold of an end, in bytes.
    pub(crate) fn threshold(&self, end: usize, property: u32) -> u64 {
        u64::from(self.word(end, word_of(property)).load(Ordering::Relaxed))
    }

    /// Sets a threshold of an end.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_INVALID_ARGS` if more never waits; `ZX_ERR_PEER_CLOSED` for that of writing if the peer is gone.
    pub(crate) fn set_threshold(
        &mut self,
        ends: &mut [End; 2],
        end: usize,
        property: u32,
        bytes: u64,
    ) -> Result<(), zx_status_t> {
        let possible = u32::try_from(bytes).ok().filter(|bytes| *bytes <= self.shape.limit);
        let bytes = possible.ok_or(ZX_ERR_INVALID_ARGS)?;
        if property == ZX_PROP_SOCKET_TX_THRESHOLD && self.peer_is_gone(end, Look::Exact) {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        self.word(end, word_of(property)).store(bytes, Ordering::Relaxed);
        self.follow(ends, end);
        Ok(())
    }

    /// How full the direction that an end reads is, and the one that it writes, and what one read can give.
    fn levels(&self, end: usize) -> Result<([Level; 2], u32), Broken> {
        let (inbound, outbound) = (self.inbound(end), self.outbound(end));
        let levels = [flow::look(&inbound, self.shape)?, flow::look(&outbound, self.shape)?];
        let available = match self.shape.datagrams {
            // Not told while it is another's turn, who may be taking it.
            true => match self.turn(end) {
                Ok(_turn) => flow::first_datagram(&inbound, self.shape)?,
                Err(_) => 0,
            },
            false => levels[0].unread,
        };
        Ok((levels, available))
    }

    /// What `ZX_INFO_SOCKET` tells of an end.
    pub(crate) fn info(&mut self, ends: &mut [End; 2], end: usize) -> zx_info_socket_t {
        let alive = !self.peer_is_gone(end, Look::Exact);
        let found = if self.broken { Err(Broken) } else { self.levels(end) };
        let ([inbound, outbound], available) = found.unwrap_or_else(|Broken| {
            self.break_off(ends);
            Default::default()
        });
        let limit = self.shape.limit as usize;
        zx_info_socket_t {
            options: if self.shape.datagrams { ZX_SOCKET_DATAGRAM } else { ZX_SOCKET_STREAM },
            rx_buf_max: limit,
            rx_buf_size: inbound.unread as usize,
            // Others may read meanwhile, where there are others.
            rx_buf_available: available.min(inbound.unread) as usize,
            tx_buf_max: if alive { limit } else { 0 },
            tx_buf_size: if alive { outbound.unread as usize } else { 0 },
            ..zx_info_socket_t::default()
        }
    }
}

fn word_of(property: u32) -> SideWord {
    match property {
        ZX_PROP_SOCKET_RX_THRESHOLD => SideWord::ReadThreshold,
        _ => SideWord::WriteThreshold,
    }
}
