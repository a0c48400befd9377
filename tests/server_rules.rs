//! What a server does with each message that a client may send, byte for byte.

use std::cell::{Cell, RefCell};

use fidl::kernel::{Channel, ReadError, Status, create_endpoints};
use fidl::server::{Binding, CloseReason, ConnectionId, Dispatch, Running};
use fidl::{Capacity, MethodKind, Protocol, Reactor, UnknownMethod, capacity};

mod support;
use support::{
    FLEXIBLE, Peer, STRICT, channel, epitaph, is_closed, message, number, ordinal, settle, with_byte,
};

/// The protocols.
pub mod schema {
    fidl::include_schema!("test_openness");
}
use schema::test_openness::ajar::{self, Ajar};
use schema::test_openness::closed::{self, Closed};
use schema::test_openness::open::{self, Events as _, Open};

const CAPACITY: Capacity = capacity().connections(2).in_flight(8);

/// An ordinal that no protocol has.
const UNKNOWN: u64 = 0x1234_5678_9abc_def0;

/// `test.openness/Open.Event`
const EVENT: u64 = 0x3725_337c_4535_6dab;

/// Writes down what happens.
#[derive(Default)]
struct Log {
    lines: RefCell<Vec<String>>,
    /// The far end of a handle that an unknown request carries.
    watched: RefCell<Option<Channel>>,
    /// Close the connection from the handler that comes next.
    close: Cell<Option<Option<Status>>>,
    /// Send this many events from the handler that comes next.
    events: Cell<u32>,
}

impl Log {
    fn line(&self, line: impl Into<String>) {
        self.lines.borrow_mut().push(line.into());
    }

    fn ended(&self, reason: &CloseReason) {
        self.line(match reason {
            CloseReason::PeerClosed => "peer closed".to_owned(),
            CloseReason::UnexpectedMessage { .. } => "unexpected message".to_owned(),
            CloseReason::DecodeFailure(error) => format!("decode failure: {:?}", error.rule),
            other => format!("{other:?}"),
        });
    }

    fn unknown(&self, method: UnknownMethod) {
        assert_eq!(method.ordinal, UNKNOWN);
        let kind = if method.kind == MethodKind::OneWay { "one-way" } else { "two-way" };
        let handle = match &*self.watched.borrow() {
            Some(end) if is_closed(end) => ", handle closed",
            Some(_) => ", handle open",
            None => "",
        };
        self.line(format!("unknown {kind}{handle}"));
    }
}

/// The handlers and hooks that all three protocols have.
macro_rules! common {
    ($protocol:ident) => {
        async fn two_way(&self, request: $protocol::TwoWayRequest<'_>) -> $protocol::TwoWayResponse {
            self.line(format!("two-way {}", request.value()));
            $protocol::TwoWayResponse { value: request.value() + 1 }
        }

        async fn one_way(&self, request: $protocol::OneWayRequest<'_>) {
            self.line(format!("one-way {}", request.value()));
        }

        fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
            self.ended(reason);
        }
    };
}

impl closed::Server for Log {
    common!(closed);

    async fn bare(&self, _: closed::BareRequest<'_>) {
        self.line("bare");
    }
}

impl ajar::Server for Log {
    common!(ajar);

    fn unknown_method(&self, _: ajar::Connection<'_>, method: UnknownMethod) {
        self.unknown(method);
    }
}

impl open::Server for Log {
    common!(open);

    async fn flexible(&self, request: open::FlexibleRequest<'_>) -> open::FlexibleResponse {
        self.line(format!("flexible {}", request.value()));
        open::FlexibleResponse { value: request.value() + 1 }
    }

    async fn bare(&self, request: open::BareRequest<'_>) {
        self.line("bare");
        let connection = request.connection();
        for value in 0..self.events.take() {
            if let Err(error) = connection.event(value) {
                self.line(format!("event {value}: {error:?}"));
            }
        }
        match self.close.take() {
            Some(Some(status)) => connection.close_with_epitaph(status),
            Some(None) => connection.close(),
            None => {}
        }
    }

