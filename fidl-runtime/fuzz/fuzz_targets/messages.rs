//! Sound messages with a few changes, judged by the codec and by a slow reader that goes by the schema: they come further than
//! bytes do.

#![no_main]

#[path = "../../../tests/differential/reference.rs"]
mod reference;
#[path = "../../../tests/differential/writer.rs"]
mod writer;

use arbitrary::Arbitrary;
use fidl::wire::HandleSlot;
use fidl_runtime_fuzz::{DECLARED, Declared, exercise};
use libfuzzer_sys::fuzz_target;
use reference::HandleInfo;
use writer::{Coverage, Message};

/// A message, and what is done to it.
#[derive(Arbitrary, Debug)]
struct Changed {
    ty: u16,
    seed: u16,
    depth: u8,
    edits: Vec<Edit>,
}

/// One change. Places are counted modulo the number of bytes, words or handles.
#[derive(Arbitrary, Debug)]
enum Edit {
    Byte { at: u16, value: u8 },
    Half { at: u16, value: u16 },
    Word { at: u16, value: u8 },
    Number { at: u16, value: u64 },
    Copy { from: u16, at: u16 },
    Insert { at: u16, value: u8 },
    Remove { at: u16, count: u8 },
    Length { bytes: i8 },
    AddHandle { at: u8, object_type: u8, rights: u32 },
    RemoveHandle { at: u8 },
    SwapHandles { first: u8, second: u8 },
}

/// Words that mean something: markers, counts, envelopes in either form, with and without handles.
const WORDS: [u64; 16] = [
    0,
    1,
    2,
    3,
    8,
    64,
    u64::MAX,
    u64::MAX - 1,
    1 << 32,
    1 << 48,
    8 | 1 << 32,
    1 << 48 | 1 << 32,
    1 << 48 | 0xffff_ffff,
    16,
    24,
    u32::MAX as u64,
];

fn apply(message: &mut Message, edit: &Edit) {
    let Message { bytes, handles } = message;
    let (length, count) = (bytes.len(), handles.len());
    let byte = |at: u16| usize::from(at) % length.max(1);
    let word = |at: u16| usize::from(at) % (length / 8).max(1) * 8;
    match *edit {
        Edit::Byte { at, value } => put(bytes, byte(at), &[value]),
        Edit::Half { at, value } => put(bytes, byte(at) / 2 * 2, &value.to_le_bytes()),
        Edit::Word { at, value } => put(bytes, word(at), &WORDS[usize::from(value % 16)].to_le_bytes()),
        Edit::Number { at, value } => put(bytes, word(at), &value.to_le_bytes()),
        Edit::Copy { from, at } => {
            let copy = bytes.get(word(from)..word(from) + 8).unwrap_or_default().to_vec();
            put(bytes, word(at), &copy);
        }
        Edit::Insert { at, value } => {
            let at = word(at).min(bytes.len());
            bytes.splice(at..at, WORDS[usize::from(value % 16)].to_le_bytes());
        }
        Edit::Remove { at, count } => {
            let from = word(at).min(bytes.len());
            bytes.drain(from..(from + usize::from(count % 8) * 8).min(bytes.len()));
        }
        Edit::Length { bytes: more } => {
            bytes.resize(bytes.len().saturating_add_signed(isize::from(more)), 0);
        }
        Edit::AddHandle { at, object_type, rights } => {
            let info = HandleInfo { object_type: u32::from(object_type % 16), rights };
            handles.insert(usize::from(at) % (count + 1), info);
        }
        Edit::RemoveHandle { at } if count > 0 => {
            handles.remove(usize::from(at) % count);
        }
        Edit::SwapHandles { first, second } if count > 0 => {
            handles.swap(usize::from(first) % count, usize::from(second) % count);
        }
        Edit::RemoveHandle { .. } | Edit::SwapHandles { .. } => {}
    }
}

/// Puts as many bytes as there is room for.
fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    let room = bytes.get_mut(at..).unwrap_or_default();
    let count = room.len().min(new.len());
    room[..count].copy_from_slice(&new[..count]);
}

/// Holds both readers against each other.
fn compare(&(schema, id, ty): &Declared, message: &Message) {
    let slot = |(number, info): (u32, &HandleInfo)| HandleSlot::new(number, info.object_type, info.rights);
    let slots: Vec<HandleSlot> = (1..).zip(&message.handles).map(slot).collect();
    let expected = reference::read(schema, id, &message.bytes, &message.handles);
    let found = exercise(ty, &message.bytes, &slots);
    let name = ty.name;
    assert_eq!(
        found.is_ok(),
        expected.is_ok(),
        "{name}: {found:?}, but {expected:?}: {:02x?}",
        message.bytes
    );
}

/// Sound messages of every type, and each of them with every byte changed, before anything random.
fn every_type() {
    for declared in DECLARED.iter() {
        for seed in 0..6 {
            let message = writer::write(declared.0, declared.1, seed, 4, &mut Coverage::new());
            compare(declared, &message);
            if message.bytes.len() > 512 {
                continue;
            }
            for at in 0..message.bytes.len() {
                let mut changed = Message { bytes: message.bytes.clone(), handles: message.handles.clone() };
                changed.bytes[at] ^= 1 << (at as u64 + seed) % 8;
                compare(declared, &changed);
            }
        }
    }
    eprintln!("{} types agree", DECLARED.len());
}

fuzz_target!(init: every_type(), |changed: Changed| {
    let declared = &DECLARED[usize::from(changed.ty) % DECLARED.len()];
    let depth = if changed.depth % 4 == 0 { 32 } else { 12 };
    let mut message =
        writer::write(declared.0, declared.1, u64::from(changed.seed), depth, &mut Coverage::new());
    for edit in changed.edits.iter().take(8) {
        apply(&mut message, edit);
    }
    compare(declared, &message);
});
