//! Sockets: streams and datagrams.

mod common;

use std::collections::VecDeque;

use common::*;
use zircon_linux::abi::types::*;

const STREAM: u32 = ZX_SOCKET_STREAM;
const DATAGRAM: u32 = ZX_SOCKET_DATAGRAM;
const READABLE: u32 = ZX_SOCKET_READABLE;
const WRITABLE: u32 = ZX_SOCKET_WRITABLE;
const CLOSED: u32 = ZX_SOCKET_PEER_CLOSED;
const DISABLE: u32 = ZX_SOCKET_DISPOSITION_WRITE_DISABLED;
const ENABLE: u32 = ZX_SOCKET_DISPOSITION_WRITE_ENABLED;

type Maker = fn(u32) -> (u32, u32);

/// The ways to make a pair, given the options: within the process, and, where there is a system, with one end or both
/// that went to another process and came back.
const MAKERS: &[Maker] = if cfg!(miri) {
    &[|options| socket(options).unwrap()]
} else {
    &[
        |options| socket(options).unwrap(),
        |options| socket(options).map(|(near, far)| (near, crossed(far))).unwrap(),
        |options| socket(options).map(|(near, far)| (crossed(near), far)).unwrap(),
        |options| socket(options).map(|(near, far)| (crossed(near), crossed(far))).unwrap(),
    ]
};

/// Runs a test on a pair of each kind and closes what the test leaves open.
fn on_each(options: u32, test: impl Fn(u32, u32)) {
    for make in MAKERS {
        let (near, far) = make(options);
        test(near, far);
        let _ = close(near);
        let _ = close(far);
    }
}

/// The bytes that may wait in one direction.
fn room() -> usize {
    zircon_linux::capacity().socket_bytes
}

fn numbers(count: usize) -> Vec<u8> {
    (0..count).map(|number| (number % 251) as u8).collect()
}

#[test]
fn options_of_creation() {
    assert_eq!(socket(2), Err(ZX_ERR_INVALID_ARGS));
    assert_eq!(socket(ZX_SOCKET_PEEK), Err(ZX_ERR_INVALID_ARGS));
    on_each(STREAM, |near, far| {
        for end in [near, far] {
            let told = basic(end).unwrap();
            assert_eq!((told.object_type, told.rights), (ZX_OBJ_TYPE_SOCKET, ZX_DEFAULT_SOCKET_RIGHTS));
            assert!(told.koid != told.related_koid && told.related_koid != 0);
            assert_eq!(signals(end), WRITABLE);
        }
    });
    let (near, far) = socket(STREAM).unwrap();
    let (one, other) = (basic(near).unwrap(), basic(far).unwrap());
    assert_eq!((one.related_koid, other.related_koid), (other.koid, one.koid));
    close_many(&[near, far]).unwrap();
}

#[test]
fn user_signals() {
    on_each(STREAM, |near, far| {
        signal_peer(near, 0, ZX_USER_SIGNAL_1).unwrap();
        signal(near, 0, ZX_USER_SIGNAL_2).unwrap();
        assert_eq!(signals(far), WRITABLE | ZX_USER_SIGNAL_1);
        assert_eq!(signals(near), WRITABLE | ZX_USER_SIGNAL_2);
        let queue = port();
        wait_async(far, queue, 3, ZX_USER_SIGNAL_7, 0).unwrap();
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
        signal_peer(near, ZX_USER_SIGNAL_1, ZX_USER_SIGNAL_7).unwrap();
        assert_eq!(port_wait(queue, soon()).unwrap().signal().observed, WRITABLE | ZX_USER_SIGNAL_7);
        assert_eq!(signal_peer(near, 0, WRITABLE), Err(ZX_ERR_INVALID_ARGS));
        close(far).unwrap();
        assert_eq!(signal_peer(near, 0, ZX_USER_SIGNAL_1), Err(ZX_ERR_PEER_CLOSED));
        close(queue).unwrap();
    });
}

