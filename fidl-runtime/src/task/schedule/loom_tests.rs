#![allow(unsafe_code)]

extern crate std;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::AtomicU32;
use loom::thread;

use super::*;

/// What a domain owns: loom complains if two threads are in it at once, or if one does not see what the other did.
struct Domain {
    owned: UnsafeCell<u32>,
    wanted: AtomicU32,
}

struct All {
    schedule: Schedule,
    domains: [Domain; DOMAINS],
}

impl All {
    fn new() -> Arc<Self> {
        let domains =
            core::array::from_fn(|_| Domain { owned: UnsafeCell::new(0), wanted: AtomicU32::new(0) });
        Arc::new(Self { schedule: Schedule::new(), domains })
    }

    fn want(&self, domain: usize, bit: u32) -> bool {
        self.domains[domain].wanted.fetch_or(bit, Relaxed);
        self.schedule.notify(domain)
    }

    fn run_one(&self) -> bool {
        let Some(domain) = self.schedule.take() else { return false };
        self.domains[domain].owned.with_mut(|owned| {
            // SAFETY: loom holds the cell for the time of this call.
            unsafe { *owned |= self.domains[domain].wanted.load(Relaxed) };
        });
        self.schedule.end(domain, false);
        true
    }

    /// Runs what is left; what each domain has seen then.
    fn finish(&self) -> [u32; DOMAINS] {
        while self.run_one() {}
        assert!(!self.schedule.has_queued());
        core::array::from_fn(|domain| {
            // SAFETY: as above.
            self.domains[domain].owned.with(|owned| unsafe { *owned })
        })
    }
}

/// Two threads notify one domain and run what they find.
#[test]
fn one_thread_at_a_time_and_no_notification_lost() {
    loom::model(|| {
        let all = All::new();
        let threads = [1, 2].map(|bit| {
            let all = all.clone();
            thread::spawn(move || {
                all.want(0, bit);
                all.run_one();
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(all.finish()[0], 3);
    });
}

/// Two threads notify a domain each and take from the ring while the other puts in.
#[test]
fn the_ring_loses_and_doubles_nothing() {
    loom::model(|| {
        let all = All::new();
        let threads = [0, 1].map(|domain| {
            let all = all.clone();
            thread::spawn(move || {
                all.want(domain, 1);
                all.run_one();
                all.want(domain, 2);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(all.finish(), [3, 3]);
    });
}

/// A thread that goes to sleep finds the domain, or is called.
#[test]
fn nobody_sleeps_through() {
    loom::model(|| {
        let all = All::new();
        let other = {
            let all = all.clone();
            thread::spawn(move || all.want(0, 1) && all.schedule.call())
        };
        all.schedule.sleep();
        let found = all.schedule.has_queued();
        let called = other.join().unwrap();
        assert!(found || called);
        all.schedule.wake_up(usize::from(called));
        assert_eq!((all.schedule.sleeping(), all.schedule.call()), (0, false));
        assert_eq!(all.finish()[0], 1);
    });
}

/// Two threads go to sleep while a third has two domains run: as many are called as are needed, and not one more.
#[test]
fn as_many_calls_as_sleepers() {
    loom::model(|| {
        let all = All::new();
        let other = {
            let all = all.clone();
            thread::spawn(move || [0, 1].map(|domain| all.want(domain, 1) && all.schedule.call()))
        };
        all.schedule.sleep();
        let found = all.schedule.has_queued();
        let calls = other.join().unwrap().iter().filter(|called| **called).count();
        assert!(calls <= 1 && (found || calls == 1));
        all.schedule.uncall(calls);
        all.schedule.wake_up(0);
        assert_eq!(all.schedule.sleeping(), 0);
        assert_eq!(all.finish(), [1, 1]);
    });
}
