//! One library on several event loops.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use fidl::adapter::{EventLoop, ReactorLoop};
use fidl::kernel::{AsHandleRef, Event, Instant, Signals, Status};
use fidl::reactor::{Objects, Tasks};
use fidl::storage::Claim;
use fidl::{Reactor, Timers};

/// A library's own: two tasks that signal one another `rounds` times, with pauses; what they did comes out in order.
async fn ping_pong<L: EventLoop>(on: L, rounds: usize, pause: Duration) -> Result<Vec<String>, Status> {
    let events = Rc::new([Event::create()?, Event::create()?]);
    let (log, left) = (Rc::new(RefCell::new(Vec::new())), Rc::new(Cell::new(2)));
    for side in 0..2 {
        let (here, events, log, left) = (on.clone(), events.clone(), log.clone(), left.clone());
        let task = async move {
            for round in 0..rounds {
                let mine = &events[side];
                let observed = here.wait_for(mine, Signals::USER_0).await.expect("the event is open");
                assert!(observed.contains(Signals::USER_0));
                mine.as_handle_ref().signal(Signals::USER_0, Signals::NONE).expect("the event is open");
                log.borrow_mut().push(format!("{side}: {round}"));
                here.sleep_until(Instant::after(pause)).await;
                events[1 - side].as_handle_ref().signal(Signals::NONE, Signals::USER_0).expect("it is open");
            }
            left.set(left.get() - 1);
        };
        on.spawn(task).map_err(|_| Status::NO_RESOURCES)?;
    }
    events[0].as_handle_ref().signal(Signals::NONE, Signals::USER_0)?;
    while left.get() > 0 {
        on.sleep_until(Instant::after(pause)).await;
    }
    Ok(log.take())
}

fn check<L: EventLoop>(
    on: L,
    run: impl FnOnce(std::pin::Pin<Box<dyn Future<Output = Vec<String>>>>) -> Vec<String>,
) {
    const ROUNDS: usize = 5;
    const PAUSE: Duration = Duration::from_millis(2);
    let begun = Instant::now();
    let log = run(Box::pin(async move { ping_pong(on, ROUNDS, PAUSE).await.expect("there is room") }));
    let expected: Vec<_> =
        (0..ROUNDS).flat_map(|round| (0..2).map(move |side| format!("{side}: {round}"))).collect();
    assert_eq!(log, expected);
    assert!(Instant::now() >= begun.plus(PAUSE * (2 * ROUNDS as u32 - 1)), "no pause was left out");
}

#[test]
fn on_a_reactor() {
    static OBJECTS: Claim<Objects<2, 1>> = Claim::new(Objects::new());
    static TIMERS: Timers<4> = Timers::new();
    static TASKS: Claim<Tasks<2, 512>> = Claim::new(Tasks::new());
    let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::new().unwrap()));
    let tasks = &*TASKS.claim().unwrap().leak();
    let on = ReactorLoop::new(reactor, OBJECTS.claim().unwrap().leak(), &TIMERS, tasks).unwrap();
    for _ in 0..3 {
        check(on, |library| reactor.run_until(library).unwrap());
    }
    // Full is full, and the task comes back.
    let shared = Rc::new(());
    for _ in 0..2 {
        let mine = shared.clone();
        let task = async move {
            let _mine = mine;
            std::future::pending().await
        };
        on.spawn(task).unwrap();
    }
    let mine = shared.clone();
    assert!(on.spawn(async move { drop(mine) }).is_err());
    assert_eq!((tasks.len(), tasks.counters().refused, Rc::strong_count(&shared)), (2, 1, 3));
    // As many waits as there is room for; and one for nothing.
    let waits = async {
        let event = Event::create().unwrap();
        let wait = || on.wait_for(&event, Signals::USER_0);
        let signal = async { event.as_handle_ref().signal(Signals::NONE, Signals::USER_0).unwrap() };
        let (one, two, three, ()) = futures::join!(wait(), wait(), wait(), signal);
        assert!(one.is_ok() && two.is_ok());
        assert_eq!(three, Err(Status::NO_RESOURCES));
    };
    reactor.run_until(waits).unwrap();
}

