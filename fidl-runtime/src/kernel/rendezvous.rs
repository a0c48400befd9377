//! Where connections come from.

use fuchsia_zircon::Channel;
#[cfg(target_os = "linux")]
use fuchsia_zircon::{Handle, Status};

/// A channel on which connections arrive: each message holds one handle, a new server end, and no bytes.
///
/// On Linux [`listen`] makes one from a path. Anywhere, one end of a channel will do whose other end sends server ends.
#[derive(Debug)]
pub struct Listener(Channel);

impl Listener {
    /// The channel.
    pub fn into_channel(self) -> Channel {
        self.0
    }
}

impl From<Channel> for Listener {
    fn from(channel: Channel) -> Self {
        Self(channel)
    }
}

/// Listens on a Unix socket path, which is removed when the listener is dropped.
///
/// # Errors
///
/// `ALREADY_EXISTS` if somebody listens there or something else lies there, `NOT_FOUND` if the folder does not exist,
/// `ACCESS_DENIED`, `BAD_PATH` if the path is too long.
#[cfg(target_os = "linux")]
pub fn listen(path: impl AsRef<std::path::Path>) -> Result<Listener, Status> {
    let raw = zircon_linux::listen(path.as_ref()).map_err(Status::from_raw)?;
    // SAFETY: a new handle that belongs to nobody else.
    Ok(Listener(Channel::from(unsafe { Handle::from_raw(raw) })))
}

/// Connects to a Unix socket path; returns the client end.
///
/// # Errors
///
/// `NOT_FOUND` if nobody listens there, `ACCESS_DENIED`, `BAD_PATH` if the path is too long.
#[cfg(target_os = "linux")]
pub fn connect(path: impl AsRef<std::path::Path>) -> Result<Channel, Status> {
    let raw = zircon_linux::connect(path.as_ref()).map_err(Status::from_raw)?;
    // SAFETY: a new handle that belongs to nobody else.
    Ok(Channel::from(unsafe { Handle::from_raw(raw) }))
}
