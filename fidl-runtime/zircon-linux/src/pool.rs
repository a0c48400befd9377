//! Slots of fixed number: an allocator of indices ([`Slots`]), exclusive ownership of one slot ([`Lease`]), and queues
//! of owned slots ([`Queue`]).
//!
//! Index 0 is never handed out; it stands for 'none' in every link. Slots that were never used are handed out in
//! order, and only when no used one is free, so that memory is touched only as far as it was ever needed and the
//! count of touched slots is the high-water mark.

#![allow(unsafe_code)]

mod free;

use free::FreeStack;

use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::num::NonZeroU32;
use core::ops::{Deref, DerefMut};

use crate::memory::{Reservation, Zeroed};
use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// A place in a table, with the link that free lists and queues use.
#[repr(C)]
pub(crate) struct Slot<T> {
    value: T,
    link: AtomicU32,
}

// SAFETY: link 0 is 'none', and the value is valid as zeroes by its own promise.
unsafe impl<T: Zeroed> Zeroed for Slot<T> {}

/// A table whose slots are taken and given back by index.
pub(crate) struct Slots<T: 'static> {
    slots: &'static [Slot<T>],
    free: FreeStack,
    /// The lowest index that was never taken.
    fresh: AtomicU32,
    /// How often a slot was asked for in vain.
    refused: AtomicU64,
}

/// How full a table is, was at most, and may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Slots in use now.
    pub used: usize,
    /// The largest number in use at once so far.
    pub high_water: usize,
    /// The number of slots.
    pub capacity: usize,
    /// How often a slot was asked for while none was free.
    pub refused: u64,
}

impl<T: Zeroed> Slots<T> {
    /// The bytes that a table of this capacity takes out of a reservation.
    pub(crate) const fn bytes_of(capacity: usize) -> usize {
        Reservation::bytes_of::<Slot<T>>(capacity + 1)
    }

    /// Where the table lies.
    pub(crate) fn addresses(&self) -> core::ops::Range<usize> {
        let slots = self.slots.as_ptr_range();
        slots.start.addr()..slots.end.addr()
    }

    /// A table cut out of a reservation; without one, a table that is always full.
    pub(crate) fn new(memory: Option<&mut Reservation>, capacity: usize) -> Slots<T> {
        let slots = memory.map_or(&[][..], |memory| memory.cut(capacity + 1));
        Slots { slots, free: FreeStack::default(), fresh: AtomicU32::new(1), refused: AtomicU64::new(0) }
    }
}

impl<T> Slots<T> {
    /// The value in a slot that was taken.
    #[inline(always)]
    pub(crate) fn get(&self, index: u32) -> &'static T {
        &self.slots[index as usize].value
    }

    /// The value in a slot whose index came from outside.
    #[inline(always)]
    pub(crate) fn find(&self, index: u32) -> Option<&'static T> {
        self.slots.get(index as usize).map(|slot| &slot.value)
    }

    /// The link of a slot, which belongs to whoever has taken the slot.
    #[inline(always)]
    pub(crate) fn link(&self, index: u32) -> &'static AtomicU32 {
        &self.slots[index as usize].link
    }

    /// Takes a free slot.
    #[inline(always)]
    pub(crate) fn take(&self) -> Option<u32> {
        self.free.take(|index| self.link(index)).or_else(|| self.take_fresh())
    }

    #[cold]
    fn take_fresh(&self) -> Option<u32> {
        let limit = self.slots.len() as u32;
        // Relaxed: the slot was never used, so there is nothing to see in it but zeroes.
        let taken = self
            .fresh
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |fresh| (fresh < limit).then_some(fresh + 1));
        if taken.is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        taken.ok()
    }

    /// Gives a slot back that was taken. The caller does not use the index again.
    #[inline(always)]
    pub(crate) fn give(&self, index: u32) {
        self.free.give(index, self.link(index));
    }

    /// The highest index that was ever taken.
    pub(crate) fn high_water(&self) -> u32 {
        self.fresh.load(Ordering::Relaxed) - 1
    }

    /// How full the table is. Exact when no other thread uses it.
    pub(crate) fn usage(&self) -> Usage {
        let high_water = self.fresh.load(Ordering::Relaxed) as usize - 1;
        let free = self.free.count();
        Usage {
            used: high_water.saturating_sub(free),
            high_water,
            capacity: self.slots.len().saturating_sub(1),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

/// Memory in a slot that only the owner of the slot's lease touches.
pub(crate) struct Plain<T>(UnsafeCell<T>);

// SAFETY: the cell is reached only through the one lease of its slot, so sharing it shares nothing.
unsafe impl<T: Send> Sync for Plain<T> {}
// SAFETY: the value is valid as zeroes by its own promise.
unsafe impl<T: Zeroed> Zeroed for Plain<T> {}

/// A type that is owned through leases.
pub(crate) trait Leased: Zeroed + Send + Sized + 'static {
    /// The table of its slots.
    fn slots() -> &'static Slots<Plain<Self>>;

    /// Lets go of what the slot owns, before the slot is given back.
    fn clear(&mut self) {}
}

/// Exclusive ownership of one slot, given back on drop. What the slot last held is still in it.
#[repr(transparent)]
pub(crate) struct Lease<T: Leased>(NonZeroU32, PhantomData<T>);

impl<T: Leased> Lease<T> {
    /// Takes a slot, if one is free.
    #[inline(always)]
    pub(crate) fn take() -> Option<Lease<T>> {
        Some(Lease(NonZeroU32::new(T::slots().take()?)?, PhantomData))
    }

    /// Makes the number that stands for the lease, without giving the slot back.
    fn into_index(self) -> u32 {
        let index = self.0.get();
        core::mem::forget(self);
        index
    }
}

impl<T: Leased> Deref for Lease<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: leases are made only by taking a slot or out of a queue that a lease went into, so this is the one
        // lease of the slot, and it is borrowed for as long as the reference lives.
        unsafe { &*T::slots().get(self.0.get()).0.get() }
    }
}

