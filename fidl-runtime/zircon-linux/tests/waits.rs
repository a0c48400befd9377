//! Blocking and asynchronous waits, and signals.

mod common;

use std::thread;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const USER: u32 = ZX_USER_SIGNAL_0;
const OTHER: u32 = ZX_USER_SIGNAL_1;

/// Until another thread has very likely gone to sleep. The tests pass without it too; it makes them test more.
fn let_others_sleep() {
    thread::sleep(std::time::Duration::from_millis(20));
}

#[test]
fn waiting_for_one() {
    let handle = event();
    assert_eq!(wait_one(handle, USER, PAST), (ZX_ERR_TIMED_OUT, 0));
    signal(handle, 0, USER | OTHER).unwrap();
    assert_eq!(wait_one(handle, USER, PAST), (ZX_OK, USER | OTHER));
    assert_eq!(wait_one(handle, USER, -1), (ZX_OK, USER | OTHER));
    assert_eq!(wait_one(handle, 0, zx_deadline_after(1000)), (ZX_ERR_TIMED_OUT, USER | OTHER));
    assert_eq!(wait_one(handle, 1, zx_deadline_after(1_000_000)), (ZX_ERR_TIMED_OUT, USER | OTHER));
    close(handle).unwrap();
    assert_eq!(wait_one(handle, USER, PAST).0, ZX_ERR_BAD_HANDLE);
}

#[test]
fn a_signal_ends_a_blocking_wait() {
    let handle = event();
    let waiter = thread::spawn(move || wait_one(handle, USER, ZX_TIME_INFINITE));
    let_others_sleep();
    signal(handle, 0, OTHER).unwrap();
    signal(handle, 0, USER).unwrap();
    assert_eq!(waiter.join().unwrap(), (ZX_OK, USER | OTHER));
    close(handle).unwrap();
}

#[test]
fn closing_the_handle_cancels_a_blocking_wait() {
    for end in [close, |handle| replace(handle, ZX_RIGHT_SAME_RIGHTS).map(drop)] {
        let handle = event();
        let second = duplicate(handle, ZX_RIGHT_SAME_RIGHTS).unwrap();
        let waiter = thread::spawn(move || wait_one(handle, USER, soon()));
        let_others_sleep();
        close(second).unwrap();
        assert!(!waiter.is_finished(), "another handle's end is no matter");
        end(handle).unwrap();
        let (status, observed) = waiter.join().unwrap();
        // The wait may have begun late, after the close.
        assert!(
            (status, observed) == (ZX_ERR_CANCELED, ZX_SIGNAL_HANDLE_CLOSED) || status == ZX_ERR_BAD_HANDLE
        );
    }
}

#[test]
fn moving_the_handle_cancels_when_it_is_read() {
    let (near, far) = channel();
    let handle = event();
    let waiter = thread::spawn(move || wait_one(handle, USER, soon()));
    let_others_sleep();
    write(near, b"", &[handle]).unwrap();
    let_others_sleep();
    let received = read(far).unwrap().1[0];
    let (status, _) = waiter.join().unwrap();
    assert!(status == ZX_ERR_CANCELED || status == ZX_ERR_BAD_HANDLE);
    close_many(&[near, far, received]).unwrap();
}

#[test]
fn waiting_for_many() {
    let (one, two) = (event(), event());
    assert_eq!(wait_many(&mut [], PAST), Err(ZX_ERR_TIMED_OUT));
    assert_eq!(wait_many(&mut [item(one, USER); 65], PAST), Err(ZX_ERR_OUT_OF_RANGE));
    let mut items = [item(one, USER), item(0, USER), item(two, USER)];
    assert_eq!(wait_many(&mut items, PAST), Err(ZX_ERR_BAD_HANDLE));
    assert_eq!(items[0].pending, 0xABCD, "not written");
    signal(two, 0, USER).unwrap();
    signal(one, 0, OTHER).unwrap();
    let mut items = [item(one, USER), item(two, USER), item(one, 0)];
    assert_eq!(wait_many(&mut items, soon()), Ok(()));
    assert_eq!(items.map(|item| item.pending), [OTHER, USER, OTHER]);
    let mut items = [item(one, USER); 64];
    assert_eq!(wait_many(&mut items, zx_deadline_after(1_000_000)), Err(ZX_ERR_TIMED_OUT));
    assert_eq!(items[63].pending, OTHER);
    close_many(&[one, two]).unwrap();
}

