//! FIDL servers and clients that never touch the heap once they run.
//!
//! A `.fidl` schema is compiled to Rust whose message types have sizes known at compile time. A message is read from a
//! channel straight into a preallocated frame, validated there in one walk, and used where it lies. A reactor of fixed
//! capacity turns a port's packets into turns of the services and clients they are for. Requests in flight live in an
//! arena; when it is full, the server stops reading. It runs on Fuchsia's kernel, and on Linux between real processes.
//!
//! # Serving
//!
//! ```text
//! fidl::include_schema!("example_calc");                  // what a build script made of the schema
//!
//! impl adder::Server for Adder {                          // a method per method
//!     async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse { … }
//! }
//!
//! const CAPACITY: Capacity = capacity().connections(1000).in_flight(64);
//! fidl::service!(static ADDER: adder::Serve<Adder>, CAPACITY);   // everything it will ever need
//!
//! let service = ADDER.start(Adder::default())?;
//! let reactor = Reactor::new()?;
//! service.listen(&reactor, fidl::listen("/run/adder")?)?;
//! reactor.run()?;
//! ```
//!
//! # Layers
//!
//! Each knows those below it alone. Most users need the generated code, [`Reactor`], [`service!`] and [`capacity()`].
//!
//! | module | what it is for |
//! | --- | --- |
//! | [`adapter`] | other event loops: libraries that need not choose one, and the reactor inside tokio |
//! | [`client`] | calls: asynchronous, blocking; events |
//! | [`server`] | connections, requests in flight, replies, back pressure |
//! | [`reactor`] | waits on one port, hands packets to their consumers: services, clients, packet handlers, objects that futures wait for; tasks; timers; simulations |
//! | [`domain`] | serialization domains: services on several threads |
//! | [`message`] | headers, frames and the right to use them |
//! | [`kernel`] | the seam: every call to the kernel, in today's ABI |
//! | [`task`] | futures, wakers and wakes without allocation: an [`Arena`](task::Arena) that is useful alone, in locals or by [`arena!`] in a static |
//! | [`storage`] | free slots, lists and statics of fixed capacity |
//! | [`at_rest`] | values outside of messages: [`persist`], [`encode_standalone`] |
//! | [`wire`] | the wire format: the walk, views, encoding |
//! | [`generated`] | what generated code uses besides |
//!
//! # What it promises
//!
//! - From the moment a reactor runs, no heap allocation, on either side; nothing warms up. That includes this crate's Linux
//!   kernel, but of course not what handlers do.
//! - No panic, and no unbounded work, for any bytes that a peer sends.
//! - A handler that panics costs its connection, and the server goes on. (With `panic = "abort"` the process ends.)
//! - Every queue, table and pool has a capacity that its user states, a policy when it is full, and a counter that shows
//!   how often that happened.
//!
//! # Features
//!
//! - `kernel` (default): everything that needs a kernel. Without it only [`wire`], [`at_rest`], [`storage`] and [`task`] are
//!   built, for any little-endian target, without `std`.
//! - `tokio`: [`adapter`] has the reactor inside tokio's current-thread runtime, on Linux.
//!
//! # Limits
//!
//! - Protocols go over channels. Those over other transports have neither server nor client.
//! - One reactor is one thread's. A process can have 64 of them. A [pool](domain::Pool) has any number of threads, and up to 64
//!   domains; a process can have 16. Asynchronous clients are a reactor's.
//! - On Linux, of the handles that a message carries to another process those of channels, events, event pairs and memory
//!   objects arrive; the rest are refused before anything is sent.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(target_endian = "big")]
compile_error!(
    "FIDL messages are little-endian and are read where they lie, so the target has to be little-endian"
);

#[cfg(all(
    feature = "kernel",
    not(all(target_pointer_width = "64", any(target_os = "linux", target_os = "fuchsia")))
))]
compile_error!(
    "the feature `kernel` speaks the 64-bit Zircon ABI, which there is on Fuchsia and Linux; elsewhere build without \
     default features, for `wire`, `storage` and `task`"
);

// Generated code names the runtime `::fidl`, in here too.
extern crate self as fidl;
#[cfg(feature = "kernel")]
extern crate std;

#[cfg(feature = "kernel")]
pub mod adapter;
pub mod at_rest;
pub mod generated;
pub mod limits;
#[cfg(all(test, feature = "kernel"))]
mod planted;
pub mod storage;
mod sync;
pub mod task;
pub mod wire;

#[cfg(feature = "kernel")]
pub mod client;
#[cfg(feature = "kernel")]
mod counters;
#[cfg(feature = "kernel")]
pub mod domain;
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

pub use at_rest::{decode_standalone, encode_standalone, persist, unpersist};
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
pub use server::{AtEnd, Capacity, WhenFull, WhenStarved, capacity};
pub use wire::each;

/// Includes the Rust code that a build script made of a FIDL library: `include_schema!("example_echo")` declares the module
/// `example_echo`, made of the library `example.echo`.
///
/// The build script calls `fidl_codegen::Builder`, which names its file and module like the library, with underscores.
/// Libraries that refer to each other are included in one module.
#[macro_export]
macro_rules! include_schema {
    ($file:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
    };
}
