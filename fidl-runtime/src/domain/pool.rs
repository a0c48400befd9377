//! Threads on one port.

use core::fmt;
use core::sync::atomic::{
    AtomicBool, AtomicI64, AtomicU64, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use core::task::Waker;

use std::thread;

use arrayvec::ArrayVec;

use super::DOOR;
use super::deadlines::DomainDeadlines;
use super::seat::Seat;
use crate::kernel::{self, Instant, Port, PortPacket, Status, waits_per_port};
use crate::reactor::{Deadlines, PacketKey, Timers, catch};

/// The most services of one pool.
const MEMBERS: usize = 8;

/// How many packets a thread takes at once.
const BATCH: usize = 64;

/// How many domains a thread runs before it looks for packets, which wait meanwhile.
const TURNS_PER_LOOK: u32 = 4;

crate::counters::counters! {
    /// How often what happened in a pool, on all of its threads.
    pub struct Counters {
        /// Packets taken from the port.
        packets,
        /// Those of them that only woke a thread.
        rings,
        /// Packets whose key was of an old generation or of nobody.
        stale,
        /// Turns given to domains.
        turns,
        /// Times a thread slept.
        sleeps,
        /// Panics, of handlers and of wakers. Each cost the connection that it came from, and nothing else.
        panics,
    }
}

/// What belongs to a pool: it has a part in each domain up to some number, and one in the [door](DOOR).
pub(crate) trait Member: Sync {
    /// How many domains it has parts in, the door not counted.
    fn domains(&self) -> usize;

    /// The most waits that it has armed at one time.
    fn waits(&self) -> usize;

    /// A packet came for the part with this number: that of its domain, or behind them the door's. On any thread, at any time.
    /// Returns which domain is to run.
    fn packet(&self, part: usize, key: PacketKey, packet: &PortPacket) -> Option<usize>;

    /// Does what there is to do in a domain, up to some bound. On one thread at a time.
    fn turn(&self, port: &Port, domain: usize) -> Turned;

    /// The pool is gone: takes back the waits that its port still has.
    fn leave(&self, port: &Port);
}

/// What a turn has left.
pub(crate) struct Turned {
    /// There is more to do.
    pub(crate) more: bool,
    /// When the domain wants a turn, whatever happens.
    pub(crate) deadline: Instant,
    /// Packets that turned out to be too late.
    pub(crate) stale: u64,
}

/// Threads that wait on one port and run [domains](super).
///
/// A pool is set up by one thread, and then run by any number.
pub struct Pool<'env> {
    port: Port,
    seat: Seat,
    /// What belongs to it, each with the number of its part in domain 0; the parts in other domains count on from there, and
    /// then that in the door.
    members: ArrayVec<(u8, &'env dyn Member), MEMBERS>,
    waits: usize,
    timers: Option<&'env (dyn Deadlines + Sync)>,
    deadlines: DomainDeadlines,
    /// Up to when a thread sleeps that looks for what is due then; `INFINITE` if none does.
    watched: AtomicI64,
    stopped: AtomicBool,
    /// How many threads work.
    workers: AtomicUsize,
    totals: Totals,
}

impl<'env> Pool<'env> {
    /// A pool with a port of its own.
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if no port is free, or [`POOLS`](super::POOLS) pools exist.
    pub fn new() -> Result<Self, Status> {
        let port = Port::claim()?;
        Ok(Self {
            seat: Seat::claim(port.raw())?,
            port,
            members: ArrayVec::new_const(),
            waits: 0,
            timers: None,
            deadlines: DomainDeadlines::new(),
            watched: AtomicI64::new(Instant::INFINITE.into_nanos()),
            stopped: AtomicBool::new(false),
            workers: AtomicUsize::new(0),
            totals: Totals::default(),
        })
    }

    /// Makes `timers` run on this pool, in place of any before.
    pub fn set_timers<const N: usize>(&mut self, timers: &'env Timers<N>) {
        self.timers = Some(timers);
    }

    /// Runs on this many threads, of which the caller's is one, until [`stop`](Self::stop) is called. The others are started
    /// first, which allocates; nothing does from then on.
    ///
    /// A panic of a handler goes no further. It costs the connection of its request, and is counted.
    ///
    /// # Errors
    ///
    /// As for [`work`](Self::work), of the caller's thread; `NO_RESOURCES` if a thread cannot be started.
    pub fn run(&self, threads: usize) -> Result<(), Status> {
        let result = thread::scope(|scope| {
            for _ in 1..threads {
                if thread::Builder::new().spawn_scoped(scope, || self.work()).is_err() {
                    self.stop();
                    return Err(Status::NO_RESOURCES);
                }
            }
            self.work()
        });
        // Those beside these stop, too, and have to see it.
        while self.workers.load(Acquire) != 0 {
            thread::yield_now();
        }
        self.stopped.store(false, Release);
        result
    }

    /// Runs on the caller's thread, beside any others, until [`stop`](Self::stop) is called; returns at once if it was.
    ///
    /// # Errors
    ///
    /// What the port's wait returns, other than `TIMED_OUT`. All threads stop then.
    pub fn work(&self) -> Result<(), Status> {
        self.workers.fetch_add(1, AcqRel);
        let mut worker =
            Worker { pool: self, packets: [PortPacket::default(); BATCH], tally: Counters::default() };
        while !self.stopped.load(Acquire) {
            worker.step()?;
        }
        Ok(())
    }

    /// Makes all threads return behind their current turns, and those that only start then at once: the pool is stopped until
    /// a [`run`](Self::run) has returned, which may be the next one.
    pub fn stop(&self) {
        self.stopped.store(true, Release);
        for _ in 0..self.seat.schedule().sleeping() {
            self.seat.call();
        }
    }

    /// How often what happened, up to the last time that each thread slept or returned.
    pub fn counters(&self) -> Counters {
        self.totals.get()
    }

    /// Adds what belongs to the pool; returns the number of its part in domain 0.
    pub(crate) fn add(&mut self, member: &'env dyn Member) -> Result<u8, Status> {
        let waits = self.waits.saturating_add(member.waits());
        let first = self.members.last().map_or(0, |(first, last)| usize::from(*first) + last.domains() + 1);
        // Zircon ends a process whose port overflows.
        if waits > waits_per_port() || first + member.domains() >= usize::from(u8::MAX) {
            return Err(Status::NO_RESOURCES);
        }
        self.members.try_push((first as u8, member)).map_err(|_| Status::NO_RESOURCES)?;
        self.waits = waits;
        Ok(first as u8)
    }

    /// A waker that has a domain run.
    pub(crate) fn waker(&self, domain: usize) -> Waker {
        self.seat.waker(domain)
    }

    /// Has a domain run, by this thread if nobody else comes before.
    fn notify(&self, domain: usize) {
        self.seat.schedule().notify(domain);
    }

    /// The part that a packet is for: whose, and its number there.
    fn part(&self, consumer: u8) -> Option<(&'env dyn Member, usize)> {
        let (first, member) = self.members.iter().rev().find(|(first, _)| *first <= consumer)?;
        let part = usize::from(consumer - first);
        (part <= member.domains()).then_some((*member, part))
    }

    /// When a thread must wake up, whatever happens.
    fn nearest_deadline(&self) -> Instant {
        let timers = self.timers.map_or(Instant::INFINITE, |timers| timers.next_deadline());
        timers.min(self.deadlines.nearest())
    }

    /// Whether something is due before a sleeping thread looks for it.
    fn is_unwatched(&self) -> bool {
        let nearest = self.nearest_deadline();
        // A read-modify-write: a thread that stops watching behind it sees the deadline.
        nearest != Instant::INFINITE && nearest.into_nanos() < self.watched.fetch_or(0, AcqRel)
    }

    /// Notifies what has waited long enough. The clock is read only if something waits.
    ///
    /// Returns how many wakers panicked; the timers behind such a one are left for the next time.
    fn expire(&self) -> u64 {
        if self.nearest_deadline() == Instant::INFINITE {
            return 0;
        }
        let now = Instant::now();
        if self.deadlines.nearest() <= now {
            self.deadlines.expire(now, |domain| self.notify(domain));
        }
        match self.timers {
            Some(timers) if timers.next_deadline() <= now => u64::from(!catch(|| timers.expire(now))),
            _ => 0,
        }
    }
}

impl Drop for Pool<'_> {
    fn drop(&mut self) {
        for (_, member) in &self.members {
            member.leave(&self.port);
        }
    }
}

