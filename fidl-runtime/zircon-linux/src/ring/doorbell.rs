//! Who tells whom, and how: the word by which a side of a ring says that it sleeps.
//!
//! ```text
//!            arm                               ring (by the other side, after it changed something)
//!   AWAKE ---------> SOCKET or FUTEX, or both -----------------------------------------------------> AWAKE
//!                                              who swaps the word tells the sleepers
//! ```
//!
//! The sleeper arms the bell, then looks once more, then sleeps. The other side changes its position, then looks at
//! the bell. Between the two steps of each stands a sequentially consistent fence, so at least one sees what the other
//! did: either the sleeper's second look finds the change, or the other side finds the bell armed. Whoever swaps the
//! word rings, so there is one ring for one arming.
//!
//! A hostile peer can forget to ring, or ring for nothing. The first harms its own channel alone; the second costs a
//! look.

use super::Word;
use crate::sync::Ordering;

const AWAKE: u32 = 0;
const SOCKET: u32 = 1;
/// The bit of a bell that is armed for a futex wake.
pub(crate) const FUTEX: u32 = 2;

/// How a sleeper wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By a packet on the channel's socket, which is in the sleeper's epoll set. Takes the place of a wish for a futex
    /// wake: who sleeps on futexes does so briefly.
    BySocket,
    /// By a futex wake on the bell's word. Somebody else may have asked for a packet, and gets it too.
    ByFutex,
}

/// How the sleepers of a bell are to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// By a packet.
    pub(crate) socket: bool,
    /// By a futex wake.
    pub(crate) futex: bool,
}

/// Asks to be told. The caller looks once more afterwards, and does not sleep if it finds something.
#[inline]
pub(crate) fn arm(bell: &impl Word<u32>, how: How, fence: impl FnOnce()) {
    // Relaxed: the fence orders it before the look.
    match how {
        How::BySocket => bell.store(SOCKET, Ordering::Relaxed),
        How::ByFutex => drop(bell.fetch_or(FUTEX, Ordering::Relaxed)),
    }
    fence();
}

/// The word to sleep on, if the bell is still armed for a futex wake.
pub(crate) fn armed_for_futex(bell: &impl Word<u32>) -> Option<u32> {
    let word = bell.load(Ordering::Relaxed);
    (word & FUTEX != 0).then_some(word)
}

/// Looks if the other side wants to be told of a change just made, and how. The answer is given once per arming.
#[inline]
pub(crate) fn ring(bell: &impl Word<u32>, fence: impl FnOnce()) -> Option<Wishes> {
    fence();
    // Relaxed: the fence orders it after the change.
    if bell.load(Ordering::Relaxed) == AWAKE {
        return None;
    }
    // Acquire and release, although no memory hangs on the word: the next arming comes after this answer.
    let word = bell.swap(AWAKE, Ordering::AcqRel);
    Some(Wishes { socket: word & SOCKET != 0, futex: word & FUTEX != 0 })
}
