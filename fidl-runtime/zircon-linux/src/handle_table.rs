//! Handle numbers, and what they lead to.
//!
//! A handle's number is the index of its entry and the entry's generation, shifted left by two, or-ed with 3, and
//! mixed with a constant that differs from process to process. So numbers look random, have both low bits set, and a
//! closed number does not come back before its entry has been used 4,096 times.
//!
//! ```text
//!   free --open--> closed (owned by its maker) --publish--> open --close--> closed --give--> free
//!                              ^                                    |
//!                              +------- in a message <---close------+
//! ```
//!
//! The state word is even while closed and odd while open, and grows with every step, so it is the generation too.
//! An entry is closed only under the lock of its object. So whoever holds that lock, and finds the state that it saw
//! when it looked the number up, knows that the handle is open and stays open until the lock is released. Looking up
//! takes no lock.

mod entry;

pub(crate) use entry::Entry;

use crate::abi::types::*;
use crate::memory::zeroed_struct;
use crate::object::{self, Locked};
use crate::sync::Ordering;
use crate::tables::tables;

const INDEX_BITS: u32 = 18;
const GENERATION_MASK: u32 = (1 << (30 - INDEX_BITS)) - 1;

/// An open handle, as it was when its number was looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handle {
    pub(crate) index: u32,
    pub(crate) state: u32,
    pub(crate) object: u32,
    pub(crate) end: usize,
    pub(crate) kind: zx_obj_type_t,
    pub(crate) rights: zx_rights_t,
}

fn pack(object: u32, end: usize, kind: zx_obj_type_t, rights: zx_rights_t) -> u64 {
    u64::from(rights) << 32 | u64::from(kind) << 26 | (end as u64) << 25 | u64::from(object)
}

#[inline(always)]
fn unpack(index: u32, state: u32, info: u64) -> Handle {
    let low = info as u32;
    Handle {
        index,
        state,
        object: low & ((1 << 25) - 1),
        end: (low >> 25 & 1) as usize,
        kind: low >> 26,
        rights: (info >> 32) as u32,
    }
}

fn number_of(index: u32, state: u32) -> zx_handle_t {
    let generation = state >> 1 & GENERATION_MASK;
    ((generation << INDEX_BITS | index) << 2 | ZX_HANDLE_FIXED_BITS_MASK) ^ tables().secret
}

/// Finds the open handle with this number.
#[inline(always)]
pub(crate) fn look(number: zx_handle_t) -> Result<Handle, zx_status_t> {
    if number & ZX_HANDLE_FIXED_BITS_MASK != ZX_HANDLE_FIXED_BITS_MASK {
        return Err(ZX_ERR_BAD_HANDLE);
    }
    let tables = tables();
    let plain = (number ^ tables.secret) >> 2;
    let index = plain & ((1 << INDEX_BITS) - 1);
    let entry = tables.handles.find(index).ok_or(ZX_ERR_BAD_HANDLE)?;
    let (state, info) = entry.look().ok_or(ZX_ERR_BAD_HANDLE)?;
    let fits = state >> 1 & GENERATION_MASK == plain >> INDEX_BITS;
    if fits { Ok(unpack(index, state, info)) } else { Err(ZX_ERR_BAD_HANDLE) }
}

impl Handle {
    /// Passes if the object has this type and the handle these rights.
    #[inline]
    pub(crate) fn check(self, kind: zx_obj_type_t, rights: zx_rights_t) -> Result<Handle, zx_status_t> {
        if self.kind != kind { Err(ZX_ERR_WRONG_TYPE) } else { self.allows(rights) }
    }

    /// Passes if the handle has these rights.
    #[inline]
    pub(crate) fn allows(self, rights: zx_rights_t) -> Result<Handle, zx_status_t> {
        if self.rights & rights == rights { Ok(self) } else { Err(ZX_ERR_ACCESS_DENIED) }
    }

    /// The rights asked for, if the handle may give them.
    pub(crate) fn subset(self, rights: zx_rights_t) -> Result<zx_rights_t, zx_status_t> {
        match rights {
            ZX_RIGHT_SAME_RIGHTS => Ok(self.rights),
            _ if rights & !self.rights == 0 => Ok(rights),
            _ => Err(ZX_ERR_INVALID_ARGS),
        }
    }

