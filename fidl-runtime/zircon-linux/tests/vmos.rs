//! Memory objects and their mappings.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const PAGE: u64 = 4096;
const RIGHTS: u32 = ZX_DEFAULT_VMO_RIGHTS;
const READ: u32 = ZX_VM_PERM_READ;
const READ_WRITE: u32 = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE;
const NO_CHILDREN: u32 = ZX_VMO_ZERO_CHILDREN;

#[test]
fn sizes_are_rounded_up() {
    for (size, rounded) in [(0, 0), (1, PAGE), (PAGE, PAGE), (PAGE + 1, 2 * PAGE)] {
        let handle = vmo(size);
        assert_eq!((vmo_size(handle), vmo_stream_size(handle)), (Ok(rounded), Ok(size)));
        assert_eq!(signals(handle), NO_CHILDREN);
        close(handle).unwrap();
    }
    assert_eq!(vmo_with(u64::MAX, 0), Err(ZX_ERR_OUT_OF_RANGE));
    assert_eq!(vmo_with(u64::MAX - PAGE, 0), Err(ZX_ERR_OUT_OF_RANGE));
}

#[test]
fn options_of_creation() {
    for options in [1, 8, 32, 1 << 31, ZX_VMO_RESIZABLE | ZX_VMO_UNBOUNDED] {
        assert_eq!(vmo_with(PAGE, options), Err(ZX_ERR_INVALID_ARGS), "{options}");
    }
    assert_eq!(vmo_with(PAGE, ZX_VMO_DISCARDABLE), Err(ZX_ERR_NOT_SUPPORTED));
    let (fixed, resizable) = (vmo(PAGE), vmo_with(PAGE, ZX_VMO_RESIZABLE).unwrap());
    assert_eq!(basic(fixed).unwrap().rights, RIGHTS);
    assert_eq!(basic(resizable).unwrap().rights, RIGHTS | ZX_RIGHT_RESIZE);
    assert_eq!(basic(fixed).unwrap().object_type, ZX_OBJ_TYPE_VMO);
    let unbounded = vmo_with(10, ZX_VMO_UNBOUNDED).unwrap();
    assert!(vmo_size(unbounded).unwrap() > 1 << 60);
    assert_eq!(vmo_stream_size(unbounded), Ok(10));
    vmo_write(unbounded, 1 << 50, b"far out").unwrap();
    assert_eq!(vmo_read(unbounded, 1 << 50, 7).unwrap(), b"far out");
    close_many(&[fixed, resizable, unbounded]).unwrap();
}

#[test]
fn bytes_are_kept() {
    let handle = vmo(100);
    assert_eq!(vmo_read(handle, 0, PAGE as usize), Ok(vec![0; PAGE as usize]));
    vmo_write(handle, 4000, &[7; 96]).unwrap();
    assert_eq!(vmo_read(handle, 3999, 97).unwrap()[..2], [0, 7], "the bound is the rounded size");
    for (offset, count) in [(PAGE, 1), (4095, 2), (u64::MAX, 1), (u64::MAX - 1, 3), (1 << 63, 1)] {
        assert_eq!(vmo_read(handle, offset, count), Err(ZX_ERR_OUT_OF_RANGE));
        assert_eq!(vmo_write(handle, offset, &vec![0; count]), Err(ZX_ERR_OUT_OF_RANGE));
    }
    assert_eq!(vmo_read(handle, PAGE, 0), Ok(vec![]));
    assert_eq!(vmo_write(handle, PAGE, &[]), Ok(()));
    assert_eq!(vmo_read(handle, PAGE + 1, 0), Err(ZX_ERR_OUT_OF_RANGE));
    close(handle).unwrap();
}

#[test]
fn unreadable_places_are_an_error() {
    let handle = vmo(PAGE);
    let nowhere = std::ptr::without_provenance_mut::<u8>(8);
    // SAFETY: the places are not touched by the process; the system finds them bad.
    let status = unsafe { zx_vmo_read(handle, nowhere, 0, 10) };
    assert_eq!(status, ZX_ERR_INVALID_ARGS);
    // SAFETY: null is refused.
    assert_eq!(unsafe { zx_vmo_read(handle, std::ptr::null_mut(), 0, 1) }, ZX_ERR_INVALID_ARGS);
    close(handle).unwrap();
}

