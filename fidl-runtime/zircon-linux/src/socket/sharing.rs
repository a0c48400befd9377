//! A socket becomes one that other processes may hold too.

use crate::abi::types::*;
use crate::object::End;
use crate::pipe::{Pipe, ring_bytes};
use crate::ring::flow::Shape;
use crate::socket::{Inbox, Socket, capacity};

impl Socket {
    fn shape(&self) -> Shape {
        Shape { limit: capacity(), element: 1, datagrams: self.datagrams }
    }

    /// The most datagrams that wait at one end.
    fn datagrams(&self) -> u32 {
        self.inboxes.iter().map(|inbox| inbox.datagrams.iter().count()).max().unwrap_or(0) as u32
    }

    /// Passes if the socket fits the largest ring.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_NO_RESOURCES`
    pub(crate) fn check_sharing(&self) -> Result<(), zx_status_t> {
        ring_bytes(self.shape(), self.datagrams()).map(drop)
    }

    /// The same socket as a pipe, with what is unread and all settings. This one stays as it is.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_NO_RESOURCES` and `ZX_ERR_NO_MEMORY` if the system, or the largest ring, refuses.
    pub(crate) fn share(&self, ends: &[End; 2]) -> Result<Pipe, zx_status_t> {
        let pipe = Pipe::create(ZX_OBJ_TYPE_SOCKET, self.shape(), self.datagrams())?;
        for (reader, inbox) in self.inboxes.iter().enumerate() {
            inbox.copy_to(&pipe, 1 - reader)?;
        }
        for (number, end) in ends.iter().enumerate() {
            let (reads, writes) = (&self.inboxes[number], &self.inboxes[1 - number]);
            let thresholds = [reads.read_threshold, writes.write_threshold];
            pipe.settle(number, end.signals, thresholds, writes.disabled);
        }
        Ok(pipe)
    }
}

impl Inbox {
    fn copy_to(&self, pipe: &Pipe, writer: usize) -> Result<(), zx_status_t> {
        let mut datagrams = self.datagrams.iter();
        datagrams.try_for_each(|datagram| pipe.put(writer, datagram.bytes, datagram.pieces()))?;
        let mut left = self.bytes as usize;
        let mut pieces = self.stream.pieces().map(|piece| {
            let piece = &piece[..piece.len().min(left)];
            left -= piece.len();
            piece
        });
        pieces.try_for_each(|piece| pipe.put(writer, piece.len() as u32, core::iter::once(piece)))
    }
}
