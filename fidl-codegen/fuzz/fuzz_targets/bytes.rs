//! Any bytes as a schema.

#![no_main]

use fidl_codegen_fuzz::{exercise, libraries};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [text @ .., choice] = bytes else { return };
    exercise(&libraries(text), *choice);
});
