//! Reading and writing channel messages.

use core::sync::atomic::Ordering::Relaxed;

use fuchsia_zircon::Status;

use super::abi::{self, HandleDisposition, HandleInfo};
use crate::limits::MAX_MESSAGE_HANDLES;
use crate::wire::HandleSlot;

/// How much a message had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Bytes of the message.
    pub bytes: usize,
    /// Handles of the message.
    pub handles: usize,
}

/// Why nothing was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// No message is there (`ZX_ERR_SHOULD_WAIT`).
    Empty,
    /// No message is there, and none will come (`ZX_ERR_PEER_CLOSED`).
    PeerClosed,
    /// The next message has this much, which is more than there is room for (`ZX_ERR_BUFFER_TOO_SMALL`). It stays.
    TooSmall(Read),
    /// Another error.
    Status(Status),
}

/// Reads the next message of `channel` (`zx_channel_read_etc`), bytes to the front of `bytes`, handles to the front of
/// `slots`, which must be empty.
///
/// # Errors
///
/// Each of [`ReadError`]. Nothing was read then.
pub fn read(channel: u32, bytes: &mut [u8], slots: &[HandleSlot]) -> Result<Read, ReadError> {
    // Most frames have no room for handles; they need no table for them.
    if slots.is_empty() {
        return read_with(channel, bytes, &mut []);
    }
    let mut handles = [HandleInfo::default(); MAX_MESSAGE_HANDLES];
    let room = slots.len().min(MAX_MESSAGE_HANDLES);
    let handles = handles.get_mut(..room).unwrap_or_default();
    let read = read_with(channel, bytes, handles)?;
    for (slot, info) in slots.iter().zip(handles).take(read.handles) {
        slot.put(info.handle, info.object_type, info.rights);
    }
    Ok(read)
}

fn read_with(channel: u32, bytes: &mut [u8], handles: &mut [HandleInfo]) -> Result<Read, ReadError> {
    let (mut actual_bytes, mut actual_handles) = (0, 0);
    // SAFETY: the pointers are valid for writes of the lengths given with them, and all of them for the whole call.
    let status = unsafe {
        abi::zx_channel_read_etc(
            channel,
            0,
            bytes.as_mut_ptr(),
            handles.as_mut_ptr(),
            bytes.len() as u32,
            handles.len() as u32,
            &raw mut actual_bytes,
            &raw mut actual_handles,
        )
    };
    let read = Read { bytes: actual_bytes as usize, handles: actual_handles as usize };
    match Status::from_raw(status) {
        Status::OK => Ok(read),
        Status::SHOULD_WAIT => Err(ReadError::Empty),
        Status::PEER_CLOSED => Err(ReadError::PeerClosed),
        Status::BUFFER_TOO_SMALL => Err(ReadError::TooSmall(read)),
        status => Err(ReadError::Status(status)),
    }
}

/// Writes a message to `channel` (`zx_channel_write`, or `zx_channel_write_etc` if there are handles).
///
/// Behind the call the kernel has the handles, whether it succeeded or not, and the slots are empty; only after
/// `SHOULD_WAIT`, which says that nothing was done, they are as before.
///
/// # Errors
///
/// `SHOULD_WAIT` while the channel is full, where channels are bounded; `PEER_CLOSED`; `BAD_HANDLE` for a slot whose number
/// is not a handle of its own; `OUT_OF_RANGE` for a message that is
/// too large; `WRONG_TYPE`, `INVALID_ARGS`, `ACCESS_DENIED`, `NOT_SUPPORTED` for a handle that cannot be sent in this way.
pub fn write(channel: u32, bytes: &[u8], slots: &[HandleSlot]) -> Result<(), Status> {
    if slots.is_empty() {
        // SAFETY: `bytes` is valid for reads of its length, and there are no handles.
        let status = unsafe {
            abi::zx_channel_write(channel, 0, bytes.as_ptr(), bytes.len() as u32, core::ptr::null(), 0)
        };
        return Status::ok(status);
    }
    write_with_handles(channel, bytes, slots)
}

#[cold]
fn write_with_handles(channel: u32, bytes: &[u8], slots: &[HandleSlot]) -> Result<(), Status> {
    let mut dispositions = [HandleDisposition::default(); MAX_MESSAGE_HANDLES];
    for (disposition, slot) in dispositions.iter_mut().zip(slots) {
        disposition.handle = slot.owned();
        disposition.object_type = slot.object_type.load(Relaxed);
        disposition.rights = slot.rights.load(Relaxed);
    }
    let count = slots.len().min(MAX_MESSAGE_HANDLES);
    // SAFETY: the pointers are valid for the lengths given with them, for the whole call.
    let status = unsafe {
        abi::zx_channel_write_etc(
            channel,
            0,
            bytes.as_ptr(),
            bytes.len() as u32,
            dispositions.as_mut_ptr(),
            count as u32,
        )
    };
    let result = Status::ok(status);
    if result != Err(Status::SHOULD_WAIT) {
        slots.iter().for_each(|slot| {
            slot.take();
        });
    }
    result
}
