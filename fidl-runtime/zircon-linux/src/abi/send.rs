//! What writes and calls have in common: the message in the caller's memory, and the handles that go with it.

use core::slice;

use super::caller;
use super::types::*;
use crate::channel::{self, Prepared, Unsent};
use crate::handle_table::{self, Chain, Handle};
use crate::object;
use crate::payload::{Payload, Piece};

/// The arguments of a call that sends.
pub(super) struct Request {
    pub(super) handle: zx_handle_t,
    pub(super) options: u32,
    pub(super) bytes: *const u8,
    pub(super) num_bytes: u32,
}

impl Request {
    /// Checks the arguments in the kernel's order, and calls `then` with the channel and the bytes.
    ///
    /// # Safety
    ///
    /// The bytes, or the list of pieces and theirs, are null, misaligned, or good for reads.
    pub(super) unsafe fn with_payload<R>(
        &self,
        num_handles: usize,
        rights: zx_rights_t,
        then: impl FnOnce(Handle, &Payload<'_>) -> Result<R, zx_status_t>,
    ) -> Result<R, zx_status_t> {
        if self.options & !ZX_CHANNEL_WRITE_USE_IOVEC != 0 {
            return Err(ZX_ERR_INVALID_ARGS);
        }
        let channel = handle_table::look(self.handle)?.check(ZX_OBJ_TYPE_CHANNEL, rights)?;
        let limit = if self.options == 0 { ZX_CHANNEL_MAX_MSG_BYTES } else { ZX_CHANNEL_MAX_MSG_IOVECS };
        if self.num_bytes > limit || num_handles > ZX_CHANNEL_MAX_MSG_HANDLES as usize {
            return Err(ZX_ERR_OUT_OF_RANGE);
        }
        let count = self.num_bytes as usize;
        let single;
        let pieces = if self.options == 0 {
            // SAFETY: the caller's promise.
            let bytes = unsafe { caller::list(self.bytes, count) }?;
            single = Piece::new(bytes).ok_or(ZX_ERR_OUT_OF_RANGE)?;
            slice::from_ref(&single)
        } else {
            // SAFETY: the caller's promise.
            let entries = unsafe { caller::list(self.bytes.cast::<zx_channel_iovec_t>(), count) }?;
            // SAFETY: the caller's promise.
            unsafe { Piece::list(entries) }
        };
        then(channel, &Payload::new(pieces)?)
    }
}

/// A list of handles to send.
pub(super) trait Sendable {
    /// How many.
    fn count(&self) -> usize;
    /// Takes one out of its owner's hands, to be sent through the channel, as a closed entry of the table.
    fn take(&mut self, number: usize, channel: Handle) -> Result<Taken, zx_status_t>;
    /// Closes those that the caller loses in any case.
    fn close(&self);

    /// Closes the handles if nothing came of the beginning of the write, unless it may be tried again.
    fn close_unless_begun<R>(&self, begun: Result<R, zx_status_t>) -> Result<R, zx_status_t> {
        begun.inspect_err(|status| {
            if *status != ZX_ERR_SHOULD_WAIT {
                self.close();
            }
        })
    }
}

impl Sendable for &[zx_handle_t] {
    fn count(&self) -> usize {
        self.len()
    }

    fn take(&mut self, number: usize, channel: Handle) -> Result<Taken, zx_status_t> {
        channel::take_handle(Some(channel), self[number]).map(Taken::moved)
    }

    fn close(&self) {
        self.iter().for_each(|number| {
            let _ = object::close(*number);
        });
    }
}

impl Sendable for &mut [zx_handle_disposition_t] {
    fn count(&self) -> usize {
        self.len()
    }

    fn take(&mut self, number: usize, channel: Handle) -> Result<Taken, zx_status_t> {
        let entry = &mut self[number];
        dispose(channel, entry).inspect_err(|status| entry.result = *status)
    }

