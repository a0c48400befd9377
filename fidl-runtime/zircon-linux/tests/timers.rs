//! Timers and clocks.

mod common;

use std::thread;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const SIGNALED: u32 = ZX_TIMER_SIGNALED;
const MILLISECOND: i64 = 1_000_000;

fn set(timer: u32, deadline: i64) -> Result<()> {
    check(zx_timer_set(timer, deadline, 0))
}

#[test]
fn a_past_deadline_fires_at_once() {
    let handle = timer();
    assert_eq!(signals(handle), 0);
    for deadline in [0, -5, zx_clock_get_monotonic()] {
        set(handle, deadline).unwrap();
        assert_eq!(signals(handle), SIGNALED);
    }
    check(zx_timer_cancel(handle)).unwrap();
    assert_eq!(signals(handle), 0);
    check(zx_timer_cancel(handle)).unwrap();
    assert_eq!(check(zx_timer_set(handle, 0, -1)), Err(ZX_ERR_OUT_OF_RANGE));
    assert_eq!(check(zx_timer_set(0, 0, -1)), Err(ZX_ERR_OUT_OF_RANGE));
    let fixed = duplicate(handle, ZX_RIGHT_WAIT).unwrap();
    assert_eq!(set(fixed, 0), Err(ZX_ERR_ACCESS_DENIED));
    let other = event();
    assert_eq!(set(other, 0), Err(ZX_ERR_WRONG_TYPE));
    close_many(&[handle, fixed, other]).unwrap();
}

#[test]
fn setting_again_is_a_change() {
    let handle = timer();
    let queue = port();
    set(handle, 0).unwrap();
    set(handle, ZX_TIME_INFINITE).unwrap();
    assert_eq!(signals(handle), 0);
    set(handle, 0).unwrap();
    if cfg!(not(miri)) {
        wait_async(handle, queue, 1, SIGNALED, ZX_WAIT_ASYNC_EDGE).unwrap();
        set(handle, 0).unwrap();
        assert_eq!(port_wait(queue, PAST).unwrap().key, 1);
    }
    close_many(&[handle, queue]).unwrap();
}

#[test]
#[cfg(not(miri))]
fn a_port_and_a_blocking_wait_learn_of_the_time() {
    let (handle, queue) = (timer(), port());
    for armed_first in [true, false] {
        let due = zx_deadline_after(20 * MILLISECOND);
        if armed_first {
            set(handle, due).unwrap();
        }
        wait_async(handle, queue, 1, SIGNALED, ZX_WAIT_ASYNC_TIMESTAMP).unwrap();
        if !armed_first {
            set(handle, due).unwrap();
        }
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
        let packet = port_wait(queue, soon()).unwrap();
        assert!(packet.signal().timestamp >= due);
        assert_eq!(packet.signal().observed, SIGNALED);
        assert_eq!(wait_one(handle, SIGNALED, PAST), (ZX_OK, SIGNALED), "it stays until set or cancelled");
        set(handle, zx_deadline_after(20 * MILLISECOND)).unwrap();
        assert_eq!(wait_one(handle, SIGNALED, soon()), (ZX_OK, SIGNALED));
        zx_timer_cancel(handle);
    }
    close_many(&[handle, queue]).unwrap();
}

#[test]
#[cfg(not(miri))]
fn a_cancelled_timer_does_not_fire() {
    let (handle, queue) = (timer(), port());
    set(handle, zx_deadline_after(10 * MILLISECOND)).unwrap();
    wait_async(handle, queue, 1, SIGNALED, 0).unwrap();
    check(zx_timer_cancel(handle)).unwrap();
    assert_eq!(port_wait(queue, zx_deadline_after(40 * MILLISECOND)), Err(ZX_ERR_TIMED_OUT));
    set(handle, zx_deadline_after(10 * MILLISECOND)).unwrap();
    close(handle).unwrap();
    assert_eq!(port_wait(queue, zx_deadline_after(40 * MILLISECOND)), Err(ZX_ERR_TIMED_OUT));
    close(queue).unwrap();
}

