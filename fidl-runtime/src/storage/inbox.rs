//! A list of numbers that any thread adds to and one empties.

use core::marker::PhantomData;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

use crate::sync::atomic::{AtomicBool, AtomicU32};

/// Which of a number of things want to be looked at. Each is in the list at most once, and adding and taking it take constant
/// time; there is no lock.
///
/// The things' own [`InboxLink`]s make the list, which is passed to each function as a lookup.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// The thing that was added last, plus one; 0 for none.
    head: AtomicU32,
}

/// One thing's place in an [`Inbox`].
#[derive(Debug)]
pub(crate) struct InboxLink {
    listed: AtomicBool,
    /// The thing that was added before it, plus one; written by whoever has set `listed`.
    next: AtomicU32,
}

impl Inbox {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self { head: AtomicU32::new(0) }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self { head: AtomicU32::new(0) }
    }

    /// Adds a thing, unless it is listed. What was done before is seen by whoever takes it.
    pub(crate) fn add(&self, link: &InboxLink, index: u32) {
        // A read-modify-write also if it is listed: whoever takes it does so behind this.
        if link.listed.swap(true, AcqRel) {
            return;
        }
        let mut head = self.head.load(Relaxed);
        loop {
            link.next.store(head, Relaxed);
            // Release: whoever takes the list sees the link.
            match self.head.compare_exchange_weak(head, index + 1, AcqRel, Relaxed) {
                Ok(_) => return,
                Err(other) => head = other,
            }
        }
    }

    /// Whether nothing is listed.
    pub(crate) fn is_empty(&self) -> bool {
        self.head.load(Acquire) == 0
    }

    /// Takes all that is listed, last first. What is added meanwhile is listed anew; so is what is left if `visit` panics.
    pub(crate) fn take<'l>(&self, links: impl Fn(u32) -> Option<&'l InboxLink>, mut visit: impl FnMut(u32)) {
        let mut taken = Taken { head: self.head.swap(0, AcqRel), links, inbox: self, marker: PhantomData };
        while let Some((index, _)) = taken.next() {
            visit(index);
        }
    }
}

/// What was listed, and has not been visited.
struct Taken<'l, 'i, L: Fn(u32) -> Option<&'l InboxLink>> {
    head: u32,
    links: L,
    inbox: &'i Inbox,
    marker: PhantomData<&'l InboxLink>,
}

impl<'l, L: Fn(u32) -> Option<&'l InboxLink>> Taken<'l, '_, L> {
    fn next(&mut self) -> Option<(u32, &'l InboxLink)> {
        let index = self.head.checked_sub(1)?;
        let link = (self.links)(index)?;
        // Before the thing may be listed again.
        self.head = link.next.load(Relaxed);
        link.listed.swap(false, AcqRel);
        Some((index, link))
    }
}

impl<'l, L: Fn(u32) -> Option<&'l InboxLink>> Drop for Taken<'l, '_, L> {
    /// Behind a panic, lists the others again: they are in no list, and would never be listed by anybody else.
    fn drop(&mut self) {
        while let Some((index, link)) = self.next() {
            self.inbox.add(link, index);
        }
    }
}

impl InboxLink {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self { listed: AtomicBool::new(false), next: AtomicU32::new(0) }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self { listed: AtomicBool::new(false), next: AtomicU32::new(0) }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    #[test]
    fn each_once_and_again_behind_its_taking() {
        let (inbox, links) = (Inbox::new(), [const { InboxLink::new() }; 3]);
        let take = || {
            let mut taken = Vec::new();
            inbox.take(|index| links.get(index as usize), |index| taken.push(index));
            taken
        };
        for index in [1, 2, 1] {
            inbox.add(&links[index as usize], index);
        }
        assert_eq!((take(), inbox.is_empty()), (std::vec![2, 1], true));
        inbox.take(|index| links.get(index as usize), |_| panic!("nothing is listed"));
        inbox.add(&links[1], 1);
        let mut visits = 0;
        inbox.take(
            |index| links.get(index as usize),
            |index| {
                visits += 1;
                inbox.add(&links[index as usize], index);
            },
        );
        assert_eq!((visits, take()), (1, std::vec![1]));
    }

    /// A panic left the others marked as listed, and in no list.
    #[test]
    fn what_a_panic_leaves_is_listed_again() {
        let (inbox, links) = (Inbox::new(), [const { InboxLink::new() }; 3]);
        (0..3).for_each(|index| inbox.add(&links[index as usize], index));
        let look = || inbox.take(|index| links.get(index as usize), |index| assert_ne!(index, 2));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(look)).is_err());
        inbox.add(&links[1], 1);
        let mut taken = Vec::new();
        inbox.take(|index| links.get(index as usize), |index| taken.push(index));
        taken.sort_unstable();
        assert_eq!(taken, [0, 1]);
    }
}

/// The same functions, in all interleavings of a few threads.
#[cfg(all(test, loom))]
mod loom_tests {
    extern crate std;

    use loom::sync::Arc;
    use loom::sync::atomic::AtomicU32;
    use loom::thread;

    use super::*;

    /// Two threads want the same thing looked at, and one of them another: what they did before is seen by a look.
    #[test]
    fn nothing_is_overlooked() {
        loom::model(|| {
            let all = Arc::new((Inbox::new(), [InboxLink::new(), InboxLink::new()], AtomicU32::new(0)));
            let adds = [1, 2].map(|bit| {
                let all = all.clone();
                thread::spawn(move || {
                    all.2.fetch_or(bit, Relaxed);
                    all.0.add(&all.1[0], 0);
                    if bit == 2 {
                        all.0.add(&all.1[1], 1);
                    }
                })
            });
            let (mut seen, mut other) = (0, 0);
            let mut look = || {
                all.0.take(
                    |index| all.1.get(index as usize),
                    |index| match index {
                        0 => seen |= all.2.load(Relaxed),
                        _ => other += 1,
                    },
                );
            };
            look();
            for add in adds {
                add.join().unwrap();
            }
            look();
            assert!(all.0.is_empty());
            assert_eq!((seen, other), (3, 1));
        });
    }
}