#[test]
fn only_resizable_ones_change_their_size() {
    let (fixed, handle) = (vmo(PAGE), vmo_with(PAGE + 10, ZX_VMO_RESIZABLE).unwrap());
    assert_eq!(check(zx_vmo_set_size(fixed, 0)), Err(ZX_ERR_UNAVAILABLE));
    let without = duplicate(handle, RIGHTS).unwrap();
    assert_eq!(check(zx_vmo_set_size(without, 0)), Err(ZX_ERR_ACCESS_DENIED));
    let unwritable = duplicate(handle, ZX_RIGHT_RESIZE).unwrap();
    assert_eq!(check(zx_vmo_set_size(unwritable, 0)), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(check(zx_vmo_set_size(handle, u64::MAX)), Err(ZX_ERR_OUT_OF_RANGE));
    vmo_write(handle, 0, &[9; 2 * PAGE as usize]).unwrap();
    check(zx_vmo_set_size(handle, 100)).unwrap();
    assert_eq!((vmo_size(handle), vmo_stream_size(handle)), (Ok(PAGE), Ok(100)));
    assert_eq!(vmo_read(handle, PAGE, 1), Err(ZX_ERR_OUT_OF_RANGE));
    check(zx_vmo_set_size(handle, 2 * PAGE)).unwrap();
    let bytes = vmo_read(handle, 0, 2 * PAGE as usize).unwrap();
    assert!(bytes[..100].iter().all(|byte| *byte == 9) && bytes[100..].iter().all(|byte| *byte == 0));
    close_many(&[fixed, handle, without, unwritable]).unwrap();
}

#[test]
fn the_stream_size_is_what_counts_as_content() {
    let handle = vmo(2 * PAGE);
    vmo_write(handle, 0, &[5; 2 * PAGE as usize]).unwrap();
    check(zx_vmo_set_stream_size(handle, 10)).unwrap();
    assert_eq!(vmo_read(handle, 9, 2).unwrap(), [5, 0]);
    vmo_write(handle, 10, &[6; 10]).unwrap();
    check(zx_vmo_set_stream_size(handle, 10)).unwrap();
    assert_eq!(vmo_read(handle, 10, 1).unwrap(), [6], "the same value changes nothing");
    set_property(handle, ZX_PROP_VMO_CONTENT_SIZE, &15u64.to_le_bytes()).unwrap();
    assert_eq!(vmo_read(handle, 10, 1).unwrap(), [0]);
    assert_eq!(property(handle, ZX_PROP_VMO_CONTENT_SIZE, 8).unwrap(), 15u64.to_le_bytes());
    assert_eq!(check(zx_vmo_set_stream_size(handle, 2 * PAGE + 1)), Err(ZX_ERR_OUT_OF_RANGE));
    let bare = duplicate(handle, ZX_RIGHT_SET_PROPERTY).unwrap();
    assert_eq!(check(zx_vmo_set_stream_size(bare, 1)), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(set_property(bare, ZX_PROP_VMO_CONTENT_SIZE, &[0; 8]), Err(ZX_ERR_ACCESS_DENIED));
    close_many(&[handle, bare]).unwrap();
}

#[test]
fn names() {
    let handle = vmo(PAGE);
    assert_eq!(property(handle, ZX_PROP_NAME, 32), Ok(vec![0; 32]));
    for name in [&b"short"[..], &[b'x'; 31], &[b'y'; 32], &[b'z'; 100], b""] {
        let named = if name.is_empty() { Ok(()) } else { set_property(handle, ZX_PROP_NAME, name) };
        assert_eq!(named, Ok(()));
        let kept = name.len().min(31);
        let found = property(handle, ZX_PROP_NAME, 40).unwrap();
        if kept > 0 {
            assert_eq!((&found[..kept], found[kept], found[32]), (&name[..kept], 0, 0xEE));
        }
    }
    assert_eq!(property(handle, ZX_PROP_NAME, 31), Err(ZX_ERR_BUFFER_TOO_SMALL));
    let bare = duplicate(handle, ZX_RIGHT_READ).unwrap();
    assert_eq!(set_property(bare, ZX_PROP_NAME, b"x"), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(property(bare, ZX_PROP_NAME, 32), Err(ZX_ERR_ACCESS_DENIED));
    close_many(&[handle, bare]).unwrap();
}

#[test]
fn what_it_tells_of_itself() {
    let handle = vmo_with(3 * PAGE, ZX_VMO_RESIZABLE).unwrap();
    set_property(handle, ZX_PROP_NAME, b"told").unwrap();
    vmo_write(handle, 0, b"x").unwrap();
    let copy = child(handle, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE).unwrap();
    let found: zx_info_vmo_t = info(handle, ZX_INFO_VMO).unwrap();
    assert_eq!((found.koid, found.size_bytes), (basic(handle).unwrap().koid, 3 * PAGE));
    assert_eq!((&found.name[..5], found.num_children, found.num_mappings), (&b"told\0"[..], 1, 0));
    assert_eq!((found.committed_bytes, found.handle_rights), (PAGE, RIGHTS | ZX_RIGHT_RESIZE));
    let flags = ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_HANDLE;
    assert_eq!(found.flags, flags | ZX_INFO_VMO_RESIZABLE);
    let of_copy: zx_info_vmo_t = info(copy, ZX_INFO_VMO).unwrap();
    assert_eq!((of_copy.parent_koid, of_copy.flags), (found.koid, flags | ZX_INFO_VMO_IS_COW_CLONE));
    assert_eq!(&of_copy.name[..5], b"told\0");
    // Older versions are the beginning.
    let mut places = [0xEEu64; 30];
    let versions = [ZX_INFO_VMO_V0, ZX_INFO_VMO_V1, ZX_INFO_VMO_V2, ZX_INFO_VMO];
    for (topic, size) in versions.into_iter().zip(ZX_INFO_VMO_SIZES) {
        let (place, nowhere) = (places.as_mut_ptr().cast(), std::ptr::null_mut());
        // SAFETY: the place is live.
        let ask = |room| unsafe { zx_object_get_info(handle, topic, place, room, nowhere, nowhere) };
        assert_eq!((ask(size - 1), ask(size)), (ZX_ERR_BUFFER_TOO_SMALL, ZX_OK));
        assert_eq!(places[size / 8], 0xEE, "nothing is written beyond");
    }
    close_many(&[handle, copy]).unwrap();
}

#[test]
fn operations_on_ranges() {
    let handle = vmo(4 * PAGE);
    let operate = |handle, op, offset, size| {
        // SAFETY: no operation uses the place.
        check(unsafe { wrap_op_range(handle, op, offset, size) })
    };
    vmo_write(handle, 0, &[1; 4 * PAGE as usize]).unwrap();
    operate(handle, ZX_VMO_OP_ZERO, 10, 10).unwrap();
    assert_eq!(vmo_read(handle, 9, 12).unwrap(), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    operate(handle, ZX_VMO_OP_DECOMMIT, 0, 2 * PAGE).unwrap();
    let found = info::<zx_info_vmo_t>(handle, ZX_INFO_VMO).unwrap();
    assert_eq!((found.committed_bytes, vmo_read(handle, 0, 1).unwrap()[0]), (2 * PAGE, 0));
    assert_eq!(operate(handle, ZX_VMO_OP_DECOMMIT, 1, PAGE), Err(ZX_ERR_INVALID_ARGS));
    operate(handle, ZX_VMO_OP_COMMIT, 0, 4 * PAGE).unwrap();
    assert_eq!(info::<zx_info_vmo_t>(handle, ZX_INFO_VMO).unwrap().committed_bytes, 4 * PAGE);
    for op in [ZX_VMO_OP_COMMIT, ZX_VMO_OP_DECOMMIT, ZX_VMO_OP_ZERO, ZX_VMO_OP_CACHE_SYNC, ZX_VMO_OP_PREFETCH]
    {
        assert_eq!(operate(handle, op, 0, 4 * PAGE + 1), Err(ZX_ERR_OUT_OF_RANGE));
        assert_eq!(operate(handle, op, u64::MAX, 2), Err(ZX_ERR_OUT_OF_RANGE));
        assert_eq!(operate(handle, op, 0, 0), Ok(()));
    }
    for op in [0, 5, 15, 100] {
        assert_eq!(operate(handle, op, 0, PAGE), Err(ZX_ERR_INVALID_ARGS), "{op}");
    }
    for op in [ZX_VMO_OP_LOCK, ZX_VMO_OP_TRY_LOCK, ZX_VMO_OP_UNLOCK] {
        assert_eq!(operate(handle, op, 0, 4 * PAGE), Err(ZX_ERR_NOT_SUPPORTED));
    }
    let (reader, bare) = (duplicate(handle, ZX_RIGHT_READ).unwrap(), duplicate(handle, 0).unwrap());
    assert_eq!(operate(reader, ZX_VMO_OP_ZERO, 0, 1), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(operate(reader, ZX_VMO_OP_CACHE_CLEAN, 0, 1), Ok(()));
    assert_eq!(operate(bare, ZX_VMO_OP_CACHE_CLEAN, 0, 1), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(operate(bare, ZX_VMO_OP_LOCK, 0, 1), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(operate(bare, ZX_VMO_OP_DONT_NEED, 0, 1), Ok(()));
    close_many(&[handle, reader, bare]).unwrap();
}

/// # Safety
///
/// As for the call.
unsafe fn wrap_op_range(handle: u32, op: u32, offset: u64, size: u64) -> Status {
    zx_vmo_op_range(handle, op, offset, size, std::ptr::null_mut(), 0)
}

#[test]
fn slices_share_their_memory() {
    let parent = vmo(4 * PAGE);
    let slice = child(parent, ZX_VMO_CHILD_SLICE, PAGE, 2 * PAGE).unwrap();
    assert_eq!((signals(parent), signals(slice)), (0, NO_CHILDREN));
    assert_eq!(vmo_size(slice), Ok(2 * PAGE));
    vmo_write(slice, 0, b"from the slice").unwrap();
    assert_eq!(vmo_read(parent, PAGE, 14).unwrap(), b"from the slice");
    vmo_write(parent, 3 * PAGE - 1, b"x").unwrap();
    assert_eq!(vmo_read(slice, 2 * PAGE - 1, 1).unwrap(), b"x");
    assert_eq!(vmo_write(slice, 2 * PAGE - 1, b"xy"), Err(ZX_ERR_OUT_OF_RANGE));
    // A slice of the slice, and a reference to all of it.
    let inner = child(slice, ZX_VMO_CHILD_SLICE, PAGE, PAGE).unwrap();
    assert_eq!(vmo_read(inner, PAGE - 1, 1).unwrap(), b"x");
    let reference = child(slice, ZX_VMO_CHILD_REFERENCE, 0, 0).unwrap();
    assert_eq!((vmo_size(reference), vmo_read(reference, 0, 4).unwrap()), (Ok(2 * PAGE), b"from".to_vec()));
    assert_eq!(check(zx_vmo_set_size(slice, 0)), Err(ZX_ERR_UNAVAILABLE));
    close(slice).unwrap();
    assert_eq!(signals(parent), NO_CHILDREN);
    close(parent).unwrap();
    assert_eq!(vmo_read(inner, PAGE - 1, 1).unwrap(), b"x", "the memory stays");
    close_many(&[inner, reference]).unwrap();
}

#[test]
fn snapshots_are_copies() {
    for kind in
        [ZX_VMO_CHILD_SNAPSHOT, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, ZX_VMO_CHILD_SNAPSHOT_MODIFIED]
    {
        let parent = vmo(40 * PAGE);
        vmo_write(parent, 39 * PAGE, b"the end").unwrap();
        vmo_write(parent, PAGE, &[3; 8 * PAGE as usize]).unwrap();
        let copy = child(parent, kind, PAGE, 41 * PAGE).unwrap();
        vmo_write(parent, 39 * PAGE, b"later: ").unwrap();
        vmo_write(copy, 5, b"own").unwrap();
        assert_eq!(vmo_read(copy, 38 * PAGE, 8).unwrap(), b"the end\0");
        assert_eq!(vmo_read(copy, 0, 9).unwrap(), [3, 3, 3, 3, 3, b'o', b'w', b'n', 3]);
        assert_eq!(vmo_read(parent, PAGE + 4, 3).unwrap(), [3; 3]);
        assert_eq!(vmo_read(copy, 40 * PAGE, PAGE as usize).unwrap(), vec![0; PAGE as usize]);
        assert_eq!(signals(parent), 0);
        close(copy).unwrap();
        assert_eq!(signals(parent), NO_CHILDREN);
        close(parent).unwrap();
    }
}

#[test]
fn rights_of_children() {
    let parent = vmo_with(PAGE, ZX_VMO_RESIZABLE).unwrap();
    let few = ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ | ZX_RIGHT_INSPECT;
    let from = duplicate(parent, few).unwrap();
    let properties = ZX_RIGHT_GET_PROPERTY | ZX_RIGHT_SET_PROPERTY;
    for (options, rights) in [
        (ZX_VMO_CHILD_SNAPSHOT, few | properties | ZX_RIGHT_WRITE),
        (ZX_VMO_CHILD_SNAPSHOT | ZX_VMO_CHILD_NO_WRITE, few | properties),
        (ZX_VMO_CHILD_SNAPSHOT | ZX_VMO_CHILD_RESIZABLE, few | properties | ZX_RIGHT_WRITE | ZX_RIGHT_RESIZE),
    ] {
        let made = child(from, options, 0, PAGE).unwrap();
        assert_eq!(basic(made).unwrap().rights, rights);
        close(made).unwrap();
    }
    for missing in [ZX_RIGHT_DUPLICATE, ZX_RIGHT_READ] {
        let without = duplicate(parent, RIGHTS & !missing).unwrap();
        assert_eq!(child(without, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE), Err(ZX_ERR_ACCESS_DENIED));
        close(without).unwrap();
    }
    let fixed = vmo(PAGE);
    let reader = duplicate(fixed, few).unwrap();
    let slice = child(reader, ZX_VMO_CHILD_SLICE, 0, PAGE).unwrap();
    assert_eq!(vmo_write(slice, 0, b"x"), Err(ZX_ERR_ACCESS_DENIED));
    close_many(&[parent, from, fixed, reader, slice]).unwrap();
}

#[test]
fn children_that_cannot_be() {
    let (parent, resizable) = (vmo(2 * PAGE), vmo_with(PAGE, ZX_VMO_RESIZABLE).unwrap());
    let (slice, copy, reference) = (ZX_VMO_CHILD_SLICE, ZX_VMO_CHILD_SNAPSHOT, ZX_VMO_CHILD_REFERENCE);
    let (growing, fixed) = (ZX_VMO_CHILD_RESIZABLE, ZX_VMO_CHILD_NO_WRITE);
    for (options, offset, size, status) in [
        (0, 0, PAGE, ZX_ERR_INVALID_ARGS),
        (2, 0, PAGE, ZX_ERR_INVALID_ARGS),
        (copy | 1 << 20, 0, PAGE, ZX_ERR_INVALID_ARGS),
        (copy | slice, 0, PAGE, ZX_ERR_INVALID_ARGS),
        (slice | growing, 0, PAGE, ZX_ERR_INVALID_ARGS),
        (copy | growing | fixed, 0, PAGE, ZX_ERR_INVALID_ARGS),
        (copy, 1, PAGE, ZX_ERR_INVALID_ARGS),
        (slice, PAGE, 2 * PAGE, ZX_ERR_INVALID_ARGS),
        (reference, 0, PAGE, ZX_ERR_INVALID_ARGS),
        (reference, PAGE, 0, ZX_ERR_INVALID_ARGS),
        (reference | growing, 0, 0, ZX_ERR_NOT_SUPPORTED),
        (copy, 0, u64::MAX, ZX_ERR_OUT_OF_RANGE),
    ] {
        assert_eq!(child(parent, options, offset, size), Err(status), "{options} {offset} {size}");
    }
    assert_eq!(child(0, copy, 0, u64::MAX), Err(ZX_ERR_OUT_OF_RANGE), "tested before the handle");
    assert_eq!(child(resizable, slice, 0, PAGE), Err(ZX_ERR_NOT_SUPPORTED));
    assert_eq!(child(resizable, reference, 0, 0), Err(ZX_ERR_NOT_SUPPORTED));
    assert_eq!(signals(parent), NO_CHILDREN);
    close_many(&[parent, resizable]).unwrap();
}

/// The byte at an address that is mapped.
fn byte(address: usize) -> u8 {
    // SAFETY: the caller gives an address that is mapped readable; nothing writes meanwhile.
    unsafe { std::ptr::with_exposed_provenance::<u8>(address).read_volatile() }
}

fn set_byte(address: usize, value: u8) {
    // SAFETY: the caller gives an address that is mapped writable; nothing reads or writes meanwhile.
    unsafe { std::ptr::with_exposed_provenance_mut::<u8>(address).write_volatile(value) };
}

#[test]
fn a_mapping_is_the_memory() {
    let parent = vmo(6 * PAGE);
    let handle = child(parent, ZX_VMO_CHILD_SLICE, 2 * PAGE, 4 * PAGE).unwrap();
    let address = map(READ_WRITE, 0, handle, PAGE, 2 * PAGE as usize).unwrap();
    vmo_write(handle, PAGE, b"A").unwrap();
    assert_eq!(byte(address), b'A');
    set_byte(address + 2 * PAGE as usize - 1, b'Z');
    assert_eq!(vmo_read(handle, 3 * PAGE - 1, 1).unwrap(), b"Z");
    assert_eq!(info::<zx_info_vmo_t>(handle, ZX_INFO_VMO).unwrap().num_mappings, 1);
    // It outlives the handles, and so does what is left of it. The parent sees it as its child all the time.
    close(handle).unwrap();
    assert_eq!((byte(address), signals(parent)), (b'A', 0));
    unmap(address, PAGE as usize).unwrap();
    assert_eq!((byte(address + 2 * PAGE as usize - 1), signals(parent)), (b'Z', 0));
    assert_eq!(unmap(address, PAGE as usize), Err(ZX_ERR_NOT_FOUND));
    unmap(address, 2 * PAGE as usize).unwrap();
    assert_eq!(signals(parent), NO_CHILDREN);
    close(parent).unwrap();
}

#[test]
fn a_mapping_can_be_cut_in_two() {
    let handle = vmo(5 * PAGE);
    let page = PAGE as usize;
    let address = map(READ_WRITE, 0, handle, 0, 5 * page).unwrap();
    unmap(address + 2 * page, page).unwrap();
    assert_eq!(info::<zx_info_vmo_t>(handle, ZX_INFO_VMO).unwrap().num_mappings, 2);
    set_byte(address, 1);
    set_byte(address + 3 * page, 2);
    // One call may end several.
    unmap(address, 5 * page).unwrap();
    assert_eq!(info::<zx_info_vmo_t>(handle, ZX_INFO_VMO).unwrap().num_mappings, 0);
    close(handle).unwrap();
}

#[test]
fn mapping_at_an_address() {
    let (handle, page) = (vmo(2 * PAGE), PAGE as usize);
    let root: zx_info_vmar_t = info(zx_vmar_root_self(), ZX_INFO_VMAR).unwrap();
    let address = map(READ, 0, handle, 0, 2 * page).unwrap();
    assert_eq!(map(READ | ZX_VM_SPECIFIC, address - root.base, handle, 0, page), Err(ZX_ERR_ALREADY_EXISTS));
    unmap(address, page).unwrap();
    let again = map(READ | ZX_VM_SPECIFIC, address - root.base, handle, PAGE, page);
    assert_eq!(again, Ok(address));
    unmap(address, 2 * page).unwrap();
    // What other parts of the process have is out of reach.
    let foreign = (&raw const root).addr() & !(page - 1);
    assert_eq!(unmap(foreign, page), Err(ZX_ERR_NOT_FOUND));
    assert_eq!(map(READ | ZX_VM_SPECIFIC, foreign - root.base, handle, 0, page), Err(ZX_ERR_ALREADY_EXISTS));
    close(handle).unwrap();
}

#[test]
fn mappings_that_cannot_be() {
    let (handle, page) = (vmo(2 * PAGE), PAGE as usize);
    let mut options_and_status = vec![
        (0x40, ZX_ERR_INVALID_ARGS),
        (0x80, ZX_ERR_INVALID_ARGS),
        (0x100, ZX_ERR_INVALID_ARGS),
        (0x200, ZX_ERR_INVALID_ARGS),
        (1 << 16, ZX_ERR_INVALID_ARGS),
        (ZX_VM_PERM_WRITE, ZX_ERR_INVALID_ARGS),
        (ZX_VM_PERM_EXECUTE, ZX_ERR_INVALID_ARGS),
        (READ | ZX_VM_PERM_EXECUTE, ZX_ERR_ACCESS_DENIED),
    ];
    for refused in
        [ZX_VM_SPECIFIC_OVERWRITE, ZX_VM_OFFSET_IS_UPPER_LIMIT, ZX_VM_FAULT_BEYOND_STREAM_SIZE, 12 << 24]
    {
        options_and_status.push((READ | refused, ZX_ERR_NOT_SUPPORTED));
    }
    for (options, status) in options_and_status {
        assert_eq!(map(options, 0, handle, 0, page), Err(status), "{options:#x}");
    }
    for (vmar_offset, vmo_offset, len, status) in [
        (page, 0, page, ZX_ERR_INVALID_ARGS),
        (0, 1, page, ZX_ERR_INVALID_ARGS),
        (0, 0, 0, ZX_ERR_INVALID_ARGS),
        (0, 0, usize::MAX, ZX_ERR_OUT_OF_RANGE),
        (0, PAGE, 2 * page, ZX_ERR_BUFFER_TOO_SMALL),
        (0, !(PAGE - 1), page, ZX_ERR_OUT_OF_RANGE),
    ] {
        assert_eq!(map(READ, vmar_offset, handle, vmo_offset, len), Err(status), "{vmo_offset} {len}");
    }
    assert_eq!(map(READ | ZX_VM_SPECIFIC, 1, handle, 0, page), Err(ZX_ERR_INVALID_ARGS));
    for missing in [ZX_RIGHT_MAP, ZX_RIGHT_READ, ZX_RIGHT_WRITE] {
        let without = duplicate(handle, RIGHTS & !missing).unwrap();
        assert_eq!(map(READ_WRITE, 0, without, 0, page), Err(ZX_ERR_ACCESS_DENIED));
        close(without).unwrap();
    }
    let resizable = vmo_with(2 * PAGE, ZX_VMO_RESIZABLE).unwrap();
    assert_eq!(map(READ, 0, resizable, 0, page), Err(ZX_ERR_NOT_SUPPORTED));
    let strict = ZX_VM_ALLOW_FAULTS | ZX_VM_REQUIRE_NON_RESIZABLE;
    assert_eq!(map(READ | strict, 0, resizable, 0, page), Err(ZX_ERR_NOT_SUPPORTED));
    let address = map(READ | ZX_VM_ALLOW_FAULTS, 0, resizable, 0, 4 * page).unwrap();
    assert_eq!(byte(address), 0);
    unmap(address, 4 * page).unwrap();
    for (address, len) in [(1, page), (page, 0), (page, 1), (usize::MAX & !(page - 1), 2 * page)] {
        assert_eq!(unmap(address, len), Err(ZX_ERR_INVALID_ARGS));
    }
    close_many(&[handle, resizable]).unwrap();
}

#[test]
fn wrong_types_and_handles() {
    let (other, page) = (event(), PAGE as usize);
    assert_eq!(vmo_read(other, 0, 1), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(vmo_write(other, 0, b"x"), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(vmo_size(other), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(check(zx_vmo_set_size(other, 0)), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(child(other, ZX_VMO_CHILD_SNAPSHOT, 0, 1), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(map(READ, 0, other, 0, page), Err(ZX_ERR_WRONG_TYPE));
    let mut address = 0;
    // SAFETY: the place is live.
    let status = unsafe { zx_vmar_map(other, READ, 0, other, 0, page, &mut address) };
    assert_eq!(status, ZX_ERR_WRONG_TYPE);
    close(other).unwrap();
    assert_eq!(vmo_read(other, 0, 1), Err(ZX_ERR_BAD_HANDLE));
    assert_eq!(map(READ, 0, other, 0, page), Err(ZX_ERR_BAD_HANDLE));
}

#[test]
fn memory_travels_in_messages() {
    let (near, far) = channel();
    let (parent, page) = (vmo(PAGE), PAGE as usize);
    let slice = child(parent, ZX_VMO_CHILD_SLICE, 0, PAGE).unwrap();
    vmo_write(slice, 0, b"travelling").unwrap();
    write(near, b"here", &[slice]).unwrap();
    assert_eq!(signals(parent), 0);
    let received = read(far).unwrap().1[0];
    assert_eq!(vmo_read(received, 0, page).unwrap()[..10], *b"travelling");
    write(near, b"unread", &[received]).unwrap();
    close_many(&[near, far]).unwrap();
    assert_eq!(signals(parent), NO_CHILDREN, "it went with the message");
    close(parent).unwrap();
}
