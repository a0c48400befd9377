//! What every reader hands the fields of a message to, in one order for all peers.

use std::hint::black_box;

/// Takes fields.
pub trait Sink {
    /// Any number, bool, enum, count, or whether there is something.
    fn number(&mut self, number: u64);

    /// Bytes or a text, with their length.
    fn bytes(&mut self, bytes: &[u8]);
}

/// Adds up what there is: what it costs to look at each number, and at where each text lies and how long it is.
///
/// Texts are not read again from end to end: whoever must find them to be UTF-8 has done that.
#[derive(Default)]
pub struct Sum(pub u64);

impl Sink for Sum {
    #[inline(always)]
    fn number(&mut self, number: u64) {
        self.0 = self.0.wrapping_add(number);
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &[u8]) {
        let bytes = black_box(bytes);
        let first = bytes.first().map_or(0, |first| u64::from(*first));
        self.0 = self.0.wrapping_add(bytes.len() as u64).wrapping_add(first);
    }
}

/// A hash of everything, in order: two messages with one digest hold the same.
pub struct Digest(pub u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Sink for Digest {
    fn number(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        bytes.iter().for_each(|byte| self.number(u64::from(*byte)));
    }
}

/// Something whose every field can be read.
pub trait Read {
    /// Reads all of it.
    fn read<S: Sink>(&self, sink: &mut S);
}

macro_rules! numbers {
    ($($type:ty)*) => { $(
        impl Read for $type {
            #[inline(always)]
            fn read<S: Sink>(&self, sink: &mut S) {
                sink.number(*self as u64);
            }
        }
    )* };
}
numbers! { u8 u16 u32 u64 i8 i32 i64 bool }

impl Read for f32 {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        sink.number(u64::from(self.to_bits()));
    }
}

impl Read for f64 {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        sink.number(self.to_bits());
    }
}

impl Read for str {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        sink.bytes(self.as_bytes());
    }
}

impl<T: Read + ?Sized> Read for &T {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        (**self).read(sink);
    }
}

impl<T: Read> Read for Option<T> {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        sink.number(u64::from(self.is_some()));
        if let Some(value) = self {
            value.read(sink);
        }
    }
}

impl<T: Read> Read for Vec<T> {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        read_each(self.iter(), sink);
    }
}

/// Reads elements and how many there are.
#[inline(always)]
pub(crate) fn read_each<T: Read, S: Sink>(elements: impl ExactSizeIterator<Item = T>, sink: &mut S) {
    sink.number(elements.len() as u64);
    elements.for_each(|element| element.read(sink));
}
