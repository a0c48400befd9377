//! Walks and views over everything that the unsafe code reads, small enough for Miri.

#![allow(unreachable_pub, reason = "the macros declare what others reach")]

extern crate std;

use std::string::String;
use std::vec::Vec;

use super::*;

crate::wire_value! {
    /// Two values.
    KindWire: U16 as u16 => Kind, UnknownEnumValue, |raw| raw < 2
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Zero,
    One,
}

impl Kind {
    fn from_wire(raw: u16) -> Self {
        if raw == 0 { Self::Zero } else { Self::One }
    }

    fn into_raw(self) -> u16 {
        self as u16
    }
}

crate::wire_struct! {
    /// A number, and another one.
    struct LinkWire, LinkView<'f>, 16 {
        0 value: U32 => u32,
        4 _padding: Padding<4>,
        8 next: Boxed<LinkWire> => Option<LinkView<'f>>,
    }
}

struct Link<'a> {
    value: u32,
    next: Option<&'a Link<'a>>,
}

crate::encode_struct! { Link<'_> => LinkWire { value, next } }

crate::wire_struct! {
    /// Something of everything.
    struct AllWire, AllView<'f>, 128 {
        0 text: Str<8> => &'f str,
        16 none: OptStr<8> => Option<&'f str>,
        32 numbers: Vector<U32, 4> => &'f [u32],
        48 texts: Vector<Str<8>, 4> => Elements<'f, Str<8>>,
        64 links: OptVector<LinkWire, 4> => Option<Elements<'f, LinkWire>>,
        80 rows: [[U16; 2]; 2] => Elements<'f, [U16; 2]>,
        88 kinds: [KindWire; 2] => Elements<'f, KindWire>,
        92 flag: Bool => bool,
        93 empty: EmptyStruct => (),
        94 _padding: Padding<2>,
        96 link: Boxed<LinkWire> => Option<LinkView<'f>>,
        104 nested: LinkWire => LinkView<'f>,
        120 handle: Handle<0, SAME_RIGHTS> => HandleView<'f>,
        124 other: OptHandle<0, SAME_RIGHTS> => HandleView<'f>,
    }
}

struct All<'a> {
    text: &'a str,
    none: Option<&'a str>,
    numbers: &'a [u32],
    texts: &'a [&'a str],
    links: Option<&'a [Link<'a>]>,
    rows: [[u16; 2]; 2],
    kinds: [Kind; 2],
    flag: bool,
    link: Option<&'a Link<'a>>,
    nested: Link<'a>,
    handle: Number,
    other: Option<Number>,
}

crate::encode_struct! { resource All<'_> => AllWire {
    ref text, ref none, ref numbers, ref texts, ref links, ref rows, ref kinds, ref flag, ref link, ref nested, handle, other
} }

/// A handle that no kernel knows.
pub(super) struct Number(pub(super) u32);

impl super::handle::Sealed for Number {}

impl IntoRawHandle for Number {
    fn into_raw_handle(self) -> u32 {
        self.0
    }

    fn close_raw_handle(_: u32) {}
}

impl Encode<Handle<0, SAME_RIGHTS>> for Number {
    fn encode(self, out: &mut Handle<0, SAME_RIGHTS>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        out.fill(self, encoder)
    }
}

const SLOTS: usize = 2;

/// Encodes a value that has something everywhere.
fn encoded(bytes: &mut [u8], slots: &[HandleSlot]) -> Encoded {
    let last = Link { value: 3, next: None };
    let first = Link { value: 2, next: Some(&last) };
    let all = All {
        text: "ä",
        none: None,
        numbers: &[1, 2, 3],
        texts: &["", "b"],
        links: Some(&[Link { value: 4, next: Some(&last) }]),
        rows: [[1, 2], [3, 4]],
        kinds: [Kind::One, Kind::Zero],
        flag: true,
        link: Some(&first),
        nested: Link { value: 5, next: None },
        handle: Number(7),
        other: Some(Number(8)),
    };
    let mut encoder = Encoder::new(bytes, 16, slots);
    let place = encoder.claim::<AllWire>().unwrap();
    all.encode(place, &mut encoder).unwrap();
    encoder.finish()
}

