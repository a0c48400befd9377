//! Objects whose signals follow something outside: links, pipes, beacons, listeners and timers.
//!
//! Each has three operations: `refresh` makes the signals true where they might not be, `watch` registers the
//! descriptor in a port's park, once, and `notice` takes an event from there. All run under the object's lock.
//!
//! Links have a second way beside their descriptor. A port whose thread is awake, and will look before it sleeps, keeps
//! them on its park's hot list; see [`look_at_hot`] and [`arm_for_sleep`].

use std::os::fd::BorrowedFd;

use crate::abi::types::*;
use crate::capacity::HOT_LINKS;
use crate::channel::Link;
use crate::object::{self, Body, End, Object};
use crate::park::ParkIndex;
use crate::port::Port;
use crate::sys::{Interest, Ready};
use crate::tables::tables;
use crate::wait::Wait;

/// How many parks an object remembers to be watched in. More work too, with more wakes than needed.
const REMEMBERED: usize = 4;

/// The parks that watch a descriptor, as far as remembered.
///
/// Being writable is watched for only while a writer waits: a socket reports it each time the peer has read something,
/// and each report wakes a thread. A park that is forgotten goes on watching, for everything, since it cannot be told.
#[derive(Default)]
pub(crate) struct Watched {
    parks: [Option<ParkIndex>; REMEMBERED],
    token: u64,
    next: u8,
    /// Some park that watches is not among those remembered.
    forgot: bool,
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
        let next = usize::from(self.next) % REMEMBERED;
        if let Some(forgotten) = self.parks[next].replace(park) {
            forgotten.change(descriptor, Interest::Everything, token);
            self.forgot = true;
        }
        self.next = self.next.wrapping_add(1);
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

    /// The parks that may watch.
    pub(crate) fn parks(&self) -> impl Iterator<Item = ParkIndex> {
        let others = self.forgot.then(ParkIndex::all);
        self.parks.into_iter().flatten().chain(others.into_iter().flatten())
    }

    /// Ends all watches, for a descriptor that stays open elsewhere.
    pub(crate) fn unwatch(&mut self, descriptor: BorrowedFd<'_>) {
        self.parks().for_each(|park| park.unwatch(descriptor));
        *self = Watched::default();
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
    match &mut object.body {
        Body::Link(link) => link.refresh(&mut object.ends[end], look),
        Body::Listener(listener) => listener.refresh(&mut object.ends[end], look),
        Body::Timer(timer) => timer.refresh(&mut object.ends[end]),
        Body::Beacon(beacon) => beacon.refresh(&mut object.ends, end, look),
        Body::Pipe(pipe) => pipe.refresh(&mut object.ends, end, look),
        _ => {}
    }
}

/// Sees to it that changes of an end reach the port.
#[inline]
pub(crate) fn watch(object: &mut Object, index: u32, end: usize, port: &mut Port) -> Result<(), zx_status_t> {
    let token = token(index, object.generation);
    match &mut object.body {
        Body::Link(link) => link.watch(port.watching_park()?, token),
        Body::Listener(listener) => listener.watch(port.watching_park()?, token),
        Body::Timer(timer) => timer.watch(port.watching_park()?, token),
        Body::Beacon(beacon) => beacon.watch(end, port.watching_park()?, token),
        Body::Pipe(pipe) => pipe.watch(end, port.watching_park()?, token),
        _ => Ok(()),
    }
}

/// Takes an event.
pub(crate) fn notice(token: u64, ready: Ready) {
    with_object(token, |object| match &mut object.body {
        Body::Link(link) => link.notice(&mut object.ends[link.end()], ready),
        Body::Listener(listener) => listener.refresh(&mut object.ends[0], Look::Exact),
        Body::Timer(timer) => timer.refresh(&mut object.ends[0]),
        Body::Beacon(beacon) => beacon.notice(&mut object.ends, ready),
        Body::Pipe(pipe) => pipe.notice(&mut object.ends, ready),
        _ => {}
    });
}

/// Does something with the object that a token means, under its lock, if it is there.
fn with_object<T>(token: u64, act: impl FnOnce(&mut Object) -> T) -> Option<T> {
    let index = token as u32;
    tables().objects.find(index)?;
    let mut object = object::lock(index);
    (u64::from(object.generation) == token >> 32).then(|| act(&mut object))
}

/// Does something with the link that a token means, if it is there and someone waits for its changes.
fn with_waited_link<T>(token: u64, act: impl FnOnce(&mut Link, &mut End) -> T) -> Option<T> {
    with_object(token, |object| match &mut object.body {
        Body::Link(link) => {
            let end = &mut object.ends[link.end()];
            (!end.waits.is_empty()).then(|| act(link, end))
        }
        _ => None,
    })?
}

/// Whether a wait that was just registered needs the object's peer to ring. If not, a thread will look before it sleeps,
/// or the descriptor tells. The object and the port are locked.
#[inline]
pub(crate) fn needs_bell(object: &Object, index: u32, port: &mut Port) -> bool {
    match &object.body {
        Body::Link(_) => !port.will_look_at(token(index, object.generation)),
        Body::Pipe(_) => true,
        _ => false,
    }
}

/// Has the peer of a link or pipe ring for changes; the object is locked, its port is not.
pub(crate) fn arm(object: &mut Object) {
    match &mut object.body {
        Body::Link(link) => drop(link.arm(&mut object.ends[link.end()])),
        Body::Pipe(pipe) => pipe.arm_all(&mut object.ends),
        _ => {}
    }
}

/// Has the ports of all waits of an end hear of an object that just became shared.
pub(crate) fn watch_pending(object: &mut Object, index: u32, end: usize) {
    for wait in object.ends[end].waits.iter() {
        let mut port_object = object::lock(Wait::at(wait).port());
        if let Some(port) = port_object.port() {
            // Without room for that the wait ends when someone else looks.
            let _ = watch(object, index, end, port);
        }
    }
    arm(object);
}

/// Makes the signals of all links on a park's hot list true.
pub(crate) fn look_at_hot(park: ParkIndex) {
    let mut tokens = [0; HOT_LINKS];
    for token in park.hot(&mut tokens) {
        if with_waited_link(*token, |link, end| link.refresh(end, Look::Trusting)).is_none() {
            park.cool(*token);
        }
    }
}

/// Arms the links on a park's hot list for a sleep, and takes them off it. `false` if the peer of one
/// cannot ring reliably now; that one stays on the list, and the sleep must be short.
pub(crate) fn arm_for_sleep(park: ParkIndex) -> bool {
    let (mut tokens, mut all) = ([0; HOT_LINKS], true);
    for token in park.hot(&mut tokens) {
        match with_waited_link(*token, |link, end| link.arm(end)) {
            Some(false) => all = false,
            _ => park.cool(*token),
        }
    }
    all
}
