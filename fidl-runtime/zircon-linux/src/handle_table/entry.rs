//! One entry of the handle table: a state word and what it leads to.

use crate::memory::Zeroed;
use crate::sync::{Atomic, AtomicU32, Ordering};

/// An entry. The state is even while closed and odd while open, and grows with every step, so it is the generation too.
///
/// With the slot's link it is a quarter of a cache line.
#[derive(Default)]
#[repr(C)]
pub(crate) struct Entry<W = AtomicU32> {
    state: W,
    /// The two halves of what it leads to.
    high: W,
    low: W,
}

// SAFETY: each field is valid as zeroes.
#[allow(unsafe_code)]
unsafe impl<W: Zeroed> Zeroed for Entry<W> {}

impl<W: Atomic<u32>> Entry<W> {
    /// What the entry leads to, with its state, if it is open.
    #[inline(always)]
    pub(super) fn look(&self) -> Option<(u32, u64)> {
        // Acquire: the information stored before this state is seen. The second look rules out that the information is
        // of a later generation, in part or whole: storing that (release) came after storing the state that ended this
        // one.
        let state = self.state.load(Ordering::Acquire);
        let info = self.info(Ordering::Acquire);
        let unchanged = self.state.load(Ordering::Relaxed) == state;
        (unchanged && state & 1 == 1).then_some((state, info))
    }

    #[inline(always)]
    fn info(&self, ordering: Ordering) -> u64 {
        u64::from(self.high.load(ordering)) << 32 | u64::from(self.low.load(ordering))
    }

    /// What a closed entry leads to, and its state, for its owner.
    pub(super) fn owned(&self) -> (u32, u64) {
        (self.state.load(Ordering::Relaxed), self.info(Ordering::Relaxed))
    }

    /// Changes what a closed entry leads to, by its owner.
    pub(super) fn set_info(&self, info: u64) {
        // Release: pairs with the acquiring loads in `look`.
        self.high.store((info >> 32) as u32, Ordering::Release);
        self.low.store(info as u32, Ordering::Release);
    }

    /// Whether the state is still this one. For who holds the lock of the object, under which alone entries are closed.
    #[inline(always)]
    pub(super) fn is(&self, state: u32) -> bool {
        // Relaxed: the lock orders it.
        self.state.load(Ordering::Relaxed) == state
    }

    /// Closes the entry that was found open in this state. The caller holds the object's lock.
    pub(super) fn close(&self, state: u32) {
        self.state.store(state.wrapping_add(1), Ordering::Release);
    }

    /// Opens the closed entry, by its owner, and gives its new state.
    pub(super) fn publish(&self) -> u32 {
        let state = self.state.load(Ordering::Relaxed).wrapping_add(1);
        // Release: whoever looks the number up sees the information too.
        self.state.store(state, Ordering::Release);
        state
    }

    /// Opens the closed entry, by its owner, in the state that it had before.
    pub(super) fn reopen(&self) {
        let state = self.state.load(Ordering::Relaxed).wrapping_sub(1);
        // Release: as in `publish`.
        self.state.store(state, Ordering::Release);
    }
}

#[cfg(all(test, loom))]
mod loom_tests {
    use loom::sync::atomic::AtomicU32;
    use loom::sync::{Arc, Mutex};
    use loom::thread;

    use super::*;

    /// Two objects, each with a lock, and whether it lives; and the one entry of a table.
    #[derive(Default)]
    struct Process {
        entry: Entry<AtomicU32>,
        objects: [Mutex<bool>; 2],
    }

    const BOTH_HALVES: u64 = 1 << 32 | 1;

    fn open(process: &Process, object: usize) {
        *process.objects[object].lock().unwrap() = true;
        process.entry.set_info(object as u64 * BOTH_HALVES);
        process.entry.publish();
    }

    /// Does something with the handle, if its object can be found and locked.
    fn touch(process: &Process) {
        let Some((state, info)) = process.entry.look() else { return };
        assert!(info == 0 || info == BOTH_HALVES, "never a half of each");
        let object = process.objects[(info & 1) as usize].lock().unwrap();
        if process.entry.is(state) {
            assert!(*object, "a handle found open under the lock leads to an object that lives");
        }
    }

    fn close(process: &Process) {
        let Some((state, info)) = process.entry.look() else { return };
        let mut object = process.objects[(info & 1) as usize].lock().unwrap();
        if process.entry.is(state) {
            process.entry.close(state);
            *object = false;
        }
    }

    #[test]
    fn loom_an_open_handle_leads_to_a_living_object() {
        loom::model(|| {
            let process = Arc::new(Process::default());
            open(&process, 0);
            let other = process.clone();
            let user = thread::spawn(move || touch(&other));
            close(&process);
            open(&process, 1);
            touch(&process);
            user.join().unwrap();
        });
    }

    #[test]
    fn loom_only_one_closes() {
        loom::model(|| {
            let process = Arc::new(Process::default());
            open(&process, 1);
            let other = process.clone();
            let closer = thread::spawn(move || close(&other));
            close(&process);
            closer.join().unwrap();
            assert_eq!(process.entry.owned().0, 2, "closed once");
        });
    }
}
