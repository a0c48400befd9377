//! Objects: a slot with a lock, one or two ends, and a body by type. And what happens when handles go.
//!
//! Both ends of a pair share one slot and so one lock, as in Zircon: what happens at one end and shows at the other
//! is one step.

use core::mem;

use crate::abi::types::*;
use crate::beacon::Beacon;
use crate::channel::{Link, Listener, Local, Message};
use crate::fifo::Fifo;
use crate::handle_table::{self, Chain, Handle};
use crate::memory::{LINE, Zeroed, prefetch, zeroed_struct};
use crate::park::ParkIndex;
use crate::pipe::Pipe;
use crate::pool::{Queue, Slot};
use crate::port::{self, Port};
use crate::signals;
use crate::socket::Socket;
use crate::starved;
use crate::sync::{Guard, Guarded, Lock};
use crate::tables::tables;
use crate::timer::Timer;
use crate::vmar::Vmar;
use crate::vmo::Vmo;
use crate::wait::List;

zeroed_struct! {
    /// What each end of an object has.
    #[derive(Default)]
    pub(crate) struct End {
        pub(crate) signals: zx_signals_t,
        /// Handles to this end, those in messages included.
        pub(crate) handles: u32,
        /// The waits made through handles to this end.
        pub(crate) waits: List,
        /// Whom to wake when the lock is released.
        wake: Option<ParkIndex>,
    }
}

impl End {
    /// Has a sleeper woken when the lock is released: woken earlier, it would only come to wait for the lock.
    pub(crate) fn wake_after(&mut self, park: Option<ParkIndex>) {
        let Some(park) = park else { return };
        match self.wake.replace(park) {
            Some(earlier) if earlier != park => earlier.wake(),
            _ => {}
        }
    }
}

/// What an object is. The discriminants are stated so that zeroed memory is `Free`.
#[repr(u32)]
#[derive(Default)]
pub(crate) enum Body {
    /// The slot holds no object.
    #[default]
    Free = 0,
    /// An event or an event pair: nothing beside its signals.
    Plain = 1,
    /// A channel with both ends in this process.
    Local(Local) = 2,
    /// A channel with its other end in another process.
    Link(Link) = 3,
    /// A channel end on which connections arrive.
    Listener(Listener) = 4,
    Port(Port) = 5,
    Timer(Timer) = 6,
    Vmo(Vmo) = 7,
    Vmar(Vmar) = 8,
    Socket(Socket) = 9,
    Fifo(Fifo) = 10,
    /// A channel on its way from `Local` to `Link`.
    Moving = 11,
    /// An event or an event pair that other processes may hold too.
    Beacon(Beacon) = 12,
    /// A socket or fifo that other processes may hold too.
    Pipe(Pipe) = 13,
}

// SAFETY: the representation is a tag, 0 for `Free`, before a union of the fields; `Free` has none, so the other
// bytes do not matter.
#[allow(unsafe_code)]
unsafe impl Zeroed for Body {}

zeroed_struct! {
    /// One slot of the object table.
    ///
    /// With the lock, what comes before the body is one cache line; the body begins the next.
    #[repr(C)]
    pub(crate) struct Object {
        /// Tells this object from others that had the slot before.
        pub(crate) generation: u32,
        pub(crate) ends: [End; 2],
        /// The number of the first end. That of the second differs in the lowest bit.
        koid: zx_koid_t,
        pub(crate) body: Body,
        padding: [u8; PADDING],
    }
}

/// Fills the slot up to whole lines, its link of eight bytes included.
const PADDING: usize = (LINE - (size_of::<Body>() + 8) % LINE) % LINE;

const _: () = {
    assert!(size_of::<Slot<Lock<Object>>>().is_multiple_of(LINE));
    assert!(Lock::<Object>::VALUE_OFFSET + core::mem::offset_of!(Object, body) == LINE);
};

impl Object {
    /// The number of an end.
    pub(crate) fn koid(&self, end: usize) -> zx_koid_t {
        self.koid ^ end as u64
    }

    /// Takes the numbers of the ends of another object, one of which this object's first end was so far.
    pub(crate) fn take_koids(&mut self, koid: zx_koid_t) {
        self.koid = koid;
    }

    /// Ends what was begun through a handle that leads here no more: waits, and calls on a channel.
    pub(crate) fn end_uses_of(&mut self, handle: Handle) {
        signals::cancel_waits_of(&mut self.ends[handle.end], handle.index);
        match &mut self.body {
            Body::Local(local) => local.cancel_calls_of(handle),
            Body::Link(link) => link.cancel_calls_of(&mut self.ends[handle.end], handle),
            _ => {}
        }
    }

