//! Calls on handles of any type.

use super::caller;
use super::status;
use super::types::*;
use crate::handle_table;
use crate::object;

/// Closes a handle. 0 is no error.
#[unsafe(no_mangle)]
pub extern "C" fn zx_handle_close(handle: zx_handle_t) -> zx_status_t {
    match handle {
        ZX_HANDLE_INVALID => ZX_OK,
        handle => status(object::close(handle)),
    }
}

/// Closes all handles of a list. Entries of 0 are skipped; a bad one does not keep the others from being closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_handle_close_many(
    handles: *const zx_handle_t,
    num_handles: usize,
) -> zx_status_t {
    // SAFETY: the caller promises that the list is good, where it is not null or misaligned.
    let handles = match unsafe { caller::list(handles, num_handles) } {
        Ok(handles) => handles,
        Err(status) => return status,
    };
    // Not `all`, which would stop at the first bad one.
    handles.iter().map(|handle| zx_handle_close(*handle)).fold(ZX_OK, |first, next| first.min(next))
}

/// Makes another handle to the same object, with the same or fewer rights.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_handle_duplicate(
    handle: zx_handle_t,
    rights: zx_rights_t,
    out: *mut zx_handle_t,
) -> zx_status_t {
    let duplicate = || {
        caller::writable(out)?;
        let handle = handle_table::look(handle)?.allows(ZX_RIGHT_DUPLICATE)?;
        let entry = object::duplicate(handle, handle.subset(rights)?)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out, handle_table::publish(entry)) }
    };
    status(duplicate())
}

/// Gives a handle a new number and the same or fewer rights. If the rights are refused the handle is closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_handle_replace(
    handle: zx_handle_t,
    rights: zx_rights_t,
    out: *mut zx_handle_t,
) -> zx_status_t {
    let replace = || {
        caller::writable(out)?;
        let handle = handle_table::look(handle)?;
        match handle.subset(rights) {
            // SAFETY: the caller promises that the place is good.
            Ok(rights) => unsafe { caller::put(out, object::replace(handle, rights)?) },
            Err(status) => object::close_handle(handle).and(Err(status)),
        }
    };
    status(replace())
}

/// Says whether a number is a handle: `ZX_ERR_INVALID_ARGS` for 0, `ZX_ERR_OUT_OF_RANGE` for a number that no handle
/// has, `ZX_ERR_NOT_FOUND` for one that is none now.
#[unsafe(no_mangle)]
pub extern "C" fn zx_handle_check_valid(handle: zx_handle_t) -> zx_status_t {
    match handle {
        ZX_HANDLE_INVALID => ZX_ERR_INVALID_ARGS,
        _ if handle & ZX_HANDLE_FIXED_BITS_MASK != ZX_HANDLE_FIXED_BITS_MASK => ZX_ERR_OUT_OF_RANGE,
        _ => status(handle_table::look(handle).map(drop).map_err(|_| ZX_ERR_NOT_FOUND)),
    }
}
