//! Handles on their way to another process: what crosses, as which words and descriptors, and how it is made again.
//!
//! | object | words after type and rights | descriptors |
//! | --- | --- | --- |
//! | channel | side, bytes of each ring | socket, memory |
//!
//! A channel within the process becomes one between processes first ([`promote`]). What cannot cross is refused with
//! `ZX_ERR_NOT_SUPPORTED` before anything is sent: ports, timers, listeners, and channels in whose unread messages
//! such a handle lies.
//!
//! What arrives was made by another process. Descriptors are checked for being what they are said to be, rights are cut
//! down to those that an object of the type can have.

mod promote;

use std::os::fd::AsFd;

use crate::abi::types::*;
use crate::channel::packet::{Arrived, Bundle, HANDLE_WORDS, map_received};
use crate::channel::{Link, open_link};
use crate::handle_table::{self, Chain, Handle};
use crate::object::{self, Body};
use crate::sys;

/// How deep channels with channels in their unread messages may lie in one another.
const DEPTH: u32 = 8;

/// Makes a bundle of closed entries, which stay the caller's. Its descriptors are good for as long as they do.
pub(crate) fn pack(chain: &Chain) -> Result<Bundle, zx_status_t> {
    pack_at(chain, 0)
}

fn pack_at(chain: &Chain, depth: u32) -> Result<Bundle, zx_status_t> {
    // First all checks, so that nothing changes if one fails.
    chain.iter().try_for_each(|entry| promote::check(handle_table::closed_entry(entry)))?;
    let mut bundle = Bundle::new();
    for entry in chain.iter() {
        pack_one(entry, &mut bundle, depth)?;
    }
    Ok(bundle)
}

fn pack_one(entry: u32, bundle: &mut Bundle, depth: u32) -> Result<(), zx_status_t> {
    if matches!(object::lock(handle_table::closed_entry(entry).object).body, Body::Local(_)) {
        promote::promote(entry, depth)?;
    }
    let handle = handle_table::closed_entry(entry);
    let object = object::lock(handle.object);
    match &object.body {
        Body::Link(link) => {
            // An end without memory waits for a greeting, which only this process can take.
            let (descriptors, capacity, side) = link.parts().ok_or(ZX_ERR_SHOULD_WAIT)?;
            let words = [handle.kind, handle.rights, u32::from(side), capacity];
            bundle.push(words, &descriptors).ok_or(ZX_ERR_OUT_OF_RANGE)
        }
        _ => Err(ZX_ERR_NOT_SUPPORTED),
    }
}

/// Lets go of closed entries that have been sent: ends of channels go on elsewhere.
pub(crate) fn depart(chain: Chain) {
    for entry in chain.iter() {
        let handle = handle_table::closed_entry(entry);
        if let Body::Link(link) = &mut object::lock(handle.object).body {
            link.leave();
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
    let [kind, rights, side, capacity] = words;
    match kind {
        ZX_OBJ_TYPE_CHANNEL => {
            let socket = arrived.descriptor().ok_or(ZX_ERR_PEER_CLOSED)?;
            let memory = arrived.descriptor().ok_or(ZX_ERR_PEER_CLOSED)?;
            let area = map_received(memory.as_fd(), capacity).ok_or(ZX_ERR_PEER_CLOSED)?;
            if side > 1 || !sys::is_channel_socket(socket.as_fd()) {
                return Err(ZX_ERR_PEER_CLOSED);
            }
            let entry = open_link(|| Ok(Link::open(socket, memory, area, 0, side as u8)))?;
            handle_table::set_rights(entry, rights & ZX_DEFAULT_CHANNEL_RIGHTS);
            Ok(entry)
        }
        _ => Err(ZX_ERR_PEER_CLOSED),
    }
}

/// Whether handles to objects of this type can ever cross.
fn crosses(handle: Handle) -> bool {
    handle.kind == ZX_OBJ_TYPE_CHANNEL
}
