//! Every call with arguments that it must refuse: numbers that are no handles, handles of other types or without the
//! rights, options that do not exist, places that are null or misaligned. One table for each kind of mistake.

// The tables of Miri are too small for so many objects, and the places that the calls refuse are the same there.
#![cfg(not(miri))]
#![allow(unsafe_code)]
#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "each table has its reason"
)]

mod common;

use std::ptr::{null, null_mut, without_provenance_mut};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

#[test]
#[cfg(not(miri))]
fn pages_before_they_are_needed() {
    assert_eq!(zx_linux_process_prefault(2), ZX_ERR_INVALID_ARGS);
    assert_eq!(zx_linux_process_prefault(0), ZX_OK);
    // What a process may keep in memory is limited.
    let kept = zx_linux_process_prefault(ZX_LINUX_PREFAULT_LOCK);
    assert!(matches!(kept, ZX_OK | ZX_ERR_NO_RESOURCES), "{kept}");
    // Rings that are mapped now have their pages.
    let (near, far) = socket_channel();
    write(near, b"x", &[]).unwrap();
    assert_eq!(read(far).unwrap().0, b"x");
    close_many(&[near, far]).unwrap();
}

/// A call's name, and what it does when given one handle and good arguments otherwise.
type Call = (&'static str, fn(u32) -> Status);

/// How calls name a place that is not written.
fn nowhere<T>() -> *mut T {
    null_mut()
}

/// A place for what a call gives, which the test does not look at.
fn scrap<T: Default>() -> *mut T {
    Box::leak(Box::new(T::default()))
}

/// An address that nothing is at, and that suits no type larger than a byte.
fn crooked<T>() -> *mut T {
    without_provenance_mut(1)
}

fn call_args() -> zx_channel_call_args_t {
    zx_channel_call_args_t {
        wr_bytes: [0; 4].as_ptr(),
        wr_handles: null(),
        rd_bytes: null_mut(),
        rd_handles: null_mut(),
        wr_num_bytes: 4,
        wr_num_handles: 0,
        rd_num_bytes: 0,
        rd_num_handles: 0,
    }
}

fn call_etc_args() -> zx_channel_call_etc_args_t {
    zx_channel_call_etc_args_t {
        wr_bytes: [0; 4].as_ptr(),
        wr_handles: null_mut(),
        rd_bytes: null_mut(),
        rd_handles: null_mut(),
        wr_num_bytes: 4,
        wr_num_handles: 0,
        rd_num_bytes: 0,
        rd_num_handles: 0,
    }
}

/// The calls that want an object of one type: that type, the rights it takes, and the call.
fn typed_calls() -> Vec<(u32, u32, Call)> {
    // SAFETY, for all: the places are live, or null where nothing is read or written.
    vec![
        (
            ZX_OBJ_TYPE_CHANNEL,
            ZX_RIGHT_READ,
            ("channel_read", |h| unsafe {
                zx_channel_read(h, 0, nowhere(), nowhere(), 0, 0, nowhere(), nowhere())
            }),
        ),
        (
            ZX_OBJ_TYPE_CHANNEL,
            ZX_RIGHT_READ,
            ("channel_read_etc", |h| unsafe {
                zx_channel_read_etc(h, 0, nowhere(), nowhere(), 0, 0, nowhere(), nowhere())
            }),
        ),
        (
            ZX_OBJ_TYPE_CHANNEL,
            ZX_RIGHT_WRITE,
            ("channel_write", |h| unsafe { zx_channel_write(h, 0, null(), 0, null(), 0) }),
        ),
        (
            ZX_OBJ_TYPE_CHANNEL,
            ZX_RIGHT_WRITE,
            ("channel_write_etc", |h| unsafe { zx_channel_write_etc(h, 0, null(), 0, nowhere(), 0) }),
        ),
        (
            ZX_OBJ_TYPE_CHANNEL,
            ZX_RIGHT_WRITE,
            ("channel_call", |h| unsafe { zx_channel_call(h, 0, 0, &call_args(), scrap(), scrap()) }),
        ),
        (
            ZX_OBJ_TYPE_CHANNEL,
            ZX_RIGHT_READ,
            ("channel_call_etc", |h| unsafe {
                zx_channel_call_etc(h, 0, 0, &mut call_etc_args(), scrap(), scrap())
            }),
        ),
        (
            ZX_OBJ_TYPE_PORT,
            ZX_RIGHT_WRITE,
            ("port_queue", |h| unsafe { zx_port_queue(h, &zx_port_packet_t::default()) }),
        ),
        (ZX_OBJ_TYPE_PORT, ZX_RIGHT_READ, ("port_wait", |h| unsafe { zx_port_wait(h, 0, scrap()) })),
        (
            ZX_OBJ_TYPE_PORT,
            ZX_RIGHT_READ,
            ("port_wait_batch", |h| unsafe { zx_linux_port_wait_batch(h, 0, scrap(), 1, nowhere()) }),
        ),
        (ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, ("port_set_spin", |h| zx_linux_port_set_spin(h, 0))),
        (ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, ("port_set_yields", |h| zx_linux_port_set_yields(h, 0))),
        (
            ZX_OBJ_TYPE_PORT,
            ZX_RIGHT_READ,
            ("port_descriptor", |h| unsafe { zx_linux_port_descriptor(h, scrap()) }),
        ),
        (
            ZX_OBJ_TYPE_PORT,
            ZX_RIGHT_READ,
            ("port_prepare_wait", |h| unsafe { zx_linux_port_prepare_wait(h, scrap()) }),
        ),
        (ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, ("port_cancel", |h| zx_port_cancel(h, event(), 0))),
        (ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, ("port_cancel_key", |h| zx_port_cancel_key(h, 0, 0))),
        (
            ZX_OBJ_TYPE_PORT,
            ZX_RIGHT_WRITE,
            ("wait_async, port", |h| zx_object_wait_async(event(), h, 0, 0, 0)),
        ),
        (ZX_OBJ_TYPE_TIMER, ZX_RIGHT_WRITE, ("timer_set", |h| zx_timer_set(h, 0, 0))),
        (ZX_OBJ_TYPE_TIMER, ZX_RIGHT_WRITE, ("timer_cancel", |h| zx_timer_cancel(h))),
        (
            ZX_OBJ_TYPE_SOCKET,
            ZX_RIGHT_WRITE,
            ("socket_write", |h| unsafe { zx_socket_write(h, 0, null(), 0, nowhere()) }),
        ),
        (
            ZX_OBJ_TYPE_SOCKET,
            ZX_RIGHT_READ,
            ("socket_read", |h| unsafe { zx_socket_read(h, 0, nowhere(), 0, nowhere()) }),
        ),
        (
            ZX_OBJ_TYPE_SOCKET,
            ZX_RIGHT_MANAGE_SOCKET,
            ("socket_set_disposition", |h| zx_socket_set_disposition(h, 0, 0)),
        ),
        (
            ZX_OBJ_TYPE_FIFO,
            ZX_RIGHT_WRITE,
            ("fifo_write", |h| unsafe { zx_fifo_write(h, 1, scrap(), 1, nowhere()) }),
        ),
        (
            ZX_OBJ_TYPE_FIFO,
            ZX_RIGHT_READ,
            ("fifo_read", |h| unsafe { zx_fifo_read(h, 1, scrap(), 1, nowhere()) }),
        ),
        (ZX_OBJ_TYPE_VMO, ZX_RIGHT_READ, ("vmo_read", |h| unsafe { zx_vmo_read(h, scrap(), 0, 1) })),
        (ZX_OBJ_TYPE_VMO, ZX_RIGHT_WRITE, ("vmo_write", |h| unsafe { zx_vmo_write(h, scrap(), 0, 1) })),
        (ZX_OBJ_TYPE_VMO, 0, ("vmo_get_size", |h| unsafe { zx_vmo_get_size(h, scrap()) })),
        (ZX_OBJ_TYPE_VMO, ZX_RIGHT_WRITE, ("vmo_set_size", |h| zx_vmo_set_size(h, 0))),
        (ZX_OBJ_TYPE_VMO, 0, ("vmo_get_stream_size", |h| unsafe { zx_vmo_get_stream_size(h, scrap()) })),
        (ZX_OBJ_TYPE_VMO, ZX_RIGHT_WRITE, ("vmo_set_stream_size", |h| zx_vmo_set_stream_size(h, 0))),
        (
            ZX_OBJ_TYPE_VMO,
            ZX_RIGHT_WRITE,
            ("vmo_op_range", |h| zx_vmo_op_range(h, ZX_VMO_OP_ZERO, 0, 0, nowhere(), 0)),
        ),
        (
            ZX_OBJ_TYPE_VMO,
            ZX_RIGHT_READ,
            ("vmo_create_child", |h| unsafe { zx_vmo_create_child(h, ZX_VMO_CHILD_SNAPSHOT, 0, 0, scrap()) }),
        ),
        (
            ZX_OBJ_TYPE_VMO,
            ZX_RIGHT_MAP,
            ("vmar_map, memory", |h| unsafe {
                zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ, 0, h, 0, 1, scrap())
            }),
        ),
        (
            ZX_OBJ_TYPE_VMAR,
            0,
            ("vmar_map, region", |h| unsafe { zx_vmar_map(h, 0, 0, vmo(1), 0, 1, scrap()) }),
        ),
        (ZX_OBJ_TYPE_VMAR, 0, ("vmar_unmap", |h| unsafe { zx_vmar_unmap(h, 4096, 4096) })),
        (ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_INSPECT, ("info of a socket", |h| get_info(h, ZX_INFO_SOCKET))),
        (ZX_OBJ_TYPE_TIMER, ZX_RIGHT_INSPECT, ("info of a timer", |h| get_info(h, ZX_INFO_TIMER))),
        (ZX_OBJ_TYPE_VMO, ZX_RIGHT_INSPECT, ("info of memory", |h| get_info(h, ZX_INFO_VMO))),
        (ZX_OBJ_TYPE_VMAR, ZX_RIGHT_INSPECT, ("info of a region", |h| get_info(h, ZX_INFO_VMAR))),
    ]
}

