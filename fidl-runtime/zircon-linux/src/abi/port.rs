//! Calls on ports.

use super::caller;
use super::status;
use super::types::*;
use crate::port;

/// Makes a port.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_port_create(options: u32, out: *mut zx_handle_t) -> zx_status_t {
    let create = || {
        if options & !ZX_PORT_BIND_TO_INTERRUPT != 0 {
            return Err(ZX_ERR_INVALID_ARGS);
        }
        caller::writable(out)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(out, port::create()?) }
    };
    status(create())
}

/// Queues a user packet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_port_queue(handle: zx_handle_t, packet: *const zx_port_packet_t) -> zx_status_t {
    // SAFETY: the caller promises that the place is good.
    let packet = unsafe { caller::get(packet) };
    status(packet.and_then(|packet| port::queue(handle, &packet)))
}

/// Waits for a packet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_port_wait(
    handle: zx_handle_t,
    deadline: zx_time_t,
    packet: *mut zx_port_packet_t,
) -> zx_status_t {
    // SAFETY: the caller promises that the place is good.
    let places = unsafe { caller::places(packet, 1) };
    status(places.and_then(|places| port::wait(handle, deadline, places)).map(drop))
}

/// Waits for a packet like [`zx_port_wait`], then takes as many as are there, up to `capacity`, in one step.
///
/// `actual` (which may be null) gets their number: at least 1 on success, 0 otherwise. A capacity of 0 is
/// `ZX_ERR_INVALID_ARGS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_linux_port_wait_batch(
    handle: zx_handle_t,
    deadline: zx_time_t,
    packets: *mut zx_port_packet_t,
    capacity: usize,
    actual: *mut usize,
) -> zx_status_t {
    // SAFETY: the caller promises that the places are good.
    let places = unsafe { caller::places(packets, capacity) };
    let result = places.and_then(|places| match places {
        [] => Err(ZX_ERR_INVALID_ARGS),
        places => port::wait(handle, deadline, places),
    });
    // SAFETY: the caller promises that the place is good, where it is not null.
    unsafe { caller::put_if_wanted(actual, result.unwrap_or(0)) };
    status(result.map(drop))
}

/// Sets for how long, in nanoseconds, a thread that waits for the port's packets may look at the memory of channels to
/// other processes before it sleeps. At most 100,000, else `ZX_ERR_OUT_OF_RANGE`; 0 for never. Needs `ZX_RIGHT_WRITE`.
#[unsafe(no_mangle)]
pub extern "C" fn zx_linux_port_set_spin(handle: zx_handle_t, nanos: u32) -> zx_status_t {
    match nanos {
        0..=100_000 => status(port::set_spin(handle, nanos)),
        _ => ZX_ERR_OUT_OF_RANGE,
    }
}

/// Sets how often a thread that waits for the port's packets may yield its processor before it sleeps. At most 16, else
/// `ZX_ERR_OUT_OF_RANGE`; 0 for never. Needs `ZX_RIGHT_WRITE`.
#[unsafe(no_mangle)]
pub extern "C" fn zx_linux_port_set_yields(handle: zx_handle_t, times: u32) -> zx_status_t {
    match times {
        0..=16 => status(port::set_yields(handle, times)),
        _ => ZX_ERR_OUT_OF_RANGE,
    }
}

/// The descriptor that is readable when a wait for the port's packets might find one, for a loop that waits for descriptors.
///
/// A loop calls [`zx_linux_port_prepare_wait`] each time before it waits for the descriptor, and takes packets, without
/// waiting, each time behind. The descriptor is the port's, which the caller neither reads nor closes. Once the port is
/// closed it may be another's, and tells the caller nothing. Needs `ZX_RIGHT_READ`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_linux_port_descriptor(handle: zx_handle_t, descriptor: *mut i32) -> zx_status_t {
    let find = || {
        caller::writable(descriptor)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(descriptor, port::descriptor(handle)?) }
    };
    status(find())
}

/// Has the port's descriptor become readable by whatever comes from now on, until the next wait for the port's packets.
///
/// `latest` gets the time, on the monotonic clock, up to which the caller may wait for the descriptor before it looks for
/// packets all the same: `ZX_TIME_INFINITE_PAST` if there may be packets already. When it gets another time, the descriptor
/// is not readable, so that loops may do that hear of changes alone. For one caller at a time, and while no thread waits
/// for the port's packets. Needs `ZX_RIGHT_READ`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_linux_port_prepare_wait(
    handle: zx_handle_t,
    latest: *mut zx_time_t,
) -> zx_status_t {
    let prepare = || {
        caller::writable(latest)?;
        // SAFETY: the caller promises that the place is good.
        unsafe { caller::put(latest, port::prepare_wait(handle)?) }
    };
    status(prepare())
}

/// Cancels the waits made with this port, this source handle and this key, and their packets.
#[unsafe(no_mangle)]
pub extern "C" fn zx_port_cancel(handle: zx_handle_t, source: zx_handle_t, key: u64) -> zx_status_t {
    status(port::cancel(handle, source, key))
}

/// Cancels all waits and packets of the port that have this key.
#[unsafe(no_mangle)]
pub extern "C" fn zx_port_cancel_key(handle: zx_handle_t, options: u32, key: u64) -> zx_status_t {
    match options {
        0 => status(port::cancel_key(handle, key)),
        _ => ZX_ERR_INVALID_ARGS,
    }
}
