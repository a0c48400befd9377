//! A service whose connections are served by several threads: what of it runs at once, and in which order.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Barrier, Mutex, OnceLock, mpsc};
use std::task::Poll;
use std::time::Duration;

use fidl::domain::Pool;
use fidl::kernel::{self, AsHandleRef, Channel, ClientEnd, Instant, Listener, create_endpoints};
use fidl::server::{CloseReason, ConnectionId};
use fidl::wire::HandleSlot;
use fidl::{Capacity, ClientError, Reactor, Status, Timers, WhenFull, capacity};
use futures::future::join_all;

mod schema {
    fidl::include_schema!("example_calc");
}
use schema::example_calc::adder;

const DOMAINS: usize = 3;

/// Lets others go first.
async fn yield_now() {
    let mut again = true;
    poll_fn(|cx| {
        if !std::mem::take(&mut again) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Numbers that are different each time.
fn random() -> u32 {
    static STATE: AtomicU32 = AtomicU32::new(1);
    let state = STATE.fetch_add(0x9e37_79b9, SeqCst);
    (state ^ state >> 15).wrapping_mul(0x2c1b_3c6d) >> 7
}

/// `Add(domain, number)`: at no time are two in one domain, and the numbers of a connection come in order.
#[derive(Default)]
struct Watch {
    busy: [AtomicBool; DOMAINS],
    /// By connection, the number that came last.
    last: [AtomicI32; 32],
    /// How many domains are busy now, and were at most.
    at_once: AtomicU32,
    most: AtomicU32,
    closed: AtomicU32,
    handled: AtomicU64,
}

impl Watch {
    /// Does something for a while in which no other handler of the domain may.
    fn alone(&self, domain: usize) {
        assert!(!self.busy[domain].swap(true, SeqCst), "two at once in domain {domain}");
        self.most.fetch_max(self.at_once.fetch_add(1, SeqCst) + 1, SeqCst);
        match random() % 4 {
            0 => std::thread::yield_now(),
            1 => (0..random() % 500).for_each(|_| std::hint::spin_loop()),
            _ => {}
        }
        self.at_once.fetch_sub(1, SeqCst);
        self.busy[domain].store(false, SeqCst);
    }
}

impl adder::Server for Watch {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        let (client, number) = (request.a() as usize, request.b());
        let last = self.last[client].swap(number, SeqCst);
        assert_eq!(last + 1, number, "the requests of client {client} are out of order");
        let domain = client % DOMAINS;
        self.alone(domain);
        for _ in 0..random() % 3 {
            yield_now().await;
            self.alone(domain);
        }
        self.handled.fetch_add(1, SeqCst);
        adder::AddResponse { sum: i64::from(number) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {}

    fn connection_closed(&self, _: ConnectionId, _: &CloseReason) {
        self.closed.fetch_add(1, SeqCst);
    }
}

const CAPACITY: Capacity = capacity().connections(8).in_flight(16);

fn patient() -> Instant {
    Instant::after(Duration::from_secs(60))
}

/// Runs a pool on threads beside `clients`, and stops it behind them.
fn beside(pool: &Pool<'_>, threads: usize, clients: impl FnOnce()) {
    std::thread::scope(|scope| {
        scope.spawn(|| pool.run(threads).unwrap());
        struct Stop<'p>(&'p Pool<'p>);
        impl Drop for Stop<'_> {
            fn drop(&mut self) {
                self.0.stop();
            }
        }
        let _stop = Stop(pool);
        clients();
    });
}

/// Sends requests in bursts, as client number `client`, and checks that they are answered in order of their numbers.
fn send_bursts(client: usize, end: ClientEnd<adder::Adder>, bursts: i32) {
    let storage: &'static adder::Storage<8, 0> = Box::leak(Box::new(adder::Storage::new()));
    let reactor = Reactor::new().unwrap();
    let adder = adder::Client::new(&reactor, storage, end.into_channel()).unwrap();
    let calls = async {
        for burst in 0..bursts {
            let calls = (1..=6).map(|step| {
                let (adder, number) = (&adder, burst * 6 + step);
                async move { (adder.add(client as i32, number).await.unwrap().sum, number) }
            });
            for (sum, number) in join_all(calls).await {
                assert_eq!(sum, i64::from(number));
            }
        }
    };
    reactor.run_until(calls).unwrap();
}

#[test]
fn one_at_a_time_in_a_domain_and_in_order() {
    fidl::service!(static SERVICE: adder::Serve<Watch>, CAPACITY, domains = DOMAINS);
    let service = SERVICE.start(Watch::default()).unwrap();
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    const CLIENTS: usize = 9;
    const BURSTS: i32 = 300;
    beside(&pool, 3, || {
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (client_end, server_end) = create_endpoints().unwrap();
                service.serve_in(client % DOMAINS, server_end).unwrap();
                scope.spawn(move || send_bursts(client, client_end, BURSTS));
            }
        });
        while service.server().closed.load(SeqCst) < CLIENTS as u32 {
            std::thread::yield_now();
        }
    });
    let counters = service.counters();
    assert_eq!(counters.requests, CLIENTS as u64 * BURSTS as u64 * 6);
    assert_eq!((counters.replies, counters.closed), (counters.requests, CLIENTS as u64));
    assert_eq!(service.server().handled.load(SeqCst), counters.requests);
    println!(
        "{} domains were busy at once\n{counters}{}",
        service.server().most.load(SeqCst),
        pool.counters()
    );
}

