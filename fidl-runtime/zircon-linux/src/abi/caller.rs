//! Reaching into the caller's memory. Null and misaligned pointers are errors; other bad ones cannot be told.

use core::mem::MaybeUninit;

use super::types::*;

/// Passes if the pointer may be used for values of its type.
fn usable<T>(pointer: *const T) -> Result<(), zx_status_t> {
    if pointer.is_null() || !pointer.is_aligned() { Err(ZX_ERR_INVALID_ARGS) } else { Ok(()) }
}

/// Passes if an out parameter can be written.
pub(super) fn writable<T>(place: *mut T) -> Result<(), zx_status_t> {
    usable(place)
}

/// Writes an out parameter.
///
/// # Safety
///
/// The place is null, misaligned, or good for a write.
pub(super) unsafe fn put<T>(place: *mut T, value: T) -> Result<(), zx_status_t> {
    usable(place)?;
    // SAFETY: the place is neither null nor misaligned, so by the caller's promise it is good for a write.
    unsafe { place.write(value) };
    Ok(())
}

/// Writes an out parameter that may be null.
///
/// # Safety
///
/// As for [`put`].
pub(super) unsafe fn put_if_wanted<T>(place: *mut T, value: T) {
    // SAFETY: the promise is the same.
    let _ = unsafe { put(place, value) };
}

/// Reads one value.
///
/// # Safety
///
/// The place is null, misaligned, or good for a read.
pub(super) unsafe fn get<T: Copy>(place: *const T) -> Result<T, zx_status_t> {
    usable(place)?;
    // SAFETY: the place is neither null nor misaligned, so by the caller's promise it is good for a read.
    Ok(unsafe { place.read() })
}

/// A list that is only read. Null is the empty list.
///
/// # Safety
///
/// The list is empty, null, misaligned, or good for reads during the call.
pub(super) unsafe fn list<'a, T>(first: *const T, count: usize) -> Result<&'a [T], zx_status_t> {
    if count == 0 {
        return Ok(&[]);
    }
    usable(first)?;
    in_bounds::<T>(count)?;
    // SAFETY: the list is neither null nor misaligned nor too large, so by the caller's promise it can be read.
    Ok(unsafe { core::slice::from_raw_parts(first, count) })
}

/// A list that is read and written. Null is the empty list.
///
/// # Safety
///
/// The list is empty, null, misaligned, or good for reads and writes during the call.
pub(super) unsafe fn list_mut<'a, T>(first: *mut T, count: usize) -> Result<&'a mut [T], zx_status_t> {
    if count == 0 {
        return Ok(&mut []);
    }
    usable(first)?;
    in_bounds::<T>(count)?;
    // SAFETY: the list is neither null nor misaligned nor too large, so by the caller's promise it can be used.
    Ok(unsafe { core::slice::from_raw_parts_mut(first, count) })
}

/// Places that are only written. Null is no places, if none are wanted.
///
/// # Safety
///
/// The places are none, null, misaligned, or good for writes during the call.
pub(super) unsafe fn places<'a, T>(
    first: *mut T,
    count: usize,
) -> Result<&'a mut [MaybeUninit<T>], zx_status_t> {
    // SAFETY: the promise is the same, but that nothing is read, for which the type stands.
    unsafe { list_mut(first.cast::<MaybeUninit<T>>(), count) }
}

fn in_bounds<T>(count: usize) -> Result<(), zx_status_t> {
    match count.checked_mul(size_of::<T>()) {
        Some(bytes) if isize::try_from(bytes).is_ok() => Ok(()),
        _ => Err(ZX_ERR_INVALID_ARGS),
    }
}
