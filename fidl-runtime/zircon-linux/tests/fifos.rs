//! Fifos.

mod common;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const READABLE: u32 = ZX_FIFO_READABLE;
const WRITABLE: u32 = ZX_FIFO_WRITABLE;
const CLOSED: u32 = ZX_FIFO_PEER_CLOSED;

type Maker = fn(usize, usize) -> (u32, u32);

/// The ways to make a pair, given count and size of the elements: within the process, and, where there is a system, with one
/// end or both that went to another process and came back.
const MAKERS: &[Maker] = if cfg!(miri) {
    &[|count, size| fifo(count, size, 0).unwrap()]
} else {
    &[
        |count, size| fifo(count, size, 0).unwrap(),
        |count, size| fifo(count, size, 0).map(|(near, far)| (near, crossed(far))).unwrap(),
        |count, size| fifo(count, size, 0).map(|(near, far)| (crossed(near), far)).unwrap(),
        |count, size| fifo(count, size, 0).map(|(near, far)| (crossed(near), crossed(far))).unwrap(),
    ]
};

/// Runs a test on a pair of each kind and closes what the test leaves open.
fn on_each(count: usize, size: usize, test: impl Fn(u32, u32)) {
    for make in MAKERS {
        let (near, far) = make(count, size);
        test(near, far);
        let _ = close(near);
        let _ = close(far);
    }
}

#[test]
fn sizes_and_options() {
    for (count, size) in [(0, 1), (1, 0), (4097, 1), (1, 4097), (65, 64), (usize::MAX, 2), (0, 0)] {
        assert_eq!(fifo(count, size, 0), Err(ZX_ERR_OUT_OF_RANGE), "{count} {size}");
    }
    assert_eq!(fifo(1, 1, 1), Err(ZX_ERR_INVALID_ARGS));
    for (count, size) in [(1, 4096), (4096, 1), (64, 64), (3, 7), (100, 24)] {
        on_each(count, size, |near, far| {
            for end in [near, far] {
                let told = basic(end).unwrap();
                assert_eq!((told.object_type, told.rights), (ZX_OBJ_TYPE_FIFO, ZX_DEFAULT_FIFO_RIGHTS));
                assert!(told.koid != told.related_koid && told.related_koid != 0);
                assert_eq!(signals(end), WRITABLE);
            }
        });
    }
    let (near, far) = fifo(4, 4, 0).unwrap();
    assert_eq!(basic(near).unwrap().related_koid, basic(far).unwrap().koid);
    close_many(&[near, far]).unwrap();
}

#[test]
fn waits_end_with_every_change() {
    on_each(2, 4, |near, far| {
        let queue = port();
        for _ in 0..200 {
            wait_async(far, queue, 1, READABLE, 0).unwrap();
            assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
            assert_eq!(fifo_write(near, 4, &[1; 8]), Ok(2));
            assert_eq!(port_wait(queue, soon()).unwrap().key, 1);
            wait_async(near, queue, 2, WRITABLE, 0).unwrap();
            assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
            assert_eq!(fifo_read(far, 4, 2), Ok(vec![1; 8]));
            assert_eq!(port_wait(queue, soon()).unwrap().key, 2);
        }
        wait_async(near, queue, 3, ZX_USER_SIGNAL_0, 0).unwrap();
        signal_peer(far, 0, ZX_USER_SIGNAL_0).unwrap();
        assert_eq!(port_wait(queue, soon()).unwrap().key, 3);
        wait_async(near, queue, 4, CLOSED, 0).unwrap();
        close(far).unwrap();
        assert_eq!(port_wait(queue, soon()).unwrap().key, 4);
        close(queue).unwrap();
    });
}

#[test]
fn elements_keep_their_order_round_and_round() {
    on_each(5, 3, |near, far| {
        assert_eq!(fifo_read(far, 3, 1), Err(ZX_ERR_SHOULD_WAIT));
        let (mut written, mut read) = (0u8, 0u8);
        for round in 0..100 {
            for (from, to) in [(near, far), (far, near)] {
                let (start, count) = (written, 1 + round % 5);
                let bytes: Vec<u8> = (0..count as u8 * 3).map(|number| start.wrapping_add(number)).collect();
                assert_eq!(fifo_write(from, 3, &bytes), Ok(count));
                assert_eq!(signals(to) & READABLE, READABLE);
                assert_eq!(fifo_read(to, 3, count), Ok(bytes));
                assert_eq!(signals(to) & READABLE, 0);
            }
            written = written.wrapping_add(15);
            read = read.wrapping_add(1);
        }
        assert_eq!(read, 100);
    });
}