/// Each change of a signal ends a wait for it, at a port and in a blocking wait.
#[test]
fn waits_end_with_every_change() {
    on_each(STREAM, |near, far| {
        let queue = port();
        set_property(far, ZX_PROP_SOCKET_RX_THRESHOLD, &3u64.to_le_bytes()).unwrap();
        set_property(near, ZX_PROP_SOCKET_TX_THRESHOLD, &(room() as u64).to_le_bytes()).unwrap();
        for _ in 0..100 {
            for (signal, write) in [(READABLE, 1), (ZX_SOCKET_READ_THRESHOLD, 2)] {
                wait_async(far, queue, 1, signal, 0).unwrap();
                assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
                socket_write(near, &[0; 2][..write]).unwrap();
                let packet = port_wait(queue, soon()).unwrap();
                assert_eq!(packet.signal().observed & signal, signal);
            }
            wait_async(near, queue, 2, ZX_SOCKET_WRITE_THRESHOLD, 0).unwrap();
            assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
            socket_read(far, 3).unwrap();
            assert_eq!(port_wait(queue, soon()).unwrap().key, 2);
            wait_async(far, queue, 3, ZX_SOCKET_PEER_WRITE_DISABLED, ZX_WAIT_ASYNC_EDGE).unwrap();
            dispose(near, DISABLE, 0).unwrap();
            assert_eq!(port_wait(queue, soon()).unwrap().key, 3);
            wait_async(near, queue, 4, WRITABLE, ZX_WAIT_ASYNC_EDGE).unwrap();
            dispose(far, 0, ENABLE).unwrap();
            assert_eq!(port_wait(queue, soon()).unwrap().key, 4);
        }
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| wait_one(far, READABLE, soon()));
            socket_write(near, b"x").unwrap();
            assert_eq!(reader.join().unwrap().0, ZX_OK);
        });
        wait_async(near, queue, 5, CLOSED, 0).unwrap();
        close(far).unwrap();
        assert_eq!(port_wait(queue, soon()).unwrap().key, 5);
        close(queue).unwrap();
    });
}

#[test]
fn a_stream_has_no_boundaries() {
    on_each(STREAM, |near, far| {
        assert_eq!(socket_read(far, 10), Err(ZX_ERR_SHOULD_WAIT));
        for (from, to) in [(near, far), (far, near)] {
            let bytes = numbers(3000);
            for part in bytes.chunks(77) {
                assert_eq!(socket_write(from, part), Ok(part.len()));
            }
            assert_eq!(signals(to), READABLE | WRITABLE);
            let mut read = Vec::new();
            while let Ok(part) = socket_read(to, 130) {
                read.extend(part);
            }
            assert_eq!(read, bytes);
            assert_eq!(signals(to), WRITABLE);
        }
    });
}

/// Writes, reads and looks of random sizes, held against a queue of bytes.
#[test]
fn a_stream_is_a_queue_of_bytes() {
    on_each(STREAM, |near, far| {
        let (mut model, mut state, mut next) = (VecDeque::new(), 1u64, 0u8);
        let rounds = if cfg!(miri) { 60 } else { 4_000 };
        for _ in 0..rounds {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let size = (state >> 33) as usize % if cfg!(miri) { 700 } else { 9_000 };
            match state >> 60 {
                0..7 => {
                    let bytes: Vec<u8> = (0..size).map(|number| next.wrapping_add(number as u8)).collect();
                    let written = socket_write(near, &bytes).unwrap_or(0);
                    assert_eq!(written, size.min(room() - model.len()));
                    model.extend(&bytes[..written]);
                    next = next.wrapping_add(written as u8);
                }
                kind => {
                    let (options, count) =
                        (if kind == 7 { ZX_SOCKET_PEEK } else { 0 }, size.min(model.len()));
                    let found = socket_read_with(far, options, size).unwrap_or_default();
                    assert!(found.iter().eq(model.iter().take(count)));
                    if kind != 7 {
                        model.drain(..count);
                    }
                }
            }
            let told: zx_info_socket_t = info(far, ZX_INFO_SOCKET).unwrap();
            assert_eq!(told.rx_buf_size, model.len());
            let readable = if model.is_empty() { 0 } else { READABLE };
            let writable = if model.len() < room() { WRITABLE } else { 0 };
            assert_eq!((signals(far) & READABLE, signals(near) & WRITABLE), (readable, writable));
        }
    });
}

#[test]
fn nothing_to_write_or_to_read() {
    for options in [STREAM, DATAGRAM] {
        on_each(options, |near, far| {
            assert_eq!(socket_write(near, b""), Ok(0));
            assert_eq!(signals(far), WRITABLE, "there are no empty datagrams");
            assert_eq!(socket_read(far, 0), Err(ZX_ERR_SHOULD_WAIT));
            socket_write(near, b"abc").unwrap();
            assert_eq!(socket_read(far, 0), Ok(vec![]));
            assert_eq!(socket_read(far, 9), Ok(b"abc".to_vec()));
        });
    }
}

