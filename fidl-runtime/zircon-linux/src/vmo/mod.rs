//! Memory objects (VMOs): a file in memory, its size, and who uses it.
//!
//! Bytes are read and written by the system's `pread` and `pwrite`, never through a mapping: whoever else holds the
//! memory may change or cut it at any time, and that is an error code here and not a fault.
//!
//! The object stays while a handle leads to it or it has users: calls that work on the file without the lock, and
//! mappings (see the module `vmar`).

#![allow(unsafe_code)]

mod child;
mod content;

pub(crate) use child::create_child;
pub(crate) use content::{operate, read, set_size, set_stream_size, write};

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use crate::abi::types::*;
use crate::handle_table::{self, Handle};
use crate::name::Name;
use crate::object::{self, Body, Locked};
use crate::pool::Lease;
use crate::sys;

use child::Parent;

/// The body of a memory object.
pub(crate) struct Vmo {
    memory: OwnedFd,
    resizable: bool,
    /// It began as a copy of its parent.
    copied: bool,
    /// Where in the file it begins; not 0 only for slices.
    start: u64,
    /// Its bytes: whole pages.
    size: u64,
    /// How many of them the user counts as content.
    stream_size: u64,
    parent: Option<Parent>,
    children: u32,
    mappings: u32,
    /// Who needs the object beside its handles.
    users: u32,
    pub(crate) name: Option<Lease<Name>>,
}

/// The largest size in bytes.
fn largest() -> u64 {
    i64::MAX as u64 & !(sys::page_bytes() - 1)
}

/// Whole pages for this many bytes.
pub(crate) fn round_up(bytes: u64) -> Result<u64, zx_status_t> {
    let last = sys::page_bytes() - 1;
    let rounded = bytes.checked_add(last).ok_or(ZX_ERR_OUT_OF_RANGE)? & !last;
    if rounded > largest() { Err(ZX_ERR_OUT_OF_RANGE) } else { Ok(rounded) }
}

