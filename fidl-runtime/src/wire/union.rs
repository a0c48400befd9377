//! Unions.
//!
//! What a generated union is made of stands here, beside the macros that put it together: a union validates its envelope with
//! the type of its ordinal, or passes over it, and views it in the same way.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, EncodeRef, Encoder};
use super::envelope::{Envelope, Unknown, content};
use super::error::{DecodeError, EncodeError, Rule};
use super::scalar::U64;
use super::table::Member;
use super::validate::{Decoder, Wire};
use super::vector::Elements;
use super::view::Object;

/// A union of any type, 16 bytes: an ordinal and an envelope.
#[derive(Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct UnionHead {
    ordinal: U64,
    envelope: Envelope,
}

impl UnionHead {
    /// Which member there is.
    pub fn ordinal(&self) -> u64 {
        self.ordinal.get()
    }

    /// Checks the member, which is a `T`.
    ///
    /// # Errors
    ///
    /// Those of [`Envelope::validate`].
    pub fn validate<T: Wire>(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.envelope.validate::<T>(at + 8, decoder)
    }

    /// Passes over a member that the schema does not know.
    ///
    /// # Errors
    ///
    /// [`Rule::UnionOrdinal`] for ordinal 0, [`Rule::Absent`] if there is no member, and those of [`Envelope::skip`].
    pub fn skip(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.ordinal() == 0 {
            return Err(DecodeError::new(Rule::UnionOrdinal, at));
        }
        if self.envelope.is_absent() {
            return Err(DecodeError::new(Rule::Absent, at + 8));
        }
        self.envelope.skip(at + 8, decoder)
    }

    /// Undoes what the walk has written for a member, a `T`.
    ///
    /// # Errors
    ///
    /// None behind [`validate::<T>`](Self::validate).
    pub fn restore<T: Wire>(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.envelope.restore::<T>(decoder)
    }

    /// Undoes what the walk has written for a member that the schema does not know.
    ///
    /// # Errors
    ///
    /// None behind [`skip`](Self::skip).
    pub fn restore_unknown(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.envelope.restore_unknown(decoder)
    }

    /// The member of a validated union.
    ///
    /// # Safety
    ///
    /// The walk validated it with [`validate::<T>`](Self::validate).
    #[allow(unsafe_code)]
    pub unsafe fn content<'f, T: Wire>(object: Object<'f, Self>) -> T::View<'f> {
        // SAFETY: the union's own envelope, which is what the walk took it for.
        let envelope = unsafe { object.part(&object.wire().envelope) };
        // SAFETY: the caller's promise.
        unsafe { content::<T>(envelope) }
    }

    /// The member of a validated union, which the schema does not know.
    ///
    /// # Safety
    ///
    /// The walk passed over it with [`skip`](Self::skip).
    #[allow(unsafe_code)]
    pub unsafe fn unknown<'f>(object: Object<'f, Self>) -> Unknown<'f> {
        // SAFETY: the union's own envelope, which is what the walk took it for.
        let envelope = unsafe { object.part(&object.wire().envelope) };
        // SAFETY: the caller's promise.
        unsafe { Unknown::new(object.wire().ordinal(), envelope) }
    }

    /// Writes a member.
    ///
    /// # Errors
    ///
    /// What the value breaks.
    pub fn encode<T: Wire>(
        &mut self,
        ordinal: u64,
        value: impl Encode<T>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        self.ordinal = U64::new(ordinal);
        self.envelope.encode::<T>(value, encoder)
    }

    /// Writes the member of union `U` with an ordinal.
    ///
    /// # Errors
    ///
    /// What the value breaks.
    pub fn put<U: Member<ORDINAL>, const ORDINAL: u64>(
        &mut self,
        value: impl Encode<U::Wire>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        self.encode::<U::Wire>(ORDINAL, value, encoder)
    }
}

/// The wire type of a union. Implemented by [`wire_union!`](crate::wire_union), for [`OptUnion`].
pub trait Union: Wire {}

/// A union with `:optional`, 16 bytes; all of them zeros if it is absent.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct OptUnion<T>(T);

impl<T: Union> OptUnion<T> {
    /// That is so behind the walk, too: a union that is there has an ordinal.
    fn is_absent(&self) -> bool {
        self.0.as_bytes().iter().all(|byte| *byte == 0)
    }
}

