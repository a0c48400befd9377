//! Between the dispatcher and a protocol's handlers.

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::ops::Deref;

use super::close::CloseReason;
use super::connection::{Connection, ConnectionId};
use super::place::Handler;
use super::respond::Responder;
use crate::message::{Header, Lease};
use crate::message::{Method, Protocol, UnknownMethod};
use crate::wire::{
    Body, DecodeError, EmptyStruct, Encode, EncodeError, EncodeRule, FlexibleErrorResult, FlexibleResult,
    FrameworkError, StrictErrorResult, Wire,
};

/// How the requests of a protocol reach a server. Generated for each protocol; can be written by hand.
pub trait Binding: 'static {
    /// The protocol.
    type Protocol: Protocol;

    /// The server that handles its requests.
    type Server: 'static;

    /// What each handler needs, so that a service whose slots become too large can say because of which.
    const HANDLERS: &'static [Handler] = &[];

    /// Handles one request: decodes it, runs the handler, encodes the reply.
    ///
    /// [`Call::method`] says which method of [`Protocol::METHODS`] it is. Requests of one connection are begun in the
    /// order of their arrival.
    fn dispatch<'s>(
        server: &'s Self::Server,
        call: Call<'s, Self::Protocol>,
    ) -> impl Future<Output = Outcome<'s>>;

    /// A connection was accepted.
    fn connected(_server: &Self::Server, _connection: Connection<'_, Self::Protocol>) {}

    /// A connection ended.
    fn closed(_server: &Self::Server, _connection: ConnectionId, _reason: &CloseReason) {}

    /// A flexible method came that the protocol does not have. Its handles are closed, and if it was two-way it has been
    /// answered.
    fn unknown_method(
        _server: &Self::Server,
        _connection: Connection<'_, Self::Protocol>,
        _method: UnknownMethod,
    ) {
    }
}

/// One request in flight.
pub struct Call<'s, P: Protocol> {
    pub(super) method: usize,
    pub(super) request: Lease<'s>,
    pub(super) reply: Reply<'s, P>,
}

impl<'s, P: Protocol> Call<'s, P> {
    /// The method's index in [`Protocol::METHODS`].
    pub fn method(&self) -> usize {
        self.method
    }

    /// The request and the way back.
    pub fn split(self) -> (Incoming<'s>, Reply<'s, P>) {
        (Incoming { lease: self.request, restore: None }, self.reply)
    }
}

impl<P: Protocol> fmt::Debug for Call<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({:?})", P::METHODS.get(self.method))
    }
}

/// A request as it was read.
///
/// A proxy sends it on: as it came, or looked into by [`inspect`](Self::inspect).
///
/// ```text
/// let (mut request, reply) = call.split();
/// match request.inspect::<EchoSayRequestWire>() {
///     Ok(body) => log(body.view()),
///     Err(error) => return reply.refuse(error),
/// }
/// match upstream.forward(ordinal, flexible, request.as_received()).await {
///     Ok(response) => reply.forward(response.view()),
///     Err(_) => {
///         reply.connection().close_with_epitaph(Status::PEER_CLOSED);
///         reply.done()
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Incoming<'s> {
    lease: Lease<'s>,
    /// Undoes an inspection.
    restore: Option<fn(&mut Lease<'s>)>,
}

impl<'s> Incoming<'s> {
    /// Validates the request's body, for it to be sent on: the handles of data that the schema does not know are kept, and
    /// [`as_received`](Self::as_received) undoes what the walk writes over the markers. It may be done again.
    ///
    /// # Errors
    ///
    /// The first rule that it breaks; see [`Reply::refuse`]. The request cannot be sent on then.
    pub fn inspect<T: Wire>(&mut self) -> Result<Body<'_, T>, DecodeError> {
        self.as_received();
        self.lease.inspect::<T>().inspect(|_| self.restore = Some(Lease::restore::<T>))
    }

    /// The message as it came, to be sent on, without the handles that have been taken out of it. A request that has been
    /// [decoded](Self::decode) is no message any more, and its next receiver will end the connection.
    pub fn as_received(&mut self) -> &Lease<'s> {
        if let Some(restore) = self.restore.take() {
            restore(&mut self.lease);
        }
        &self.lease
    }

    /// Validates the request's body.
    ///
    /// # Errors
    ///
    /// The first rule that it breaks; see [`Reply::refuse`].
    pub fn decode<T: Wire>(&mut self) -> Result<Body<'_, T>, DecodeError> {
        self.as_received();
        self.lease.decode()
    }

    /// Checks that the request has no body.
    ///
    /// # Errors
    ///
    /// The rule that is broken; see [`Reply::refuse`].
    pub fn decode_empty(&self) -> Result<(), DecodeError> {
        self.lease.decode_empty()
    }
}

/// The way back to the client: every call ends by using it up.
pub struct Reply<'s, P: Protocol> {
    /// The call's number in the service.
    pub(super) call: u32,
    pub(super) txid: u32,
    pub(super) method: Method,
    pub(super) lease: Lease<'s>,
    pub(super) connection: Connection<'s, P>,
    /// What came of a [`Responder`].
    pub(super) sent: Option<Result<(), EncodeError>>,
}

