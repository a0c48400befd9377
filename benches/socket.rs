//! One call at a time over a Unix socket, client and server on one thread.
//!
//! `call` is everything that generated code does. `sendmsg_recvmsg` is the floor: the same bytes through a bare pair of Unix
//! datagram sockets, two sends and two receives, with no waiting, no checks and no handlers.

use std::hint::black_box;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};
use std::{env, fs, process};

use criterion::{Criterion, criterion_group, criterion_main};
use fidl::{Capacity, Reactor, capacity};

#[allow(dead_code, unreachable_pub, reason = "a benchmark uses a part of the schema")]
mod schema {
    fidl::include_schema!("example_calc");
}
use schema::example_calc::adder;

struct Adder;

impl adder::Server for Adder {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        adder::AddResponse { sum: i64::from(request.a()) + i64::from(request.b()) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {}
}

const CAPACITY: Capacity = capacity().connections(1).in_flight(4);

fn call(criterion: &mut Criterion) {
    fidl::service!(static SERVICE: adder::Serve<Adder>, CAPACITY);
    static STORAGE: adder::Storage<4, 0> = adder::Storage::new();
    let path = env::temp_dir().join(format!("fidl-bench-{}", process::id()));
    let _ = fs::remove_file(&path);
    let service = SERVICE.start(Adder).expect("nobody started it before");
    let reactor = Reactor::new().expect("a reactor");
    service.listen(&reactor, fidl::listen(&path).expect("a path")).expect("room for a listener");
    let channel = fidl::connect(&path).expect("somebody listens");
    let client = adder::Client::new(&reactor, &STORAGE, channel).expect("a client");
    criterion.bench_function("socket/call", |bencher| {
        bencher.iter_custom(|calls| {
            let begun = Instant::now();
            let all = async {
                for _ in 0..calls {
                    let response = client.add(black_box(20), 22).await.expect("an answer");
                    assert_eq!(response.sum, 42);
                }
            };
            reactor.run_until(all).expect("a port that works");
            begun.elapsed()
        });
    });
}

fn floor(criterion: &mut Criterion) {
    let (client, server) = UnixDatagram::pair().expect("a pair of sockets");
    let (request, reply) = ([0x5a; 24], [0x5a; 24]);
    let mut received = [0; 64];
    criterion.bench_function("socket/sendmsg_recvmsg", |bencher| {
        bencher.iter(|| {
            client.send(black_box(&request)).expect("room");
            server.recv(&mut received).expect("a request");
            server.send(black_box(&reply)).expect("room");
            client.recv(&mut received).expect("a reply")
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(1000));
    targets = call, floor
}
criterion_main!(benches);