/// The calls that want any object: the rights, and the call.
fn untyped_calls() -> Vec<(u32, Call)> {
    // SAFETY, for all: the places are live.
    vec![
        (ZX_RIGHT_DUPLICATE, ("handle_duplicate", |h| unsafe { zx_handle_duplicate(h, 0, scrap()) })),
        (0, ("handle_replace", |h| unsafe { zx_handle_replace(h, 0, scrap()) })),
        (ZX_RIGHT_WAIT, ("wait_one", |h| unsafe { zx_object_wait_one(h, 0, 0, scrap()) })),
        (ZX_RIGHT_WAIT, ("wait_many", |h| unsafe { zx_object_wait_many(&mut item(h, 0), 1, 0) })),
        (ZX_RIGHT_WAIT, ("wait_async, source", |h| zx_object_wait_async(h, port(), 0, 0, 0))),
        (ZX_RIGHT_WAIT, ("port_cancel, source", |h| zx_port_cancel(port(), h, 0))),
        (ZX_RIGHT_SIGNAL, ("signal", |h| zx_object_signal(h, 0, 0))),
        (ZX_RIGHT_SIGNAL_PEER, ("signal_peer", |h| zx_object_signal_peer(h, 0, 0))),
        (0, ("info, validity", |h| get_info(h, ZX_INFO_HANDLE_VALID))),
        (0, ("info, basic", |h| get_info(h, ZX_INFO_HANDLE_BASIC))),
        (ZX_RIGHT_INSPECT, ("info, count", |h| get_info(h, ZX_INFO_HANDLE_COUNT))),
        (
            ZX_RIGHT_GET_PROPERTY,
            ("get_property", |h| unsafe {
                zx_object_get_property(h, ZX_PROP_NAME, [0; 32].as_mut_ptr(), 32)
            }),
        ),
        (
            ZX_RIGHT_SET_PROPERTY,
            ("set_property", |h| unsafe { zx_object_set_property(h, ZX_PROP_NAME, scrap(), 1) }),
        ),
    ]
}

