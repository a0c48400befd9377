//! Memory objects made from others: slices and references share the memory, snapshots begin as a copy of it.
//!
//! A child knows its parent by slot and generation and tells it when it ends. A parent that ended before is another
//! generation, and not told.

use std::os::fd::AsFd;

use super::{Pinned, Vmo, look, open, round_up, status};
use crate::abi::types::*;
use crate::handle_table::Handle;
use crate::name::Name;
use crate::object::{self, Body};
use crate::pool::Lease;
use crate::signals;
use crate::sys;

/// Whom to tell when a child ends.
pub(crate) struct Parent {
    object: u32,
    generation: u32,
    pub(super) koid: zx_koid_t,
}

impl Drop for Parent {
    /// One child less. The last one sets ZERO_CHILDREN. Bodies are dropped while no lock is held, so the parent's may
    /// be taken.
    fn drop(&mut self) {
        let mut object = object::lock(self.object);
        if object.generation != self.generation {
            return;
        }
        let object = &mut *object;
        let Body::Vmo(parent) = &mut object.body else { return };
        parent.children -= 1;
        if parent.children == 0 {
            signals::update(&mut object.ends[0], 0, ZX_VMO_ZERO_CHILDREN);
        }
    }
}

const SNAPSHOTS: u32 =
    ZX_VMO_CHILD_SNAPSHOT | ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE | ZX_VMO_CHILD_SNAPSHOT_MODIFIED;
const KINDS: u32 = SNAPSHOTS | ZX_VMO_CHILD_SLICE | ZX_VMO_CHILD_REFERENCE;

/// Passes if exactly one kind of child is asked for, with options that go with it.
fn check_options(options: u32) -> Result<(), zx_status_t> {
    let (resizable, fixed) = (options & ZX_VMO_CHILD_RESIZABLE != 0, options & ZX_VMO_CHILD_NO_WRITE != 0);
    let one_kind = (options & KINDS).count_ones() == 1;
    let known = options & !(KINDS | ZX_VMO_CHILD_RESIZABLE | ZX_VMO_CHILD_NO_WRITE) == 0;
    let fits = !(resizable && (fixed || options & ZX_VMO_CHILD_SLICE != 0));
    if one_kind && known && fits { Ok(()) } else { Err(ZX_ERR_INVALID_ARGS) }
}

/// What is taken from the parent while its lock is held.
struct Origin {
    pinned: Pinned,
    /// Where in the parent's file the child begins.
    start: u64,
    /// Bytes of the parent behind the child; a snapshot may be larger.
    shared: u64,
    size: u64,
    name: Option<Lease<Name>>,
    parent: Parent,
}

/// Makes a child.
pub(crate) fn create_child(
    vmo: zx_handle_t,
    options: u32,
    offset: u64,
    size: u64,
) -> Result<zx_handle_t, zx_status_t> {
    check_options(options)?;
    let rounded = round_up(size)?;
    let handle = look(vmo, ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ)?;
    let snapshot = options & SNAPSHOTS != 0;
    let origin = count_in(handle, options, offset, rounded)?;
    let made = if snapshot { copy(&origin, options) } else { share(&origin) }?;
    let Origin { parent, name, size: rounded, .. } = origin;
    let stream_size = if options & ZX_VMO_CHILD_REFERENCE != 0 { rounded } else { size.min(rounded) };
    let child = Vmo { stream_size, parent: Some(parent), name, ..made };
    open(child, rights(handle.rights, options))
}

/// Checks the range against the parent and counts the child in.
fn count_in(handle: Handle, options: u32, offset: u64, bytes: u64) -> Result<Origin, zx_status_t> {
    let mut object = handle.lock()?;
    let object = &mut *object;
    let koid = object.koid(0);
    let Body::Vmo(vmo) = &mut object.body else { return Err(ZX_ERR_BAD_HANDLE) };
    let reference = options & ZX_VMO_CHILD_REFERENCE != 0;
    if offset & (sys::page_bytes() - 1) != 0 || reference && (offset | bytes) != 0 {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let end = offset.checked_add(bytes).ok_or(ZX_ERR_OUT_OF_RANGE)?;
    let sharing = options & SNAPSHOTS == 0;
    if sharing && (vmo.resizable || options & ZX_VMO_CHILD_RESIZABLE != 0) {
        return Err(ZX_ERR_NOT_SUPPORTED);
    }
    if sharing && end > vmo.size {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let name = match &vmo.name {
        Some(name) if handle.rights & ZX_RIGHT_GET_PROPERTY != 0 => Some(Name::of(name.bytes)?),
        _ => None,
    };
    vmo.children += 1;
    let size = if reference { vmo.size } else { bytes };
    let shared = vmo.size.saturating_sub(offset).min(size);
    let (start, pinned) = (vmo.start + offset, Pinned::new(handle.object, vmo));
    let parent = Parent { object: handle.object, generation: object.generation, koid };
    signals::update(&mut object.ends[0], ZX_VMO_ZERO_CHILDREN, 0);
    Ok(Origin { pinned, start, shared, size, name, parent })
}

/// The same memory again.
fn share(origin: &Origin) -> Result<Vmo, zx_status_t> {
    let memory = sys::duplicate(origin.pinned.memory()).map_err(status)?;
    Ok(Vmo::new(memory, origin.start, origin.size, false))
}

/// New memory that begins with the parent's bytes.
fn copy(origin: &Origin, options: u32) -> Result<Vmo, zx_status_t> {
    let resizable = options & ZX_VMO_CHILD_RESIZABLE != 0;
    let memory = sys::memory_file(origin.size, resizable).map_err(status)?;
    sys::copy(origin.pinned.memory(), origin.start, memory.as_fd(), origin.shared).map_err(status)?;
    Ok(Vmo { copied: true, ..Vmo::new(memory, 0, origin.size, resizable) })
}

/// The rights of a handle to the child.
fn rights(parent: zx_rights_t, options: u32) -> zx_rights_t {
    let mut rights = parent & !ZX_RIGHT_RESIZE | ZX_RIGHT_GET_PROPERTY | ZX_RIGHT_SET_PROPERTY;
    if options & SNAPSHOTS != 0 {
        rights = rights & !ZX_RIGHT_EXECUTE | ZX_RIGHT_WRITE;
    }
    if options & ZX_VMO_CHILD_RESIZABLE != 0 {
        rights |= ZX_RIGHT_RESIZE;
    }
    if options & ZX_VMO_CHILD_NO_WRITE != 0 {
        rights &= !ZX_RIGHT_WRITE;
    }
    rights
}
