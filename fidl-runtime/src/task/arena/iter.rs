//! Looking at the futures of an arena.

use core::fmt;
use core::iter::FusedIterator;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::slice;

use super::Arena;

/// The futures of an arena by slot, lowest first. Made by [`Arena::iter`].
pub struct Iter<'a, F> {
    live: slice::Iter<'a, bool>,
    slots: slice::Iter<'a, MaybeUninit<F>>,
    left: usize,
}

/// The same, pinned and to be changed. Made by [`Arena::iter_pin_mut`].
pub struct IterPinMut<'a, F> {
    live: slice::Iter<'a, bool>,
    slots: slice::IterMut<'a, MaybeUninit<F>>,
    left: usize,
}

impl<F, const N: usize> Arena<F, N> {
    /// The futures that are in the arena, by slot.
    pub fn iter(&self) -> Iter<'_, F> {
        Iter { live: self.live.iter(), slots: self.slots.iter(), left: self.len }
    }

    /// The futures that are in the arena, by slot.
    pub fn iter_pin_mut(self: Pin<&mut Self>) -> IterPinMut<'_, F> {
        // SAFETY: the futures are handed out pinned.
        let this = unsafe { self.get_unchecked_mut() };
        IterPinMut { live: this.live.iter(), slots: this.slots.iter_mut(), left: this.len }
    }
}

impl<'a, F> Iterator for Iter<'a, F> {
    type Item = &'a F;

    fn next(&mut self) -> Option<&'a F> {
        loop {
            let (live, slot) = (self.live.next()?, self.slots.next()?);
            if *live {
                self.left -= 1;
                // SAFETY: a live slot is initialized.
                return Some(unsafe { slot.assume_init_ref() });
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'a, F> Iterator for IterPinMut<'a, F> {
    type Item = Pin<&'a mut F>;

    fn next(&mut self) -> Option<Pin<&'a mut F>> {
        loop {
            let (live, slot) = (self.live.next()?, self.slots.next()?);
            if *live {
                self.left -= 1;
                // SAFETY: a live slot is initialized.
                let future = unsafe { slot.assume_init_mut() };
                // SAFETY: the arena is pinned, and a live slot is never moved.
                return Some(unsafe { Pin::new_unchecked(future) });
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<F> ExactSizeIterator for Iter<'_, F> {}
impl<F> ExactSizeIterator for IterPinMut<'_, F> {}
impl<F> FusedIterator for Iter<'_, F> {}
impl<F> FusedIterator for IterPinMut<'_, F> {}

impl<'a, F, const N: usize> IntoIterator for &'a Arena<F, N> {
    type Item = &'a F;
    type IntoIter = Iter<'a, F>;

    fn into_iter(self) -> Iter<'a, F> {
        self.iter()
    }
}

impl<'a, F, const N: usize> IntoIterator for Pin<&'a mut Arena<F, N>> {
    type Item = Pin<&'a mut F>;
    type IntoIter = IterPinMut<'a, F>;

    fn into_iter(self) -> IterPinMut<'a, F> {
        self.iter_pin_mut()
    }
}

impl<F> fmt::Debug for Iter<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iter({} left)", self.left)
    }
}

impl<F> fmt::Debug for IterPinMut<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IterPinMut({} left)", self.left)
    }
}
