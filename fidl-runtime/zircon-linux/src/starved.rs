//! Objects that found message memory full.
//!
//! Channels and sockets share that memory. A writer that finds none leaves a bit for its object, looks again, and
//! then clears WRITABLE; whoever gives memory back goes through the bits and lets those objects write.

use crate::object::{self, Body};
use crate::sync::Ordering;
use crate::tables::tables;

/// Notes that an object found message memory full.
#[cold]
pub(crate) fn announce(object: u32) {
    let tables = tables();
    let Some(word) = tables.starved.get(object as usize / 64) else { return };
    word.fetch_or(1 << (object % 64), Ordering::SeqCst);
    // Sequentially consistent, as are the pool's operations: either the next look at the pool finds what was given
    // back, or the giver, who looks here afterwards, finds this.
    tables.any_starved.store(1, Ordering::SeqCst);
}

/// To be called after message memory was given back, without a lock held: lets the objects write that found none.
#[inline]
pub(crate) fn relieve() {
    if tables().any_starved.load(Ordering::SeqCst) != 0 {
        relieve_all();
    }
}

#[cold]
fn relieve_all() {
    let tables = tables();
    tables.any_starved.store(0, Ordering::SeqCst);
    for (number, word) in tables.starved.iter().enumerate() {
        let mut bits = word.swap(0, Ordering::SeqCst);
        while bits != 0 {
            relieve_one((number * 64) as u32 + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}

/// Lets both ends of an object write again. If the bit was old and the slot holds another object now, this finds
/// nothing to do.
fn relieve_one(index: u32) {
    let mut object = object::lock(index);
    let object = &mut *object;
    match &mut object.body {
        Body::Local(local) => (0..2).for_each(|end| local.let_write(&mut object.ends, end)),
        Body::Socket(socket) => (0..2).for_each(|end| socket.let_write(&mut object.ends, end)),
        _ => {}
    }
}
