//! The threads that wait for a port's packets.
//!
//! A thread that finds the queue empty sleeps in its port's park, outside the lock. Whoever queues a packet while a
//! thread sleeps wakes one, unless a wake is under way already. A woken thread takes its packets and, if it leaves
//! some behind while others sleep, wakes the next. So there are never more wakes than sleepers, and no packet lies
//! in the queue while everyone sleeps.
//!
//! ```text
//!              queue empty               something came, or the deadline
//!   `wait` --------------> `wait_slowly` ------------------------------> `leave`
//!      |                        |    ^
//!      | a packet is there      v    | events have made packets, or a wake came
//!      v                      `sleep`
//!   taken, no other work
//! ```

use core::mem::MaybeUninit;

use crate::abi::types::*;
use crate::capacity::{EVENTS_PER_POLL, PACKETS_BETWEEN_POLLS};
use crate::descriptor;
use crate::object::{self, Locked};
use crate::park::ParkIndex;
use crate::port::{bury, look, send};
use crate::sync::Ordering;
use crate::sys::{self, Event};
use crate::tables::tables;

/// Waits for a packet, then takes as many as are there and have a place. Returns how many, at least one.
pub(crate) fn wait(
    port: zx_handle_t,
    deadline: zx_time_t,
    places: &mut [MaybeUninit<zx_port_packet_t>],
) -> Result<usize, zx_status_t> {
    let handle = look(port, ZX_RIGHT_READ)?;
    let mut object = handle.lock()?;
    let Some(port) = object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
    if !port.watching || port.taken < PACKETS_BETWEEN_POLLS {
        let (count, wake) = port.take(places);
        if count > 0 {
            drop(object);
            send(wake);
            return Ok(count);
        }
    }
    wait_slowly(handle.object, object, deadline, places)
}

/// The part of a wait that may sleep. It is also for ports whose queue is never empty and that watch descriptors:
/// now and then these must be looked at.
#[cold]
fn wait_slowly(
    index: u32,
    mut object: Locked,
    deadline: zx_time_t,
    places: &mut [MaybeUninit<zx_port_packet_t>],
) -> Result<usize, zx_status_t> {
    if let Some(port) = object.port() {
        port.inside += 1;
    }
    let result = loop {
        let Some(port) = object.port() else { break Err(ZX_ERR_BAD_HANDLE) };
        let sleep_until = if !port.queue.is_empty() { 0 } else { deadline };
        let expired = sleep_until <= 0 || sleep_until <= sys::monotonic();
        port.taken = 0;
        if !expired || port.watching {
            match port.park() {
                Ok(park) => object = sleep(index, object, park, sleep_until),
                Err(status) => break Err(status),
            }
        }
        let Some(port) = object.port() else { break Err(ZX_ERR_BAD_HANDLE) };
        let (count, wake) = port.take(places);
        if count > 0 {
            send(wake);
            break Ok(count);
        }
        if port.closed {
            break Err(ZX_ERR_CANCELED);
        }
        if expired && sleep_until == deadline {
            break Err(ZX_ERR_TIMED_OUT);
        }
    };
    leave(index, object);
    result
}

/// Sleeps until something may have come, and makes packets of descriptor events.
fn sleep(index: u32, mut object: Locked, park: ParkIndex, deadline: zx_time_t) -> Locked {
    let count_sleeper = |object: &mut Locked, woken: bool, change: i32| {
        if let Some(port) = object.port() {
            port.sleepers = port.sleepers.wrapping_add_signed(change);
            port.waking &= !woken;
        }
    };
    count_sleeper(&mut object, false, 1);
    drop(object);
    // Acquire: reads that were counted before this look are over.
    let moment = tables().moment.load(Ordering::Acquire);
    let mut events = [Event::NONE; EVENTS_PER_POLL];
    let (count, woken) = park.sleep(&mut events, deadline);
    object = object::lock(index);
    // No longer a sleeper before the events make packets, so that no one wakes this thread for its own packets.
    count_sleeper(&mut object, woken, -1);
    drop(object);
    events[..count].iter().for_each(|event| descriptor::notice(event.token(), event.ready(), moment));
    object::lock(index)
}

/// Leaves the slow part of a wait, or the closing of the port. The last to leave a closed port ends it.
pub(super) fn leave(index: u32, mut object: Locked) {
    let Some(port) = object.port() else { return };
    port.inside -= 1;
    match (port.closed, port.inside) {
        (false, _) => {}
        (true, 0) => bury(index, object),
        // The others learn of the end one after the other.
        (true, _) => port.park.into_iter().for_each(ParkIndex::wake),
    }
}