impl<T: Leased> DerefMut for Lease<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this is the one lease of the slot (see `deref`), and it is borrowed exclusively.
        unsafe { &mut *T::slots().get(self.0.get()).0.get() }
    }
}

impl<T: Leased> Drop for Lease<T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.clear();
        T::slots().give(self.0.get());
    }
}

/// A place through which a lease goes from one thread to another.
pub(crate) struct Mailbox<T: Leased>(AtomicU32, PhantomData<T>);

// SAFETY: 0 is the empty mailbox.
unsafe impl<T: Leased> Zeroed for Mailbox<T> {}

impl<T: Leased> Mailbox<T> {
    /// Puts a lease here. What was here before is given back.
    pub(crate) fn put(&self, lease: Lease<T>) {
        // Release: who takes it sees what was done with the slot. Acquire: and so does the drop of the former one.
        drop(Self::lease(self.0.swap(lease.into_index(), Ordering::AcqRel)));
    }

    /// Takes the lease that is here.
    pub(crate) fn take(&self) -> Option<Lease<T>> {
        Self::lease(self.0.swap(0, Ordering::AcqRel))
    }

    /// The lease of an index that was swapped out, which happens once for each that was swapped in.
    fn lease(index: u32) -> Option<Lease<T>> {
        NonZeroU32::new(index).map(|index| Lease(index, PhantomData))
    }
}

/// A first-in first-out queue that owns its slots.
#[repr(C)]
pub(crate) struct Queue<T: Leased> {
    first: u32,
    last: u32,
    slots: PhantomData<Lease<T>>,
}

// SAFETY: zeroes are the empty queue.
unsafe impl<T: Leased> Zeroed for Queue<T> {}

impl<T: Leased> Default for Queue<T> {
    fn default() -> Queue<T> {
        Queue { first: 0, last: 0, slots: PhantomData }
    }
}

impl<T: Leased> Queue<T> {
    /// Appends.
    #[inline(always)]
    pub(crate) fn push(&mut self, lease: Lease<T>) {
        let index = lease.into_index();
        // Relaxed, here and in `pop`: whoever reaches the queue has exclusive use of it, and so of its links.
        T::slots().link(index).store(0, Ordering::Relaxed);
        match self.last {
            0 => self.first = index,
            last => T::slots().link(last).store(index, Ordering::Relaxed),
        }
        self.last = index;
    }

    /// Takes the first.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<Lease<T>> {
        let first = NonZeroU32::new(self.first)?;
        self.first = T::slots().link(self.first).load(Ordering::Relaxed);
        if self.first == 0 {
            self.last = 0;
        }
        Some(Lease(first, PhantomData))
    }

    /// Looks at the first.
    #[inline(always)]
    pub(crate) fn peek(&self) -> Option<&T> {
        self.iter().next()
    }

    /// Looks at all, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let index = NonZeroU32::new(next)?.get();
            next = T::slots().link(index).load(Ordering::Relaxed);
            // SAFETY: a lease of this slot went into the queue and has not come out, so the queue has exclusive use of
            // the slot, and the queue is borrowed for as long as the reference lives.
            Some(unsafe { &*T::slots().get(index).0.get() })
        })
    }
}

impl<T: Leased> Queue<T> {
    /// Whether nothing is in it.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0
    }

    /// Looks at the last, to change it.
    #[inline(always)]
    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        let last = NonZeroU32::new(self.last)?;
        // SAFETY: as in `peek`, and the queue is borrowed exclusively.
        Some(unsafe { &mut *T::slots().get(last.get()).0.get() })
    }
}

impl<T: Leased> Drop for Queue<T> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn slots(capacity: usize) -> Slots<AtomicU32> {
        let mut memory = Reservation::new(Slots::<AtomicU32>::bytes_of(capacity));
        Slots::new(memory.as_mut(), capacity)
    }

    #[test]
    fn slots_are_handed_out_once_and_come_back() {
        let slots = slots(3);
        let taken: Vec<_> = (0..4).map(|_| slots.take()).collect();
        assert_eq!(taken, [Some(1), Some(2), Some(3), None]);
        assert_eq!(slots.usage(), Usage { used: 3, high_water: 3, capacity: 3, refused: 1 });
        slots.give(2);
        slots.give(1);
        assert_eq!(slots.usage().used, 1);
        assert_eq!([slots.take(), slots.take(), slots.take()], [Some(1), Some(2), None]);
    }

    #[test]
    fn a_table_without_memory_is_full() {
        let slots: Slots<AtomicU32> = Slots::new(None, 5);
        assert_eq!(slots.take(), None);
        assert!(slots.find(0).is_none());
    }

    #[test]
    fn threads_never_share_a_slot() {
        let (slots, rounds) = (slots(4), if cfg!(miri) { 50 } else { 50_000 });
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..rounds {
                        let Some(index) = slots.take() else { continue };
                        assert_eq!(slots.get(index).swap(1, Ordering::Relaxed), 0);
                        slots.get(index).store(0, Ordering::Relaxed);
                        slots.give(index);
                    }
                });
            }
        });
        assert_eq!(slots.usage().used, 0);
    }
}
