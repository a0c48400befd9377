//! A channel end on which connections arrive, each as a message without bytes and with one handle.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::abi::types::*;
use crate::channel::{self, Link};
use crate::descriptor::{Look, Watched};
use crate::memory::zeroed_struct;
use crate::object::{self, Body, End};
use crate::park::ParkIndex;
use crate::pool::{Lease, Leased, Plain, Slots};
use crate::signals;
use crate::sys::{self, Address};
use crate::tables::tables;

zeroed_struct! {
    /// A path that a listener is bound to, and which node of the file system that was.
    pub(crate) struct Bound {
        pub(crate) address: Address,
        pub(crate) device: u64,
        pub(crate) inode: u64,
    }
}

impl Leased for Bound {
    fn slots() -> &'static Slots<Plain<Bound>> {
        &tables().bounds
    }
}

/// The body of a listener.
pub(crate) struct Listener {
    socket: OwnedFd,
    bound: Lease<Bound>,
    watched: Watched,
}

/// Makes a listener of a socket that listens.
pub(crate) fn create(socket: OwnedFd, bound: Lease<Bound>) -> Result<zx_handle_t, zx_status_t> {
    let body = Body::Listener(Listener { socket, bound, watched: Watched::default() });
    let [handle] = object::create_open(body, 0, ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS)?;
    Ok(handle)
}

impl Listener {
    /// The socket.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Sees to it that the port in this park learns of connections.
    pub(crate) fn watch(&mut self, park: ParkIndex, token: u64) -> Result<(), zx_status_t> {
        self.watched.watch(park, self.socket.as_fd(), token)
    }

    /// Makes READABLE true. Connections are rare enough to ask the system each time.
    pub(crate) fn refresh(&mut self, end: &mut End, _look: Look) {
        let pending = sys::poll_now(self.descriptor()).readable;
        let set = if pending { ZX_CHANNEL_READABLE } else { 0 };
        signals::update(end, ZX_CHANNEL_READABLE & !set, set);
    }

    /// Passes if a connection is pending.
    pub(crate) fn peek(&mut self, end: &mut End) -> Result<(), zx_status_t> {
        self.refresh(end, Look::Exact);
        if end.signals & ZX_CHANNEL_READABLE != 0 { Ok(()) } else { Err(ZX_ERR_SHOULD_WAIT) }
    }

    /// Takes a connection, and returns the handle of its channel as a closed entry. Without room for the handle the
    /// connection stays pending.
    pub(crate) fn accept(&mut self, end: &mut End) -> Result<u32, zx_status_t> {
        let entry = channel::open_link(|| Ok(Link::opening(accept(self.descriptor())?, 0)));
        self.refresh(end, Look::Exact);
        match entry {
            // Without a connection it does not matter that there would be no room.
            Err(ZX_ERR_NO_RESOURCES) if end.signals & ZX_CHANNEL_READABLE == 0 => Err(ZX_ERR_SHOULD_WAIT),
            entry => entry,
        }
    }
}

fn accept(listener: BorrowedFd<'_>) -> Result<OwnedFd, zx_status_t> {
    loop {
        let socket = match sys::accept(listener) {
            Ok(socket) => socket,
            // A connection that ended while it waited is not ours to tell of.
            Err(libc::EINTR | libc::ECONNABORTED) => continue,
            Err(libc::EAGAIN) => return Err(ZX_ERR_SHOULD_WAIT),
            Err(libc::ENOMEM) => return Err(ZX_ERR_NO_MEMORY),
            Err(_) => return Err(ZX_ERR_NO_RESOURCES),
        };
        sys::set_send_buffer(socket.as_fd()).map_err(|_| ZX_ERR_NO_RESOURCES)?;
        return Ok(socket);
    }
}

impl Drop for Listener {
    /// Removes the path, unless it names another node by now.
    fn drop(&mut self) {
        let bound = &*self.bound;
        if sys::identity(&bound.address) == Ok((bound.device, bound.inode)) {
            // Failing leaves a stale path, which the next listener replaces.
            let _ = sys::unlink(&bound.address);
        }
    }
}
