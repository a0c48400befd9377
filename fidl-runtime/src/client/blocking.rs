//! Calls that block their thread.

use core::cell::RefCell;
use core::fmt;

use super::call::{Call, Response, ResponseBody};
use super::channel::Counters;
use super::error::ClientError;
use super::event::EventMessage;
use super::receive::{Core, Received};
use super::storage::{State, Storage};
use crate::kernel::{self, Channel, Instant, Signals, Status};
use crate::message::{Header, Lease, Protocol};
use crate::storage::Claimed;
use crate::wire::{Encode, EncodeError, Wire};

/// A client of the protocol `P` that blocks its thread while it waits; up to `E` events wait to be taken.
///
/// Needs no reactor, and may go from thread to thread. Dropping it closes the channel.
pub struct BlockingClient<P: Protocol, const N: usize, const E: usize> {
    core: Claimed<RefCell<Core<P, N, E>>>,
}

impl<P: Protocol, const N: usize, const E: usize> BlockingClient<P, N, E> {
    /// A client for the other end of `channel`.
    ///
    /// # Errors
    ///
    /// `ALREADY_BOUND` if a client uses the storage.
    pub fn new(storage: &'static Storage<P, N, E>, channel: impl Into<Channel>) -> Result<Self, Status> {
        Ok(Self { core: storage.take(channel.into()).ok_or(Status::ALREADY_BOUND)? })
    }

