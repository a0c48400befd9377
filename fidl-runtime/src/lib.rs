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

// The library `zx` that the compiler supplies: rights, object types, limits.
include!("zx.rs");

#[cfg(feature = "kernel")]
pub use client::ClientError;
#[cfg(feature = "kernel")]
pub use error::Error;
#[cfg(feature = "kernel")]
pub use kernel::{Listener, Status};
#[cfg(all(feature = "kernel", target_os = "linux"))]
pub use kernel::{connect, listen};
#[cfg(feature = "kernel")]
pub use message::{Method, MethodKind, Openness, Protocol, UnknownMethod};
#[cfg(feature = "kernel")]
pub use reactor::{Reactor, Timers};
#[cfg(feature = "kernel")]
pub use server::{Capacity, WhenFull, capacity};

/// Includes the Rust code that a build script made of a FIDL library: `include_schema!("example.echo")` declares the module
/// `example_echo`.
///
/// The build script is `fidl_codegen::Builder`'s; the file it wrote has the library's name with underscores.
#[macro_export]
macro_rules! include_schema {
    ($file:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
    };
}
