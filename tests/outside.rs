//! A reactor that somebody else's loop drives, by its descriptor.
#![cfg(target_os = "linux")]

mod support;

fidl::include_schema!("example_calc");

use std::cell::{Cell, RefCell};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use example_calc::adder;
use fidl::kernel::{Instant, Status, create_endpoints};
use fidl::reactor::Cranked;
use fidl::{Capacity, Reactor, Timers, capacity};
use futures::channel::oneshot;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use support::{FLEXIBLE, Peer, STRICT, message, ordinal};

const CAPACITY: Capacity = capacity().connections(8).in_flight(8);

/// The environment variable that makes a test the other process; its value is the path to connect to.
const CHILD: &str = "FIDL_TEST_OUTSIDE_PATH";

/// Far more than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// Adds; a ping is answered when the test says so, or behind a pause.
#[derive(Default)]
struct Adder {
    may_answer: RefCell<Option<oneshot::Receiver<()>>>,
    pause: Cell<Option<(&'static Timers, Duration)>>,
}

impl adder::Server for Adder {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        adder::AddResponse { sum: i64::from(request.a()) + i64::from(request.b()) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {
        let may_answer = self.may_answer.take();
        if let Some(may_answer) = may_answer {
            may_answer.await.expect("the test says when");
        }
        if let Some((timers, pause)) = self.pause.get() {
            timers.sleep(pause).await;
        }
    }
}

/// Waits for the reactor's descriptor; returns whether it is readable.
fn wait(reactor: &Reactor<'_>, longest: Duration) -> bool {
    let descriptor = reactor.descriptor().unwrap();
    let mut entries = [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)];
    poll(&mut entries, Some(&Timespec::try_from(longest).unwrap())).unwrap() == 1
}

/// Cranks until nothing is left to do; the reactor is prepared for a wait then. Returns until when that may take.
fn crank_until_idle(reactor: &Reactor<'_>) -> Instant {
    loop {
        match reactor.crank(Instant::INFINITE_PAST).unwrap() {
            Cranked::Progress => {}
            Cranked::Stopped => panic!("nobody stops it"),
            Cranked::Idle { next } => {
                if let Some(latest) = reactor.prepare_wait().unwrap() {
                    assert!(latest <= next);
                    return latest;
                }
            }
        }
    }
}

/// The next thing to do comes by descriptor, not before its cause.
#[track_caller]
fn comes_by_descriptor(reactor: &Reactor<'_>, cause: impl FnOnce()) {
    crank_until_idle(reactor);
    assert!(!wait(reactor, Duration::ZERO));
    cause();
    assert!(wait(reactor, LONG), "the descriptor tells");
    assert_eq!(reactor.crank(Instant::INFINITE_PAST), Ok(Cranked::Progress));
    crank_until_idle(reactor);
}

fn add() -> Vec<u8> {
    message(1, STRICT, ordinal::<adder::Adder>("Add"), &[2, 0, 0, 0, 3, 0, 0, 0])
}

fn ping() -> Vec<u8> {
    message(2, FLEXIBLE, ordinal::<adder::Adder>("Ping"), &[])
}

/// Starts a service with one client.
macro_rules! serve {
    ($service:ident, $reactor:ident, $peer:ident) => {
        fidl::service!(static SERVICE: adder::Serve<Adder>, CAPACITY);
        let $service = SERVICE.start(Adder::default()).unwrap();
        let $reactor = Reactor::new().unwrap();
        let (client_end, server_end) = create_endpoints().unwrap();
        $service.serve(&$reactor, server_end).unwrap();
        let $peer = Peer(client_end.into_channel());
    };
}

#[test]
fn by_what_the_same_thread_writes() {
    serve!(service, reactor, peer);
    for _ in 0..10 {
        comes_by_descriptor(&reactor, || peer.send(&add()));
        assert_eq!(peer.receive().unwrap()[16..], [5, 0, 0, 0, 0, 0, 0, 0]);
    }
    comes_by_descriptor(&reactor, || drop(peer));
    assert_eq!(service.counters().closed, 1);
}

#[test]
fn by_a_wake_from_another_thread() {
    serve!(service, reactor, peer);
    for round in 0..100 {
        let (say, may_answer) = oneshot::channel();
        service.server().may_answer.replace(Some(may_answer));
        peer.send(&ping());
        // At once, while the reactor is busy, or when it waits.
        let answer = thread::spawn(move || {
            thread::sleep(Duration::from_micros(round % 10 * 20));
            say.send(()).unwrap();
        });
        loop {
            crank_until_idle(&reactor);
            if peer.receive().is_ok() {
                break;
            }
            assert!(wait(&reactor, LONG), "nothing tells of the wake");
        }
        answer.join().unwrap();
    }
}

/// In another process: calls a few times and checks what comes.
#[test]
fn calls_if_told_to() {
    static STORAGE: adder::Storage<1, 1> = adder::Storage::new();
    let Some(path) = env::var_os(CHILD) else { return };
    let client = adder::BlockingClient::new(&STORAGE, fidl::connect(path).unwrap()).unwrap();
    for number in 0..500 {
        // The server gets to sleep in some of the pauses.
        thread::sleep(Duration::from_micros(number % 7 * 10));
        assert_eq!(client.add(number as i32, 1, Instant::after(LONG)).unwrap().sum, number as i64 + 1);
    }
}

#[test]
fn by_another_process() {
    fidl::service!(static SERVICE: adder::Serve<Adder>, CAPACITY);
    let service = SERVICE.start(Adder::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let path = env::temp_dir().join(format!("fidl-test-{}-outside", std::process::id()));
    let _ = fs::remove_file(&path);
    service.listen(&reactor, fidl::listen(&path).unwrap()).unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "calls_if_told_to"]).env(CHILD, &path).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    while service.counters().closed == 0 {
        let latest = crank_until_idle(&reactor);
        if service.counters().closed == 0 {
            let in_time = wait(&reactor, latest.since(Instant::now()).min(LONG));
            assert!(in_time || latest <= Instant::now(), "a client waits, and nothing tells of it");
        }
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(service.counters().replies, 500);
}

#[test]
fn by_the_time() {
    static TIMERS: Timers = Timers::new();
    serve!(service, reactor, peer);
    reactor.set_timers(&TIMERS);
    let pause = Duration::from_millis(5);
    service.server().pause.set(Some((&TIMERS, pause)));
    let begun = Instant::now();
    peer.send(&ping());
    loop {
        let latest = crank_until_idle(&reactor);
        if peer.receive().is_ok() {
            break;
        }
        // A wheel of timers may want to be looked at before one is due.
        assert!(latest <= begun.plus(LONG), "the time is told");
        assert!(!wait(&reactor, latest.since(Instant::now())), "it is not told by the descriptor");
    }
    assert!(begun.plus(pause) <= Instant::now());
    assert_eq!(crank_until_idle(&reactor), Instant::INFINITE);
}

/// What is set up while the owner waits used to go unnoticed: a timer that is due earlier than all others, a new consumer.
#[test]
fn by_what_is_set_up_meanwhile() {
    static TIMERS: Timers<2> = Timers::new();
    fidl::service!(static SERVICE: adder::Serve<Adder>, CAPACITY);
    let service = SERVICE.start(Adder::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    reactor.set_timers(&TIMERS);
    let mut sleeps = [3600, 60].map(|seconds| Box::pin(TIMERS.sleep(Duration::from_secs(seconds))));
    for sleep in &mut sleeps {
        comes_by_descriptor(&reactor, || {
            let cx = &mut std::task::Context::from_waker(std::task::Waker::noop());
            assert!(sleep.as_mut().poll(cx).is_pending());
        });
    }
    assert!(crank_until_idle(&reactor) <= Instant::after(Duration::from_secs(61)));
    let (_client_end, server_end) = create_endpoints().unwrap();
    comes_by_descriptor(&reactor, || service.serve(&reactor, server_end).unwrap());
}

#[test]
fn a_stop_is_told_once() {
    let reactor = Reactor::new().unwrap();
    crank_until_idle(&reactor);
    reactor.stop();
    assert!(wait(&reactor, LONG));
    assert_eq!(reactor.prepare_wait(), Ok(None));
    assert_eq!(reactor.crank(Instant::INFINITE_PAST), Ok(Cranked::Stopped));
    crank_until_idle(&reactor);
}

/// A late wake of the future of `run_until` kept the reactor from ever sleeping again.
#[test]
fn a_future_that_is_gone_keeps_nobody_awake() {
    let reactor = Reactor::new().unwrap();
    let waker =
        reactor.run_until(std::future::poll_fn(|cx| std::task::Poll::Ready(cx.waker().clone()))).unwrap();
    waker.wake();
    let sleeps = reactor.counters().sleeps;
    for _ in 0..2 {
        reactor.crank(Instant::after(Duration::from_millis(1))).unwrap();
    }
    assert_eq!(reactor.counters().sleeps, sleeps + 1);
}

#[test]
fn time_stands_still_while_a_simulation_waits() {
    let reactor = Reactor::simulated(1).unwrap();
    assert_eq!(reactor.prepare_wait(), Err(Status::BAD_STATE));
}
