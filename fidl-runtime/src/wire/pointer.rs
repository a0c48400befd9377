//! The inline part of strings and vectors, and the marker of a box.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::error::{DecodeError, Rule};
use super::scalar::U64;

/// The marker of something present.
pub(super) const PRESENT: u64 = u64::MAX;

/// The marker of something absent.
const ABSENT: u64 = 0;

/// 8 bytes: before the walk a presence marker, behind it the offset of the object, or 0 for none.
///
/// No object out of line has offset 0: a primary object lies in front of it.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub(super) struct Pointer(U64);

impl Pointer {
    /// Reads the marker, and replaces it with `target` if it says 'present'.
    pub(super) fn resolve(&mut self, at: u32, target: u32) -> Result<bool, DecodeError> {
        match self.0.get() {
            PRESENT => self.0 = U64::new(u64::from(target)),
            ABSENT => return Ok(false),
            _ => return Err(DecodeError::new(Rule::Presence, at)),
        }
        Ok(true)
    }

    /// Puts the marker back; returns whether something is present.
    pub(super) fn restore(&mut self) -> bool {
        let present = self.offset().is_some();
        if present {
            *self = Self::present();
        }
        present
    }

    /// The offset behind the walk; `None` if absent.
    pub(super) fn offset(self) -> Option<u64> {
        match self.0.get() {
            ABSENT => None,
            offset => Some(offset),
        }
    }

    /// The marker that announces an object.
    pub(super) fn present() -> Self {
        Self(U64::new(PRESENT))
    }
}

/// 16 bytes: a count, and the pointer to as many elements.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct Counted {
    count: U64,
    pointer: Pointer,
}

impl Counted {
    /// Checks the count against `bound` and the marker, of something that must be present; returns the count.
    #[inline]
    pub(super) fn resolve(&mut self, at: u32, target: u32, bound: u32) -> Result<u32, DecodeError> {
        let count = self.count.get();
        if self.pointer.0.get() != PRESENT || count > u64::from(bound) {
            return Err(self.wrong(at));
        }
        self.pointer.0 = U64::new(u64::from(target));
        Ok(count as u32)
    }

    /// The same of something that may be absent, which `None` stands for.
    #[inline]
    pub(super) fn resolve_optional(
        &mut self,
        at: u32,
        target: u32,
        bound: u32,
    ) -> Result<Option<u32>, DecodeError> {
        if self.as_bytes() == [0; size_of::<Self>()] {
            Ok(None)
        } else {
            self.resolve(at, target, bound).map(Some)
        }
    }

    /// What is wrong.
    #[cold]
    fn wrong(&self, at: u32) -> DecodeError {
        match (self.count.get(), self.pointer.0.get()) {
            (count, _) if count > u64::from(u32::MAX) => DecodeError::new(Rule::Bound, at),
            (_, PRESENT) => DecodeError::new(Rule::Bound, at),
            (0, ABSENT) => DecodeError::new(Rule::Absent, at),
            (_, ABSENT) => DecodeError::new(Rule::AbsentWithCount, at),
            _ => DecodeError::new(Rule::Presence, at + 8),
        }
    }

    /// Puts the marker back; returns the count, `None` if absent.
    pub(super) fn restore(&mut self) -> Option<u32> {
        self.pointer.restore().then(|| self.count.get() as u32)
    }

    /// The offset and count behind the walk; `None` if absent.
    pub(super) fn target(self) -> Option<(u64, u64)> {
        Some((self.pointer.offset()?, self.count.get()))
    }

    /// Announces `count` elements.
    pub(super) fn announcing(count: u32) -> Self {
        Self { count: U64::new(u64::from(count)), pointer: Pointer::present() }
    }
}
