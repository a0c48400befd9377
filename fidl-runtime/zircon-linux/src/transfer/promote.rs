//! An object within the process becomes one between processes.
//!
//! An event or an event pair does so where it is, and so does a socket or a fifo. A channel goes through these states:
//!
//! ```text
//!   before:   object X: Local, ends 0 and 1, two queues of unread messages
//!   during:   object X: Moving; whoever reads or writes is told to wait
//!   after:    object X: Link at the end that stays, object N: Link at the end that goes; the messages are in the rings
//! ```
//!
//! All memory and descriptors are there before anything changes. What can fail between is the packing of handles in
//! unread messages, for want of descriptors; then the channel is closed at both ends, as the handle that was to go is
//! closed by every failing write.

use core::mem;
use std::os::fd::AsFd;

use super::{DEPTH, pack_at};
use crate::abi::types::*;
use crate::beacon::Beacon;
use crate::capacity::{RING_BYTES, RING_BYTES_MAX};
use crate::channel::{self, Link, Local, Message};
use crate::descriptor::{self, Look};
use crate::handle_table::{self, Handle};
use crate::object::{self, Body, End, Object};
use crate::pipe::Pipe;
use crate::pool::Queue;
use crate::ring::record_bytes;
use crate::signals;
use crate::sys;

/// The ring that the unread messages of an end need.
pub(super) fn ring_bytes(local: &Local) -> Result<u32, zx_status_t> {
    let needed = |end| local.unread(end).map(|message| u64::from(record_bytes(message.bytes))).sum::<u64>();
    let bytes = needed(0).max(needed(1)).max(u64::from(RING_BYTES)).next_power_of_two();
    u32::try_from(bytes).ok().filter(|bytes| *bytes <= RING_BYTES_MAX).ok_or(ZX_ERR_NO_RESOURCES)
}

/// Two connected links, each at one end of an object, and nothing in them.
fn pair(capacity: u32, ends: [u8; 2]) -> Result<[Link; 2], zx_status_t> {
    let make = || {
        let [socket0, socket1] = sys::socket_pair()?;
        sys::set_send_buffer(socket0.as_fd())?;
        sys::set_send_buffer(socket1.as_fd())?;
        let (memory0, area0) = channel::create_area(capacity)?;
        let memory1 = memory0.try_clone().map_err(|_| libc::EMFILE)?;
        let area1 = channel::Area::map(memory1.as_fd(), capacity)?;
        let link0 = Link::open(socket0, memory0, area0, ends[0], 0);
        Ok([link0, Link::open(socket1, memory1, area1, ends[1], 1)])
    };
    make().map_err(|error: i32| if error == libc::ENOMEM { ZX_ERR_NO_MEMORY } else { ZX_ERR_NO_RESOURCES })
}

/// Makes what a closed entry leads to an object that can cross, if it is not one yet.
pub(super) fn promote(entry: u32, depth: u32) -> Result<(), zx_status_t> {
    let handle = handle_table::closed_entry(entry);
    let mut object = object::lock(handle.object);
    match &object.body {
        Body::Plain => promote_signals(&mut object, handle),
        Body::Socket(socket) => {
            let pipe = socket.share(&object.ends)?;
            promote_pipe(&mut object, handle, pipe);
            Ok(())
        }
        Body::Fifo(fifo) => {
            let pipe = fifo.share(&object.ends)?;
            promote_pipe(&mut object, handle, pipe);
            Ok(())
        }
        Body::Local(_) => {
            drop(object);
            promote_channel(entry, depth)
        }
        _ => Ok(()),
    }
}

/// Makes a beacon of an event or an event pair, where it is.
fn promote_signals(object: &mut Object, handle: Handle) -> Result<(), zx_status_t> {
    let paired = handle.kind == ZX_OBJ_TYPE_EVENTPAIR;
    let asserted = [object.ends[0].signals, object.ends[1].signals];
    let mut beacon = Beacon::create(paired, asserted).map_err(|_| ZX_ERR_NO_RESOURCES)?;
    for end in 0..2 {
        if object.ends[end].handles == 0 {
            beacon.let_go(&mut object.ends, end);
        }
    }
    object.body = Body::Beacon(beacon);
    for end in 0..=usize::from(paired) {
        descriptor::watch_pending(object, handle.object, end);
    }
    Ok(())
}

/// Makes a pipe of a socket or fifo, where it is.
fn promote_pipe(object: &mut Object, handle: Handle, mut pipe: Pipe) {
    for end in 0..2 {
        if object.ends[end].handles == 0 {
            pipe.let_go(&mut object.ends, end);
        }
    }
    // What waited in memory is in the rings.
    object.body = Body::Pipe(pipe);
    for end in 0..2 {
        descriptor::refresh(object, end, Look::Trusting);
        descriptor::watch_pending(object, handle.object, end);
    }
}

