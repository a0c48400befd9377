//! Fifos: two rings of elements of one size, one in each direction. One that another process holds too is a [`Pipe`].

use core::mem::MaybeUninit;

use crate::abi::types::*;
use crate::descriptor::Look;
use crate::handle_table::{self, Handle};
use crate::memory::zeroed_struct;
use crate::object::{self, Body, End};
use crate::pipe::Pipe;
use crate::pool::{Lease, Leased, Plain, Slots};
use crate::ring::flow::Shape;
use crate::signals;
use crate::tables::tables;

zeroed_struct! {
    /// The memory of one direction.
    pub(crate) struct Ring {
        bytes: [u8; ZX_FIFO_MAX_SIZE_BYTES],
    }
}

impl Leased for Ring {
    fn slots() -> &'static Slots<Plain<Ring>> {
        &tables().rings
    }
}

/// What waits to be read at one end, in bytes.
struct Inbox {
    ring: Lease<Ring>,
    head: u32,
    used: u32,
}

impl Inbox {
    fn new() -> Result<Inbox, zx_status_t> {
        Ok(Inbox { ring: Lease::take().ok_or(ZX_ERR_NO_RESOURCES)?, head: 0, used: 0 })
    }

    /// What waits, in the two parts in which it lies.
    fn unread(&self, capacity: u32) -> (&[u8], &[u8]) {
        let (head, used) = (self.head as usize, self.used as usize);
        let before = used.min(capacity as usize - head);
        (&self.ring.bytes[head..head + before], &self.ring.bytes[..used - before])
    }
}

/// The body of a fifo. Each inbox belongs to the end of the same number.
pub(crate) struct Fifo {
    element: u32,
    capacity: u32,
    inboxes: [Inbox; 2],
}

impl Fifo {
    /// The same fifo as one that other processes may hold too, with what is unread. This one stays as it is.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_NO_RESOURCES` and `ZX_ERR_NO_MEMORY` if the system refuses.
    pub(crate) fn share(&self, ends: &[End; 2]) -> Result<Pipe, zx_status_t> {
        let shape = Shape { limit: self.capacity, element: self.element, datagrams: false };
        let pipe = Pipe::create(ZX_OBJ_TYPE_FIFO, shape, 0)?;
        for (reader, inbox) in self.inboxes.iter().enumerate() {
            let (start, after) = inbox.unread(self.capacity);
            pipe.put(1 - reader, inbox.used, [start, after].into_iter())?;
        }
        (0..2).for_each(|end| pipe.settle(end, ends[end].signals, [0; 2], false));
        Ok(pipe)
    }

    /// How many whole elements are in as many bytes as both sides have.
    fn elements(&self, one: usize, other: usize) -> usize {
        one.min(other) / self.element as usize
    }

    fn write(&mut self, ends: &mut [End; 2], writer: usize, bytes: &[u8]) -> Result<usize, zx_status_t> {
        let (element, capacity) = (self.element as usize, self.capacity as usize);
        let room = capacity - self.inboxes[1 - writer].used as usize;
        let count = self.elements(room, bytes.len());
        if count == 0 {
            return Err(ZX_ERR_SHOULD_WAIT);
        }
        let inbox = &mut self.inboxes[1 - writer];
        let bytes = &bytes[..count * element];
        let start = (inbox.head + inbox.used) as usize % capacity;
        let (before, after) = bytes.split_at(bytes.len().min(capacity - start));
        inbox.ring.bytes[start..start + before.len()].copy_from_slice(before);
        inbox.ring.bytes[..after.len()].copy_from_slice(after);
        inbox.used += bytes.len() as u32;
        if inbox.used == self.capacity {
            signals::update(&mut ends[writer], ZX_FIFO_WRITABLE, 0);
        }
        signals::update(&mut ends[1 - writer], 0, ZX_FIFO_READABLE);
        Ok(count)
    }

