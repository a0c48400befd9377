//! Why a connection ended.

use core::fmt;

use crate::kernel::{Status, status_name};
use crate::message::HeaderError;
use crate::wire::{DecodeError, EncodeError};

/// Why a connection ended. The server is told once.
///
/// Only [`Shutdown`](Self::Shutdown) with a status sends an epitaph; for errors that the runtime finds, none is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The client closed its end, and everything it had sent was handled.
    PeerClosed,
    /// The server closed it, with or without an epitaph.
    Shutdown(Option<Status>),
    /// The client speaks another wire format.
    IncompatibleFormat,
    /// A message that does not belong here: a transaction id where there must be none or none where there must be one, a
    /// method that is neither known nor tolerated, an epitaph.
    UnexpectedMessage {
        /// The message's ordinal.
        ordinal: u64,
    },
    /// A message does not decode.
    DecodeFailure(DecodeError),
    /// A reply or event does not encode.
    EncodeFailure(EncodeError),
    /// The kernel refused a reply or event.
    WriteFailure(Status),
    /// The kernel refused a read.
    ReadFailure(Status),
    /// More events since the client's last request than the service allows.
    TooManyEvents,
    /// The client left replies or events unread for longer than the service's patience while others waited.
    Stalled,
    /// A handler panicked.
    Panicked,
}

impl From<HeaderError> for CloseReason {
    fn from(error: HeaderError) -> Self {
        match error {
            HeaderError::Short => Self::DecodeFailure(DecodeError::new(crate::wire::Rule::ShortHeader, 0)),
            HeaderError::Incompatible => Self::IncompatibleFormat,
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PeerClosed => f.write_str("the client closed the connection"),
            Self::Shutdown(None) => f.write_str("the server closed the connection"),
            Self::Shutdown(Some(status)) => {
                write!(f, "the server closed the connection with {}", status_name(*status))
            }
            Self::IncompatibleFormat => f.write_str("the client speaks another wire format"),
            Self::UnexpectedMessage { ordinal } => write!(f, "an unexpected message (ordinal {ordinal:#x})"),
            Self::DecodeFailure(error) => write!(f, "a malformed message: {error}"),
            Self::EncodeFailure(error) => write!(f, "a message that cannot be encoded: {error}"),
            Self::WriteFailure(status) => write!(f, "writing failed: {}", status_name(*status)),
            Self::ReadFailure(status) => write!(f, "reading failed: {}", status_name(*status)),
            Self::TooManyEvents => f.write_str("too many events since the client's last request"),
            Self::Panicked => f.write_str("a handler panicked"),
            Self::Stalled => f.write_str("the client did not read its replies or events"),
        }
    }
}
