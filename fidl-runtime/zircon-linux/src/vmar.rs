//! The root region of the address space (VMAR): memory objects mapped into the process.
//!
//! What was mapped through it is kept in a list, so that nothing else can be unmapped through it, and that each mapping
//! keeps its memory object. Mapping is rare and costs calls to the system, so the list is just gone through.
//!
//! The region's lock is taken before that of a memory object.

#![allow(unsafe_code)]

use crate::abi::types::*;
use crate::handle_table;
use crate::memory::zeroed_struct;
use crate::object::{self, Body};
use crate::pool::{Lease, Leased, Plain, Queue, Slots};
use crate::sync::Ordering;
use crate::sys::{self, Access};
use crate::tables::tables;
use crate::vmo::{self, Pinned};

zeroed_struct! {
    /// Pages in a row that belong to one memory object.
    pub(crate) struct Mapping {
        start: usize,
        end: usize,
        vmo: u32,
    }
}

impl Leased for Mapping {
    fn slots() -> &'static Slots<Plain<Mapping>> {
        &tables().mappings
    }
}

/// The body of the root region.
#[derive(Default)]
pub(crate) struct Vmar {
    mappings: Queue<Mapping>,
}

/// The first address of the region, below which the system maps nothing, and the first after it.
const REGION: core::ops::Range<usize> = 0x1_0000..1 << 47;

/// What `ZX_INFO_VMAR` tells.
pub(crate) fn info() -> zx_info_vmar_t {
    zx_info_vmar_t { base: REGION.start, len: REGION.len() }
}

/// The handle to the root region, made when first asked for; 0 if there was no room for it.
pub(crate) fn root() -> zx_handle_t {
    let known = tables().root_vmar.load(Ordering::Acquire);
    if known != ZX_HANDLE_INVALID {
        return known;
    }
    let rights = ZX_DEFAULT_VMAR_RIGHTS | ZX_RIGHT_READ | ZX_RIGHT_WRITE | ZX_RIGHT_EXECUTE;
    let made = object::create_open::<1>(Body::Vmar(Vmar::default()), 0, ZX_OBJ_TYPE_VMAR, rights);
    let Ok([made]) = made else { return ZX_HANDLE_INVALID };
    // Release: whoever uses the number sees the object behind it.
    let first =
        tables().root_vmar.compare_exchange(ZX_HANDLE_INVALID, made, Ordering::AcqRel, Ordering::Acquire);
    match first {
        Ok(_) => made,
        Err(known) => {
            let _ = object::close(made);
            known
        }
    }
}

