//! The calls of the published crate whose declarations agree with today's, made through that crate.
//!
//! The page of the crate says which they are. Each is called here in a way that shows by its result that all arguments
//! came through.

#![allow(unsafe_code)]
#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "each table has its reason"
)]

extern crate zircon_linux as _;

use fuchsia_zircon as zx;
use fuchsia_zircon::{AsHandleRef, HandleBased, sys};

const OK: i32 = sys::ZX_OK;
const SIGNALED: u32 = 1 << 3;

fn event() -> u32 {
    let mut out = 0;
    // SAFETY: the place is live.
    assert_eq!(unsafe { sys::zx_event_create(0, &mut out) }, OK);
    out
}

fn close(handle: u32) {
    // SAFETY: the call takes no pointers.
    assert_eq!(unsafe { sys::zx_handle_close(handle) }, OK);
}

#[test]
fn handles_and_objects() {
    let (first, mut second, mut third) = (event(), 0, 0);
    // SAFETY, for all: the places are live.
    assert_eq!(unsafe { sys::zx_handle_duplicate(first, sys::ZX_RIGHT_SAME_RIGHTS, &mut second) }, OK);
    assert_eq!(unsafe { sys::zx_handle_replace(second, sys::ZX_RIGHT_DUPLICATE, &mut third) }, OK);
    assert_eq!(unsafe { sys::zx_handle_close(second) }, sys::ZX_ERR_BAD_HANDLE);
    assert_eq!(unsafe { sys::zx_object_signal(first, 0, SIGNALED) }, OK);
    let mut observed = 0;
    assert_eq!(unsafe { sys::zx_object_wait_one(first, SIGNALED, 0, &mut observed) }, OK);
    assert_eq!(observed, SIGNALED);
    let (mut info, mut actual, mut avail) = ([0u64; 4], 0, 0);
    let basic = 2;
    let place = info.as_mut_ptr().cast();
    assert_eq!(unsafe { sys::zx_object_get_info(third, basic, place, 32, &mut actual, &mut avail) }, OK);
    assert_eq!((info[1] as u32, actual, avail), (sys::ZX_RIGHT_DUPLICATE, 1, 1));
    close(first);
    close(third);
}

#[test]
fn pairs_and_peers() {
    let (mut near, mut far, mut observed) = (0, 0, 0);
    // SAFETY, for all: the places are live.
    assert_eq!(unsafe { sys::zx_eventpair_create(0, &mut near, &mut far) }, OK);
    assert_eq!(unsafe { sys::zx_object_signal_peer(near, 0, SIGNALED) }, OK);
    assert_eq!(unsafe { sys::zx_object_wait_one(far, SIGNALED, 0, &mut observed) }, OK);
    assert_eq!(observed, SIGNALED);
    close(near);
    close(far);
}

#[test]
fn ports() {
    let (source, mut port) = (event(), 0);
    // SAFETY, for all: the places are live.
    assert_eq!(unsafe { sys::zx_port_create(0, &mut port) }, OK);
    assert_eq!(unsafe { sys::zx_object_wait_async(source, port, 7, SIGNALED, 0) }, OK);
    assert_eq!(unsafe { sys::zx_port_cancel(port, source, 8) }, sys::ZX_ERR_NOT_FOUND);
    assert_eq!(unsafe { sys::zx_port_cancel(port, source, 7) }, OK);
    close(source);
    close(port);
}

#[test]
fn channels() {
    let (near, far) = zx::Channel::create().unwrap();
    let sent = zx::Event::create().unwrap();
    let koid = sent.as_handle_ref().raw_handle();
    near.write(b"through the crate", &mut vec![sent.into_handle()]).unwrap();
    let mut message = zx::MessageBuf::new();
    far.read(&mut message).unwrap();
    assert_eq!((message.bytes(), message.n_handles()), (&b"through the crate"[..], 1));
    assert_ne!(message.take_handle(0).unwrap().raw_handle(), koid, "a received handle has a new number");
    assert_eq!(far.read(&mut message), Err(zx::Status::SHOULD_WAIT));
    drop(near);
    assert_eq!(far.read(&mut message), Err(zx::Status::PEER_CLOSED));
}

