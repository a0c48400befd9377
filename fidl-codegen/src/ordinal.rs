//! Method ordinals.

use sha2::{Digest, Sha256};

/// The ordinal that belongs to a selector (`library.name/Protocol.Method`): the first eight bytes of its
/// SHA-256 hash, read as a little-endian number without the top bit.
#[must_use]
pub fn ordinal(selector: &str) -> u64 {
    let digest = Sha256::digest(selector.as_bytes());
    let head = digest.iter().take(8).rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
    head & (u64::MAX >> 1)
}

#[cfg(test)]
mod tests {
    use super::ordinal;

    #[test]
    fn ordinals_of_known_selectors() {
        assert_eq!(ordinal("example.calc/Adder.Add"), 0x6a69_390b_c8b7_cc73);
        assert_eq!(ordinal("a.b.c/protocol.s0"), 0x3b16_2537_2e15_f1ae);
    }
}