#[test]
#[cfg(not(miri))]
fn another_thread_may_set_the_timer_that_is_waited_for() {
    let handle = timer();
    let waiter = thread::spawn(move || wait_one(handle, SIGNALED, soon()));
    thread::sleep(std::time::Duration::from_millis(10));
    set(handle, zx_deadline_after(5 * MILLISECOND)).unwrap();
    assert_eq!(waiter.join().unwrap(), (ZX_OK, SIGNALED));
    close(handle).unwrap();
}

#[test]
fn clocks() {
    let before = zx_clock_get_monotonic();
    assert!(zx_clock_get_boot() > 0 && zx_ticks_get_boot() > 0);
    assert!(zx_ticks_get() >= before && zx_ticks_per_second() > 0);
    assert_eq!(zx_deadline_after(i64::MAX), i64::MAX);
    assert!(zx_deadline_after(i64::MIN) < 0);
    assert_eq!(zx_nanosleep(-1), ZX_OK);
    assert_eq!(zx_nanosleep(0), ZX_OK);
    let deadline = zx_deadline_after(MILLISECOND);
    assert_eq!(zx_nanosleep(deadline), ZX_OK);
    assert!(zx_clock_get_monotonic() >= deadline);
}

#[test]
#[allow(unsafe_code)]
fn randomness() {
    let mut bytes = [[0u8; 1000]; 2];
    for half in &mut bytes {
        // SAFETY: the place is live.
        unsafe { zx_cprng_draw(half.as_mut_ptr(), half.len()) };
    }
    // SAFETY: null is what is tested.
    unsafe { zx_cprng_draw(std::ptr::null_mut(), 5) };
    assert_ne!(bytes[0], bytes[1]);
    for (size, status) in [(0, ZX_OK), (256, ZX_OK), (257, ZX_ERR_INVALID_ARGS)] {
        // SAFETY: the list is live.
        assert_eq!(unsafe { zx_cprng_add_entropy(bytes[0].as_ptr(), size) }, status);
    }
    // SAFETY: null is what is tested.
    assert_eq!(unsafe { zx_cprng_add_entropy(std::ptr::null(), 1) }, ZX_ERR_INVALID_ARGS);
}

#[test]
fn what_a_timer_is_set_to() {
    let handle = timer();
    let told = |handle| info::<zx_info_timer_t>(handle, ZX_INFO_TIMER);
    assert_eq!(told(handle).unwrap(), zx_info_timer_t::default());
    let deadline = zx_deadline_after(1_000_000_000_000);
    check(zx_timer_set(handle, deadline, 77)).unwrap();
    let set_to = zx_info_timer_t { deadline, slack: 77, ..Default::default() };
    assert_eq!(told(handle), Ok(set_to));
    check(zx_timer_cancel(handle)).unwrap();
    assert_eq!(told(handle).unwrap(), zx_info_timer_t::default());
    let (bare, other) = (duplicate(handle, ZX_RIGHT_WAIT).unwrap(), event());
    assert_eq!(told(bare), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(told(other), Err(ZX_ERR_WRONG_TYPE));
    close_many(&[handle, bare, other]).unwrap();
}

#[test]
#[allow(unsafe_code)]
fn slack_stays_on_its_side() {
    for (options, early, late) in [
        (ZX_TIMER_SLACK_EARLY, 10 * MILLISECOND, 0),
        (ZX_TIMER_SLACK_LATE, 0, 10 * MILLISECOND),
        (ZX_TIMER_SLACK_CENTER, 10 * MILLISECOND, 10 * MILLISECOND),
    ] {
        let mut handle = 0;
        // SAFETY: the place is live.
        check(unsafe { zx_timer_create(options, ZX_CLOCK_BOOT, &mut handle) }).unwrap();
        let deadline = zx_clock_get_boot() + 20 * MILLISECOND;
        check(zx_timer_set(handle, deadline, 10 * MILLISECOND)).unwrap();
        let before = loop {
            let now = zx_clock_get_boot();
            if signals(handle) == SIGNALED {
                break now;
            }
        };
        // The machine may be slow to look, but the timer is never early beyond its slack.
        assert!(zx_clock_get_boot() >= deadline - early);
        assert!(before < deadline + late + 500 * MILLISECOND);
        close(handle).unwrap();
    }
}
