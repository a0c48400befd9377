//! Waiting for signals.

use fuchsia_zircon::{Signals, Status};

use super::abi;
use super::port::Port;
use super::time::Instant;

/// Asks for one packet with `key` as soon as one of `signals` is asserted on `handle` (`zx_object_wait_async`).
///
/// # Errors
///
/// The call's: `BAD_HANDLE`, `ACCESS_DENIED`, `NO_MEMORY`.
pub fn wait_async(handle: u32, port: &Port, key: u64, signals: Signals) -> Result<(), Status> {
    // SAFETY: numbers only.
    Status::ok(unsafe { abi::zx_object_wait_async(handle, port.raw(), key, signals.bits(), 0) })
}

/// Blocks until one of `signals` is asserted on `handle`, or until `deadline` (`zx_object_wait_one`); returns all that
/// were asserted.
///
/// # Errors
///
/// The call's: `TIMED_OUT`, `CANCELED` if the handle was closed meanwhile, `BAD_HANDLE`, `ACCESS_DENIED`.
pub fn wait_one(handle: u32, signals: Signals, deadline: Instant) -> Result<Signals, Status> {
    let mut observed = 0;
    // SAFETY: `observed` is valid for a write.
    let status =
        unsafe { abi::zx_object_wait_one(handle, signals.bits(), deadline.into_nanos(), &raw mut observed) };
    Status::ok(status).map(|()| Signals::from_bits_truncate(observed))
}
