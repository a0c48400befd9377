//! What a client makes of each message that a server may send, byte for byte.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use fidl::client::{Counters, Storage};
use fidl::kernel::{Channel, Instant, Status};
use fidl::wire::Rule;
use fidl::{ClientError, Openness, Protocol, Reactor};

mod support;
use support::{
    FLEXIBLE, Peer, STRICT, channel, epitaph, is_closed, message, number, ordinal, settle, with_byte,
};

/// The protocols.
pub mod schema {
    fidl::include_schema!("test_openness");
    fidl::include_schema!("test_constructs");
    fidl::include_schema!("test_shapes");
    fidl::include_schema!("example_calc");
    fidl::include_schema!("example_echo");
}
use schema::test_constructs::open as carrier;
use schema::test_openness::ajar::{self, Ajar};
use schema::test_openness::closed::{self, Closed};
use schema::test_openness::open::{self, Open};
use schema::test_openness::{AjarEventRequestView, ClosedEventRequestView, OpenEventRequestView};

/// `test.openness/Open.Event`, `Open.Bell`, and an event that no protocol has.
const EVENT: u64 = 0x3725_337c_4535_6dab;
const BELL: u64 = 0x3617_4c8c_2e79_1930;
const UNKNOWN: u64 = 0x1234_5678_9abc_def0;

/// Writes down what happens.
#[derive(Default)]
struct Heard(Vec<String>);

impl open::EventHandler for Heard {
    fn bell(&mut self) {
        self.0.push("bell".to_owned());
    }

    fn event(&mut self, event: OpenEventRequestView<'_>) {
        self.0.push(format!("event {}", event.value()));
    }

    fn unknown_event(&mut self, ordinal: u64) {
        self.0.push(format!("unknown {ordinal:#x}"));
    }
}

impl ajar::EventHandler for Heard {
    fn event(&mut self, event: AjarEventRequestView<'_>) {
        self.0.push(format!("event {}", event.value()));
    }

    fn unknown_event(&mut self, ordinal: u64) {
        self.0.push(format!("unknown {ordinal:#x}"));
    }
}

impl closed::EventHandler for Heard {
    fn event(&mut self, event: ClosedEventRequestView<'_>) {
        self.0.push(format!("event {}", event.value()));
    }
}

/// A client of `$protocol` with `$calls` calls and `$events` events, and the server that it talks to, in bytes.
macro_rules! connected {
    ($protocol:ident<$calls:literal, $events:literal>: $reactor:ident, $client:ident, $server:ident) => {
        static STORAGE: $protocol::Storage<$calls, $events> = $protocol::Storage::new();
        let $reactor = Reactor::new().unwrap();
        let (near, far) = channel();
        let $client = $protocol::Client::new(&$reactor, &STORAGE, near).unwrap();
        let $server = Peer(far);
    };
}

