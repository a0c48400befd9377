//! A server of the echo protocol.

use std::cell::Cell;
use std::future::poll_fn;
use std::io::{Write, stderr};
use std::task::{Poll, Waker};

use fidl::server::{CloseReason, ConnectionId, Sent};

use crate::example_echo::echo::{self, Events as _};

/// Says back what it is told, and counts.
#[derive(Default)]
pub(crate) struct EchoServer {
    requests: Cell<u64>,
    closed: Cell<u64>,
    /// Woken when a connection ends.
    waiting: Cell<Option<Waker>>,
}

impl EchoServer {
    /// Waits until this many connections have ended.
    pub(crate) async fn closed(&self, connections: u64) {
        poll_fn(|cx| {
            self.waiting.set(Some(cx.waker().clone()));
            if self.closed.get() < connections { Poll::Pending } else { Poll::Ready(()) }
        })
        .await
    }

    fn count_request(&self) {
        self.requests.set(self.requests.get() + 1);
    }
}

impl echo::Server for EchoServer {
    // The response borrows from the request: the bytes are copied once, from frame to frame.
    async fn echo(&self, request: echo::EchoRequest<'_>, responder: echo::EchoResponder<'_>) -> Sent {
        self.count_request();
        responder.send(echo::EchoResponse { data: request.data() })
    }

    async fn say(&self, request: echo::SayRequest<'_>, responder: echo::SayResponder<'_>) -> Sent {
        self.count_request();
        responder.send(echo::SayResponse { text: request.text() })
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        self.count_request();
        echo::CountResponse { requests: self.requests.get() }
    }

    async fn announce(&self, request: echo::AnnounceRequest<'_>) {
        self.count_request();
        // A client that does not read its events misses some.
        let _ = request.connection().heard(request.text());
    }

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        if *reason != CloseReason::PeerClosed {
            // Nobody may be there to read it; that is no reason to panic.
            let _ = writeln!(stderr(), "a connection ended: {reason}");
        }
        self.closed.set(self.closed.get() + 1);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }
}
