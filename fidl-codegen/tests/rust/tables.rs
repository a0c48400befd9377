// Generated from the FIDL library `test.tables`. Do not edit.

/// The FIDL library `test.tables`.
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
pub mod test_tables {
    ::fidl::generated::interface!(1);

    /// The struct `Bed`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Bed {
        /// The member `width`.
        pub width: u16,
    }

    ::fidl::encode_struct! { Bed => BedWire { width } }

    impl From<BedView<'_>> for Bed {
        fn from(view: BedView<'_>) -> Self {
            Self { width: view.width() }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Bed`.
        pub struct BedWire, BedView<'f>, 2 {
            /// The member `width`.
            0 width: ::fidl::wire::U16 => u16,
        }
    }
    impl ::fidl::wire::ValueType for BedWire {}

    /// Holds itself.
    ///
    /// Has no owned form: it holds itself.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Tree<'a> {
        /// The member `leaf`.
        pub leaf: Option<u8>,
        /// The member `branches`.
        pub branches: Option<&'a [Option<&'a Branch<'a>>]>,
    }

    impl<'a> Tree<'a> {
        /// A table without members.
        pub const fn new() -> Self {
            Self { leaf: None, branches: None }
        }

        /// Sets `leaf`.
        pub const fn leaf(mut self, value: u8) -> Self {
            self.leaf = Some(value);
            self
        }

        /// Sets `branches`.
        pub const fn branches(mut self, value: &'a [Option<&'a Branch<'a>>]) -> Self {
            self.branches = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Tree<'_> => TreeWire { 1 leaf, 2 branches } }

    ::fidl::wire_table! {
        /// Holds itself.
        pub table TreeWire, TreeView<'f>, TreeBuilder {
            /// The member `leaf`.
            1 leaf: u8 => u8,
            /// The member `branches`.
            2 branches: ::fidl::wire::Vector<::fidl::wire::OptUnion<BranchWire>, 2> => ::fidl::wire::Elements<'f, ::fidl::wire::OptUnion<BranchWire>>,
        }
    }
    impl ::fidl::wire::ValueType for TreeWire {}

    /// The union `Branch`.
    ///
    /// Has no owned form: it holds itself.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Branch<'a> {
        /// The member `tree`.
        Tree(Tree<'a>),
    }

    ::fidl::encode_union! { Branch<'_> => BranchWire { 1 Tree } }

    ::fidl::wire_union! {
        /// The union `Branch`.
        pub strict union BranchWire, BranchView<'f>, BranchBuilder {
            /// The member `tree`.
            1 Tree: TreeWire => TreeView<'f>,
        }
    }
    impl ::fidl::wire::ValueType for BranchWire {}

    /// The table `Door`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Door {
        /// The member `locked`.
        pub locked: Option<bool>,
    }

    impl Door {
        /// A table without members.
        pub const fn new() -> Self {
            Self { locked: None }
        }

        /// Sets `locked`.
        pub const fn locked(mut self, value: bool) -> Self {
            self.locked = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Door => DoorWire { 2 locked } }

    impl From<DoorView<'_>> for Door {
        fn from(view: DoorView<'_>) -> Self {
            Self { locked: view.locked() }
        }
    }

    ::fidl::wire_table! {
        /// The table `Door`.
        pub table DoorWire, DoorView<'f> {
            /// The member `locked`.
            2 locked: ::fidl::wire::Bool => bool,
        }
    }
    impl ::fidl::wire::ValueType for DoorWire {}

    /// The enum `View`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum View {
        /// `SEA` = 1.
        Sea,
        /// A value that this schema does not know, from a newer peer.
        Unknown(u32),
    }

    impl View {
        /// The value that a number stands for.
        pub const fn from_raw(raw: u32) -> Self {
            match raw {
                1 => Self::Sea,
                raw => Self::Unknown(raw),
            }
        }

        /// Whether the schema does not know the value.
        pub const fn is_unknown(self) -> bool {
            matches!(self, Self::Unknown(_))
        }

        #[doc(hidden)]
        pub const fn from_wire(raw: u32) -> Self {
            Self::from_raw(raw)
        }

        /// The number that stands for the value.
        pub const fn into_raw(self) -> u32 {
            match self {
                Self::Sea => 1,
                Self::Unknown(raw) => raw,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`View`] on the wire.
        pub ViewWire: ::fidl::wire::U32 as u32 => View, UnknownEnumValue, |_raw| true
    }

    /// A place to sleep.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Room<'a> {
        /// Its number.
        pub number: Option<u32>,
        /// The member `name`.
        pub name: Option<&'a str>,
        /// The member `beds`.
        pub beds: Option<&'a [Bed]>,
        /// The member `doors`.
        pub doors: Option<[Door; 2]>,
        /// The member `view`.
        pub view: Option<View>,
    }

    impl<'a> Room<'a> {
        /// A table without members.
        pub const fn new() -> Self {
            Self {
                number: None,
                name: None,
                beds: None,
                doors: None,
                view: None,
            }
        }

        /// Sets `number`.
        pub const fn number(mut self, value: u32) -> Self {
            self.number = Some(value);
            self
        }

        /// Sets `name`.
        pub const fn name(mut self, value: &'a str) -> Self {
            self.name = Some(value);
            self
        }

        /// Sets `beds`.
        pub const fn beds(mut self, value: &'a [Bed]) -> Self {
            self.beds = Some(value);
            self
        }

        /// Sets `doors`.
        pub const fn doors(mut self, value: [Door; 2]) -> Self {
            self.doors = Some(value);
            self
        }

        /// Sets `view`.
        pub const fn view(mut self, value: View) -> Self {
            self.view = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Room<'_> => RoomWire { 1 number, 3 name, 4 beds, 5 doors, 6 view } }

    /// A place to sleep.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct RoomOwned {
        /// Its number.
        pub number: Option<u32>,
        /// The member `name`.
        pub name: Option<::fidl::generated::String<10>>,
        /// The member `beds`.
        pub beds: Option<::fidl::generated::ArrayVec<Bed, 4>>,
        /// The member `doors`.
        pub doors: Option<[Door; 2]>,
        /// The member `view`.
        pub view: Option<View>,
    }

    impl From<RoomView<'_>> for RoomOwned {
        fn from(view: RoomView<'_>) -> Self {
            Self {
                number: view.number(),
                name: view.name().map(::fidl::generated::string),
                beds: view
                    .beds()
                    .map(|items| ::fidl::generated::vector(items.iter().map(From::from))),
                doors: view
                    .doors()
                    .map(|items| ::fidl::generated::array(items.iter().map(From::from))),
                view: view.view(),
            }
        }
    }

    ::fidl::encode_table! { RoomOwned => RoomWire { 1 number, 3 name, 4 beds, 5 doors, 6 view } }

    ::fidl::wire_table! {
        /// A place to sleep.
        pub table RoomWire, RoomView<'f>, RoomBuilder {
            /// Its number.
            1 number: ::fidl::wire::U32 => u32,
            /// The member `name`.
            3 name: ::fidl::wire::Str<10> => &'f str,
            /// The member `beds`.
            4 beds: ::fidl::wire::Vector<BedWire, 4> => ::fidl::wire::Elements<'f, BedWire>,
            /// The member `doors`.
            5 doors: [DoorWire; 2] => ::fidl::wire::Elements<'f, DoorWire>,
            /// The member `view`.
            6 view: ViewWire => View,
        }
    }
    impl ::fidl::wire::ValueType for RoomWire {}

    /// The table `Unused`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Unused {
        /// The member `count`.
        pub count: Option<u8>,
    }

    impl Unused {
        /// A table without members.
        pub const fn new() -> Self {
            Self { count: None }
        }

        /// Sets `count`.
        pub const fn count(mut self, value: u8) -> Self {
            self.count = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Unused => UnusedWire { 1 count } }

    impl From<UnusedView<'_>> for Unused {
        fn from(view: UnusedView<'_>) -> Self {
            Self { count: view.count() }
        }
    }

    ::fidl::wire_table! {
        /// The table `Unused`.
        pub table UnusedWire, UnusedView<'f> {
            /// The member `count`.
            1 count: u8 => u8,
        }
    }
    impl ::fidl::wire::ValueType for UnusedWire {}

    /// The table `Keys`.
    ///
    /// Has no owned form: it may hold handles.
    #[derive(Debug, Default)]
    pub struct Keys<'a> {
        /// The member `key`.
        pub key: Option<::fidl::kernel::Event>,
        /// The member `label`.
        pub label: Option<&'a str>,
        /// The member `room`.
        pub room: Option<Room<'a>>,
        /// The member `more`.
        pub more: Option<::fidl::generated::ArrayVec<::fidl::kernel::Handle, 3>>,
        /// The member `unused`.
        pub unused: Option<Unused>,
    }

    impl<'a> Keys<'a> {
        /// A table without members.
        pub const fn new() -> Self {
            Self {
                key: None,
                label: None,
                room: None,
                more: None,
                unused: None,
            }
        }

        /// Sets `key`.
        pub fn key(mut self, value: ::fidl::kernel::Event) -> Self {
            self.key = Some(value);
            self
        }

        /// Sets `label`.
        pub fn label(mut self, value: &'a str) -> Self {
            self.label = Some(value);
            self
        }

        /// Sets `room`.
        pub fn room(mut self, value: Room<'a>) -> Self {
            self.room = Some(value);
            self
        }

        /// Sets `more`.
        pub fn more(
            mut self,
            value: ::fidl::generated::ArrayVec<::fidl::kernel::Handle, 3>,
        ) -> Self {
            self.more = Some(value);
            self
        }

        /// Sets `unused`.
        pub fn unused(mut self, value: Unused) -> Self {
            self.unused = Some(value);
            self
        }
    }

    ::fidl::encode_table! {
        resource Keys<'_> => KeysWire {
            1 key, 2 ref label, 3 ref room, 4 more, 5 ref unused
        }
    }

    ::fidl::wire_table! {
        /// The table `Keys`.
        pub table KeysWire, KeysView<'f>, KeysBuilder {
            /// The member `key`.
            1 key: ::fidl::wire::Handle<5, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// The member `label`.
            2 label: ::fidl::wire::Str<4> => &'f str,
            /// The member `room`.
            3 room: RoomWire => RoomView<'f>,
            /// The member `more`.
            4 more: ::fidl::wire::Vector<::fidl::wire::Handle<0, 0x80000000>, 3> => ::fidl::wire::Elements<'f, ::fidl::wire::Handle<0, 0x80000000>>,
            /// The member `unused`.
            5 unused: UnusedWire => UnusedView<'f>,
        }
    }

    /// Of any size.
    ///
    /// Has no owned form: `text` is a string without a bound.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Long<'a> {
        /// The member `text`.
        pub text: Option<&'a str>,
    }

    impl<'a> Long<'a> {
        /// A table without members.
        pub const fn new() -> Self {
            Self { text: None }
        }

        /// Sets `text`.
        pub const fn text(mut self, value: &'a str) -> Self {
            self.text = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Long<'_> => LongWire { 1 text } }

    ::fidl::wire_table! {
        /// Of any size.
        pub table LongWire, LongView<'f>, LongBuilder {
            /// The member `text`.
            1 text: ::fidl::wire::Str<{ ::fidl::limits::UNBOUNDED }> => &'f str,
        }
    }
    impl ::fidl::wire::ValueType for LongWire {}

    /// The table `Nothing`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Nothing {}

    impl Nothing {
        /// A table without members.
        pub const fn new() -> Self {
            Self {}
        }
    }

    ::fidl::encode_table! { Nothing => NothingWire {} }

    impl From<NothingView<'_>> for Nothing {
        fn from(_: NothingView<'_>) -> Self {
            Self {}
        }
    }

    ::fidl::wire_table! {
        /// The table `Nothing`.
        pub table NothingWire, NothingView<'f> {}
    }
    impl ::fidl::wire::ValueType for NothingWire {}

    /// Members with names that are taken.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Taken {
        /// The member `new`.
        pub new: Option<u8>,
        /// The member `default`.
        pub default: Option<u8>,
        /// The member `type`.
        pub type_: Option<u8>,
        /// The member `value`.
        pub value: Option<u8>,
    }

    impl Taken {
        /// A table without members.
        pub const fn new() -> Self {
            Self {
                new: None,
                default: None,
                type_: None,
                value: None,
            }
        }

        /// Sets `new`.
        pub const fn new_(mut self, value: u8) -> Self {
            self.new = Some(value);
            self
        }

        /// Sets `default`.
        pub const fn default_(mut self, value: u8) -> Self {
            self.default = Some(value);
            self
        }

        /// Sets `type`.
        pub const fn type_(mut self, value: u8) -> Self {
            self.type_ = Some(value);
            self
        }

        /// Sets `value`.
        pub const fn value(mut self, value: u8) -> Self {
            self.value = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Taken => TakenWire { 1 new, 2 default, 3 type_, 4 value } }

    impl From<TakenView<'_>> for Taken {
        fn from(view: TakenView<'_>) -> Self {
            Self {
                new: view.new(),
                default: view.default(),
                type_: view.type_(),
                value: view.value(),
            }
        }
    }

    ::fidl::wire_table! {
        /// Members with names that are taken.
        pub table TakenWire, TakenView<'f> {
            /// The member `new`.
            1 new: u8 => u8,
            /// The member `default`.
            2 default: u8 => u8,
            /// The member `type`.
            3 type_: u8 => u8,
            /// The member `value`.
            4 value: u8 => u8,
        }
    }
    impl ::fidl::wire::ValueType for TakenWire {}

    /// So many members that they do not fit on a line.
    #[derive(Debug, Default)]
    pub struct Wide {
        /// The member `first_of_many_members`.
        pub first_of_many_members: Option<u8>,
        /// The member `second_of_many_members`.
        pub second_of_many_members: Option<u8>,
        /// The member `third_of_many_members`.
        pub third_of_many_members: Option<u8>,
        /// The member `fourth_of_many_members`.
        pub fourth_of_many_members: Option<u8>,
    }

    impl Wide {
        /// A table without members.
        pub const fn new() -> Self {
            Self {
                first_of_many_members: None,
                second_of_many_members: None,
                third_of_many_members: None,
                fourth_of_many_members: None,
            }
        }

        /// Sets `first_of_many_members`.
        pub fn first_of_many_members(mut self, value: u8) -> Self {
            self.first_of_many_members = Some(value);
            self
        }

        /// Sets `second_of_many_members`.
        pub fn second_of_many_members(mut self, value: u8) -> Self {
            self.second_of_many_members = Some(value);
            self
        }

        /// Sets `third_of_many_members`.
        pub fn third_of_many_members(mut self, value: u8) -> Self {
            self.third_of_many_members = Some(value);
            self
        }

        /// Sets `fourth_of_many_members`.
        pub fn fourth_of_many_members(mut self, value: u8) -> Self {
            self.fourth_of_many_members = Some(value);
            self
        }
    }

    ::fidl::encode_table! {
        resource Wide => WideWire {
            1 ref first_of_many_members, 2 ref second_of_many_members, 3 ref third_of_many_members,
            4 ref fourth_of_many_members
        }
    }

    ::fidl::wire_table! {
        /// So many members that they do not fit on a line.
        pub table WideWire, WideView<'f> {
            /// The member `first_of_many_members`.
            1 first_of_many_members: u8 => u8,
            /// The member `second_of_many_members`.
            2 second_of_many_members: u8 => u8,
            /// The member `third_of_many_members`.
            3 third_of_many_members: u8 => u8,
            /// The member `fourth_of_many_members`.
            4 fourth_of_many_members: u8 => u8,
        }
    }
}
