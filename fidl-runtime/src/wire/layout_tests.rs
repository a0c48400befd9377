//! Tables, unions and results: everything that their unsafe code reads, small enough for Miri.

#![allow(unreachable_pub, reason = "the macros declare what others reach")]

extern crate std;

use std::string::String;
use std::vec::Vec;

use zerocopy::IntoBytes;

use super::tests::Number;
use super::*;

crate::wire_table! {
    /// Something inlined, something out of line, itself, and unions.
    table TreeWire, TreeView<'f> {
        /// Inlined.
        1 small: U16 => u16,
        3 text: Str<10> => &'f str,
        4 next: TreeWire => TreeView<'f>,
        6 either: EitherWire => EitherView<'f>,
        7 scalar: ScalarWire => ScalarView,
    }
}

crate::wire_union! {
    /// A flexible union.
    flexible union EitherWire, EitherView<'f> {
        /// Inlined.
        1 Flag: Bool => bool,
        2 Tree: TreeWire => TreeView<'f>,
        5 Numbers: Vector<U32, 4> => &'f [u32],
    }
}

crate::wire_union! {
    /// A strict union that refers to nothing.
    strict union ScalarWire, ScalarView {
        2 Small: u8 => u8,
        9 Large: U64 => u64,
    }
}

#[derive(Clone, Copy, Default)]
struct Tree<'a> {
    small: Option<u16>,
    text: Option<&'a str>,
    next: Option<&'a Tree<'a>>,
    either: Option<&'a Either<'a>>,
    scalar: Option<Scalar>,
}

crate::encode_table! { Tree<'_> => TreeWire { 1 small, 3 text, 4 next, 6 either, 7 scalar } }

#[derive(Clone, Copy)]
enum Either<'a> {
    Flag(bool),
    Tree(Tree<'a>),
    Numbers(&'a [u32]),
    Unknown,
}

crate::encode_union! { Either<'_> => EitherWire { 1 Flag, 2 Tree, 5 Numbers; Unknown } }

#[derive(Clone, Copy)]
enum Scalar {
    Small(u8),
    Large(u64),
}

crate::encode_union! { Scalar => ScalarWire { 2 Small, 9 Large } }

crate::wire_table! {
    table CargoWire, CargoView<'f> {
        1 handle: Handle<0, SAME_RIGHTS> => HandleView<'f>,
        2 name: Str<8> => &'f str,
        5 inner: CargoWire => CargoView<'f>,
        6 parcel: ParcelWire => ParcelView<'f>,
    }
}

crate::wire_union! {
    strict union ParcelWire, ParcelView<'f> {
        1 Handle: Handle<0, SAME_RIGHTS> => HandleView<'f>,
        2 Name: Str<8> => &'f str,
    }
}

#[derive(Default)]
struct Cargo<'a> {
    handle: Option<Number>,
    name: Option<&'a str>,
    inner: Option<Take<'a, Cargo<'a>>>,
    parcel: Option<Parcel<'a>>,
}

crate::encode_table! { resource Cargo<'_> => CargoWire { 1 handle, 2 ref name, 5 inner, 6 parcel } }

enum Parcel<'a> {
    Handle(Number),
    Name(&'a str),
    Unknown,
}

crate::encode_union! { resource Parcel<'_> => ParcelWire { 1 Handle, 2 ref Name; Unknown } }

crate::wire_struct! {
    /// Unions in a struct, one after another.
    struct PairWire, PairView<'f>, 32 {
        0 first: OptUnion<ParcelWire> => Option<ParcelView<'f>>,
        16 second: OptUnion<ParcelWire> => Option<ParcelView<'f>>,
    }
}

struct Pair<'a> {
    first: Option<Parcel<'a>>,
    second: &'a mut Option<Parcel<'a>>,
}

