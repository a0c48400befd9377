//! The reactor under load.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use fidl::kernel::{Instant, Status};
use fidl::reactor::Sleep;
use fidl::{Reactor, Timers};
use futures::StreamExt as _;
use futures::future::{Either, poll_fn, select};
use futures::stream::FuturesUnordered;

/// Timers used to stand still while a reactor never slept.
#[test]
fn timers_run_on_a_reactor_that_never_sleeps() {
    static TIMERS: Timers = Timers::new();
    let reactor = Reactor::new().unwrap();
    reactor.set_timers(&TIMERS);
    let give_up = Instant::after(Duration::from_secs(20));
    let busy = poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if Instant::now() < give_up { Poll::Pending } else { Poll::Ready(()) }
    });
    // Polled only when it is woken, unlike the future beside it.
    let woken = FuturesUnordered::from_iter([TIMERS.sleep(Duration::from_millis(5))]).into_future();
    let first = reactor.run_until(async { matches!(select(busy, woken).await, Either::Right(_)) }).unwrap();
    assert!(first, "the timer never fired");
}

/// A waker that is the last to hold a sleep. Counts how often it was woken, and starts a sleep each time.
struct Holder {
    timers: &'static Timers,
    sleep: Mutex<Option<Pin<Box<Sleep<'static>>>>>,
    woken: AtomicUsize,
}

impl Holder {
    /// A waker of its own whose drop drops a sleep.
    fn waker(timers: &'static Timers) -> (Arc<Self>, Waker) {
        let mut sleep = Box::pin(timers.sleep(Duration::from_secs(3600)));
        assert!(sleep.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let holder = Arc::new(Self { timers, sleep: Mutex::new(Some(sleep)), woken: AtomicUsize::new(0) });
        (holder.clone(), holder.into())
    }
}

impl Wake for Holder {
    fn wake(self: Arc<Self>) {
        self.woken.fetch_add(1, Relaxed);
        let mut other = Box::pin(self.timers.sleep(Duration::from_secs(3600)));
        assert!(other.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        self.sleep.lock().unwrap().replace(other);
    }
}

fn poll(sleep: &mut Pin<Box<Sleep<'static>>>, waker: &Waker) -> Poll<()> {
    sleep.as_mut().poll(&mut Context::from_waker(waker))
}

/// Wakers that use timers when they are woken or dropped used to wait for ever for the wheel's lock.
#[test]
fn wakers_of_timers_may_use_timers() {
    static TIMERS: Timers = Timers::new();
    let (done, finished) = mpsc::channel();
    let test = thread::spawn(move || {
        let reactor = Reactor::new().unwrap();
        reactor.set_timers(&TIMERS);
        // Dropped with the sleep, and when another takes its place.
        for replaced in [false, true] {
            let mut sleep = Box::pin(TIMERS.sleep(Duration::from_secs(3600)));
            assert!(poll(&mut sleep, &Holder::waker(&TIMERS).1).is_pending());
            if replaced {
                assert!(poll(&mut sleep, Waker::noop()).is_pending());
            }
        }
        // Woken.
        let (holder, waker) = Holder::waker(&TIMERS);
        let mut sleep = Box::pin(TIMERS.sleep(Duration::from_millis(1)));
        assert!(poll(&mut sleep, &waker).is_pending());
        while holder.woken.load(Relaxed) == 0 {
            reactor.crank(Instant::after(Duration::from_millis(5))).unwrap();
        }
        drop((sleep, waker, holder));
        assert_eq!(format!("{TIMERS:?}"), "Timers(0 of 1024)");
        done.send(()).unwrap();
    });
    finished.recv_timeout(Duration::from_secs(30)).expect("no lock is waited for");
    test.join().unwrap();
}

/// What the reactor runs cannot run it: two futures of `run_until` used to take each other's wakes, and then hang.
#[test]
fn a_reactor_does_not_run_inside_itself() {
    let reactor = Reactor::new().unwrap();
    let nested = async {
        let turn = reactor.crank(Instant::INFINITE_PAST).map(drop);
        [turn, reactor.run(), reactor.run_until(async {})]
    };
    assert_eq!(reactor.run_until(nested), Ok([Err(Status::BAD_STATE); 3]));
    assert!(reactor.crank(Instant::INFINITE_PAST).is_ok());
    assert_eq!(reactor.run_until(async { 7 }), Ok(7));
}

/// A panic of what it runs leaves the reactor usable.
#[test]
fn a_reactor_runs_again_behind_a_panic() {
    let reactor = Reactor::new().unwrap();
    let panics = AssertUnwindSafe(|| reactor.run_until(async { panic!("on purpose") }));
    assert!(catch_unwind(panics).is_err());
    assert_eq!(reactor.run_until(async { 7 }), Ok(7));
}
