//! Calls on channels.

use core::slice;

use super::caller;
use super::status;
use super::types::*;
use crate::channel::{self, HandlePlaces, Outcome, Prepared, Unsent};
use crate::handle_table::{self, Chain, Handle};
use crate::object;
use crate::payload::{Payload, Piece};

/// Makes a channel with both ends in this process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_channel_create(
    options: u32,
    out0: *mut zx_handle_t,
    out1: *mut zx_handle_t,
) -> zx_status_t {
    let create = || {
        if options != 0 {
            return Err(ZX_ERR_INVALID_ARGS);
        }
        caller::writable(out0)?;
        caller::writable(out1)?;
        let [end0, end1] = channel::create()?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out0, end0) }?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out1, end1) }
    };
    status(create())
}

/// Reads the first message, and the numbers of its handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_channel_read(
    handle: zx_handle_t,
    options: u32,
    bytes: *mut u8,
    handles: *mut zx_handle_t,
    num_bytes: u32,
    num_handles: u32,
    actual_bytes: *mut u32,
    actual_handles: *mut u32,
) -> zx_status_t {
    // SAFETY: the caller promises that its places are good.
    let places = unsafe { caller::places(handles, num_handles as usize) };
    // SAFETY: the caller promises that its places are good.
    unsafe { read(handle, options, bytes, num_bytes, places, actual_bytes, actual_handles) }
}

/// Reads the first message, and its handles with their types and rights.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_channel_read_etc(
    handle: zx_handle_t,
    options: u32,
    bytes: *mut u8,
    handles: *mut zx_handle_info_t,
    num_bytes: u32,
    num_handles: u32,
    actual_bytes: *mut u32,
    actual_handles: *mut u32,
) -> zx_status_t {
    // SAFETY: the caller promises that its places are good.
    let places = unsafe { caller::places(handles, num_handles as usize) };
    // SAFETY: the caller promises that its places are good.
    unsafe { read(handle, options, bytes, num_bytes, places, actual_bytes, actual_handles) }
}

/// Reads into either kind of places.
///
/// # Safety
///
/// The places are null, misaligned, or good for writes, and do not overlap.
unsafe fn read(
    handle: zx_handle_t,
    options: u32,
    bytes: *mut u8,
    num_bytes: u32,
    handles: Result<impl HandlePlaces, zx_status_t>,
    actual_bytes: *mut u32,
    actual_handles: *mut u32,
) -> zx_status_t {
    let read = || {
        let channel = handle_table::look(handle)?.check(ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_READ)?;
        if options & !ZX_CHANNEL_READ_MAY_DISCARD != 0 {
            return Err(ZX_ERR_NOT_SUPPORTED);
        }
        // SAFETY: the caller's promise.
        let bytes = unsafe { caller::places(bytes, num_bytes as usize) }?;
        Ok(channel::read(channel, bytes, &mut handles?, options & ZX_CHANNEL_READ_MAY_DISCARD != 0))
    };
    match read() {
        Err(status) | Ok(Outcome::Nothing(status)) => status,
        Ok(Outcome::Message { fits, bytes, handles }) => {
            // SAFETY: the caller's promise.
            unsafe { caller::put_if_wanted(actual_bytes, bytes) };
            // SAFETY: the caller's promise.
            unsafe { caller::put_if_wanted(actual_handles, handles) };
            if fits { ZX_OK } else { ZX_ERR_BUFFER_TOO_SMALL }
        }
    }
}

