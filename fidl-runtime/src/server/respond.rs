//! Answers written straight into the reply's frame.

use core::convert::Infallible;
use core::fmt;
use core::marker::PhantomData;

use crate::message::{Flexible, FlexibleError, Header, Place, Strict, StrictError};
use crate::wire::{
    Encode, EncodeError, FlexibleErrorResult, FlexibleResult, FrameworkError, StrictErrorResult, Wire,
};

/// Where a handler answers whose response may be large, or refer to what lives only as long as the handler: it is written
/// into the reply's frame at once, and nothing of it is kept.
///
/// `R` is how the response travels. The answer may be a value, or a builder, whose members and elements are never together
/// in memory but in the frame:
///
/// ```text
/// async fn list(&self, request: ListRequest<'_>, responder: ListResponder<'_>) -> Sent {
///     let files = self.files.borrow();
///     let entries = files.iter().map(|file| EntryBuilder::EMPTY.name(&file.name).size(file.size));
///     responder.send(DirectoryListResponseBuilder::EMPTY.entries(fidl::each(entries)))
/// }
/// ```
///
/// What cannot be encoded ends the connection, with
/// [`CloseReason::EncodeFailure`](crate::server::CloseReason::EncodeFailure).
#[must_use = "a two-way method has to be answered"]
pub struct Responder<'a, R> {
    pub(super) header: Header,
    pub(super) place: Place<'a>,
    pub(super) result: &'a mut Option<Result<(), EncodeError>>,
    pub(super) form: PhantomData<fn() -> R>,
}

/// The proof that a handler has answered. Made by a [`Responder`].
#[must_use = "a handler returns it"]
#[derive(Debug)]
pub struct Sent(());

impl<R> Responder<'_, R> {
    fn encode<T: Wire>(self, value: impl Encode<T>) -> Sent {
        *self.result = Some(self.place.encode::<T>(self.header, value));
        Sent(())
    }
}

impl<T: Wire> Responder<'_, Strict<T>> {
    /// Answers.
    pub fn send(self, response: impl Encode<T>) -> Sent {
        self.encode::<T>(response)
    }
}

impl<T: Wire> Responder<'_, Flexible<T>> {
    /// Answers.
    pub fn send(self, response: impl Encode<T>) -> Sent {
        self.encode::<FlexibleResult<T>>(Ok::<_, FrameworkError>(response))
    }
}

impl<T: Wire, E: Wire> Responder<'_, StrictError<T, E>> {
    /// Answers with the method's success.
    pub fn send(self, response: impl Encode<T>) -> Sent {
        self.encode::<StrictErrorResult<T, E>>(Ok::<_, Infallible>(response))
    }

    /// Answers with an error of the method's own. It is an answer like any other, and the connection goes on.
    pub fn fail(self, error: impl Encode<E>) -> Sent {
        self.encode::<StrictErrorResult<T, E>>(Err::<Infallible, _>(error))
    }

    /// Answers with one or the other.
    pub fn reply(self, response: Result<impl Encode<T>, impl Encode<E>>) -> Sent {
        match response {
            Ok(response) => self.send(response),
            Err(error) => self.fail(error),
        }
    }
}

impl<T: Wire, E: Wire> Responder<'_, FlexibleError<T, E>> {
    /// Answers with the method's success.
    pub fn send(self, response: impl Encode<T>) -> Sent {
        self.encode::<FlexibleErrorResult<T, E>>(Ok::<_, FrameworkError>(Ok::<_, Infallible>(response)))
    }

    /// Answers with an error of the method's own. It is an answer like any other, and the connection goes on.
    pub fn fail(self, error: impl Encode<E>) -> Sent {
        self.encode::<FlexibleErrorResult<T, E>>(Ok::<_, FrameworkError>(Err::<Infallible, _>(error)))
    }

    /// Answers with one or the other.
    pub fn reply(self, response: Result<impl Encode<T>, impl Encode<E>>) -> Sent {
        match response {
            Ok(response) => self.send(response),
            Err(error) => self.fail(error),
        }
    }
}

impl<R> fmt::Debug for Responder<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Responder({:?})", self.header)
    }
}
