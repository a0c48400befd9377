//! What is written member by member is the same message as that of a value.

use fidl::each;
use fidl::wire::{self, Encode, EncodeError, EncodeRule, Wire};

use super::codec::{decode, encode, text};

mod schema {
    fidl::include_schema!("test_kinds");
}
use schema::test_kinds::*;

/// Both are the same bytes, which are a message.
#[track_caller]
fn same<W: Wire>(built: impl Encode<W>, value: impl Encode<W>) {
    let built = encode::<W>(built).expect("the builder encodes");
    let value = encode::<W>(value).expect("the value encodes");
    assert_eq!(text(&built.bytes), text(&value.bytes));
    decode::<W, _>(&built.bytes, &[], |_| ()).expect("it is a message");
}

const SMALL: Small = Small { flag: true, number: 7 };

#[test]
fn structs() {
    let built = TextsBuilder::EMPTY.needed("needed").absent(None).unbounded("a longer text");
    same::<TextsWire>(built, Texts { needed: "needed", absent: None, unbounded: "a longer text" });
    let built = TextsBuilder::EMPTY.needed("").absent(Some("here")).unbounded("");
    same::<TextsWire>(built, Texts { needed: "", absent: Some("here"), unbounded: "" });
}

#[test]
fn vectors_element_by_element() {
    let built = VectorsBuilder::EMPTY
        .plain(each([1_u32, 2, 3]))
        .bools(Some(each([true, false])))
        .enums(each([Firm::Two].iter()))
        .texts(each(["a", "bcd"]))
        .structs(&[][..] as &[Padded])
        .nested(each((1..3_u16).map(|number| each((0..number).map(move |below| 10 * number + below)))))
        .empties(each([(); 3].map(|()| Nothing {})))
        .bytes(&b"bytes"[..]);
    let value = Vectors {
        plain: &[1, 2, 3],
        bools: Some(&[true, false]),
        enums: &[Firm::Two],
        texts: &["a", "bcd"],
        structs: &[],
        nested: &[&[10], &[20, 21]],
        empties: &[Nothing {}; 3],
        bytes: b"bytes",
    };
    same::<VectorsWire>(built, value);
}

#[test]
fn arrays_element_by_element() {
    let table = Table::new().text("text");
    let built = ArraysBuilder::EMPTY
        .plain(each(7..10_u32))
        .bools(each([true; 5]))
        .texts(each(["one", "two"]))
        .structs([SMALL; 2])
        .tables(each((0..2).map(|_| TableBuilder::EMPTY.text("text"))));
    let value = Arrays {
        plain: [7, 8, 9],
        bools: [true; 5],
        texts: ["one", "two"],
        structs: [SMALL; 2],
        tables: [table; 2],
    };
    same::<ArraysWire>(built, value);
}

#[test]
fn tables_with_what_there_is() {
    same::<TableWire>(TableBuilder::EMPTY, Table::new());
    let built = TableBuilder::EMPTY.small(SMALL).number(5_u64).pair([1_u16, 2]);
    same::<TableWire>(built, Table::new().small(SMALL).number(5).pair([1, 2]));
    for (flag, number) in [(None, None), (Some(true), None), (None, Some(9)), (Some(false), Some(0))] {
        let built = TableBuilder::EMPTY
            .maybe(flag, |table, flag| table.flag(flag).small(SMALL))
            .maybe(number, |table, number| table.number(number));
        // Members behind the last one that is there have no envelope, as in a value's message.
        same::<TableWire>(built, Table { flag, small: flag.map(|_| SMALL), number, ..Table::new() });
    }
}

#[test]
fn tables_in_tables() {
    let deep = [Table::new().flag(true), Table::new()];
    let built = SparseBuilder::EMPTY
        .inner(TableBuilder::EMPTY.text("inner"))
        .more(MoreBuilder::EMPTY.deep(each(deep.iter())));
    same::<SparseWire>(built, Sparse::new().inner(Table::new().text("inner")).more(More::new().deep(&deep)));
}

#[test]
fn unions_and_boxes() {
    let built = DecisionBuilder::Choice(ChoiceBuilder::Nested(TableBuilder::EMPTY.number(3_u64)));
    same::<DecisionWire>(built, Decision::Choice(Choice::Nested(Table::new().number(3))));
    let built = ListBuilder::EMPTY.value(1_u8).next(Some(ListBuilder::EMPTY.value(2_u8).next(None::<List>)));
    same::<ListWire>(built, List { value: 1, next: Some(&List { value: 2, next: None }) });
    let built = UnionsBuilder::EMPTY
        .choice(ChoiceBuilder::Text("text"))
        .absent(None::<Choice>)
        .decision(Decision::Wide(4))
        .decided(Some(DecisionBuilder::Number(5_u32)))
        .many(each([Some(Choice::Flag(true)), None]));
    let value = Unions {
        choice: Choice::Text("text"),
        absent: None,
        decision: Decision::Wide(4),
        decided: Some(Decision::Number(5)),
        many: &[Some(Choice::Flag(true)), None],
    };
    same::<UnionsWire>(built, value);
}

/// Says that it has so many items, and has so many.
struct Claims(usize, usize);

impl Iterator for Claims {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.1 = self.1.checked_sub(1)?;
        Some(1)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0, Some(self.0))
    }
}

impl ExactSizeIterator for Claims {}

#[test]
fn iterators_that_lie_are_found_out() {
    let vector = |items| encode::<wire::Vector<wire::U32, 4>>(each(items)).map(|message| message.bytes.len());
    assert_eq!(vector(Claims(3, 3)), Ok(32));
    for (says, has) in [(3, 2), (3, 4), (0, 1), (1, 0)] {
        assert_eq!(vector(Claims(says, has)), Err(EncodeError::new(EncodeRule::Count)), "{says} {has}");
    }
    assert_eq!(vector(Claims(5, 5)), Err(EncodeError::new(EncodeRule::Bound)));
    let array = |items| encode::<[wire::U32; 2]>(each(items)).map(|message| message.bytes.len());
    assert_eq!(array(Claims(2, 2)), Ok(8));
    assert_eq!(
        (array(Claims(2, 1)), array(Claims(2, 3))),
        (Err(EncodeError::new(EncodeRule::Count)), Err(EncodeError::new(EncodeRule::Count)))
    );
}