    async fn give(&self, request: open::GiveRequest<'_>) {
        self.line(if request.end().take().is_some() { "given" } else { "given nothing" });
    }

    fn unknown_method(&self, connection: open::Connection<'_>, method: UnknownMethod) {
        self.unknown(method);
        if let Some(status) = self.close.take() {
            connection.close_with_epitaph(status.unwrap_or(Status::OK));
        }
    }
}

/// What came of some messages on a connection of their own.
struct Outcome {
    /// What the server saw.
    log: Vec<String>,
    /// What the client got.
    replies: Vec<Vec<u8>>,
    /// Whether the server ended the connection.
    ended: bool,
}

/// Sends messages on a new connection, and closes it when all is quiet.
fn exchange<'env, B, D, const C: usize, const N: usize>(
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
    messages: &[Vec<u8>],
) -> Outcome
where
    B: Binding<Server = Log>,
    D: Dispatch<Log, B::Protocol>,
{
    let (client, server) = create_endpoints().unwrap();
    service.serve(reactor, server).unwrap();
    let peer = Peer(client.into_channel());
    messages.iter().for_each(|message| peer.send(message));
    settle(reactor);
    let replies = peer.receive_all();
    let ended = peer.is_closed();
    drop(peer);
    settle(reactor);
    Outcome { log: service.server().lines.take(), replies, ended }
}

/// Starts `$service` for `$protocol`, and makes `$exchange(messages)` an exchange with it.
macro_rules! served {
    ($protocol:ident, $service:ident, $exchange:ident) => {
        fidl::service!(static SERVICE: $protocol::Serve<Log>, CAPACITY);
        let $service = SERVICE.start(Log::default()).unwrap();
        let reactor = Reactor::new().unwrap();
        let $exchange = |messages: &[Vec<u8>]| exchange(&$service, &reactor, messages);
    };
}

/// A good request, to see that a connection goes on.
fn good<P: Protocol>(txid: u32) -> Vec<u8> {
    message(txid, STRICT, ordinal::<P>("TwoWay"), &number(6))
}

fn good_reply<P: Protocol>(txid: u32) -> Vec<u8> {
    message(txid, STRICT, ordinal::<P>("TwoWay"), &number(7))
}

/// 32 bytes that tell a client that its method is unknown.
fn unknown_reply(txid: u32, ordinal: u64) -> Vec<u8> {
    message(txid, FLEXIBLE, ordinal, &[3, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0, 0, 1, 0])
}

/// One unknown request and a good one behind it.
fn unknown<P: Protocol>(
    exchange: impl Fn(&[Vec<u8>]) -> Outcome,
    txid: u32,
    flags: u8,
    expected: Option<&str>,
) {
    let outcome = exchange(&[message(txid, flags, UNKNOWN, &[1; 8]), good::<P>(9)]);
    let Some(line) = expected else {
        assert_eq!(outcome.log, ["unexpected message"], "txid {txid}, flags {flags:#x}");
        assert!(outcome.ended && outcome.replies.is_empty(), "txid {txid}, flags {flags:#x}");
        return;
    };
    let mut replies = vec![good_reply::<P>(9)];
    if txid != 0 {
        replies.insert(0, unknown_reply(txid, UNKNOWN));
    }
    assert_eq!(outcome.log, [line, "two-way 6", "peer closed"], "txid {txid}, flags {flags:#x}");
    assert_eq!((outcome.replies, outcome.ended), (replies, false), "txid {txid}, flags {flags:#x}");
}

#[test]
fn closed_protocols_tolerate_nothing_unknown() {
    served!(closed, service, exchange);
    for (txid, flags) in [(0, STRICT), (0, FLEXIBLE), (5, STRICT), (5, FLEXIBLE)] {
        unknown::<Closed>(exchange, txid, flags, None);
    }
    assert_eq!(service.counters().protocol_errors, 4);
    assert_eq!(service.counters().closed, 4);
}

