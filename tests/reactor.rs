//! The reactor under load.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use fidl::kernel::{Instant, Status};
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

/// What the reactor runs cannot run it: two futures of `run_until` used to take each other's wakes, and then hang.
#[test]
fn a_reactor_does_not_run_inside_itself() {
    let reactor = Reactor::new().unwrap();
    let nested = async {
        let turn = reactor.turn(Instant::INFINITE_PAST);
        [turn, reactor.run(), reactor.run_until(async {})]
    };
    assert_eq!(reactor.run_until(nested), Ok([Err(Status::BAD_STATE); 3]));
    assert_eq!(reactor.turn(Instant::INFINITE_PAST), Ok(()));
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
