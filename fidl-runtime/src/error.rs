//! One error over all the small ones, for callers that want one type.

use core::fmt;

use crate::client::ClientError;
use crate::kernel::{Status, status_name};
use crate::server::EventError;
use crate::task::NoLane;
use crate::wire::{DecodeError, EncodeError};

/// Any error of this crate.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A kernel call failed, or something could not be set up; the function that returned the status says which it may be.
    Status(Status),
    /// A call failed.
    Client(ClientError),
    /// An event was not sent.
    Event(EventError),
    /// A message does not decode.
    Decode(DecodeError),
    /// A value does not encode.
    Encode(EncodeError),
    /// No lane is free for another arena.
    NoLane(NoLane),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{} ({})", status_name(*status), status.into_raw()),
            Self::Client(error) => error.fmt(f),
            Self::Event(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
            Self::NoLane(error) => error.fmt(f),
        }
    }
}

/// As [`Display`](fmt::Display): what `main` prints of an error that it returns.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Error {}

macro_rules! from {
    ($($small:ident => $variant:ident),*) => { $(
        impl From<$small> for Error {
            fn from(error: $small) -> Self {
                Self::$variant(error)
            }
        }
    )* };
}

from! {
    Status => Status,
    ClientError => Client,
    EventError => Event,
    DecodeError => Decode,
    EncodeError => Encode,
    NoLane => NoLane
}
