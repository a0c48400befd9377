//! What is refused: messages that break one rule each, and values that cannot be encoded.

mod codec;

use std::fmt::Debug;

use codec::schema::{test_constructs::*, test_shapes::*};
use codec::{bytes, decode, encode, encode_within, touch};
use fidl::client::{ClientError, Strict};
use fidl::kernel::{self, Event, Handle, create_endpoints};
use fidl::message::{Frame, FrameStorage, Header};
use fidl::wire::{
    DecodeError, EmptyStruct, EncodeError, EncodeRule, FlexibleResult, HandleSlot, Rule, U32, Wire,
};

/// Decodes a message that is refused, where and why.
#[track_caller]
fn refused<W: Wire>(message: &str, handles: &[HandleSlot], rule: Rule, offset: u32) {
    let found = decode::<W, _>(&bytes(message), handles, |_| ()).map_err(|error| (error.rule, error.offset));
    assert_eq!(found, Err((rule, offset)), "{message}");
}

/// Decodes a message that is not.
#[track_caller]
fn accepted<W: Wire>(message: &str, handles: &[HandleSlot]) {
    assert_eq!(decode::<W, _>(&bytes(message), handles, |_| ()), Ok(()), "{message}");
}

#[test]
fn out_of_bounds() {
    // The primary object, padding included.
    refused::<PaddedWire>("01 000000 02000000", &[], Rule::OutOfBounds, 0);
    refused::<PaddedWire>("01 000000 02000000 0300 0000", &[], Rule::OutOfBounds, 0);
    refused::<PaddedWire>("", &[], Rule::OutOfBounds, 0);
    // What is out of line: absent, cut, or larger than any message.
    refused::<NodeWire>("01000000 00000000 P", &[], Rule::OutOfBounds, 16);
    refused::<LabelWire>("#3 P · 616263", &[], Rule::OutOfBounds, 16);
    refused::<UnboundedWire>("#17 P · #0 P · Z Z · Z Z", &[], Rule::OutOfBounds, 48);
    refused::<UnboundedWire>("#4294967295 P · #0 P · Z Z", &[], Rule::OutOfBounds, 48);
    refused::<UnboundedWire>("#0 P · #4294967295 P · Z Z", &[], Rule::OutOfBounds, 48);
}

#[test]
fn trailing_bytes() {
    refused::<EmptyWire>("Z Z", &[], Rule::TrailingBytes, 8);
    refused::<LabelWire>("#1 P · 61 00000000000000 · 00", &[], Rule::TrailingBytes, 24);
}

#[test]
fn padding() {
    accepted::<PaddedWire>("01 000000 02000000 · 0300 0000 00000000", &[]);
    // Between members, behind the last member, behind the object.
    refused::<PaddedWire>("01 000100 02000000 · 0300 0000 00000000", &[], Rule::Padding, 2);
    refused::<PaddedWire>("01 000000 02000000 · 0300 0001 00000000", &[], Rule::Padding, 11);
    refused::<PaddedWire>("01 000000 02000000 · 0300 0000 00000080", &[], Rule::Padding, 15);
    // Behind text, behind elements, in an element, the byte of an empty struct, in an envelope.
    refused::<LabelWire>("#1 P · 61 00000000000001", &[], Rule::Padding, 23);
    refused::<EmptyWire>("01 00000000000000", &[], Rule::Padding, 0);
    refused::<BoxesWire>("P Z Z · 01 000000 02000000 · 0300 0100 00000000", &[], Rule::Padding, 34);
    refused::<FlexibleResult<EmptyStruct>>("#1 · 00 010000 0000 0100", &[], Rule::Padding, 9);
    refused::<FlexibleResult<EmptyStruct>>("#1 · 01 000000 0000 0100", &[], Rule::Padding, 8);
}

#[test]
fn bools() {
    refused::<NumbersWire>("02 Z Z Z Z Z 00000000000000", &[], Rule::Bool, 0);
    refused::<NestedWire>("ff 00000000000000 Z Z Z Z Z", &[], Rule::Bool, 0);
}

/// `Values` without anything, but for one group of 8 bytes.
fn values(index: usize, group: &str) -> String {
    let mut groups = ["Z", "P", "0000 00 00 0100 00 00", "Z", "Z", "00000000 01000000", "Z"];
    groups[index] = group;
    groups.join(" ")
}

