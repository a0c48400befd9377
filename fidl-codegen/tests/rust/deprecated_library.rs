// Generated from the FIDL library `test.deprecatedlibrary`. Do not edit.

/// The FIDL library `test.deprecatedlibrary`.
#[deprecated(note = "use another library")]
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
pub mod test_deprecatedlibrary {
    ::fidl::generated::interface!(1);

    /// The constant `COUNT`.
    pub const COUNT: u8 = 1;

    /// The table `Thing`.
    ///
    /// Has no owned form: `name` is a string without a bound.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Thing<'a> {
        /// The member `name`.
        pub name: Option<&'a str>,
    }

    impl<'a> Thing<'a> {
        /// A table without members.
        pub const fn new() -> Self {
            Self { name: None }
        }

        /// Sets `name`.
        pub const fn name(mut self, value: &'a str) -> Self {
            self.name = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Thing<'_> => ThingWire { 1 name } }

    ::fidl::wire_table! {
        /// The table `Thing`.
        pub table ThingWire, ThingView<'f>, ThingBuilder {
            /// The member `name`.
            1 name: ::fidl::wire::Str<{ ::fidl::limits::UNBOUNDED }> => &'f str,
        }
    }
    impl ::fidl::wire::ValueType for ThingWire {}
}
