//! A server that does what its requests say, for each protocol, and how to get at it.
#![allow(dead_code, unused_macros, unused_imports, reason = "each test uses its part")]

use std::cell::{Cell, RefCell};
use std::future::{Future as _, poll_fn};
use std::task::Poll;

use futures::stream::{FuturesUnordered, StreamExt as _};

use fidl::Reactor;
use fidl::kernel::create_endpoints;
use fidl::server::{Binding, CloseReason, ConnectionId, Dispatch, EventError, Running, Sent};

use crate::schema::example_echo::echo::{self, Echo, Events as _};
use crate::schema::test_openness::{closed, open};
use crate::support::{CountDrop, FLEXIBLE, Gate, Peer, STRICT, data, message, ordinal, run_until};

/// A server whose handlers wait where their text says: behind gate `a`, behind gate `b`, or not at all.
#[derive(Default)]
pub(crate) struct Gated {
    pub(crate) a: Gate,
    pub(crate) b: Gate,
    pub(crate) lines: RefCell<Vec<String>>,
    pub(crate) reasons: RefCell<Vec<CloseReason>>,
    /// Handlers whose futures were dropped, finished or not.
    pub(crate) dropped: Cell<usize>,
    /// Events sent so far, and how often the channel was full.
    pub(crate) events: Cell<u32>,
    pub(crate) full: Cell<u32>,
}

impl Gated {
    pub(crate) async fn wait(&self, text: &str) {
        let _dropped = CountDrop(&self.dropped);
        self.lines.borrow_mut().push(format!("start {text}"));
        match text.as_bytes().first() {
            Some(b'a') => self.a.pass().await,
            Some(b'b') => self.b.pass().await,
            _ => {}
        }
        self.lines.borrow_mut().push(format!("end {text}"));
    }

    /// Forgets what has happened.
    pub(crate) fn forget(&self) {
        self.reasons.take();
        self.lines.take();
        self.dropped.take();
    }

    pub(crate) fn started(&self) -> usize {
        self.lines.borrow().iter().filter(|line| line.starts_with("start")).count()
    }
}

impl echo::Server for Gated {
    async fn echo(&self, request: echo::EchoRequest<'_>, responder: echo::EchoResponder<'_>) -> Sent {
        if request.data() == b"long" {
            return responder.send(echo::EchoResponse { data: &[0; 8193] });
        }
        responder.send(echo::EchoResponse { data: request.data() })
    }

    async fn say(&self, request: echo::SayRequest<'_>, responder: echo::SayResponder<'_>) -> Sent {
        self.wait(request.text()).await;
        responder.send(echo::SayResponse { text: request.text() })
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        echo::CountResponse { requests: 0 }
    }

    /// Sends as many events as the text has characters; `!` in front: none may be refused.
    async fn announce(&self, request: echo::AnnounceRequest<'_>) {
        let connection = request.connection();
        if request.text() == "long" {
            let refused = connection.heard(&"x".repeat(257));
            return self.lines.borrow_mut().push(format!("{refused:?}"));
        }
        if request.text() == "waits" {
            while connection.heard("x").is_ok() {}
            waits(connection).await;
            return self.lines.borrow_mut().push("room".into());
        }
        let (wait, text) = match request.text().strip_prefix('!') {
            Some(count) => (true, count),
            None => (false, request.text()),
        };
        for _ in 0..text.parse().unwrap_or(0) {
            loop {
                match connection.heard(&format!("{}", self.events.get())) {
                    Ok(()) => break self.events.set(self.events.get() + 1),
                    Err(EventError::Full) if wait => {
                        self.full.set(self.full.get() + 1);
                        connection.writable().await;
                    }
                    Err(error) => return self.lines.borrow_mut().push(format!("{error:?}")),
                }
            }
        }
    }

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

/// Waits for room in 12 tasks, which are polled for no reason; every third gives up behind some polls.
async fn waits(connection: echo::Connection<'_>) {
    let waits = FuturesUnordered::new();
    for index in 0..12 {
        let mut wait = Some(Box::pin(connection.writable()));
        let mut polls = 0;
        waits.push(poll_fn(move |cx| {
            polls += 1;
            if index % 3 == 0 && polls == 1 + index / 3 {
                wait = None;
            }
            let Some(wait) = &mut wait else { return Poll::Ready(()) };
            if polls < 6 {
                cx.waker().wake_by_ref();
            }
            wait.as_mut().poll(cx)
        }));
    }
    waits.collect::<()>().await;
}

impl open::Server for Gated {
    async fn two_way(&self, request: open::TwoWayRequest<'_>) -> open::TwoWayResponse {
        open::TwoWayResponse { value: request.value() }
    }

