//! A service with domains that was started.

use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{
    AtomicBool,
    Ordering::{AcqRel, Release},
};
use core::task::Waker;

use std::sync::OnceLock;

use super::super::accept::{Accepting, Host, send_epitaph};
use super::super::capacity::{Capacity, WhenFull};
use super::super::counters::Counters;
use super::super::mailbox::Mailbox;
use super::super::observed::Observed;
use super::super::one_thread::OneThread;
use super::super::service::{CONNECTION, LISTENER, MarkUnwind, Running};
use super::{Protocol, SendBinding, SendDispatch, Server};
use crate::domain::{DOOR, Gate, Member, Pool, Turned};
use crate::kernel::{AsHandleRef, Channel, Instant, Listener, Port, PortPacket, ServerEnd, Status};
use crate::reactor::{Attachment, Consumer, PacketKey};

/// What a service has in one domain.
struct Part<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize> {
    running: Running<X::Binding, D, C, N>,
    /// How many connections were free behind the last turn.
    free: Cell<usize>,
}

/// The key of the listener's packets, and a waker for the door and for each domain.
struct Seats<const K: usize> {
    listener: u64,
    door: Waker,
    wakers: [Waker; K],
}

/// Where new connections come in.
struct Door {
    accepting: Accepting,
    counters: Counters,
    /// The domain that a connection goes to if several have the most room.
    next: usize,
}

/// A service with `K` domains that was started. It serves while it is attached to a [`Pool`] that runs.
pub struct PooledRunning<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> {
    capacity: Capacity,
    server: &'static Server<X>,
    /// All there are, once the service has started.
    parts: [Gate<Option<Part<X, D, C, N>>>; K],
    mailboxes: &'static [Mailbox<C>; K],
    /// What each part had counted behind its last turn.
    published: [Gate<Cell<Counters>>; K],
    door: Gate<Door>,
    listener_fired: AtomicBool,
    /// The listener has a connection that no domain has room for.
    waits_for_room: AtomicBool,
    /// Somebody attaches it, or has.
    attached: AtomicBool,
    /// What it knows of whoever runs it, once it is attached.
    seats: OnceLock<Seats<K>>,
}

