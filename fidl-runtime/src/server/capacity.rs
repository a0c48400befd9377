//! Every capacity of a service in one place.

use core::time::Duration;

use crate::task::SLOTS;

/// What happens to a new connection while all are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It stays with the listener until a connection ends.
    Wait,
    /// It is told `NO_RESOURCES` (an epitaph) and closed.
    Refuse,
}

/// What happens to a connection's messages while no call is free for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenStarved {
    /// They stay in the kernel, and the client feels it.
    Wait,
    /// One-way requests are read, into a frame that the service has to spare, counted and dropped. The first two-way request
    /// stays in that frame, is first in line for the next call, and keeps those behind it in the kernel. One connection at a
    /// time has the frame; the others wait.
    DropOneWay,
}

/// What happens to the handlers of a connection that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtEnd {
    /// Their futures are dropped where they lie, with all that they own.
    Drop,
    /// They run to their end, and what they answer is discarded. Their calls are in use until then.
    Run,
}

/// How much a service holds. Made by [`capacity`].
///
/// A service whose capacity is out of the bounds named here does not compile:
///
/// ```compile_fail,E0080
/// const { fidl::capacity().in_flight_per_connection(0).check() };
/// ```
/// ```compile_fail,E0080
/// const { fidl::capacity().in_flight(fidl::task::SLOTS + 1).check() };
/// ```
/// ```compile_fail,E0080
/// const { fidl::capacity().connections((1 << 20) + 1).check() };
/// ```
/// ```
/// const { fidl::capacity().connections(1 << 20).in_flight(fidl::task::SLOTS).check() };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// Connections at one time: 1 to 2^20.
    pub connections: usize,
    /// Requests in flight at one time, of all connections together: 1 to [`SLOTS`]. A connection that has some gets another
    /// only while it has fewer than are free, so one alone comes to half of them, rounded up; the rest is for those who come
    /// later.
    pub in_flight: usize,
    /// The most bytes that a slot for a handler's future may take. A service whose slots are larger does not compile; the error
    /// names the method with the largest handler.
    pub slot_bytes: usize,
    /// Requests in flight at one time of one connection: at least 1, which makes a connection serial.
    pub in_flight_per_connection: usize,
    /// Frames of full size (64 KiB) for requests larger than the schema knows, from newer clients: of open and ajar protocols,
    /// and of those with tables or flexible unions in a request.
    pub large_frames: usize,
    /// Events that a client may be sent between two requests of its own. One more ends the connection.
    pub events_between_requests: u32,
    /// How long a client may leave replies unread, or events for which a handler waits for room, while others wait for the
    /// calls that these occupy. In milliseconds.
    pub patience: Duration,
    /// What happens to a new connection while all are in use.
    pub when_full: WhenFull,
    /// What happens to requests while no call is free.
    pub when_starved: WhenStarved,
    /// What happens to handlers whose connection ends.
    pub at_end: AtEnd,
    /// How many bytes of requests of one connection a turn reads at least before the next connection's turn comes; it stops
    /// behind the request that reaches the number. At most 2^30 - 2; more is no bound.
    pub bytes_per_turn: usize,
}

/// 16 connections, 16 requests in flight in slots of any size, one large frame, no bound on events, one second of patience, and new connections
/// and requests wait.
pub const fn capacity() -> Capacity {
    Capacity {
        connections: 16,
        in_flight: 16,
        slot_bytes: usize::MAX,
        in_flight_per_connection: usize::MAX,
        large_frames: 1,
        events_between_requests: u32::MAX,
        patience: Duration::from_secs(1),
        when_full: WhenFull::Wait,
        when_starved: WhenStarved::Wait,
        at_end: AtEnd::Drop,
        bytes_per_turn: usize::MAX,
    }
}

impl Capacity {
    /// Sets [`connections`](Self::connections).
    pub const fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// Sets [`in_flight`](Self::in_flight).
    pub const fn in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Sets [`slot_bytes`](Self::slot_bytes).
    pub const fn slot_bytes(mut self, bytes: usize) -> Self {
        self.slot_bytes = bytes;
        self
    }

    /// Sets [`in_flight_per_connection`](Self::in_flight_per_connection).
    pub const fn in_flight_per_connection(mut self, requests: usize) -> Self {
        self.in_flight_per_connection = requests;
        self
    }

    /// Sets [`large_frames`](Self::large_frames).
    pub const fn large_frames(mut self, frames: usize) -> Self {
        self.large_frames = frames;
        self
    }

    /// Sets [`events_between_requests`](Self::events_between_requests).
    pub const fn events_between_requests(mut self, events: u32) -> Self {
        self.events_between_requests = events;
        self
    }