/// A server that is told what to do by a function.
struct With<F>(F);

impl<F: Fn(i32, i32) -> i64 + 'static> adder::Server for With<F> {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        adder::AddResponse { sum: self.0(request.a(), request.b()) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {
        TIMERS.sleep(Duration::from_millis(2)).await;
    }
}

type Function = With<fn(i32, i32) -> i64>;

static TIMERS: Timers = Timers::new();

/// A client that waits for its answers.
fn blocking(end: ClientEnd<adder::Adder>) -> adder::BlockingClient<2, 0> {
    let storage: &'static adder::Storage<2, 0> = Box::leak(Box::new(adder::Storage::new()));
    adder::BlockingClient::new(storage, end.into_channel()).unwrap()
}

/// Two handlers of different domains that wait for each other: they get along only side by side.
#[test]
fn domains_run_side_by_side() {
    static MEETING: Barrier = Barrier::new(2);
    fidl::service!(static SERVICE: adder::Serve<Function>, CAPACITY, domains = DOMAINS);
    let service = SERVICE
        .start(With(|a, b| {
            MEETING.wait();
            i64::from(a + b)
        }))
        .unwrap();
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    beside(&pool, 2, || {
        std::thread::scope(|scope| {
            for domain in 0..2 {
                let (client_end, server_end) = create_endpoints().unwrap();
                service.serve_in(domain, server_end).unwrap();
                scope.spawn(move || {
                    let adder = blocking(client_end);
                    for number in 0..50 {
                        assert_eq!(adder.add(2, number, patient()).unwrap().sum, 2 + i64::from(number));
                    }
                });
            }
        });
    });
}

/// The other end of a listener's channel, as a client that comes in by it.
fn call_in(callers: &Channel) -> ClientEnd<adder::Adder> {
    let (near, far) = Channel::create().unwrap();
    let slots = [HandleSlot::holding(far, 0, 0x8000_0000)];
    kernel::write(callers.raw_handle(), &[], &slots).unwrap();
    ClientEnd::from(near)
}

/// As many clients as there is room for are spread evenly; others wait until one has gone.
#[test]
fn connections_go_where_there_is_room_and_wait_where_there_is_none() {
    const CAPACITY: Capacity = capacity().connections(2).in_flight(4);
    fidl::service!(static SERVICE: adder::Serve<Function>, CAPACITY, domains = DOMAINS);
    let service = SERVICE.start(With(|a, b| i64::from(a) * i64::from(b))).unwrap();
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    let (callers, listener) = Channel::create().unwrap();
    service.listen(Listener::from(listener)).unwrap();
    let second = Listener::from(Channel::create().unwrap().0);
    assert_eq!(service.listen(second).unwrap_err(), Status::ALREADY_BOUND);
    beside(&pool, 2, || {
        let mut clients: Vec<_> = (0..2 * DOMAINS).map(|_| blocking(call_in(&callers))).collect();
        for (client, number) in clients.iter().zip(0..) {
            assert_eq!(client.add(3, number, patient()).unwrap().sum, 3 * i64::from(number));
        }
        assert_eq!(service.counters().connected, 2 * DOMAINS as u64);
        // One more, which waits until another one leaves; ten times, each time another one's place.
        for round in 0..10 {
            let late = blocking(call_in(&callers));
            let soon = Instant::after(Duration::from_millis(5));
            assert_eq!(late.add(1, 1, soon).unwrap_err(), ClientError::TimedOut);
            drop(clients.remove(round % clients.len()));
            assert_eq!(late.add(5, 6, patient()).unwrap().sum, 30);
            clients.push(late);
        }
        let (_, server_end) = create_endpoints().unwrap();
        assert_eq!(service.serve(server_end).unwrap_err(), Status::NO_RESOURCES);
        let (_, server_end) = create_endpoints().unwrap();
        assert_eq!(service.serve_in(DOMAINS, server_end).unwrap_err(), Status::OUT_OF_RANGE);
    });
    assert!(service.counters().connections_exhausted > 0);
}

