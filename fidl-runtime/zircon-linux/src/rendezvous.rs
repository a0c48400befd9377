//! Listening on a path of the file system, and connecting to one.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::abi::types::*;
use crate::capacity::{LISTEN_BACKLOG, RING_BYTES};
use crate::channel::{self, Bound, Link};
use crate::handle_table;
use crate::object::Body;
use crate::pool::Lease;
use crate::sys::{self, Address};

/// Listens on a Unix socket path, and returns a channel end on which connections arrive.
///
/// The handle has the rights of a channel. While a connection is pending it is READABLE; `zx_channel_read` yields a
/// message of no bytes and one handle, the server's end of the new channel, or `ZX_ERR_SHOULD_WAIT`. If the handle or
/// object table, or the process's descriptor table, is full, the read gives `ZX_ERR_NO_RESOURCES` and the connection
/// stays pending. Writing gives `ZX_ERR_NOT_SUPPORTED`. The peer is never closed.
///
/// The path has mode 0600 from the start, whatever the umask is, and goes when the listener is closed. A path left by
/// a process that no longer listens is replaced. (Should two processes replace one stale path at the same moment, the
/// later wins.)
///
/// # Errors
///
/// - `ZX_ERR_BAD_PATH`: the path is empty, contains a zero byte, is longer than 107 bytes, or has too many links.
/// - `ZX_ERR_ALREADY_EXISTS`: someone listens on the path, or it is no socket.
/// - `ZX_ERR_NOT_FOUND`: the directory is missing.
/// - `ZX_ERR_ACCESS_DENIED`: no permission to make or replace the path, or a read-only file system.
/// - `ZX_ERR_NO_RESOURCES`: a table is full, of this crate or of the system's descriptors.
/// - `ZX_ERR_NO_MEMORY`, `ZX_ERR_IO`: what else the system may say.
pub fn listen(path: &Path) -> Result<zx_handle_t, zx_status_t> {
    let mut bound = Lease::<Bound>::take().ok_or(ZX_ERR_NO_RESOURCES)?;
    bound.address = Address::new(path.as_os_str().as_bytes()).ok_or(ZX_ERR_BAD_PATH)?;
    let socket = bind(&bound.address)?;
    (bound.device, bound.inode) = sys::identity(&bound.address).map_err(status)?;
    let listening =
        sys::chmod_private(&bound.address).and_then(|()| sys::listen(socket.as_fd(), LISTEN_BACKLOG));
    if let Err(error) = listening {
        let _ = sys::unlink(&bound.address);
        return Err(status(error));
    }
    channel::create_listener(socket, bound)
}

/// Connects to a Unix socket path that someone listens on, and returns the client's end of the new channel.
///
/// The channel works at once; the server sees what was written when it has accepted the connection.
///
/// # Errors
///
/// - `ZX_ERR_BAD_PATH`: as for [`listen`].
/// - `ZX_ERR_NOT_FOUND`: there is no such path, or nobody listens on it.
/// - `ZX_ERR_ACCESS_DENIED`: no permission.
/// - `ZX_ERR_SHOULD_WAIT`: too many connections wait to be accepted already; try again later.
/// - `ZX_ERR_WRONG_TYPE`: the path is a socket that does not keep messages whole.
/// - `ZX_ERR_NO_RESOURCES`: a table is full, of this crate or of the system's descriptors.
/// - `ZX_ERR_NO_MEMORY`, `ZX_ERR_IO`: what else the system may say.
pub fn connect(path: &Path) -> Result<zx_handle_t, zx_status_t> {
    connect_with(path, RING_BYTES)
}

