// Generated from the FIDL library `test.deprecated`. Do not edit.

/// Things that nobody should use any more.
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
pub mod test_deprecated {
    ::fidl::generated::interface!(1);

    /// The alias `Alias`.
    #[deprecated]
    pub type Alias = u8;

    ::fidl::generated::bitflags! {
        /// The bits `Bits`.
        #[deprecated]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Bits: u32 {
            /// `ONE`.
            #[deprecated]
            const ONE = 0x1;
            // Other bits are kept: the bits are flexible.
            const _ = !0;
        }
    }

    impl Bits {
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
        /// [`Bits`] on the wire.
        pub BitsWire: ::fidl::wire::U32 as u32 => Bits, UnknownBits, |_raw| true
    }

    /// The constant `COUNT`.
    #[deprecated]
    pub const COUNT: u8 = 1;

    /// The enum `Old2`.
    #[deprecated]
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Old2 {
        /// `ONE` = 1.
        #[deprecated(note = "no")]
        One,
        /// A value that this schema does not know, from a newer peer.
        Unknown(u32),
    }

    impl Old2 {
        /// The value that a number stands for.
        pub const fn from_raw(raw: u32) -> Self {
            match raw {
                1 => Self::One,
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
                Self::One => 1,
                Self::Unknown(raw) => raw,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`Old2`] on the wire.
        pub Old2Wire: ::fidl::wire::U32 as u32 => Old2, UnknownEnumValue, |_raw| true
    }

    /// The table `New`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct New {
        /// The member `a`.
        #[deprecated(note = "say \"b\"")]
        pub a: Option<u8>,
        /// The member `b`.
        pub b: Option<Old2>,
    }

    impl New {
        /// A table without members.
        #[allow(clippy::self_named_constructors)]
        pub const fn new() -> Self {
            Self { a: None, b: None }
        }

        /// Sets `a`.
        #[deprecated(note = "say \"b\"")]
        pub const fn a(mut self, value: u8) -> Self {
            self.a = Some(value);
            self
        }

        /// Sets `b`.
        pub const fn b(mut self, value: Old2) -> Self {
            self.b = Some(value);
            self
        }
    }

    ::fidl::encode_table! { New => NewWire { 1 a, 2 b } }

    impl From<NewView<'_>> for New {
        fn from(view: NewView<'_>) -> Self {
            Self { a: view.a(), b: view.b() }
        }
    }

    ::fidl::wire_table! {
        /// The table `New`.
        pub table NewWire, NewView<'f> {
            /// The member `a`.
            #[deprecated(note = "say \"b\"")]
            1 a: u8 => u8,
            /// The member `b`.
            2 b: Old2Wire => Old2,
        }
    }
    impl ::fidl::wire::ValueType for NewWire {}

    /// Gone soon.
    #[deprecated(note = "use `New`")]
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Old {
        /// The member `a`.
        pub a: u8,
    }

    ::fidl::encode_struct! { Old => OldWire { a } }

    impl From<OldView<'_>> for Old {
        fn from(view: OldView<'_>) -> Self {
            Self { a: view.a() }
        }
    }

    ::fidl::wire_struct! {
        /// Gone soon.
        #[deprecated(note = "use `New`")]
        pub struct OldWire, OldView<'f>, 1 {
            /// The member `a`.
            0 a: u8 => u8,
        }
    }
    impl ::fidl::wire::ValueType for OldWire {}

    /// The protocol `P`.
    #[deprecated(note = "speak `Q`")]
    pub mod p {
        /// The protocol `test.deprecated/P`, as a type.
        #[derive(Clone, Copy, Debug)]
        pub enum P {}

        impl ::fidl::Protocol for P {
            const NAME: &'static str = "test.deprecated/P";
            const OPENNESS: ::fidl::Openness = ::fidl::Openness::Open;
            const METHODS: &'static [::fidl::Method] = &[
                ::fidl::Method::flexible_two_way(0x2fa718a3e8212b8c, "Ask"),
            ];
            const EVENTS: &'static [u64] = &[0x2381e8f38e5e6d7b];
            const EXTENSIBLE_REQUESTS: bool = true;
            const EXTENSIBLE_SERVER_MESSAGES: bool = true;
            type RequestFrame = ::fidl::message::Frame<48, 0>;
            type ResponseFrame = ::fidl::message::Frame<64, 0>;
            type EventFrame = ::fidl::message::Frame<48, 0>;
            type ServerMessageFrame = ::fidl::message::Frame<64, 0>;
        }

        /// The size of the largest request of `Ask` in bytes, header included. A newer peer may send more.
        pub const ASK_REQUEST_MAX_BYTES: usize = 48;
        /// The size of the largest response of `Ask` in bytes, header included. A newer peer may send more.
        pub const ASK_RESPONSE_MAX_BYTES: usize = 64;
        /// The size of the largest event of `Say` in bytes, header included. A newer peer may send more.
        pub const SAY_EVENT_MAX_BYTES: usize = 48;

        /// A connection to a client: a token that owns nothing.
        pub type Connection<'s> = ::fidl::server::Connection<'s, P>;

        /// A request of `Ask`.
        pub type AskRequest<'f> = ::fidl::server::Request<'f, super::NewView<'f>, P>;

        /// The response of `Ask`.
        pub type AskResponse = super::New;

        /// What a server of the protocol does. Requests of one connection are begun in the order of their arrival.
        pub trait Server {
            /// Handles `Ask`.
            fn ask<'a>(
                &'a self,
                request: AskRequest<'a>,
            ) -> impl Future<Output = AskResponse>;

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
            type Protocol = P;
            type Server = S;
            const HANDLERS: &'static [::fidl::server::Handler] = &[
                ::fidl::server::Handler::of("Ask", <S as Server>::ask),
            ];

            async fn dispatch<'s>(
                server: &'s S,
                call: ::fidl::server::Call<'s, P>,
            ) -> ::fidl::server::Outcome<'s> {
                let method = call.method();
                let (mut request, reply) = call.split();
                match method {
                    0 => {
                        let body = match request.decode::<super::NewWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let response = server
                            .ask(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply.send::<super::NewWire>(response)
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
        pub type Storage<const N: usize, const E: usize> = ::fidl::client::Storage<P, N, E>;

        /// An asynchronous client. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct Client<'r, const N: usize, const E: usize>(
            ::fidl::client::Client<'r, P, N, E>,
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
            pub fn inner(&self) -> &::fidl::client::Client<'r, P, N, E> {
                &self.0
            }

            /// Calls `Ask`.
            #[deprecated]
            pub async fn ask(
                &self,
                payload: super::New,
            ) -> Result<super::New, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::NewWire,
                        ::fidl::client::Flexible<super::NewWire>,
                    >(0x2fa718a3e8212b8c, true, payload)
                    .await?;
                Ok(From::from(response.view()))
            }
        }

        /// A client that blocks its thread while it waits. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct BlockingClient<const N: usize, const E: usize>(
            ::fidl::client::BlockingClient<P, N, E>,
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
            pub fn inner(&self) -> &::fidl::client::BlockingClient<P, N, E> {
                &self.0
            }

            /// Calls `Ask`.
            #[deprecated]
            pub fn ask(
                &self,
                payload: super::New,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<super::New, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::NewWire,
                        ::fidl::client::Flexible<super::NewWire>,
                    >(0x2fa718a3e8212b8c, true, payload, deadline)?;
                Ok(From::from(response.view()))
            }
        }

        /// Sending the protocol's events, on a [`Connection`].
        pub trait Events {
            /// Sends `Say`.
            #[deprecated]
            ///
            /// # Errors
            ///
            /// Why the event was not sent; see [`EventError`](::fidl::server::EventError).
            fn say(self, payload: super::New) -> Result<(), ::fidl::server::EventError>;
        }

        impl Events for Connection<'_> {
            fn say(self, payload: super::New) -> Result<(), ::fidl::server::EventError> {
                self.send_event::<super::NewWire>(0x2381e8f38e5e6d7b, true, payload)
            }
        }

        /// What a client does with the protocol's events.
        pub trait EventHandler {
            /// Takes `Say`.
            fn say(&mut self, event: super::NewView<'_>);

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
            mut event: ::fidl::client::EventMessage<'_, P, N, E>,
            handler: &mut impl EventHandler,
        ) -> Result<(), ::fidl::ClientError> {
            match event.ordinal() {
                0x2381e8f38e5e6d7b => {
                    handler.say(event.decode::<super::NewWire>()?.view());
                }
                unknown => handler.unknown_event(unknown),
            }
            Ok(())
        }
    }

    /// The service `Service`.
    #[deprecated]
    ///
    /// A member of an instance has the path `NAME/instance/member` among the services of a component.
    #[derive(Clone, Copy, Debug)]
    pub enum Service {}

    impl Service {
        /// The name of the service.
        pub const NAME: &'static str = "test.deprecated.Service";

        /// The member `p`, a client end of [`p`].
        #[deprecated]
        pub const P: &'static str = "p";

        /// The members, each with the protocol that it speaks.
        pub const MEMBERS: &'static [(&'static str, &'static str)] = &[
            ("p", "test.deprecated/P"),
        ];
    }

    /// The union `Union`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Union {
        /// The member `old`.
        #[deprecated]
        Old(u8),
        /// The ordinal of a member that this schema does not know, from a newer peer. Cannot be sent.
        Unknown(u64),
    }

    ::fidl::encode_union! { Union => UnionWire { 1 Old; Unknown } }

    impl From<UnionView<'_>> for Union {
        fn from(view: UnionView<'_>) -> Self {
            match view {
                UnionView::Old(value) => Self::Old(value),
                UnionView::Unknown(unknown) => Self::Unknown(unknown.ordinal()),
            }
        }
    }

    ::fidl::wire_union! {
        /// The union `Union`.
        pub flexible union UnionWire, UnionView<'f> {
            /// The member `old`.
            #[deprecated]
            1 Old: u8 => u8,
        }
    }
    impl ::fidl::wire::ValueType for UnionWire {}
}
