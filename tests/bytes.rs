//! Bytes of every construct, both ways: encoding gives these, decoding these gives that.

mod codec;

use codec::schema::{example_calc, test_constructs::*, test_shapes::*};
use codec::{bytes, check, decode, encode, text};
use fidl::generated::ArrayVec;
use fidl::kernel::{Channel, Event, Handle, create_endpoints};
use fidl::message::{Frame, FrameStorage, Header};
use fidl::wire::{EmptyStruct, FlexibleResult, FrameworkError, HandleSlot, Wire};
use fidl::{Protocol, zx};

#[test]
fn numbers() {
    let value = Numbers { a: true, b: -1, c: -2, d: -3, e: -4, f: 5, g: 6, h: 7, i: 8, j: 1.0, k: -0.0 };
    let expected = "01 ff feff fdffffff · fcffffffffffffff · 05 00 0600 07000000 · #8 · 0000803f 00000000 ·
        0000000000000080";
    check::<NumbersWire>(&value, expected, |view| {
        let back = Numbers::from(view);
        assert_eq!(back, value);
        assert!(back.k.is_sign_negative());
    });
}

#[test]
fn every_float_is_legal() {
    let nan = f32::from_bits(0x7fa0_0001);
    let value = Numbers { j: nan, k: f64::NEG_INFINITY, ..NO_NUMBERS };
    let expected = "Z Z Z Z 0100a07f 00000000 · 000000000000f0ff";
    check::<NumbersWire>(&value, expected, |view| assert_eq!(view.j().to_bits(), 0x7fa0_0001));
}

const NO_NUMBERS: Numbers =
    Numbers { a: false, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0, h: 0, i: 0, j: 0.0, k: 0.0 };

#[test]
fn padding_between_members_and_behind_them() {
    let value = Padded { a: 1, b: 2, c: 3 };
    check::<PaddedWire>(&value, "01 000000 02000000 · 0300 0000 00000000", |view| {
        assert_eq!((view.a(), view.b(), view.c()), (1, 2, 3));
    });
}

#[test]
fn empty_struct() {
    check::<EmptyWire>(&Empty {}, "Z", |_| ());
}

#[test]
fn structs_in_structs() {
    let value = Nested {
        flag: true,
        inner: Padded { a: 1, b: 2, c: 3 },
        empty: Empty {},
        point: Point { x: -1, y: 4 },
        wide: 5,
        last: 6,
    };
    let expected = "01 000000 01 000000 · 02000000 0300 0000 · 00 000000 ffffffff · 04000000 00000000 · #5 ·
        06 00000000000000";
    check::<NestedWire>(&value, expected, |view| assert_eq!(Nested::from(view), value));
}

#[test]
fn arrays() {
    let value = Arrays {
        bytes: [1, 2, 3],
        words: [4, 5],
        structs: [Padded { a: 1, b: 2, c: 3 }, Padded { a: 4, b: 5, c: 6 }],
        texts: ["a", ""],
        colours: [Colour::Green, Colour::Unknown_(9)],
        rows: [[1, 2, 3], [4, 5, 6]],
        vectors: [&[], &[7, 8]],
    };
    let expected = "010203 00 0400 0500 · 01 000000 02000000 · 0300 0000 04 000000 · 05000000 0600 0000 ·
        #1 P · #0 P · 02000000 09000000 · 0100 0200 0300 0400 · 0500 0600 00000000 · #0 P · #2 P ·
        61 00000000000000 · 07000000 08000000";
    check::<ArraysWire>(&value, expected, |view| {
        assert_eq!(view.bytes(), [1, 2, 3]);
        assert_eq!(view.words(), [4, 5]);
        assert_eq!(view.structs().get(1).map(|padded| padded.b()), Some(5));
        assert!(view.structs().get(2).is_none());
        assert_eq!(view.texts().iter().collect::<Vec<_>>(), ["a", ""]);
        assert_eq!(view.colours().get(1), Some(Colour::Unknown_(9)));
        assert_eq!(view.rows().iter().collect::<Vec<_>>(), [[1, 2, 3], [4, 5, 6]]);
        assert_eq!(view.vectors().iter().collect::<Vec<_>>(), [&[][..], &[7, 8]]);
    });
}