/// Maps a part of a memory object. Returns the address.
pub(crate) fn map(
    vmar: zx_handle_t,
    options: u32,
    vmar_offset: usize,
    vmo: zx_handle_t,
    vmo_offset: u64,
    len: usize,
) -> Result<usize, zx_status_t> {
    check_options(options, vmar_offset)?;
    let rights = rights_for(options);
    let vmar = handle_table::look(vmar)?.check(ZX_OBJ_TYPE_VMAR, rights)?;
    let memory = vmo::look(vmo, rights | ZX_RIGHT_MAP)?;
    let page = sys::page_bytes() as usize;
    if !vmar_offset.is_multiple_of(page) || !vmo_offset.is_multiple_of(page as u64) || len == 0 {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let len = len.checked_next_multiple_of(page).ok_or(ZX_ERR_OUT_OF_RANGE)?;
    let mut mapping = Lease::<Mapping>::take().ok_or(ZX_ERR_NO_RESOURCES)?;
    let (pinned, start) = vmo::with(memory, |vmo| {
        let start = vmo.mappable(vmo_offset, len as u64, options)?;
        Ok((Pinned::new(memory.object, vmo), start))
    })?;
    let access = Access { read: options & ZX_VM_PERM_READ != 0, write: options & ZX_VM_PERM_WRITE != 0 };
    let wanted = match options & ZX_VM_SPECIFIC {
        0 => None,
        _ => Some(REGION.start.checked_add(vmar_offset).ok_or(ZX_ERR_OUT_OF_RANGE)?),
    };
    let mut object = vmar.lock()?;
    let Body::Vmar(region) = &mut object.body else { return Err(ZX_ERR_BAD_HANDLE) };
    let address = sys::map(pinned.memory(), start, len, access, wanted).map_err(map_status)?;
    (mapping.start, mapping.end) = (address, address + len);
    mapping.vmo = pinned.object();
    // Counted before another thread can find the mapping and count it out.
    pinned.into_mapping();
    region.mappings.push(mapping);
    Ok(address)
}

fn check_options(options: u32, vmar_offset: usize) -> Result<(), zx_status_t> {
    const ACCESS: u32 = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE;
    const HARMLESS: u32 = ZX_VM_MAP_RANGE | ZX_VM_REQUIRE_NON_RESIZABLE | ZX_VM_ALLOW_FAULTS;
    const REFUSED: u32 =
        ZX_VM_SPECIFIC_OVERWRITE | ZX_VM_OFFSET_IS_UPPER_LIMIT | ZX_VM_FAULT_BEYOND_STREAM_SIZE;
    // The top byte is an alignment.
    const ALIGNMENT: u32 = 0xFF00_0000;
    if options & !(ACCESS | HARMLESS | ZX_VM_SPECIFIC | REFUSED | ALIGNMENT) != 0 {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    if options & ZX_VM_PERM_READ == 0 && options & ACCESS != 0 {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    if options & (REFUSED | ALIGNMENT) != 0 {
        return Err(ZX_ERR_NOT_SUPPORTED);
    }
    if vmar_offset != 0 && options & ZX_VM_SPECIFIC == 0 { Err(ZX_ERR_INVALID_ARGS) } else { Ok(()) }
}

/// The rights that both the region and the memory must have for this access.
fn rights_for(options: u32) -> zx_rights_t {
    let of = |permission, right| if options & permission != 0 { right } else { 0 };
    of(ZX_VM_PERM_READ, ZX_RIGHT_READ)
        | of(ZX_VM_PERM_WRITE, ZX_RIGHT_WRITE)
        | of(ZX_VM_PERM_EXECUTE, ZX_RIGHT_EXECUTE)
}

fn map_status(error: i32) -> zx_status_t {
    match error {
        libc::EEXIST => ZX_ERR_ALREADY_EXISTS,
        libc::ENOMEM => ZX_ERR_NO_RESOURCES,
        error => vmo::status(error),
    }
}

/// Unmaps what was mapped through the region and lies in this range. Mappings that lie in it in part are cut.
///
/// # Safety
///
/// Nothing uses what is unmapped from here on.
pub(crate) unsafe fn unmap(vmar: zx_handle_t, address: usize, len: usize) -> Result<(), zx_status_t> {
    let vmar = handle_table::look(vmar)?.check(ZX_OBJ_TYPE_VMAR, 0)?;
    let page = sys::page_bytes() as usize;
    if !address.is_multiple_of(page) || len == 0 || !len.is_multiple_of(page) {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let end = address.checked_add(len).ok_or(ZX_ERR_INVALID_ARGS)?;
    let mut object = vmar.lock()?;
    let Body::Vmar(region) = &mut object.body else { return Err(ZX_ERR_BAD_HANDLE) };
    // A range in the middle of one mapping leaves two. Nothing is done without a slot for the second.
    let mut spare = Some(Lease::<Mapping>::take().ok_or(ZX_ERR_NO_RESOURCES)?);
    let (mut gone, mut found) = (Queue::default(), false);
    let mut all = core::mem::take(&mut region.mappings);
    while let Some(mut mapping) = all.pop() {
        let (from, to) = (mapping.start.max(address), mapping.end.min(end));
        if from >= to {
            region.mappings.push(mapping);
            continue;
        }
        found = true;
        // SAFETY: the range is within a mapping made here, and the caller promises that it is not used.
        unsafe { sys::unmap(from, to - from) };
        match (mapping.start < from, to < mapping.end) {
            (false, false) => gone.push(mapping),
            (true, false) => {
                mapping.end = from;
                region.mappings.push(mapping);
            }
            (false, true) => {
                mapping.start = to;
                region.mappings.push(mapping);
            }
            (true, true) => {
                if let Some(mut rest) = spare.take() {
                    vmo::mapped_again(mapping.vmo);
                    (rest.start, rest.end, rest.vmo) = (to, mapping.end, mapping.vmo);
                    region.mappings.push(rest);
                }
                mapping.end = from;
                region.mappings.push(mapping);
            }
        }
    }
    drop(object);
    while let Some(mapping) = gone.pop() {
        vmo::unmapped(mapping.vmo);
    }
    if found { Ok(()) } else { Err(ZX_ERR_NOT_FOUND) }
}
