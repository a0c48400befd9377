//! What reaches a domain's part of a service from other threads: packets and new connections.

use core::sync::atomic::{
    AtomicU32, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

use super::observed::Observed;
use crate::kernel::{Channel, Handle};
use crate::storage::{Inbox, InboxLink};
use crate::wire::{HandleSlot, HandleView, IntoRawHandle};

/// For `C` connections: what packets have said of them, and channels that are to become connections.
///
/// Any thread adds packets. One at a time adds channels, and one at a time takes both.
pub(super) struct Mailbox<const C: usize> {
    observed: Inbox,
    of: [OfConnection; C],
    /// Free connections that no channel on its way is meant for.
    vacant: AtomicU32,
    arrivals: [HandleSlot; C],
    /// How many channels were ever added, and taken.
    added: AtomicU64,
    taken: AtomicU64,
}

/// What packets have said of one connection since somebody looked.
struct OfConnection {
    /// The generation of the connection (upper half) and what was observed (lower half).
    word: AtomicU64,
    link: InboxLink,
}

impl<const C: usize> Mailbox<C> {
    pub(super) const fn new() -> Self {
        Self {
            observed: Inbox::new(),
            of: [const { OfConnection { word: AtomicU64::new(0), link: InboxLink::new() } }; C],
            vacant: AtomicU32::new(0),
            arrivals: [const { HandleSlot::empty() }; C],
            added: AtomicU64::new(0),
            taken: AtomicU64::new(0),
        }
    }

    /// Adds what a packet says of a connection. Returns whether the connection can be the one that is meant.
    pub(super) fn observe(&self, index: usize, generation: u32, observed: Observed) -> bool {
        let Some(of) = self.of.get(index) else { return false };
        let add = |word: u64| {
            let (of, before) = (generation_of(word), word as u32);
            // A packet of a newer generation says that the older one is over, and the other way round.
            let newer = before == 0 || generation.wrapping_sub(of) as i32 > 0;
            let kept = if newer { 0 } else { before };
            (newer || of == generation).then(|| pack(generation, kept | observed.bits()))
        };
        let current = of.word.fetch_update(AcqRel, Relaxed, add).is_ok();
        if current {
            self.observed.add(&of.link, index as u32);
        }
        current
    }

    /// Hands out what packets have said since this was called last, for each connection: its number, the generation that is
    /// meant, and what was observed.
    pub(super) fn take_observed(&self, mut visit: impl FnMut(usize, u32, Observed)) {
        if self.observed.is_empty() {
            return;
        }
        let links = |index: u32| self.of.get(index as usize).map(|of| &of.link);
        self.observed.take(links, |index| {
            let Some(of) = self.of.get(index as usize) else { return };
            let word = of.word.swap(0, AcqRel);
            visit(index as usize, generation_of(word), Observed::from_bits_truncate(word as u32));
        });
    }

    /// How many connections are free, channels on their way counted as connections.
    pub(super) fn vacant(&self) -> u32 {
        self.vacant.load(Acquire)
    }

    /// So many connections have become free.
    pub(super) fn add_vacant(&self, connections: usize) {
        self.vacant.fetch_add(connections as u32, AcqRel);
    }

    /// Adds a channel that is to become a connection; gives it back if none is vacant. One thread at a time.
    pub(super) fn add(&self, channel: Channel) -> Result<(), Channel> {
        // Only this takes from it.
        if self.vacant() == 0 {
            return Err(channel);
        }
        self.vacant.fetch_sub(1, AcqRel);
        let added = self.added.load(Relaxed);
        // As many places as connections, so what was in this one has been taken.
        self.arrivals[added as usize % C].put(channel.into_raw_handle(), 0, 0);
        self.added.store(added + 1, Release);
        Ok(())
    }

    /// Takes the channel that was added first. One thread at a time.
    pub(super) fn take(&self) -> Option<Channel> {
        let taken = self.taken.load(Relaxed);
        if taken == self.added.load(Acquire) {
            return None;
        }
        let handle = HandleView::of(&self.arrivals[taken as usize % C]).take();
        // Release: the place is free for another. Whoever adds has seen the connection become vacant behind this.
        self.taken.store(taken + 1, Release);
        handle.map(|handle: Handle| Channel::from(handle))
    }
}

const fn pack(generation: u32, observed: u32) -> u64 {
    (generation as u64) << 32 | observed as u64
}

const fn generation_of(word: u64) -> u32 {
    (word >> 32) as u32
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    fn taken(mailbox: &Mailbox<2>) -> Vec<(usize, u32, Observed)> {
        let mut taken = Vec::new();
        mailbox.take_observed(|index, generation, observed| taken.push((index, generation, observed)));
        taken
    }

    #[test]
    fn of_several_packets_all_is_kept() {
        let mailbox = Mailbox::<2>::new();
        assert!(mailbox.observe(1, 7, Observed::READABLE_WAIT));
        assert!(mailbox.observe(1, 7, Observed::CLOSED_WAIT | Observed::CLOSED));
        let all = Observed::READABLE_WAIT | Observed::CLOSED_WAIT | Observed::CLOSED;
        assert_eq!(taken(&mailbox), [(1, 7, all)]);
        assert_eq!((taken(&mailbox), mailbox.observe(2, 0, all)), (Vec::new(), false));
    }

    #[test]
    fn a_newer_generation_replaces_an_older_one() {
        let mailbox = Mailbox::<2>::new();
        assert!(mailbox.observe(0, u32::MAX, Observed::READABLE_WAIT));
        assert!(mailbox.observe(0, 0, Observed::WRITABLE_WAIT));
        assert!(!mailbox.observe(0, u32::MAX, Observed::CLOSED_WAIT));
        assert_eq!(taken(&mailbox), [(0, 0, Observed::WRITABLE_WAIT)]);
        // What was looked at is forgotten: the service knows which generation is today's.
        assert!(mailbox.observe(0, u32::MAX, Observed::CLOSED_WAIT));
    }

    #[test]
    fn channels_come_in_order_and_as_many_as_are_vacant() {
        let mailbox = Mailbox::<2>::new();
        let ends = || Channel::create().unwrap();
        assert!(mailbox.add(ends().0).is_err());
        mailbox.add_vacant(2);
        for _ in 0..3 {
            let ((first, _), (second, _), (third, _)) = (ends(), ends(), ends());
            let handles = [&first, &second].map(crate::kernel::AsHandleRef::raw_handle);
            assert!(mailbox.add(first).is_ok() && mailbox.add(second).is_ok() && mailbox.add(third).is_err());
            for handle in handles {
                let channel = mailbox.take().unwrap();
                assert_eq!(crate::kernel::AsHandleRef::raw_handle(&channel), handle);
            }
            assert!(mailbox.take().is_none());
            mailbox.add_vacant(2);
        }
    }
}
