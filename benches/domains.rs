//! Requests of sixteen clients, handled on one thread and on two.
//!
//! A handler computes for about the time in the name, and does not wait. All requests are in the channels before the time
//! begins, so that what is measured is the server's: packets, domains, decoding, handlers, replies. `reactor` is the same
//! server without domains, on a reactor of one thread.

use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use fidl::domain::Pool;
use fidl::kernel::{self, AsHandleRef, Channel, create_endpoints};
use fidl::message::{Frame, FrameStorage, Header};
use fidl::{Capacity, Protocol, Reactor, capacity};

#[allow(dead_code, unreachable_pub, reason = "a benchmark uses a part of the schema")]
mod schema {
    fidl::include_schema!("example_calc");
}
use schema::example_calc::{AdderAddRequest, AdderAddRequestWire, adder};

const CLIENTS: usize = 16;

/// How many requests of one client are in its channel at most.
const QUEUED: u64 = 1000;

/// Computes, and counts down what is left to be handled.
#[derive(Default)]
struct Computer {
    left: AtomicU64,
    rounds: AtomicU64,
}

/// Something that the compiler does not take away.
fn compute(rounds: u64) -> u64 {
    (0..rounds).fold(1, |state, round| black_box((state ^ round).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// How many rounds take about this long.
fn rounds_in(time: Duration) -> u64 {
    const SAMPLE: u64 = 1_000_000;
    let fastest = (0..9)
        .map(|_| {
            let begun = Instant::now();
            black_box(compute(SAMPLE));
            begun.elapsed()
        })
        .min()
        .expect("nine samples");
    (u128::from(SAMPLE) * time.as_nanos() / fastest.as_nanos()) as u64
}

static POOL: OnceLock<Pool<'static>> = OnceLock::new();

impl adder::Server for Computer {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        black_box(compute(self.rounds.load(Relaxed)));
        if self.left.fetch_sub(1, Relaxed) == 1
            && let Some(pool) = POOL.get()
        {
            pool.stop();
        }
        adder::AddResponse { sum: i64::from(request.a()) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {}
}

/// One in flight: a request is begun behind the end of the one before, as if the handler were no future.
const CAPACITY: Capacity = capacity().connections(4).in_flight(4);

/// Writes requests, has them handled, and takes the replies out.
fn handle(clients: &[Channel], server: &Computer, mut calls: u64, mut run: impl FnMut()) -> Duration {
    let request: Frame<32, 0> = Frame::EMPTY;
    let add = adder::Adder::METHODS.iter().find(|method| method.name == "Add");
    let ordinal = add.expect("the protocol has the method").ordinal;
    let mut taken = Duration::ZERO;
    while calls > 0 {
        let now = calls.min(QUEUED * clients.len() as u64);
        for (call, client) in (0..now).zip(clients.iter().cycle()) {
            let mut lease = request.lease().expect("nobody else has it");
            let payload = AdderAddRequest { a: 1, b: 2 };
            let header = Header::new(call as u32 + 1, ordinal, false);
            lease.encode::<AdderAddRequestWire>(header, &payload).expect("it encodes");
            lease.write(client.raw_handle()).expect("room");
        }
        server.left.store(now, Relaxed);
        let begun = Instant::now();
        run();
        taken += begun.elapsed();
        let mut reply = [0; 64];
        for client in clients {
            while kernel::read(client.raw_handle(), &mut reply, &[]).is_ok() {}
        }
        calls -= now;
    }
    taken
}

fn domains(criterion: &mut Criterion) {
    fidl::service!(static SERVICE: adder::Serve<Computer>, CAPACITY, domains = 8);
    const ALONE: Capacity = CAPACITY.connections(CLIENTS);
    fidl::service!(static SERVICE_ALONE: adder::Serve<Computer>, ALONE);
    let service: &'static _ =
        Box::leak(Box::new(SERVICE.start(Computer::default()).expect("the first start")));
    let mut pool = Pool::new().expect("a pool");
    service.attach(&mut pool).expect("room in the pool");
    let pool = POOL.get_or_init(|| pool);
    let alone = SERVICE_ALONE.start(Computer::default()).expect("the first start");
    let reactor = Reactor::new().expect("a reactor");
    let connect = |serve: &mut dyn FnMut(fidl::kernel::ServerEnd<adder::Adder>)| {
        (0..CLIENTS)
            .map(|_| {
                let (client_end, server_end) = create_endpoints().expect("a channel");
                serve(server_end);
                client_end.into_channel()
            })
            .collect::<Vec<_>>()
    };
    let clients = connect(&mut |end| service.serve(end).expect("room for a connection"));
    let alone_clients = connect(&mut |end| alone.serve(&reactor, end).expect("room for a connection"));

    for micros in [100, 10, 1] {
        let rounds = rounds_in(Duration::from_micros(micros));
        let mut group = criterion.benchmark_group(format!("domains/{micros}us"));
        group
            .sample_size(10)
            .measurement_time(Duration::from_secs(2))
            .warm_up_time(Duration::from_millis(300));
        alone.server().rounds.store(rounds, Relaxed);
        group.bench_function("reactor", |bencher| {
            bencher.iter_custom(|calls| {
                handle(&alone_clients, alone.server(), calls, || {
                    while alone.server().left.load(Relaxed) > 0 {
                        reactor.crank(kernel::Instant::INFINITE).expect("a port that works");
                    }
                })
            });
        });
        service.server().rounds.store(rounds, Relaxed);
        for threads in [1, 2] {
            group.bench_function(BenchmarkId::new("threads", threads), |bencher| {
                bencher.iter_custom(|calls| {
                    handle(&clients, service.server(), calls, || {
                        pool.run(threads).expect("a port that works")
                    })
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, domains);
criterion_main!(benches);
