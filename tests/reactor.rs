//! The reactor under load.

use std::task::Poll;
use std::time::Duration;

use fidl::kernel::Instant;
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
