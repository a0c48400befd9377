//! Channels. What holds for both kinds is tested on both; the tests of handles in messages are for local ones.

mod common;

use std::thread;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const ALIVE: u32 = ZX_CHANNEL_WRITABLE;
const READABLE: u32 = ZX_CHANNEL_READABLE;
const CLOSED: u32 = ZX_CHANNEL_PEER_CLOSED;

#[test]
fn messages_arrive_whole_and_in_order() {
    on_each_kind(|_, near, far| {
        assert_eq!(read(near), Err(ZX_ERR_SHOULD_WAIT));
        for (from, to) in [(near, far), (far, near)] {
            for length in [1, 99, 100, 101, 352, 353, 700, LARGEST, 0, 32] {
                let bytes: Vec<u8> = (0..length).map(|number| (number % 251) as u8).collect();
                write(from, &bytes, &[]).unwrap();
                assert_eq!(wait_one(to, READABLE, soon()), (ZX_OK, READABLE | ALIVE));
                assert_eq!(read(to), Ok((bytes, vec![])));
            }
            write(from, b"first", &[]).unwrap();
            write(from, b"second", &[]).unwrap();
            assert_eq!(read(to).unwrap().0, b"first");
            assert_eq!(wait_one(to, READABLE, soon()), (ZX_OK, READABLE | ALIVE));
            assert_eq!(read(to).unwrap().0, b"second");
            assert_eq!(read(to), Err(ZX_ERR_SHOULD_WAIT));
            assert_eq!(signals(to), ALIVE);
        }
        close_many(&[near, far]).unwrap();
    });
}

#[test]
fn messages_outlive_their_writer() {
    on_each_kind(|_, near, far| {
        write(near, b"last words", &[]).unwrap();
        close(near).unwrap();
        assert_eq!(wait_one(far, CLOSED, soon()), (ZX_OK, READABLE | CLOSED));
        assert_eq!(write(far, b"", &[]), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(read(far).unwrap().0, b"last words");
        assert_eq!(signals(far), CLOSED);
        assert_eq!(read(far), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(read(far), Err(ZX_ERR_PEER_CLOSED));
        close(far).unwrap();
    });
}

#[test]
fn a_peer_that_goes_with_unread_messages_loses_nothing_of_ours() {
    on_each_kind(|_, near, far| {
        write(near, b"to be read", &[]).unwrap();
        write(far, b"never read", &[]).unwrap();
        close(near).unwrap();
        assert_eq!(wait_one(far, CLOSED, soon()), (ZX_OK, READABLE | CLOSED));
        assert_eq!(read(far).unwrap().0, b"to be read");
        assert_eq!(read(far), Err(ZX_ERR_PEER_CLOSED));
        close(far).unwrap();
    });
}

#[test]
fn an_empty_message_is_a_message() {
    on_each_kind(|_, near, far| {
        write(near, b"", &[]).unwrap();
        write(near, b"", &[]).unwrap();
        assert_eq!(wait_one(far, READABLE, soon()).0, ZX_OK);
        assert_eq!(read_into(far, 0, 0, 0), (ZX_OK, vec![], vec![]));
        assert_eq!(read(far), Ok((vec![], vec![])));
        assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT));
        close_many(&[near, far]).unwrap();
    });
}

#[test]
fn too_small_places_leave_the_message() {
    on_each_kind(|_, near, far| {
        let large: Vec<u8> = (0..900).map(|number| number as u8).collect();
        write(near, &large, &[]).unwrap();
        write(near, b"next", &[]).unwrap();
        for room in [0, 1, 899] {
            let (status, bytes, handles) = read_into(far, 0, room, 0);
            assert_eq!((status, bytes.len(), handles.len()), (ZX_ERR_BUFFER_TOO_SMALL, 900, 0));
        }
        assert_eq!(signals(far), READABLE | ALIVE);
        assert_eq!(read_into(far, 0, 900, 0), (ZX_OK, large.clone(), vec![]));
        assert_eq!(wait_one(far, READABLE, soon()).0, ZX_OK);
        let discard = ZX_CHANNEL_READ_MAY_DISCARD;
        let (status, bytes, _) = read_into(far, discard, 3, 0);
        assert_eq!((status, bytes.len()), (ZX_ERR_BUFFER_TOO_SMALL, 4));
        assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT));
        // Kept first, discarded then.
        write(near, &large, &[]).unwrap();
        assert_eq!(read_into(far, 0, 5, 0).0, ZX_ERR_BUFFER_TOO_SMALL);
        assert_eq!(read_into(far, discard, 5, 0).0, ZX_ERR_BUFFER_TOO_SMALL);
        assert_eq!(read_into(far, discard, 5, 0).0, ZX_ERR_SHOULD_WAIT);
        assert_eq!(read_into(far, 2, 5, 0).0, ZX_ERR_NOT_SUPPORTED);
        close_many(&[near, far]).unwrap();
    });
}

