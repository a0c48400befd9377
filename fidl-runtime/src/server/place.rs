//! How large a service's arena is, which the compiler computes from its dispatch function, and where its server lies.
#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::future::Future;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering::AcqRel};

use super::binding::{Binding, Call, Outcome};
use crate::message::Protocol;
use crate::task::{Make, bytes_of, future_bytes};

/// A function that begins a call: [`Binding::dispatch`](super::Binding::dispatch) of some binding.
pub trait Dispatch<S: 'static, P: Protocol>: Copy + 'static {
    /// The future that it returns.
    type Future: Future<Output = Outcome<'static>> + 'static;

    /// Calls the function.
    fn begin(self, server: &'static S, call: Call<'static, P>) -> Self::Future;
}

impl<S, P, D, F> Dispatch<S, P> for D
where
    S: 'static,
    P: Protocol,
    D: Fn(&'static S, Call<'static, P>) -> F + Copy + 'static,
    F: Future<Output = Outcome<'static>> + 'static,
{
    type Future = F;

    fn begin(self, server: &'static S, call: Call<'static, P>) -> F {
        self(server, call)
    }
}

/// The size of the future that a dispatch function returns, in bytes.
pub const fn dispatch_bytes<S: 'static, P: Protocol, D: Dispatch<S, P>>(_: D) -> usize {
    size_of::<D::Future>()
}

/// The size of an arena of `N` futures that a dispatch function returns, in bytes.
pub const fn arena_bytes<S: 'static, P: Protocol, D: Dispatch<S, P>, const N: usize>(_: D) -> usize {
    bytes_of::<D::Future, N>()
}

/// A handler and the size of its future. Generated for each method.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// The method's name.
    pub method: &'static str,
    /// Bytes.
    pub bytes: usize,
}

impl Handler {
    /// The handler of `method`.
    pub const fn of<A, M: Make<A>>(method: &'static str, handler: M) -> Self {
        Self { method, bytes: future_bytes(handler) }
    }
}

/// Panics, when a service is compiled, if a slot takes more than `budget` bytes; says which handler is the largest.
pub const fn check_slots<B: Binding, D: Dispatch<B::Server, B::Protocol>>(_: D, budget: usize) {
    if size_of::<D::Future>() > budget {
        let message = Text::new()
            .and("a slot is larger than `slot_bytes`; the largest handler is that of `")
            .and(largest(B::HANDLERS))
            .and("`");
        panic!("{}", message.as_str());
    }
}

/// The method whose handler is the largest.
const fn largest(handlers: &'static [Handler]) -> &'static str {
    let mut largest = Handler { method: "?", bytes: 0 };
    let mut rest = handlers;
    while let [first, others @ ..] = rest {
        if first.bytes > largest.bytes {
            largest = *first;
        }
        rest = others;
    }
    largest.method
}

/// Text that is put together in a constant.
struct Text {
    bytes: [u8; 256],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Self { bytes: [0; 256], len: 0 }
    }

    /// Appends what fits.
    const fn and(mut self, text: &str) -> Self {
        let mut rest = text.as_bytes();
        while let [first, others @ ..] = rest {
            if self.len < self.bytes.len() {
                self.bytes[self.len] = *first;
                self.len += 1;
            }
            rest = others;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "a slot is larger than `slot_bytes`",
        }
    }
}

/// Where a server is put when its service starts. Only the thread that started it reaches it.
pub(super) struct ServerPlace<S> {
    server: UnsafeCell<MaybeUninit<S>>,
    taken: AtomicBool,
}

// SAFETY: the server is reached through the reference that `put` returns alone, which is `Send` only if `S` is `Sync`.
unsafe impl<S> Sync for ServerPlace<S> {}

impl<S> ServerPlace<S> {
    pub(super) const fn new() -> Self {
        Self { server: UnsafeCell::new(MaybeUninit::uninit()), taken: AtomicBool::new(false) }
    }

    /// Puts the server here; `None` but for the first call.
    pub(super) fn put(&'static self, server: S) -> Option<&'static S> {
        if self.taken.swap(true, AcqRel) {
            return None;
        }
        // SAFETY: `taken` was clear and is never cleared, so this is the only reference ever made.
        let place = unsafe { &mut *self.server.get() };
        Some(place.write(server))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_handler_is_named() {
        const HANDLERS: &[Handler] = &[
            Handler { method: "Add", bytes: 8 },
            Handler { method: "Divide", bytes: 16 },
            Handler { method: "Halve", bytes: 16 },
        ];
        assert_eq!((largest(HANDLERS), largest(&[])), ("Divide", "?"));
        assert_eq!(Text::new().and("one ").and("two").as_str(), "one two");
    }
}