#[test]
fn ajar_protocols_tolerate_unknown_flexible_one_way_methods() {
    served!(ajar, service, exchange);
    unknown::<Ajar>(exchange, 0, STRICT, None);
    unknown::<Ajar>(exchange, 0, FLEXIBLE, Some("unknown one-way"));
    unknown::<Ajar>(exchange, 5, STRICT, None);
    unknown::<Ajar>(exchange, 5, FLEXIBLE, None);
    assert_eq!((service.counters().protocol_errors, service.counters().unknown_methods), (3, 1));
}

#[test]
fn open_protocols_tolerate_unknown_flexible_methods() {
    served!(open, service, exchange);
    unknown::<Open>(exchange, 0, STRICT, None);
    unknown::<Open>(exchange, 0, FLEXIBLE, Some("unknown one-way"));
    unknown::<Open>(exchange, 5, STRICT, None);
    unknown::<Open>(exchange, 5, FLEXIBLE, Some("unknown two-way"));
    unknown::<Open>(exchange, 0x8000_0001, FLEXIBLE, Some("unknown two-way"));
    assert_eq!((service.counters().protocol_errors, service.counters().unknown_methods), (2, 3));
}

/// An unknown request may be larger than any that is known.
#[test]
fn unknown_methods_may_be_large() {
    served!(open, service, exchange);
    let outcome = exchange(&[message(5, FLEXIBLE, UNKNOWN, &[7; 65_520]), good::<Open>(9)]);
    assert_eq!(outcome.log, ["unknown two-way", "two-way 6", "peer closed"]);
    assert_eq!(outcome.replies, [unknown_reply(5, UNKNOWN), good_reply::<Open>(9)]);
    assert_eq!(service.counters().large_requests, 1);
}

#[test]
fn the_ordinal_of_an_event_is_unknown_to_the_server() {
    served!(open, service, exchange);
    let outcome = exchange(&[message(0, STRICT, Open::EVENTS[0], &number(1))]);
    assert_eq!((outcome.log, outcome.ended), (vec!["unexpected message".to_owned()], true));
}

