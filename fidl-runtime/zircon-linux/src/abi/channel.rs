//! Calls on channels.

use super::caller;
use super::send::{Request, Sendable, gather};
use super::status;
use super::types::*;
use crate::capacity::MESSAGE_INLINE_BYTES;
use crate::channel::{self, HandlePlaces, Outcome};
use crate::handle_table;
use crate::payload::Payload;

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
    if options & !ZX_CHANNEL_READ_MAY_DISCARD == 0 {
        // SAFETY: the caller promises that its places are good.
        let small = unsafe { caller::places(bytes, num_bytes as usize) };
        if let Some(count) = small.ok().and_then(|places| channel::small::read(handle, places)) {
            // SAFETY: the caller promises that the place is good.
            unsafe { caller::put_if_wanted(actual_bytes, count) };
            // SAFETY: the caller promises that the place is good.
            unsafe { caller::put_if_wanted(actual_handles, 0) };
            return ZX_OK;
        }
    }
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
    if num_handles == 0 && options == 0 && num_bytes as usize <= MESSAGE_INLINE_BYTES {
        // SAFETY: the caller promises that the bytes are good.
        let small = unsafe { caller::list(bytes, num_bytes as usize) };
        if small.is_ok_and(|bytes| channel::small::write(handle, bytes).is_some()) {
            return ZX_OK;
        }
    }
    let request = Request { handle, options, bytes, num_bytes };
    // SAFETY: the caller promises that the list is good.
    let handles = match unsafe { caller::list(handles, num_handles as usize) } {
        Ok(handles) => handles,
        Err(status) => return status,
    };
    // SAFETY: the caller promises that the bytes are good.
    status(unsafe { write(&request, handles) })
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
    let request = Request { handle, options, bytes, num_bytes };
    // SAFETY: the caller promises that the list is good.
    let handles = match unsafe { caller::list_mut(handles, num_handles as usize) } {
        Ok(handles) => handles,
        Err(status) => return status,
    };
    // SAFETY: the caller promises that the bytes are good.
    status(unsafe { write(&request, handles) })
}

/// Writes with either kind of handles.
///
/// # Safety
///
/// As for [`Request::with_payload`].
unsafe fn write(request: &Request, mut handles: impl Sendable) -> Result<(), zx_status_t> {
    // Without handles the message goes in one step.
    let begin = |channel, payload: &Payload<'_>| match handles.count() {
        0 => channel::write(channel, payload).map(|()| None),
        _ => channel::prepare(channel, payload).map(|prepared| Some((channel, prepared))),
    };
    // SAFETY: the caller's promise.
    let begun = unsafe { request.with_payload(handles.count(), ZX_RIGHT_WRITE, begin) };
    let Some((channel, prepared)) = handles.close_unless_begun(begun)? else { return Ok(()) };
    let (prepared, chain, gathered) = gather(channel, prepared, &mut handles)?;
    prepared.send(channel, chain, gathered.count).map_err(|unsent| gathered.unsent(unsent))
}
