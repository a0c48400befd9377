//! Tables, unions, results and values outside of messages: bytes of messages, written out by the rules of wire format v2, and what is wrong with others.

#[path = "mod.rs"]
mod codec;
mod layouts;

mod at_rest;
mod builders;
mod depth;
mod paths;
mod results;
mod tables;
mod unions;

use codec::{bytes, decode, encode, text};
use fidl::wire::{Encode, HandleSlot, Rule, Wire};

/// Decodes a message that is refused, where and why.
#[track_caller]
fn refused<W: Wire>(message: &str, handles: &[HandleSlot], rule: Rule, offset: u32) {
    let found = decode::<W, _>(&bytes(message), handles, |_| ()).map_err(|error| (error.rule, error.offset));
    assert_eq!(found, Err((rule, offset)), "{message}");
}

/// Decodes a message that is not, and gives its view to `look`.
#[track_caller]
fn accepted<W: Wire>(message: &str, handles: &[HandleSlot], look: impl FnOnce(W::View<'_>)) {
    assert_eq!(decode::<W, _>(&bytes(message), handles, look), Ok(()), "{message}");
}

/// Encodes a value with handles, and holds its bytes and their number against what is expected.
#[track_caller]
fn encodes<W: Wire>(value: impl Encode<W>, expected: &str, handles: usize) {
    let message = encode::<W>(value).expect("a value that can be encoded");
    assert_eq!((text(&message.bytes), message.slots.len()), (text(&bytes(expected)), handles));
}

/// A number that stands for a channel with all rights that channels have.
fn handle(number: u32) -> HandleSlot {
    HandleSlot::new(number, 4, 0xf00e)
}
