//! What replies travel in, where a method can fail.

use fidl::wire::{
    EmptyStruct, FlexibleErrorResult, FlexibleResult, FrameworkError, I32, Rule, StrictErrorResult, U32,
};

use super::codec::check;
use super::layouts::*;
use super::{accepted, refused};

#[test]
fn strict_methods_with_an_error_type() {
    type Reply = StrictErrorResult<MixedWire, U32>;
    let value = Mixed { flag: Some(true), ..Mixed::default() };
    let expected = "#1 · 18000000 0000 0000 · #1 P · 01 000000 0000 0100";
    check::<Reply>(Ok::<_, u32>(value), expected, |view| {
        assert_eq!(view.unwrap().flag(), Some(true));
    });
    check::<Reply>(Err::<Mixed<'_>, u32>(7), "#2 · 07000000 0000 0100", |view| {
        assert_eq!(view.unwrap_err(), 7);
    });
    type Union = StrictErrorResult<StrictWire, I32>;
    let expected = "#1 · 10000000 0000 0000 · #1 · 01 000000 0000 0100";
    check::<Union>(Ok::<_, i32>(Strict::Flag(true)), expected, |view| {
        assert!(matches!(view, Ok(StrictView::Flag(true))));
    });
    type Empty = StrictErrorResult<EmptyStruct, I32>;
    check::<Empty>(Ok::<_, i32>(()), "#1 · 00000000 0000 0100", |view| assert_eq!(view, Ok(())));
    check::<Empty>(Err::<(), _>(-2), "#2 · feffffff 0000 0100", |view| assert_eq!(view, Err(-2)));
}

#[test]
fn flexible_methods_with_an_error_type() {
    type Reply = FlexibleErrorResult<EmptyStruct, I32>;
    let good: Result<Result<(), i32>, FrameworkError> = Ok(Ok(()));
    check::<Reply>(good, "#1 · 00000000 0000 0100", |view| assert_eq!(view, Ok(Ok(()))));
    let bad: Result<Result<(), i32>, FrameworkError> = Ok(Err(5));
    check::<Reply>(bad, "#2 · 05000000 0000 0100", |view| assert_eq!(view, Ok(Err(5))));
    let unknown: Result<Result<(), i32>, FrameworkError> = Err(FrameworkError);
    check::<Reply>(unknown, "#3 · feffffff 0000 0100", |view| assert_eq!(view, Err(FrameworkError)));
}

#[test]
fn other_ordinals() {
    for ordinal in ["#0", "#3", "#4", "P"] {
        let message = format!("{ordinal} · feffffff 0000 0100");
        refused::<StrictErrorResult<EmptyStruct, I32>>(&message, &[], Rule::UnionOrdinal, 0);
    }
    for ordinal in ["#0", "#4", "P"] {
        let message = format!("{ordinal} · feffffff 0000 0100");
        refused::<FlexibleErrorResult<EmptyStruct, I32>>(&message, &[], Rule::UnionOrdinal, 0);
    }
    refused::<FlexibleResult<EmptyStruct>>("#2 · feffffff 0000 0100", &[], Rule::UnionOrdinal, 0);
}

#[test]
fn framework_errors_have_one_value() {
    type Reply = FlexibleErrorResult<EmptyStruct, I32>;
    accepted::<Reply>("#3 · feffffff 0000 0100", &[], |view| assert_eq!(view, Err(FrameworkError)));
    refused::<Reply>("#3 · ffffffff 0000 0100", &[], Rule::FrameworkError, 8);
    refused::<Reply>("#3 · 08000000 0000 0000 · feffffff 00000000", &[], Rule::EnvelopeForm, 14);
}

#[test]
fn envelopes() {
    type Reply = StrictErrorResult<MixedWire, U32>;
    refused::<Reply>("#2 · 08000000 0000 0000 · #7", &[], Rule::EnvelopeForm, 14);
    refused::<Reply>("#1 · 07000000 0000 0100", &[], Rule::EnvelopeForm, 14);
    refused::<Reply>("#2 · 07000000 0100 0100", &[], Rule::EnvelopeHandles, 12);
    refused::<Reply>("#1 · 18000000 0000 0000 · #0 P", &[], Rule::EnvelopeBytes, 8);
    refused::<Reply>("#1 Z", &[], Rule::Absent, 8);
    refused::<Reply>("#2 Z", &[], Rule::Absent, 8);
}