    /// The port that this object is.
    #[inline]
    pub(crate) fn port(&mut self) -> Option<&mut Port> {
        match &mut self.body {
            Body::Port(port) => Some(port),
            _ => None,
        }
    }
}

/// An object under its lock. Sleepers that its signals woke are woken after the lock is released.
pub(crate) type Locked = Guard<'static, Object>;

/// Locks the object in a slot.
#[inline(always)]
pub(crate) fn lock(object: u32) -> Locked {
    let slot = tables().objects.get(object);
    // The lock is in the first line, and what it is taken for in the second.
    prefetch(slot, LINE);
    slot.lock()
}

/// Sleepers to wake on drop.
pub(crate) struct Wakes([Option<ParkIndex>; 2]);

impl Drop for Wakes {
    fn drop(&mut self) {
        self.0.into_iter().flatten().for_each(ParkIndex::wake);
    }
}

impl Guarded for Object {
    type Rest = Option<Wakes>;

    #[inline]
    fn rest(&mut self) -> Option<Wakes> {
        // Looked at before anything is written: nearly always there is nothing to do.
        let [end0, end1] = &mut self.ends;
        (end0.wake.is_some() || end1.wake.is_some()).then(|| Wakes([end0.wake.take(), end1.wake.take()]))
    }
}

/// Makes an object with the signals given, without handles yet.
pub(crate) fn create(body: Body, signals: [zx_signals_t; 2]) -> Result<u32, zx_status_t> {
    let tables = tables();
    tables.check_own()?;
    let index = tables.objects.take().ok_or(ZX_ERR_NO_RESOURCES)?;
    let mut object = lock(index);
    object.body = body;
    object.koid = tables.koids();
    for (end, signals) in object.ends.iter_mut().zip(signals) {
        *end = End { signals, ..End::default() };
    }
    Ok(index)
}

/// Makes a handle to each end of a new object; without room for all of them the object is gone again.
pub(crate) fn open_ends<const N: usize>(
    object: u32,
    kind: zx_obj_type_t,
    rights: zx_rights_t,
) -> Result<[u32; N], zx_status_t> {
    let mut entries = [0; N];
    for end in 0..N {
        match handle_table::open(object, end, kind, rights) {
            Ok(entry) => entries[end] = entry,
            Err(status) => {
                entries[..end].iter().for_each(|entry| handle_table::give(*entry));
                destroy(object);
                return Err(status);
            }
        }
    }
    let mut object = lock(object);
    object.ends[..N].iter_mut().for_each(|end| end.handles = 1);
    Ok(entries)
}

/// Makes an object of which one end is in use, and returns that end's handle as a closed entry.
pub(crate) fn open_one(
    body: Body,
    signals: zx_signals_t,
    end: usize,
    kind: zx_obj_type_t,
    rights: zx_rights_t,
) -> Result<u32, zx_status_t> {
    let object = create(body, [signals; 2])?;
    match handle_table::open(object, end, kind, rights) {
        Ok(entry) => {
            lock(object).ends[end].handles = 1;
            Ok(entry)
        }
        Err(status) => {
            destroy(object);
            Err(status)
        }
    }
}

/// Makes an object and a handle to each of its `N` ends.
pub(crate) fn create_open<const N: usize>(
    body: Body,
    signals: zx_signals_t,
    kind: zx_obj_type_t,
    rights: zx_rights_t,
) -> Result<[zx_handle_t; N], zx_status_t> {
    let object = create(body, [signals; 2])?;
    Ok(open_ends::<N>(object, kind, rights)?.map(handle_table::publish))
}

/// Empties the slot of an object that nothing leads to any more.
pub(crate) fn destroy(index: u32) {
    let mut object = lock(index);
    let body = mem::take(&mut object.body);
    object.generation = object.generation.wrapping_add(1);
    drop(object);
    // Closing descriptors is left to after the lock.
    drop(body);
    tables().objects.give(index);
}

/// Closes the handle with this number.
pub(crate) fn close(number: zx_handle_t) -> Result<(), zx_status_t> {
    close_handle(handle_table::look(number)?)
}

/// Closes a handle.
pub(crate) fn close_handle(handle: Handle) -> Result<(), zx_status_t> {
    let object = handle.lock()?;
    handle.close();
    drop(object);
    let mut chain = Chain::default();
    chain.push(handle.index);
    release(chain);
    Ok(())
}