// SAFETY: `Ok` only if the union is absent, or validated; `view` tells one from the other by the same bytes, for a union with
// ordinal 0 does not validate.
#[allow(unsafe_code)]
unsafe impl<T: Union> Wire for OptUnion<T> {
    const PLAIN: bool = false;
    type View<'f> = Option<T::View<'f>>;
    type Many<'f> = Elements<'f, Self>;

    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.is_absent() { Ok(()) } else { self.0.validate(at, decoder) }
    }

    fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.is_absent() { Ok(()) } else { self.0.restore(decoder) }
    }

    fn view<'f>(object: Object<'f, Self>) -> Option<T::View<'f>> {
        let wire = object.wire();
        // SAFETY: the union inside, as it validated itself.
        (!wire.is_absent()).then(|| T::view(unsafe { object.part(&wire.0) }))
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

impl<T: Union, X: EncodeRef<T>> EncodeRef<OptUnion<T>> for Option<X> {
    fn encode_ref(&self, out: &mut OptUnion<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.as_ref().map_or(Ok(()), |value| value.encode_ref(&mut out.0, encoder))
    }
}

impl<T: Union, X: Encode<T>> Encode<OptUnion<T>> for Option<X> {
    fn encode(self, out: &mut OptUnion<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.map_or(Ok(()), |value| value.encode(&mut out.0, encoder))
    }
}

/// What the reference names goes into the message, and nothing is left there.
impl<T: Union, X: Encode<T>> Encode<OptUnion<T>> for &mut Option<X> {
    fn encode(self, out: &mut OptUnion<T>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.take().encode(out, encoder)
    }
}

