//! Tables, unions and errors as payloads, between a server and a client in one thread, small enough for Miri: what each side
//! sees of the other's answers, and of a newer peer's.

#![allow(dead_code, unreachable_pub, reason = "the macros declare what others reach")]

extern crate std;

use core::cell::Cell;
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::boxed::Box;

use super::{Binding, Call, Outcome, capacity};
use crate::client::{
    BlockingClient, Client, ClientError, EventMessage, Flexible, FlexibleError, Response, Storage, Strict,
    StrictError,
};
use crate::kernel::{self, AsHandleRef, Channel, Instant, Signals, create_endpoints};
use crate::message::{Frame, Header, Method, MethodKind, Openness, Protocol};
use crate::reactor::Reactor;
use crate::wire::{
    Aligned, EmptyStruct, Encode, EncodeError, Encoder, Handle, HandleSlot, HandleView, I32, SAME_RIGHTS,
    Str, TableView, U32, U64,
};
use zerocopy::IntoBytes;

crate::wire_table! {
    /// What is to be divided. A newer schema has a third member.
    table FractionWire, FractionView<'f> {
        1 of: U32 => u32,
        2 by: U64 => u64,
    }
}

#[derive(Default)]
struct Fraction {
    of: Option<u32>,
    by: Option<u64>,
}

crate::encode_table! { Fraction => FractionWire { 1 of, 2 by } }

crate::wire_table! {
    /// A newer peer's.
    table NewFractionWire, NewFractionView<'f> {
        1 of: U32 => u32,
        2 by: U64 => u64,
        3 note: Str<100> => &'f str,
        5 token: Handle<0, SAME_RIGHTS> => HandleView<'f>,
    }
}

#[derive(Default)]
struct NewFraction<'a> {
    of: Option<u32>,
    by: Option<u64>,
    note: Option<&'a str>,
    token: Option<Channel>,
}

crate::encode_table! { resource NewFraction<'_> => NewFractionWire { 1 of, 2 by, 3 ref note, 5 token } }

crate::wire_union! {
    /// A quotient.
    flexible union QuotientWire, QuotientView<'f> {
        1 Whole: U64 => u64,
        2 Rest: FractionWire => FractionView<'f>,
    }
}

enum Quotient {
    Whole(u64),
    Rest(Fraction),
}

crate::encode_union! { Quotient => QuotientWire { 1 Whole, 2 Rest } }

/// Strict `Divide(table) -> (union) error uint32`, flexible `Check(union) -> () error int32`, flexible `Reset() -> ()`,
/// strict `Ask() -> (table)`, strict event `Divided(union)`.
enum Divider {}

const DIVIDE: u64 = 1;
const CHECK: u64 = 2;
const RESET: u64 = 3;
const ASK: u64 = 4;
const MISSING: u64 = 5;
const DIVIDED: u64 = 6;

const BY_ZERO: u32 = 7;

impl Protocol for Divider {
    const NAME: &'static str = "test/Divider";
    const OPENNESS: Openness = Openness::Open;
    const METHODS: &'static [Method] = &[
        Method { ordinal: DIVIDE, name: "Divide", kind: MethodKind::TwoWay, flexible: false },
        Method { ordinal: CHECK, name: "Check", kind: MethodKind::TwoWay, flexible: true },
        Method { ordinal: RESET, name: "Reset", kind: MethodKind::TwoWay, flexible: true },
        Method { ordinal: ASK, name: "Ask", kind: MethodKind::TwoWay, flexible: false },
    ];
    const EVENTS: &'static [u64] = &[DIVIDED];
    const EXTENSIBLE_REQUESTS: bool = true;
    const EXTENSIBLE_SERVER_MESSAGES: bool = true;
    // Header 16, union 16, table 16, envelopes 16, `by` 8.
    type RequestFrame = Frame<72, 0>;
    // And a result union of 16 around it.
    type ResponseFrame = Frame<88, 0>;
    type EventFrame = Frame<72, 0>;
    type ServerMessageFrame = Frame<88, 0>;
}

#[derive(Default)]
struct Server {
    unknown: Cell<u64>,
}

impl Server {
    fn divide(&self, fraction: FractionView<'_>) -> Result<Quotient, u32> {
        self.unknown.set(fraction.unknown_members().map(|member| 1 << member.ordinal()).sum());
        let (of, by) = (u64::from(fraction.of().unwrap_or(0)), fraction.by().unwrap_or(1));
        match of.checked_rem(by).ok_or(BY_ZERO)? {
            0 => Ok(Quotient::Whole(of / by)),
            rest => Ok(Quotient::Rest(Fraction { of: Some(rest as u32), by: Some(by) })),
        }
    }

