//! Connections as handlers see them, and events.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{
    AtomicBool, AtomicI32, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use core::task::{Context, Poll, Waker};

use futures::task::AtomicWaker;

use super::close::CloseReason;
use crate::kernel::Status;
use crate::message::Protocol;
use crate::message::{FrameStorage, Header, Lease};
use crate::storage::{Inbox, InboxLink};
use crate::wire::{Encode, EncodeError, EncodeRule, Wire};

/// What handlers and the service share of one connection.
pub(super) struct Peer {
    /// The server end; 0 while there is no connection. Owned by the service, which closes it.
    pub(super) channel: AtomicU32,
    pub(super) generation: AtomicU32,
    /// Events since the client's last request.
    pub(super) events: AtomicU32,
    /// Replies wait until the channel is writable.
    pub(super) blocked: AtomicBool,
    /// Who waits in [`Writable`]: how often all waits were ended (upper half), and how many wait now (lower half). In one
    /// word, so that a wait that is given up is never taken off the count of those behind it.
    waits: AtomicU64,
    /// Wakes the waiter that registered last; each wakes the one that it found here.
    writable: AtomicWaker,
    /// One waiter registers at a time.
    registering: AtomicBool,
    /// How often a waiter left the chain while others were behind it, which then register again.
    breaks: AtomicU16,
    /// How many tokens are doing something to the connection right now.
    users: AtomicU16,
    /// Its place among those that want something of the service.
    pub(super) link: InboxLink,
    /// Why a handler wants the connection to end: one of the `END_` numbers.
    pub(super) end: AtomicU8,
    /// The status for it.
    pub(super) status: AtomicI32,
}

const END_NONE: u8 = 0;
const END_SHUTDOWN: u8 = 1;
const END_EPITAPH: u8 = 2;
const END_EVENTS: u8 = 3;
const END_WRITE: u8 = 4;
const END_ENCODE: u8 = 5;

/// The status for [`END_ENCODE`] is an index of these.
const ENCODE_ERRORS: [EncodeError; 6] = [
    EncodeError::new(EncodeRule::OutOfSpace),
    EncodeError::new(EncodeRule::Bound),
    EncodeError::new(EncodeRule::Depth),
    EncodeError::new(EncodeRule::UnknownValue),
    EncodeError::new(EncodeRule::InvalidHandle),
    EncodeError::new(EncodeRule::TooManyHandles),
];

impl Peer {
    const fn new() -> Self {
        Self {
            channel: AtomicU32::new(0),
            generation: AtomicU32::new(0),
            events: AtomicU32::new(0),
            blocked: AtomicBool::new(false),
            waits: AtomicU64::new(0),
            writable: AtomicWaker::new(),
            registering: AtomicBool::new(false),
            breaks: AtomicU16::new(0),
            users: AtomicU16::new(0),
            link: InboxLink::new(),
            end: AtomicU8::new(END_NONE),
            status: AtomicI32::new(0),
        }
    }

    /// Whether somebody waits for room.
    pub(super) fn is_waited_for(&self) -> bool {
        waiting(self.waits.load(Acquire)) > 0
    }

    /// Ends the waits of all tasks that wait for room.
    pub(super) fn end_wait(&self) {
        let end = |waits| (waiting(waits) > 0).then(|| u64::from(epoch(waits).wrapping_add(1)) << 32);
        if self.waits.fetch_update(AcqRel, Acquire, end).is_ok() {
            self.writable.wake();
        }
    }

    /// One more waits; returns until when: while the epoch is this one.
    fn begin_wait(&self) -> u32 {
        epoch(self.waits.fetch_add(1, AcqRel))
    }

    /// One that has waited since this epoch waits no more.
    fn give_up(&self, since: u32) {
        let give_up = |waits| (epoch(waits) == since && waiting(waits) > 0).then(|| waits - 1);
        // That the wait was ended meanwhile is no matter.
        let _ = self.waits.fetch_update(AcqRel, Acquire, give_up);
    }

    fn is_over(&self, since: u32) -> bool {
        epoch(self.waits.load(Acquire)) != since
    }

    /// Makes `waker` the one that is woken, and returns the one before it; `None` if another thread does so right now.
    fn register(&self, waker: &Waker) -> Option<Option<Waker>> {
        if self.registering.swap(true, Acquire) {
            return None;
        }
        let before = self.writable.take();
        self.writable.register(waker);
        self.registering.store(false, Release);
        Some(before)
    }

    /// Waits until no thread does something to the connection whose generation was the last: what it found is over, and its
    /// channel may be closed. A thread that comes from here on finds the new generation.
    pub(super) fn wait_for_users(&self) {
        // A read-modify-write, as is that of whoever begins: one of the two sees the other.
        while self.users.fetch_or(0, AcqRel) != 0 {
            std::thread::yield_now();
        }
    }