/// Lets go of closed entries. Where one was the last to its end, the unread messages of that end go too, with the
/// handles in them, and so on; the chain grows instead of the stack.
pub(crate) fn release(mut chain: Chain) {
    if chain.is_empty() {
        return;
    }
    while let Some(entry) = chain.pop() {
        let mut unread = release_entry(entry);
        while let Some(mut message) = unread.pop() {
            chain.append(&mut message.handles);
        }
    }
    starved::relieve();
}

/// What is left to do once the lock of the object is released.
enum After {
    Nothing,
    Destroy,
    /// A port's waits hang in the lists of other objects, whose locks come before the port's.
    EmptyPort,
}

/// Lets go of one closed entry, and returns the messages that nobody can read any more.
fn release_entry(entry: u32) -> Queue<Message> {
    let handle = handle_table::closed_entry(entry);
    let mut object = lock(handle.object);
    object.end_uses_of(handle);
    handle_table::give(entry);
    object.ends[handle.end].handles -= 1;
    if object.ends[handle.end].handles > 0 {
        return Queue::default();
    }
    let (unread, after) = last_handle_gone(&mut object, handle.end);
    drop(object);
    match after {
        After::Nothing => {}
        After::Destroy => destroy(handle.object),
        After::EmptyPort => port::empty(handle.object),
    }
    unread
}

/// The last handle to an end is gone: the other end learns of it.
fn last_handle_gone(object: &mut Object, end: usize) -> (Queue<Message>, After) {
    let peer = &mut object.ends[1 - end];
    let after = if peer.handles == 0 { After::Destroy } else { After::Nothing };
    match &mut object.body {
        Body::Port(port) => {
            port.close();
            (Queue::default(), After::EmptyPort)
        }
        Body::Local(local) => {
            signals::update(peer, ZX_CHANNEL_WRITABLE, ZX_CHANNEL_PEER_CLOSED);
            local.fail_calls(1 - end, ZX_ERR_PEER_CLOSED);
            (local.take_unread(end), after)
        }
        Body::Plain => {
            signals::update(peer, 0, ZX_EVENTPAIR_PEER_CLOSED);
            (Queue::default(), after)
        }
        Body::Beacon(beacon) => {
            beacon.let_go(&mut object.ends, end);
            (Queue::default(), after)
        }
        Body::Pipe(pipe) => {
            pipe.let_go(&mut object.ends, end);
            (Queue::default(), after)
        }
        Body::Socket(socket) => {
            socket.close(peer, end);
            (Queue::default(), after)
        }
        Body::Fifo(_) => {
            signals::update(peer, ZX_FIFO_WRITABLE, ZX_FIFO_PEER_CLOSED);
            (Queue::default(), after)
        }
        Body::Link(link) => (link.take_all_aside(), after),
        // Mappings and calls under way keep it; the last of them ends it.
        Body::Vmo(vmo) if vmo.is_used() => (Queue::default(), After::Nothing),
        // The address space stays.
        Body::Vmar(_) => (Queue::default(), After::Nothing),
        Body::Listener(_) | Body::Timer(_) | Body::Vmo(_) | Body::Moving | Body::Free => {
            (Queue::default(), after)
        }
    }
}

/// Makes another handle with these rights (a subset of the handle's) and returns its closed entry.
pub(crate) fn duplicate(handle: Handle, rights: zx_rights_t) -> Result<u32, zx_status_t> {
    let entry = handle_table::open(handle.object, handle.end, handle.kind, rights)?;
    match handle.lock() {
        Ok(mut object) => {
            object.ends[handle.end].handles += 1;
            Ok(entry)
        }
        Err(status) => {
            handle_table::give(entry);
            Err(status)
        }
    }
}

/// Gives the handle another number and other rights. The waits made through the old number end.
pub(crate) fn replace(handle: Handle, rights: zx_rights_t) -> Result<zx_handle_t, zx_status_t> {
    let mut object = handle.lock()?;
    handle.close();
    object.end_uses_of(handle);
    handle_table::set_rights(handle.index, rights);
    Ok(handle_table::publish(handle.index))
}

/// Opens an entry that came in a message, and says what it is. The waits of its former owner end here.
pub(crate) fn receive(entry: u32) -> zx_handle_info_t {
    let handle = handle_table::closed_entry(entry);
    let mut object = lock(handle.object);
    object.end_uses_of(handle);
    drop(object);
    let number = handle_table::publish(entry);
    zx_handle_info_t { handle: number, object_type: handle.kind, rights: handle.rights, unused: 0 }
}
