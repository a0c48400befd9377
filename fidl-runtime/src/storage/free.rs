//! Which of `N` slots are free.

/// The free ones of the slots 0 to `N` - 1. Constant time, last in first out, so that warm memory is used again.
#[derive(Debug)]
pub struct FreeSlots<const N: usize> {
    /// Slots that have been given back.
    returned: [u32; N],
    returned_len: usize,
    /// Slots from here on have never been taken.
    fresh: usize,
}

impl<const N: usize> FreeSlots<N> {
    /// All slots free.
    pub const fn new() -> Self {
        Self { returned: [0; N], returned_len: 0, fresh: 0 }
    }

    /// Takes a slot; `None` if none is free.
    pub fn take(&mut self) -> Option<usize> {
        if let Some(last) = self.returned_len.checked_sub(1) {
            self.returned_len = last;
            return self.returned.get(last).map(|slot| *slot as usize);
        }
        (self.fresh < N).then(|| {
            self.fresh += 1;
            self.fresh - 1
        })
    }

    /// Gives a slot back that was taken.
    pub fn give(&mut self, slot: usize) {
        debug_assert!(slot < self.fresh, "slot {slot} was never taken");
        if let Some(place) = self.returned.get_mut(self.returned_len) {
            *place = slot as u32;
            self.returned_len += 1;
        }
    }

    /// How many slots are free.
    pub fn len(&self) -> usize {
        N - self.fresh + self.returned_len
    }

    /// Whether no slot is free.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<const N: usize> Default for FreeSlots<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_once_and_the_last_given_first() {
        let mut free = FreeSlots::<3>::new();
        assert_eq!([free.take(), free.take(), free.take(), free.take()], [Some(0), Some(1), Some(2), None]);
        free.give(0);
        free.give(2);
        assert_eq!((free.len(), free.take(), free.take(), free.take()), (2, Some(2), Some(0), None));
        assert!(free.is_empty());
    }
}