    fn check(&self, quotient: QuotientView<'_>) -> Result<(), i32> {
        match quotient {
            QuotientView::Whole(_) => Ok(()),
            QuotientView::Rest(_) => Err(-1),
            QuotientView::Unknown(unknown) => Err(unknown.ordinal() as i32),
        }
    }
}

enum Serve {}

impl Binding for Serve {
    type Protocol = Divider;
    type Server = Server;

    async fn dispatch<'s>(server: &'s Server, call: Call<'s, Divider>) -> Outcome<'s> {
        let method = Divider::METHODS[call.method()].ordinal;
        let (mut request, reply) = call.split();
        match method {
            DIVIDE => match request.decode::<FractionWire>() {
                Ok(body) => {
                    let response = server.divide(body.view());
                    if let Ok(quotient) = &response {
                        let _ = reply.connection().send_event::<QuotientWire>(DIVIDED, false, quotient);
                    }
                    reply.send_result::<QuotientWire, U32>(response)
                }
                Err(error) => reply.refuse(error),
            },
            CHECK => match request.decode::<QuotientWire>() {
                Ok(body) => reply.send_result::<EmptyStruct, I32>(server.check(body.view())),
                Err(error) => reply.refuse(error),
            },
            RESET => match request.decode_empty() {
                Ok(()) => reply.send_empty(),
                Err(error) => reply.refuse(error),
            },
            _ => reply.send::<FractionWire>(Fraction { of: Some(1), by: None }),
        }
    }
}

type Answer<'c, R> = Result<Response<'c, Divider, R, 2, 2>, ClientError>;
type Divided = StrictError<QuotientWire, U32>;
type Checked = FlexibleError<EmptyStruct, I32>;

fn quotient(answer: Answer<'_, Divided>) -> Result<Result<(u64, u64), u32>, ClientError> {
    Ok(answer?.view().map(|quotient| match quotient {
        QuotientView::Whole(whole) => (whole, 0),
        QuotientView::Rest(rest) => (0, u64::from(rest.of().unwrap_or(0))),
        QuotientView::Unknown(_) => (u64::MAX, 0),
    }))
}

async fn use_everything(client: &Client<'_, Divider, 2, 2>) {
    let event = client.next_event();
    let divide =
        |of, by| client.call::<FractionWire, Divided>(DIVIDE, false, Fraction { of: Some(of), by: Some(by) });
    assert_eq!(quotient(divide(6, 3).await), Ok(Ok((2, 0))));
    assert_eq!(quotient(divide(7, 4).await), Ok(Ok((0, 3))));
    assert_eq!(quotient(divide(1, 0).await), Ok(Err(BY_ZERO)));
    let mut event: EventMessage<'_, _, 2, 2> = event.await.unwrap();
    assert!(matches!(event.decode::<QuotientWire>().unwrap().view(), QuotientView::Whole(2)));

    let check = |quotient| client.call::<QuotientWire, Checked>(CHECK, true, quotient);
    assert_eq!(check(Quotient::Whole(1)).await.unwrap().view(), Ok(()));
    assert_eq!(check(Quotient::Rest(Fraction::default())).await.unwrap().view(), Err(-1));
    client.call_empty::<Flexible<EmptyStruct>>(RESET, true).await.unwrap();
    let answer = client.call_empty::<Strict<FractionWire>>(ASK, false).await.unwrap();
    assert_eq!((answer.view().of(), answer.view().by()), (Some(1), None));

    let missing = client.call_empty::<Checked>(MISSING, true).await.map(|_| ());
    assert_eq!(missing, Err(ClientError::UnknownMethod));
    assert_eq!(client.ended(), None);
}

