//! What a service counts.

crate::counters::counters! {
    /// How often what happened.
    pub struct Counters {
        /// Connections accepted.
        connected,
        /// Connections refused because all were in use.
        refused,
        /// Connections ended, for whatever reason.
        closed,
        /// Connections ended because of what the client sent, or did not read.
        protocol_errors,
        /// Connections ended because the client did not read its replies or events while others waited.
        stalled,
        /// Connections ended because a handler of theirs panicked.
        panicked,
        /// Requests read.
        requests,
        /// Requests to methods that the protocol does not have.
        unknown_methods,
        /// Requests that needed a large frame.
        large_requests,
        /// Calls that are never used again, because a binding forgot their request or reply instead of using it up.
        retired_calls,
        /// Replies written.
        replies,
        /// Times a connection had to wait for a free call.
        starved,
        /// Times a connection had to wait for a large frame.
        large_frames_exhausted,
        /// Times a reply had to wait until its channel was writable.
        blocked,
        /// Times the listener had to wait because all connections were in use.
        connections_exhausted,
        /// One-way requests that were dropped because no call was free.
        dropped_one_way,
        /// Answers that were discarded because their connection had ended before.
        discarded,
        /// Times that all calls were in use, others were wanted, and for as long as the service's patience no handler finished.
        stuck,
        /// Handlers that did not finish at their first poll.
        waited,
        /// Polls of handlers, the first ones included. (Not those of a turn that a panic has left.)
        polls,
        /// Handlers that have finished.
        finished,
        /// The most requests that were in flight at one time.
        most_in_flight,
        /// The most connections that there were at one time.
        most_connections,
    }
}

impl Counters {
    /// How often a handler was polled until it finished, on average. 1 if all finish at their first poll; 0 if none has finished.
    pub fn polls_per_completion(&self) -> f64 {
        if self.finished == 0 { 0.0 } else { self.polls as f64 / self.finished as f64 }
    }
}
