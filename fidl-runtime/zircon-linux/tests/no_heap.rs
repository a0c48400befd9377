//! No call touches the heap: not in a round trip, and not in making and closing objects. Without a harness, so that
//! no other thread allocates meanwhile.

#![allow(unsafe_code)]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{check, fresh_path, soon};
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn counted(name: &str, work: impl FnOnce()) {
    let before = COUNT.load(Ordering::Relaxed);
    work();
    let count = COUNT.load(Ordering::Relaxed) - before;
    assert_eq!(count, 0, "{name} allocated");
    println!("{name}: 0 allocations");
}

fn main() {
    // Runners that start each test on its own ask first which there are.
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--list") {
        if arguments.iter().all(|argument| argument != "--ignored") {
            println!("no_heap: test");
        }
        return;
    }
    // A negative control: the counter counts.
    let before = COUNT.load(Ordering::Relaxed);
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(COUNT.load(Ordering::Relaxed) - before, 1);

    // The first call of the process is counted too.
    counted("local channel", || {
        let (near, far) = common::channel();
        round_trips(near, far);
        common::close_many(&[near, far]).unwrap();
    });
    counted("sockets and fifos", || sockets_and_fifos(|end| end));
    counted("sockets and fifos between processes", || {
        sockets_and_fifos(|end| zircon_linux::adopt(zircon_linux::export(end).unwrap()).unwrap());
    });
    counted("memory objects", memory_objects);
    counted("a call that times out", || {
        let (near, far) = common::channel();
        call(near);
        common::close_many(&[near, far]).unwrap();
    });
    let path = fresh_path();
    counted("socket channel", || {
        let listener = zircon_linux::listen(&path).unwrap();
        let near = zircon_linux::connect(&path).unwrap();
        let far = take_connection(listener);
        round_trips(near, far);
        common::close_many(&[near, far, listener]).unwrap();
    });
    counted("timer, event, wait_many", || {
        let (timer, event) = (common::timer(), common::event());
        check(zx_timer_set(timer, zx_deadline_after(1_000_000), 0)).unwrap();
        let mut items = [common::item(timer, ZX_TIMER_SIGNALED), common::item(event, ZX_EVENT_SIGNALED)];
        common::wait_many(&mut items, soon()).unwrap();
        common::close_many(&[timer, event]).unwrap();
    });
}

fn take_connection(listener: u32) -> u32 {
    assert_eq!(common::wait_one(listener, ZX_CHANNEL_READABLE, soon()).0, ZX_OK);
    let mut handle = 0;
    let nowhere = std::ptr::null_mut();
    // SAFETY: the places are live or null.
    check(unsafe {
        zx_channel_read(listener, 0, nowhere, &mut handle, 0, 1, nowhere.cast(), nowhere.cast())
    })
    .unwrap();
    handle
}

fn round_trips(near: u32, far: u32) {
    let port = common::port();
    for size in [0, 32, 1000, 65536] {
        let message = [5; 65536];
        for (from, to) in [(near, far), (far, near)] {
            common::wait_async(to, port, 1, ZX_CHANNEL_READABLE, 0).unwrap();
            common::write(from, &message[..size], &[]).unwrap();
            assert_eq!(common::port_wait(port, soon()).unwrap().key, 1);
            // Twice: once too small.
            for room in [size.saturating_sub(1), size] {
                let mut place = [0u8; 65536];
                let nowhere = std::ptr::null_mut();
                let (bytes, room) = (place.as_mut_ptr(), room as u32);
                // SAFETY: the places are live or null.
                unsafe { zx_channel_read(to, 0, bytes, nowhere, room, 0, nowhere, nowhere) };
            }
            assert_eq!(common::wait_one(to, ZX_CHANNEL_READABLE, 0).0, ZX_ERR_TIMED_OUT);
        }
    }
    common::close(port).unwrap();
}

/// Uses some, of which one end takes this way first, with what waits in it.
fn sockets_and_fifos(way: impl Fn(u32) -> u32) {
    let port = common::port();
    for options in [ZX_SOCKET_STREAM, ZX_SOCKET_DATAGRAM] {
        let (near, far) = common::socket(options).unwrap();
        common::socket_write(near, &[1; 60_000]).unwrap();
        let far = way(far);
        let (mut place, mut actual) = ([0u8; 60_000], 0);
        for options in [ZX_SOCKET_PEEK, 0] {
            // SAFETY: the places are live.
            check(unsafe { zx_socket_read(far, options, place.as_mut_ptr(), 60_000, &mut actual) }).unwrap();
            assert_eq!((actual, place[59_999]), (60_000, 1));
        }
        common::wait_async(far, port, 1, ZX_SOCKET_READABLE, 0).unwrap();
        common::socket_write(near, &[1; 60_000]).unwrap();
        assert_eq!(common::port_wait(port, soon()).unwrap().key, 1);
        common::dispose(near, ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0).unwrap();
        let second = way(common::duplicate(far, ZX_RIGHT_SAME_RIGHTS).unwrap());
        // SAFETY: the places are live.
        check(unsafe { zx_socket_read(second, 0, place.as_mut_ptr(), 60_000, &mut actual) }).unwrap();
        common::close_many(&[near, far, second]).unwrap();
    }
    let (near, far) = common::fifo(64, 64, 0).unwrap();
    common::fifo_write(near, 64, &[2; 4096]).unwrap();
    let far = way(far);
    let (mut place, mut actual) = ([0u8; 4096], 0);
    // SAFETY: the places are live.
    check(unsafe { zx_fifo_read(far, 64, place.as_mut_ptr(), 64, &mut actual) }).unwrap();
    assert_eq!((actual, place[4095]), (64, 2));
    common::close_many(&[near, far, port]).unwrap();
}

fn memory_objects() {
    let parent = common::vmo_with(8192, ZX_VMO_RESIZABLE).unwrap();
    common::vmo_write(parent, 100, b"bytes").unwrap();
    common::set_property(parent, ZX_PROP_NAME, b"name").unwrap();
    let child = common::child(parent, ZX_VMO_CHILD_SNAPSHOT, 0, 8192).unwrap();
    let address = common::map(ZX_VM_PERM_READ, 0, child, 0, 8192).unwrap();
    check(zx_vmo_set_size(parent, 4096)).unwrap();
    let told: zx_info_vmo_t = common::info(child, ZX_INFO_VMO).unwrap();
    assert_eq!((told.num_mappings, &told.name[..4]), (1, &b"name"[..]));
    common::close_many(&[parent, child]).unwrap();
    common::unmap(address, 8192).unwrap();
}

fn call(channel: u32) {
    let args = zx_channel_call_args_t {
        wr_bytes: [0; 4].as_ptr(),
        wr_handles: std::ptr::null(),
        rd_bytes: std::ptr::null_mut(),
        rd_handles: std::ptr::null_mut(),
        wr_num_bytes: 4,
        wr_num_handles: 0,
        rd_num_bytes: 0,
        rd_num_handles: 0,
    };
    let (mut bytes, mut handles) = (0, 0);
    let soon = zx_deadline_after(1_000_000);
    // SAFETY: the lists and places are live, or null where none are wanted.
    let status = unsafe { zx_channel_call(channel, 0, soon, &args, &mut bytes, &mut handles) };
    assert_eq!(status, ZX_ERR_TIMED_OUT);
}
