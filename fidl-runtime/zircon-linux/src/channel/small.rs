//! The shortest way for most messages: a small one without handles, between ends of this process, where nothing is in
//! the way.
//!
//! Both functions do what the general ones do, or find something that is not ordinary, change nothing, and leave it to
//! them. They are apart for their cost alone: less than half the instructions.

use core::mem::MaybeUninit;

use crate::abi::types::*;
use crate::channel::message::Message;
use crate::handle_table;
use crate::object::Body;
use crate::signals;
use crate::starved;

/// Writes the message, if that is the ordinary case.
#[inline]
pub(crate) fn write(channel: zx_handle_t, bytes: &[u8]) -> Option<()> {
    let channel = handle_table::look(channel).ok()?.check(ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_WRITE).ok()?;
    let mut object = channel.lock().ok()?;
    let object = &mut *object;
    let Body::Local(local) = &mut object.body else { return None };
    let peer = 1 - channel.end;
    let (end, inbox) = (&mut object.ends[peer], &mut local.inboxes[peer]);
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
    let Body::Local(local) = &mut object.body else { return None };
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
