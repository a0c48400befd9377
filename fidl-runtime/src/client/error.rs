//! Why a call failed.

use core::fmt;

use crate::kernel::{Status, status_name};
use crate::message::HeaderError;
use crate::wire::{DecodeError, EncodeError, FrameworkError, Rule};

/// Why a call, or the wait for an event, failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientError {
    /// The server's framework does not know the method. The connection goes on.
    UnknownMethod,
    /// As many calls are in flight as the client has room for. The connection goes on.
    TooManyCalls,
    /// The channel is full; a one-way call was not sent. The connection goes on.
    Full,
    /// The deadline passed. The connection goes on; a late reply is dropped.
    TimedOut,
    /// The connection has ended: the server closed it (`PEER_CLOSED`), or said why (an epitaph's status).
    Closed(Status),
    /// The server sent something that does not decode. The connection has ended.
    Decode(DecodeError),
    /// The server speaks another wire format. The connection has ended.
    IncompatibleFormat,
    /// The server sent a message that belongs nowhere. The connection has ended.
    UnexpectedMessage {
        /// The message's ordinal.
        ordinal: u64,
    },
    /// The request does not encode. Nothing was sent.
    Encode(EncodeError),
    /// The kernel refused the request. The connection has ended.
    Write(Status),
    /// The kernel refused a read or a wait. The connection has ended.
    Read(Status),
}

impl ClientError {
    /// Whether the connection has ended: then every later call returns the same error.
    pub fn is_terminal(self) -> bool {
        !matches!(
            self,
            Self::UnknownMethod | Self::TooManyCalls | Self::Full | Self::TimedOut | Self::Encode(_)
        )
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMethod => f.write_str("the server does not know this method"),
            Self::TooManyCalls => f.write_str("too many calls in flight"),
            Self::Full => f.write_str("the channel is full"),
            Self::TimedOut => f.write_str("the deadline passed"),
            Self::Closed(status) => write!(f, "the connection has ended: {}", status_name(*status)),
            Self::Decode(error) => write!(f, "a malformed message: {error}"),
            Self::IncompatibleFormat => f.write_str("the server speaks another wire format"),
            Self::UnexpectedMessage { ordinal } => write!(f, "an unexpected message (ordinal {ordinal:#x})"),
            Self::Encode(error) => write!(f, "the request does not encode: {error}"),
            Self::Write(status) => write!(f, "writing failed: {}", status_name(*status)),
            Self::Read(status) => write!(f, "reading failed: {}", status_name(*status)),
        }
    }
}

impl core::error::Error for ClientError {}

impl From<HeaderError> for ClientError {
    fn from(error: HeaderError) -> Self {
        match error {
            HeaderError::Short => Self::Decode(DecodeError::new(Rule::ShortHeader, 0)),
            HeaderError::Incompatible => Self::IncompatibleFormat,
        }
    }
}

impl From<DecodeError> for ClientError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<EncodeError> for ClientError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<FrameworkError> for ClientError {
    fn from(_: FrameworkError) -> Self {
        Self::UnknownMethod
    }
}