macro_rules! connected_blocking {
    ($protocol:ident<$calls:literal, $events:literal>: $client:ident, $server:ident) => {
        static STORAGE: $protocol::Storage<$calls, $events> = $protocol::Storage::new();
        let (near, far) = channel();
        let $client = $protocol::BlockingClient::new(&STORAGE, near).unwrap();
        let $server = Peer(far);
    };
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// A response of `TwoWay`.
fn response<P: Protocol>(txid: u32, value: u32) -> Vec<u8> {
    message(txid, STRICT, ordinal::<P>("TwoWay"), &number(value))
}

/// A response of `Flexible`.
fn flexible(txid: u32, variant: u8, value: u32) -> Vec<u8> {
    let [a, b, c, d] = value.to_le_bytes();
    let body = [variant, 0, 0, 0, 0, 0, 0, 0, a, b, c, d, 0, 0, 1, 0];
    message(txid, FLEXIBLE, ordinal::<Open>("Flexible"), &body)
}

fn event(value: u32) -> Vec<u8> {
    message(0, FLEXIBLE, EVENT, &number(value))
}

/// Never in these tests.
fn patient() -> Instant {
    Instant::after(Duration::from_secs(60))
}

fn soon() -> Instant {
    Instant::after(Duration::from_millis(5))
}

/// `Ok` with the value, or why the call failed.
fn value<T: Into<u32>>(result: Result<T, ClientError>) -> Result<u32, ClientError> {
    result.map(Into::into)
}

impl From<schema::test_openness::OpenTwoWayResponse> for u32 {
    fn from(response: schema::test_openness::OpenTwoWayResponse) -> Self {
        response.value
    }
}

#[test]
fn requests_byte_for_byte() {
    connected!(open<4, 1>: _reactor, client, server);
    let mut strict = pin!(client.two_way(6));
    let mut flexible = pin!(client.flexible(7));
    let mut bare = pin!(client.bare());
    assert!(poll(strict.as_mut()).is_pending());
    assert!(poll(flexible.as_mut()).is_pending());
    assert!(poll(bare.as_mut()).is_pending());
    client.one_way(8).unwrap();
    let sent = server.receive_all();
    let txids: Vec<_> =
        sent.iter().map(|message| u32::from_le_bytes(message[..4].try_into().unwrap())).collect();
    assert!(txids[..3].iter().all(|txid| (1..=0x7fff_ffff).contains(txid)));
    assert!(txids[0] != txids[1] && txids[1] != txids[2] && txids[0] != txids[2]);
    let expected = [
        message(txids[0], STRICT, ordinal::<Open>("TwoWay"), &number(6)),
        message(txids[1], FLEXIBLE, ordinal::<Open>("Flexible"), &number(7)),
        message(txids[2], FLEXIBLE, ordinal::<Open>("Bare"), &[]),
        message(0, FLEXIBLE, ordinal::<Open>("OneWay"), &number(8)),
    ];
    assert_eq!(sent, expected);
}

#[test]
fn responses_in_any_order() {
    connected!(open<4, 1>: reactor, client, server);
    let answers = async {
        // Behind the polls of the calls.
        let txids = [(); 4].map(|()| server.header().txid());
        for index in [2, 0, 3, 1] {
            server.send(&response::<Open>(txids[index], index as u32));
        }
    };
    let calls = async {
        futures::join!(client.two_way(0), client.two_way(1), client.two_way(2), client.two_way(3), answers)
    };
    let (a, b, c, d, ()) = reactor.run_until(calls).unwrap();
    assert_eq!([a, b, c, d].map(value), [Ok(0), Ok(1), Ok(2), Ok(3)]);
}

/// One `TwoWay` call, answered by `answer` with its transaction id; returns what became of it and of a later call.
fn one_call(answer: impl Fn(&Peer, u32)) -> (Result<u32, ClientError>, Option<ClientError>, bool) {
    static STORAGE: open::Storage<2, 2> = open::Storage::new();
    // One test at a time uses the storage.
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let reactor = Reactor::new().unwrap();
    let (near, far) = channel();
    let server = Peer(far);
    let client = open::Client::new(&reactor, &STORAGE, near).unwrap();
    let call = async {
        let answer = async {
            let txid = server.header().txid();
            answer(&server, txid);
        };
        futures::join!(client.two_way(6), answer).0
    };
    let result = value(reactor.run_until(call).unwrap());
    settle(&reactor);
    let ended = client.inner().ended();
    if let Some(error) = ended {
        let later = reactor.run_until(client.two_way(1)).unwrap();
        assert_eq!(value(later), Err(error), "a later call");
        assert_eq!(client.one_way(1), Err(error), "a later one-way call");
        assert_eq!(reactor.run_until(client.handle_event(&mut Heard::default())).unwrap(), Err(error));
    }
    drop(client);
    (result, ended, server.is_closed())
}

/// An answer that ends the connection with `error`.
fn terminal(case: &str, error: ClientError, answer: impl Fn(u32) -> Vec<u8>) {
    let outcome = one_call(|server, txid| server.send(&answer(txid)));
    assert_eq!(outcome, (Err(error), Some(error), true), "{case}");
}

fn decode_error(rule: Rule, offset: u32) -> ClientError {
    ClientError::Decode(fidl::wire::DecodeError::new(rule, offset))
}

#[test]
fn a_response() {
    assert_eq!(one_call(|server, txid| server.send(&response::<Open>(txid, 5))), (Ok(5), None, true));
}

#[test]
fn flags_of_known_responses_are_not_looked_at() {
    for (byte, flags) in [(6, 0x80), (6, 0xff), (5, 0xff), (4, 0xff)] {
        let answer = |server: &Peer, txid| server.send(&with_byte(response::<Open>(txid, 5), byte, flags));
        assert_eq!(one_call(answer).0, Ok(5));
    }
}

#[test]
fn malformed_responses_end_the_connection() {
    let response = response::<Open>;
    let longer = |txid, more: usize| [response(txid, 1), vec![0; more]].concat();
    terminal("an empty message", decode_error(Rule::ShortHeader, 0), |_| vec![]);
    terminal("a short header", decode_error(Rule::ShortHeader, 0), |txid| response(txid, 1)[..15].to_vec());
    terminal("another magic number", ClientError::IncompatibleFormat, |txid| {
        with_byte(response(txid, 1), 7, 2)
    });
    terminal("another version", ClientError::IncompatibleFormat, |txid| {
        with_byte(response(txid, 1), 4, 0xfd)
    });
    terminal("no body", decode_error(Rule::OutOfBounds, 16), |txid| response(txid, 1)[..16].to_vec());
    terminal("padding", decode_error(Rule::Padding, 20), |txid| with_byte(response(txid, 1), 20, 1));
    terminal("trailing bytes", decode_error(Rule::TrailingBytes, 24), |txid| longer(txid, 8));
    terminal("too large", decode_error(Rule::TrailingBytes, 32), |txid| longer(txid, 4096));
}

#[test]
fn responses_to_nobody_end_the_connection() {
    let unexpected = |ordinal| ClientError::UnexpectedMessage { ordinal };
    let two_way = ordinal::<Open>("TwoWay");
    for txid in [1, 2, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
        terminal("a txid of nobody", unexpected(two_way), |mine| response::<Open>(mine ^ txid, 1));
    }
    terminal("an event with a txid", unexpected(EVENT), |txid| message(txid + 1, STRICT, EVENT, &number(1)));
    terminal("an epitaph with a txid", unexpected(u64::MAX), |txid| with_byte(epitaph(0), 0, txid as u8 | 1));
    terminal("a flexible one", unexpected(UNKNOWN), |txid| message(txid + 1, FLEXIBLE, UNKNOWN, &[]));
}

#[test]
fn responses_with_another_ordinal_end_the_connection() {
    for name in ["Flexible", "Bare", "OneWay"] {
        terminal(name, decode_error(Rule::ResponseOrdinal, 8), |txid| {
            message(txid, FLEXIBLE, ordinal::<Open>(name), &number(1))
        });
    }
    terminal("unknown", decode_error(Rule::ResponseOrdinal, 8), |txid| message(txid, STRICT, UNKNOWN, &[]));
    terminal("event", decode_error(Rule::ResponseOrdinal, 8), |txid| {
        message(txid, STRICT, EVENT, &number(1))
    });
}

#[test]
fn epitaphs_tell_their_status() {
    for status in [Status::OK, Status::NOT_SUPPORTED, Status::PEER_CLOSED, Status::from_raw(7)] {
        terminal("an epitaph", ClientError::Closed(status), |_| epitaph(status.into_raw()));
    }
    terminal("malformed", decode_error(Rule::OutOfBounds, 16), |_| epitaph(0)[..16].to_vec());
    terminal("padding", decode_error(Rule::Padding, 23), |_| with_byte(epitaph(0), 23, 1));
    terminal("long", decode_error(Rule::TrailingBytes, 24), |_| [epitaph(0), vec![0; 8]].concat());
}

#[test]
fn what_follows_an_epitaph_is_ignored() {
    let outcome = one_call(|server, txid| {
        server.send(&epitaph(-30));
        server.send(&response::<Open>(txid, 5));
    });
    assert_eq!(outcome.0, Err(ClientError::Closed(Status::ACCESS_DENIED)));
}

#[test]
fn what_precedes_an_epitaph_is_not() {
    let outcome = one_call(|server, txid| {
        server.send(&response::<Open>(txid, 5));
        server.send(&epitaph(-30));
    });
    assert_eq!(outcome, (Ok(5), Some(ClientError::Closed(Status::ACCESS_DENIED)), true));
}

#[test]
fn a_close_without_epitaph_is_peer_closed_behind_what_was_written() {
    connected!(open<2, 2>: reactor, client, server);
    let calls = async {
        let answers = async {
            let txids = [(); 2].map(|()| server.header().txid());
            server.send(&event(1));
            server.send(&response::<Open>(txids[1], 5));
            drop(server);
        };
        let mut heard = Heard::default();
        let heard = async {
            let first = client.handle_event(&mut heard).await;
            let second = client.handle_event(&mut heard).await;
            (first, second, heard.0)
        };
        futures::join!(heard, client.two_way(1), client.two_way(2), answers)
    };
    let ((first, second, heard), one, other, ()) = reactor.run_until(calls).unwrap();
    let closed = ClientError::Closed(Status::PEER_CLOSED);
    assert_eq!((first, second, heard), (Ok(()), Err(closed), vec!["event 1".to_owned()]));
    assert_eq!((value(one), value(other)), (Err(closed), Ok(5)));
    // A one-way call could not know.
    assert_eq!(client.one_way(1), Err(closed));
}

#[test]
fn one_way_calls_to_a_closed_server_succeed_until_it_is_known() {
    connected!(open<2, 2>: reactor, client, server);
    drop(server);
    assert_eq!(client.one_way(1), Ok(()));
    settle(&reactor);
    assert_eq!(client.one_way(1), Err(ClientError::Closed(Status::PEER_CLOSED)));
}

#[test]
fn flexible_results() {
    connected!(open<2, 2>: reactor, client, server);
    let answer = |bytes: Vec<u8>| {
        let call = async {
            let answer = async {
                let [a, b, c, d] = server.header().txid().to_le_bytes();
                let mut bytes = bytes;
                bytes[..4].copy_from_slice(&[a, b, c, d]);
                server.send(&bytes);
            };
            futures::join!(client.flexible(1), answer).0.map(|response| response.value)
        };
        reactor.run_until(call).unwrap()
    };
    assert_eq!(answer(flexible(0, 1, 5)), Ok(5));
    assert_eq!(answer(flexible(0, 3, -2i32 as u32)), Err(ClientError::UnknownMethod));
    // Accepted also where the flexible bit is clear.
    assert_eq!(answer(with_byte(flexible(0, 3, -2i32 as u32), 6, 0)), Err(ClientError::UnknownMethod));
    assert_eq!(client.inner().ended(), None);
    assert_eq!(answer(flexible(0, 1, 6)), Ok(6), "the connection goes on");
    let error = answer(flexible(0, 3, -1i32 as u32)).unwrap_err();
    assert!(matches!(error, ClientError::Decode(error) if error.rule == Rule::FrameworkError), "{error:?}");
    assert_eq!(client.inner().ended(), Some(error));
}

#[test]
fn results_with_a_variant_that_the_method_does_not_have() {
    for variant in [0, 2, 4, 0xff] {
        static STORAGE: open::Storage<2, 2> = open::Storage::new();
        let reactor = Reactor::new().unwrap();
        let (near, far) = channel();
        let server = Peer(far);
        let client = open::Client::new(&reactor, &STORAGE, near).unwrap();
        let answer = async { server.send(&flexible(server.header().txid(), variant, 7)) };
        let (result, ()) = reactor.run_until(async { futures::join!(client.flexible(1), answer) }).unwrap();
        assert!(matches!(result, Err(ClientError::Decode(_))), "variant {variant}: {result:?}");
        assert!(server.is_closed(), "variant {variant}");
    }
}

#[test]
fn the_response_to_a_dropped_call_is_discarded() {
    connected!(open<2, 2>: reactor, client, server);
    {
        let mut call = pin!(client.two_way(1));
        assert!(poll(call.as_mut()).is_pending());
    }
    let late = server.header().txid();
    let answers = async {
        let txid = server.header().txid();
        assert_ne!(txid, late, "the transaction id stays taken");
        let (near, far) = channel();
        server.send(&response::<Open>(late, 1));
        server.send(&response::<Open>(txid, 2));
        (near, far)
    };
    let (second, _) = reactor.run_until(async { futures::join!(client.two_way(2), answers) }).unwrap();
    assert_eq!(value(second), Ok(2));
    let Counters { responses, abandoned, .. } = client.inner().counters();
    assert_eq!((responses, abandoned), (1, 1));
    // And is nobody's from then on.
    server.send(&response::<Open>(late, 1));
    settle(&reactor);
    let unexpected = ClientError::UnexpectedMessage { ordinal: ordinal::<Open>("TwoWay") };
    assert_eq!(client.inner().ended(), Some(unexpected));
}

#[test]
fn a_dropped_call_holds_its_place_until_its_response() {
    connected!(open<1, 1>: reactor, client, server);
    assert!(poll(pin!(client.two_way(1))).is_pending());
    assert_eq!(value(reactor.run_until(client.two_way(2)).unwrap()), Err(ClientError::TooManyCalls));
    assert_eq!(client.inner().ended(), None);
    assert_eq!(client.inner().counters().refused, 1);
    let txid = server.header().txid();
    server.send(&response::<Open>(txid, 1));
    settle(&reactor);
    let answer = async { server.send(&response::<Open>(server.header().txid(), 3)) };
    let (result, ()) = reactor.run_until(async { futures::join!(client.two_way(3), answer) }).unwrap();
    assert_eq!(value(result), Ok(3));
}

#[test]
fn a_kept_response_holds_its_place() {
    static STORAGE: Storage<Open, 1, 1> = Storage::new();
    let reactor = Reactor::new().unwrap();
    let (near, far) = channel();
    let server = Peer(far);
    let client = fidl::client::Client::new(&reactor, &STORAGE, near).unwrap();
    let call = || {
        client.call_empty::<fidl::client::Flexible<fidl::wire::EmptyStruct>>(ordinal::<Open>("Bare"), true)
    };
    let answer = async {
        let body = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        server.send(&message(server.header().txid(), FLEXIBLE, ordinal::<Open>("Bare"), &body));
    };
    let (kept, ()) = reactor.run_until(async { futures::join!(call(), answer) }).unwrap();
    let kept = kept.unwrap();
    assert!(matches!(reactor.run_until(call()).unwrap(), Err(ClientError::TooManyCalls)));
    drop(kept);
    let mut next = call();
    assert!(poll(Pin::new(&mut next)).is_pending());
}

/// Events that come before a response are there before it.
#[test]
fn events_before_a_response_come_first() {
    connected!(open<2, 4>: reactor, client, server);
    let order = RefCell::new(vec![]);
    let calls = async {
        let mut heard = Heard::default();
        let events = async {
            for _ in 0..2 {
                client.handle_event(&mut heard).await.unwrap();
                order.borrow_mut().push("event");
            }
        };
        let call = async {
            client.two_way(1).await.unwrap();
            order.borrow_mut().push("response");
        };
        let answer = async {
            let txid = server.header().txid();
            server.send(&message(0, STRICT, BELL, &[]));
            server.send(&event(4));
            server.send(&response::<Open>(txid, 5));
        };
        futures::join!(events, call, answer);
        heard.0
    };
    assert_eq!(reactor.run_until(calls).unwrap(), ["bell", "event 4"]);
    assert_eq!(*order.borrow(), ["event", "event", "response"]);
}

/// What a client makes of one event; `None` if it goes on.
macro_rules! one_event {
    ($protocol:ident, $message:expr) => {{
        static STORAGE: $protocol::Storage<1, 2> = $protocol::Storage::new();
        let reactor = Reactor::new().unwrap();
        let (near, far) = channel();
        let client = $protocol::Client::new(&reactor, &STORAGE, near).unwrap();
        let mut heard = Heard::default();
        let server = Peer(far);
        server.send(&$message);
        {
            let mut event = pin!(client.handle_event(&mut heard));
            let _ = poll(event.as_mut());
            settle(&reactor);
            let _ = poll(event.as_mut());
        }
        assert_eq!(server.is_closed(), client.inner().ended().is_some());
        (heard.0, client.inner().ended(), client.inner().counters().unknown_events)
    }};
}

#[test]
fn unknown_events_by_openness() {
    let message = |flags| message(0, flags, UNKNOWN, &number(3));
    let refused = || (vec![], Some(ClientError::UnexpectedMessage { ordinal: UNKNOWN }), 0);
    let tolerated = || (vec![format!("unknown {UNKNOWN:#x}")], None, 1);
    assert_eq!(one_event!(closed, message(STRICT)), refused());
    assert_eq!(one_event!(closed, message(FLEXIBLE)), refused());
    assert_eq!(one_event!(ajar, message(STRICT)), refused());
    assert_eq!(one_event!(ajar, message(FLEXIBLE)), tolerated());
    assert_eq!(one_event!(open, message(STRICT)), refused());
    assert_eq!(one_event!(open, message(FLEXIBLE)), tolerated());
    assert_eq!(
        (Closed::OPENNESS, Ajar::OPENNESS, Open::OPENNESS),
        (Openness::Closed, Openness::Ajar, Openness::Open)
    );
}

#[test]
fn unknown_events_may_be_large() {
    let message = |flags| message(0, flags, UNKNOWN, &[3; 65_520]);
    let refused = || (vec![], Some(ClientError::UnexpectedMessage { ordinal: UNKNOWN }), 0);
    assert_eq!(one_event!(closed, message(FLEXIBLE)), refused());
    let tolerated = || (vec![format!("unknown {UNKNOWN:#x}")], None, 1);
    assert_eq!(one_event!(ajar, message(FLEXIBLE)), tolerated());
    assert_eq!(one_event!(open, message(STRICT)), refused());
    assert_eq!(one_event!(open, message(FLEXIBLE)), tolerated());
}

#[test]
fn the_ordinal_of_a_method_is_unknown_as_an_event() {
    let two_way = ordinal::<Open>("TwoWay");
    let refused = (vec![], Some(ClientError::UnexpectedMessage { ordinal: two_way }), 0);
    assert_eq!(one_event!(open, message(0, STRICT, two_way, &number(3))), refused);
}

#[test]
fn known_events() {
    assert_eq!(one_event!(open, event(3)), (vec!["event 3".to_owned()], None, 0));
    // Strictness is not looked at where the event is known.
    assert_eq!(one_event!(open, with_byte(event(3), 6, 0)), (vec!["event 3".to_owned()], None, 0));
    assert_eq!(one_event!(open, message(0, FLEXIBLE, BELL, &[])), (vec!["bell".to_owned()], None, 0));
}

#[test]
fn malformed_events_end_the_connection() {
    let ended = |rule, offset| (vec![], Some(decode_error(rule, offset)), 0);
    assert_eq!(one_event!(open, with_byte(event(3), 20, 1)), ended(Rule::Padding, 20));
    assert_eq!(one_event!(open, message(0, FLEXIBLE, EVENT, &[])), ended(Rule::OutOfBounds, 16));
    assert_eq!(one_event!(open, message(0, STRICT, BELL, &[0; 8])), ended(Rule::TrailingBytes, 16));
    assert_eq!(one_event!(open, message(0, FLEXIBLE, EVENT, &[0; 80])), ended(Rule::TrailingBytes, 32));
}

#[test]
fn events_that_nobody_takes_are_dropped() {
    connected!(open<1, 1>: reactor, client, server);
    (0..10).for_each(|value| server.send(&event(value)));
    settle(&reactor);
    assert_eq!((client.inner().counters().dropped_events, client.inner().ended()), (10, None));
}

/// With as many events waiting as there is room for, nothing more is read; not even responses.
#[test]
fn a_full_event_queue_stops_the_reading() {
    connected!(open<1, 2>: reactor, client, server);
    let mut heard = Heard::default();
    assert!(poll(pin!(client.handle_event(&mut heard))).is_pending());
    let mut call = pin!(client.two_way(1));
    assert!(poll(call.as_mut()).is_pending());
    let txid = server.header().txid();
    (0..5).for_each(|value| server.send(&event(value)));
    server.send(&response::<Open>(txid, 5));
    drop(server);
    settle(&reactor);
    assert!(poll(call.as_mut()).is_pending());
    assert_eq!((client.inner().counters().events, client.inner().ended()), (2, None));
    reactor.run_until(client.handle_event(&mut heard)).unwrap().unwrap();
    settle(&reactor);
    assert!(poll(call.as_mut()).is_pending());
    for _ in 0..4 {
        reactor.run_until(client.handle_event(&mut heard)).unwrap().unwrap();
    }
    assert_eq!(heard.0, ["event 0", "event 1", "event 2", "event 3", "event 4"]);
    assert_eq!(value(reactor.run_until(call).unwrap()), Ok(5));
    settle(&reactor);
    assert_eq!(client.inner().ended(), Some(ClientError::Closed(Status::PEER_CLOSED)));
}

/// Handles of messages that are refused, discarded or dropped do not leak.
#[test]
fn handles_that_nobody_wants_are_closed() {
    let cases: [(&str, Vec<u8>); 5] = [
        ("an unknown event", message(0, FLEXIBLE, UNKNOWN, &[])),
        ("a known event", event(1)),
        ("a response to nobody", response::<Open>(77, 1)),
        ("an epitaph", epitaph(0)),
        ("a short header", vec![1; 15]),
    ];
    for (case, message) in cases {
        for count in [1, 64] {
            static STORAGE: open::Storage<1, 2> = open::Storage::new();
            let reactor = Reactor::new().unwrap();
            let (near, far) = channel();
            let _client = open::Client::new(&reactor, &STORAGE, near).unwrap();
            let (watched, sent): (Vec<Channel>, Vec<Channel>) = (0..count).map(|_| channel()).unzip();
            Peer(far).send_with(&message, sent);
            settle(&reactor);
            assert!(watched.iter().all(is_closed), "{case} with {count}");
        }
    }
}

/// A waker that does something when it is first woken, or dropped.
struct Acts;

type Action = Box<dyn FnOnce()>;

thread_local! {
    /// What the next waker that is woken or dropped does.
    static ACTION: RefCell<Option<Action>> = const { RefCell::new(None) };
}

fn act() {
    let action = ACTION.with(|action| action.borrow_mut().take());
    if let Some(action) = action {
        action();
    }
}

impl Wake for Acts {
    fn wake(self: Arc<Self>) {
        act();
    }
}

impl Drop for Acts {
    fn drop(&mut self) {
        act();
    }
}

fn poll_with<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// Wakers that use the client when they are woken or dropped used to find its state borrowed, and panic.
#[test]
fn wakers_may_use_the_client() {
    type Storage = open::Storage<4, 1>;
    type Cause = fn(&Peer, u32);
    let cases: [(&str, Cause); 3] = [
        ("a response", |server, txid| server.send(&response::<Open>(txid, 1))),
        ("the end", |server, _| server.send(&epitaph(0))),
        ("an event", |server, _| server.send(&event(1))),
    ];
    for (case, cause) in cases {
        let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::new().unwrap()));
        let storage: &'static Storage = Box::leak(Box::new(Storage::new()));
        let (near, far) = channel();
        let client: &'static _ = Box::leak(Box::new(open::Client::new(reactor, storage, near).unwrap()));
        let server = Peer(far);
        let mut first = Box::pin(client.two_way(1));
        let mut second = Box::pin(client.two_way(2));
        let mut heard = Heard::default();
        let mut events = Box::pin(client.handle_event(&mut heard));
        let waker = Waker::from(Arc::new(Acts));
        assert!(poll_with(first.as_mut(), &waker).is_pending());
        assert!(poll(second.as_mut()).is_pending());
        assert!(poll_with(events.as_mut(), &waker).is_pending());
        let done = Rc::new(Cell::new(false));
        let told = done.clone();
        ACTION.set(Some(Box::new(move || {
            drop(second);
            let _ = client.one_way(3);
            told.set(true);
        })));
        cause(&server, server.header().txid());
        settle(reactor);
        assert!(done.get(), "{case}");
    }
}