#[test]
fn many_sleep_until_one_signals_or_closes() {
    let (one, two) = (event(), event());
    let waiter = thread::spawn(move || {
        let mut items = [item(one, USER), item(two, USER)];
        (wait_many(&mut items, soon()), items.map(|item| item.pending))
    });
    let_others_sleep();
    signal(two, 0, USER).unwrap();
    assert_eq!(waiter.join().unwrap(), (Ok(()), [0, USER]));

    signal(two, USER, 0).unwrap();
    let waiter = thread::spawn(move || {
        let mut items = [item(one, USER), item(two, USER)];
        (wait_many(&mut items, soon()), items[1].pending)
    });
    let_others_sleep();
    close(two).unwrap();
    let (result, pending) = waiter.join().unwrap();
    assert!(
        (result, pending) == (Err(ZX_ERR_CANCELED), ZX_SIGNAL_HANDLE_CLOSED)
            || result == Err(ZX_ERR_BAD_HANDLE)
    );
    close(one).unwrap();
}

#[test]
fn ports_cannot_be_waited_on() {
    let (handle, other) = (port(), port());
    assert_eq!(wait_one(handle, 1, PAST).0, ZX_ERR_ACCESS_DENIED);
    assert_eq!(wait_async(handle, other, 1, 1, 0), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(wait_async(handle, handle, 1, 1, 0), Err(ZX_ERR_ACCESS_DENIED));
    close_many(&[handle, other]).unwrap();
}

#[test]
fn asynchronous_checks_come_in_order() {
    let (handle, queue) = (event(), port());
    let both = ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP;
    assert_eq!(wait_async(0, 0, 1, 1, 8), Err(ZX_ERR_INVALID_ARGS));
    assert_eq!(wait_async(handle, queue, 1, 1, both), Err(ZX_ERR_INVALID_ARGS));
    assert_eq!(wait_async(0, 3, 1, 1, 0), Err(ZX_ERR_BAD_HANDLE));
    assert_eq!(wait_async(0, handle, 1, 1, 0), Err(ZX_ERR_WRONG_TYPE));
    let unwritable = duplicate(queue, ZX_RIGHT_READ).unwrap();
    assert_eq!(wait_async(0, unwritable, 1, 1, 0), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(wait_async(0, queue, 1, 1, 0), Err(ZX_ERR_BAD_HANDLE));
    let unwaitable = duplicate(handle, ZX_RIGHT_SIGNAL).unwrap();
    assert_eq!(wait_async(unwaitable, queue, 1, 1, 0), Err(ZX_ERR_ACCESS_DENIED));
    close_many(&[handle, queue, unwritable, unwaitable]).unwrap();
}

#[test]
fn a_level_wait_looks_at_the_present() {
    let (handle, queue) = (event(), port());
    signal(handle, 0, USER | OTHER).unwrap();
    wait_async(handle, queue, 7, USER, 0).unwrap();
    signal(handle, USER | OTHER, 0).unwrap();
    let packet = port_wait(queue, PAST).unwrap();
    assert_eq!((packet.key, packet.packet_type, packet.status), (7, ZX_PKT_TYPE_SIGNAL_ONE, ZX_OK));
    let expected =
        zx_packet_signal_t { trigger: USER, observed: USER | OTHER, count: 1, timestamp: 0, reserved1: 0 };
    assert_eq!(packet.signal(), expected);
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT), "one packet for one wait");
    wait_async(handle, queue, 8, 0, 0).unwrap();
    wait_async(handle, queue, 9, USER, 0).unwrap();
    wait_async(handle, queue, 9, USER, 0).unwrap();
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    signal(handle, 0, USER).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().key, 9);
    assert_eq!(port_wait(queue, PAST).unwrap().key, 9, "waits are not merged");
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    close_many(&[handle, queue]).unwrap();
}

