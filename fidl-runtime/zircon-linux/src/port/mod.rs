//! Ports: one first-in first-out queue of packets, and the waits that make them.
//!
//! Here is the port itself and what others do to it; the threads that wait for its packets are in [`waiting`], owners that
//! wait elsewhere in [`outside`], and the ports of blocking waits, which have no handle, in [`hidden`].

mod hidden;
#[cfg(all(test, loom))]
mod loom_tests;
mod outside;
mod sleepers;
mod waiting;

pub(crate) use hidden::{create_hidden, end_hidden, sleep_hidden, take_hidden, withdraw};
pub(crate) use outside::{descriptor, prepare_wait};
pub(crate) use waiting::wait;

use core::mem::MaybeUninit;

use crate::abi::types::*;
use crate::descriptor::{self, Look};
use crate::handle_table::{self, Handle};
use crate::object::{self, Body, Locked};
use crate::park::ParkIndex;
use crate::tables::tables;
use crate::wait::{PENDING, Packets, Wait};

use sleepers::Sleepers;

/// The body of a port.
#[derive(Default)]
pub(crate) struct Port {
    queue: Packets,
    /// Waits that are registered and have no packet yet. They are in their objects' lists alone, so that registering
    /// and ending one touches no other.
    pending: u32,
    /// User packets in the queue.
    users: u32,
    /// Threads inside the slow part of a wait, or busy closing the port; the slot stays theirs until all have left.
    inside: u32,
    sleepers: Sleepers,
    /// The owner waits for the descriptor, and counts among the sleepers.
    outside: bool,
    closed: bool,
    park: Option<ParkIndex>,
    /// Some descriptor is watched in the park.
    watching: bool,
    /// Packets taken without a look at the descriptors.
    taken: u32,
}

impl Port {
    /// The park, taken now if there is none yet.
    fn park(&mut self) -> Result<ParkIndex, zx_status_t> {
        match self.park {
            Some(park) => Ok(park),
            None => Ok(*self.park.insert(ParkIndex::take()?)),
        }
    }

    /// The park, for a descriptor to be watched in it.
    pub(crate) fn watching_park(&mut self) -> Result<ParkIndex, zx_status_t> {
        self.watching = true;
        self.park()
    }

    /// Whether a thread of the port will look at a link on which a wait was just registered before it sleeps.
    pub(crate) fn will_look_at(&mut self, token: u64) -> bool {
        // No one sleeps: a thread will come, and look before it does.
        !self.sleepers.any() && self.park.is_some_and(|park| park.heat(token))
    }

    /// Puts a packet at the end of the queue, and says whom to wake.
    #[inline]
    fn push(&mut self, index: u32) -> Option<ParkIndex> {
        self.queue.push(index);
        self.wake_one()
    }

    /// The park in which to wake a thread, if one sleeps that has not been woken.
    #[inline]
    fn wake_one(&mut self) -> Option<ParkIndex> {
        if self.sleepers.wake_one() { self.park } else { None }
    }

    /// Takes packets in order until the places are full, and says how many and whom to wake for the rest.
    #[inline]
    fn take(&mut self, places: &mut [MaybeUninit<zx_port_packet_t>]) -> (usize, Option<ParkIndex>) {
        let mut count = 0;
        while count < places.len() {
            let Some(index) = self.queue.pop() else { break };
            let wait = Wait::at(index);
            self.users -= u32::from(wait.is_user());
            places[count].write(wait.packet());
            Wait::give(index);
            count += 1;
        }
        self.taken = self.taken.wrapping_add(count as u32);
        let wake = if !self.queue.is_empty() { self.wake_one() } else { None };
        (count, wake)
    }

    /// Drops a pending wait that has left its object's list.
    fn drop_pending(&mut self, index: u32) {
        self.pending -= 1;
        Wait::give(index);
    }

    /// Discards the packets in the queue that match. Returns how many.
    fn discard_queued(&mut self, matches: impl Fn(&Wait) -> bool) -> usize {
        let users = &mut self.users;
        self.queue.discard(|wait| {
            let matched = matches(wait);
            *users -= u32::from(matched && wait.is_user());
            matched
        })
    }

