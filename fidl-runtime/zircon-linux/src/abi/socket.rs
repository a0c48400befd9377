//! Calls on sockets.

use super::caller;
use super::status;
use super::types::*;
use crate::socket;

/// Makes a socket for a stream or for datagrams.
///
/// Differs: its buffers hold [`crate::Capacity::socket_bytes`] in each direction, in memory that all channels and
/// sockets share while both ends are in this process. A write that finds that memory full is `ZX_ERR_SHOULD_WAIT`, and
/// WRITABLE says when to go on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_socket_create(
    options: u32,
    out0: *mut zx_handle_t,
    out1: *mut zx_handle_t,
) -> zx_status_t {
    let create = || {
        caller::writable(out0)?;
        caller::writable(out1)?;
        let [end0, end1] = socket::create(options)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out0, end0) }?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out1, end1) }
    };
    status(create())
}

/// Writes bytes: of a stream as many as fit, of a datagram all or none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_socket_write(
    handle: zx_handle_t,
    options: u32,
    buffer: *const u8,
    buffer_size: usize,
    actual: *mut usize,
) -> zx_status_t {
    let write = || {
        // SAFETY: the caller promises that the buffer is good.
        let bytes = unsafe { caller::list(buffer, buffer_size) }?;
        if options != 0 {
            return Err(ZX_ERR_INVALID_ARGS);
        }
        let count = socket::write(handle, bytes)?;
        // SAFETY: the caller promises that the place is good, where it is not null.
        unsafe { caller::put_if_wanted(actual, count) };
        Ok(())
    };
    status(write())
}

/// Reads bytes, or one datagram. With [`ZX_SOCKET_PEEK`] they stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_socket_read(
    handle: zx_handle_t,
    options: u32,
    buffer: *mut u8,
    buffer_size: usize,
    actual: *mut usize,
) -> zx_status_t {
    let read = || {
        // SAFETY: the caller promises that the buffer is good.
        let places = unsafe { caller::places(buffer, buffer_size) }?;
        if options & !ZX_SOCKET_PEEK != 0 {
            return Err(ZX_ERR_INVALID_ARGS);
        }
        let count = socket::read(handle, places, options & ZX_SOCKET_PEEK != 0)?;
        // SAFETY: the caller promises that the place is good, where it is not null.
        unsafe { caller::put_if_wanted(actual, count) };
        Ok(())
    };
    status(read())
}

/// Enables or disables the writes of both ends.
///
/// Differs: for an end that is closed the disposition is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn zx_socket_set_disposition(
    handle: zx_handle_t,
    disposition: u32,
    disposition_peer: u32,
) -> zx_status_t {
    status(socket::set_disposition(handle, disposition, disposition_peer))
}
