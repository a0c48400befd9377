//! Ours: values of generated types are encoded into a fixed buffer, messages validated and read in place.

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
pub trait Shape: Lend<Self::Value> {
    type Wire: Wire;
    type Value: EncodeRef<Self::Wire>;
}

/// A value and a buffer.
pub struct Fidl<T: Shape> {
    value: T::Value,
    buffer: Box<Aligned<[u8; BUFFER]>>,
}

impl<T: Shape> Peer<T> for Fidl<T>
where
    for<'f> <T::Wire as Wire>::View<'f>: Read,
{
    const NAME: &'static str = "fidl";

    fn new(value: &T) -> Self {
        Self { value: value.lend(), buffer: Box::new(Aligned([0; BUFFER])) }
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

/// A value in the form of our types. Slices are leaked: they are made once.
pub trait Lend<V> {
    fn lend(&self) -> V;
}

macro_rules! same {
    ($($type:ty)*) => { $(
        impl Lend<$type> for $type {
            fn lend(&self) -> $type {
                *self
            }
        }
    )* };
}
same! { u8 u16 u32 u64 i8 i32 i64 f32 f64 bool &'static str &'static [u8] }

impl<V, T: Lend<V>> Lend<&'static [V]> for Vec<T> {
    fn lend(&self) -> &'static [V] {
        Vec::leak(self.iter().map(Lend::lend).collect())
    }
}

impl<V, T: Lend<V>> Lend<Option<V>> for Option<T> {
    fn lend(&self) -> Option<V> {
        self.as_ref().map(Lend::lend)
    }
}

impl Lend<ours::GameType> for model::GameType {
    fn lend(&self) -> ours::GameType {
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
        impl Lend<&'static $value> for $model {
            fn lend(&self) -> &'static $value {
                Box::leak(Box::new(self.lend()))
            }
        }
    )* };
}
boxes! {
    model::Vector3d => ours::Vector3d;
    model::Vehicle<'static> => ours::Vehicle<'static>;
    model::Entity<'static> => ours::Entity<'static>;
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
        implement!(@for model::$name<'static>, ours::$name<'static>, $name, $wire $($member)*);
    };
    (@lend owned Pairs $($rest:tt)*) => {
        implement!(@for model::Pairs, ours::Pairs<'static>, Pairs, $($rest)*);
    };
    (@lend owned Mesh $($rest:tt)*) => {
        implement!(@for model::Mesh, ours::Mesh<'static>, Mesh, $($rest)*);
    };
    (@lend $kind:ident $name:ident $wire:ident $($member:ident)*) => {
        implement!(@for model::$name, ours::$name, $name, $wire $($member)*);
    };
    (@for $model:ty, $value:ty, $name:ident, $wire:ident $($member:ident)*) => {
        impl Lend<$value> for $model {
            fn lend(&self) -> $value {
                ours::$name { $($member: self.$member.lend()),* }
            }
        }

        impl Shape for $model {
            type Wire = ours::$wire;
            type Value = $value;
        }
    };
}
shapes! { implement }
