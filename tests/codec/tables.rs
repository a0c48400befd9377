//! Tables.

use fidl::generated::ArrayVec;
use fidl::kernel::Channel;
use fidl::wire::{EncodeError, EncodeRule, HandleSlot, Rule, TableView, Vector};

use super::codec::{check, encode, touch};
use super::layouts::*;
use super::{accepted, encodes, handle, refused};

fn channel() -> Channel {
    Channel::create().unwrap().0
}

#[test]
fn an_empty_table_has_no_envelopes() {
    check::<MixedWire>(Mixed::default(), "#0 P", |view| {
        assert_eq!(view.highest_ordinal(), 0);
        assert_eq!((view.flag(), view.name()), (None, None));
    });
}

#[test]
fn envelopes_end_at_the_last_member_that_is_present() {
    let value = Mixed { small: Some(0x1234), ..Mixed::default() };
    check::<MixedWire>(value, "#3 P · Z Z · 3412 0000 0000 0100", |view| {
        assert_eq!((view.flag(), view.small(), view.number()), (None, Some(0x1234), None));
    });
    let value = Mixed { flag: Some(true), ..Mixed::default() };
    check::<MixedWire>(value, "#1 P · 01 000000 0000 0100", |view| assert_eq!(view.flag(), Some(true)));
    let value = Mixed { flag: Some(false), ..Mixed::default() };
    check::<MixedWire>(value, "#1 P · 00 000000 0000 0100", |view| assert_eq!(view.flag(), Some(false)));
}

const FULL: &str = "#7 P · 01 000000 0000 0100 · Z · 0200 0000 0000 0100 · 08000000 0000 0000 · Z \
    · 18000000 0000 0000 · 08000000 0000 0000 · #3 · #2 P · 6869 000000000000 · 04000000 05000000";

#[test]
fn contents_follow_by_ordinal() {
    let value =
        Mixed { flag: Some(true), small: Some(2), number: Some(3), name: Some("hi"), wide: Some([4, 5]) };
    let look = |view: MixedView<'_>| {
        assert_eq!((view.flag(), view.small(), view.number()), (Some(true), Some(2), Some(3)));
        assert_eq!((view.name(), view.wide()), (Some("hi"), Some(&[4, 5][..])));
        MixedOwned::from(view)
    };
    check::<MixedWire>(value, FULL, |view| {
        check::<MixedWire>(&look(view), FULL, |again| assert_eq!(look(again), look(view)));
    });
}

#[test]
fn tables_in_a_vector() {
    let first = Mixed { number: Some(1), ..Mixed::default() };
    let second = Mixed { flag: Some(true), ..Mixed::default() };
    // The tables lie together; what each refers to follows.
    let expected = "#2 P · #4 P #1 P · Z Z Z · 08000000 0000 0000 · #1 · 01 000000 0000 0100";
    check::<Vector<MixedWire, 2>>(&[first, second][..], expected, |view| {
        assert_eq!(view.get(0).and_then(MixedView::number), Some(1));
        assert_eq!(view.get(1).and_then(MixedView::flag), Some(true));
    });
}

#[test]
fn handles() {
    let cargo = Cargo { end: Some(channel()), ..Cargo::default() };
    encodes::<CargoWire>(cargo, "#1 P · ffffffff 0100 0100", 1);
    let ends = ArrayVec::from_iter([channel(), channel()]);
    let cargo = Cargo { end: Some(channel()), ends: Some(ends), name: Some("a") };
    let all = "#4 P · ffffffff 0100 0100 · 18000000 0200 0000 · Z · 18000000 0000 0000 \
        · #2 P · ffffffff ffffffff · #1 P · 61 00000000000000";
    encodes::<CargoWire>(cargo, all, 3);
    accepted::<CargoWire>(all, &[handle(1), handle(2), handle(3)], |view| {
        let number = |view: fidl::wire::HandleView<'_>| view.slot().and_then(HandleSlot::take).map(u32::from);
        assert_eq!(view.end().and_then(number), Some(1));
        assert_eq!(view.ends().unwrap().iter().map(number).collect::<Vec<_>>(), [Some(2), Some(3)]);
        assert_eq!((view.name(), view.unknown_members().count()), (Some("a"), 0));
    });
}

#[test]
fn a_member_over_its_bound_is_not_encoded() {
    let value = Mixed { name: Some("more than ten"), ..Mixed::default() };
    assert_eq!(encode::<MixedWire>(value).map(|_| ()), Err(EncodeError::new(EncodeRule::Bound)));
}

