//! Calls and responses.

use core::cell::RefCell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use super::error::ClientError;
use super::receive::{Core, change, txid};
use super::storage::State;
use crate::message::{Decoded, Empty, Flexible, FlexibleError, Header, Lease, Protocol, Strict, StrictError};
use crate::wire::{
    EncodeError, FlexibleErrorResult, FlexibleResult, FrameworkError, StrictErrorResult, Wire,
};

/// How a response travels: [`Strict`], [`Flexible`], [`Empty`], and for methods with an error type [`StrictError`] and
/// [`FlexibleError`]. A method with an error type is called like this:
///
/// ```text
/// let response = self.0.call::<RequestWire, StrictError<ResponseWire, ErrorWire>>(ordinal, false, request).await?;
/// Ok(response.view().map(From::from))        // Result<Result<Response, Error>, ClientError>
/// ```
pub trait ResponseBody: 'static {
    /// What a caller sees.
    type View<'f>;

    /// A decoded response.
    #[doc(hidden)]
    type Decoded;

    /// Validates a response.
    #[doc(hidden)]
    fn decode(lease: Lease<'static>) -> Result<Self::Decoded, ClientError>;

    /// The payload.
    #[doc(hidden)]
    fn view(decoded: &Self::Decoded) -> Self::View<'_>;
}

impl<T: Wire> ResponseBody for Strict<T> {
    type View<'f> = T::View<'f>;
    type Decoded = Decoded<'static, T>;

    fn decode(lease: Lease<'static>) -> Result<Decoded<'static, T>, ClientError> {
        Ok(lease.into_decoded::<T>()?)
    }

    fn view<'f>(decoded: &'f Decoded<'static, T>) -> T::View<'f> {
        decoded.view()
    }
}

impl<T: Wire> ResponseBody for Flexible<T> {
    type View<'f> = T::View<'f>;
    type Decoded = Decoded<'static, FlexibleResult<T>>;

    fn decode(lease: Lease<'static>) -> Result<Self::Decoded, ClientError> {
        let decoded = lease.into_decoded::<FlexibleResult<T>>()?;
        decoded.view().map(|_| ())?;
        Ok(decoded)
    }

    fn view<'f>(decoded: &'f Self::Decoded) -> T::View<'f> {
        match decoded.view() {
            Ok(view) => view,
            Err(FrameworkError) => unreachable!("`decode` lets only successes through"),
        }
    }
}

impl<T: Wire, E: Wire> ResponseBody for StrictError<T, E> {
    type View<'f> = Result<T::View<'f>, E::View<'f>>;
    type Decoded = Decoded<'static, StrictErrorResult<T, E>>;

    fn decode(lease: Lease<'static>) -> Result<Self::Decoded, ClientError> {
        Ok(lease.into_decoded()?)
    }

    fn view<'f>(decoded: &'f Self::Decoded) -> Self::View<'f> {
        decoded.view()
    }
}

impl<T: Wire, E: Wire> ResponseBody for FlexibleError<T, E> {
    type View<'f> = Result<T::View<'f>, E::View<'f>>;
    type Decoded = Decoded<'static, FlexibleErrorResult<T, E>>;

    fn decode(lease: Lease<'static>) -> Result<Self::Decoded, ClientError> {
        let decoded = lease.into_decoded::<FlexibleErrorResult<T, E>>()?;
        decoded.view().map(|_| ())?;
        Ok(decoded)
    }

    fn view<'f>(decoded: &'f Self::Decoded) -> Self::View<'f> {
        match decoded.view() {
            Ok(result) => result,
            Err(FrameworkError) => unreachable!("`decode` lets only the server's own answers through"),
        }
    }
}

impl ResponseBody for Empty {
    type View<'f> = ();
    type Decoded = ();

    fn decode(lease: Lease<'static>) -> Result<(), ClientError> {
        Ok(lease.decode_empty()?)
    }

    fn view((): &()) {}
}

/// A response that nobody looks into, as it came: for [`Reply::forward`](../server/struct.Reply.html#method.forward).
#[derive(Debug)]
pub struct Unread;

impl ResponseBody for Unread {
    type View<'f> = &'f Lease<'static>;
    type Decoded = Lease<'static>;

    fn decode(lease: Lease<'static>) -> Result<Lease<'static>, ClientError> {
        Ok(lease)
    }

    fn view<'f>(lease: &'f Lease<'static>) -> &'f Lease<'static> {
        lease
    }
}

