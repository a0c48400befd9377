//! Information about objects, and their properties.

use core::ptr;

use super::caller;
use super::status;
use super::types::*;
use crate::handle_table::{self, Handle};
use crate::inspect;

/// Tells about an object or a handle.
///
/// Differs: the counts of [`ZX_INFO_HANDLE_COUNT`], [`ZX_INFO_VMO`] and [`ZX_INFO_SOCKET`] are those of this process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_object_get_info(
    handle: zx_handle_t,
    topic: u32,
    buffer: *mut u8,
    buffer_size: usize,
    actual: *mut usize,
    avail: *mut usize,
) -> zx_status_t {
    let record = Record { buffer, size: buffer_size, actual, avail };
    // SAFETY: the caller promises that its places are good.
    status(handle_table::look(handle).and_then(|handle| unsafe { tell(handle, topic, &record) }))
}

/// Tells one topic.
///
/// # Safety
///
/// As for [`Record::give`].
unsafe fn tell(handle: Handle, topic: u32, record: &Record) -> Result<(), zx_status_t> {
    match topic {
        ZX_INFO_HANDLE_VALID => Ok(()),
        // SAFETY: the caller's promise.
        ZX_INFO_HANDLE_BASIC => unsafe { record.give(inspect::basic(handle)?) },
        // SAFETY: the caller's promise.
        ZX_INFO_HANDLE_COUNT => unsafe { record.give(inspect::count(handle)?) },
        // SAFETY: the caller's promise.
        ZX_INFO_SOCKET => unsafe { record.give(inspect::socket(handle)?) },
        // SAFETY: the caller's promise.
        ZX_INFO_TIMER => unsafe { record.give(inspect::timer(handle)?) },
        // SAFETY: the caller's promise.
        ZX_INFO_VMAR => unsafe { record.give(inspect::vmar(handle)?) },
        ZX_INFO_VMO | ZX_INFO_VMO_V0 | ZX_INFO_VMO_V1 | ZX_INFO_VMO_V2 => {
            let bytes = ZX_INFO_VMO_SIZES[(topic >> 28) as usize];
            // SAFETY: the caller's promise.
            unsafe { record.give_start(inspect::vmo(handle)?, bytes) }
        }
        _ => Err(ZX_ERR_NOT_SUPPORTED),
    }
}

/// Where the caller wants one record.
struct Record {
    buffer: *mut u8,
    size: usize,
    actual: *mut usize,
    avail: *mut usize,
}

impl Record {
    /// Writes the record and the counts.
    ///
    /// # Safety
    ///
    /// Each place is null, misaligned, too small, or good for a write.
    unsafe fn give<T: Copy>(&self, record: T) -> Result<(), zx_status_t> {
        // SAFETY: the caller's promise.
        unsafe { self.give_start(record, size_of::<T>()) }
    }

    /// Writes the first bytes of the record, which are an older version of it, and the counts.
    ///
    /// # Safety
    ///
    /// As for [`Record::give`].
    unsafe fn give_start<T: Copy>(&self, record: T, bytes: usize) -> Result<(), zx_status_t> {
        let fits = self.size >= bytes;
        let mut written = Err(ZX_ERR_BUFFER_TOO_SMALL);
        if fits {
            caller::writable(self.buffer.cast::<T>())?;
            let source = ptr::from_ref(&record).cast::<u8>();
            // SAFETY: the record has these bytes, and by the caller's promise the place does, which is not the record.
            unsafe { ptr::copy_nonoverlapping(source, self.buffer, bytes) };
            written = Ok(());
        }
        // SAFETY: the caller's promise.
        unsafe { caller::put_if_wanted(self.actual, usize::from(fits)) };
        // SAFETY: the caller's promise.
        unsafe { caller::put_if_wanted(self.avail, 1) };
        written
    }
}

/// Reads a property.
///
/// Differs: names are those of memory objects. The other properties are the thresholds of sockets and the content size
/// of memory objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_object_get_property(
    handle: zx_handle_t,
    property: u32,
    value: *mut u8,
    value_size: usize,
) -> zx_status_t {
    let get = || {
        // Properties have any alignment: the caller gives a place of bytes.
        caller::writable(value)?;
        let handle = handle_table::look(handle)?.allows(ZX_RIGHT_GET_PROPERTY)?;
        let bytes = inspect::property_bytes(property)?;
        if value_size < bytes {
            return Err(ZX_ERR_BUFFER_TOO_SMALL);
        }
        let found = inspect::property(handle, property)?;
        // SAFETY: the caller promises that the place is good.
        let places = unsafe { caller::places(value, bytes) }?;
        places.write_copy_of_slice(&found[..bytes]);
        Ok(())
    };
    status(get())
}

/// Changes a property.
///
/// Differs: as for [`zx_object_get_property`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zx_object_set_property(
    handle: zx_handle_t,
    property: u32,
    value: *const u8,
    value_size: usize,
) -> zx_status_t {
    let set = || {
        caller::writable(value.cast_mut())?;
        let handle = handle_table::look(handle)?.allows(ZX_RIGHT_SET_PROPERTY)?;
        let bytes = inspect::property_bytes(property)?;
        // A name may have any length.
        let wanted = if property == ZX_PROP_NAME { value_size.min(ZX_MAX_NAME_LEN - 1) } else { bytes };
        if value_size < wanted {
            return Err(ZX_ERR_BUFFER_TOO_SMALL);
        }
        let mut given = [0; ZX_MAX_NAME_LEN];
        // SAFETY: the caller promises that the value is good.
        given[..wanted].copy_from_slice(unsafe { caller::list(value, wanted) }?);
        inspect::set_property(handle, property, given)
    };
    status(set())
}
