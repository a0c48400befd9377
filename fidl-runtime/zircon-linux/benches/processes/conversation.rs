//! Two processes that converse.

use std::ptr;
use std::time::{Duration, Instant};

/// The message.
pub(crate) type Bytes = [u8; 32];

/// How long a round lasts. The first half does not count: the other process starts, and both learn what pays.
const ROUND: Duration = Duration::from_millis(120);

/// Keeps this process on one core.
pub(crate) fn pin(core: usize) {
    // SAFETY: a set of zeroes is the empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: the core is within the set.
    unsafe { libc::CPU_SET(core, &mut set) };
    // SAFETY: the set is live.
    unsafe { libc::sched_setaffinity(0, size_of_val(&set), &set) };
}

/// Nanoseconds for a message and its answer: `send` sends one, `receive` returns once one or more came, and says how many.
pub(crate) fn converse(window: usize, mut send: impl FnMut(), mut receive: impl FnMut() -> usize) -> f64 {
    let mut flying = 0;
    let begun = Instant::now();
    // The machine may have other work, so the middle one of many short times counts: each message of a ping-pong, or
    // each thousand of those in flight.
    let (mut each, mut last, mut since) = (Vec::new(), begun, 0);
    loop {
        while flying < window {
            send();
            flying += 1;
        }
        let came = receive();
        since += came;
        if window == 1 || since >= 1000 {
            let now = Instant::now();
            if now - begun > ROUND / 2 {
                each.push((now - last).as_nanos() as f64 / since as f64);
            }
            (last, since) = (now, 0);
        }
        flying -= came;
        if begun.elapsed() > ROUND {
            each.sort_by(f64::total_cmp);
            return each.get(each.len() / 2).copied().unwrap_or(f64::NAN);
        }
    }
}

/// Starts a process by fork that runs `child` on a core until killed, measures, and kills it.
pub(crate) fn beside(core: usize, child: impl FnOnce(), measure: impl FnOnce() -> f64) -> f64 {
    // SAFETY: the program has one thread; the child runs plain code and never returns.
    let process = unsafe { libc::fork() };
    if process == 0 {
        pin(core);
        child();
        std::process::exit(0);
    }
    pin(0);
    let result = measure();
    // SAFETY: the process is ours.
    unsafe { libc::kill(process, libc::SIGKILL) };
    // SAFETY: as above; the status is not wanted.
    unsafe { libc::waitpid(process, ptr::null_mut(), 0) };
    result
}
