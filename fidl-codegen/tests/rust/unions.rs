// Generated from the FIDL library `test.unions`. Do not edit.

/// The FIDL library `test.unions`.
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
pub mod test_unions {
    ::fidl::generated::interface!(1);

    /// The union `Boundless`.
    ///
    /// Has no owned form: `text` is a string without a bound.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Boundless<'a> {
        /// The member `text`.
        Text(&'a str),
    }

    ::fidl::encode_union! { Boundless<'_> => BoundlessWire { 1 Text } }

    ::fidl::wire_union! {
        /// The union `Boundless`.
        pub flexible union BoundlessWire, BoundlessView<'f>, BoundlessBuilder {
            /// The member `text`.
            1 Text: ::fidl::wire::Str<{ ::fidl::limits::UNBOUNDED }> => &'f str,
        }
    }
    impl ::fidl::wire::ValueType for BoundlessWire {}

    /// The enum `Colour`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Colour {
        /// `RED` = 1.
        Red,
    }

    impl Colour {
        /// The value that a number stands for; `None` if there is none.
        pub const fn from_raw(raw: u32) -> Option<Self> {
            match raw {
                1 => Some(Self::Red),
                _ => None,
            }
        }

        #[doc(hidden)]
        pub const fn from_wire(_: u32) -> Self {
            Self::Red
        }

        /// The number that stands for the value.
        pub const fn into_raw(self) -> u32 {
            match self {
                Self::Red => 1,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`Colour`] on the wire.
        pub ColourWire: ::fidl::wire::U32 as u32 => Colour, UnknownEnumValue, |raw| matches!(raw, 1)
    }

    /// The union `Empty`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Empty {
        /// The ordinal of a member that this schema does not know, from a newer peer. Cannot be sent.
        Unknown(u64),
    }

    ::fidl::encode_union! { Empty => EmptyWire { ; Unknown } }

    impl From<EmptyView<'_>> for Empty {
        fn from(view: EmptyView<'_>) -> Self {
            let EmptyView::Unknown(unknown) = view;
            Self::Unknown(unknown.ordinal())
        }
    }

    ::fidl::wire_union! {
        /// The union `Empty`.
        pub flexible union EmptyWire, EmptyView<'f> {}
    }
    impl ::fidl::wire::ValueType for EmptyWire {}

    /// The struct `Square`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Square {
        /// The member `side`.
        pub side: u32,
    }

    ::fidl::encode_struct! { Square => SquareWire { side } }

    impl From<SquareView<'_>> for Square {
        fn from(view: SquareView<'_>) -> Self {
            Self { side: view.side() }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Square`.
        pub struct SquareWire, SquareView<'f>, 4 {
            /// The member `side`.
            0 side: ::fidl::wire::U32 => u32,
        }
    }
    impl ::fidl::wire::ValueType for SquareWire {}

    /// One or the other.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Shape {
        /// How far across.
        Circle(u32),
        /// The member `square`.
        Square(Square),
    }

    ::fidl::encode_union! { Shape => ShapeWire { 1 Circle, 3 Square } }

    impl From<ShapeView<'_>> for Shape {
        fn from(view: ShapeView<'_>) -> Self {
            match view {
                ShapeView::Circle(value) => Self::Circle(value),
                ShapeView::Square(value) => Self::Square(From::from(value)),
            }
        }
    }

    ::fidl::wire_union! {
        /// One or the other.
        pub strict union ShapeWire, ShapeView<'f> {
            /// How far across.
            1 Circle: ::fidl::wire::U32 => u32,
            /// The member `square`.
            3 Square: SquareWire => SquareView<'f>,
        }
    }
    impl ::fidl::wire::ValueType for ShapeWire {}

    /// A newer peer may know more.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Open<'a> {
        /// The member `text`.
        Text(&'a str),
        /// The member `shape`.
        Shape(Shape),
        /// The member `numbers`.
        Numbers(&'a [u16]),
        /// The member `unknown`.
        Unknown_(bool),
    }

    ::fidl::encode_union! { Open<'_> => OpenWire { 1 Text, 2 Shape, 3 Numbers, 4 Unknown_ } }

    /// A newer peer may know more.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub enum OpenOwned {
        /// The member `text`.
        Text(::fidl::generated::String<8>),
        /// The member `shape`.
        Shape(Shape),
        /// The member `numbers`.
        Numbers(::fidl::generated::ArrayVec<u16, 2>),
        /// The member `unknown`.
        Unknown_(bool),
        /// The ordinal of a member that this schema does not know, from a newer peer. Cannot be sent.
        Unknown(u64),
    }

    impl From<OpenView<'_>> for OpenOwned {
        fn from(view: OpenView<'_>) -> Self {
            match view {
                OpenView::Text(value) => Self::Text(::fidl::generated::string(value)),
                OpenView::Shape(value) => Self::Shape(From::from(value)),
                OpenView::Numbers(value) => {
                    Self::Numbers(::fidl::generated::vector(value.iter().copied()))
                }
                OpenView::Unknown_(value) => Self::Unknown_(value),
                OpenView::Unknown(unknown) => Self::Unknown(unknown.ordinal()),
            }
        }
    }

    ::fidl::encode_union! { OpenOwned => OpenWire { 1 Text, 2 Shape, 3 Numbers, 4 Unknown_; Unknown } }

    ::fidl::wire_union! {
        /// A newer peer may know more.
        pub flexible union OpenWire, OpenView<'f>, OpenBuilder {
            /// The member `text`.
            1 Text: ::fidl::wire::Str<8> => &'f str,
            /// The member `shape`.
            2 Shape: ShapeWire => ShapeView<'f>,
            /// The member `numbers`.
            3 Numbers: ::fidl::wire::Vector<::fidl::wire::U16, 2> => &'f [u16],
            /// The member `unknown`.
            4 Unknown_: ::fidl::wire::Bool => bool,
        }
    }
    impl ::fidl::wire::ValueType for OpenWire {}

    /// Nothing of it refers to a message.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Scalar {
        /// The member `small`.
        Small(u8),
        /// The member `large`.
        Large(u64),
        /// The member `colour`.
        Colour(Colour),
    }

    ::fidl::encode_union! { Scalar => ScalarWire { 1 Small, 2 Large, 3 Colour } }

    impl From<ScalarView> for Scalar {
        fn from(view: ScalarView) -> Self {
            match view {
                ScalarView::Small(value) => Self::Small(value),
                ScalarView::Large(value) => Self::Large(value),
                ScalarView::Colour(value) => Self::Colour(value),
            }
        }
    }

    ::fidl::wire_union! {
        /// Nothing of it refers to a message.
        pub strict union ScalarWire, ScalarView {
            /// The member `small`.
            1 Small: u8 => u8,
            /// The member `large`.
            2 Large: ::fidl::wire::U64 => u64,
            /// The member `colour`.
            3 Colour: ColourWire => Colour,
        }
    }
    impl ::fidl::wire::ValueType for ScalarWire {}

    /// The struct `Holder`.
    ///
    /// Has no owned form: `list` is of type `List`, which has none.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Holder<'a> {
        /// The member `shape`.
        pub shape: Shape,
        /// The member `maybe`.
        pub maybe: Option<Shape>,
        /// The member `open`.
        pub open: Open<'a>,
        /// The member `maybe_open`.
        pub maybe_open: Option<Open<'a>>,
        /// The member `scalar`.
        pub scalar: Scalar,
        /// The member `shapes`.
        pub shapes: &'a [Shape],
        /// The member `maybes`.
        pub maybes: [Option<Open<'a>>; 2],
        /// The member `list`.
        pub list: Option<&'a List<'a>>,
    }

    ::fidl::encode_struct! {
        Holder<'_> => HolderWire {
            shape, maybe, open, maybe_open, scalar, shapes, maybes, list
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Holder`.
        pub struct HolderWire, HolderView<'f>, HolderBuilder, 144 {
            /// The member `shape`.
            0 shape: ShapeWire => ShapeView<'f>,
            /// The member `maybe`.
            16 maybe: ::fidl::wire::OptUnion<ShapeWire> => Option<ShapeView<'f>>,
            /// The member `open`.
            32 open: OpenWire => OpenView<'f>,
            /// The member `maybe_open`.
            48 maybe_open: ::fidl::wire::OptUnion<OpenWire> => Option<OpenView<'f>>,
            /// The member `scalar`.
            64 scalar: ScalarWire => ScalarView,
            /// The member `shapes`.
            80 shapes: ::fidl::wire::Vector<ShapeWire, 2> => ::fidl::wire::Elements<'f, ShapeWire>,
            /// The member `maybes`.
            96 maybes: [::fidl::wire::OptUnion<OpenWire>; 2] => ::fidl::wire::Elements<'f, ::fidl::wire::OptUnion<OpenWire>>,
            /// The member `list`.
            128 list: ::fidl::wire::OptUnion<ListWire> => Option<ListView<'f>>,
        }
    }
    impl ::fidl::wire::ValueType for HolderWire {}

    /// The struct `Knot`.
    ///
    /// Has no owned form: it holds itself.
    #[derive(Debug)]
    pub struct Knot<'a> {
        /// The member `rest`.
        pub rest: &'a mut Option<Rope<'a>>,
    }

    ::fidl::encode_struct! { resource Knot<'_> => KnotWire { rest } }

    ::fidl::wire_struct! {
        /// The struct `Knot`.
        pub struct KnotWire, KnotView<'f>, KnotBuilder, 16 {
            /// The member `rest`.
            0 rest: ::fidl::wire::OptUnion<RopeWire> => Option<RopeView<'f>>,
        }
    }

    /// The struct `Next`.
    ///
    /// Has no owned form: it holds itself.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Next<'a> {
        /// The member `value`.
        pub value: u8,
        /// The member `rest`.
        pub rest: Option<&'a List<'a>>,
    }

    ::fidl::encode_struct! { Next<'_> => NextWire { value, rest } }

    ::fidl::wire_struct! {
        /// The struct `Next`.
        pub struct NextWire, NextView<'f>, NextBuilder, 24 {
            /// The member `value`.
            0 value: u8 => u8,
            /// Padding.
            1 _padding_0: ::fidl::wire::Padding<7>,
            /// The member `rest`.
            8 rest: ::fidl::wire::OptUnion<ListWire> => Option<ListView<'f>>,
        }
    }
    impl ::fidl::wire::ValueType for NextWire {}

    /// The union `List`.
    ///
    /// Has no owned form: it holds itself.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum List<'a> {
        /// The member `end`.
        End(bool),
        /// The member `next`.
        Next(Next<'a>),
    }

    ::fidl::encode_union! { List<'_> => ListWire { 1 End, 2 Next } }

    ::fidl::wire_union! {
        /// The union `List`.
        pub flexible union ListWire, ListView<'f>, ListBuilder {
            /// The member `end`.
            1 End: ::fidl::wire::Bool => bool,
            /// The member `next`.
            2 Next: NextWire => NextView<'f>,
        }
    }
    impl ::fidl::wire::ValueType for ListWire {}

    /// The union `NoThing`.
    #[derive(Debug)]
    pub enum NoThing {}

    ::fidl::encode_union! { resource NoThing => NoThingWire {} }

    ::fidl::wire_union! {
        /// The union `NoThing`.
        pub flexible union NoThingWire, NoThingView<'f> {}
    }

    /// The union `OpenScalar`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum OpenScalar {
        /// The member `number`.
        Number(u64),
        /// The ordinal of a member that this schema does not know, from a newer peer. Cannot be sent.
        Unknown(u64),
    }

    ::fidl::encode_union! { OpenScalar => OpenScalarWire { 2 Number; Unknown } }

    impl From<OpenScalarView<'_>> for OpenScalar {
        fn from(view: OpenScalarView<'_>) -> Self {
            match view {
                OpenScalarView::Number(value) => Self::Number(value),
                OpenScalarView::Unknown(unknown) => Self::Unknown(unknown.ordinal()),
            }
        }
    }

    ::fidl::wire_union! {
        /// The union `OpenScalar`.
        pub flexible union OpenScalarWire, OpenScalarView<'f> {
            /// The member `number`.
            2 Number: ::fidl::wire::U64 => u64,
        }
    }
    impl ::fidl::wire::ValueType for OpenScalarWire {}

    /// The union `Rope`.
    ///
    /// Has no owned form: it holds itself.
    #[derive(Debug)]
    pub enum Rope<'a> {
        /// The member `end`.
        End(::fidl::kernel::Handle),
        /// The member `knot`.
        Knot(Knot<'a>),
    }

    ::fidl::encode_union! { resource Rope<'_> => RopeWire { 1 End, 2 Knot } }

    ::fidl::wire_union! {
        /// The union `Rope`.
        pub strict union RopeWire, RopeView<'f>, RopeBuilder {
            /// The member `end`.
            1 End: ::fidl::wire::Handle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// The member `knot`.
            2 Knot: KnotWire => KnotView<'f>,
        }
    }

    /// The union `Thing`.
    ///
    /// Has no owned form: it may hold handles.
    #[derive(Debug)]
    pub enum Thing<'a> {
        /// The member `handle`.
        Handle(::fidl::kernel::Handle),
        /// The member `name`.
        Name(&'a str),
        /// The member `shape`.
        Shape(Shape),
    }

    ::fidl::encode_union! { resource Thing<'_> => ThingWire { 1 Handle, 2 ref Name, 3 ref Shape } }

    ::fidl::wire_union! {
        /// The union `Thing`.
        pub flexible union ThingWire, ThingView<'f>, ThingBuilder {
            /// The member `handle`.
            1 Handle: ::fidl::wire::Handle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// The member `name`.
            2 Name: ::fidl::wire::Str<4> => &'f str,
            /// The member `shape`.
            3 Shape: ShapeWire => ShapeView<'f>,
        }
    }

    /// The struct `Things`.
    ///
    /// Has no owned form: it may hold handles.
    #[derive(Debug)]
    pub struct Things<'a> {
        /// The member `thing`.
        pub thing: Option<Thing<'a>>,
        /// The member `things`.
        pub things: ::fidl::generated::ArrayVec<Option<Thing<'a>>, 2>,
        /// The member `shape`.
        pub shape: Option<Shape>,
        /// The member `rope`.
        pub rope: &'a mut Option<Rope<'a>>,
    }

    ::fidl::encode_struct! { resource Things<'_> => ThingsWire { thing, things, ref shape, rope } }

    ::fidl::wire_struct! {
        /// The struct `Things`.
        pub struct ThingsWire, ThingsView<'f>, ThingsBuilder, 64 {
            /// The member `thing`.
            0 thing: ::fidl::wire::OptUnion<ThingWire> => Option<ThingView<'f>>,
            /// The member `things`.
            16 things: ::fidl::wire::Vector<::fidl::wire::OptUnion<ThingWire>, 2> => ::fidl::wire::Elements<'f, ::fidl::wire::OptUnion<ThingWire>>,
            /// The member `shape`.
            32 shape: ::fidl::wire::OptUnion<ShapeWire> => Option<ShapeView<'f>>,
            /// The member `rope`.
            48 rope: ::fidl::wire::OptUnion<RopeWire> => Option<RopeView<'f>>,
        }
    }

    /// The union `Twice`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Twice {
        /// The member `scalar`.
        Scalar(Scalar),
    }

    ::fidl::encode_union! { Twice => TwiceWire { 1 Scalar } }

    impl From<TwiceView> for Twice {
        fn from(view: TwiceView) -> Self {
            let TwiceView::Scalar(value) = view;
            Self::Scalar(From::from(value))
        }
    }

    ::fidl::wire_union! {
        /// The union `Twice`.
        pub strict union TwiceWire, TwiceView {
            /// The member `scalar`.
            1 Scalar: ScalarWire => ScalarView,
        }
    }
    impl ::fidl::wire::ValueType for TwiceWire {}
}
