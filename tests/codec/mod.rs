//! What the tests of the codec share: schemas, bytes as text, one function each way.
#![allow(dead_code, reason = "each test uses a part")]

use std::fmt::{self, Write as _};

use fidl::limits::{MAX_MESSAGE_BYTES, MAX_MESSAGE_HANDLES};
use fidl::wire::{self, Aligned, DecodeError, Encode, EncodeError, Encoder, HandleSlot, Wire};

pub(crate) mod schema {
    fidl::include_schema!("example_calc");
    fidl::include_schema!("test_shapes");
    fidl::include_schema!("test_constructs");
}

/// Bytes from text: hexadecimal digits, and words for groups of 8 bytes: `#5` is a number, `P` the marker of something
/// present out of line, `Z` zeros. `·` is for the reader.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in text.split_whitespace().filter(|word| *word != "·") {
        match word.strip_prefix('#') {
            Some(number) => bytes.extend(number.parse::<u64>().unwrap().to_le_bytes()),
            None if word == "P" => bytes.extend([0xff; 8]),
            None if word == "Z" => bytes.extend([0; 8]),
            None => {
                let digit = |at: usize| u8::from_str_radix(&word[at..at + 2], 16).unwrap();
                bytes.extend((0..word.len()).step_by(2).map(digit));
            }
        }
    }
    bytes
}

/// Bytes as text, 8 in a group.
pub(crate) fn text(bytes: &[u8]) -> String {
    let group = |group: &[u8]| group.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    bytes.chunks(8).map(group).collect::<Vec<_>>().join("\n")
}

/// An encoded message: its bytes, and its handles where they are.
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    pub(crate) slots: Vec<HandleSlot>,
}

/// Encodes a value, into a buffer that is not zeroed.
pub(crate) fn encode<W: Wire>(value: impl Encode<W>) -> Result<Message, EncodeError> {
    encode_within::<W>(value, MAX_MESSAGE_BYTES, MAX_MESSAGE_HANDLES)
}

/// The same, where there is room for so many bytes and handles only.
pub(crate) fn encode_within<W: Wire>(
    value: impl Encode<W>,
    room: usize,
    handles: usize,
) -> Result<Message, EncodeError> {
    let mut buffer = vec![0xa5; room];
    let mut slots: Vec<_> = (0..handles).map(|_| HandleSlot::empty()).collect();
    let mut encoder = Encoder::new(&mut buffer, 0, &slots);
    let result = encoder.claim::<W>().and_then(|place| value.encode(place, &mut encoder));
    let written = encoder.finish();
    slots.truncate(written.handles);
    buffer.truncate(written.bytes);
    result.map(|()| Message { bytes: buffer, slots })
}

/// Decodes bytes and gives the view to `look`.
pub(crate) fn decode<W: Wire, R>(
    bytes: &[u8],
    slots: &[HandleSlot],
    look: impl FnOnce(W::View<'_>) -> R,
) -> Result<R, DecodeError> {
    let mut buffer = Aligned([0; MAX_MESSAGE_BYTES]);
    let message = &mut buffer.0[..bytes.len()];
    message.copy_from_slice(bytes);
    let body = wire::validate::<W>(message, 0, slots)?;
    Ok(look(body.view()))
}

/// Holds a value and its bytes against each other, both ways.
#[track_caller]
pub(crate) fn check<W: Wire>(value: impl Encode<W>, expected: &str, look: impl FnOnce(W::View<'_>)) {
    let message = encode::<W>(value).expect("a value that can be encoded");
    assert_eq!(text(&message.bytes), text(&bytes(expected)));
    assert!(message.slots.is_empty());
    decode::<W, _>(&bytes(expected), &[], look).expect("a valid message");
}

/// Calls every accessor of a view, by way of its `Debug`.
pub(crate) fn touch(view: impl fmt::Debug) {
    struct Nowhere;
    impl fmt::Write for Nowhere {
        fn write_str(&mut self, _: &str) -> fmt::Result {
            Ok(())
        }
    }
    write!(Nowhere, "{view:?}").expect("an accessor that does not fail");
}
