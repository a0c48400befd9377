//! Messages on a socket: how one is put into a packet and taken out of it.
//!
//! Each message is one packet: the number of bytes and the number of handles (each 32 bits, little-endian), then the
//! bytes. The header tells an empty message from the end of the connection. Nothing else is believed: a packet whose
//! length is not what its header says, or that carries handles, ends the connection. Descriptors that a peer attaches
//! are dropped by the system.

use core::mem::{self, MaybeUninit};
use std::io::IoSlice;
use std::os::fd::BorrowedFd;

use crate::abi::types::*;
use crate::memory::zeroed_struct;
use crate::payload::Payload;
use crate::pool::{Lease, Leased, Plain, Slots};
use crate::sys::{self, HEADER_BYTES, Received};
use crate::tables::tables;

/// The largest message.
pub(super) const MAX_BYTES: usize = ZX_CHANNEL_MAX_MSG_BYTES as usize;

/// Pieces that are handed to the system in a short list, the header included.
const FEW_PIECES: usize = 4;

/// Pieces that are handed to the system in a long list, the header included; more are gathered first.
const MANY_PIECES: usize = 64;

zeroed_struct! {
    /// A buffer for a received message of any legal size.
    pub(crate) struct Spill {
        pub(super) bytes: [MaybeUninit<u8>; MAX_BYTES],
    }
}

zeroed_struct! {
    /// A buffer to gather the pieces of a message in.
    pub(crate) struct Gather {
        bytes: [u8; MAX_BYTES],
    }
}

impl Leased for Spill {
    fn slots() -> &'static Slots<Plain<Spill>> {
        &tables().spills
    }
}

impl Leased for Gather {
    fn slots() -> &'static Slots<Plain<Gather>> {
        &tables().gathers
    }
}

/// The number of bytes of the message that a packet is, if the packet is a legal message.
pub(super) fn message_bytes(received: &Received, peek: bool) -> Option<usize> {
    let [b0, b1, b2, b3, h0, h1, h2, h3] = received.header;
    let bytes = u32::from_le_bytes([b0, b1, b2, b3]) as usize;
    let handles = u32::from_le_bytes([h0, h1, h2, h3]);
    let whole = peek || !received.cut;
    (whole && handles == 0 && bytes <= MAX_BYTES && received.bytes == HEADER_BYTES + bytes).then_some(bytes)
}

/// Receives, again if a signal came between, or if the peer went away with messages of ours unread, which the system
/// says once and before it gives the messages that are there.
pub(super) fn receive(
    socket: BorrowedFd<'_>,
    first: &mut [MaybeUninit<u8>],
    second: &mut [MaybeUninit<u8>],
    peek: bool,
) -> Result<Received, i32> {
    let mut resets = 0;
    loop {
        match sys::receive(socket, first, second, peek) {
            Err(libc::EINTR) => {}
            Err(libc::ECONNRESET) if resets < 2 => resets += 1,
            other => return other,
        }
    }
}

/// Sends a message; the inner error is the system's.
pub(super) fn send(socket: BorrowedFd<'_>, payload: &Payload<'_>) -> Result<Result<(), i32>, zx_status_t> {
    let mut header = [0; HEADER_BYTES];
    header[..4].copy_from_slice(&payload.len().to_le_bytes());
    // Most messages are one piece, and a long list costs time to clear.
    let sent = send_listed::<FEW_PIECES>(socket, &header, payload)
        .or_else(|| send_listed::<MANY_PIECES>(socket, &header, payload));
    match sent {
        Some(sent) => Ok(sent),
        None => send_gathered(socket, &header, payload),
    }
}

/// Sends the header and the pieces from where they lie, if a list of this length is enough.
fn send_listed<const LENGTH: usize>(
    socket: BorrowedFd<'_>,
    header: &[u8],
    payload: &Payload<'_>,
) -> Option<Result<(), i32>> {
    let mut pieces = [IoSlice::new(&[]); LENGTH];
    pieces[0] = IoSlice::new(header);
    let mut count = 1;
    for bytes in payload.pieces() {
        *pieces.get_mut(count)? = IoSlice::new(bytes);
        count += 1;
    }
    Some(send_pieces(socket, &pieces[..count]))
}

/// Sends a message of many pieces, copied together first.
fn send_gathered(
    socket: BorrowedFd<'_>,
    header: &[u8],
    payload: &Payload<'_>,
) -> Result<Result<(), i32>, zx_status_t> {
    let mut gather = Lease::<Gather>::take().ok_or(ZX_ERR_NO_RESOURCES)?;
    let mut rest = &mut gather.bytes[..];
    for bytes in payload.pieces() {
        let (place, after) = mem::take(&mut rest).split_at_mut(bytes.len());
        place.copy_from_slice(bytes);
        rest = after;
    }
    let pieces = [IoSlice::new(header), IoSlice::new(&gather.bytes[..payload.len() as usize])];
    Ok(send_pieces(socket, &pieces))
}

fn send_pieces(socket: BorrowedFd<'_>, pieces: &[IoSlice<'_>]) -> Result<(), i32> {
    loop {
        match sys::send(socket, pieces) {
            Err(libc::EINTR) => {}
            other => return other,
        }
    }
}
