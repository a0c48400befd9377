//! Timers. A timer is a deadline that is looked at whenever someone asks; a descriptor of the system is made only
//! when someone has to be told without asking.

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
    /// When SIGNALED is due, if the timer is armed.
    deadline: Option<zx_time_t>,
    alarm: Option<OwnedFd>,
    watched: Watched,
}

impl Timer {
    fn now(&self) -> zx_time_t {
        if self.boot { sys::boot() } else { sys::monotonic() }
    }

    /// Signals if the time has come.
    pub(crate) fn refresh(&mut self, end: &mut End) {
        if self.deadline.is_some_and(|deadline| deadline <= self.now()) {
            self.deadline = None;
            signals::update(end, 0, ZX_TIMER_SIGNALED);
        }
    }

    /// The descriptor, made now if there is none; `None` if the system refuses.
    pub(crate) fn descriptor(&mut self) -> Option<BorrowedFd<'_>> {
        if self.alarm.is_none() {
            let alarm = sys::timerfd(self.boot)?;
            sys::set_timerfd(alarm.as_fd(), self.deadline);
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

    fn arm(&mut self, deadline: Option<zx_time_t>) {
        self.deadline = deadline;
        if let Some(alarm) = &self.alarm {
            sys::set_timerfd(alarm.as_fd(), deadline);
        }
    }
}

/// Makes a timer.
pub(crate) fn create(clock: zx_clock_t) -> Result<zx_handle_t, zx_status_t> {
    let body = Body::Timer(Timer { boot: clock == ZX_CLOCK_BOOT, ..Timer::default() });
    let [timer] = object::create_open(body, 0, ZX_OBJ_TYPE_TIMER, ZX_DEFAULT_TIMER_RIGHTS)?;
    Ok(timer)
}

/// Disarms a timer, clears its signal, and arms it again if a deadline is given.
pub(crate) fn set(timer: zx_handle_t, deadline: Option<zx_time_t>) -> Result<(), zx_status_t> {
    let handle: Handle = handle_table::look(timer)?.check(ZX_OBJ_TYPE_TIMER, ZX_RIGHT_WRITE)?;
    let mut object = handle.lock()?;
    let object = &mut *object;
    let Body::Timer(timer) = &mut object.body else { return Err(ZX_ERR_BAD_HANDLE) };
    let end = &mut object.ends[0];
    timer.arm(deadline);
    signals::update(end, ZX_TIMER_SIGNALED, 0);
    // A deadline that has passed signals at once, as a change, also if the timer was signalled before.
    timer.refresh(end);
    Ok(())
}