/// Writes a message. The handles are gone afterwards in every case but one: `ZX_ERR_SHOULD_WAIT`, which the kernel
/// does not have, means that nothing at all has happened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_channel_write(
    handle: zx_handle_t,
    options: u32,
    bytes: *const u8,
    num_bytes: u32,
    handles: *const zx_handle_t,
    num_handles: u32,
) -> zx_status_t {
    // SAFETY: the caller promises that the list is good.
    let handles = match unsafe { caller::list(handles, num_handles as usize) } {
        Ok(handles) => handles,
        Err(status) => return status,
    };
    // SAFETY: the caller promises that the bytes are good.
    let begun = unsafe { begin(handle, options, bytes, num_bytes, handles.len()) };
    match begun {
        Ok(None) => ZX_OK,
        Ok(Some((channel, prepared))) => finish(channel, prepared, handles.iter(), |number| {
            channel::take_handle(Some(channel), *number).map(Taken::moved)
        }),
        Err(ZX_ERR_SHOULD_WAIT) => ZX_ERR_SHOULD_WAIT,
        Err(status) => {
            handles.iter().for_each(|number| {
                let _ = object::close(*number);
            });
            status
        }
    }
}

/// Writes a message whose handles may be duplicates and may have fewer rights. As for [`zx_channel_write`], moved
/// handles are gone afterwards but for `ZX_ERR_SHOULD_WAIT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_channel_write_etc(
    handle: zx_handle_t,
    options: u32,
    bytes: *const u8,
    num_bytes: u32,
    handles: *mut zx_handle_disposition_t,
    num_handles: u32,
) -> zx_status_t {
    // SAFETY: the caller promises that the list is good.
    let entries = match unsafe { caller::list_mut(handles, num_handles as usize) } {
        Ok(entries) => entries,
        Err(status) => return status,
    };
    // SAFETY: the caller promises that the bytes are good.
    let begun = unsafe { begin(handle, options, bytes, num_bytes, entries.len()) };
    match begun {
        Ok(None) => ZX_OK,
        Ok(Some((channel, prepared))) => finish(channel, prepared, entries.iter_mut(), |entry| {
            dispose(channel, entry).inspect_err(|status| entry.result = *status)
        }),
        Err(ZX_ERR_SHOULD_WAIT) => ZX_ERR_SHOULD_WAIT,
        Err(status) => {
            let moved = entries.iter().filter(|entry| entry.operation != ZX_HANDLE_OP_DUPLICATE);
            moved.for_each(|entry| {
                let _ = object::close(entry.handle);
            });
            status
        }
    }
}

