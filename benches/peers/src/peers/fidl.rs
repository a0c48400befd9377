//! Ours: values of generated types are encoded into a fixed buffer, messages validated and read in place.

use std::hint::black_box;

use bumpalo::Bump;
use fidl::wire::{Aligned, Elements, EncodeRef, Encoder, Wire, validate};

use super::{BUFFER, Peer};
use crate::model;
use crate::shapes::shapes;
use crate::sink::{Read, Sink, read_each};

#[allow(dead_code, missing_docs, unreachable_pub, reason = "the benchmarks use a part of the schema")]
pub(crate) mod schema {
    fidl::include_schema!("bench_peers");
}
use schema::bench_peers as ours;

/// The shape's types in our schema.
pub trait Shape {
    type Wire: Wire;
    type Value<'a>: EncodeRef<Self::Wire>;

    /// The value in the form of our types.
    fn value<'a>(&self, room: &'a Bump) -> Self::Value<'a>;
}

/// A value and a buffer.
pub struct Fidl<T: Shape> {
    value: T::Value<'static>,
    buffer: Box<Aligned<[u8; BUFFER]>>,
}

impl<T: Shape> Peer<T> for Fidl<T>
where
    for<'f> <T::Wire as Wire>::View<'f>: Read,
{
    const NAME: &'static str = "fidl";

    fn new(value: &T) -> Self {
        // Leaked: a value borrows what it does not hold itself.
        let value = value.value(Box::leak(Box::new(Bump::new())));
        Self { value, buffer: Box::new(Aligned([0; BUFFER])) }
    }

    #[inline]
    fn build(value: &T, room: &mut Bump) {
        room.reset();
        black_box(&value.value(room));
    }

    #[inline]
    fn encode(&mut self) -> &[u8] {
        let mut encoder = Encoder::new(&mut self.buffer.0, 0, &[]);
        let root = encoder.claim::<T::Wire>().expect("the buffer has room");
        self.value.encode_ref(root, &mut encoder).expect("the value obeys its bounds");
        let written = encoder.finish();
        &self.buffer.0[..written.bytes]
    }

    #[inline(always)]
    fn decode<S: Sink>(message: &mut [u8], sink: &mut S) {
        let body = validate::<T::Wire>(message, 0, &[]).expect("what was encoded is valid");
        body.view().read(sink);
    }
}

impl<'f, T: Wire> Read for Elements<'f, T>
where
    T::View<'f>: Read,
{
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        read_each(self.iter(), sink);
    }
}

/// A value in the form of our types; slices and boxes lie in `room`.
pub trait Lend<'a, V> {
    fn lend(&self, room: &'a Bump) -> V;
}

macro_rules! same {
    ($($type:ty)*) => { $(
        impl<'a> Lend<'a, $type> for $type {
            #[inline]
            fn lend(&self, _: &'a Bump) -> $type {
                *self
            }
        }
    )* };
}
same! { u8 u16 u32 u64 i8 i32 i64 f32 f64 bool }

impl<'a, V: ?Sized> Lend<'a, &'a V> for &'static V {
    #[inline]
    fn lend(&self, _: &'a Bump) -> &'a V {
        self
    }
}

impl<'a, V, T: Lend<'a, V>> Lend<'a, &'a [V]> for Vec<T> {
    #[inline]
    fn lend(&self, room: &'a Bump) -> &'a [V] {
        room.alloc_slice_fill_iter(self.iter().map(|value| value.lend(room)))
    }
}

impl<'a, V, T: Lend<'a, V>> Lend<'a, Option<V>> for Option<T> {
    #[inline]
    fn lend(&self, room: &'a Bump) -> Option<V> {
        self.as_ref().map(|value| value.lend(room))
    }
}

impl<'a> Lend<'a, ours::GameType> for model::GameType {
    #[inline]
    fn lend(&self, _: &'a Bump) -> ours::GameType {
        match self {
            Self::Survival => ours::GameType::Survival,
            Self::Creative => ours::GameType::Creative,
            Self::Adventure => ours::GameType::Adventure,
            Self::Spectator => ours::GameType::Spectator,
        }
    }
}

impl Read for ours::GameType {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        sink.number(u64::from(self.into_raw()));
    }
}

macro_rules! boxes {
    ($($model:ty => $value:ty;)*) => { $(
        impl<'a> Lend<'a, &'a $value> for $model {
            fn lend(&self, room: &'a Bump) -> &'a $value {
                room.alloc(self.lend(room))
            }
        }
    )* };
}
boxes! {
    model::Vector3d => ours::Vector3d;
    model::Vehicle<'static> => ours::Vehicle<'a>;
    model::Entity<'static> => ours::Entity<'a>;
}

macro_rules! implement {
    ($($kind:ident $name:ident { $($member:ident: $as:ident),* })*) => { pastey::paste! { $(
        impl Read for ours::[<$name View>]<'_> {
            #[inline(always)]
            fn read<S: Sink>(&self, sink: &mut S) {
                $(implement!(@read $as (self.$member()) sink);)*
            }
        }

        implement!(@lend $kind $name [<$name Wire>] $($member)*);
    )* } };
    (@read bytes $value:tt $sink:ident) => { $sink.bytes($value) };
    (@read $as:ident $value:tt $sink:ident) => { $value.read($sink) };
    (@lend lent $name:ident $wire:ident $($member:ident)*) => {
        implement!(@for model::$name<'static>, ours::$name<'a>, $name, $wire $($member)*);
    };
    (@lend owned Pairs $($rest:tt)*) => {
        implement!(@for model::Pairs, ours::Pairs<'a>, Pairs, $($rest)*);
    };
    (@lend owned Mesh $($rest:tt)*) => {
        implement!(@for model::Mesh, ours::Mesh<'a>, Mesh, $($rest)*);
    };
    (@lend $kind:ident $name:ident $wire:ident $($member:ident)*) => {
        implement!(@for model::$name, ours::$name, $name, $wire $($member)*);
    };
    (@for $model:ty, $value:ty, $name:ident, $wire:ident $($member:ident)*) => {
        impl<'a> Lend<'a, $value> for $model {
            #[inline]
            fn lend(&self, room: &'a Bump) -> $value {
                ours::$name { $($member: self.$member.lend(room)),* }
            }
        }

        impl Shape for $model {
            type Wire = ours::$wire;
            type Value<'a> = $value;

            #[inline]
            #[allow(clippy::needless_lifetimes, reason = "most of the values have it")]
            fn value<'a>(&self, room: &'a Bump) -> $value {
                self.lend(room)
            }
        }
    };
}
shapes! { implement }
