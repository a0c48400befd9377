//! Who tells whom: the word by which a side of a ring says that it sleeps.
//!
//! ```text
//!            arm                  ring (by the other side, after it changed something)
//!   AWAKE ---------> ARMED ----------------------------------------------------------> AWAKE
//!                                 who swaps the word tells the sleeper
//! ```
//!
//! The sleeper arms the bell, then looks once more, then sleeps. The other side changes its position, then looks at
//! the bell. Between the two steps of each stands a sequentially consistent fence, so at least one sees what the other
//! did: either the sleeper's second look finds the change, or the other side finds the bell armed. Whoever swaps the
//! word rings, so there is one ring for one arming.
//!
//! A bell rings at once: whoever changes a ring may compute on for any time without another call. That a sleeper is not
//! woken for each message is for the sleeper to see to, by not going to sleep (see `park`).
//!
//! A hostile peer can forget to ring, or ring for nothing. The first harms its own channel alone; the second costs a
//! look.

use super::Word;
use crate::sync::Ordering;

const AWAKE: u32 = 0;
const ARMED: u32 = 1;

/// Asks to be told. The caller looks once more afterwards, and does not sleep if it finds something.
#[inline]
pub(crate) fn arm(bell: &impl Word<u32>, fence: impl FnOnce()) {
    // Relaxed: the fence orders it before the look.
    bell.store(ARMED, Ordering::Relaxed);
    fence();
}

/// Whether the other side wants to be told of a change, if a fence stands between the change and this look. For who then
/// rings.
#[inline]
pub(crate) fn is_armed(bell: &impl Word<u32>) -> bool {
    // Relaxed: the fence orders it after the change.
    bell.load(Ordering::Relaxed) != AWAKE
}

/// Looks if the other side wants to be told of a change just made. The answer is given once per arming.
#[inline]
pub(crate) fn ring(bell: &impl Word<u32>, fence: impl FnOnce()) -> bool {
    fence();
    // Acquire and release, although no memory hangs on the word: the next arming comes after this answer.
    is_armed(bell) && bell.swap(AWAKE, Ordering::AcqRel) != AWAKE
}
