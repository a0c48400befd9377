//! New connections.

use core::sync::atomic::Ordering::{Relaxed, Release};
use core::time::Duration;

use zerocopy::IntoBytes;

use super::binding::Binding;
use super::capacity::WhenFull;
use super::connection::Connection;
use super::counters::Counters;
use super::place::Dispatch;
use super::service::{Engine, LISTENER, Running};
use super::tables::{Phase, Tables};
use crate::kernel::{self, AsHandleRef, Channel, Handle, Instant, Port, ReadError, Signals, Status};
use crate::message::{EPITAPH_ORDINAL, FrameStorage, Header, LargeFrame};
use crate::wire::{HandleSlot, HandleView, I32};

/// How many connections one turn accepts.
const ACCEPTS: usize = 16;

/// How long a listener is left alone that the kernel could not read or wait for.
const RETRY: Duration = Duration::from_millis(100);

/// A listener, and what is known of it.
pub(super) struct Accepting {
    listener: Option<Channel>,
    armed: bool,
    ready: bool,
    /// When it is looked at again after the kernel could not read or wait for it.
    retry: Option<Instant>,
    /// All connections are in use, and it is not accepted from.
    waits: bool,
}

/// Who makes connections of what a listener has.
pub(super) trait Host {
    /// Whether all connections are in use.
    fn is_full(&mut self) -> bool;

    /// What happens then.
    fn when_full(&self) -> WhenFull;

    /// Makes a channel a connection; gives it back if all are in use.
    fn connect(&mut self, channel: Channel) -> Result<(), Channel>;

    /// Changes counters.
    fn count(&mut self, change: impl FnOnce(&mut Counters));
}

impl Accepting {
    /// No listener.
    pub(super) const NONE: Self =
        Self { listener: None, armed: false, ready: false, retry: None, waits: false };

    /// Begins to accept from a listener.
    ///
    /// # Errors
    ///
    /// `ALREADY_BOUND` if there is one.
    pub(super) fn begin(&mut self, listener: Channel) -> Result<(), Status> {
        if self.listener.is_some() {
            return Err(Status::ALREADY_BOUND);
        }
        self.listener = Some(listener);
        self.ready = true;
        Ok(())
    }

    /// The listener's handle; 0 if there is none.
    pub(super) fn handle(&self) -> u32 {
        self.listener.as_ref().map_or(0, AsHandleRef::raw_handle)
    }

    /// The listener has something: its packet came.
    pub(super) fn fired(&mut self) {
        (self.armed, self.ready) = (false, true);
    }

    /// Looks at a listener again that could not be read for want of something that was given up now.
    pub(super) fn look_again(&mut self) {
        self.ready |= self.listener.is_some() && !self.armed;
    }

    /// When the listener must be looked at again, come what may.
    pub(super) fn deadline(&self) -> Instant {
        self.retry.unwrap_or(Instant::INFINITE)
    }

    /// Accepts what the listener has, up to a bound; returns whether there may be more. `key` is that of its packets.
    pub(super) fn accept(&mut self, port: &Port, key: u64, host: &mut impl Host) -> bool {
        self.retry_if_due();
        for _ in 0..ACCEPTS {
            if !self.ready {
                return false;
            }
            if host.when_full() == WhenFull::Wait && host.is_full() {
                if !core::mem::replace(&mut self.waits, true) {
                    host.count(|counters| counters.connections_exhausted += 1);
                }
                // Goes on when a connection ends.
                return false;
            }
            self.waits = false;
            self.accept_one(port, key, host);
        }
        self.ready
    }

    fn accept_one(&mut self, port: &Port, key: u64, host: &mut impl Host) {
        let listener = self.handle();
        match next_connection(listener) {
            Ok(Some(channel)) => {
                if let Err(channel) = host.connect(channel) {
                    host.count(|counters| counters.refused += 1);
                    send_epitaph(channel.raw_handle(), Status::NO_RESOURCES);
                }
            }
            // A message without a channel: whoever sent it gets nothing for it.
            Ok(None) => {}
            Err(ReadError::Empty) => {
                self.ready = false;
                self.arm(port, key);
            }
            Err(ReadError::TooSmall(_)) if discard(listener).is_ok() => {}
            // The listener is gone; the connections go on.
            Err(ReadError::PeerClosed | ReadError::Status(Status::BAD_HANDLE)) => {
                self.ready = false;
                self.listener = None;
            }
            // The kernel is out of handles or memory, which may pass.
            Err(_) => self.retry_later(),
        }
    }

