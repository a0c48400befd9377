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
