//! What the cases ask of the kernel besides what the runtime does: what a handle stands for, and handles with fewer rights.
#![allow(unsafe_code)]

use fidl::kernel::{AsHandleRef, Handle, HandleBased, Status};
use fidl::wire::SAME_RIGHTS;

/// `zx_info_handle_basic_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Basic {
    /// The object's number, which no other has.
    pub(crate) koid: u64,
    pub(crate) rights: u32,
    pub(crate) object_type: u32,
    related_koid: u64,
    reserved: [u32; 2],
}

/// `ZX_INFO_HANDLE_BASIC`.
const HANDLE_BASIC: u32 = 2;

/// `ZX_INFO_HANDLE_COUNT`.
const HANDLE_COUNT: u32 = 19;

unsafe extern "C" {
    fn zx_handle_duplicate(handle: u32, rights: u32, out: *mut u32) -> i32;

    fn zx_handle_replace(handle: u32, rights: u32, out: *mut u32) -> i32;

    fn zx_object_get_info(
        handle: u32,
        topic: u32,
        buffer: *mut u8,
        size: usize,
        actual: *mut usize,
        available: *mut usize,
    ) -> i32;
}

fn info<T: Copy>(handle: u32, topic: u32, mut record: T) -> Result<T, Status> {
    let buffer = (&raw mut record).cast::<u8>();
    // SAFETY: the buffer is a record of numbers, good for a write of its size; the counts are not asked for.
    let status = unsafe {
        zx_object_get_info(
            handle,
            topic,
            buffer,
            size_of::<T>(),
            core::ptr::null_mut(),
            core::ptr::null_mut(),
        )
    };
    Status::ok(status).map(|()| record)
}

/// What a handle stands for.
pub(crate) fn basic(handle: u32) -> Result<Basic, Status> {
    info(handle, HANDLE_BASIC, Basic::default())
}

/// How many handles there are to the object of this one.
pub(crate) fn handle_count(handle: &Handle) -> Result<u32, Status> {
    info(handle.raw_handle(), HANDLE_COUNT, 0)
}

/// Another handle to the same object, with the same rights.
pub(crate) fn duplicate(handle: &impl AsHandleRef) -> Result<Handle, Status> {
    let mut other = 0;
    // SAFETY: the place is good for a write of a handle.
    let status = unsafe { zx_handle_duplicate(handle.raw_handle(), SAME_RIGHTS, &raw mut other) };
    // SAFETY: the new handle belongs to nobody else.
    Status::ok(status).map(|()| unsafe { Handle::from_raw(other) })
}

/// The same handle with these rights alone; it must have them.
pub(crate) fn with_rights(handle: Handle, rights: u32) -> Result<Handle, Status> {
    let mut replaced = 0;
    // SAFETY: the place is good for a write of a handle. The call ends the other in any case.
    let status = unsafe { zx_handle_replace(handle.into_raw(), rights, &raw mut replaced) };
    // SAFETY: the new handle belongs to nobody else.
    Status::ok(status).map(|()| unsafe { Handle::from_raw(replaced) })
}