/// Makes links of both ends of the local channel that a closed entry leads to. Afterwards the entry leads to an object of
/// its own.
fn promote_channel(entry: u32, depth: u32) -> Result<(), zx_status_t> {
    if depth >= DEPTH {
        return Err(ZX_ERR_NOT_SUPPORTED);
    }
    let handle = handle_table::closed_entry(entry);
    let stays = 1 - handle.end;
    let new = object::create(Body::Plain, [0; 2])?;
    let begun = begin(handle, stays);
    let ([mut near, mut far], unread) = match begun {
        Ok(begun) => begun,
        Err(status) => {
            object::destroy(new);
            return Err(status);
        }
    };
    let [to_far, to_near] = unread;
    let moved =
        move_messages(to_far, &mut near, depth).and_then(|()| move_messages(to_near, &mut far, depth));
    if moved.is_err() {
        (near, far) = (near.ended(), far.ended());
    }
    finish(entry, handle, new, near, far);
    moved
}

/// Makes the links, and takes the unread messages: of the end that goes, and of the end that stays.
fn begin(handle: Handle, stays: usize) -> Result<([Link; 2], [Queue<Message>; 2]), zx_status_t> {
    loop {
        let capacity = match &object::lock(handle.object).body {
            Body::Local(local) => ring_bytes(local)?,
            _ => return Err(ZX_ERR_NOT_SUPPORTED),
        };
        let links = pair(capacity, [stays as u8, handle.end as u8])?;
        let mut object = object::lock(handle.object);
        let object = &mut *object;
        let Body::Local(local) = &mut object.body else { return Err(ZX_ERR_NOT_SUPPORTED) };
        local.cancel_calls_of(handle);
        if local.is_calling(stays) {
            return Err(ZX_ERR_BAD_STATE);
        }
        // More may have been written meanwhile.
        if ring_bytes(local)? > capacity {
            continue;
        }
        if local.is_calling(stays) {
            return Err(ZX_ERR_NOT_SUPPORTED);
        }
        local.fail_calls(handle.end, ZX_ERR_CANCELED);
        let unread = [local.take_unread(handle.end), local.take_unread(stays)];
        object.body = Body::Moving;
        signals::update(&mut object.ends[stays], ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE, 0);
        return Ok((links, unread));
    }
}

/// Writes messages to a link that no one else has.
fn move_messages(mut messages: Queue<Message>, link: &mut Link, depth: u32) -> Result<(), zx_status_t> {
    let mut result = Ok(());
    let mut end = End::default();
    end.signals = ZX_CHANNEL_WRITABLE;
    while let Some(mut message) = messages.pop() {
        let handles = mem::take(&mut message.handles);
        let (bytes, count) = (message.bytes, message.handle_count);
        if result.is_ok() && count > 0 {
            result = pack_at(&handles, depth + 1)
                .and_then(|bundle| link.write_bundle(&mut end, bytes, count, message.pieces(), &bundle));
        } else if result.is_ok() {
            result = link.write_pieces(&mut end, bytes, message.pieces());
        }
        match result {
            Ok(()) => super::depart(handles),
            Err(_) => object::release(handles),
        }
    }
    // To be told to wait would be to be told to try again.
    result.map_err(|status| if status == ZX_ERR_SHOULD_WAIT { ZX_ERR_NO_RESOURCES } else { status })
}

/// Puts the links in their places. The end that stays may have been closed meanwhile.
fn finish(entry: u32, handle: Handle, new: u32, mut near: Link, far: Link) {
    near.shelve();
    let stays = 1 - handle.end;
    let mut object = object::lock(handle.object);
    let old = &mut *object;
    old.end_uses_of(handle);
    let koid = old.koid(0);
    old.ends[handle.end].handles = 0;
    let deserted = old.ends[stays].handles == 0;
    let mut leftover = None;
    if deserted {
        leftover = Some(near);
    } else {
        if near.over() {
            signals::update(&mut old.ends[stays], 0, ZX_CHANNEL_PEER_CLOSED);
        }
        old.body = Body::Link(near);
        descriptor::refresh(old, stays, Look::Trusting);
        descriptor::watch_pending(old, handle.object, stays);
    }
    drop(object);
    drop(leftover);
    if deserted {
        object::destroy(handle.object);
    }
    let mut object = object::lock(new);
    object.body = Body::Link(far);
    object.take_koids(koid);
    object.ends[handle.end].handles = 1;
    object.ends[handle.end].signals = ZX_CHANNEL_WRITABLE;
    handle_table::lead_to(entry, new, handle.end);
}