#[test]
fn unknown_enum_values() {
    accepted::<ValuesWire>(&values(0, "Z"), &[]);
    accepted::<ValuesWire>(&values(0, "ffffffff 00 000000"), &[]);
    refused::<ValuesWire>(&values(0, "00000000 02 000000"), &[], Rule::UnknownEnumValue, 4);
    refused::<ValuesWire>(&values(1, "#0"), &[], Rule::UnknownEnumValue, 8);
    refused::<ValuesWire>(&values(2, "0000 00 00 0000 00 00"), &[], Rule::UnknownEnumValue, 20);
    refused::<ValuesWire>(&values(5, "00000000 03000000"), &[], Rule::UnknownEnumValue, 44);
    refused::<ValuesWire>(&values(6, "00000000 07000000"), &[], Rule::UnknownEnumValue, 52);
}

#[test]
fn unknown_bits() {
    accepted::<ValuesWire>(&values(3, "ffffffff 00000000"), &[]);
    refused::<ValuesWire>(&values(2, "0000 00 00 0100 04 00"), &[], Rule::UnknownBits, 22);
    accepted::<ValuesWire>(&values(5, "0001 0000 01000000"), &[]);
    refused::<ValuesWire>(&values(5, "0002 0000 01000000"), &[], Rule::UnknownBits, 40);
    refused::<ValuesWire>(&values(6, "00000040 00000000"), &[], Rule::UnknownBits, 48);
}

#[test]
fn presence() {
    refused::<LabelWire>("#0 · ffffffffffffff00", &[], Rule::Presence, 8);
    refused::<LabelWire>("#0 · #1", &[], Rule::Presence, 8);
    refused::<BoxesWire>("Z #24 Z", &[], Rule::Presence, 8);
    refused::<UnboundedWire>("#0 P · #0 P · #0 #1", &[], Rule::Presence, 40);
    refused::<TokenWire>("ffffff7f 00000000", &[handle()], Rule::Presence, 0);
    refused::<TokenWire>("01000000 00000000", &[handle()], Rule::Presence, 0);
}

#[test]
fn absent() {
    refused::<LabelWire>("Z Z", &[], Rule::Absent, 0);
    refused::<UnboundedWire>("#0 P · Z Z · Z Z", &[], Rule::Absent, 16);
    refused::<TokenWire>("Z", &[], Rule::Absent, 0);
    refused::<OrderWire>("Z · #0 P · Z", &[], Rule::Absent, 0);
    refused::<HandlesWire>("ffffffff 00000000 · Z Z Z Z", &[handle()], Rule::Absent, 8);
}

#[test]
fn absent_with_count() {
    accepted::<UnboundedWire>("#0 P · #0 P · #0 Z", &[]);
    refused::<UnboundedWire>("#0 P · #0 P · #1 Z", &[], Rule::AbsentWithCount, 32);
    refused::<StringsWire>("#0 P · #0 P · #1 Z · Z Z", &[], Rule::AbsentWithCount, 32);
}

#[test]
fn bounds() {
    accepted::<LabelWire>("#8 P · 6161616161616161", &[]);
    refused::<LabelWire>("#9 P · 6161616161616161 · 61 00000000000000", &[], Rule::Bound, 0);
    refused::<UnboundedWire>("#4294967296 P · #0 P · Z Z", &[], Rule::Bound, 0);
    refused::<UnboundedWire>("P P · #0 P · Z Z", &[], Rule::Bound, 0);
    refused::<OrderWire>(
        "ffffffff 00000000 · #3 P · ffffffff 00000000 · ffffffff ffffffff · ffffffff 00000000",
        &[handle(), handle(), handle(), handle(), handle()],
        Rule::Bound,
        8,
    );
}

#[test]
fn utf8() {
    // A stray continuation, an overlong form, a surrogate, too large, cut; the offset is that of the first wrong byte.
    let wrong = [("61 80", 17), ("c080", 16), ("eda080", 16), ("f4908080", 16), ("61c3", 17), ("ff", 16)];
    for (text, offset) in wrong {
        let length = text.replace(' ', "").len() / 2;
        let padding = "00".repeat(8 - length);
        refused::<LabelWire>(&format!("#{length} P · {text} {padding}"), &[], Rule::Utf8, offset);
    }
}

