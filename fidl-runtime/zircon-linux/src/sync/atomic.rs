//! Atomics, wherever they live: in memory, or in a model checker.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// An atomic integer.
pub(crate) trait Atomic<T> {
    /// Loads.
    fn load(&self, ordering: Ordering) -> T;
    /// Stores.
    fn store(&self, value: T, ordering: Ordering);
    /// Stores `new` if `old` is there. Gives what was there, as an error if that was something else.
    fn compare_exchange(&self, old: T, new: T, success: Ordering, failure: Ordering) -> Result<T, T>;
    /// Adds, wrapping, and gives what was there.
    fn fetch_add(&self, value: T, ordering: Ordering) -> T;
    /// Subtracts, wrapping, and gives what was there.
    fn fetch_sub(&self, value: T, ordering: Ordering) -> T;
}

macro_rules! atomics {
    ($($atomic:ty: $value:ty),*) => {
        $(
            impl Atomic<$value> for $atomic {
                #[inline(always)]
                fn load(&self, ordering: Ordering) -> $value {
                    self.load(ordering)
                }

                #[inline(always)]
                fn store(&self, value: $value, ordering: Ordering) {
                    self.store(value, ordering);
                }

                #[inline(always)]
                fn compare_exchange(
                    &self,
                    old: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    self.compare_exchange(old, new, success, failure)
                }

                #[inline(always)]
                fn fetch_add(&self, value: $value, ordering: Ordering) -> $value {
                    self.fetch_add(value, ordering)
                }

                #[inline(always)]
                fn fetch_sub(&self, value: $value, ordering: Ordering) -> $value {
                    self.fetch_sub(value, ordering)
                }
            }
        )*
    };
}

atomics!(AtomicU32: u32, AtomicU64: u64);
#[cfg(all(test, loom))]
atomics!(loom::sync::atomic::AtomicU32: u32, loom::sync::atomic::AtomicU64: u64);
