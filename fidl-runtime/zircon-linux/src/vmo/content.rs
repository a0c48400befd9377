//! What is in a memory object: reading, writing, sizes, and operations on ranges.

use core::mem::MaybeUninit;
use std::os::fd::AsFd;

use super::{Pinned, Vmo, look, round_up, status, with};
use crate::abi::types::*;
use crate::handle_table::Handle;
use crate::sys;

/// Finds a range of the object and keeps the object for the time of the work on it.
fn pin_range(handle: Handle, offset: u64, bytes: u64) -> Result<(Pinned, u64), zx_status_t> {
    with(handle, |vmo| {
        let start = vmo.within(offset, bytes)?;
        Ok((Pinned::new(handle.object, vmo), start))
    })
}

/// Reads all of a range.
pub(crate) fn read(handle: Handle, places: &mut [MaybeUninit<u8>], offset: u64) -> Result<(), zx_status_t> {
    let (pinned, start) = pin_range(handle, offset, places.len() as u64)?;
    sys::read_at(pinned.memory(), places, start).map_err(status)
}

/// Writes all of a range.
pub(crate) fn write(handle: Handle, bytes: &[u8], offset: u64) -> Result<(), zx_status_t> {
    let (pinned, start) = pin_range(handle, offset, bytes.len() as u64)?;
    sys::write_at(pinned.memory(), bytes, start).map_err(status)
}

/// Changes the size: what is beyond the new one is gone, and zero if it comes back.
pub(crate) fn set_size(vmo: zx_handle_t, size: u64) -> Result<(), zx_status_t> {
    let handle = look(vmo, ZX_RIGHT_WRITE)?;
    with(handle, |vmo| {
        if !vmo.resizable {
            return Err(ZX_ERR_UNAVAILABLE);
        }
        handle.allows(ZX_RIGHT_RESIZE)?;
        let rounded = round_up(size)?;
        sys::resize(vmo.memory.as_fd(), rounded).map_err(status)?;
        vmo.size = rounded;
        clear(vmo, size, rounded)?;
        vmo.stream_size = size;
        Ok(())
    })
}

/// Changes how much counts as content. From the smaller of the old and the new value on, all is zero.
pub(crate) fn set_stream_size(handle: Handle, size: u64) -> Result<(), zx_status_t> {
    with(handle, |vmo| {
        if size > vmo.size {
            return Err(ZX_ERR_OUT_OF_RANGE);
        }
        if size != vmo.stream_size {
            clear(vmo, size.min(vmo.stream_size), vmo.size)?;
            vmo.stream_size = size;
        }
        Ok(())
    })
}

/// Makes a range zero that is known to be within the object.
fn clear(vmo: &Vmo, from: u64, to: u64) -> Result<(), zx_status_t> {
    sys::clear(vmo.memory.as_fd(), vmo.start + from, to - from).map_err(status)
}

/// An operation on a range. Caches are the processor's business on Linux, and so nothing is to be done for them.
pub(crate) fn operate(vmo: zx_handle_t, op: u32, offset: u64, bytes: u64) -> Result<(), zx_status_t> {
    let rights = match op {
        ZX_VMO_OP_COMMIT | ZX_VMO_OP_DECOMMIT | ZX_VMO_OP_ZERO | ZX_VMO_OP_CACHE_INVALIDATE => ZX_RIGHT_WRITE,
        ZX_VMO_OP_CACHE_SYNC
        | ZX_VMO_OP_CACHE_CLEAN
        | ZX_VMO_OP_CACHE_CLEAN_INVALIDATE
        | ZX_VMO_OP_PREFETCH => ZX_RIGHT_READ,
        _ => 0,
    };
    let handle = look(vmo, rights)?;
    match op {
        ZX_VMO_OP_LOCK | ZX_VMO_OP_UNLOCK | ZX_VMO_OP_TRY_LOCK => {
            return if handle.rights & (ZX_RIGHT_READ | ZX_RIGHT_WRITE) == 0 {
                Err(ZX_ERR_ACCESS_DENIED)
            } else {
                // Only discardable memory can be locked, and there is none.
                Err(ZX_ERR_NOT_SUPPORTED)
            };
        }
        ZX_VMO_OP_COMMIT..=ZX_VMO_OP_DECOMMIT | ZX_VMO_OP_CACHE_SYNC..=ZX_VMO_OP_PREFETCH => {}
        _ => return Err(ZX_ERR_INVALID_ARGS),
    }
    let (pinned, start) = pin_range(handle, offset, bytes)?;
    match op {
        ZX_VMO_OP_COMMIT => sys::commit(pinned.memory(), start, bytes).map_err(status),
        ZX_VMO_OP_DECOMMIT if !is_whole_pages(offset, bytes) => Err(ZX_ERR_INVALID_ARGS),
        ZX_VMO_OP_DECOMMIT | ZX_VMO_OP_ZERO => sys::clear(pinned.memory(), start, bytes).map_err(status),
        _ => Ok(()),
    }
}

fn is_whole_pages(offset: u64, bytes: u64) -> bool {
    (offset | bytes) & (sys::page_bytes() - 1) == 0
}
