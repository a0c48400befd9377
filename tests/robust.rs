//! What a server survives: a listener without resources, messages that are none, handlers that panic or forget.

use std::cell::Cell;
use std::fs::File;
use std::process::Command;
use std::time::Duration;

use fidl::kernel::{self, AsHandleRef, Status};
use fidl::message::Strict;
use fidl::server::{Binding, Call, CloseReason, ConnectionId, Outcome, Sent};
use fidl::wire::{EmptyStruct, HandleSlot};
use fidl::{Capacity, Listener, Reactor, capacity};

#[path = "support/gated.rs"]
mod gated;
mod support;
use gated::{Gated, connect, large, path, say, started, txids};
use support::{Peer, channel, epitaph, run_for, run_until, settle, settle_whatever_panics};

/// The protocols.
pub mod schema {
    fidl::include_schema!("example_echo");
    fidl::include_schema!("test_openness");
}
use schema::example_echo::echo::{self, Echo};

/// The channel's end as a handle to send.
fn slot(end: kernel::Channel) -> HandleSlot {
    HandleSlot::holding(end, 0, 0x8000_0000)
}

#[test]
fn a_listener_outlives_messages_that_are_no_connection() {
    started!(capacity().connections(2).in_flight(2) => service, reactor);
    let (callers, listener) = channel();
    service.listen(&reactor, Listener::from(listener)).unwrap();
    let ((one, sent_one), (two, sent_two)) = (channel(), channel());
    kernel::write(callers.raw_handle(), &[1; 65_536], &[]).unwrap();
    kernel::write(callers.raw_handle(), &[], &[]).unwrap();
    kernel::write(callers.raw_handle(), &[], &[slot(sent_one), slot(sent_two)]).unwrap();
    let (client, server) = channel();
    kernel::write(callers.raw_handle(), &[], &[slot(server)]).unwrap();
    let client = Peer(client);
    client.send(&say(1, "now"));
    settle(&reactor);
    assert_eq!((txids(&client), service.counters().connected), (vec![1], 1));
    assert!(support::is_closed(&one) && support::is_closed(&two));
}