#[test]
fn a_full_one_takes_what_fits() {
    on_each(4, 2, |near, far| {
        assert_eq!(fifo_write(near, 2, b"aabb"), Ok(2));
        assert_eq!(fifo_write(near, 2, b"ccddee"), Ok(2));
        assert_eq!(signals(near), 0);
        assert_eq!(fifo_write(near, 2, b"ee"), Err(ZX_ERR_SHOULD_WAIT));
        let queue = port();
        wait_async(near, queue, 1, WRITABLE, 0).unwrap();
        assert_eq!(fifo_read(far, 2, 1), Ok(b"aa".to_vec()));
        assert_eq!(port_wait(queue, PAST).unwrap().key, 1);
        assert_eq!(fifo_write(near, 2, b"eeff"), Ok(1));
        assert_eq!(fifo_read(far, 2, 9), Ok(b"bbccddee".to_vec()));
        assert_eq!(fifo_read(far, 2, 9), Err(ZX_ERR_SHOULD_WAIT));
        close(queue).unwrap();
    });
}

#[test]
fn elements_outlive_the_writer() {
    on_each(4, 8, |near, far| {
        fifo_write(near, 8, b"01234567").unwrap();
        close(near).unwrap();
        assert_eq!(signals(far), READABLE | CLOSED);
        assert_eq!(fifo_write(far, 8, b"01234567"), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(fifo_write(far, 7, b"0123456"), Err(ZX_ERR_PEER_CLOSED), "tested before the size");
        assert_eq!(fifo_read(far, 8, 2), Ok(b"01234567".to_vec()));
        assert_eq!(fifo_read(far, 8, 2), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(signals(far), CLOSED);
    });
}

#[test]
fn wrong_sizes_and_counts() {
    on_each(4, 8, |near, _| {
        for size in [0, 1, 7, 9, usize::MAX] {
            assert_eq!(write_raw(near, size, 1), ZX_ERR_OUT_OF_RANGE, "{size}");
            assert_eq!(read_raw(near, size, 1), ZX_ERR_OUT_OF_RANGE, "{size}");
        }
        assert_eq!(write_raw(near, 8, 0), ZX_ERR_OUT_OF_RANGE);
        assert_eq!(read_raw(near, 8, 0), ZX_ERR_OUT_OF_RANGE);
        assert_eq!(write_raw(near, 8, usize::MAX), ZX_ERR_INVALID_ARGS, "no memory is so large");
        assert_eq!(read_raw(near, 8, usize::MAX), ZX_ERR_INVALID_ARGS);
    });
}

/// Writes from a place of 8 bytes and does not ask how many.
#[allow(unsafe_code)]
fn write_raw(fifo: u32, size: usize, count: usize) -> Status {
    // SAFETY: the place is live; a call that would read beyond it is refused.
    unsafe { zx_fifo_write(fifo, size, [0; 8].as_ptr(), count, std::ptr::null_mut()) }
}

/// Reads to a place of 8 bytes and does not ask how many.
#[allow(unsafe_code)]
fn read_raw(fifo: u32, size: usize, count: usize) -> Status {
    // SAFETY: the place is live; a call that would write beyond it is refused.
    unsafe { zx_fifo_read(fifo, size, [0; 8].as_mut_ptr(), count, std::ptr::null_mut()) }
}

#[test]
fn how_many_need_not_be_asked() {
    on_each(4, 8, |near, far| {
        assert_eq!(write_raw(near, 8, 1), ZX_OK);
        assert_eq!(read_raw(far, 8, 1), ZX_OK);
        assert_eq!(read_raw(far, 8, 1), ZX_ERR_SHOULD_WAIT);
    });
}

#[test]
fn rights_and_types() {
    let (near, far) = fifo(4, 8, 0).unwrap();
    let bare = duplicate(near, ZX_RIGHT_WAIT).unwrap();
    assert_eq!(write_raw(bare, 8, 1), ZX_ERR_ACCESS_DENIED);
    assert_eq!(read_raw(bare, 8, 1), ZX_ERR_ACCESS_DENIED);
    let other = event();
    assert_eq!(write_raw(other, 8, 1), ZX_ERR_WRONG_TYPE);
    assert_eq!(read_raw(other, 8, 1), ZX_ERR_WRONG_TYPE);
    close_many(&[near, far, bare, other]).unwrap();
    assert_eq!(write_raw(near, 8, 1), ZX_ERR_BAD_HANDLE);
    assert_eq!(read_raw(near, 8, 1), ZX_ERR_BAD_HANDLE);
}