impl<'s, P: Protocol> Reply<'s, P> {
    /// The connection that the request came on.
    pub fn connection(&self) -> Connection<'s, P> {
        self.connection
    }

    /// Answers with a payload, a struct, table or union, where the method has no error type.
    ///
    /// For flexible methods, it travels in the result union.
    pub fn send<T: Wire>(mut self, response: impl Encode<T>) -> Outcome<'s> {
        let header = self.header();
        let result = if self.method.flexible {
            self.lease.encode::<FlexibleResult<T>>(header, Ok::<_, FrameworkError>(response))
        } else {
            self.lease.encode::<T>(header, response)
        };
        self.encoded(result)
    }

    /// Answers with a payload, or with an error of the method's own: for methods with an error type. Either is a reply like
    /// any other, and the connection goes on.
    ///
    /// `T` is the payload's wire type, [`EmptyStruct`] if there is none; `E` the error's: [`I32`](crate::wire::I32),
    /// [`U32`](crate::wire::U32) or an enum's. Generated code hands over what the handler returns:
    ///
    /// ```text
    /// let response = server.divide(request).await;                   // Result<DivideResponse, DivideError>
    /// reply.send_result::<DivideResponseWire, DivideErrorWire>(response)
    /// ```
    pub fn send_result<T: Wire, E: Wire>(
        mut self,
        response: Result<impl Encode<T>, impl Encode<E>>,
    ) -> Outcome<'s> {
        let header = self.header();
        let result = if self.method.flexible {
            let response = Ok::<_, FrameworkError>(response);
            self.lease.encode::<FlexibleErrorResult<T, E>>(header, response)
        } else {
            self.lease.encode::<StrictErrorResult<T, E>>(header, response)
        };
        self.encoded(result)
    }

    /// Answers without a payload, where the method has no error type.
    pub fn send_empty(mut self) -> Outcome<'s> {
        if self.method.flexible {
            return self.send::<EmptyStruct>(&());
        }
        let result = self.lease.encode_empty(self.header());
        self.encoded(result)
    }

    /// Lets a handler write its answer: of the form `R`, which is the method's. [`finish`](Self::finish) comes behind it.
    pub fn responder<R>(&mut self) -> Responder<'_, R> {
        let header = self.header();
        // What an earlier one has written is dropped with the frame's content.
        self.sent = None;
        Responder { header, place: self.lease.place(), result: &mut self.sent, form: PhantomData }
    }

    /// Ends a call whose handler has answered through a [`responder`](Self::responder). If it has not, for it had a proof from
    /// elsewhere, the connection is closed.
    pub fn finish(self) -> Outcome<'s> {
        let result = self.sent.unwrap_or(Err(EncodeError::new(EncodeRule::Absent)));
        self.encoded(result)
    }

    /// Answers with a response that another server has given to the same method, as it came.
    pub fn forward(mut self, response: &Lease<'_>) -> Outcome<'s> {
        let header = self.header();
        let result = self.lease.take_over(header, response);
        self.encoded(result)
    }

    /// Ends a one-way call.
    pub fn done(self) -> Outcome<'s> {
        Outcome { call: self.call, end: End::Done }
    }

    /// Ends a call whose request does not decode: the connection is closed.
    pub fn refuse(self, error: DecodeError) -> Outcome<'s> {
        Outcome { call: self.call, end: End::Refused(error) }
    }

    /// Answers that the method is unknown.
    pub(super) fn send_unknown(mut self) -> Outcome<'s> {
        let unknown: Result<&(), FrameworkError> = Err(FrameworkError);
        let header = self.header();
        let result = self.lease.encode::<FlexibleResult<EmptyStruct>>(header, unknown);
        self.encoded(result)
    }

    fn header(&self) -> Header {
        Header::new(self.txid, self.method.ordinal, self.method.flexible)
    }

    fn encoded(self, result: Result<(), EncodeError>) -> Outcome<'s> {
        let end = match result {
            Ok(()) => End::Reply(self.lease),
            Err(error) => End::Unsendable(error),
        };
        Outcome { call: self.call, end }
    }
}

impl<P: Protocol> fmt::Debug for Reply<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply(to {}, txid {})", self.method.name, self.txid)
    }
}

/// How a call ended. Made by [`Reply`].
#[derive(Debug)]
pub struct Outcome<'s> {
    pub(super) call: u32,
    pub(super) end: End<'s>,
}

#[derive(Debug)]
pub(super) enum End<'s> {
    Reply(Lease<'s>),
    Done,
    Refused(DecodeError),
    Unsendable(EncodeError),
}

/// A request as its handler sees it: the view of its payload, by `Deref`, and the connection it came on.
pub struct Request<'f, V, P: Protocol> {
    view: V,
    connection: Connection<'f, P>,
}

impl<'f, V: Copy, P: Protocol> Request<'f, V, P> {
    /// A request with this payload.
    pub fn new(view: V, connection: Connection<'f, P>) -> Self {
        Self { view, connection }
    }

    /// The payload.
    pub fn view(&self) -> V {
        self.view
    }

    /// The connection that the request came on.
    pub fn connection(&self) -> Connection<'f, P> {
        self.connection
    }
}

impl<V, P: Protocol> Deref for Request<'_, V, P> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.view
    }
}

impl<V: fmt::Debug, P: Protocol> fmt::Debug for Request<'_, V, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view.fmt(f)
    }
}
