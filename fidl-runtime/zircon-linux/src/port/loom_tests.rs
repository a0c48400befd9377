//! A thread goes to sleep in a port while another registers a wait on a link, whose peer then writes a message.

use loom::sync::atomic::{AtomicU32, Ordering, fence};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use super::sleepers::Sleepers;
use crate::ring::doorbell;

/// What is under the port's lock, the hot list included.
#[derive(Default)]
struct Port {
    sleepers: Sleepers,
    hot: bool,
    packets: u32,
}

/// A port that waits on one link. The locks are taken in the order object, port.
struct Process {
    /// Whether a wait is registered.
    object: Mutex<bool>,
    port: Mutex<Port>,
    bell: AtomicU32,
    message: AtomicU32,
    /// The bell's packet, or the counter that wakes sleepers.
    event: Mutex<bool>,
    come: Condvar,
}

impl Process {
    fn new() -> Process {
        Process {
            object: Mutex::new(false),
            port: Mutex::default(),
            bell: AtomicU32::new(0),
            message: AtomicU32::new(0),
            event: Mutex::new(false),
            come: Condvar::new(),
        }
    }

    fn raise(&self) {
        *self.event.lock().unwrap() = true;
        self.come.notify_one();
    }

    /// A sleep that nothing ends is a deadlock for loom.
    fn sleep(&self) {
        let mut event = self.event.lock().unwrap();
        while !*event {
            event = self.come.wait(event).unwrap();
        }
        *event = false;
    }

    /// Makes the signals true, and a packet if the wait ends by that.
    fn refresh(&self, waits: &mut bool) {
        if *waits && self.message.load(Ordering::Acquire) != 0 {
            *waits = false;
            let mut port = self.port.lock().unwrap();
            port.packets += 1;
            let wake = port.sleepers.wake_one();
            drop(port);
            if wake {
                self.raise();
            }
        }
    }

    fn arm(&self, waits: &mut bool) {
        doorbell::arm(&self.bell, || fence(Ordering::SeqCst));
        self.refresh(waits);
    }

    /// Registers a wait, in a thread that will not wait for packets itself.
    fn register(&self) {
        let mut waits = self.object.lock().unwrap();
        *waits = true;
        let mut port = self.port.lock().unwrap();
        let needs_bell = port.sleepers.any();
        port.hot |= !needs_bell;
        drop(port);
        if needs_bell {
            self.arm(&mut waits);
        }
    }

    /// What the peer does.
    fn write(&self) {
        self.message.store(1, Ordering::Release);
        if doorbell::ring(&self.bell, || fence(Ordering::SeqCst)) {
            self.raise();
        }
    }

    /// Arms what is on the hot list, and takes it off.
    fn arm_for_sleep(&self) {
        let hot = self.port.lock().unwrap().hot;
        if hot {
            let mut waits = self.object.lock().unwrap();
            if *waits {
                self.arm(&mut waits);
            }
            drop(waits);
            self.port.lock().unwrap().hot = false;
        }
    }

    /// Waits for a packet.
    fn wait(&self) {
        loop {
            self.arm_for_sleep();
            let mut port = self.port.lock().unwrap();
            if port.packets > 0 {
                return;
            }
            if port.hot {
                continue;
            }
            port.sleepers.note(1, false);
            drop(port);
            self.sleep();
            self.port.lock().unwrap().sleepers.note(-1, true);
            let mut waits = self.object.lock().unwrap();
            self.refresh(&mut waits);
            if *waits {
                self.arm(&mut waits);
            }
        }
    }
}

/// Without the second look at the hot list the message would be slept through.
#[test]
fn loom_no_wait_is_left_to_a_thread_that_sleeps() {
    loom::model(|| {
        let process = Arc::new(Process::new());
        let other = process.clone();
        let registrar = thread::spawn(move || {
            other.register();
            other.write();
        });
        process.wait();
        registrar.join().unwrap();
    });
}
