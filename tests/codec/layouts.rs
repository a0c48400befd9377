//! The types that these tests are about.
#![allow(missing_docs, unreachable_pub, reason = "the macros declare what others reach")]

use fidl::kernel::Channel;
use fidl::wire::{self, HandleView, OptUnion, SAME_RIGHTS};

fidl::wire_table! {
    /// `table { 1: flag bool; 2: reserved; 3: small uint16; 4: number uint64; 6: name string:10; 7: wide array<uint32, 2>; }`
    pub table MixedWire, MixedView<'f> {
        1 flag: wire::Bool => bool,
        3 small: wire::U16 => u16,
        4 number: wire::U64 => u64,
        6 name: wire::Str<10> => &'f str,
        7 wide: [wire::U32; 2] => &'f [u32],
    }
}

#[derive(Clone, Copy, Default)]
pub struct Mixed<'a> {
    pub flag: Option<bool>,
    pub small: Option<u16>,
    pub number: Option<u64>,
    pub name: Option<&'a str>,
    pub wide: Option<[u32; 2]>,
}

fidl::encode_table! { Mixed<'_> => MixedWire { 1 flag, 3 small, 4 number, 6 name, 7 wide } }

/// Owned, and made of a view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MixedOwned {
    pub flag: Option<bool>,
    pub small: Option<u16>,
    pub number: Option<u64>,
    pub name: Option<fidl::generated::String<10>>,
    pub wide: Option<[u32; 2]>,
}

fidl::encode_table! { MixedOwned => MixedWire { 1 flag, 3 small, 4 number, 6 name, 7 wide } }

impl From<MixedView<'_>> for MixedOwned {
    fn from(view: MixedView<'_>) -> Self {
        Self {
            flag: view.flag(),
            small: view.small(),
            number: view.number(),
            name: view.name().map(fidl::generated::string),
            wide: view.wide().map(|items| fidl::generated::array(items.iter().copied())),
        }
    }
}

fidl::wire_table! {
    /// `resource table { 1: end handle:CHANNEL; 2: ends vector<handle:CHANNEL>:3; 4: name string:10; }`
    pub table CargoWire, CargoView<'f> {
        1 end: wire::Handle<4, SAME_RIGHTS> => HandleView<'f>,
        2 ends: wire::Vector<wire::Handle<4, SAME_RIGHTS>, 3>
            => wire::Elements<'f, wire::Handle<4, SAME_RIGHTS>>,
        4 name: wire::Str<10> => &'f str,
    }
}

#[derive(Default)]
pub struct Cargo<'a> {
    pub end: Option<Channel>,
    pub ends: Option<fidl::generated::ArrayVec<Channel, 3>>,
    pub name: Option<&'a str>,
}

fidl::encode_table! { resource Cargo<'_> => CargoWire { 1 end, 2 ends, 4 ref name } }

fidl::wire_union! {
    /// `strict union { 1: flag bool; 2: number uint64; 5: name string:10; 7: empty struct {}; }`
    pub strict union StrictWire, StrictView<'f> {
        1 Flag: wire::Bool => bool,
        2 Number: wire::U64 => u64,
        5 Name: wire::Str<10> => &'f str,
        7 Empty: wire::EmptyStruct => (),
    }
}

#[derive(Clone, Copy)]
pub enum Strict<'a> {
    Flag(bool),
    Number(u64),
    Name(&'a str),
    Empty(()),
}

fidl::encode_union! { Strict<'_> => StrictWire { 1 Flag, 2 Number, 5 Name, 7 Empty } }

fidl::wire_union! {
    /// `flexible resource union { 1: end handle:CHANNEL; 3: mixed Mixed; 4: either Strict; }`
    pub flexible union FlexibleWire, FlexibleView<'f> {
        1 End: wire::Handle<4, SAME_RIGHTS> => HandleView<'f>,
        3 Mixed: MixedWire => MixedView<'f>,
        4 Either: StrictWire => StrictView<'f>,
    }
}

pub enum Flexible<'a> {
    End(Channel),
    Mixed(Mixed<'a>),
    Either(Strict<'a>),
    Unknown,
}

fidl::encode_union! { resource Flexible<'_> => FlexibleWire { 1 End, 3 ref Mixed, 4 Either; Unknown } }

fidl::wire_struct! {
    /// `struct { before uint8; either Strict; maybe Strict:optional; }`
    pub struct HolderWire, HolderView<'f>, 40 {
        0 before: u8 => u8,
        1 _padding: wire::Padding<7>,
        8 either: StrictWire => StrictView<'f>,
        24 maybe: OptUnion<StrictWire> => Option<StrictView<'f>>,
    }
}

#[derive(Clone, Copy)]
pub struct Holder<'a> {
    pub before: u8,
    pub either: Strict<'a>,
    pub maybe: Option<Strict<'a>>,
}

fidl::encode_struct! { Holder<'_> => HolderWire { before, either, maybe } }

fidl::wire_table! {
    /// `table { 1: next Tables; 2: number uint32; 3: text string; }`, which contains itself.
    pub table TablesWire, TablesView<'f> {
        1 next: TablesWire => TablesView<'f>,
        2 number: wire::U32 => u32,
        3 text: wire::Str<10> => &'f str,
    }
}

#[derive(Clone, Copy, Default)]
pub struct Tables<'a> {
    pub next: Option<&'a Tables<'a>>,
    pub number: Option<u32>,
    pub text: Option<&'a str>,
}

fidl::encode_table! { Tables<'_> => TablesWire { 1 next, 2 number, 3 text } }

fidl::wire_union! {
    /// `flexible union { 1: list vector<Unions>:2; 2: link struct { next Unions:optional; }; 3: number uint32; }`
    pub flexible union UnionsWire, UnionsView<'f> {
        1 List: wire::Vector<UnionsWire, 2> => wire::Elements<'f, UnionsWire>,
        2 Link: LinkWire => LinkView<'f>,
        3 Number: wire::U32 => u32,
    }
}

fidl::wire_struct! {
    pub struct LinkWire, LinkView<'f>, 16 {
        0 next: OptUnion<UnionsWire> => Option<UnionsView<'f>>,
    }
}

#[derive(Clone, Copy)]
pub enum Unions<'a> {
    List(&'a [Unions<'a>]),
    Link(Link<'a>),
    Number(u32),
}

#[derive(Clone, Copy)]
pub struct Link<'a> {
    pub next: Option<&'a Unions<'a>>,
}

fidl::encode_union! { Unions<'_> => UnionsWire { 1 List, 2 Link, 3 Number } }
fidl::encode_struct! { Link<'_> => LinkWire { next } }
