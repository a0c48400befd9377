//! Protocol Buffers, by prost: messages of its own types, whose bytes are shared with the message.

use std::hint::black_box;

use bumpalo::Bump;
use prost::Message;
use prost::bytes::Bytes;

use super::{BUFFER, Peer};
use crate::model;
use crate::shapes::shapes;
use crate::sink::{Read, Sink};

mod messages;

pub struct Prost<T: Shape> {
    value: T::Message,
    buffer: Vec<u8>,
}

/// A shape and its message.
pub trait Shape: To<Self::Message> {
    type Message: Message + Default + Read;
}

impl<T: Shape> Peer<T> for Prost<T> {
    const NAME: &'static str = "prost";

    fn new(value: &T) -> Self {
        Self { value: value.to(), buffer: Vec::with_capacity(BUFFER) }
    }

    #[inline]
    fn build(value: &T, _: &mut Bump) {
        black_box(&value.to());
    }

    #[inline]
    fn encode(&mut self) -> &[u8] {
        self.buffer.clear();
        self.value.encode(&mut self.buffer).expect("a vector has room");
        &self.buffer
    }

    #[inline(always)]
    fn decode<S: Sink>(message: &mut [u8], sink: &mut S) {
        T::Message::decode(&*message).expect("what was encoded is valid").read(sink);
    }
}

/// A value in the form of a message's field.
pub trait To<T> {
    fn to(&self) -> T;
}

macro_rules! numbers {
    ($($from:ty => $to:ty;)*) => { $(
        impl To<$to> for $from {
            fn to(&self) -> $to {
                (*self).into()
            }
        }
    )* };
}
numbers! {
    u8 => u32; u16 => u32; u32 => u32; u64 => u64; i8 => i32; i32 => i32; i64 => i64; f32 => f32; f64 => f64;
    bool => bool; &str => String;
}

impl To<i32> for model::GameType {
    fn to(&self) -> i32 {
        *self as i32
    }
}

impl To<Bytes> for &[u8] {
    fn to(&self) -> Bytes {
        Bytes::copy_from_slice(self)
    }
}

impl<U, T: To<U>> To<Vec<U>> for Vec<T> {
    fn to(&self) -> Vec<U> {
        self.iter().map(To::to).collect()
    }
}

impl<U, T: To<U>> To<Option<U>> for Option<T> {
    fn to(&self) -> Option<U> {
        self.as_ref().map(To::to)
    }
}

impl Read for String {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        sink.bytes(self.as_bytes());
    }
}

macro_rules! implement {
    ($($kind:ident $name:ident { $($member:ident: $as:ident),* })*) => { $(
        implement!(@type $kind $name $($member: $as)*);
    )* };
    (@type lent $name:ident $($members:tt)*) => {
        implement!(@for [model::$name<'_>] $name $($members)*);
    };
    (@type $kind:ident $name:ident $($members:tt)*) => {
        implement!(@for [model::$name] $name $($members)*);
    };
    (@for [$model:ty] $name:ident $($member:ident: $as:ident)*) => {
        impl Read for messages::$name {
            #[inline(always)]
            fn read<S: Sink>(&self, sink: &mut S) {
                $(implement!(@read $as (self.$member) sink);)*
            }
        }

        impl To<messages::$name> for $model {
            fn to(&self) -> messages::$name {
                messages::$name { $($member: self.$member.to()),* }
            }
        }

        impl To<Option<messages::$name>> for $model {
            fn to(&self) -> Option<messages::$name> {
                Some(self.to())
            }
        }

        impl Shape for $model {
            type Message = messages::$name;
        }
    };
    (@read bytes $value:tt $sink:ident) => { $sink.bytes(&$value) };
    // A required message, which Protocol Buffers do not know.
    (@read one $value:tt $sink:ident) => { $value.as_ref().expect("present").read($sink) };
    (@read part $value:tt $sink:ident) => { $value.as_ref().expect("present").read($sink) };
    (@read $as:ident $value:tt $sink:ident) => { $value.read($sink) };
}
shapes! { implement }
