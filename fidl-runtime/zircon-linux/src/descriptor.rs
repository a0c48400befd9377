//! Objects whose signals follow a descriptor: socket channels, listeners and timers.
//!
//! Each has three operations: `refresh` makes the signals true where they might not be, `watch` registers the
//! descriptor in a port's park, once, and `notice` takes an event from there. All run under the object's lock.

use std::os::fd::BorrowedFd;

use crate::abi::types::*;
use crate::object::{self, Body, Object};
use crate::park::ParkIndex;
use crate::port::Port;
use crate::sys::{Interest, PollEntry, Ready};
use crate::tables::tables;

/// How many parks an object remembers to be watched in. More work too, with more wakes than needed.
const REMEMBERED: usize = 4;

/// The parks that watch a descriptor, as far as remembered.
///
/// Being writable is watched for only while a writer waits: a socket reports it each time the peer has read something,
/// and each report wakes a thread. A park that is forgotten goes on watching, for everything, since it cannot be told.
#[derive(Default)]
pub(crate) struct Watched {
    parks: [Option<ParkIndex>; REMEMBERED],
    next: usize,
    token: u64,
    writer_waits: bool,
}

impl Watched {
    fn interest(&self) -> Interest {
        if self.writer_waits { Interest::Everything } else { Interest::Incoming }
    }

    /// Watches the descriptor in the park, unless it is remembered that this was done.
    pub(crate) fn watch(
        &mut self,
        park: ParkIndex,
        descriptor: BorrowedFd<'_>,
        token: u64,
    ) -> Result<(), zx_status_t> {
        if self.parks.contains(&Some(park)) {
            return Ok(());
        }
        if !park.watch(descriptor, self.interest(), token) {
            return Err(ZX_ERR_NO_RESOURCES);
        }
        if let Some(forgotten) = self.parks[self.next].replace(park) {
            forgotten.change(descriptor, Interest::Everything, token);
        }
        self.next = (self.next + 1) % REMEMBERED;
        self.token = token;
        Ok(())
    }

    /// Begins or ends to watch for being writable. If it is writable already, that is reported.
    pub(crate) fn set_writer_waits(&mut self, descriptor: BorrowedFd<'_>, writer_waits: bool) {
        if self.writer_waits == writer_waits {
            return;
        }
        self.writer_waits = writer_waits;
        for park in self.parks.into_iter().flatten() {
            park.change(descriptor, self.interest(), self.token);
        }
    }

    /// Whether any park watches the descriptor.
    pub(crate) fn anywhere(&self) -> bool {
        self.parks[0].is_some()
    }
}

/// The token of an object: its index, and the generation that keeps late events from the slot's next owner.
fn token(index: u32, generation: u32) -> u64 {
    u64::from(generation) << 32 | u64::from(index)
}

/// How to make sure of signals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// What is known from events may be trusted, because later events will reach the port that asks.
    Trusting,
    /// Ask the system.
    Exact,
}

/// Makes the signals of an end true.
#[inline]
pub(crate) fn refresh(object: &mut Object, end: usize, look: Look) {
    let end = &mut object.ends[end];
    match &mut object.body {
        Body::Link(link) => link.refresh(end, look),
        Body::Listener(listener) => listener.refresh(end, look),
        Body::Timer(timer) => timer.refresh(end),
        _ => {}
    }
}

/// Sees to it that changes of the object reach the port.
#[inline]
pub(crate) fn watch(object: &mut Object, index: u32, port: &mut Port) -> Result<(), zx_status_t> {
    let token = token(index, object.generation);
    match &mut object.body {
        Body::Link(link) => link.watch(port.watching_park()?, token),
        Body::Listener(listener) => listener.watch(port.watching_park()?, token),
        Body::Timer(timer) => timer.watch(port.watching_park()?, token),
        _ => Ok(()),
    }
}

/// Takes an event. `moment` was read before the look that found it.
pub(crate) fn notice(token: u64, ready: Ready, moment: u64) {
    let index = token as u32;
    if tables().objects.find(index).is_none() {
        return;
    }
    let mut object = object::lock(index);
    if u64::from(object.generation) != token >> 32 {
        return;
    }
    let object = &mut *object;
    let end = &mut object.ends[0];
    match &mut object.body {
        Body::Link(link) => link.notice(end, ready, moment),
        Body::Listener(listener) => listener.refresh(end, Look::Exact),
        Body::Timer(timer) => timer.refresh(end),
        _ => {}
    }
}

/// What to sleep on until the object may have one of the signals; nothing if it has no descriptor that could tell.
pub(crate) fn to_sleep_on(object: &mut Object, waitfor: zx_signals_t) -> Option<PollEntry> {
    let readable = waitfor & ZX_CHANNEL_READABLE != 0;
    let writable = waitfor & ZX_CHANNEL_WRITABLE != 0;
    match &mut object.body {
        // After the peer has gone the signals change no more, but the socket stays ready for ever.
        Body::Link(_) if object.ends[0].signals & ZX_CHANNEL_PEER_CLOSED != 0 => None,
        Body::Link(link) => Some(PollEntry::new(link.descriptor(), readable, writable)),
        Body::Listener(listener) => Some(PollEntry::new(listener.descriptor(), readable, false)),
        Body::Timer(timer) => Some(PollEntry::new(timer.descriptor()?, true, false)),
        _ => None,
    }
}