/// Something that encodes a request behind its header.
pub trait EncodeRequest: FnOnce(Header, &mut Lease<'static>) -> Result<(), EncodeError> {}

impl<F: FnOnce(Header, &mut Lease<'static>) -> Result<(), EncodeError>> EncodeRequest for F {}

/// A call of a two-way method. Made by [`Client::call`](super::Client::call). Polled again behind its end, it stays pending.
#[must_use = "futures do nothing unless polled"]
pub struct Call<'c, P: Protocol, R, F, const N: usize, const E: usize> {
    core: &'c RefCell<Core<P, N, E>>,
    ordinal: u64,
    flexible: bool,
    /// Encodes the request; gone when it is encoded.
    encode: Option<F>,
    /// The call's slot, from the first poll on.
    slot: Option<usize>,
    /// The encoded request, while the channel is full.
    request: Option<Lease<'static>>,
    /// Whether the call is in the list of those that wait to be sent.
    queued: bool,
    /// It has had its end.
    finished: bool,
    response: PhantomData<fn() -> R>,
}

impl<'c, P: Protocol, R: ResponseBody, F: EncodeRequest, const N: usize, const E: usize>
    Call<'c, P, R, F, N, E>
{
    pub(super) fn new(core: &'c RefCell<Core<P, N, E>>, ordinal: u64, flexible: bool, encode: F) -> Self {
        Self {
            core,
            ordinal,
            flexible,
            encode: Some(encode),
            slot: None,
            request: None,
            queued: false,
            finished: false,
            response: PhantomData,
        }
    }

    /// Takes a slot.
    pub(super) fn start(&mut self, core: &mut Core<P, N, E>) -> Result<usize, ClientError> {
        if let Some(slot) = self.slot {
            return Ok(slot);
        }
        let Some(slot) = core.tables.free.take() else {
            core.counters.refused += 1;
            return Err(ClientError::TooManyCalls);
        };
        let entry = &mut core.tables.slots[slot];
        (entry.state, entry.ordinal) = (State::Sending, self.ordinal);
        entry.generation = entry.generation.wrapping_add(1);
        self.slot = Some(slot);
        Ok(slot)
    }

    /// Encodes and writes the request, if it is its turn; returns whether it has been written.
    pub(super) fn send(&mut self, core: &mut Core<P, N, E>, slot: usize) -> Result<bool, ClientError> {
        let first = core.tables.sending.front().is_none_or(|front| front == slot);
        if core.tables.blocked || !first {
            self.enqueue(core, slot);
            return Ok(false);
        }
        let Some(lease) = self.encoded(core, slot)? else {
            self.enqueue(core, slot);
            return Ok(false);
        };
        if !core.write(&lease)? {
            self.request = Some(lease);
            self.enqueue(core, slot);
            return Ok(false);
        }
        self.dequeue(core, slot);
        core.tables.slots[slot].state = State::Waiting;
        Ok(true)
    }

    /// The encoded request; `None` while another call's request is in the frame.
    fn encoded(
        &mut self,
        core: &mut Core<P, N, E>,
        slot: usize,
    ) -> Result<Option<Lease<'static>>, ClientError> {
        if let Some(lease) = self.request.take() {
            return Ok(Some(lease));
        }
        let Some(mut lease) = core.request_frame() else { return Ok(None) };
        let header = Header::new(txid(slot, core.tables.slots[slot].generation), self.ordinal, self.flexible);
        if let Some(encode) = self.encode.take() {
            encode(header, &mut lease)?;
        }
        Ok(Some(lease))
    }

    /// The response, if it has come.
    pub(super) fn take_response(
        &mut self,
        core: &mut Core<P, N, E>,
        slot: usize,
    ) -> Option<Result<Response<'c, P, R, N, E>, ClientError>> {
        if core.tables.slots[slot].state != State::Done {
            return core.tables.ended().map(Err);
        }
        let held = core.tables.slots[slot].frame.take()?;
        self.slot = None;
        let frame = held.index;
        match R::decode(held.lease) {
            Ok(decoded) => Some(Ok(Response { decoded: Some(decoded), core: self.core, slot, frame })),
            Err(error) => {
                core.give_back(slot, frame);
                if error.is_terminal() {
                    core.end(error);
                }
                Some(Err(error))
            }
        }
    }

    /// Goes as far as it can; returns the slot, and the response if it has come.
    fn advance(
        &mut self,
        core: &mut Core<P, N, E>,
    ) -> Result<(usize, Option<Response<'c, P, R, N, E>>), ClientError> {
        if let Some(error) = core.tables.ended()
            && self.slot.is_none_or(|slot| core.tables.slots[slot].state != State::Done)
        {
            return Err(error);
        }
        let slot = self.start(core)?;
        if core.tables.slots[slot].state == State::Sending {
            self.send(core, slot)?;
        }
        Ok((slot, self.take_response(core, slot).transpose()?))
    }

    fn enqueue(&mut self, core: &mut Core<P, N, E>, slot: usize) {
        if !self.queued {
            self.queued = true;
            core.tables.links.push_back(&mut core.tables.sending, slot);
        }
    }
}

