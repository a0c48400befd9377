//! Calls over channels.

#![allow(unsafe_code)]

mod common;

use std::thread;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const READABLE: u32 = ZX_CHANNEL_READABLE;
const FIRST: u32 = 0x8000_0000;

/// The ways to make a pair.
const MAKERS: &[fn() -> (u32, u32)] = &[channel];

/// Runs a test on a pair of each kind and closes what the test leaves open.
fn on_each(test: impl Fn(u32, u32)) {
    for make in MAKERS {
        let (near, far) = make();
        test(near, far);
        let _ = close(near);
        let _ = close(far);
    }
}

/// A call with room for 100 bytes and 4 handles.
fn call(channel: u32, deadline: i64, bytes: &[u8], handles: &[u32]) -> Result<(Vec<u8>, Vec<u32>)> {
    call_into(channel, deadline, bytes, handles, 100, 4)
}

fn call_into(
    channel: u32,
    deadline: i64,
    bytes: &[u8],
    handles: &[u32],
    room: u32,
    handle_room: u32,
) -> Result<(Vec<u8>, Vec<u32>)> {
    let (mut reply, mut received) = (vec![0; room as usize], vec![0; handle_room as usize]);
    let args = zx_channel_call_args_t {
        wr_bytes: bytes.as_ptr(),
        wr_handles: handles.as_ptr(),
        rd_bytes: reply.as_mut_ptr(),
        rd_handles: received.as_mut_ptr(),
        wr_num_bytes: bytes.len() as u32,
        wr_num_handles: handles.len() as u32,
        rd_num_bytes: room,
        rd_num_handles: handle_room,
    };
    let (mut actual_bytes, mut actual_handles) = (77, 77);
    // SAFETY: the lists and places are live.
    let status =
        unsafe { zx_channel_call(channel, 0, deadline, &args, &mut actual_bytes, &mut actual_handles) };
    if status != ZX_OK {
        assert_eq!((actual_bytes, actual_handles), (77, 77), "written only on success");
        return Err(status);
    }
    reply.truncate(actual_bytes as usize);
    received.truncate(actual_handles as usize);
    Ok((reply, received))
}

fn txid_of(message: &[u8]) -> u32 {
    u32::from_ne_bytes(message[..4].try_into().unwrap())
}

/// Takes a request: its transaction id, its bytes after that, and its handles.
fn take(channel: u32) -> (u32, Vec<u8>, Vec<u32>) {
    assert_eq!(wait_one(channel, READABLE, soon()).0, ZX_OK);
    let (bytes, handles) = read(channel).unwrap();
    (txid_of(&bytes), bytes[4..].to_vec(), handles)
}

fn reply(channel: u32, txid: u32, bytes: &[u8], handles: &[u32]) {
    write(channel, &[&txid.to_ne_bytes(), bytes].concat(), handles).unwrap();
}

#[test]
fn a_reply_comes_back() {
    on_each(|near, far| {
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..5 {
                    let (txid, bytes, handles) = take(far);
                    assert!(txid >= FIRST);
                    assert_eq!((bytes.as_slice(), handles.len()), (&b"question"[..], 1));
                    reply(far, txid, &[number; 20], &handles);
                }
            });
            for number in 0..5 {
                let sent = event();
                let koid = basic(sent).unwrap().koid;
                let request = *b"\x01\x02\x03\x04question";
                let (bytes, handles) = call(near, soon(), &request, &[sent]).unwrap();
                assert_eq!(&request[..4], b"\x01\x02\x03\x04", "the caller's bytes are left alone");
                assert!(txid_of(&bytes) >= FIRST, "the reply keeps the transaction id of the call");
                assert_eq!(bytes[4..], [number; 20]);
                assert_eq!(basic(handles[0]).unwrap().koid, koid);
                assert!(!is_valid(sent));
                close(handles[0]).unwrap();
            }
        });
        assert_eq!(signals(near), ZX_CHANNEL_WRITABLE);
    });
}

#[test]
fn replies_may_come_in_any_order() {
    const CALLERS: u8 = if cfg!(miri) { 3 } else { 16 };
    on_each(|near, far| {
        thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS)
                .map(|number| scope.spawn(move || call(near, soon(), &[0, 0, 0, 0, number], &[])))
                .collect();
            let mut requests: Vec<_> = (0..CALLERS).map(|_| take(far)).collect();
            let mut txids: Vec<u32> = requests.iter().map(|request| request.0).collect();
            txids.sort_unstable();
            txids.dedup();
            assert_eq!(txids.len(), CALLERS as usize, "each has its own");
            requests.sort_by_key(|request| std::cmp::Reverse(request.1[0]));
            for (txid, bytes, _) in requests {
                reply(far, txid, &[bytes[0] + 100], &[]);
            }
            for (number, caller) in callers.into_iter().enumerate() {
                assert_eq!(caller.join().unwrap().unwrap().0[4..], [number as u8 + 100]);
            }
        });
    });
}

