//! Lists of slots, threaded through one array.

/// A list of slots, oldest first. Its links lie in a [`Links`].
#[derive(Clone, Copy, Debug, Default)]
pub struct List {
    /// The first slot plus one; 0 for none.
    head: u32,
    tail: u32,
    len: u32,
}

impl List {
    /// An empty list.
    pub const fn new() -> Self {
        Self { head: 0, tail: 0, len: 0 }
    }

    /// The oldest slot.
    pub fn front(&self) -> Option<usize> {
        (self.head as usize).checked_sub(1)
    }

    /// Whether no slot is in the list.
    pub fn is_empty(&self) -> bool {
        self.head == 0
    }

    /// How many slots are in the list.
    pub fn len(&self) -> usize {
        self.len as usize
    }
}

/// The links of any number of lists over the slots 0 to `N` - 1, each slot in one list at the most.
///
/// All operations take constant time. A slot outside the range is ignored.
#[derive(Debug)]
pub struct Links<const N: usize> {
    /// For each slot, its neighbours plus one; 0 for none.
    next: [u32; N],
    previous: [u32; N],
}

impl<const N: usize> Links<N> {
    /// No slot in any list.
    pub const fn new() -> Self {
        Self { next: [0; N], previous: [0; N] }
    }

    /// Appends a slot that is in no list.
    pub fn push_back(&mut self, list: &mut List, slot: usize) {
        debug_assert!(slot < N, "slot {slot} of {N}");
        let link = slot as u32 + 1;
        self.set_next(slot, 0);
        self.set_previous(slot, list.tail);
        match (list.tail as usize).checked_sub(1) {
            Some(last) => self.set_next(last, link),
            None => list.head = link,
        }
        list.tail = link;
        list.len += 1;
    }

    /// Takes the oldest slot out.
    pub fn pop_front(&mut self, list: &mut List) -> Option<usize> {
        let slot = list.front()?;
        self.remove(list, slot);
        Some(slot)
    }

    /// Takes a slot out of the list that it is in.
    pub fn remove(&mut self, list: &mut List, slot: usize) {
        let (next, previous) = (self.next_link(slot), self.previous_link(slot));
        match (previous as usize).checked_sub(1) {
            Some(before) => self.set_next(before, next),
            None => list.head = next,
        }
        match (next as usize).checked_sub(1) {
            Some(behind) => self.set_previous(behind, previous),
            None => list.tail = previous,
        }
        list.len -= 1;
    }

    fn next_link(&self, slot: usize) -> u32 {
        self.next.get(slot).copied().unwrap_or(0)
    }

    fn previous_link(&self, slot: usize) -> u32 {
        self.previous.get(slot).copied().unwrap_or(0)
    }

    fn set_next(&mut self, slot: usize, link: u32) {
        if let Some(place) = self.next.get_mut(slot) {
            *place = link;
        }
    }

    fn set_previous(&mut self, slot: usize, link: u32) {
        if let Some(place) = self.previous.get_mut(slot) {
            *place = link;
        }
    }
}

impl<const N: usize> Default for Links<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_come_out_in_order_and_can_leave_from_anywhere() {
        let mut links = Links::<5>::new();
        let (mut one, mut other) = (List::new(), List::new());
        for slot in 0..4 {
            links.push_back(&mut one, slot);
        }
        links.push_back(&mut other, 4);
        links.remove(&mut one, 0);
        links.remove(&mut one, 2);
        links.remove(&mut one, 3);
        assert_eq!((one.front(), one.len()), (Some(1), 1));
        links.push_back(&mut one, 2);
        assert_eq!([links.pop_front(&mut one), links.pop_front(&mut one)], [Some(1), Some(2)]);
        assert_eq!((links.pop_front(&mut one), one.is_empty()), (None, true));
        assert_eq!(links.pop_front(&mut other), Some(4));
    }
}