impl<P: Protocol, R, F, const N: usize, const E: usize> Call<'_, P, R, F, N, E> {
    fn dequeue(&mut self, core: &mut Core<P, N, E>, slot: usize) {
        if mem::take(&mut self.queued) {
            core.tables.links.remove(&mut core.tables.sending, slot);
            core.wake_sender();
        }
    }

    /// Takes the call's waker, to be dropped while nothing is borrowed.
    fn take_waker(&self, core: &mut Core<P, N, E>) -> Option<Waker> {
        core.tables.take_waker(self.slot?)
    }

    /// Gives the call up, whose waker has been taken.
    fn give_up(&mut self, core: &mut Core<P, N, E>) {
        self.request = None;
        if let Some(slot) = self.slot.take() {
            self.dequeue(core, slot);
            self.abandon(core, slot);
        }
    }

    fn abandon(&mut self, core: &mut Core<P, N, E>, slot: usize) {
        match core.tables.slots[slot].state {
            // The transaction id stays taken until the response comes.
            State::Waiting if core.tables.ended().is_none() => {
                core.tables.slots[slot].state = State::Abandoned
            }
            State::Done => {
                let held = core.tables.slots[slot].frame.take();
                core.tables.slots[slot].frame = held.and_then(|held| core.emptied(held));
                core.free(slot);
            }
            _ => core.free(slot),
        }
    }
}

impl<'c, P: Protocol, R: ResponseBody, F: EncodeRequest, const N: usize, const E: usize> Future
    for Call<'c, P, R, F, N, E>
{
    type Output = Result<Response<'c, P, R, N, E>, ClientError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.finished {
            return Poll::Pending;
        }
        // Cloned, and the one before dropped, while nothing is borrowed.
        let mut waker = Some(cx.waker().clone());
        let mut before = None;
        let result = change(this.core, |core| {
            before = this.take_waker(core);
            match this.advance(core) {
                Ok((slot, None)) => {
                    core.tables.slots[slot].waker = waker.take();
                    Poll::Pending
                }
                Ok((_, Some(response))) => Poll::Ready(Ok(response)),
                Err(error) => {
                    this.give_up(core);
                    Poll::Ready(Err(error))
                }
            }
        });
        this.finished = result.is_ready();
        result
    }
}

// Nothing of a call is ever pinned: the closure is moved out to be called.
impl<P: Protocol, R, F, const N: usize, const E: usize> Unpin for Call<'_, P, R, F, N, E> {}

impl<P: Protocol, R, F, const N: usize, const E: usize> Drop for Call<'_, P, R, F, N, E> {
    fn drop(&mut self) {
        let core = self.core;
        let waker = change(core, |core| {
            let waker = self.take_waker(core);
            self.give_up(core);
            waker
        });
        drop(waker);
    }
}

impl<P: Protocol, R, F, const N: usize, const E: usize> fmt::Debug for Call<'_, P, R, F, N, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call(ordinal {:#x}, slot {:?})", self.ordinal, self.slot)
    }
}

/// A response, in the frame that it was read into. Dropping it frees that frame for the next call.
pub struct Response<'c, P: Protocol, R: ResponseBody, const N: usize, const E: usize> {
    /// `Some` until it is dropped.
    decoded: Option<R::Decoded>,
    core: &'c RefCell<Core<P, N, E>>,
    slot: usize,
    frame: usize,
}

impl<P: Protocol, R: ResponseBody, const N: usize, const E: usize> Response<'_, P, R, N, E> {
    /// The payload.
    pub fn view(&self) -> R::View<'_> {
        match &self.decoded {
            Some(decoded) => R::view(decoded),
            None => unreachable!("only dropping takes it"),
        }
    }
}

impl<P: Protocol, R: ResponseBody, const N: usize, const E: usize> Drop for Response<'_, P, R, N, E> {
    fn drop(&mut self) {
        // First the frame, so that it can be leased again.
        self.decoded = None;
        change(self.core, |core| core.give_back(self.slot, self.frame));
    }
}

impl<P: Protocol, R: ResponseBody, const N: usize, const E: usize> fmt::Debug for Response<'_, P, R, N, E>
where
    for<'f> R::View<'f>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
