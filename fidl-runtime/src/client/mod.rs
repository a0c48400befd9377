//! Calling a protocol: an asynchronous client, a blocking one, and events.
//!
//! A [`Client`] works on a [`Storage`], a static that holds what its calls need: for each call in flight a frame for the
//! reply, for each waiting event a frame, and one frame into which the next message is read. Behind the read, that frame
//! is swapped with the one of the call or event it belongs to; nothing is copied.
//!
//! A call's way:
//!
//! ```text
//!         1. slot             2. written            3. reply            4. dropped
//!  call ───────────▶ sending ───────────▶ waiting ───────────▶ done ────────────────▶ free
//!                       │                    │ 5. caller gone             6. reply
//!                       └────────▶ free      └───────────────▶ abandoned ───────────▶ free
//! ```
//!
//! 1. `start`: the slot and its generation are the transaction id.
//! 2. `send`.
//! 3. `deliver_response`.
//! 4. [`Response`]'s drop.
//! 5. [`Call`]'s drop: the transaction id stays taken.
//! 6. `deliver_response`: the late reply is closed unread.

mod blocking;
mod call;
mod channel;
mod error;
mod event;
mod receive;
mod storage;

pub use crate::message::{Empty, Flexible, FlexibleError, Strict, StrictError};
pub use blocking::BlockingClient;
pub use call::{Call, EncodeRequest, Response, ResponseBody, Unread};
pub use channel::{Client, Counters};
pub use error::ClientError;
pub use event::{EventMessage, NextEvent};
pub use storage::Storage;