/// So did wakers that another takes the place of.
#[test]
fn replaced_wakers_may_use_the_client() {
    static STORAGE: open::Storage<4, 1> = open::Storage::new();
    let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::new().unwrap()));
    let (near, _far) = channel();
    let client: &'static _ = Box::leak(Box::new(open::Client::new(reactor, &STORAGE, near).unwrap()));
    let mut heard = Heard::default();
    let mut events = Box::pin(client.handle_event(&mut heard));
    let mut call = Box::pin(client.two_way(1));
    let done = Rc::new(Cell::new(0));
    let action = || -> Option<Action> {
        let mut other = Box::pin(client.two_way(2));
        assert!(poll(other.as_mut()).is_pending());
        let done = done.clone();
        Some(Box::new(move || {
            drop(other);
            done.set(done.get() + 1);
        }))
    };
    assert!(poll_with(call.as_mut(), &Waker::from(Arc::new(Acts))).is_pending());
    ACTION.set(action());
    assert!(poll(call.as_mut()).is_pending());
    assert!(poll_with(call.as_mut(), &Waker::from(Arc::new(Acts))).is_pending());
    ACTION.set(action());
    drop(call);
    assert!(poll_with(events.as_mut(), &Waker::from(Arc::new(Acts))).is_pending());
    ACTION.set(action());
    assert!(poll(events.as_mut()).is_pending());
    assert_eq!(done.get(), 3);
}

