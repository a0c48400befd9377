//! Channels: writing and reading, whatever carries the messages.
//!
//! Three bodies have the type of a channel: [`Local`] with both ends in this process, [`Link`] with the other end
//! perhaps in another process, and [`Listener`], on which connections arrive as messages. Each is reached under its
//! object's lock; what differs between them is in their files, what is common to them is here.

mod area;
mod away;
mod call;
mod link;
mod listener;
mod local;
mod message;
pub(crate) mod packet;
pub(crate) mod small;
mod traffic;

pub(crate) use area::{Area, Lane, SideWord, create as create_area, is_capacity};
pub(crate) use away::Away;
pub(crate) use call::{Call, Called};
pub(crate) use link::Link;
pub(crate) use listener::{Bound, Listener, create as create_listener};
pub(crate) use local::Local;
pub(crate) use message::{Block, Message};

use core::mem::{self, MaybeUninit};

use self::packet::Bundle;
use self::traffic::Found;
use crate::abi::types::*;
use crate::descriptor::Look;
use crate::handle_table::{self, Chain, Handle};
use crate::object::{self, Body, End};
use crate::payload::Payload;
use crate::pool::Lease;
use crate::starved;
use crate::transfer;

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
    /// A message whose bytes have been read, with these handles: closed entries.
    Arrived(u32, Chain),
}

/// Makes a channel within the process.
pub(crate) fn create() -> Result<[zx_handle_t; 2], zx_status_t> {
    let body = Body::Local(Local::default());
    object::create_open(body, ZX_CHANNEL_WRITABLE, ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS)
}

/// Makes an object for a channel end whose other end is elsewhere, and returns its handle as a closed entry. All that
/// could be missing is taken before, so that a connection is never taken and lost.
pub(crate) fn open_link(connect: impl FnOnce() -> Result<Link, zx_status_t>) -> Result<u32, zx_status_t> {
    let object = object::create(Body::Plain, [0; 2])?;
    let [entry] = object::open_ends(object, ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS)?;
    match connect() {
        Ok(mut link) => {
            let mut object = object::lock(object);
            let object = &mut *object;
            link.shelve();
            link.refresh(&mut object.ends[0], Look::Trusting);
            object.body = Body::Link(link);
            Ok(entry)
        }
        Err(status) => {
            handle_table::give(entry);
            object::destroy(object);
            Err(status)
        }
    }
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
        Body::Moving => Err(ZX_ERR_SHOULD_WAIT),
        _ => Err(ZX_ERR_NOT_SUPPORTED),
    }
}

/// A message with handles on its way: its bytes have a place, its handles are yet to be taken.
pub(crate) struct Prepared(Result<Lease<Message>, zx_status_t>);

/// Why a message with handles was not sent.
pub(crate) enum Unsent {
    /// The handles are gone.
    Failed(zx_status_t),
    /// There is no room after all. The handles are the caller's still, as closed entries.
    Full(Chain),
}

/// Begins to write a message with handles. After an error nothing has happened to the handles.
///
/// `ZX_ERR_SHOULD_WAIT` is found here, while the handles are the caller's still, unless another thread takes the room
/// that was found; errors that the kernel finds only after it has looked at the handles are kept until then.
pub(crate) fn prepare(channel: Handle, payload: &Payload<'_>) -> Result<Prepared, zx_status_t> {
    let mut object = channel.lock()?;
    let object = &mut *object;
    let admitted = match &mut object.body {
        Body::Local(local) => local.admit(&mut object.ends, channel.end, channel.object, payload),
        Body::Link(link) => link
            .admit(&mut object.ends[channel.end], payload.len())
            .and_then(|()| Message::compose(payload).ok_or(ZX_ERR_NO_MEMORY)),
        Body::Moving => Err(ZX_ERR_SHOULD_WAIT),
        _ => Err(ZX_ERR_NOT_SUPPORTED),
    };
    match admitted {
        Err(ZX_ERR_SHOULD_WAIT) => Err(ZX_ERR_SHOULD_WAIT),
        admitted => Ok(Prepared(admitted)),
    }
}

impl Prepared {
    /// Ends the write: sends the message with these handles, or drops the handles.
    pub(crate) fn send(self, channel: Handle, handles: Chain, count: u32) -> Result<(), Unsent> {
        let write = |local: &mut Local, ends: &mut [End; 2], message| {
            local.write(ends, channel.end, message).map_err(|message| (message, ZX_ERR_PEER_CLOSED))
        };
        let write_away = |message: Lease<Message>, handles| {
            send_away(channel, handles, count, |link, end, _, bundle| match bundle {
                Some(bundle) => link.write_bundle(end, message.bytes, count, message.pieces(), bundle),
                None => link.write_pieces(end, message.bytes, message.pieces()),
            })
        };
        self.send_by(channel, handles, count, write, write_away)
    }