#[test]
fn a_kept_message_outlives_the_writer() {
    on_each_kind(|_, near, far| {
        write(near, &[7; 1000], &[]).unwrap();
        assert_eq!(read_into(far, 0, 10, 0).0, ZX_ERR_BUFFER_TOO_SMALL);
        close(near).unwrap();
        assert_eq!(wait_one(far, CLOSED, soon()), (ZX_OK, READABLE | CLOSED));
        assert_eq!(read(far).unwrap().0, [7; 1000]);
        assert_eq!(read(far), Err(ZX_ERR_PEER_CLOSED));
        close(far).unwrap();
    });
}

#[test]
#[cfg_attr(miri, ignore = "large messages take Miri minutes")]
fn sizes_are_bounded() {
    on_each_kind(|_, near, far| {
        let large = vec![0; 65537];
        assert_eq!(write(near, &large, &[]), Err(ZX_ERR_OUT_OF_RANGE));
        assert_eq!(write(near, &large[1..], &[]), Ok(()));
        assert_eq!(wait_one(far, READABLE, soon()).0, ZX_OK);
        assert_eq!(read(far).unwrap().0.len(), 65536);
        assert_eq!(write_with(near, 4, b"", &[]), Err(ZX_ERR_INVALID_ARGS));
        let handle = event();
        assert_eq!(write(handle, b"", &[]), Err(ZX_ERR_WRONG_TYPE));
        close_many(&[near, far, handle]).unwrap();
        assert_eq!(write(near, b"", &[]), Err(ZX_ERR_BAD_HANDLE));
        assert_eq!(read(near), Err(ZX_ERR_BAD_HANDLE));
    });
}

#[test]
fn rights_are_checked() {
    on_each_kind(|_, near, far| {
        let near = replace(near, ZX_RIGHT_READ).unwrap();
        let far = replace(far, ZX_RIGHT_WRITE).unwrap();
        assert_eq!(write(near, b"", &[]), Err(ZX_ERR_ACCESS_DENIED));
        assert_eq!(read(far), Err(ZX_ERR_ACCESS_DENIED));
        close_many(&[near, far]).unwrap();
    });
}

#[test]
#[cfg_attr(miri, ignore = "large messages take Miri minutes")]
fn pieces() {
    on_each_kind(|_, near, far| {
        let piece = |bytes: &[u8]| zx_channel_iovec_t {
            buffer: bytes.as_ptr(),
            capacity: bytes.len() as u32,
            reserved: 0,
        };
        let nothing = zx_channel_iovec_t { buffer: std::ptr::null(), capacity: 0, reserved: 0 };
        write_pieces(near, &[]).unwrap();
        write_pieces(near, &[piece(b"ab"), nothing, piece(b"cde")]).unwrap();
        write_pieces(near, &[piece(b"12345678"); 8192]).unwrap();
        write_pieces(near, &[piece(&[1; 700]); 64]).unwrap();
        assert_eq!(write_pieces(near, &[nothing; 8193]), Err(ZX_ERR_OUT_OF_RANGE));
        assert_eq!(write_pieces(near, &[piece(&[0; 40000]); 2]), Err(ZX_ERR_OUT_OF_RANGE));
        assert_eq!(
            write_pieces(near, &[zx_channel_iovec_t { reserved: 1, ..nothing }]),
            Err(ZX_ERR_INVALID_ARGS)
        );
        assert_eq!(
            write_pieces(near, &[zx_channel_iovec_t { capacity: 1, ..nothing }]),
            Err(ZX_ERR_INVALID_ARGS)
        );
        for expected in [vec![], b"abcde".to_vec(), b"12345678".repeat(8192), vec![1; 44800]] {
            assert_eq!(wait_one(far, READABLE, soon()).0, ZX_OK);
            assert_eq!(read(far).unwrap().0, expected);
        }
        assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT));
        close_many(&[near, far]).unwrap();
    });
}

