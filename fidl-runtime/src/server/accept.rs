//! New connections.

use core::sync::atomic::Ordering::{Relaxed, Release};
use core::time::Duration;

use zerocopy::IntoBytes;

use super::binding::Binding;
use super::capacity::WhenFull;
use super::connection::Connection;
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

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> Running<B, D, C, N> {
    /// Accepts what the listener has, up to a bound; returns whether there may be more.
    pub(super) fn accept(&self, engine: &mut Engine<D::Future, C, N>, port: &Port) -> bool {
        self.retry_listener(engine.tables);
        for _ in 0..ACCEPTS {
            if !engine.tables.listener_ready {
                return false;
            }
            let full = engine.tables.free_connections.is_empty();
            if full && self.capacity.when_full == WhenFull::Wait {
                if !core::mem::replace(&mut engine.tables.listener_waits, true) {
                    self.count(|counters| counters.connections_exhausted += 1);
                }
                // Goes on when a connection ends.
                return false;
            }
            engine.tables.listener_waits = false;
            self.accept_one(engine, port);
        }
        engine.tables.listener_ready
    }

    fn accept_one(&self, engine: &mut Engine<D::Future, C, N>, port: &Port) {
        let Some(listener) = &engine.tables.listener else {
            engine.tables.listener_ready = false;
            return;
        };
        match next_connection(listener.raw_handle()) {
            Ok(Some(channel)) => {
                if let Err(channel) = self.connect(engine, channel) {
                    self.count(|counters| counters.refused += 1);
                    send_epitaph(channel.raw_handle(), Status::NO_RESOURCES);
                }
            }
            // A message without a channel: whoever sent it gets nothing for it.
            Ok(None) => {}
            Err(ReadError::Empty) => {
                engine.tables.listener_ready = false;
                self.arm_listener(engine, port);
            }
            Err(ReadError::TooSmall(_)) if discard(listener.raw_handle()).is_ok() => {}
            // The listener is gone; the connections go on.
            Err(ReadError::PeerClosed | ReadError::Status(Status::BAD_HANDLE)) => {
                engine.tables.listener_ready = false;
                engine.tables.listener = None;
            }
            // The kernel is out of handles or memory, which may pass.
            Err(_) => engine.tables.retry_listener_later(),
        }
    }

    /// Looks at a listener again that could not be read or waited for, if it is time to.
    fn retry_listener(&self, tables: &mut Tables<C, N>) {
        let retry = tables.listener_retries();
        // The clock is read only if there is something to wait for.
        if tables.listener_ready || (retry != Instant::INFINITE && retry <= Instant::now()) {
            tables.listener_retry = None;
            tables.listener_ready = true;
        }
    }

    fn arm_listener(&self, engine: &mut Engine<D::Future, C, N>, port: &Port) {
        let Some(listener) = &engine.tables.listener else { return };
        if !engine.tables.listener_armed {
            let signals = Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED;
            let armed = kernel::wait_async(listener.raw_handle(), port, self.key(LISTENER, 0, 0), signals);
            engine.tables.listener_armed = armed.is_ok();
            if armed.is_err() {
                engine.tables.retry_listener_later();
            }
        }
    }

    /// Makes a channel a connection; gives it back if all are in use.
    pub(super) fn connect(
        &self,
        engine: &mut Engine<D::Future, C, N>,
        channel: Channel,
    ) -> Result<(), Channel> {
        let Some(index) = engine.tables.free_connections.take() else { return Err(channel) };
        let peer = &self.shared.peers[index];
        peer.events.store(0, Relaxed);
        peer.end.store(0, Relaxed);
        peer.blocked.store(false, Relaxed);
        peer.channel.store(channel.raw_handle(), Release);
        let entry = &mut engine.tables.entries[index];
        entry.channel = Some(channel);
        entry.phase = Phase::Waiting;
        engine.tables.queue(index);
        self.count(|counters| counters.connected += 1);
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

impl<const C: usize, const N: usize> Tables<C, N> {
    /// Leaves the listener alone for a while.
    fn retry_listener_later(&mut self) {
        self.listener_ready = false;
        self.listener_retry = Some(Instant::after(RETRY));
    }

    /// When the listener must be looked at again, come what may.
    pub(super) fn listener_retries(&self) -> Instant {
        self.listener_retry.unwrap_or(Instant::INFINITE)
    }
}

/// Tells a client why its connection ends. That it cannot be told is no matter.
pub(super) fn send_epitaph(channel: u32, status: Status) {
    let mut message = [0; 24];
    let (header, body) = message.split_at_mut(16);
    header.copy_from_slice(Header::new(0, EPITAPH_ORDINAL, false).as_bytes());
    body[..4].copy_from_slice(I32::new(status.into_raw()).as_bytes());
    let _ = kernel::write(channel, &message, &[]);
}
