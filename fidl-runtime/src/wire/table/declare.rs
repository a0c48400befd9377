//! Declaring tables, as generated code does.

/// Declares a table's wire form and its view.
///
/// ```text
/// wire_table! {
///     /// Documentation.
///     pub table Wire, View<'f> {
///         ORDINAL member: WireType => ViewType,    // its accessor returns an `Option<ViewType>`
///     }
/// }
/// ```
///
/// Ordinals ascend, which is checked when compiled; reserved ones are left out. The view implements
/// [`TableView`](crate::wire::TableView).
///
/// ```
/// use fidl::wire::{self, EncodeRef, TableView};
///
/// fidl::wire_table! {
///     /// Where something is.
///     pub table PlaceWire, PlaceView<'f> {
///         /// Its name.
///         1 name: wire::Str<16> => &'f str,
///         /// How high it is, in metres.
///         3 height: wire::U32 => u32,
///     }
/// }
///
/// #[derive(Default)]
/// struct Place<'a> {
///     name: Option<&'a str>,
///     height: Option<u32>,
/// }
/// fidl::encode_table! { Place<'_> => PlaceWire { 1 name, 3 height } }
///
/// let mut message = wire::Aligned([0; 64]);
/// let mut encoder = wire::Encoder::new(&mut message.0, 0, &[]);
/// let place = encoder.claim::<PlaceWire>()?;
/// Place { height: Some(8849), ..Place::default() }.encode_ref(place, &mut encoder)?;
/// let length = encoder.finish().bytes;
///
/// let body = wire::validate::<PlaceWire>(&mut message.0[..length], 0, &[])?;
/// let place = body.view();
/// assert_eq!((place.name(), place.height(), place.highest_ordinal()), (None, Some(8849), 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Two members with one ordinal, or members out of order, do not compile:
///
/// ```compile_fail
/// fidl::wire_table! {
///     pub table PlaceWire, PlaceView<'f> {
///         3 height: fidl::wire::U32 => u32,
///         1 name: fidl::wire::Str<16> => &'f str,
///     }
/// }
/// ```
///
/// With the name of a builder, `pub table Wire, View<'f>, Builder`, that is declared, too: a value that is written member by
/// member, by ascending ordinal. Those that may be absent are set through `maybe`:
///
/// ```
/// use fidl::wire::{self, Encode};
///
/// fidl::wire_table! {
///     /// Where something is.
///     pub table PlaceWire, PlaceView<'f>, PlaceBuilder {
///         1 name: wire::Str<16> => &'f str,
///         3 height: wire::U32 => u32,
///     }
/// }
///
/// let mut message = wire::Aligned([0; 64]);
/// let mut encoder = wire::Encoder::new(&mut message.0, 0, &[]);
/// let place = encoder.claim::<PlaceWire>()?;
/// let height = Some(8849);
/// PlaceBuilder::EMPTY
///     .name("Everest")
///     .maybe(height, |place, height| place.height(height))
///     .encode(place, &mut encoder)?;
/// let length = encoder.finish().bytes;
///
/// let body = wire::validate::<PlaceWire>(&mut message.0[..length], 0, &[])?;
/// assert_eq!((body.view().name(), body.view().height()), (Some("Everest"), Some(8849)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail
/// # use fidl::wire;
/// # fidl::wire_table! {
/// #     pub table PlaceWire, PlaceView<'f>, PlaceBuilder {
/// #         1 name: wire::Str<16> => &'f str,
/// #         3 height: wire::U32 => u32,
/// #     }
/// # }
/// let place = PlaceBuilder::EMPTY.height(8849).name("Everest"); // by descending ordinal
/// ```
///
/// ```compile_fail
/// # use fidl::wire;
/// # fidl::wire_table! {
/// #     pub table PlaceWire, PlaceView<'f>, PlaceBuilder {
/// #         1 name: wire::Str<16> => &'f str,
/// #         3 height: wire::U32 => u32,
/// #     }
/// # }
/// let name = Some("Everest");
/// // A builder that has not been told of the height.
/// let place = PlaceBuilder::EMPTY.height(8849).maybe(name, |_, name| PlaceBuilder::EMPTY.name(name));
/// ```
#[macro_export]
macro_rules! wire_table {
    (
        $(#[$meta:meta])*
        $vis:vis table $wire:ident, $view:ident<$life:lifetime>, $builder:ident $members:tt
    ) => {
        $crate::wire_table! { $(#[$meta])* $vis table $wire, $view<$life> $members }
        $crate::wire_table! { @builder $vis $builder $wire $members }
    };
    (
        @builder $vis:vis $builder:ident $wire:ident {
            $($(#[$meta:meta])* $ordinal:literal $member:ident: $type:ty => $out:ty),* $(,)?
        }
    ) => {
        #[doc = concat!("Encodes as [`", stringify!($wire), "`]: written member by member, by ascending ordinal.")]
        #[derive(Clone, Copy, Debug)]
        $vis struct $builder<const HIGHEST: u64, P>(P);

        impl $builder<0, $crate::wire::NoMembers> {
            /// No member.
            pub const EMPTY: Self = Self($crate::wire::NoMembers);
        }

        impl<const HIGHEST: u64, P: $crate::wire::SetMembers> $builder<HIGHEST, P> {
            /// Sets members if there is a value for them: `set` is given a builder to set them with, of members behind
            /// those that are set.
            pub fn maybe<T, const HIGHER: u64, Q: $crate::wire::SetMembers>(
                self,
                value: ::core::option::Option<T>,
                set: impl ::core::ops::FnOnce($builder<HIGHEST, $crate::wire::NoMembers>, T) -> $builder<HIGHER, Q>,
            ) -> $builder<HIGHER, impl $crate::wire::SetMembers> {
                const { assert!(HIGHEST <= HIGHER, "the members of a table are set by ascending ordinal") };
                let more = value.map(|value| set($builder($crate::wire::NoMembers), value).0);
                let highest = more.as_ref().map_or(0, $crate::wire::SetMembers::highest).max(self.0.highest());
                $builder($crate::wire::members_up_to(
                    highest,
                    move |places: &mut $crate::wire::MemberPlaces<'_>, encoder: &mut $crate::wire::Encoder<'_>| {
                        self.0.write(places, encoder)?;
                        more.map_or(::core::result::Result::Ok(()), |more| more.write(places, encoder))
                    },
                ))
            }

            $(
                $(#[$meta])*
                pub fn $member(
                    self,
                    value: impl $crate::wire::Encode<$type>,
                ) -> $builder<$ordinal, impl $crate::wire::SetMembers> {
                    const { assert!(HIGHEST < $ordinal, "the members of a table are set by ascending ordinal") };
                    $builder($crate::wire::members_up_to(
                        $ordinal,
                        move |places: &mut $crate::wire::MemberPlaces<'_>, encoder: &mut $crate::wire::Encoder<'_>| {
                            self.0.write(places, encoder)?;
                            $crate::within!(places.put::<$wire, $ordinal>(value, encoder), $member)
                        },
                    ))
                }
            )*
        }

        impl<const HIGHEST: u64, P: $crate::wire::SetMembers> $crate::wire::Encode<$wire> for $builder<HIGHEST, P> {
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                let Self(members) = self;
                out.0.encode(members.highest(), encoder, |places, encoder| members.write(places, encoder))
            }
        }
    };
    (
        $(#[$meta:meta])*
        $vis:vis table $wire:ident, $view:ident<$life:lifetime> {
            $($(#[$member_meta:meta])* $ordinal:literal $member:ident: $type:ty => $out:ty),* $(,)?
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
        $vis struct $wire($crate::wire::TableHead);

        const _: () = assert!($crate::wire::ascend(&[$($ordinal),*]), "a table's ordinals ascend");

        $(impl $crate::wire::Member<$ordinal> for $wire {
            type Wire = $type;
        })*

        // SAFETY: every member is validated with the type at which its accessor below views it, or by that type's mask: their
        // ordinals differ.
        #[allow(unsafe_code)]
        unsafe impl $crate::wire::Wire for $wire {
            const PLAIN: bool = false;
            type View<'f> = $view<'f>;
            type Many<'f> = $crate::wire::Elements<'f, Self>;

            #[inline]
            fn validate(
                &mut self,
                at: u32,
                decoder: &mut $crate::wire::Decoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::DecodeError> {
                const MASKS: &[u64] = &{
                    #[allow(unused_mut)]
                    let mut masks = [0; $crate::wire::masked_members(&[$($ordinal),*])];
                    $($crate::wire::place_mask::<$type>(&mut masks, $ordinal);)*
                    masks
                };

                self.0.validate(at, decoder, MASKS, |ordinal, envelope, at, decoder| match ordinal {
                    $($ordinal => $crate::within!(envelope.validate::<$type>(at, decoder), $member),)*
                    _ => envelope.skip(at, decoder),
                })
            }

            fn restore(
                &mut self,
                decoder: &mut $crate::wire::Decoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::DecodeError> {
                self.0.restore(decoder, |ordinal, envelope, decoder| match ordinal {
                    $($ordinal => envelope.restore::<$type>(decoder),)*
                    _ => envelope.restore_unknown(decoder),
                })
            }

            #[inline]
            fn view<'f>(object: $crate::wire::Object<'f, Self>) -> $view<'f> {
                // SAFETY: the table's own head, which validated itself.
                let head = unsafe { object.part(&object.wire().0) };
                $view($crate::wire::TableHead::members(head))
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
        $vis struct $view<$life>($crate::wire::Members<$life>);

        impl<$life> $view<$life> {
            $(
                $(#[$member_meta])*
                #[inline]
                pub fn $member(self) -> ::core::option::Option<$out> {
                    // SAFETY: the walk validated the member that has this ordinal with this type.
                    #[allow(unsafe_code)]
                    unsafe { self.0.get::<$type>($ordinal) }
                }
            )*
        }

        impl<$life> $crate::wire::TableView<$life> for $view<$life> {
            fn highest_ordinal(self) -> u64 {
                self.0.highest_ordinal()
            }

            fn unknown_members(self) -> $crate::wire::UnknownMembers<$life> {
                // SAFETY: the walk passed over all other ordinals than these.
                #[allow(unsafe_code)]
                unsafe { self.0.unknown(&[$($ordinal),*]) }
            }
        }

        impl ::core::fmt::Debug for $view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let mut out = f.debug_struct(stringify!($view));
                // By its path, for a member may be called like a trait's function.
                $(
                    if let ::core::option::Option::Some(member) = Self::$member(*self) {
                        out.field(stringify!($member), &member);
                    }
                )*
                for unknown in $crate::wire::TableView::unknown_members(*self) {
                    out.field("unknown", &unknown);
                }
                out.finish()
            }
        }
    };
}

/// Declares how a value, whose members are all `Option`s, becomes its table: member by member, by ascending ordinal.
///
/// ```text
/// encode_table! { Value<'_> => Wire { 1 member, 3 member } }
/// encode_table! { resource Value<'_> => Wire { 1 member_with_handles, 3 ref member_without } }
/// ```
///
/// Stands in the module of its [`wire_table!`](crate::wire_table).
#[macro_export]
macro_rules! encode_table {
    (resource $value:ty => $wire:ident { $($members:tt)* }) => {
        $crate::encode_table!(@ascend [] $($members)*);

        impl $crate::wire::Encode<$wire> for $value {
            #[allow(unused_mut, unused_variables, unused_assignments)]
            fn encode(
                self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                let highest = || 0;
                $crate::encode_table!(@highest self highest $($members)*);
                let highest: u32 = highest();
                out.0.encode(highest, encoder, |places, encoder| {
                    $crate::encode_table!(@members self $wire places encoder $($members)*);
                    ::core::result::Result::Ok(())
                })
            }
        }
    };
    ($value:ty => $wire:ident { $($ordinal:literal $member:ident),* $(,)? }) => {
        const _: () = assert!($crate::wire::ascend(&[$($ordinal),*]), "a table's ordinals ascend");

        impl $crate::wire::EncodeRef<$wire> for $value {
            #[allow(unused_mut, unused_variables, unused_assignments)]
            fn encode_ref(
                &self,
                out: &mut $wire,
                encoder: &mut $crate::wire::Encoder<'_>,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                // From the last on: it is most often there.
                let highest = || 0;
                $(let highest = || if self.$member.is_some() { $ordinal } else { highest() };)*
                let highest: u32 = highest();
                out.0.encode(highest, encoder, |places, encoder| {
                    $(if let ::core::option::Option::Some(value) = &self.$member {
                        $crate::within!(places.put::<$wire, $ordinal>(value, encoder), $member)?;
                    })*
                    ::core::result::Result::Ok(())
                })
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
    (@ascend [$($ordinals:literal)*]) => {
        const _: () = assert!($crate::wire::ascend(&[$($ordinals),*]), "a table's ordinals ascend");
    };
    (@ascend [$($ordinals:literal)*] $ordinal:literal ref $member:ident $(, $($rest:tt)*)?) => {
        $crate::encode_table!(@ascend [$($ordinals)* $ordinal] $($($rest)*)?);
    };
    (@ascend [$($ordinals:literal)*] $ordinal:literal $member:ident $(, $($rest:tt)*)?) => {
        $crate::encode_table!(@ascend [$($ordinals)* $ordinal] $($($rest)*)?);
    };
    (@highest $this:ident $highest:ident) => {};
    (@highest $this:ident $highest:ident $ordinal:literal ref $member:ident $(, $($rest:tt)*)?) => {
        $crate::encode_table!(@highest $this $highest $ordinal $member $(, $($rest)*)?);
    };
    (@highest $this:ident $highest:ident $ordinal:literal $member:ident $(, $($rest:tt)*)?) => {
        let $highest = || if $this.$member.is_some() { $ordinal } else { $highest() };
        $($crate::encode_table!(@highest $this $highest $($rest)*);)?
    };
    (@members $this:ident $wire:ident $places:ident $encoder:ident) => {};
    (@members $this:ident $wire:ident $places:ident $encoder:ident
        $ordinal:literal ref $member:ident $(, $($rest:tt)*)?) => {
        if let ::core::option::Option::Some(value) = &$this.$member {
            $crate::within!($places.put::<$wire, $ordinal>(value, $encoder), $member)?;
        }
        $($crate::encode_table!(@members $this $wire $places $encoder $($rest)*);)?
    };
    (@members $this:ident $wire:ident $places:ident $encoder:ident
        $ordinal:literal $member:ident $(, $($rest:tt)*)?) => {
        if let ::core::option::Option::Some(value) = $this.$member {
            $crate::within!($places.put::<$wire, $ordinal>(value, $encoder), $member)?;
        }
        $($crate::encode_table!(@members $this $wire $places $encoder $($rest)*);)?
    };
}