#[test]
fn payloads_and_errors() {
    crate::service!(static SERVICE: Serve, capacity().connections(1).in_flight(2).large_frames(0));
    static STORAGE: Storage<Divider, 2, 2> = Storage::new();
    let service = SERVICE.start(Server::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (client, server) = create_endpoints().unwrap();
    service.serve(&reactor, server).unwrap();
    let client = Client::new(&reactor, &STORAGE, client.into_channel()).unwrap();
    reactor.run_until(use_everything(&client)).unwrap();
    // Six of methods that there are, and one more.
    assert_eq!((service.counters().replies, service.counters().unknown_methods), (8, 1));
}

/// A message, encoded; handles lie in `slots`.
fn message<W: crate::wire::Wire>(
    header: Header,
    value: impl Encode<W>,
    slots: &[HandleSlot],
) -> Result<(Aligned<[u8; 512]>, usize, usize), EncodeError> {
    let mut bytes = Aligned([0; 512]);
    bytes.0[..16].copy_from_slice(header.as_bytes());
    let mut encoder = Encoder::new(&mut bytes.0, 16, slots);
    let place = encoder.claim::<W>()?;
    value.encode(place, &mut encoder)?;
    let written = encoder.finish();
    Ok((bytes, written.bytes, written.handles))
}

fn send<W: crate::wire::Wire>(channel: &Channel, header: Header, value: impl Encode<W>) {
    let slots = [const { HandleSlot::empty() }; 2];
    let (bytes, length, handles) = message::<W>(header, value, &slots).unwrap();
    kernel::write(channel.raw_handle(), &bytes.0[..length], &slots[..handles]).unwrap();
}

fn settle(reactor: &Reactor<'_>) {
    (0..6).for_each(|_| {
        reactor.crank(Instant::INFINITE_PAST).unwrap();
    });
}

/// A newer client's request is larger than the schema knows, and has a handle in a member that nobody knows.
#[test]
fn a_newer_client() {
    crate::service!(static SERVICE: Serve, capacity().connections(1).in_flight(2).large_frames(1));
    let service = SERVICE.start(Server::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (client, server) = create_endpoints().unwrap();
    service.serve(&reactor, server).unwrap();
    let channel = client.into_channel();
    let (token, other_end) = Channel::create().unwrap();
    let note = "a note that an older server has no room for";
    let fraction = NewFraction { of: Some(6), by: Some(2), note: Some(note), token: Some(token) };
    send::<NewFractionWire>(&channel, Header::new(9, DIVIDE, false), fraction);
    settle(&reactor);
    assert_eq!((service.server().unknown.get(), service.counters().large_requests), (1 << 3 | 1 << 5, 1));
    assert!(kernel::write(other_end.raw_handle(), b"closed", &[]).is_err());
    let mut reply = [0; 88];
    // The event, then the reply.
    kernel::read(channel.raw_handle(), &mut reply, &[]).unwrap();
    let read = kernel::read(channel.raw_handle(), &mut reply, &[]).unwrap();
    assert_eq!((read.bytes, reply[0], reply[16], reply[32], reply[48]), (56, 9, 1, 1, 3));
}

/// Takes the header of the next request on `channel`.
fn next_request(channel: &Channel) -> Header {
    let mut bytes = [0; 72];
    let read = kernel::read(channel.raw_handle(), &mut bytes, &[]).unwrap();
    Header::parse(&bytes[..read.bytes]).unwrap()
}

/// Answers a request with more than there is room for in the frames of an older client.
fn answer_at_length(channel: &Channel) {
    let header = next_request(channel);
    let note = Some("more than there is room for in the frames of an older client");
    let fraction = NewFraction { of: Some(5), note, ..NewFraction::default() };
    send::<NewFractionWire>(channel, Header::new(header.txid(), ASK, false), fraction);
}

crate::wire_union! {
    /// A newer peer's.
    flexible union NewQuotientWire, NewQuotientView<'f> {
        3 Text: Str<100> => &'f str,
    }
}

enum NewQuotient {
    Text(&'static str),
}

crate::encode_union! { NewQuotient => NewQuotientWire { 3 Text } }

/// The result of one poll.
fn poll<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// What a client and a newer server say to each other.
struct Newer<'r> {
    reactor: &'r Reactor<'static>,
    client: Client<'r, Divider, 2, 2>,
    channel: Channel,
}

impl<'r> Newer<'r> {
    fn new(reactor: &'r Reactor<'static>, storage: &'static Storage<Divider, 2, 2>) -> Self {
        let (client, server) = create_endpoints::<Divider>().unwrap();
        let client = Client::new(reactor, storage, client.into_channel()).unwrap();
        Self { reactor, client, channel: server.into_channel() }
    }

    fn ask(&self) -> impl Future<Output = Answer<'_, Strict<FractionWire>>> {
        self.client.call_empty(ASK, false)
    }

    fn check(&self, answer: Option<Answer<'_, Strict<FractionWire>>>) {
        let answer = answer.expect("an answer").expect("a good one");
        assert_eq!(answer.view().of(), Some(5));
        assert_eq!(answer.view().unknown_members().map(|member| member.ordinal()).sum::<u64>(), 3);
    }
}

