//! Registrations: packet handlers, and objects that futures wait for.

use core::cell::Cell;
use core::task::{Context, Poll, Waker};

use futures::future::{Either, join, select};
use futures::pin_mut;

use super::slots::LAST_GENERATION;
use super::*;
use crate::kernel::{self, AsHandleRef, Channel, Packet, ReadError, Signals};
use crate::task::UNTIL_STOP;

/// Reads a channel until it is empty, and sends each byte back. Ends with its peer; panics at byte 0.
struct Mirror<'a> {
    channel: Channel,
    packets: &'a Cell<u32>,
    failures: &'a Cell<u32>,
}

const READABLE: Signals = Signals::from_bits_truncate(5);

impl PacketHandler for Mirror<'_> {
    fn packet(&mut self, packet: Packet) -> Next {
        self.packets.set(self.packets.get() + 1);
        let Packet::Signal(_) = packet else { return Next::Wait(READABLE) };
        loop {
            let mut byte = [0];
            match kernel::read(self.channel.raw_handle(), &mut byte, &[]) {
                Ok(_) => assert_ne!(byte[0], 0, "on purpose"),
                Err(ReadError::Empty) => return Next::Wait(READABLE),
                Err(_) => return Next::End,
            }
            kernel::write(self.channel.raw_handle(), &byte, &[]).unwrap();
        }
    }

    fn failed(&mut self, status: Status) {
        assert_eq!(status, Status::BAD_HANDLE);
        self.failures.set(self.failures.get() + 1);
    }
}

fn turn(reactor: &Reactor<'_>) {
    reactor.crank(Instant::INFINITE_PAST).unwrap();
}

fn send(channel: &Channel, byte: u8) {
    kernel::write(channel.raw_handle(), &[byte], &[]).unwrap();
}

fn receive(channel: &Channel) -> Option<u8> {
    let mut byte = [0];
    kernel::read(channel.raw_handle(), &mut byte, &[]).ok().map(|_| byte[0])
}

#[test]
fn handlers_take_packets_until_they_end() {
    let (packets, failures) = (Cell::new(0), Cell::new(0));
    let handlers = Handlers::<Mirror<'_>, 2>::new();
    let reactor = Reactor::new().unwrap();
    let add = || {
        let (far, channel) = Channel::create().unwrap();
        // The handler owns the object that it waits for.
        let raw = channel.raw_handle();
        let mirror = Mirror { channel, packets: &packets, failures: &failures };
        handlers.add(&reactor, raw, READABLE, mirror).map(|id| (far, id))
    };
    let ((first, _), (second, id)) = (add().unwrap(), add().unwrap());
    assert_eq!(add().unwrap_err().status, Status::NO_RESOURCES);
    send(&first, 1);
    send(&first, 2);
    send(&second, 3);
    turn(&reactor);
    assert_eq!((receive(&first), receive(&first), receive(&second)), (Some(1), Some(2), Some(3)));
    assert_eq!(packets.get(), 2);
    drop(first);
    turn(&reactor);
    assert_eq!((handlers.free(), handlers.counters().packets), (1, 3));
    assert!(handlers.remove(&reactor, id).is_some() && handlers.remove(&reactor, id).is_none());
    assert_eq!((handlers.free(), handlers.counters().refused), (2, 1));
    send_is_refused(&second);
}

/// The handler, and with it its end of the channel, is gone.
fn send_is_refused(channel: &Channel) {
    assert_eq!(kernel::write(channel.raw_handle(), &[1], &[]), Err(Status::PEER_CLOSED));
}

/// A handle that was closed.
fn closed_handle() -> u32 {
    Channel::create().unwrap().0.raw_handle()
}

