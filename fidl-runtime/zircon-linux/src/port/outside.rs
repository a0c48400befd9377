//! A port's owner that does not wait in a call of this crate, but in an event loop of its own, for a descriptor.
//!
//! The descriptor is the epoll set of the port's park: it is readable while the set has an event. So whatever wakes a
//! thread that sleeps there makes it readable, and an owner that waits for it counts as a thread that sleeps.
//!
//! ```text
//!           `prepare_wait`                 the descriptor is readable
//!   awake ─────────────────▶ counts as a sleeper ──────────────▶ `wait`, which looks at the set: awake
//! ```
//!
//! Nothing is lost in between. The owner counts as a sleeper before it looks: a packet that is queued behind the look
//! wakes it, by the counter in the set. It has all links ring by their sockets, which are in the set, and each that
//! is armed is looked at once more. What else the port waits on is in the set by itself.

use std::os::fd::{AsRawFd, RawFd};

use super::waiting::SHORT_SLEEP_NANOS;
use super::{Port, look};
use crate::abi::types::*;
use crate::capacity::PACKETS_BETWEEN_POLLS;
use crate::descriptor;
use crate::sys;

impl Port {
    /// The owner is about to wait for the descriptor.
    fn begin_outside(&mut self) {
        if !core::mem::replace(&mut self.outside, true) {
            self.sleepers.note(1, false);
        }
        // The next wait looks at the set, whatever is in the queue, and ends this.
        self.taken = PACKETS_BETWEEN_POLLS;
    }

    /// The owner is back.
    pub(super) fn end_outside(&mut self) {
        if core::mem::take(&mut self.outside) {
            self.sleepers.note(-1, false);
        }
    }
}

/// The port's descriptor, which stays open for ever.
pub(crate) fn descriptor(port: zx_handle_t) -> Result<RawFd, zx_status_t> {
    let mut object = look(port, ZX_RIGHT_READ)?.lock()?;
    let port = object.port().ok_or(ZX_ERR_BAD_HANDLE)?;
    let set = port.watching_park()?.set().ok_or(ZX_ERR_NO_RESOURCES)?;
    Ok(set.as_raw_fd())
}

/// Has the descriptor become readable by all that comes from now on. Returns until when its owner may wait for that: not
/// at all if something is there, and briefly while some peer cannot ring.
pub(crate) fn prepare_wait(port: zx_handle_t) -> Result<zx_time_t, zx_status_t> {
    let handle = look(port, ZX_RIGHT_READ)?;
    let mut object = handle.lock()?;
    let port = object.port().ok_or(ZX_ERR_BAD_HANDLE)?;
    let park = port.watching_park()?;
    port.begin_outside();
    drop(object);
    // Links that a wait is registered on from here on are armed by whoever does that, for somebody sleeps.
    let all_can_ring = descriptor::arm_for_sleep(park);
    let mut object = handle.lock()?;
    let port = object.port().ok_or(ZX_ERR_BAD_HANDLE)?;
    // An event that is in the set already may never be told of by a loop that hears of changes alone.
    if !port.queue.is_empty() || park.set().is_some_and(|set| sys::poll_now(set).readable) {
        return Ok(ZX_TIME_INFINITE_PAST);
    }
    Ok(if all_can_ring { ZX_TIME_INFINITE } else { sys::monotonic() + SHORT_SLEEP_NANOS })
}