#[test]
fn a_full_stream_writes_short_and_then_waits() {
    on_each(STREAM, |near, far| {
        let bytes = numbers(room() + 5);
        assert_eq!(socket_write(near, &bytes[..100]), Ok(100));
        assert_eq!(socket_write(near, &bytes[100..]), Ok(room() - 100));
        assert_eq!(signals(near), 0);
        assert_eq!(socket_write(near, b"x"), Err(ZX_ERR_SHOULD_WAIT));
        let queue = port();
        wait_async(near, queue, 1, WRITABLE, 0).unwrap();
        assert_eq!(socket_read(far, 300), Ok(bytes[..300].to_vec()));
        assert_eq!(port_wait(queue, PAST).unwrap().key, 1);
        assert_eq!(socket_write(near, &bytes), Ok(300));
        assert_eq!(socket_read(far, bytes.len()).unwrap().len(), room());
        assert_eq!(socket_read(far, 1), Err(ZX_ERR_SHOULD_WAIT));
        close(queue).unwrap();
    });
}

#[test]
fn datagrams_stay_whole() {
    on_each(DATAGRAM, |near, far| {
        for size in [1, 99, 101, 500] {
            assert_eq!(socket_write(near, &numbers(size)), Ok(size));
        }
        assert_eq!(socket_read(far, 1000), Ok(numbers(1)));
        assert_eq!(socket_read_with(far, ZX_SOCKET_PEEK, 1000), Ok(numbers(99)));
        assert_eq!(socket_read(far, 1000), Ok(numbers(99)));
        // The rest of a datagram that is cut off is gone.
        assert_eq!(socket_read(far, 3), Ok(vec![0, 1, 2]));
        assert_eq!(socket_read(far, 499), Ok(numbers(499)));
        assert_eq!(socket_read(far, 1), Err(ZX_ERR_SHOULD_WAIT));
    });
}

#[test]
fn a_datagram_fits_or_not() {
    on_each(DATAGRAM, |near, far| {
        let half = numbers(room() / 2 + 1);
        assert_eq!(socket_write(near, &numbers(room() + 1)), Err(ZX_ERR_OUT_OF_RANGE));
        assert_eq!(socket_write(near, &half), Ok(half.len()));
        assert_eq!(socket_write(near, &half), Err(ZX_ERR_SHOULD_WAIT));
        assert_eq!(signals(near), WRITABLE, "there is room for a smaller one");
        let threshold = (half.len() as u64).to_le_bytes();
        set_property(near, ZX_PROP_SOCKET_TX_THRESHOLD, &threshold).unwrap();
        assert_eq!(signals(near), WRITABLE);
        assert_eq!(socket_read(far, half.len()).unwrap(), half);
        assert_eq!(signals(near), WRITABLE | ZX_SOCKET_WRITE_THRESHOLD);
        assert_eq!(socket_write(near, &numbers(room())), Ok(room()));
        assert_eq!(signals(near), 0);
    });
}

#[test]
fn peeking_changes_nothing() {
    on_each(STREAM, |near, far| {
        let bytes = numbers(700);
        socket_write(near, &bytes).unwrap();
        assert_eq!(socket_read(far, 10).unwrap(), bytes[..10]);
        for room in [1, 242, 243, 600, 690, 1000] {
            let peeked = socket_read_with(far, ZX_SOCKET_PEEK, room).unwrap();
            assert_eq!(peeked, bytes[10..(10 + room).min(700)]);
        }
        assert_eq!(signals(far), READABLE | WRITABLE);
        assert_eq!(socket_read(far, 1000).unwrap(), bytes[10..]);
        assert_eq!(socket_read_with(far, ZX_SOCKET_PEEK, 10), Err(ZX_ERR_SHOULD_WAIT));
        assert_eq!(socket_read_with(far, 1, 10), Err(ZX_ERR_INVALID_ARGS));
        assert_eq!(socket_read_with(far, ZX_SOCKET_PEEK | 1, 10), Err(ZX_ERR_INVALID_ARGS));
    });
}