/// Makes a memory object of zeroes.
pub(crate) fn create(size: u64, options: u32) -> Result<zx_handle_t, zx_status_t> {
    const KNOWN: u32 = ZX_VMO_RESIZABLE | ZX_VMO_DISCARDABLE | ZX_VMO_UNBOUNDED;
    const NEVER: u32 = ZX_VMO_RESIZABLE | ZX_VMO_UNBOUNDED;
    if options & !KNOWN != 0 || options & NEVER == NEVER {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    if options & ZX_VMO_DISCARDABLE != 0 {
        return Err(ZX_ERR_NOT_SUPPORTED);
    }
    let unbounded = options & ZX_VMO_UNBOUNDED != 0;
    let rounded = if unbounded { largest() } else { round_up(size)? };
    let resizable = options & ZX_VMO_RESIZABLE != 0;
    let memory = sys::memory_file(rounded, resizable).map_err(status)?;
    let vmo = Vmo { stream_size: size.min(rounded), ..Vmo::new(memory, 0, rounded, resizable) };
    open(vmo, ZX_DEFAULT_VMO_RIGHTS | if resizable { ZX_RIGHT_RESIZE } else { 0 })
}

/// Makes an object and a handle to it.
fn open(vmo: Vmo, rights: zx_rights_t) -> Result<zx_handle_t, zx_status_t> {
    let [handle] = object::create_open(Body::Vmo(vmo), ZX_VMO_ZERO_CHILDREN, ZX_OBJ_TYPE_VMO, rights)?;
    Ok(handle)
}

/// The status for an error number of the calls on memory.
pub(crate) fn status(error: i32) -> zx_status_t {
    match error {
        libc::EFAULT | libc::EINVAL => ZX_ERR_INVALID_ARGS,
        libc::EFBIG | libc::ENODATA | libc::EOVERFLOW => ZX_ERR_OUT_OF_RANGE,
        libc::EPERM | libc::EACCES => ZX_ERR_ACCESS_DENIED,
        libc::EMFILE | libc::ENFILE => ZX_ERR_NO_RESOURCES,
        libc::ENOMEM | libc::ENOSPC | libc::EDQUOT => ZX_ERR_NO_MEMORY,
        _ => ZX_ERR_IO,
    }
}

impl Vmo {
    /// An object of the part of a file that begins at `start`, all of it content.
    pub(crate) fn new(memory: OwnedFd, start: u64, size: u64, resizable: bool) -> Vmo {
        Vmo {
            memory,
            resizable,
            copied: false,
            start,
            size,
            stream_size: size,
            parent: None,
            children: 0,
            mappings: 0,
            users: 0,
            name: None,
        }
    }

    /// The size and the stream size.
    pub(crate) fn sizes(&self) -> (u64, u64) {
        (self.size, self.stream_size)
    }

    /// Whether anything but handles needs the object.
    pub(crate) fn is_used(&self) -> bool {
        self.users > 0
    }

    /// Where in the file a range begins, if all of it is within the object.
    fn within(&self, offset: u64, bytes: u64) -> Result<u64, zx_status_t> {
        let end = offset.checked_add(bytes).ok_or(ZX_ERR_OUT_OF_RANGE)?;
        if end > self.size { Err(ZX_ERR_OUT_OF_RANGE) } else { Ok(self.start + offset) }
    }

    /// Where in the file a range begins that may be mapped.
    pub(crate) fn mappable(&self, offset: u64, bytes: u64, options: u32) -> Result<u64, zx_status_t> {
        let faults = options & ZX_VM_ALLOW_FAULTS != 0;
        if self.resizable && (!faults || options & ZX_VM_REQUIRE_NON_RESIZABLE != 0) {
            return Err(ZX_ERR_NOT_SUPPORTED);
        }
        match self.within(offset, bytes) {
            Err(_) if offset.checked_add(bytes).is_none() => Err(ZX_ERR_OUT_OF_RANGE),
            // A slice is not mapped beyond its end, where the file may go on.
            Err(_) if !faults || self.is_slice() => Err(ZX_ERR_BUFFER_TOO_SMALL),
            _ => Ok(self.start + offset),
        }
    }

    /// Whether it shares its memory with a parent.
    fn is_slice(&self) -> bool {
        self.parent.is_some() && !self.copied
    }

    /// What `ZX_INFO_VMO` tells.
    pub(crate) fn info(&self, koid: zx_koid_t, rights: zx_rights_t) -> zx_info_vmo_t {
        let committed = sys::committed(self.memory.as_fd());
        let resizable = if self.resizable { ZX_INFO_VMO_RESIZABLE } else { 0 };
        let copied = if self.copied { ZX_INFO_VMO_IS_COW_CLONE } else { 0 };
        zx_info_vmo_t {
            koid,
            name: self.name.as_ref().map_or([0; ZX_MAX_NAME_LEN], |name| name.bytes),
            size_bytes: self.size,
            parent_koid: self.parent.as_ref().map_or(0, |parent| parent.koid),
            num_children: self.children as usize,
            num_mappings: self.mappings as usize,
            share_count: usize::from(self.mappings > 0),
            flags: ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_HANDLE | resizable | copied,
            committed_bytes: committed,
            handle_rights: rights,
            populated_bytes: committed,
            committed_private_bytes: committed,
            populated_private_bytes: committed,
            committed_scaled_bytes: committed,
            populated_scaled_bytes: committed,
            ..zx_info_vmo_t::default()
        }
    }
}

/// Locks the object of a handle to memory with these rights, and calls `work` with it.
pub(crate) fn with<R>(
    handle: Handle,
    work: impl FnOnce(&mut Vmo) -> Result<R, zx_status_t>,
) -> Result<R, zx_status_t> {
    let mut object = handle.lock()?;
    match &mut object.body {
        Body::Vmo(vmo) => work(vmo),
        _ => Err(ZX_ERR_BAD_HANDLE),
    }
}

/// Finds the handle to memory with this number, if it has these rights.
pub(crate) fn look(vmo: zx_handle_t, rights: zx_rights_t) -> Result<Handle, zx_status_t> {
    handle_table::look(vmo)?.check(ZX_OBJ_TYPE_VMO, rights)
}

/// A memory object that stays while this lives, though its lock is not held and its handles may be closed.
pub(crate) struct Pinned {
    object: u32,
    memory: RawFd,
}

impl Pinned {
    /// Counts in as a user, as [`Pinned::drop`] counts out.
    pub(crate) fn new(object: u32, vmo: &mut Vmo) -> Pinned {
        vmo.users += 1;
        Pinned { object, memory: vmo.memory.as_raw_fd() }
    }

    /// The file.
    pub(crate) fn memory(&self) -> BorrowedFd<'_> {
        // SAFETY: the object has the descriptor open until it is destroyed, which its users delay.
        unsafe { BorrowedFd::borrow_raw(self.memory) }
    }

    /// The object, for [`unmapped`].
    pub(crate) fn object(&self) -> u32 {
        self.object
    }

    /// Becomes the count of a mapping.
    pub(crate) fn into_mapping(self) {
        if let Body::Vmo(vmo) = &mut object::lock(self.object).body {
            vmo.mappings += 1;
        }
        core::mem::forget(self);
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        let_go(object::lock(self.object), self.object);
    }
}

/// A further mapping of the object, split off one that exists.
pub(crate) fn mapped_again(index: u32) {
    if let Body::Vmo(vmo) = &mut object::lock(index).body {
        vmo.mappings += 1;
        vmo.users += 1;
    }
}

/// A mapping of the object is gone.
pub(crate) fn unmapped(index: u32) {
    let mut object = object::lock(index);
    if let Body::Vmo(vmo) = &mut object.body {
        vmo.mappings -= 1;
    }
    let_go(object, index);
}

/// A user is gone. The last one after the last handle ends the object.
fn let_go(mut object: Locked, index: u32) {
    let unopened = object.ends[0].handles == 0;
    let Body::Vmo(vmo) = &mut object.body else { return };
    vmo.users -= 1;
    if unopened && vmo.users == 0 {
        drop(object);
        object::destroy(index);
    }
}
