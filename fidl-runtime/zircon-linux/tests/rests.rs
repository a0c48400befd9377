//! What a thread does between two packets: it uses no processor time while nothing happens, and what is not a message of
//! a busy peer reaches it nonetheless.

#![cfg(not(miri))]
#![allow(unsafe_code)]

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::{zx_clock_get_monotonic, zx_deadline_after, zx_timer_set};
use zircon_linux::capacity::PACKETS_BETWEEN_POLLS;

const MESSAGE: u64 = 1;
const TIMER: u64 = 2;

/// The processor time of this thread.
fn used() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the place is live.
    assert_eq!(unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) }, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Answers each message of a channel until it is closed.
fn echo(channel: u32) {
    let queue = port();
    let ends = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;
    loop {
        wait_async(channel, queue, MESSAGE, ends, 0).unwrap();
        port_wait(queue, soon()).unwrap();
        match read(channel) {
            Ok((bytes, _)) => write(channel, &bytes, &[]).unwrap(),
            Err(ZX_ERR_SHOULD_WAIT) => {}
            Err(status) => {
                assert_eq!(status, ZX_ERR_PEER_CLOSED);
                return close_many(&[channel, queue]).unwrap();
            }
        }
    }
}

/// Has messages answered over a port, and so the port's threads learn what pays, then does something with the port.
fn after_a_conversation<T>(act: impl FnOnce(u32, u32) -> T) -> T {
    let (near, far) = socket_channel();
    let peer = thread::spawn(move || echo(far));
    let queue = port();
    for _ in 0..200 {
        converse(near, queue);
    }
    let result = act(near, queue);
    close_many(&[near, queue]).unwrap();
    peer.join().unwrap();
    result
}

/// A message and its answer.
fn converse(channel: u32, queue: u32) {
    write(channel, &[5; 32], &[]).unwrap();
    wait_async(channel, queue, MESSAGE, ZX_CHANNEL_READABLE, 0).unwrap();
    while port_wait(queue, soon()).unwrap().key != MESSAGE {}
    read(channel).unwrap();
}

#[test]
fn an_idle_thread_uses_no_processor_time() {
    let _alone = alone();
    let used = after_a_conversation(|channel, queue| {
        wait_async(channel, queue, MESSAGE, ZX_CHANNEL_READABLE, 0).unwrap();
        let before = used();
        assert_eq!(port_wait(queue, zx_deadline_after(1_000_000_000)), Err(ZX_ERR_TIMED_OUT));
        used() - before
    });
    // One spin, and the calls that lead to one sleep.
    assert!(used < Duration::from_millis(1), "{used:?} in one second");
}

/// (Peers that were expected to answer soon were waited for without an ear for anything else, for milliseconds.)
#[test]
fn a_timer_is_heard_while_an_answer_is_expected() {
    let _alone = alone();
    let delays = (0..20).map(|_| {
        after_a_conversation(|channel, queue| {
            wait_async(channel, queue, MESSAGE, ZX_CHANNEL_READABLE, 0).unwrap();
            let (timer, due) = (timer(), zx_deadline_after(300_000));
            wait_async(timer, queue, TIMER, ZX_TIMER_SIGNALED, 0).unwrap();
            assert_eq!(zx_timer_set(timer, due, 0), ZX_OK);
            assert_eq!(port_wait(queue, soon()).unwrap().key, TIMER);
            close(timer).unwrap();
            zx_clock_get_monotonic() - due
        })
    });
    // A busy machine may have let this thread wait in some of the rounds, not in all.
    let least = delays.min().unwrap();
    assert!(least < 500_000, "{least} ns");
}

/// However fast answers come, the descriptors are looked at in time.
#[test]
fn a_timer_is_heard_between_answers() {
    let _alone = alone();
    let rounds = after_a_conversation(|channel, queue| {
        let (timer, due) = (timer(), zx_deadline_after(300_000));
        wait_async(timer, queue, TIMER, ZX_TIMER_SIGNALED, 0).unwrap();
        assert_eq!(zx_timer_set(timer, due, 0), ZX_OK);
        let mut late = 0;
        loop {
            write(channel, &[5; 32], &[]).unwrap();
            wait_async(channel, queue, MESSAGE, ZX_CHANNEL_READABLE, 0).unwrap();
            let is_late = zx_clock_get_monotonic() > due;
            if port_wait(queue, soon()).unwrap().key == TIMER {
                assert_eq!(wait_one(channel, ZX_CHANNEL_READABLE, soon()).0, ZX_OK);
                close(timer).unwrap();
                return late;
            }
            late += u32::from(is_late);
            read(channel).unwrap();
        }
    });
    assert!(rounds <= PACKETS_BETWEEN_POLLS, "{rounds} messages after the timer was due");
}

/// A bell rings at once: its reader wakes although the writer makes no call after the write.
#[test]
fn a_writer_that_computes_on_wakes_its_reader() {
    let _alone = alone();
    let (near, far) = socket_channel();
    let (ready, woken) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            let queue = port();
            for _ in 0..100 {
                wait_async(far, queue, MESSAGE, ZX_CHANNEL_READABLE, 0).unwrap();
                ready.store(true, Ordering::SeqCst);
                port_wait(queue, soon()).unwrap();
                read(far).unwrap();
                woken.store(true, Ordering::SeqCst);
            }
            close(queue).unwrap();
        });
        for round in 0..100 {
            while !ready.swap(false, Ordering::SeqCst) {
                thread::yield_now();
            }
            // In half of the rounds the reader has gone to sleep by then.
            thread::sleep(Duration::from_millis(round % 2));
            write(near, &[5; 32], &[]).unwrap();
            let begun = Instant::now();
            while !woken.swap(false, Ordering::SeqCst) {
                std::hint::spin_loop();
                assert!(begun.elapsed() < Duration::from_secs(20), "the reader sleeps on");
            }
        }
    });
    close_many(&[near, far]).unwrap();
}