/// Once more polled behind its end, a call used to write an empty message.
#[test]
fn a_finished_call_stays_pending() {
    connected!(open<2, 1>: reactor, client, server);
    let mut call = pin!(client.inner().call_empty::<fidl::client::Empty>(ordinal::<Open>("Bare"), true));
    assert!(poll(call.as_mut()).is_pending());
    server.send(&message(server.header().txid(), FLEXIBLE, ordinal::<Open>("Bare"), &[]));
    settle(&reactor);
    assert!(poll(call.as_mut()).is_ready());
    for _ in 0..3 {
        assert!(poll(call.as_mut()).is_pending());
    }
    assert_eq!((server.receive_all().len(), client.inner().ended()), (0, None));
}

/// The handles of a message that ends the connection used to stay in the frame that it was read into.
#[test]
fn handles_of_the_message_that_ends_the_connection_are_closed() {
    static STORAGE: carrier::Storage<1, 1> = carrier::Storage::new();
    for bytes in [message(77, STRICT, UNKNOWN, &[]), message(0, STRICT, UNKNOWN, &[]), vec![1; 15]] {
        let reactor = Reactor::new().unwrap();
        let (near, far) = channel();
        let client = carrier::Client::new(&reactor, &STORAGE, near).unwrap();
        let (watched, sent) = channel();
        Peer(far).send_with(&bytes, vec![sent]);
        settle(&reactor);
        assert!(
            client.inner().ended().is_some_and(|error| error != ClientError::Closed(Status::PEER_CLOSED))
        );
        assert!(is_closed(&watched), "{bytes:?}");
    }
}

