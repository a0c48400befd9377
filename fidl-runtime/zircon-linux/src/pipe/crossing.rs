//! A [`Pipe`] from a socket or fifo of this process, or from what another process sent; and what that sent.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use super::Pipe;
use crate::abi::types::*;
use crate::capacity::{RING_BYTES_MAX, RING_BYTES_MIN};
use crate::channel::packet::map_received;
use crate::channel::{Area, SideWord, create_area};
use crate::ring::flow::{self, Shape, Unwritten};
use crate::sync::Ordering;
use crate::sys;

/// What other processes need in order to hold an end.
pub(crate) struct Parts {
    /// The descriptors of Unix socket and memory.
    pub(crate) descriptors: [RawFd; 2],
    /// The end, what it holds, and the ring's bytes, in two words.
    pub(crate) words: [u32; 2],
}

/// In the first word: the end in the lowest bit, then whether it is for datagrams, the ring's size as a power of two, and
/// the size of elements.
const DATAGRAMS: u32 = 1 << 1;
const RING_SHIFT: u32 = 8;
const ELEMENT_SHIFT: u32 = 16;

/// The bytes of a ring for so many bytes of content, in so many datagrams if they are that.
///
/// # Errors
///
/// `ZX_ERR_NO_RESOURCES` if it would be larger than any ring.
pub(crate) fn ring_bytes(shape: Shape, datagrams: u32) -> Result<u32, zx_status_t> {
    // A header for each datagram, and for some more to come.
    let headers = if shape.datagrams {
        u64::from(datagrams) * u64::from(flow::HEADER) + u64::from(shape.limit)
    } else {
        0
    };
    let bytes = (u64::from(shape.limit) + headers).next_power_of_two().max(u64::from(RING_BYTES_MIN));
    u32::try_from(bytes).ok().filter(|bytes| *bytes <= RING_BYTES_MAX).ok_or(ZX_ERR_NO_RESOURCES)
}

impl Pipe {
    /// An empty socket or fifo, both ends of which this process holds. `datagrams` are about to be put into one
    /// direction, at most.
    pub(crate) fn create(kind: zx_obj_type_t, shape: Shape, datagrams: u32) -> Result<Pipe, zx_status_t> {
        let capacity = ring_bytes(shape, datagrams)?;
        let make = || {
            let sockets = sys::socket_pair()?.map(Some);
            let (memory, area) = create_area(capacity)?;
            Ok(Pipe::new(kind, shape, area, memory, sockets))
        };
        make()
            .map_err(|error: i32| if error == libc::ENOMEM { ZX_ERR_NO_MEMORY } else { ZX_ERR_NO_RESOURCES })
    }

    fn new(
        kind: zx_obj_type_t,
        shape: Shape,
        area: Area,
        memory: OwnedFd,
        sockets: [Option<OwnedFd>; 2],
    ) -> Pipe {
        Pipe {
            kind,
            shape,
            area,
            memory,
            locks: None,
            sockets,
            watched: Default::default(),
            hung_up: [false; 2],
            left: [false; 2],
            broken: false,
        }
    }

    /// One end of what a peer sent, and the end's number.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_PEER_CLOSED` if it is not what it is said to be; `ZX_ERR_NO_RESOURCES` if descriptors are missing.
    pub(crate) fn received(
        kind: zx_obj_type_t,
        words: [u32; 2],
        socket: OwnedFd,
        memory: OwnedFd,
    ) -> Result<(Pipe, usize), zx_status_t> {
        let [first, limit] = words;
        let (end, element) = ((first & 1) as usize, first >> ELEMENT_SHIFT);
        let shape = Shape { limit, element, datagrams: first & DATAGRAMS != 0 };
        let capacity = 1u32.checked_shl(first >> RING_SHIFT & 0xFF).unwrap_or(0);
        if !is_possible(kind, shape, capacity) || !sys::is_channel_socket(socket.as_fd()) {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        let area = map_received(memory.as_fd(), capacity).ok_or(ZX_ERR_PEER_CLOSED)?;
        let mut sockets = [None, None];
        sockets[end] = Some(socket);
        let mut pipe = Pipe::new(kind, shape, area, memory, sockets);
        if pipe.has_many_holders(end) {
            pipe.prepare_locks()?;
        }
        Ok((pipe, end))
    }

    /// What another process needs in order to hold an end. If there are other handles to it here, it has several holders
    /// from now on.
    pub(crate) fn parts(&mut self, end: usize, handles: u32) -> Result<Parts, zx_status_t> {
        if handles > 1 && !self.has_many_holders(end) {
            self.prepare_locks()?;
            self.word(end, SideWord::Many).store(1, Ordering::Release);
        }
        let Some(socket) = &self.sockets[end] else { return Err(ZX_ERR_BAD_STATE) };
        let descriptors = [socket.as_raw_fd(), self.memory.as_raw_fd()];
        let datagrams = if self.shape.datagrams { DATAGRAMS } else { 0 };
        let size = self.area.capacity().ilog2() << RING_SHIFT;
        let first = end as u32 | datagrams | size | self.shape.element << ELEMENT_SHIFT;
        Ok(Parts { descriptors, words: [first, self.shape.limit] })
    }

    /// Puts what waits in an object of this process into the direction that an end writes, before anyone else knows of it.
    pub(crate) fn put<'a>(
        &self,
        writer: usize,
        bytes: u32,
        pieces: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), zx_status_t> {
        match flow::write(&self.outbound(writer), self.shape, bytes as usize, pieces) {
            Ok(written) if written == bytes => Ok(()),
            // The ring was made for it.
            Ok(_) | Err(Unwritten::Full | Unwritten::TooLarge) => Err(ZX_ERR_NO_RESOURCES),
            Err(Unwritten::Disabled | Unwritten::Broken) => Err(ZX_ERR_BAD_STATE),
        }
    }

    /// Takes over the settings of an end of an object of this process: signals, thresholds, and whether it may write.
    pub(crate) fn settle(&self, end: usize, signals: zx_signals_t, thresholds: [u32; 2], disabled: bool) {
        self.word(end, SideWord::Signals).store(signals & ZX_USER_SIGNAL_ALL, Ordering::Relaxed);
        self.word(end, SideWord::ReadThreshold).store(thresholds[0], Ordering::Relaxed);
        self.word(end, SideWord::WriteThreshold).store(thresholds[1], Ordering::Relaxed);
        if disabled {
            flow::disable(&self.outbound(end));
        }
    }

    fn prepare_locks(&mut self) -> Result<(), zx_status_t> {
        if self.locks.is_none() {
            let file = sys::open_again(self.memory.as_fd()).map_err(|_| ZX_ERR_NO_RESOURCES)?;
            self.locks = Some(file);
        }
        Ok(())
    }
}

/// Whether there can be such a socket or fifo.
fn is_possible(kind: zx_obj_type_t, shape: Shape, capacity: u32) -> bool {
    let header = if shape.datagrams { flow::HEADER } else { 0 };
    let fits =
        shape.limit > 0 && shape.limit <= capacity.saturating_sub(header) && capacity <= RING_BYTES_MAX;
    fits && match kind {
        ZX_OBJ_TYPE_SOCKET => shape.element == 1,
        _ => {
            let most = ZX_FIFO_MAX_SIZE_BYTES as u32;
            !shape.datagrams
                && shape.element > 0
                && shape.limit <= most
                && shape.limit.is_multiple_of(shape.element)
        }
    }
}
