//! rkyv: archives are checked by bytecheck and read in place.

use std::hint::black_box;

use bumpalo::Bump;
use rkyv::api::high::{HighSerializer, HighValidator, to_bytes_in_with_alloc};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::{Failure, Fallible, Source};
use rkyv::ser::allocator::{Arena, ArenaHandle};
use rkyv::string::{ArchivedString, StringResolver};
use rkyv::util::AlignedVec;
use rkyv::vec::ArchivedVec;
use rkyv::with::{ArchiveWith, SerializeWith};
use rkyv::{Archive, Place, Portable, Serialize, SerializeUnsized};

use super::{BUFFER, Peer};
use crate::model;
use crate::shapes::shapes;
use crate::sink::{Read, Sink, read_each};

/// A borrowed text becomes the same as a `String`: short ones lie in place.
pub struct AsText;

impl ArchiveWith<&str> for AsText {
    type Archived = ArchivedString;
    type Resolver = StringResolver;

    fn resolve_with(text: &&str, resolver: StringResolver, out: Place<ArchivedString>) {
        ArchivedString::resolve_from_str(text, resolver, out);
    }
}

impl<S: Fallible<Error: Source> + ?Sized> SerializeWith<&str, S> for AsText
where
    str: SerializeUnsized<S>,
{
    fn serialize_with(text: &&str, serializer: &mut S) -> Result<StringResolver, S::Error> {
        ArchivedString::serialize_from_str(text, serializer)
    }
}

pub struct Rkyv<T> {
    value: T,
    buffer: AlignedVec,
    arena: Arena,
}

impl<T> Peer<T> for Rkyv<T>
where
    T: Clone + Archive + for<'a> Serialize<HighSerializer<AlignedVec, ArenaHandle<'a>, Failure>>,
    T::Archived: Read + Portable + for<'a> CheckBytes<HighValidator<'a, Failure>>,
{
    const NAME: &'static str = "rkyv";

    fn new(value: &T) -> Self {
        Self { value: value.clone(), buffer: AlignedVec::with_capacity(BUFFER), arena: Arena::new() }
    }

    #[inline]
    fn build(value: &T, _: &mut Bump) {
        black_box(&value.clone());
    }

    #[inline]
    fn encode(&mut self) -> &[u8] {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        self.buffer = to_bytes_in_with_alloc::<_, _, Failure>(&self.value, buffer, self.arena.acquire())
            .expect("a value can be archived");
        &self.buffer
    }

    #[inline(always)]
    fn decode<S: Sink>(message: &mut [u8], sink: &mut S) {
        rkyv::access::<T::Archived, Failure>(message).expect("what was encoded is valid").read(sink);
    }
}

macro_rules! numbers {
    ($($type:ident)*) => { $(
        impl Read for rkyv::rend::$type {
            #[inline(always)]
            fn read<S: Sink>(&self, sink: &mut S) {
                self.to_native().read(sink);
            }
        }
    )* };
}
numbers! { u16_le u32_le u64_le i32_le i64_le f32_le f64_le }

impl Read for ArchivedString {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        self.as_str().read(sink);
    }
}

impl<T: Read> Read for ArchivedVec<T> {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        read_each(self.iter(), sink);
    }
}

impl<T: Read> Read for rkyv::option::ArchivedOption<T> {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        self.as_ref().read(sink);
    }
}

impl Read for model::ArchivedGameType {
    #[inline(always)]
    fn read<S: Sink>(&self, sink: &mut S) {
        let number = match self {
            Self::Survival => 0,
            Self::Creative => 1,
            Self::Adventure => 2,
            Self::Spectator => 3,
        };
        sink.number(number);
    }
}

macro_rules! implement {
    ($($kind:ident $name:ident { $($member:ident: $as:ident),* })*) => { pastey::paste! { $(
        implement!(@impl $kind [<Archived $name>] $($member: $as)*);
    )* } };
    (@impl lent $name:ident $($member:ident: $as:ident)*) => {
        implement!(@for model::$name<'_>, $($member: $as)*);
    };
    (@impl $kind:ident $name:ident $($member:ident: $as:ident)*) => {
        implement!(@for model::$name, $($member: $as)*);
    };
    (@for $type:ty, $($member:ident: $as:ident)*) => {
        impl Read for $type {
            #[inline(always)]
            fn read<S: Sink>(&self, sink: &mut S) {
                $(implement!(@read $as (self.$member) sink);)*
            }
        }
    };
    (@read bytes $value:tt $sink:ident) => { $sink.bytes(&$value) };
    (@read $as:ident $value:tt $sink:ident) => { $value.read($sink) };
}
shapes! { implement }