/// The part of a write before its handles. Without handles it is the whole write, and the result is `None`.
///
/// # Safety
///
/// The bytes, or the list of pieces and theirs, are null, misaligned, or good for reads.
unsafe fn begin(
    handle: zx_handle_t,
    options: u32,
    bytes: *const u8,
    num_bytes: u32,
    num_handles: usize,
) -> Result<Option<(Handle, Prepared)>, zx_status_t> {
    if options & !ZX_CHANNEL_WRITE_USE_IOVEC != 0 {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let channel = handle_table::look(handle)?.check(ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_WRITE)?;
    let limit = if options == 0 { ZX_CHANNEL_MAX_MSG_BYTES } else { ZX_CHANNEL_MAX_MSG_IOVECS };
    if num_bytes > limit || num_handles > ZX_CHANNEL_MAX_MSG_HANDLES as usize {
        return Err(ZX_ERR_OUT_OF_RANGE);
    }
    let single;
    let pieces = if options == 0 {
        // SAFETY: the caller's promise.
        let bytes = unsafe { caller::list(bytes, num_bytes as usize) }?;
        single = Piece::new(bytes).ok_or(ZX_ERR_OUT_OF_RANGE)?;
        slice::from_ref(&single)
    } else {
        // SAFETY: the caller's promise.
        let entries = unsafe { caller::list(bytes.cast::<zx_channel_iovec_t>(), num_bytes as usize) }?;
        // SAFETY: the caller's promise.
        unsafe { Piece::list(entries) }
    };
    let payload = Payload::new(pieces)?;
    if num_handles == 0 {
        return channel::write(channel, &payload).map(|()| None);
    }
    Ok(Some((channel, channel::prepare(channel, &payload)?)))
}

/// A closed entry that is to be sent.
struct Taken {
    entry: u32,
    /// The rights that its handle had, if it is the caller's handle and no duplicate.
    moved: Option<zx_rights_t>,
}

impl Taken {
    /// The caller's own handle, unchanged.
    fn moved(entry: u32) -> Taken {
        Taken { entry, moved: Some(handle_table::closed_entry(entry).rights) }
    }
}

/// Takes all handles, also after one has failed, and sends the message if none has.
fn finish<T>(
    channel: Handle,
    prepared: Prepared,
    entries: impl Iterator<Item = T>,
    mut take: impl FnMut(T) -> Result<Taken, zx_status_t>,
) -> zx_status_t {
    let (mut chain, mut count, mut first_error) = (Chain::default(), 0, None);
    let mut moved = [None; ZX_CHANNEL_MAX_MSG_HANDLES as usize];
    for entry in entries {
        match take(entry) {
            Ok(taken) => {
                chain.push(taken.entry);
                moved[count] = taken.moved;
            }
            Err(status) => first_error = first_error.or(Some(status)),
        }
        count += 1;
    }
    let Some(status) = first_error else {
        return match prepared.send(channel, chain, count as u32) {
            Ok(()) => ZX_OK,
            Err(Unsent::Failed(status)) => status,
            Err(Unsent::Full(chain)) => {
                give_back(chain, &moved);
                ZX_ERR_SHOULD_WAIT
            }
        };
    };
    object::release(chain);
    prepared.abandon();
    status
}

/// Gives the caller's handles back under their numbers, and lets go of duplicates.
#[cold]
fn give_back(mut chain: Chain, moved: &[Option<zx_rights_t>]) {
    let mut duplicates = Chain::default();
    for moved in moved {
        let Some(entry) = chain.pop() else { break };
        match moved {
            Some(rights) => {
                handle_table::set_rights(entry, *rights);
                handle_table::reopen(entry);
            }
            None => duplicates.push(entry),
        }
    }
    object::release(duplicates);
}

/// Makes of an entry the handle that is to be sent, as a closed entry of the table.
fn dispose(channel: Handle, entry: &zx_handle_disposition_t) -> Result<Taken, zx_status_t> {
    let checked = check_disposition(channel, entry);
    if entry.operation == ZX_HANDLE_OP_DUPLICATE {
        let (handle, rights) = checked?;
        let entry = object::duplicate(handle.allows(ZX_RIGHT_DUPLICATE)?, rights)?;
        return Ok(Taken { entry, moved: None });
    }
    let taken = match checked {
        Ok((_, rights)) => channel::take_handle(None, entry.handle).map(Taken::moved).inspect(|taken| {
            handle_table::set_rights(taken.entry, rights);
        }),
        Err(status) => {
            let _ = object::close(entry.handle);
            Err(status)
        }
    };
    match entry.operation {
        ZX_HANDLE_OP_MOVE => taken,
        _ => {
            let mut chain = Chain::default();
            taken.into_iter().for_each(|taken| chain.push(taken.entry));
            object::release(chain);
            Err(ZX_ERR_INVALID_ARGS)
        }
    }
}

/// Checks an entry in the kernel's order, and gives the handle and the rights to send.
fn check_disposition(
    channel: Handle,
    entry: &zx_handle_disposition_t,
) -> Result<(Handle, zx_rights_t), zx_status_t> {
    let handle = handle_table::look(entry.handle)?.allows(ZX_RIGHT_TRANSFER)?;
    if (handle.object, handle.end) == (channel.object, channel.end) {
        return Err(ZX_ERR_NOT_SUPPORTED);
    }
    if entry.object_type != ZX_OBJ_TYPE_NONE && entry.object_type != handle.kind {
        return Err(ZX_ERR_WRONG_TYPE);
    }
    Ok((handle, handle.subset(entry.rights)?))
}