#[test]
fn other_messages_go_to_the_queue() {
    on_each(|near, far| {
        thread::scope(|scope| {
            let caller = scope.spawn(move || call(near, soon(), b"....", &[]));
            let (txid, ..) = take(far);
            // An event, a reply to nobody, one that is too short, and one of the users' own.
            for message in [&b"\0\0\0\0event"[..], &(txid + 1).to_ne_bytes(), b"abc", b"", b"\x05\0\0\0own"] {
                write(far, message, &[]).unwrap();
            }
            assert_eq!(signals(near) & READABLE, READABLE);
            reply(far, txid, b"yes", &[]);
            assert_eq!(caller.join().unwrap().unwrap().0[4..], *b"yes");
        });
        assert_eq!(read(near).unwrap().0, b"\0\0\0\0event");
        assert!(txid_of(&read(near).unwrap().0) > FIRST);
        assert_eq!(read(near).unwrap().0, b"abc");
        assert_eq!(read(near).unwrap().0, b"");
        assert_eq!(read(near).unwrap().0, b"\x05\0\0\0own");
        assert_eq!(read(near), Err(ZX_ERR_SHOULD_WAIT));
    });
}

#[test]
fn a_late_reply_is_an_ordinary_message() {
    on_each(|near, far| {
        assert_eq!(call(near, PAST, b"....late", &[]), Err(ZX_ERR_TIMED_OUT), "it is sent all the same");
        assert_eq!(call(near, zx_deadline_after(5_000_000), b"....", &[]), Err(ZX_ERR_TIMED_OUT));
        let (first, bytes, _) = take(far);
        let (second, ..) = take(far);
        assert_eq!((bytes.as_slice(), second), (&b"late"[..], first + 1));
        reply(far, first, b"too late", &[]);
        assert_eq!(signals(near) & READABLE, READABLE);
        assert_eq!(read(near).unwrap().0[4..], *b"too late");
    });
}

#[test]
fn two_ends_may_call_each_other() {
    on_each(|near, far| {
        thread::scope(|scope| {
            let calls = [near, far].map(|end| scope.spawn(move || call(end, soon(), b"....", &[])));
            // Both requests have the same transaction id, and neither is taken for a reply.
            let (first, second) = (take(near).0, take(far).0);
            assert_eq!(first, second);
            reply(near, first, b"from near", &[]);
            reply(far, second, b"from far", &[]);
            let [of_near, of_far] = calls.map(|call| call.join().unwrap().unwrap().0);
            assert_eq!((&of_near[4..], &of_far[4..]), (&b"from far"[..], &b"from near"[..]));
        });
    });
}

#[test]
fn a_reply_that_does_not_fit_is_dropped() {
    on_each(|near, far| {
        for (room, handle_room) in [(7, 1), (8, 0), (0, 0)] {
            thread::scope(|scope| {
                let caller = scope.spawn(move || call_into(near, soon(), b"....", &[], room, handle_room));
                let (one, other) = eventpair();
                let (txid, ..) = take(far);
                reply(far, txid, b"long", &[one]);
                assert_eq!(caller.join().unwrap(), Err(ZX_ERR_BUFFER_TOO_SMALL));
                assert_eq!(signals(other), ZX_EVENTPAIR_PEER_CLOSED, "its handles are closed");
                close(other).unwrap();
            });
            assert_eq!(read(near), Err(ZX_ERR_SHOULD_WAIT));
        }
    });
}

#[test]
fn the_peer_closes_during_the_call() {
    on_each(|near, far| {
        thread::scope(|scope| {
            let callers = [(); 3].map(|()| scope.spawn(move || call(near, soon(), b"....", &[])));
            for _ in 0..3 {
                take(far);
            }
            close(far).unwrap();
            for caller in callers {
                assert_eq!(caller.join().unwrap(), Err(ZX_ERR_PEER_CLOSED));
            }
        });
        assert_eq!(call(near, soon(), b"....", &[]), Err(ZX_ERR_PEER_CLOSED), "and before");
    });
}

