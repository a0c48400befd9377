//! What packets say of a connection.

use bitflags::bitflags;

use crate::kernel::{PortPacket, Signals};

bitflags! {
    /// Which of a connection's three waits are answered, and what was seen of its channel. Of several packets: all of it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) struct Observed: u32 {
        /// The wait for messages.
        const READABLE_WAIT = 1;
        /// The wait for room.
        const WRITABLE_WAIT = 2;
        /// The wait for the client's end alone.
        const CLOSED_WAIT = 4;
        /// The channel has room.
        const WRITABLE = 8;
        /// The client has closed its end.
        const CLOSED = 16;
    }
}

impl Observed {
    /// What a packet says; `None` if it is not one of a wait.
    pub(super) fn of(packet: &PortPacket) -> Option<Self> {
        let has = |signals: u32, signal: Signals| signals & signal.bits() != 0;
        let seen = packet.observed()?;
        // Which wait it answers, its trigger says.
        let trigger = packet.payload[0] as u32;
        let mut observed = if has(trigger, Signals::CHANNEL_WRITABLE) {
            Self::WRITABLE_WAIT
        } else if has(trigger, Signals::CHANNEL_READABLE) {
            Self::READABLE_WAIT
        } else {
            Self::CLOSED_WAIT
        };
        observed.set(Self::WRITABLE, has(seen, Signals::CHANNEL_WRITABLE));
        observed.set(Self::CLOSED, has(seen, Signals::CHANNEL_PEER_CLOSED));
        Some(observed)
    }
}
