//! Channels: writing and reading, whatever carries the messages.
//!
//! Three bodies have the type of a channel: [`Local`] with both ends in this process, [`Link`] with the other end in
//! another process, and [`Listener`], on which connections arrive as messages. Each is reached under its object's
//! lock; what differs between them is in their files, what is common to them is here.
//!
//! Another way to another process takes the place of [`Link`]'s socket by giving the same operations: `write` and
//! `read`, which never block; `refresh`, `watch` and `notice`, by which ports learn of changes (see `descriptor`).

mod call;
mod frame;
mod link;
mod listener;
mod local;
mod message;
pub(crate) mod small;

pub(crate) use call::Call;
pub(crate) use frame::{Gather, Spill};
pub(crate) use link::{Link, open as open_link};
pub(crate) use listener::{Bound, Listener, create as create_listener};
pub(crate) use local::Local;
pub(crate) use message::{Block, Message};

use core::mem::{self, MaybeUninit};

use crate::abi::types::*;
use crate::handle_table::{self, Chain, Handle};
use crate::object::{self, Body, End};
use crate::payload::Payload;
use crate::pool::Lease;
use crate::starved;

/// The places where a reader wants handles.
pub(crate) trait HandlePlaces {
    /// How many.
    fn room(&self) -> u32;
    /// Fills one.
    fn put(&mut self, number: usize, handle: zx_handle_info_t);
}

impl HandlePlaces for &mut [MaybeUninit<zx_handle_t>] {
    fn room(&self) -> u32 {
        self.len() as u32
    }

    fn put(&mut self, number: usize, handle: zx_handle_info_t) {
        self[number].write(handle.handle);
    }
}

impl HandlePlaces for &mut [MaybeUninit<zx_handle_info_t>] {
    fn room(&self) -> u32 {
        self.len() as u32
    }

    fn put(&mut self, number: usize, handle: zx_handle_info_t) {
        self[number].write(handle);
    }
}

/// What a read gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The message was read, or, if it was too large for the places, stays or was dropped.
    Message { fits: bool, bytes: u32, handles: u32 },
    /// There is none.
    Nothing(zx_status_t),
}

/// What a channel's body finds when it is read.
enum Front {
    /// A message in memory that fits and has been taken out.
    Taken(Lease<Message>),
    /// Nothing left to do.
    Done(Outcome),
    /// A new connection's handle, as a closed entry.
    Connection(u32),
}

/// Makes a channel within the process.
pub(crate) fn create() -> Result<[zx_handle_t; 2], zx_status_t> {
    let body = Body::Local(Local::default());
    object::create_open(body, ZX_CHANNEL_WRITABLE, ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS)
}

/// Writes a message without handles.
pub(crate) fn write(channel: Handle, payload: &Payload<'_>) -> Result<(), zx_status_t> {
    let mut object = channel.lock()?;
    let object = &mut *object;
    let end = channel.end;
    match &mut object.body {
        Body::Local(local) => {
            let message = local.admit(&mut object.ends, end, channel.object, payload)?;
            local.write(&mut object.ends, end, message).map_err(|_| ZX_ERR_PEER_CLOSED)
        }
        Body::Link(link) => link.write(&mut object.ends[end], payload),
        _ => Err(ZX_ERR_NOT_SUPPORTED),
    }
}

/// A message with handles on its way: its bytes have a place, its handles are yet to be taken.
pub(crate) struct Prepared(Result<Lease<Message>, zx_status_t>);

/// Begins to write a message with handles. After an error nothing has happened to the handles.
///
/// `ZX_ERR_SHOULD_WAIT` is found here, while the handles are the caller's still; errors that the kernel finds only
/// after it has looked at the handles are kept until then.
pub(crate) fn prepare(channel: Handle, payload: &Payload<'_>) -> Result<Prepared, zx_status_t> {
    let mut object = channel.lock()?;
    let object = &mut *object;
    let Body::Local(local) = &mut object.body else { return Ok(Prepared(Err(ZX_ERR_NOT_SUPPORTED))) };
    match local.admit(&mut object.ends, channel.end, channel.object, payload) {
        Err(ZX_ERR_SHOULD_WAIT) => Err(ZX_ERR_SHOULD_WAIT),
        admitted => Ok(Prepared(admitted)),
    }
}

impl Prepared {
    /// Ends the write: sends the message with these handles, or drops the handles.
    pub(crate) fn send(self, channel: Handle, handles: Chain, count: u32) -> Result<(), zx_status_t> {
        self.send_by(channel, handles, count, |local, ends, message| {
            local.write(ends, channel.end, message).map_err(|message| (message, ZX_ERR_PEER_CLOSED))
        })
    }

    /// Ends the write by the means given, which return the message if they fail.
    fn send_by(
        self,
        channel: Handle,
        handles: Chain,
        count: u32,
        send: impl FnOnce(&mut Local, &mut [End; 2], Lease<Message>) -> Result<(), (Lease<Message>, zx_status_t)>,
    ) -> Result<(), zx_status_t> {
        let mut message = match self.0 {
            Ok(message) => message,
            Err(status) => {
                object::release(handles);
                return Err(status);
            }
        };
        message.handles = handles;
        message.handle_count = count;
        let unsent = match channel.lock() {
            Err(status) => Err((message, status)),
            Ok(mut object) => {
                let object = &mut *object;
                match &mut object.body {
                    Body::Local(local) => send(local, &mut object.ends, message),
                    _ => Err((message, ZX_ERR_NOT_SUPPORTED)),
                }
            }
        };
        unsent.map_err(|(message, status)| {
            drop_message(message);
            status
        })
    }

