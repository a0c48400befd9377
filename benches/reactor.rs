//! The path of a packet while 1, 100 and 10,000 connections are registered with one port.
//!
//! Up to 16 of the connections, in random places (the same in every run), are sent a one-way request in turn. Each
//! request is one packet: it wakes the reactor, which finds the connection by the packet's key, reads the request,
//! handles it, finds the channel empty and registers the wait again. The time must not depend on how many connections
//! there are. `packet` is a service, `packet_handler` a state machine that is called with the packet.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use fidl::kernel::{
    AsHandleRef, Channel, Event, Instant, Packet, Port, PortPacket, Signals, create_endpoints, wait_async,
};
use fidl::message::{Frame, FrameStorage, Header, Lease};
use fidl::reactor::{Handlers, Next, PacketHandler};
use fidl::{Capacity, Protocol, Reactor, Timers, capacity};

#[allow(dead_code, unreachable_pub, reason = "a benchmark uses a part of the schema")]
mod schema {
    fidl::include_schema!("example_bench");
}
use schema::example_bench::sink::{self, Sink};
use schema::example_bench::{Reading, SinkTakeRequest, SinkTakeRequestWire};

/// Counts what it takes.
#[derive(Default)]
struct Readings(Cell<u64>);

impl sink::Server for Readings {
    async fn take(&self, request: sink::TakeRequest<'_>) {
        self.0.set(self.0.get() + u64::from(request.reading().valid()));
    }
}

/// How many of the connections are used.
const ACTIVE: usize = 16;

/// Different numbers below `below`, in random order: as many as there are, but no more than [`ACTIVE`].
fn places(below: usize) -> Vec<usize> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut places = Vec::new();
    while places.len() < below.min(ACTIVE) {
        // Xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let place = (state % below as u64) as usize;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// A request in a frame.
fn request(frame: &Frame<48, 0>) -> Lease<'_> {
    let reading = Reading { sensor: 7, time: 1_000_000_007, value: 0.5, tries: 3, valid: true };
    let header = Header::new(0, Sink::METHODS[0].ordinal, false);
    let mut lease = frame.lease().expect("nobody uses it");
    lease.encode::<SinkTakeRequestWire>(header, &SinkTakeRequest { reading }).expect("it fits");
    lease
}

macro_rules! registrations {
    ($criterion:ident, $connections:literal) => {{
        const CAPACITY: Capacity = capacity().connections($connections).in_flight(4);
        fidl::service!(static SERVICE: sink::Serve<Readings>, CAPACITY);
        let service = SERVICE.start(Readings::default()).expect("nobody started it before");
        let reactor = Reactor::new().expect("a reactor");
        let clients: Vec<Channel> = (0..$connections)
            .map(|_| {
                let (client_end, server_end) = create_endpoints().expect("a channel");
                service.serve(&reactor, server_end).expect("room for a connection");
                client_end.into_channel()
            })
            .collect();
        let turn = || { reactor.crank(Instant::INFINITE_PAST).expect("a port that works"); };
        // The new connections' first turns.
        (0..$connections).for_each(|_| turn());

        let frame = Frame::EMPTY;
        let request = request(&frame);
        let mut active = places($connections).into_iter().map(|place| clients[place].raw_handle()).cycle();
        let (packets, mut sent) = (reactor.counters().packets, 0);
        $criterion.bench_function(concat!("reactor/packet/", $connections), |bencher| {
            bencher.iter(|| {
                request.write(active.next().expect("an endless cycle")).expect("the channel has room");
                turn();
                sent += 1;
            });
        });
        assert_eq!(service.server().0.get(), sent);
        assert_eq!(reactor.counters().packets - packets, sent);
    }};
}

/// Counts what it takes, as a packet handler.
struct Taker<'t> {
    channel: Channel,
    taken: &'t Cell<u64>,
}

static REQUEST: Frame<48, 0> = Frame::EMPTY;

impl PacketHandler for Taker<'_> {
    fn packet(&mut self, _: Packet) -> Next {
        let mut request = REQUEST.lease().expect("handlers run one behind the other");
        while request.read(self.channel.raw_handle()).is_ok() {
            let known = request.header().is_ok_and(|header| header.ordinal() == Sink::METHODS[0].ordinal);
            let Ok(body) = request.decode::<SinkTakeRequestWire>() else { return Next::End };
            self.taken.set(self.taken.get() + u64::from(known && body.view().reading().valid()));
        }
        Next::Wait(Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED)
    }
}

/// The same path with a packet handler in the place of a service.
fn handlers<const N: usize>(criterion: &mut Criterion) {
    let taken = Cell::new(0);
    let handlers = Box::new(Handlers::<Taker<'_>, N>::new());
    let reactor = Reactor::new().expect("a reactor");
    let clients: Vec<Channel> = (0..N)
        .map(|_| {
            let (client, channel) = Channel::create().expect("a channel");
            let (handle, taker) = (channel.raw_handle(), Taker { channel, taken: &taken });
            handlers.add(&reactor, handle, Signals::CHANNEL_READABLE, taker).expect("room for a handler");
            client
        })
        .collect();
    let frame = Frame::EMPTY;
    let request = request(&frame);
    let mut active = places(N).into_iter().map(|place| clients[place].raw_handle()).cycle();
    let mut sent = 0;
    criterion.bench_function(&format!("reactor/packet_handler/{N}"), |bencher| {
        bencher.iter(|| {
            request.write(active.next().expect("an endless cycle")).expect("the channel has room");
            reactor.crank(Instant::INFINITE_PAST).expect("a port that works");
            sent += 1;
        });
    });
    assert_eq!((taken.get(), handlers.counters().packets), (sent, sent));
}

/// An event that is waited for again and again.
struct Pulse<'t> {
    event: &'t Event,
    taken: &'t Cell<u64>,
}

