//! What a reactor counts.

crate::counters::counters! {
    /// How often what happened.
    pub struct Counters {
        /// Packets taken from the port.
        packets,
        /// Those of them that programs queued.
        user_packets,
        /// Those of them that waits made.
        signal_packets,
        /// Those of them that were of other kinds: interrupts, guests, pagers.
        other_packets,
        /// Those of them that only woke the thread.
        rings,
        /// Batches in which they came.
        batches,
        /// The most packets in one batch.
        largest_batch,
        /// Packets whose key was of an old generation or of nobody.
        stale,
        /// Wakes that were noticed, of services, clients and the future that is run; those that came together count once.
        wakes,
        /// Turns given to services and clients.
        turns,
        /// Times the reactor slept.
        sleeps,
        /// Panics of what the reactor ran, which it has caught.
        panics,
    }
}
