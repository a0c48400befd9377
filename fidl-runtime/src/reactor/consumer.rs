//! What packets are for: services, clients, registrations.

use core::ops::Deref;
use core::task::Waker;

use super::PacketKey;
use crate::kernel::{Instant, Port, PortPacket};
use crate::storage::Shared;

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// Its key is not one of today.
    Stale,
    /// The consumer has done what there was to do.
    Done,
    /// The consumer wants a turn.
    Turn,
}

/// What packets are for.
pub(crate) trait Consumer {
    /// A packet came whose key names this consumer.
    fn packet(&self, port: &Port, key: PacketKey, packet: &PortPacket) -> Delivered;

    /// Does what there is to do, up to some bound; returns whether there is more.
    fn turn(&self, port: &Port) -> bool;

    /// The most waits that the consumer has armed at one time.
    fn waits(&self) -> usize;

    /// The reactor is gone: takes back the waits that its port still has. The next owner of the port must not get their
    /// packets.
    fn leave(&self, port: &Port);

    /// It runs in a simulation: what order it is free to choose, this seed decides.
    fn simulate(&self, _seed: u32) {}

    /// When the consumer wants a turn, whatever happens. Asked for behind each turn; only a turn makes it earlier.
    fn deadline(&self) -> Instant {
        Instant::INFINITE
    }
}

/// A consumer that outlives the reactor, or one that stays in being as long as somebody uses it.
#[derive(Clone)]
pub(super) enum Attached<'env> {
    Borrowed(&'env dyn Consumer),
    Shared(Shared<dyn Consumer>),
}

impl<'env> Deref for Attached<'env> {
    type Target = dyn Consumer + 'env;

    fn deref(&self) -> &(dyn Consumer + 'env) {
        match self {
            Self::Borrowed(consumer) => *consumer,
            Self::Shared(consumer) => &**consumer,
        }
    }
}

/// What a consumer can ask of the reactor that it is attached to.
pub(crate) trait Host {
    /// Takes a consumer out.
    fn detach(&self, consumer: u8);
}

/// What a consumer knows of the reactor that it belongs to.
pub(crate) struct Attachment {
    /// The consumer's number.
    pub(crate) consumer: u8,
    /// A number that no consumer of this reactor had before.
    pub(crate) generation: u32,
    /// Marks the consumer as having something to do.
    pub(crate) waker: Waker,
}