    fn close(&self) {
        let moved = self.iter().filter(|entry| entry.operation != ZX_HANDLE_OP_DUPLICATE);
        moved.for_each(|entry| {
            let _ = object::close(entry.handle);
        });
    }
}

/// A closed entry that is to be sent.
pub(super) struct Taken {
    entry: u32,
    /// The rights that its handle had, if it is the caller's handle and no duplicate.
    moved: Option<zx_rights_t>,
}

impl Taken {
    /// The caller's own handle, unchanged.
    fn moved(entry: u32) -> Taken {
        Taken { entry, moved: Some(handle_table::closed_entry(entry).rights) }
    }
}

/// What is known of the handles of a message that were taken.
pub(super) struct Gathered {
    pub(super) count: u32,
    moved: [Option<zx_rights_t>; ZX_CHANNEL_MAX_MSG_HANDLES as usize],
}

impl Gathered {
    /// The status of a message that was not sent. If it may be tried again the handles are the caller's again, under
    /// their numbers, and duplicates are gone.
    pub(super) fn unsent(&self, unsent: Unsent) -> zx_status_t {
        match unsent {
            Unsent::Failed(status) => status,
            Unsent::Full(chain) => {
                self.give_back(chain);
                ZX_ERR_SHOULD_WAIT
            }
        }
    }

    #[cold]
    fn give_back(&self, mut chain: Chain) {
        let mut duplicates = Chain::default();
        for moved in self.moved {
            let Some(entry) = chain.pop() else { break };
            match moved {
                Some(rights) => {
                    handle_table::set_rights(entry, rights);
                    handle_table::reopen(entry);
                }
                None => duplicates.push(entry),
            }
        }
        object::release(duplicates);
    }
}

/// Takes all handles, also after one has failed. Gives the write up if one has.
pub(super) fn gather(
    channel: Handle,
    prepared: Prepared,
    handles: &mut impl Sendable,
) -> Result<(Prepared, Chain, Gathered), zx_status_t> {
    let (mut chain, mut first_error) = (Chain::default(), None);
    let mut moved = [None; ZX_CHANNEL_MAX_MSG_HANDLES as usize];
    for (number, moved) in moved.iter_mut().enumerate().take(handles.count()) {
        match handles.take(number, channel) {
            Ok(taken) => {
                chain.push(taken.entry);
                *moved = taken.moved;
            }
            Err(status) => first_error = first_error.or(Some(status)),
        }
    }
    match first_error {
        None => Ok((prepared, chain, Gathered { count: handles.count() as u32, moved })),
        Some(status) => {
            object::release(chain);
            prepared.abandon();
            Err(status)
        }
    }
}

/// Makes of an entry the handle that is to be sent, as a closed entry of the table.
fn dispose(channel: Handle, entry: &zx_handle_disposition_t) -> Result<Taken, zx_status_t> {
    let checked = check_disposition(channel, entry);
    if entry.operation == ZX_HANDLE_OP_DUPLICATE {
        let (handle, rights) = checked?;
        let entry = object::duplicate(handle.allows(ZX_RIGHT_DUPLICATE)?, rights)?;
        return Ok(Taken { entry, moved: None });
    }
    let taken = match checked {
        Ok((_, rights)) => channel::take_handle(None, entry.handle).map(Taken::moved).inspect(|taken| {
            handle_table::set_rights(taken.entry, rights);
        }),
        Err(status) => {
            let _ = object::close(entry.handle);
            Err(status)
        }
    };
    match entry.operation {
        ZX_HANDLE_OP_MOVE => taken,
        _ => {
            let mut chain = Chain::default();
            taken.into_iter().for_each(|taken| chain.push(taken.entry));
            object::release(chain);
            Err(ZX_ERR_INVALID_ARGS)
        }
    }
}

/// Checks an entry in the kernel's order, and gives the handle and the rights to send.
fn check_disposition(
    channel: Handle,
    entry: &zx_handle_disposition_t,
) -> Result<(Handle, zx_rights_t), zx_status_t> {
    let handle = handle_table::look(entry.handle)?.allows(ZX_RIGHT_TRANSFER)?;
    if (handle.object, handle.end) == (channel.object, channel.end) {
        return Err(ZX_ERR_NOT_SUPPORTED);
    }
    if entry.object_type != ZX_OBJ_TYPE_NONE && entry.object_type != handle.kind {
        return Err(ZX_ERR_WRONG_TYPE);
    }
    Ok((handle, handle.subset(entry.rights)?))
}
