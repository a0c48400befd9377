//! The declarations that generated code makes of wire structs, enums and bits.
//!
//! They stand here, beside the walk, because each pairs a layout with the walk over it: a struct declared in this way
//! validates each of its fields, and hands out no field at another type than it validated.

/// Declares a wire struct and its view.
///
/// ```text
/// wire_struct! {
///     /// Documentation.
///     pub struct Wire, View<'f>, SIZE {
///         OFFSET field: WireType => ViewType,    // a member, with its accessor
///         OFFSET field: WireType,                // padding
///     }
/// }
/// ```
///
/// Offsets and size are in bytes and are checked when compiled. With the name of a builder, `pub struct Wire, View<'f>,
/// Builder, SIZE`, that is declared, too: a value that is written member by member, in their order.
///
/// ```
/// use fidl::wire::{self, Encode};
///
/// fidl::wire_struct! {
///     /// A name and what it stands for.
///     pub struct EntryWire, EntryView<'f>, EntryBuilder, 32 {
///         0 name: wire::Str<16> => &'f str,
///         16 values: wire::Vector<wire::U32, 4> => &'f [u32],
///     }
/// }
///
/// let mut message = wire::Aligned([0; 64]);
/// let mut encoder = wire::Encoder::new(&mut message.0, 0, &[]);
/// let entry = encoder.claim::<EntryWire>()?;
/// EntryBuilder::EMPTY.name("squares").values(fidl::each((1..4_u32).map(|n| n * n))).encode(entry, &mut encoder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! wire_struct {
    (
        $(#[$meta:meta])*
        $vis:vis struct $wire:ident, $view:ident<$life:lifetime>, $builder:ident, $size:literal $fields:tt
    ) => {
        $crate::wire_struct! { $(#[$meta])* $vis struct $wire, $view<$life>, $size $fields }
        $crate::wire_struct! { @builder $vis $builder $wire $fields }
    };
    (
        $(#[$meta:meta])*
        $vis:vis struct $wire:ident, $view:ident<$life:lifetime>, $size:literal {
            $($(#[$field_meta:meta])* $offset:literal $field:ident: $type:ty $(=> $out:ty)?),* $(,)?
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
        #[repr(C)]
        $vis struct $wire {
            $($(#[$field_meta])* $vis $field: $type,)*
        }

        const _: () = {
            assert!(size_of::<$wire>() == $size);
            $(assert!(::core::mem::offset_of!($wire, $field) == $offset);)*
        };

        // SAFETY: every field is validated, in order, and each accessor below views a field at its own type.
        #[allow(unsafe_code)]
        unsafe impl $crate::wire::Wire for $wire {
            const PLAIN: bool = true $(&& <$type as $crate::wire::Wire>::PLAIN)*;
            const FLAT: bool = true $(&& <$type as $crate::wire::Wire>::FLAT)*;
            const ZEROS: &'static [u8] = if $size > $crate::wire::MAX_MASKED {
                &[]
            } else {
                &{
                    let mut zeros = [0; $size];
                    $($crate::wire::place_zeros(&mut zeros, $offset, <$type as $crate::wire::Wire>::ZEROS);)*
                    zeros
                }
            };
            const ZEROED: bool =
                $size <= $crate::wire::MAX_MASKED $(&& <$type as $crate::wire::Wire>::ZEROED)*;
            type View<'f> = $view<'f>;
            type Many<'f> = $crate::wire::Elements<'f, Self>;

            #[inline]
            fn misfit(&self) -> u64 {
                if $size > $crate::wire::MAX_MASKED {
                    0 $(| $crate::wire::Wire::suspicion(&self.$field))*
                } else {
                    0 $(| $crate::wire::Wire::misfit(&self.$field))*
                }
            }

            #[inline]
            fn validate_rest(
                &mut self,
                at: u32,
                decoder: &mut $crate::wire::Decoder<'_>,
            ) -> Result<(), $crate::wire::DecodeError> {
                $($crate::within!($crate::wire::Wire::validate_rest(&mut self.$field, at + $offset, decoder), $field)?;)*
                Ok(())
            }

            #[inline]
            fn validate(
                &mut self,
                at: u32,
                decoder: &mut $crate::wire::Decoder<'_>,
            ) -> Result<(), $crate::wire::DecodeError> {
                /// Finds the first rule that is broken.
                #[cold]
                fn in_order(
                    wire: &mut $wire,
                    at: u32,
                    decoder: &mut $crate::wire::Decoder<'_>,
                ) -> Result<(), $crate::wire::DecodeError> {
                    $($crate::within!($crate::wire::Wire::validate(&mut wire.$field, at + $offset, decoder), $field)?;)*
                    Ok(())
                }

                if $crate::wire::Wire::suspicion(self) == 0 {
                    $crate::wire::Wire::validate_rest(self, at, decoder)
                } else {
                    decoder.apart(|decoder| in_order(self, at, decoder))
                }
            }

            #[inline]
            fn restore(
                &mut self,
                decoder: &mut $crate::wire::Decoder<'_>,
            ) -> Result<(), $crate::wire::DecodeError> {
                $($crate::wire::Wire::restore(&mut self.$field, decoder)?;)*
                Ok(())
            }

            #[inline]
            fn view<'f>(object: $crate::wire::Object<'f, Self>) -> $view<'f> {
                $view(object)
            }

            #[inline]
            fn many<'f>(objects: $crate::wire::Object<'f, [Self]>) -> $crate::wire::Elements<'f, Self> {
                $crate::wire::Elements::new(objects)
            }
        }

        $(#[$meta])*
        ///
        /// A view of a message, in place.
        #[derive(Clone, Copy)]
        $vis struct $view<$life>($crate::wire::Object<$life, $wire>);

        impl<$life> $view<$life> {
            $($crate::wire_struct!(@accessor $life $(#[$field_meta])* $field: $type $(=> $out)?);)*
        }

        impl ::core::fmt::Debug for $view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let mut out = f.debug_struct(stringify!($view));
                $($crate::wire_struct!(@debug self out $field $(=> $out)?);)*
                out.finish()
            }
        }
    };
    (
        @builder $vis:vis $builder:ident $wire:ident {
            $($(#[$meta:meta])* $offset:literal $field:ident: $type:ty $(=> $out:ty)?),* $(,)?
        }
    ) => {
        impl $wire {
            /// Where each field lies, and whether it is a member.
            const FIELDS: &'static [(usize, bool)] =
                &[$(($offset, $crate::wire_struct!(@is_member $(=> $out)?))),*];
        }

        #[doc = concat!("Encodes as [`", stringify!($wire), "`]: written member by member, in their order.")]
        #[derive(Clone, Copy, Debug)]
        $vis struct $builder<const MEMBERS: usize, P>(P);

        impl $builder<0, $crate::wire::NoMembers> {
            /// No member yet.
            pub const EMPTY: Self = Self($crate::wire::NoMembers);
        }

        $($crate::wire_struct!(@setter $builder $wire $(#[$meta])* $offset $field: $type $(=> $out)?);)*

        impl<P: $crate::wire::FirstMembers<$wire>> $crate::wire::Encode<$wire>
            for $builder<{ $crate::wire::members_before($wire::FIELDS, usize::MAX) }, P>
        {
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                self.0.write(out, encoder)
            }
        }
    };
    (@is_member => $out:ty) => { true };
    (@is_member) => { false };
    (@setter $builder:ident $wire:ident $(#[$meta:meta])* $offset:literal $field:ident: $type:ty => $out:ty) => {
        impl<P: $crate::wire::FirstMembers<$wire>>
            $builder<{ $crate::wire::members_before($wire::FIELDS, $offset) }, P>
        {
            $(#[$meta])*
            pub fn $field(
                self,
                value: impl $crate::wire::Encode<$type>,
            ) -> $builder<
                { $crate::wire::members_before($wire::FIELDS, $offset) + 1 },
                impl $crate::wire::FirstMembers<$wire>,
            > {
                $builder(move |out: &mut $wire, encoder: &mut $crate::wire::Encoder<'_>| {
                    self.0.write(out, encoder)?;
                    $crate::within!($crate::wire::Encode::encode(value, &mut out.$field, encoder), $field)
                })
            }
        }
    };
    (@setter $builder:ident $wire:ident $(#[$meta:meta])* $offset:literal $field:ident: $type:ty) => {};
    (@accessor $life:lifetime $(#[$meta:meta])* $field:ident: $type:ty => $out:ty) => {
        $(#[$meta])*
        #[inline]
        pub fn $field(self) -> $out {
            // SAFETY: a field of the object's own struct, at the type with which that struct validated it.
            #[allow(unsafe_code)]
            let field = unsafe { self.0.part(&self.0.wire().$field) };
            <$type as $crate::wire::Wire>::view(field)
        }
    };
    (@accessor $life:lifetime $(#[$meta:meta])* $field:ident: $type:ty) => {};
    // By its path, for a member may be called like a trait's function.
    (@debug $this:ident $f:ident $field:ident => $out:ty) => { $f.field(stringify!($field), &Self::$field(*$this)); };
    (@debug $this:ident $f:ident $field:ident) => {};
}

/// Declares the wire form of an enum or of bits: a number, and which numbers a message may hold.
///
/// ```text
/// wire_value! { pub Wire: U32 as u32 => Value, UnknownEnumValue, |raw| raw == 1 || raw == 2 }
/// ```
///
/// `Value` has `from_wire` and `into_raw`; the predicate says which numbers are legal (all of them for flexible types).
#[macro_export]
macro_rules! wire_value {
    ($(#[$meta:meta])* $vis:vis $wire:ident: $number:ty as $native:ty => $value:ty, $rule:ident, |$raw:ident| $legal:expr) => {
        $(#[$meta])*
        #[derive(
            Clone,
            Copy,
            $crate::wire::zerocopy::FromBytes,
            $crate::wire::zerocopy::IntoBytes,
            $crate::wire::zerocopy::Immutable,
            $crate::wire::zerocopy::KnownLayout,
            $crate::wire::zerocopy::Unaligned,
        )]
        #[zerocopy(crate = "::fidl::wire::zerocopy")]
        #[repr(transparent)]
        $vis struct $wire($number);

        // SAFETY: a number, read as such; `from_wire` is a safe function of it.
        #[allow(unsafe_code)]
        unsafe impl $crate::wire::Wire for $wire {
            const PLAIN: bool = false;
            const FLAT: bool = true;
            type View<'f> = $value;
            type Many<'f> = $crate::wire::Elements<'f, Self>;

            #[inline]
            fn misfit(&self) -> u64 {
                let $raw: $native = self.0.into();
                u64::from(!$legal)
            }

            #[inline]
            fn validate_rest(
                &mut self,
                _: u32,
                _: &mut $crate::wire::Decoder<'_>,
            ) -> Result<(), $crate::wire::DecodeError> {
                Ok(())
            }

            #[inline]
            fn validate(
                &mut self,
                at: u32,
                _: &mut $crate::wire::Decoder<'_>,
            ) -> Result<(), $crate::wire::DecodeError> {
                let $raw: $native = self.0.into();
                if $legal {
                    Ok(())
                } else {
                    Err($crate::wire::DecodeError::new($crate::wire::Rule::$rule, at))
                }
            }

            #[inline]
            fn view<'f>(object: $crate::wire::Object<'f, Self>) -> $value {
                <$value>::from_wire(object.wire().0.into())
            }

            #[inline]
            fn many<'f>(objects: $crate::wire::Object<'f, [Self]>) -> $crate::wire::Elements<'f, Self> {
                $crate::wire::Elements::new(objects)
            }
        }

        impl $crate::wire::EncodeRef<$wire> for $value {
            fn encode_ref(
                &self,
                out: &mut $wire,
                _: &mut $crate::wire::Encoder<'_>,
            ) -> Result<(), $crate::wire::EncodeError> {
                let $raw: $native = self.into_raw();
                if !$legal {
                    return Err($crate::wire::EncodeError::new($crate::wire::EncodeRule::UnknownValue));
                }
                *out = $wire($raw.into());
                Ok(())
            }
        }

        impl $crate::wire::Encode<$wire> for $value {
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> Result<(), $crate::wire::EncodeError> {
                $crate::wire::EncodeRef::encode_ref(&self, out, encoder)
            }
        }
    };
}

/// Declares how a value becomes its wire form: member by member.
///
/// ```text
/// encode_struct! { Value<'_> => Wire { member, member } }
/// encode_struct! { resource Value<'_> => Wire { member_with_handles, ref member_without } }
/// ```
#[macro_export]
macro_rules! encode_struct {
    (resource $value:ty => $wire:ident { $($fields:tt)* }) => {
        impl $crate::wire::Encode<$wire> for $value {
            #[allow(unused_variables)]
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> Result<(), $crate::wire::EncodeError> {
                $crate::encode_struct!(@fields self out encoder $($fields)*);
                Ok(())
            }
        }
    };
    ($value:ty => $wire:ident { $($field:ident),* }) => {
        impl $crate::wire::EncodeRef<$wire> for $value {
            #[allow(unused_variables)]
            #[inline]
            fn encode_ref(
                &self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> Result<(), $crate::wire::EncodeError> {
                $($crate::within!(
                    $crate::wire::EncodeRef::encode_ref(&self.$field, &mut out.$field, encoder),
                    $field
                )?;)*
                Ok(())
            }
        }

        impl $crate::wire::Encode<$wire> for $value {
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> Result<(), $crate::wire::EncodeError> {
                $crate::wire::EncodeRef::encode_ref(&self, out, encoder)
            }
        }
    };
    (@fields $this:ident $out:ident $encoder:ident) => {};
    (@fields $this:ident $out:ident $encoder:ident ref $field:ident $(, $($rest:tt)*)?) => {
        $crate::within!(
            $crate::wire::EncodeRef::encode_ref(&$this.$field, &mut $out.$field, $encoder),
            $field
        )?;
        $($crate::encode_struct!(@fields $this $out $encoder $($rest)*);)?
    };
    (@fields $this:ident $out:ident $encoder:ident $field:ident $(, $($rest:tt)*)?) => {
        $crate::within!($crate::wire::Encode::encode($this.$field, &mut $out.$field, $encoder), $field)?;
        $($crate::encode_struct!(@fields $this $out $encoder $($rest)*);)?
    };
}

/// Declares that a value, a tuple struct around another, encodes as that other.
///
/// ```text
/// encode_new_type! { Value<'_> => WireType }
/// encode_new_type! { resource Value<'_> => WireType }
/// ```
#[macro_export]
macro_rules! encode_new_type {
    (resource $value:ty => $wire:ty) => {
        impl $crate::wire::Encode<$wire> for $value {
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                $crate::wire::Encode::encode(self.0, out, encoder)
            }
        }
    };
    ($value:ty => $wire:ty) => {
        impl $crate::wire::EncodeRef<$wire> for $value {
            fn encode_ref(
                &self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                $crate::wire::EncodeRef::encode_ref(&self.0, out, encoder)
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
}
