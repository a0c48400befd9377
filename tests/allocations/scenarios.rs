//! The scenarios. Each returns how often the heap was asked for memory.

use std::path::PathBuf;
use std::sync::Barrier;
use std::time::Duration;

use fidl::adapter::{EventLoop, ReactorLoop};
use fidl::domain::Pool;
use fidl::kernel::{self, AsHandleRef, Channel, Event, Instant, Signals, create_endpoints};
use fidl::reactor::{Objects, Tasks};
use fidl::storage::Claim;
use fidl::wire::HandleSlot;
use fidl::{Capacity, Listener, Reactor, Timers, WhenFull, capacity};

use super::count;
use super::server::schema::example_echo::{EchoHeardRequestView, echo};
use super::server::{Parallel, Server, yield_now};

/// How often the small things are done.
const ROUNDS: u32 = 200;

/// Starts the server with this capacity on a reactor.
macro_rules! started {
    ($server:expr, $capacity:expr => $service:ident, $reactor:ident) => {
        const CAPACITY: Capacity = $capacity;
        fidl::service!(static SERVICE: echo::Serve<Server>, CAPACITY);
        let $service = SERVICE.start($server).unwrap();
        let $reactor = Reactor::new().unwrap();
    };
}

/// A new connection to a service in this thread.
macro_rules! client {
    ($service:ident, $reactor:ident, $storage:expr) => {{
        let (client, server) = create_endpoints().unwrap();
        $service.serve(&$reactor, server).unwrap();
        echo::Client::new(&$reactor, $storage, client.into_channel()).unwrap()
    }};
}

async fn calls<const N: usize, const E: usize>(client: &echo::Client<'_, N, E>) {
    assert_eq!(client.say("hello").await.unwrap().view().text(), "hello");
    let (one, other) = futures::join!(client.echo(&[7; 8192]), client.say(""));
    assert_eq!(one.unwrap().view().data(), [7; 8192]);
    assert_eq!(other.unwrap().view().text(), "");
    client.announce("x").unwrap();
    assert_eq!(client.count().await.unwrap().requests, 0);
}

pub(crate) fn async_client() -> usize {
    static STORAGE: echo::Storage<4, 2> = echo::Storage::new();
    started!(Server { yields: 2, ..Server::default() }, capacity().in_flight(8) => service, reactor);
    count(|| {
        let run = async {
            let client = client!(service, reactor, &STORAGE);
            for _ in 0..ROUNDS {
                calls(&client).await;
            }
        };
        reactor.run_until(run).unwrap();
    })
}

/// The other end of a listener's channel, as a client that comes in by it.
fn call_in(callers: &Channel) -> Channel {
    let (near, far) = Channel::create().unwrap();
    let slots = [HandleSlot::holding(far, 0, 0x8000_0000)];
    kernel::write(callers.raw_handle(), &[], &slots).unwrap();
    near
}

fn patient() -> Instant {
    Instant::after(Duration::from_secs(60))
}

struct Heard(usize);

impl echo::EventHandler for Heard {
    fn heard(&mut self, event: EchoHeardRequestView<'_>) {
        assert!(!event.text().is_empty());
        self.0 += 1;
    }
}

/// A blocking client in this thread; the server runs in another.
fn blocking(listener: impl FnOnce() -> Listener + Send, connect: impl FnOnce() -> Channel) -> usize {
    static STORAGE: echo::Storage<1, 4> = echo::Storage::new();
    let (ready, go, done) = (Barrier::new(2), Barrier::new(2), Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            started!(Server { yields: 1, ..Server::default() }, capacity().in_flight(4) => service, reactor);
            service.listen(&reactor, listener()).unwrap();
            ready.wait();
            go.wait();
            reactor.run_until(service.server().ended(1)).unwrap();
            done.wait();
        });
        ready.wait();
        count(|| {
            go.wait();
            let client = echo::BlockingClient::new(&STORAGE, connect()).unwrap();
            for _ in 0..ROUNDS {
                assert_eq!(client.say("hello", patient()).unwrap().view().text(), "hello");
                assert_eq!(client.echo(&[7; 8192], patient()).unwrap().view().data(), [7; 8192]);
            }
            let mut heard = Heard(0);
            client.announce("four", patient()).unwrap();
            while heard.0 < 4 {
                client.handle_event(&mut heard, patient()).unwrap();
            }
            drop(client);
            done.wait();
        })
    })
}

