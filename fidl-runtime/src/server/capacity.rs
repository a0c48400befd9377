//! Every capacity of a service in one place.

use core::time::Duration;

/// What happens to a new connection while all are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It stays with the listener until a connection ends.
    Wait,
    /// It is told `NO_RESOURCES` (an epitaph) and closed.
    Refuse,
}

/// How much a service holds. Made by [`capacity`].
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// Connections at one time.
    pub connections: usize,
    /// Requests in flight at one time, of all connections together.
    pub in_flight: usize,
    /// Requests in flight at one time of one connection. 1 makes a connection serial.
    pub in_flight_per_connection: usize,
    /// Frames of full size (64 KiB) for requests larger than the schema knows, from newer clients.
    pub large_frames: usize,
    /// Events that a client may be sent between two requests of its own. One more ends the connection.
    pub events_between_requests: u32,
    /// How long a client may leave replies unread while others wait for the calls that these occupy.
    pub patience: Duration,
    /// What happens to a new connection while all are in use.
    pub when_full: WhenFull,
}

/// 16 connections, 16 requests in flight, one large frame, no bound on events, one second of patience, and new connections
/// wait.
pub const fn capacity() -> Capacity {
    Capacity {
        connections: 16,
        in_flight: 16,
        in_flight_per_connection: usize::MAX,
        large_frames: 1,
        events_between_requests: u32::MAX,
        patience: Duration::from_secs(1),
        when_full: WhenFull::Wait,
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
}