#[test]
fn the_handle_goes_during_the_call() {
    let moves: [fn(u32); 3] = [
        |near| close(near).unwrap(),
        |near| {
            replace(near, ZX_RIGHT_SAME_RIGHTS).unwrap();
        },
        |near| {
            let (one, other) = channel();
            write(one, b"", &[near]).unwrap();
            read(other).unwrap();
        },
    ];
    for go in moves {
        on_each(|near, far| {
            thread::scope(|scope| {
                let caller = scope.spawn(move || call(near, soon(), b"....", &[]));
                take(far);
                go(near);
                assert_eq!(caller.join().unwrap(), Err(ZX_ERR_CANCELED));
            });
        });
    }
}

#[test]
fn arguments_are_checked_and_handles_consumed() {
    on_each(|near, far| {
        let args = |bytes: u32| zx_channel_call_args_t {
            wr_bytes: [0; 8].as_ptr(),
            wr_handles: std::ptr::null(),
            rd_bytes: std::ptr::null_mut(),
            rd_handles: std::ptr::null_mut(),
            wr_num_bytes: bytes,
            wr_num_handles: 0,
            rd_num_bytes: 0,
            rd_num_handles: 0,
        };
        let with = |handle, options, args: &zx_channel_call_args_t| {
            let (mut bytes, mut handles) = (0, 0);
            // SAFETY: the lists and places are live or null.
            unsafe { zx_channel_call(handle, options, PAST, args, &mut bytes, &mut handles) }
        };
        assert_eq!(with(near, 1, &args(8)), ZX_ERR_INVALID_ARGS);
        assert_eq!(with(near, 4, &args(8)), ZX_ERR_INVALID_ARGS);
        assert_eq!(with(near, 0, &args(3)), ZX_ERR_INVALID_ARGS);
        assert_eq!(with(near, 0, &args(65537)), ZX_ERR_OUT_OF_RANGE);
        assert_eq!(with(0, 0, &args(8)), ZX_ERR_BAD_HANDLE);
        let other = event();
        assert_eq!(with(other, 0, &args(8)), ZX_ERR_WRONG_TYPE);
        close(other).unwrap();
        let mut count = 0;
        let (null, nowhere) = (std::ptr::null(), std::ptr::null_mut());
        let good = args(8);
        // SAFETY: null is what is tested.
        let null_args = unsafe { zx_channel_call(near, 0, PAST, null, &mut count, nowhere) };
        // SAFETY: null is what is tested.
        let null_bytes = unsafe { zx_channel_call(near, 0, PAST, &good, nowhere, &mut count) };
        // SAFETY: null is what is tested.
        let null_handles = unsafe { zx_channel_call(near, 0, PAST, &good, &mut count, nowhere) };
        assert_eq!([null_args, null_bytes, null_handles], [ZX_ERR_INVALID_ARGS; 3]);
        assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT), "none of these was sent");

        let is_consumed = |bytes: &[u8], status| {
            let (one, sent) = eventpair();
            assert_eq!(call(near, PAST, bytes, &[sent]), Err(status));
            assert!(!is_valid(sent));
            close(one).unwrap();
        };
        is_consumed(b"abc", ZX_ERR_INVALID_ARGS);
        is_consumed(b"....", ZX_ERR_TIMED_OUT);
        let bare = event();
        let untransferable = duplicate(bare, ZX_RIGHT_WAIT).unwrap();
        assert_eq!(call(near, PAST, b"....", &[untransferable]), Err(ZX_ERR_ACCESS_DENIED));
        assert!(!is_valid(untransferable));
        close(bare).unwrap();
        close(far).unwrap();
        is_consumed(b"....", ZX_ERR_PEER_CLOSED);
        let reader = replace(near, ZX_RIGHT_READ | ZX_RIGHT_WAIT).unwrap();
        assert_eq!(call(reader, PAST, b"....", &[]), Err(ZX_ERR_ACCESS_DENIED));
        close(reader).unwrap();
    });
}

