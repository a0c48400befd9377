//! Transactional messages: header, and the frames that messages are read into and written from.

mod frame;
mod header;

pub use frame::{Frame, FrameStorage, Lease};
pub use header::{EPITAPH_ORDINAL, Header, HeaderError};