impl fmt::Debug for Pool<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({:?}, {} services)", self.port, self.members.len())
    }
}

/// One thread of a pool.
struct Worker<'p, 'env> {
    pool: &'p Pool<'env>,
    packets: [PortPacket; BATCH],
    /// What this thread has counted since it added that to the pool's.
    tally: Counters,
}

impl Worker<'_, '_> {
    /// Runs a domain, or waits until there is one to run.
    fn step(&mut self) -> Result<(), Status> {
        let schedule = self.pool.seat.schedule();
        let Some(domain) = schedule.take() else { return self.sleep() };
        // More than this thread can do at once; or it may be kept by the domain beyond a deadline.
        if schedule.has_queued() || self.pool.is_unwatched() {
            self.pool.seat.call();
        }
        self.run(domain);
        self.tally.panics += self.pool.expire();
        if self.tally.turns.is_multiple_of(u64::from(TURNS_PER_LOOK)) {
            let rings = self.look(Instant::INFINITE_PAST)?;
            if rings != 0 {
                schedule.uncall(rings);
            }
        }
        Ok(())
    }

    /// Gives each service's part of a domain a turn.
    fn run(&mut self, domain: usize) {
        self.tally.turns += 1;
        let pool = self.pool;
        let (mut more, mut deadline) = (false, Instant::INFINITE);
        let has_part = |member: &dyn Member| domain < member.domains() || domain == DOOR;
        for (_, member) in pool.members.iter().filter(|(_, member)| has_part(*member)) {
            // Behind a panic of a handler there is always more: to clear up.
            let mut turned = Turned { more: true, deadline: Instant::INFINITE, stale: 0 };
            let contained = catch(|| turned = member.turn(&pool.port, domain));
            self.tally.panics += u64::from(!contained);
            self.tally.stale += turned.stale;
            more |= turned.more;
            deadline = deadline.min(turned.deadline);
        }
        // Whoever takes a domain next sees to it that it is watched.
        pool.deadlines.set(domain, deadline);
        pool.seat.schedule().end(domain, more);
    }

