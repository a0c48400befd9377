// Generated from the FIDL library `test.names`. Do not edit.

/// See [`Nowhere`]:
/// ```text
/// not Rust
/// ```
///
///    not Rust either
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
pub mod test_names {
    ::fidl::generated::interface!(1);

    /// The struct `ClientNewRequest`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct ClientNewRequest<'a> {
        /// The member `deadline`.
        pub deadline: u8,
        /// The member `shared`.
        pub shared: super::other_names::Shared<'a>,
    }

    ::fidl::encode_struct! { ClientNewRequest<'_> => ClientNewRequestWire { deadline, shared } }

    /// The struct `ClientNewRequest`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ClientNewRequestOwned {
        /// The member `deadline`.
        pub deadline: u8,
        /// The member `shared`.
        pub shared: super::other_names::SharedOwned,
    }

    impl From<ClientNewRequestView<'_>> for ClientNewRequestOwned {
        fn from(view: ClientNewRequestView<'_>) -> Self {
            Self {
                deadline: view.deadline(),
                shared: From::from(view.shared()),
            }
        }
    }

    ::fidl::encode_struct! { ClientNewRequestOwned => ClientNewRequestWire { deadline, shared } }

    ::fidl::wire_struct! {
        /// The struct `ClientNewRequest`.
        pub struct ClientNewRequestWire, ClientNewRequestView<'f>, ClientNewRequestBuilder, 24 {
            /// The member `deadline`.
            0 deadline: u8 => u8,
            /// Padding.
            1 _padding_0: ::fidl::wire::Padding<7>,
            /// The member `shared`.
            8 shared: super::other_names::SharedWire => super::other_names::SharedView<'f>,
        }
    }
    impl ::fidl::wire::ValueType for ClientNewRequestWire {}

    /// The struct `ResultView`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct ResultView {
        /// The member `self`.
        pub self_: u8,
        /// The member `A_1`.
        pub a_1: u8,
        /// The member `A1`.
        pub a1: u8,
    }

    ::fidl::encode_struct! { ResultView => ResultViewWire { self_, a_1, a1 } }

    impl From<ResultViewView<'_>> for ResultView {
        fn from(view: ResultViewView<'_>) -> Self {
            Self {
                self_: view.self_(),
                a_1: view.a_1(),
                a1: view.a1(),
            }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `ResultView`.
        pub struct ResultViewWire, ResultViewView<'f>, 3 {
            /// The member `self`.
            0 self_: u8 => u8,
            /// The member `A_1`.
            1 a_1: u8 => u8,
            /// The member `A1`.
            2 a1: u8 => u8,
        }
    }
    impl ::fidl::wire::ValueType for ResultViewWire {}

    /// The protocol `Client`.
    pub mod client {
        /// The protocol `test.names/Client`, as a type.
        #[derive(Clone, Copy, Debug)]
        pub enum Client_ {}

        impl ::fidl::Protocol for Client_ {
            const NAME: &'static str = "test.names/Client";
            const OPENNESS: ::fidl::Openness = ::fidl::Openness::Closed;
            const METHODS: &'static [::fidl::Method] = &[
                ::fidl::Method::strict_two_way(0x3dae6c42057de39e, "New"),
            ];
            const EVENTS: &'static [u64] = &[];
            type RequestFrame = ::fidl::message::Frame<48, 0>;
            type ResponseFrame = ::fidl::message::Frame<24, 0>;
            type EventFrame = ::fidl::message::Frame<16, 0>;
            type ServerMessageFrame = ::fidl::message::Frame<24, 0>;
        }

        /// The size of the largest request of `New` in bytes, header included.
        pub const NEW_REQUEST_MAX_BYTES: usize = 48;
        /// The size of the largest response of `New` in bytes, header included.
        pub const NEW_RESPONSE_MAX_BYTES: usize = 24;

        /// A connection to a client: a token that owns nothing.
        pub type Connection<'s> = ::fidl::server::Connection<'s, Client_>;

        /// A request of `New`.
        pub type NewRequest<'f> = ::fidl::server::Request<
            'f,
            super::ClientNewRequestView<'f>,
            Client_,
        >;

        /// The response of `New`.
        pub type NewResponse = super::ResultView;

        /// What a server of the protocol does. Requests of one connection are begun in the order of their arrival.
        pub trait Server {
            /// Handles `New`.
            fn new_<'a>(
                &'a self,
                request: NewRequest<'a>,
            ) -> impl Future<Output = NewResponse>;

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
        }

        /// Serves the protocol with a server of type `S`; see [`fidl::service!`](::fidl::service).
        #[derive(Debug)]
        pub struct Serve<S>(::core::marker::PhantomData<fn() -> S>);

        impl<S: Server + 'static> ::fidl::server::Binding for Serve<S> {
            type Protocol = Client_;
            type Server = S;
            const HANDLERS: &'static [::fidl::server::Handler] = &[
                ::fidl::server::Handler::of("New", <S as Server>::new_),
            ];

            async fn dispatch<'s>(
                server: &'s S,
                call: ::fidl::server::Call<'s, Client_>,
            ) -> ::fidl::server::Outcome<'s> {
                let method = call.method();
                let (mut request, reply) = call.split();
                match method {
                    0 => {
                        let body = match request.decode::<super::ClientNewRequestWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let response = server
                            .new_(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply.send::<super::ResultViewWire>(response)
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
        }

        /// Everything a client needs: room for `N` calls in flight and `E` waiting events. A static.
        pub type Storage<const N: usize, const E: usize> = ::fidl::client::Storage<
            Client_,
            N,
            E,
        >;

        /// An asynchronous client. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct Client<'r, const N: usize, const E: usize>(
            ::fidl::client::Client<'r, Client_, N, E>,
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
            pub fn inner(&self) -> &::fidl::client::Client<'r, Client_, N, E> {
                &self.0
            }

            /// Calls `New`.
            pub async fn new_(
                &self,
                deadline_: u8,
                shared: super::super::other_names::Shared<'_>,
            ) -> Result<super::ResultView, ::fidl::ClientError> {
                let payload = super::ClientNewRequest {
                    deadline: deadline_,
                    shared,
                };
                let response = self
                    .0
                    .call::<
                        super::ClientNewRequestWire,
                        ::fidl::client::Strict<super::ResultViewWire>,
                    >(0x3dae6c42057de39e, false, payload)
                    .await?;
                Ok(From::from(response.view()))
            }
        }

        /// A client that blocks its thread while it waits. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct BlockingClient<const N: usize, const E: usize>(
            ::fidl::client::BlockingClient<Client_, N, E>,
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
            pub fn inner(&self) -> &::fidl::client::BlockingClient<Client_, N, E> {
                &self.0
            }

            /// Calls `New`.
            pub fn new_(
                &self,
                deadline_: u8,
                shared: super::super::other_names::Shared<'_>,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<super::ResultView, ::fidl::ClientError> {
                let payload = super::ClientNewRequest {
                    deadline: deadline_,
                    shared,
                };
                let response = self
                    .0
                    .call::<
                        super::ClientNewRequestWire,
                        ::fidl::client::Strict<super::ResultViewWire>,
                    >(0x3dae6c42057de39e, false, payload, deadline)?;
                Ok(From::from(response.view()))
            }
        }
    }

    /// The struct `Default`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Default {
        /// The member `value`.
        pub value: u8,
    }

    impl ::core::default::Default for Default {
        fn default() -> Self {
            Self { value: 1 }
        }
    }

    ::fidl::encode_struct! { Default => DefaultWire { value } }

    impl From<DefaultView<'_>> for Default {
        fn from(view: DefaultView<'_>) -> Self {
            Self { value: view.value() }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Default`.
        pub struct DefaultWire, DefaultView<'f>, 1 {
            /// The member `value`.
            0 value: u8 => u8,
        }
    }
    impl ::fidl::wire::ValueType for DefaultWire {}

    /// The struct `Result`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Result_<'a> {
        /// The member `type`.
        pub type_: u8,
        /// The member `into`.
        pub into: super::other_names::Shared<'a>,
    }

    ::fidl::encode_struct! { Result_<'_> => ResultWire { type_, into } }

    /// The struct `Result`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ResultOwned {
        /// The member `type`.
        pub type_: u8,
        /// The member `into`.
        pub into: super::other_names::SharedOwned,
    }

    impl From<ResultView_<'_>> for ResultOwned {
        fn from(view: ResultView_<'_>) -> Self {
            Self {
                type_: view.type_(),
                into: From::from(view.into()),
            }
        }
    }

    ::fidl::encode_struct! { ResultOwned => ResultWire { type_, into } }

    ::fidl::wire_struct! {
        /// The struct `Result`.
        pub struct ResultWire, ResultView_<'f>, ResultBuilder, 24 {
            /// The member `type`.
            0 type_: u8 => u8,
            /// Padding.
            1 _padding_0: ::fidl::wire::Padding<7>,
            /// The member `into`.
            8 into: super::other_names::SharedWire => super::other_names::SharedView<'f>,
        }
    }
    impl ::fidl::wire::ValueType for ResultWire {}
}