#[test]
fn what_was_written_outlives_the_writer() {
    for options in [STREAM, DATAGRAM] {
        on_each(options, |near, far| {
            socket_write(near, b"last words").unwrap();
            close(near).unwrap();
            assert_eq!(signals(far), READABLE | CLOSED);
            assert_eq!(socket_write(far, b"x"), Err(ZX_ERR_PEER_CLOSED));
            assert_eq!(socket_write(far, b""), Err(ZX_ERR_PEER_CLOSED));
            assert_eq!(socket_read(far, 100), Ok(b"last words".to_vec()));
            assert_eq!(socket_read(far, 100), Err(ZX_ERR_PEER_CLOSED));
            assert_eq!(signals(far), CLOSED);
        });
    }
}

#[test]
fn the_peer_closes_with_the_last_duplicate() {
    on_each(STREAM, |near, far| {
        let second = duplicate(near, ZX_RIGHT_SAME_RIGHTS).unwrap();
        close(near).unwrap();
        assert_eq!(signals(far), WRITABLE);
        close(second).unwrap();
        assert_eq!(signals(far), CLOSED);
    });
}

#[test]
fn writes_can_be_disabled_and_enabled() {
    for options in [STREAM, DATAGRAM] {
        on_each(options, |near, far| {
            assert_eq!(dispose(near, 0, 0), Ok(()));
            assert_eq!(dispose(near, 3, 0), Err(ZX_ERR_INVALID_ARGS));
            assert_eq!(dispose(near, 0, 3), Err(ZX_ERR_INVALID_ARGS));
            socket_write(near, b"before").unwrap();
            dispose(near, DISABLE, 0).unwrap();
            assert_eq!(signals(near), ZX_SOCKET_WRITE_DISABLED);
            assert_eq!(signals(far), READABLE | WRITABLE | ZX_SOCKET_PEER_WRITE_DISABLED);
            assert_eq!(socket_write(near, b"x"), Err(ZX_ERR_BAD_STATE));
            assert_eq!(socket_write(far, b"other way"), Ok(9));
            assert_eq!(dispose(near, ENABLE, 0), Err(ZX_ERR_BAD_STATE), "something is unread");
            assert_eq!(dispose(near, ENABLE, DISABLE), Err(ZX_ERR_BAD_STATE), "all or nothing");
            assert_eq!(socket_write(far, b"!"), Ok(1));
            assert_eq!(socket_read(far, 10), Ok(b"before".to_vec()));
            assert_eq!(socket_read(far, 10), Err(ZX_ERR_BAD_STATE));
            dispose(near, ENABLE, 0).unwrap();
            assert_eq!(signals(near), READABLE | WRITABLE);
            assert_eq!(signals(far), WRITABLE);
            assert_eq!(socket_write(near, b"after"), Ok(5));
            // From the other side, both at once.
            dispose(far, DISABLE, DISABLE).unwrap();
            assert_eq!(socket_write(near, b"x"), Err(ZX_ERR_BAD_STATE));
            assert_eq!(socket_write(far, b"x"), Err(ZX_ERR_BAD_STATE));
            let both = ZX_SOCKET_WRITE_DISABLED | ZX_SOCKET_PEER_WRITE_DISABLED;
            assert_eq!((signals(near), signals(far)), (READABLE | both, READABLE | both));
        });
    }
}

#[test]
fn dispositions_after_the_peer_closed() {
    on_each(STREAM, |near, far| {
        close(far).unwrap();
        dispose(near, DISABLE, DISABLE).unwrap();
        assert_eq!(signals(near), CLOSED | ZX_SOCKET_WRITE_DISABLED);
        dispose(near, ENABLE, 0).unwrap();
        assert_eq!(signals(near), CLOSED);
        assert_eq!(socket_write(near, b"x"), Err(ZX_ERR_PEER_CLOSED));
    });
}

fn threshold(socket: u32, which: u32, bytes: u64) -> Result<()> {
    set_property(socket, which, &bytes.to_le_bytes())
}

