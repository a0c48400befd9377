//! bincode, with integers of fixed size, which it is faster with, and borrowed texts.

use std::hint::black_box;

use bincode::config::{Configuration, Fixint, LittleEndian, standard};
use bincode::{BorrowDecode, Encode};
use bumpalo::Bump;

use super::{BUFFER, Peer};
use crate::sink::{Read, Sink};

const CONFIG: Configuration<LittleEndian, Fixint> = standard().with_fixed_int_encoding();

pub struct Bincode<T> {
    value: T,
    buffer: Vec<u8>,
}

/// A shape of which a message with any lifetime can be read.
pub trait Shape: Clone + Encode {
    fn decode<S: Sink>(message: &[u8], sink: &mut S);
}

impl<T: Shape> Peer<T> for Bincode<T> {
    const NAME: &'static str = "bincode";

    fn new(value: &T) -> Self {
        Self { value: value.clone(), buffer: vec![0; BUFFER] }
    }

    #[inline]
    fn build(value: &T, _: &mut Bump) {
        black_box(&value.clone());
    }

    #[inline]
    fn encode(&mut self) -> &[u8] {
        let written = bincode::encode_into_slice(&self.value, &mut self.buffer, CONFIG);
        &self.buffer[..written.expect("the buffer has room")]
    }

    #[inline(always)]
    fn decode<S: Sink>(message: &mut [u8], sink: &mut S) {
        T::decode(message, sink);
    }
}

macro_rules! implement {
    (lent { $($lent:ident)* } owned { $($owned:ident)* }) => {
        $(impl Shape for crate::model::$lent<'_> {
            #[inline(always)]
            fn decode<S: Sink>(message: &[u8], sink: &mut S) {
                read::<crate::model::$lent<'_>, S>(message, sink);
            }
        })*
        $(impl Shape for crate::model::$owned {
            #[inline(always)]
            fn decode<S: Sink>(message: &[u8], sink: &mut S) {
                read::<crate::model::$owned, S>(message, sink);
            }
        })*
    };
}
crate::shapes::roots! { implement }

#[inline(always)]
fn read<'m, T: BorrowDecode<'m, ()> + Read, S: Sink>(message: &'m [u8], sink: &mut S) {
    let (value, _): (T, usize) = bincode::borrow_decode_from_slice(message, CONFIG).expect("valid");
    value.read(sink);
}