#[test]
fn strings() {
    let value = Strings { plain: "hi", bounded: "äö", optional: None, both: Some("") };
    let expected = "#2 P · #4 P · Z Z · #0 P · 6869 000000000000 · c3a4c3b6 00000000";
    check::<StringsWire>(&value, expected, |view| {
        assert_eq!(
            (view.plain(), view.bounded(), view.optional(), view.both()),
            ("hi", "äö", None, Some(""))
        );
    });
}

#[test]
fn strings_may_hold_anything_that_is_utf8() {
    let text = "\0\u{feff}\u{10ffff}";
    let value = Strings { plain: text, bounded: "", optional: None, both: None };
    let expected = "#8 P · #0 P · Z Z · Z Z · 00 efbbbf f48fbfbf";
    check::<StringsWire>(&value, expected, |view| assert_eq!(view.plain(), text));
}

#[test]
fn vectors() {
    let padded = Padded { a: 1, b: 2, c: 3 };
    let value = Vectors {
        numbers: &[1, 2, 3],
        bools: &[true, false],
        structs: &[padded, padded],
        texts: &["ab", "c"],
        optional_texts: &[None, Some("d")],
        vectors: &[&[1, 2], &[]],
        colours: &[Colour::Red],
        levels: &[Level::Low, Level::High],
        flags: &[Flags::from_bits_retain(0x100)],
        empties: &[Empty {}, Empty {}],
        labels: &[Label { text: "e" }],
        boxes: &[None, Some(&padded)],
        arrays: &[[1, 2, 3], [4, 5, 6]],
        none: None,
        no_structs: Some(&[]),
        no_texts: Some(&["f"]),
    };
    let expected =
        "#3 P · #2 P · #2 P · #2 P · #2 P · #2 P · #1 P · #2 P · #1 P · #2 P · #1 P · #2 P · #2 P · Z Z ·
        #0 P · #1 P ·
        0100 0200 0300 0000 ·
        01 00 000000000000 ·
        01 000000 02000000 · 0300 0000 01 000000 · 02000000 0300 0000 ·
        #2 P · #1 P · 6162 000000000000 · 63 00000000000000 ·
        Z Z · #1 P · 64 00000000000000 ·
        #2 P · #0 P · 0102 000000000000 ·
        01000000 00000000 ·
        ff 01 000000000000 ·
        00010000 00000000 ·
        00 00 000000000000 ·
        #1 P · 65 00000000000000 ·
        Z P · 01 000000 02000000 · 0300 0000 00000000 ·
        010203 040506 0000 ·
        #1 P · 66 00000000000000";
    check::<VectorsWire>(&value, expected, |view| {
        assert_eq!(view.numbers(), [1, 2, 3]);
        assert_eq!(view.bools().iter().collect::<Vec<_>>(), [true, false]);
        assert_eq!(view.texts().iter().collect::<Vec<_>>(), ["ab", "c"]);
        assert_eq!(view.optional_texts().iter().collect::<Vec<_>>(), [None, Some("d")]);
        assert_eq!(view.vectors().iter().collect::<Vec<_>>(), [&[1, 2][..], &[]]);
        assert_eq!(view.colours().get(0), Some(Colour::Red));
        assert_eq!(view.levels().iter().collect::<Vec<_>>(), [Level::Low, Level::High]);
        assert_eq!(view.flags().get(0).map(|flags| flags.bits()), Some(0x100));
        assert_eq!((view.empties().len(), view.labels().len()), (2, 1));
        let boxes: Vec<_> = view.boxes().iter().map(|padded| padded.map(|padded| padded.b())).collect();
        assert_eq!(boxes, [None, Some(2)]);
        assert_eq!(view.arrays().get(1), Some(&[4, 5, 6][..]));
        assert!(view.none().is_none() && view.no_structs().is_some_and(|structs| structs.is_empty()));
        assert_eq!(view.no_texts().and_then(|texts| texts.get(0)), Some("f"));
    });
}