impl<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize>
    PooledRunning<X, D, C, N, K>
{
    /// A service whose parts were started.
    pub(super) fn new(
        capacity: Capacity,
        server: &'static Server<X>,
        parts: [Option<Running<X::Binding, D, C, N>>; K],
        mailboxes: &'static [Mailbox<C>; K],
    ) -> Self {
        for mailbox in mailboxes {
            mailbox.add_vacant(C);
        }
        let door = Door { accepting: Accepting::NONE, counters: Counters::default(), next: 0 };
        Self {
            capacity,
            server,
            parts: parts.map(|part| Gate::new(part.map(|running| Part { running, free: Cell::new(C) }))),
            mailboxes,
            published: core::array::from_fn(|_| Gate::new(Cell::new(Counters::default()))),
            door: Gate::new(door),
            listener_fired: AtomicBool::new(false),
            waits_for_room: AtomicBool::new(false),
            attached: AtomicBool::new(false),
            seats: OnceLock::new(),
        }
    }

    /// The same service for one thread: its domains run on a reactor, one behind the other.
    pub fn on_one_thread(&self) -> OneThread<'_, X, D, C, N, K> {
        OneThread::new(self)
    }

    /// Makes the threads of a pool serve.
    ///
    /// # Errors
    ///
    /// `ALREADY_BOUND` if it is attached, or was; `NO_RESOURCES` if the pool has too many services, or its port too many waits.
    pub fn attach<'env>(&'env self, pool: &mut Pool<'env>) -> Result<(), Status> {
        let first = self.attach_once(|| pool.add(self))?;
        let seat = |number: usize, domain| Attachment {
            consumer: first + number as u8,
            generation: 0,
            waker: pool.waker(domain),
        };
        self.sit(seat(K, DOOR), |domain| Some(seat(domain, domain)))
    }

    /// Attaches the service with this function, unless it is or was attached. If that fails, it may be tried again.
    pub(in crate::server) fn attach_once<T>(
        &self,
        attach: impl FnOnce() -> Result<T, Status>,
    ) -> Result<T, Status> {
        if self.attached.swap(true, AcqRel) {
            return Err(Status::ALREADY_BOUND);
        }
        attach().inspect_err(|_| self.attached.store(false, Release))
    }

    /// Takes a seat for the door and for each domain. Once.
    pub(in crate::server) fn sit(
        &self,
        door: Attachment,
        mut seat: impl FnMut(usize) -> Option<Attachment>,
    ) -> Result<(), Status> {
        let mut wakers = [const { None }; K];
        for (domain, gate) in self.parts.iter().enumerate() {
            let part = gate.wait();
            let (Some(Part { running, .. }), Some(attachment)) = (&*part, seat(domain)) else { continue };
            // A handler that wants something of the service has the domain run.
            running.shared.service.register(&attachment.waker);
            wakers[domain] = Some(attachment.waker.clone());
            running.attachment.set(attachment).map_err(|_| Status::ALREADY_BOUND)?;
        }
        let wakers = wakers.map(|waker| waker.unwrap_or_else(|| Waker::noop().clone()));
        let listener = PacketKey::new(LISTENER, door.consumer, 0, 0).word();
        self.seats.set(Seats { listener, door: door.waker, wakers }).map_err(|_| Status::ALREADY_BOUND)
    }

    /// Accepts connections from `listener`. Each goes to the domain with the most room.
    ///
    /// # Errors
    ///
    /// `ALREADY_BOUND` if the service has a listener; `BAD_STATE` if it is not attached.
    pub fn listen(&self, listener: Listener) -> Result<(), Status> {
        let seats = self.seats.get().ok_or(Status::BAD_STATE)?;
        self.door.wait().accepting.begin(listener.into_channel())?;
        seats.door.wake_by_ref();
        Ok(())
    }

    /// Serves one connection, in the domain with the most room. From any thread, at any time.
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if all connections are in use; `BAD_STATE` if the service is not attached. The channel is closed then.
    pub fn serve(&self, server_end: ServerEnd<Protocol<X>>) -> Result<(), Status> {
        self.seats.get().ok_or(Status::BAD_STATE)?;
        let result = self.distribute(&mut self.door.wait().next, server_end.into_channel());
        result.map_err(|_: Channel| Status::NO_RESOURCES)
    }

    /// Serves one connection in a domain: at no time are two requests of connections of one domain handled at once. From any
    /// thread, at any time.
    ///
    /// # Errors
    ///
    /// `OUT_OF_RANGE` if there is no such domain; `NO_RESOURCES` if all of its connections are in use; `BAD_STATE` if the service
    /// is not attached. The channel is closed then.
    pub fn serve_in(&self, domain: usize, server_end: ServerEnd<Protocol<X>>) -> Result<(), Status> {
        self.seats.get().ok_or(Status::BAD_STATE)?;
        let mailbox = self.mailboxes.get(domain).ok_or(Status::OUT_OF_RANGE)?;
        let door = self.door.wait();
        mailbox.add(server_end.into_channel()).map_err(|_: Channel| Status::NO_RESOURCES)?;
        drop(door);
        self.notify(domain);
        Ok(())
    }

    /// The server.
    pub fn server(&self) -> &'static Server<X> {
        self.server
    }

    /// How many domains the service has.
    pub const fn domains(&self) -> usize {
        K
    }

    /// How often what happened, in all domains together, each behind its last turn. `most_in_flight` and `most_connections`
    /// are the sums of what each domain had at most.
    pub fn counters(&self) -> Counters {
        let mut total = self.door.wait().counters;
        for counters in &self.published {
            total += counters.wait().get();
        }
        total
    }

    /// Takes back the waits that a port still has of one domain's part, or of the door.
    pub(in crate::server) fn leave_domain(&self, port: &Port, domain: usize) {
        if let Some(Some(part)) = self.parts.get(domain).and_then(Gate::enter).as_deref() {
            part.running.leave(port);
        }
        if domain == DOOR
            && let Some(seats) = self.seats.get()
        {
            // Not only if nobody is in the door, as whoever brings a connection may be: the port's next owner would get the
            // packet.
            let listener = self.door.wait().accepting.handle();
            if listener != 0 {
                // That there was none is no matter.
                let _ = port.cancel(listener, seats.listener);
            }
        }
    }

    /// Has the future of a domain's handlers polled in an order that this seed decides.
    pub(in crate::server) fn simulate(&self, domain: usize, seed: u32) {
        if let Some(Some(part)) = self.parts.get(domain).and_then(Gate::enter).as_deref() {
            part.running.simulate(seed);
        }
    }

    /// Has a domain run.
    pub(in crate::server) fn notify(&self, domain: usize) {
        if let Some(waker) = self.seats.get().and_then(|seats| seats.wakers.get(domain)) {
            waker.wake_by_ref();
        }
    }

    /// Hands a channel to the domain with the most room; gives it back if none has any.
    fn distribute(&self, next: &mut usize, channel: Channel) -> Result<(), Channel> {
        let candidates = (0..K).map(|step| (*next + step) % K);
        // The first of those that have the most, from the one on whose turn it is.
        let roomiest = candidates.rev().max_by_key(|domain| self.mailboxes[*domain].vacant());
        let Some(domain) = roomiest else { return Err(channel) };
        self.mailboxes[domain].add(channel)?;
        *next = (domain + 1) % K;
        self.notify(domain);
        Ok(())
    }

    /// Accepts what the listener has.
    fn accept(&self, port: &Port) -> Turned {
        let mut turned = Turned { more: false, deadline: Instant::INFINITE, stale: 0 };
        let Some(seats) = self.seats.get() else { return turned };
        let Some(mut door) = self.door.enter() else {
            // Whoever is in the door brings a connection, and is out at once.
            turned.more = true;
            return turned;
        };
        if self.listener_fired.swap(false, AcqRel) {
            door.accepting.fired();
        }
        let Door { accepting, counters, next } = &mut *door;
        turned.more = accepting.accept(port, seats.listener, &mut Lobby { service: self, counters, next });
        turned.deadline = accepting.deadline();
        turned
    }

    /// Whether no domain has room for a connection. If so, the next one that has calls the listener's.
    fn is_full(&self) -> bool {
        let full = || self.mailboxes.iter().all(|mailbox| mailbox.vacant() == 0);
        if !full() {
            return false;
        }
        // A read-modify-write, then the look: a connection that ends meanwhile is seen, or its domain sees this.
        self.waits_for_room.swap(true, AcqRel);
        full()
    }
}

