//! Ports without a handle, each used by one thread during a blocking wait on objects.

use crate::abi::types::*;
use crate::object::{self, Body};
use crate::park::ParkIndex;
use crate::port::{Port, empty};
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

/// Whether a hidden port has a packet.
pub(crate) fn has_packet(index: u32) -> bool {
    object::lock(index).port().is_some_and(|port| !port.queue.is_empty())
}

/// Sleeps in a hidden port by a means of the caller's, unless a packet is there.
pub(crate) fn sleep_hidden(index: u32, sleep: impl FnOnce(ParkIndex)) -> Result<(), zx_status_t> {
    let mut object = object::lock(index);
    let Some(port) = object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
    if !port.queue.is_empty() {
        return Ok(());
    }
    let park = port.park()?;
    port.sleepers += 1;
    drop(object);
    sleep(park);
    park.drain();
    let mut object = object::lock(index);
    if let Some(port) = object.port() {
        port.sleepers -= 1;
        port.waking = false;
    }
    Ok(())
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