/// In a process of its own, whose files are few.
#[test]
fn a_listener_outlives_a_want_of_files() {
    let program = std::env::current_exe().unwrap();
    let run = "ulimit -n 128; exec \"$0\" --ignored --exact a_want_of_files";
    let output = Command::new("sh").args(["-c", run]).arg(program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[test]
#[ignore = "runs in a process of its own"]
fn a_want_of_files() {
    started!(capacity().connections(2).in_flight(2) => service, reactor);
    let path = path("files");
    service.listen(&reactor, fidl::listen(&path).unwrap()).unwrap();
    settle(&reactor);
    let client = Peer(fidl::connect(&path).unwrap());
    let files: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    run_for(&reactor, Duration::from_millis(250));
    assert_eq!(service.counters().connected, 0);
    assert!(reactor.counters().turns < 100, "a listener without files is looked at now and then");
    drop(files);
    run_until(&reactor, "the connection", || service.counters().connected == 1);
    client.send(&say(1, "now"));
    let mut reply = vec![];
    run_until(&reactor, "the reply", || {
        reply.extend(txids(&client));
        reply == [1]
    });
}

/// A server that panics where its requests say: at once, or behind a gate.
#[derive(Default)]
struct Panics {
    gated: Gated,
}

impl echo::Server for Panics {
    async fn echo(&self, request: echo::EchoRequest<'_>, responder: echo::EchoResponder<'_>) -> Sent {
        responder.send(echo::EchoResponse { data: request.data() })
    }

    async fn say(&self, request: echo::SayRequest<'_>, responder: echo::SayResponder<'_>) -> Sent {
        self.gated.wait(request.text()).await;
        assert!(!request.text().ends_with('!'), "as the request says");
        if request.text() == "a close" {
            request.connection().close_with_epitaph(Status::NOT_FOUND);
        }
        responder.send(echo::SayResponse { text: request.text() })
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        echo::CountResponse { requests: 0 }
    }

    async fn announce(&self, _: echo::AnnounceRequest<'_>) {}

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.gated.reasons.borrow_mut().push(*reason);
    }
}

/// Runs the reactor until nothing happens any more. Returns how much panicked.
fn settle_all(reactor: &Reactor<'_>) -> u64 {
    let before = reactor.counters().panics;
    settle_whatever_panics(reactor);
    reactor.counters().panics - before
}

#[test]
fn a_handler_that_panics_costs_its_connection_alone() {
    const CAPACITY: Capacity = capacity().connections(6).in_flight(3);
    fidl::service!(static SERVICE: echo::Serve<Panics>, CAPACITY);
    let service = SERVICE.start(Panics::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let steady = connect(&service, &reactor);
    for round in 1..=10 {
        steady.send(&say(round, "now"));
        let (first, second) = (connect(&service, &reactor), connect(&service, &reactor));
        first.send(&say(1, "!"));
        second.send(&say(1, "a!"));
        assert_eq!(settle_all(&reactor), 1);
        service.server().gated.a.open(1);
        assert_eq!(settle_all(&reactor), 1);
        assert_eq!((first.is_closed(), second.is_closed()), (true, true));
        assert_eq!(txids(&steady), [round]);
    }
    assert_eq!(service.server().gated.reasons.take(), [CloseReason::Panicked; 20]);
    assert_eq!(service.counters().panicked, 20);
    // All calls are there.
    (1..=3).for_each(|txid| steady.send(&say(txid, "now")));
    assert_eq!(settle_all(&reactor), 0);
    assert_eq!(txids(&steady), [1, 2, 3]);
}

/// Forgets what it is told to forget, and answers all else.
struct Forgetful;

impl Binding for Forgetful {
    type Protocol = Echo;
    type Server = Cell<bool>;

    async fn dispatch<'s>(forgets: &'s Cell<bool>, call: Call<'s, Echo>) -> Outcome<'s> {
        if forgets.get() {
            std::mem::forget(call);
            return std::future::pending().await;
        }
        call.split().1.send::<fidl::wire::EmptyStruct>(&())
    }
}

#[test]
fn a_call_that_is_forgotten_is_not_used_again() {
    const CAPACITY: Capacity = capacity().connections(2).in_flight(3);
    fidl::service!(static SERVICE: Forgetful, CAPACITY);
    let service = SERVICE.start(Cell::new(true)).unwrap();
    let reactor = Reactor::new().unwrap();
    for _ in 0..2 {
        let forgotten = connect(&service, &reactor);
        forgotten.send(&say(1, "x"));
        settle(&reactor);
        drop(forgotten);
        settle(&reactor);
    }
    service.server().set(false);
    let client = connect(&service, &reactor);
    for txid in 1..=5 {
        client.send(&say(txid, "x"));
        settle(&reactor);
        assert_eq!(txids(&client), [txid]);
    }
    assert_eq!((service.counters().retired_calls, service.counters().closed), (2, 2));
}

/// Answers, and then asks for the way to answer once more.
struct Indecisive;

impl Binding for Indecisive {
    type Protocol = Echo;
    type Server = ();

    async fn dispatch<'s>((): &'s (), call: Call<'s, Echo>) -> Outcome<'s> {
        let (_, mut reply) = call.split();
        let _ = reply.responder::<Strict<EmptyStruct>>().send(());
        drop(reply.responder::<Strict<EmptyStruct>>());
        reply.finish()
    }
}

/// An empty message used to be sent.
#[test]
fn an_answer_that_is_taken_back_is_none() {
    const CAPACITY: Capacity = capacity().connections(1).in_flight(1);
    fidl::service!(static SERVICE: Indecisive, CAPACITY);
    let service = SERVICE.start(()).unwrap();
    let reactor = Reactor::new().unwrap();
    let client = connect(&service, &reactor);
    client.send(&say(1, "x"));
    settle(&reactor);
    assert_eq!(txids(&client), []);
    assert!(client.is_closed());
}

/// Replies that wait for room go out before the epitaph where there is room by then.
#[test]
fn a_close_writes_what_there_is_room_for() {
    const CAPACITY: Capacity = capacity().connections(1).in_flight(4);
    fidl::service!(static SERVICE: echo::Serve<Panics>, CAPACITY);
    let service = SERVICE.start(Panics::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let client = connect(&service, &reactor);
    client.send(&say(1, "a close"));
    let mut sent = 1;
    run_until(&reactor, "a reply that waits", || {
        sent += u32::from(client.try_send(&large(sent + 1)).is_ok());
        service.counters().blocked > 0
    });
    settle(&reactor);
    let requests = service.counters().requests as u32;
    service.server().gated.a.open(1);
    // The handler closes; its connection ends with the next turn.
    reactor.crank(kernel::Instant::INFINITE_PAST).unwrap();
    let mut messages = client.receive_all();
    settle(&reactor);
    messages.extend(client.receive_all());
    assert_eq!(messages.pop(), Some(epitaph(Status::NOT_FOUND.into_raw())));
    // All but the reply of the handler that closed, which may come or not.
    assert!(messages.len() as u32 >= requests - 1, "{} of {requests}", messages.len());
    assert_eq!(service.server().gated.reasons.take(), [CloseReason::Shutdown(Some(Status::NOT_FOUND))]);
}