/// Connects like [`connect`], over rings of so many bytes: a power of two from [`RING_BYTES_MIN`] to [`RING_BYTES_MAX`].
/// A message larger than the ring less 8 bytes gets `ZX_ERR_OUT_OF_RANGE`.
///
/// # Errors
///
/// Those of [`connect`], and `ZX_ERR_INVALID_ARGS` for another number.
///
/// [`RING_BYTES_MIN`]: crate::capacity::RING_BYTES_MIN
/// [`RING_BYTES_MAX`]: crate::capacity::RING_BYTES_MAX
pub fn connect_with(path: &Path, ring_bytes: u32) -> Result<zx_handle_t, zx_status_t> {
    let address = Address::new(path.as_os_str().as_bytes()).ok_or(ZX_ERR_BAD_PATH)?;
    if !channel::is_capacity(ring_bytes) {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let entry = channel::open_link(|| greet(&address, ring_bytes).map_err(status))?;
    Ok(handle_table::publish(entry))
}

/// Connects, and sends the memory of the new channel.
fn greet(address: &Address, ring_bytes: u32) -> Result<Link, i32> {
    let socket = sys::socket()?;
    sys::set_send_buffer(socket.as_fd())?;
    let (memory, area) = channel::create_area(ring_bytes)?;
    connect_socket(&socket, address)?;
    channel::packet::send_greeting(socket.as_fd(), memory.as_fd(), &area)?;
    Ok(Link::open(socket, memory, area, 0, 0).named())
}

/// Who the process at the other end of a channel was when it connected, or when it began to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The process.
    pub process: i32,
    /// Its effective user.
    pub user: u32,
    /// Its effective group.
    pub group: u32,
}

/// Tells who made the connection that a channel end belongs to. The system vouches for it. An end that was passed on since
/// may be held by another process.
///
/// # Errors
///
/// - `ZX_ERR_BAD_HANDLE`, `ZX_ERR_WRONG_TYPE`: the handle is not a channel's.
/// - `ZX_ERR_NOT_SUPPORTED`: the channel was not made by [`listen`] and [`connect`], or it came in a message.
pub fn peer_credentials(channel: zx_handle_t) -> Result<Credentials, zx_status_t> {
    let handle = handle_table::look(channel)?.check(ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_NONE)?;
    let object = handle.lock()?;
    let Body::Link(link) = &object.body else { return Err(ZX_ERR_NOT_SUPPORTED) };
    let socket = link.named_socket().ok_or(ZX_ERR_NOT_SUPPORTED)?;
    let (process, user, group) = sys::credentials(socket).ok_or(ZX_ERR_NOT_SUPPORTED)?;
    Ok(Credentials { process, user, group })
}

fn connect_socket(socket: &OwnedFd, address: &Address) -> Result<(), i32> {
    loop {
        match sys::connect(socket.as_fd(), address) {
            Err(libc::EINTR) => {}
            other => return other,
        }
    }
}

/// A socket bound to the path; a stale path is replaced.
fn bind(address: &Address) -> Result<OwnedFd, zx_status_t> {
    let socket = sys::socket().map_err(status)?;
    match sys::bind_private(socket.as_fd(), address) {
        Err(libc::EADDRINUSE) if is_stale(address)? => {
            sys::unlink(address).map_err(status)?;
            sys::bind_private(socket.as_fd(), address).map_err(status)?;
        }
        other => other.map_err(status)?,
    }
    Ok(socket)
}

/// Whether the path is a socket that nobody listens on.
fn is_stale(address: &Address) -> Result<bool, zx_status_t> {
    let probe = sys::socket().map_err(status)?;
    Ok(sys::is_socket(address) && connect_socket(&probe, address) == Err(libc::ECONNREFUSED))
}

/// The status for an error number.
fn status(error: i32) -> zx_status_t {
    match error {
        libc::EADDRINUSE | libc::EEXIST => ZX_ERR_ALREADY_EXISTS,
        libc::ENOENT | libc::ENOTDIR | libc::ECONNREFUSED => ZX_ERR_NOT_FOUND,
        libc::EACCES | libc::EPERM | libc::EROFS => ZX_ERR_ACCESS_DENIED,
        libc::ELOOP | libc::ENAMETOOLONG => ZX_ERR_BAD_PATH,
        libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOSPC => ZX_ERR_NO_RESOURCES,
        libc::ENOMEM => ZX_ERR_NO_MEMORY,
        libc::EAGAIN => ZX_ERR_SHOULD_WAIT,
        libc::EPROTOTYPE => ZX_ERR_WRONG_TYPE,
        _ => ZX_ERR_IO,
    }
}
