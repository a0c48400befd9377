//! What a server survives: a listener without resources, messages that are none, handlers that panic or forget.

use std::fs::File;
use std::process::Command;
use std::time::Duration;

use fidl::kernel::{self, AsHandleRef};
use fidl::wire::HandleSlot;
use fidl::{Capacity, Listener, Reactor, capacity};

#[path = "support/gated.rs"]
mod gated;
mod support;
use gated::{Gated, path, say, started, txids};
use support::{Peer, channel, run_for, run_until, settle};

/// The protocols.
pub mod schema {
    fidl::include_schema!("example_echo");
    fidl::include_schema!("test_openness");
}
use schema::example_echo::echo;

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
