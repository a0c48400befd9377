//! A server and its clients in a simulation, under many seeds. Each seed has a process of its own, so that it can be run
//! again alone:
//!
//! ```text
//! FIDL_SEED=17 cargo test -p fidl-runtime --lib one_seed -- --nocapture
//! ```

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::boxed::Box;
use std::collections::BTreeSet;
use std::process::Command;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{env, format, println};

use futures::future::{join, join_all};
use zerocopy::IntoBytes;

use super::*;
use crate::client::{Client, Storage, Strict};
use crate::kernel::{self, AsHandleRef, Channel, Packet, Signals, create_endpoints};
use crate::message::{Frame, Header, Method, Openness, Protocol};
use crate::planted::{Bug, plant};
use crate::server::{Binding, Call, Outcome, capacity};
use crate::wire::U32;

/// `Double` answers at once, `Late` after so many milliseconds, `Gated` when the gate opens, `Flood` when no more events
/// find room.
enum Play {}

const DOUBLE: u64 = 1;
const LATE: u64 = 2;
const GATED: u64 = 3;
const FLOOD: u64 = 4;
const EVENT: u64 = 9;

impl Protocol for Play {
    const NAME: &'static str = "test/Play";
    const OPENNESS: Openness = Openness::Closed;
    const METHODS: &'static [Method] = &[
        Method::strict_two_way(DOUBLE, "Double"),
        Method::strict_two_way(LATE, "Late"),
        Method::strict_two_way(GATED, "Gated"),
        Method::strict_two_way(FLOOD, "Flood"),
    ];
    const EVENTS: &'static [u64] = &[EVENT];
    type RequestFrame = Frame<24, 0>;
    type ResponseFrame = Frame<24, 0>;
    type EventFrame = Frame<24, 0>;
    type ServerMessageFrame = Frame<24, 0>;
}

static TIMERS: Timers<64> = Timers::new();

#[derive(Default)]
struct Gate {
    open: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Gate {
    async fn pass(&self) {
        poll_fn(|cx| {
            self.waiting.borrow_mut().push(cx.waker().clone());
            if self.open.get() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn open(&self) {
        self.open.set(true);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }
}

enum Serve {}

impl Binding for Serve {
    type Protocol = Play;
    type Server = Gate;

    async fn dispatch<'s>(gate: &'s Gate, call: Call<'s, Play>) -> Outcome<'s> {
        let ordinal = Play::METHODS[call.method()].ordinal;
        let (mut request, reply) = call.split();
        let value = match request.decode::<U32>() {
            Ok(body) => body.view(),
            Err(error) => return reply.refuse(error),
        };
        match ordinal {
            LATE => TIMERS.sleep(Duration::from_millis(value.into())).await,
            GATED => gate.pass().await,
            FLOOD => while reply.connection().send_event::<U32>(EVENT, false, &value).is_ok() {},
            _ => {}
        }
        reply.send::<U32>(&(2 * value))
    }
}

/// A client whose calls end in the order that the seed decides; returns what it saw.
async fn calls<const N: usize>(client: &Client<'_, Play, N, 1>) -> Vec<u32> {
    let done = RefCell::new(Vec::new());
    let call = |ordinal, value: u32| {
        let (client, done) = (client, &done);
        async move {
            let response = client.call::<U32, Strict<U32>>(ordinal, false, value).await.expect("a response");
            assert_eq!(response.view(), 2 * value);
            done.borrow_mut().push(value);
        }
    };
    join_all(
        [(LATE, 1), (DOUBLE, 2), (LATE, 3), (LATE, 1), (DOUBLE, 5)]
            .map(|(ordinal, value)| Box::pin(call(ordinal, value))),
    )
    .await;
    done.into_inner()
}

fn send(channel: &Channel, txid: u32, ordinal: u64) {
    let mut message = [0; 24];
    message[..16].copy_from_slice(Header::new(txid, ordinal, false).as_bytes());
    kernel::write(channel.raw_handle(), &message, &[]).expect("room for a request");
}

/// The next message's transaction id; 0 for events.
fn receive(channel: &Channel) -> Option<u32> {
    let mut message = [0; 24];
    kernel::read(channel.raw_handle(), &mut message, &[]).ok()?;
    Header::parse(&message).ok().map(|header| header.txid())
}

/// A client that does not read until its replies wait, and then makes room while another handler finishes: replies come in
/// the order in which they were made.
async fn slow_reader(channel: Channel, gate: &Gate) -> Result<(), String> {
    send(&channel, 1, GATED);
    send(&channel, 2, FLOOD);
    TIMERS.sleep(Duration::from_millis(2)).await;
    for _ in 0..10 {
        receive(&channel);
    }
    gate.open();
    let mut replies = Vec::new();
    while replies.len() < 2 {
        match receive(&channel) {
            Some(0) => {}
            Some(txid) => replies.push(txid),
            None => TIMERS.sleep(Duration::from_millis(1)).await,
        }
    }
    if replies == [2, 1] { Ok(()) } else { Err(format!("replies in the order {replies:?}")) }
}

/// A registration that, when its packet comes, ends another one and gives its slot to a third, which is silent.
struct Swap {
    channel: Channel,
    world: &'static World,
    swaps: bool,
}

struct World {
    reactor: &'static Reactor<'static>,
    handlers: &'static Handlers<Swap, 2>,
    victim: Cell<Option<Id<Swap>>>,
    wrong: Cell<bool>,
    peers: RefCell<Vec<Channel>>,
}

impl World {
    fn add(&'static self, swaps: bool, readable: bool) -> Id<Swap> {
        let (peer, channel) = Channel::create().unwrap();
        if readable {
            kernel::write(peer.raw_handle(), &[1], &[]).unwrap();
        }
        self.peers.borrow_mut().push(peer);
        let (handle, swap) = (channel.raw_handle(), Swap { channel, world: self, swaps });
        self.handlers.add(self.reactor, handle, Signals::CHANNEL_READABLE, swap).unwrap()
    }
}

impl PacketHandler for Swap {
    fn packet(&mut self, _: Packet) -> Next {
        if kernel::read(self.channel.raw_handle(), &mut [0], &[]).is_err() {
            // A packet that is not for this registration.
            self.world.wrong.set(true);
        }
        if let (true, Some(victim)) = (self.swaps, self.world.victim.take())
            && self.world.handlers.remove(self.world.reactor, victim).is_some()
        {
            self.world.add(false, false);
        }
        Next::Wait(Signals::CHANNEL_READABLE)
    }
}

/// What one seed does: its trace, or what went wrong.
fn run(seed: u64) -> Result<u64, String> {
    crate::service!(static SERVICE: Serve, capacity().connections(8).in_flight(32).large_frames(0));
    static STORAGE: [Storage<Play, 8, 1>; 4] = [const { Storage::new() }; 4];
    let service: &'static _ = Box::leak(Box::new(SERVICE.start(Gate::default()).unwrap()));
    let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::simulated(seed).unwrap()));
    reactor.set_timers(&TIMERS);
    let world: &'static World = Box::leak(Box::new(World {
        reactor,
        handlers: Box::leak(Box::new(Handlers::new())),
        victim: Cell::new(None),
        wrong: Cell::new(false),
        peers: RefCell::default(),
    }));
    world.add(true, true);
    world.victim.set(Some(world.add(false, true)));
    let connect = || {
        let (client, server) = create_endpoints::<Play>().unwrap();
        service.serve(reactor, server).unwrap();
        client
    };
    let clients = STORAGE.each_ref().map(|storage| Client::new(reactor, storage, connect()).unwrap());
    let reader = slow_reader(connect().into_channel(), service.server());
    let all = join(join_all(clients.iter().map(|client| Box::pin(calls(client)))), reader);
    let ended = reactor.run_until(all);
    let (seen, reader) = ended.map_err(|_| "nobody has anything to do: a wake was lost".to_string())?;
    reader?;
    if world.wrong.get() {
        return Err("a packet reached another registration".to_string());
    }
    assert!(seen.iter().all(|seen| seen.len() == 5));
    Ok(reactor.trace())
}

