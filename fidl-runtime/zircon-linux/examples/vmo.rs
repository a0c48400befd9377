//! Passes memory objects (VMOs) between two processes.
//!
//! The parent starts this program again as a child that inherits a channel, and sends two memory objects over it: one without
//! the right to write, which the system therefore seals, and one with it. The child maps both, reads, and writes.
//!
//! ```sh
//! cargo run -p zircon-linux --example vmo
//! ```

#![allow(unsafe_code)]

use std::error::Error;
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::ptr::{null, null_mut};

use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

const BYTES: usize = 4096;
const QUESTION: &[u8] = b"What the parent has written.";
const ANSWER: &[u8] = b"What the child has written.";

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        None => parent().map_err(|status| format!("the parent: status {status}").into()),
        Some("child") => child().map_err(|status| format!("the child: status {status}").into()),
        Some(other) => Err(format!("what is {other}?").into()),
    }
}

fn check(status: zx_status_t) -> Result<(), zx_status_t> {
    if status == ZX_OK { Ok(()) } else { Err(status) }
}

fn parent() -> Result<(), zx_status_t> {
    let (mut ours, mut theirs) = (0, 0);
    // SAFETY: the places are live.
    check(unsafe { zx_channel_create(0, &mut ours, &mut theirs) })?;
    // The child's standard input is the channel.
    let descriptor = zircon_linux::export(theirs)?;
    let mut child = Command::new(std::env::current_exe().map_err(|_| ZX_ERR_NOT_FOUND)?)
        .arg("child")
        .stdin(Stdio::from(descriptor))
        .spawn()
        .map_err(|_| ZX_ERR_NO_RESOURCES)?;

    let (sealed, shared) = (memory_with(QUESTION)?, memory_with(QUESTION)?);
    // The only handle, and without the right to write: so sending it seals the memory.
    let sealed = replace(sealed, ZX_DEFAULT_VMO_RIGHTS & !ZX_RIGHT_WRITE)?;
    // One handle stays here.
    let duplicate = duplicate(shared)?;
    let handles = [sealed, duplicate];
    // SAFETY: the list is live.
    check(unsafe { zx_channel_write(ours, 0, null(), 0, handles.as_ptr(), 2) })?;

    let signals = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;
    // SAFETY: nothing observed is wanted.
    check(unsafe { zx_object_wait_one(ours, signals, ZX_TIME_INFINITE, null_mut()) })?;
    // SAFETY: no places are given: the message is empty.
    check(unsafe { zx_channel_read(ours, 0, null_mut(), null_mut(), 0, 0, null_mut(), null_mut()) })?;
    let mut bytes = [0; ANSWER.len()];
    // SAFETY: the place is live.
    check(unsafe { zx_vmo_read(shared, bytes.as_mut_ptr(), 0, bytes.len()) })?;
    println!("parent: the second one now says: {}", String::from_utf8_lossy(&bytes));
    for handle in [ours, shared] {
        check(zx_handle_close(handle))?;
    }
    let ended_well = child.wait().is_ok_and(|status| status.success());
    if ended_well { Ok(()) } else { Err(ZX_ERR_INTERNAL) }
}

fn memory_with(bytes: &[u8]) -> Result<zx_handle_t, zx_status_t> {
    let mut vmo = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_vmo_create(BYTES as u64, 0, &mut vmo) })?;
    // SAFETY: the list is live.
    check(unsafe { zx_vmo_write(vmo, bytes.as_ptr(), 0, bytes.len()) })?;
    Ok(vmo)
}

fn replace(handle: zx_handle_t, rights: zx_rights_t) -> Result<zx_handle_t, zx_status_t> {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_handle_replace(handle, rights, &mut out) }).map(|()| out)
}

fn duplicate(handle: zx_handle_t) -> Result<zx_handle_t, zx_status_t> {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &mut out) }).map(|()| out)
}

fn child() -> Result<(), zx_status_t> {
    // SAFETY: the parent passed the descriptor as standard input, and nothing else here uses that.
    let channel = zircon_linux::adopt(unsafe { OwnedFd::from_raw_fd(0) })?;
    let signals = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;
    // SAFETY: nothing observed is wanted.
    check(unsafe { zx_object_wait_one(channel, signals, ZX_TIME_INFINITE, null_mut()) })?;
    let mut handles = [0; 2];
    let place = handles.as_mut_ptr();
    // SAFETY: there are places for two handles, and the number read is not wanted.
    check(unsafe { zx_channel_read(channel, 0, null_mut(), place, 0, 2, null_mut(), null_mut()) })?;
    let [sealed, shared] = handles;

    println!("child: the first one says: {}", text(map(sealed, ZX_VM_PERM_READ)?, QUESTION.len()));
    // SAFETY: the list is live.
    let refused = unsafe { zx_vmo_write(sealed, ANSWER.as_ptr(), 0, ANSWER.len()) };
    println!(
        "child: writing to it gives {refused}, mapping it to be written gives {:?}",
        map_to_write(sealed)
    );

    let address = map_to_write(shared)?;
    println!("child: the second one says: {}", text(address, QUESTION.len()));
    let place = std::ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: the page is mapped to be written, and the parent only looks at it when it is told.
    unsafe { place.copy_from_nonoverlapping(ANSWER.as_ptr(), ANSWER.len()) };
    // SAFETY: an empty message without handles.
    check(unsafe { zx_channel_write(channel, 0, null(), 0, null(), 0) })?;
    for handle in [sealed, shared, channel] {
        check(zx_handle_close(handle))?;
    }
    Ok(())
}

fn map(vmo: zx_handle_t, options: u32) -> Result<usize, zx_status_t> {
    let mut address = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_vmar_map(zx_vmar_root_self(), options, 0, vmo, 0, BYTES, &mut address) })?;
    Ok(address)
}

fn map_to_write(vmo: zx_handle_t) -> Result<usize, zx_status_t> {
    map(vmo, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE)
}

/// The text at an address that is mapped to be read, which nobody writes now.
fn text(address: usize, bytes: usize) -> String {
    let place = std::ptr::with_exposed_provenance::<u8>(address);
    // SAFETY: the page is mapped, and the parent does not write to it any more.
    let bytes = unsafe { std::slice::from_raw_parts(place, bytes) };
    String::from_utf8_lossy(bytes).into_owned()
}