#[test]
fn a_request_may_come_in_pieces() {
    on_each(|near, far| {
        let (first, second) = (*b"\0\0", *b"\0\0tail");
        let pieces = [&first[..], &second].map(|piece| zx_channel_iovec_t {
            buffer: piece.as_ptr(),
            capacity: piece.len() as u32,
            reserved: 0,
        });
        let args = zx_channel_call_args_t {
            wr_bytes: pieces.as_ptr().cast(),
            wr_handles: std::ptr::null(),
            rd_bytes: std::ptr::null_mut(),
            rd_handles: std::ptr::null_mut(),
            wr_num_bytes: 2,
            wr_num_handles: 0,
            rd_num_bytes: 0,
            rd_num_handles: 0,
        };
        let (mut bytes, mut handles) = (0, 0);
        let options = ZX_CHANNEL_WRITE_USE_IOVEC;
        // SAFETY: the lists and places are live or null.
        let status = unsafe { zx_channel_call(near, options, PAST, &args, &mut bytes, &mut handles) };
        assert_eq!(status, ZX_ERR_TIMED_OUT);
        let (txid, rest, _) = take(far);
        assert!(txid > FIRST);
        assert_eq!(rest, b"tail");
    });
}

#[test]
fn a_call_with_dispositions() {
    on_each(|near, far| {
        thread::scope(|scope| {
            scope.spawn(move || {
                let (txid, _, handles) = take(far);
                assert_eq!(basic(handles[0]).unwrap().rights, ZX_RIGHT_WAIT | ZX_RIGHT_TRANSFER);
                reply(far, txid, b"", &handles);
            });
            let kept = event();
            let mut entries = [zx_handle_disposition_t {
                operation: ZX_HANDLE_OP_DUPLICATE,
                handle: kept,
                object_type: ZX_OBJ_TYPE_EVENT,
                rights: ZX_RIGHT_WAIT | ZX_RIGHT_TRANSFER,
                result: ZX_OK,
            }];
            let (status, infos) = call_etc(near, soon(), &mut entries);
            assert_eq!((status, infos[0].object_type), (ZX_OK, ZX_OBJ_TYPE_EVENT));
            assert_eq!(infos[0].rights, ZX_RIGHT_WAIT | ZX_RIGHT_TRANSFER);
            assert_eq!(basic(infos[0].handle).unwrap().koid, basic(kept).unwrap().koid);
            // A wrong type: the entry says so, and its handle stays, for it is duplicated.
            entries[0].object_type = ZX_OBJ_TYPE_CHANNEL;
            assert_eq!(call_etc(near, PAST, &mut entries).0, ZX_ERR_WRONG_TYPE);
            assert_eq!(entries[0].result, ZX_ERR_WRONG_TYPE);
            close_many(&[kept, infos[0].handle]).unwrap();
        });
        assert_eq!(read(far), Err(ZX_ERR_SHOULD_WAIT));
    });
}

fn call_etc(
    channel: u32,
    deadline: i64,
    entries: &mut [zx_handle_disposition_t],
) -> (Status, [zx_handle_info_t; 2]) {
    let mut infos = [zx_handle_info_t::default(); 2];
    let mut bytes = [0; 8];
    let mut args = zx_channel_call_etc_args_t {
        wr_bytes: [0; 4].as_ptr(),
        wr_handles: entries.as_mut_ptr(),
        rd_bytes: bytes.as_mut_ptr(),
        rd_handles: infos.as_mut_ptr(),
        wr_num_bytes: 4,
        wr_num_handles: entries.len() as u32,
        rd_num_bytes: 8,
        rd_num_handles: 2,
    };
    let (mut actual_bytes, mut actual_handles) = (0, 0);
    // SAFETY: the lists and places are live.
    let status = unsafe {
        zx_channel_call_etc(channel, 0, deadline, &mut args, &mut actual_bytes, &mut actual_handles)
    };
    (status, infos)
}

#[test]
fn a_full_channel_lets_the_call_wait() {
    on_each(|near, far| {
        while write(near, b"filling", &[]).is_ok() {}
        let (sent, other) = eventpair();
        let short = zx_deadline_after(10_000_000);
        assert_eq!(call(near, short, b"....", &[sent]), Err(ZX_ERR_TIMED_OUT));
        assert_eq!(signals(other), ZX_EVENTPAIR_PEER_CLOSED);
        close(other).unwrap();
        thread::scope(|scope| {
            let caller = scope.spawn(move || call(near, soon(), b"....", &[]));
            let mut filling = 0;
            let txid = loop {
                assert_eq!(wait_one(far, READABLE, soon()).0, ZX_OK);
                match read(far).unwrap().0.as_slice() {
                    b"filling" => filling += 1,
                    request => break txid_of(request),
                }
            };
            assert_eq!(filling, zircon_linux::capacity().channel_messages);
            reply(far, txid, b"", &[]);
            assert!(caller.join().unwrap().is_ok());
        });
    });
}
