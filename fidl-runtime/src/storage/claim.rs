//! A static's content, for one user at a time.
#![allow(unsafe_code)]

use core::cell::UnsafeCell;
use core::fmt;
use core::mem;
use core::ops::{Deref, DerefMut};
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
        // SAFETY: there was no user, so no other reference exists, and none is made before our `Claimed` is dropped.
        let value = unsafe { &mut *self.value.get() };
        Some(Claimed { value, users: &self.users })
    }
}

impl<T> fmt::Debug for Claim<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({} users)", self.users.load(Relaxed))
    }
}

/// The value of a [`Claim`], until this is dropped.
pub struct Claimed<T: 'static> {
    value: &'static mut T,
    users: &'static AtomicUsize,
}

impl<T> Claimed<T> {
    /// The value, for good.
    pub fn leak(self) -> &'static mut T {
        let value: *mut T = self.value;
        mem::forget(self);
        // SAFETY: the pointer comes from the only reference to the value. That reference is forgotten, and because there is
        // a user for ever now, no other is ever made.
        unsafe { &mut *value }
    }

    /// The value for several users, until the last of them is dropped.
    pub fn share(self) -> Shared<T> {
        let (value, users): (*const T, _) = (self.value, self.users);
        mem::forget(self);
        // SAFETY: the pointer comes from the only reference to the value, which is forgotten. While there are users, only
        // shared references are made.
        Shared { value: unsafe { &*value }, users }
    }
}

impl<T> Deref for Claimed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value
    }
}

impl<T> DerefMut for Claimed<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value
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
        self.value.fmt(f)
    }
}

/// One of several users of the value of a [`Claim`].
pub struct Shared<T: ?Sized + 'static> {
    /// Not handed out for longer than the `Shared` lives.
    value: &'static T,
    users: &'static AtomicUsize,
}

impl<T: ?Sized> Shared<T> {
    /// A user of a part of the value, or of the value seen as another type.
    pub fn map<U: ?Sized>(self, part: for<'a> fn(&'a T) -> &'a U) -> Shared<U> {
        let (value, users) = (part(self.value), self.users);
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
        self.value
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
        self.value.fmt(f)
    }
}
