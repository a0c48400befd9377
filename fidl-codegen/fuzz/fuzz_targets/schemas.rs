//! Sound schemas with a few words changed: they come further than bytes do.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use fidl_codegen_fuzz::{exercise, libraries, seeds};
use libfuzzer_sys::fuzz_target;

/// A seed, and what is done to it.
#[derive(Arbitrary, Debug)]
struct Changed {
    seed: u8,
    choice: u8,
    edits: Vec<Edit>,
}

/// One change. Places are counted modulo the number of words.
#[derive(Arbitrary, Debug)]
enum Edit {
    Remove {
        at: u16,
        count: u8,
    },
    Repeat {
        from: u16,
        count: u8,
        at: u16,
    },
    Swap {
        first: u16,
        second: u16,
    },
    /// Puts in words of another seed.
    Graft {
        seed: u8,
        from: u16,
        count: u8,
        at: u16,
    },
    Word {
        at: u16,
        word: u8,
    },
    Number {
        at: u16,
        number: i64,
    },
    Bytes {
        at: u16,
        bytes: [u8; 3],
    },
}

/// Words that bring other rules into play.
const WORDS: [&str; 48] = [
    "struct",
    "table",
    "union",
    "overlay",
    "enum",
    "bits",
    "strict",
    "flexible",
    "resource",
    "open",
    "ajar",
    "closed",
    "protocol",
    "service",
    "compose",
    "error",
    "alias",
    "const",
    "type",
    "using",
    "as",
    "library",
    "optional",
    "box",
    "vector",
    "array",
    "string",
    "client_end",
    "server_end",
    "uint8",
    "int64",
    "bool",
    "MAX",
    "HEAD",
    "NEXT",
    "true",
    "->",
    "|",
    ":",
    ";",
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    "@available(added=2, removed=3)",
    "@available(replaced=2)",
];

/// The seeds as words.
static SEEDS: LazyLock<Vec<Vec<Vec<u8>>>> =
    LazyLock::new(|| seeds().iter().map(|text| words(text)).collect());

/// Splits a text; nothing is lost.
fn words(text: &[u8]) -> Vec<Vec<u8>> {
    let class = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => 0,
        b' ' | b'\t' => 1,
        _ => 2,
    };
    text.chunk_by(|first, second| class(first) != 2 && class(first) == class(second))
        .map(<[u8]>::to_vec)
        .collect()
}

fn apply(words: &mut Vec<Vec<u8>>, edit: &Edit) {
    if words.is_empty() {
        return;
    }
    let length = words.len();
    let place = |at: u16| usize::from(at) % length;
    let range = |from: u16, count: u8| place(from)..(place(from) + usize::from(count % 32)).min(length);
    match *edit {
        Edit::Remove { at, count } => drop(words.drain(range(at, count))),
        Edit::Repeat { from, count, at } => {
            let copy = words[range(from, count)].to_vec();
            words.splice(place(at)..place(at), copy);
        }
        Edit::Swap { first, second } => words.swap(place(first), place(second)),
        Edit::Graft { seed, from, count, at } => {
            let other = &SEEDS[usize::from(seed) % SEEDS.len()];
            let from = usize::from(from) % other.len().max(1);
            let copy = other[from..(from + usize::from(count % 64)).min(other.len())].to_vec();
            words.splice(place(at)..place(at), copy);
        }
        Edit::Word { at, word } => words[place(at)] = WORDS[usize::from(word) % WORDS.len()].into(),
        Edit::Number { at, number } => words[place(at)] = number.to_string().into(),
        Edit::Bytes { at, bytes } => words[place(at)] = bytes.to_vec(),
    }
}

fuzz_target!(|changed: Changed| {
    let mut words = SEEDS[usize::from(changed.seed) % SEEDS.len()].clone();
    for edit in changed.edits.iter().take(16) {
        apply(&mut words, edit);
    }
    exercise(&libraries(&words.concat()), changed.choice);
});