/// Dropping the client closes the channel, and the storage can be used again.
#[test]
fn a_storage_serves_one_client_after_another() {
    static STORAGE: open::Storage<1, 1> = open::Storage::new();
    let reactor = Reactor::new().unwrap();
    for _ in 0..100 {
        let (near, far) = channel();
        let client = open::Client::new(&reactor, &STORAGE, near).unwrap();
        assert_eq!(open::Client::new(&reactor, &STORAGE, channel().0).err(), Some(Status::ALREADY_BOUND));
        let server = Peer(far);
        let answer = async { server.send(&response::<Open>(server.header().txid(), 3)) };
        let (result, ()) = reactor.run_until(async { futures::join!(client.two_way(3), answer) }).unwrap();
        assert_eq!(value(result), Ok(3));
        drop(client);
        assert!(server.is_closed());
    }
}

#[test]
fn calls_wait_for_room_in_order() {
    connected!(open<4, 1>: reactor, client, server);
    let mut sent = 0;
    while client.one_way(sent) == Ok(()) {
        sent += 1;
    }
    assert_eq!(client.one_way(sent), Err(ClientError::Full));
    let mut first = pin!(client.two_way(1));
    let mut third = pin!(client.two_way(3));
    assert!(poll(first.as_mut()).is_pending());
    {
        let mut second = pin!(client.two_way(2));
        assert!(poll(second.as_mut()).is_pending());
        assert!(poll(third.as_mut()).is_pending());
    }
    settle(&reactor);
    // Behind those that wait.
    assert_eq!(client.one_way(sent), Err(ClientError::Full));
    assert_eq!(server.receive_all().len() as u32, sent);
    let answers = async {
        let mut values = vec![];
        while values.len() < 2 {
            if let Ok(message) = server.receive() {
                let txid = u32::from_le_bytes(message[..4].try_into().unwrap());
                values.push(message[16]);
                server.send(&response::<Open>(txid, message[16].into()));
            }
            futures::pending!();
        }
        values
    };
    let mut answers = pin!(answers);
    let answers = std::future::poll_fn(|cx| {
        cx.waker().wake_by_ref();
        answers.as_mut().poll(cx)
    });
    let (first, third, values) = reactor.run_until(async { futures::join!(first, third, answers) }).unwrap();
    assert_eq!((value(first), value(third), values), (Ok(1), Ok(3), vec![1, 3]));
    assert_eq!(client.one_way(9), Ok(()));
}