fn get_info(handle: u32, topic: u32) -> Status {
    let mut place = [0u64; 22];
    // SAFETY: the place is live and large enough for every record.
    unsafe { zx_object_get_info(handle, topic, place.as_mut_ptr().cast(), 176, nowhere(), nowhere()) }
}

/// A handle to an object of each type, with all rights that objects of it can have.
fn one_of_each() -> Vec<u32> {
    let mut all = vec![event(), eventpair().0, timer(), port(), channel().0];
    all.extend([socket(0).unwrap().0, fifo(1, 1, 0).unwrap().0, zx_vmar_root_self()]);
    all.push(vmo_with(1, ZX_VMO_RESIZABLE).unwrap());
    all
}

#[test]
fn numbers_that_are_no_handles() {
    let closed = event();
    close(closed).unwrap();
    let open = event();
    let calls = typed_calls().into_iter().map(|(_, _, call)| call);
    for (name, call) in calls.chain(untyped_calls().into_iter().map(|(_, call)| call)) {
        for number in [0, closed, open ^ 1, open ^ 2, open & !3, open ^ 1 << 31, u32::MAX] {
            assert_eq!(call(number), ZX_ERR_BAD_HANDLE, "{name}, {number:#x}");
        }
    }
    assert!(is_valid(open));
}

