//! The runtime beside other event loops.
//!
//! A library that waits for objects, for times, and that runs tasks need not choose a loop: it takes an [`EventLoop`], and its
//! user says which. [`ReactorLoop`] is this crate's reactor; with the feature `tokio`, on Linux, `TokioLoop` is a reactor
//! inside tokio's current-thread runtime. Neither is behind a table of functions, and the former allocates nothing.
//!
//! ```
//! use fidl::adapter::EventLoop;
//! use fidl::kernel::{AsHandleRef, Event, Instant, Signals, Status};
//! use std::time::Duration;
//!
//! /// Signals the event after a while, unless somebody else does; returns when that was.
//! async fn at_the_latest<L: EventLoop>(on: L, event: &'static Event, wait: Duration) -> Result<Instant, Status> {
//!     let timer = on.clone();
//!     on.spawn(async move {
//!         timer.sleep_until(Instant::after(wait)).await;
//!         let _ = event.as_handle_ref().signal(Signals::NONE, Signals::USER_0);
//!     })
//!     .map_err(|_| Status::NO_RESOURCES)?;
//!     on.wait_for(event, Signals::USER_0).await?;
//!     Ok(Instant::now())
//! }
//! # let _ = at_the_latest::<fidl::adapter::ReactorLoop<1, 1, 1, 1>>;
//! ```

mod own;
#[cfg(all(feature = "tokio", target_os = "linux"))]
pub mod tokio;

pub use own::ReactorLoop;
#[cfg(all(feature = "tokio", target_os = "linux"))]
pub use tokio::TokioLoop;

use core::future::Future;

use crate::kernel::{AsHandleRef, Instant, Signals, Status};
use crate::task::Full;

/// What a library needs from the loop that it runs on: one thread's. Handles to a loop are cheap to clone.
pub trait EventLoop: Clone + 'static {
    /// Waits until one of `signals` is asserted on an object; returns all that were.
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if as many waits as the loop has room for are under way; why the kernel does not wait: `BAD_HANDLE`,
    /// `ACCESS_DENIED`.
    fn wait_for<O: AsHandleRef>(
        &self,
        object: &O,
        signals: Signals,
    ) -> impl Future<Output = Result<Signals, Status>>;

    /// Waits until a point in time, at least; how much longer is the loop's matter.
    fn sleep_until(&self, deadline: Instant) -> impl Future<Output = ()>;

    /// Begins a task, which runs on the loop until it finishes.
    ///
    /// # Errors
    ///
    /// [`Full`], with the task, if the loop has no room for it.
    fn spawn<F: Future<Output = ()> + 'static>(&self, task: F) -> Result<(), Full<F>>;
}
