//! A pool of threads at its edges: what it is told too early, cannot do, or is disturbed in.

fidl::include_schema!("example_calc");

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use example_calc::adder;
use fidl::domain::Pool;
use fidl::kernel::{AsHandleRef, Channel, ClientEnd, Instant, Packet, Signals, create_endpoints};
use fidl::reactor::{CONSUMERS, Cranked, Handlers, Next, PacketHandler};
use fidl::{Capacity, Reactor, Status, Timers, capacity};

mod support;
use support::settle_whatever_panics;

static TIMERS: Timers = Timers::new();

/// `Ping` sleeps; `Add` keeps its thread until the sleep is over.
#[derive(Default)]
struct Sleeper {
    sleeps: AtomicBool,
    is_over: AtomicBool,
    panics_when_opened: AtomicBool,
    handled: AtomicU32,
}

impl adder::Server for Sleeper {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        self.handled.fetch_add(1, SeqCst);
        let give_up = Instant::after(Duration::from_secs(5));
        while request.a() > 0 && !self.is_over.load(SeqCst) && Instant::now() < give_up {
            thread::sleep(Duration::from_micros(100));
        }
        adder::AddResponse { sum: i64::from(self.is_over.load(SeqCst)) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {
        self.sleeps.store(true, SeqCst);
        TIMERS.sleep(Duration::from_millis(30)).await;
        self.is_over.store(true, SeqCst);
    }

    fn connection_opened(&self, _: adder::Connection<'_>) {
        assert!(!self.panics_when_opened.swap(false, SeqCst), "on purpose");
    }
}

const CAPACITY: Capacity = capacity().connections(2).in_flight(4);

fn patient() -> Instant {
    Instant::after(Duration::from_secs(60))
}

/// A client that waits for its answers.
fn blocking(end: ClientEnd<adder::Adder>) -> adder::BlockingClient<2, 0> {
    let storage: &'static adder::Storage<2, 0> = Box::leak(Box::new(adder::Storage::new()));
    adder::BlockingClient::new(storage, end.into_channel()).unwrap()
}

/// Runs a pool on threads beside `clients`, and stops it behind them.
fn beside(pool: &Pool<'_>, threads: usize, clients: impl FnOnce()) {
    thread::scope(|scope| {
        let running = scope.spawn(move || pool.run(threads));
        let result = panic::catch_unwind(AssertUnwindSafe(clients));
        pool.stop();
        assert_eq!(running.join().unwrap(), Ok(()));
        if let Err(payload) = result {
            panic::resume_unwind(payload);
        }
    });
}

/// A stop that came before the threads had started was forgotten, and the pool ran for ever.
#[test]
fn a_pool_that_is_stopped_before_it_runs() {
    let pool = Pool::new().unwrap();
    for threads in 1..=3 {
        pool.stop();
        assert_eq!((pool.run(threads), pool.counters().sleeps), (Ok(()), 0));
    }
    pool.stop();
    assert_eq!((pool.work(), pool.work(), pool.run(1)), (Ok(()), Ok(()), Ok(())));
    thread::scope(|scope| {
        let running = scope.spawn(|| pool.run(2));
        while pool.counters().sleeps == 0 {
            thread::yield_now();
        }
        assert!(!running.is_finished());
        pool.stop();
        assert_eq!(running.join().unwrap(), Ok(()));
    });
}

/// Threads that slept without a deadline were not told of one that came, when those that were had to do something else.
#[test]
fn one_thread_that_is_left_looks_at_the_timers() {
    fidl::service!(static SERVICE: adder::Serve<Sleeper>, CAPACITY, domains = 4);
    let service = SERVICE.start(Sleeper::default()).unwrap();
    let server = service.server();
    let mut pool = Pool::new().unwrap();
    pool.set_timers(&TIMERS);
    service.attach(&mut pool).unwrap();
    let mut clients: Vec<_> = (0..4)
        .map(|domain| {
            let (client_end, server_end) = create_endpoints().unwrap();
            service.serve_in(domain, server_end).unwrap();
            blocking(client_end)
        })
        .collect();
    let (sleeper, blockers) = clients.split_first_mut().unwrap();
    beside(&pool, 4, || {
        for round in 0..20 {
            server.sleeps.store(false, SeqCst);
            server.is_over.store(false, SeqCst);
            thread::scope(|scope| {
                let sleeper = &mut *sleeper;
                scope.spawn(move || sleeper.ping(patient()).unwrap());
                while !server.sleeps.load(SeqCst) {
                    thread::yield_now();
                }
                // The threads go to sleep again.
                thread::sleep(Duration::from_millis(2));
                let block =
                    |client: &mut adder::BlockingClient<2, 0>| client.add(1, 0, patient()).unwrap().sum;
                let waiting: Vec<_> =
                    blockers.iter_mut().map(|client| scope.spawn(move || block(client))).collect();
                for thread in waiting {
                    assert_eq!(thread.join().unwrap(), 1, "the timer fired in round {round}");
                }
            });
        }
    });
}

/// Has no packets.
struct Quiet;

impl PacketHandler for Quiet {
    fn packet(&mut self, _: Packet) -> Next {
        Next::End
    }
}

/// A reactor with too few places kept those that were taken, whose turns had no end, and the service.
#[test]
fn a_service_that_finds_no_room_is_attached_elsewhere() {
    fidl::service!(static SERVICE: adder::Serve<Sleeper>, CAPACITY, domains = 3);
    let service = SERVICE.start(Sleeper::default()).unwrap();
    let domains = service.on_one_thread();
    // All places but two are taken.
    let others = [const { Handlers::<Quiet, 1>::new() }; CONSUMERS - 2];
    let mut pool = Pool::new().unwrap();
    let reactor = Reactor::new().unwrap();
    let (channel, _peer) = Channel::create().unwrap();
    for other in &others {
        other.add(&reactor, channel.raw_handle(), Signals::CHANNEL_READABLE, Quiet).unwrap();
    }
    assert_eq!(domains.attach(&reactor).unwrap_err(), Status::NO_RESOURCES);
    let is_idle = |_| matches!(reactor.crank(Instant::INFINITE_PAST), Ok(Cranked::Idle { .. }));
    assert!((0..10).any(is_idle), "nobody has anything to do");
    let (client_end, server_end) = create_endpoints().unwrap();
    service.attach(&mut pool).unwrap();
    assert_eq!(domains.attach(&reactor).unwrap_err(), Status::ALREADY_BOUND);
    service.serve(server_end).unwrap();
    beside(&pool, 1, || {
        assert_eq!(blocking(client_end).add(0, 0, patient()).unwrap().sum, 0);
    });
}

/// The place of a connection whose server panicked when it was told of it was never given to another, if one ended meanwhile.
#[test]
fn a_panic_when_a_connection_is_opened_costs_no_place() {
    fidl::service!(static SERVICE: adder::Serve<Sleeper>, CAPACITY, domains = 1);
    let service = SERVICE.start(Sleeper::default()).unwrap();
    let domains = service.on_one_thread();
    let reactor = Reactor::new().unwrap();
    domains.attach(&reactor).unwrap();
    let connect = || {
        let (client_end, server_end) = create_endpoints::<adder::Adder>().unwrap();
        service.serve(server_end).map(|()| client_end)
    };
    for _ in 0..5 {
        let first = connect().unwrap();
        settle_whatever_panics(&reactor);
        service.server().panics_when_opened.store(true, SeqCst);
        let second = connect().unwrap();
        drop(first);
        settle_whatever_panics(&reactor);
        drop(second);
        settle_whatever_panics(&reactor);
        let both = [connect(), connect()];
        assert!(both.iter().all(Result::is_ok), "both places are free");
        settle_whatever_panics(&reactor);
        drop(both);
        settle_whatever_panics(&reactor);
    }
    assert_eq!(reactor.counters().panics, 5);
}

/// Whoever read counters at the end of a turn kept what the turn had counted from all who read them later.
#[test]
fn counters_come_although_somebody_reads_them() {
    fidl::service!(static SERVICE: adder::Serve<Sleeper>, CAPACITY, domains = 1);
    let service = SERVICE.start(Sleeper::default()).unwrap();
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    let (client_end, server_end) = create_endpoints().unwrap();
    service.serve(server_end).unwrap();
    let client = blocking(client_end);
    beside(&pool, 1, || {
        for round in 1..=300 {
            let answered = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    while !answered.load(SeqCst) {
                        service.counters();
                    }
                });
                client.add(0, 0, patient()).unwrap();
                answered.store(true, SeqCst);
            });
            let give_up = Instant::after(Duration::from_secs(5));
            while service.counters().replies < round {
                assert!(Instant::now() < give_up, "the reply of round {round} is counted");
                thread::yield_now();
            }
        }
    });
}