#[test]
fn objects_of_other_types() {
    for (kind, _, (name, call)) in typed_calls() {
        for handle in one_of_each() {
            if basic(handle).unwrap().object_type != kind {
                assert_eq!(call(handle), ZX_ERR_WRONG_TYPE, "{name}");
                assert!(is_valid(handle));
            }
        }
    }
}

#[test]
fn handles_without_the_rights() {
    for handle in one_of_each() {
        let info = basic(handle).unwrap();
        let without = |right: u32| replace_to(info.object_type, info.rights & !right);
        for (kind, right, (name, call)) in typed_calls() {
            if kind == info.object_type && right != 0 && kind != ZX_OBJ_TYPE_VMAR {
                assert_eq!(call(without(right)), ZX_ERR_ACCESS_DENIED, "{name}");
            }
        }
        for (right, (name, call)) in untyped_calls() {
            if right != 0 && info.object_type != ZX_OBJ_TYPE_VMAR {
                assert_eq!(call(without(right)), ZX_ERR_ACCESS_DENIED, "{name}, {}", info.object_type);
            }
        }
    }
}

/// A handle to a fresh object of this type with these rights.
fn replace_to(kind: u32, rights: u32) -> u32 {
    let fresh = one_of_each().into_iter().find(|handle| basic(*handle).unwrap().object_type == kind);
    replace(fresh.unwrap(), rights).unwrap()
}

#[test]
fn options_that_do_not_exist() {
    let (channel, _) = channel();
    let (socket, _) = socket(0).unwrap();
    let (event, port) = (event(), port());
    for bit in 0..32 {
        let options = 1u32 << bit;
        // SAFETY, for all: the places are live, or null where nothing is read or written.
        let mut refused = vec![
            ("channel_create", unsafe { zx_channel_create(options, scrap(), scrap()) }),
            ("event_create", unsafe { zx_event_create(options, scrap()) }),
            ("fifo_create", unsafe { zx_fifo_create(1, 1, options, scrap(), scrap()) }),
            ("socket_write", unsafe { zx_socket_write(socket, options, null(), 0, nowhere()) }),
            ("port_cancel_key", zx_port_cancel_key(port, options, 0)),
        ];
        let mut unless = |known: u32, name, call: &dyn Fn() -> Status| {
            if options & known == 0 {
                refused.push((name, call()));
            }
        };
        unless(1, "port_create", &|| unsafe { zx_port_create(options, scrap()) });
        unless(1, "socket_create", &|| unsafe { zx_socket_create(options, scrap(), scrap()) });
        unless(8, "socket_read", &|| unsafe { zx_socket_read(socket, options, nowhere(), 0, nowhere()) });
        unless(3, "timer_create", &|| unsafe { zx_timer_create(options, 0, scrap()) });
        unless(1, "timer_create, clock", &|| unsafe { zx_timer_create(0, options, scrap()) });
        unless(7, "wait_async", &|| zx_object_wait_async(event, port, 0, 0, options));
        unless(2, "channel_write", &|| unsafe { zx_channel_write(channel, options, null(), 0, null(), 0) });
        unless(2, "channel_write_etc", &|| unsafe {
            zx_channel_write_etc(channel, options, null(), 0, nowhere(), 0)
        });
        unless(2, "channel_call", &|| unsafe {
            zx_channel_call(channel, options, 0, &call_args(), scrap(), scrap())
        });
        unless(2, "channel_call_etc", &|| unsafe {
            zx_channel_call_etc(channel, options, 0, &mut call_etc_args(), scrap(), scrap())
        });
        unless(2 | 4 | 16, "vmo_create", &|| unsafe { zx_vmo_create(0, options, scrap()) });
        for (name, status) in refused {
            assert_eq!(status, ZX_ERR_INVALID_ARGS, "{name}, {options:#x}");
        }
        // Two calls say it in another way, as the kernel does.
        // SAFETY: the places are live.
        assert_eq!(unsafe { zx_eventpair_create(options, scrap(), scrap()) }, ZX_ERR_NOT_SUPPORTED);
        if options != ZX_CHANNEL_READ_MAY_DISCARD {
            // SAFETY: nothing is read or written.
            let status = unsafe {
                zx_channel_read(channel, options, nowhere(), nowhere(), 0, 0, nowhere(), nowhere())
            };
            assert_eq!(status, ZX_ERR_NOT_SUPPORTED);
        }
        let both = ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP;
        assert_eq!(zx_object_wait_async(event, port, 0, 0, both), ZX_ERR_INVALID_ARGS);
    }
}

