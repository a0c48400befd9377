//! Bugs that are planted in test builds, one at a time, to see that simulations find them.

use core::cell::Cell;
use std::thread_local;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// A wake that comes while another slot of its word is ready is not noted.
    LostWake,
    /// A reply is written in front of those that wait for room.
    ReorderedReply,
    /// A packet's generation is not looked at.
    StaleKey,
}

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Plants a bug on this thread.
pub(crate) fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether this bug is planted.
pub(crate) fn is_planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}