/// So many boxes, one in the other.
fn chain(boxes: usize) -> String {
    let links = vec!["01000000 00000000 P"; boxes];
    format!("{} 01000000 00000000 Z", links.join(" "))
}

#[test]
fn depth() {
    accepted::<NodeWire>(&chain(32), &[]);
    refused::<NodeWire>(&chain(33), &[], Rule::Depth, 32 * 16 + 8);
    // Such a chain costs the decoder no more than any other.
    refused::<NodeWire>(&chain(4000), &[], Rule::Depth, 32 * 16 + 8);
}

#[test]
fn union_ordinals() {
    type Reply = FlexibleResult<OpenFlexResponseWire>;
    // 2 is the error of a method that has none.
    for ordinal in ["#0", "#2", "#4", "P"] {
        refused::<Reply>(&format!("{ordinal} · 00000000 0000 0100"), &[], Rule::UnionOrdinal, 0);
    }
}

#[test]
fn envelope_forms() {
    type OutOfLine = FlexibleResult<OpenFlexResponseWire>;
    type Inlined = FlexibleResult<OpenFlexTinyResponseWire>;
    accepted::<OutOfLine>("#1 · 08000000 0000 0000 · #2", &[]);
    refused::<OutOfLine>("#1 · 08000000 0000 0100 · #2", &[], Rule::EnvelopeForm, 14);
    refused::<OutOfLine>("#1 · 08000000 0000 0200 · #2", &[], Rule::EnvelopeForm, 14);
    accepted::<Inlined>("#1 · 02000000 0000 0100", &[]);
    refused::<Inlined>("#1 · 08000000 0000 0000", &[], Rule::EnvelopeForm, 14);
    refused::<Inlined>("#1 · 02000000 0000 0180", &[], Rule::EnvelopeForm, 14);
    // Out of line there are multiples of 8 bytes, whatever is wanted.
    refused::<Inlined>("#1 · 02000000 0000 0000", &[], Rule::EnvelopeBytes, 8);
    refused::<Inlined>("#1 · Z", &[], Rule::Absent, 8);
    refused::<Inlined>("#3 · 08000000 0000 0000 · feffffff 00000000", &[], Rule::EnvelopeForm, 14);
}

#[test]
fn envelope_bytes() {
    type Reply = FlexibleResult<TextsWire>;
    let reply = |size: &str| format!("#1 · {size} 0000 0000 · #0 P · Z Z · #1 P · 61 00000000000000");
    accepted::<Reply>(&reply("38000000"), &[]);
    refused::<Reply>(&reply("00000000"), &[], Rule::Absent, 8);
    for wrong in ["30000000", "40000000", "37000000", "ffffffff"] {
        refused::<Reply>(&reply(wrong), &[], Rule::EnvelopeBytes, 8);
    }
}

#[test]
fn envelope_handles() {
    type Reply = FlexibleResult<OpenFlexHandleResponseWire>;
    accepted::<Reply>("#1 · ffffffff 0100 0100", &[handle()]);
    refused::<Reply>("#1 · ffffffff 0000 0100", &[handle()], Rule::EnvelopeHandles, 12);
    refused::<Reply>("#1 · ffffffff 0200 0100", &[handle()], Rule::EnvelopeHandles, 12);
    refused::<FlexibleResult<EmptyStruct>>("#1 · 00000000 0100 0100", &[], Rule::EnvelopeHandles, 12);
}

#[test]
fn framework_errors() {
    type Reply = FlexibleResult<EmptyStruct>;
    accepted::<Reply>("#3 · feffffff 0000 0100", &[]);
    refused::<Reply>("#3 · ffffffff 0000 0100", &[], Rule::FrameworkError, 8);
    refused::<Reply>("#3 · 00000000 0000 0100", &[], Rule::FrameworkError, 8);
}

/// An event with all rights that events have.
fn handle() -> HandleSlot {
    HandleSlot::new(0x1003, 0, 0x1_ffff)
}

