//! Every table filled to the brim, and what is said then. One test at a time, because tables belong to the process.

mod common;

use std::sync::Mutex;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{capacity, connect, listen, memory};

static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn full_tables_refuse_and_recover() {
    let _alone = ALONE.lock().unwrap();
    let before = memory();
    assert!(before.reserved_bytes > 0);
    assert_eq!(before.handles.capacity, capacity().handles);
    connections_come_and_go();
    handles();
    objects();
    waits();
    messages();
    blocks();
    let after = memory();
    assert_eq!(after.handles.used, 0);
    assert_eq!(after.objects.used, 0);
    assert_eq!(after.waits.used, 0);
    assert_eq!(after.messages.used, 0);
    assert_eq!(after.blocks.used, 0);
    for usage in [after.handles, after.objects, after.waits, after.messages, after.blocks] {
        assert!(usage.refused > 0 && usage.high_water == usage.capacity, "{usage:?}");
    }
}

/// Many connections at once, again and again, leave no descriptor behind.
fn connections_come_and_go() {
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let queue = port();
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let mut before = 0;
    for round in 0..10 {
        let pairs: Vec<(u32, u32)> = (0..200).map(|_| (connect(&path).unwrap(), accept(listener))).collect();
        for (number, (client, server)) in pairs.iter().enumerate() {
            wait_async(*server, queue, number as u64, ZX_CHANNEL_READABLE, 0).unwrap();
            write(*client, &number.to_le_bytes(), &[]).unwrap();
        }
        for _ in &pairs {
            let key = port_wait(queue, soon()).unwrap().key;
            assert_eq!(read(pairs[key as usize].1).unwrap().0, key.to_le_bytes());
        }
        // Some die with a message unread, some with one kept, some with a wait pending.
        for (number, (client, server)) in pairs.iter().enumerate() {
            match number % 3 {
                0 => write(*client, b"unread", &[]).unwrap(),
                1 => {
                    write(*client, b"kept", &[]).unwrap();
                    let (status, ..) = read_into(*server, 0, 1, 0);
                    // The message stays in the ring.
                    assert_eq!(status, ZX_ERR_BUFFER_TOO_SMALL);
                    assert_eq!(read_into(*server, 0, 1, 0).1.len(), 4);
                }
                _ => wait_async(*server, queue, 1, ZX_CHANNEL_READABLE, 0).unwrap(),
            }
            close_many(&[*client, *server]).unwrap();
        }
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
        match round {
            0 => before = descriptors(),
            _ => assert_eq!(descriptors(), before),
        }
    }
    close_many(&[listener, queue]).unwrap();
    assert_eq!((memory().listeners.used, memory().parks.used), (0, 0));
}

/// With the handle table full, a connection stays pending until there is room.
fn handles() {
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let client = connect(&path).unwrap();
    let source = event();
    let mut all = Vec::new();
    let refused = loop {
        match duplicate(source, ZX_RIGHT_SAME_RIGHTS) {
            Ok(handle) => all.push(handle),
            Err(status) => break status,
        }
    };
    assert_eq!((refused, all.len()), (ZX_ERR_NO_RESOURCES, capacity().handles - 3));
    assert_eq!(read(listener), Err(ZX_ERR_NO_RESOURCES));
    assert_eq!(connect(&path), Err(ZX_ERR_NO_RESOURCES));
    assert_eq!(wait_one(listener, ZX_CHANNEL_READABLE, PAST).0, ZX_OK);
    close(all.pop().unwrap()).unwrap();
    let server = accept(listener);
    assert_eq!(read(listener), Err(ZX_ERR_SHOULD_WAIT));
    close_many(&all).unwrap();
    close_many(&[listener, client, server, source]).unwrap();
}

fn objects() {
    let all: Vec<u32> = (0..capacity().objects).map(|_| event()).collect();
    #[allow(unsafe_code)]
    // SAFETY: the place is live.
    let status = unsafe { zircon_linux::abi::zx_event_create(0, &mut 0) };
    assert_eq!(status, ZX_ERR_NO_RESOURCES);
    // Not even a blocking wait has room.
    assert_eq!(wait_one(all[0], ZX_EVENT_SIGNALED, soon()).0, ZX_ERR_NO_RESOURCES);
    close_many(&all).unwrap();
}

fn waits() {
    let (source, queue) = (event(), port());
    for key in 0..capacity().waits as u64 {
        wait_async(source, queue, key, ZX_EVENT_SIGNALED, 0).unwrap();
    }
    assert_eq!(wait_async(source, queue, 0, ZX_EVENT_SIGNALED, 0), Err(ZX_ERR_NO_RESOURCES));
    assert_eq!(port_queue(queue, 0), Err(ZX_ERR_NO_RESOURCES));
    // Every registered wait has room for its packet.
    signal(source, 0, ZX_EVENT_SIGNALED).unwrap();
    for key in 0..capacity().waits as u64 {
        assert_eq!(port_wait(queue, PAST).unwrap().key, key);
    }
    close_many(&[source, queue]).unwrap();
}

/// Fills message memory through many channels with messages of this size, and returns the channels.
fn fill(size: usize) -> Vec<(u32, u32)> {
    let refused = |memory: zircon_linux::Memory| memory.messages.refused + memory.blocks.refused;
    let (message, before) = (vec![0; size], refused(memory()));
    let mut channels = Vec::new();
    while refused(memory()) == before {
        let (near, far) = channel();
        while write(near, &message, &[]).is_ok() {}
        assert_eq!(write(near, &message, &[]), Err(ZX_ERR_SHOULD_WAIT));
        channels.push((near, far));
    }
    channels
}

/// Message memory that is given back by one channel lets another write, which is told.
fn one_channel_relieves_another(size: usize) {
    let channels = fill(size);
    assert!(channels.len() > 2);
    let (starved, other) = (*channels.last().unwrap(), channels[0]);
    assert_eq!(signals(starved.0), 0);
    let queue = port();
    wait_async(starved.0, queue, 1, ZX_CHANNEL_WRITABLE, 0).unwrap();
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    read(other.1).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().signal().observed, ZX_CHANNEL_WRITABLE);
    assert_eq!(write(starved.0, &vec![0; size], &[]), Ok(()));
    assert_eq!(write(starved.0, &vec![0; size], &[]), Err(ZX_ERR_SHOULD_WAIT));
    // Closing gives memory back too.
    wait_async(starved.0, queue, 2, ZX_CHANNEL_WRITABLE, 0).unwrap();
    close(other.1).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().key, 2);
    close(other.0).unwrap();
    channels[1..].iter().for_each(|(near, far)| close_many(&[*near, *far]).unwrap());
    close(queue).unwrap();
}

fn messages() {
    one_channel_relieves_another(8);
}

fn blocks() {
    one_channel_relieves_another(60_000);
}
