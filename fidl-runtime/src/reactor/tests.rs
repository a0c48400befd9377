//! The reactor itself.

use core::future::poll_fn;
use core::time::Duration;

use futures::future::{Either, select};
use futures::stream::{FuturesUnordered, StreamExt};

use super::*;

/// A reactor that always had something to do never came to look at its timers.
#[test]
fn a_busy_reactor_looks_at_its_timers() {
    static TIMERS: Timers = Timers::new();
    let reactor = Reactor::new().unwrap();
    reactor.set_timers(&TIMERS);
    let give_up = Instant::after(Duration::from_secs(5));
    let busy = poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if Instant::now() < give_up { Poll::Pending } else { Poll::Ready(()) }
    });
    // Polled only when the timer wakes it.
    let mut sleeps = FuturesUnordered::from_iter([TIMERS.sleep(Duration::from_millis(1))]);
    let first = reactor.run_until(select(sleeps.next(), busy)).unwrap();
    assert!(matches!(first, Either::Left(_)), "the timer did not fire");
}