#[test]
fn too_few_handles() {
    refused::<TokenWire>("ffffffff 00000000", &[], Rule::TooFewHandles, 0);
    let order = "ffffffff 00000000 · #1 P · ffffffff 00000000 · ffffffff 00000000";
    accepted::<OrderWire>(order, &[handle(), handle(), handle()]);
    // The last member is visited last, though it does not lie last.
    refused::<OrderWire>(order, &[handle(), handle()], Rule::TooFewHandles, 24);
    refused::<OrderWire>(order, &[handle()], Rule::TooFewHandles, 32);
}

#[test]
fn trailing_handles() {
    refused::<EmptyWire>("Z", &[handle()], Rule::TrailingHandles, 8);
    refused::<TokenWire>("ffffffff 00000000", &[handle(), handle()], Rule::TrailingHandles, 8);
}

#[test]
fn handle_types() {
    let event = || [HandleSlot::new(1, 5, 0xffff)];
    let channel = || [HandleSlot::new(1, 4, 0xffff)];
    accepted::<TokenWire>("ffffffff 00000000", &channel());
    refused::<TokenWire>("ffffffff 00000000", &event(), Rule::HandleType, 0);
    accepted::<OpenFlexHandleResponseWire>("ffffffff 00000000", &event());
    refused::<OpenFlexHandleResponseWire>("ffffffff 00000000", &channel(), Rule::HandleType, 0);
    // A kernel that does not say of what type they are.
    accepted::<TokenWire>("ffffffff 00000000", &[HandleSlot::new(1, 0, 0xffff)]);
}

#[test]
fn handle_rights() {
    accepted::<TokenWire>("ffffffff 00000000", &[HandleSlot::new(1, 4, 0xf00e)]);
    accepted::<TokenWire>("ffffffff 00000000", &[HandleSlot::new(1, 4, 0x1f00f)]);
    refused::<TokenWire>("ffffffff 00000000", &[HandleSlot::new(1, 4, 0xf00a)], Rule::HandleRights, 0);
    refused::<TokenWire>("ffffffff 00000000", &[HandleSlot::new(1, 4, 0)], Rule::HandleRights, 0);
    // Where the schema asks for none, none will do.
    accepted::<OpenFlexHandleResponseWire>("ffffffff 00000000", &[HandleSlot::new(1, 5, 0)]);
}

/// A client gets what a server by hand makes of its request.
fn answered(reply: impl FnOnce(Header) -> Vec<u8>) -> ClientError {
    static STORAGE: pinger::Storage<1, 1> = pinger::Storage::new();
    let reactor = fidl::Reactor::new().expect("a free lane");
    let (client, server) = create_endpoints::<pinger::Pinger>().expect("room for a channel");
    let (client, server) = (client.into_channel(), server.into_channel());
    let client = pinger::Client::new(&reactor, &STORAGE, client).expect("room for a client");
    let call = client.inner().call_empty::<Strict<U32>>(7, false);
    let serve = async {
        let frame = Frame::<64, 0>::EMPTY;
        let mut lease = frame.lease().expect("a free frame");
        let raw = kernel::AsHandleRef::raw_handle(&server);
        lease.read(raw).expect("a request");
        let reply = reply(lease.header().expect("a header"));
        kernel::write(raw, &reply, &[]).expect("room for a reply");
    };
    let (result, ()) =
        reactor.run_until(async { futures::future::join(call, serve).await }).expect("a reactor that runs");
    result.map(|_| ()).expect_err("a reply that is refused")
}

#[test]
fn headers_of_responses() {
    let decode = |rule, offset| ClientError::Decode(DecodeError::new(rule, offset));
    let short = answered(|_| vec![0; 15]);
    assert_eq!(short, decode(Rule::ShortHeader, 0));
    let other = answered(|header| {
        let header = Header::new(header.txid(), 8, false);
        let mut frame = [0_u8; 24];
        frame[..16].copy_from_slice(fidl::wire::zerocopy::IntoBytes::as_bytes(&header));
        frame.to_vec()
    });
    assert_eq!(other, decode(Rule::ResponseOrdinal, 8));
}

// Values that cannot be encoded.

#[track_caller]
fn unencodable<W: Wire>(value: impl fidl::wire::Encode<W>, expected: EncodeError) {
    assert_eq!(encode::<W>(value).err(), Some(expected));
}