#[test]
fn everything_there_and_back() {
    let (mut bytes, slots) = (Aligned([0xa5; 512]), [const { HandleSlot::empty() }; SLOTS]);
    let written = encoded(&mut bytes.0, &slots);
    assert_eq!(written.handles, SLOTS);
    let body = validate::<AllWire>(&mut bytes.0[..written.bytes], 16, &slots).unwrap();
    let view = body.view();
    assert_eq!((view.text(), view.none(), view.numbers()), ("ä", None, &[1, 2, 3][..]));
    assert_eq!(view.texts().iter().collect::<Vec<_>>(), ["", "b"]);
    let links = view.links().unwrap();
    assert_eq!(links.get(0).and_then(LinkView::next).map(LinkView::value), Some(3));
    assert_eq!(view.rows().iter().collect::<Vec<_>>(), [[1, 2], [3, 4]]);
    assert_eq!(view.kinds().iter().collect::<Vec<_>>(), [Kind::One, Kind::Zero]);
    let link = view.link().unwrap();
    assert_eq!((link.value(), link.next().map(LinkView::value)), (2, Some(3)));
    assert_eq!((view.flag(), view.nested().value()), (true, 5));
    let take = |view: HandleView<'_>| view.slot().and_then(HandleSlot::take).map(|raw| raw.get());
    assert_eq!((take(view.handle()), take(view.other()), take(view.other())), (Some(7), Some(8), None));
    assert!(std::format!("{view:?}").contains("texts: [\"\", \"b\"]"));
}

/// Whatever one byte is: refused, or safe to look at.
#[test]
fn any_byte_may_be_wrong() {
    let (mut bytes, slots) = (Aligned([0; 512]), [const { HandleSlot::empty() }; SLOTS]);
    let length = encoded(&mut bytes.0, &slots).bytes;
    let values = [0xff, 1, 0, 2, 8, 24, 0x7f, 0x80];
    let (step, values) = if cfg!(miri) { (5, &values[..1]) } else { (1, &values[..]) };
    for index in (16..length).step_by(step) {
        for value in values {
            let mut changed = bytes;
            changed.0[index] = *value;
            if let Ok(body) = validate::<AllWire>(&mut changed.0[..length], 16, &slots) {
                let _: String = std::format!("{:?}", body.view());
            }
        }
    }
}

#[test]
fn results_out_of_line_and_inlined() {
    let link = Link { value: 1, next: Some(&Link { value: 2, next: None }) };
    let mut bytes = Aligned([0; 64]);
    let mut encoder = Encoder::new(&mut bytes.0, 0, &[]);
    let place = encoder.claim().unwrap();
    Encode::<FlexibleResult<LinkWire>>::encode(Ok::<_, FrameworkError>(&link), place, &mut encoder).unwrap();
    let length = encoder.finish().bytes;
    let body = validate::<FlexibleResult<LinkWire>>(&mut bytes.0[..length], 0, &[]).unwrap();
    assert_eq!(body.view().ok().and_then(LinkView::next).map(LinkView::value), Some(2));

    let mut bytes = Aligned([0; 16]);
    let mut encoder = Encoder::new(&mut bytes.0, 0, &[]);
    let place = encoder.claim().unwrap();
    Encode::<FlexibleResult<U32>>::encode(Ok::<_, FrameworkError>(&7), place, &mut encoder).unwrap();
    let body = validate::<FlexibleResult<U32>>(&mut bytes.0, 0, &[]).unwrap();
    assert_eq!(body.view(), Ok(7));
}

#[test]
fn bytes_that_are_not_aligned_are_refused() {
    let mut bytes = Aligned([0; 32]);
    let error = validate::<U32>(&mut bytes.0[..12], 4, &[]).map(|_| ());
    assert_eq!(error, Err(DecodeError::new(Rule::OutOfBounds, 4)));
    let error = validate::<U32>(&mut bytes.0, 40, &[]).map(|_| ());
    assert_eq!(error, Err(DecodeError::new(Rule::OutOfBounds, 40)));
}