impl PacketHandler for Pulse<'_> {
    fn packet(&mut self, _: Packet) -> Next {
        self.event.signal_handle(Signals::USER_0, Signals::NONE).expect("the event is ours");
        self.taken.set(self.taken.get() + 1);
        Next::Wait(Signals::USER_0)
    }
}

/// The numbers below `below` in random order.
fn shuffled(below: usize) -> Vec<usize> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut numbers: Vec<usize> = (0..below).collect();
    for last in (1..below).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        numbers.swap(last, (state % (last as u64 + 1)) as usize);
    }
    numbers
}

/// `N` events registered, of which 16, or all, in random order are signalled. The figures are per signal: assert it, take the
/// packet, find the handler, take the signal back, register the wait again.
///
/// `kernel` is the same calls with nothing around them; `walk` a bare walk in the order of `all` over three cache lines per
/// step.
fn pulses<const N: usize>(criterion: &mut Criterion) {
    let taken = Cell::new(0);
    let events: Vec<Event> = (0..N).map(|_| Event::create().expect("an event")).collect();
    let assert = |place: usize| {
        events[place].signal_handle(Signals::NONE, Signals::USER_0).expect("the event is open");
    };
    let mut group = criterion.benchmark_group("reactor/signals");
    let orders = [("16_active", places(N)), ("all_active", shuffled(N))];
    {
        let handlers = Box::new(Handlers::<Pulse<'_>, N>::new());
        let reactor = Reactor::new().expect("a reactor");
        for event in &events {
            let pulse = Pulse { event, taken: &taken };
            handlers.add(&reactor, event.raw_handle(), Signals::USER_0, pulse).expect("room for a handler");
        }
        for (name, order) in &orders {
            let mut order = order.iter().copied().cycle();
            group.bench_function(BenchmarkId::new(*name, N), |bencher| {
                bencher.iter(|| {
                    assert(order.next().expect("an endless cycle"));
                    reactor.crank(Instant::INFINITE_PAST).expect("a port that works");
                });
            });
        }
        assert_eq!(taken.get(), handlers.counters().packets);
    }
    let port = Port::claim().expect("a port");
    let wait = |place: usize| {
        let handle = events[place].raw_handle();
        wait_async(handle, &port, place as u64, Signals::USER_0).expect("the event is open");
    };
    (0..N).for_each(wait);
    for (name, order) in &orders {
        let mut order = order.iter().copied().cycle();
        group.bench_function(BenchmarkId::new(format!("kernel_{name}"), N), |bencher| {
            let mut packets = [PortPacket::default(); 64];
            bencher.iter(|| {
                assert(order.next().expect("an endless cycle"));
                let count = port.wait(Instant::INFINITE_PAST, &mut packets).expect("a packet");
                for packet in &packets[..count] {
                    let place = packet.key as usize;
                    events[place].signal_handle(Signals::USER_0, Signals::NONE).expect("it is open");
                    wait(place);
                }
            });
        });
    }
    let mut lines = vec![[0_u64; 24]; N];
    let mut order = shuffled(N).into_iter().cycle();
    group.bench_function(BenchmarkId::new("walk", N), |bencher| {
        bencher.iter(|| {
            let place = &mut lines[order.next().expect("an endless cycle")];
            [0, 8, 16].into_iter().for_each(|line| place[line] += 1);
        });
    });
    group.finish();
}

/// Timers set and cancelled while others wait: the time must not depend on how many.
fn timers(criterion: &mut Criterion) {
    fn set_and_cancel<const N: usize>(criterion: &mut Criterion, timers: &'static Timers<N>) {
        let mut cx = Context::from_waker(Waker::noop());
        let mut others: Vec<_> = shuffled(N - 1)
            .into_iter()
            .map(|place| Box::pin(timers.sleep(Duration::from_secs(60 + place as u64))))
            .collect();
        others.iter_mut().for_each(|sleep| assert!(sleep.as_mut().poll(&mut cx).is_pending()));
        let mut durations =
            shuffled(1024).into_iter().map(|place| Duration::from_secs(60 + place as u64)).cycle();
        criterion.bench_function(&format!("reactor/timer_set_and_cancel/{N}"), |bencher| {
            bencher.iter(|| {
                let duration = durations.next().expect("an endless cycle");
                let mut sleep = pin!(timers.sleep(duration));
                assert!(sleep.as_mut().poll(&mut cx).is_pending());
            });
        });
    }
    static FEW: Timers<10> = Timers::new();
    static MANY: Timers<1_000> = Timers::new();
    static MOST: Timers<100_000> = Timers::new();
    set_and_cancel(criterion, &FEW);
    set_and_cancel(criterion, &MANY);
    set_and_cancel(criterion, &MOST);
}

fn reactor(criterion: &mut Criterion) {
    registrations!(criterion, 1);
    registrations!(criterion, 100);
    registrations!(criterion, 10_000);
    handlers::<1>(criterion);
    handlers::<100>(criterion);
    handlers::<10_000>(criterion);
    pulses::<10>(criterion);
    pulses::<1_000>(criterion);
    pulses::<100_000>(criterion);
    timers(criterion);
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500));
    targets = reactor
}
criterion_main!(benches);