#[test]
fn a_table_is_never_absent() {
    refused::<MixedWire>("#0 Z", &[], Rule::Absent, 0);
    refused::<MixedWire>("#1 Z", &[], Rule::AbsentWithCount, 0);
    refused::<MixedWire>("#0 #1", &[], Rule::Presence, 8);
    refused::<MixedWire>("#0", &[], Rule::OutOfBounds, 0);
}

#[test]
fn more_envelopes_than_there_are() {
    refused::<MixedWire>("#1 P", &[], Rule::OutOfBounds, 16);
    refused::<MixedWire>("#3 P · Z Z", &[], Rule::OutOfBounds, 16);
    refused::<MixedWire>("#4294967295 P · Z Z", &[], Rule::OutOfBounds, 16);
    refused::<MixedWire>("#4294967296 P · Z Z", &[], Rule::Bound, 0);
    refused::<MixedWire>("P P · Z Z", &[], Rule::Bound, 0);
}

#[test]
fn fewer_envelopes_than_there_are() {
    refused::<MixedWire>("#0 P · Z", &[], Rule::TrailingBytes, 16);
    refused::<MixedWire>("#1 P · 01 000000 0000 0100 · Z", &[], Rule::TrailingBytes, 24);
}

/// No encoder ends with an absent member; decoders take it.
#[test]
fn absent_members_at_the_end() {
    accepted::<MixedWire>("#1 P · Z", &[], |view| assert_eq!(view.flag(), None));
    accepted::<MixedWire>("#9 P · 01 000000 0000 0100 · Z Z Z Z Z Z Z Z", &[], |view| {
        assert_eq!((view.flag(), view.highest_ordinal()), (Some(true), 9));
        assert_eq!(view.unknown_members().count(), 0);
    });
}

#[test]
fn the_form_of_a_known_member_is_given_by_its_type() {
    refused::<MixedWire>("#1 P · 08000000 0000 0000 · 01 00000000000000", &[], Rule::EnvelopeForm, 22);
    refused::<MixedWire>("#4 P · Z Z Z · 01000000 0000 0100", &[], Rule::EnvelopeForm, 46);
    refused::<MixedWire>("#6 P · Z Z Z Z Z · 02000000 0000 0100", &[], Rule::EnvelopeForm, 62);
    for flags in ["0200", "0300", "0001", "ffff"] {
        refused::<MixedWire>(&format!("#1 P · 01 000000 0000 {flags}"), &[], Rule::EnvelopeForm, 22);
    }
}

#[test]
fn inlined_values_are_padded_and_checked() {
    refused::<MixedWire>("#1 P · 01 010000 0000 0100", &[], Rule::Padding, 17);
    refused::<MixedWire>("#1 P · 01 000001 0000 0100", &[], Rule::Padding, 19);
    refused::<MixedWire>("#3 P · Z Z · 0100 0001 0000 0100", &[], Rule::Padding, 35);
    refused::<MixedWire>("#1 P · 02 000000 0000 0100", &[], Rule::Bool, 16);
}

#[test]
fn the_size_of_a_known_member_is_what_it_has() {
    let name = |size: &str| format!("#6 P · Z Z Z Z Z · {size} 0000 0000 · #2 P · 6869 000000000000");
    accepted::<MixedWire>(&name("18000000"), &[], |view| assert_eq!(view.name(), Some("hi")));
    for wrong in ["08000000", "10000000", "20000000", "17000000", "19000000", "ffffffff"] {
        refused::<MixedWire>(&name(wrong), &[], Rule::EnvelopeBytes, 56);
    }
    refused::<MixedWire>("#6 P · Z Z Z Z Z · 18000000 0000 0000", &[], Rule::OutOfBounds, 64);
    refused::<MixedWire>("#6 P · Z Z Z Z Z · 10000000 0000 0000 · #0 Z", &[], Rule::Absent, 64);
    refused::<MixedWire>("#6 P · Z Z Z Z Z · 20000000 0000 0000 · #11 P · Z Z", &[], Rule::Bound, 64);
}

#[test]
fn the_handles_of_a_known_member_are_those_it_has() {
    refused::<MixedWire>("#1 P · 01 000000 0100 0100", &[], Rule::EnvelopeHandles, 20);
    refused::<MixedWire>("#1 P · 01 000000 0100 0100", &[handle(1)], Rule::EnvelopeHandles, 20);
    refused::<CargoWire>("#1 P · ffffffff 0000 0100", &[handle(1)], Rule::EnvelopeHandles, 20);
    refused::<CargoWire>("#1 P · ffffffff 0200 0100", &[handle(1)], Rule::EnvelopeHandles, 20);
    refused::<CargoWire>("#1 P · ffffffff 0100 0100", &[], Rule::TooFewHandles, 16);
    refused::<CargoWire>("#1 P · ffffffff 0100 0100", &[handle(1), handle(2)], Rule::TrailingHandles, 24);
    refused::<CargoWire>("#1 P · feffffff 0100 0100", &[handle(1)], Rule::Presence, 16);
    // An absent handle is no member.
    refused::<CargoWire>("#1 P · 00000000 0000 0100", &[], Rule::Absent, 16);
    let event = HandleSlot::new(1, 5, 0xd003);
    refused::<CargoWire>("#1 P · ffffffff 0100 0100", &[event], Rule::HandleType, 16);
    let two = "#2 P · Z · 18000000 0100 0000 · #2 P · ffffffff ffffffff";
    refused::<CargoWire>(two, &[handle(1), handle(2)], Rule::EnvelopeHandles, 28);
}

