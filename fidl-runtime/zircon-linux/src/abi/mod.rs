//! The calls: each checks its arguments, calls inward, and makes a status of the result.
//!
//! All functions take what the C ABI hands them, so all are `unsafe`: pointers that are not null must be good for
//! what the call does with them. Every other mistake is answered by a status.

#![allow(unsafe_code)]
// The conditions are the same for every call and stated in the module's text.
#![allow(clippy::missing_safety_doc)]

mod call;
mod caller;
mod channel;
mod constants;
mod fifo;
mod handle;
mod info;
mod inspect;
mod object;
mod port;
mod process;
mod send;
mod socket;
mod solo;
mod time;
pub mod types;
mod vmo;

pub use call::*;
pub use channel::*;
pub use fifo::*;
pub use handle::*;
pub use inspect::*;
pub use object::*;
pub use port::*;
pub use process::*;
pub use socket::*;
pub use solo::*;
pub use time::*;
pub use vmo::*;

use types::{ZX_OK, zx_status_t};

/// The status of a result.
#[inline]
fn status(result: Result<(), zx_status_t>) -> zx_status_t {
    result.err().unwrap_or(ZX_OK)
}
