//! The reactor inside tokio's current-thread runtime, so that FIDL servers and clients share a thread with whatever else
//! runs on tokio.
//!
//! ```no_run
//! use fidl::Reactor;
//!
//! let reactor = Reactor::new().map_err(fidl::Error::from)?;
//! // … services and clients are attached to the reactor …
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! // Other tasks of the thread run meanwhile, also those of `tokio::task::spawn_local`.
//! let driven = fidl::adapter::tokio::drive(&reactor);
//! tokio::task::LocalSet::new().block_on(&runtime, driven).map_err(fidl::Error::from)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The runtime has to have its I/O and time drivers enabled. Timers of the reactor are as exact as tokio's then: a
//! millisecond.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;

use ::tokio::io::Interest;
use ::tokio::io::unix::AsyncFd;
use ::tokio::task::{spawn_local, yield_now};
use ::tokio::time::Sleep;
use std::os::fd::BorrowedFd;
use std::time;

use super::EventLoop;
use super::own::wait_on;
use crate::kernel::{AsHandleRef, Instant, Signals, Status};
use crate::reactor::{Cranked, Objects, Reactor};
use crate::task::Full;

/// How many turns the reactor has before tokio's other tasks have theirs.
const TURNS: u32 = 4;

/// Runs a reactor until [`Reactor::stop`] is called. While it has nothing to do, the thread is tokio's.
///
/// May be dropped at any point, and begun again.
///
/// # Errors
///
/// `NO_RESOURCES` if the process is out of descriptors; those of [`Reactor::crank`].
///
/// # Panics
///
/// Outside of a runtime, and in one whose I/O or time driver is not enabled.
pub async fn drive(reactor: &Reactor<'_>) -> Result<(), Status> {
    let descriptor = registered(reactor.descriptor()?)?;
    let mut alarm = pin!(::tokio::time::sleep(time::Duration::ZERO));
    let mut turns = 0;
    loop {
        turns += 1;
        if turns == TURNS {
            turns = 0;
            yield_now().await;
        }
        match reactor.crank(Instant::INFINITE_PAST)? {
            Cranked::Stopped => return Ok(()),
            Cranked::Progress => continue,
            Cranked::Idle { .. } => {}
        }
        if let Some(latest) = reactor.prepare_wait()? {
            wait(&descriptor, alarm.as_mut(), latest).await;
            turns = 0;
        }
    }
}

/// Has tokio watch a reactor's descriptor.
#[allow(unsafe_code)]
fn registered(descriptor: BorrowedFd<'static>) -> Result<AsyncFd<BorrowedFd<'static>>, Status> {
    // SAFETY: the descriptor is open for ever, as its type says, and so stays what it is; asked for its number, a
    // `BorrowedFd` gives the same each time.
    let registered = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) };
    registered.map_err(|_| Status::NO_RESOURCES)
}

/// Waits until the descriptor tells of something, or until `latest`.
async fn wait(descriptor: &AsyncFd<BorrowedFd<'_>>, mut alarm: Pin<&mut Sleep>, latest: Instant) {
    let timed = latest != Instant::INFINITE;
    if timed {
        let left = latest.since(Instant::now());
        alarm.as_mut().reset(::tokio::time::Instant::now() + left);
    }
    poll_fn(|cx| {
        if let Poll::Ready(guard) = descriptor.poll_read_ready(cx) {
            // What comes from now on is told again. What has come is seen by the turns that follow.
            if let Ok(mut guard) = guard {
                guard.clear_ready();
            }
            return Poll::Ready(());
        }
        if timed { alarm.as_mut().poll(cx) } else { Poll::Pending }
    })
    .await;
}

/// A reactor that [`drive`] runs on the thread, and tokio: with room for `WAITS` waits.
///
/// Its tasks are tokio's local tasks, so that it is of use inside a `LocalSet` alone.
#[derive(Clone, Copy, Debug)]
pub struct TokioLoop<const WAITS: usize> {
    reactor: &'static Reactor<'static>,
    objects: &'static Objects<WAITS, 1>,
}

impl<const WAITS: usize> TokioLoop<WAITS> {
    /// Makes these parts one loop.
    pub fn new(reactor: &'static Reactor<'static>, objects: &'static Objects<WAITS, 1>) -> Self {
        Self { reactor, objects }
    }
}

impl<const WAITS: usize> EventLoop for TokioLoop<WAITS> {
    fn wait_for<O: AsHandleRef>(
        &self,
        object: &O,
        signals: Signals,
    ) -> impl Future<Output = Result<Signals, Status>> {
        wait_on(self.reactor, self.objects, object.raw_handle(), signals)
    }

    async fn sleep_until(&self, deadline: Instant) {
        ::tokio::time::sleep(deadline.since(Instant::now())).await;
    }

    fn spawn<F: Future<Output = ()> + 'static>(&self, task: F) -> Result<(), Full<F>> {
        spawn_local(task);
        Ok(())
    }
}