#[test]
fn an_edge_wait_needs_a_change() {
    let (handle, queue) = (event(), port());
    signal(handle, 0, USER).unwrap();
    wait_async(handle, queue, 1, USER, ZX_WAIT_ASYNC_EDGE).unwrap();
    signal(handle, USER, USER).unwrap();
    signal(handle, 0, OTHER).unwrap();
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    signal(handle, USER, 0).unwrap();
    signal(handle, 0, USER).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().signal().observed, USER | OTHER);
    close_many(&[handle, queue]).unwrap();
}

#[test]
fn timestamps() {
    let (handle, queue) = (event(), port());
    for (option, clock) in [
        (ZX_WAIT_ASYNC_TIMESTAMP, zx_clock_get_monotonic as extern "C" fn() -> i64),
        (ZX_WAIT_ASYNC_BOOT_TIMESTAMP, zx_clock_get_boot),
    ] {
        signal(handle, USER, 0).unwrap();
        wait_async(handle, queue, 1, USER, option).unwrap();
        let before = clock();
        signal(handle, 0, USER).unwrap();
        let after = clock();
        let stamp = port_wait(queue, PAST).unwrap().signal().timestamp;
        assert!(before <= stamp && stamp <= after);
    }
    close_many(&[handle, queue]).unwrap();
}

#[test]
fn closing_the_source_drops_pending_waits_only() {
    let (handle, queue) = (event(), port());
    wait_async(handle, queue, 1, USER, 0).unwrap();
    signal(handle, 0, OTHER).unwrap();
    wait_async(handle, queue, 2, OTHER, 0).unwrap();
    let second = duplicate(handle, ZX_RIGHT_SAME_RIGHTS).unwrap();
    close(handle).unwrap();
    signal(second, 0, USER).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().key, 2);
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    close_many(&[second, queue]).unwrap();
}

#[test]
fn which_signals_users_may_set() {
    let (handle, (near, far), clock) = (event(), eventpair(), timer());
    let (channel_near, channel_far) = channel();
    assert_eq!(signal(handle, 0, ZX_EVENT_SIGNALED), Ok(()));
    assert_eq!(signal(near, 0, ZX_EVENTPAIR_SIGNALED), Ok(()));
    assert_eq!(signal_peer(near, 0, ZX_EVENTPAIR_SIGNALED | USER), Ok(()));
    assert_eq!((signals(near), signals(far)), (ZX_EVENTPAIR_SIGNALED, ZX_EVENTPAIR_SIGNALED | USER));
    for refused in [clock, channel_near] {
        let before = signals(refused);
        assert_eq!(signal(refused, 0, ZX_EVENT_SIGNALED | USER), Err(ZX_ERR_INVALID_ARGS));
        assert_eq!(signals(refused), before, "no part of the change is done");
    }
    assert_eq!(signal_peer(channel_near, 0, USER), Ok(()));
    assert_eq!(signals(channel_far), USER | ZX_CHANNEL_WRITABLE);
    assert_eq!(signal(handle, 1, 0), Err(ZX_ERR_INVALID_ARGS));
    assert_eq!(signal(handle, 0, 0), Ok(()));
    assert_eq!(signal_peer(handle, 0, USER), Err(ZX_ERR_ACCESS_DENIED));
    close(far).unwrap();
    assert_eq!(signal_peer(near, 0, USER), Err(ZX_ERR_PEER_CLOSED));
    assert_eq!(signal_peer(near, 0, 1), Err(ZX_ERR_INVALID_ARGS));
    assert_eq!(signals(near), ZX_EVENTPAIR_SIGNALED | ZX_EVENTPAIR_PEER_CLOSED);
    close_many(&[handle, near, clock, channel_near, channel_far]).unwrap();
}

#[test]
fn creating_checks_options_and_places() {
    let (mut out, null) = (0, std::ptr::null_mut());
    #[allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]
    // SAFETY: the places are live or null.
    let statuses = unsafe {
        [
            zx_event_create(1, &mut out),
            zx_event_create(0, null),
            zx_eventpair_create(1, &mut out, null),
            zx_port_create(2, &mut out),
            zx_timer_create(3, 0, &mut out),
            zx_timer_create(0, 2, &mut out),
            zx_channel_create(1, &mut out, null),
        ]
    };
    let (arguments, options) = (ZX_ERR_INVALID_ARGS, ZX_ERR_NOT_SUPPORTED);
    assert_eq!(statuses, [arguments, arguments, options, arguments, arguments, arguments, arguments]);
}
