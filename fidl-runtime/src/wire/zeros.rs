//! The bits that are zero in every valid message, known when compiled: padding, and all of a bool but its lowest bit.
//!
//! They are looked at by words, where a rule for each member would be a look at each member: those of an object in all its words
//! that have any, those of a value in an envelope together with what else that envelope must hold.

use super::envelope::{Envelope, inlined_mask};
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

/// How many members of a table have a mask: all up to the 64th ordinal, which few tables go beyond.
#[doc(hidden)]
pub const fn masked_members(ordinals: &[u64]) -> usize {
    const MOST: u64 = 64;
    match ordinals.last() {
        Some(&last) if last < MOST => last as usize,
        Some(_) => MOST as usize,
        None => 0,
    }
}

/// Puts the mask of a member of type `T` to its ordinal.
#[doc(hidden)]
pub const fn place_mask<T: Wire>(masks: &mut [u64], ordinal: u64) {
    if ordinal <= masks.len() as u64 {
        masks[ordinal as usize - 1] = inlined_mask::<T>();
    }
}

/// How many envelopes in front are absent, or hold values that their masks tell everything about.
#[inline]
pub(super) fn inlined_values(envelopes: &[Envelope], masks: &[u64]) -> usize {
    let mut done = 0;
    // By fours, of which most often all or none are there.
    let fours = envelopes.as_chunks::<4>().0.iter().zip(masks.as_chunks::<4>().0);
    for (envelopes, masks) in fours {
        let mut each = envelopes.iter().zip(masks);
        let wrong = each.clone().fold(0, |wrong, (envelope, mask)| wrong | envelope.unlike_inlined(*mask));
        if wrong != 0 && !each.all(|(envelope, mask)| envelope.is_absent_or_inlined(*mask)) {
            return done;
        }
        done += 4;
    }
    let rest = envelopes.iter().zip(masks).skip(done);
    done + rest.take_while(|(envelope, mask)| envelope.is_absent_or_inlined(**mask)).count()
}
