//! Calls on fifos.

use super::caller;
use super::status;
use super::types::*;
use crate::fifo;

/// Makes a fifo of this many elements in each direction.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_fifo_create(
    elem_count: usize,
    elem_size: usize,
    options: u32,
    out0: *mut zx_handle_t,
    out1: *mut zx_handle_t,
) -> zx_status_t {
    let create = || {
        caller::writable(out0)?;
        caller::writable(out1)?;
        let [end0, end1] = fifo::create(elem_count, elem_size, options)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out0, end0) }?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out1, end1) }
    };
    status(create())
}

/// Writes as many elements as fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_fifo_write(
    handle: zx_handle_t,
    elem_size: usize,
    data: *const u8,
    count: usize,
    actual_count: *mut usize,
) -> zx_status_t {
    let write = || {
        let handle = fifo::look(handle, ZX_RIGHT_WRITE)?;
        // SAFETY: the caller promises that the elements are good.
        let written = fifo::write(handle, elem_size, count, |bytes| unsafe { caller::list(data, bytes) })?;
        // SAFETY: the caller promises that the place is good, where it is not null.
        unsafe { caller::put_if_wanted(actual_count, written) };
        Ok(())
    };
    status(write())
}

/// Reads as many elements as there are, up to `count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_fifo_read(
    handle: zx_handle_t,
    elem_size: usize,
    data: *mut u8,
    count: usize,
    actual_count: *mut usize,
) -> zx_status_t {
    let read = || {
        let handle = fifo::look(handle, ZX_RIGHT_READ)?;
        // SAFETY: the caller promises that the places are good.
        let taken = fifo::read(handle, elem_size, count, |bytes| unsafe { caller::places(data, bytes) })?;
        // SAFETY: the caller promises that the place is good, where it is not null.
        unsafe { caller::put_if_wanted(actual_count, taken) };
        Ok(())
    };
    status(read())
}
