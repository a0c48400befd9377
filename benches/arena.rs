//! Futures inserted and completed: `fidl::task::Arena` against `futures::stream::FuturesUnordered`, the bounded set of
//! `futures-buffered` and the group of `futures-concurrency`.
//!
//! All run the same rounds through the interface that they share; those that can be given a capacity get it beforehand. A round puts a number of futures in and takes all
//! their outputs out; the figures are per round, the throughput counts futures. `ready` futures finish at their first
//! poll, `woken` ones leave a waker at their first poll, are woken one by one, and finish at the second. `started` is
//! the way that the arena alone has: the first poll comes with the insertion. `hand_over` is two tasks of one set that hand a
//! number back and forth, per round trip.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fidl::task::{Arena, Started};
use futures::stream::{FuturesUnordered, Stream};
use futures_buffered::FuturesUnorderedBounded;
use futures_concurrency::future::FutureGroup;

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

impl<F: Future> Set<F> for FuturesUnorderedBounded<F> {
    fn insert(mut self: Pin<&mut Self>, future: F) {
        self.push(future);
    }
}

impl<F: Future + Unpin> Set<F> for FutureGroup<F> {
    fn insert(self: Pin<&mut Self>, future: F) {
        FutureGroup::insert(self.get_mut(), future);
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

/// Takes `futures` outputs, in as many polls as the set wants for them.
fn drain<F: Future<Output = u64>>(mut set: Pin<&mut impl Set<F>>, futures: u64) {
    let mut cx = Context::from_waker(Waker::noop());
    let mut outputs = 0;
    while outputs < futures {
        if let Poll::Ready(output) = set.as_mut().poll_next(&mut cx) {
            black_box(output.expect("the set has futures"));
            outputs += 1;
        }
    }
}

fn ready_round(mut set: Pin<&mut impl Set<Ready>>, futures: u64) {
    for number in 0..futures {
        set.as_mut().insert(Ready(black_box(number)));
    }
    drain(set, futures);
}

fn woken_round<'w>(mut set: Pin<&mut impl Set<Woken<'w>>>, wakers: &'w RefCell<Vec<Waker>>, futures: u64) {
    for number in 0..futures {
        set.as_mut().insert(Woken { number: black_box(number), polled: false, wakers });
    }
    let mut cx = Context::from_waker(Waker::noop());
    while wakers.borrow().len() < futures as usize {
        assert!(set.as_mut().poll_next(&mut cx).is_pending());
    }
    wakers.borrow_mut().drain(..).for_each(Waker::wake);
    drain(set, futures);
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
    let mut buffered = Box::pin(FuturesUnorderedBounded::new(N));
    group.bench_function(BenchmarkId::new("futures_buffered", N), |bencher| {
        bencher.iter(|| ready_round(buffered.as_mut(), N as u64));
    });
    let mut concurrency = Box::pin(FutureGroup::with_capacity(N));
    group.bench_function(BenchmarkId::new("futures_concurrency", N), |bencher| {
        bencher.iter(|| ready_round(concurrency.as_mut(), N as u64));
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
    let mut buffered = Box::pin(FuturesUnorderedBounded::new(N));
    group.bench_function(BenchmarkId::new("futures_buffered", N), |bencher| {
        bencher.iter(|| woken_round(buffered.as_mut(), &wakers, N as u64));
    });
    let mut concurrency = Box::pin(FutureGroup::with_capacity(N));
    group.bench_function(BenchmarkId::new("futures_concurrency", N), |bencher| {
        bencher.iter(|| woken_round(concurrency.as_mut(), &wakers, N as u64));
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

/// A number for each of two players, and who waits for it.
#[derive(Default)]
struct Table {
    numbers: [Cell<Option<u64>>; 2],
    wakers: [Cell<Option<Waker>>; 2],
}

impl Table {
    fn put(&self, side: usize, number: u64) {
        self.numbers[side].set(Some(number));
        if let Some(waker) = self.wakers[side].take() {
            waker.wake();
        }
    }

    fn take(&self, side: usize) -> impl Future<Output = u64> + '_ {
        poll_fn(move |cx| match self.numbers[side].take() {
            Some(number) => Poll::Ready(number),
            None => {
                self.wakers[side].set(Some(cx.waker().clone()));
                Poll::Pending
            }
        })
    }
}

/// Takes numbers and puts the next in front of the other, until `last`.
async fn play(table: &Table, side: usize, last: u64) -> u64 {
    loop {
        let number = table.take(side).await;
        if number + 1 < last {
            table.put(1 - side, number + 1);
        } else {
            // The other plays its last number, or has done so.
            table.put(1 - side, last);
            return number;
        }
    }
}

/// Two players hand a number over `2 * rounds` times.
fn rally<'t, F: Future<Output = u64>>(
    mut set: Pin<&mut impl Set<F>>,
    table: &'t Table,
    rounds: u64,
    play: impl Fn(&'t Table, usize, u64) -> F,
) -> Duration {
    for side in [0, 1] {
        set.as_mut().insert(play(table, side, 2 * rounds));
    }
    table.put(0, 0);
    let begin = Instant::now();
    let mut cx = Context::from_waker(Waker::noop());
    let mut left = 2;
    while left > 0 {
        // A set may leave something to its next poll.
        if let Poll::Ready(Some(number)) = set.as_mut().poll_next(&mut cx) {
            assert!(number <= 2 * rounds);
            left -= 1;
        }
    }
    let elapsed = begin.elapsed();
    table.numbers.iter().for_each(|number| number.set(None));
    elapsed
}

fn hand_over(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("arena/hand_over");
    let table = Table::default();
    let mut arena = Box::pin(Arena::<_, 2>::new());
    group.bench_function("arena", |bencher| {
        bencher.iter_custom(|rounds| rally(arena.as_mut(), &table, rounds, play));
    });
    let mut unordered = Box::pin(FuturesUnordered::new());
    group.bench_function("futures_unordered", |bencher| {
        bencher.iter_custom(|rounds| rally(unordered.as_mut(), &table, rounds, play));
    });
    group.finish();
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
    targets = arena, hand_over
}
criterion_main!(benches);