#[test]
fn unknown_members_are_passed_over_in_either_form() {
    // Reserved, behind the last one, and far behind.
    let far = format!("#70 P · Z · 07000000 0000 0100 · {} · 10000000 0000 0000 · P P", "Z ".repeat(67));
    accepted::<MixedWire>(&far, &[], |view| {
        let unknown: Vec<_> = view.unknown_members().collect();
        assert_eq!(unknown.iter().map(|member| member.ordinal()).collect::<Vec<_>>(), [2, 70]);
        assert_eq!((unknown[0].bytes(), unknown[1].bytes()), (&[7, 0, 0, 0][..], &[0xff; 16][..]));
        touch(view);
    });
    // What is known keeps its place behind what is not.
    let between = "#3 P · Z · 08000000 0000 0000 · 0100 0000 0000 0100 · P";
    accepted::<MixedWire>(between, &[], |view| assert_eq!(view.small(), Some(1)));
    let before = "#6 P · Z · 08000000 0000 0000 · Z Z Z 18000000 0000 0000 · P · #1 P 61 00000000000000";
    accepted::<MixedWire>(before, &[], |view| assert_eq!(view.name(), Some("a")));
}

#[test]
fn unknown_members_give_up_their_handles() {
    for form in ["ffffffff 0200 0100", "08000000 0200 0000 · Z"] {
        let slots = [handle(1), handle(2)];
        accepted::<MixedWire>(&format!("#2 P · Z · {form}"), &slots, |view| {
            assert_eq!(view.unknown_members().map(|member| member.handle_count()).sum::<usize>(), 2);
        });
        assert!(slots.iter().all(HandleSlot::is_unknown));
    }
    // A known handle before and behind.
    let slots = [handle(1), handle(2), handle(3)];
    let both =
        "#3 P · ffffffff 0100 0100 · 18000000 0100 0000 · 07000000 0100 0100 · #1 P · ffffffff 00000000";
    accepted::<CargoWire>(both, &slots, |view| assert!(view.end().unwrap().is_present()));
    assert_eq!(slots.each_ref().map(HandleSlot::is_unknown), [false, false, true]);
}

#[test]
fn unknown_members_are_within_the_message() {
    let unknown = |envelope: &str| format!("#2 P · Z · {envelope}");
    refused::<MixedWire>(&unknown("08000000 0000 0000"), &[], Rule::OutOfBounds, 32);
    refused::<MixedWire>(&unknown("10000000 0000 0000 · Z"), &[], Rule::OutOfBounds, 32);
    refused::<MixedWire>(&unknown("f8ffffff 0000 0000 · Z"), &[], Rule::OutOfBounds, 32);
    refused::<MixedWire>(&unknown("08000000 0000 0000 · Z Z"), &[], Rule::TrailingBytes, 40);
    refused::<MixedWire>(&unknown("04000000 0000 0000 · Z"), &[], Rule::EnvelopeBytes, 24);
    refused::<MixedWire>(&unknown("07000000 0000 0000 · Z"), &[], Rule::EnvelopeBytes, 24);
    refused::<MixedWire>(&unknown("00000000 0100 0000"), &[handle(1)], Rule::EnvelopeBytes, 24);
    refused::<MixedWire>(&unknown("00000000 0000 0200"), &[], Rule::EnvelopeForm, 30);
    refused::<MixedWire>(&unknown("00000000 0000 0300"), &[], Rule::EnvelopeForm, 30);
    refused::<MixedWire>(&unknown("08000000 0000 0080 · Z"), &[], Rule::EnvelopeForm, 30);
    refused::<MixedWire>(&unknown("00000000 0100 0100"), &[], Rule::TooFewHandles, 28);
    refused::<MixedWire>(&unknown("00000000 ffff 0100"), &[handle(1)], Rule::TooFewHandles, 28);
    refused::<MixedWire>(&unknown("00000000 0000 0100"), &[handle(1)], Rule::TrailingHandles, 32);
}