#[test]
fn values_over_their_bounds() {
    unencodable::<LabelWire>(&Label { text: "123456789" }, EncodeError::new(EncodeRule::Bound));
    unencodable::<TextsWire>(
        &Texts { bounded: "", optional: Some("12345"), label: Label { text: "" } },
        EncodeError::new(EncodeRule::Bound),
    );
    // The bound is in bytes.
    unencodable::<TextsWire>(
        &Texts { bounded: "äöü", optional: None, label: Label { text: "" } },
        EncodeError::new(EncodeRule::Bound),
    );
    let value = OpenOnNamesRequest { deadline: 0, self_: &[NAMES; 3] };
    unencodable::<OpenOnNamesRequestWire>(&value, EncodeError::new(EncodeRule::Bound));
}

const NAMES: Names = Names {
    type_: 1,
    self_: 2,
    into: 3,
    from: 4,
    view: 5,
    clone: 6,
    fmt: 7,
    not: 8,
    len: 9,
    from_node: 10,
    padding_0: 11,
    result: 12,
};

#[test]
fn values_that_strict_types_do_not_have() {
    let value = Values {
        colour: Colour::from_raw(99),
        level: Level::High,
        only: Only::Top,
        wide: Wide::from_raw(0),
        nothing: Nothing::from_raw(0),
        words: Words::A1,
        access: Access::empty(),
        flags: Flags::all(),
        wires: Wires::from_bits_retain(u64::MAX),
        marks: Marks::ONE,
        kind: Kind::One,
        rights: fidl::zx::Rights::SAME_RIGHTS,
        object: fidl::zx::ObjType::Counter,
    };
    assert!(encode::<ValuesWire>(&value).is_ok());
    let access = Access::from_bits_retain(4);
    unencodable::<ValuesWire>(&Values { access, ..value }, EncodeError::new(EncodeRule::UnknownValue));
    let marks = Marks::from_bits_retain(1);
    unencodable::<ValuesWire>(&Values { marks, ..value }, EncodeError::new(EncodeRule::UnknownValue));
}

#[test]
fn values_too_deep() {
    // The first node refers to the second and so on.
    fn nested(boxes: usize, last: &Node<'_>) -> Option<EncodeError> {
        let node = Node { value: 1, next: Some(last) };
        if boxes == 1 { encode::<NodeWire>(&node).err() } else { nested(boxes - 1, &node) }
    }
    let leaf = Node { value: 1, next: None };
    assert_eq!(nested(32, &leaf), None);
    assert_eq!(nested(33, &leaf), Some(EncodeError::new(EncodeRule::Depth)));
}

#[test]
fn values_too_large() {
    let label = Label { text: "12345678" };
    assert!(encode_within::<LabelWire>(&label, 24, 0).is_ok());
    for room in [0, 15, 16, 23] {
        assert_eq!(
            encode_within::<LabelWire>(&label, room, 0).err(),
            Some(EncodeError::new(EncodeRule::OutOfSpace)),
            "{room}"
        );
    }
    let bytes = vec![0; fidl::limits::MAX_MESSAGE_BYTES];
    unencodable::<UnboundedWire>(
        &Unbounded { bytes: &bytes, texts: &[], optional: None },
        EncodeError::new(EncodeRule::OutOfSpace),
    );
}

#[test]
fn values_with_too_many_handles() {
    let event = || Handle::from(Event::create().expect("room for an event"));
    let order = |middle: usize| Order {
        first: event(),
        middle: (0..middle).map(|_| event()).collect(),
        last: event(),
    };
    assert_eq!(
        encode_within::<OrderWire>(order(2), 64, 3).err(),
        Some(EncodeError::new(EncodeRule::TooManyHandles))
    );
    let message = encode_within::<OrderWire>(order(1), 64, 3).expect("as many as there is room for");
    let taken = decode::<OrderWire, _>(&message.bytes, &message.slots, |view| {
        [view.first().take(), view.middle().get(0).and_then(|view| view.take()), view.last().take()]
            .into_iter()
            .flatten()
            .count()
    });
    assert_eq!(taken, Ok(3));
}

