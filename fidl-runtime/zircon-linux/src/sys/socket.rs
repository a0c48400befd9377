//! Unix sockets that keep message boundaries, and the paths they are bound to.

use core::mem::MaybeUninit;
use core::ptr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use super::descriptor::owned;
use super::{checked, errno};
use crate::capacity::SOCKET_SEND_BYTES;
use crate::memory::Zeroed;

/// The address that belongs to a path.
pub(crate) struct Address(libc::sockaddr_un);

// SAFETY: the fields are integers and arrays of them.
unsafe impl Zeroed for Address {}

impl Address {
    /// `None` if the path is empty, too long for an address, or contains a zero byte.
    pub(crate) fn new(path: &[u8]) -> Option<Address> {
        let mut address =
            libc::sockaddr_un { sun_family: libc::AF_UNIX as libc::sa_family_t, sun_path: [0; 108] };
        // Strictly shorter: the system wants the final zero byte inside the address.
        if path.is_empty() || path.len() >= address.sun_path.len() || path.contains(&0) {
            return None;
        }
        for (place, byte) in address.sun_path.iter_mut().zip(path) {
            *place = *byte as libc::c_char;
        }
        Some(Address(address))
    }

    fn pointer(&self) -> *const libc::sockaddr {
        ptr::from_ref(&self.0).cast()
    }

    fn path(&self) -> *const libc::c_char {
        self.0.sun_path.as_ptr()
    }
}

const ADDRESS_BYTES: libc::socklen_t = size_of::<libc::sockaddr_un>() as libc::socklen_t;

/// A new socket: messages kept whole, never blocking, closed on exec.
pub(crate) fn socket() -> Result<OwnedFd, i32> {
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: the call takes no pointers.
    owned(unsafe { libc::socket(libc::AF_UNIX, kind, 0) }).ok_or_else(errno)
}

/// Two new sockets that are connected with one another, of the same kind.
pub(crate) fn socket_pair() -> Result<[OwnedFd; 2], i32> {
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    let mut ends = [-1; 2];
    // SAFETY: there is room for two descriptors.
    checked(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) })?;
    let [Some(end0), Some(end1)] = ends.map(owned) else { return Err(libc::EMFILE) };
    Ok([end0, end1])
}

/// A new socket that is connected with itself: what it sends it receives, and nobody else can send to it.
pub(crate) fn socket_to_itself() -> Result<OwnedFd, i32> {
    let kind = libc::SOCK_DGRAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: the call takes no pointers.
    let socket = owned(unsafe { libc::socket(libc::AF_UNIX, kind, 0) }).ok_or_else(errno)?;
    // An address of the family alone has the system choose one that nobody has.
    let mut address =
        Address(libc::sockaddr_un { sun_family: libc::AF_UNIX as libc::sa_family_t, sun_path: [0; 108] });
    let family = size_of::<libc::sa_family_t>() as libc::socklen_t;
    // SAFETY: the address is live and as long as said.
    checked(unsafe { libc::bind(socket.as_raw_fd(), address.pointer(), family) })?;
    let mut size = ADDRESS_BYTES;
    let place = (&raw mut address.0).cast();
    // SAFETY: the address is writable for `size` bytes.
    checked(unsafe { libc::getsockname(socket.as_raw_fd(), place, &mut size) })?;
    // SAFETY: the address is live and as long as said.
    checked(unsafe { libc::connect(socket.as_raw_fd(), address.pointer(), size) })?;
    Ok(socket)
}

/// Whether a descriptor that a peer sent is a Unix socket for datagrams.
pub(crate) fn is_datagram_socket(descriptor: BorrowedFd<'_>) -> bool {
    option(descriptor, libc::SO_DOMAIN) == Some(libc::AF_UNIX)
        && option(descriptor, libc::SO_TYPE) == Some(libc::SOCK_DGRAM)
}

/// An integer option of a socket; `None` for what is no socket.
fn option(socket: BorrowedFd<'_>, name: libc::c_int) -> Option<libc::c_int> {
    let mut value: libc::c_int = 0;
    let mut size = size_of::<libc::c_int>() as libc::socklen_t;
    let place = (&raw mut value).cast();
    // SAFETY: an int is writable at `place`, and `size` says so.
    let known =
        unsafe { libc::getsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, name, place, &mut size) } == 0;
    known.then_some(value)
}

