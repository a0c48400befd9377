//! A static's content, for one user at a time.
#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::mem;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use core::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

/// A value in a static that one user at a time may change.
///
/// ```
/// use fidl::storage::Claim;
///
/// static NUMBERS: Claim<[u32; 4]> = Claim::new([0; 4]);
///
/// let mut numbers = NUMBERS.claim().unwrap();
/// numbers[0] = 7;
/// assert!(NUMBERS.claim().is_none());
/// drop(numbers);
/// assert_eq!(NUMBERS.claim().unwrap()[0], 7);
/// ```
pub struct Claim<T> {
    /// Accessed only by the one `Claimed`, or through `Shared`s, that exist while `users` is not 0.
    value: UnsafeCell<T>,
    /// How many refer to the value; 0 if it is free.
    users: AtomicUsize,
}

// SAFETY: the value is reached through a `Claimed` or `Shared` alone. One `Claimed` exists at a time, and no `Shared` beside
// it. `Send`, because users one behind the other may be on different threads; users at one time are on different threads
// only if `Shared` is `Send`, which it is if `T` is `Sync`.
unsafe impl<T: Send> Sync for Claim<T> {}

impl<T> Claim<T> {
    /// A value that nobody uses.
    pub const fn new(value: T) -> Self {
        Self { value: UnsafeCell::new(value), users: AtomicUsize::new(0) }
    }

    /// Takes the value; `None` while it is in use.
    pub fn claim(&'static self) -> Option<Claimed<T>> {
        // Acquire: what the last user did to the value comes before what we do.
        self.users.compare_exchange(0, 1, Acquire, Relaxed).ok()?;
        // SAFETY: a cell's content has an address.
        let value = unsafe { NonNull::new_unchecked(self.value.get()) };
        Some(Claimed { value, users: &self.users, marker: PhantomData })
    }
}

impl<T> fmt::Debug for Claim<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({} users)", self.users.load(Relaxed))
    }
}

/// The value of a [`Claim`], until this is dropped.
pub struct Claimed<T: 'static> {
    /// Points to the value, which nobody else refers to while this exists. No reference: the next user may come while the
    /// function that drops this still runs.
    value: NonNull<T>,
    users: &'static AtomicUsize,
    marker: PhantomData<&'static mut T>,
}

// SAFETY: it stands for the one reference to the value, and to send that is to send the value.
unsafe impl<T: Send> Send for Claimed<T> {}

// SAFETY: all that can be done with a shared one is to look at the value.
unsafe impl<T: Sync> Sync for Claimed<T> {}

impl<T> Claimed<T> {
    /// The value, for good.
    pub fn leak(self) -> &'static mut T {
        let mut value = self.value;
        mem::forget(self);
        // SAFETY: nobody else refers to the value, and because there is a user for ever now, nobody ever will. It lies in
        // a static.
        unsafe { value.as_mut() }
    }

    /// The value for several users, until the last of them is dropped.
    pub fn share(self) -> Shared<T> {
        let (value, users) = (self.value, self.users);
        mem::forget(self);
        Shared { value, users }
    }
}

impl<T> Deref for Claimed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the value lies in a static, and nobody else refers to it.
        unsafe { self.value.as_ref() }
    }
}

impl<T> DerefMut for Claimed<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`, and the reference is the only one that was made of this.
        unsafe { self.value.as_mut() }
    }
}

impl<T> Drop for Claimed<T> {
    fn drop(&mut self) {
        // Release: what we did to the value comes before what the next user does.
        self.users.store(0, Release);
    }
}

impl<T: fmt::Debug> fmt::Debug for Claimed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// One of several users of the value of a [`Claim`].
pub struct Shared<T: ?Sized + 'static> {
    /// Points to the value or a part of it, to which only shared references are made while there are users. No reference,
    /// for the reason given at [`Claimed`].
    value: NonNull<T>,
    users: &'static AtomicUsize,
}

// SAFETY: it stands for a shared reference to the value.
unsafe impl<T: ?Sized + Sync> Send for Shared<T> {}

// SAFETY: as above.
unsafe impl<T: ?Sized + Sync> Sync for Shared<T> {}

impl<T: ?Sized> Shared<T> {
    /// A user of a part of the value, or of the value seen as another type.
    pub fn map<U: ?Sized>(self, part: for<'a> fn(&'a T) -> &'a U) -> Shared<U> {
        let (value, users) = (NonNull::from(part(&self)), self.users);
        mem::forget(self);
        Shared { value, users }
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        self.users.fetch_add(1, Relaxed);
        Self { value: self.value, users: self.users }
    }
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the value lies in a static, and only shared references are made while there are users, as we are.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> Drop for Shared<T> {
    fn drop(&mut self) {
        // Release: what we did comes before what the next user does.
        self.users.fetch_sub(1, Release);
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::thread;

    use super::*;

    #[test]
    fn one_user_at_a_time_on_any_thread() {
        static NUMBER: Claim<u32> = Claim::new(0);
        let add = || {
            for _ in 0..20 {
                let mut number = loop {
                    if let Some(number) = NUMBER.claim() {
                        break number;
                    }
                    thread::yield_now();
                };
                *number += 1;
                // Given up where somebody else may come at once.
                drop(number);
            }
        };
        let threads = [thread::spawn(add), thread::spawn(add)];
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(NUMBER.claim().as_deref(), Some(&40));
    }

    #[test]
    fn shared_until_the_last_is_dropped() {
        static PAIR: Claim<(u32, [u8; 2])> = Claim::new((1, [2, 3]));
        let whole = PAIR.claim().unwrap().share();
        let part: Shared<[u8]> = whole.clone().map(|pair| pair.1.as_slice());
        drop(whole);
        assert!(PAIR.claim().is_none());
        let other = thread::spawn(move || part.len());
        assert_eq!(other.join().unwrap(), 2);
        assert!(PAIR.claim().is_some());
    }

    #[test]
    fn leaked_for_good() {
        static VALUE: Claim<[u8; 2]> = Claim::new([0; 2]);
        let value: &'static mut [u8; 2] = VALUE.claim().unwrap().leak();
        value[1] = 9;
        assert_eq!(*value, [0, 9]);
        assert!(VALUE.claim().is_none());
    }
}
