//! Capacities chosen by the program and by the environment, and 100,000 channels within the process. All in one test,
//! because the capacities belong to the process.

#![cfg(not(miri))]

mod common;

use std::process::Command;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::capacity::RING_BYTES_MAX;
use zircon_linux::{Capacity, capacity, export, memory};

const CHANNELS: usize = 100_000;

/// Runs itself again, as a process with variables that are good and bad.
#[test]
fn capacities_are_chosen_before_the_first_call() {
    if std::env::var_os("ZIRCON_LINUX_NAMES").is_some() {
        return chosen();
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "capacities_are_chosen_before_the_first_call", "--nocapture"])
        .env("ZIRCON_LINUX_NAMES", "2")
        .env("ZIRCON_LINUX_WAITS", "120000")
        .env("ZIRCON_LINUX_PARKS", "many")
        .env("ZIRCON_LINUX_CALLS", "0")
        .env("ZIRCON_LINUX_HANDLES", "262144")
        .output()
        .unwrap();
    let complaints = String::from_utf8(child.stderr).unwrap();
    assert!(child.status.success(), "{complaints}");
    for variable in ["PARKS", "CALLS", "HANDLES"] {
        let line = format!("not a possible capacity: ZIRCON_LINUX_{variable}\n");
        assert!(complaints.contains(&line), "{complaints}");
    }
    assert_eq!(complaints.matches("not a possible").count(), 3);
}

fn chosen() {
    let wanted = Capacity::new().handles(210_000).objects(110_000).names(50).channel_messages(2);
    let wanted = wanted.socket_bytes(RING_BYTES_MAX as usize + 1);
    for impossible in
        [wanted.handles(0), wanted.handles(1 << 18), wanted.objects(1 << 20), wanted.channel_bytes(65_535)]
    {
        assert_eq!(impossible.install(), Err(ZX_ERR_OUT_OF_RANGE));
    }
    wanted.install().unwrap();
    assert_eq!(wanted.install(), Err(ZX_ERR_BAD_STATE), "once");
    assert_eq!(capacity(), wanted.names(2).waits(120_000));
    assert_eq!(wanted.install(), Err(ZX_ERR_BAD_STATE), "too late");

    names_are_used_up();
    sockets_that_are_too_large_stay_here();
    let channels: Vec<(u32, u32)> = (0..CHANNELS).map(|_| channel()).collect();
    assert_eq!((memory().handles.used, memory().objects.used), (2 * CHANNELS, CHANNELS));
    let queue = port();
    for (number, (near, far)) in channels.iter().enumerate() {
        wait_async(*far, queue, number as u64, ZX_CHANNEL_READABLE, 0).unwrap();
        write(*near, &number.to_le_bytes(), &[]).unwrap();
    }
    for expected in 0..CHANNELS {
        let key = port_wait(queue, PAST).unwrap().key as usize;
        let (near, far) = channels[key];
        let (status, bytes, _) = read_into(far, 0, 64, 0);
        assert_eq!((key, status, bytes), (expected, ZX_OK, expected.to_le_bytes().to_vec()));
        // The bound of a channel is the chosen one.
        write(far, b"1", &[]).unwrap();
        write(far, b"2", &[]).unwrap();
        assert_eq!(write(far, b"3", &[]), Err(ZX_ERR_SHOULD_WAIT));
        assert_eq!(read_into(near, 0, 64, 0).1, b"1");
        assert_eq!(read_into(near, 0, 64, 0).1, b"2");
    }
    handles_are_used_up(queue);
    channels.iter().for_each(|(near, far)| close_many(&[*near, *far]).unwrap());
    close(queue).unwrap();
    assert_eq!((memory().handles.used, memory().objects.used, memory().messages.used), (0, 0, 0));
}

fn names_are_used_up() {
    let vmos = [vmo(1), vmo(1), vmo(1)];
    assert_eq!(set_property(vmos[0], ZX_PROP_NAME, b"one"), Ok(()));
    assert_eq!(set_property(vmos[1], ZX_PROP_NAME, b"two"), Ok(()));
    assert_eq!(set_property(vmos[2], ZX_PROP_NAME, b"three"), Err(ZX_ERR_NO_RESOURCES));
    assert_eq!(set_property(vmos[0], ZX_PROP_NAME, b"another"), Ok(()));
    assert_eq!((memory().names.used, memory().names.refused), (2, 1));
    close_many(&vmos).unwrap();
    assert_eq!(memory().names.used, 0);
}

fn handles_are_used_up(queue: u32) {
    let mut more = Vec::new();
    let refused = loop {
        match duplicate(queue, ZX_RIGHT_SAME_RIGHTS) {
            Ok(handle) => more.push(handle),
            Err(status) => break status,
        }
    };
    assert_eq!((refused, more.len()), (ZX_ERR_NO_RESOURCES, 210_000 - 2 * CHANNELS - 1));
    assert_eq!(memory().handles.refused, 1);
    close_many(&more).unwrap();
}

/// A socket that holds more than any ring cannot go to another process, wherever it lies. That is found before anything
/// else happens.
fn sockets_that_are_too_large_stay_here() {
    for options in [ZX_SOCKET_STREAM, ZX_SOCKET_DATAGRAM] {
        let (near, far) = socket(options).unwrap();
        assert_eq!(export(far).err(), Some(ZX_ERR_NO_RESOURCES));
        assert_eq!(signals(near), ZX_SOCKET_PEER_CLOSED);
        let (inner, other) = socket(options).unwrap();
        let (one, carrier) = channel();
        write(carrier, b"stays", &[]).unwrap();
        write(one, b"", &[inner]).unwrap();
        assert_eq!(export(carrier).err(), Some(ZX_ERR_NO_RESOURCES));
        assert_eq!(read(one).unwrap().0, b"stays");
        assert_eq!(signals(other), ZX_SOCKET_PEER_CLOSED);
        close_many(&[near, other, one]).unwrap();
    }
}
