//! A reactor that another event loop drives, turn by turn.

use super::Reactor;
use crate::kernel::{Instant, Status};

/// What came of a [turn](Reactor::crank).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cranked {
    /// Something was done, and there may be more to do at once.
    Progress,
    /// There was nothing to do up to the deadline, and there is nothing now.
    Idle {
        /// When the next turn is due, come what may; [`Instant::INFINITE`] if nobody waits for a time.
        next: Instant,
    },
    /// [`Reactor::stop`] was called since the last turn. This is told once.
    Stopped,
}

impl Reactor<'_> {
    /// One turn: takes packets and wakes, then gives every consumer that has something to do a turn. If nobody has
    /// anything to do, it first waits for a packet or a wake until `deadline`, or until a timer is due.
    ///
    /// This is for loops other than [`run`](Self::run) and [`run_until`](Self::run_until). One that must not be held up
    /// cranks with [`Instant::INFINITE_PAST`] until the reactor is idle, and then waits in its own way: on Linux for the
    /// reactor's [descriptor](Self::descriptor).
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub fn crank(&self, deadline: Instant) -> Result<Cranked, Status> {
        let _running = self.begin()?;
        if self.stopped.take() {
            return Ok(Cranked::Stopped);
        }
        let before = self.done_so_far();
        self.one_turn(deadline)?;
        // Nobody runs a future that this could be for.
        self.root_ready.set(false);
        Ok(match (self.stopped.take(), self.done_so_far() == before) {
            (true, _) => Cranked::Stopped,
            (false, true) => Cranked::Idle { next: self.nearest_deadline() },
            (false, false) => Cranked::Progress,
        })
    }

    /// A number that grows with whatever is done.
    fn done_so_far(&self) -> u64 {
        let counters = self.counters();
        counters.packets + counters.wakes + counters.turns
    }
}