#[test]
fn thresholds_follow_at_once() {
    on_each(STREAM, |near, far| {
        let (read, write) = (ZX_SOCKET_READ_THRESHOLD, ZX_SOCKET_WRITE_THRESHOLD);
        threshold(far, ZX_PROP_SOCKET_RX_THRESHOLD, 10).unwrap();
        assert_eq!(property(far, ZX_PROP_SOCKET_RX_THRESHOLD, 8).unwrap(), 10u64.to_le_bytes());
        socket_write(near, &[0; 9]).unwrap();
        assert_eq!(signals(far), READABLE | WRITABLE);
        socket_write(near, &[0; 1]).unwrap();
        assert_eq!(signals(far), READABLE | WRITABLE | read);
        socket_read(far, 1).unwrap();
        assert_eq!(signals(far), READABLE | WRITABLE);
        threshold(far, ZX_PROP_SOCKET_RX_THRESHOLD, 9).unwrap();
        assert_eq!(signals(far), READABLE | WRITABLE | read, "also by the setting alone");
        threshold(far, ZX_PROP_SOCKET_RX_THRESHOLD, 0).unwrap();
        assert_eq!(signals(far), READABLE | WRITABLE);

        let left = room() as u64 - 9;
        threshold(near, ZX_PROP_SOCKET_TX_THRESHOLD, left).unwrap();
        assert_eq!(property(near, ZX_PROP_SOCKET_TX_THRESHOLD, 8).unwrap(), left.to_le_bytes());
        assert_eq!(signals(near), WRITABLE | write);
        socket_write(near, &[0; 1]).unwrap();
        assert_eq!(signals(near), WRITABLE);
        socket_read(far, 1).unwrap();
        assert_eq!(signals(near), WRITABLE | write);

        let beyond = room() as u64 + 1;
        for which in [ZX_PROP_SOCKET_RX_THRESHOLD, ZX_PROP_SOCKET_TX_THRESHOLD] {
            assert_eq!(threshold(near, which, beyond), Err(ZX_ERR_INVALID_ARGS));
            assert_eq!(threshold(near, which, u64::MAX), Err(ZX_ERR_INVALID_ARGS));
            assert_eq!(set_property(near, which, &[0; 7]), Err(ZX_ERR_BUFFER_TOO_SMALL));
            assert_eq!(property(near, which, 7), Err(ZX_ERR_BUFFER_TOO_SMALL));
        }
        close(far).unwrap();
        assert_eq!(signals(near), CLOSED);
        assert_eq!(threshold(near, ZX_PROP_SOCKET_TX_THRESHOLD, 1), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(threshold(near, ZX_PROP_SOCKET_RX_THRESHOLD, 1), Ok(()));
    });
}

#[test]
fn how_full_it_is() {
    for options in [STREAM, DATAGRAM] {
        on_each(options, |near, far| {
            socket_write(near, &[0; 30]).unwrap();
            socket_write(near, &[0; 12]).unwrap();
            let all = room();
            let found: zx_info_socket_t = info(far, ZX_INFO_SOCKET).unwrap();
            let next = if options == DATAGRAM { 30 } else { 42 };
            assert_eq!((found.options, found.rx_buf_max, found.tx_buf_max), (options, all, all));
            assert_eq!((found.rx_buf_size, found.rx_buf_available, found.tx_buf_size), (42, next, 0));
            assert_eq!(info::<zx_info_socket_t>(near, ZX_INFO_SOCKET).unwrap().tx_buf_size, 42);
            close(far).unwrap();
            let found: zx_info_socket_t = info(near, ZX_INFO_SOCKET).unwrap();
            assert_eq!((found.tx_buf_size, found.tx_buf_max, found.rx_buf_max), (0, 0, all));
        });
    }
}

#[test]
fn rights_and_types() {
    let (near, far) = socket(STREAM).unwrap();
    let bare = duplicate(near, ZX_RIGHT_WAIT).unwrap();
    assert_eq!(socket_write(bare, b"x"), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(socket_read(bare, 1), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(dispose(bare, DISABLE, 0), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(threshold(bare, ZX_PROP_SOCKET_RX_THRESHOLD, 1), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(property(bare, ZX_PROP_SOCKET_RX_THRESHOLD, 8), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(info::<zx_info_socket_t>(bare, ZX_INFO_SOCKET), Err(ZX_ERR_ACCESS_DENIED));
    // It has the rights for properties, but no name.
    assert_eq!(set_property(near, ZX_PROP_NAME, b"name"), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(property(near, ZX_PROP_NAME, 32), Err(ZX_ERR_WRONG_TYPE));
    let other = event();
    assert_eq!(socket_write(other, b"x"), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(socket_read(other, 1), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(dispose(other, DISABLE, 0), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(info::<zx_info_socket_t>(other, ZX_INFO_SOCKET), Err(ZX_ERR_WRONG_TYPE));
    close_many(&[near, far, bare, other]).unwrap();
    assert_eq!(socket_write(near, b"x"), Err(ZX_ERR_BAD_HANDLE));
    assert_eq!(socket_read(near, 1), Err(ZX_ERR_BAD_HANDLE));
}