    /// The last handle is gone: nothing more will be queued or registered.
    ///
    /// The caller counts as inside from here on and must call [`empty`] once it has released the lock.
    pub(crate) fn close(&mut self) {
        self.closed = true;
        self.inside += 1;
        self.discard_queued(|_| true);
    }
}

/// Sets how long a thread that waits for packets may spin before it sleeps.
pub(crate) fn set_spin(port: zx_handle_t, nanos: u32) -> Result<(), zx_status_t> {
    let mut object = look(port, ZX_RIGHT_WRITE)?.lock()?;
    let Some(port) = object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
    port.park()?.set_spin_nanos(nanos);
    Ok(())
}

/// Sets how often a thread that waits for packets may yield before it sleeps.
pub(crate) fn set_yields(port: zx_handle_t, times: u32) -> Result<(), zx_status_t> {
    let mut object = look(port, ZX_RIGHT_WRITE)?.lock()?;
    let Some(port) = object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
    port.park()?.set_yields(times);
    Ok(())
}

/// Makes a port.
pub(crate) fn create() -> Result<zx_handle_t, zx_status_t> {
    let body = Body::Port(Port::default());
    let [port] = object::create_open(body, 0, ZX_OBJ_TYPE_PORT, ZX_DEFAULT_PORT_RIGHTS)?;
    Ok(port)
}

/// Queues a user packet.
pub(crate) fn queue(port: zx_handle_t, packet: &zx_port_packet_t) -> Result<(), zx_status_t> {
    let handle = look(port, ZX_RIGHT_WRITE)?;
    let mut object = handle.lock()?;
    let Some(port) = object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
    if port.users as usize >= tables().capacity.user_packets_per_port {
        return Err(ZX_ERR_SHOULD_WAIT);
    }
    let index = Wait::for_user(handle.object, packet)?;
    port.users += 1;
    let wake = port.push(index);
    drop(object);
    send(wake);
    Ok(())
}

fn look(port: zx_handle_t, rights: zx_rights_t) -> Result<Handle, zx_status_t> {
    handle_table::look(port)?.check(ZX_OBJ_TYPE_PORT, rights)
}

#[inline]
fn send(wake: Option<ParkIndex>) {
    if let Some(park) = wake {
        park.wake();
    }
}

/// Asks a port to be told of an object's signals.
pub(crate) fn wait_async(
    source: zx_handle_t,
    port: zx_handle_t,
    key: u64,
    trigger: zx_signals_t,
    options: u32,
) -> Result<(), zx_status_t> {
    let port = look(port, ZX_RIGHT_WRITE)?;
    let source = handle_table::look(source)?.allows(ZX_RIGHT_WAIT)?;
    let index = Wait::for_signals(source, port.object, key, trigger, options)?;
    let registered = register(source, Some(port), index);
    if registered.is_err() {
        Wait::give(index);
    }
    registered
}

/// Registers a wait whose slot is filled, or queues its packet at once. The port is named by its handle, or, for the
/// hidden ports of blocking waits, known to stay.
pub(crate) fn register(source: Handle, port: Option<Handle>, index: u32) -> Result<(), zx_status_t> {
    let wait = Wait::at(index);
    let mut object = source.lock()?;
    let look = if port.is_some() { Look::Trusting } else { Look::Exact };
    descriptor::refresh(&mut object, source.end, look);
    let mut port_object = match port {
        Some(handle) => handle.lock()?,
        None => object::lock(wait.port()),
    };
    let Some(port_body) = port_object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
    let asserted = object.ends[source.end].signals;
    if wait.options() & ZX_WAIT_ASYNC_EDGE == 0 && asserted & wait.trigger() != 0 {
        wait.observe(asserted);
        let wake = port_body.push(index);
        drop(port_object);
        drop(object);
        send(wake);
        return Ok(());
    }
    descriptor::watch(&mut object, source.object, source.end, port_body)?;
    wait.set_state(PENDING);
    port_body.pending += 1;
    object.ends[source.end].waits.push(index);
    let needs_bell = descriptor::needs_bell(&object, source.object, port_body);
    drop(port_object);
    if needs_bell {
        descriptor::arm(&mut object);
    }
    Ok(())
}

