//! Timers. A timer is a deadline that is looked at whenever someone asks; a descriptor of the system is made only
//! when someone has to be told without asking.
//!
//! Slack gives a window around the deadline. The timer is due at the roundest moment of the window, the one with the
//! most zero bits at its end. So timers with windows that overlap widely are due at one moment, without knowing of
//! one another, and the process wakes once for all of them.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::abi::types::*;
use crate::descriptor::Watched;
use crate::handle_table::{self, Handle};
use crate::object::{self, Body, End};
use crate::park::ParkIndex;
use crate::signals;
use crate::sys;

/// The body of a timer.
#[derive(Default)]
pub(crate) struct Timer {
    boot: bool,
    /// To which side of the deadline the slack goes.
    options: u32,
    armed: Option<Armed>,
    /// When SIGNALED is due, if the timer is armed.
    due: Option<zx_time_t>,
    alarm: Option<OwnedFd>,
    watched: Watched,
}

/// What a timer was set to.
#[derive(Clone, Copy)]
pub(crate) struct Armed {
    pub(crate) deadline: zx_time_t,
    pub(crate) slack: zx_duration_t,
}

impl Armed {
    /// When SIGNALED is due: within the window that the options make of deadline and slack, but not before `now`
    /// unless the deadline itself is.
    fn due(self, options: u32, now: zx_time_t) -> zx_time_t {
        let (early, late) = match options {
            ZX_TIMER_SLACK_EARLY => (self.slack, 0),
            ZX_TIMER_SLACK_LATE => (0, self.slack),
            _ => (self.slack, self.slack),
        };
        let first = self.deadline.saturating_sub(early).max(now.min(self.deadline));
        roundest(first, self.deadline.saturating_add(late))
    }
}

/// The moment from `first` to `last` with the most zero bits at its end.
fn roundest(first: zx_time_t, last: zx_time_t) -> zx_time_t {
    if first <= 0 {
        return first;
    }
    // The bits above the highest that differs are the same for all moments of the window. With that bit set and zeroes
    // below it, the moment is after `first - 1` and not after `last`.
    let differing = i64::BITS - 1 - ((first - 1) ^ last).leading_zeros();
    last >> differing << differing
}

impl Timer {
    fn now(&self) -> zx_time_t {
        if self.boot { sys::boot() } else { sys::monotonic() }
    }

    /// Signals if the time has come.
    pub(crate) fn refresh(&mut self, end: &mut End) {
        if self.due.is_some_and(|due| due <= self.now()) {
            (self.armed, self.due) = (None, None);
            signals::update(end, 0, ZX_TIMER_SIGNALED);
        }
    }

    /// The descriptor, made now if there is none; `None` if the system refuses.
    pub(crate) fn descriptor(&mut self) -> Option<BorrowedFd<'_>> {
        if self.alarm.is_none() {
            let alarm = sys::timerfd(self.boot)?;
            sys::set_timerfd(alarm.as_fd(), self.due);
            self.alarm = Some(alarm);
        }
        self.alarm.as_ref().map(OwnedFd::as_fd)
    }

    /// Sees to it that the port in this park learns of the time.
    pub(crate) fn watch(&mut self, park: ParkIndex, token: u64) -> Result<(), zx_status_t> {
        self.descriptor().ok_or(ZX_ERR_NO_RESOURCES)?;
        match &self.alarm {
            Some(alarm) => self.watched.watch(park, alarm.as_fd(), token),
            None => Err(ZX_ERR_NO_RESOURCES),
        }
    }

    fn arm(&mut self, armed: Option<Armed>) {
        self.armed = armed;
        self.due = armed.map(|armed| armed.due(self.options, self.now()));
        if let Some(alarm) = &self.alarm {
            sys::set_timerfd(alarm.as_fd(), self.due);
        }
    }

    /// What `ZX_INFO_TIMER` tells.
    pub(crate) fn info(&self) -> zx_info_timer_t {
        let Armed { deadline, slack } = self.armed.unwrap_or(Armed { deadline: 0, slack: 0 });
        let clock_id = if self.boot { ZX_CLOCK_BOOT } else { ZX_CLOCK_MONOTONIC };
        zx_info_timer_t { options: self.options, clock_id, deadline, slack }
    }
}

/// Makes a timer.
pub(crate) fn create(clock: zx_clock_t, options: u32) -> Result<zx_handle_t, zx_status_t> {
    let body = Body::Timer(Timer { boot: clock == ZX_CLOCK_BOOT, options, ..Timer::default() });
    let [timer] = object::create_open(body, 0, ZX_OBJ_TYPE_TIMER, ZX_DEFAULT_TIMER_RIGHTS)?;
    Ok(timer)
}

/// Disarms a timer, clears its signal, and arms it again if told so.
pub(crate) fn set(timer: zx_handle_t, armed: Option<Armed>) -> Result<(), zx_status_t> {
    let handle: Handle = handle_table::look(timer)?.check(ZX_OBJ_TYPE_TIMER, ZX_RIGHT_WRITE)?;
    let mut object = handle.lock()?;
    let object = &mut *object;
    let Body::Timer(timer) = &mut object.body else { return Err(ZX_ERR_BAD_HANDLE) };
    let end = &mut object.ends[0];
    timer.arm(armed);
    signals::update(end, ZX_TIMER_SIGNALED, 0);
    // A deadline that has passed signals at once, as a change, also if the timer was signalled before.
    timer.refresh(end);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(options: u32, deadline: i64, slack: i64, now: i64) -> i64 {
        Armed { deadline, slack }.due(options, now)
    }

    #[test]
    fn without_slack_the_deadline_is_the_moment() {
        for deadline in [i64::MIN, -1, 0, 1, 2, 7, 8, 1_000_003, i64::MAX] {
            for options in ZX_TIMER_SLACK_CENTER..=ZX_TIMER_SLACK_LATE {
                assert_eq!(due(options, deadline, 0, 5), deadline);
            }
        }
    }

    #[test]
    fn slack_goes_to_its_side() {
        for (options, early, late) in
            [(ZX_TIMER_SLACK_EARLY, 300, 0), (ZX_TIMER_SLACK_LATE, 0, 300), (ZX_TIMER_SLACK_CENTER, 300, 300)]
        {
            for deadline in (10_000..20_000).step_by(7) {
                let moment = due(options, deadline, 300, 0);
                assert!((deadline - early..=deadline + late).contains(&moment));
                assert_eq!(moment % 256, 0, "a window of 300 has a multiple of 256");
                // It is never early enough to have passed before it was set.
                assert!(due(options, deadline, 300, deadline - 10) >= deadline - 10);
            }
        }
        assert_eq!(due(ZX_TIMER_SLACK_LATE, i64::MAX, i64::MAX, 0), i64::MAX);
    }

    #[test]
    fn timers_close_together_are_due_together() {
        let moments: Vec<i64> =
            (0..100).map(|number| due(ZX_TIMER_SLACK_LATE, 1_000_000 + number, 1_000, 0)).collect();
        assert!(moments.iter().all(|moment| *moment == moments[0]));
    }
}