/// A newer server's responses are larger than the schema knows. There is one frame for them: a second one is not read while
/// the first is held.
#[test]
fn a_newer_server() {
    static STORAGE: Storage<Divider, 2, 2> = Storage::new();
    let reactor = Reactor::new().unwrap();
    let newer = Newer::new(&reactor, &STORAGE);
    let (mut first, mut second) = (pin!(newer.ask()), pin!(newer.ask()));
    assert!(poll(first.as_mut()).is_none());
    assert!(poll(second.as_mut()).is_none());
    answer_at_length(&newer.channel);
    answer_at_length(&newer.channel);
    settle(newer.reactor);
    let answer = poll(first);
    settle(newer.reactor);
    assert!(poll(second.as_mut()).is_none());
    newer.check(answer);
    settle(newer.reactor);
    newer.check(poll(second));
    assert_eq!(newer.client.ended(), None);
}

#[test]
fn a_newer_server_and_a_blocking_client() {
    static STORAGE: Storage<Divider, 2, 2> = Storage::new();
    let (client, server) = create_endpoints::<Divider>().unwrap();
    let server = std::thread::spawn(move || {
        let channel = server.into_channel();
        for _ in 0..3 {
            let signals = Signals::CHANNEL_READABLE;
            kernel::wait_one(channel.raw_handle(), signals, Instant::INFINITE).unwrap();
            answer_at_length(&channel);
        }
        channel
    });
    let client = BlockingClient::new(&STORAGE, client.into_channel()).unwrap();
    let ask = |deadline| client.call_empty::<Strict<FractionWire>>(ASK, false, deadline);
    let first = ask(Instant::INFINITE).unwrap();
    // The second response is not read while the first is held, and dropped when it can be read.
    let second = ask(Instant::after(Duration::from_millis(50))).map(|_| ());
    assert_eq!((first.view().of(), second), (Some(5), Err(ClientError::TimedOut)));
    drop(first);
    assert_eq!(ask(Instant::INFINITE).unwrap().view().of(), Some(5));
    assert_eq!(client.counters().abandoned, 1);
    drop(server.join().unwrap());
}

/// Nobody takes the response any more, before it comes or after.
#[test]
fn a_newer_server_whose_client_has_lost_interest() {
    static STORAGE: Storage<Divider, 2, 2> = Storage::new();
    let reactor = Reactor::new().unwrap();
    let newer = Newer::new(&reactor, &STORAGE);
    for late in [false, true, false, true] {
        let mut call = Box::pin(newer.ask());
        assert!(poll(call.as_mut()).is_none());
        if late {
            answer_at_length(&newer.channel);
            settle(newer.reactor);
            drop(call);
        } else {
            drop(call);
            answer_at_length(&newer.channel);
            settle(newer.reactor);
        }
    }
    let mut call = pin!(newer.ask());
    assert!(poll(call.as_mut()).is_none());
    answer_at_length(&newer.channel);
    settle(newer.reactor);
    newer.check(poll(call));
    assert_eq!(newer.client.counters().abandoned, 2);
}

#[test]
fn a_newer_server_s_events() {
    static STORAGE: Storage<Divider, 2, 2> = Storage::new();
    let reactor = Reactor::new().unwrap();
    let newer = Newer::new(&reactor, &STORAGE);
    let header = Header::new(0, DIVIDED, false);
    let text = "a member that an older client neither knows nor has room for";
    let mut next = newer.client.next_event();
    for _ in 0..4 {
        send::<NewQuotientWire>(&newer.channel, header, NewQuotient::Text(text));
    }
    for _ in 0..4 {
        settle(newer.reactor);
        let mut event = poll(Pin::new(&mut next)).expect("an event").expect("a good one");
        let body = event.decode::<QuotientWire>().unwrap();
        let QuotientView::Unknown(unknown) = body.view() else { panic!("a known member") };
        assert_eq!((unknown.ordinal(), unknown.bytes().len()), (3, 16 + 64));
        assert_eq!(&unknown.bytes()[16..16 + text.len()], text.as_bytes());
    }
    assert_eq!(newer.client.ended(), None);
}
