//! One error over all the small ones, for callers that want one type.

use core::fmt;

use crate::kernel::{Status, status_name};
use crate::task::NoLane;

/// Why something could not be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A kernel call failed.
    Status(Status),
    /// No lane is free for another reactor or arena.
    NoLane(NoLane),
    /// The static was started before; it can be started once.
    AlreadyStarted,
    /// The reactor has as many services and clients as it can have.
    ReactorFull,
    /// The service has a listener.
    AlreadyListening,
    /// All of the service's connections are in use.
    ConnectionsFull,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{} ({})", status_name(*status), status.into_raw()),
            Self::NoLane(error) => error.fmt(f),
            Self::AlreadyStarted => f.write_str("this static was started before"),
            Self::ReactorFull => f.write_str("the reactor has no place for another service or client"),
            Self::AlreadyListening => f.write_str("the service has a listener"),
            Self::ConnectionsFull => f.write_str("all connections of the service are in use"),
        }
    }
}

impl core::error::Error for Error {}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl From<NoLane> for Error {
    fn from(error: NoLane) -> Self {
        Self::NoLane(error)
    }
}
