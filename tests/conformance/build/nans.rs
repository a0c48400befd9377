//! Signalling NaNs: languages with floats of one size alone make them quiet. The format knows nothing of that; floats are
//! their bits.

use crate::typed::Typed;

/// The bit that makes a NaN quiet.
const QUIET_32: u32 = 1 << 22;
const QUIET_64: u64 = 1 << 51;

/// `bytes` with the NaNs of a value as they are, where they were made quiet.
pub(crate) fn kept(value: &Typed, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    restore(value, &mut bytes);
    bytes
}

fn restore(value: &Typed, bytes: &mut [u8]) {
    match value {
        Typed::Float32(bits) if f32::from_bits(*bits).is_nan() => {
            replace(bytes, &(bits | QUIET_32).to_le_bytes(), &bits.to_le_bytes());
        }
        Typed::Float64(bits) if f64::from_bits(*bits).is_nan() => {
            replace(bytes, &(bits | QUIET_64).to_le_bytes(), &bits.to_le_bytes());
        }
        Typed::List(items) => items.iter().for_each(|(item, _)| restore(item, bytes)),
        Typed::Struct(_, members) => members.iter().for_each(|member| restore(member, bytes)),
        Typed::Table(_, members, _) => members.iter().for_each(|(_, member)| restore(member, bytes)),
        Typed::Union(_, _, value) | Typed::NewType(value) => restore(value, bytes),
        _ => {}
    }
}

/// Replaces one float, which is aligned to its size.
fn replace(bytes: &mut [u8], quiet: &[u8], kept: &[u8]) {
    if let Some(place) = bytes.chunks_exact_mut(quiet.len()).find(|place| *place == quiet) {
        place.copy_from_slice(kept);
    }
}
