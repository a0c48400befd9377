//! Calls over channels: a request, and the reply that belongs to it.

use super::caller;
use super::send::{Request, Sendable, gather};
use super::status;
use super::types::*;
use crate::blocking;
use crate::channel::{self, HandlePlaces, Outcome};

/// Writes a request under a transaction id of its own, and waits for the reply that has the same id.
///
/// Differs: while the channel has no room for the request the call waits, up to its deadline; then it is
/// `ZX_ERR_TIMED_OUT`, the handles are gone, and nothing was sent. Through a handle without `ZX_RIGHT_WAIT` it does not
/// wait, but is `ZX_ERR_SHOULD_WAIT`, and nothing has happened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_channel_call(
    handle: zx_handle_t,
    options: u32,
    deadline: zx_time_t,
    args: *const zx_channel_call_args_t,
    actual_bytes: *mut u32,
    actual_handles: *mut u32,
) -> zx_status_t {
    let call = || {
        // SAFETY: the caller promises that the place is good.
        let args = unsafe { caller::get(args) }?;
        let request = Request { handle, options, bytes: args.wr_bytes, num_bytes: args.wr_num_bytes };
        // SAFETY: the caller promises that its lists are good.
        let handles = unsafe { caller::list(args.wr_handles, args.wr_num_handles as usize) }?;
        let reply = Reply {
            bytes: args.rd_bytes,
            num_bytes: args.rd_num_bytes,
            // SAFETY: the caller promises that its places are good.
            handles: unsafe { caller::places(args.rd_handles, args.rd_num_handles as usize) },
            actual_bytes,
            actual_handles,
        };
        // SAFETY: the caller promises that its lists and places are good.
        unsafe { call(&request, handles, reply, deadline) }
    };
    status(call())
}

/// A call whose handles may be duplicates or lose rights, and come with their types and rights. Otherwise as
/// [`zx_channel_call`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_channel_call_etc(
    handle: zx_handle_t,
    options: u32,
    deadline: zx_time_t,
    args: *mut zx_channel_call_etc_args_t,
    actual_bytes: *mut u32,
    actual_handles: *mut u32,
) -> zx_status_t {
    let call = || {
        // SAFETY: the caller promises that the place is good.
        let args = unsafe { caller::get(args) }?;
        let request = Request { handle, options, bytes: args.wr_bytes, num_bytes: args.wr_num_bytes };
        // SAFETY: the caller promises that its lists are good.
        let handles = unsafe { caller::list_mut(args.wr_handles, args.wr_num_handles as usize) }?;
        let reply = Reply {
            bytes: args.rd_bytes,
            num_bytes: args.rd_num_bytes,
            // SAFETY: the caller promises that its places are good.
            handles: unsafe { caller::places(args.rd_handles, args.rd_num_handles as usize) },
            actual_bytes,
            actual_handles,
        };
        // SAFETY: the caller promises that its lists and places are good.
        unsafe { call(&request, handles, reply, deadline) }
    };
    status(call())
}

/// Where the reply goes.
struct Reply<P> {
    bytes: *mut u8,
    num_bytes: u32,
    handles: Result<P, zx_status_t>,
    actual_bytes: *mut u32,
    actual_handles: *mut u32,
}

/// Calls with either kind of handles.
///
/// # Safety
///
/// As for [`Request::with_payload`], and the places are null, misaligned, or good for writes, and do not overlap.
unsafe fn call<P: HandlePlaces>(
    request: &Request,
    mut handles: impl Sendable,
    reply: Reply<P>,
    deadline: zx_time_t,
) -> Result<(), zx_status_t> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { caller::places(reply.bytes, reply.num_bytes as usize) };
    let places = bytes.and_then(|bytes| {
        caller::writable(reply.actual_bytes)?;
        caller::writable(reply.actual_handles)?;
        Ok((bytes, reply.handles?))
    });
    let (bytes, mut places) = handles.close_unless_begun(places)?;
    let message = loop {
        const RIGHTS: zx_rights_t = ZX_RIGHT_READ | ZX_RIGHT_WRITE;
        // SAFETY: the caller's promise.
        let begun = unsafe {
            request.with_payload(handles.count(), RIGHTS, |channel, payload| match payload.len() {
                ..4 => Err(ZX_ERR_INVALID_ARGS),
                _ => Ok((channel, channel::prepare(channel, payload)?)),
            })
        };
        let tried = handles.close_unless_begun(begun).and_then(|(channel, prepared)| {
            let (prepared, chain, gathered) = gather(channel, prepared, &mut handles)?;
            let called = prepared.call(channel, chain, gathered.count, deadline);
            called.map_err(|unsent| gathered.unsent(unsent))
        });
        match tried {
            Ok(message) => break message,
            Err(ZX_ERR_SHOULD_WAIT) => match wait_for_room(request.handle, deadline) {
                Ok(()) => {}
                Err(ZX_ERR_ACCESS_DENIED) => return Err(ZX_ERR_SHOULD_WAIT),
                Err(status) => return handles.close_unless_begun(Err(status)),
            },
            Err(status) => return Err(status),
        }
    };
    match channel::deliver_reply(message, bytes, &mut places) {
        Outcome::Message { fits: true, bytes, handles } => {
            // SAFETY: the caller's promise.
            unsafe { caller::put(reply.actual_bytes, bytes) }?;
            // SAFETY: the caller's promise.
            unsafe { caller::put(reply.actual_handles, handles) }
        }
        _ => Err(ZX_ERR_BUFFER_TOO_SMALL),
    }
}

/// Waits until a channel that refused a request may be written again.
fn wait_for_room(channel: zx_handle_t, deadline: zx_time_t) -> Result<(), zx_status_t> {
    blocking::wait_one(channel, ZX_CHANNEL_WRITABLE | ZX_CHANNEL_PEER_CLOSED, deadline).0
}
