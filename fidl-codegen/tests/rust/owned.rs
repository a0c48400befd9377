// Generated from the FIDL library `test.bounds`. Do not edit.

/// Owned types with and without a bound.
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
pub mod test_bounds {
    ::fidl::generated::interface!(1);

    /// Bounds of its own.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Line<'a> {
        /// The member `text`.
        pub text: &'a str,
        /// The member `number`.
        pub number: u32,
    }

    ::fidl::encode_struct! { Line<'_> => LineWire { text, number } }

    /// Bounds of its own.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct LineOwned {
        /// The member `text`.
        pub text: ::fidl::generated::String<8>,
        /// The member `number`.
        pub number: u32,
    }

    impl TryFrom<LineView<'_>> for LineOwned {
        type Error = ::fidl::generated::TooLong;

        fn try_from(view: LineView<'_>) -> Result<Self, Self::Error> {
            Ok(Self {
                text: ::fidl::generated::member(
                    "text",
                    ::fidl::generated::try_string(view.text()),
                )?,
                number: view.number(),
            })
        }
    }

    ::fidl::encode_struct! { LineOwned => LineWire { text, number } }

    ::fidl::wire_struct! {
        /// Bounds of its own.
        pub struct LineWire, LineView<'f>, LineBuilder, 24 {
            /// The member `text`.
            0 text: ::fidl::wire::Str<{ ::fidl::limits::UNBOUNDED }> => &'f str,
            /// The member `number`.
            16 number: ::fidl::wire::U32 => u32,
            /// Padding.
            20 _padding_1: ::fidl::wire::Padding<4>,
        }
    }
    impl ::fidl::wire::ValueType for LineWire {}

    /// Lines in lines.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Page<'a> {
        /// The member `lines`.
        pub lines: Option<&'a [Line<'a>]>,
        /// The member `marks`.
        pub marks: Option<&'a [[&'a str; 2]]>,
    }

    impl<'a> Page<'a> {
        /// A table without members.
        pub const fn new() -> Self {
            Self { lines: None, marks: None }
        }

        /// Sets `lines`.
        pub const fn lines(mut self, value: &'a [Line<'a>]) -> Self {
            self.lines = Some(value);
            self
        }

        /// Sets `marks`.
        pub const fn marks(mut self, value: &'a [[&'a str; 2]]) -> Self {
            self.marks = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Page<'_> => PageWire { 1 lines, 2 marks } }

    /// Lines in lines.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct PageOwned {
        /// The member `lines`.
        pub lines: Option<::fidl::generated::ArrayVec<LineOwned, 2>>,
        /// The member `marks`.
        pub marks: Option<::fidl::generated::ArrayVec<[::fidl::generated::String<4>; 2], 3>>,
    }

    impl TryFrom<PageView<'_>> for PageOwned {
        type Error = ::fidl::generated::TooLong;

        fn try_from(view: PageView<'_>) -> Result<Self, Self::Error> {
            Ok(Self {
                lines: ::fidl::generated::member(
                    "lines",
                    view
                        .lines()
                        .map(|item| ::fidl::generated::try_vector(
                            item.iter().map(TryFrom::try_from),
                        ))
                        .transpose(),
                )?,
                marks: ::fidl::generated::member(
                    "marks",
                    view
                        .marks()
                        .map(|item| ::fidl::generated::try_vector(
                            item
                                .iter()
                                .map(|item| Ok(
                                    ::fidl::generated::array(
                                        item.iter().map(::fidl::generated::string),
                                    ),
                                )),
                        ))
                        .transpose(),
                )?,
            })
        }
    }

    ::fidl::encode_table! { PageOwned => PageWire { 1 lines, 2 marks } }

    ::fidl::wire_table! {
        /// Lines in lines.
        pub table PageWire, PageView<'f>, PageBuilder {
            /// The member `lines`.
            1 lines: ::fidl::wire::Vector<LineWire, 2> => ::fidl::wire::Elements<'f, LineWire>,
            /// The member `marks`.
            2 marks: ::fidl::wire::Vector<[::fidl::wire::Str<4>; 2], { ::fidl::limits::UNBOUNDED }> => ::fidl::wire::Elements<'f, [::fidl::wire::Str<4>; 2]>,
        }
    }
    impl ::fidl::wire::ValueType for PageWire {}

    /// One of both.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Leaf<'a> {
        /// The member `page`.
        Page(Page<'a>),
        /// The member `line`.
        Line(Line<'a>),
    }

    ::fidl::encode_union! { Leaf<'_> => LeafWire { 1 Page, 2 Line } }

    /// One of both.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub enum LeafOwned {
        /// The member `page`.
        Page(PageOwned),
        /// The member `line`.
        Line(LineOwned),
    }

    impl TryFrom<LeafView<'_>> for LeafOwned {
        type Error = ::fidl::generated::TooLong;

        fn try_from(view: LeafView<'_>) -> Result<Self, Self::Error> {
            Ok(
                match view {
                    LeafView::Page(value) => {
                        Self::Page(
                            ::fidl::generated::member("page", TryFrom::try_from(value))?,
                        )
                    }
                    LeafView::Line(value) => {
                        Self::Line(
                            ::fidl::generated::member("line", TryFrom::try_from(value))?,
                        )
                    }
                },
            )
        }
    }

    ::fidl::encode_union! { LeafOwned => LeafWire { 1 Page, 2 Line } }

    ::fidl::wire_union! {
        /// One of both.
        pub strict union LeafWire, LeafView<'f>, LeafBuilder {
            /// The member `page`.
            1 Page: PageWire => PageView<'f>,
            /// The member `line`.
            2 Line: LineWire => LineView<'f>,
        }
    }
    impl ::fidl::wire::ValueType for LeafWire {}

    /// Nobody says how long it gets.
    ///
    /// Has no owned form: `text` is a string without a bound.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Roll<'a> {
        /// The member `text`.
        pub text: &'a str,
    }

    ::fidl::encode_struct! { Roll<'_> => RollWire { text } }

    ::fidl::wire_struct! {
        /// Nobody says how long it gets.
        pub struct RollWire, RollView<'f>, RollBuilder, 16 {
            /// The member `text`.
            0 text: ::fidl::wire::Str<{ ::fidl::limits::UNBOUNDED }> => &'f str,
        }
    }
    impl ::fidl::wire::ValueType for RollWire {}
}
