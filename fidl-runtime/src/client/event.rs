//! Events.

use core::cell::RefCell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::error::ClientError;
use super::receive::{Core, change};
use super::storage::Held;
use crate::message::Protocol;
use crate::wire::{Body, DecodeError, Wire};

/// A future that finishes with the next event. Made by [`Client::next_event`](super::Client::next_event).
#[must_use = "futures do nothing unless polled"]
pub struct NextEvent<'c, P: Protocol, const N: usize, const E: usize> {
    core: &'c RefCell<Core<P, N, E>>,
}

impl<'c, P: Protocol, const N: usize, const E: usize> NextEvent<'c, P, N, E> {
    pub(super) fn new(core: &'c RefCell<Core<P, N, E>>) -> Self {
        const { assert!(E > 0, "a client that takes events needs room for one") };
        core.borrow_mut().tables.listening = true;
        Self { core }
    }
}

impl<'c, P: Protocol, const N: usize, const E: usize> Future for NextEvent<'c, P, N, E> {
    type Output = Result<EventMessage<'c, P, N, E>, ClientError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Cloned, and the one before dropped, while nothing is borrowed.
        let waker = cx.waker().clone();
        let mut core = self.core.borrow_mut();
        if let Some(event) = EventMessage::take(self.core, &mut core) {
            return Poll::Ready(Ok(event));
        }
        if let Some(error) = core.tables.ended() {
            return Poll::Ready(Err(error));
        }
        let before = core.tables.event_waker.replace(waker);
        drop(core);
        drop(before);
        Poll::Pending
    }
}

impl<P: Protocol, const N: usize, const E: usize> fmt::Debug for NextEvent<'_, P, N, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NextEvent")
    }
}

/// An event, in the frame that it was read into. Dropping it frees that frame.
pub struct EventMessage<'c, P: Protocol, const N: usize, const E: usize> {
    core: &'c RefCell<Core<P, N, E>>,
    event: usize,
    /// `Some` until it is dropped.
    held: Option<Held>,
}

impl<'c, P: Protocol, const N: usize, const E: usize> EventMessage<'c, P, N, E> {
    /// The event that has waited for longest.
    pub(super) fn take(owner: &'c RefCell<Core<P, N, E>>, core: &mut Core<P, N, E>) -> Option<Self> {
        let event = core.tables.event_links.pop_front(&mut core.tables.waiting_events)?;
        let held = core.tables.events[event].take();
        Some(Self { core: owner, event, held })
    }

    /// The event's ordinal: one of [`Protocol::EVENTS`], or, on a protocol that is not closed, one that it does not have. Of
    /// such an event nothing but the ordinal is left.
    pub fn ordinal(&self) -> u64 {
        let header = self.held.as_ref().and_then(|held| held.lease.header().ok());
        header.map_or(0, |header| header.ordinal())
    }

    /// Validates the event's payload. If that fails, the connection ends.
    ///
    /// # Errors
    ///
    /// [`ClientError::Decode`].
    pub fn decode<T: Wire>(&mut self) -> Result<Body<'_, T>, ClientError> {
        let core = self.core;
        let Some(held) = &mut self.held else { unreachable!("only dropping takes it") };
        held.lease.decode::<T>().map_err(|error| refuse(core, error))
    }

    /// Checks that the event has no payload. If it has, the connection ends.
    ///
    /// # Errors
    ///
    /// [`ClientError::Decode`].
    pub fn decode_empty(&self) -> Result<(), ClientError> {
        let Some(held) = &self.held else { return Ok(()) };
        held.lease.decode_empty().map_err(|error| refuse(self.core, error))
    }
}

fn refuse<P: Protocol, const N: usize, const E: usize>(
    core: &RefCell<Core<P, N, E>>,
    error: DecodeError,
) -> ClientError {
    let error = ClientError::Decode(error);
    change(core, |core| core.end(error));
    error
}

impl<P: Protocol, const N: usize, const E: usize> Drop for EventMessage<'_, P, N, E> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            change(self.core, |core| core.event_done(self.event, held));
        }
    }
}

impl<P: Protocol, const N: usize, const E: usize> fmt::Debug for EventMessage<'_, P, N, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventMessage(ordinal {:#x})", self.ordinal())
    }
}