    /// Calls a two-way method and waits for the response until `deadline`.
    ///
    /// # Errors
    ///
    /// [`ClientError::TimedOut`] at the deadline: a response that comes later is dropped. So it is for a response that is too
    /// large for the schema's frames, from a newer server, while another one like that is held. Else why the call failed, or
    /// why the connection has ended.
    pub fn call<Q: Wire, R: ResponseBody>(
        &self,
        ordinal: u64,
        flexible: bool,
        request: impl Encode<Q>,
        deadline: Instant,
    ) -> Result<Response<'_, P, R, N, E>, ClientError> {
        self.run(ordinal, flexible, |header, lease| lease.encode::<Q>(header, request), deadline)
    }

    /// Calls a two-way method without a request payload and waits for the response until `deadline`.
    ///
    /// # Errors
    ///
    /// As for [`call`](Self::call).
    pub fn call_empty<R: ResponseBody>(
        &self,
        ordinal: u64,
        flexible: bool,
        deadline: Instant,
    ) -> Result<Response<'_, P, R, N, E>, ClientError> {
        self.run(ordinal, flexible, |header, lease| lease.encode_empty(header), deadline)
    }

    /// Calls a one-way method, waiting until `deadline` for room in the channel.
    ///
    /// # Errors
    ///
    /// [`ClientError::TimedOut`]; [`ClientError::Encode`]; why the connection has ended.
    pub fn send<Q: Wire>(
        &self,
        ordinal: u64,
        flexible: bool,
        request: impl Encode<Q>,
        deadline: Instant,
    ) -> Result<(), ClientError> {
        self.write(|lease| lease.encode::<Q>(Header::new(0, ordinal, flexible), request), deadline)
    }

    /// Calls a one-way method without a payload, waiting until `deadline` for room in the channel.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn send_empty(&self, ordinal: u64, flexible: bool, deadline: Instant) -> Result<(), ClientError> {
        self.write(|lease| lease.encode_empty(Header::new(0, ordinal, flexible)), deadline)
    }

    /// Waits for an event until `deadline`. From the first such call on, events that come during calls are kept, as many
    /// as there is room for; when more come, calls wait until some are taken. Before, they are dropped and counted.
    ///
    /// # Errors
    ///
    /// [`ClientError::TimedOut`]; why the connection has ended.
    pub fn next_event(&self, deadline: Instant) -> Result<EventMessage<'_, P, N, E>, ClientError> {
        const { assert!(E > 0, "a client that takes events needs room for one") };
        self.core.borrow_mut().tables.listening = true;
        let mut read = false;
        loop {
            let core = &mut *self.core.borrow_mut();
            if let Some(event) = EventMessage::take(&self.core, core) {
                return Ok(event);
            }
            if let Some(error) = core.tables.ended() {
                return Err(error);
            }
            read = self.progress(core, Signals::CHANNEL_READABLE, read, deadline)?;
        }
    }

    /// How often what happened.
    pub fn counters(&self) -> Counters {
        self.core.borrow().counters
    }

    fn run<R: ResponseBody>(
        &self,
        ordinal: u64,
        flexible: bool,
        encode: impl FnOnce(Header, &mut Lease<'static>) -> Result<(), EncodeError>,
        deadline: Instant,
    ) -> Result<Response<'_, P, R, N, E>, ClientError> {
        self.read_late_replies(deadline);
        let mut call = Call::new(&self.core, ordinal, flexible, encode);
        let result = self.drive(&mut call, deadline);
        drop(call);
        result
    }

    /// Where no place is free, those of calls that timed out may be: their replies have come and were not read.
    fn read_late_replies(&self, deadline: Instant) {
        let core = &mut *self.core.borrow_mut();
        while core.tables.free.is_empty() && core.receive() == Received::Message && Instant::now() < deadline
        {
        }
    }

    fn drive<'c, R: ResponseBody, F>(
        &'c self,
        call: &mut Call<'c, P, R, F, N, E>,
        deadline: Instant,
    ) -> Result<Response<'c, P, R, N, E>, ClientError>
    where
        F: FnOnce(Header, &mut Lease<'static>) -> Result<(), EncodeError>,
    {
        let mut read = false;
        loop {
            let core = &mut *self.core.borrow_mut();
            if let Some(error) = core.tables.ended() {
                return Err(error);
            }
            let slot = call.start(core)?;
            let sending = core.tables.slots[slot].state == State::Sending;
            if sending && !call.send(core, slot)? {
                let signals = Signals::CHANNEL_WRITABLE | Signals::CHANNEL_READABLE;
                read = self.progress(core, signals, read, deadline)?;
                continue;
            }
            if let Some(result) = call.take_response(core, slot) {
                return result;
            }
            read = self.progress(core, Signals::CHANNEL_READABLE, read, deadline)?;
        }
    }

    fn write(
        &self,
        encode: impl FnOnce(&mut Lease<'static>) -> Result<(), EncodeError>,
        deadline: Instant,
    ) -> Result<(), ClientError> {
        let core = &mut *self.core.borrow_mut();
        if let Some(error) = core.tables.ended() {
            return Err(error);
        }
        let mut lease = core.request_frame().ok_or(ClientError::Full)?;
        encode(&mut lease)?;
        let mut read = false;
        while !core.write(&lease)? {
            let signals = Signals::CHANNEL_WRITABLE | Signals::CHANNEL_READABLE;
            read = self.progress(core, signals, read, deadline)?;
            if let Some(error) = core.tables.ended() {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Reads a message, or waits for one of `signals`; returns whether it has read one.
    ///
    /// The clock is looked at behind a message that was not the one waited for, too (`read`): a server that never stops
    /// sending does not put the deadline off.
    fn progress(
        &self,
        core: &mut Core<P, N, E>,
        signals: Signals,
        read: bool,
        deadline: Instant,
    ) -> Result<bool, ClientError> {
        if read && Instant::now() >= deadline {
            return Err(ClientError::TimedOut);
        }
        let wanted = match core.receive() {
            Received::Message => return Ok(true),
            Received::Nothing => signals | Signals::CHANNEL_PEER_CLOSED,
            Received::Stop => match core.tables.ended() {
                // A response may have come before the end; the caller looks once more and then finds the end.
                Some(_) => return Ok(false),
                // A message for which there is no room: nothing is read until another one is dropped, not even that the
                // server is gone.
                None if signals.contains(Signals::CHANNEL_WRITABLE) => {
                    Signals::CHANNEL_WRITABLE | Signals::CHANNEL_PEER_CLOSED
                }
                None => Signals::NONE,
            },
        };
        match kernel::wait_one(core.handle(), wanted, deadline) {
            Ok(_) => {
                core.tables.blocked = false;
                Ok(false)
            }
            Err(Status::TIMED_OUT) => Err(ClientError::TimedOut),
            Err(status) => Err(ClientError::Read(status)),
        }
    }
}

impl<P: Protocol, const N: usize, const E: usize> Drop for BlockingClient<P, N, E> {
    fn drop(&mut self) {
        self.core.borrow_mut().release();
    }
}

impl<P: Protocol, const N: usize, const E: usize> fmt::Debug for BlockingClient<P, N, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockingClient({}, {:?})", P::NAME, self.counters())
    }
}
