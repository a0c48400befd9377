//! One connection, seen from the client: sending requests.

use core::cell::RefCell;
use core::fmt;

use super::call::{Call, EncodeRequest, ResponseBody, Unread};
use super::error::ClientError;
use super::event::NextEvent;
use super::receive::{Core, change};
use super::storage::Storage;
use crate::kernel::{Channel, Port, PortPacket, Status};
use crate::message::{Header, Lease, Protocol};
use crate::reactor::{Consumer, Delivered, Host, PacketKey, Reactor};
use crate::storage::Shared;
use crate::wire::{Encode, Wire};

/// The most calls one client can have in flight.
pub(super) const MAX_CALLS: usize = 1 << 16;

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests written, one-way ones too.
    pub requests: u64,
    /// Responses that found their call.
    pub responses: u64,
    /// Responses whose caller had gone.
    pub abandoned: u64,
    /// Events received.
    pub events: u64,
    /// Events dropped because nobody takes events.
    pub dropped_events: u64,
    /// Events that the protocol does not have, from a newer server.
    pub unknown_events: u64,
    /// Calls refused because as many were in flight as there is room for.
    pub refused: u64,
    /// Times a request had to wait until the channel was writable.
    pub blocked: u64,
}

impl Counters {
    pub(super) const NONE: Self = Self {
        requests: 0,
        responses: 0,
        abandoned: 0,
        events: 0,
        dropped_events: 0,
        unknown_events: 0,
        refused: 0,
        blocked: 0,
    };
}

/// An asynchronous client of the protocol `P`: up to `N` calls in flight, up to `E` events waiting to be taken.
///
/// Runs on the reactor it was made for. Dropping it closes the channel.
pub struct Client<'r, P: Protocol, const N: usize, const E: usize> {
    pub(super) core: Shared<RefCell<Core<P, N, E>>>,
    host: &'r dyn Host,
}

impl<'r, P: Protocol, const N: usize, const E: usize> Client<'r, P, N, E> {
    /// A client for the other end of `channel`.
    ///
    /// # Errors
    ///
    /// `ALREADY_BOUND` if a client uses the storage, `NO_RESOURCES` if the reactor has no place.
    pub fn new(
        reactor: &'r Reactor<'_>,
        storage: &'static Storage<P, N, E>,
        channel: impl Into<Channel>,
    ) -> Result<Self, Status> {
        let core = storage.take(channel.into()).ok_or(Status::ALREADY_BOUND)?.share();
        let attached = reactor.attach_shared(core.clone().map(|core| core as &dyn Consumer));
        let Some(attachment) = attached else {
            core.borrow_mut().release();
            return Err(Status::NO_RESOURCES);
        };
        core.borrow_mut().attachment = Some(attachment);
        Ok(Self { core, host: reactor })
    }

    /// Calls a two-way method.
    ///
    /// The request is encoded and written when the future is polled first. Dropping the future gives up the response. While a
    /// response or event is held that was too large for the schema's frames, from a newer server, a second one of that kind
    /// is not read, nor what comes behind it.
    pub fn call<Q: Wire, R: ResponseBody>(
        &self,
        ordinal: u64,
        flexible: bool,
        request: impl Encode<Q>,
    ) -> Call<'_, P, R, impl EncodeRequest, N, E> {
        let encode = |header, lease: &mut Lease<'static>| lease.encode::<Q>(header, request);
        Call::new(&self.core, ordinal, flexible, encode)
    }

    /// Calls a two-way method without a request payload.
    pub fn call_empty<R: ResponseBody>(
        &self,
        ordinal: u64,
        flexible: bool,
    ) -> Call<'_, P, R, impl EncodeRequest, N, E> {
        let encode = |header, lease: &mut Lease<'static>| lease.encode_empty(header);
        Call::new(&self.core, ordinal, flexible, encode)
    }

    /// Calls a two-way method with a request that another client has sent, as it came, and takes the response as it comes: what
    /// a proxy does. The handles are taken out of the request when the future is polled first.
    ///
    /// The request must fit the frames of the client's schema: a newer client's larger one is
    /// [`EncodeRule::OutOfSpace`](crate::wire::EncodeRule::OutOfSpace).
    pub fn forward<'c>(
        &'c self,
        ordinal: u64,
        flexible: bool,
        request: &'c Lease<'_>,
    ) -> Call<'c, P, Unread, impl EncodeRequest + 'c, N, E> {
        let encode = |header, lease: &mut Lease<'static>| lease.take_over(header, request);
        Call::new(&self.core, ordinal, flexible, encode)
    }

    /// Calls a one-way method with a request that another client has sent, as it came.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn forward_one_way(
        &self,
        ordinal: u64,
        flexible: bool,
        request: &Lease<'_>,
    ) -> Result<(), ClientError> {
        let header = Header::new(0, ordinal, flexible);
        change(&self.core, |core| core.send_one_way(|lease| lease.take_over(header, request)))
    }

    /// Calls a one-way method.
    ///
    /// # Errors
    ///
    /// [`ClientError::Full`] if the channel is full; [`ClientError::Encode`]; or why the connection has ended. A server that
    /// has closed its end is no error: the connection's end comes by the read path.
    pub fn send<Q: Wire>(
        &self,
        ordinal: u64,
        flexible: bool,
        request: impl Encode<Q>,
    ) -> Result<(), ClientError> {
        let header = Header::new(0, ordinal, flexible);
        change(&self.core, |core| core.send_one_way(|lease| lease.encode::<Q>(header, request)))
    }

    /// Calls a one-way method without a payload.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn send_empty(&self, ordinal: u64, flexible: bool) -> Result<(), ClientError> {
        let header = Header::new(0, ordinal, flexible);
        change(&self.core, |core| core.send_one_way(|lease| lease.encode_empty(header)))
    }

    /// Waits for an event. From the first such call on, events are kept until they are taken: when as many wait as there
    /// is room for, nothing more is read, and the server feels it. Before, they are dropped and counted.
    pub fn next_event(&self) -> NextEvent<'_, P, N, E> {
        NextEvent::new(&self.core)
    }

    /// How often what happened.
    pub fn counters(&self) -> Counters {
        self.core.borrow().counters
    }

    /// Why the connection has ended, if it has.
    pub fn ended(&self) -> Option<ClientError> {
        self.core.borrow().tables().ended()
    }
}

impl<P: Protocol, const N: usize, const E: usize> Drop for Client<'_, P, N, E> {
    fn drop(&mut self) {
        let mut core = self.core.borrow_mut();
        if let Some(attachment) = core.attachment.take() {
            self.host.detach(attachment.consumer);
        }
        core.release();
    }
}

impl<P: Protocol, const N: usize, const E: usize> fmt::Debug for Client<'_, P, N, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({}, {:?})", P::NAME, self.counters())
    }
}

impl<P: Protocol, const N: usize, const E: usize> Consumer for RefCell<Core<P, N, E>> {
    fn packet(&self, _: &Port, key: PacketKey, packet: &PortPacket) -> Delivered {
        let current = change(self, |core| core.packet(key, packet));
        if current { Delivered::Turn } else { Delivered::Stale }
    }

    fn turn(&self, port: &Port) -> bool {
        change(self, |core| core.turn(port))
    }

    fn waits(&self) -> usize {
        // Readable and writable.
        2
    }

    fn leave(&self, port: &Port) {
        change(self, |core| core.leave(port));
    }
}
