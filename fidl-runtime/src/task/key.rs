//! Keys of wakers.

/// What a waker carries: which lane, which slot of it, and which generation of that slot. One machine word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(usize);

#[cfg(target_pointer_width = "64")]
const SLOT_BITS: u32 = 16;
#[cfg(target_pointer_width = "64")]
const LANE_BITS: u32 = 8;
#[cfg(target_pointer_width = "32")]
const SLOT_BITS: u32 = 11;
#[cfg(target_pointer_width = "32")]
const LANE_BITS: u32 = 4;

const GENERATION_BITS: u32 = usize::BITS - LANE_BITS - SLOT_BITS;

/// The last generation of a slot. Behind it the slot is retired.
pub(super) const LAST_GENERATION: usize = (1 << GENERATION_BITS) - 1;

const _: () = assert!(super::lane::SLOTS <= 1 << SLOT_BITS && super::lane::LANES <= 1 << LANE_BITS);

impl Key {
    pub(super) const fn new(lane: usize, generation: usize, slot: usize) -> Self {
        Self((lane << (usize::BITS - LANE_BITS)) | ((generation & LAST_GENERATION) << SLOT_BITS) | slot)
    }

    pub(super) const fn from_word(word: usize) -> Self {
        Self(word)
    }

    pub(super) const fn word(self) -> usize {
        self.0
    }

    /// The lane's number.
    pub const fn lane(self) -> usize {
        self.0 >> (usize::BITS - LANE_BITS)
    }

    /// The generation of the slot.
    pub const fn generation(self) -> usize {
        (self.0 >> SLOT_BITS) & LAST_GENERATION
    }

    /// The slot's number.
    pub const fn slot(self) -> usize {
        self.0 & ((1 << SLOT_BITS) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        for (lane, generation, slot) in [(0, 0, 0), (1, 2, 3), (15, LAST_GENERATION, 1023)] {
            let key = Key::from_word(Key::new(lane, generation, slot).word());
            assert_eq!((key.lane(), key.generation(), key.slot()), (lane, generation, slot));
        }
    }
}
