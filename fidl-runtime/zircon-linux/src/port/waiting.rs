//! The threads that wait for a port's packets.
//!
//! A thread that finds the queue empty sleeps in its port's park, outside the lock. When it is woken is in `sleepers`.
//!
//! ```text
//!              queue empty               something came, or the deadline
//!   `wait` --------------> `wait_slowly` ------------------------------> `leave`
//!      |                        |    ^
//!      | a packet is there      v    | something may have come
//!      v                      `Rest`: look, spin, yield, sleep (see `park`)
//!   taken, no other work
//! ```
//!
//! A thread that sleeps relies on this: of the links that the port waits on, each is on the park's hot list or has its
//! bell armed, and those on the list are looked at by a thread that is awake. So whoever leaves while others sleep arms
//! what is left on the list.

use core::mem::MaybeUninit;

use crate::abi::types::*;
use crate::capacity::{EVENTS_PER_POLL, PACKETS_BETWEEN_POLLS, YIELD_NANOS};
use crate::descriptor;
use crate::object::{self, Locked};
use crate::park::ParkIndex;
use crate::port::{bury, look, send};
use crate::sys::{self, Event};

/// The longest sleep while some peer cannot ring, in nanoseconds.
pub(super) const SHORT_SLEEP_NANOS: i64 = 1_000_000;

/// A spinning thread looks at the clock, which costs as much as a look at a link, after so many of these. What comes sooner
/// costs no look at it.
const LOOKS_PER_CLOCK: u32 = 8;

