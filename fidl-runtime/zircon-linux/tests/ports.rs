//! Ports: order, cancelling, several threads, batches.

mod common;

use std::sync::Mutex;
use std::thread;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const USER: u32 = ZX_USER_SIGNAL_0;
const LARGE: usize = if cfg!(miri) { 40 } else { 20_000 };

#[test]
fn user_packets_travel_unchanged_but_for_the_type() {
    let queue = port();
    port_queue(queue, 42).unwrap();
    let expected =
        zx_port_packet_t { key: 42, packet_type: ZX_PKT_TYPE_USER, status: -5, payload: [42, 2, 3, 4] };
    assert_eq!(port_wait(queue, ZX_TIME_INFINITE), Ok(expected));
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    assert_eq!(port_wait(queue, zx_deadline_after(1_000_000)), Err(ZX_ERR_TIMED_OUT));
    let readable = duplicate(queue, ZX_RIGHT_READ).unwrap();
    let writable = duplicate(queue, ZX_RIGHT_WRITE).unwrap();
    assert_eq!(port_queue(readable, 1), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(port_wait(writable, PAST), Err(ZX_ERR_ACCESS_DENIED));
    let other = event();
    assert_eq!(port_wait(other, PAST), Err(ZX_ERR_WRONG_TYPE));
    close_many(&[queue, readable, writable, other]).unwrap();
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_BAD_HANDLE));
}

#[test]
fn packets_come_in_the_order_they_were_queued() {
    let (queue, first, second) = (port(), event(), event());
    wait_async(first, queue, 1, USER, 0).unwrap();
    wait_async(second, queue, 2, USER, 0).unwrap();
    port_queue(queue, 3).unwrap();
    signal(second, 0, USER).unwrap();
    port_queue(queue, 4).unwrap();
    signal(first, 0, USER).unwrap();
    let keys: Vec<u64> =
        std::iter::from_fn(|| port_wait(queue, PAST).ok()).map(|packet| packet.key).collect();
    assert_eq!(keys, [3, 2, 4, 1]);
    close_many(&[queue, first, second]).unwrap();
}

#[test]
fn batches() {
    let queue = port();
    assert_eq!(batch(queue, PAST, 0), Err(ZX_ERR_INVALID_ARGS));
    assert_eq!(batch(queue, PAST, 4), Err(ZX_ERR_TIMED_OUT));
    (0..6).for_each(|key| port_queue(queue, key).unwrap());
    let keys = |packets: Vec<zx_port_packet_t>| packets.iter().map(|packet| packet.key).collect::<Vec<_>>();
    assert_eq!(keys(batch(queue, soon(), 4).unwrap()), [0, 1, 2, 3]);
    assert_eq!(keys(batch(queue, PAST, 4).unwrap()), [4, 5]);
    let other = thread::spawn(move || batch(queue, soon(), 8).unwrap().len());
    port_queue(queue, 9).unwrap();
    assert_eq!(other.join().unwrap(), 1);
    close(queue).unwrap();
}

#[test]
fn cancelling_by_source_and_key() {
    let (queue, source) = (port(), event());
    let twin = duplicate(source, ZX_RIGHT_SAME_RIGHTS).unwrap();
    let cancel = |source, key| check(zx_port_cancel(queue, source, key));
    assert_eq!(cancel(source, 1), Err(ZX_ERR_NOT_FOUND));
    // Pending only.
    wait_async(source, queue, 1, USER, 0).unwrap();
    assert_eq!(cancel(source, 2), Err(ZX_ERR_NOT_FOUND));
    assert_eq!(cancel(twin, 1), Err(ZX_ERR_NOT_FOUND));
    assert_eq!(cancel(source, 1), Ok(()));
    signal(source, 0, USER).unwrap();
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    // Queued and pending; the twin's wait and the user packet stay.
    wait_async(source, queue, 1, USER, 0).unwrap();
    wait_async(source, queue, 1, ZX_USER_SIGNAL_1, 0).unwrap();
    wait_async(twin, queue, 1, USER, 0).unwrap();
    port_queue(queue, 1).unwrap();
    assert_eq!(cancel(source, 1), Ok(()));
    assert_eq!(cancel(source, 1), Err(ZX_ERR_NOT_FOUND));
    signal(source, 0, ZX_USER_SIGNAL_1).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().packet_type, ZX_PKT_TYPE_SIGNAL_ONE);
    assert_eq!(port_wait(queue, PAST).unwrap().packet_type, ZX_PKT_TYPE_USER);
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    // A closed source cannot be named.
    wait_async(source, queue, 1, USER, 0).unwrap();
    close(source).unwrap();
    assert_eq!(cancel(source, 1), Err(ZX_ERR_BAD_HANDLE));
    assert_eq!(check(zx_port_cancel(twin, twin, 1)), Err(ZX_ERR_WRONG_TYPE));
    assert_eq!(port_wait(queue, PAST).unwrap().key, 1);
    close_many(&[queue, twin]).unwrap();
}

