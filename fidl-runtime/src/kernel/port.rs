//! Ports that outlive their users.
//!
//! A waker that rings a port may outlive the reactor that waits there. So a port is made once and never closed: a process
//! has [`PORTS`] places for them, and whoever needs a port claims a place.

use core::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use core::task::{RawWaker, RawWakerVTable, Waker};
use core::{fmt, ptr};

#[cfg(target_os = "linux")]
use std::os::fd::BorrowedFd;

use fuchsia_zircon::Status;

use super::abi::{self, PortPacket};
use super::time::Instant;

/// How many ports, and so reactors, a process can have at one time.
const PORTS: usize = 64;

/// How many waits may be armed with one port at one time, so that there is always room for their packets.
///
/// Zircon lets a port hold 4,096 packets that it allocated for waits and programs (`kMaxAllocatedPacketCountPerPort` in its
/// `port_dispatcher.cc`), and ends a process whose port would have to hold more (a policy exception). It counts here as
/// if every wait's packet could be queued at once.
#[cfg(target_os = "fuchsia")]
pub fn waits_per_port() -> usize {
    4096
}

/// How many waits may be armed with one port at one time: as many as the process may have, for `zircon-linux` keeps room for
/// the packet of each.
#[cfg(target_os = "linux")]
pub fn waits_per_port() -> usize {
    zircon_linux::capacity().waits
}

struct Place {
    claimed: AtomicBool,
    /// The port's handle once it exists.
    handle: AtomicU32,
}

static PLACES: [Place; PORTS] =
    [const { Place { claimed: AtomicBool::new(false), handle: AtomicU32::new(0) } }; PORTS];

/// The key of the packets that [`Port::waker`] queues.
pub(crate) const WAKE: u64 = u64::MAX;

/// A port for as long as this value lives.
pub struct Port {
    place: &'static Place,
}

impl Port {
    /// Claims a port, and makes it if need be (`zx_port_create`).
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if all are claimed; the call's.
    pub fn claim() -> Result<Self, Status> {
        let place = PLACES.iter().find(|place| !place.claimed.swap(true, AcqRel));
        let port = Self { place: place.ok_or(Status::NO_RESOURCES)? };
        if port.raw() == 0 {
            let mut handle = 0;
            // SAFETY: `handle` is valid for a write.
            Status::ok(unsafe { abi::zx_port_create(0, &raw mut handle) })?;
            port.place.handle.store(handle, Release);
        }
        Ok(port)
    }

    /// The port's handle, which stays the port's.
    pub fn raw(&self) -> u32 {
        self.place.handle.load(Acquire)
    }

    /// Takes packets to the front of `packets`, at least one, waiting for it until `deadline`; returns how many.
    ///
    /// # Errors
    ///
    /// `TIMED_OUT`.
    pub fn wait(&self, deadline: Instant, packets: &mut [PortPacket]) -> Result<usize, Status> {
        let mut actual = 0;
        // SAFETY: `packets` is valid for writes of as many packets as it has, `actual` for one number.
        let status = unsafe {
            abi::port_wait_many(
                self.raw(),
                deadline.into_nanos(),
                packets.as_mut_ptr(),
                packets.len(),
                &raw mut actual,
            )
        };
        Status::ok(status).map(|()| actual)
    }

    /// Takes back a wait for `handle` with `key`, and its packet if that is in the queue (`zx_port_cancel`).
    ///
    /// # Errors
    ///
    /// The call's: `NOT_FOUND` if there was neither, `BAD_HANDLE`.
    pub fn cancel(&self, handle: u32, key: u64) -> Result<(), Status> {
        // SAFETY: numbers only.
        Status::ok(unsafe { abi::zx_port_cancel(self.raw(), handle, key) })
    }

    /// Queues a user packet (`zx_port_queue`).
    ///
    /// # Errors
    ///
    /// The call's: `SHOULD_WAIT` if too many are queued.
    pub fn queue(&self, packet: &PortPacket) -> Result<(), Status> {
        // SAFETY: `packet` is valid for a read.
        Status::ok(unsafe { abi::zx_port_queue(self.raw(), packet) })
    }

    /// The descriptor that is readable when a wait for packets might find one, behind
    /// [`prepare_wait`](Self::prepare_wait) (`zx_linux_port_descriptor`).
    ///
    /// # Errors
    ///
    /// The call's: `NO_RESOURCES`.
    #[cfg(target_os = "linux")]
    pub fn descriptor(&self) -> Result<BorrowedFd<'static>, Status> {
        let mut descriptor = -1;
        // SAFETY: `descriptor` is valid for a write.
        Status::ok(unsafe { abi::zx_linux_port_descriptor(self.raw(), &raw mut descriptor) })?;
        // SAFETY: the descriptor is open, and the call's promise is that it stays so while the port does, which is never closed.
        Ok(unsafe { BorrowedFd::borrow_raw(descriptor) })
    }

    /// Has the descriptor become readable by whatever comes from now on, until the next wait for packets; returns up to when
    /// one may wait for it, [`INFINITE_PAST`](Instant::INFINITE_PAST) if there may be packets already
    /// (`zx_linux_port_prepare_wait`).
    ///
    /// # Errors
    ///
    /// The call's: `NO_RESOURCES`.
    #[cfg(target_os = "linux")]
    pub fn prepare_wait(&self) -> Result<Instant, Status> {
        let mut latest = 0;
        // SAFETY: `latest` is valid for a write.
        Status::ok(unsafe { abi::zx_linux_port_prepare_wait(self.raw(), &raw mut latest) })?;
        Ok(Instant::from_nanos(latest))
    }

    /// A waker that queues a packet with the key [`WAKE`].
    ///
    /// It owns nothing: it may outlive this value, and then rings at the port's next owner, who ignores it.
    pub(crate) fn waker(&self) -> Waker {
        let word = ptr::without_provenance(self.raw() as usize);
        // SAFETY: the table's functions treat the data word as a number. They may be called from any thread at any time:
        // `clone` copies the number, `drop` does nothing, `wake` makes one call with it.
        unsafe { Waker::from_raw(RawWaker::new(word, &VTABLE)) }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        // What is left belongs to nobody any more.
        let mut packets = [PortPacket::default(); 16];
        while self.wait(Instant::INFINITE_PAST, &mut packets).is_ok() {}
        self.place.claimed.store(false, Release);
    }
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Port({:#x})", self.place.handle.load(Relaxed))
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(|word| RawWaker::new(word, &VTABLE), wake, wake, |_| ());

fn wake(word: *const ()) {
    // A full port has enough packets to wake whoever waits there.
    let _ = ring(word.addr() as u32);
}

/// Queues a packet with the key [`WAKE`] to the port with this handle.
///
/// # Errors
///
/// The call's.
pub(crate) fn ring(port: u32) -> Result<(), Status> {
    let packet = PortPacket::user(WAKE, [0; 4]);
    // SAFETY: `packet` is valid for a read.
    Status::ok(unsafe { abi::zx_port_queue(port, &raw const packet) })
}