pub(crate) fn blocking_client() -> usize {
    let (callers, listener) = Channel::create().unwrap();
    blocking(|| Listener::from(listener), move || call_in(&callers))
}

fn path() -> PathBuf {
    std::env::temp_dir().join(format!("fidl-allocations-{}", std::process::id()))
}

pub(crate) fn blocking_client_at_a_path() -> usize {
    let path = path();
    blocking(|| fidl::listen(&path).unwrap(), || fidl::connect(&path).unwrap())
}

/// Two threads that serve, and two blocking clients that come and go in a third.
pub(crate) fn threads() -> usize {
    const CAPACITY: Capacity = capacity().connections(2).in_flight(4);
    fidl::service!(static SERVICE: echo::Serve<Parallel>, CAPACITY, domains = 3);
    static STORAGES: [echo::Storage<1, 0>; 2] = [const { echo::Storage::new() }; 2];
    let service = SERVICE.start(Parallel).unwrap();
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    let (callers, listener) = Channel::create().unwrap();
    service.listen(Listener::from(listener)).unwrap();
    let (go, done) = (Barrier::new(3), Barrier::new(3));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                go.wait();
                pool.work().unwrap();
                done.wait();
            });
        }
        count(|| {
            go.wait();
            for _ in 0..ROUNDS {
                for storage in &STORAGES {
                    let client = echo::BlockingClient::new(storage, call_in(&callers)).unwrap();
                    assert_eq!(client.say("hello", patient()).unwrap().view().text(), "hello");
                    assert_eq!(client.echo(&[7; 8192], patient()).unwrap().view().data(), [7; 8192]);
                }
            }
            pool.stop();
            done.wait();
        })
    })
}

/// More than the channel has room for, so that handlers wait for room, and more than the client keeps.
pub(crate) fn events() -> usize {
    static STORAGE: echo::Storage<1, 3> = echo::Storage::new();
    started!(Server::default(), capacity().in_flight(40) => service, reactor);
    count(|| {
        let run = async {
            let client = client!(service, reactor, &STORAGE);
            let mut heard = Heard(0);
            let text = [b'x'; 200];
            let text = str::from_utf8(&text).unwrap();
            for _ in 0..40 {
                client.announce(text).unwrap();
            }
            while heard.0 < 40 * 200 {
                client.handle_event(&mut heard).await.unwrap();
            }
        };
        reactor.run_until(run).unwrap();
    })
}

pub(crate) fn arena_full() -> usize {
    static STORAGES: [echo::Storage<8, 1>; 3] = [const { echo::Storage::new() }; 3];
    started!(Server { yields: 3, ..Server::default() }, capacity().in_flight(2) => service, reactor);
    let allocations = count(|| {
        let run = async {
            let clients = STORAGES.each_ref().map(|storage| client!(service, reactor, storage));
            for _ in 0..ROUNDS {
                let eight = clients.each_ref().map(|client| async move {
                    let four = || async {
                        futures::join!(client.say("a"), client.say("b"), client.say("c"), client.say("d"))
                    };
                    let _ = futures::join!(four(), four());
                });
                let [one, two, three] = eight;
                futures::join!(one, two, three);
            }
        };
        reactor.run_until(run).unwrap();
    });
    assert!(service.counters().starved > 0);
    allocations
}

pub(crate) fn connections() -> usize {
    static STORAGE: echo::Storage<4, 2> = echo::Storage::new();
    started!(Server::default(), capacity().connections(2).in_flight(2) => service, reactor);
    let (callers, listener) = Channel::create().unwrap();
    service.listen(&reactor, Listener::from(listener)).unwrap();
    count(|| {
        let run = async {
            for round in 1..=ROUNDS {
                let client = echo::Client::new(&reactor, &STORAGE, call_in(&callers)).unwrap();
                calls(&client).await;
                drop(client);
                service.server().ended(round).await;
            }
        };
        reactor.run_until(run).unwrap();
    })
}

pub(crate) fn connections_at_a_path() -> usize {
    static STORAGE: echo::Storage<4, 2> = echo::Storage::new();
    started!(Server::default(), capacity().connections(2).in_flight(2) => service, reactor);
    let path = path();
    service.listen(&reactor, fidl::listen(&path).unwrap()).unwrap();
    count(|| {
        let run = async {
            for round in 1..=ROUNDS {
                let client = echo::Client::new(&reactor, &STORAGE, fidl::connect(&path).unwrap()).unwrap();
                calls(&client).await;
                drop(client);
                service.server().ended(round).await;
            }
        };
        reactor.run_until(run).unwrap();
    })
}

