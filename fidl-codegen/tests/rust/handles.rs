// Generated from the FIDL library `test.handles`. Do not edit.

/// The FIDL library `test.handles`.
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
pub mod test_handles {
    ::fidl::generated::interface!(1);

    /// The struct `Chain`.
    ///
    /// Has no owned form: it holds itself.
    #[derive(Debug)]
    pub struct Chain<'a> {
        /// The member `link`.
        pub link: ::fidl::kernel::Handle,
        /// The member `next`.
        pub next: &'a mut Option<Chain<'a>>,
    }

    ::fidl::encode_struct! { resource Chain<'_> => ChainWire { link, next } }

    ::fidl::wire_struct! {
        /// The struct `Chain`.
        pub struct ChainWire, ChainView<'f>, ChainBuilder, 16 {
            /// The member `link`.
            0 link: ::fidl::wire::Handle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// Padding.
            4 _padding_0: ::fidl::wire::Padding<4>,
            /// The member `next`.
            8 next: ::fidl::wire::Boxed<ChainWire> => Option<ChainView<'f>>,
        }
    }

    /// The struct `Handles`.
    #[derive(Debug)]
    pub struct Handles {
        /// The member `any`.
        pub any: ::fidl::kernel::Handle,
        /// The member `event`.
        pub event: Option<::fidl::kernel::Event>,
        /// The member `client`.
        pub client: ::fidl::kernel::ClientEnd<p::P>,
        /// The member `servers`.
        pub servers: ::fidl::generated::ArrayVec<::fidl::kernel::ServerEnd<p::P>, 2>,
        /// The member `rights`.
        pub rights: ::fidl::zx::Rights,
    }

    ::fidl::encode_struct! { resource Handles => HandlesWire { any, event, client, servers, ref rights } }

    ::fidl::wire_struct! {
        /// The struct `Handles`.
        pub struct HandlesWire, HandlesView<'f>, 40 {
            /// The member `any`.
            0 any: ::fidl::wire::Handle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
            /// The member `event`.
            4 event: ::fidl::wire::OptHandle<5, 0x4000> => ::fidl::wire::HandleView<'f>,
            /// The member `client`.
            8 client: ::fidl::wire::Endpoint<::fidl::kernel::ClientEnd<p::P>> => ::fidl::wire::EndpointView<'f, ::fidl::kernel::ClientEnd<p::P>>,
            /// Padding.
            12 _padding_2: ::fidl::wire::Padding<4>,
            /// The member `servers`.
            16 servers: ::fidl::wire::Vector<::fidl::wire::Endpoint<::fidl::kernel::ServerEnd<p::P>>, 2> => ::fidl::wire::Elements<'f, ::fidl::wire::Endpoint<::fidl::kernel::ServerEnd<p::P>>>,
            /// The member `rights`.
            32 rights: ::fidl::zx::RightsWire => ::fidl::zx::Rights,
            /// Padding.
            36 _padding_4: ::fidl::wire::Padding<4>,
        }
    }

    /// The protocol `P`.
    pub mod p {
        /// The protocol `test.handles/P`, as a type.
        #[derive(Clone, Copy, Debug)]
        pub enum P {}

        impl ::fidl::Protocol for P {
            const NAME: &'static str = "test.handles/P";
            const OPENNESS: ::fidl::Openness = ::fidl::Openness::Closed;
            const METHODS: &'static [::fidl::Method] = &[];
            const EVENTS: &'static [u64] = &[];
            type RequestFrame = ::fidl::message::Frame<16, 0>;
            type ResponseFrame = ::fidl::message::Frame<16, 0>;
            type EventFrame = ::fidl::message::Frame<16, 0>;
            type ServerMessageFrame = ::fidl::message::Frame<24, 0>;
        }

        /// A connection to a client: a token that owns nothing.
        pub type Connection<'s> = ::fidl::server::Connection<'s, P>;

        /// What a server of the protocol does. Requests of one connection are begun in the order of their arrival.
        pub trait Server {
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
            type Protocol = P;
            type Server = S;
            const HANDLERS: &'static [::fidl::server::Handler] = &[];

            async fn dispatch<'s>(
                _server: &'s S,
                call: ::fidl::server::Call<'s, P>,
            ) -> ::fidl::server::Outcome<'s> {
                let (_, reply) = call.split();
                reply.done()
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
        }
    }
}
