//! A server of the echo protocol.

use std::cell::Cell;
use std::future::poll_fn;
use std::io::{Write, stderr};
use std::task::{Poll, Waker};

use fidl::server::{CloseReason, ConnectionId, Sent};

use super::faults::page_faults;
use crate::example_echo::echo::{self, Events as _};

/// Says back what it is told, and counts.
#[derive(Default)]
pub(crate) struct EchoServer {
    requests: Cell<u64>,
    opened: Cell<u64>,
    closed: Cell<u64>,
    /// Page faults of the process before the first request.
    faults_before: Cell<u64>,
    /// Those since, at the end of the last connection.
    faults: Cell<u64>,
    /// Woken when a connection begins or ends.
    waiting: Cell<Option<Waker>>,
}

impl EchoServer {
    /// Waits until this many connections have begun.
    pub(crate) async fn opened(&self, connections: u64) {
        self.reaches(&self.opened, connections).await
    }

    /// Waits until this many connections have ended.
    pub(crate) async fn closed(&self, connections: u64) {
        self.reaches(&self.closed, connections).await
    }

    async fn reaches(&self, number: &Cell<u64>, goal: u64) {
        poll_fn(|cx| {
            self.waiting.set(Some(cx.waker().clone()));
            if number.get() < goal { Poll::Pending } else { Poll::Ready(()) }
        })
        .await
    }

    fn count_connection(&self, number: &Cell<u64>) {
        number.set(number.get() + 1);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// Page faults of the process between the first request and the last.
    pub(crate) fn page_faults(&self) -> u64 {
        self.faults.get()
    }

    fn count_request(&self) {
        if self.requests.get() == 0 {
            self.faults_before.set(page_faults());
        }
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

    fn connection_opened(&self, _: echo::Connection<'_>) {
        self.count_connection(&self.opened);
    }

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        if *reason != CloseReason::PeerClosed {
            // Nobody may be there to read it; that is no reason to panic.
            let _ = writeln!(stderr(), "a connection ended: {reason}");
        }
        self.faults.set(page_faults() - self.faults_before.get());
        self.count_connection(&self.closed);
    }
}
