// Generated from the FIDL library `zx`. Do not edit.

/// Handles to kernel objects, their kinds and their rights.
///
/// The compiler supplies this library where a schema imports `zx` and none is given.
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
pub mod zx {
    ::fidl::generated::interface!(1);

    /// The most bytes that a channel takes in one message.
    pub const CHANNEL_MAX_MSG_BYTES: u64 = 65536;

    /// The most handles that a channel takes in one message.
    pub const CHANNEL_MAX_MSG_HANDLES: u64 = 64;

    /// The kinds of kernel objects.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum ObjType {
        /// Any kind.
        None_,
        /// `PROCESS` = 1.
        Process,
        /// `THREAD` = 2.
        Thread,
        /// `VMO` = 3.
        Vmo,
        /// `CHANNEL` = 4.
        Channel,
        /// `EVENT` = 5.
        Event,
        /// `PORT` = 6.
        Port,
        /// `INTERRUPT` = 9.
        Interrupt,
        /// `PCI_DEVICE` = 11.
        PciDevice,
        /// `LOG` = 12.
        Log,
        /// `SOCKET` = 14.
        Socket,
        /// `RESOURCE` = 15.
        Resource,
        /// `EVENTPAIR` = 16.
        Eventpair,
        /// `JOB` = 17.
        Job,
        /// `VMAR` = 18.
        Vmar,
        /// `FIFO` = 19.
        Fifo,
        /// `GUEST` = 20.
        Guest,
        /// `VCPU` = 21.
        Vcpu,
        /// `TIMER` = 22.
        Timer,
        /// `IOMMU` = 23.
        Iommu,
        /// `BTI` = 24.
        Bti,
        /// `PROFILE` = 25.
        Profile,
        /// `PMT` = 26.
        Pmt,
        /// `SUSPEND_TOKEN` = 27.
        SuspendToken,
        /// `PAGER` = 28.
        Pager,
        /// `EXCEPTION` = 29.
        Exception,
        /// `CLOCK` = 30.
        Clock,
        /// `STREAM` = 31.
        Stream,
        /// `MSI` = 32.
        Msi,
        /// `IOB` = 33.
        Iob,
        /// `COUNTER` = 34.
        Counter,
    }

    impl ObjType {
        /// The value that a number stands for; `None` if there is none.
        pub const fn from_raw(raw: u32) -> Option<Self> {
            match raw {
                0 => Some(Self::None_),
                1 => Some(Self::Process),
                2 => Some(Self::Thread),
                3 => Some(Self::Vmo),
                4 => Some(Self::Channel),
                5 => Some(Self::Event),
                6 => Some(Self::Port),
                9 => Some(Self::Interrupt),
                11 => Some(Self::PciDevice),
                12 => Some(Self::Log),
                14 => Some(Self::Socket),
                15 => Some(Self::Resource),
                16 => Some(Self::Eventpair),
                17 => Some(Self::Job),
                18 => Some(Self::Vmar),
                19 => Some(Self::Fifo),
                20 => Some(Self::Guest),
                21 => Some(Self::Vcpu),
                22 => Some(Self::Timer),
                23 => Some(Self::Iommu),
                24 => Some(Self::Bti),
                25 => Some(Self::Profile),
                26 => Some(Self::Pmt),
                27 => Some(Self::SuspendToken),
                28 => Some(Self::Pager),
                29 => Some(Self::Exception),
                30 => Some(Self::Clock),
                31 => Some(Self::Stream),
                32 => Some(Self::Msi),
                33 => Some(Self::Iob),
                34 => Some(Self::Counter),
                _ => None,
            }
        }

        #[doc(hidden)]
        pub const fn from_wire(raw: u32) -> Self {
            match raw {
                0 => Self::None_,
                1 => Self::Process,
                2 => Self::Thread,
                3 => Self::Vmo,
                4 => Self::Channel,
                5 => Self::Event,
                6 => Self::Port,
                9 => Self::Interrupt,
                11 => Self::PciDevice,
                12 => Self::Log,
                14 => Self::Socket,
                15 => Self::Resource,
                16 => Self::Eventpair,
                17 => Self::Job,
                18 => Self::Vmar,
                19 => Self::Fifo,
                20 => Self::Guest,
                21 => Self::Vcpu,
                22 => Self::Timer,
                23 => Self::Iommu,
                24 => Self::Bti,
                25 => Self::Profile,
                26 => Self::Pmt,
                27 => Self::SuspendToken,
                28 => Self::Pager,
                29 => Self::Exception,
                30 => Self::Clock,
                31 => Self::Stream,
                32 => Self::Msi,
                33 => Self::Iob,
                _ => Self::Counter,
            }
        }

        /// The number that stands for the value.
        pub const fn into_raw(self) -> u32 {
            match self {
                Self::None_ => 0,
                Self::Process => 1,
                Self::Thread => 2,
                Self::Vmo => 3,
                Self::Channel => 4,
                Self::Event => 5,
                Self::Port => 6,
                Self::Interrupt => 9,
                Self::PciDevice => 11,
                Self::Log => 12,
                Self::Socket => 14,
                Self::Resource => 15,
                Self::Eventpair => 16,
                Self::Job => 17,
                Self::Vmar => 18,
                Self::Fifo => 19,
                Self::Guest => 20,
                Self::Vcpu => 21,
                Self::Timer => 22,
                Self::Iommu => 23,
                Self::Bti => 24,
                Self::Profile => 25,
                Self::Pmt => 26,
                Self::SuspendToken => 27,
                Self::Pager => 28,
                Self::Exception => 29,
                Self::Clock => 30,
                Self::Stream => 31,
                Self::Msi => 32,
                Self::Iob => 33,
                Self::Counter => 34,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`ObjType`] on the wire.
        pub ObjTypeWire: ::fidl::wire::U32 as u32 => ObjType, UnknownEnumValue, |raw| matches!(raw, 0 | 1 | 2 | 3 | 4 | 5 | 6 | 9 | 11 | 12 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23 | 24 | 25 | 26 | 27 | 28 | 29 | 30 | 31 | 32 | 33 | 34)
    }

    ::fidl::generated::bitflags! {
        /// What a handle allows its holder to do.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Rights: u32 {
            /// `DUPLICATE`.
            const DUPLICATE = 0x1;
            /// `TRANSFER`.
            const TRANSFER = 0x2;
            /// `READ`.
            const READ = 0x4;
            /// `WRITE`.
            const WRITE = 0x8;
            /// `EXECUTE`.
            const EXECUTE = 0x10;
            /// `MAP`.
            const MAP = 0x20;
            /// `GET_PROPERTY`.
            const GET_PROPERTY = 0x40;
            /// `SET_PROPERTY`.
            const SET_PROPERTY = 0x80;
            /// `ENUMERATE`.
            const ENUMERATE = 0x100;
            /// `DESTROY`.
            const DESTROY = 0x200;
            /// `SET_POLICY`.
            const SET_POLICY = 0x400;
            /// `GET_POLICY`.
            const GET_POLICY = 0x800;
            /// `SIGNAL`.
            const SIGNAL = 0x1000;
            /// `SIGNAL_PEER`.
            const SIGNAL_PEER = 0x2000;
            /// `WAIT`.
            const WAIT = 0x4000;
            /// `INSPECT`.
            const INSPECT = 0x8000;
            /// `MANAGE_JOB`.
            const MANAGE_JOB = 0x10000;
            /// `MANAGE_PROCESS`.
            const MANAGE_PROCESS = 0x20000;
            /// `MANAGE_THREAD`.
            const MANAGE_THREAD = 0x40000;
            /// `APPLY_PROFILE`.
            const APPLY_PROFILE = 0x80000;
            /// `MANAGE_SOCKET`.
            const MANAGE_SOCKET = 0x100000;
            /// `OP_CHILDREN`.
            const OP_CHILDREN = 0x200000;
            /// `RESIZE`.
            const RESIZE = 0x400000;
            /// `ATTACH_VMO`.
            const ATTACH_VMO = 0x800000;
            /// `MANAGE_VMO`.
            const MANAGE_VMO = 0x1000000;
            /// All rights that the handle has already.
            const SAME_RIGHTS = 0x80000000;
        }
    }

    impl Rights {
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
        /// [`Rights`] on the wire.
        pub RightsWire: ::fidl::wire::U32 as u32 => Rights, UnknownBits, |raw| raw & !0x81ffffff == 0
    }

    /// The number of a kernel object.
    pub type Koid = u64;

    /// The outcome of a system call: 0, or a negative error.
    pub type Status = i32;
}
