//! Tasks: futures of any type that run beside services and clients.

use core::cell::{Cell, OnceCell, RefCell};
use core::fmt;
use core::future::Future;
use core::task::Context;

use super::{Attachment, Consumer, Delivered, PacketKey, Reactor};
use crate::kernel::{Port, PortPacket, Status};
use crate::storage::FreeSlots;
use crate::task::{Fresh, Full, Lane, NoLane, SLOTS, Taken, TaskPlace};

crate::counters::counters! {
    /// How often what happened.
    pub struct TaskCounters {
        /// Tasks that were spawned.
        spawned,
        /// Tasks that have finished.
        finished,
        /// Tasks that have panicked, and so ended.
        panicked,
        /// Tasks that found no place.
        refused,
        /// Polls of tasks.
        polls,
        /// The most tasks that there were at one time.
        most,
    }
}

/// Places for up to `N` tasks of up to `BYTES` bytes each, of any types. For statics; a reactor's once it is attached.
///
/// ```
/// use fidl::Reactor;
/// use fidl::kernel::Instant;
/// use fidl::reactor::Tasks;
/// use fidl::storage::Claim;
///
/// static TASKS: Claim<Tasks<8, 256>> = Claim::new(Tasks::new());
///
/// let tasks: &'static Tasks<8, 256> = TASKS.claim().expect("nobody else's").leak();
/// let reactor = Reactor::new()?;
/// tasks.attach(&reactor)?;
/// tasks.spawn(async move {
///     tasks.spawn(async { println!("spawned by a task") }).expect("a place");
/// })
/// .expect("a place");
/// while tasks.len() > 0 {
///     reactor.crank(Instant::INFINITE)?;
/// }
/// # Ok::<(), fidl::Error>(())
/// ```
pub struct Tasks<const N: usize, const BYTES: usize> {
    /// Slot `i` is task `i`.
    lane: OnceCell<Lane>,
    attachment: OnceCell<Attachment>,
    places: [TaskPlace<BYTES>; N],
    free: RefCell<FreeSlots<N>>,
    len: Cell<usize>,
    /// Slots that were woken and are still to be polled. All wakes go through the lane, none is known here alone.
    woken: RefCell<(Taken, Fresh)>,
    counters: Cell<TaskCounters>,
}

impl<const N: usize, const BYTES: usize> Tasks<N, BYTES> {
    /// No tasks.
    pub const fn new() -> Self {
        const { assert!(N <= SLOTS, "there are at most `fidl::task::SLOTS` tasks") };
        Self {
            lane: OnceCell::new(),
            attachment: OnceCell::new(),
            places: [const { TaskPlace::new() }; N],
            free: RefCell::new(FreeSlots::new()),
            len: Cell::new(0),
            woken: RefCell::new((Taken::NONE, Fresh::none())),
            counters: Cell::new(TaskCounters {
                spawned: 0,
                finished: 0,
                panicked: 0,
                refused: 0,
                polls: 0,
                most: 0,
            }),
        }
    }

    /// Makes a reactor run the tasks.
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if the reactor has no place or no lane is free, `ALREADY_BOUND` if they are another reactor's.
    pub fn attach(&'static self, reactor: &Reactor<'static>) -> Result<(), Status> {
        if let Some(attachment) = self.attachment.get() {
            return if reactor.has(attachment) { Ok(()) } else { Err(Status::ALREADY_BOUND) };
        }
        if self.lane.get().is_none() {
            let lane = Lane::claim().map_err(|NoLane| Status::NO_RESOURCES)?;
            self.lane.set(lane).map_err(|_| Status::BAD_STATE)?;
        }
        let attachment = reactor.attach(self).ok_or(Status::NO_RESOURCES)?;
        self.attachment.set(attachment).map_err(|_| Status::BAD_STATE)
    }

