//! The server of all scenarios.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use fidl::server::{CloseReason, ConnectionId, EventError, Sent};

use schema::example_echo::echo::{self, Events as _};

/// The protocol.
#[allow(dead_code, unreachable_pub, reason = "a schema has more than one program uses")]
pub(crate) mod schema {
    fidl::include_schema!("example_echo");
}

#[derive(Default)]
pub(crate) struct Server {
    /// How often a handler lets others go first.
    pub(crate) yields: u32,
    /// Whether `Count` allocates.
    pub(crate) allocates: bool,
    pub(crate) closed: Cell<u32>,
    pub(crate) waiting: Cell<Option<Waker>>,
}

impl Server {
    /// Waits until this many connections have ended.
    pub(crate) async fn ended(&self, connections: u32) {
        poll_fn(|cx| {
            self.waiting.set(Some(cx.waker().clone()));
            if self.closed.get() >= connections { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    async fn wait(&self) {
        for _ in 0..self.yields {
            yield_now().await;
        }
    }
}

/// Lets others go first.
pub(crate) async fn yield_now() {
    let mut again = true;
    poll_fn(|cx| {
        if !std::mem::take(&mut again) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl echo::Server for Server {
    async fn echo(&self, request: echo::EchoRequest<'_>, responder: echo::EchoResponder<'_>) -> Sent {
        self.wait().await;
        responder.send(echo::EchoResponse { data: request.data() })
    }

    async fn say(&self, request: echo::SayRequest<'_>, responder: echo::SayResponder<'_>) -> Sent {
        self.wait().await;
        responder.send(echo::SayResponse { text: request.text() })
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        if self.allocates {
            std::hint::black_box(Box::new(1u64));
        }
        echo::CountResponse { requests: 0 }
    }

    /// Sends as many events as the text has bytes.
    async fn announce(&self, request: echo::AnnounceRequest<'_>) {
        let connection = request.connection();
        for _ in request.text().bytes() {
            while let Err(EventError::Full) = connection.heard(request.text()) {
                connection.writable().await;
            }
        }
    }

    fn connection_closed(&self, _: ConnectionId, _: &CloseReason) {
        self.closed.set(self.closed.get() + 1);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }
}

/// A server for several threads.
pub(crate) struct Parallel;

impl echo::Server for Parallel {
    async fn echo(&self, request: echo::EchoRequest<'_>, responder: echo::EchoResponder<'_>) -> Sent {
        yield_now().await;
        responder.send(echo::EchoResponse { data: request.data() })
    }

    async fn say(&self, request: echo::SayRequest<'_>, responder: echo::SayResponder<'_>) -> Sent {
        responder.send(echo::SayResponse { text: request.text() })
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        echo::CountResponse { requests: 0 }
    }

    async fn announce(&self, _: echo::AnnounceRequest<'_>) {}
}