#[test]
fn null_places_are_refused_where_content_is_needed() {
    on_each_kind(|_, near, far| {
        let (null, mut null_mut) = (std::ptr::null(), std::ptr::null_mut::<u8>());
        #[allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]
        // SAFETY: null is what is tested.
        let statuses = unsafe {
            [
                zx_channel_write(near, 0, null, 1, std::ptr::null(), 0),
                zx_channel_write(near, 0, null, 0, std::ptr::null(), 1),
                zx_channel_read(
                    far,
                    0,
                    null_mut,
                    (&raw mut null_mut).cast(),
                    1,
                    0,
                    null_mut.cast(),
                    null_mut.cast(),
                ),
            ]
        };
        assert_eq!(statuses, [ZX_ERR_INVALID_ARGS; 3]);
        close_many(&[near, far]).unwrap();
    });
}

#[test]
fn level_waits_tell_of_messages() {
    on_each_kind(|_, near, far| {
        let queue = port();
        wait_async(far, queue, 1, READABLE, 0).unwrap();
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
        write(near, b"one", &[]).unwrap();
        let packet = port_wait(queue, soon()).unwrap();
        assert_eq!((packet.key, packet.signal().observed), (1, READABLE | ALIVE));
        wait_async(far, queue, 2, READABLE, 0).unwrap();
        assert_eq!(port_wait(queue, soon()).unwrap().key, 2, "the message is still there");
        read(far).unwrap();
        wait_async(far, queue, 3, READABLE, 0).unwrap();
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT), "it is not there any more");
        assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT));
        write(near, b"two", &[]).unwrap();
        assert_eq!(port_wait(queue, soon()).unwrap().key, 3);
        read(far).unwrap();
        wait_async(far, queue, 4, CLOSED, 0).unwrap();
        close(near).unwrap();
        let packet = port_wait(queue, soon()).unwrap();
        assert_eq!((packet.key, packet.signal().observed), (4, CLOSED));
        close_many(&[far, queue]).unwrap();
    });
}

#[test]
fn edge_waits_want_the_first_message() {
    on_each_kind(|_, near, far| {
        let queue = port();
        write(near, b"one", &[]).unwrap();
        wait_async(far, queue, 1, READABLE, ZX_WAIT_ASYNC_EDGE).unwrap();
        write(near, b"two", &[]).unwrap();
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT), "it was readable before");
        read(far).unwrap();
        write(near, b"three", &[]).unwrap();
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT), "it was readable all the time");
        read(far).unwrap();
        read(far).unwrap();
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
        write(near, b"four", &[]).unwrap();
        assert_eq!(port_wait(queue, soon()).unwrap().key, 1);
        close_many(&[near, far, queue]).unwrap();
    });
}

#[test]
fn two_ports_and_a_blocking_wait_share_an_end() {
    on_each_kind(|_, near, far| {
        let (one, two) = (port(), port());
        wait_async(far, one, 1, READABLE, 0).unwrap();
        wait_async(far, two, 2, READABLE, 0).unwrap();
        let waiter = thread::spawn(move || wait_one(far, READABLE, soon()));
        write(near, b"", &[]).unwrap();
        assert_eq!(port_wait(two, soon()).unwrap().key, 2);
        assert_eq!(port_wait(one, soon()).unwrap().key, 1);
        assert_eq!(waiter.join().unwrap(), (ZX_OK, READABLE | ALIVE));
        // The first port has not been waited on, and yet the blocking wait must see what comes.
        read(far).unwrap();
        assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT));
        write(near, b"", &[]).unwrap();
        assert_eq!(wait_one(far, READABLE, PAST).0, ZX_OK);
        close_many(&[near, far, one, two]).unwrap();
    });
}

#[test]
fn a_closed_peer_and_a_wait_for_more_is_no_busy_loop() {
    on_each_kind(|_, near, far| {
        close(near).unwrap();
        assert_eq!(wait_one(far, CLOSED, soon()), (ZX_OK, CLOSED));
        assert_eq!(wait_one(far, READABLE, zx_deadline_after(30_000_000)), (ZX_ERR_TIMED_OUT, CLOSED));
        close(far).unwrap();
    });
}

