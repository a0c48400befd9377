//! Seeded garbage from several peers at once, while a polite client goes on calling.

use std::cell::{Cell, RefCell};

use fidl::kernel::{Channel, create_endpoints};
use fidl::server::{Binding, CloseReason, ConnectionId, Dispatch, Running, Sent};
use fidl::{Capacity, Reactor, capacity};

mod support;
use support::{
    FLEXIBLE, Peer, STRICT, channel, data, is_closed, message, number, ordinal, run_until, settle,
};

/// The protocols.
pub mod schema {
    fidl::include_schema!("example_echo");
    fidl::include_schema!("test_openness");
}
use schema::example_echo::echo::{self, Echo, Events as _};
use schema::test_openness::open::{self, Open};

/// Numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A handler that goes on when it is polled for the third time.
async fn dawdle() {
    for _ in 0..2 {
        let mut again = true;
        std::future::poll_fn(|cx| {
            if !std::mem::take(&mut again) {
                return std::task::Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
    }
}

#[derive(Default)]
struct Victim {
    opened: Cell<u64>,
    reasons: RefCell<Vec<CloseReason>>,
}

impl echo::Server for Victim {
    async fn echo(&self, request: echo::EchoRequest<'_>, responder: echo::EchoResponder<'_>) -> Sent {
        dawdle().await;
        responder.send(echo::EchoResponse { data: request.data() })
    }

    async fn say(&self, request: echo::SayRequest<'_>, responder: echo::SayResponder<'_>) -> Sent {
        responder.send(echo::SayResponse { text: request.text() })
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        dawdle().await;
        echo::CountResponse { requests: 0 }
    }

    async fn announce(&self, request: echo::AnnounceRequest<'_>) {
        let _ = request.connection().heard(request.text());
    }

    fn connection_opened(&self, _: echo::Connection<'_>) {
        self.opened.set(self.opened.get() + 1);
    }

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

impl open::Server for Victim {
    async fn two_way(&self, request: open::TwoWayRequest<'_>) -> open::TwoWayResponse {
        dawdle().await;
        open::TwoWayResponse { value: request.value() }
    }

    async fn flexible(&self, request: open::FlexibleRequest<'_>) -> open::FlexibleResponse {
        open::FlexibleResponse { value: request.value() }
    }

    async fn bare(&self, _: open::BareRequest<'_>) {
        dawdle().await;
    }

    async fn one_way(&self, _: open::OneWayRequest<'_>) {}

    async fn give(&self, request: open::GiveRequest<'_>) {
        dawdle().await;
        drop(request.end().take());
    }

    fn connection_opened(&self, _: open::Connection<'_>) {
        self.opened.set(self.opened.get() + 1);
    }

    fn connection_closed(&self, _: ConnectionId, reason: &CloseReason) {
        self.reasons.borrow_mut().push(*reason);
    }
}

/// A message that is nearly right.
fn mutated(random: &mut Random, good: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.one_of(good).clone();
    for _ in 0..random.below(4) {
        let index = random.below(bytes.len());
        match random.below(3) {
            0 => bytes[index] ^= 1 << random.below(8),
            1 => bytes[index] = random.next() as u8,
            _ => bytes[index] = *random.one_of(&[0, 1, 0x7f, 0x80, 0xfe, 0xff]),
        }
    }
    match random.below(8) {
        0 => bytes.truncate(random.below(bytes.len())),
        1 => {
            let more = random.below(64);
            bytes.extend(random.bytes(more));
        }
        2 => bytes.resize(bytes.len() + 8 * random.below(4000), 0),
        _ => {}
    }
    bytes.truncate(65_536);
    bytes
}

fn garbage(random: &mut Random, good: &[Vec<u8>]) -> Vec<u8> {
    match random.below(10) {
        0 => {
            let len = random.below(100);
            random.bytes(len)
        }
        1 => {
            let len = random.below(65_537);
            random.bytes(len)
        }
        _ => mutated(random, good),
    }
}

const CAPACITY: Capacity =
    capacity().connections(6).in_flight(5).in_flight_per_connection(3).events_between_requests(4);

const ROUNDS: usize = 3000;

/// Lets five peers at a service, and sees that the sixth is served.
fn besiege<'env, B, D, const C: usize, const N: usize>(
    service: &'env Running<B, D, C, N>,
    reactor: &Reactor<'env>,
    seed: u64,
    good: &[Vec<u8>],
    polite: &[u8],
    connect: impl Fn() -> Peer,
) where
    B: Binding<Server = Victim>,
    D: Dispatch<Victim, B::Protocol>,
{
    let mut random = Random(seed);
    let client = connect();
    let mut peers: [_; 5] = std::array::from_fn(|_| Some(connect()));
    let mut watched: Vec<Channel> = vec![];
    for round in 0..ROUNDS {
        let peer = random.below(peers.len());
        let known = peers[peer].get_or_insert_with(&connect);
        if random.below(6) == 0 {
            let (near, far): (Vec<_>, Vec<_>) = (0..1 + random.below(3)).map(|_| channel()).unzip();
            let _ = known.try_send_with(&garbage(&mut random, good), far);
            watched.extend(near);
        } else {
            let _ = known.try_send(&garbage(&mut random, good));
        }
        if random.below(3) == 0 {
            reactor.crank(fidl::kernel::Instant::INFINITE_PAST).unwrap();
        }
        if random.below(20) == 0 {
            peers[peer] = None;
        }
        if round % 10 == 0 {
            client.send(polite);
            settle(reactor);
            let replies = client.receive_all();
            assert_eq!(replies.len(), 1, "seed {seed}, round {round}");
            assert_eq!(replies[0][..4], polite[..4], "seed {seed}, round {round}");
            peers.iter_mut().for_each(|peer| {
                if peer.as_ref().is_some_and(Peer::is_closed) {
                    *peer = None;
                }
            });
        } else if random.below(2) == 0 {
            peers.iter().flatten().for_each(|peer| drop(peer.receive_all()));
        }
        // Places of those that went away must be free before others come.
        settle(reactor);
    }
    drop((peers, client));
    settle(reactor);
    assert!(watched.iter().all(is_closed), "seed {seed}: a handle leaked");
    let counters = service.counters();
    assert_eq!((counters.connected, counters.closed), (service.server().opened.get(), counters.connected));
    assert_eq!(service.server().reasons.borrow().len() as u64, counters.closed, "each reason is told once");
    assert!(counters.protocol_errors > 10, "{counters:?}");
    // Every place is free again.
    let all: Vec<_> = (0..C).map(|_| connect()).collect();
    all.iter().for_each(|peer| peer.send(polite));
    settle(reactor);
    assert!(all.iter().all(|peer| peer.receive_all().len() == 1));
    drop(all);
    settle(reactor);
}

/// The process's handles, so one test at a time.
#[test]
fn garbage_hurts_nobody_else() {
    fidl::service!(static ECHO: echo::Serve<Victim>, CAPACITY);
    fidl::service!(static OPEN: open::Serve<Victim>, CAPACITY);
    let echo = ECHO.start(Victim::default()).unwrap();
    let open = OPEN.start(Victim::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let of_echo = |name, body: &[u8]| {
        let txid = u32::from(name != "Announce");
        message(txid, FLEXIBLE, ordinal::<Echo>(name), body)
    };
    let good = [
        of_echo("Echo", &data(&[1, 2, 3])),
        of_echo("Echo", &data(&[7; 8192])),
        of_echo("Say", &data("grüße".as_bytes())),
        of_echo("Count", &[]),
        of_echo("Announce", &data(b"x")),
        message(3, FLEXIBLE, 0x1234, &[0; 16]),
        message(0, FLEXIBLE, 0x1234, &[0; 16]),
    ];
    let present = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    let good_open = [
        message(1, STRICT, ordinal::<Open>("TwoWay"), &number(1)),
        message(2, FLEXIBLE, ordinal::<Open>("Flexible"), &number(2)),
        message(3, FLEXIBLE, ordinal::<Open>("Bare"), &[]),
        message(0, FLEXIBLE, ordinal::<Open>("OneWay"), &number(3)),
        message(0, STRICT, ordinal::<Open>("Give"), &present),
        message(0, FLEXIBLE, 0x1234, &[0; 16]),
    ];
    let say = message(77, STRICT, ordinal::<Echo>("Say"), &data(b"please"));
    macro_rules! connect {
        ($service:ident) => {
            || {
                let (client, server) = create_endpoints().unwrap();
                $service.serve(&reactor, server).unwrap();
                Peer(client.into_channel())
            }
        };
    }
    // The first use of the tables behind it, so that what is counted is what leaks.
    let before = zircon_linux::memory().handles.used;
    for seed in 1..=4 {
        besiege(&echo, &reactor, seed, &good, &say, connect!(echo));
        besiege(&open, &reactor, seed, &good_open, &good_open[0], connect!(open));
    }
    assert_eq!(zircon_linux::memory().handles.used, before);
    let path = std::env::temp_dir().join(format!("fidl-hostile-{}", std::process::id()));
    echo.listen(&reactor, fidl::listen(&path).unwrap()).unwrap();
    let before = zircon_linux::memory().handles.used;
    for seed in 5..=6 {
        besiege(&echo, &reactor, seed, &good, &say, || {
            let connected = echo.counters().connected;
            let peer = Peer(fidl::connect(&path).unwrap());
            run_until(&reactor, "the connection", || echo.counters().connected > connected);
            peer
        });
    }
    assert_eq!(zircon_linux::memory().handles.used, before);
}