    /// Ends the write by the means given: one for channels within the process, one for others.
    fn send_by(
        self,
        channel: Handle,
        handles: Chain,
        count: u32,
        write: impl FnOnce(&mut Local, &mut [End; 2], Lease<Message>) -> Result<(), (Lease<Message>, zx_status_t)>,
        write_away: impl FnOnce(Lease<Message>, Chain) -> Result<(), (Chain, zx_status_t)>,
    ) -> Result<(), Unsent> {
        let message = match self.0 {
            Ok(message) => message,
            Err(status) => {
                object::release(handles);
                return Err(Unsent::Failed(status));
            }
        };
        let sent = match channel.lock().map(|object| matches!(object.body, Body::Local(_))) {
            Ok(true) => send_local(channel, message, handles, count, write),
            Ok(false) => write_away(message, handles),
            Err(status) => Err((handles, status)),
        };
        starved::relieve();
        match sent {
            Ok(()) => Ok(()),
            Err((handles, ZX_ERR_SHOULD_WAIT)) => Err(Unsent::Full(handles)),
            Err((handles, status)) => {
                object::release(handles);
                Err(Unsent::Failed(status))
            }
        }
    }

    /// Gives the write up.
    pub(crate) fn abandon(self) {
        drop(self);
        starved::relieve();
    }
}

fn send_local(
    channel: Handle,
    mut message: Lease<Message>,
    handles: Chain,
    count: u32,
    write: impl FnOnce(&mut Local, &mut [End; 2], Lease<Message>) -> Result<(), (Lease<Message>, zx_status_t)>,
) -> Result<(), (Chain, zx_status_t)> {
    let Ok(mut object) = channel.lock() else { return Err((handles, ZX_ERR_BAD_HANDLE)) };
    let object = &mut *object;
    let Body::Local(local) = &mut object.body else { return Err((handles, ZX_ERR_SHOULD_WAIT)) };
    (message.handles, message.handle_count) = (handles, count);
    write(local, &mut object.ends, message)
        .map_err(|(mut message, status)| (mem::take(&mut message.handles), status))
}

/// Sends a message over a link by the means given. The handles' objects are locked before the link is.
fn send_away(
    channel: Handle,
    handles: Chain,
    count: u32,
    write: impl FnOnce(&mut Link, &mut End, u32, Option<&Bundle>) -> Result<(), zx_status_t>,
) -> Result<(), (Chain, zx_status_t)> {
    let bundle = match count {
        0 => None,
        _ => match transfer::pack(&handles) {
            Ok(bundle) => Some(bundle),
            Err(status) => return Err((handles, status)),
        },
    };
    let sent = channel.lock().and_then(|mut object| {
        let object = &mut *object;
        let end = &mut object.ends[channel.end];
        match &mut object.body {
            Body::Link(link) => write(link, end, object.generation, bundle.as_ref()),
            _ => Err(ZX_ERR_NOT_SUPPORTED),
        }
    });
    match sent {
        Ok(()) => {
            transfer::depart(handles);
            Ok(())
        }
        Err(status) => Err((handles, status)),
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
        Ok(Front::Arrived(bytes, chain)) => {
            let handles = hand_over(chain, handles);
            Outcome::Message { fits: true, bytes, handles }
        }
    }
}

/// Gives closed entries to the reader, and says how many they were.
fn hand_over(mut chain: Chain, places: &mut impl HandlePlaces) -> u32 {
    let mut number = 0;
    while let Some(entry) = chain.pop() {
        places.put(number, object::receive(entry));
        number += 1;
    }
    number as u32
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
        Body::Link(link) => match link.read(&mut state.ends[end], bytes, handle_room, discard)? {
            Found::Done(outcome) => Ok(Front::Done(outcome)),
            Found::WithHandles(record, chain) => Ok(Front::Arrived(record.bytes, chain)),
            Found::Kept(message, true) => Ok(Front::Taken(message)),
            Found::Kept(message, false) => {
                let outcome =
                    Outcome::Message { fits: false, bytes: message.bytes, handles: message.handle_count };
                drop(object);
                drop_message(message);
                Ok(Front::Done(outcome))
            }
        },
        Body::Listener(listener) => {
            if handle_room > 0 {
                let entry = listener.accept(&mut state.ends[end])?;
                let mut chain = Chain::default();
                chain.push(entry);
                return Ok(Front::Arrived(0, chain));
            }
            listener.peek(&mut state.ends[end])?;
            let dropped = if discard { listener.accept(&mut state.ends[end]).ok() } else { None };
            drop(object);
            let mut chain = Chain::default();
            dropped.into_iter().for_each(|entry| chain.push(entry));
            object::release(chain);
            Ok(Front::Done(Outcome::Message { fits: false, bytes: 0, handles: 1 }))
        }
        Body::Moving => Err(ZX_ERR_SHOULD_WAIT),
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
    hand_over(mem::take(&mut message.handles), handles);
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
