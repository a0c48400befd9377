//! Handles in messages, seen from the kernel's side.

use core::sync::atomic::Ordering::Relaxed;

use fuchsia_zircon::{Channel, Event, EventPair, Handle, HandleBased, Socket, Status};

use super::abi;
use crate::wire::handle::Sealed;
use crate::wire::{self, Encode, EncodeError, Encoder, EndpointView, HandleSlot, HandleView, IntoRawHandle};

/// Takes the handle out of a slot, with no more rights than the schema names.
///
/// `None` if it has been taken, or if its rights could not be reduced; it is closed then.
fn take(slot: &HandleSlot) -> Option<Handle> {
    let raw = slot.take_owned()?.get();
    let excess = slot.excess.load(Relaxed);
    if excess == 0 {
        // SAFETY: the slot owned the handle and has given it up.
        return Some(unsafe { Handle::from_raw(raw) });
    }
    let rights = slot.rights.load(Relaxed) & !excess;
    let mut reduced = 0;
    // SAFETY: `reduced` is valid for a write of a handle. The call ends `raw` in any case.
    let status = unsafe { abi::zx_handle_replace(raw, rights, &raw mut reduced) };
    // SAFETY: the new handle belongs to nobody else.
    (status == 0).then(|| unsafe { Handle::from_raw(reduced) })
}

impl HandleView<'_> {
    /// Takes the handle out of the message; `None` if there is none, or if it has been taken.
    pub fn take(self) -> Option<Handle> {
        take(self.slot()?)
    }
}

impl<E: From<Handle>> EndpointView<'_, E> {
    /// Takes the endpoint out of the message; `None` if there is none, or if it has been taken.
    pub fn take(self) -> Option<E> {
        self.handle().take().map(E::from)
    }
}

/// Closes the handles that are left in the slots.
pub(crate) fn close_all(slots: &[HandleSlot]) {
    close_each(slots.iter());
}

/// Closes the handles that came with data that the schema does not know.
pub(crate) fn close_unknown(slots: &[HandleSlot]) {
    close_each(slots.iter().filter(|slot| slot.is_unknown()));
}

fn close_each<'a>(slots: impl Iterator<Item = &'a HandleSlot>) {
    for slot in slots {
        if let Some(raw) = slot.take_owned() {
            close(raw.get());
        }
    }
}

fn close(raw: u32) {
    // SAFETY: the call takes any number. The callers own the handle.
    unsafe { abi::zx_handle_close(raw) };
}

macro_rules! sendable {
    ($($object:ty),*) => { $(
        impl Sealed for $object {}

        impl IntoRawHandle for $object {
            fn into_raw_handle(self) -> u32 {
                self.into_raw()
            }

            fn close_raw_handle(handle: u32) {
                close(handle);
            }
        }

        impl<const TYPE: u32, const RIGHTS: u32> Encode<wire::Handle<TYPE, RIGHTS>> for $object {
            fn encode(
                self,
                out: &mut wire::Handle<TYPE, RIGHTS>,
                encoder: &mut Encoder<'_>,
            ) -> Result<(), EncodeError> {
                out.fill(self, encoder)
            }
        }
    )* };
}

sendable!(Handle, Channel, Event, EventPair, Socket);

/// The name of a status, without the prefix `ZX_ERR_`; "status" for one that has no name here.
pub fn status_name(status: Status) -> &'static str {
    match status {
        Status::OK => "OK",
        Status::INTERNAL => "INTERNAL",
        Status::NOT_SUPPORTED => "NOT_SUPPORTED",
        Status::NO_RESOURCES => "NO_RESOURCES",
        Status::NO_MEMORY => "NO_MEMORY",
        Status::INVALID_ARGS => "INVALID_ARGS",
        Status::BAD_HANDLE => "BAD_HANDLE",
        Status::WRONG_TYPE => "WRONG_TYPE",
        Status::OUT_OF_RANGE => "OUT_OF_RANGE",
        Status::BUFFER_TOO_SMALL => "BUFFER_TOO_SMALL",
        Status::BAD_STATE => "BAD_STATE",
        Status::TIMED_OUT => "TIMED_OUT",
        Status::SHOULD_WAIT => "SHOULD_WAIT",
        Status::CANCELED => "CANCELED",
        Status::PEER_CLOSED => "PEER_CLOSED",
        Status::NOT_FOUND => "NOT_FOUND",
        Status::ALREADY_EXISTS => "ALREADY_EXISTS",
        Status::UNAVAILABLE => "UNAVAILABLE",
        Status::ACCESS_DENIED => "ACCESS_DENIED",
        Status::IO => "IO",
        Status::IO_REFUSED => "IO_REFUSED",
        Status::BAD_PATH => "BAD_PATH",
        _ => "status",
    }
}