/// A service that accepts for all of its domains.
struct Lobby<'a, X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> {
    service: &'a PooledRunning<X, D, C, N, K>,
    counters: &'a mut Counters,
    next: &'a mut usize,
}

impl<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> Host
    for Lobby<'_, X, D, C, N, K>
{
    fn is_full(&mut self) -> bool {
        self.service.is_full()
    }

    fn when_full(&self) -> WhenFull {
        self.service.capacity.when_full
    }

    fn connect(&mut self, channel: Channel) -> Result<(), Channel> {
        self.service.distribute(self.next, channel)
    }

    fn count(&mut self, change: impl FnOnce(&mut Counters)) {
        change(self.counters);
    }
}

impl<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> Member
    for PooledRunning<X, D, C, N, K>
{
    fn domains(&self) -> usize {
        K
    }

    fn waits(&self) -> usize {
        // Of each part, of which none has a listener; and the listener.
        K * 3 * C + 1
    }

    fn packet(&self, domain: usize, key: PacketKey, packet: &PortPacket) -> Option<usize> {
        match key.kind() {
            LISTENER => {
                self.listener_fired.store(true, Release);
                Some(DOOR)
            }
            CONNECTION => {
                let observed = Observed::of(packet)?;
                let mailbox = self.mailboxes.get(domain)?;
                mailbox.observe(key.slot(), key.generation(), observed).then_some(domain)
            }
            _ => None,
        }
    }

    fn turn(&self, port: &Port, domain: usize) -> Turned {
        if domain == DOOR {
            return self.accept(port);
        }
        let entered = self.parts[domain].enter();
        let Some(Some(part)) = entered.as_deref() else {
            return Turned { more: true, deadline: Instant::INFINITE, stale: 0 };
        };
        let stale = part.read(&self.mailboxes[domain]);
        let mut more = part.running.turn(port);
        let deadline = part.running.deadline();
        let freed = part.free_since();
        if freed != 0 {
            self.mailboxes[domain].add_vacant(freed);
            if self.waits_for_room.swap(false, AcqRel)
                && let Some(seats) = self.seats.get()
            {
                seats.door.wake_by_ref();
            }
        }
        match self.published[domain].enter() {
            Some(published) => published.set(part.running.counters()),
            // Somebody reads them now, and has those of the turn before. Whoever reads them later shall have these.
            None => more = true,
        }
        Turned { more, deadline, stale }
    }

    fn leave(&self, port: &Port) {
        (0..K).chain([DOOR]).for_each(|domain| self.leave_domain(port, domain));
    }
}

impl<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize> Part<X, D, C, N> {
    /// Takes what other threads have left. Returns how many packets were too late.
    fn read(&self, mailbox: &Mailbox<C>) -> u64 {
        let mut engine = self.running.engine.borrow_mut();
        // A server that is told of a connection may panic.
        let guard = MarkUnwind(&self.running.unwound);
        while let Some(channel) = mailbox.take() {
            // Before the server is told of it: were that to panic, the place would be missing once it is free again.
            self.free.set(self.free.get().saturating_sub(1));
            // A place for it was reserved, unless one has used up its generations.
            if let Err(channel) = self.running.connect(engine.tables, channel) {
                self.running.count(|counters| counters.refused += 1);
                send_epitaph(channel.raw_handle(), Status::NO_RESOURCES);
            }
        }
        let mut stale = 0;
        mailbox.take_observed(|index, generation, observed| {
            let current = self.running.observed(engine.tables, index, generation, observed);
            stale += u64::from(!current);
        });
        core::mem::forget(guard);
        stale
    }

    /// How many connections have become free since this was asked last.
    fn free_since(&self) -> usize {
        let free = self.running.engine.borrow().tables.free_connections.len();
        free.saturating_sub(self.free.replace(free))
    }
}

impl<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> fmt::Debug
    for PooledRunning<X, D, C, N, K>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PooledRunning({K} domains)")
    }
}
