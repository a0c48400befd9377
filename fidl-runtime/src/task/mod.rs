//! Tasks without allocation: keys, the table that wakes write to, wakers, and the arena that futures live in.
//!
//! A waker here is a number, a [`Key`]: *lane, generation, slot*. Cloning copies it and dropping it does nothing, so a
//! waker may outlive its future, its arena and its reactor. The only memory that a wake touches is one static table of
//! lanes. An [`Arena`] claims a lane for as long as it has futures; each of its slots has a ready bit and a generation
//! there. Generations are never reset: they go on from owner to owner, so a wake that comes too late names a generation
//! that no longer exists, is counted and dropped.
//!
//! ```text
//!                    wake(key)                                        poll
//!   any thread  ──1──▶ ready bit ──2──▶ summary bit ──3──▶ parent ──4──▶ arena ──5──▶ future
//! ```
//!
//! 1. The bit is set by an atomic read-modify-write also if it is set already: every wake happens before the poll that it
//!    causes.
//! 2. The summary says which words have bits; the first word needs none.
//! 3. Only the wake that finds the first word, or the summary, empty wakes the parent, the task that polls the arena.
//! 4. The parent polls the arena.
//! 5. The arena takes all bits and polls those slots alone.
//!
//! This module knows neither a kernel nor `std`.

mod arena;
#[cfg(feature = "kernel")]
mod erased;
mod key;
mod lane;
mod parent;
mod place;
#[cfg(target_has_atomic = "64")]
mod readiness;
#[cfg(any(feature = "kernel", test))]
mod schedule;
mod waker;

pub use arena::{Arena, Full, Iter, IterPinMut, Reserved, Started};
#[cfg(feature = "kernel")]
pub(crate) use erased::TaskPlace;
pub use key::Key;
#[cfg(feature = "kernel")]
pub(crate) use lane::{Fresh, Lane, LaneId, Taken};
pub use lane::{LANES, NoLane, SLOTS, stale_wakes};
#[cfg(feature = "kernel")]
pub(crate) use place::{ArenaBytes, bytes_of};
pub use place::{Make, StaticArena, arena_bytes, future_bytes};
#[cfg(target_has_atomic = "64")]
pub use readiness::{Readiness, Ready, UNTIL_STOP};
#[cfg(feature = "kernel")]
pub(crate) use schedule::{DOMAINS, Schedule};