    /// Why a handler wants the connection to end, if one does.
    pub(super) fn wanted_end(&self) -> Option<CloseReason> {
        // Before the status, which is written first.
        let end = self.end.load(Acquire);
        let status = Status::from_raw(self.status.load(Relaxed));
        match end {
            END_SHUTDOWN => Some(CloseReason::Shutdown(None)),
            END_EPITAPH => Some(CloseReason::Shutdown(Some(status))),
            END_EVENTS => Some(CloseReason::TooManyEvents),
            END_WRITE => Some(CloseReason::WriteFailure(status)),
            END_ENCODE => {
                let error = ENCODE_ERRORS.get(status.into_raw() as usize).copied();
                Some(CloseReason::EncodeFailure(error.unwrap_or(EncodeError::new(EncodeRule::OutOfSpace))))
            }
            _ => None,
        }
    }
}

/// How many wait, of a [`Peer`]'s word.
const fn waiting(waits: u64) -> u32 {
    waits as u32
}

/// How often all waits were ended, of a [`Peer`]'s word.
const fn epoch(waits: u64) -> u32 {
    (waits >> 32) as u32
}

/// What handlers and the service share.
pub(super) struct Shared<P: Protocol, T: ?Sized = [Peer]> {
    /// Events are encoded here, and written at once.
    frame: P::EventFrame,
    /// Which peers want something of the service.
    pub(super) attention: Inbox,
    /// Wakes the service. A wake takes it; the service's turn puts it back.
    pub(super) service: AtomicWaker,
    /// Set when the service starts.
    pub(super) events_between_requests: AtomicU32,
    pub(super) peers: T,
}

impl<P: Protocol, const C: usize> Shared<P, [Peer; C]> {
    pub(super) const fn new() -> Self {
        Self {
            frame: P::EventFrame::EMPTY,
            attention: Inbox::new(),
            service: AtomicWaker::new(),
            events_between_requests: AtomicU32::new(0),
            peers: [const { Peer::new() }; C],
        }
    }
}

impl<P: Protocol> Shared<P> {
    /// Makes the service look at a peer.
    fn call_service(&self, index: u32) {
        self.look_at(index);
        self.service.wake();
    }

    /// Makes the service look at a peer in its next turn.
    pub(super) fn look_at(&self, index: u32) {
        if let Some(peer) = self.peers.get(index as usize) {
            self.attention.add(&peer.link, index);
        }
    }
}

/// Which connection: a number that is never used again while the service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub(super) u64);

/// A connection. A token: it is copied freely, owns nothing, and says so when its connection has ended.
pub struct Connection<'s, P: Protocol> {
    pub(super) shared: &'s Shared<P>,
    pub(super) index: u32,
    pub(super) generation: u32,
}

/// Why an event was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventError {
    /// The channel is full for now; see [`Connection::writable`].
    Full,
    /// The connection has ended, or ends because of this event.
    Closed,
    /// The event does not encode. The connection ends.
    Encode(EncodeError),
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the channel is full"),
            Self::Closed => f.write_str("the connection has ended"),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for EventError {}

impl<'s, P: Protocol> Connection<'s, P> {
    /// Which connection this is.
    pub fn id(self) -> ConnectionId {
        ConnectionId(u64::from(self.generation) << 32 | u64::from(self.index))
    }

    /// Sends an event.
    ///
    /// # Errors
    ///
    /// [`EventError::Full`] if the channel, or a reply before it, must wait: nothing was sent. [`EventError::Closed`] if the
    /// connection has ended, or if this event is one more than the service allows between two requests, which ends it. A
    /// client that has closed its end is no error.
    pub fn send_event<T: Wire>(
        self,
        ordinal: u64,
        flexible: bool,
        event: impl Encode<T>,
    ) -> Result<(), EventError> {
        self.send_with(|lease| lease.encode::<T>(Header::new(0, ordinal, flexible), event))
    }

    /// Sends an event without a payload.
    ///
    /// # Errors
    ///
    /// As for [`send_event`](Self::send_event).
    pub fn send_empty_event(self, ordinal: u64, flexible: bool) -> Result<(), EventError> {
        self.send_with(|lease| lease.encode_empty(Header::new(0, ordinal, flexible)))
    }

