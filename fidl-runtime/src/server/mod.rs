//! Serving a protocol: connections, requests in flight, replies and events.
//!
//! A [`Service`] is a static that holds everything one protocol's server ever needs: its connections, and for each
//! request in flight a frame for the request, a frame for the reply and a slot for the handler's future. Nothing grows.
//!
//! One request's way:
//!
//! ```text
//!            1. reserve           2. read             3. dispatch          4. finish         5. write
//!  channel ───────────▶ call ───────────▶ frame ─────────────▶ handler ────────────▶ reply ───────────▶ channel
//! ```
//!
//! 1. A request is read only if a call is free: slot, request frame and room for the reply. Else the message stays in the
//!    kernel, and the client feels it.
//! 2. It is read straight into the frame. A message larger than the schema knows, from a newer client, takes one of a few
//!    frames of full size.
//! 3. The dispatcher checks the header and calls the binding, whose future decodes in place and runs the handler. It is
//!    polled at once, and if it finishes nothing was queued.
//! 4. The future has encoded the reply into its frame.
//! 5. A reply that cannot be written stays there until the channel is writable, and its connection is not read meanwhile.
//!
//! A connection's states:
//!
//! ```text
//!            a. packet            b. no message
//!   waiting ───────────▶ queued ───────────────▶ waiting (readable armed)
//!                          │ ▲
//!          c. at its bound ▼ │ d. one of its requests finished
//!                         held
//!                          │ ▲
//!        e. no free call   ▼ │ f. a call is free, first come first served
//!                        starved
//!                          │ ▲
//!        g. has its share  ▼ │ h. one of its requests finished, or nobody is starved and there is room
//!                        sated
//! ```
//!
//! The arrows are taken by `connection_packet` (a), `read_failed` (b), `serve_request` (c, e and g), `free_call` (d, and h
//! for its own requests) and `share_calls` (f and h). A connection that is held or sated is not read, but its end is
//! waited for.

mod accept;
mod binding;
mod capacity;
mod close;
mod connection;
mod counters;
mod declare;
mod ending;
mod engine;
#[cfg(test)]
mod layout_tests;
mod mailbox;
mod observed;
mod one_thread;
mod place;
#[cfg(test)]
mod policy_tests;
mod pooled;
mod replies;
mod report;
mod respond;
mod room;
mod service;
mod tables;
#[cfg(test)]
mod tests;

pub use crate::message::{Method, MethodKind, Openness, Protocol, UnknownMethod};
pub use binding::{Binding, Call, Incoming, Outcome, Reply, Request};
pub use capacity::{AtEnd, Capacity, WhenFull, WhenStarved, capacity};
pub use close::CloseReason;
pub use connection::{Connection, ConnectionId, EventError, Writable};
pub use counters::Counters;
pub use one_thread::OneThread;
pub use place::{Dispatch, Handler, arena_bytes, check_slots, dispatch_bytes};
pub use pooled::{PooledRunning, PooledService, SendBinding, SendDispatch};
pub use report::SizeReport;
pub use respond::{Responder, Sent};
pub use service::{Running, Service};
