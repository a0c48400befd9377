//! Any bytes, with a few handles, as a message of any type.

#![no_main]

use fidl::wire::{HandleSlot, SAME_RIGHTS};
use fidl_runtime_fuzz::{TYPES, exercise};
use libfuzzer_sys::fuzz_target;

/// Object types and rights: channels, events, sockets; some that may more or less than others, some of no known type.
const HANDLES: [(u32, u32); 8] = [
    (4, 0xf00e),
    (4, 0xff_ffff),
    (4, 0xe),
    (5, 0xd003),
    (5, 0xc003),
    (14, 0xf00e),
    (14, 0x4),
    (0, SAME_RIGHTS),
];

fuzz_target!(|input: &[u8]| {
    let [message @ .., count, first, second, high, low] = input else { return };
    let kinds = [first & 7, first >> 4 & 7, second & 7, second >> 4 & 7];
    let slots = (1..).zip(kinds).take(usize::from(count % 5)).map(|(number, kind)| {
        let (object_type, rights) = HANDLES[usize::from(kind)];
        HandleSlot::new(number, object_type, rights)
    });
    let slots: Vec<HandleSlot> = slots.collect();
    let ty = &TYPES[usize::from(u16::from_be_bytes([*high, *low])) % TYPES.len()];
    let _verdict = exercise(ty, message, &slots);
});
