//! Bare primitives: rings in shared memory, and a socket.

use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::{hint, ptr};

use super::conversation::{Bytes, beside, converse};

/// How an end of a bare ring waits.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Waiting {
    /// It looks again and again.
    Spin,
    /// It sleeps, and is woken for each message.
    Futex,
    /// The peer is woken only before sleeping oneself.
    Late,
}

const SLOTS: u32 = 256;

#[repr(C, align(128))]
struct Slot {
    bytes: [u8; 32],
}

#[repr(C, align(128))]
struct Word(AtomicU32);

#[repr(C)]
struct BareRing {
    tail: Word,
    sleeping: Word,
    slots: [Slot; SLOTS as usize],
}

struct BareEnd {
    outgoing: &'static BareRing,
    incoming: &'static BareRing,
    tail: u32,
    head: u32,
    waiting: Waiting,
}

impl BareEnd {
    fn send(&mut self, bytes: &Bytes) {
        let slot = &self.outgoing.slots[(self.tail % SLOTS) as usize];
        // SAFETY: at most 64 are in flight, so the peer is done with the slot.
        unsafe { ptr::from_ref(&slot.bytes).cast_mut().write_volatile(*bytes) };
        self.tail = self.tail.wrapping_add(1);
        self.outgoing.tail.0.store(self.tail, Ordering::Release);
        if self.waiting == Waiting::Futex {
            self.wake();
        }
    }

    fn wake(&self) {
        fence(Ordering::SeqCst);
        let sleeping = &self.outgoing.sleeping.0;
        if sleeping.load(Ordering::Relaxed) != 0 && sleeping.swap(0, Ordering::AcqRel) != 0 {
            // SAFETY: the word is live.
            unsafe { libc::syscall(libc::SYS_futex, sleeping.as_ptr(), libc::FUTEX_WAKE, 1) };
        }
    }

    /// Waits for messages, and takes all.
    fn receive(&mut self, mut take: impl FnMut(&mut BareEnd, Bytes)) -> usize {
        let incoming = self.incoming;
        let tail = loop {
            let tail = incoming.tail.0.load(Ordering::Acquire);
            if tail != self.head {
                break tail;
            }
            if self.waiting == Waiting::Spin {
                hint::spin_loop();
                continue;
            }
            if self.waiting == Waiting::Late {
                self.wake();
            }
            incoming.sleeping.0.store(1, Ordering::Relaxed);
            fence(Ordering::SeqCst);
            if incoming.tail.0.load(Ordering::Acquire) == self.head {
                let (place, none) = (incoming.sleeping.0.as_ptr(), ptr::null::<libc::timespec>());
                // SAFETY: the word is live; the null time means none.
                unsafe { libc::syscall(libc::SYS_futex, place, libc::FUTEX_WAIT, 1, none) };
            }
        };
        let came = tail.wrapping_sub(self.head);
        for number in 0..came {
            let slot = &incoming.slots[(self.head.wrapping_add(number) % SLOTS) as usize];
            // SAFETY: the slot was filled before the tail went past it.
            let bytes = unsafe { ptr::from_ref(&slot.bytes).read_volatile() };
            take(self, bytes);
        }
        self.head = tail;
        came as usize
    }
}

/// A conversation over bare rings.
pub(crate) fn ring_round(waiting: Waiting, core: usize, window: usize) -> f64 {
    if waiting == Waiting::Spin && core == 0 {
        // Two spinning processes on one core take turns of milliseconds.
        return f64::NAN;
    }
    let bytes = size_of::<[BareRing; 2]>();
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: a mapping at an address of the system's choice.
    let memory = unsafe { libc::mmap(ptr::null_mut(), bytes, protection, flags, -1, 0) };
    assert!(memory != libc::MAP_FAILED);
    // SAFETY: the mapping is as large as two rings, zeroed, and lives as long as anyone uses it.
    let rings: &'static [BareRing; 2] = unsafe { &*memory.cast() };
    let end = |side: usize| BareEnd {
        outgoing: &rings[side],
        incoming: &rings[1 - side],
        tail: 0,
        head: 0,
        waiting,
    };
    let echo = || {
        let mut end = end(1);
        loop {
            end.receive(|end, bytes| end.send(&bytes));
        }
    };
    let result = beside(core, echo, || {
        let near = std::cell::RefCell::new(end(0));
        converse(window, || near.borrow_mut().send(&[5; 32]), || near.borrow_mut().receive(|_, _| ()))
    });
    // SAFETY: nobody uses the rings any more.
    unsafe { libc::munmap(memory, bytes) };
    result
}

/// A conversation over a bare socket.
pub(crate) fn socket_round(core: usize, window: usize) -> f64 {
    let mut ends = [0; 2];
    // SAFETY: there is room for two descriptors.
    unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0, ends.as_mut_ptr()) };
    let [near, far] = ends;
    let send = |socket: i32, bytes: &Bytes| {
        // SAFETY: the bytes are live.
        let sent = unsafe { libc::send(socket, bytes.as_ptr().cast(), 32, 0) };
        assert_eq!(sent, 32);
    };
    let receive = |socket: i32| {
        let mut bytes: Bytes = [0; 32];
        // SAFETY: the place is live.
        let came = unsafe { libc::recv(socket, bytes.as_mut_ptr().cast(), 32, 0) };
        assert_eq!(came, 32);
        bytes
    };
    let result = beside(
        core,
        || loop {
            send(far, &receive(far))
        },
        || {
            converse(
                window,
                || send(near, &[5; 32]),
                || {
                    receive(near);
                    1
                },
            )
        },
    );
    for end in ends {
        // SAFETY: the descriptors are ours.
        unsafe { libc::close(end) };
    }
    result
}