/// While a handler blocks, in whatever domain, others connect and are served.
#[test]
fn a_handler_that_blocks_keeps_nobody_out() {
    static HELD: Barrier = Barrier::new(2);
    fidl::service!(pub(crate) static SERVICE: adder::Serve<Function>, CAPACITY, domains = 2);
    let hold = |a, b| {
        if a == 0 {
            HELD.wait();
        }
        i64::from(a + b)
    };
    let service = SERVICE.start(With(hold)).unwrap();
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    let (callers, listener) = Channel::create().unwrap();
    service.listen(Listener::from(listener)).unwrap();
    beside(&pool, 2, || {
        std::thread::scope(|scope| {
            let (client_end, server_end) = create_endpoints().unwrap();
            service.serve_in(0, server_end).unwrap();
            let held = scope.spawn(move || blocking(client_end).add(0, 7, patient()).unwrap().sum);
            // Connections are spread over both domains; that of the other one is served while this one is held.
            let (served, counts) = mpsc::channel();
            for client in [(); 2].map(|()| blocking(call_in(&callers))) {
                let served = served.clone();
                scope.spawn(move || served.send(client.add(1, 1, patient()).unwrap().sum).unwrap());
            }
            let first = counts.recv_timeout(Duration::from_secs(30));
            HELD.wait();
            assert_eq!((first, counts.recv(), held.join().unwrap()), (Ok(2), Ok(2), 7));
        });
    });
}

#[test]
fn connections_can_be_refused() {
    const CAPACITY: Capacity = capacity().connections(1).when_full(WhenFull::Refuse);
    fidl::service!(static SERVICE: adder::Serve<Function>, CAPACITY, domains = 2);
    let service = SERVICE.start(With(|a, b| i64::from(a - b))).unwrap();
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    let (callers, listener) = Channel::create().unwrap();
    service.listen(Listener::from(listener)).unwrap();
    beside(&pool, 1, || {
        let (first, second) = (blocking(call_in(&callers)), blocking(call_in(&callers)));
        assert_eq!(first.add(1, 2, patient()).unwrap().sum + second.add(1, 1, patient()).unwrap().sum, -1);
        let third = blocking(call_in(&callers));
        assert_eq!(third.add(1, 2, patient()).unwrap_err(), ClientError::Closed(Status::NO_RESOURCES));
    });
    assert_eq!(service.counters().refused, 1);
}

/// Timers wake handlers on whatever thread; a thread that sleeps for longer is told of a nearer deadline.
#[test]
fn handlers_sleep() {
    fidl::service!(static SERVICE: adder::Serve<Function>, CAPACITY, domains = DOMAINS);
    let service = SERVICE.start(With(|_, _| 0)).unwrap();
    let mut pool = Pool::new().unwrap();
    pool.set_timers(&TIMERS);
    service.attach(&mut pool).unwrap();
    beside(&pool, 2, || {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let (client_end, server_end) = create_endpoints().unwrap();
                service.serve(server_end).unwrap();
                scope.spawn(move || {
                    let client = blocking(client_end);
                    for _ in 0..25 {
                        client.ping(patient()).unwrap();
                    }
                });
            }
        });
    });
    assert_eq!(service.counters().replies, 100);
}

/// A handler may stop the pool that it runs on, and the pool can be run again.
#[test]
fn a_pool_is_stopped_from_inside_and_run_again() {
    fidl::service!(static SERVICE: adder::Serve<Function>, CAPACITY, domains = 1);
    static POOL: OnceLock<Pool<'static>> = OnceLock::new();
    let stop = |a, _| {
        POOL.get().unwrap().stop();
        i64::from(a)
    };
    let service = Box::leak(Box::new(SERVICE.start(With(stop)).unwrap()));
    let (_, server_end) = create_endpoints().unwrap();
    assert_eq!(service.serve(server_end).unwrap_err(), Status::BAD_STATE);
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    assert_eq!(service.attach(&mut pool).unwrap_err(), Status::ALREADY_BOUND);
    let pool = POOL.get_or_init(|| pool);
    let (client_end, server_end) = create_endpoints().unwrap();
    service.serve(server_end).unwrap();
    let client = blocking(client_end);
    for round in 1..=20 {
        std::thread::scope(|scope| {
            let running = scope.spawn(|| pool.run(2).unwrap());
            assert_eq!(client.add(round, 0, patient()).unwrap().sum, i64::from(round));
            running.join().unwrap();
        });
    }
    assert_eq!(SERVICE.start(With(stop)).err(), Some(Status::ALREADY_EXISTS));
}

