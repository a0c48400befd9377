extern crate std;

use core::sync::atomic::AtomicBool;
use core::sync::atomic::AtomicUsize;

use std::thread;

use super::*;

#[test]
fn first_queued_first_taken_and_each_once() {
    let schedule = Schedule::new();
    assert!(schedule.notify(3) && schedule.notify(1) && !schedule.notify(3));
    assert_eq!((schedule.take(), schedule.take(), schedule.take()), (Some(3), Some(1), None));
    assert!(!schedule.has_queued());
}

#[test]
fn a_domain_that_runs_is_queued_when_it_ends() {
    let schedule = Schedule::new();
    schedule.notify(0);
    assert_eq!(schedule.take(), Some(0));
    assert!(!schedule.notify(0));
    assert_eq!(schedule.take(), None);
    schedule.end(0, false);
    assert_eq!(schedule.take(), Some(0));
    schedule.end(0, true);
    assert_eq!(schedule.take(), Some(0));
    schedule.end(0, false);
    assert_eq!((schedule.take(), schedule.notify(DOMAINS)), (None, false));
}

/// All domains in the ring, round and round.
#[test]
fn there_is_a_place_for_each() {
    let schedule = Schedule::new();
    for domain in 0..DOMAINS {
        schedule.notify(domain);
    }
    for turn in 0..3 * DOMAINS {
        assert_eq!(schedule.take(), Some(turn % DOMAINS));
        schedule.end(turn % DOMAINS, true);
    }
}

#[test]
fn no_more_calls_than_sleepers() {
    let schedule = Schedule::new();
    assert!(!schedule.call());
    schedule.sleep();
    assert!(schedule.call() && !schedule.call());
    schedule.sleep();
    assert!(schedule.call() && !schedule.call());
    schedule.uncall(1);
    assert!(schedule.call());
    // One takes both packets; the other sleeps on, and can be called.
    schedule.wake_up(2);
    assert!(schedule.call() && !schedule.call());
    schedule.wake_up(5);
    assert!(!schedule.call());
}

/// Threads notify and run domains at random: none runs twice at once, and each notification is followed by a run.
#[test]
fn exclusive_and_complete_under_load() {
    const THREADS: usize = 4;
    const NOTIFICATIONS: usize = if cfg!(miri) { 50 } else { 50_000 };
    let schedule = Schedule::new();
    let busy = [const { AtomicBool::new(false) }; DOMAINS];
    let wanted = [const { AtomicUsize::new(0) }; DOMAINS];
    let seen = [const { AtomicUsize::new(0) }; DOMAINS];
    let run_one = || {
        let Some(domain) = schedule.take() else { return false };
        assert!(!busy[domain].swap(true, AcqRel));
        seen[domain].store(wanted[domain].load(Relaxed), Relaxed);
        if domain % 3 == 0 {
            thread::yield_now();
        }
        busy[domain].store(false, core::sync::atomic::Ordering::Release);
        schedule.end(domain, false);
        true
    };
    thread::scope(|scope| {
        for seed in 1..=THREADS {
            let (schedule, wanted, run_one) = (&schedule, &wanted, &run_one);
            scope.spawn(move || {
                let mut random = (seed as u32).wrapping_mul(0x9e37_79b9);
                for _ in 0..NOTIFICATIONS {
                    random ^= random << 13;
                    random ^= random >> 17;
                    random ^= random << 5;
                    let domain = random as usize % 8;
                    wanted[domain].fetch_add(1, Relaxed);
                    schedule.notify(domain);
                    if random & 0x300 != 0 {
                        run_one();
                    }
                }
            });
        }
    });
    while run_one() {}
    for domain in 0..DOMAINS {
        assert_eq!(seen[domain].load(Relaxed), wanted[domain].load(Relaxed));
    }
}
