//! Calls on memory objects, and their mappings.

use super::caller;
use super::status;
use super::types::*;
use crate::vmar;
use crate::vmo;

/// Makes a memory object of zeroes. The size is rounded up to whole pages.
///
/// Differs: discardable memory is `ZX_ERR_NOT_SUPPORTED`. Each memory object takes one descriptor of the process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_vmo_create(size: u64, options: u32, out: *mut zx_handle_t) -> zx_status_t {
    let create = || {
        caller::writable(out)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out, vmo::create(size, options)?) }
    };
    status(create())
}

/// Reads bytes. All of the range must be within the object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_vmo_read(
    handle: zx_handle_t,
    buffer: *mut u8,
    offset: u64,
    buffer_size: usize,
) -> zx_status_t {
    let read = || {
        let handle = vmo::look(handle, ZX_RIGHT_READ)?;
        // SAFETY: the caller promises that the buffer is good.
        vmo::read(handle, unsafe { caller::places(buffer, buffer_size) }?, offset)
    };
    status(read())
}

/// Writes bytes. All of the range must be within the object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_vmo_write(
    handle: zx_handle_t,
    buffer: *const u8,
    offset: u64,
    buffer_size: usize,
) -> zx_status_t {
    let write = || {
        let handle = vmo::look(handle, ZX_RIGHT_WRITE)?;
        // SAFETY: the caller promises that the buffer is good.
        vmo::write(handle, unsafe { caller::list(buffer, buffer_size) }?, offset)
    };
    status(write())
}

/// The size in bytes: whole pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_vmo_get_size(handle: zx_handle_t, size: *mut u64) -> zx_status_t {
    let get = || {
        let handle = vmo::look(handle, 0)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(size, vmo::with(handle, |vmo| Ok(vmo.sizes().0))?) }
    };
    status(get())
}

/// Changes the size of a resizable object.
#[unsafe(no_mangle)]
pub extern "C" fn zx_vmo_set_size(handle: zx_handle_t, size: u64) -> zx_status_t {
    status(vmo::set_size(handle, size))
}

/// How many bytes count as content.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_vmo_get_stream_size(handle: zx_handle_t, size: *mut u64) -> zx_status_t {
    let get = || {
        let handle = vmo::look(handle, 0)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(size, vmo::with(handle, |vmo| Ok(vmo.sizes().1))?) }
    };
    status(get())
}

/// Changes how many bytes count as content.
#[unsafe(no_mangle)]
pub extern "C" fn zx_vmo_set_stream_size(handle: zx_handle_t, size: u64) -> zx_status_t {
    status(vmo::look(handle, ZX_RIGHT_WRITE).and_then(|handle| vmo::set_stream_size(handle, size)))
}

/// Operates on a range: gives it memory, takes it away, makes it zero.
///
/// Differs: operations on caches and hints check their arguments and do nothing more. Locking is
/// `ZX_ERR_NOT_SUPPORTED`, because no memory is discardable.
#[unsafe(no_mangle)]
pub extern "C" fn zx_vmo_op_range(
    handle: zx_handle_t,
    op: u32,
    offset: u64,
    size: u64,
    _buffer: *mut u8,
    _buffer_size: usize,
) -> zx_status_t {
    status(vmo::operate(handle, op, offset, size))
}

/// Makes a memory object from a part of another.
///
/// Differs: a snapshot is copied at once, and what another thread writes during the call may be in it or not. A slice
/// or a reference of resizable memory is `ZX_ERR_NOT_SUPPORTED`. ZERO_CHILDREN comes back with the last handle and
/// mapping of the last child, also when children of that child still share its memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_vmo_create_child(
    handle: zx_handle_t,
    options: u32,
    offset: u64,
    size: u64,
    out: *mut zx_handle_t,
) -> zx_status_t {
    let create = || {
        caller::writable(out)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out, vmo::create_child(handle, options, offset, size)?) }
    };
    status(create())
}

/// The handle to the root region of the address space. It is borrowed: closing it leaves the process without one.
#[unsafe(no_mangle)]
pub extern "C" fn zx_vmar_root_self() -> zx_handle_t {
    vmar::root()
}

/// Maps memory into the address space. `len` is rounded up to whole pages.
///
/// Differs: only the root region exists; `ZX_VM_SPECIFIC_OVERWRITE`, `ZX_VM_OFFSET_IS_UPPER_LIMIT`,
/// `ZX_VM_FAULT_BEYOND_STREAM_SIZE` and alignments are `ZX_ERR_NOT_SUPPORTED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_vmar_map(
    handle: zx_handle_t,
    options: u32,
    vmar_offset: usize,
    vmo: zx_handle_t,
    vmo_offset: u64,
    len: usize,
    mapped_addr: *mut usize,
) -> zx_status_t {
    let map = || {
        caller::writable(mapped_addr)?;
        let address = vmar::map(handle, options, vmar_offset, vmo, vmo_offset, len)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(mapped_addr, address) }
    };
    status(map())
}

/// Unmaps what [`zx_vmar_map`] mapped in this range.
///
/// Differs: other memory of the process is not touched, and a range without a mapping of that call is
/// `ZX_ERR_NOT_FOUND`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_vmar_unmap(handle: zx_handle_t, addr: usize, len: usize) -> zx_status_t {
    // SAFETY: the caller promises that the memory is not used any more.
    status(unsafe { vmar::unmap(handle, addr, len) })
}
