//! Values outside of messages: bytes written out by the rules of persistence, and what is wrong with others.

use fidl::at_rest::Metadata;
use fidl::generated::ArrayVec;
use fidl::kernel::{AsHandleRef, Channel, write};
use fidl::limits::MAX_MESSAGE_BYTES;
use fidl::wire::{Aligned, Body, EncodeError, EncodeRef, EncodeRule, HandleSlot, Rule, ValueType};
use fidl::{decode_standalone, encode_standalone, persist, unpersist};

use super::codec::schema::test_constructs::{
    Padded, PaddedWire, Strings, StringsWire, Unbounded, UnboundedWire,
};
use super::codec::{bytes, encode, text};
use super::layouts::*;

impl ValueType for MixedWire {}
impl ValueType for StrictWire {}
impl ValueType for TablesWire {}

/// What conforming writers put in front.
const HEADER: &str = "00 01 0200 00000000";

/// Reads a persisted value.
fn read<W: ValueType, R>(stored: &[u8], look: impl FnOnce(&Body<'_, W>) -> R) -> Result<R, (Rule, u32)> {
    let mut buffer = vec![0_u64; stored.len() / 8 + 1];
    let buffer = &mut fidl::wire::zerocopy::IntoBytes::as_mut_bytes(&mut buffer[..])[..stored.len()];
    buffer.copy_from_slice(stored);
    let body = unpersist::<W>(buffer).map_err(|error| (error.rule, error.offset))?;
    Ok(look(&body))
}

/// Persists a value, holds its bytes against those expected and against a message's, and reads it.
#[track_caller]
fn check<W: ValueType>(value: &(impl EncodeRef<W> + ?Sized), expected: &str, look: impl FnOnce(W::View<'_>)) {
    let mut buffer = Aligned([0xa5; 256]);
    let stored = persist::<W>(value, &mut buffer.0).expect("a value that can be persisted");
    assert_eq!(text(stored), text(&bytes(&format!("{HEADER} {expected}"))));
    assert_eq!(text(&stored[8..]), text(&encode::<W>(value).expect("a message").bytes));
    read::<W, _>(stored, |body| look(body.view())).expect("a persisted value");
}

/// Reads a persisted value that is refused.
#[track_caller]
fn refused<W: ValueType>(stored: &str, rule: Rule, offset: u32) {
    assert_eq!(read::<W, _>(&bytes(stored), |_| ()), Err((rule, offset)), "{stored}");
}

#[test]
fn structs() {
    check::<PaddedWire>(&Padded { a: 1, b: 2, c: 3 }, "01 000000 02000000 · 0300 0000 00000000", |view| {
        assert_eq!((view.a(), view.b(), view.c()), (1, 2, 3));
    });
    let value = Strings { plain: "abc", bounded: "", optional: None, both: Some("ä") };
    check::<StringsWire>(
        &value,
        "#3 P · #0 P · Z Z · #2 P · 616263 0000000000 · c3a4 000000000000",
        |view| {
            assert_eq!((view.plain(), view.optional(), view.both()), ("abc", None, Some("ä")));
        },
    );
}

#[test]
fn tables_and_unions() {
    let value = Mixed { small: Some(0x1234), ..Mixed::default() };
    check::<MixedWire>(&value, "#3 P · Z Z · 3412 0000 0000 0100", |view| {
        assert_eq!(view.small(), Some(0x1234));
    });
    check::<StrictWire>(&Strict::Number(5), "#2 · 08000000 0000 0000 · #5", |view| {
        assert!(matches!(view, StrictView::Number(5)));
    });
}

#[test]
fn headers() {
    let value = "01 000000 02000000 · 0300 0000 00000000";
    let with = |header: &str| format!("{header} {value}");
    let read = |stored: &str| read::<PaddedWire, _>(&bytes(stored), |body| body.view().b());
    assert_eq!(read(&with(HEADER)), Ok(2));
    // At-rest flags that nobody knows are ignored.
    assert_eq!(read(&with("00 01 ffff 00000000")), Ok(2));
    refused::<PaddedWire>("", Rule::ShortHeader, 0);
    refused::<PaddedWire>("00 01 0200 000000", Rule::ShortHeader, 0);
    refused::<PaddedWire>(&with("00 00 0200 00000000"), Rule::MagicNumber, 1);
    refused::<PaddedWire>(&with("00 02 0200 00000000"), Rule::MagicNumber, 1);
    refused::<PaddedWire>(&with("00 01 0000 00000000"), Rule::Version, 2);
    refused::<PaddedWire>(&with("00 01 fd02 00000000"), Rule::Version, 2);
    refused::<PaddedWire>(&with("01 01 0200 00000000"), Rule::Reserved, 0);
    refused::<PaddedWire>(&with("00 01 0200 01000000"), Rule::Reserved, 4);
    refused::<PaddedWire>(&with("00 01 0200 00010000"), Rule::Reserved, 5);
    refused::<PaddedWire>(&with("00 01 0200 00000100"), Rule::Reserved, 6);
    refused::<PaddedWire>(&with("00 01 0200 00000080"), Rule::Reserved, 7);
}

#[test]
fn bodies_are_consumed_to_the_last_byte() {
    let with = |body: &str| format!("{HEADER} {body}");
    refused::<PaddedWire>(HEADER, Rule::OutOfBounds, 8);
    refused::<PaddedWire>(&with("01 000000 02000000"), Rule::OutOfBounds, 8);
    refused::<PaddedWire>(&with("01 000000 02000000 · 0300 0000 00000000 · 00"), Rule::TrailingBytes, 24);
    refused::<PaddedWire>(&with("01 000000 02000000 · 0300 0000 00000001"), Rule::Padding, 23);
    refused::<StringsWire>(&with("#1 P · #0 P · Z Z · Z Z · 61 00000000000001"), Rule::Padding, 79);
}

#[test]
fn nothing_has_handles() {
    let unknown = |handles: &str| format!("{HEADER} #2 P · Z · 01000000 {handles} 0100");
    assert_eq!(read::<MixedWire, _>(&bytes(&unknown("0000")), |_| ()), Ok(()));
    refused::<MixedWire>(&unknown("0100"), Rule::TooFewHandles, 36);
}

#[test]
fn places_that_are_not_aligned() {
    let mut buffer = Aligned([0; 32]);
    buffer.0[4..28].copy_from_slice(&bytes(&format!("{HEADER} 01 000000 02000000 · 0300 0000 00000000")));
    let error = unpersist::<PaddedWire>(&mut buffer.0[4..28]).expect_err("not aligned");
    assert_eq!((error.rule, error.offset), (Rule::Alignment, 8));
    let error = decode_standalone::<PaddedWire>(Metadata::CURRENT, &mut buffer.0[12..28], &[]);
    assert_eq!(error.map(|_| ()).map_err(|error| error.rule), Err(Rule::Alignment));
}

#[test]
fn values_that_cannot_be_persisted() {
    let value = Padded { a: 1, b: 2, c: 3 };
    for room in [0, 7, 8, 16, 23] {
        let mut buffer = vec![0; room];
        assert_eq!(
            persist::<PaddedWire>(&value, &mut buffer),
            Err(EncodeError::new(EncodeRule::OutOfSpace)),
            "{room}"
        );
    }
    let mut buffer = [0; 200];
    assert_eq!(persist::<PaddedWire>(&value, &mut buffer).map(<[u8]>::len), Ok(24));
    let strings = Strings { plain: "", bounded: "too long", optional: None, both: None };
    assert_eq!(persist::<StringsWire>(&strings, &mut buffer), Err(EncodeError::new(EncodeRule::Bound)));
}

/// A channel carries fewer bytes, but as many indirections.
#[test]
fn limits() {
    let many = vec![7; MAX_MESSAGE_BYTES * 2];
    let value = Unbounded { bytes: &many, texts: &[], optional: None };
    let mut buffer = vec![0; MAX_MESSAGE_BYTES * 3];
    let stored = persist::<UnboundedWire>(&value, &mut buffer).expect("no limit to its size");
    assert_eq!(read::<UnboundedWire, _>(stored, |body| body.view().bytes().len()), Ok(many.len()));

    fn nest<R>(count: usize, inner: Tables<'_>, then: &mut dyn FnMut(&Tables<'_>) -> R) -> R {
        match count {
            0 => then(&inner),
            _ => nest(count - 1, Tables { next: Some(&inner), ..Tables::default() }, then),
        }
    }
    let mut deep = |count| {
        nest(count, Tables::default(), &mut |value| {
            persist::<TablesWire>(value, &mut buffer).map(<[u8]>::len)
        })
    };
    assert_eq!(deep(17), Err(EncodeError::new(EncodeRule::Depth)));
    let length = deep(16).expect("as deep as may be");
    assert_eq!(read::<TablesWire, _>(&buffer[..length], |_| ()), Ok(()));
}

#[test]
fn metadata_is_carried_along() {
    let mut buffer = Aligned([0; 16]);
    let (metadata, written) =
        encode_standalone::<PaddedWire>(&Padded { a: 1, b: 2, c: 3 }, &mut buffer.0, &[]).unwrap();
    assert_eq!((metadata.into_bytes(), written.bytes), ([0, 1, 2, 0, 0, 0, 0, 0], 16));
    for (place, value, rule) in
        [(0, 1, Rule::Reserved), (1, 2, Rule::MagicNumber), (2, 1, Rule::Version), (7, 1, Rule::Reserved)]
    {
        let mut changed = metadata.into_bytes();
        changed[place] = value;
        let error = decode_standalone::<PaddedWire>(Metadata::from_bytes(changed), &mut buffer.0, &[]);
        let error = error.map(|_| ()).map_err(|error| (error.rule, error.offset));
        assert_eq!(error, Err((rule, place as u32)));
    }
    let body = decode_standalone::<PaddedWire>(metadata, &mut buffer.0, &[]).unwrap();
    assert_eq!(body.view().c(), 3);
}

/// Whether the other end of a channel is still open.
fn is_open(channel: &Channel) -> bool {
    write(channel.raw_handle(), &[], &[]).is_ok()
}

const CARGO: &str = "#4 P · ffffffff 0100 0100 · Z · Z · 18000000 0000 0000 · #2 P · 6869 000000000000";

#[test]
fn handles_travel_beside_the_bytes() {
    let (channel, peer) = Channel::create().unwrap();
    let (mut buffer, slots) = (Aligned([0; 128]), [const { HandleSlot::empty() }; 2]);
    let value = Cargo { end: Some(channel), ends: None, name: Some("hi") };
    let (metadata, written) = encode_standalone::<CargoWire>(value, &mut buffer.0, &slots).unwrap();
    assert_eq!((text(&buffer.0[..written.bytes]), written.handles), (text(&bytes(CARGO)), 1));
    let slots = &slots[..written.handles];
    let body = decode_standalone::<CargoWire>(metadata, &mut buffer.0[..written.bytes], slots).unwrap();
    let end = body.view().end().unwrap().take();
    assert!(end.is_some() && is_open(&peer));
    assert_eq!(body.view().name(), Some("hi"));
}

#[test]
fn handles_are_closed_when_something_is_wrong() {
    let (channel, peer) = Channel::create().unwrap();
    let slots = [HandleSlot::holding(channel, 4, 0xf00e)];
    let mut buffer = Aligned([0; 64]);
    buffer.0.copy_from_slice(&bytes(&format!("{CARGO} Z"))[..64]);
    assert!(decode_standalone::<CargoWire>(Metadata::CURRENT, &mut buffer.0, &slots).is_err());
    assert!(!is_open(&peer));

    let (channel, peer) = Channel::create().unwrap();
    let slots = [HandleSlot::holding(channel, 4, 0xf00e)];
    let metadata = Metadata::from_bytes([0; 8]);
    assert!(decode_standalone::<CargoWire>(metadata, &mut buffer.0, &slots).is_err());
    assert!(!is_open(&peer));

    // The first channel finds a slot, the second does not.
    let ((first, first_peer), (second, second_peer)) =
        (Channel::create().unwrap(), Channel::create().unwrap());
    let slots = [const { HandleSlot::empty() }; 1];
    let value = Cargo { end: Some(first), ends: Some(ArrayVec::from_iter([second])), name: None };
    let result = encode_standalone::<CargoWire>(value, &mut buffer.0, &slots);
    assert_eq!(result.map(|_| ()), Err(EncodeError::new(EncodeRule::TooManyHandles)));
    assert!(!is_open(&first_peer) && !is_open(&second_peer));
}

/// Handles with members that the schema does not know are closed, and what is known is there.
#[test]
fn handles_of_unknown_members_are_closed() {
    let (channel, peer) = Channel::create().unwrap();
    let slots = [HandleSlot::holding(channel, 4, 0xf00e)];
    let mut buffer = Aligned([0; 48]);
    buffer.0[..40].copy_from_slice(&bytes("#3 P · Z · Z · 00000000 0100 0100"));
    let body = decode_standalone::<CargoWire>(Metadata::CURRENT, &mut buffer.0[..40], &slots).unwrap();
    assert!(body.view().end().is_none());
    assert!(!is_open(&peer));
}
