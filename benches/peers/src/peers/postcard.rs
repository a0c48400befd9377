//! postcard, with borrowed texts.

use std::hint::black_box;

use bumpalo::Bump;
use serde::{Deserialize, Serialize};

use super::{BUFFER, Peer};
use crate::sink::{Read, Sink};

pub struct Postcard<T> {
    value: T,
    buffer: Vec<u8>,
}

/// A shape of which a message with any lifetime can be read.
pub trait Shape: Clone + Serialize {
    fn decode<S: Sink>(message: &[u8], sink: &mut S);
}

impl<T: Shape> Peer<T> for Postcard<T> {
    const NAME: &'static str = "postcard";

    fn new(value: &T) -> Self {
        Self { value: value.clone(), buffer: vec![0; BUFFER] }
    }

    #[inline]
    fn build(value: &T, _: &mut Bump) {
        black_box(&value.clone());
    }

    #[inline]
    fn encode(&mut self) -> &[u8] {
        postcard::to_slice(&self.value, &mut self.buffer).expect("the buffer has room")
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
fn read<'m, T: Deserialize<'m> + Read, S: Sink>(message: &'m [u8], sink: &mut S) {
    postcard::from_bytes::<T>(message).expect("what was encoded is valid").read(sink);
}