#[test]
fn sockets() {
    let (near, far) = zx::Socket::create().unwrap();
    assert_eq!(near.write(b"stream"), Ok(6));
    let mut bytes = [0; 10];
    assert_eq!(far.read(&mut bytes), Ok(6));
    assert_eq!(&bytes[..6], b"stream");
    let threshold = 100u64.to_le_bytes();
    let handle = near.raw_handle();
    // SAFETY, for all: the places are live.
    assert_eq!(unsafe { sys::zx_object_set_property(handle, 12, threshold.as_ptr(), 8) }, OK);
    let mut found = [0; 8];
    assert_eq!(unsafe { sys::zx_object_get_property(handle, 12, found.as_mut_ptr(), 8) }, OK);
    assert_eq!(found, threshold);
}

#[test]
fn timers_and_clocks() {
    let (mut timer, mut observed) = (0, 0);
    // SAFETY, for all: the places are live.
    assert_eq!(unsafe { sys::zx_timer_create(0, 0, &mut timer) }, OK);
    assert_eq!(unsafe { sys::zx_timer_set(timer, 1, 0) }, OK);
    assert_eq!(unsafe { sys::zx_object_wait_one(timer, SIGNALED, 0, &mut observed) }, OK);
    assert_eq!(unsafe { sys::zx_timer_cancel(timer) }, OK);
    assert_eq!(unsafe { sys::zx_object_wait_one(timer, SIGNALED, 0, &mut observed) }, sys::ZX_ERR_TIMED_OUT);
    close(timer);
    let soon = unsafe { sys::zx_deadline_after(1_000_000) };
    assert_eq!(unsafe { sys::zx_nanosleep(soon) }, OK);
    assert!(unsafe { sys::zx_ticks_get() } >= soon && unsafe { sys::zx_ticks_per_second() } > 0);
}

#[test]
#[cfg(not(miri))]
fn memory() {
    const RESIZABLE: u32 = 2;
    let (mut vmo, mut size) = (0, 0);
    // SAFETY, for all: the places are live, and nothing is mapped.
    assert_eq!(unsafe { sys::zx_vmo_create(5000, RESIZABLE, &mut vmo) }, OK);
    assert_eq!(unsafe { sys::zx_vmo_set_size(vmo, 1) }, OK);
    assert_eq!(unsafe { sys::zx_vmo_get_size(vmo, &mut size) }, OK);
    assert_eq!(size, 4096);
    let zero = 10;
    let nowhere = std::ptr::null_mut();
    assert_eq!(unsafe { sys::zx_vmo_op_range(vmo, zero, 4096, 1, nowhere, 0) }, sys::ZX_ERR_OUT_OF_RANGE);
    assert_eq!(unsafe { sys::zx_vmo_op_range(vmo, zero, 0, 4096, nowhere, 0) }, OK);
    let root = unsafe { sys::zx_vmar_root_self() };
    assert_eq!(unsafe { sys::zx_vmar_unmap(root, 4096, 4096) }, sys::ZX_ERR_NOT_FOUND);
    assert_eq!(unsafe { sys::zx_vmar_unmap(root, 4096, 1) }, sys::ZX_ERR_INVALID_ARGS);
    close(vmo);
}

#[test]
fn entropy() {
    // SAFETY, for both: the list is live.
    assert_eq!(unsafe { sys::zx_cprng_add_entropy([1; 256].as_ptr(), 256) }, OK);
    assert_eq!(unsafe { sys::zx_cprng_add_entropy([1; 257].as_ptr(), 257) }, sys::ZX_ERR_INVALID_ARGS);
}
