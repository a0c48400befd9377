//! Memory objects that go to another process, or come from one.
//!
//! What crosses is the file. So the receiver, whatever library it uses, can do with the memory what the system lets it:
//! an object sent without the right to write is sealed against writing, for everyone and for good; if others may want to
//! write to it, or if it is a part of a larger file, it is not sent.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use super::{Vmo, largest};
use crate::abi::types::*;
use crate::sys;

impl Vmo {
    /// Passes if a handle with these rights can be sent. `alone` says that no other handle leads to the object.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_NOT_SUPPORTED` for a slice; `ZX_ERR_ACCESS_DENIED` for a handle without the right to write, if the object
    /// has other handles, is mapped, or has children.
    pub(crate) fn check_crossing(&self, rights: zx_rights_t, alone: bool) -> Result<(), zx_status_t> {
        if self.start != 0 || self.is_slice() {
            return Err(ZX_ERR_NOT_SUPPORTED);
        }
        let unused = alone && self.mappings == 0 && self.children == 0 && self.users == 0;
        let may_seal = unused && self.parent.is_none();
        if may_seal || !self.is_to_be_sealed(rights) { Ok(()) } else { Err(ZX_ERR_ACCESS_DENIED) }
    }

    fn is_to_be_sealed(&self, rights: zx_rights_t) -> bool {
        rights & ZX_RIGHT_WRITE == 0 && !sys::is_sealed_against_writing(self.memory.as_fd())
    }

    /// The file, and the stream size, for a handle with these rights to be sent.
    ///
    /// # Errors
    ///
    /// As for [`Vmo::check_crossing`], and `ZX_ERR_ACCESS_DENIED` if another process uses the memory.
    pub(crate) fn parts(&self, rights: zx_rights_t, alone: bool) -> Result<(RawFd, u64), zx_status_t> {
        self.check_crossing(rights, alone)?;
        if self.is_to_be_sealed(rights) && sys::seal_against_writing(self.memory.as_fd()).is_err() {
            return Err(ZX_ERR_ACCESS_DENIED);
        }
        Ok((self.memory.as_raw_fd(), self.stream_size))
    }

    /// A memory object of a file that a peer sent, and the rights that its handle can have. `None` if it is not a file
    /// that lives in memory.
    pub(crate) fn received(memory: OwnedFd, stream_size: u64) -> Option<(Vmo, zx_rights_t)> {
        let file = sys::memory_state(memory.as_fd())?;
        let size = file.bytes;
        if !size.is_multiple_of(sys::page_bytes()) || size > largest() || stream_size > size {
            return None;
        }
        let resize = if file.fixed { 0 } else { ZX_RIGHT_RESIZE };
        let read_only = sys::is_sealed_against_writing(memory.as_fd());
        let rights = ZX_DEFAULT_VMO_RIGHTS | resize;
        let rights = if read_only { rights & !ZX_RIGHT_WRITE } else { rights };
        Some((Vmo { stream_size, ..Vmo::new(memory, 0, size, !file.fixed) }, rights))
    }
}