    /// Sleeps until there is a packet, or until the nearest deadline.
    fn sleep(&mut self) -> Result<(), Status> {
        let pool = self.pool;
        let schedule = pool.seat.schedule();
        // Announced before the last look: what comes behind the look calls this thread.
        schedule.sleep();
        let result = if schedule.has_queued() || pool.stopped.load(Acquire) {
            self.look(Instant::INFINITE_PAST)
        } else {
            self.tally.sleeps += 1;
            pool.totals.add(&mut self.tally);
            self.watch()
        };
        schedule.wake_up(*result.as_ref().unwrap_or(&0));
        self.tally.panics += pool.expire();
        result.map(drop)
    }

    /// Sleeps until the nearest deadline, or for ever if another thread does.
    fn watch(&mut self) -> Result<usize, Status> {
        let (watched, deadline) = (&self.pool.watched, self.pool.nearest_deadline());
        if watched.fetch_min(deadline.into_nanos(), AcqRel) <= deadline.into_nanos() {
            return self.look(Instant::INFINITE);
        }
        let result = self.look(deadline);
        // That another one watches for something nearer is no matter: this has no need to be known any more.
        let none = Instant::INFINITE.into_nanos();
        let _ = watched.compare_exchange(deadline.into_nanos(), none, AcqRel, Acquire);
        result
    }

    /// Takes packets, waiting for one until `deadline`, and hands them out. Returns how many were only to wake a thread.
    fn look(&mut self, deadline: Instant) -> Result<usize, Status> {
        let taken = match self.pool.port.wait(deadline, &mut self.packets) {
            Ok(taken) => taken,
            Err(Status::TIMED_OUT) => 0,
            Err(status) => return Err(status),
        };
        self.tally.packets += taken as u64;
        let (mut rings, mut stale) = (0, 0);
        for packet in self.packets.iter().take(taken) {
            if packet.key == kernel::WAKE {
                rings += 1;
                continue;
            }
            let key = PacketKey::from_word(packet.key);
            let part = self.pool.part(key.consumer());
            match part.and_then(|(member, part)| member.packet(part, key, packet)) {
                // This thread runs it next, and calls another one if there are more.
                Some(domain) => self.pool.notify(domain),
                None => stale += 1,
            }
        }
        self.tally.rings += rings as u64;
        self.tally.stale += stale;
        Ok(rings)
    }
}

impl Drop for Worker<'_, '_> {
    fn drop(&mut self) {
        self.pool.totals.add(&mut self.tally);
        // Whoever leaves takes all others along.
        self.pool.stop();
        self.pool.workers.fetch_sub(1, AcqRel);
    }
}

/// What all threads together have counted.
#[derive(Debug, Default)]
struct Totals {
    packets: AtomicU64,
    rings: AtomicU64,
    stale: AtomicU64,
    turns: AtomicU64,
    sleeps: AtomicU64,
    panics: AtomicU64,
}

impl Totals {
    /// Adds what a thread has counted, which counts anew from there.
    fn add(&self, tally: &mut Counters) {
        let Counters { packets, rings, stale, turns, sleeps, panics } = core::mem::take(tally);
        for (total, number) in [
            (&self.packets, packets),
            (&self.rings, rings),
            (&self.stale, stale),
            (&self.turns, turns),
            (&self.sleeps, sleeps),
            (&self.panics, panics),
        ] {
            if number != 0 {
                total.fetch_add(number, Relaxed);
            }
        }
    }

    fn get(&self) -> Counters {
        Counters {
            packets: self.packets.load(Relaxed),
            rings: self.rings.load(Relaxed),
            stale: self.stale.load(Relaxed),
            turns: self.turns.load(Relaxed),
            sleeps: self.sleeps.load(Relaxed),
            panics: self.panics.load(Relaxed),
        }
    }
}