#[test]
fn unbounded_vectors() {
    let value = Unbounded { bytes: &[7; 9], texts: &["", "a"], optional: Some(&[1]) };
    let expected =
        "#9 P · #2 P · #1 P · 0707070707070707 07 00000000000000 · #0 P · #1 P · 61 00000000000000 ·
        01000000 00000000";
    check::<UnboundedWire>(&value, expected, |view| {
        assert_eq!((view.bytes(), view.optional()), (&[7; 9][..], Some(&[1][..])));
    });
}

#[test]
fn enums_and_bits() {
    let value = Values {
        colour: Colour::Unknown_(7),
        level: Level::Low,
        only: Only::Top,
        wide: Wide::Left,
        nothing: Nothing::Unknown(3),
        words: Words::Self_,
        access: Access::READ | Access::EXECUTE,
        flags: Flags::from_bits_retain(0x8000_0000),
        wires: Wires::LAST,
        marks: Marks::empty(),
        kind: Kind::Two,
        rights: zx::Rights::READ,
        object: zx::ObjType::Fifo,
    };
    let expected = "07000000 ff 000000 · P · d4fe 03 00 0100 81 00 · 00000080 00000000 · 0000000000000080 ·
        0000 0000 02000000 · 04000000 13000000";
    check::<ValuesWire>(&value, expected, |view| {
        assert_eq!(Values::from(view), value);
        assert!(view.colour().is_unknown() && view.nothing().is_unknown() && !view.wide().is_unknown());
    });
}

#[test]
fn placeholder_for_unknown_values_is_unknown() {
    assert!(Colour::from_raw(0).is_unknown() && Colour::from_raw(3).is_unknown());
    assert_eq!((Colour::from_raw(0), Colour::from_raw(1)), (Colour::Unknown, Colour::Red));
    assert_eq!((Level::from_raw(-1), Level::from_raw(2)), (Some(Level::Low), None));
}

#[test]
fn constants() {
    assert_eq!((YES, SMALLEST, SMALL, NEGATIVE, LOWEST), (true, i8::MIN, i16::MIN, i32::MIN, i64::MIN));
    assert_eq!((BYTE, WORD, COUNT, HUGE, COPIED), (u8::MAX, u16::MAX, 4, u64::MAX, 4));
    assert_eq!((HALF, MINUS_ZERO.to_bits(), GREETING), (0.5, (-0.0_f64).to_bits(), "say \"hello\"\n"));
    assert_eq!((FAVOURITE, STRANGE, BOTH), (Colour::Green, Colour::Unknown, Access::READ | Access::WRITE));
    assert_eq!((READABLE.bits(), FIFO, FIRST_KIND), (0x4004, zx::ObjType::Fifo, Kind::One));
}

#[test]
fn boxes() {
    let value = Boxes { padded: None, empty: Some(&Empty {}), label: Some(&Label { text: "x" }) };
    check::<BoxesWire>(&value, "Z P P · Z · #1 P · 78 00000000000000", |view| {
        assert!(view.padded().is_none() && view.empty().is_some());
        assert_eq!(view.label().map(|label| label.text()), Some("x"));
    });
}

#[test]
fn recursive_structs() {
    let leaf = Node { value: 3, next: None };
    let value = Tree { root: Node { value: 1, next: Some(&leaf) }, other: Some(&leaf) };
    let expected = "01000000 00000000 P · P · 03000000 00000000 Z · 03000000 00000000 Z";
    check::<TreeWire>(&value, expected, |view| {
        assert_eq!(view.root().next().map(|node| node.value()), Some(3));
        assert!(view.other().is_some_and(|node| node.next().is_none()));
    });
}