#[test]
#[cfg_attr(miri, ignore = "leaks what a process of its own frees at its end, which Miri reports")]
fn one_seed() {
    let seed = env::var("FIDL_SEED").map_or(1, |seed| seed.parse().unwrap());
    plant(match env::var("FIDL_BUG").as_deref() {
        Ok("LostWake") => Some(Bug::LostWake),
        Ok("ReorderedReply") => Some(Bug::ReorderedReply),
        Ok("StaleKey") => Some(Bug::StaleKey),
        _ => None,
    });
    match run(seed) {
        Ok(trace) => println!("\ntrace={trace:016x}"),
        Err(what) => panic!("\nwrong={what}."),
    }
}

/// Runs a seed in a process of its own; returns its trace, or what went wrong.
fn run_alone(seed: u64, bug: Option<Bug>) -> Result<u64, String> {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "reactor::simulation_tests::one_seed", "--nocapture"]);
    command
        .env("FIDL_SEED", seed.to_string())
        .env("FIDL_BUG", bug.map_or(String::new(), |bug| format!("{bug:?}")));
    let output = command.env("RUST_BACKTRACE", "0").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let line = |name| text.lines().find_map(|line| line.strip_prefix(name));
    match line("trace=") {
        Some(trace) if output.status.success() => Ok(u64::from_str_radix(trace, 16).unwrap()),
        _ => Err(line("wrong=").unwrap_or(&text).to_string()),
    }
}

/// How many seeds are tried; all of them in the long run.
fn seeds() -> u64 {
    env::var("FIDL_SEEDS").map_or(100, |seeds| seeds.parse().unwrap())
}

#[test]
#[cfg_attr(miri, ignore = "starts processes, which Miri cannot")]
fn seeds_decide_and_can_be_repeated() {
    let traces: BTreeSet<u64> = (1..=seeds())
        .map(|seed| run_alone(seed, None).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}")))
        .collect();
    println!("{} distinct traces of {} seeds", traces.len(), seeds());
    assert!(traces.len() as u64 >= seeds() * 9 / 10, "{} distinct traces", traces.len());
    assert_eq!(run_alone(7, None), run_alone(7, None));
}

#[test]
#[cfg_attr(miri, ignore = "starts processes, which Miri cannot")]
fn planted_bugs_are_found() {
    for (bug, symptom) in [
        (Bug::LostWake, "a wake was lost"),
        (Bug::ReorderedReply, "replies in the order"),
        (Bug::StaleKey, "another registration"),
    ] {
        let found = (1..=seeds()).find_map(|seed| Some((seed, run_alone(seed, Some(bug)).err()?)));
        let (seed, wrong) = found.unwrap_or_else(|| panic!("{bug:?} was not found"));
        assert!(wrong.contains(symptom), "{bug:?}, seed {seed}: {wrong}");
        assert_eq!(run_alone(seed, Some(bug)), Err(wrong), "{bug:?}: a failing seed fails again");
        println!("{bug:?}: found by seed {seed}");
    }
}