    /// A future that finishes when the channel has room, or the connection has ended. Any number of tasks may wait for one
    /// connection; room ends the wait of all of them, and whoever finds the channel full again waits again.
    pub fn writable(self) -> Writable<'s, P> {
        Writable { connection: self, since: None, registered: None, before: None }
    }

    /// Ends the connection, without an epitaph.
    pub fn close(self) {
        self.end(END_SHUTDOWN, Status::OK);
    }

    /// Ends the connection; the client is told `status` (an epitaph), behind the replies that were waiting for room. What
    /// finds no room in the channel now is lost, the epitaph too: a client that does not read delays no end.
    pub fn close_with_epitaph(self, status: Status) {
        self.end(END_EPITAPH, status);
    }

    fn send_with(
        self,
        encode: impl FnOnce(&mut Lease<'s>) -> Result<(), EncodeError>,
    ) -> Result<(), EventError> {
        let peer = self.peer().ok_or(EventError::Closed)?;
        if peer.blocked.load(Relaxed) {
            return Err(EventError::Full);
        }
        if peer.events.load(Relaxed) >= self.shared.events_between_requests.load(Relaxed) {
            self.end(END_EVENTS, Status::OK);
            return Err(EventError::Closed);
        }
        let mut lease = self.shared.frame.lease().ok_or(EventError::Full)?;
        if let Err(error) = encode(&mut lease) {
            let index = ENCODE_ERRORS.iter().position(|known| *known == error).unwrap_or(0);
            self.end(END_ENCODE, Status::from_raw(index as i32));
            return Err(EventError::Encode(error));
        }
        // The connection may have ended meanwhile, and its place be another's.
        let used = self.hold().ok_or(EventError::Closed)?;
        let result = lease.write(peer.channel.load(Relaxed));
        if result.is_ok() {
            peer.events.fetch_add(1, Relaxed);
        }
        drop(used);
        match result {
            Ok(()) => Ok(()),
            // The end of the connection comes by the read path, behind what the client had sent.
            Err(Status::PEER_CLOSED) => Ok(()),
            Err(Status::SHOULD_WAIT) => Err(EventError::Full),
            Err(status) => {
                self.end(END_WRITE, status);
                Err(EventError::Closed)
            }
        }
    }

    fn end(self, end: u8, status: Status) {
        let Some(used) = self.hold() else { return };
        used.peer.status.store(status.into_raw(), Relaxed);
        used.peer.end.store(end, Release);
        drop(used);
        self.shared.call_service(self.index);
    }

    /// The connection, if it has not ended and is not about to; it stays so until this is dropped. For a few steps, none of
    /// which is foreign code: the service's thread waits.
    fn hold(self) -> Option<InUse<'s>> {
        let peer = self.shared.peers.get(self.index as usize)?;
        peer.users.fetch_add(1, AcqRel);
        let used = InUse { peer };
        // Behind that: the service changes the generation before it looks for users.
        self.peer().map(|_| used)
    }

    /// The connection, if it has not ended and is not about to.
    fn peer(self) -> Option<&'s Peer> {
        let peer = self.shared.peers.get(self.index as usize)?;
        let current = peer.generation.load(Relaxed) == self.generation && peer.channel.load(Relaxed) != 0;
        (current && peer.end.load(Relaxed) == END_NONE).then_some(peer)
    }
}

/// Keeps a connection from ending.
struct InUse<'s> {
    peer: &'s Peer,
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.peer.users.fetch_sub(1, Release);
    }
}

impl<P: Protocol> Clone for Connection<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Protocol> Copy for Connection<'_, P> {}

impl<P: Protocol> fmt::Debug for Connection<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({}, generation {})", self.index, self.generation)
    }
}

/// A future that finishes when a connection's channel has room. Made by [`Connection::writable`].
#[must_use = "futures do nothing unless polled"]
pub struct Writable<'s, P: Protocol> {
    connection: Connection<'s, P>,
    /// While this task waits, the epoch at the start.
    since: Option<u32>,
    /// What this task registered, and how often the chain had been broken by then.
    registered: Option<(Waker, u16)>,
    /// The task that registered before this one, which this one wakes: a chain of them needs no place for each.
    before: Option<Waker>,
}

impl<P: Protocol> Writable<'_, P> {
    /// Puts a waker in front of the chain, unless it is in the chain.
    ///
    /// A task registers once for each break. Were it to do so with each poll, tasks that wake each other would never rest.
    fn register(&mut self, peer: &Peer, waker: &Waker) {
        let breaks = peer.breaks.load(Acquire);
        let breaks = match &self.registered {
            Some((registered, since)) if registered.will_wake(waker) && *since == breaks => return,
            Some((registered, _)) if !registered.will_wake(waker) => {
                peer.breaks.fetch_add(1, AcqRel).wrapping_add(1)
            }
            _ => breaks,
        };
        let Some(before) = peer.register(waker) else { return waker.wake_by_ref() };
        self.registered = Some((waker.clone(), breaks));
        self.replace_before(before);
    }

    /// Wakes the task that this one had to wake, and has to wake another one from now on.
    fn replace_before(&mut self, before: Option<Waker>) {
        if let Some(waker) = core::mem::replace(&mut self.before, before) {
            waker.wake();
        }
    }

    fn finish(&mut self) -> Poll<()> {
        (self.since, self.registered) = (None, None);
        self.replace_before(None);
        Poll::Ready(())
    }
}

impl<P: Protocol> Future for Writable<'_, P> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(peer) = self.connection.peer() else { return self.finish() };
        let first = self.since.is_none();
        let since = *self.since.get_or_insert_with(|| peer.begin_wait());
        if peer.is_over(since) {
            return self.finish();
        }
        self.register(peer, cx.waker());
        // Behind the registration: the service ends the wait before it wakes.
        if peer.is_over(since) {
            return self.finish();
        }
        if first {
            self.connection.shared.call_service(self.connection.index);
        }
        Poll::Pending
    }
}

impl<P: Protocol> Drop for Writable<'_, P> {
    fn drop(&mut self) {
        if let (Some(since), Some(peer)) = (self.since, self.connection.peer()) {
            peer.give_up(since);
            peer.breaks.fetch_add(1, AcqRel);
        }
        self.replace_before(None);
    }
}

impl<P: Protocol> fmt::Debug for Writable<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writable({:?})", self.connection)
    }
}