/// Each call with one place that is null and one that is misaligned.
#[test]
fn places_that_cannot_be() {
    let ((channel, peer), (socket, far)) = (channel(), socket(0).unwrap());
    let ((fifo, _), event, port) = (fifo(1, 4, 0).unwrap(), event(), port());
    write(peer, b"message", &[]).unwrap();
    socket_write(far, b"bytes").unwrap();
    for bad in [0usize, 1] {
        let at = |bad: usize| without_provenance_mut::<u8>(bad);
        let place = at(bad);
        // SAFETY, for all: what is null or misaligned is refused, and is what is tested.
        let mut refused = vec![
            ("channel_create", unsafe { zx_channel_create(0, place.cast(), scrap()) }),
            ("channel_create, second", unsafe { zx_channel_create(0, scrap(), place.cast()) }),
            ("event_create", unsafe { zx_event_create(0, place.cast()) }),
            ("eventpair_create", unsafe { zx_eventpair_create(0, place.cast(), scrap()) }),
            ("eventpair_create, second", unsafe { zx_eventpair_create(0, scrap(), place.cast()) }),
            ("port_create", unsafe { zx_port_create(0, place.cast()) }),
            ("timer_create", unsafe { zx_timer_create(0, 0, place.cast()) }),
            ("socket_create", unsafe { zx_socket_create(0, place.cast(), scrap()) }),
            ("socket_create, second", unsafe { zx_socket_create(0, scrap(), place.cast()) }),
            ("fifo_create", unsafe { zx_fifo_create(1, 1, 0, place.cast(), scrap()) }),
            ("fifo_create, second", unsafe { zx_fifo_create(1, 1, 0, scrap(), place.cast()) }),
            ("handle_duplicate", unsafe { zx_handle_duplicate(event, 0, place.cast()) }),
            ("handle_replace", unsafe { zx_handle_replace(event, 0, place.cast()) }),
            ("handle_close_many", unsafe { zx_handle_close_many(place.cast(), 1) }),
            ("wait_many", unsafe { zx_object_wait_many(place.cast(), 1, 0) }),
            ("port_queue", unsafe { zx_port_queue(port, place.cast()) }),
            ("port_wait", unsafe { zx_port_wait(port, 0, place.cast()) }),
            ("port_wait_batch", unsafe { zx_linux_port_wait_batch(port, 0, place.cast(), 1, nowhere()) }),
            ("port_descriptor", unsafe { zx_linux_port_descriptor(port, place.cast()) }),
            ("port_prepare_wait", unsafe { zx_linux_port_prepare_wait(port, place.cast()) }),
            ("channel_read, handles", unsafe {
                zx_channel_read_etc(channel, 0, [0; 8].as_mut_ptr(), place.cast(), 6, 1, nowhere(), nowhere())
            }),
            ("channel_write, handles", unsafe { zx_channel_write(channel, 0, null(), 0, place.cast(), 1) }),
            ("channel_write_etc, handles", unsafe {
                zx_channel_write_etc(channel, 0, null(), 0, place.cast(), 1)
            }),
            ("channel_write, pieces", unsafe {
                zx_channel_write(channel, ZX_CHANNEL_WRITE_USE_IOVEC, place, 1, null(), 0)
            }),
            ("channel_call", unsafe { zx_channel_call(channel, 0, 0, place.cast(), scrap(), scrap()) }),
            ("channel_call, bytes", unsafe {
                zx_channel_call(channel, 0, 0, &call_args(), place.cast(), scrap())
            }),
            ("channel_call, handles", unsafe {
                zx_channel_call(channel, 0, 0, &call_args(), scrap(), place.cast())
            }),
            ("channel_call_etc", unsafe {
                zx_channel_call_etc(channel, 0, 0, place.cast(), scrap(), scrap())
            }),
            ("info", unsafe {
                zx_object_get_info(event, ZX_INFO_HANDLE_BASIC, place, 32, nowhere(), nowhere())
            }),
        ];
        if bad == 0 {
            refused.extend([
                ("channel_read, bytes", unsafe {
                    zx_channel_read(channel, 0, place, nowhere(), 8, 0, nowhere(), nowhere())
                }),
                ("channel_write, bytes", unsafe { zx_channel_write(channel, 0, place, 8, null(), 0) }),
                ("socket_write", unsafe { zx_socket_write(socket, 0, place, 8, nowhere()) }),
                ("socket_read", unsafe { zx_socket_read(socket, 0, place, 8, nowhere()) }),
                ("fifo_write", unsafe { zx_fifo_write(fifo, 4, place, 1, nowhere()) }),
                ("fifo_read", unsafe { zx_fifo_read(fifo, 4, place, 1, nowhere()) }),
                ("get_property", unsafe { zx_object_get_property(socket, ZX_PROP_NAME, place, 32) }),
                ("set_property", unsafe { zx_object_set_property(socket, ZX_PROP_NAME, place, 1) }),
            ]);
        }
        for (name, status) in refused {
            assert_eq!(status, ZX_ERR_INVALID_ARGS, "{name}, at {bad}");
        }
    }
    assert!(is_valid(event), "a replacement that has no place leaves the handle");
    assert_eq!(read(channel).unwrap().0, b"message");
    assert_eq!(socket_read(socket, 9).unwrap(), b"bytes");
    let observed = crooked();
    // SAFETY: a misaligned place that need not be written is left alone.
    assert_eq!(unsafe { zx_object_wait_one(event, 0, 0, observed) }, ZX_ERR_TIMED_OUT);
}

