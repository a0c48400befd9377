//! Futures inserted and completed: `fidl::task::Arena` against `futures::stream::FuturesUnordered`.
//!
//! Both run the same rounds through the interface that they share. A round puts a number of futures in and takes all
//! their outputs out; the figures are per round, the throughput counts futures. `ready` futures finish at their first
//! poll, `woken` ones leave a waker at their first poll, are woken one by one, and finish at the second. `started` is
//! the way that the arena alone has: the first poll comes with the insertion.

use std::cell::RefCell;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fidl::task::{Arena, Started};
use futures::stream::{FuturesUnordered, Stream};

/// A set of futures.
trait Set<F: Future>: Stream<Item = F::Output> {
    fn insert(self: Pin<&mut Self>, future: F);
}

impl<F: Future, const N: usize> Set<F> for Arena<F, N> {
    fn insert(self: Pin<&mut Self>, future: F) {
        self.push(future).expect("the arena has a slot for each future of a round");
    }
}

impl<F: Future> Set<F> for FuturesUnordered<F> {
    fn insert(self: Pin<&mut Self>, future: F) {
        self.push(future);
    }
}

/// Finishes at the first poll.
struct Ready(u64);

impl Future for Ready {
    type Output = u64;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u64> {
        Poll::Ready(self.0)
    }
}

/// Leaves a waker at the first poll and finishes at the second.
struct Woken<'w> {
    number: u64,
    polled: bool,
    wakers: &'w RefCell<Vec<Waker>>,
}

impl Future for Woken<'_> {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        if self.polled {
            return Poll::Ready(self.number);
        }
        self.polled = true;
        self.wakers.borrow_mut().push(cx.waker().clone());
        Poll::Pending
    }
}

/// Takes outputs until none is there; returns how many there were.
fn drain<F: Future<Output = u64>>(mut set: Pin<&mut impl Set<F>>) -> u64 {
    let mut cx = Context::from_waker(Waker::noop());
    let mut outputs = 0;
    while let Poll::Ready(Some(output)) = set.as_mut().poll_next(&mut cx) {
        black_box(output);
        outputs += 1;
    }
    outputs
}

fn ready_round(mut set: Pin<&mut impl Set<Ready>>, futures: u64) {
    for number in 0..futures {
        set.as_mut().insert(Ready(black_box(number)));
    }
    assert_eq!(drain(set), futures);
}

fn woken_round<'w>(mut set: Pin<&mut impl Set<Woken<'w>>>, wakers: &'w RefCell<Vec<Waker>>, futures: u64) {
    for number in 0..futures {
        set.as_mut().insert(Woken { number: black_box(number), polled: false, wakers });
    }
    assert_eq!(drain(set.as_mut()), 0);
    wakers.borrow_mut().drain(..).for_each(Waker::wake);
    assert_eq!(drain(set), futures);
}

fn ready<const N: usize>(group: &mut BenchmarkGroup<'_, WallTime>) {
    group.throughput(Throughput::Elements(N as u64));
    let mut arena = Box::pin(Arena::<Ready, N>::new());
    group.bench_function(BenchmarkId::new("arena", N), |bencher| {
        bencher.iter(|| ready_round(arena.as_mut(), N as u64));
    });
    let mut unordered = Box::pin(FuturesUnordered::new());
    group.bench_function(BenchmarkId::new("futures_unordered", N), |bencher| {
        bencher.iter(|| ready_round(unordered.as_mut(), N as u64));
    });
}

fn woken<const N: usize>(group: &mut BenchmarkGroup<'_, WallTime>) {
    group.throughput(Throughput::Elements(N as u64));
    let wakers = RefCell::new(Vec::with_capacity(N));
    let mut arena = Box::pin(Arena::<Woken<'_>, N>::new());
    group.bench_function(BenchmarkId::new("arena", N), |bencher| {
        bencher.iter(|| woken_round(arena.as_mut(), &wakers, N as u64));
    });
    let mut unordered = Box::pin(FuturesUnordered::new());
    group.bench_function(BenchmarkId::new("futures_unordered", N), |bencher| {
        bencher.iter(|| woken_round(unordered.as_mut(), &wakers, N as u64));
    });
}

/// As a service runs its handlers.
fn started<const N: usize>(group: &mut BenchmarkGroup<'_, WallTime>) {
    group.throughput(Throughput::Elements(N as u64));
    let mut arena = Box::pin(Arena::<Ready, N>::new());
    group.bench_function(BenchmarkId::new("ready", N), |bencher| {
        bencher.iter(|| {
            for number in 0..N as u64 {
                let started = arena.as_mut().start_with(|_| Ready(black_box(number)));
                assert!(matches!(started, Ok(Started::Finished(_))));
            }
        });
    });
    let wakers = RefCell::new(Vec::with_capacity(N));
    let mut arena = Box::pin(Arena::<Woken<'_>, N>::new());
    group.bench_function(BenchmarkId::new("woken", N), |bencher| {
        bencher.iter(|| {
            for number in 0..N as u64 {
                let make = |_| Woken { number: black_box(number), polled: false, wakers: &wakers };
                assert!(matches!(arena.as_mut().start_with(make), Ok(Started::Waiting(_))));
            }
            wakers.borrow_mut().drain(..).for_each(Waker::wake);
            arena.as_mut().poll_woken(|_, output| _ = black_box(output));
            assert!(arena.is_empty());
        });
    });
}

fn arena(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("arena/ready");
    ready::<1>(&mut group);
    ready::<64>(&mut group);
    ready::<1024>(&mut group);
    group.finish();
    let mut group = criterion.benchmark_group("arena/woken");
    woken::<1>(&mut group);
    woken::<64>(&mut group);
    woken::<1024>(&mut group);
    group.finish();
    let mut group = criterion.benchmark_group("arena/started");
    started::<1>(&mut group);
    started::<64>(&mut group);
    started::<1024>(&mut group);
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = arena
}
criterion_main!(benches);
