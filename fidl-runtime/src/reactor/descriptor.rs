//! What a loop of Linux waits for on behalf of a reactor.

use std::os::fd::BorrowedFd;

use super::Reactor;
use crate::kernel::{Instant, Status};

impl Reactor<'_> {
    /// The descriptor that is readable when the reactor must be [cranked](Self::crank), for `poll`, `epoll` and the like. It
    /// is the reactor's: others neither read from it nor close it.
    ///
    /// ```
    /// use fidl::Reactor;
    /// use fidl::kernel::Instant;
    /// use fidl::reactor::Cranked;
    ///
    /// let reactor = Reactor::new()?;
    /// let descriptor = reactor.descriptor()?;
    /// for _ in 0..10 {
    ///     match reactor.crank(Instant::INFINITE_PAST)? {
    ///         Cranked::Progress => {}
    ///         Cranked::Stopped => break,
    ///         Cranked::Idle { .. } => match reactor.prepare_wait()? {
    ///             None => {}
    ///             Some(latest) => { /* wait for the descriptor, until `latest` */ }
    ///         },
    ///     }
    /// }
    /// # let _ = descriptor;
    /// # Ok::<(), fidl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if the process is out of descriptors or of ports that sleep.
    pub fn descriptor(&self) -> Result<BorrowedFd<'static>, Status> {
        self.port.descriptor()
    }

    /// Has the descriptor become readable by whatever the reactor must be cranked for, from now until the next turn. Each
    /// wait for the descriptor needs it anew.
    ///
    /// Returns until when the caller may wait before the next turn is due all the same. If that is `None`, it is due at once.
    ///
    /// # Errors
    ///
    /// `BAD_STATE` from inside, as for [`run`](Self::run), and for a [simulation](Self::simulated), whose time stands still
    /// while its thread waits. Those of [`descriptor`](Self::descriptor).
    pub fn prepare_wait(&self) -> Result<Option<Instant>, Status> {
        let _running = self.begin()?;
        if self.simulation.is_some() {
            return Err(Status::BAD_STATE);
        }
        let lane = self.lane.id();
        // Announced before the looks, as for a sleep: what comes behind them makes the descriptor readable.
        lane.set_parent(&self.port.waker());
        if let Some(timers) = self.timers.get() {
            // Set by what runs on the thread meanwhile.
            timers.tell_of_earlier(self.port.waker());
        }
        let latest = self.port.prepare_wait()?;
        let due = self.ready.get() != 0 || self.stopped.get() || !self.batch.get().is_empty();
        if due || lane.has_ready() || latest == Instant::INFINITE_PAST {
            lane.clear_parent();
            return Ok(None);
        }
        Ok(Some(latest.min(self.nearest_deadline())))
    }
}
