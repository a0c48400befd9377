//! The memory of all tables: one reservation of address space, made at first use and never given back.
//!
//! The system fills pages with zeroes when they are first touched. So a table starts as zeroes, and a type may live in
//! it only if zeroes are a value of it ([`Zeroed`]).

#![allow(unsafe_code)]

use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::sync::{AtomicU32, AtomicU64};
use crate::sys;

/// A type for which bytes of zero are a valid value.
///
/// # Safety
///
/// A reference to zeroed memory of the type's size and alignment must be a valid reference to it.
pub(crate) unsafe trait Zeroed {}

// SAFETY: zero is an integer.
unsafe impl Zeroed for u8 {}
// SAFETY: zero is an integer.
unsafe impl Zeroed for u32 {}
// SAFETY: zero is an integer.
unsafe impl Zeroed for u64 {}
// SAFETY: zero is an integer.
unsafe impl Zeroed for usize {}
// SAFETY: zero is an integer.
unsafe impl Zeroed for AtomicU32 {}
// SAFETY: zero is an integer.
unsafe impl Zeroed for AtomicU64 {}
// SAFETY: memory that need not be initialized may be anything.
unsafe impl<T> Zeroed for MaybeUninit<T> {}
// SAFETY: each element is valid as zeroes.
unsafe impl<T: Zeroed, const N: usize> Zeroed for [T; N] {}

/// Bytes of a cache line.
pub(crate) const LINE: usize = 64;

/// Has the processor fetch the line that lies so many bytes after the beginning of a value. Changes nothing else.
#[inline(always)]
pub(crate) fn prefetch<T>(value: &T, offset: usize) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction reads nothing, and does nothing where the address is no memory.
        unsafe { _mm_prefetch(core::ptr::from_ref(value).cast::<i8>().wrapping_add(offset), _MM_HINT_T0) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = (value, offset);
}

/// The beginning of each table is in ordinary pages, so that a process that uses little of it takes little. What comes
/// after may be in large ones, which the processor finds faster.
const SMALL_PAGES_BYTES: usize = 1 << 21;

/// Zeroed memory that is cut into tables.
pub(crate) struct Reservation {
    next: NonNull<u8>,
    left: usize,
}

impl Reservation {
    /// Reserves this many bytes of address space; `None` if the system refuses.
    pub(crate) fn new(bytes: usize) -> Option<Reservation> {
        Some(Reservation { next: sys::map_zeroed(bytes)?, left: bytes })
    }

    /// The bytes that a table of `count` values takes out of a reservation, padding included.
    pub(crate) const fn bytes_of<T>(count: usize) -> usize {
        count * size_of::<T>() + 2 * LINE
    }

    /// Cuts a table off whose second value (index 1) begins a cache line. Empty if less than that is left.
    pub(crate) fn cut<T: Zeroed>(&mut self, count: usize) -> &'static [T] {
        const { assert!(align_of::<T>() <= LINE && LINE.is_multiple_of(align_of::<T>())) };
        let first = (LINE - size_of::<T>() % LINE) % LINE;
        let padding = self.next.align_offset(LINE).saturating_add(first);
        let bytes = count * size_of::<T>();
        if padding.saturating_add(bytes) > self.left {
            return &[];
        }
        // SAFETY: `padding` bytes are left, so the sum stays inside the reservation (or at its end).
        let table = unsafe { self.next.add(padding) };
        // SAFETY: `padding + bytes` are left, so the sum stays inside the reservation (or at its end).
        self.next = unsafe { table.add(bytes) };
        self.left -= padding + bytes;
        if bytes > 2 * SMALL_PAGES_BYTES {
            // SAFETY: more than that is in the table.
            let rest = unsafe { table.add(SMALL_PAGES_BYTES) };
            sys::prefer_large_pages(rest, bytes - SMALL_PAGES_BYTES);
        }
        // SAFETY: the memory is aligned (a line, less a multiple of `T`'s alignment), zeroed, which `T` allows, lives
        // for ever, is cut off for this table alone, and is changed only through the interior mutability of `T`.
        unsafe { core::slice::from_raw_parts(table.cast::<T>().as_ptr(), count) }
    }
}

/// Defines a structure that is valid as zeroes because each of its fields is.
macro_rules! zeroed_struct {
    (
        $(#[$attribute:meta])*
        $sight:vis struct $name:ident {
            $( $(#[$field_attribute:meta])* $field_sight:vis $field:ident: $type:ty ),* $(,)?
        }
    ) => {
        $(#[$attribute])*
        $sight struct $name {
            $( $(#[$field_attribute])* $field_sight $field: $type, )*
        }

        // SAFETY: the bounds hold every field's type to its promise to be valid as zeroes.
        #[allow(unsafe_code)]
        unsafe impl $crate::memory::Zeroed for $name where $( $type: $crate::memory::Zeroed ),* {}
    };
}

pub(crate) use zeroed_struct;
