//! The peers, each with what it does best: its fastest documented way in which hostile bytes do no harm.

pub mod bincode;
pub mod capnp;
pub mod fidl;
pub mod flatbuffers;
pub mod hand;
pub mod postcard;
pub mod prost;
pub mod rkyv;
pub mod wincode;

use bumpalo::Bump;

use crate::sink::Sink;

/// Room for every message of every peer.
pub const BUFFER: usize = 1 << 17;

/// One way to write and read a shape.
pub trait Peer<T> {
    /// What the tables call it.
    const NAME: &'static str;

    /// Gets everything ready that an application would have anyway: the value as the peer's own type, if it has one, and
    /// buffers.
    fn new(value: &T) -> Self;

    /// Whether there is a value that is built before it is encoded.
    const BUILDS: bool = true;

    /// Builds that value from what the application has, in `room` where it needs some, and drops it. If [`BUILDS`](Self::BUILDS).
    fn build(_value: &T, _room: &mut Bump) {}

    /// Writes the message. Peers whose values are their messages build it.
    fn encode(&mut self) -> &[u8];

    /// Checks a message, which starts at a multiple of 16 bytes, and reads every field of it.
    fn decode<S: Sink>(message: &mut [u8], sink: &mut S);
}
