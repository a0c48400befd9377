// Generated from the FIDL library `test.results`. Do not edit.

/// The FIDL library `test.results`.
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
pub mod test_results {
    ::fidl::generated::interface!(1);

    /// The table `Answer`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Answer {
        /// The member `number`.
        pub number: Option<u32>,
    }

    impl Answer {
        /// A table without members.
        pub const fn new() -> Self {
            Self { number: None }
        }

        /// Sets `number`.
        pub const fn number(mut self, value: u32) -> Self {
            self.number = Some(value);
            self
        }
    }

    ::fidl::encode_table! { Answer => AnswerWire { 1 number } }

    impl From<AnswerView<'_>> for Answer {
        fn from(view: AnswerView<'_>) -> Self {
            Self { number: view.number() }
        }
    }

    ::fidl::wire_table! {
        /// The table `Answer`.
        pub table AnswerWire, AnswerView<'f> {
            /// The member `number`.
            1 number: ::fidl::wire::U32 => u32,
        }
    }
    impl ::fidl::wire::ValueType for AnswerWire {}

    /// The table `AskerDivideRequest`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct AskerDivideRequest {
        /// The member `of`.
        pub of: Option<i32>,
        /// The member `by`.
        pub by: Option<i32>,
    }

    impl AskerDivideRequest {
        /// A table without members.
        pub const fn new() -> Self {
            Self { of: None, by: None }
        }

        /// Sets `of`.
        pub const fn of(mut self, value: i32) -> Self {
            self.of = Some(value);
            self
        }

        /// Sets `by`.
        pub const fn by(mut self, value: i32) -> Self {
            self.by = Some(value);
            self
        }
    }

    ::fidl::encode_table! { AskerDivideRequest => AskerDivideRequestWire { 1 of, 2 by } }

    impl From<AskerDivideRequestView<'_>> for AskerDivideRequest {
        fn from(view: AskerDivideRequestView<'_>) -> Self {
            Self {
                of: view.of(),
                by: view.by(),
            }
        }
    }

    ::fidl::wire_table! {
        /// The table `AskerDivideRequest`.
        pub table AskerDivideRequestWire, AskerDivideRequestView<'f> {
            /// The member `of`.
            1 of: ::fidl::wire::I32 => i32,
            /// The member `by`.
            2 by: ::fidl::wire::I32 => i32,
        }
    }
    impl ::fidl::wire::ValueType for AskerDivideRequestWire {}

    /// The struct `Asker_Divide_Response`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct AskerDivideResponse {
        /// The member `quotient`.
        pub quotient: i32,
    }

    ::fidl::encode_struct! { AskerDivideResponse => AskerDivideResponseWire { quotient } }

    impl From<AskerDivideResponseView<'_>> for AskerDivideResponse {
        fn from(view: AskerDivideResponseView<'_>) -> Self {
            Self { quotient: view.quotient() }
        }
    }

    ::fidl::wire_struct! {
        /// The struct `Asker_Divide_Response`.
        pub struct AskerDivideResponseWire, AskerDivideResponseView<'f>, 4 {
            /// The member `quotient`.
            0 quotient: ::fidl::wire::I32 => i32,
        }
    }
    impl ::fidl::wire::ValueType for AskerDivideResponseWire {}

    /// The enum `Failure`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Failure {
        /// `BROKEN` = 1.
        Broken,
        /// A value that this schema does not know, from a newer peer.
        Unknown(u32),
    }

    impl Failure {
        /// The value that a number stands for.
        pub const fn from_raw(raw: u32) -> Self {
            match raw {
                1 => Self::Broken,
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
                Self::Broken => 1,
                Self::Unknown(raw) => raw,
            }
        }
    }

    ::fidl::wire_value! {
        /// [`Failure`] on the wire.
        pub FailureWire: ::fidl::wire::U32 as u32 => Failure, UnknownEnumValue, |_raw| true
    }

    /// The union `Choice`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Choice {
        /// The member `yes`.
        Yes(bool),
        /// The member `no`.
        No(u8),
    }

    ::fidl::encode_union! { Choice => ChoiceWire { 1 Yes, 2 No } }

    impl From<ChoiceView> for Choice {
        fn from(view: ChoiceView) -> Self {
            match view {
                ChoiceView::Yes(value) => Self::Yes(value),
                ChoiceView::No(value) => Self::No(value),
            }
        }
    }

    ::fidl::wire_union! {
        /// The union `Choice`.
        pub strict union ChoiceWire, ChoiceView {
            /// The member `yes`.
            1 Yes: ::fidl::wire::Bool => bool,
            /// The member `no`.
            2 No: u8 => u8,
        }
    }
    impl ::fidl::wire::ValueType for ChoiceWire {}

    /// The union `AskerCheckFlexiblyRequest`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum AskerCheckFlexiblyRequest<'a> {
        /// The member `text`.
        Text(&'a str),
    }

    ::fidl::encode_union! { AskerCheckFlexiblyRequest<'_> => AskerCheckFlexiblyRequestWire { 1 Text } }

    /// The union `AskerCheckFlexiblyRequest`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub enum AskerCheckFlexiblyRequestOwned {
        /// The member `text`.
        Text(::fidl::generated::String<4>),
        /// The ordinal of a member that this schema does not know, from a newer peer. Cannot be sent.
        Unknown(u64),
    }

    impl From<AskerCheckFlexiblyRequestView<'_>> for AskerCheckFlexiblyRequestOwned {
        fn from(view: AskerCheckFlexiblyRequestView<'_>) -> Self {
            match view {
                AskerCheckFlexiblyRequestView::Text(value) => {
                    Self::Text(::fidl::generated::string(value))
                }
                AskerCheckFlexiblyRequestView::Unknown(unknown) => {
                    Self::Unknown(unknown.ordinal())
                }
            }
        }
    }

    ::fidl::encode_union! {
        AskerCheckFlexiblyRequestOwned => AskerCheckFlexiblyRequestWire {
            1 Text; Unknown
        }
    }

    ::fidl::wire_union! {
        /// The union `AskerCheckFlexiblyRequest`.
        pub flexible union AskerCheckFlexiblyRequestWire, AskerCheckFlexiblyRequestView<'f>, AskerCheckFlexiblyRequestBuilder {
            /// The member `text`.
            1 Text: ::fidl::wire::Str<4> => &'f str,
        }
    }
    impl ::fidl::wire::ValueType for AskerCheckFlexiblyRequestWire {}

    /// The struct `Text`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Text<'a> {
        /// The member `text`.
        pub text: &'a str,
    }

    ::fidl::encode_struct! { Text<'_> => TextWire { text } }

    /// The struct `Text`.
    ///
    /// With a fixed capacity of its own: it borrows nothing.
    #[derive(Clone, Debug, PartialEq)]
    pub struct TextOwned {
        /// The member `text`.
        pub text: ::fidl::generated::String<8>,
    }

    impl From<TextView<'_>> for TextOwned {
        fn from(view: TextView<'_>) -> Self {
            Self {
                text: ::fidl::generated::string(view.text()),
            }
        }
    }

    ::fidl::encode_struct! { TextOwned => TextWire { text } }

    ::fidl::wire_struct! {
        /// The struct `Text`.
        pub struct TextWire, TextView<'f>, TextBuilder, 16 {
            /// The member `text`.
            0 text: ::fidl::wire::Str<8> => &'f str,
        }
    }
    impl ::fidl::wire::ValueType for TextWire {}

    /// The union `Asker_ChooseFlexibly_Response`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum AskerChooseFlexiblyResponse {
        /// The member `number`.
        Number(u8),
        /// The ordinal of a member that this schema does not know, from a newer peer. Cannot be sent.
        Unknown(u64),
    }

    ::fidl::encode_union! {
        AskerChooseFlexiblyResponse => AskerChooseFlexiblyResponseWire {
            1 Number; Unknown
        }
    }

    impl From<AskerChooseFlexiblyResponseView<'_>> for AskerChooseFlexiblyResponse {
        fn from(view: AskerChooseFlexiblyResponseView<'_>) -> Self {
            match view {
                AskerChooseFlexiblyResponseView::Number(value) => Self::Number(value),
                AskerChooseFlexiblyResponseView::Unknown(unknown) => {
                    Self::Unknown(unknown.ordinal())
                }
            }
        }
    }

    ::fidl::wire_union! {
        /// The union `Asker_ChooseFlexibly_Response`.
        pub flexible union AskerChooseFlexiblyResponseWire, AskerChooseFlexiblyResponseView<'f> {
            /// The member `number`.
            1 Number: u8 => u8,
        }
    }
    impl ::fidl::wire::ValueType for AskerChooseFlexiblyResponseWire {}

    /// The table `Asker_Take_Response`.
    #[derive(Debug, Default)]
    pub struct AskerTakeResponse {
        /// The member `handle`.
        pub handle: Option<::fidl::kernel::Handle>,
    }

    impl AskerTakeResponse {
        /// A table without members.
        pub const fn new() -> Self {
            Self { handle: None }
        }

        /// Sets `handle`.
        pub fn handle(mut self, value: ::fidl::kernel::Handle) -> Self {
            self.handle = Some(value);
            self
        }
    }

    ::fidl::encode_table! { resource AskerTakeResponse => AskerTakeResponseWire { 1 handle } }

    ::fidl::wire_table! {
        /// The table `Asker_Take_Response`.
        pub table AskerTakeResponseWire, AskerTakeResponseView<'f> {
            /// The member `handle`.
            1 handle: ::fidl::wire::Handle<0, 0x80000000> => ::fidl::wire::HandleView<'f>,
        }
    }

    /// The protocol `Asker`.
    pub mod asker {
        /// The protocol `test.results/Asker`, as a type.
        #[derive(Clone, Copy, Debug)]
        pub enum Asker {}

        impl ::fidl::Protocol for Asker {
            const NAME: &'static str = "test.results/Asker";
            const OPENNESS: ::fidl::Openness = ::fidl::Openness::Open;
            const METHODS: &'static [::fidl::Method] = &[
                ::fidl::Method::flexible_two_way(0x011850e95617d428, "ChooseFlexibly"),
                ::fidl::Method::flexible_one_way(0x07d6e0b52b7f09ec, "Tell"),
                ::fidl::Method::strict_two_way(0x2c24f8ea8831dfd5, "Say"),
                ::fidl::Method::strict_two_way(0x3bae6f76fed4bff8, "Choose"),
                ::fidl::Method::flexible_two_way(0x531853baa5d82927, "DivideFlexibly"),
                ::fidl::Method::flexible_two_way(0x63cf878098d46e13, "CheckFlexibly"),
                ::fidl::Method::flexible_two_way(0x754c3b69ec238cfc, "SayFlexibly"),
                ::fidl::Method::strict_two_way(0x789ce8bda744d6f7, "Check"),
                ::fidl::Method::strict_two_way(0x7ccc0eb6a1f5b8f4, "Take"),
                ::fidl::Method::strict_two_way(0x7da46a4ee5870dd0, "Divide"),
            ];
            const EVENTS: &'static [u64] = &[0x26c3ca3a7a67caf0, 0x749b9013aa72cd31];
            const EXTENSIBLE_REQUESTS: bool = true;
            const EXTENSIBLE_SERVER_MESSAGES: bool = true;
            type RequestFrame = ::fidl::message::Frame<56, 0>;
            type ResponseFrame = ::fidl::message::Frame<56, 1>;
            type EventFrame = ::fidl::message::Frame<40, 0>;
            type ServerMessageFrame = ::fidl::message::Frame<56, 1>;
        }

        /// The size of the largest request of `Divide` in bytes, header included. A newer peer may send more.
        pub const DIVIDE_REQUEST_MAX_BYTES: usize = 48;
        /// The size of the largest response of `Divide` in bytes, header included.
        pub const DIVIDE_RESPONSE_MAX_BYTES: usize = 32;
        /// The size of the largest request of `DivideFlexibly` in bytes, header included. A newer peer may send more.
        pub const DIVIDE_FLEXIBLY_REQUEST_MAX_BYTES: usize = 40;
        /// The size of the largest response of `DivideFlexibly` in bytes, header included. A newer peer may send more.
        pub const DIVIDE_FLEXIBLY_RESPONSE_MAX_BYTES: usize = 56;
        /// The size of the largest request of `Check` in bytes, header included.
        pub const CHECK_REQUEST_MAX_BYTES: usize = 32;
        /// The size of the largest response of `Check` in bytes, header included.
        pub const CHECK_RESPONSE_MAX_BYTES: usize = 32;
        /// The size of the largest request of `CheckFlexibly` in bytes, header included. A newer peer may send more.
        pub const CHECK_FLEXIBLY_REQUEST_MAX_BYTES: usize = 56;
        /// The size of the largest response of `CheckFlexibly` in bytes, header included.
        pub const CHECK_FLEXIBLY_RESPONSE_MAX_BYTES: usize = 32;
        /// The size of the largest request of `Say` in bytes, header included.
        pub const SAY_REQUEST_MAX_BYTES: usize = 40;
        /// The size of the largest response of `Say` in bytes, header included.
        pub const SAY_RESPONSE_MAX_BYTES: usize = 56;
        /// The size of the largest request of `SayFlexibly` in bytes, header included.
        pub const SAY_FLEXIBLY_REQUEST_MAX_BYTES: usize = 16;
        /// The size of the largest response of `SayFlexibly` in bytes, header included.
        pub const SAY_FLEXIBLY_RESPONSE_MAX_BYTES: usize = 56;
        /// The size of the largest request of `Choose` in bytes, header included.
        pub const CHOOSE_REQUEST_MAX_BYTES: usize = 16;
        /// The size of the largest response of `Choose` in bytes, header included.
        pub const CHOOSE_RESPONSE_MAX_BYTES: usize = 32;
        /// The size of the largest request of `ChooseFlexibly` in bytes, header included.
        pub const CHOOSE_FLEXIBLY_REQUEST_MAX_BYTES: usize = 32;
        /// The size of the largest response of `ChooseFlexibly` in bytes, header included. A newer peer may send more.
        pub const CHOOSE_FLEXIBLY_RESPONSE_MAX_BYTES: usize = 48;
        /// The size of the largest request of `Take` in bytes, header included.
        pub const TAKE_REQUEST_MAX_BYTES: usize = 16;
        /// The size of the largest response of `Take` in bytes, header included, with at most 1 handle. A newer peer may send more.
        pub const TAKE_RESPONSE_MAX_BYTES: usize = 56;
        /// The size of the largest request of `Tell` in bytes, header included. A newer peer may send more.
        pub const TELL_REQUEST_MAX_BYTES: usize = 40;
        /// The size of the largest event of `OnAnswer` in bytes, header included. A newer peer may send more.
        pub const ON_ANSWER_EVENT_MAX_BYTES: usize = 40;
        /// The size of the largest event of `OnChoice` in bytes, header included.
        pub const ON_CHOICE_EVENT_MAX_BYTES: usize = 32;

        /// A connection to a client: a token that owns nothing.
        pub type Connection<'s> = ::fidl::server::Connection<'s, Asker>;

        /// A request of `Divide`.
        pub type DivideRequest<'f> = ::fidl::server::Request<
            'f,
            super::AskerDivideRequestView<'f>,
            Asker,
        >;

        /// The response of `Divide`.
        pub type DivideResponse = super::AskerDivideResponse;

        /// A request of `DivideFlexibly`.
        pub type DivideFlexiblyRequest<'f> = ::fidl::server::Request<
            'f,
            super::AnswerView<'f>,
            Asker,
        >;

        /// The response of `DivideFlexibly`.
        pub type DivideFlexiblyResponse = super::Answer;

        /// A request of `Check`.
        pub type CheckRequest<'f> = ::fidl::server::Request<'f, super::ChoiceView, Asker>;

        /// A request of `CheckFlexibly`.
        pub type CheckFlexiblyRequest<'f> = ::fidl::server::Request<
            'f,
            super::AskerCheckFlexiblyRequestView<'f>,
            Asker,
        >;

        /// A request of `Say`.
        pub type SayRequest<'f> = ::fidl::server::Request<'f, super::TextView<'f>, Asker>;

        /// The response of `Say`.
        pub type SayResponse<'a> = super::Text<'a>;

        /// Where `Say` is answered.
        pub type SayResponder<'a> = ::fidl::server::Responder<
            'a,
            ::fidl::client::StrictError<super::TextWire, ::fidl::wire::I32>,
        >;

        /// A request of `SayFlexibly`.
        pub type SayFlexiblyRequest<'f> = ::fidl::server::Request<'f, (), Asker>;

        /// The response of `SayFlexibly`.
        pub type SayFlexiblyResponse<'a> = super::Text<'a>;

        /// Where `SayFlexibly` is answered.
        pub type SayFlexiblyResponder<'a> = ::fidl::server::Responder<
            'a,
            ::fidl::client::FlexibleError<super::TextWire, ::fidl::wire::I32>,
        >;

        /// A request of `Choose`.
        pub type ChooseRequest<'f> = ::fidl::server::Request<'f, (), Asker>;

        /// The response of `Choose`.
        pub type ChooseResponse = super::Choice;

        /// A request of `ChooseFlexibly`.
        pub type ChooseFlexiblyRequest<'f> = ::fidl::server::Request<
            'f,
            super::ChoiceView,
            Asker,
        >;

        /// The response of `ChooseFlexibly`.
        pub type ChooseFlexiblyResponse = super::AskerChooseFlexiblyResponse;

        /// A request of `Take`.
        pub type TakeRequest<'f> = ::fidl::server::Request<'f, (), Asker>;

        /// The response of `Take`.
        pub type TakeResponse = super::AskerTakeResponse;

        /// A request of `Tell`.
        pub type TellRequest<'f> = ::fidl::server::Request<'f, super::AnswerView<'f>, Asker>;

        /// What a server of the protocol does. Requests of one connection are begun in the order of their arrival.
        pub trait Server {
            /// Handles `Divide`.
            fn divide<'a>(
                &'a self,
                request: DivideRequest<'a>,
            ) -> impl Future<Output = Result<DivideResponse, super::Failure>>;

            /// Handles `DivideFlexibly`.
            fn divide_flexibly<'a>(
                &'a self,
                request: DivideFlexiblyRequest<'a>,
            ) -> impl Future<Output = Result<DivideFlexiblyResponse, i32>>;

            /// Handles `Check`.
            fn check<'a>(
                &'a self,
                request: CheckRequest<'a>,
            ) -> impl Future<Output = Result<(), u32>>;

            /// Handles `CheckFlexibly`.
            fn check_flexibly<'a>(
                &'a self,
                request: CheckFlexiblyRequest<'a>,
            ) -> impl Future<Output = Result<(), super::Failure>>;

            /// Handles `Say`.
            fn say<'a>(
                &'a self,
                request: SayRequest<'a>,
                responder: SayResponder<'a>,
            ) -> impl Future<Output = ::fidl::server::Sent>;

            /// Handles `SayFlexibly`.
            fn say_flexibly<'a>(
                &'a self,
                request: SayFlexiblyRequest<'a>,
                responder: SayFlexiblyResponder<'a>,
            ) -> impl Future<Output = ::fidl::server::Sent>;

            /// Handles `Choose`.
            fn choose<'a>(
                &'a self,
                request: ChooseRequest<'a>,
            ) -> impl Future<Output = ChooseResponse>;

            /// Handles `ChooseFlexibly`.
            fn choose_flexibly<'a>(
                &'a self,
                request: ChooseFlexiblyRequest<'a>,
            ) -> impl Future<Output = ChooseFlexiblyResponse>;

            /// Handles `Take`.
            fn take<'a>(
                &'a self,
                request: TakeRequest<'a>,
            ) -> impl Future<Output = Result<TakeResponse, super::Failure>>;

            /// Handles `Tell`.
            fn tell<'a>(&'a self, request: TellRequest<'a>) -> impl Future<Output = ()>;

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
            type Protocol = Asker;
            type Server = S;
            const HANDLERS: &'static [::fidl::server::Handler] = &[
                ::fidl::server::Handler::of("Divide", <S as Server>::divide),
                ::fidl::server::Handler::of(
                    "DivideFlexibly",
                    <S as Server>::divide_flexibly,
                ),
                ::fidl::server::Handler::of("Check", <S as Server>::check),
                ::fidl::server::Handler::of("CheckFlexibly", <S as Server>::check_flexibly),
                ::fidl::server::Handler::of("Say", <S as Server>::say),
                ::fidl::server::Handler::of("SayFlexibly", <S as Server>::say_flexibly),
                ::fidl::server::Handler::of("Choose", <S as Server>::choose),
                ::fidl::server::Handler::of(
                    "ChooseFlexibly",
                    <S as Server>::choose_flexibly,
                ),
                ::fidl::server::Handler::of("Take", <S as Server>::take),
                ::fidl::server::Handler::of("Tell", <S as Server>::tell),
            ];

            async fn dispatch<'s>(
                server: &'s S,
                call: ::fidl::server::Call<'s, Asker>,
            ) -> ::fidl::server::Outcome<'s> {
                let method = call.method();
                let (mut request, mut reply) = call.split();
                match method {
                    0 => {
                        let body = match request.decode::<super::ChoiceWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let response = server
                            .choose_flexibly(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply.send::<super::AskerChooseFlexiblyResponseWire>(response)
                    }
                    1 => {
                        let body = match request.decode::<super::AnswerWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        server
                            .tell(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply.done()
                    }
                    2 => {
                        let body = match request.decode::<super::TextWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let request = ::fidl::server::Request::new(
                            body.view(),
                            reply.connection(),
                        );
                        let ::fidl::server::Sent { .. } = server
                            .say(request, reply.responder())
                            .await;
                        reply.finish()
                    }
                    3 => {
                        if let Err(error) = request.decode_empty() {
                            return reply.refuse(error);
                        }
                        let response = server
                            .choose(::fidl::server::Request::new((), reply.connection()))
                            .await;
                        reply.send::<super::ChoiceWire>(response)
                    }
                    4 => {
                        let body = match request.decode::<super::AnswerWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let response = server
                            .divide_flexibly(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply.send_result::<super::AnswerWire, ::fidl::wire::I32>(response)
                    }
                    5 => {
                        let body = match request
                            .decode::<super::AskerCheckFlexiblyRequestWire>()
                        {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let response = server
                            .check_flexibly(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply
                            .send_result::<
                                ::fidl::wire::EmptyStruct,
                                super::FailureWire,
                            >(response)
                    }
                    6 => {
                        if let Err(error) = request.decode_empty() {
                            return reply.refuse(error);
                        }
                        let request = ::fidl::server::Request::new((), reply.connection());
                        let ::fidl::server::Sent { .. } = server
                            .say_flexibly(request, reply.responder())
                            .await;
                        reply.finish()
                    }
                    7 => {
                        let body = match request.decode::<super::ChoiceWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let response = server
                            .check(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply
                            .send_result::<
                                ::fidl::wire::EmptyStruct,
                                ::fidl::wire::U32,
                            >(response)
                    }
                    8 => {
                        if let Err(error) = request.decode_empty() {
                            return reply.refuse(error);
                        }
                        let response = server
                            .take(::fidl::server::Request::new((), reply.connection()))
                            .await;
                        reply
                            .send_result::<
                                super::AskerTakeResponseWire,
                                super::FailureWire,
                            >(response)
                    }
                    9 => {
                        let body = match request.decode::<super::AskerDivideRequestWire>() {
                            Ok(body) => body,
                            Err(error) => return reply.refuse(error),
                        };
                        let response = server
                            .divide(
                                ::fidl::server::Request::new(body.view(), reply.connection()),
                            )
                            .await;
                        reply
                            .send_result::<
                                super::AskerDivideResponseWire,
                                super::FailureWire,
                            >(response)
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

        /// The answer to `Say`, in the frame that it came in.
        pub type SayReply<'c, const N: usize, const E: usize> = ::fidl::client::Response<
            'c,
            Asker,
            ::fidl::client::StrictError<super::TextWire, ::fidl::wire::I32>,
            N,
            E,
        >;

        /// The answer to `SayFlexibly`, in the frame that it came in.
        pub type SayFlexiblyReply<'c, const N: usize, const E: usize> = ::fidl::client::Response<
            'c,
            Asker,
            ::fidl::client::FlexibleError<super::TextWire, ::fidl::wire::I32>,
            N,
            E,
        >;

        /// The answer to `Take`, in the frame that it came in.
        pub type TakeReply<'c, const N: usize, const E: usize> = ::fidl::client::Response<
            'c,
            Asker,
            ::fidl::client::StrictError<super::AskerTakeResponseWire, super::FailureWire>,
            N,
            E,
        >;

        /// Everything a client needs: room for `N` calls in flight and `E` waiting events. A static.
        pub type Storage<const N: usize, const E: usize> = ::fidl::client::Storage<
            Asker,
            N,
            E,
        >;

        /// An asynchronous client. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct Client<'r, const N: usize, const E: usize>(
            ::fidl::client::Client<'r, Asker, N, E>,
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
            pub fn inner(&self) -> &::fidl::client::Client<'r, Asker, N, E> {
                &self.0
            }

            /// Calls `Divide`.
            ///
            /// The inner result is what the server answers.
            pub async fn divide(
                &self,
                payload: super::AskerDivideRequest,
            ) -> Result<
                Result<super::AskerDivideResponse, super::Failure>,
                ::fidl::ClientError,
            > {
                let response = self
                    .0
                    .call::<
                        super::AskerDivideRequestWire,
                        ::fidl::client::StrictError<
                            super::AskerDivideResponseWire,
                            super::FailureWire,
                        >,
                    >(0x7da46a4ee5870dd0, false, payload)
                    .await?;
                Ok(response.view().map(From::from))
            }

            /// Calls `DivideFlexibly`.
            ///
            /// The inner result is what the server answers.
            pub async fn divide_flexibly(
                &self,
                payload: super::Answer,
            ) -> Result<Result<super::Answer, i32>, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::AnswerWire,
                        ::fidl::client::FlexibleError<super::AnswerWire, ::fidl::wire::I32>,
                    >(0x531853baa5d82927, true, payload)
                    .await?;
                Ok(response.view().map(From::from))
            }

            /// Calls `Check`.
            ///
            /// The inner result is what the server answers.
            pub async fn check(
                &self,
                payload: super::Choice,
            ) -> Result<Result<(), u32>, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::ChoiceWire,
                        ::fidl::client::StrictError<
                            ::fidl::wire::EmptyStruct,
                            ::fidl::wire::U32,
                        >,
                    >(0x789ce8bda744d6f7, false, payload)
                    .await?;
                Ok(response.view())
            }

            /// Calls `CheckFlexibly`.
            ///
            /// The inner result is what the server answers.
            pub async fn check_flexibly(
                &self,
                payload: super::AskerCheckFlexiblyRequest<'_>,
            ) -> Result<Result<(), super::Failure>, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::AskerCheckFlexiblyRequestWire,
                        ::fidl::client::FlexibleError<
                            ::fidl::wire::EmptyStruct,
                            super::FailureWire,
                        >,
                    >(0x63cf878098d46e13, true, payload)
                    .await?;
                Ok(response.view())
            }

            /// Calls `Say`.
            ///
            /// The inner result is what the server answers.
            pub async fn say(
                &self,
                payload: super::Text<'_>,
            ) -> Result<SayReply<'_, N, E>, ::fidl::ClientError> {
                self.0.call::<super::TextWire, _>(0x2c24f8ea8831dfd5, false, payload).await
            }

            /// Calls `SayFlexibly`.
            ///
            /// The inner result is what the server answers.
            pub async fn say_flexibly(
                &self,
            ) -> Result<SayFlexiblyReply<'_, N, E>, ::fidl::ClientError> {
                self.0.call_empty::<_>(0x754c3b69ec238cfc, true).await
            }

            /// Calls `Choose`.
            pub async fn choose(&self) -> Result<super::Choice, ::fidl::ClientError> {
                let response = self
                    .0
                    .call_empty::<
                        ::fidl::client::Strict<super::ChoiceWire>,
                    >(0x3bae6f76fed4bff8, false)
                    .await?;
                Ok(From::from(response.view()))
            }

            /// Calls `ChooseFlexibly`.
            pub async fn choose_flexibly(
                &self,
                payload: super::Choice,
            ) -> Result<super::AskerChooseFlexiblyResponse, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::ChoiceWire,
                        ::fidl::client::Flexible<super::AskerChooseFlexiblyResponseWire>,
                    >(0x011850e95617d428, true, payload)
                    .await?;
                Ok(From::from(response.view()))
            }

            /// Calls `Take`.
            ///
            /// The inner result is what the server answers.
            pub async fn take(&self) -> Result<TakeReply<'_, N, E>, ::fidl::ClientError> {
                self.0.call_empty::<_>(0x7ccc0eb6a1f5b8f4, false).await
            }

            /// Calls `Tell`.
            pub fn tell(&self, payload: super::Answer) -> Result<(), ::fidl::ClientError> {
                self.0.send::<super::AnswerWire>(0x07d6e0b52b7f09ec, true, payload)
            }
        }

        /// A client that blocks its thread while it waits. A call fails as [`ClientError`](::fidl::ClientError) says.
        #[derive(Debug)]
        pub struct BlockingClient<const N: usize, const E: usize>(
            ::fidl::client::BlockingClient<Asker, N, E>,
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
            pub fn inner(&self) -> &::fidl::client::BlockingClient<Asker, N, E> {
                &self.0
            }

            /// Calls `Divide`.
            ///
            /// The inner result is what the server answers.
            pub fn divide(
                &self,
                payload: super::AskerDivideRequest,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<
                Result<super::AskerDivideResponse, super::Failure>,
                ::fidl::ClientError,
            > {
                let response = self
                    .0
                    .call::<
                        super::AskerDivideRequestWire,
                        ::fidl::client::StrictError<
                            super::AskerDivideResponseWire,
                            super::FailureWire,
                        >,
                    >(0x7da46a4ee5870dd0, false, payload, deadline)?;
                Ok(response.view().map(From::from))
            }

            /// Calls `DivideFlexibly`.
            ///
            /// The inner result is what the server answers.
            pub fn divide_flexibly(
                &self,
                payload: super::Answer,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<Result<super::Answer, i32>, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::AnswerWire,
                        ::fidl::client::FlexibleError<super::AnswerWire, ::fidl::wire::I32>,
                    >(0x531853baa5d82927, true, payload, deadline)?;
                Ok(response.view().map(From::from))
            }

            /// Calls `Check`.
            ///
            /// The inner result is what the server answers.
            pub fn check(
                &self,
                payload: super::Choice,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<Result<(), u32>, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::ChoiceWire,
                        ::fidl::client::StrictError<
                            ::fidl::wire::EmptyStruct,
                            ::fidl::wire::U32,
                        >,
                    >(0x789ce8bda744d6f7, false, payload, deadline)?;
                Ok(response.view())
            }

            /// Calls `CheckFlexibly`.
            ///
            /// The inner result is what the server answers.
            pub fn check_flexibly(
                &self,
                payload: super::AskerCheckFlexiblyRequest<'_>,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<Result<(), super::Failure>, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::AskerCheckFlexiblyRequestWire,
                        ::fidl::client::FlexibleError<
                            ::fidl::wire::EmptyStruct,
                            super::FailureWire,
                        >,
                    >(0x63cf878098d46e13, true, payload, deadline)?;
                Ok(response.view())
            }

            /// Calls `Say`.
            ///
            /// The inner result is what the server answers.
            pub fn say(
                &self,
                payload: super::Text<'_>,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<SayReply<'_, N, E>, ::fidl::ClientError> {
                self.0
                    .call::<super::TextWire, _>(0x2c24f8ea8831dfd5, false, payload, deadline)
            }

            /// Calls `SayFlexibly`.
            ///
            /// The inner result is what the server answers.
            pub fn say_flexibly(
                &self,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<SayFlexiblyReply<'_, N, E>, ::fidl::ClientError> {
                self.0.call_empty::<_>(0x754c3b69ec238cfc, true, deadline)
            }

            /// Calls `Choose`.
            pub fn choose(
                &self,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<super::Choice, ::fidl::ClientError> {
                let response = self
                    .0
                    .call_empty::<
                        ::fidl::client::Strict<super::ChoiceWire>,
                    >(0x3bae6f76fed4bff8, false, deadline)?;
                Ok(From::from(response.view()))
            }

            /// Calls `ChooseFlexibly`.
            pub fn choose_flexibly(
                &self,
                payload: super::Choice,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<super::AskerChooseFlexiblyResponse, ::fidl::ClientError> {
                let response = self
                    .0
                    .call::<
                        super::ChoiceWire,
                        ::fidl::client::Flexible<super::AskerChooseFlexiblyResponseWire>,
                    >(0x011850e95617d428, true, payload, deadline)?;
                Ok(From::from(response.view()))
            }

            /// Calls `Take`.
            ///
            /// The inner result is what the server answers.
            pub fn take(
                &self,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<TakeReply<'_, N, E>, ::fidl::ClientError> {
                self.0.call_empty::<_>(0x7ccc0eb6a1f5b8f4, false, deadline)
            }

            /// Calls `Tell`.
            pub fn tell(
                &self,
                payload: super::Answer,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<(), ::fidl::ClientError> {
                self.0.send::<super::AnswerWire>(0x07d6e0b52b7f09ec, true, payload, deadline)
            }
        }

        /// Sending the protocol's events, on a [`Connection`].
        pub trait Events {
            /// Sends `OnAnswer`.
            ///
            /// # Errors
            ///
            /// Why the event was not sent; see [`EventError`](::fidl::server::EventError).
            fn on_answer(
                self,
                payload: super::Answer,
            ) -> Result<(), ::fidl::server::EventError>;

            /// Sends `OnChoice`.
            ///
            /// # Errors
            ///
            /// Why the event was not sent; see [`EventError`](::fidl::server::EventError).
            fn on_choice(
                self,
                payload: super::Choice,
            ) -> Result<(), ::fidl::server::EventError>;
        }

        impl Events for Connection<'_> {
            fn on_answer(
                self,
                payload: super::Answer,
            ) -> Result<(), ::fidl::server::EventError> {
                self.send_event::<super::AnswerWire>(0x26c3ca3a7a67caf0, false, payload)
            }

            fn on_choice(
                self,
                payload: super::Choice,
            ) -> Result<(), ::fidl::server::EventError> {
                self.send_event::<super::ChoiceWire>(0x749b9013aa72cd31, true, payload)
            }
        }

        /// What a client does with the protocol's events.
        pub trait EventHandler {
            /// Takes `OnAnswer`.
            fn on_answer(&mut self, event: super::AnswerView<'_>);

            /// Takes `OnChoice`.
            fn on_choice(&mut self, event: super::ChoiceView);

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
            mut event: ::fidl::client::EventMessage<'_, Asker, N, E>,
            handler: &mut impl EventHandler,
        ) -> Result<(), ::fidl::ClientError> {
            match event.ordinal() {
                0x26c3ca3a7a67caf0 => {
                    handler.on_answer(event.decode::<super::AnswerWire>()?.view());
                }
                0x749b9013aa72cd31 => {
                    handler.on_choice(event.decode::<super::ChoiceWire>()?.view());
                }
                unknown => handler.unknown_event(unknown),
            }
            Ok(())
        }
    }
}
