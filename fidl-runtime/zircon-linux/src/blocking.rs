//! Blocking waits on objects, made of asynchronous ones and a port without a handle.

use crate::abi::types::*;
use crate::descriptor::{self, Look};
use crate::handle_table;
use crate::port;
use crate::sys;
use crate::wait::{TELL_OF_CLOSE, Wait};

/// A wait registered for an item.
#[derive(Clone, Copy, Default)]
struct Registered {
    object: u32,
    wait: u32,
}

/// Waits for one object. Returns its signals with the status.
pub(crate) fn wait_one(
    handle: zx_handle_t,
    waitfor: zx_signals_t,
    deadline: zx_time_t,
) -> (Result<(), zx_status_t>, Option<zx_signals_t>) {
    let mut item = [zx_wait_item_t { handle, waitfor, pending: 0 }];
    let (status, observed) = wait_many(&mut item, deadline);
    (status, observed.then_some(item[0].pending))
}

/// Waits until one of the objects has one of its signals. Says also whether `pending` was written.
pub(crate) fn wait_many(
    items: &mut [zx_wait_item_t],
    deadline: zx_time_t,
) -> (Result<(), zx_status_t>, bool) {
    if items.len() > ZX_WAIT_MANY_MAX_ITEMS {
        return (Err(ZX_ERR_OUT_OF_RANGE), false);
    }
    match look(items) {
        Err(status) => return (Err(status), false),
        Ok(true) => return (Ok(()), true),
        Ok(false) if deadline <= 0 || deadline <= sys::monotonic() => return (Err(ZX_ERR_TIMED_OUT), true),
        Ok(false) => {}
    }
    if items.is_empty() {
        sys::sleep_until(deadline);
        return (Err(ZX_ERR_TIMED_OUT), true);
    }
    let port = match port::create_hidden() {
        Ok(port) => port,
        Err(status) => return (Err(status), false),
    };
    let result = wait_through(port, items, deadline);
    port::end_hidden(port);
    result
}

/// Reads the signals of all items, if all may be waited on. Says whether one matches.
fn look(items: &mut [zx_wait_item_t]) -> Result<bool, zx_status_t> {
    let mut found = [0; ZX_WAIT_MANY_MAX_ITEMS];
    for (item, found) in items.iter().zip(&mut found) {
        let source = handle_table::look(item.handle)?.allows(ZX_RIGHT_WAIT)?;
        let mut object = source.lock()?;
        descriptor::refresh(&mut object, source.end, Look::Exact);
        *found = object.ends[source.end].signals;
    }
    items.iter_mut().zip(found).for_each(|(item, found)| item.pending = found);
    Ok(items.iter().any(|item| item.pending & item.waitfor != 0))
}

/// Registers a wait for each item, sleeps until one ends, and withdraws the others.
fn wait_through(
    port: u32,
    items: &mut [zx_wait_item_t],
    deadline: zx_time_t,
) -> (Result<(), zx_status_t>, bool) {
    let mut registered = [Registered::default(); ZX_WAIT_MANY_MAX_ITEMS];
    let (count, prepared) = register(port, items, &mut registered);
    let registered = &registered[..count];
    let slept = prepared.and_then(|()| port::sleep_hidden(port, deadline));
    collect(port, items, registered);
    match slept {
        Err(status) => (Err(status), false),
        Ok(()) if items.iter().any(|item| item.pending & ZX_SIGNAL_HANDLE_CLOSED != 0) => {
            (Err(ZX_ERR_CANCELED), true)
        }
        Ok(()) if items.iter().any(|item| item.pending & item.waitfor != 0) => (Ok(()), true),
        Ok(()) => (Err(ZX_ERR_TIMED_OUT), true),
    }
}

/// Registers a wait for each item until one fails, and says how many.
fn register(
    port: u32,
    items: &[zx_wait_item_t],
    registered: &mut [Registered],
) -> (usize, Result<(), zx_status_t>) {
    for (number, item) in items.iter().enumerate() {
        match register_one(port, item, number as u64) {
            Ok(one) => registered[number] = one,
            Err(status) => return (number, Err(status)),
        }
    }
    (items.len(), Ok(()))
}

fn register_one(port: u32, item: &zx_wait_item_t, key: u64) -> Result<Registered, zx_status_t> {
    let source = handle_table::look(item.handle)?.allows(ZX_RIGHT_WAIT)?;
    let wait = Wait::for_signals(source, port, key, item.waitfor, TELL_OF_CLOSE)?;
    match port::register(source, None, wait) {
        Ok(()) => Ok(Registered { object: source.object, wait }),
        Err(status) => {
            Wait::give(wait);
            Err(status)
        }
    }
}

/// Withdraws the waits that have not ended, and writes what was found into the items.
fn collect(port: u32, items: &mut [zx_wait_item_t], registered: &[Registered]) {
    for (one, item) in registered.iter().zip(&mut *items) {
        if let Some(signals) = port::withdraw(one.object, one.wait) {
            item.pending = signals;
        }
    }
    while let Some(packet) = port::take_hidden(port) {
        items[packet.key as usize].pending = packet.signal().observed;
    }
}