/// Garbage, unknown methods, large messages, and more connections than there are.
pub(crate) fn hostile_clients() -> usize {
    static STORAGE: echo::Storage<4, 2> = echo::Storage::new();
    const CAPACITY_: Capacity = capacity().connections(3).in_flight(2).when_full(WhenFull::Refuse);
    started!(Server::default(), CAPACITY_ => service, reactor);
    let (callers, listener) = Channel::create().unwrap();
    service.listen(&reactor, Listener::from(listener)).unwrap();
    let large = {
        let mut message = [0; 60_000];
        message[..16].copy_from_slice(&[9, 0, 0, 0, 2, 0, 0x80, 1, 1, 2, 3, 4, 5, 6, 7, 8]);
        message
    };
    let allocations = count(|| {
        let run = async {
            let client = echo::Client::new(&reactor, &STORAGE, call_in(&callers)).unwrap();
            calls(&client).await;
            for _ in 0..ROUNDS {
                let others = [(); 4].map(|()| call_in(&callers));
                for (other, message) in others.iter().zip([&large, &large[..3], &large[..16], &[0xff; 64]]) {
                    let _ = kernel::write(other.raw_handle(), message, &[]);
                }
                calls(&client).await;
                drop(others);
                yield_now().await;
                calls(&client).await;
            }
        };
        reactor.run_until(run).unwrap();
    });
    let counters = service.counters();
    assert!(counters.protocol_errors > 0 && counters.refused > 0 && counters.unknown_methods > 0);
    assert!(counters.large_requests > 0);
    allocations
}

pub(crate) fn timers() -> usize {
    static TIMERS: Timers = Timers::new();
    let reactor = Reactor::new().unwrap();
    reactor.set_timers(&TIMERS);
    count(|| {
        let run = async {
            for micros in 0..200 {
                let (short, long) = (Duration::from_micros(micros), Duration::from_secs(1));
                futures::future::select(TIMERS.sleep(short), TIMERS.sleep(long)).await;
            }
        };
        reactor.run_until(run).unwrap();
    })
}

/// A library on the reactor as its event loop: tasks that spawn tasks, sleep and wait for signals.
pub(crate) fn event_loop() -> usize {
    static OBJECTS: Claim<Objects<4, 1>> = Claim::new(Objects::new());
    static TIMERS: Timers<4> = Timers::new();
    static TASKS: Claim<Tasks<4, 512>> = Claim::new(Tasks::new());
    let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::new().unwrap()));
    let tasks = &*TASKS.claim().unwrap().leak();
    let on = ReactorLoop::new(reactor, OBJECTS.claim().unwrap().leak(), &TIMERS, tasks).unwrap();
    let event: &'static Event = Box::leak(Box::new(Event::create().unwrap()));
    let change = |clear, set| event.as_handle_ref().signal(clear, set).unwrap();
    let allocations = count(|| {
        let run = async {
            for _ in 0..ROUNDS {
                let signal = async move { change(Signals::NONE, Signals::USER_0) };
                on.spawn(async move { on.spawn(signal).unwrap() }).unwrap();
                on.wait_for(event, Signals::USER_0).await.unwrap();
                change(Signals::USER_0, Signals::NONE);
                on.sleep_until(Instant::after(Duration::from_micros(50))).await;
            }
        };
        reactor.run_until(run).unwrap();
    });
    assert_eq!(tasks.counters().finished, 2 * u64::from(ROUNDS));
    allocations
}

/// Must be caught.
pub(crate) fn handler_that_allocates() -> usize {
    static STORAGE: echo::Storage<1, 1> = echo::Storage::new();
    started!(Server { allocates: true, ..Server::default() }, capacity() => service, reactor);
    count(|| {
        let run = async { client!(service, reactor, &STORAGE).count().await.unwrap() };
        reactor.run_until(run).unwrap();
    })
}

/// Must be caught.
pub(crate) fn thread_that_allocates() -> usize {
    let (go, done) = (Barrier::new(2), Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            go.wait();
            std::hint::black_box(Box::new(1u64));
            done.wait();
        });
        count(|| {
            go.wait();
            done.wait();
        })
    })
}
