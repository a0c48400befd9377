//! Keys of packets.

/// What a packet's 64-bit key says: kind, consumer, generation and slot.
///
/// ```text
///   63    60 59      52 51           20 19        0
///   │ kind  │ consumer │ generation    │ slot     │
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PacketKey(u64);

/// The highest slot.
pub(crate) const MAX_SLOT: u64 = (1 << 20) - 1;

impl PacketKey {
    pub(crate) const fn new(kind: u8, consumer: u8, generation: u32, slot: u32) -> Self {
        let (kind, slot) = (kind as u64 & 0xf, slot as u64 & MAX_SLOT);
        Self(kind << 60 | (consumer as u64) << 52 | (generation as u64) << 20 | slot)
    }

    pub(crate) const fn from_word(word: u64) -> Self {
        Self(word)
    }

    pub(crate) const fn word(self) -> u64 {
        self.0
    }

    pub(crate) const fn kind(self) -> u8 {
        (self.0 >> 60) as u8
    }

    pub(crate) const fn consumer(self) -> u8 {
        (self.0 >> 52) as u8
    }

    pub(crate) const fn generation(self) -> u32 {
        (self.0 >> 20) as u32
    }

    pub(crate) const fn slot(self) -> usize {
        (self.0 & MAX_SLOT) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        for (kind, consumer, generation, slot) in
            [(0, 0, 0, 0), (3, 250, u32::MAX, MAX_SLOT as u32), (1, 2, 3, 4)]
        {
            let key = PacketKey::from_word(PacketKey::new(kind, consumer, generation, slot).word());
            let parts = (key.kind(), key.consumer(), key.generation(), key.slot() as u32);
            assert_eq!(parts, (kind, consumer, generation, slot));
        }
    }
}
