//! Handles: closing, duplicating, replacing, information.

mod common;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

#[test]
fn closing() {
    assert_eq!(close(0), Ok(()));
    let handle = event();
    assert_eq!(handle & 3, 3);
    assert_eq!(close(handle & !1), Err(ZX_ERR_BAD_HANDLE));
    assert_eq!(close(handle & !2), Err(ZX_ERR_BAD_HANDLE));
    assert_eq!(close(handle), Ok(()));
    assert_eq!(close(handle), Err(ZX_ERR_BAD_HANDLE));
    let next = event();
    assert_ne!(next, handle);
    assert!(is_valid(next) && !is_valid(handle) && !is_valid(0));
    close(next).unwrap();
}

#[test]
fn closing_many_closes_all_good_ones() {
    let (first, second) = (event(), event());
    assert_eq!(close_many(&[first, 0, 0xFFFF_FFF0, second, first]), Err(ZX_ERR_BAD_HANDLE));
    assert!(!is_valid(first) && !is_valid(second));
    let third = event();
    assert_eq!(close_many(&[third, 0]), Ok(()));
    assert_eq!(close_many(&[]), Ok(()));
}

#[test]
fn duplicating_checks_rights() {
    let source = event();
    let bare = duplicate(source, ZX_RIGHT_NONE).unwrap();
    assert_eq!(wait_one(bare, 0, PAST), (ZX_ERR_ACCESS_DENIED, u32::MAX));
    assert_eq!(duplicate(bare, ZX_RIGHT_NONE), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(duplicate(source, ZX_RIGHT_READ), Err(ZX_ERR_INVALID_ARGS));
    assert_eq!(duplicate(source, ZX_RIGHT_SAME_RIGHTS | ZX_RIGHT_WAIT), Err(ZX_ERR_INVALID_ARGS));
    assert!(is_valid(source));
    let same = duplicate(source, ZX_RIGHT_SAME_RIGHTS).unwrap();
    assert_eq!(basic(same).unwrap().rights, ZX_DEFAULT_EVENT_RIGHTS);
    assert_eq!(handle_count(source), Ok(3));
    assert_eq!(handle_count(bare), Err(ZX_ERR_ACCESS_DENIED));
    close_many(&[source, bare, same]).unwrap();
    assert_eq!(duplicate(source, ZX_RIGHT_NONE), Err(ZX_ERR_BAD_HANDLE));

    on_both(|_, near, far| {
        assert_eq!(duplicate(near, 0), Err(ZX_ERR_ACCESS_DENIED));
        close_many(&[near, far]).unwrap();
    });
}

#[test]
fn replacing() {
    let (near, far) = channel();
    assert_eq!(replace(near, ZX_RIGHT_DUPLICATE), Err(ZX_ERR_INVALID_ARGS));
    assert!(!is_valid(near));
    assert_eq!(signals(far), ZX_CHANNEL_PEER_CLOSED);
    let reduced = replace(far, ZX_RIGHT_WAIT).unwrap();
    assert!(reduced != far && !is_valid(far));
    assert_eq!(basic(reduced).unwrap().rights, ZX_RIGHT_WAIT);
    assert_eq!(replace(far, 0), Err(ZX_ERR_BAD_HANDLE));
    close(reduced).unwrap();
}

#[test]
fn the_last_duplicate_closes_the_end() {
    let (near, far) = eventpair();
    let second = duplicate(near, ZX_RIGHT_SAME_RIGHTS).unwrap();
    close(near).unwrap();
    assert_eq!(signals(far), 0);
    let (sender, receiver) = channel();
    write(sender, b"", &[second]).unwrap();
    assert!(!is_valid(second));
    assert_eq!(signals(far), 0, "a handle in an unread message keeps the object alive");
    close_many(&[sender, receiver]).unwrap();
    assert_eq!(signals(far), ZX_EVENTPAIR_PEER_CLOSED);
    close(far).unwrap();
}

#[test]
fn information() {
    let (near, far) = channel();
    let (one, other) = (basic(near).unwrap(), basic(far).unwrap());
    assert_eq!((one.koid, one.related_koid), (other.related_koid, other.koid));
    assert_eq!((one.object_type, one.rights), (ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS));
    assert!(one.koid >= 1024 && one.koid != other.koid);
    close(far).unwrap();
    assert_eq!(basic(near).unwrap().related_koid, other.koid, "it survives the peer");
    close(near).unwrap();
    assert_eq!(basic(near), Err(ZX_ERR_BAD_HANDLE));

    let solo = event();
    assert_eq!(basic(solo).unwrap().related_koid, 0);
    close(solo).unwrap();
}

#[test]
#[allow(unsafe_code)]
fn information_checks_its_places() {
    let handle = event();
    let get = |topic, place: *mut u8, size, actual: &mut usize, avail: &mut usize| {
        // SAFETY: the places are live, or null.
        unsafe { zircon_linux::abi::zx_object_get_info(handle, topic, place, size, actual, avail) }
    };
    let (mut place, mut actual, mut avail) = ([0u64; 8], 9, 9);
    let bytes = place.as_mut_ptr().cast();
    let status = get(ZX_INFO_HANDLE_BASIC, bytes, 31, &mut actual, &mut avail);
    assert_eq!((status, actual, avail, place), (ZX_ERR_BUFFER_TOO_SMALL, 0, 1, [0; 8]));
    assert_eq!(get(ZX_INFO_HANDLE_BASIC, bytes, 64, &mut actual, &mut avail), ZX_OK);
    assert_eq!((actual, avail, place[4]), (1, 1, 0));
    assert_eq!(get(12345, bytes, 64, &mut actual, &mut avail), ZX_ERR_NOT_SUPPORTED);
    let null = std::ptr::null_mut();
    assert_eq!(get(ZX_INFO_HANDLE_BASIC, null, 32, &mut actual, &mut avail), ZX_ERR_INVALID_ARGS);
    close(handle).unwrap();
}

#[test]
fn validity() {
    let handle = event();
    assert_eq!(zx_handle_check_valid(handle), ZX_OK);
    assert_eq!(zx_handle_check_valid(0), ZX_ERR_INVALID_ARGS);
    for bit in [1, 2, 3] {
        assert_eq!(zx_handle_check_valid(handle & !bit), ZX_ERR_OUT_OF_RANGE);
    }
    close(handle).unwrap();
    assert_eq!(zx_handle_check_valid(handle), ZX_ERR_NOT_FOUND);
}