    fn read(
        &mut self,
        ends: &mut [End; 2],
        reader: usize,
        places: &mut [MaybeUninit<u8>],
    ) -> Result<usize, zx_status_t> {
        let (element, capacity) = (self.element as usize, self.capacity as usize);
        let alive = ends[1 - reader].handles > 0;
        let count = self.elements(self.inboxes[reader].used as usize, places.len());
        if count == 0 {
            return Err(if alive { ZX_ERR_SHOULD_WAIT } else { ZX_ERR_PEER_CLOSED });
        }
        let inbox = &mut self.inboxes[reader];
        let (places, start) = (&mut places[..count * element], inbox.head as usize);
        let bytes = places.len();
        let (before, after) = places.split_at_mut(bytes.min(capacity - start));
        before.write_copy_of_slice(&inbox.ring.bytes[start..start + before.len()]);
        after.write_copy_of_slice(&inbox.ring.bytes[..after.len()]);
        inbox.head = ((start + bytes) % capacity) as u32;
        inbox.used -= bytes as u32;
        if inbox.used == 0 {
            signals::update(&mut ends[reader], ZX_FIFO_READABLE, 0);
        }
        if alive {
            signals::update(&mut ends[1 - reader], 0, ZX_FIFO_WRITABLE);
        }
        Ok(count)
    }
}

/// Makes a fifo.
pub(crate) fn create(count: usize, element: usize, options: u32) -> Result<[zx_handle_t; 2], zx_status_t> {
    if options != 0 {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let capacity = match count.checked_mul(element) {
        Some(bytes @ 1..=ZX_FIFO_MAX_SIZE_BYTES) => bytes as u32,
        _ => return Err(ZX_ERR_OUT_OF_RANGE),
    };
    let inboxes = [Inbox::new()?, Inbox::new()?];
    let body = Body::Fifo(Fifo { element: element as u32, capacity, inboxes });
    object::create_open(body, ZX_FIFO_WRITABLE, ZX_OBJ_TYPE_FIFO, ZX_DEFAULT_FIFO_RIGHTS)
}

/// The bytes of this many elements, which must be of the right size and at least one.
fn bytes_of(element: usize, right: u32, count: usize) -> Result<usize, zx_status_t> {
    if element != right as usize || count == 0 {
        return Err(ZX_ERR_OUT_OF_RANGE);
    }
    Ok(count.saturating_mul(element))
}

/// Finds the handle to a fifo with this number, if it has these rights.
pub(crate) fn look(fifo: zx_handle_t, rights: zx_rights_t) -> Result<Handle, zx_status_t> {
    handle_table::look(fifo)?.check(ZX_OBJ_TYPE_FIFO, rights)
}

/// Writes as many elements as fit, out of the bytes that `bytes` gives for their size. Returns how many.
pub(crate) fn write<'a>(
    handle: Handle,
    element: usize,
    count: usize,
    bytes: impl FnOnce(usize) -> Result<&'a [u8], zx_status_t>,
) -> Result<usize, zx_status_t> {
    let mut object = handle.lock()?;
    let object = &mut *object;
    let (ends, end) = (&mut object.ends, handle.end);
    match &mut object.body {
        Body::Fifo(fifo) => {
            if ends[1 - end].handles == 0 {
                return Err(ZX_ERR_PEER_CLOSED);
            }
            let wanted = bytes_of(element, fifo.element, count)?;
            fifo.write(ends, end, bytes(wanted)?)
        }
        Body::Pipe(pipe) => {
            if pipe.peer_is_gone(end, Look::Trusting) {
                return Err(ZX_ERR_PEER_CLOSED);
            }
            let wanted = bytes_of(element, pipe.element(), count)?;
            Ok(pipe.write(ends, end, bytes(wanted)?)? / element)
        }
        _ => Err(ZX_ERR_BAD_HANDLE),
    }
}

/// Reads as many elements as there are and have a place, of which `places` gives the bytes. Returns how many.
pub(crate) fn read<'a>(
    handle: Handle,
    element: usize,
    count: usize,
    places: impl FnOnce(usize) -> Result<&'a mut [MaybeUninit<u8>], zx_status_t>,
) -> Result<usize, zx_status_t> {
    let mut object = handle.lock()?;
    let object = &mut *object;
    let (ends, end) = (&mut object.ends, handle.end);
    match &mut object.body {
        Body::Fifo(fifo) => {
            let wanted = bytes_of(element, fifo.element, count)?;
            fifo.read(ends, end, places(wanted)?)
        }
        Body::Pipe(pipe) => {
            let wanted = bytes_of(element, pipe.element(), count)?;
            Ok(pipe.read(ends, end, places(wanted)?, false)? / element)
        }
        _ => Err(ZX_ERR_BAD_HANDLE),
    }
}