/// Whether a descriptor that a peer sent is a socket of the kind that channels use, and connected.
pub(crate) fn is_channel_socket(descriptor: BorrowedFd<'_>) -> bool {
    option(descriptor, libc::SO_DOMAIN) == Some(libc::AF_UNIX)
        && option(descriptor, libc::SO_TYPE) == Some(libc::SOCK_SEQPACKET)
        && option(descriptor, libc::SO_ACCEPTCONN) == Some(0)
}

/// Who the process at the other end was when the connection was made: process, user and group.
pub(crate) fn credentials(socket: BorrowedFd<'_>) -> Option<(i32, u32, u32)> {
    let mut credentials = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut size = size_of::<libc::ucred>() as libc::socklen_t;
    let place = (&raw mut credentials).cast();
    let (level, name) = (libc::SOL_SOCKET, libc::SO_PEERCRED);
    // SAFETY: the structure is writable at `place`, and `size` says so.
    let known = unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, place, &mut size) } == 0;
    known.then_some((credentials.pid, credentials.uid, credentials.gid))
}

/// Binds a socket to a path that only the owner may use, whatever the umask is.
///
/// The new node takes its mode from the socket, without what the umask forbids; so the mode is set before. What a
/// harsh umask took away, [`chmod_private`] gives back afterwards. At no moment may more people connect.
pub(crate) fn bind_private(socket: BorrowedFd<'_>, address: &Address) -> Result<(), i32> {
    // SAFETY: the call takes no pointers.
    checked(unsafe { libc::fchmod(socket.as_raw_fd(), 0o600) })?;
    // SAFETY: the address is live and as long as said.
    checked(unsafe { libc::bind(socket.as_raw_fd(), address.pointer(), ADDRESS_BYTES) })
}

/// Gives a bound path mode 0600.
pub(crate) fn chmod_private(address: &Address) -> Result<(), i32> {
    // SAFETY: the path ends with a zero byte.
    checked(unsafe { libc::chmod(address.path(), 0o600) })
}

/// Lets others connect.
pub(crate) fn listen(socket: BorrowedFd<'_>, backlog: i32) -> Result<(), i32> {
    // SAFETY: the call takes no pointers.
    checked(unsafe { libc::listen(socket.as_raw_fd(), backlog) })
}

/// Connects to a path.
pub(crate) fn connect(socket: BorrowedFd<'_>, address: &Address) -> Result<(), i32> {
    // SAFETY: the address is live and as long as said.
    checked(unsafe { libc::connect(socket.as_raw_fd(), address.pointer(), ADDRESS_BYTES) })
}

/// Takes a waiting connection.
pub(crate) fn accept(listener: BorrowedFd<'_>) -> Result<OwnedFd, i32> {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: the null pointers say that the peer's address is not asked for.
    let descriptor = unsafe { libc::accept4(listener.as_raw_fd(), ptr::null_mut(), ptr::null_mut(), flags) };
    owned(descriptor).ok_or_else(errno)
}

/// Makes the send buffer large enough for several messages of the largest size.
pub(crate) fn set_send_buffer(socket: BorrowedFd<'_>) -> Result<(), i32> {
    let bytes = SOCKET_SEND_BYTES as libc::c_int;
    let (place, size) = (ptr::from_ref(&bytes).cast(), size_of::<libc::c_int>() as libc::socklen_t);
    // SAFETY: an int is readable at `place`.
    checked(unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_SNDBUF, place, size) })
}

/// Ends both directions.
pub(crate) fn shut_down(socket: BorrowedFd<'_>) {
    // SAFETY: the call takes no pointers. It fails only if the peer is gone, which is as good.
    unsafe {
        libc::shutdown(socket.as_raw_fd(), libc::SHUT_RDWR);
    }
}

/// Removes a path.
pub(crate) fn unlink(address: &Address) -> Result<(), i32> {
    // SAFETY: the path ends with a zero byte.
    checked(unsafe { libc::unlink(address.path()) })
}

/// The device and inode that the path names, and whether it is a socket.
fn status_of(address: &Address) -> Result<libc::stat, i32> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the path ends with a zero byte, and `status` is writable.
    checked(unsafe { libc::lstat(address.path(), status.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so it filled the structure.
    Ok(unsafe { status.assume_init() })
}

/// What tells one node of the file system from another.
pub(crate) fn identity(address: &Address) -> Result<(u64, u64), i32> {
    status_of(address).map(|status| (status.st_dev, status.st_ino))
}

/// Whether the path names a socket.
pub(crate) fn is_socket(address: &Address) -> bool {
    status_of(address).is_ok_and(|status| status.st_mode & libc::S_IFMT == libc::S_IFSOCK)
}