#[test]
fn blocking_calls_wait_for_room() {
    connected_blocking!(open<2, 1>: client, server);
    let mut sent = 0;
    while client.one_way(sent, soon()) == Ok(()) {
        sent += 1;
    }
    assert_eq!(client.one_way(sent, soon()), Err(ClientError::TimedOut));
    assert_eq!(value(client.two_way(1, soon())), Err(ClientError::TimedOut));
    let server = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        let received = server.receive_all().len() as u32;
        (server, received)
    });
    assert_eq!(client.one_way(7, patient()), Ok(()));
    let (server, received) = server.join().unwrap();
    assert!(received >= sent);
    drop(server);
    assert_eq!(value(client.two_way(1, patient())), Err(ClientError::Closed(Status::PEER_CLOSED)));
}

#[test]
fn blocking_calls() {
    connected_blocking!(open<1, 1>: client, server);
    let answers = thread::spawn(move || {
        for value in 0..3 {
            while support::readable(&server.0).is_err() {}
            server.send(&response::<Open>(server.header().txid(), value));
        }
    });
    for expected in 0..3 {
        assert_eq!(value(client.two_way(9, patient())), Ok(expected));
    }
    answers.join().unwrap();
    assert_eq!(value(client.two_way(9, patient())), Err(ClientError::Closed(Status::PEER_CLOSED)));
    assert_eq!(client.one_way(9, patient()), Err(ClientError::Closed(Status::PEER_CLOSED)));
}