#[test]
fn places_for_memory_that_cannot_be() {
    let memory = vmo(1);
    for place in [null_mut(), crooked::<u8>()] {
        // SAFETY, for all: what is null or misaligned is refused, and is what is tested.
        for (name, status) in [
            ("vmo_create", unsafe { zx_vmo_create(0, 0, place.cast()) }),
            ("vmo_get_size", unsafe { zx_vmo_get_size(memory, place.cast()) }),
            ("vmo_get_stream_size", unsafe { zx_vmo_get_stream_size(memory, place.cast()) }),
            ("vmo_create_child", unsafe {
                zx_vmo_create_child(memory, ZX_VMO_CHILD_SNAPSHOT, 0, 1, place.cast())
            }),
            ("vmar_map", unsafe {
                zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ, 0, memory, 0, 1, place.cast())
            }),
            ("vmo_read", unsafe { zx_vmo_read(memory, place, 0, 1) }),
            ("vmo_write", unsafe { zx_vmo_write(memory, place, 0, 1) }),
        ] {
            assert_eq!(status, ZX_ERR_INVALID_ARGS, "{name}");
        }
    }
}

#[test]
fn more_than_there_may_be() {
    let (near, _) = channel();
    let bytes = vec![0u8; 65_537];
    let handles: Vec<u32> = (0..65).map(|_| event()).collect();
    let mut items = [zx_wait_item_t::default(); 65];
    // SAFETY, for all: the lists are live.
    for (name, status) in [
        ("bytes", unsafe { zx_channel_write(near, 0, bytes.as_ptr(), 65_537, null(), 0) }),
        ("handles", unsafe { zx_channel_write(near, 0, null(), 0, handles.as_ptr(), 65) }),
        ("pieces", unsafe {
            zx_channel_write(near, ZX_CHANNEL_WRITE_USE_IOVEC, scrap::<u64>().cast(), 8193, null(), 0)
        }),
        ("items", unsafe { zx_object_wait_many(items.as_mut_ptr(), 65, 0) }),
        ("slack", zx_timer_set(timer(), 0, -1)),
    ] {
        assert_eq!(status, ZX_ERR_OUT_OF_RANGE, "{name}");
    }
    assert!(handles.iter().all(|handle| !is_valid(*handle)), "the handles are gone all the same");
}
