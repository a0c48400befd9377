//! A service with domains on a reactor of one thread.

use core::cell::Cell;
use core::fmt;

use super::pooled::{PooledRunning, SendBinding, SendDispatch};
use crate::domain::{DOOR, Member};
use crate::kernel::{Instant, Port, PortPacket, Status};
use crate::reactor::{Attachment, Consumer, Delivered, Host, PacketKey, Reactor};

/// A service with domains, for a [`Reactor`]: where one thread is enough, or for a
/// [simulation](Reactor::simulated), whose seed then decides in which order the domains run. Made by
/// [`PooledRunning::on_one_thread`].
pub struct OneThread<'a, X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> {
    domains: [Domain<'a, X, D, C, N, K>; K],
    door: Domain<'a, X, D, C, N, K>,
}

/// What a service has in one domain, as a consumer of its own.
struct Domain<'a, X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> {
    service: &'a PooledRunning<X, D, C, N, K>,
    domain: usize,
    deadline: Cell<Instant>,
}

impl<'a, X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize>
    OneThread<'a, X, D, C, N, K>
{
    pub(super) fn new(service: &'a PooledRunning<X, D, C, N, K>) -> Self {
        let domain = |domain| Domain { service, domain, deadline: Cell::new(Instant::INFINITE) };
        Self { domains: core::array::from_fn(domain), door: domain(DOOR) }
    }

    /// Serves on a reactor.
    ///
    /// # Errors
    ///
    /// `ALREADY_BOUND` if the service is attached, or was; `NO_RESOURCES` if the reactor has not enough places: each domain
    /// takes one, and the door.
    pub fn attach<'env>(&'env self, reactor: &Reactor<'env>) -> Result<(), Status> {
        let service = self.door.service;
        let (door, mut seats) = service.attach_once(|| self.take_seats(reactor))?;
        service.sit(door, |domain| seats[domain].take())
    }

    /// A place on a reactor for the door and for each domain, or for none.
    fn take_seats<'env>(
        &'env self,
        reactor: &Reactor<'env>,
    ) -> Result<(Attachment, [Option<Attachment>; K]), Status> {
        let door = reactor.attach(&self.door).ok_or(Status::NO_RESOURCES)?;
        let seats = self.domains.each_ref().map(|domain| reactor.attach(domain));
        if seats.iter().all(Option::is_some) {
            return Ok((door, seats));
        }
        seats.iter().flatten().chain([&door]).for_each(|seat| reactor.detach(seat.consumer));
        Err(Status::NO_RESOURCES)
    }
}

impl<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> Consumer
    for Domain<'_, X, D, C, N, K>
{
    fn packet(&self, _: &Port, key: PacketKey, packet: &PortPacket) -> Delivered {
        match self.service.packet(self.domain, key, packet) {
            // The keys of the door's packets name the door's consumer.
            Some(_) => Delivered::Turn,
            None => Delivered::Stale,
        }
    }

    fn turn(&self, port: &Port) -> bool {
        let turned = self.service.turn(port, self.domain);
        self.deadline.set(turned.deadline);
        turned.more
    }

    fn waits(&self) -> usize {
        if self.domain == DOOR { 1 } else { 3 * C }
    }

    fn leave(&self, port: &Port) {
        self.service.leave_domain(port, self.domain);
    }

    fn simulate(&self, seed: u32) {
        self.service.simulate(self.domain, seed);
    }

    fn deadline(&self) -> Instant {
        self.deadline.get()
    }
}

impl<X: SendBinding, D: SendDispatch<X>, const C: usize, const N: usize, const K: usize> fmt::Debug
    for OneThread<'_, X, D, C, N, K>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneThread({:?})", self.door.service)
    }
}
