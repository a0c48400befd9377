//! Handles for a process that this one starts.

use std::os::fd::{AsFd, OwnedFd};

use crate::abi::types::*;
use crate::channel::packet::{Arrived, Missing};
use crate::channel::take_handle;
use crate::handle_table::{self, Chain};
use crate::object;
use crate::sys;
use crate::transfer;

/// Makes a descriptor of a handle, for a child process to inherit and [`adopt`].
///
/// The handle is gone afterwards, whatever comes of it. What can be exported is what can be sent to another process. The
/// descriptor is closed on exec like all others; whoever starts the child sees to it that this one is not, for example by
/// making it the child's standard input. Dropped, it closes the handle.
///
/// ```no_run
/// # fn start(channel: u32) -> Result<std::process::Child, Box<dyn std::error::Error>> {
/// use std::process::{Command, Stdio};
/// let descriptor = zircon_linux::export(channel).map_err(|status| format!("status {status}"))?;
/// let child = Command::new("worker").stdin(Stdio::from(descriptor)).spawn()?;
/// # Ok(child)
/// # }
/// ```
///
/// # Errors
///
/// - `ZX_ERR_BAD_HANDLE`; `ZX_ERR_ACCESS_DENIED` without `ZX_RIGHT_TRANSFER`.
/// - `ZX_ERR_NOT_SUPPORTED` and the others of a write with a handle that cannot cross.
/// - `ZX_ERR_NO_RESOURCES`: no descriptors are left.
pub fn export(handle: zx_handle_t) -> Result<OwnedFd, zx_status_t> {
    let mut chain = Chain::default();
    chain.push(take_handle(None, handle)?);
    match send(&chain) {
        Ok(descriptor) => {
            transfer::depart(chain);
            Ok(descriptor)
        }
        Err(status) => {
            object::release(chain);
            Err(status)
        }
    }
}

/// A socket in which the handle waits.
fn send(chain: &Chain) -> Result<OwnedFd, zx_status_t> {
    let bundle = transfer::pack(chain)?;
    let [near, far] = sys::socket_pair().map_err(|_| ZX_ERR_NO_RESOURCES)?;
    bundle.send(near.as_fd()).map_err(|_| ZX_ERR_NO_RESOURCES)?;
    Ok(far)
}

/// Makes a handle of a descriptor that [`export`] gave, in this process or in the one that started it.
///
/// ```no_run
/// use std::os::fd::{FromRawFd, OwnedFd};
/// // SAFETY: the parent process passed the descriptor as standard input, and nothing else here uses that.
/// let descriptor = unsafe { OwnedFd::from_raw_fd(0) };
/// let channel = zircon_linux::adopt(descriptor).expect("a handle");
/// ```
///
/// # Errors
///
/// - `ZX_ERR_WRONG_TYPE`: the descriptor is not one of [`export`].
/// - `ZX_ERR_NO_RESOURCES`: a table is full, of this crate or of the system's descriptors.
pub fn adopt(descriptor: OwnedFd) -> Result<zx_handle_t, zx_status_t> {
    if !sys::is_channel_socket(descriptor.as_fd()) {
        return Err(ZX_ERR_WRONG_TYPE);
    }
    let arrived = match Arrived::receive(descriptor.as_fd(), 1, &mut 0) {
        Ok(arrived) => arrived,
        Err(Missing::Malformed) => return Err(ZX_ERR_WRONG_TYPE),
        Err(Missing::NoDescriptors) => return Err(ZX_ERR_NO_RESOURCES),
    };
    let unpacked = transfer::unpack(arrived, 1);
    let mut chain = unpacked.map_err(|status| match status {
        ZX_ERR_PEER_CLOSED => ZX_ERR_WRONG_TYPE,
        status => status,
    })?;
    chain.pop().map(handle_table::publish).ok_or(ZX_ERR_WRONG_TYPE)
}
