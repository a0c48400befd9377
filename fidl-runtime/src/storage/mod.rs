//! Plain memory of fixed capacity: free slots, lists of slots, and statics for one user at a time.
//!
//! Free slots and lists are all zeros when empty, so that a static that holds them costs nothing in the program's file.
//! Neither knows what lies in the slots.
//!
//! ```
//! use fidl::storage::{FreeSlots, Links, List};
//!
//! let mut free = FreeSlots::<2>::new();
//! let (first, second) = (free.take().unwrap(), free.take().unwrap());
//! assert_eq!(free.take(), None);
//!
//! let mut links = Links::<2>::new();
//! let mut queue = List::new();
//! links.push_back(&mut queue, first);
//! links.push_back(&mut queue, second);
//! links.remove(&mut queue, first);
//! assert_eq!(links.pop_front(&mut queue), Some(second));
//! ```

mod claim;
mod free;
#[cfg(any(feature = "kernel", test))]
mod inbox;
mod list;

pub use claim::{Claim, Claimed, Shared};
pub use free::FreeSlots;
#[cfg(feature = "kernel")]
pub(crate) use inbox::{Inbox, InboxLink};
pub use list::{Links, List};