/// With as many late replies outstanding as there are calls, a call used to be refused although they had come.
#[test]
fn blocking_calls_go_on_behind_late_replies() {
    connected_blocking!(open<1, 1>: client, server);
    assert_eq!(value(client.two_way(1, soon())), Err(ClientError::TimedOut));
    let late = server.header().txid();
    assert_eq!(value(client.two_way(1, soon())), Err(ClientError::TooManyCalls));
    server.send(&response::<Open>(late, 1));
    assert_eq!(value(client.two_way(2, soon())), Err(ClientError::TimedOut));
    assert_eq!(client.inner().counters().abandoned, 1);
    assert_ne!(server.header().txid(), late);
}

#[test]
fn blocking_calls_end_with_the_epitaph() {
    connected_blocking!(open<2, 1>: client, server);
    server.send(&epitaph(-30));
    let denied = ClientError::Closed(Status::ACCESS_DENIED);
    assert_eq!(value(client.two_way(1, patient())), Err(denied));
    assert!(server.is_closed());
    assert_eq!(value(client.two_way(1, patient())), Err(denied));
}

#[test]
fn blocking_events() {
    connected_blocking!(open<2, 2>: client, server);
    let mut heard = Heard::default();
    assert_eq!(client.handle_event(&mut heard, soon()), Err(ClientError::TimedOut));
    (0..3).for_each(|value| server.send(&event(value)));
    for _ in 0..3 {
        client.handle_event(&mut heard, patient()).unwrap();
    }
    assert_eq!(heard.0, ["event 0", "event 1", "event 2"]);
}

