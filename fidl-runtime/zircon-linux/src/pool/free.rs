//! The free slots of a table: a stack, changed by compare-and-swap of one word.
//!
//! The word holds the index of the top (20 bits), the number of free slots (20 bits), and a tag (24 bits) that changes
//! with every operation. The tag keeps a thread that slept between reading the top's link and its swap from putting a
//! stale link back.

use crate::sync::{Atomic, AtomicU64, Ordering};

const INDEX_BITS: u32 = 20;
const INDEX_MASK: u64 = (1 << INDEX_BITS) - 1;

/// The state of the stack, unpacked from its word.
#[derive(Clone, Copy)]
struct Free(u64);

impl Free {
    #[inline(always)]
    fn top(self) -> u32 {
        (self.0 & INDEX_MASK) as u32
    }

    #[inline(always)]
    fn count(self) -> u32 {
        (self.0 >> INDEX_BITS & INDEX_MASK) as u32
    }

    #[inline(always)]
    fn changed(self, top: u32, count: u32) -> Free {
        let tag = (self.0 >> (2 * INDEX_BITS)).wrapping_add(1);
        Free(tag << (2 * INDEX_BITS) | u64::from(count) << INDEX_BITS | u64::from(top))
    }
}

/// The stack. The links of its slots lie elsewhere, and are given to each operation.
#[derive(Default)]
pub(super) struct FreeStack<W = AtomicU64>(W);

impl<W: Atomic<u64>> FreeStack<W> {
    /// Takes the top.
    #[inline(always)]
    pub(super) fn take<'a, L: Atomic<u32> + 'a>(&self, link: impl Fn(u32) -> &'a L) -> Option<u32> {
        // Sequentially consistent, here and in `give`: a writer that found no message memory says so, looks again,
        // and then sleeps, while a reader gives memory back and then looks whether anyone said so.
        let mut free = Free(self.0.load(Ordering::SeqCst));
        while free.top() != 0 {
            let below = link(free.top()).load(Ordering::Relaxed);
            let changed = free.changed(below, free.count().wrapping_sub(1));
            // Acquire (part of SeqCst): what the giver last did to the slot is over.
            match self.0.compare_exchange(free.0, changed.0, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => return Some(free.top()),
                Err(now) => free = Free(now),
            }
        }
        None
    }

    /// Puts a slot on top. The caller has it, and does not use it again.
    #[inline(always)]
    pub(super) fn give<L: Atomic<u32>>(&self, index: u32, link: &L) {
        let mut free = Free(self.0.load(Ordering::Relaxed));
        loop {
            link.store(free.top(), Ordering::Relaxed);
            let changed = free.changed(index, free.count() + 1);
            match self.0.compare_exchange(free.0, changed.0, Ordering::SeqCst, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => free = Free(now),
            }
        }
    }

    /// How many slots are free.
    pub(super) fn count(&self) -> usize {
        Free(self.0.load(Ordering::Relaxed)).count() as usize
    }
}

#[cfg(all(test, loom))]
mod loom_tests {
    use loom::sync::Arc;
    use loom::sync::atomic::{AtomicU32, AtomicU64};
    use loom::thread;

    use super::*;

    /// A stack of two slots. Index 0 is none.
    #[derive(Default)]
    struct Table {
        free: FreeStack<AtomicU64>,
        links: [AtomicU32; 3],
        owned: [AtomicU32; 3],
    }

    impl Table {
        fn take(&self) -> Option<u32> {
            let index = self.free.take(|index| &self.links[index as usize])?;
            assert_eq!(self.owned[index as usize].fetch_add(1, Ordering::Relaxed), 0, "it is no one else's");
            Some(index)
        }

        fn give(&self, index: u32) {
            self.owned[index as usize].fetch_sub(1, Ordering::Relaxed);
            self.free.give(index, &self.links[index as usize]);
        }
    }

    /// One thread takes both, gives back the first, and so makes the top what it was: the other must not be fooled.
    #[test]
    fn loom_no_slot_is_handed_out_twice() {
        loom::model(|| {
            let table = Arc::new(Table::default());
            table.free.give(1, &table.links[1]);
            table.free.give(2, &table.links[2]);
            let other = table.clone();
            let taker = thread::spawn(move || {
                if let Some(index) = other.take() {
                    other.give(index);
                }
            });
            let (first, second) = (table.take(), table.take());
            first.into_iter().for_each(|index| table.give(index));
            let third = table.take();
            [second, third].into_iter().flatten().for_each(|index| table.give(index));
            taker.join().unwrap();
            assert_eq!(table.free.count(), 2);
            assert!(table.take().is_some() && table.take().is_some() && table.take().is_none());
        });
    }
}
