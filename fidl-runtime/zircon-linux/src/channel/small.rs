//! The shortest way for most messages: a small one without handles, where nothing is in the way.
//!
//! Both functions do what the general ones do, or find something that is not ordinary, change nothing, and leave it to
//! them. They are apart for their cost alone: less than half the instructions.

use core::mem::MaybeUninit;

use crate::abi::types::*;
use crate::channel::link::Link;
use crate::channel::local::Local;
use crate::channel::message::Message;
use crate::handle_table;
use crate::object::{Body, End};
use crate::ring::{Direction, doorbell};
use crate::signals;
use crate::starved;

/// Writes the message, if that is the ordinary case.
#[inline]
pub(crate) fn write(channel: zx_handle_t, bytes: &[u8]) -> Option<()> {
    let channel = handle_table::look(channel).ok()?.check(ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_WRITE).ok()?;
    let mut object = channel.lock().ok()?;
    let object = &mut *object;
    match &mut object.body {
        Body::Local(local) => write_local(local, &mut object.ends, channel.end, bytes),
        Body::Link(link) => write_link(link, &object.ends[channel.end], bytes),
        _ => None,
    }
}

#[inline]
fn write_local(local: &mut Local, ends: &mut [End; 2], end: usize, bytes: &[u8]) -> Option<()> {
    let peer = 1 - end;
    let (end, inbox) = (&mut ends[peer], &mut local.inboxes[peer]);
    end.waits.prefetch();
    if end.handles == 0 || !inbox.has_room() || !local.calls[peer].is_empty() {
        return None;
    }
    inbox.push(Message::of_small(bytes)?, bytes.len() as u32);
    if end.signals & ZX_CHANNEL_READABLE == 0 {
        signals::update(end, 0, ZX_CHANNEL_READABLE);
    }
    Some(())
}

/// Reads the first message and says how many bytes it has, if that is the ordinary case.
#[inline]
pub(crate) fn read(channel: zx_handle_t, places: &mut [MaybeUninit<u8>]) -> Option<u32> {
    let channel = handle_table::look(channel).ok()?.check(ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_READ).ok()?;
    let mut guard = channel.lock().ok()?;
    let object = &mut *guard;
    let local = match &mut object.body {
        Body::Local(local) => local,
        Body::Link(link) => return read_link(link, &mut object.ends[channel.end], places),
        _ => return None,
    };
    let inbox = &mut local.inboxes[channel.end];
    let bytes = inbox.queue.peek()?.small()?;
    let (place, count) = (places.get_mut(..bytes.len())?, bytes.len() as u32);
    // A peer that was refused has to be told of the room.
    if object.ends[1 - channel.end].signals & ZX_CHANNEL_WRITABLE == 0 {
        return None;
    }
    place.write_copy_of_slice(bytes);
    let message = inbox.queue.pop();
    inbox.messages -= 1;
    inbox.bytes -= count;
    if inbox.messages == 0 {
        // Clearing a signal ends no wait.
        object.ends[channel.end].signals &= !ZX_CHANNEL_READABLE;
    }
    drop(guard);
    drop(message);
    starved::relieve();
    Some(count)
}

/// Writes into the ring, if there is known to be room.
#[inline]
fn write_link(link: &mut Link, end: &End, bytes: &[u8]) -> Option<()> {
    let area = link.area.as_ref()?;
    if end.signals & ZX_CHANNEL_PEER_CLOSED != 0 || link.hung_up || area.is_closed(1 - link.side) {
        return None;
    }
    let (lane, count) = (area.lane(link.side), bytes.len() as u32);
    if !link.outbound.knows_of_room(&lane, count) {
        return None;
    }
    link.outbound.fill(&lane, count, 0, core::iter::once(bytes));
    link.outbound.publish_and_fence(&lane, count);
    if doorbell::is_armed(lane.ready()) {
        link.ring_ready();
    }
    Some(())
}

/// Reads out of the ring, if no call is under way, which would be asked first.
#[inline]
fn read_link(link: &mut Link, end: &mut End, places: &mut [MaybeUninit<u8>]) -> Option<u32> {
    if link.is_calling() {
        return None;
    }
    let lane = link.area.as_ref()?.lane(1 - link.side);
    let record = link.inbound.front(&lane).ok()??;
    if record.handles > 0 {
        return None;
    }
    link.inbound.copy(&lane, places.get_mut(..record.bytes as usize)?);
    link.idle_reads = 0;
    link.pass(end, record);
    Some(record.bytes)
}
