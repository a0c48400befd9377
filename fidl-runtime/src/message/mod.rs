//! Transactional messages: header, and the frames that messages are read into and written from.

mod form;
mod frame;
mod header;
mod protocol;

pub use form::{Empty, Flexible, FlexibleError, Strict, StrictError};
pub(crate) use frame::Place;
pub use frame::{Decoded, Frame, FrameStorage, LargeFrame, Lease};
pub use header::{EPITAPH_ORDINAL, Header, HeaderError};
pub(crate) use protocol::find_method;
pub use protocol::{Method, MethodKind, Openness, Protocol, UnknownMethod};