#[test]
fn cancelling_by_key() {
    let (queue, one, two) = (port(), event(), event());
    assert_eq!(check(zx_port_cancel_key(queue, 1, 5)), Err(ZX_ERR_INVALID_ARGS));
    assert_eq!(check(zx_port_cancel_key(queue, 0, 5)), Err(ZX_ERR_NOT_FOUND));
    wait_async(one, queue, 5, USER, 0).unwrap();
    wait_async(two, queue, 5, USER, 0).unwrap();
    wait_async(two, queue, 6, USER, 0).unwrap();
    signal(two, 0, USER).unwrap();
    port_queue(queue, 5).unwrap();
    assert_eq!(check(zx_port_cancel_key(queue, 0, 5)), Ok(()));
    signal(one, 0, USER).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().key, 6);
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    close_many(&[queue, one, two]).unwrap();
}

#[test]
fn closing_a_port_drops_its_waits() {
    let (queue, source) = (port(), event());
    for key in 0..10 {
        wait_async(source, queue, key, USER, 0).unwrap();
    }
    port_queue(queue, 1).unwrap();
    close(queue).unwrap();
    signal(source, 0, USER).unwrap();
    close(source).unwrap();
}

#[test]
fn closing_a_port_under_sleepers_ends_their_waits() {
    let queue = port();
    let sleepers: Vec<_> = (0..3).map(|_| thread::spawn(move || port_wait(queue, soon()))).collect();
    thread::sleep(std::time::Duration::from_millis(20));
    close(queue).unwrap();
    for sleeper in sleepers {
        let result = sleeper.join().unwrap();
        assert!(matches!(result, Err(ZX_ERR_CANCELED | ZX_ERR_BAD_HANDLE)), "{result:?}");
    }
}

#[test]
fn each_packet_goes_to_exactly_one_of_several_threads() {
    let queue = port();
    let threads = 4;
    let seen = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut mine = Vec::new();
                loop {
                    let packet = port_wait(queue, soon()).unwrap();
                    if packet.key == u64::MAX {
                        break;
                    }
                    mine.push(packet.key);
                }
                assert!(mine.is_sorted(), "one thread sees packets in order");
                seen.lock().unwrap().extend(mine);
            });
        }
        for key in (0..LARGE as u64).chain([u64::MAX; 4]) {
            while let Err(status) = port_queue(queue, key) {
                assert_eq!(status, ZX_ERR_SHOULD_WAIT);
                thread::yield_now();
            }
        }
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!(seen, (0..LARGE as u64).collect::<Vec<_>>());
    close(queue).unwrap();
}

#[test]
fn the_queue_of_user_packets_is_bounded() {
    let (queue, source) = (port(), event());
    let bound = zircon_linux::capacity().user_packets_per_port as u64;
    (0..bound).for_each(|key| port_queue(queue, key).unwrap());
    assert_eq!(port_queue(queue, 0), Err(ZX_ERR_SHOULD_WAIT));
    signal(source, 0, USER).unwrap();
    wait_async(source, queue, bound, USER, 0).unwrap();
    assert_eq!(port_wait(queue, PAST).unwrap().key, 0);
    assert_eq!(port_queue(queue, bound + 1), Ok(()));
    let keys: Vec<u64> = batch(queue, PAST, 8192).unwrap().iter().map(|packet| packet.key).collect();
    assert_eq!(keys, (1..bound + 2).collect::<Vec<_>>());
    close_many(&[queue, source]).unwrap();
}
