//! Who sleeps in a port, and when to wake one.
//!
//! Whoever leaves a packet in the queue while a thread sleeps wakes one, unless a wake is under way already. A woken
//! thread takes note of that, takes packets, and, if it leaves some while others sleep, wakes the next. So there are never
//! more wakes than sleepers, and no packet lies in the queue while everyone sleeps. All this is under the port's lock but
//! the sleep and the wake themselves.

/// The sleepers of a port.
#[derive(Default)]
pub(super) struct Sleepers {
    /// Threads that sleep, or are about to.
    count: u32,
    /// A wake was sent and no thread has taken note of it yet.
    waking: bool,
}

impl Sleepers {
    /// Whether a thread sleeps.
    pub(super) fn any(&self) -> bool {
        self.count > 0
    }

    /// A packet is in the queue: says whether to send a wake, which the caller then does.
    #[inline]
    pub(super) fn wake_one(&mut self) -> bool {
        let wake = self.count > 0 && !self.waking;
        self.waking |= wake;
        wake
    }

    /// A thread is about to sleep (1), has just slept (-1), or looked for wakes without (0), and was perhaps woken.
    pub(super) fn note(&mut self, change: i32, woken: bool) {
        self.count = self.count.wrapping_add_signed(change);
        self.waking &= !woken;
    }
}

#[cfg(all(test, loom))]
mod loom_tests {
    use loom::sync::{Arc, Condvar, Mutex};
    use loom::thread;

    use super::*;

    /// A port: its queue as a number of packets, and the counter that wakes sleepers.
    #[derive(Default)]
    struct Port {
        locked: Mutex<(u32, Sleepers)>,
        rung: Mutex<bool>,
        bell: Condvar,
    }

    impl Port {
        fn ring(&self) {
            *self.rung.lock().unwrap() = true;
            self.bell.notify_one();
        }

        /// Sleeps until rung. A sleep that nothing ends is a deadlock for loom.
        fn sleep(&self) {
            let mut rung = self.rung.lock().unwrap();
            while !*rung {
                rung = self.bell.wait(rung).unwrap();
            }
            *rung = false;
        }

        fn push(&self) {
            let mut locked = self.locked.lock().unwrap();
            locked.0 += 1;
            let wake = locked.1.wake_one();
            drop(locked);
            if wake {
                self.ring();
            }
        }

        fn take(&self) {
            let mut locked = self.locked.lock().unwrap();
            while locked.0 == 0 {
                locked.1.note(1, false);
                drop(locked);
                self.sleep();
                locked = self.locked.lock().unwrap();
                locked.1.note(-1, true);
            }
            locked.0 -= 1;
            let wake = locked.0 > 0 && locked.1.wake_one();
            drop(locked);
            if wake {
                self.ring();
            }
        }
    }

    impl Port {
        /// Whether the bell is rung, as one sees who waits for a descriptor; it stays rung.
        fn wait_until_readable(&self) {
            let mut rung = self.rung.lock().unwrap();
            while !*rung {
                rung = self.bell.wait(rung).unwrap();
            }
        }

        /// Waits outside, then takes what is there.
        fn take_from_outside(&self) {
            loop {
                let mut locked = self.locked.lock().unwrap();
                locked.1.note(1, false);
                let found = locked.0 > 0;
                drop(locked);
                if !found {
                    self.wait_until_readable();
                }
                self.locked.lock().unwrap().1.note(-1, false);
                let woken = std::mem::take(&mut *self.rung.lock().unwrap());
                let mut locked = self.locked.lock().unwrap();
                locked.1.note(0, woken);
                if locked.0 > 0 {
                    locked.0 -= 1;
                    return;
                }
            }
        }
    }

    /// An owner waits by descriptor, twice, while others send.
    #[test]
    fn loom_an_owner_outside_misses_no_packet() {
        loom::model(|| {
            let port = Arc::new(Port::default());
            let senders = [(); 2].map(|()| {
                let port = port.clone();
                thread::spawn(move || port.push())
            });
            port.take_from_outside();
            port.take_from_outside();
            senders.into_iter().for_each(|sender| sender.join().unwrap());
            assert!(!port.locked.lock().unwrap().1.any());
        });
    }

    /// Two threads wait for one packet each.
    #[test]
    fn loom_no_packet_lies_while_everyone_sleeps() {
        loom::model(|| {
            let port = Arc::new(Port::default());
            let takers = [(); 2].map(|()| {
                let port = port.clone();
                thread::spawn(move || port.take())
            });
            port.push();
            port.push();
            takers.into_iter().for_each(|taker| taker.join().unwrap());
            assert!(!port.locked.lock().unwrap().1.any());
        });
    }
}
