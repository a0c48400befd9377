//! The FIDL wire format, version 2: what the bytes of a message mean.
//!
//! A message is bytes and a table of handles. [`validate`] walks over it once, from the primary object through
//! everything it refers to, and checks every rule of the format; while it walks it overwrites each presence marker
//! with the offset of the object it announces. What comes back is a [`Body`]: the proof that the walk succeeded.
//!
//! Views ([`Object`] and the types generated around it) read a body where it lies. They are `Copy`, own nothing and
//! have no `Drop`. A table's accessors return `Option`s, a union's view is an enum; of what a newer peer has put into either
//! and the schema does not know, ordinal, bytes and number of handles can be looked at ([`Unknown`]). Numbers, bools, enums and bits are read from plain bytes and are sound whatever those bytes are;
//! lengths, offsets and `&str` rest on the `Body`. No accessor panics. Compiled with `--cfg fidl_check_access`,
//! every such access is checked once more.
//!
//! | declared with | wire form | view | value |
//! | --- | --- | --- | --- |
//! | [`wire_struct!`](crate::wire_struct) | its fields | accessors | [`encode_struct!`](crate::encode_struct) |
//! | [`wire_table!`](crate::wire_table) | 16 bytes, envelopes out of line | accessors of `Option`s | [`encode_table!`](crate::encode_table) |
//! | [`wire_union!`](crate::wire_union) | 16 bytes: ordinal, envelope | an enum | [`encode_union!`](crate::encode_union) |
//! | [`wire_value!`](crate::wire_value) | a number | an enum or bits | itself |
//!
//! Encoding is the mirror image: an [`Encoder`] hands out zeroed, typed places of one fixed buffer in the order that
//! the format prescribes, and [`Encode`] and [`EncodeRef`] fill them. What is too large to be put together first is written
//! member by member and element by element, by the builders that those declarations make if they are given a name for one,
//! and by [`each`].
//!
//! This module knows neither a kernel nor `std`; a handle is a number here.
//!
//! ```
//! use fidl::wire::{self, EncodeRef};
//!
//! fidl::wire_struct! {
//!     /// A name and an age.
//!     pub struct Person, PersonView<'f>, 24 {
//!         0 name: wire::Str<32> => &'f str,
//!         16 age: wire::U32 => u32,
//!         20 padding: wire::Padding<4>,
//!     }
//! }
//!
//! let mut message = wire::Aligned([0; 48]);
//! let mut encoder = wire::Encoder::new(&mut message.0, 0, &[]);
//! let person = encoder.claim::<Person>()?;
//! "Ada".encode_ref(&mut person.name, &mut encoder)?;
//! 36.encode_ref(&mut person.age, &mut encoder)?;
//! let length = encoder.finish().bytes;
//!
//! let body = wire::validate::<Person>(&mut message.0[..length], 0, &[])?;
//! let person: PersonView<'_> = body.view();
//! assert_eq!((person.name(), person.age()), ("Ada", 36));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod boxed;
mod build;
mod encode;
mod envelope;
mod error;
pub(crate) mod handle;
mod macros;
mod path;
mod pointer;
mod result;
mod scalar;
mod string;
mod table;
mod union;
mod validate;
mod vector;
mod view;
mod zeros;

pub use boxed::Boxed;
pub use build::{Each, EncodeWith, FirstMembers, MembersUpTo, NoMembers, SetMembers, each, encode_with};
#[doc(hidden)]
pub use build::{members_before, members_up_to};
pub use encode::{Encode, EncodeRef, Encoded, Encoder, Take};
pub use envelope::{Envelope, Unknown};
pub use error::{DecodeError, EncodeError, EncodeRule, Rule};
pub use handle::{
    Endpoint, EndpointView, Handle, HandleSlot, HandleView, IntoRawHandle, OptEndpoint, OptHandle,
    SAME_RIGHTS,
};
pub use result::{
    FlexibleErrorResult, FlexibleResult, FrameworkError, StrictErrorResult, flexible_result_bytes,
};
pub use scalar::{Bool, EmptyStruct, F32, F64, I16, I32, I64, Padding, U16, U32, U64};
pub use string::{OptStr, Str};
#[doc(hidden)]
pub use table::ascend;
pub use table::{Member, MemberPlaces, Members, TableHead, TableView, UnknownMembers};
pub use union::{OptUnion, Union, UnionHead};
pub use validate::{Decoder, ValueType, Wire, restore, validate};
pub use vector::{Elements, OptVector, Vector};
pub use view::{Body, Object, ruled_out};
#[doc(hidden)]
pub use zeros::{MAX_MASKED, masked_members, place_mask, place_zeros};

/// For the declarations of [`wire_struct!`](crate::wire_struct), whose wire forms derive its traits.
#[doc(hidden)]
pub use zerocopy;

/// Storage with the alignment that messages need.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub struct Aligned<T>(pub T);

#[cfg(all(test, not(loom)))]
mod layout_tests;
#[cfg(all(test, not(loom)))]
mod tests;