#[test]
fn a_writer_whose_peer_does_not_read_waits() {
    on_each_kind(|kind, near, far| {
        let (queue, message) = (port(), [3; 1000]);
        let mut written = 0;
        while write(near, &message, &[]).is_ok() {
            written += 1;
            assert!(written < 100_000, "{kind:?}: the queue has a bound");
        }
        assert_eq!(write(near, &message, &[]), Err(ZX_ERR_SHOULD_WAIT));
        assert_eq!(signals(near) & ALIVE, 0);
        wait_async(near, queue, 1, ALIVE, 0).unwrap();
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
        let waiter = thread::spawn(move || wait_one(near, ALIVE, soon()));
        (0..written).for_each(|_| assert_eq!(read(far).unwrap().0, message));
        assert_eq!(port_wait(queue, soon()).unwrap().signal().observed, ALIVE);
        assert_eq!(waiter.join().unwrap(), (ZX_OK, ALIVE));
        assert_eq!(write(near, &message, &[]), Ok(()));
        close_many(&[near, far, queue]).unwrap();
    });
}

#[test]
fn many_ports_learn_that_a_writer_may_go_on() {
    on_each_kind(|kind, near, far| {
        let ports: Vec<u32> = (0..7).map(|_| port()).collect();
        for round in 0..3 {
            for queue in &ports {
                wait_async(near, *queue, round, READABLE, 0).unwrap();
            }
            while write(near, &[4; 1000], &[]).is_ok() {}
            for queue in &ports {
                wait_async(near, *queue, 100 + round, ALIVE, 0).unwrap();
                assert_eq!(port_wait(*queue, PAST), Err(ZX_ERR_TIMED_OUT));
            }
            while read(far).is_ok() {}
            for queue in &ports {
                assert_eq!(port_wait(*queue, soon()).unwrap().key, 100 + round, "{kind:?}");
            }
            write(far, b"", &[]).unwrap();
            for queue in &ports {
                assert_eq!(port_wait(*queue, soon()).unwrap().key, round, "{kind:?}");
            }
            read(near).unwrap();
            assert_eq!(read(near), Err(ZX_ERR_SHOULD_WAIT));
        }
        close_many(&ports).unwrap();
        close_many(&[near, far]).unwrap();
    });
}

#[test]
#[cfg_attr(miri, ignore = "large messages take Miri minutes")]
fn a_refused_write_leaves_the_handles() {
    on_each_kind(|_, near, far| {
        while write(near, &[0; 60_000], &[]).is_ok() {}
        let handle = event();
        assert_eq!(write(near, &[0; 60_000], &[handle]), Err(ZX_ERR_SHOULD_WAIT));
        assert!(is_valid(handle));
        let mut entries = [disposition(ZX_HANDLE_OP_MOVE, handle)];
        assert_eq!(write_etc(near, &[0; 60_000], &mut entries), Err(ZX_ERR_SHOULD_WAIT));
        assert!(is_valid(handle));
        while read(far).is_ok() {}
        assert_eq!(write(near, &[0; 60_000], &[handle]), Ok(()));
        close_many(&[near, far]).unwrap();
    });
}

#[test]
fn handles_travel_with_rights_and_koid() {
    let (near, far) = channel();
    let (handle, (one, other)) = (event(), eventpair());
    let reduced = replace(one, ZX_RIGHT_WAIT | ZX_RIGHT_TRANSFER).unwrap();
    let koids = [basic(handle).unwrap().koid, basic(reduced).unwrap().koid];
    write(near, b"x", &[handle, reduced]).unwrap();
    assert!(!is_valid(handle) && !is_valid(reduced));
    assert_eq!(read_into(far, 0, 9, 1).2.len(), 2);
    let (_, received) = read_etc(far).unwrap();
    assert_eq!(received.iter().map(|info| basic(info.handle).unwrap().koid).collect::<Vec<_>>(), koids);
    assert_eq!((received[0].object_type, received[0].rights), (ZX_OBJ_TYPE_EVENT, ZX_DEFAULT_EVENT_RIGHTS));
    assert_eq!(
        (received[1].object_type, received[1].rights),
        (ZX_OBJ_TYPE_EVENTPAIR, ZX_RIGHT_WAIT | ZX_RIGHT_TRANSFER)
    );
    assert!(received[0].handle != handle && received[1].handle != reduced);
    close_many(&[near, far, other, received[0].handle, received[1].handle]).unwrap();
}

