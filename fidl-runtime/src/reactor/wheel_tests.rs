//! The wheel against what a clock and a list say.

use super::super::Timers;
use super::super::timers::TIMERS;
use super::*;

fn at(tick: u64) -> Instant {
    Instant::from_nanos(nanos_of(tick))
}

/// Fires timers at far-apart ticks in order, each not early and at most a tick late, and never skips one.
#[test]
fn every_timer_fires_in_time() {
    static WHEEL: Timers = Timers::new();
    let mut wheel = WHEEL.wheel();
    wheel.now = 5;
    let ticks = [6, 7, 63, 64, 65, 127, 128, 4095, 4096, 4097, 262_143, 262_144, 300_000_000, 1 << 40];
    let slots = ticks.map(|tick| {
        let slot = wheel.free.take().unwrap();
        wheel.entries[slot] = Entry { tick, place: Place::Nowhere, waker: Some(Waker::noop().clone()) };
        wheel.place(slot);
        slot
    });
    for (tick, slot) in ticks.into_iter().zip(slots) {
        assert!(wheel.take_due(at(tick - 1)).is_none());
        assert!(wheel.entries[slot].waker.is_some(), "timer at {tick} fired early");
        assert!(wheel.next_tick().unwrap() <= tick, "the wheel would sleep past {tick}");
        assert!(wheel.take_due(at(tick)).is_some(), "timer at {tick} did not fire");
        assert!(wheel.entries[slot].waker.is_none());
    }
    assert_eq!(wheel.next_tick(), None);
}

#[test]
fn a_removed_timer_is_gone() {
    static WHEEL: Timers = Timers::new();
    let mut wheel = WHEEL.wheel();
    let slot = wheel.insert(at(1 << 50), Duration::ZERO, Waker::noop().clone()).unwrap();
    assert!(wheel.next_tick().is_some());
    assert!(wheel.remove(slot).is_some());
    assert_eq!((wheel.next_tick(), wheel.free.len()), (None, TIMERS));
}

#[test]
fn slack_is_used_to_come_together() {
    for (first, last, expected) in
        [(5, 5, 5), (5, 7, 6), (5, 8, 8), (1, 3, 2), (9, 15, 12), (100, 163, 128), (1, u64::MAX, 1 << 63)]
    {
        assert_eq!(roundest(first, last), expected, "{first} to {last}");
    }
    static WHEEL: Timers<64> = Timers::new();
    let mut wheel = WHEEL.wheel();
    // The first brings the wheel to the present.
    wheel.insert(at(1 << 60), Duration::ZERO, Waker::noop().clone()).unwrap();
    let base = wheel.now;
    let slack = Duration::from_nanos(nanos_of(40) as u64);
    let mut ticks = std::collections::BTreeSet::new();
    for deadline in base + 1..=base + 40 {
        let slot = wheel.insert(at(deadline), slack, Waker::noop().clone()).unwrap();
        let tick = wheel.entries[slot].tick;
        assert!((deadline + 1..=deadline + 41).contains(&tick), "{deadline}: {tick}");
        ticks.insert(tick);
    }
    assert!(ticks.len() <= 3, "{ticks:?}");
}

/// Against a list that is searched, in random order: each fires at its tick, and none that was cancelled.
#[test]
fn fires_as_a_sorted_list_would() {
    static WHEEL: Timers<32> = Timers::new();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut wheel = WHEEL.wheel();
    wheel.now = 77;
    let mut expected = std::vec::Vec::new();
    for _ in 0..if cfg!(miri) { 300 } else { 30_000 } {
        match next(3) {
            0 => {
                let far = 1 << next(20);
                let tick = wheel.now + 1 + next(far);
                if let Some(slot) = wheel.free.take() {
                    wheel.entries[slot] =
                        Entry { tick, place: Place::Nowhere, waker: Some(Waker::noop().clone()) };
                    wheel.place(slot);
                    expected.push((tick, slot));
                }
            }
            1 if !expected.is_empty() => {
                let (_, slot) = expected.swap_remove(next(expected.len() as u64) as usize);
                assert!(wheel.remove(slot).is_some(), "it had not fired");
            }
            _ => {
                let far = 1 << next(16);
                let to = wheel.now + next(far);
                let due = expected.iter().filter(|(tick, _)| *tick <= to).count();
                let mut fired = 0;
                while wheel.take_due(at(to)).is_some() {
                    fired += 1;
                }
                assert_eq!(fired, due);
                expected.retain(|(tick, slot)| {
                    if *tick <= to {
                        wheel.remove(*slot);
                    }
                    *tick > to
                });
            }
        }
    }
}