crate::encode_struct! { resource Pair<'_> => PairWire { first, second } }

crate::wire_table! {
    /// What an older peer knows of a tree.
    table NothingWire, NothingView<'f> {}
}

struct Nothing {}

crate::encode_table! { Nothing => NothingWire {} }

crate::wire_union! {
    /// What an older peer knows of a union.
    flexible union AnythingWire, AnythingView<'f> {}
}

/// Encodes behind a header of 16 bytes; returns how much there is.
fn encode<W: Wire>(
    value: impl Encode<W>,
    bytes: &mut [u8],
    slots: &[HandleSlot],
) -> Result<Encoded, EncodeError> {
    let mut encoder = Encoder::new(bytes, 16, slots);
    let place = encoder.claim::<W>()?;
    value.encode(place, &mut encoder)?;
    Ok(encoder.finish())
}

const SLOTS: usize = 8;

/// Encodes and validates a value, and gives the view and the handles to `look`.
fn there_and_back<W: Wire, R>(
    value: impl Encode<W>,
    look: impl FnOnce(W::View<'_>, &[HandleSlot]) -> R,
) -> Result<R, EncodeError> {
    there_and::<W, W, R>(value, look)
}

/// Encodes a value as one type and validates it as another.
fn there_and<W: Wire, V: Wire, R>(
    value: impl Encode<W>,
    look: impl FnOnce(V::View<'_>, &[HandleSlot]) -> R,
) -> Result<R, EncodeError> {
    let (mut bytes, slots) = (Aligned([0xa5; 1024]), [const { HandleSlot::empty() }; SLOTS]);
    let written = encode::<W>(value, &mut bytes.0, &slots)?;
    let slots = &slots[..written.handles];
    let body = validate::<V>(&mut bytes.0[..written.bytes], 16, slots).expect("a valid message");
    Ok(look(body.view(), slots))
}

const INNER: Tree<'static> = Tree {
    small: None,
    text: Some(""),
    next: None,
    either: Some(&Either::Numbers(&[1, 2, 3])),
    scalar: Some(Scalar::Small(7)),
};

const TREE: Tree<'static> = Tree {
    small: Some(0x1234),
    text: Some("text"),
    next: Some(&INNER),
    either: Some(&Either::Tree(Tree { next: Some(&INNER), ..INNER })),
    scalar: Some(Scalar::Large(1 << 40)),
};

fn check_inner(inner: TreeView<'_>) {
    assert_eq!((inner.small(), inner.text(), inner.highest_ordinal()), (None, Some(""), 7));
    assert!(matches!(inner.either(), Some(EitherView::Numbers([1, 2, 3]))));
    assert!(matches!(inner.scalar(), Some(ScalarView::Small(7))));
}

#[test]
fn tables_and_unions_there_and_back() {
    there_and_back::<TreeWire, _>(&TREE, |view, _| {
        assert_eq!((view.small(), view.text()), (Some(0x1234), Some("text")));
        assert!(matches!(view.scalar(), Some(ScalarView::Large(0x100_0000_0000))));
        check_inner(view.next().unwrap());
        let Some(EitherView::Tree(tree)) = view.either() else { panic!("another member") };
        check_inner(tree);
        check_inner(tree.next().unwrap());
        assert!(tree.next().and_then(TreeView::next).is_none());
        assert_eq!(view.unknown_members().count(), 0);
        assert!(std::format!("{view:?}").contains("either: Tree(TreeView { text: \"\""));
    })
    .unwrap();
    there_and_back::<TreeWire, _>(Tree::default(), |view, _| assert_eq!(view.highest_ordinal(), 0)).unwrap();
    there_and_back::<EitherWire, _>(Either::Flag(true), |view, _| {
        assert!(matches!(view, EitherView::Flag(true)));
    })
    .unwrap();
    there_and::<NothingWire, TreeWire, _>(Nothing {}, |view, _| assert!(view.text().is_none())).unwrap();
}

#[test]
fn many_of_them() {
    let trees = [INNER, Tree::default(), INNER];
    there_and_back::<Vector<TreeWire, 3>, _>(&trees[..], |view, _| {
        let texts: Vec<_> = view.iter().map(TreeView::text).collect();
        assert_eq!(texts, [Some(""), None, Some("")]);
    })
    .unwrap();
    let unions = [Either::Flag(false), Either::Numbers(&[4])];
    there_and_back::<[EitherWire; 2], _>(&unions, |view, _| {
        assert!(matches!(view.get(0), Some(EitherView::Flag(false))));
        assert!(matches!(view.get(1), Some(EitherView::Numbers([4]))));
    })
    .unwrap();
    let optional = [Some(unions[1]), None];
    there_and_back::<[OptUnion<EitherWire>; 2], _>(&optional, |view, _| {
        assert!(matches!(view.get(0), Some(Some(EitherView::Numbers([4])))));
        assert!(matches!(view.get(1), Some(None)));
    })
    .unwrap();
}

fn take(view: HandleView<'_>) -> Option<u32> {
    view.slot().and_then(HandleSlot::take).map(|raw| raw.get())
}

#[test]
fn handles_move() {
    let mut inner = Some(Cargo { handle: Some(Number(2)), name: Some("inner"), ..Cargo::default() });
    let cargo = Cargo {
        handle: Some(Number(1)),
        inner: Some(Take(&mut inner)),
        parcel: Some(Parcel::Handle(Number(3))),
        ..Cargo::default()
    };
    there_and_back::<CargoWire, _>(cargo, |view, slots| {
        let inside = view.inner().unwrap();
        assert_eq!((inside.name(), slots.len()), (Some("inner"), 3));
        let Some(ParcelView::Handle(parcel)) = view.parcel() else { panic!("another member") };
        let taken = [view.handle().unwrap(), inside.handle().unwrap(), parcel].map(take);
        assert_eq!(taken, [Some(1), Some(2), Some(3)]);
    })
    .unwrap();
    let mut gone = None;
    let again = Cargo { inner: Some(Take(&mut gone)), ..Cargo::default() };
    assert_eq!(there_and_back::<CargoWire, _>(again, |_, _| ()), Err(EncodeError::new(EncodeRule::Absent)));

    let mut second = Some(Parcel::Handle(Number(4)));
    let pair = Pair { first: Some(Parcel::Name("name")), second: &mut second };
    there_and_back::<PairWire, _>(pair, |view, _| {
        assert!(matches!(view.first(), Some(ParcelView::Name("name"))));
        let Some(ParcelView::Handle(handle)) = view.second() else { panic!("another member") };
        assert_eq!(take(handle), Some(4));
    })
    .unwrap();
    let mut none = None;
    let pair = Pair { first: None, second: &mut none };
    there_and_back::<PairWire, _>(pair, |view, _| assert!(view.first().is_none())).unwrap();
}

#[test]
fn unions_in_their_unknown_state_are_not_encoded() {
    let result = there_and_back::<EitherWire, _>(&Either::Unknown, |_, _| ());
    assert_eq!(result, Err(EncodeError::new(EncodeRule::UnknownUnion)));
    let result = there_and_back::<ParcelWire, _>(Parcel::Unknown, |_, _| ());
    assert_eq!(result, Err(EncodeError::new(EncodeRule::UnknownUnion)));
}

/// A peer that knows nothing of the type's members can still tell what came.
#[test]
fn unknown_members_keep_ordinal_bytes_and_handle_count() {
    let tree = Tree { next: None, either: None, ..TREE };
    there_and::<TreeWire, NothingWire, _>(&tree, |view, _| {
        assert_eq!(view.highest_ordinal(), 7);
        let unknown: Vec<_> = view.unknown_members().collect();
        assert_eq!(unknown.iter().map(|member| member.ordinal()).collect::<Vec<_>>(), [1, 3, 7]);
        assert_eq!(unknown[0].bytes(), [0x34, 0x12, 0, 0]);
        assert_eq!(unknown[1].bytes().len(), 24);
        assert_eq!(&unknown[1].bytes()[16..], b"text\0\0\0\0");
        assert_eq!(unknown[2].bytes().len(), 24);
        assert!(std::format!("{view:?}").contains("Unknown(ordinal 0x3, 24 bytes, 0 handles)"));
    })
    .unwrap();
    let cargo =
        Cargo { handle: Some(Number(1)), parcel: Some(Parcel::Handle(Number(2))), ..Cargo::default() };
    there_and::<CargoWire, NothingWire, _>(cargo, |view, slots| {
        assert_eq!(view.unknown_members().map(Unknown::handle_count).collect::<Vec<_>>(), [1, 1]);
        assert!(slots.iter().all(HandleSlot::is_unknown));
    })
    .unwrap();
    there_and::<EitherWire, AnythingWire, _>(&Either::Numbers(&[5]), |view, _| {
        let AnythingView::Unknown(unknown) = view;
        assert_eq!((unknown.ordinal(), unknown.bytes().len(), unknown.handle_count()), (5, 24, 0));
        assert_eq!(&unknown.bytes()[16..20], &[5, 0, 0, 0]);
    })
    .unwrap();
}

#[test]
fn unions_know_what_they_do_not_know() {
    there_and::<ScalarWire, EitherWire, _>(Scalar::Large(8), |view, _| {
        let EitherView::Unknown(unknown) = view else { panic!("a known member") };
        assert_eq!((unknown.ordinal(), unknown.bytes()), (9, &[8, 0, 0, 0, 0, 0, 0, 0][..]));
    })
    .unwrap();
    there_and::<ScalarWire, AnythingWire, _>(Scalar::Small(3), |view, _| {
        let AnythingView::Unknown(unknown) = view;
        assert_eq!((unknown.ordinal(), unknown.bytes()), (2, &[3, 0, 0, 0][..]));
    })
    .unwrap();
}

/// Content that is larger than any channel's message has no bytes to look at.
#[test]
fn unknown_content_may_be_huge() {
    const MOST: usize = 262_136;
    for (content, seen) in [(MOST, MOST), (MOST + 8, 0)] {
        let mut words = std::vec![0_u64; 2 + content / 8];
        let bytes = words.as_mut_slice().as_mut_bytes();
        bytes[0] = 7;
        bytes[8..12].copy_from_slice(&(content as u32).to_le_bytes());
        let body = validate::<AnythingWire>(bytes, 0, &[]).unwrap();
        let AnythingView::Unknown(unknown) = body.view();
        assert_eq!(unknown.bytes().len(), seen);
    }
}

/// Whatever one byte is: refused, or safe to look at.
#[test]
fn any_byte_may_be_wrong() {
    shake::<TreeWire>(&TREE);
    shake::<CargoWire>(Cargo {
        handle: Some(Number(1)),
        inner: Some(Take(&mut Some(Cargo { handle: Some(Number(2)), name: Some("a"), ..Cargo::default() }))),
        parcel: Some(Parcel::Handle(Number(3))),
        ..Cargo::default()
    });
    shake::<PairWire>(Pair {
        first: Some(Parcel::Name("name")),
        second: &mut Some(Parcel::Handle(Number(4))),
    });
    shake::<FlexibleErrorResult<EitherWire, U32>>(Ok::<Result<_, u32>, _>(Ok(Either::Numbers(&[1, 2]))));
    shake::<StrictErrorResult<EmptyStruct, ScalarWire>>(Err::<(), _>(Scalar::Large(1)));
}

fn shake<W: Wire>(value: impl Encode<W>)
where
    for<'f> W::View<'f>: core::fmt::Debug,
{
    let (mut bytes, slots) = (Aligned([0; 1024]), [const { HandleSlot::empty() }; SLOTS]);
    let written = encode::<W>(value, &mut bytes.0, &slots).unwrap();
    let values = [0xff, 1, 0, 2, 3, 4, 7, 8, 24, 0x7f, 0x80];
    let (step, values) = if cfg!(miri) { (5, &values[..1]) } else { (1, &values[..]) };
    for index in (16..written.bytes).step_by(step) {
        for value in values {
            let mut changed = bytes;
            changed.0[index] = *value;
            let (message, slots) = (&mut changed.0[..written.bytes], &slots[..written.handles]);
            if let Ok(body) = validate::<W>(message, 16, slots) {
                let _: String = std::format!("{:?}", body.view());
            }
        }
    }
}

#[test]
fn results() {
    type Strict = StrictErrorResult<TreeWire, U32>;
    there_and_back::<Strict, _>(Ok::<_, u32>(INNER), |view, _| check_inner(view.unwrap())).unwrap();
    there_and_back::<Strict, _>(Err::<Tree<'_>, _>(7), |view, _| assert_eq!(view.unwrap_err(), 7)).unwrap();
    type Flexible = FlexibleErrorResult<EmptyStruct, I32>;
    there_and_back::<Flexible, _>(Ok::<Result<_, i32>, _>(Ok(())), |view, _| assert_eq!(view, Ok(Ok(()))))
        .unwrap();
    there_and_back::<Flexible, _>(Ok(Err::<(), _>(-1)), |view, _| assert_eq!(view, Ok(Err(-1)))).unwrap();
    let unknown = Err::<Result<(), i32>, _>(FrameworkError);
    there_and_back::<Flexible, _>(unknown, |view, _| assert_eq!(view, Err(FrameworkError))).unwrap();
}