#[test]
fn handles_of_unknown_requests_are_closed_before_the_handler_runs() {
    fidl::service!(static SERVICE: open::Serve<Log>, CAPACITY);
    let service = SERVICE.start(Log::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (client, server) = create_endpoints().unwrap();
    service.serve(&reactor, server).unwrap();
    let peer = Peer(client.into_channel());
    for (txid, handles) in [(0, 1), (5, 1), (5, 64)] {
        let (near, far) = channel();
        *service.server().watched.borrow_mut() = Some(near);
        let mut sent: Vec<_> = (1..handles).map(|_| channel().0).collect();
        sent.push(far);
        peer.send_with(&message(txid, FLEXIBLE, UNKNOWN, &[]), sent);
        settle(&reactor);
        let kind = if txid == 0 { "one-way" } else { "two-way" };
        assert_eq!(service.server().lines.take(), [format!("unknown {kind}, handle closed")]);
    }
    assert_eq!(peer.receive_all(), [unknown_reply(5, UNKNOWN), unknown_reply(5, UNKNOWN)]);
}

#[test]
fn zero_txids_are_for_one_way_methods_alone() {
    served!(open, service, exchange);
    for (txid, name) in [(0, "TwoWay"), (0, "Flexible"), (7, "OneWay"), (7, "Give")] {
        for body in [&number(3)[..], &[9; 3]] {
            let outcome = exchange(&[message(txid, STRICT, ordinal::<Open>(name), body), good::<Open>(1)]);
            assert_eq!(outcome.log, ["unexpected message"], "{name}");
            assert!(outcome.ended && outcome.replies.is_empty(), "{name}");
        }
    }
}

#[test]
fn any_txid_but_zero_is_echoed() {
    served!(open, service, exchange);
    let txids = [1, 1, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX, 1];
    let outcome = exchange(&txids.map(good::<Open>));
    assert_eq!(outcome.replies, txids.map(good_reply::<Open>));
    assert_eq!(outcome.log.len(), txids.len() + 1);
}

#[test]
fn replies_have_flags_of_their_own() {
    served!(open, service, exchange);
    let strict = |flags| message(3, flags, ordinal::<Open>("TwoWay"), &number(6));
    let flexible = |flags| message(4, flags, ordinal::<Open>("Flexible"), &number(6));
    let bare = message(5, FLEXIBLE, ordinal::<Open>("Bare"), &[]);
    let success = [1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 1, 0];
    let empty = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
    let outcome = exchange(&[strict(STRICT), strict(FLEXIBLE), flexible(STRICT), flexible(FLEXIBLE), bare]);
    let flexible_reply = message(4, FLEXIBLE, ordinal::<Open>("Flexible"), &success);
    let expected = [
        good_reply::<Open>(3),
        good_reply::<Open>(3),
        flexible_reply.clone(),
        flexible_reply,
        message(5, FLEXIBLE, ordinal::<Open>("Bare"), &empty),
    ];
    assert_eq!(outcome.replies, expected);
}

#[test]
fn a_reply_without_payload_has_no_body() {
    served!(closed, service, exchange);
    let outcome = exchange(&[message(5, STRICT, ordinal::<Closed>("Bare"), &[])]);
    assert_eq!(outcome.replies, [message(5, STRICT, ordinal::<Closed>("Bare"), &[])]);
}

#[test]
fn reserved_header_bits_are_ignored_and_not_copied() {
    served!(open, service, exchange);
    for (byte, value) in [(4, 0xff), (4, 0x03), (5, 0xff), (6, 0x7f)] {
        let outcome = exchange(&[with_byte(good::<Open>(2), byte, value)]);
        assert_eq!(outcome.replies, [good_reply::<Open>(2)], "byte {byte} = {value:#x}");
    }
}

#[test]
fn another_wire_format_ends_the_connection() {
    served!(open, service, exchange);
    for (byte, value) in [(7, 0), (7, 2), (7, 0xff), (4, 0), (4, 0xfd)] {
        let outcome = exchange(&[with_byte(good::<Open>(2), byte, value), good::<Open>(3)]);
        assert_eq!(outcome.log, ["IncompatibleFormat"], "byte {byte} = {value:#x}");
        assert!(outcome.ended && outcome.replies.is_empty(), "byte {byte} = {value:#x}");
    }
    assert_eq!((service.counters().protocol_errors, service.counters().requests), (5, 0));
}

#[test]
fn short_headers_end_the_connection() {
    served!(open, service, exchange);
    for len in [0, 1, 4, 15] {
        let outcome = exchange(&[good::<Open>(2)[..len].to_vec(), good::<Open>(3)]);
        assert_eq!(outcome.log, ["decode failure: ShortHeader"], "{len} bytes");
        assert!(outcome.ended && outcome.replies.is_empty(), "{len} bytes");
    }
}

#[test]
fn epitaphs_are_for_clients() {
    served!(open, service, exchange);
    let flexible = message(0, FLEXIBLE, u64::MAX, &number(0));
    let two_way = message(1, FLEXIBLE, u64::MAX, &number(0));
    for message in [epitaph(0), epitaph(-24), flexible, two_way] {
        let outcome = exchange(&[message, good::<Open>(3)]);
        assert_eq!(outcome.log, ["unexpected message"]);
        assert!(outcome.ended && outcome.replies.is_empty());
    }
}

#[test]
fn bodies_are_consumed_to_the_byte() {
    served!(open, service, exchange);
    let number_and = |more: &[u8]| [&number(6), more].concat();
    let cases = [
        ("TwoWay", vec![], "decode failure: OutOfBounds"),
        ("TwoWay", vec![6, 0, 0, 0], "decode failure: OutOfBounds"),
        ("TwoWay", vec![6, 0, 0, 0, 0, 0, 0], "decode failure: OutOfBounds"),
        ("TwoWay", vec![6, 0, 0, 0, 0, 0, 0, 1], "decode failure: Padding"),
        ("TwoWay", number_and(&[0]), "decode failure: TrailingBytes"),
        ("TwoWay", number_and(&[0; 8]), "decode failure: TrailingBytes"),
        ("TwoWay", number_and(&[0; 4096]), "decode failure: TrailingBytes"),
        ("Bare", vec![0], "decode failure: TrailingBytes"),
        ("Bare", vec![0; 8], "decode failure: TrailingBytes"),
    ];
    for (name, body, reason) in cases {
        let len = body.len();
        let outcome = exchange(&[message(2, STRICT, ordinal::<Open>(name), &body), good::<Open>(3)]);
        assert_eq!(outcome.log, [reason], "{name}, {len} bytes");
        assert!(outcome.ended && outcome.replies.is_empty(), "{name}, {len} bytes");
    }
    assert_eq!(service.counters().protocol_errors, 9);
}

/// Neither trailing handles nor those of a refused body leak.
#[test]
fn handles_of_refused_requests_are_closed() {
    fidl::service!(static SERVICE: open::Serve<Log>, CAPACITY);
    fidl::service!(static CLOSED: closed::Serve<Log>, CAPACITY);
    let service = SERVICE.start(Log::default()).unwrap();
    let closed = CLOSED.start(Log::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let present = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    let give = ordinal::<Open>("Give");
    let cases = [
        ("one too many", message(0, STRICT, give, &present), 2, "TrailingHandles"),
        ("far too many", message(0, STRICT, give, &present), 64, "TrailingHandles"),
        ("absent", message(0, STRICT, give, &[0; 8]), 1, "Absent"),
        ("a wrong marker", message(0, STRICT, give, &[0xff, 0, 0, 0, 0, 0, 0, 0]), 1, "Presence"),
        ("too few", message(0, STRICT, give, &present), 0, "TooFewHandles"),
        ("none expected", good::<Open>(2), 1, "TrailingHandles"),
        ("no body", message(1, STRICT, ordinal::<Open>("Bare"), &[]), 1, "TrailingHandles"),
        ("a short header", vec![0; 15], 3, "ShortHeader"),
    ];
    let send = |peer: &Peer, message: &[u8], count: usize| -> Vec<Channel> {
        let (near, far): (Vec<_>, Vec<_>) = (0..count).map(|_| channel()).unzip();
        peer.send_with(message, far);
        // Never read, so the connection's end must close its handles.
        let (unread, sent) = channel();
        peer.send_with(&good::<Open>(3), vec![sent]);
        near.into_iter().chain([unread]).collect()
    };
    for (case, message, handles, rule) in cases {
        let (client, server) = create_endpoints().unwrap();
        service.serve(&reactor, server).unwrap();
        let peer = Peer(client.into_channel());
        let watched = send(&peer, &message, handles);
        settle(&reactor);
        assert_eq!(service.server().lines.take(), [format!("decode failure: {rule}")], "{case}");
        assert!(peer.receive() == Err(ReadError::PeerClosed), "{case}");
        assert!(watched.iter().all(is_closed), "{case}");
    }
    let (client, server) = create_endpoints().unwrap();
    closed.serve(&reactor, server).unwrap();
    let peer = Peer(client.into_channel());
    let watched = send(&peer, &good::<Closed>(2), 1);
    settle(&reactor);
    assert_eq!(closed.server().lines.take().len(), 1);
    assert!(watched.iter().all(is_closed));
}

#[test]
fn a_handle_arrives() {
    fidl::service!(static SERVICE: open::Serve<Log>, CAPACITY);
    let service = SERVICE.start(Log::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (client, server) = create_endpoints().unwrap();
    service.serve(&reactor, server).unwrap();
    let peer = Peer(client.into_channel());
    let (near, far) = channel();
    peer.send_with(
        &message(0, STRICT, ordinal::<Open>("Give"), &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
        vec![far],
    );
    settle(&reactor);
    assert_eq!(service.server().lines.take(), ["given"]);
    assert!(is_closed(&near) && !peer.is_closed());
}

/// Everything that was written before the client closed its end is handled.
#[test]
fn a_closed_connection_is_drained_first() {
    fidl::service!(static SERVICE: open::Serve<Log>, CAPACITY);
    let service = SERVICE.start(Log::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (client, server) = create_endpoints().unwrap();
    let peer = Peer(client.into_channel());
    for value in 0..40 {
        peer.send(&message(0, FLEXIBLE, ordinal::<Open>("OneWay"), &number(value)));
    }
    peer.send(&good::<Open>(1));
    drop(peer);
    service.serve(&reactor, server).unwrap();
    settle(&reactor);
    let mut expected: Vec<_> = (0..40).map(|value| format!("one-way {value}")).collect();
    expected.extend(["two-way 6".to_owned(), "peer closed".to_owned()]);
    assert_eq!(service.server().lines.take(), expected);
    // The reply went to nobody, which is no error.
    let counters = service.counters();
    assert_eq!((counters.closed, counters.protocol_errors, counters.requests), (1, 0, 41));
}

#[test]
fn an_error_behind_good_requests_comes_behind_their_replies() {
    served!(open, service, exchange);
    let outcome = exchange(&[good::<Open>(1), good::<Open>(2), vec![0; 3], good::<Open>(4)]);
    assert_eq!(outcome.log, ["two-way 6", "two-way 6", "decode failure: ShortHeader"]);
    assert_eq!(outcome.replies, [good_reply::<Open>(1), good_reply::<Open>(2)]);
}

fn bare(txid: u32) -> Vec<u8> {
    message(txid, FLEXIBLE, ordinal::<Open>("Bare"), &[])
}

fn bare_reply(txid: u32) -> Vec<u8> {
    message(txid, FLEXIBLE, ordinal::<Open>("Bare"), &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
}

#[test]
fn a_shutdown_tells_its_status_last() {
    served!(open, service, exchange);
    for status in [Status::OK, Status::UNAVAILABLE, Status::from_raw(42)] {
        service.server().close.set(Some(Some(status)));
        let outcome = exchange(&[bare(1), good::<Open>(2)]);
        assert_eq!(outcome.log, ["bare".to_owned(), format!("Shutdown(Some({status:?}))")]);
        assert_eq!(outcome.replies, [bare_reply(1), epitaph(status.into_raw())]);
        assert!(outcome.ended);
    }
    assert_eq!(service.counters().protocol_errors, 0);
}

#[test]
fn a_shutdown_without_status_sends_nothing() {
    served!(open, service, exchange);
    service.server().close.set(Some(None));
    let outcome = exchange(&[bare(1), good::<Open>(2)]);
    assert_eq!(outcome.log, ["bare", "Shutdown(None)"]);
    assert_eq!((outcome.replies, outcome.ended), (vec![bare_reply(1)], true));
}

#[test]
fn the_unknown_method_handler_can_shut_down() {
    served!(open, service, exchange);
    service.server().close.set(Some(Some(Status::NOT_SUPPORTED)));
    let outcome = exchange(&[message(5, FLEXIBLE, UNKNOWN, &[]), good::<Open>(2)]);
    assert_eq!(outcome.log, ["unknown two-way", "Shutdown(Some(Status(-2)))"]);
    assert_eq!(outcome.replies, [unknown_reply(5, UNKNOWN), epitaph(-2)]);
}

#[test]
fn events_have_no_txid() {
    served!(open, service, exchange);
    service.server().events.set(2);
    let outcome = exchange(&[bare(1)]);
    let event = |value| message(0, FLEXIBLE, EVENT, &number(value));
    assert_eq!(outcome.replies, [event(0), event(1), bare_reply(1)]);
}
