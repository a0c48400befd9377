//! Times every shape with every peer: `encode` and `decode`, and `copy` alone.

use std::collections::HashSet;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion};
use fidl_peers::peers::{BUFFER, Peer};
use fidl_peers::sink::Sum;
use fidl_peers::visit::{self, Visitor};
use rkyv::util::Align;

struct Times {
    criterion: Criterion,
    copied: HashSet<String>,
}

impl Visitor for Times {
    fn visit<P: Peer<T>, T>(&mut self, shape: &str, value: &T) {
        let mut peer = P::new(value);
        let message = peer.encode().to_vec();
        let mut buffer = Box::new(Align([0; BUFFER]));
        let buffer = &mut buffer.0[..message.len()];
        let mut group = self.criterion.benchmark_group(shape);
        if self.copied.insert(shape.to_owned()) {
            // Ours comes first: its bytes.
            group.bench_function(BenchmarkId::new("decode", "copy"), |bencher| {
                bencher.iter(|| black_box(&mut *buffer).copy_from_slice(black_box(&message)));
            });
        }
        group.bench_function(BenchmarkId::new("encode", P::NAME), |bencher| {
            bencher.iter(|| black_box(black_box(&mut peer).encode()).len());
        });
        group.bench_function(BenchmarkId::new("decode", P::NAME), |bencher| {
            bencher.iter(|| {
                buffer.copy_from_slice(black_box(&message));
                let mut sum = Sum::default();
                P::decode(black_box(&mut *buffer), &mut sum);
                sum.0
            });
        });
    }
}

fn main() {
    let criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300))
        .configure_from_args();
    let mut times = Times { criterion, copied: HashSet::new() };
    visit::all(&mut times);
    times.criterion.final_summary();
}