#[test]
fn a_closed_object_is_refused_and_fails() {
    let (packets, failures) = (Cell::new(0), Cell::new(0));
    let handlers = Handlers::<Mirror<'_>, 2>::new();
    let reactor = Reactor::new().unwrap();
    let mirror = |channel| Mirror { channel, packets: &packets, failures: &failures };
    let (_peer, unused) = Channel::create().unwrap();
    let closed = closed_handle();
    let refused = handlers.add(&reactor, closed, READABLE, mirror(unused)).unwrap_err();
    assert_eq!((refused.status, handlers.free()), (Status::BAD_HANDLE, 2));
    // Behind the first packet, waiting goes wrong: the handler is told and dropped.
    let (far, near) = Channel::create().unwrap();
    let watched = near.raw_handle();
    let other = refused.handler.channel;
    let id = handlers.add(&reactor, watched, READABLE, mirror(other)).unwrap();
    send(&far, 1);
    drop(near);
    turn(&reactor);
    assert_eq!((handlers.free(), failures.get(), handlers.counters().failed), (2, 1, 1));
    assert!(handlers.remove(&reactor, id).is_none());
}

/// A handler that panics costs its registration alone, and packets of the same batch are delivered.
#[test]
fn a_handler_that_panics_costs_its_registration_alone() {
    let (packets, failures) = (Cell::new(0), Cell::new(0));
    let handlers = Handlers::<Mirror<'_>, 3>::new();
    let reactor = Reactor::new().unwrap();
    let mut ends = [const { None }; 3];
    for end in &mut ends {
        let (far, channel) = Channel::create().unwrap();
        let raw = channel.raw_handle();
        let mirror = Mirror { channel, packets: &packets, failures: &failures };
        handlers.add(&reactor, raw, READABLE, mirror).unwrap();
        *end = Some(far);
    }
    for (byte, end) in [1, 0, 3].into_iter().zip(&ends) {
        send(end.as_ref().unwrap(), byte);
    }
    turn(&reactor);
    assert_eq!(reactor.counters().panics, 1);
    let received = ends.each_ref().map(|end| receive(end.as_ref().unwrap()));
    assert_eq!(received, [Some(1), None, Some(3)]);
    assert_eq!((handlers.counters().panicked, handlers.free()), (1, 1));
}

#[test]
fn slots_are_retired_with_their_last_generation() {
    let objects = Objects::<1, 1>::new();
    let reactor = Reactor::new().unwrap();
    let (near, _far) = Channel::create().unwrap();
    for _ in 0..LAST_GENERATION {
        drop(objects.register(&reactor, near.raw_handle()).unwrap());
    }
    assert_eq!(objects.register(&reactor, near.raw_handle()).err(), Some(Status::NO_RESOURCES));
}

#[test]
fn futures_wait_for_signals_and_are_told_how_often() {
    let objects = Objects::<2, 2>::new();
    let reactor = Reactor::new().unwrap();
    let (near, far) = Channel::create().unwrap();
    let other = Channel::create().unwrap();
    let registration = objects.register(&reactor, near.raw_handle()).unwrap();
    let silent = objects.register(&reactor, other.0.raw_handle()).unwrap();
    let served = reactor.run_until(async {
        for byte in [1, 2, 3] {
            send(&far, byte);
        }
        let mut bytes = 0;
        while bytes < 3 {
            let ready = registration.ready(READABLE, 2).await.unwrap();
            assert!(ready.signals & 1 != 0 && ready.count <= 2 && ready.count > 0);
            for _ in 0..ready.count {
                match receive(&near) {
                    Some(_) => bytes += 1,
                    None => registration.stop(),
                }
            }
        }
        // The other combinators of the ecosystem work as ever.
        let (waits, silent) = (registration.ready(READABLE, UNTIL_STOP), silent.ready(READABLE, 1));
        pin_mut!(waits, silent);
        let send = async { send(&far, 4) };
        match join(select(waits, silent), send).await.0 {
            Either::Left((ready, _)) => ready.unwrap().signals & 1,
            Either::Right(_) => panic!("nothing was sent there"),
        }
    });
    assert_eq!(served, Ok(1));
}