/// A panic ends the connection of its request, and no other one, of the same domain either.
#[test]
fn a_panic_costs_one_connection() {
    fidl::service!(static SERVICE: adder::Serve<Function>, CAPACITY, domains = 1);
    let service =
        SERVICE.start(With(|a, b| i64::from(a.checked_div(b).expect("no division by zero")))).unwrap();
    let mut pool = Pool::new().unwrap();
    service.attach(&mut pool).unwrap();
    let [polite, rude] = [(); 2].map(|()| {
        let (client_end, server_end) = create_endpoints().unwrap();
        service.serve(server_end).unwrap();
        blocking(client_end)
    });
    beside(&pool, 2, || {
        assert_eq!(polite.add(6, 3, patient()).unwrap().sum, 2);
        assert_eq!(rude.add(1, 0, patient()).unwrap_err(), ClientError::Closed(Status::PEER_CLOSED));
        assert_eq!(polite.add(8, 2, patient()).unwrap().sum, 4);
    });
    assert_eq!((service.counters().panicked, pool.counters().panics), (1, 1));
}

/// Domains on a reactor of one thread. In a simulation the seed decides their order, and everything else.
mod on_one_thread {
    use super::*;

    /// What became of a run with this seed: its trace, and in which order the requests were handled.
    fn run(seed: u64) -> (u64, Vec<i32>) {
        // A service starts once in a process: each run has one of its own.
        fidl::service!(static SERVICE: adder::Serve<Order>, CAPACITY, domains = DOMAINS);
        let service = SERVICE.start(Order::default()).unwrap();
        let domains = service.on_one_thread();
        let reactor = Reactor::simulated(seed).unwrap();
        domains.attach(&reactor).unwrap();
        assert_eq!(domains.attach(&reactor).unwrap_err(), Status::ALREADY_BOUND);
        let clients: Vec<_> = (0..2 * DOMAINS)
            .map(|client| {
                let storage: &'static adder::Storage<4, 0> = Box::leak(Box::new(adder::Storage::new()));
                let (client_end, server_end) = create_endpoints().unwrap();
                service.serve_in(client % DOMAINS, server_end).unwrap();
                adder::Client::new(&reactor, storage, client_end.into_channel()).unwrap()
            })
            .collect();
        let calls = clients.iter().zip(0..).map(|(adder, client)| async move {
            for number in 1..=3 {
                assert_eq!(adder.add(client, number).await.unwrap().sum, i64::from(number));
            }
        });
        reactor.run_until(join_all(calls)).unwrap();
        let handled = service.server().handled.lock().unwrap().clone();
        (reactor.trace(), handled)
    }

    #[derive(Default)]
    struct Order {
        handled: Mutex<Vec<i32>>,
        last: [AtomicI32; 2 * DOMAINS],
    }

    impl adder::Server for Order {
        async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
            assert_eq!(self.last[request.a() as usize].swap(request.b(), SeqCst) + 1, request.b());
            yield_now().await;
            self.handled.lock().unwrap().push(request.a());
            adder::AddResponse { sum: i64::from(request.b()) }
        }

        async fn ping(&self, _: adder::PingRequest<'_>) {}
    }

    /// Runs a seed in a process of its own; what it said.
    fn run_apart(seed: u64) -> String {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["on_one_thread::one_seed", "--exact", "--nocapture"])
            .env("FIDL_SEED", seed.to_string())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "seed {seed}: {text}");
        text.lines().find(|line| line.starts_with("trace")).expect("a trace").to_owned()
    }

    /// What the runs of others start, each with a seed.
    #[test]
    fn one_seed() {
        let seed = std::env::var("FIDL_SEED").map_or(1, |seed| seed.parse().unwrap());
        let (trace, handled) = run(seed);
        assert_eq!(handled.len(), 6 * DOMAINS);
        println!("\ntrace {trace} {handled:?}");
    }

    #[test]
    fn the_seed_decides_the_order() {
        let runs: Vec<String> = (1..=30).map(run_apart).collect();
        assert_eq!(runs[7], run_apart(8));
        let different: BTreeSet<&String> = runs.iter().collect();
        assert!(different.len() >= 27, "{} of 30 seeds", different.len());
    }
}