#[test]
fn sixty_four_handles_pass_and_no_more() {
    on_each_kind(|_, near, far| {
        let handles: Vec<u32> = (0..64).map(|_| event()).collect();
        for (number, handle) in handles.iter().enumerate() {
            signal(*handle, 0, (number as u32) << 24).unwrap();
        }
        write(near, b"", &handles).unwrap();
        let received = read(far).unwrap().1;
        let numbers = received.iter().map(|handle| signals(*handle) >> 24);
        assert!(numbers.eq(0..64));
        close_many(&received).unwrap();
        let handles: Vec<u32> = (0..65).map(|_| event()).collect();
        assert_eq!(write(near, b"", &handles), Err(ZX_ERR_OUT_OF_RANGE));
        assert!(handles.iter().all(|handle| !is_valid(*handle)));
        close_many(&[near, far]).unwrap();
    });
}

#[test]
fn discarded_handles_are_closed() {
    on_each_kind(|_, near, far| {
        let (one, other) = eventpair();
        write(near, b"x", &[one]).unwrap();
        assert_eq!(read_into(far, ZX_CHANNEL_READ_MAY_DISCARD, 9, 0).0, ZX_ERR_BUFFER_TOO_SMALL);
        assert_eq!(signals(other), ZX_EVENTPAIR_PEER_CLOSED);
        close_many(&[near, far, other]).unwrap();
    });
}

#[test]
fn failing_writes_consume_the_handles() {
    on_each_kind(|_, near, far| {
        let (dead, gone) = channel();
        close(gone).unwrap();
        let fixed = || replace(event(), ZX_RIGHT_WAIT).unwrap();
        type Case = (Status, Box<dyn Fn(u32) -> Result<()>>);
        let cases: [Case; 6] = [
            (ZX_ERR_INVALID_ARGS, Box::new(move |handle| write_with(near, 8, b"", &[handle]))),
            (ZX_ERR_BAD_HANDLE, Box::new(|handle| write(3, b"", &[handle]))),
            (ZX_ERR_PEER_CLOSED, Box::new(move |handle| write(dead, b"", &[handle]))),
            (ZX_ERR_BAD_HANDLE, Box::new(move |handle| write(near, b"", &[3, handle]))),
            (ZX_ERR_BAD_HANDLE, Box::new(move |handle| write(near, b"", &[handle, handle]))),
            (ZX_ERR_ACCESS_DENIED, Box::new(move |handle| write(near, b"", &[fixed(), handle, 3]))),
        ];
        for (number, (status, case)) in cases.iter().enumerate() {
            let handle = event();
            assert_eq!((number, case(handle)), (number, Err(*status)));
            assert!(!is_valid(handle), "{number}");
        }
        assert_eq!(write(near, b"", &[near]), Err(ZX_ERR_NOT_SUPPORTED));
        assert!(!is_valid(near));
        assert_eq!(signals(far), CLOSED);
        close_many(&[far, dead]).unwrap();

        let (near, far) = channel();
        write(near, b"the other end", &[far]).unwrap();
        close(near).unwrap();
    });
}

fn disposition(operation: u32, handle: u32) -> zx_handle_disposition_t {
    let (object_type, rights) = (ZX_OBJ_TYPE_NONE, ZX_RIGHT_SAME_RIGHTS);
    zx_handle_disposition_t { operation, handle, object_type, rights, result: 55 }
}

#[test]
fn dispositions_move_and_duplicate() {
    on_each_kind(|kind, near, far| {
        let (moved, kept) = (event(), event());
        let mut entries = [
            disposition(ZX_HANDLE_OP_MOVE, moved),
            zx_handle_disposition_t { rights: ZX_RIGHT_WAIT, ..disposition(ZX_HANDLE_OP_DUPLICATE, kept) },
            zx_handle_disposition_t {
                object_type: ZX_OBJ_TYPE_EVENT,
                ..disposition(ZX_HANDLE_OP_DUPLICATE, kept)
            },
        ];
        write_etc(near, b"y", &mut entries).unwrap();
        assert!(entries.iter().all(|entry| entry.result == 55));
        assert!(!is_valid(moved) && is_valid(kept));
        // Handles in other processes, or on their way there, are not counted.
        assert_eq!(handle_count(kept), Ok(if kind == Kind::Local { 3 } else { 1 }));
        let received = read_etc(far).unwrap().1;
        let rights: Vec<u32> = received.iter().map(|info| info.rights).collect();
        assert_eq!(rights, [ZX_DEFAULT_EVENT_RIGHTS, ZX_RIGHT_WAIT, ZX_DEFAULT_EVENT_RIGHTS]);
        received.iter().for_each(|info| close(info.handle).unwrap());
        close_many(&[near, far, kept]).unwrap();
    });
}

