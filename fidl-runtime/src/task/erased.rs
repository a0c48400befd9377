//! Places for futures whose types differ, without allocation.
#![allow(unsafe_code)]

use core::cell::{Cell, RefCell, UnsafeCell};
use core::fmt;
use core::future::Future;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll};

/// What the memory for a future is aligned to.
const ALIGNMENT: usize = 16;

/// Memory for one future.
#[repr(C, align(16))]
struct Bytes<const BYTES: usize>([MaybeUninit<u8>; BYTES]);

/// What can be done with a future whose type is not known any more. Each takes the place of a pinned future.
struct Functions {
    poll: unsafe fn(*mut u8, &mut Context<'_>) -> Poll<()>,
    drop: unsafe fn(*mut u8),
}

/// The functions of one type of futures.
struct Of<F>(F);

impl<F: Future<Output = ()>> Of<F> {
    const FUNCTIONS: &'static Functions = &Functions { poll: poll::<F>, drop: drop_in_place::<F> };
}

/// # Safety
///
/// At `place` lies an `F` that is pinned and that nobody else refers to.
unsafe fn poll<F: Future<Output = ()>>(place: *mut u8, cx: &mut Context<'_>) -> Poll<()> {
    // SAFETY: the caller's promise.
    let future = unsafe { &mut *place.cast::<F>() };
    // SAFETY: the caller's promise.
    unsafe { Pin::new_unchecked(future) }.poll(cx)
}

/// # Safety
///
/// As for [`poll`]; the future is gone behind this.
unsafe fn drop_in_place<F>(place: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { place.cast::<F>().drop_in_place() }
}

/// A place for one future of up to `BYTES` bytes that returns nothing. It is polled and dropped in place.
pub(crate) struct TaskPlace<const BYTES: usize> {
    /// The functions of the future in `bytes`. The invariant: if there are any, a future of their type lies there, it was put
    /// there through a reference that lasts for ever, and so is pinned.
    functions: Cell<Option<&'static Functions>>,
    /// Reached by its address alone: a future may refer to itself, and a reference to all of the bytes would end that.
    bytes: UnsafeCell<Bytes<BYTES>>,
    /// Borrowed by whoever uses the bytes.
    user: RefCell<()>,
}

impl<const BYTES: usize> TaskPlace<BYTES> {
    /// An empty place.
    pub(crate) const fn new() -> Self {
        let bytes = UnsafeCell::new(Bytes([const { MaybeUninit::uninit() }; BYTES]));
        Self { functions: Cell::new(None), bytes, user: RefCell::new(()) }
    }

    /// Whether a future is there.
    pub(crate) fn is_taken(&self) -> bool {
        self.functions.get().is_some()
    }

    /// Puts a future into an empty place; gives it back if the place is not empty. One that does not fit does not compile.
    pub(crate) fn put<F: Future<Output = ()> + 'static>(&'static self, future: F) -> Result<(), F> {
        const {
            assert!(size_of::<F>() <= BYTES, "a task is larger than the places for tasks");
            assert!(
                align_of::<F>() <= ALIGNMENT,
                "a task holds a value that is aligned to more than 16 bytes"
            );
        }
        let Ok(_user) = self.user.try_borrow_mut() else { return Err(future) };
        if self.is_taken() {
            return Err(future);
        }
        let place = self.bytes.get().cast::<F>();
        // SAFETY: the place is large enough and aligned (asserted above), it has one user, and nothing lies there.
        unsafe { place.write(future) };
        self.functions.set(Some(Of::<F>::FUNCTIONS));
        Ok(())
    }

    /// Polls the future, if there is one; drops it if it finishes or panics.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        let Ok(_user) = self.user.try_borrow_mut() else { return Poll::Pending };
        let Some(functions) = self.functions.get() else { return Poll::Ready(()) };
        let guard = Empty { functions: &self.functions, place: self.bytes.get().cast() };
        // SAFETY: by the invariant a future of these functions' type lies there, pinned; the bytes have one user.
        let poll = unsafe { (functions.poll)(guard.place, cx) };
        if poll.is_pending() {
            core::mem::forget(guard);
        }
        poll
    }
}

/// Drops the future of a place.
struct Empty<'a> {
    functions: &'a Cell<Option<&'static Functions>>,
    /// Where the future lies. Whoever makes this is the place's user.
    place: *mut u8,
}

impl Drop for Empty<'_> {
    fn drop(&mut self) {
        // Before the drop, which may panic.
        if let Some(functions) = self.functions.take() {
            // SAFETY: by the invariant a future of these functions' type lies there, and, being forgotten here, is dropped once.
            unsafe { (functions.drop)(self.place) }
        }
    }
}

impl<const BYTES: usize> fmt::Debug for TaskPlace<BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_taken() { "a task" } else { "empty" };
        write!(f, "TaskPlace({state}, {BYTES} bytes)")
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    extern crate std;

    use core::task::Waker;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::rc::Rc;

    use super::*;
    use crate::storage::Claim;

    /// A place that lasts for ever.
    macro_rules! place {
        () => {{
            static PLACE: Claim<TaskPlace<64>> = Claim::new(TaskPlace::new());
            &*PLACE.claim().expect("each is used once").leak()
        }};
    }

    fn poll(place: &TaskPlace<64>) -> Poll<()> {
        place.poll(&mut Context::from_waker(Waker::noop()))
    }

    /// Waits once.
    async fn once() {
        let mut waited = false;
        core::future::poll_fn(|_| {
            if core::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    #[test]
    fn futures_of_several_types_one_behind_the_other() {
        let (place, shared) = (place!(), Rc::new(Cell::new(0)));
        for round in 1..=3 {
            let (mine, text) = (shared.clone(), std::string::String::from("on the heap"));
            let task = async move {
                once().await;
                mine.set(mine.get() + text.len());
            };
            assert!(place.put(task).is_ok());
            assert!(place.put(async {}).is_err());
            assert_eq!((poll(place), Rc::strong_count(&shared)), (Poll::Pending, 2));
            assert_eq!((poll(place), Rc::strong_count(&shared)), (Poll::Ready(()), 1));
            assert_eq!(shared.get(), 11 * round);
            assert!(place.put(core::future::ready(())).is_ok());
            assert_eq!(poll(place), Poll::Ready(()));
        }
        // Nothing is there.
        assert_eq!(poll(place), Poll::Ready(()));
    }

    #[test]
    fn a_future_that_panics_is_dropped() {
        let (place, shared) = (place!(), Rc::new(()));
        let mine = shared.clone();
        let task = async move {
            let _mine = mine;
            once().await;
            panic!("on purpose");
        };
        assert!(place.put(task).is_ok());
        assert!(poll(place).is_pending());
        assert!(catch_unwind(AssertUnwindSafe(|| poll(place))).is_err());
        assert_eq!(Rc::strong_count(&shared), 1);
        assert!(place.put(async {}).is_ok());
    }
}