    fn arm(&mut self, port: &Port, key: u64) {
        if !self.armed {
            let signals = Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED;
            self.armed = kernel::wait_async(self.handle(), port, key, signals).is_ok();
            if !self.armed {
                self.retry_later();
            }
        }
    }

    /// Looks at a listener again that could not be read or waited for, if it is time to.
    fn retry_if_due(&mut self) {
        // The clock is read only if there is something to wait for.
        if self.ready || self.retry.is_some_and(|retry| retry <= Instant::now()) {
            (self.retry, self.ready) = (None, true);
        }
    }

    /// Leaves the listener alone for a while.
    fn retry_later(&mut self) {
        (self.retry, self.ready) = (Some(Instant::after(RETRY)), false);
    }
}

/// A service that accepts for itself.
struct Lobby<'a, B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> {
    running: &'a Running<B, D, C, N>,
    tables: &'a mut Tables<C, N>,
}

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> Host
    for Lobby<'_, B, D, C, N>
{
    fn is_full(&mut self) -> bool {
        self.tables.free_connections.is_empty()
    }

    fn when_full(&self) -> WhenFull {
        self.running.capacity.when_full
    }

    fn connect(&mut self, channel: Channel) -> Result<(), Channel> {
        self.running.connect(self.tables, channel)
    }

    fn count(&mut self, change: impl FnOnce(&mut Counters)) {
        self.running.count(change);
    }
}

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> Running<B, D, C, N> {
    /// Accepts what the listener has, up to a bound; returns whether there may be more.
    pub(super) fn accept(&self, engine: &mut Engine<D::Future, C, N>, port: &Port) -> bool {
        let Engine { tables, accepting, .. } = engine;
        accepting.accept(port, self.key(LISTENER, 0, 0), &mut Lobby { running: self, tables })
    }

    /// Makes a channel a connection; gives it back if all are in use.
    pub(super) fn connect(&self, tables: &mut Tables<C, N>, channel: Channel) -> Result<(), Channel> {
        let Some(index) = tables.free_connections.take() else { return Err(channel) };
        let peer = &self.shared.peers[index];
        peer.events.store(0, Relaxed);
        peer.end.store(0, Relaxed);
        peer.blocked.store(false, Relaxed);
        peer.channel.store(channel.raw_handle(), Release);
        let entry = &mut tables.entries[index];
        entry.channel = Some(channel);
        entry.phase = Phase::Waiting;
        tables.queue(index);
        self.count(|counters| {
            counters.connected += 1;
            let connections = counters.connected.saturating_sub(counters.closed);
            counters.most_connections = counters.most_connections.max(connections);
        });
        B::connected(self.server, self.connection(index));
        Ok(())
    }

    /// The token of a connection.
    pub(super) fn connection(&self, index: usize) -> Connection<'static, B::Protocol> {
        let generation = self.shared.peers[index].generation.load(Relaxed);
        Connection { shared: self.shared, index: index as u32, generation }
    }
}

/// Takes the next connection from a listener.
fn next_connection(listener: u32) -> Result<Option<Channel>, ReadError> {
    let slots = [const { HandleSlot::empty() }; 1];
    match kernel::read(listener, &mut [], &slots) {
        Ok(_) => Ok(HandleView::of(&slots[0]).take().map(|handle: Handle| Channel::from(handle))),
        Err(error) => Err(error),
    }
}

/// Drops a message of a listener that no client sends to connect: too many bytes, or handles.
#[cold]
#[inline(never)]
fn discard(listener: u32) -> Result<(), ReadError> {
    let frame = LargeFrame::EMPTY;
    frame.lease().map_or(Ok(()), |mut lease| lease.read(listener))
}

/// Tells a client why its connection ends. That it cannot be told is no matter.
pub(super) fn send_epitaph(channel: u32, status: Status) {
    let mut message = [0; 24];
    let (header, body) = message.split_at_mut(16);
    header.copy_from_slice(Header::new(0, EPITAPH_ORDINAL, false).as_bytes());
    body[..4].copy_from_slice(I32::new(status.into_raw()).as_bytes());
    let _ = kernel::write(channel, &message, &[]);
}
