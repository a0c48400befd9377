//! Random values: value, bytes, view, owned value, and the same bytes again.

mod codec;

use std::fmt::Debug;

use codec::schema::{test_constructs::*, test_shapes::*};
use codec::{decode, encode, text, touch};
use fidl::generated::{ArrayVec, String};
use fidl::wire::{EncodeRef, Wire};
use fidl::zx;

const ROUNDS: u64 = 2000;

/// A generator of numbers (splitmix64). The same seed gives the same numbers.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    fn flag(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.flag() { Some(make(self)) } else { None }
    }

    fn text<const N: usize>(&mut self) -> String<N> {
        let mut text = String::new();
        for _ in 0..self.below(N + 1) {
            // What does not fit any more is left out.
            let _ = text.push(self.one_of(&['\0', 'a', 'ß', '€', '🙂']));
        }
        text
    }

    fn several<T, const N: usize>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> ArrayVec<T, N> {
        let count = self.below(N + 1);
        (0..count).map(|_| make(self)).collect()
    }

    fn array<T, const N: usize>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> [T; N] {
        std::array::from_fn(|_| make(self))
    }
}

/// A value that random numbers make.
trait Any {
    fn any(random: &mut Random) -> Self;
}

impl Any for Numbers {
    fn any(random: &mut Random) -> Self {
        Self {
            a: random.flag(),
            b: random.next() as i8,
            c: random.next() as i16,
            d: random.next() as i32,
            e: random.next() as i64,
            f: random.next() as u8,
            g: random.next() as u16,
            h: random.next() as u32,
            i: random.next(),
            j: random.one_of(&[0.0, -1.5, f32::INFINITY, f32::MIN_POSITIVE]),
            k: random.next() as f64,
        }
    }
}

impl Any for Padded {
    fn any(random: &mut Random) -> Self {
        Self { a: random.next() as u8, b: random.next() as u32, c: random.next() as u16 }
    }
}

impl Any for Nested {
    fn any(random: &mut Random) -> Self {
        Self {
            flag: random.flag(),
            inner: Any::any(random),
            empty: Empty {},
            point: Point { x: random.next() as i32, y: random.next() as i32 },
            wide: random.next(),
            last: random.next() as u8,
        }
    }
}

impl Any for Colour {
    fn any(random: &mut Random) -> Self {
        Self::from_raw(random.one_of(&[0, 1, 2, 3, u32::MAX]))
    }
}

impl Any for Values {
    fn any(random: &mut Random) -> Self {
        Self {
            colour: Any::any(random),
            level: random.one_of(&[Level::Low, Level::Middle, Level::High]),
            only: Only::Top,
            wide: Wide::from_raw(random.one_of(&[-300, 300, 0])),
            nothing: Nothing::from_raw(random.next() as u8),
            words: random.one_of(&[Words::Self_, Words::Type, Words::Some_, Words::A_1, Words::A1]),
            access: Access::from_bits_truncate(random.next() as u8),
            flags: Flags::from_bits_retain(random.next() as u32),
            wires: Wires::from_bits_retain(random.next()),
            marks: Marks::from_bits_truncate(random.next() as u16),
            kind: random.one_of(&[Kind::One, Kind::Two]),
            rights: zx::Rights::from_bits_truncate(random.next() as u32),
            object: random.one_of(&[zx::ObjType::None_, zx::ObjType::Counter]),
        }
    }
}

impl Any for LabelOwned {
    fn any(random: &mut Random) -> Self {
        Self { text: random.text() }
    }
}

impl Any for TextsOwned {
    fn any(random: &mut Random) -> Self {
        Self { bounded: random.text(), optional: random.maybe(Random::text), label: Any::any(random) }
    }
}

impl Any for BoxesOwned {
    fn any(random: &mut Random) -> Self {
        Self {
            padded: random.maybe(Any::any),
            empty: random.maybe(|_| Empty {}),
            label: random.maybe(Any::any),
        }
    }
}

impl Any for ArraysOwned {
    fn any(random: &mut Random) -> Self {
        Self {
            bytes: random.array(|random| random.next() as u8),
            words: random.array(|random| random.next() as u16),
            structs: random.array(Any::any),
            texts: random.array(Random::text),
            colours: random.array(Any::any),
            rows: random.array(|random| random.array(|random| random.next() as u16)),
            vectors: random.array(|random| random.several(|random| random.next() as u32)),
        }
    }
}

impl Any for VectorsOwned {
    fn any(random: &mut Random) -> Self {
        Self {
            numbers: random.several(|random| random.next() as u16),
            bools: random.several(Random::flag),
            structs: random.several(Any::any),
            texts: random.several(Random::text),
            optional_texts: random.several(|random| random.maybe(Random::text)),
            vectors: random.several(|random| random.several(|random| random.next() as u8)),
            colours: random.several(Any::any),
            levels: random.several(|random| random.one_of(&[Level::Low, Level::High])),
            flags: random.several(|random| Flags::from_bits_retain(random.next() as u32)),
            empties: random.several(|_| Empty {}),
            labels: random.several(Any::any),
            boxes: random.several(|random| random.maybe(Any::any)),
            arrays: random.several(|random| random.array(|random| random.next() as u8)),
            none: random.maybe(|random| random.several(Random::next)),
            no_structs: random.maybe(|random| random.several(Any::any)),
            no_texts: random.maybe(|random| random.several(Random::text)),
        }
    }
}

/// Every value comes back, and its bytes do.
fn check<T, W: Wire>()
where
    T: Any + EncodeRef<W> + Debug + PartialEq + for<'f> From<W::View<'f>>,
    for<'f> W::View<'f>: Debug + Copy,
{
    for seed in 0..ROUNDS {
        let value = T::any(&mut Random(seed));
        let message = encode::<W>(&value).expect("a value that can be encoded");
        let back = decode::<W, _>(&message.bytes, &[], |view| {
            touch(view);
            T::from(view)
        });
        let back = back.expect("a valid message");
        assert_eq!(back, value, "seed {seed}");
        let again = encode::<W>(&back).expect("a value that can be encoded");
        assert_eq!(text(&again.bytes), text(&message.bytes), "seed {seed}");
    }
}

#[test]
fn plain_values() {
    check::<Numbers, NumbersWire>();
    check::<Padded, PaddedWire>();
    check::<Nested, NestedWire>();
    check::<Values, ValuesWire>();
}

#[test]
fn values_out_of_line() {
    check::<LabelOwned, LabelWire>();
    check::<TextsOwned, TextsWire>();
    check::<BoxesOwned, BoxesWire>();
    check::<ArraysOwned, ArraysWire>();
    check::<VectorsOwned, VectorsWire>();
}

/// Whatever bytes: refused, or they are what encoding the value gives.
#[test]
fn accepted_bytes_are_canonical() {
    let mut accepted = 0;
    for seed in 0..ROUNDS {
        let mut random = Random(seed);
        let value = TextsOwned::any(&mut random);
        let mut bytes = encode::<TextsWire>(&value).expect("a value that can be encoded").bytes;
        for _ in 0..=random.below(3) {
            let index = random.below(bytes.len());
            bytes[index] = random.next() as u8;
        }
        let Ok(back) = decode::<TextsWire, _>(&bytes, &[], |view| TextsOwned::from(view)) else { continue };
        accepted += 1;
        let again = encode::<TextsWire>(&back).expect("a value that can be encoded");
        assert_eq!(text(&again.bytes), text(&bytes), "seed {seed}");
    }
    assert!(accepted > 0);
}