/// The wait for an event used to spin for ever when the connection had ended.
#[test]
fn blocking_events_end_with_the_connection() {
    connected_blocking!(open<2, 2>: client, server);
    server.send(&event(1));
    drop(server);
    let mut heard = Heard::default();
    assert_eq!(client.handle_event(&mut heard, patient()), Ok(()));
    assert_eq!(client.handle_event(&mut heard, patient()), Err(ClientError::Closed(Status::PEER_CLOSED)));
}

/// A call used to spin past its deadline when the server was gone and events that nobody took were in the way.
#[test]
fn blocking_calls_behind_a_full_event_queue_time_out() {
    connected_blocking!(open<2, 1>: client, server);
    let mut heard = Heard::default();
    assert_eq!(client.handle_event(&mut heard, soon()), Err(ClientError::TimedOut));
    (0..3).for_each(|value| server.send(&event(value)));
    assert_eq!(value(client.two_way(1, soon())), Err(ClientError::TimedOut));
    drop(server);
    assert_eq!(value(client.two_way(1, soon())), Err(ClientError::TimedOut));
    for _ in 0..3 {
        client.handle_event(&mut heard, patient()).unwrap();
    }
    let closed = ClientError::Closed(Status::PEER_CLOSED);
    assert_eq!(client.handle_event(&mut heard, patient()), Err(closed));
}

/// A server that never stopped sending used to put the deadline off for ever.
#[test]
fn blocking_calls_time_out_while_messages_come() {
    connected_blocking!(open<1, 1>: client, server);
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    // Many from the start, then as many as there is room for.
    let mut sent = 0_u64;
    while server.try_send(&event(1)).is_ok() {
        sent += 1;
    }
    let sending = thread::spawn(move || {
        let give_up = Instant::after(Duration::from_secs(20));
        while !stopped.load(Relaxed) && Instant::now() < give_up {
            let _ = server.try_send(&event(1));
        }
        server
    });
    let past = Instant::INFINITE_PAST;
    assert_eq!(value(client.two_way(1, past)), Err(ClientError::TimedOut));
    // One message, not all that were there.
    assert_eq!(client.inner().counters().dropped_events, 1);
    assert_eq!(value(client.two_way(1, soon())), Err(ClientError::TooManyCalls));
    assert!(client.inner().counters().dropped_events > 1 && sent > 1);
    stop.store(true, Relaxed);
    drop(sending.join().unwrap());
}

/// Behind a message that is for nobody, the response is waited for as before.
#[test]
fn blocking_calls_read_past_other_messages() {
    connected_blocking!(open<2, 1>: client, server);
    let answers = thread::spawn(move || {
        while support::readable(&server.0).is_err() {}
        server.send(&event(1));
        server.send(&response::<Open>(server.header().txid(), 4));
    });
    assert_eq!(value(client.two_way(1, patient())), Ok(4));
    answers.join().unwrap();
}

/// A blocking client can be made on one thread and used on another.
#[test]
fn blocking_clients_go_from_thread_to_thread() {
    connected_blocking!(open<1, 1>: client, server);
    let used = thread::spawn(move || {
        let sent = client.one_way(5, patient());
        (client, sent)
    });
    let (client, sent) = used.join().unwrap();
    assert_eq!((sent, server.receive_all().len()), (Ok(()), 1));
    drop(client);
    assert!(server.is_closed());
}

/// A client that found no place on its reactor used to keep its storage and its channel for good.
#[test]
fn a_refused_client_gives_everything_back() {
    static STORAGES: [open::Storage<1, 1>; 65] = [const { open::Storage::new() }; 65];
    let reactor = Reactor::new().unwrap();
    let (last, first) = STORAGES.split_last().unwrap();
    let mut ends = vec![];
    let clients: Vec<_> = first
        .iter()
        .map(|storage| {
            let (near, far) = channel();
            ends.push(far);
            open::Client::new(&reactor, storage, near).unwrap()
        })
        .collect();
    let (near, far) = channel();
    assert_eq!(open::Client::new(&reactor, last, near).err(), Some(Status::NO_RESOURCES));
    assert!(is_closed(&far));
    drop(clients);
    assert!(open::Client::new(&reactor, last, channel().0).is_ok());
}