/// Declares a union's wire form and its view, an enum.
///
/// ```text
/// wire_union! {
///     /// Documentation.
///     pub strict union Wire, View<'f> {           // or `flexible`
///         ORDINAL Variant: WireType => ViewType,
///     }
/// }
/// ```
///
/// Ordinals ascend, which is checked when compiled. The view of a flexible union has one more variant,
/// `Unknown(wire::Unknown<'f>)`. The view of a strict union that refers to nothing of the message is declared without
/// lifetime: `pub strict union Wire, View { … }`.
///
/// With the name of a builder, `pub strict union Wire, View<'f>, Builder`, that is declared, too: `Builder::Variant(content)`
/// encodes as the union, and `content` may be anything that encodes as the member.
///
/// ```
/// use fidl::wire::{self, EncodeRef};
///
/// fidl::wire_union! {
///     /// A number or a text, or what there may be one day.
///     pub flexible union ScalarWire, ScalarView<'f> {
///         /// A number.
///         1 Number: wire::I64 => i64,
///         /// A text.
///         2 Text: wire::Str<16> => &'f str,
///     }
/// }
///
/// enum Scalar<'a> {
///     Number(i64),
///     Text(&'a str),
/// }
/// fidl::encode_union! { Scalar<'_> => ScalarWire { 1 Number, 2 Text } }
///
/// let mut message = wire::Aligned([0; 64]);
/// let mut encoder = wire::Encoder::new(&mut message.0, 0, &[]);
/// let scalar = encoder.claim::<ScalarWire>()?;
/// Scalar::Text("one").encode_ref(scalar, &mut encoder)?;
/// let length = encoder.finish().bytes;
///
/// let body = wire::validate::<ScalarWire>(&mut message.0[..length], 0, &[])?;
/// match body.view() {
///     ScalarView::Text(text) => assert_eq!(text, "one"),
///     ScalarView::Number(_) => unreachable!(),
///     ScalarView::Unknown(unknown) => panic!("ordinal {}", unknown.ordinal()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! wire_union {
    (
        $(#[$meta:meta])*
        $vis:vis $strictness:ident union $wire:ident, $view:ident $(<$life:lifetime>)?, $builder:ident $members:tt
    ) => {
        $crate::wire_union! { $(#[$meta])* $vis $strictness union $wire, $view $(<$life>)? $members }
        $crate::wire_union! { @builder $vis $builder $wire $members }
    };
    (
        @builder $vis:vis $builder:ident $wire:ident {
            $($(#[$meta:meta])* $ordinal:literal $variant:ident: $type:ty => $out:ty),* $(,)?
        }
    ) => {
        #[doc = concat!("What encodes as [`", stringify!($wire), "`], of what its content is written from.")]
        #[derive(Clone, Copy, Debug)]
        $vis enum $builder {}

        #[allow(non_snake_case)]
        impl $builder {
            $(
                $(#[$meta])*
                pub fn $variant(content: impl $crate::wire::Encode<$type>) -> impl $crate::wire::Encode<$wire> {
                    $crate::wire::encode_with(move |out: &mut $wire, encoder: &mut $crate::wire::Encoder<'_>| {
                        $crate::within!(out.0.put::<$wire, $ordinal>(content, encoder), $variant)
                    })
                }
            )*
        }
    };
    ($(#[$meta:meta])* $vis:vis strict union $wire:ident, $view:ident<$life:lifetime> { $($members:tt)* }) => {
        $crate::wire_union! { @union [] $life [$view<$life>] $(#[$meta])* $vis $wire, $view { $($members)* } }
    };
    ($(#[$meta:meta])* $vis:vis strict union $wire:ident, $view:ident { $($members:tt)* }) => {
        $crate::wire_union! { @union [] 'f [$view] $(#[$meta])* $vis $wire, $view { $($members)* } }
    };
    ($(#[$meta:meta])* $vis:vis flexible union $wire:ident, $view:ident<$life:lifetime> { $($members:tt)* }) => {
        $crate::wire_union! { @union [Unknown] $life [$view<$life>] $(#[$meta])* $vis $wire, $view { $($members)* } }
    };
    (
        @union [$($unknown:ident)?] $life:lifetime [$($full_view:tt)*]
        $(#[$meta:meta])*
        $vis:vis $wire:ident, $view:ident {
            $($(#[$member_meta:meta])* $ordinal:literal $variant:ident: $type:ty => $out:ty),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(
            $crate::wire::zerocopy::FromBytes,
            $crate::wire::zerocopy::IntoBytes,
            $crate::wire::zerocopy::Immutable,
            $crate::wire::zerocopy::KnownLayout,
            $crate::wire::zerocopy::Unaligned,
        )]
        #[zerocopy(crate = "::fidl::wire::zerocopy")]
        #[repr(transparent)]
        $vis struct $wire($crate::wire::UnionHead);

        const _: () = assert!($crate::wire::ascend(&[$($ordinal),*]), "a union's ordinals ascend");

        impl $crate::wire::Union for $wire {}

        $(impl $crate::wire::Member<$ordinal> for $wire {
            type Wire = $type;
        })*

        // SAFETY: `validate` and `view` choose by the ordinal, which nobody changes in between: what was validated with a type
        // is viewed with it, and what was passed over as unknown.
        #[allow(unsafe_code)]
        unsafe impl $crate::wire::Wire for $wire {
            const PLAIN: bool = false;
            type View<$life> = $($full_view)*;
            type Many<$life> = $crate::wire::Elements<$life, Self>;

            fn validate(
                &mut self,
                at: u32,
                decoder: &mut $crate::wire::Decoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::DecodeError> {
                match self.0.ordinal() {
                    $($ordinal => $crate::within!(self.0.validate::<$type>(at, decoder), $variant),)*
                    _ => $crate::wire_union!(@otherwise self at decoder $($unknown)?),
                }
            }

            fn restore(
                &mut self,
                decoder: &mut $crate::wire::Decoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::DecodeError> {
                match self.0.ordinal() {
                    $($ordinal => self.0.restore::<$type>(decoder),)*
                    _ => self.0.restore_unknown(decoder),
                }
            }

            #[inline]
            fn view<$life>(object: $crate::wire::Object<$life, Self>) -> $($full_view)* {
                // SAFETY: the union's own head, which validated itself.
                let head = unsafe { object.part(&object.wire().0) };
                match head.wire().ordinal() {
                    // SAFETY: with this ordinal, the walk validated a member of this type.
                    $($ordinal => $view::$variant(unsafe {
                        $crate::wire::UnionHead::content::<$type>(head)
                    }),)*
                    _ => $crate::wire_union!(@other_view $view head $($unknown)?),
                }
            }

            #[inline]
            fn many<$life>(objects: $crate::wire::Object<$life, [Self]>) -> $crate::wire::Elements<$life, Self> {
                $crate::wire::Elements::new(objects)
            }
        }

        $crate::wire_union! {
            @view $life [$($full_view)*] [$($unknown)?] $(#[$meta])* $vis enum {
                $($(#[$member_meta])* $variant($out),)*
            }
        }
    };
    (@otherwise $this:ident $at:ident $decoder:ident) => {
        ::core::result::Result::Err($crate::wire::DecodeError::new($crate::wire::Rule::UnionOrdinal, $at))
    };
    (@otherwise $this:ident $at:ident $decoder:ident $unknown:ident) => { $this.0.skip($at, $decoder) };
    (@other_view $view:ident $head:ident) => {
        // SAFETY: the walk refuses other ordinals.
        unsafe { $crate::wire::ruled_out() }
    };
    (@other_view $view:ident $head:ident $unknown:ident) => {
        $view::$unknown(
            // SAFETY: the walk passed over a member with any other ordinal.
            unsafe { $crate::wire::UnionHead::unknown($head) },
        )
    };
    (
        @view $life:lifetime [$($full_view:tt)*] [$($unknown:ident)?]
        $(#[$meta:meta])* $vis:vis enum { $($(#[$member_meta:meta])* $variant:ident($out:ty),)* }
    ) => {
        $(#[$meta])*
        ///
        /// A view of a message, in place.
        #[derive(Clone, Copy, Debug)]
        $vis enum $($full_view)* {
            $($(#[$member_meta])* $variant($out),)*
            $(
                /// A member that this schema does not know, from a newer peer.
                $unknown($crate::wire::Unknown<$life>),
            )?
        }
    };
}

/// Declares how a value, an enum, becomes its union: variant by variant.
///
/// ```text
/// encode_union! { Value<'_> => Wire { 1 Variant, 2 Variant } }
/// encode_union! { Value<'_> => Wire { 1 Variant, 2 Variant; Unknown } }    // with a variant that cannot be encoded
/// encode_union! { resource Value<'_> => Wire { 1 VariantWithHandles, 2 ref VariantWithout; Unknown } }
/// ```
///
/// Stands in the module of its [`wire_union!`](crate::wire_union).
#[macro_export]
macro_rules! encode_union {
    (resource $value:ty => $wire:ident { $($members:tt)* }) => {
        impl $crate::wire::Encode<$wire> for $value {
            #[allow(unused_variables)]
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                $crate::encode_union!(@arms self out encoder $wire [] $($members)*)
            }
        }
    };
    ($value:ty => $wire:ident { $($ordinal:literal $variant:ident),* $(,)? $(; $unknown:ident)? }) => {
        impl $crate::wire::EncodeRef<$wire> for $value {
            #[allow(unused_variables)]
            fn encode_ref(
                &self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                match *self {
                    $(Self::$variant(ref value) => {
                        $crate::within!(out.0.put::<$wire, $ordinal>(value, encoder), $variant)
                    })*
                    $(Self::$unknown { .. } => {
                        ::core::result::Result::Err($crate::wire::EncodeError::new($crate::wire::EncodeRule::UnknownUnion))
                    })?
                }
            }
        }

        impl $crate::wire::Encode<$wire> for $value {
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                $crate::wire::EncodeRef::encode_ref(&self, out, encoder)
            }
        }
    };
    (@arms $this:ident $out:ident $encoder:ident $wire:ident [$($arms:tt)*]) => {
        match $this { $($arms)* }
    };
    (@arms $this:ident $out:ident $encoder:ident $wire:ident [$($arms:tt)*] ; $unknown:ident) => {
        match $this {
            $($arms)*
            Self::$unknown { .. } => ::core::result::Result::Err($crate::wire::EncodeError::new($crate::wire::EncodeRule::UnknownUnion)),
        }
    };
    (@arms $this:ident $out:ident $encoder:ident $wire:ident [$($arms:tt)*] , $($rest:tt)*) => {
        $crate::encode_union!(@arms $this $out $encoder $wire [$($arms)*] $($rest)*)
    };
    (@arms $this:ident $out:ident $encoder:ident $wire:ident [$($arms:tt)*]
        $ordinal:literal ref $variant:ident $($rest:tt)*) => {
        $crate::encode_union!(@arms $this $out $encoder $wire [
            $($arms)*
            Self::$variant(value) => $crate::within!($out.0.put::<$wire, $ordinal>(&value, $encoder), $variant),
        ] $($rest)*)
    };
    (@arms $this:ident $out:ident $encoder:ident $wire:ident [$($arms:tt)*]
        $ordinal:literal $variant:ident $($rest:tt)*) => {
        $crate::encode_union!(@arms $this $out $encoder $wire [
            $($arms)*
            Self::$variant(value) => $crate::within!($out.0.put::<$wire, $ordinal>(value, $encoder), $variant),
        ] $($rest)*)
    };
}
