//! Clocks, sleep and randomness.

use super::caller;
use super::status;
use super::types::*;
use crate::sys;

/// Nanoseconds of the monotonic clock, which stops while the machine is suspended.
#[unsafe(no_mangle)]
pub extern "C" fn zx_clock_get_monotonic() -> zx_time_t {
    sys::monotonic()
}

/// Nanoseconds of the boot clock, which goes on while the machine is suspended.
#[unsafe(no_mangle)]
pub extern "C" fn zx_clock_get_boot() -> zx_time_t {
    sys::boot()
}

/// The time that is this long from now, at most the largest and at least the smallest time.
#[unsafe(no_mangle)]
pub extern "C" fn zx_deadline_after(nanoseconds: zx_duration_t) -> zx_time_t {
    sys::monotonic().saturating_add(nanoseconds)
}

/// Sleeps until the deadline; one in the past returns at once.
#[unsafe(no_mangle)]
pub extern "C" fn zx_nanosleep(deadline: zx_time_t) -> zx_status_t {
    sys::sleep_until(deadline);
    ZX_OK
}

/// The ticks of the monotonic clock; here they are nanoseconds.
#[unsafe(no_mangle)]
pub extern "C" fn zx_ticks_get() -> zx_ticks_t {
    sys::monotonic()
}

/// The ticks of the boot clock; here they are nanoseconds.
#[unsafe(no_mangle)]
pub extern "C" fn zx_ticks_get_boot() -> zx_ticks_t {
    sys::boot()
}

/// How many ticks a second has.
#[unsafe(no_mangle)]
pub extern "C" fn zx_ticks_per_second() -> zx_ticks_t {
    1_000_000_000
}

/// Fills a buffer with random bytes. A null buffer is left alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_cprng_draw(buffer: *mut u8, buffer_size: usize) {
    // SAFETY: the caller promises that the buffer is good, where it is not null.
    if let Ok(places) = unsafe { caller::places(buffer, buffer_size) } {
        sys::fill_random(places);
    }
}

/// The most bytes that may be offered at once.
const MOST_ENTROPY: usize = 256;

/// Offers random bytes to the generator. At most 256 at once.
///
/// Differs: the arguments are checked and the bytes not used. The generator is that of the system, which has its own
/// sources.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_cprng_add_entropy(buffer: *const u8, buffer_size: usize) -> zx_status_t {
    if buffer_size > MOST_ENTROPY {
        return ZX_ERR_INVALID_ARGS;
    }
    // SAFETY: the caller promises that the buffer is good.
    status(unsafe { caller::list(buffer, buffer_size) }.map(drop))
}