/// A task that panics ends, and is counted; the others go on, and its place is free.
#[test]
fn a_task_that_panics_costs_itself() {
    static TASKS: Claim<Tasks<2, 64>> = Claim::new(Tasks::new());
    let reactor = Reactor::new().unwrap();
    let tasks: &'static Tasks<2, 64> = TASKS.claim().unwrap().leak();
    tasks.attach(&reactor).unwrap();
    let (held, turns) = (Rc::new(()), Rc::new(Cell::new(0)));
    let count = turns.clone();
    let steady = async move {
        loop {
            count.set(count.get() + 1);
            let mut waited = false;
            std::future::poll_fn(|cx| {
                cx.waker().wake_by_ref();
                if std::mem::replace(&mut waited, true) {
                    std::task::Poll::Ready(())
                } else {
                    std::task::Poll::Pending
                }
            })
            .await;
        }
    };
    tasks.spawn(steady).unwrap();
    for round in 1..=5 {
        let (mine, before) = (held.clone(), turns.get());
        let faulty = async move {
            let _mine = mine;
            panic!("on purpose");
        };
        tasks.spawn(faulty).unwrap();
        for _ in 0..3 {
            reactor.crank(Instant::INFINITE_PAST).unwrap();
        }
        assert_eq!((reactor.counters().panics, tasks.counters().panicked, tasks.len()), (round, round, 1));
        assert_eq!(Rc::strong_count(&held), 1);
        assert!(turns.get() >= before + 2);
    }
}

#[cfg(feature = "tokio")]
mod on_tokio {
    use fidl::adapter::TokioLoop;
    use fidl::adapter::tokio::drive;
    use fidl::reactor::Cranked;
    use tokio::runtime::{Builder, Runtime};
    use tokio::task::{LocalSet, spawn_local};

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    #[test]
    fn on_tokio() {
        static OBJECTS: Claim<Objects<2, 1>> = Claim::new(Objects::new());
        let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::new().unwrap()));
        let on = TokioLoop::new(reactor, OBJECTS.claim().unwrap().leak());
        let (runtime, local) = (runtime(), LocalSet::new());
        for _ in 0..3 {
            check(on, |library| {
                local.block_on(&runtime, async {
                    let driver = spawn_local(drive(reactor));
                    let log = library.await;
                    reactor.stop();
                    driver.await.unwrap().unwrap();
                    log
                })
            });
        }
    }

    /// A timer of the reactor's, an object's signal by another thread, and a stop by another task end tokio's wait.
    #[test]
    fn what_ends_a_wait() {
        static TIMERS: Timers<1> = Timers::new();
        let reactor = Reactor::new().unwrap();
        reactor.set_timers(&TIMERS);
        let local = LocalSet::new();
        local.block_on(&runtime(), async {
            let begun = Instant::now();
            let main = async {
                TIMERS.sleep(Duration::from_millis(5)).await;
                assert!(Instant::now() >= begun.plus(Duration::from_millis(5)));
                // Both are asleep by then.
                tokio::time::sleep(Duration::from_millis(5)).await;
                reactor.stop();
            };
            let (driven, ()) = futures::join!(drive(&reactor), main);
            driven.unwrap();
        });
        // It can be driven again, and by other means.
        assert!(matches!(
            reactor.crank(Instant::INFINITE_PAST),
            Ok(Cranked::Idle { .. } | Cranked::Progress)
        ));
    }

    /// The driver may be dropped while it waits, and another begun.
    #[test]
    fn a_driver_that_is_dropped() {
        let reactor = Reactor::new().unwrap();
        for _ in 0..3 {
            runtime().block_on(async {
                let short = Duration::from_millis(2);
                assert!(tokio::time::timeout(short, drive(&reactor)).await.is_err());
                reactor.stop();
                drive(&reactor).await.unwrap();
            });
        }
    }
}
