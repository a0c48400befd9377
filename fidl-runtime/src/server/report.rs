//! How large a service is, part by part.

use core::fmt;

/// What a service's bytes are for. Made by [`Service::size_report`](super::Service::size_report); as text, a line for each
/// part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeReport {
    /// Bytes for all connections.
    pub connections: usize,
    /// Bytes for all calls: their frames, and what is noted of them.
    pub calls: usize,
    /// Bytes for all handlers' futures.
    pub handlers: usize,
    /// Bytes for frames of full size.
    pub large_frames: usize,
    /// Bytes of the service, with what belongs to no part: the server, the frames for events and for a spare request, lists.
    pub total: usize,
    pub(super) connection_count: usize,
    pub(super) call_count: usize,
}

impl SizeReport {
    /// Bytes for one connection.
    pub const fn per_connection(&self) -> usize {
        self.connections / self.connection_count
    }

    /// Bytes for one call, its handler's slot included.
    pub const fn per_call(&self) -> usize {
        (self.calls + self.handlers) / self.call_count
    }
}

impl fmt::Display for SizeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.total - self.connections - self.calls - self.handlers - self.large_frames;
        writeln!(
            f,
            "{:>10} bytes, {} for each connection, {} for each call:",
            self.total,
            self.per_connection(),
            self.per_call()
        )?;
        writeln!(f, "{:>10} {} connections", self.connections, self.connection_count)?;
        writeln!(f, "{:>10} {} calls", self.calls, self.call_count)?;
        writeln!(f, "{:>10} handlers", self.handlers)?;
        writeln!(f, "{:>10} large frames", self.large_frames)?;
        writeln!(f, "{rest:>10} everything else")
    }
}
