//! FIDL servers and clients that never touch the heap once they run.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code names the runtime `::fidl`, in here too.
extern crate self as fidl;
#[cfg(feature = "kernel")]
extern crate std;

pub mod generated;
pub mod limits;
pub mod storage;
mod sync;
pub mod task;
pub mod wire;

#[cfg(feature = "kernel")]
pub mod client;
#[cfg(feature = "kernel")]
mod error;
#[cfg(feature = "kernel")]
pub mod kernel;
#[cfg(feature = "kernel")]
pub mod message;
#[cfg(feature = "kernel")]
pub mod reactor;
#[cfg(feature = "kernel")]
pub mod server;

#[cfg(feature = "kernel")]
pub use error::Error;
#[cfg(feature = "kernel")]
pub use reactor::{Reactor, Timers};
#[cfg(feature = "kernel")]
pub use server::{Capacity, WhenFull, capacity};