    async fn flexible(&self, request: open::FlexibleRequest<'_>) -> open::FlexibleResponse {
        open::FlexibleResponse { value: request.value() }
    }

    async fn bare(&self, _: open::BareRequest<'_>) {}

    async fn one_way(&self, _: open::OneWayRequest<'_>) {}

    async fn give(&self, request: open::GiveRequest<'_>) {
        self.wait("a").await;
        drop(request.end().take());
    }

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

impl closed::Server for Gated {
    async fn two_way(&self, request: closed::TwoWayRequest<'_>) -> closed::TwoWayResponse {
        closed::TwoWayResponse { value: request.value() }
    }

    async fn one_way(&self, _: closed::OneWayRequest<'_>) {}

    async fn bare(&self, _: closed::BareRequest<'_>) {}

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

/// Starts a service with this capacity, and a reactor.
macro_rules! started {
    ($binding:ty, $capacity:expr => $service:ident, $reactor:ident) => {
        const CAPACITY: Capacity = $capacity;
        fidl::service!(static SERVICE: $binding, CAPACITY);
        let $service = SERVICE.start(Gated::default()).unwrap();
        let $reactor = Reactor::new().unwrap();
    };
    ($capacity:expr => $service:ident, $reactor:ident) => {
        started!(echo::Serve<Gated>, $capacity => $service, $reactor);
    };
}

/// A client of the service.
pub(crate) fn connect<'env, B, D, const C: usize, const N: usize>(
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
) -> Peer
where
    B: Binding,
    D: Dispatch<B::Server, B::Protocol>,
{
    let (client, server) = create_endpoints().unwrap();
    service.serve(reactor, server).unwrap();
    Peer(client.into_channel())
}

pub(crate) fn say(txid: u32, text: &str) -> Vec<u8> {
    message(txid, STRICT, ordinal::<Echo>("Say"), &data(text.as_bytes()))
}

pub(crate) fn announce(text: &str) -> Vec<u8> {
    message(0, FLEXIBLE, ordinal::<Echo>("Announce"), &data(text.as_bytes()))
}

/// A request whose reply is as long as replies are.
pub(crate) fn large(txid: u32) -> Vec<u8> {
    message(txid, FLEXIBLE, ordinal::<Echo>("Echo"), &data(&[7; 8192]))
}

/// The txids of all messages that are there.
pub(crate) fn txids(peer: &Peer) -> Vec<u32> {
    peer.receive_all().iter().map(|message| u32::from_le_bytes(message[..4].try_into().unwrap())).collect()
}

/// The two ways to a connection.
pub(crate) enum Way {
    Here,
    Path,
}

/// Connects a client to a service.
pub(crate) fn connect_by<'env, B, D, const C: usize, const N: usize>(
    way: &Way,
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
    path: &std::path::Path,
) -> Peer
where
    B: Binding,
    D: Dispatch<B::Server, B::Protocol>,
{
    let Way::Path = way else { return connect(service, reactor) };
    if !path.exists() {
        service.listen(reactor, fidl::listen(path).unwrap()).unwrap();
    }
    let connected = service.counters().connected;
    let peer = Peer(fidl::connect(path).unwrap());
    run_until(reactor, "the connection", || service.counters().connected > connected);
    peer
}

pub(crate) fn path(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("fidl-capacity-{name}-{}", std::process::id()))
}

pub(crate) use started;