/// What a thread with nothing to do does next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Look,
    Spin,
    Yield,
    Sleep,
}

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
    let mut overdue = false;
    if let Some(port) = object.port() {
        port.inside += 1;
        port.end_outside();
        overdue = port.watching && port.taken >= PACKETS_BETWEEN_POLLS;
    }
    let mut rest = Rest::Look;
    let result = loop {
        let Some(port) = object.port() else { break Err(ZX_ERR_BAD_HANDLE) };
        let until = if overdue || !port.queue.is_empty() { 0 } else { deadline };
        let expired = has_passed(until);
        overdue = false;
        if !expired || port.watching {
            match port.park() {
                Ok(park) if expired => object = glance(index, object, park),
                Ok(park) => object = rest.take(index, object, park, until),
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
        if expired && until == deadline {
            break Err(ZX_ERR_TIMED_OUT);
        }
    };
    leave(index, arm_for_others(index, object));
    result
}

/// Sleeps until a port without a handle has a packet, or the deadline.
pub(super) fn wait_hidden(index: u32, deadline: zx_time_t) -> Result<(), zx_status_t> {
    let mut rest = Rest::Look;
    let mut object = object::lock(index);
    loop {
        let Some(port) = object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
        if !port.queue.is_empty() || has_passed(deadline) {
            return Ok(());
        }
        let park = port.park()?;
        object = rest.take(index, object, park, deadline);
    }
}

/// Whether a deadline is past.
fn has_passed(deadline: zx_time_t) -> bool {
    // The clock is not looked at where the answer is clear.
    deadline <= 0 || deadline != ZX_TIME_INFINITE && deadline <= sys::monotonic()
}

impl Rest {
    /// Rests in the first way that is worth it. The port's queue was empty, and the deadline is not past.
    fn take(&mut self, index: u32, mut object: Locked, park: ParkIndex, deadline: zx_time_t) -> Locked {
        if *self != Rest::Sleep && !park.is_hot() {
            *self = Rest::Sleep;
        }
        loop {
            match self.next() {
                Rest::Look if park.is_look_overdue() => return glance(index, object, park),
                Rest::Spin => match park.spin_nanos() {
                    0 => {}
                    nanos => return spin(index, object, park, deadline, nanos),
                },
                Rest::Yield => match yield_now(index, object, park, deadline) {
                    Ok(object) => return object,
                    Err(unused) => object = unused,
                },
                Rest::Sleep => return sleep(index, object, park, deadline),
                Rest::Look => {}
            }
        }
    }

    /// The way that is due. After it comes the one after it.
    fn next(&mut self) -> Rest {
        let now = *self;
        *self = match now {
            Rest::Look => Rest::Spin,
            Rest::Spin => Rest::Yield,
            Rest::Yield | Rest::Sleep => Rest::Sleep,
        };
        now
    }
}

fn has_packet(object: &mut Locked) -> bool {
    object.port().is_none_or(|port| port.closed || !port.queue.is_empty())
}

/// Looks at the links on the hot list, again and again while that pays.
fn spin(index: u32, mut object: Locked, park: ParkIndex, deadline: zx_time_t, nanos: i64) -> Locked {
    let mut end = None;
    for look in 1u32.. {
        object = look_at_hot(index, object, park);
        if has_packet(&mut object) {
            park.note_spin(true);
            break;
        }
        if look % LOOKS_PER_CLOCK == 0 {
            let now = sys::monotonic();
            if now >= *end.get_or_insert(now.saturating_add(nanos).min(deadline)) {
                park.note_spin(false);
                break;
            }
        }
        core::hint::spin_loop();
    }
    object
}

/// Yields the processor to others that want it, if that is worth it, and looks what came of it. Says if it did not.
fn yield_now(index: u32, mut object: Locked, park: ParkIndex, deadline: zx_time_t) -> Result<Locked, Locked> {
    let mut begun = sys::monotonic();
    let times = if deadline.saturating_sub(begun) > YIELD_NANOS { park.yields(begun) } else { 0 };
    if times == 0 {
        return Err(object);
    }
    for _ in 0..times {
        drop(object);
        sys::yield_now();
        descriptor::look_at_hot(park);
        object = object::lock(index);
        let (found, now) = (has_packet(&mut object), sys::monotonic());
        let took = now - core::mem::replace(&mut begun, now);
        if found || took > YIELD_NANOS {
            park.note_yield(found, now, took);
            return Ok(object);
        }
    }
    park.note_yield(false, begun, 0);
    Ok(object)
}

fn look_at_hot(index: u32, object: Locked, park: ParkIndex) -> Locked {
    drop(object);
    descriptor::look_at_hot(park);
    object::lock(index)
}

/// Counts a thread that is about to sleep or has just slept, and notes whether it was woken.
fn count_sleeper(object: &mut Locked, woken: bool, change: i32) {
    if let Some(port) = object.port() {
        port.sleepers.note(change, woken);
    }
}

/// Sleeps until something may have come, and makes packets of descriptor events.
fn sleep(index: u32, mut object: Locked, park: ParkIndex, deadline: zx_time_t) -> Locked {
    let all_can_ring = loop {
        drop(object);
        let all_can_ring = descriptor::arm_for_sleep(park);
        object = object::lock(index);
        if has_packet(&mut object) {
            return object;
        }
        // Until this thread counts as a sleeper, others who register waits leave it to this thread to look.
        if !all_can_ring || !park.is_hot() {
            break all_can_ring;
        }
    };
    count_sleeper(&mut object, false, 1);
    drop(object);
    let deadline = if all_can_ring { deadline } else { deadline.min(sys::monotonic() + SHORT_SLEEP_NANOS) };
    take_events(index, park, deadline, -1)
}

/// Makes packets of what is there, without sleeping.
fn glance(index: u32, object: Locked, park: ParkIndex) -> Locked {
    drop(look_at_hot(index, object, park));
    take_events(index, park, 0, 0)
}

/// Waits for descriptor events, stops to count as a sleeper if it did, and makes packets of them.
fn take_events(index: u32, park: ParkIndex, deadline: zx_time_t, change: i32) -> Locked {
    let mut events = [Event::NONE; EVENTS_PER_POLL];
    let (count, woken) = park.sleep(&mut events, deadline);
    let mut object = object::lock(index);
    // No longer a sleeper before the events make packets, so that no one wakes this thread for its own packets.
    count_sleeper(&mut object, woken, change);
    if let Some(port) = object.port() {
        port.taken = 0;
    }
    drop(object);
    events[..count].iter().for_each(|event| descriptor::notice(event.token(), event.ready()));
    object::lock(index)
}

/// Arms the links on the hot list if other threads sleep in the port.
fn arm_for_others(index: u32, mut object: Locked) -> Locked {
    let park = object.port().and_then(|port| port.park.filter(|_| port.sleepers.any() && !port.closed));
    match park {
        Some(park) if park.is_hot() => {
            drop(object);
            descriptor::arm_for_sleep(park);
            object::lock(index)
        }
        _ => object,
    }
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