    /// Begins a task; also from within one. It runs with the reactor's next turns. A task larger than `BYTES` does not
    /// compile.
    ///
    /// # Errors
    ///
    /// [`Full`], with the task, if there are `N` already or no reactor runs them.
    pub fn spawn<F: Future<Output = ()> + 'static>(&'static self, task: F) -> Result<(), Full<F>> {
        let lane = self.lane.get();
        let Some((lane, slot)) = lane.and_then(|lane| Some((lane.id(), self.take_slot(lane)?))) else {
            self.count(|counters| counters.refused += 1);
            return Err(Full(task));
        };
        self.places[slot].put(task).map_err(Full)?;
        self.len.set(self.len.get() + 1);
        let len = self.len.get() as u64;
        self.count(|counters| {
            counters.spawned += 1;
            counters.most = counters.most.max(len);
        });
        lane.waker(slot).wake();
        Ok(())
    }

    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often what happened.
    pub fn counters(&self) -> TaskCounters {
        self.counters.get()
    }

    /// Takes a free slot and puts it to use. One whose generations are used up is passed over, for good.
    fn take_slot(&self, lane: &Lane) -> Option<usize> {
        let mut free = self.free.borrow_mut();
        loop {
            let slot = free.take()?;
            if lane.id().open(slot).is_some() {
                return Some(slot);
            }
        }
    }

    fn take_woken(&self, lane: &Lane) {
        let (taken, fresh) = &mut *self.woken.borrow_mut();
        taken.refill(lane.id(), fresh);
    }

    fn next_woken(&self, lane: &Lane) -> Option<usize> {
        let (taken, fresh) = &mut *self.woken.borrow_mut();
        taken.next(lane.id(), fresh)
    }

    fn run(&self, slot: usize, lane: &Lane) {
        self.count(|counters| counters.polls += 1);
        let waker = lane.id().waker(slot);
        let guard = EndOnUnwind { tasks: self, slot };
        let poll = self.places[slot].poll(&mut Context::from_waker(&waker));
        core::mem::forget(guard);
        if poll.is_ready() {
            self.end(slot);
            self.count(|counters| counters.finished += 1);
        }
    }

    fn end(&self, slot: usize) {
        if let Some(lane) = self.lane.get() {
            lane.id().close(slot);
        }
        self.free.borrow_mut().give(slot);
        self.len.set(self.len.get() - 1);
    }

    fn count(&self, change: impl FnOnce(&mut TaskCounters)) {
        let mut counters = self.counters.get();
        change(&mut counters);
        self.counters.set(counters);
    }
}

/// Frees the slot of a task that panics.
struct EndOnUnwind<'a, const N: usize, const BYTES: usize> {
    tasks: &'a Tasks<N, BYTES>,
    slot: usize,
}

impl<const N: usize, const BYTES: usize> Drop for EndOnUnwind<'_, N, BYTES> {
    fn drop(&mut self) {
        self.tasks.end(self.slot);
        self.tasks.count(|counters| counters.panicked += 1);
    }
}

impl<const N: usize, const BYTES: usize> Consumer for Tasks<N, BYTES> {
    fn packet(&self, _: &Port, _: PacketKey, _: &PortPacket) -> Delivered {
        Delivered::Stale
    }

    fn turn(&self, _: &Port) -> bool {
        let (Some(lane), Some(attachment)) = (self.lane.get(), self.attachment.get()) else { return false };
        // Those that are woken now; what they wake comes in the next turn.
        self.take_woken(lane);
        // Kept in `self`, so that a task that panics leaves the others there.
        while let Some(slot) = self.next_woken(lane) {
            // It may have been woken behind its end, and be free.
            if self.places.get(slot).is_some_and(TaskPlace::is_taken) {
                self.run(slot, lane);
            }
        }
        // Registered before looking: a wake that comes behind the look finds the waker.
        lane.id().set_parent(&attachment.waker);
        lane.id().has_ready()
    }

    fn waits(&self) -> usize {
        0
    }

    fn leave(&self, _: &Port) {}

    fn simulate(&self, seed: u32) {
        self.woken.borrow_mut().0.set_random(seed);
    }
}

impl<const N: usize, const BYTES: usize> Default for Tasks<N, BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize, const BYTES: usize> fmt::Debug for Tasks<N, BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tasks({} of {N}, {BYTES} bytes each)", self.len())
    }
}