/// Queues the packet of a wait that has just left its object's list, and says whom to wake once the lock of that
/// object, which the caller holds, is released.
#[inline]
pub(crate) fn deliver(index: u32, observed: zx_signals_t) -> Option<ParkIndex> {
    let wait = Wait::at(index);
    let mut object = object::lock(wait.port());
    let port = object.port()?;
    if port.closed {
        port.drop_pending(index);
        return None;
    }
    port.pending -= 1;
    wait.observe(observed);
    port.push(index)
}

/// Drops a wait that has just left its object's list. The caller holds the lock of the object.
pub(crate) fn forget(index: u32) {
    if let Some(port) = object::lock(Wait::at(index).port()).port() {
        port.drop_pending(index);
    }
}

/// Takes the pending waits of a port that match out of their objects' lists, and says how many there were. The caller
/// holds no lock.
fn drop_pending_of(port: u32, matches: impl Fn(&Wait) -> bool) -> usize {
    let is_pending = || object::lock(port).port().is_some_and(|port| port.pending > 0);
    if !is_pending() {
        return 0;
    }
    let mut count = 0;
    for index in 1..=tables().waits.high_water() {
        let wait = Wait::at(index);
        // What is read here may be of several waits that had the slot. It only says where to look.
        if wait.state() == PENDING && wait.port() == port && tables().objects.find(wait.object()).is_some() {
            count += drop_pending_on(wait.object(), port, &matches);
        }
    }
    count
}

/// The part of that on one object.
fn drop_pending_on(object: u32, port: u32, matches: impl Fn(&Wait) -> bool) -> usize {
    let mut object = object::lock(object);
    let mut count = 0;
    for end in &mut object.ends {
        for index in end.waits.iter() {
            if Wait::at(index).port() == port && matches(Wait::at(index)) {
                end.waits.remove(index);
                forget(index);
                count += 1;
            }
        }
    }
    count
}

/// Gets rid of a closed port's waits, and of the port itself unless threads are still inside.
pub(crate) fn empty(index: u32) {
    drop_pending_of(index, |_| true);
    waiting::leave(index, object::lock(index));
}

/// Ends a closed port that no thread is inside of.
fn bury(index: u32, mut object: Locked) {
    let park = object.port().and_then(|port| port.park.take());
    drop(object);
    object::destroy(index);
    park.into_iter().for_each(ParkIndex::give);
}

/// Cancels the waits made with this port, this very source handle and this key, pending or queued.
pub(crate) fn cancel(port: zx_handle_t, source: zx_handle_t, key: u64) -> Result<(), zx_status_t> {
    let port_handle = look(port, ZX_RIGHT_WRITE)?;
    let source = handle_table::look(source)?.allows(ZX_RIGHT_WAIT)?;
    let mut object = source.lock()?;
    let mut port_object = port_handle.lock()?;
    let Some(port) = port_object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
    let matches = |wait: &Wait| !wait.is_user() && wait.is_of(source) && wait.key() == key;
    let mut found = port.discard_queued(matches);
    let waits = &mut object.ends[source.end].waits;
    for index in waits.iter() {
        let wait = Wait::at(index);
        if matches(wait) && wait.port() == port_handle.object {
            waits.remove(index);
            port.drop_pending(index);
            found += 1;
        }
    }
    if found > 0 { Ok(()) } else { Err(ZX_ERR_NOT_FOUND) }
}

/// Cancels everything with this key: waits, pending or queued, and user packets.
pub(crate) fn cancel_key(port: zx_handle_t, key: u64) -> Result<(), zx_status_t> {
    let handle = look(port, ZX_RIGHT_WRITE)?;
    let matches = |wait: &Wait| wait.key() == key;
    let mut object = handle.lock()?;
    let Some(port) = object.port() else { return Err(ZX_ERR_BAD_HANDLE) };
    let mut found = port.discard_queued(matches);
    drop(object);
    found += drop_pending_of(handle.object, matches);
    // A wait that ended in between has its packet in the queue now.
    if let Some(port) = handle.lock()?.port() {
        found += port.discard_queued(matches);
    }
    if found > 0 { Ok(()) } else { Err(ZX_ERR_NOT_FOUND) }
}