    /// Sets [`patience`](Self::patience).
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets [`when_full`](Self::when_full).
    pub const fn when_full(mut self, when_full: WhenFull) -> Self {
        self.when_full = when_full;
        self
    }

    /// Sets [`when_starved`](Self::when_starved).
    pub const fn when_starved(mut self, when_starved: WhenStarved) -> Self {
        self.when_starved = when_starved;
        self
    }

    /// Sets [`at_end`](Self::at_end).
    pub const fn at_end(mut self, at_end: AtEnd) -> Self {
        self.at_end = at_end;
        self
    }

    /// Sets [`bytes_per_turn`](Self::bytes_per_turn).
    pub const fn bytes_per_turn(mut self, bytes: usize) -> Self {
        self.bytes_per_turn = bytes;
        self
    }

    /// What of the capacity is no size, packed: a static's type holds it, so that the static is all zeros and takes no room in
    /// the program's file.
    #[doc(hidden)]
    pub const fn policy(&self) -> u128 {
        let per_connection = if self.in_flight_per_connection > u32::MAX as usize {
            u32::MAX
        } else {
            self.in_flight_per_connection as u32
        };
        let millis = self.patience.as_millis();
        let millis = if millis > MAX_MILLIS { MAX_MILLIS } else { millis };
        let bytes = if self.bytes_per_turn > MAX_BYTES { MAX_BYTES } else { self.bytes_per_turn };
        per_connection as u128
            | (self.events_between_requests as u128) << 32
            | millis << 64
            | (bytes as u128) << 94
            | (matches!(self.at_end, AtEnd::Run) as u128) << 125
            | (matches!(self.when_starved, WhenStarved::DropOneWay) as u128) << 126
            | (matches!(self.when_full, WhenFull::Refuse) as u128) << 127
    }

    /// Panics if a service with this capacity could not serve; [`service!`](crate::service) does so when it is compiled.
    pub const fn check(&self) {
        assert!(self.connections > 0, "`connections` is 0");
        assert!(self.connections as u64 <= MAX_CONNECTIONS, "`connections` is more than 2^20");
        assert!(self.in_flight > 0, "`in_flight` is 0");
        assert!(self.in_flight <= SLOTS, "`in_flight` is more than `fidl::task::SLOTS`");
        assert!(self.in_flight_per_connection > 0, "`in_flight_per_connection` is 0");
    }

    /// The capacity with these sizes and a packed policy.
    pub(super) const fn unpacked(
        connections: usize,
        in_flight: usize,
        large_frames: usize,
        policy: u128,
    ) -> Self {
        Self {
            connections,
            in_flight,
            // Checked when the service was declared.
            slot_bytes: usize::MAX,
            in_flight_per_connection: policy as u32 as usize,
            large_frames,
            events_between_requests: (policy >> 32) as u32,
            patience: Duration::from_millis((policy >> 64 & MAX_MILLIS) as u64),
            when_full: if policy >> 127 == 0 { WhenFull::Wait } else { WhenFull::Refuse },
            when_starved: if policy >> 126 & 1 == 0 { WhenStarved::Wait } else { WhenStarved::DropOneWay },
            at_end: if policy >> 125 & 1 == 0 { AtEnd::Drop } else { AtEnd::Run },
            bytes_per_turn: match (policy >> 94) as usize & MAX_BYTES {
                MAX_BYTES => usize::MAX,
                bytes => bytes,
            },
        }
    }
}

/// As many as a packet's key can name.
const MAX_CONNECTIONS: u64 = 1 << 20;

/// The longest patience, in milliseconds: twelve days.
const MAX_MILLIS: u128 = (1 << 30) - 1;

/// The largest number of bytes, which stands for no bound.
const MAX_BYTES: usize = (1 << 30) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_come_back() {
        for capacity in [
            capacity(),
            capacity().in_flight_per_connection(1).events_between_requests(0).when_full(WhenFull::Refuse),
            capacity()
                .in_flight_per_connection(7)
                .events_between_requests(8)
                .patience(Duration::from_millis(9))
                .when_starved(WhenStarved::DropOneWay),
            capacity().at_end(AtEnd::Run).bytes_per_turn(10),
        ] {
            let unpacked = Capacity::unpacked(1, 2, 3, capacity.policy());
            assert_eq!(unpacked.policy(), capacity.policy());
            assert_eq!(unpacked.in_flight_per_connection as u32, capacity.in_flight_per_connection as u32);
            assert_eq!(unpacked.events_between_requests, capacity.events_between_requests);
            assert_eq!((unpacked.patience, unpacked.when_full), (capacity.patience, capacity.when_full));
            assert_eq!((unpacked.when_starved, unpacked.at_end), (capacity.when_starved, capacity.at_end));
            assert_eq!(unpacked.bytes_per_turn, capacity.bytes_per_turn);
        }
    }
}