    /// Gives the write up.
    pub(crate) fn abandon(self) {
        drop(self);
        starved::relieve();
    }
}

/// Reads the first message.
pub(crate) fn read(
    channel: Handle,
    bytes: &mut [MaybeUninit<u8>],
    handles: &mut impl HandlePlaces,
    discard: bool,
) -> Outcome {
    match take_front(channel, bytes, handles.room(), discard) {
        Err(status) => Outcome::Nothing(status),
        Ok(Front::Done(outcome)) => outcome,
        Ok(Front::Taken(message)) => deliver(message, bytes, handles),
        Ok(Front::Connection(entry)) => {
            handles.put(0, object::receive(entry));
            Outcome::Message { fits: true, bytes: 0, handles: 1 }
        }
    }
}

fn take_front(
    channel: Handle,
    bytes: &mut [MaybeUninit<u8>],
    handle_room: u32,
    discard: bool,
) -> Result<Front, zx_status_t> {
    let mut object = channel.lock()?;
    let state = &mut *object;
    let (end, byte_room) = (channel.end, bytes.len() as u32);
    match &mut state.body {
        Body::Local(local) => {
            let Some((bytes, handles)) = local.front(end) else {
                let alive = state.ends[1 - end].handles > 0;
                return Err(if alive { ZX_ERR_SHOULD_WAIT } else { ZX_ERR_PEER_CLOSED });
            };
            if bytes <= byte_room && handles <= handle_room {
                return local.read(&mut state.ends, end).map(Front::Taken).ok_or(ZX_ERR_SHOULD_WAIT);
            }
            let dropped = if discard { local.read(&mut state.ends, end) } else { None };
            drop(object);
            dropped.into_iter().for_each(drop_message);
            Ok(Front::Done(Outcome::Message { fits: false, bytes, handles }))
        }
        Body::Link(link) => link.read(&mut state.ends[end], bytes, discard).map(Front::Done),
        Body::Listener(listener) => {
            if handle_room > 0 {
                return listener.accept(&mut state.ends[end]).map(Front::Connection);
            }
            listener.peek(&mut state.ends[end])?;
            let dropped = if discard { listener.accept(&mut state.ends[end]).ok() } else { None };
            drop(object);
            let mut chain = Chain::default();
            dropped.into_iter().for_each(|entry| chain.push(entry));
            object::release(chain);
            Ok(Front::Done(Outcome::Message { fits: false, bytes: 0, handles: 1 }))
        }
        _ => Err(ZX_ERR_BAD_HANDLE),
    }
}

/// Gives the reply of a call to its caller, or drops it if it does not fit.
pub(crate) fn deliver_reply(
    message: Lease<Message>,
    bytes: &mut [MaybeUninit<u8>],
    handles: &mut impl HandlePlaces,
) -> Outcome {
    if message.bytes as usize <= bytes.len() && message.handle_count <= handles.room() {
        return deliver(message, bytes, handles);
    }
    let outcome = Outcome::Message { fits: false, bytes: message.bytes, handles: message.handle_count };
    drop_message(message);
    outcome
}

/// Gives a message to the reader: bytes first, then handles.
fn deliver(
    mut message: Lease<Message>,
    bytes: &mut [MaybeUninit<u8>],
    handles: &mut impl HandlePlaces,
) -> Outcome {
    message.copy_out(bytes);
    let outcome = Outcome::Message { fits: true, bytes: message.bytes, handles: message.handle_count };
    let mut number = 0;
    while let Some(entry) = message.handles.pop() {
        handles.put(number, object::receive(entry));
        number += 1;
    }
    drop(message);
    starved::relieve();
    outcome
}

/// Drops a message that nobody will read.
fn drop_message(mut message: Lease<Message>) {
    let handles = mem::take(&mut message.handles);
    drop(message);
    object::release(handles);
    starved::relieve();
}

/// Takes a handle out of its owner's hands, to be sent through the channel. It is gone whatever comes of it.
pub(crate) fn take_handle(channel: Option<Handle>, number: zx_handle_t) -> Result<u32, zx_status_t> {
    let handle = handle_table::look(number)?;
    let object = handle.lock()?;
    handle.close();
    drop(object);
    let is_own_end =
        channel.is_some_and(|channel| (channel.object, channel.end) == (handle.object, handle.end));
    let refused = match handle.allows(ZX_RIGHT_TRANSFER) {
        Err(status) => Some(status),
        Ok(_) if is_own_end => Some(ZX_ERR_NOT_SUPPORTED),
        Ok(_) => None,
    };
    match refused {
        None => Ok(handle.index),
        Some(status) => {
            let mut chain = Chain::default();
            chain.push(handle.index);
            object::release(chain);
            Err(status)
        }
    }
}
