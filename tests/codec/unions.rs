//! Unions.

use fidl::kernel::Channel;
use fidl::wire::{EncodeError, EncodeRule, HandleSlot, OptUnion, Rule, Vector};

use super::codec::{check, encode, touch};
use super::layouts::*;
use super::{accepted, encodes, handle, refused};

#[test]
fn one_member_inlined_or_out_of_line() {
    check::<StrictWire>(Strict::Flag(true), "#1 · 01 000000 0000 0100", |view| {
        assert!(matches!(view, StrictView::Flag(true)));
    });
    check::<StrictWire>(Strict::Number(9), "#2 · 08000000 0000 0000 · #9", |view| {
        assert!(matches!(view, StrictView::Number(9)));
    });
    let expected = "#5 · 18000000 0000 0000 · #2 P · 6869 000000000000";
    check::<StrictWire>(Strict::Name("hi"), expected, |view| assert!(matches!(view, StrictView::Name("hi"))));
    check::<StrictWire>(Strict::Empty(()), "#7 · 00000000 0000 0100", |view| {
        assert!(matches!(view, StrictView::Empty(())));
    });
}

#[test]
fn unions_in_a_struct() {
    let value = Holder { before: 1, either: Strict::Number(2), maybe: None };
    let expected = "01 00000000000000 · #2 08000000 0000 0000 · Z Z · #2";
    check::<HolderWire>(value, expected, |view| {
        assert!(matches!((view.either(), view.maybe()), (StrictView::Number(2), None)));
    });
    let value = Holder { maybe: Some(Strict::Name("")), ..value };
    let expected = "01 00000000000000 · #2 08000000 0000 0000 · #5 10000000 0000 0000 · #2 · #0 P";
    check::<HolderWire>(value, expected, |view| {
        assert!(matches!(view.maybe(), Some(StrictView::Name(""))));
        touch(view);
    });
}

#[test]
fn unions_in_a_vector_and_in_one_another() {
    let values = [Strict::Number(1), Strict::Flag(false)];
    let expected = "#2 P · #2 08000000 0000 0000 · #1 00000000 0000 0100 · #1";
    check::<Vector<StrictWire, 2>>(&values[..], expected, |view| {
        assert!(matches!(view.get(0), Some(StrictView::Number(1))));
        assert!(matches!(view.get(1), Some(StrictView::Flag(false))));
    });
    let value = Flexible::Either(Strict::Number(3));
    let expected = "#4 · 18000000 0000 0000 · #2 · 08000000 0000 0000 · #3";
    check::<FlexibleWire>(value, expected, |view| {
        assert!(matches!(view, FlexibleView::Either(StrictView::Number(3))));
    });
    let mixed = Mixed { flag: Some(true), ..Mixed::default() };
    let expected = "#3 · 18000000 0000 0000 · #1 P · 01 000000 0000 0100";
    check::<FlexibleWire>(Flexible::Mixed(mixed), expected, |view| {
        let FlexibleView::Mixed(mixed) = view else { panic!("another member") };
        assert_eq!(mixed.flag(), Some(true));
    });
}

#[test]
fn handles() {
    let (end, _other) = Channel::create().unwrap();
    encodes::<FlexibleWire>(Flexible::End(end), "#1 · ffffffff 0100 0100", 1);
    accepted::<FlexibleWire>("#1 · ffffffff 0100 0100", &[handle(1)], |view| {
        assert!(matches!(view, FlexibleView::End(end) if end.is_present()));
    });
    refused::<FlexibleWire>("#1 · ffffffff 0000 0100", &[handle(1)], Rule::EnvelopeHandles, 12);
    refused::<FlexibleWire>("#1 · ffffffff 0100 0100", &[], Rule::TooFewHandles, 8);
    refused::<FlexibleWire>("#1 · 00000000 0000 0100", &[], Rule::Absent, 8);
    refused::<FlexibleWire>("#3 · 10000000 0100 0000 · #0 P", &[handle(1)], Rule::EnvelopeHandles, 12);
}

#[test]
fn an_unknown_state_is_not_encoded() {
    let result = encode::<FlexibleWire>(Flexible::Unknown).map(|_| ());
    assert_eq!(result, Err(EncodeError::new(EncodeRule::UnknownUnion)));
    let result = encode::<StrictWire>(Strict::Name("more than ten")).map(|_| ());
    assert_eq!(result, Err(EncodeError::new(EncodeRule::Bound)));
}