/// Room for one packet: our own second is refused before it is sent, one from elsewhere is lost and counted, and signals are
/// not waited for until there is room.
#[test]
fn a_full_queue_refuses_loses_and_withdraws() {
    let objects = Objects::<1, 1>::new();
    let reactor = Reactor::new().unwrap();
    let (near, far) = Channel::create().unwrap();
    let registration = objects.register(&reactor, near.raw_handle()).unwrap();
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(registration.poll_ready(cx, READABLE, 1).is_pending());
    registration.queue([1, 2, 3, 4]).unwrap();
    assert_eq!(registration.queue([5; 4]), Err(Status::SHOULD_WAIT));
    turn(&reactor);
    assert_eq!(registration.queue([5; 4]), Err(Status::SHOULD_WAIT));
    reactor.port().queue(&PortPacket::user(registration.key(), [6; 4])).unwrap();
    turn(&reactor);
    assert_eq!(registration.lost(), 1);
    // The wait was withdrawn: what is sent now makes no packet.
    let before = reactor.counters().packets;
    send(&far, 1);
    turn(&reactor);
    assert_eq!(reactor.counters().packets, before);
    assert!(registration.poll_ready(cx, READABLE, 1).is_pending());
    // With room it is armed again.
    let first = Packet::User { status: 0, payload: [1, 2, 3, 4] };
    assert_eq!(registration.poll_packet(cx), Poll::Ready(first));
    assert!(registration.poll_packet(cx).is_pending());
    turn(&reactor);
    assert!(registration.poll_ready(cx, READABLE, 1).is_ready());
    registration.queue([7; 4]).unwrap();
}

/// A registration that is dropped is gone for packets that are on their way; one that is forgotten costs its slot.
#[test]
fn dropped_and_forgotten_registrations() {
    let objects = Objects::<2, 1>::new();
    let reactor = Reactor::new().unwrap();
    let (near, _far) = Channel::create().unwrap();
    let registration = objects.register(&reactor, near.raw_handle()).unwrap();
    registration.queue([1; 4]).unwrap();
    drop(registration);
    let successor = objects.register(&reactor, near.raw_handle()).unwrap();
    turn(&reactor);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(successor.poll_packet(cx).is_pending() && reactor.counters().stale == 1);
    core::mem::forget(successor);
    assert_eq!(objects.free(), 1);
    drop(objects.register(&reactor, near.raw_handle()).unwrap());
    assert!(objects.register(&reactor, near.raw_handle()).is_ok());
}

#[test]
fn a_future_is_told_that_its_object_is_closed() {
    let objects = Objects::<1, 1>::new();
    let reactor = Reactor::new().unwrap();
    let raw = closed_handle();
    let registration = objects.register(&reactor, raw).unwrap();
    let ready = reactor.run_until(registration.ready(READABLE, 1)).unwrap();
    assert_eq!(ready, Err(Status::BAD_HANDLE));
}

/// The port goes to the next reactor, the waits of the last do not: a packet of theirs used to fit its registrations.
#[test]
fn waits_do_not_outlive_their_reactor() {
    let (old, new) = (Objects::<1, 1>::new(), Objects::<1, 1>::new());
    let cx = &mut Context::from_waker(Waker::noop());
    let (near, far) = Channel::create().unwrap();
    let key = {
        let reactor = Reactor::new().unwrap();
        let registration = old.register(&reactor, near.raw_handle()).unwrap();
        assert!(registration.poll_ready(cx, READABLE, 1).is_pending());
        let key = registration.key();
        core::mem::forget(registration);
        key
    };
    let reactor = Reactor::new().unwrap();
    let (other, _far) = Channel::create().unwrap();
    let registration = new.register(&reactor, other.raw_handle()).unwrap();
    assert_eq!(registration.key(), key);
    assert!(registration.poll_ready(cx, READABLE, 1).is_pending());
    send(&far, 1);
    turn(&reactor);
    assert!(registration.poll_ready(cx, READABLE, 1).is_pending());
    assert_eq!(reactor.counters().packets, 0);
}
