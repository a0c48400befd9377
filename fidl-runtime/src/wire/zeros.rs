//! The bits that are zero in every valid message, known when compiled: padding, and all of a bool but its lowest bit.
//!
//! They are looked at by words, where a rule for each member would be a look at each member.

use super::validate::Wire;

/// Larger objects have no mask of their own: so few bits of them would be in it that a look at each member takes less.
#[doc(hidden)]
pub const MAX_MASKED: usize = 512;

/// Puts the zeros of a member at `offset` into those of its struct.
#[doc(hidden)]
pub const fn place_zeros(zeros: &mut [u8], offset: usize, member: &[u8]) {
    let mut index = 0;
    while index < member.len() {
        zeros[offset + index] = member[index];
        index += 1;
    }
}

/// The bits of an object that are not zero and should be.
#[inline]
pub(super) fn broken_zeros<T: Wire>(object: &T) -> u64 {
    let (words, rest) = object.as_bytes().as_chunks::<8>();
    let (zero_words, zero_rest) = T::ZEROS.as_chunks::<8>();
    let words = words.iter().zip(zero_words);
    let words = words.fold(0, |all, (word, zeros)| match u64::from_ne_bytes(*zeros) {
        0 => all,
        zeros => all | (u64::from_ne_bytes(*word) & zeros),
    });
    rest.iter().zip(zero_rest).fold(words, |all, (byte, zeros)| all | u64::from(byte & zeros))
}
