//! wincode, with borrowed texts; plain structs without padding it copies as they are.

use std::hint::black_box;

use bumpalo::Bump;
use wincode::config::DefaultConfig;
use wincode::{SchemaRead, SchemaWrite};

use super::{BUFFER, Peer};
use crate::sink::{Read, Sink};

pub struct Wincode<T> {
    value: T,
    buffer: Vec<u8>,
}

/// A shape of which a message with any lifetime can be read.
pub trait Shape: Clone + SchemaWrite<DefaultConfig, Src = Self> {
    fn decode<S: Sink>(message: &[u8], sink: &mut S);
}

impl<T: Shape> Peer<T> for Wincode<T> {
    const NAME: &'static str = "wincode";

    fn new(value: &T) -> Self {
        Self { value: value.clone(), buffer: vec![0; BUFFER] }
    }

    #[inline]
    fn build(value: &T, _: &mut Bump) {
        black_box(&value.clone());
    }

    #[inline]
    fn encode(&mut self) -> &[u8] {
        let mut rest = &mut self.buffer[..];
        wincode::serialize_into(&mut rest, &self.value).expect("the buffer has room");
        let written = BUFFER - rest.len();
        &self.buffer[..written]
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
fn read<'m, T: SchemaRead<'m, DefaultConfig, Dst = T> + Read, S: Sink>(message: &'m [u8], sink: &mut S) {
    wincode::deserialize::<T>(message).expect("what was encoded is valid").read(sink);
}
