//! The reactor as an event loop.

use core::future::Future;

use super::EventLoop;
use crate::kernel::{AsHandleRef, Instant, Signals, Status};
use crate::reactor::{Objects, Reactor, Tasks, Timers};
use crate::task::Full;

/// A reactor, with room for `WAITS` waits, `TIMERS` timers, and `TASKS` tasks of up to `BYTES` bytes each. What it needs lasts
/// as long as the process, because tasks may; nothing is allocated once it is there.
///
/// ```
/// use fidl::adapter::{EventLoop, ReactorLoop};
/// use fidl::kernel::Instant;
/// use fidl::reactor::{Objects, Tasks};
/// use fidl::storage::Claim;
/// use fidl::{Reactor, Timers};
///
/// static OBJECTS: Claim<Objects<4, 1>> = Claim::new(Objects::new());
/// static TIMERS: Timers<4> = Timers::new();
/// static TASKS: Claim<Tasks<4, 256>> = Claim::new(Tasks::new());
///
/// let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::new()?));
/// let objects = OBJECTS.claim().expect("nobody else's").leak();
/// let tasks = TASKS.claim().expect("nobody else's").leak();
/// let on = ReactorLoop::new(reactor, objects, &TIMERS, tasks)?;
/// on.spawn(async move {
///     on.sleep_until(Instant::after(std::time::Duration::from_millis(1))).await;
///     reactor.stop();
/// })
/// .expect("room for a task");
/// reactor.run()?;
/// # Ok::<(), fidl::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReactorLoop<const WAITS: usize, const TIMERS: usize, const TASKS: usize, const BYTES: usize> {
    reactor: &'static Reactor<'static>,
    objects: &'static Objects<WAITS, 1>,
    timers: &'static Timers<TIMERS>,
    tasks: &'static Tasks<TASKS, BYTES>,
}

impl<const WAITS: usize, const TIMERS: usize, const TASKS: usize, const BYTES: usize>
    ReactorLoop<WAITS, TIMERS, TASKS, BYTES>
{
    /// Makes these parts one loop. The timers take the place of any that the reactor had.
    ///
    /// # Errors
    ///
    /// Those of [`Tasks::attach`].
    pub fn new(
        reactor: &'static Reactor<'static>,
        objects: &'static Objects<WAITS, 1>,
        timers: &'static Timers<TIMERS>,
        tasks: &'static Tasks<TASKS, BYTES>,
    ) -> Result<Self, Status> {
        tasks.attach(reactor)?;
        reactor.set_timers(timers);
        Ok(Self { reactor, objects, timers, tasks })
    }
}

impl<const WAITS: usize, const TIMERS: usize, const TASKS: usize, const BYTES: usize> EventLoop
    for ReactorLoop<WAITS, TIMERS, TASKS, BYTES>
{
    fn wait_for<O: AsHandleRef>(
        &self,
        object: &O,
        signals: Signals,
    ) -> impl Future<Output = Result<Signals, Status>> {
        wait_on(self.reactor, self.objects, object.raw_handle(), signals)
    }

    fn sleep_until(&self, deadline: Instant) -> impl Future<Output = ()> {
        self.timers.sleep_until(deadline)
    }

    fn spawn<F: Future<Output = ()> + 'static>(&self, task: F) -> Result<(), Full<F>> {
        self.tasks.spawn(task)
    }
}

/// Waits once for signals of an object, with a registration of its own.
pub(super) async fn wait_on<const WAITS: usize>(
    reactor: &'static Reactor<'static>,
    objects: &'static Objects<WAITS, 1>,
    object: u32,
    signals: Signals,
) -> Result<Signals, Status> {
    let ready = objects.register(reactor, object)?.ready(signals, 1).await?;
    Ok(Signals::from_bits_truncate(ready.signals))
}
