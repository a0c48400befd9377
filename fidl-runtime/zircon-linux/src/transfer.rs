//! Handles on their way to another process: what crosses, as which words and descriptors, and how it is made again.
//!
//! | object | words after type and rights | descriptors |
//! | --- | --- | --- |
//! | channel | side, bytes of each ring | socket, memory |
//! | event | 0, 0 | socket, memory |
//! | event pair | end, 0 | socket, memory |
//! | socket, fifo | end, what it holds and the ring's size (see `pipe`); bytes that may wait | socket, memory |
//! | memory object | low and high half of the stream size | file |
//!
//! A channel, socket, fifo, event or event pair within the process becomes one between processes first (see `promote`).
//! What cannot cross is refused with `ZX_ERR_NOT_SUPPORTED` before anything is sent: ports, timers, address spaces,
//! listeners, and channels in whose unread messages such a handle lies.
//!
//! What arrives was made by another process. Descriptors are checked for being what they are said to be, rights are cut
//! down to those that an object of the type can have.

mod check;
mod promote;

use std::os::fd::AsFd;

use crate::abi::types::*;
use crate::beacon::Beacon;
use crate::channel::packet::{Arrived, Bundle, HANDLE_WORDS, map_received};
use crate::channel::{Link, open_link};
use crate::handle_table::{self, Chain};
use crate::object::{self, Body};
use crate::pipe::Pipe;
use crate::sys;
use crate::vmo::Vmo;

/// How deep channels with channels in their unread messages may lie in one another.
const DEPTH: u32 = 8;

/// Makes a bundle of closed entries, which stay the caller's. Its descriptors are good for as long as they do.
pub(crate) fn pack(chain: &Chain) -> Result<Bundle, zx_status_t> {
    pack_at(chain, 0)
}

fn pack_at(chain: &Chain, depth: u32) -> Result<Bundle, zx_status_t> {
    // First all checks, so that nothing changes if one fails.
    chain.iter().try_for_each(|entry| check::check(handle_table::closed_entry(entry)))?;
    let mut bundle = Bundle::new();
    for entry in chain.iter() {
        pack_one(entry, &mut bundle, depth)?;
    }
    Ok(bundle)
}

fn pack_one(entry: u32, bundle: &mut Bundle, depth: u32) -> Result<(), zx_status_t> {
    promote::promote(entry, depth)?;
    let handle = handle_table::closed_entry(entry);
    let mut object = object::lock(handle.object);
    let object = &mut *object;
    let alone = object.ends[0].handles == 1;
    let (kind, rights) = (handle.kind, handle.rights);
    let pushed = match &mut object.body {
        Body::Link(link) => {
            // An end without memory waits for a greeting, which only this process can take.
            let (descriptors, capacity, side) = link.parts().ok_or(ZX_ERR_SHOULD_WAIT)?;
            bundle.push([kind, rights, u32::from(side), capacity], &descriptors)
        }
        Body::Beacon(beacon) => {
            let descriptors = beacon.parts(handle.end).ok_or(ZX_ERR_BAD_STATE)?;
            bundle.push([kind, rights, handle.end as u32, 0], &descriptors)
        }
        Body::Pipe(pipe) => {
            let parts = pipe.parts(handle.end, object.ends[handle.end].handles)?;
            bundle.push([kind, rights, parts.words[0], parts.words[1]], &parts.descriptors)
        }
        Body::Vmo(vmo) => {
            let (file, stream) = vmo.parts(rights, alone)?;
            bundle.push([kind, rights, stream as u32, (stream >> 32) as u32], &[file])
        }
        _ => return Err(ZX_ERR_NOT_SUPPORTED),
    };
    pushed.ok_or(ZX_ERR_OUT_OF_RANGE)
}

/// Lets go of closed entries that have been sent: ends of channels go on elsewhere.
pub(crate) fn depart(chain: Chain) {
    for entry in chain.iter() {
        let handle = handle_table::closed_entry(entry);
        let mut object = object::lock(handle.object);
        let last = object.ends[handle.end].handles == 1;
        match &mut object.body {
            Body::Link(link) => link.leave(),
            Body::Pipe(pipe) if last => pipe.leave(handle.end),
            _ => {}
        }
    }
    object::release(chain);
}

/// Makes objects and closed entries of what arrived.
///
/// # Errors
///
/// `ZX_ERR_PEER_CLOSED` if it cannot be; `ZX_ERR_NO_RESOURCES` if a table is full.
pub(crate) fn unpack(mut arrived: Arrived, handles: u32) -> Result<Chain, zx_status_t> {
    let mut chain = Chain::default();
    for number in 0..handles as usize {
        match unpack_one(arrived.words(number), &mut arrived) {
            Ok(entry) => chain.push(entry),
            Err(status) => {
                // Not closed: the packet stays, and the ends go on from there.
                depart(chain);
                return Err(status);
            }
        }
    }
    if arrived.is_used_up() {
        return Ok(chain);
    }
    depart(chain);
    Err(ZX_ERR_PEER_CLOSED)
}

fn unpack_one(words: [u32; HANDLE_WORDS], arrived: &mut Arrived) -> Result<u32, zx_status_t> {
    let [kind, rights, first, second] = words;
    let mut descriptor = || arrived.descriptor().ok_or(ZX_ERR_PEER_CLOSED);
    match kind {
        ZX_OBJ_TYPE_CHANNEL => {
            let (socket, memory) = (descriptor()?, descriptor()?);
            let area = map_received(memory.as_fd(), second).ok_or(ZX_ERR_PEER_CLOSED)?;
            if first > 1 || !sys::is_channel_socket(socket.as_fd()) {
                return Err(ZX_ERR_PEER_CLOSED);
            }
            let entry = open_link(|| Ok(Link::open(socket, memory, area, 0, first as u8)))?;
            handle_table::set_rights(entry, rights & ZX_DEFAULT_CHANNEL_RIGHTS);
            Ok(entry)
        }
        ZX_OBJ_TYPE_EVENT | ZX_OBJ_TYPE_EVENTPAIR => {
            let (paired, end) = (kind == ZX_OBJ_TYPE_EVENTPAIR, first as usize);
            let beacon =
                Beacon::received(paired, end, descriptor()?, descriptor()?).ok_or(ZX_ERR_PEER_CLOSED)?;
            let most = if paired { ZX_DEFAULT_EVENTPAIR_RIGHTS } else { ZX_DEFAULT_EVENT_RIGHTS };
            object::open_one(Body::Beacon(beacon), 0, end, kind, rights & most)
        }
        ZX_OBJ_TYPE_SOCKET | ZX_OBJ_TYPE_FIFO => {
            let (pipe, end) = Pipe::received(kind, [first, second], descriptor()?, descriptor()?)?;
            let is_fifo = kind == ZX_OBJ_TYPE_FIFO;
            let most = if is_fifo { ZX_DEFAULT_FIFO_RIGHTS } else { ZX_DEFAULT_SOCKET_RIGHTS };
            object::open_one(Body::Pipe(pipe), 0, end, kind, rights & most)
        }
        ZX_OBJ_TYPE_VMO => {
            let stream = u64::from(second) << 32 | u64::from(first);
            let (vmo, most) = Vmo::received(descriptor()?, stream).ok_or(ZX_ERR_PEER_CLOSED)?;
            object::open_one(Body::Vmo(vmo), ZX_VMO_ZERO_CHILDREN, 0, kind, rights & most)
        }
        _ => Err(ZX_ERR_PEER_CLOSED),
    }
}
