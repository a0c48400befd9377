//! Where a service's futures lie: bytes in a static, sized by the compiler.
//!
//! The type of a dispatch future has no name on stable Rust, so a static cannot hold an arena of it. It can hold bytes,
//! though, and how many is a constant function of the function that makes the future.
#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::future::Future;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering::AcqRel};

use super::binding::{Call, Outcome};
use crate::message::Protocol;
use crate::task::{Arena, SLOTS};

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
    assert!(N <= SLOTS, "`in_flight` is more than `fidl::task::SLOTS`");
    assert!(
        align_of::<Arena<D::Future, N>>() <= ALIGNMENT,
        "a handler holds a value that is aligned to more than 64 bytes"
    );
    size_of::<Arena<D::Future, N>>()
}

const ALIGNMENT: usize = 64;

/// `SIZE` bytes for an arena, aligned to 64.
#[repr(C, align(64))]
pub(super) struct ArenaPlace<const SIZE: usize>([MaybeUninit<u8>; SIZE]);

impl<const SIZE: usize> ArenaPlace<SIZE> {
    pub(super) const fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; SIZE])
    }

    /// An empty arena in these bytes; `None` if it does not fit.
    pub(super) fn arena<F, const N: usize>(&'static mut self) -> Option<Pin<&'static mut Arena<F, N>>> {
        if size_of::<Arena<F, N>>() > SIZE || align_of::<Arena<F, N>>() > ALIGNMENT {
            return None;
        }
        // SAFETY: `MaybeUninit<Arena>` is valid for any bytes; they are big enough and aligned (checked above), and borrowed
        // mutably for ever.
        let place = unsafe { &mut *self.0.as_mut_ptr().cast::<MaybeUninit<Arena<F, N>>>() };
        // SAFETY: the arena is borrowed for ever, so it is never moved, freed or used again.
        Some(unsafe { Pin::new_unchecked(Arena::init(place)) })
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