    /// Locks the object, if the handle is still open. It stays open while the lock is held.
    #[inline(always)]
    pub(crate) fn lock(self) -> Result<Locked, zx_status_t> {
        let object = object::lock(self.object);
        if self.is_open() { Ok(object) } else { Err(ZX_ERR_BAD_HANDLE) }
    }

    /// Whether the handle is still open. The answer holds while the lock of its object is held.
    #[inline]
    pub(crate) fn is_open(self) -> bool {
        tables().handles.get(self.index).is(self.state)
    }

    /// Closes the entry, which stays taken. The caller holds the object's lock and has found the handle open.
    pub(crate) fn close(self) {
        tables().handles.get(self.index).close(self.state);
    }
}

/// Takes an entry for an object's handle. It is closed until published.
pub(crate) fn open(
    object: u32,
    end: usize,
    kind: zx_obj_type_t,
    rights: zx_rights_t,
) -> Result<u32, zx_status_t> {
    let index = tables().handles.take().ok_or(ZX_ERR_NO_RESOURCES)?;
    tables().handles.get(index).set_info(pack(object, end, kind, rights));
    Ok(index)
}

/// Opens a closed entry that belongs to the caller, and returns its new number.
pub(crate) fn publish(index: u32) -> zx_handle_t {
    number_of(index, tables().handles.get(index).publish())
}

/// What a closed entry that belongs to the caller leads to.
pub(crate) fn closed_entry(index: u32) -> Handle {
    let (state, info) = tables().handles.get(index).owned();
    unpack(index, state, info)
}

/// Changes the rights of a closed entry that belongs to the caller.
pub(crate) fn set_rights(index: u32, rights: zx_rights_t) {
    let handle = closed_entry(index);
    let info = pack(handle.object, handle.end, handle.kind, rights);
    tables().handles.get(index).set_info(info);
}

/// Opens a closed entry that belongs to the caller under the number that it had when it was closed last.
pub(crate) fn reopen(index: u32) {
    tables().handles.get(index).reopen();
}

/// Makes a closed entry that belongs to the caller lead to another object.
pub(crate) fn lead_to(index: u32, object: u32, end: usize) {
    let handle = closed_entry(index);
    let info = pack(object, end, handle.kind, handle.rights);
    tables().handles.get(index).set_info(info);
}

/// Gives a closed entry back.
pub(crate) fn give(index: u32) {
    tables().handles.give(index);
}

zeroed_struct! {
    /// Closed entries that belong to the caller or to a message, linked in order.
    #[derive(Default)]
    pub(crate) struct Chain {
        first: u32,
        last: u32,
    }
}

impl Chain {
    /// Whether it is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0
    }

    /// Appends an entry.
    pub(crate) fn push(&mut self, index: u32) {
        // Relaxed, here and below: whoever has the chain has exclusive use of its entries' links.
        tables().handles.link(index).store(0, Ordering::Relaxed);
        match self.last {
            0 => self.first = index,
            last => tables().handles.link(last).store(index, Ordering::Relaxed),
        }
        self.last = index;
    }

    /// Takes the first entry.
    pub(crate) fn pop(&mut self) -> Option<u32> {
        let first = self.first;
        if first == 0 {
            return None;
        }
        self.first = tables().handles.link(first).load(Ordering::Relaxed);
        if self.first == 0 {
            self.last = 0;
        }
        Some(first)
    }

    /// Looks at all entries, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let index = next;
            next = if index == 0 { 0 } else { tables().handles.link(index).load(Ordering::Relaxed) };
            (index != 0).then_some(index)
        })
    }

    /// Moves all entries of another chain behind those of this one.
    pub(crate) fn append(&mut self, other: &mut Chain) {
        match self.last {
            0 => self.first = other.first,
            last => tables().handles.link(last).store(other.first, Ordering::Relaxed),
        }
        if other.last != 0 {
            self.last = other.last;
        }
        *other = Chain::default();
    }
}