#[test]
fn absent_unions() {
    type Maybe = OptUnion<StrictWire>;
    check::<Maybe>(None::<Strict<'_>>, "Z Z", |view| assert!(view.is_none()));
    check::<Maybe>(Some(Strict::Flag(true)), "#1 · 01 000000 0000 0100", |view| assert!(view.is_some()));
    refused::<Maybe>("#0 · 01 000000 0000 0100", &[], Rule::UnionOrdinal, 0);
    refused::<Maybe>("#0 · 00 000000 0000 0100", &[], Rule::UnionOrdinal, 0);
    refused::<Maybe>("#0 · 00000000 0100 0000", &[], Rule::UnionOrdinal, 0);
    refused::<Maybe>("#0 · 08000000 0000 0000 · #1", &[], Rule::UnionOrdinal, 0);
    refused::<Maybe>("Z Z Z", &[], Rule::TrailingBytes, 16);
    refused::<Maybe>("#3 · 01 000000 0000 0100", &[], Rule::UnionOrdinal, 0);
    refused::<StrictWire>("Z Z", &[], Rule::UnionOrdinal, 0);
    refused::<FlexibleWire>("Z Z", &[], Rule::UnionOrdinal, 0);
    refused::<OptUnion<FlexibleWire>>("#0 · 01 000000 0000 0100", &[], Rule::UnionOrdinal, 0);
    accepted::<OptUnion<FlexibleWire>>("Z Z", &[], |view| assert!(view.is_none()));
}

/// A union that is there has a member.
#[test]
fn ordinals_without_envelope() {
    refused::<StrictWire>("#1 Z", &[], Rule::Absent, 8);
    refused::<StrictWire>("#2 Z", &[], Rule::Absent, 8);
    refused::<StrictWire>("#2 Z · #9", &[], Rule::Absent, 8);
    refused::<FlexibleWire>("#9 Z", &[], Rule::Absent, 8);
    refused::<OptUnion<FlexibleWire>>("#9 Z", &[], Rule::Absent, 8);
}

#[test]
fn the_envelope_of_a_known_member() {
    refused::<StrictWire>("#1 · 08000000 0000 0000 · #1", &[], Rule::EnvelopeForm, 14);
    refused::<StrictWire>("#1 · 05000000 0000 0000 · #1", &[], Rule::EnvelopeBytes, 8);
    refused::<StrictWire>("#2 · 00000000 0100 0000", &[handle(1)], Rule::EnvelopeBytes, 8);
    refused::<StrictWire>("#2 · 09000000 0000 0100", &[], Rule::EnvelopeForm, 14);
    refused::<StrictWire>("#2 · 08000000 0000 0200 · #9", &[], Rule::EnvelopeForm, 14);
    refused::<StrictWire>("#2 · 10000000 0000 0000 · #9", &[], Rule::EnvelopeBytes, 8);
    refused::<StrictWire>("#2 · 10000000 0000 0000 · #9 Z", &[], Rule::EnvelopeBytes, 8);
    refused::<StrictWire>("#2 · 08000000 0100 0000 · #9", &[handle(1)], Rule::EnvelopeHandles, 12);
    refused::<StrictWire>("#1 · 01 000100 0000 0100", &[], Rule::Padding, 10);
    refused::<StrictWire>("#7 · 01 000000 0000 0100", &[], Rule::Padding, 8);
    refused::<StrictWire>("#2 · 08000000 0000 0000", &[], Rule::OutOfBounds, 16);
    refused::<StrictWire>("#2 · 08000000 0000 0000 · #9 Z", &[], Rule::TrailingBytes, 24);
    refused::<StrictWire>("#5 · 18000000 0000 0000 · #1 P · ff 00000000000000", &[], Rule::Utf8, 32);
    refused::<StrictWire>("#5 · 18000000 0000 0000 · #1 P · 61 00000000000001", &[], Rule::Padding, 39);
}

#[test]
fn unknown_members_of_strict_unions() {
    for ordinal in ["#3", "#4", "#8", "P"] {
        refused::<StrictWire>(&format!("{ordinal} · 01000000 0000 0100"), &[], Rule::UnionOrdinal, 0);
        let message = format!("{ordinal} · 08000000 0100 0000 · Z");
        refused::<StrictWire>(&message, &[handle(1)], Rule::UnionOrdinal, 0);
    }
}

#[test]
fn unknown_members_of_flexible_unions() {
    for (ordinal, number) in [("#2", 2), ("#5", 5), ("P", u64::MAX)] {
        accepted::<FlexibleWire>(&format!("{ordinal} · 01020304 0000 0100"), &[], |view| {
            let FlexibleView::Unknown(unknown) = view else { panic!("a known member") };
            assert_eq!((unknown.ordinal(), unknown.bytes()), (number, &[1, 2, 3, 4][..]));
            assert_eq!(unknown.handle_count(), 0);
        });
        let slots = [handle(1), handle(2)];
        accepted::<FlexibleWire>(&format!("{ordinal} · 10000000 0200 0000 · P Z"), &slots, |view| {
            let FlexibleView::Unknown(unknown) = view else { panic!("a known member") };
            assert_eq!((unknown.ordinal(), unknown.bytes().len()), (number, 16));
            assert_eq!((unknown.bytes()[7], unknown.bytes()[8], unknown.handle_count()), (0xff, 0, 2));
            touch(view);
        });
        assert!(slots.iter().all(HandleSlot::is_unknown));
    }
}

#[test]
fn unknown_members_are_within_the_message() {
    let unknown = |envelope: &str| format!("#9 · {envelope}");
    refused::<FlexibleWire>(&unknown("08000000 0000 0000"), &[], Rule::OutOfBounds, 16);
    refused::<FlexibleWire>(&unknown("07000000 0000 0000 · Z"), &[], Rule::EnvelopeBytes, 8);
    refused::<FlexibleWire>(&unknown("00000000 0100 0000"), &[handle(1)], Rule::EnvelopeBytes, 8);
    refused::<FlexibleWire>(&unknown("08000000 0000 0400 · Z"), &[], Rule::EnvelopeForm, 14);
    refused::<FlexibleWire>(&unknown("08000000 0100 0000 · Z"), &[], Rule::TooFewHandles, 12);
    refused::<FlexibleWire>(&unknown("08000000 0000 0000 · Z Z"), &[], Rule::TrailingBytes, 24);
    refused::<FlexibleWire>(&unknown("08000000 0000 0000 · Z"), &[handle(1)], Rule::TrailingHandles, 24);
}
