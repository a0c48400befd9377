// Generated from the FIDL library `test.values`. Do not edit.

/// Values alone.
#[allow(
    clippy::approx_constant,
    clippy::doc_lazy_continuation,
    clippy::doc_overindented_list_items,
    clippy::large_enum_variant,
    clippy::len_without_is_empty,
    clippy::manual_range_patterns,
    clippy::module_inception,
    clippy::should_implement_trait,
    clippy::type_complexity,
    clippy::wrong_self_convention,
    dead_code,
    deprecated,
    non_camel_case_types,
    rustdoc::all,
    unreachable_pub,
    reason = "names, values, documentation and what is used of them are the schema's affair"
)]
pub mod test_values {
    ::fidl::generated::interface!(1);

    ::fidl::generated::bitflags! {
        /// The bits `Access`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Access: u16 {
            /// `READ`.
            const READ = 0x1;
            /// `WRITE`.
            const WRITE = 0x2;
        }
    }

    impl Access {
        #[doc(hidden)]
        pub const fn from_wire(raw: u16) -> Self {
            Self::from_bits_retain(raw)
        }

        #[doc(hidden)]
        pub const fn into_raw(self) -> u16 {
            self.bits()
        }
    }

    ::fidl::wire_value! {
        /// [`Access`] on the wire.
        pub AccessWire: ::fidl::wire::U16 as u16 => Access, UnknownBits, |raw| raw & !0x3 == 0
    }

    /// The struct `Plain`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Plain {
        /// A byte, and padding behind it.
        pub a: u8,
        /// The member `b`.
        pub b: u32,
    }

    ::fidl::encode_struct! { Plain => PlainWire { a, b } }

    impl From<PlainView<'_>> for Plain {
        fn from(view: PlainView<'_>) -> Self {
            Self { a: view.a(), b: view.b() }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Plain`.
        pub struct PlainWire, PlainView<'f>, 8 {
            /// A byte, and padding behind it.
            0 a: u8 => u8,
            /// Padding.
            1 _padding_0: ::fidl::wire::Padding<3>,
            /// The member `b`.
            4 b: ::fidl::wire::U32 => u32,
        }
    }
    impl ::fidl::wire::ValueType for PlainWire {}

    /// The struct `Borrowing`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Borrowing<'a> {
        /// The member `text`.
        pub text: &'a str,
        /// The member `plain`.
        pub plain: &'a [Plain],
        /// The member `boxed`.
        pub boxed: Option<&'a Plain>,
        /// The member `optional`.
        pub optional: Option<&'a [&'a str]>,
    }

    ::fidl::encode_struct! { Borrowing<'_> => BorrowingWire { text, plain, boxed, optional } }

    /// The struct `Borrowing`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct BorrowingOwned {
        /// The member `text`.
        pub text: ::fidl::generated::String<8>,
        /// The member `plain`.
        pub plain: ::fidl::generated::ArrayVec<Plain, 2>,
        /// The member `boxed`.
        pub boxed: Option<Plain>,
        /// The member `optional`.
        pub optional: Option<::fidl::generated::ArrayVec<::fidl::generated::String<4>, 2>>,
    }

    impl From<BorrowingView<'_>> for BorrowingOwned {
        fn from(view: BorrowingView<'_>) -> Self {
            Self {
                text: ::fidl::generated::string(view.text()),
                plain: ::fidl::generated::vector(view.plain().iter().map(From::from)),
                boxed: view.boxed().map(From::from),
                optional: view
                    .optional()
                    .map(|items| ::fidl::generated::vector(
                        items.iter().map(::fidl::generated::string),
                    )),
            }
        }
    }

    ::fidl::encode_struct! { BorrowingOwned => BorrowingWire { text, plain, boxed, optional } }

    ::fidl::wire_struct! {
        /// The struct `Borrowing`.
        pub struct BorrowingWire, BorrowingView<'f>, BorrowingBuilder, 56 {
            /// The member `text`.
            0 text: ::fidl::wire::Str<8> => &'f str,
            /// The member `plain`.
            16 plain: ::fidl::wire::Vector<PlainWire, 2> => ::fidl::wire::Elements<'f, PlainWire>,
            /// The member `boxed`.
            32 boxed: ::fidl::wire::Boxed<PlainWire> => Option<PlainView<'f>>,
            /// The member `optional`.
            40 optional: ::fidl::wire::OptVector<::fidl::wire::Str<4>, 2> => Option<::fidl::wire::Elements<'f, ::fidl::wire::Str<4>>>,
        }
    }
    impl ::fidl::wire::ValueType for BorrowingWire {}

    /// How many.
    pub const COUNT: u8 = 3;

    /// Colours.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Colour {
        /// `RED` = 1.
        Red,
        /// Like grass.
        Green,
        /// A value that this schema does not know, from a newer peer.
        Unknown(u8),
    }

    impl Colour {
        /// The value that a number stands for.
        pub const fn from_raw(raw: u8) -> Self {
            match raw {
                1 => Self::Red,
                2 => Self::Green,
                raw => Self::Unknown(raw),
            }
        }

        /// Whether the schema does not know the value.
        pub const fn is_unknown(self) -> bool {
            matches!(self, Self::Unknown(_))
        }

        #[doc(hidden)]
        pub const fn from_wire(raw: u8) -> Self {
            Self::from_raw(raw)
        }

        /// The number that stands for the value.
        pub const fn into_raw(self) -> u8 {
            match self {
                Self::Red => 1,
                Self::Green => 2,
                Self::Unknown(raw) => raw,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`Colour`] on the wire.
        pub ColourWire: u8 as u8 => Colour, UnknownEnumValue, |_raw| true
    }

    /// The struct `Empty`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Empty {}

    ::fidl::encode_struct! { Empty => EmptyWire {} }

    impl From<EmptyView<'_>> for Empty {
        fn from(_: EmptyView<'_>) -> Self {
            Self {}
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Empty`.
        pub struct EmptyWire, EmptyView<'f>, 1 {
            /// The one byte of a struct without members.
            0 empty: ::fidl::wire::EmptyStruct,
        }
    }
    impl ::fidl::wire::ValueType for EmptyWire {}

    ::fidl::generated::bitflags! {
        /// The bits `Flags`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Flags: u32 {
            /// `A`.
            const A = 0x1;
            // Other bits are kept: the bits are flexible.
            const _ = !0;
        }
    }

    impl Flags {
        #[doc(hidden)]
        pub const fn from_wire(raw: u32) -> Self {
            Self::from_bits_retain(raw)
        }

        #[doc(hidden)]
        pub const fn into_raw(self) -> u32 {
            self.bits()
        }
    }

    ::fidl::wire_value! {
        /// [`Flags`] on the wire.
        pub FlagsWire: ::fidl::wire::U32 as u32 => Flags, UnknownBits, |_raw| true
    }

    /// The constant `GRASS`.
    pub const GRASS: Colour = Colour::Green;

    /// The enum `Level`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Level {
        /// `LOW` = -1.
        Low,
        /// `HIGH` = 1.
        High,
    }

    impl Level {
        /// The value that a number stands for; `None` if there is none.
        pub const fn from_raw(raw: i8) -> Option<Self> {
            match raw {
                -1 => Some(Self::Low),
                1 => Some(Self::High),
                _ => None,
            }
        }

        #[doc(hidden)]
        pub const fn from_wire(raw: i8) -> Self {
            match raw {
                -1 => Self::Low,
                _ => Self::High,
            }
        }

        /// The number that stands for the value.
        pub const fn into_raw(self) -> i8 {
            match self {
                Self::Low => -1,
                Self::High => 1,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`Level`] on the wire.
        pub LevelWire: i8 as i8 => Level, UnknownEnumValue, |raw| matches!(raw, -1 | 1)
    }

    /// The constant `NAME`.
    pub const NAME: &str = "name";

    /// The struct `Node`.
    ///
    /// Has no owned form: it holds itself.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Node<'a> {
        /// The member `value`.
        pub value: u32,
        /// The member `next`.
        pub next: Option<&'a Node<'a>>,
    }

    ::fidl::encode_struct! { Node<'_> => NodeWire { value, next } }

    ::fidl::wire_struct! {
        /// The struct `Node`.
        pub struct NodeWire, NodeView<'f>, NodeBuilder, 16 {
            /// The member `value`.
            0 value: ::fidl::wire::U32 => u32,
            /// Padding.
            4 _padding_0: ::fidl::wire::Padding<4>,
            /// The member `next`.
            8 next: ::fidl::wire::Boxed<NodeWire> => Option<NodeView<'f>>,
        }
    }
    impl ::fidl::wire::ValueType for NodeWire {}
}