#[test]
fn values_without_a_required_handle() {
    let value = OpenFlexHandleResponse { handle: Event::from(Handle::invalid()) };
    unencodable::<OpenFlexHandleResponseWire>(value, EncodeError::new(EncodeRule::InvalidHandle));
    let value = Chain { link: Handle::invalid(), next: &mut None };
    unencodable::<ChainWire>(value, EncodeError::new(EncodeRule::InvalidHandle));
}

// Whatever the bytes: refused, or safe to look at.

/// Changes each byte of a message to each other value, cuts it at each length and lengthens it.
fn shake<W: Wire>(message: &str, handles: usize)
where
    for<'f> W::View<'f>: Debug,
{
    let valid = bytes(message);
    let slots = || (0..handles).map(|_| handle()).collect::<Vec<_>>();
    decode::<W, _>(&valid, &slots(), |view| touch(view)).expect("a valid message");
    let mut refused = 0;
    let mut changed = valid.clone();
    for index in 0..valid.len() {
        for value in 0..=u8::MAX {
            changed[index] = value;
            refused += u32::from(decode::<W, _>(&changed, &slots(), |view| touch(view)).is_err());
        }
        changed[index] = valid[index];
    }
    assert!(refused > 0, "nothing refused");
    for length in 0..valid.len() {
        assert!(decode::<W, _>(&valid[..length], &slots(), |_| ()).is_err(), "cut to {length} bytes");
    }
    let longer = [&valid[..], &[0; 8]].concat();
    assert!(decode::<W, _>(&longer, &slots(), |_| ()).is_err(), "with bytes behind it");
}

#[test]
fn any_byte_may_be_wrong() {
    shake::<NumbersWire>("01 ff feff fdffffff · P · 05 00 0600 07000000 · #8 · 0000803f 00000000 · #1", 0);
    shake::<PaddedWire>("01 000000 02000000 · 0300 0000 00000000", 0);
    shake::<ValuesWire>(&values(0, "Z"), 0);
    shake::<StringsWire>("#2 P · #4 P · Z Z · #0 P · 6869 000000000000 · c3a4c3b6 00000000", 0);
    shake::<UnboundedWire>(
        "#9 P · #2 P · #1 P · 0707070707070707 07 00000000000000 · #0 P · #1 P · 61 00000000000000 ·
         01000000 00000000",
        0,
    );
    shake::<ArraysWire>(
        "010203 00 0400 0500 · 01 000000 02000000 · 0300 0000 04 000000 · 05000000 0600 0000 · #1 P · #0 P ·
         02000000 09000000 · 0100 0200 0300 0400 · 0500 0600 00000000 · #0 P · #2 P · 61 00000000000000 ·
         07000000 08000000",
        0,
    );
    shake::<BoxesWire>("P P P · 01 000000 02000000 · 0300 0000 00000000 · Z · #1 P · 78 00000000000000", 0);
    shake::<TreeWire>("01000000 00000000 P · P · 03000000 00000000 Z · 03000000 00000000 Z", 0);
    shake::<ChainsWire>(
        "#1 P · ffffffff 00000000 P · 63 00000000000000 · ffffffff 00000000 P · ffffffff 00000000 Z",
        3,
    );
    shake::<SeveralWire>(
        "#1 P · #1 P · #0 P · ffffffff ffffffff · #1 P · #1 P · #2 P · 6e 00000000000000 · ffffffff 00000000 ·
         ffffffff 00000000 · ffffffff 00000000 · 00000000 ffffffff",
        6,
    );
    shake::<NamesInsideWire>("0102030405060708 090a0b00 0c000000 · Z", 0);
}

#[test]
fn any_byte_of_a_reply_may_be_wrong() {
    shake::<FlexibleResult<EmptyStruct>>("#1 · 00000000 0000 0100", 0);
    shake::<FlexibleResult<OpenFlexTinyResponseWire>>("#3 · feffffff 0000 0100", 0);
    shake::<FlexibleResult<OpenFlexHandleResponseWire>>("#1 · ffffffff 0100 0100", 1);
    shake::<FlexibleResult<TextsWire>>(
        "#1 · 40000000 0000 0000 · #2 P · Z Z · #1 P · 6162 000000000000 · 63 00000000000000",
        0,
    );
}
