// Generated from the FIDL library `test.others`. Do not edit.

/// What is neither struct, table nor union: aliases, new types, services, protocols over other transports, types for C.
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
pub mod test_others {
    ::fidl::generated::interface!(1);

    /// The constant `AB`.
    pub const AB_: u8 = 1;

    // `Address` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

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

    // `AddressAlias` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

    /// The constant `FAR`.
    pub const FAR: u32 = 5;

    /// The enum `Kind`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Kind {
        /// `ONE` = 1.
        One,
    }

    impl Kind {
        /// The value that a number stands for; `None` if there is none.
        pub const fn from_raw(raw: u32) -> Option<Self> {
            match raw {
                1 => Some(Self::One),
                _ => None,
            }
        }

        #[doc(hidden)]
        pub const fn from_wire(_: u32) -> Self {
            Self::One
        }

        /// The number that stands for the value.
        pub const fn into_raw(self) -> u32 {
            match self {
                Self::One => 1,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`Kind`] on the wire.
        pub KindWire: ::fidl::wire::U32 as u32 => Kind, UnknownEnumValue, |raw| matches!(raw, 1)
    }

    /// The struct `AllDefaults`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct AllDefaults<'a> {
        /// The member `number`.
        pub number: u32,
        /// The member `flag`.
        pub flag: bool,
        /// The member `text`.
        pub text: &'a str,
        /// The member `kind`.
        pub kind: Kind,
    }

    impl ::core::default::Default for AllDefaults<'_> {
        fn default() -> Self {
            Self {
                number: 5,
                flag: true,
                text: "text",
                kind: Kind::One,
            }
        }
    }

    ::fidl::encode_struct! { AllDefaults<'_> => AllDefaultsWire { number, flag, text, kind } }

    /// The struct `AllDefaults`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct AllDefaultsOwned {
        /// The member `number`.
        pub number: u32,
        /// The member `flag`.
        pub flag: bool,
        /// The member `text`.
        pub text: ::fidl::generated::String<8>,
        /// The member `kind`.
        pub kind: Kind,
    }

    impl From<AllDefaultsView<'_>> for AllDefaultsOwned {
        fn from(view: AllDefaultsView<'_>) -> Self {
            Self {
                number: view.number(),
                flag: view.flag(),
                text: ::fidl::generated::string(view.text()),
                kind: view.kind(),
            }
        }
    }

    ::fidl::encode_struct! { AllDefaultsOwned => AllDefaultsWire { number, flag, text, kind } }

    ::fidl::wire_struct! {
        /// The struct `AllDefaults`.
        pub struct AllDefaultsWire, AllDefaultsView<'f>, AllDefaultsBuilder, 32 {
            /// The member `number`.
            0 number: ::fidl::wire::U32 => u32,
            /// The member `flag`.
            4 flag: ::fidl::wire::Bool => bool,
            /// Padding.
            5 _padding_1: ::fidl::wire::Padding<3>,
            /// The member `text`.
            8 text: ::fidl::wire::Str<8> => &'f str,
            /// The member `kind`.
            24 kind: KindWire => Kind,
            /// Padding.
            28 _padding_3: ::fidl::wire::Padding<4>,
        }
    }
    impl ::fidl::wire::ValueType for AllDefaultsWire {}

    /// The struct `Chars`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Chars {
        /// The member `name`.
        pub name: [u8; 8],
        /// The member `letter`.
        pub letter: u8,
        /// The member `size`.
        pub size: u64,
        /// The member `address`.
        pub address: u64,
        /// The member `names`.
        pub names: [[u8; 4]; 2],
    }

    ::fidl::encode_struct! { Chars => CharsWire { name, letter, size, address, names } }

    impl From<CharsView<'_>> for Chars {
        fn from(view: CharsView<'_>) -> Self {
            Self {
                name: ::fidl::generated::array(view.name().iter().copied()),
                letter: view.letter(),
                size: view.size(),
                address: view.address(),
                names: ::fidl::generated::array(
                    view
                        .names()
                        .iter()
                        .map(|item| ::fidl::generated::array(item.iter().copied())),
                ),
            }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Chars`.
        pub struct CharsWire, CharsView<'f>, 40 {
            /// The member `name`.
            0 name: [u8; 8] => &'f [u8],
            /// The member `letter`.
            8 letter: u8 => u8,
            /// Padding.
            9 _padding_1: ::fidl::wire::Padding<7>,
            /// The member `size`.
            16 size: ::fidl::wire::U64 => u64,
            /// The member `address`.
            24 address: ::fidl::wire::U64 => u64,
            /// The member `names`.
            32 names: [[u8; 4]; 2] => ::fidl::wire::Elements<'f, [u8; 4]>,
        }
    }
    impl ::fidl::wire::ValueType for CharsWire {}

    // `Variant` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

    // `COverlaidRequest` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

    // `HoldsAddress` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

    // `C.Overlaid` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

    // `C.Addressed` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

    /// The protocol `C`.
    pub mod c {
        /// The protocol `test.others/C`, as a type.
        #[derive(Clone, Copy, Debug)]
        pub enum C {}

        impl ::fidl::Protocol for C {
            const NAME: &'static str = "test.others/C";
            const OPENNESS: ::fidl::Openness = ::fidl::Openness::Open;
            const METHODS: &'static [::fidl::Method] = &[
                ::fidl::Method::flexible_two_way(0x117fd6fd1e8e21be, "Chars"),
            ];
            const EVENTS: &'static [u64] = &[];
            type RequestFrame = ::fidl::message::Frame<56, 0>;
            type ResponseFrame = ::fidl::message::Frame<32, 0>;
            type EventFrame = ::fidl::message::Frame<16, 0>;
            type ServerMessageFrame = ::fidl::message::Frame<32, 0>;
        }

        /// The size of the largest request of `Chars` in bytes, header included.
        pub const CHARS_REQUEST_MAX_BYTES: usize = 56;
        /// The size of the largest response of `Chars` in bytes, header included.
        pub const CHARS_RESPONSE_MAX_BYTES: usize = 32;

        /// A connection to a client: a token that owns nothing.
        pub type Connection<'s> = ::fidl::server::Connection<'s, C>;

        /// A request of `Chars`.
        pub type CharsRequest<'f> = ::fidl::server::Request<'f, super::CharsView<'f>, C>;

        /// What a server of the protocol does. Requests of one connection are begun in the order of their arrival.
        pub trait Server {
            /// Handles `Chars`.
            fn chars<'a>(&'a self, request: CharsRequest<'a>) -> impl Future<Output = ()>;

            /// A client has connected.
            fn connection_opened(&self, connection: Connection<'_>) {
                let _ = connection;
            }

            /// A connection has ended, and why.
            fn connection_closed(
                &self,
                connection: ::fidl::server::ConnectionId,
                reason: &::fidl::server::CloseReason,
            ) {
                let _ = (connection, reason);
            }

            /// A flexible method came that this schema does not know, from a newer client. Its handles are closed, and
            /// if it was two-way it has been answered.
            fn unknown_method(
                &self,
                connection: Connection<'_>,
                method: ::fidl::UnknownMethod,
            ) {
                let _ = (connection, method);
            }
        }

        /// Serves the protocol with a server of type `S`; see [`fidl::service!`](::fidl::service).
        #[derive(Debug)]
        pub struct Serve<S>(::core::marker::PhantomData<fn() -> S>);

        impl<S: Server + 'static> ::fidl::server::Binding for Serve<S> {
            type Protocol = C;
            type Server = S;
            const HANDLERS: &'static [::fidl::server::Handler] = &[
                ::fidl::server::Handler::of("Chars", <S as Server>::chars),
            ];

            async fn dispatch<'s>(
                server: &'s S,
                call: ::fidl::server::Call<'s, C>,
            ) -> ::fidl::server::Outcome<'s> {
                let method = call.method();
                let (mut request, reply) = call.split();
                match method {
                    0 => {
                        let body = match request.decode::<super::CharsWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        server
                            .chars(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply.send_empty()
                    }
                    _ => reply.done(),
                }
            }

            fn connected(server: &S, connection: Connection<'_>) {
                server.connection_opened(connection);
            }

            fn closed(
                server: &S,
                connection: ::fidl::server::ConnectionId,
                reason: &::fidl::server::CloseReason,
            ) {
                server.connection_closed(connection, reason);
            }

            fn unknown_method(
                server: &S,
                connection: Connection<'_>,
                method: ::fidl::UnknownMethod,
            ) {
                server.unknown_method(connection, method);
            }
        }

        /// Everything a client needs: room for `N` calls in flight and `E` waiting events. A static.
        pub type Storage<const N: usize, const E: usize> = ::fidl::client::Storage<C, N, E>;

        /// An asynchronous client. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct Client<'r, const N: usize, const E: usize>(
            ::fidl::client::Client<'r, C, N, E>,
        );

        impl<'r, const N: usize, const E: usize> Client<'r, N, E> {
            /// A client for the other end of `channel`, on a reactor.
            ///
            /// # Errors
            ///
            /// `ALREADY_BOUND` if a client uses the storage, `NO_RESOURCES` if the reactor has no place.
            pub fn new(
                reactor: &'r ::fidl::Reactor<'_>,
                storage: &'static Storage<N, E>,
                channel: impl Into<::fidl::kernel::Channel>,
            ) -> Result<Self, ::fidl::kernel::Status> {
                ::fidl::client::Client::new(reactor, storage, channel).map(Self)
            }

            /// The client without its methods: counters, and why the connection ended.
            pub fn inner(&self) -> &::fidl::client::Client<'r, C, N, E> {
                &self.0
            }

            /// Calls `Chars`.
            pub async fn chars(
                &self,
                payload: super::Chars,
            ) -> Result<(), ::fidl::ClientError> {
                self.0
                    .call::<
                        super::CharsWire,
                        ::fidl::client::Flexible<::fidl::wire::EmptyStruct>,
                    >(0x117fd6fd1e8e21be, true, payload)
                    .await
                    .map(drop)
            }
        }

        /// A client that blocks its thread while it waits. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct BlockingClient<const N: usize, const E: usize>(
            ::fidl::client::BlockingClient<C, N, E>,
        );

        impl<const N: usize, const E: usize> BlockingClient<N, E> {
            /// A client for the other end of `channel`.
            ///
            /// # Errors
            ///
            /// `ALREADY_BOUND` if a client uses the storage.
            pub fn new(
                storage: &'static Storage<N, E>,
                channel: impl Into<::fidl::kernel::Channel>,
            ) -> Result<Self, ::fidl::kernel::Status> {
                ::fidl::client::BlockingClient::new(storage, channel).map(Self)
            }

            /// The client without its methods: counters, and why the connection ended.
            pub fn inner(&self) -> &::fidl::client::BlockingClient<C, N, E> {
                &self.0
            }

            /// Calls `Chars`.
            pub fn chars(
                &self,
                payload: super::Chars,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<(), ::fidl::ClientError> {
                self.0
                    .call::<
                        super::CharsWire,
                        ::fidl::client::Flexible<::fidl::wire::EmptyStruct>,
                    >(0x117fd6fd1e8e21be, true, payload, deadline)
                    .map(drop)
            }
        }

        /// What a client does with the protocol's events.
        pub trait EventHandler {
            /// Takes a flexible event that this schema does not know, from a newer server. Its handles are closed.
            fn unknown_event(&mut self, ordinal: u64) {
                let _ = ordinal;
            }
        }

        impl<const N: usize, const E: usize> Client<'_, N, E> {
            /// Waits for an event and gives it to `handler`.
            ///
            /// # Errors
            ///
            /// Why the connection has ended.
            pub async fn handle_event(
                &self,
                handler: &mut impl EventHandler,
            ) -> Result<(), ::fidl::ClientError> {
                let event = self.0.next_event().await?;
                give(event, handler)
            }
        }

        impl<const N: usize, const E: usize> BlockingClient<N, E> {
            /// Waits for an event until `deadline` and gives it to `handler`.
            ///
            /// # Errors
            ///
            /// `TimedOut`, or why the connection has ended.
            pub fn handle_event(
                &self,
                handler: &mut impl EventHandler,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<(), ::fidl::ClientError> {
                let event = self.0.next_event(deadline)?;
                give(event, handler)
            }
        }

        fn give<const N: usize, const E: usize>(
            event: ::fidl::client::EventMessage<'_, C, N, E>,
            handler: &mut impl EventHandler,
        ) -> Result<(), ::fidl::ClientError> {
            handler.unknown_event(event.ordinal());
            Ok(())
        }
    }

    /// The struct `CallsCallRequest`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct CallsCallRequest {
        /// The member `a`.
        pub a: u64,
    }

    ::fidl::encode_struct! { CallsCallRequest => CallsCallRequestWire { a } }

    impl From<CallsCallRequestView<'_>> for CallsCallRequest {
        fn from(view: CallsCallRequestView<'_>) -> Self {
            Self { a: view.a() }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `CallsCallRequest`.
        pub struct CallsCallRequestWire, CallsCallRequestView<'f>, 8 {
            /// The member `a`.
            0 a: ::fidl::wire::U64 => u64,
        }
    }
    impl ::fidl::wire::ValueType for CallsCallRequestWire {}

    /// The protocol `Calls`.
    ///
    /// Spoken over the transport `Syscall`, for which there is no server and no client here.
    pub mod calls {
        /// The name of the protocol.
        pub const NAME: &str = "test.others/Calls";

        /// The ordinal of `call`.
        pub const CALL_ORDINAL: u64 = 0x5845dffc90c0e3f3;
    }

    /// The alias `Number`.
    pub type Number = u32;

    /// The union `Choice`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Choice {
        /// The member `number`.
        Number(u32),
    }

    ::fidl::encode_union! { Choice => ChoiceWire { 1 Number } }

    impl From<ChoiceView> for Choice {
        fn from(view: ChoiceView) -> Self {
            let ChoiceView::Number(value) = view;
            Self::Number(value)
        }
    }

    ::fidl::wire_union! {
        /// The union `Choice`.
        pub strict union ChoiceWire, ChoiceView {
            /// The member `number`.
            1 Number: ::fidl::wire::U32 => u32,
        }
    }
    impl ::fidl::wire::ValueType for ChoiceWire {}

    // `MaybeEndless` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

    // `Endless` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.

    /// The alias `Event`.
    pub type Event = ::fidl::kernel::Event;

    /// How far.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Metres(pub u32);

    ::fidl::encode_new_type! { Metres => ::fidl::wire::U32 }

    impl Metres {
        #[doc(hidden)]
        pub fn from_view(view: u32) -> Self {
            Self(view)
        }
    }

    /// The new type `Further`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Further(pub Metres);

    ::fidl::encode_new_type! { Further => ::fidl::wire::U32 }

    impl Further {
        #[doc(hidden)]
        pub fn from_view(view: u32) -> Self {
            Self(Metres::from_view(view))
        }
    }

    /// The new type `Label`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Label<'a>(pub &'a str);

    ::fidl::encode_new_type! { Label<'_> => ::fidl::wire::Str<8> }

    /// The new type `Label`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct LabelOwned(pub ::fidl::generated::String<8>);

    ::fidl::encode_new_type! { LabelOwned => ::fidl::wire::Str<8> }

    impl LabelOwned {
        #[doc(hidden)]
        pub fn from_view(view: &str) -> Self {
            Self(::fidl::generated::string(view))
        }
    }

    /// The new type `Labels`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Labels<'a>(pub &'a [Label<'a>]);

    ::fidl::encode_new_type! { Labels<'_> => ::fidl::wire::Vector<::fidl::wire::Str<8>, 2> }

    /// The new type `Labels`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct LabelsOwned(pub ::fidl::generated::ArrayVec<LabelOwned, 2>);

    ::fidl::encode_new_type! { LabelsOwned => ::fidl::wire::Vector<::fidl::wire::Str<8>, 2> }

    impl LabelsOwned {
        #[doc(hidden)]
        pub fn from_view(view: ::fidl::wire::Elements<'_, ::fidl::wire::Str<8>>) -> Self {
            Self(::fidl::generated::vector(view.iter().map(LabelOwned::from_view)))
        }
    }

    /// The enum `Parts`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Parts {
        /// `NONE` = 0.
        None_,
        /// `CHANNEL` = 4.
        Channel,
    }

    impl Parts {
        /// The value that a number stands for; `None` if there is none.
        pub const fn from_raw(raw: u32) -> Option<Self> {
            match raw {
                0 => Some(Self::None_),
                4 => Some(Self::Channel),
                _ => None,
            }
        }

        #[doc(hidden)]
        pub const fn from_wire(raw: u32) -> Self {
            match raw {
                0 => Self::None_,
                _ => Self::Channel,
            }
        }

        /// The number that stands for the value.
        pub const fn into_raw(self) -> u32 {
            match self {
                Self::None_ => 0,
                Self::Channel => 4,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`Parts`] on the wire.
        pub PartsWire: ::fidl::wire::U32 as u32 => Parts, UnknownEnumValue, |raw| matches!(raw, 0 | 4)
    }

    /// The struct `Parted`.
    #[derive(Debug)]
    pub struct Parted {
        /// The member `part`.
        pub part: ::fidl::kernel::Handle,
        /// The member `maybe`.
        pub maybe: Option<::fidl::kernel::Handle>,
        /// The member `lift`.
        pub lift: ::fidl::kernel::Handle,
        /// The member `lifts`.
        pub lifts: Option<::fidl::kernel::Handle>,
    }

    ::fidl::encode_struct! { resource Parted => PartedWire { part, maybe, lift, lifts } }

    ::fidl::wire_struct! {
        /// The struct `Parted`.
        pub struct PartedWire, PartedView<'f>, 16 {
            /// The member `part`.
            0 part: ::fidl::wire::Handle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// The member `maybe`.
            4 maybe: ::fidl::wire::OptHandle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// The member `lift`.
            8 lift: ::fidl::wire::Handle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// The member `lifts`.
            12 lifts: ::fidl::wire::OptHandle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
        }
    }

    /// The protocol `Lift`.
    ///
    /// Spoken over the transport `Driver`, for which there is no server and no client here.
    pub mod lift {
        /// The name of the protocol.
        pub const NAME: &str = "test.others/Lift";

        /// The ordinal of `Up`.
        pub const UP_ORDINAL: u64 = 0x225f304efdaadd2a;

        /// The ordinal of `OnArrived`.
        pub const ON_ARRIVED_ORDINAL: u64 = 0x66ffdef90aee6799;
    }

    /// The new type `Long`.
    ///
    /// Has no owned form: it is a vector without a bound.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Long<'a>(pub &'a [u8]);

    ::fidl::encode_new_type! { Long<'_> => ::fidl::wire::Vector<u8, { ::fidl::limits::UNBOUNDED }> }

    /// Where lifts are.
    ///
    /// A member of an instance has the path `NAME/instance/member` among the services of a component.
    #[derive(Clone, Copy, Debug)]
    pub enum Machines {}

    impl Machines {
        /// The name of the service.
        pub const NAME: &'static str = "test.others.Machines";

        /// The first one.
        pub const FIRST: &'static str = "first";

        /// The member `second`, a client end of [`lift`].
        pub const SECOND: &'static str = "second";

        /// The members, each with the protocol that it speaks.
        pub const MEMBERS: &'static [(&'static str, &'static str)] = &[
            ("first", "test.others/Lift"),
            ("second", "test.others/Lift"),
        ];
    }

    /// The alias `Maybe`.
    pub type Maybe = Option<Choice>;

    /// The struct `Point`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Point {
        /// The member `x`.
        pub x: Metres,
    }

    ::fidl::encode_struct! { Point => PointWire { x } }

    impl From<PointView<'_>> for Point {
        fn from(view: PointView<'_>) -> Self {
            Self {
                x: Metres::from_view(view.x()),
            }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Point`.
        pub struct PointWire, PointView<'f>, 4 {
            /// The member `x`.
            0 x: ::fidl::wire::U32 => u32,
        }
    }
    impl ::fidl::wire::ValueType for PointWire {}

    /// The new type `Place`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Place(pub Point);

    ::fidl::encode_new_type! { Place => PointWire }

    impl Place {
        #[doc(hidden)]
        pub fn from_view(view: PointView<'_>) -> Self {
            Self(From::from(view))
        }
    }

    /// The new type `Walls`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Walls(pub [Metres; 2]);

    ::fidl::encode_new_type! { Walls => [::fidl::wire::U32; 2] }

    impl Walls {
        #[doc(hidden)]
        pub fn from_view(view: &[u32]) -> Self {
            Self(::fidl::generated::array(view.iter().copied().map(Metres::from_view)))
        }
    }

    /// The new type `Perhaps`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Perhaps(pub Option<Choice>);

    ::fidl::encode_new_type! { Perhaps => ::fidl::wire::OptUnion<ChoiceWire> }

    impl Perhaps {
        #[doc(hidden)]
        pub fn from_view(view: Option<ChoiceView>) -> Self {
            Self(view.map(From::from))
        }
    }

    /// The struct `New`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct New<'a> {
        /// The member `metres`.
        pub metres: Metres,
        /// The member `label`.
        pub label: Label<'a>,
        /// The member `labels`.
        pub labels: Labels<'a>,
        /// The member `place`.
        pub place: Place,
        /// The member `walls`.
        pub walls: Walls,
        /// The member `further`.
        pub further: Further,
        /// The member `perhaps`.
        pub perhaps: Perhaps,
        /// The member `all`.
        pub all: &'a [Metres],
        /// The member `points`.
        pub points: &'a [Place],
    }

    ::fidl::encode_struct! {
        New<'_> => NewWire {
            metres, label, labels, place, walls, further, perhaps, all, points
        }
    }

    /// The struct `New`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct NewOwned {
        /// The member `metres`.
        pub metres: Metres,
        /// The member `label`.
        pub label: LabelOwned,
        /// The member `labels`.
        pub labels: LabelsOwned,
        /// The member `place`.
        pub place: Place,
        /// The member `walls`.
        pub walls: Walls,
        /// The member `further`.
        pub further: Further,
        /// The member `perhaps`.
        pub perhaps: Perhaps,
        /// The member `all`.
        pub all: ::fidl::generated::ArrayVec<Metres, 3>,
        /// The member `points`.
        pub points: ::fidl::generated::ArrayVec<Place, 2>,
    }

    impl From<NewView<'_>> for NewOwned {
        fn from(view: NewView<'_>) -> Self {
            Self {
                metres: Metres::from_view(view.metres()),
                label: LabelOwned::from_view(view.label()),
                labels: LabelsOwned::from_view(view.labels()),
                place: Place::from_view(view.place()),
                walls: Walls::from_view(view.walls()),
                further: Further::from_view(view.further()),
                perhaps: Perhaps::from_view(view.perhaps()),
                all: ::fidl::generated::vector(
                    view.all().iter().copied().map(Metres::from_view),
                ),
                points: ::fidl::generated::vector(view.points().iter().map(Place::from_view)),
            }
        }
    }

    ::fidl::encode_struct! {
        NewOwned => NewWire {
            metres, label, labels, place, walls, further, perhaps, all, points
        }
    }

    ::fidl::wire_struct! {
        /// The struct `New`.
        pub struct NewWire, NewView<'f>, NewBuilder, 104 {
            /// The member `metres`.
            0 metres: ::fidl::wire::U32 => u32,
            /// Padding.
            4 _padding_0: ::fidl::wire::Padding<4>,
            /// The member `label`.
            8 label: ::fidl::wire::Str<8> => &'f str,
            /// The member `labels`.
            24 labels: ::fidl::wire::Vector<::fidl::wire::Str<8>, 2> => ::fidl::wire::Elements<'f, ::fidl::wire::Str<8>>,
            /// The member `place`.
            40 place: PointWire => PointView<'f>,
            /// The member `walls`.
            44 walls: [::fidl::wire::U32; 2] => &'f [u32],
            /// The member `further`.
            52 further: ::fidl::wire::U32 => u32,
            /// The member `perhaps`.
            56 perhaps: ::fidl::wire::OptUnion<ChoiceWire> => Option<ChoiceView>,
            /// The member `all`.
            72 all: ::fidl::wire::Vector<::fidl::wire::U32, 3> => &'f [u32],
            /// The member `points`.
            88 points: ::fidl::wire::Vector<PointWire, 2> => ::fidl::wire::Elements<'f, PointWire>,
        }
    }
    impl ::fidl::wire::ValueType for NewWire {}

    /// The table `NewTable`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct NewTable<'a> {
        /// The member `metres`.
        pub metres: Option<Metres>,
        /// The member `label`.
        pub label: Option<Label<'a>>,
        /// The member `further`.
        pub further: Option<Further>,
    }

    impl<'a> NewTable<'a> {
        /// A table without members.
        pub const fn new() -> Self {
            Self {
                metres: None,
                label: None,
                further: None,
            }
        }

        /// Sets `metres`.
        pub const fn metres(mut self, value: Metres) -> Self {
            self.metres = Some(value);
            self
        }

        /// Sets `label`.
        pub const fn label(mut self, value: Label<'a>) -> Self {
            self.label = Some(value);
            self
        }

        /// Sets `further`.
        pub const fn further(mut self, value: Further) -> Self {
            self.further = Some(value);
            self
        }
    }

    ::fidl::encode_table! { NewTable<'_> => NewTableWire { 1 metres, 2 label, 3 further } }

    /// The table `NewTable`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct NewTableOwned {
        /// The member `metres`.
        pub metres: Option<Metres>,
        /// The member `label`.
        pub label: Option<LabelOwned>,
        /// The member `further`.
        pub further: Option<Further>,
    }

    impl From<NewTableView<'_>> for NewTableOwned {
        fn from(view: NewTableView<'_>) -> Self {
            Self {
                metres: view.metres().map(Metres::from_view),
                label: view.label().map(LabelOwned::from_view),
                further: view.further().map(Further::from_view),
            }
        }
    }

    ::fidl::encode_table! { NewTableOwned => NewTableWire { 1 metres, 2 label, 3 further } }

    ::fidl::wire_table! {
        /// The table `NewTable`.
        pub table NewTableWire, NewTableView<'f>, NewTableBuilder {
            /// The member `metres`.
            1 metres: ::fidl::wire::U32 => u32,
            /// The member `label`.
            2 label: ::fidl::wire::Str<8> => &'f str,
            /// The member `further`.
            3 further: ::fidl::wire::U32 => u32,
        }
    }
    impl ::fidl::wire::ValueType for NewTableWire {}

    /// The union `NewUnion`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum NewUnion {
        /// The member `metres`.
        Metres(Metres),
        /// The member `place`.
        Place(Place),
        /// The ordinal of a member that this schema does not know, from a newer peer. Cannot be sent.
        Unknown(u64),
    }

    ::fidl::encode_union! { NewUnion => NewUnionWire { 1 Metres, 2 Place; Unknown } }

    impl From<NewUnionView<'_>> for NewUnion {
        fn from(view: NewUnionView<'_>) -> Self {
            match view {
                NewUnionView::Metres(value) => Self::Metres(Metres::from_view(value)),
                NewUnionView::Place(value) => Self::Place(Place::from_view(value)),
                NewUnionView::Unknown(unknown) => Self::Unknown(unknown.ordinal()),
            }
        }
    }

    ::fidl::wire_union! {
        /// The union `NewUnion`.
        pub flexible union NewUnionWire, NewUnionView<'f> {
            /// The member `metres`.
            1 Metres: ::fidl::wire::U32 => u32,
            /// The member `place`.
            2 Place: PointWire => PointView<'f>,
        }
    }
    impl ::fidl::wire::ValueType for NewUnionWire {}

    /// The service `Nothing`.
    ///
    /// A member of an instance has the path `NAME/instance/member` among the services of a component.
    #[derive(Clone, Copy, Debug)]
    pub enum Nothing {}

    impl Nothing {
        /// The name of the service.
        pub const NAME: &'static str = "test.others.Nothing";

        /// The members, each with the protocol that it speaks.
        pub const MEMBERS: &'static [(&'static str, &'static str)] = &[];
    }

    /// The protocol `Old`.
    ///
    /// Spoken over the transport `Banjo`, for which there is no server and no client here.
    pub mod old {
        /// The name of the protocol.
        pub const NAME: &str = "test.others/Old";
    }

    /// The alias `Result`.
    pub type Result_ = Empty;

    /// A short text.
    pub type Short<'a> = &'a str;

    /// The alias `Shorts`.
    pub type Shorts<'a> = &'a [&'a str];

    /// The struct `SomeDefaults`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct SomeDefaults<'a> {
        /// The member `number`.
        pub number: u32,
        /// The member `text`.
        pub text: &'a str,
        /// The member `ratio`.
        pub ratio: f64,
    }

    impl SomeDefaults<'_> {
        /// The default of `text`.
        pub const DEFAULT_TEXT: &'static str = "text";

        /// The default of `ratio`.
        pub const DEFAULT_RATIO: f64 = -0.5;
    }

    ::fidl::encode_struct! { SomeDefaults<'_> => SomeDefaultsWire { number, text, ratio } }

    /// The struct `SomeDefaults`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SomeDefaultsOwned {
        /// The member `number`.
        pub number: u32,
        /// The member `text`.
        pub text: ::fidl::generated::String<8>,
        /// The member `ratio`.
        pub ratio: f64,
    }

    impl From<SomeDefaultsView<'_>> for SomeDefaultsOwned {
        fn from(view: SomeDefaultsView<'_>) -> Self {
            Self {
                number: view.number(),
                text: ::fidl::generated::string(view.text()),
                ratio: view.ratio(),
            }
        }
    }

    ::fidl::encode_struct! { SomeDefaultsOwned => SomeDefaultsWire { number, text, ratio } }

    ::fidl::wire_struct! {
        /// The struct `SomeDefaults`.
        pub struct SomeDefaultsWire, SomeDefaultsView<'f>, SomeDefaultsBuilder, 32 {
            /// The member `number`.
            0 number: ::fidl::wire::U32 => u32,
            /// Padding.
            4 _padding_0: ::fidl::wire::Padding<4>,
            /// The member `text`.
            8 text: ::fidl::wire::Str<8> => &'f str,
            /// The member `ratio`.
            24 ratio: ::fidl::wire::F64 => f64,
        }
    }
    impl ::fidl::wire::ValueType for SomeDefaultsWire {}

    /// The service `Things`.
    ///
    /// A member of an instance has the path `NAME/instance/member` among the services of a component.
    #[derive(Clone, Copy, Debug)]
    pub enum Things {}

    impl Things {
        /// The name of the service.
        pub const NAME: &'static str = "test.others.Things";

        /// The member `name`, a client end of [`c`].
        pub const NAME_: &'static str = "name";

        /// The members, each with the protocol that it speaks.
        pub const MEMBERS: &'static [(&'static str, &'static str)] = &[
            ("name", "test.others/C"),
        ];
    }

    /// The new type `Token`.
    #[derive(Debug)]
    pub struct Token(pub ::fidl::kernel::Event);

    ::fidl::encode_new_type! { resource Token => ::fidl::wire::Handle<5, 0x80000000> }

    /// The struct `Tokens`.
    ///
    /// Has no owned form: it may hold handles.
    #[derive(Debug)]
    pub struct Tokens<'a> {
        /// The member `token`.
        pub token: Token,
        /// The member `tokens`.
        pub tokens: ::fidl::generated::ArrayVec<Token, 2>,
        /// The member `long`.
        pub long: Long<'a>,
    }

    ::fidl::encode_struct! { resource Tokens<'_> => TokensWire { token, tokens, ref long } }

    ::fidl::wire_struct! {
        /// The struct `Tokens`.
        pub struct TokensWire, TokensView<'f>, TokensBuilder, 40 {
            /// The member `token`.
            0 token: ::fidl::wire::Handle<5, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// Padding.
            4 _padding_0: ::fidl::wire::Padding<4>,
            /// The member `tokens`.
            8 tokens: ::fidl::wire::Vector<::fidl::wire::Handle<5, 0x80000000>, 2> => ::fidl::wire::Elements<'f, ::fidl::wire::Handle<5, 0x80000000>>,
            /// The member `long`.
            24 long: ::fidl::wire::Vector<u8, { ::fidl::limits::UNBOUNDED }> => &'f [u8],
        }
    }

    ::fidl::generated::bitflags! {
        /// The bits `a_b`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct AB: u32 {
            /// `ONE`.
            const ONE = 0x1;
            // Other bits are kept: the bits are flexible.
            const _ = !0;
        }
    }

    impl AB {
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
        /// [`AB`] on the wire.
        pub ABWire: ::fidl::wire::U32 as u32 => AB, UnknownBits, |_raw| true
    }
}
