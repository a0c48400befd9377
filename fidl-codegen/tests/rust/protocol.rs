// Generated from the FIDL library `test.protocol`. Do not edit.

/// The FIDL library `test.protocol`.
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
pub mod test_protocol {
    ::fidl::generated::interface!(1);

    /// The struct `AdderAddRequest`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct AdderAddRequest {
        /// The member `a`.
        pub a: i32,
        /// The member `b`.
        pub b: i32,
    }

    ::fidl::encode_struct! { AdderAddRequest => AdderAddRequestWire { a, b } }

    impl From<AdderAddRequestView<'_>> for AdderAddRequest {
        fn from(view: AdderAddRequestView<'_>) -> Self {
            Self { a: view.a(), b: view.b() }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `AdderAddRequest`.
        pub struct AdderAddRequestWire, AdderAddRequestView<'f>, 8 {
            /// The member `a`.
            0 a: ::fidl::wire::I32 => i32,
            /// The member `b`.
            4 b: ::fidl::wire::I32 => i32,
        }
    }
    impl ::fidl::wire::ValueType for AdderAddRequestWire {}

    /// The struct `AdderAddResponse`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct AdderAddResponse {
        /// The member `sum`.
        pub sum: i64,
    }

    ::fidl::encode_struct! { AdderAddResponse => AdderAddResponseWire { sum } }

    impl From<AdderAddResponseView<'_>> for AdderAddResponse {
        fn from(view: AdderAddResponseView<'_>) -> Self {
            Self { sum: view.sum() }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `AdderAddResponse`.
        pub struct AdderAddResponseWire, AdderAddResponseView<'f>, 8 {
            /// The member `sum`.
            0 sum: ::fidl::wire::I64 => i64,
        }
    }
    impl ::fidl::wire::ValueType for AdderAddResponseWire {}

    /// The struct `AdderNameRequest`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct AdderNameRequest<'a> {
        /// The member `text`.
        pub text: &'a str,
    }

    ::fidl::encode_struct! { AdderNameRequest<'_> => AdderNameRequestWire { text } }

    /// The struct `AdderNameRequest`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct AdderNameRequestOwned {
        /// The member `text`.
        pub text: ::fidl::generated::String<8>,
    }

    impl From<AdderNameRequestView<'_>> for AdderNameRequestOwned {
        fn from(view: AdderNameRequestView<'_>) -> Self {
            Self {
                text: ::fidl::generated::string(view.text()),
            }
        }
    }

    ::fidl::encode_struct! { AdderNameRequestOwned => AdderNameRequestWire { text } }

    ::fidl::wire_struct! {
        /// The struct `AdderNameRequest`.
        pub struct AdderNameRequestWire, AdderNameRequestView<'f>, AdderNameRequestBuilder, 16 {
            /// The member `text`.
            0 text: ::fidl::wire::Str<8> => &'f str,
        }
    }
    impl ::fidl::wire::ValueType for AdderNameRequestWire {}

    /// The struct `AdderOnNameRequest`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct AdderOnNameRequest<'a> {
        /// The member `text`.
        pub text: &'a str,
    }

    ::fidl::encode_struct! { AdderOnNameRequest<'_> => AdderOnNameRequestWire { text } }

    /// The struct `AdderOnNameRequest`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct AdderOnNameRequestOwned {
        /// The member `text`.
        pub text: ::fidl::generated::String<8>,
    }

    impl From<AdderOnNameRequestView<'_>> for AdderOnNameRequestOwned {
        fn from(view: AdderOnNameRequestView<'_>) -> Self {
            Self {
                text: ::fidl::generated::string(view.text()),
            }
        }
    }

    ::fidl::encode_struct! { AdderOnNameRequestOwned => AdderOnNameRequestWire { text } }

    ::fidl::wire_struct! {
        /// The struct `AdderOnNameRequest`.
        pub struct AdderOnNameRequestWire, AdderOnNameRequestView<'f>, AdderOnNameRequestBuilder, 16 {
            /// The member `text`.
            0 text: ::fidl::wire::Str<8> => &'f str,
        }
    }
    impl ::fidl::wire::ValueType for AdderOnNameRequestWire {}

    /// Adds numbers.
    pub mod adder {
        /// The protocol `test.protocol/Adder`, as a type.
        #[derive(Clone, Copy, Debug)]
        pub enum Adder {}

        impl ::fidl::Protocol for Adder {
            const NAME: &'static str = "test.protocol/Adder";
            const OPENNESS: ::fidl::Openness = ::fidl::Openness::Open;
            const METHODS: &'static [::fidl::Method] = &[
                ::fidl::Method::strict_two_way(0x2857c9a0545b694b, "Add"),
                ::fidl::Method::flexible_one_way(0x3873d3df3b59d2a2, "Name"),
                ::fidl::Method::flexible_two_way(0x64127efc3c1170b5, "Reset"),
            ];
            const EVENTS: &'static [u64] = &[0x110d45deab7b2429, 0x30a4104ea726c98d];
            type RequestFrame = ::fidl::message::Frame<40, 0>;
            type ResponseFrame = ::fidl::message::Frame<32, 0>;
            type EventFrame = ::fidl::message::Frame<40, 0>;
            type ServerMessageFrame = ::fidl::message::Frame<40, 0>;
        }

        /// The size of the largest request of `Add` in bytes, header included.
        pub const ADD_REQUEST_MAX_BYTES: usize = 24;
        /// The size of the largest response of `Add` in bytes, header included.
        pub const ADD_RESPONSE_MAX_BYTES: usize = 24;
        /// The size of the largest request of `Reset` in bytes, header included.
        pub const RESET_REQUEST_MAX_BYTES: usize = 16;
        /// The size of the largest response of `Reset` in bytes, header included.
        pub const RESET_RESPONSE_MAX_BYTES: usize = 32;
        /// The size of the largest request of `Name` in bytes, header included.
        pub const NAME_REQUEST_MAX_BYTES: usize = 40;
        /// The size of the largest event of `OnReset` in bytes, header included.
        pub const ON_RESET_EVENT_MAX_BYTES: usize = 16;
        /// The size of the largest event of `OnName` in bytes, header included.
        pub const ON_NAME_EVENT_MAX_BYTES: usize = 40;

        /// A connection to a client: a token that owns nothing.
        pub type Connection<'s> = ::fidl::server::Connection<'s, Adder>;

        /// A request of `Add`.
        pub type AddRequest<'f> = ::fidl::server::Request<
            'f,
            super::AdderAddRequestView<'f>,
            Adder,
        >;

        /// The response of `Add`.
        pub type AddResponse = super::AdderAddResponse;

        /// A request of `Reset`.
        pub type ResetRequest<'f> = ::fidl::server::Request<'f, (), Adder>;

        /// A request of `Name`.
        pub type NameRequest<'f> = ::fidl::server::Request<
            'f,
            super::AdderNameRequestView<'f>,
            Adder,
        >;

        /// What a server of the protocol does. Requests of one connection are begun in the order of their arrival.
        pub trait Server {
            /// Adds two.
            fn add<'a>(
                &'a self,
                request: AddRequest<'a>,
            ) -> impl Future<Output = AddResponse>;

            /// Handles `Reset`.
            fn reset<'a>(&'a self, request: ResetRequest<'a>) -> impl Future<Output = ()>;

            /// Handles `Name`.
            fn name<'a>(&'a self, request: NameRequest<'a>) -> impl Future<Output = ()>;

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
            type Protocol = Adder;
            type Server = S;
            const HANDLERS: &'static [::fidl::server::Handler] = &[
                ::fidl::server::Handler::of("Add", <S as Server>::add),
                ::fidl::server::Handler::of("Reset", <S as Server>::reset),
                ::fidl::server::Handler::of("Name", <S as Server>::name),
            ];

            async fn dispatch<'s>(
                server: &'s S,
                call: ::fidl::server::Call<'s, Adder>,
            ) -> ::fidl::server::Outcome<'s> {
                let method = call.method();
                let (mut request, reply) = call.split();
                match method {
                    0 => {
                        let body = match request.decode::<super::AdderAddRequestWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let response = server
                            .add(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply.send::<super::AdderAddResponseWire>(response)
                    }
                    1 => {
                        let body = match request.decode::<super::AdderNameRequestWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        server
                            .name(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply.done()
                    }
                    2 => {
                        if let Err(error) = request.decode_empty() {
                            return reply.refuse(error);
                        }
                        server
                            .reset(::fidl::server::Request::new((), reply.connection()))
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
        pub type Storage<const N: usize, const E: usize> = ::fidl::client::Storage<
            Adder,
            N,
            E,
        >;

        /// An asynchronous client. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct Client<'r, const N: usize, const E: usize>(
            ::fidl::client::Client<'r, Adder, N, E>,
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
            pub fn inner(&self) -> &::fidl::client::Client<'r, Adder, N, E> {
                &self.0
            }

            /// Adds two.
            pub async fn add(
                &self,
                a: i32,
                b: i32,
            ) -> Result<super::AdderAddResponse, ::fidl::ClientError> {
                let payload = super::AdderAddRequest { a, b };
                let response = self
                    .0
                    .call::<
                        super::AdderAddRequestWire,
                        ::fidl::client::Strict<super::AdderAddResponseWire>,
                    >(0x2857c9a0545b694b, false, payload)
                    .await?;
                Ok(From::from(response.view()))
            }

            /// Calls `Reset`.
            pub async fn reset(&self) -> Result<(), ::fidl::ClientError> {
                self.0
                    .call_empty::<
                        ::fidl::client::Flexible<::fidl::wire::EmptyStruct>,
                    >(0x64127efc3c1170b5, true)
                    .await
                    .map(drop)
            }

            /// Calls `Name`.
            pub fn name(&self, text: &str) -> Result<(), ::fidl::ClientError> {
                let payload = super::AdderNameRequest { text };
                self.0.send::<super::AdderNameRequestWire>(0x3873d3df3b59d2a2, true, payload)
            }
        }

        /// A client that blocks its thread while it waits. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct BlockingClient<const N: usize, const E: usize>(
            ::fidl::client::BlockingClient<Adder, N, E>,
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
            pub fn inner(&self) -> &::fidl::client::BlockingClient<Adder, N, E> {
                &self.0
            }

            /// Adds two.
            pub fn add(
                &self,
                a: i32,
                b: i32,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<super::AdderAddResponse, ::fidl::ClientError> {
                let payload = super::AdderAddRequest { a, b };
                let response = self
                    .0
                    .call::<
                        super::AdderAddRequestWire,
                        ::fidl::client::Strict<super::AdderAddResponseWire>,
                    >(0x2857c9a0545b694b, false, payload, deadline)?;
                Ok(From::from(response.view()))
            }

            /// Calls `Reset`.
            pub fn reset(
                &self,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<(), ::fidl::ClientError> {
                self.0
                    .call_empty::<
                        ::fidl::client::Flexible<::fidl::wire::EmptyStruct>,
                    >(0x64127efc3c1170b5, true, deadline)
                    .map(drop)
            }

            /// Calls `Name`.
            pub fn name(
                &self,
                text: &str,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<(), ::fidl::ClientError> {
                let payload = super::AdderNameRequest { text };
                self.0
                    .send::<
                        super::AdderNameRequestWire,
                    >(0x3873d3df3b59d2a2, true, payload, deadline)
            }
        }

        /// Sending the protocol's events, on a [`Connection`].
        pub trait Events {
            /// Sends `OnReset`.
            ///
            /// # Errors
            ///
            /// Why the event was not sent; see [`EventError`](::fidl::server::EventError).
            fn on_reset(self) -> Result<(), ::fidl::server::EventError>;

            /// Sends `OnName`.
            ///
            /// # Errors
            ///
            /// Why the event was not sent; see [`EventError`](::fidl::server::EventError).
            fn on_name(self, text: &str) -> Result<(), ::fidl::server::EventError>;
        }

        impl Events for Connection<'_> {
            fn on_reset(self) -> Result<(), ::fidl::server::EventError> {
                self.send_empty_event(0x30a4104ea726c98d, true)
            }

            fn on_name(self, text: &str) -> Result<(), ::fidl::server::EventError> {
                let payload = super::AdderOnNameRequest { text };
                self.send_event::<
                        super::AdderOnNameRequestWire,
                    >(0x110d45deab7b2429, true, payload)
            }
        }

        /// What a client does with the protocol's events.
        pub trait EventHandler {
            /// Takes `OnReset`.
            fn on_reset(&mut self);

            /// Takes `OnName`.
            fn on_name(&mut self, event: super::AdderOnNameRequestView<'_>);

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
            mut event: ::fidl::client::EventMessage<'_, Adder, N, E>,
            handler: &mut impl EventHandler,
        ) -> Result<(), ::fidl::ClientError> {
            match event.ordinal() {
                0x30a4104ea726c98d => {
                    event.decode_empty()?;
                    handler.on_reset();
                }
                0x110d45deab7b2429 => {
                    handler.on_name(event.decode::<super::AdderOnNameRequestWire>()?.view());
                }
                unknown => handler.unknown_event(unknown),
            }
            Ok(())
        }
    }
}
