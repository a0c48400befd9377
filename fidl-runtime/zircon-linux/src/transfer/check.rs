//! What can be known before anything is sent: whether a handle can cross, with all that lies in its unread messages.
//!
//! Messages hold handles to channels, whose messages hold handles, and so on. The walk through them has a place for each
//! channel on its way down, and looks at one object at a time, under that one's lock. Other threads may take out messages
//! meanwhile or put some in: what the walk has missed for that is found when it is packed.

use super::DEPTH;
use super::promote::ring_bytes;
use crate::abi::types::*;
use crate::channel::Local;
use crate::handle_table::{self, Handle};
use crate::object::{self, Body};

/// Unread messages with handles that a channel may have when it crosses: their packets must fit the socket.
const MESSAGES_WITH_HANDLES: usize = 64;

/// A channel on the way down, and the handle in its unread messages that was looked at last.
#[derive(Clone, Copy, Default)]
struct Step {
    object: u32,
    end: usize,
    message: usize,
    /// The handle's entry, or 0 for none of the message.
    entry: u32,
}

/// Passes if a handle can cross. Its entry is closed.
///
/// # Errors
///
/// `ZX_ERR_NOT_SUPPORTED`, `ZX_ERR_NO_RESOURCES` and `ZX_ERR_ACCESS_DENIED`, as documented for what cannot.
pub(super) fn check(handle: Handle) -> Result<(), zx_status_t> {
    let mut path = [Step::default(); DEPTH as usize];
    let (mut deep, mut found) = (0, Some(handle));
    loop {
        if let Some(handle) = found
            && check_one(handle)?
        {
            let step = path.get_mut(deep).ok_or(ZX_ERR_NOT_SUPPORTED)?;
            *step = Step { object: handle.object, ..Step::default() };
            deep += 1;
        }
        let Some(step) = path[..deep].last_mut() else { return Ok(()) };
        found = step.next();
        deep -= usize::from(found.is_none());
    }
}

impl Step {
    /// The next handle in the channel's unread messages.
    fn next(&mut self) -> Option<Handle> {
        let object = object::lock(self.object);
        let Body::Local(local) = &object.body else { return None };
        while self.end < 2 {
            for message in local.unread(self.end).skip(self.message) {
                let mut entries = message.handles.iter();
                if self.entry != 0 {
                    entries.find(|entry| *entry == self.entry);
                }
                if let Some(entry) = entries.next() {
                    self.entry = entry;
                    return Some(handle_table::closed_entry(entry));
                }
                (self.message, self.entry) = (self.message + 1, 0);
            }
            (self.end, self.message) = (self.end + 1, 0);
        }
        None
    }
}

/// Passes if a handle can cross, apart from what lies in its unread messages. Says whether there may be such.
fn check_one(handle: Handle) -> Result<bool, zx_status_t> {
    match handle.kind {
        ZX_OBJ_TYPE_EVENT | ZX_OBJ_TYPE_EVENTPAIR | ZX_OBJ_TYPE_FIFO => return Ok(false),
        ZX_OBJ_TYPE_CHANNEL | ZX_OBJ_TYPE_SOCKET | ZX_OBJ_TYPE_VMO => {}
        _ => return Err(ZX_ERR_NOT_SUPPORTED),
    }
    let object = object::lock(handle.object);
    match &object.body {
        // The thread inside the call counts on its end's being local.
        Body::Local(local) if local.is_calling(1 - handle.end) => Err(ZX_ERR_NOT_SUPPORTED),
        Body::Local(local) => check_amount(local).map(|()| true),
        // Its thread takes messages out of the ring, which would not be there elsewhere.
        Body::Link(link) if link.is_calling() => Err(ZX_ERR_NOT_SUPPORTED),
        Body::Listener(_) | Body::Moving => Err(ZX_ERR_NOT_SUPPORTED),
        Body::Socket(socket) => socket.check_sharing().map(|()| false),
        Body::Vmo(vmo) => vmo.check_crossing(handle.rights, object.ends[0].handles == 1).map(|()| false),
        _ => Ok(false),
    }
}

/// Passes if the unread messages of a channel are few and small enough.
fn check_amount(local: &Local) -> Result<(), zx_status_t> {
    let with_handles = |end| local.unread(end).filter(|message| message.handle_count > 0).count();
    if (0..2).any(|end| with_handles(end) > MESSAGES_WITH_HANDLES) {
        return Err(ZX_ERR_NO_RESOURCES);
    }
    ring_bytes(local).map(drop)
}
