//! Calls on events, event pairs and timers.

use super::caller;
use super::status;
use super::types::*;
use crate::object::{self, Body};
use crate::timer::{self, Armed};

/// Makes an event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_event_create(options: u32, out: *mut zx_handle_t) -> zx_status_t {
    let create = || {
        if options != 0 {
            return Err(ZX_ERR_INVALID_ARGS);
        }
        caller::writable(out)?;
        let [event] = object::create_open(Body::Plain, 0, ZX_OBJ_TYPE_EVENT, ZX_DEFAULT_EVENT_RIGHTS)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out, event) }
    };
    status(create())
}

/// Makes an event pair. Options other than 0 are `ZX_ERR_NOT_SUPPORTED`, unlike for events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_eventpair_create(
    options: u32,
    out0: *mut zx_handle_t,
    out1: *mut zx_handle_t,
) -> zx_status_t {
    let create = || {
        if options != 0 {
            return Err(ZX_ERR_NOT_SUPPORTED);
        }
        caller::writable(out0)?;
        caller::writable(out1)?;
        let body = Body::Plain;
        let pair: [_; 2] = object::create_open(body, 0, ZX_OBJ_TYPE_EVENTPAIR, ZX_DEFAULT_EVENTPAIR_RIGHTS)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out0, pair[0]) }?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out1, pair[1]) }
    };
    status(create())
}

/// Makes a timer on the monotonic or the boot clock. The options say to which side of the deadline
/// slack goes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_timer_create(
    options: u32,
    clock_id: zx_clock_t,
    out: *mut zx_handle_t,
) -> zx_status_t {
    let create = || {
        if options > ZX_TIMER_SLACK_LATE || clock_id > ZX_CLOCK_BOOT {
            return Err(ZX_ERR_INVALID_ARGS);
        }
        caller::writable(out)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out, timer::create(clock_id, options)?) }
    };
    status(create())
}

/// Arms a timer.
///
/// Differs: with slack it is due at the roundest moment of its window, and not at that of a timer that exists already.
#[unsafe(no_mangle)]
pub extern "C" fn zx_timer_set(
    handle: zx_handle_t,
    deadline: zx_time_t,
    slack: zx_duration_t,
) -> zx_status_t {
    match slack {
        ..0 => ZX_ERR_OUT_OF_RANGE,
        _ => status(timer::set(handle, Some(Armed { deadline, slack }))),
    }
}

/// Disarms a timer and clears its signal.
#[unsafe(no_mangle)]
pub extern "C" fn zx_timer_cancel(handle: zx_handle_t) -> zx_status_t {
    status(timer::set(handle, None))
}
