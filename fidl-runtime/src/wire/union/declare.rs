//! Declaring unions, as generated code does.

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
