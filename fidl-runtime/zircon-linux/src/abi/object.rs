//! Calls on objects of any type: waits, signals, information.

use super::caller;
use super::status;
use super::types::*;
use crate::blocking;
use crate::handle_table::{self, Handle};
use crate::object::Body;
use crate::port;
use crate::signals::{self, CALL_ENDED};

/// Waits until the object has one of the signals, its handle is closed, or the deadline.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_object_wait_one(
    handle: zx_handle_t,
    signals: zx_signals_t,
    deadline: zx_time_t,
    observed: *mut zx_signals_t,
) -> zx_status_t {
    let (result, pending) = blocking::wait_one(handle, signals, deadline);
    if let Some(pending) = pending {
        // SAFETY: the caller promises that the place is good, where it is not null.
        unsafe { caller::put_if_wanted(observed, pending & !CALL_ENDED) };
    }
    status(result)
}

/// Waits until one of the objects has one of its signals, a handle is closed, or the deadline.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_object_wait_many(
    items: *mut zx_wait_item_t,
    num_items: usize,
    deadline: zx_time_t,
) -> zx_status_t {
    if num_items > ZX_WAIT_MANY_MAX_ITEMS {
        return ZX_ERR_OUT_OF_RANGE;
    }
    // SAFETY: the caller promises that the list is good, where it is not null or misaligned.
    match unsafe { caller::list_mut(items, num_items) } {
        Ok(items) => {
            let (result, _) = blocking::wait_many(items, deadline);
            items.iter_mut().for_each(|item| item.pending &= !CALL_ENDED);
            status(result)
        }
        Err(status) => status,
    }
}

/// Asks a port to be told when the object has one of the signals.
#[unsafe(no_mangle)]
pub extern "C" fn zx_object_wait_async(
    handle: zx_handle_t,
    port: zx_handle_t,
    key: u64,
    signals: zx_signals_t,
    options: u32,
) -> zx_status_t {
    const STAMPS: u32 = ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP;
    if options & !(STAMPS | ZX_WAIT_ASYNC_EDGE) != 0 || options & STAMPS == STAMPS {
        return ZX_ERR_INVALID_ARGS;
    }
    status(port::wait_async(handle, port, key, signals, options))
}

/// Passes if a user may change these signals of the object.
fn settable(handle: Handle, mask: zx_signals_t, also: &[zx_obj_type_t]) -> Result<(), zx_status_t> {
    let also = if also.contains(&handle.kind) { ZX_EVENT_SIGNALED } else { 0 };
    if mask & !(ZX_USER_SIGNAL_ALL | also) == 0 { Ok(()) } else { Err(ZX_ERR_INVALID_ARGS) }
}

/// Clears, then sets signals of the object, as one change.
#[unsafe(no_mangle)]
pub extern "C" fn zx_object_signal(handle: zx_handle_t, clear_mask: u32, set_mask: u32) -> zx_status_t {
    let signal = || {
        let handle = handle_table::look(handle)?.allows(ZX_RIGHT_SIGNAL)?;
        settable(handle, clear_mask | set_mask, &[ZX_OBJ_TYPE_EVENT, ZX_OBJ_TYPE_EVENTPAIR])?;
        let mut object = handle.lock()?;
        let object = &mut *object;
        let end = &mut object.ends[handle.end];
        match &mut object.body {
            Body::Link(link) => return link.signal(end, false, clear_mask, set_mask),
            Body::Beacon(beacon) => beacon.signal(&mut object.ends, handle.end, clear_mask, set_mask),
            Body::Pipe(pipe) => {
                return pipe.signal(&mut object.ends, handle.end, false, clear_mask, set_mask);
            }
            _ => signals::update(end, clear_mask, set_mask),
        }
        Ok(())
    };
    status(signal())
}

/// Clears, then sets signals of the object's peer, as one change.
#[unsafe(no_mangle)]
pub extern "C" fn zx_object_signal_peer(handle: zx_handle_t, clear_mask: u32, set_mask: u32) -> zx_status_t {
    let signal = || {
        let handle = handle_table::look(handle)?.allows(ZX_RIGHT_SIGNAL_PEER)?;
        settable(handle, clear_mask | set_mask, &[ZX_OBJ_TYPE_EVENTPAIR])?;
        let mut object = handle.lock()?;
        let object = &mut *object;
        match &mut object.body {
            Body::Link(link) => return link.signal(&mut object.ends[handle.end], true, clear_mask, set_mask),
            Body::Beacon(beacon) if beacon.peer_is_gone(handle.end) => return Err(ZX_ERR_PEER_CLOSED),
            Body::Beacon(beacon) => {
                beacon.signal(&mut object.ends, 1 - handle.end, clear_mask, set_mask);
                return Ok(());
            }
            Body::Pipe(pipe) => {
                return pipe.signal(&mut object.ends, handle.end, true, clear_mask, set_mask);
            }
            Body::Listener(_) => return Err(ZX_ERR_NOT_SUPPORTED),
            Body::Moving => return Err(ZX_ERR_SHOULD_WAIT),
            _ => {}
        }
        let peer = &mut object.ends[1 - handle.end];
        if peer.handles == 0 {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        signals::update(peer, clear_mask, set_mask);
        Ok(())
    };
    status(signal())
}
