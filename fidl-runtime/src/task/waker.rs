//! Wakers that are a key.
#![allow(unsafe_code)]

use core::ptr;
use core::task::{RawWaker, RawWakerVTable, Waker};

use super::key::Key;
use super::lane::Lane;

static VTABLE: RawWakerVTable = RawWakerVTable::new(|word| RawWaker::new(word, &VTABLE), wake, wake, |_| ());

fn wake(word: *const ()) {
    Lane::wake(Key::from_word(word.addr()));
}

/// A waker that sets the ready bit of `key`'s slot.
pub(super) fn waker(key: Key) -> Waker {
    let word = ptr::without_provenance(key.word());
    // SAFETY: the table's functions treat the data word as a number and never as a pointer. They may be called from any
    // thread at any time: `clone` copies the number, `drop` does nothing, and `wake` touches the static lane table only.
    unsafe { Waker::from_raw(RawWaker::new(word, &VTABLE)) }
}