/// A handle as the slot of a message tells it: object type and rights.
fn expectations(slots: &[HandleSlot]) -> Vec<(u32, u32)> {
    let field = |text: &str, name: &str| -> u32 {
        let rest = text.split(name).nth(1).expect("a field");
        rest.chars().skip(2).take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
    };
    let expectation = |slot| {
        let text = format!("{slot:?}");
        (field(&text, "object_type"), field(&text, "rights"))
    };
    slots.iter().map(expectation).collect()
}

const SAME: u32 = 0x8000_0000;
const CHANNEL_RIGHTS: u32 = 0xf00e;

fn event() -> Event {
    Event::create().expect("room for an event")
}

fn handle() -> Handle {
    event().into()
}

/// Takes the handles out of a message, so that they are closed, and checks that there were so many.
fn take_all<W: Wire>(message: &codec::Message, taken: impl FnOnce(W::View<'_>) -> usize) {
    let count = decode::<W, _>(&message.bytes, &message.slots, taken).expect("a valid message");
    assert_eq!(count, message.slots.len());
    assert!(message.slots.iter().all(|slot| slot.take().is_none()));
}

fn count<const N: usize>(taken: [bool; N]) -> usize {
    taken.into_iter().filter(|taken| *taken).count()
}

#[test]
fn handles() {
    let (client, _) = create_endpoints().expect("room for a channel");
    let (_, server) = create_endpoints().expect("room for a channel");
    let (channel, _) = Channel::create().expect("room for a channel");
    let value = Handles {
        plain: handle(),
        optional: None,
        channel,
        readable: handle(),
        event: Some(event()),
        client,
        server: None,
        optional_client: None,
        required_server: server,
    };
    let mut message = encode::<HandlesWire>(value).expect("a value that can be encoded");
    let expected =
        "ffffffff 00000000 ffffffff ffffffff · ffffffff ffffffff 00000000 00000000 · ffffffff 00000000";
    assert_eq!(text(&message.bytes), text(&bytes(expected)));
    assert_eq!(
        expectations(&message.slots),
        [(0, SAME), (4, SAME), (3, 0x24), (5, 0x4000), (4, CHANNEL_RIGHTS), (4, CHANNEL_RIGHTS)]
    );
    // As a kernel reports them that has reduced the rights already.
    for slot in &mut message.slots {
        let raw = slot.take().expect("a handle").get();
        *slot = HandleSlot::new(raw, 0, 0xffff);
    }
    take_all::<HandlesWire>(&message, |view| {
        assert!(!view.optional().is_present() && !view.server().handle().is_present());
        // The slots hold numbers now, not handles of their own.
        let views = [view.readable(), view.event(), view.plain(), view.channel()];
        let ends = [view.client().handle(), view.required_server().handle()];
        let taken = |view: fidl::wire::HandleView<'_>| view.slot().and_then(HandleSlot::take).is_some();
        count(views.map(taken)) + count(ends.map(taken))
    });
}

#[test]
fn handles_go_in_order_of_visit() {
    let raw: Vec<u32> = (1..=4).collect();
    let slots: Vec<_> = raw.iter().map(|raw| HandleSlot::new(*raw, 5, 0xd003)).collect();
    let message = bytes("ffffffff 00000000 · #2 P · ffffffff 00000000 · ffffffff ffffffff");
    let order = decode::<OrderWire, _>(&message, &slots, |view| {
        let middle: Vec<_> = view.middle().iter().collect();
        let all = [view.first(), middle[0], middle[1], view.last()];
        all.map(|view| view.slot().and_then(HandleSlot::take).map_or(0, |raw| raw.get()))
    });
    assert_eq!(order, Ok([1, 2, 3, 4]));
}

#[test]
fn vectors_of_handles() {
    let (client, _) = create_endpoints().expect("room for a channel");
    let (end, _) = create_endpoints().expect("room for a channel");
    let value = Several {
        name: "n",
        all: [handle()].into_iter().collect(),
        events: ArrayVec::new(),
        pair: [handle(), handle()],
        tokens: Some([Token { end: client }].into_iter().collect()),
        ends: [end].into_iter().collect(),
        optional: ArrayVec::from([None, Some(handle())]),
    };
    let message = encode::<SeveralWire>(value).expect("a value that can be encoded");
    let expected = "#1 P · #1 P · #0 P · ffffffff ffffffff · #1 P · #1 P · #2 P ·
        6e 00000000000000 · ffffffff 00000000 · ffffffff 00000000 · ffffffff 00000000 · 00000000 ffffffff";
    assert_eq!(text(&message.bytes), text(&bytes(expected)));
    assert_eq!(
        expectations(&message.slots),
        [(0, SAME), (0, SAME), (0, SAME), (4, CHANNEL_RIGHTS), (4, CHANNEL_RIGHTS), (0, SAME)]
    );
    take_all::<SeveralWire>(&message, |view| {
        let all = view.all().iter().chain(view.pair().iter()).chain(view.optional().iter());
        let tokens = view.tokens().expect("present").iter().filter_map(|token| token.end().take()).count();
        all.filter_map(|view| view.take()).count()
            + tokens
            + view.ends().iter().filter_map(|end| end.take()).count()
    });
}

#[test]
fn structs_with_handles() {
    let token = || Token { end: create_endpoints().expect("room for a channel").0 };
    let padded = Padded { a: 1, b: 2, c: 3 };
    let value =
        Holder { token: token(), boxed: Some(token()), labels: &[Label { text: "l" }], only: Some(&padded) };
    let message = encode::<HolderWire>(value).expect("a value that can be encoded");
    let expected = "ffffffff 00000000 · P · #1 P · P · ffffffff 00000000 · #1 P · 6c 00000000000000 ·
        01 000000 02000000 · 0300 0000 00000000";
    assert_eq!(text(&message.bytes), text(&bytes(expected)));
    take_all::<HolderWire>(&message, |view| {
        count([
            view.token().end().take().is_some(),
            view.boxed().is_some_and(|token| token.end().take().is_some()),
        ])
    });
}

#[test]
fn recursive_structs_with_handles() {
    let mut last = Some(Chain { link: handle(), next: &mut None });
    let mut middle = Some(Chain { link: handle(), next: &mut last });
    let value = Chains { name: "c", chain: Chain { link: handle(), next: &mut middle } };
    let message = encode::<ChainsWire>(value).expect("a value that can be encoded");
    let expected =
        "#1 P · ffffffff 00000000 P · 63 00000000000000 · ffffffff 00000000 P · ffffffff 00000000 Z";
    assert_eq!(text(&message.bytes), text(&bytes(expected)));
    take_all::<ChainsWire>(&message, |view| {
        let (mut chain, mut count) = (Some(view.chain()), 0);
        while let Some(link) = chain {
            count += usize::from(link.link().take().is_some());
            chain = link.next();
        }
        count
    });
}

#[test]
fn result_with_a_payload_out_of_line() {
    let value: Result<_, FrameworkError> = Ok(&OpenFlexResponse { sum: 2 });
    check::<FlexibleResult<OpenFlexResponseWire>>(value, "#1 · 08000000 0000 0000 · #2", |view| {
        assert_eq!(view.map(|response| response.sum()), Ok(2));
    });
}

#[test]
fn result_with_an_inlined_payload() {
    let value: Result<_, FrameworkError> = Ok(&OpenFlexTinyResponse { byte: 7 });
    check::<FlexibleResult<OpenFlexTinyResponseWire>>(value, "#1 · 07 000000 0000 0100", |view| {
        assert_eq!(view.map(|response| response.byte()), Ok(7));
    });
}

#[test]
fn result_without_a_payload() {
    let value: Result<_, FrameworkError> = Ok(&());
    check::<FlexibleResult<EmptyStruct>>(value, "#1 · 00000000 0000 0100", |view| assert_eq!(view, Ok(())));
}

#[test]
fn result_whose_payload_refers_to_more() {
    let value: Result<_, FrameworkError> =
        Ok(&Texts { bounded: "ab", optional: None, label: Label { text: "c" } });
    let expected = "#1 · 40000000 0000 0000 · #2 P · Z Z · #1 P · 6162 000000000000 · 63 00000000000000";
    check::<FlexibleResult<TextsWire>>(value, expected, |view| {
        assert_eq!(view.map(|texts| (texts.bounded(), texts.label().text())), Ok(("ab", "c")));
    });
}

#[test]
fn result_with_a_handle() {
    let value: Result<_, FrameworkError> = Ok(OpenFlexHandleResponse { handle: event() });
    let message =
        encode::<FlexibleResult<OpenFlexHandleResponseWire>>(value).expect("a value that can be encoded");
    assert_eq!(text(&message.bytes), text(&bytes("#1 · ffffffff 0100 0100")));
    assert_eq!(expectations(&message.slots), [(5, SAME)]);
    take_all::<FlexibleResult<OpenFlexHandleResponseWire>>(&message, |view| {
        count([view.is_ok_and(|response| response.handle().take().is_some())])
    });
}

#[test]
fn framework_error() {
    let value: Result<&OpenFlexResponse, _> = Err(FrameworkError);
    check::<FlexibleResult<OpenFlexResponseWire>>(value, "#3 · feffffff 0000 0100", |view| {
        assert_eq!(view.map(|response| response.sum()), Err(FrameworkError));
    });
}

/// The examples of the format's description, header and all.
#[test]
fn whole_messages() {
    use example_calc::adder::Adder;
    let ordinal = |name| Adder::METHODS.iter().find(|method| method.name == name).map_or(0, |it| it.ordinal);
    assert_eq!((ordinal("Add"), ordinal("Ping")), (0x6a69_390b_c8b7_cc73, 0x3fdf_302f_3eac_c1fd));

    let frame = Frame::<40, 0>::EMPTY;
    let mut lease = frame.lease().expect("a free frame");
    let request = example_calc::AdderAddRequest { a: 3, b: -1 };
    lease
        .encode::<example_calc::AdderAddRequestWire>(Header::new(5, ordinal("Add"), false), &request)
        .expect("a value that can be encoded");
    let expected = "05000000 02000001 · 73ccb7c80b39696a · 03000000 ffffffff";
    assert_eq!(text(lease.message()), text(&bytes(expected)));

    lease.encode_empty(Header::new(6, ordinal("Ping"), true)).expect("room for a header");
    assert_eq!(text(lease.message()), text(&bytes("06000000 02008001 · fdc1ac3e2f30df3f")));

    let mut reply = |result: Result<&(), FrameworkError>, expected: &str| {
        lease
            .encode::<FlexibleResult<EmptyStruct>>(Header::new(6, ordinal("Ping"), true), result)
            .expect("a value that can be encoded");
        let expected = format!("06000000 02008001 · fdc1ac3e2f30df3f · {expected}");
        assert_eq!(text(lease.message()), text(&bytes(&expected)));
    };
    reply(Ok(&()), "#1 · 00000000 0000 0100");
    reply(Err(FrameworkError), "#3 · feffffff 0000 0100");
}

/// What the compiler says of a message's size holds.
#[test]
fn largest_messages() {
    let value = Texts { bounded: "abcd", optional: Some("efgh"), label: Label { text: "ijklmnop" } };
    let message = encode::<TextsWire>(&value).expect("a value that can be encoded");
    assert_eq!(open::FLEX_TEXT_REQUEST_MAX_BYTES, 16 + message.bytes.len());
    let result: Result<_, FrameworkError> = Ok(&value);
    let message = encode::<FlexibleResult<TextsWire>>(result).expect("a value that can be encoded");
    assert_eq!(open::FLEX_TEXT_RESPONSE_MAX_BYTES, 16 + message.bytes.len());
    assert_eq!(open::LARGE_REQUEST_MAX_BYTES, fidl::limits::MAX_MESSAGE_BYTES);
}