#[test]
fn dispositions_fail_one_by_one() {
    on_each_kind(|_, near, far| {
        let fixed = replace(event(), ZX_RIGHT_WAIT).unwrap();
        let single = replace(event(), ZX_RIGHT_TRANSFER).unwrap();
        let (typed, wide, strange, good, kept) = (event(), event(), event(), event(), event());
        let mut entries = [
            disposition(ZX_HANDLE_OP_MOVE, good),
            disposition(ZX_HANDLE_OP_MOVE, fixed),
            disposition(ZX_HANDLE_OP_MOVE, 3),
            disposition(ZX_HANDLE_OP_DUPLICATE, near),
            zx_handle_disposition_t {
                object_type: ZX_OBJ_TYPE_PORT,
                ..disposition(ZX_HANDLE_OP_MOVE, typed)
            },
            zx_handle_disposition_t { rights: ZX_RIGHT_READ, ..disposition(ZX_HANDLE_OP_MOVE, wide) },
            disposition(ZX_HANDLE_OP_DUPLICATE, single),
            disposition(9, strange),
            disposition(ZX_HANDLE_OP_DUPLICATE, kept),
        ];
        assert_eq!(write_etc(near, b"", &mut entries), Err(ZX_ERR_ACCESS_DENIED));
        let expected = [
            55,
            ZX_ERR_ACCESS_DENIED,
            ZX_ERR_BAD_HANDLE,
            ZX_ERR_NOT_SUPPORTED,
            ZX_ERR_WRONG_TYPE,
            ZX_ERR_INVALID_ARGS,
            ZX_ERR_ACCESS_DENIED,
            ZX_ERR_INVALID_ARGS,
            55,
        ];
        assert_eq!(entries.map(|entry| entry.result), expected);
        assert!([good, fixed, typed, wide, strange].iter().all(|handle| !is_valid(*handle)));
        assert!([near, single, kept].iter().all(|handle| is_valid(*handle)));
        assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT));
        assert_eq!(handle_count(kept), Ok(1));
        let (moved, stays) = (event(), event());
        let mut entries = [disposition(ZX_HANDLE_OP_MOVE, moved), disposition(ZX_HANDLE_OP_DUPLICATE, stays)];
        assert_eq!(write_etc(3, b"", &mut entries), Err(ZX_ERR_BAD_HANDLE));
        assert!(!is_valid(moved) && is_valid(stays));
        close_many(&[near, far, single, kept, stays]).unwrap();
    });
}

#[test]
fn a_long_nest_of_channels_closes_without_recursion() {
    let depth = if cfg!(miri) { 20 } else { 50_000 };
    let (mut near, mut far) = channel();
    for _ in 0..depth {
        let (outer_near, outer_far) = channel();
        write(outer_near, b"", &[near, far]).unwrap();
        (near, far) = (outer_near, outer_far);
    }
    close_many(&[near, far]).unwrap();
}

#[test]
fn the_types_of_the_published_crate_work() {
    use fuchsia_zircon::{AsHandleRef, Channel, Event, HandleBased, MessageBuf, Signals, Status};

    let (near, far) = Channel::create().unwrap();
    let event = Event::create().unwrap();
    near.write(b"hello", &mut vec![event.into_handle()]).unwrap();
    let mut message = MessageBuf::new();
    far.read(&mut message).unwrap();
    assert_eq!((message.bytes(), message.n_handles()), (&b"hello"[..], 1));
    let event = Event::from(message.take_handle(0).unwrap());
    event.signal_handle(Signals::NONE, Signals::USER_0).unwrap();
    let raw = event.as_handle_ref().raw_handle();
    assert!(is_valid(raw));
    drop(event);
    assert!(!is_valid(raw));
    assert_eq!(far.read(&mut message), Err(Status::SHOULD_WAIT));
    drop(near);
    assert_eq!(far.read(&mut message), Err(Status::PEER_CLOSED));
}
