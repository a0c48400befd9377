//! Ports without a handle, each used by one thread during a blocking wait on objects.

use crate::abi::types::*;
use crate::object::{self, Body};
use crate::port::{Port, empty, waiting};
use crate::wait::{PENDING, Wait};

/// Makes a port that has no handle: the caller alone uses it, and ends it with [`end_hidden`].
pub(crate) fn create_hidden() -> Result<u32, zx_status_t> {
    object::create(Body::Port(Port::default()), [0; 2])
}

/// Ends a hidden port. All its waits have ended.
pub(crate) fn end_hidden(index: u32) {
    let mut object = object::lock(index);
    let Some(port) = object.port() else { return };
    port.close();
    drop(object);
    empty(index);
}

/// Takes a packet of a hidden port, if there is one.
pub(crate) fn take_hidden(index: u32) -> Option<zx_port_packet_t> {
    let mut object = object::lock(index);
    let wait = object.port()?.queue.pop()?;
    let packet = Wait::at(wait).packet();
    Wait::give(wait);
    Some(packet)
}

/// Sleeps until a hidden port has a packet, or the deadline.
pub(crate) fn sleep_hidden(index: u32, deadline: zx_time_t) -> Result<(), zx_status_t> {
    waiting::wait_hidden(index, deadline)
}

/// Ends a wait of a hidden port that has not ended by itself, and returns the object's signals then.
pub(crate) fn withdraw(source: u32, wait: u32) -> Option<zx_signals_t> {
    let mut object = object::lock(source);
    let slot = Wait::at(wait);
    if slot.state() != PENDING {
        return None;
    }
    let end = &mut object.ends[slot.end()];
    end.waits.remove(wait);
    super::forget(wait);
    Some(end.signals)
}
