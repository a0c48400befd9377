//! The echo protocol served without generated code, through the runtime's public types alone.
//!
//! What `fidl-codegen` writes for `schemas/echo.fidl` stands here by hand: payloads, the protocol's table of methods, and
//! the binding of its methods to handlers. A client cannot tell the difference.
//!
//! ```text
//! cargo run --release --example hand_written                       calls itself once
//! cargo run --release --example hand_written -- /tmp/echo          serves on a path
//! cargo run --release --example echo -- call /tmp/echo hello       and a call to it
//! ```

use std::cell::Cell;
use std::process::ExitCode;
use std::time::Duration;

use fidl::client::{BlockingClient, Storage, Strict};
use fidl::kernel::{Instant, create_endpoints, status_name};
use fidl::message::Frame;
use fidl::server::{Binding, Call, Connection, Outcome};
use fidl::{Capacity, Method, MethodKind, Openness, Protocol, Reactor, Status, capacity, wire};

/// The most bytes that one call carries, and the longest text.
const MAX_DATA: u32 = 8192;
const MAX_TEXT: u32 = 256;

// Ordinals: the first 8 bytes of SHA-256 of "example.echo/Echo.NAME", without the top bit.
const ECHO: u64 = 0x4265_f3a6_0386_d12e;
const HEARD: u64 = 0x4a6f_1b0d_ac32_b259;
const SAY: u64 = 0x5313_0c6a_95b3_ca30;
const ANNOUNCE: u64 = 0x5755_cfc2_c0e8_7dd5;
const COUNT: u64 = 0x57c1_17e4_1730_db67;

fidl::wire_struct! {
    /// `struct { data vector<byte>:MAX_DATA; }`
    pub struct Data, DataView<'f>, 16 {
        /// Any bytes.
        0 data: wire::Vector<u8, MAX_DATA> => &'f [u8],
    }
}

fidl::wire_struct! {
    /// `struct { text string:MAX_TEXT; }`
    pub struct Text, TextView<'f>, 16 {
        /// Any text.
        0 text: wire::Str<MAX_TEXT> => &'f str,
    }
}

/// Values of the payloads, to be sent.
struct DataValue<'a> {
    data: &'a [u8],
}
fidl::encode_struct! { DataValue<'_> => Data { data } }

struct TextValue<'a> {
    text: &'a str,
}
fidl::encode_struct! { TextValue<'_> => Text { text } }

/// The protocol `example.echo/Echo`.
pub(crate) enum Echo {}

impl Protocol for Echo {
    const NAME: &'static str = "example.echo/Echo";
    const OPENNESS: Openness = Openness::Open;
    const METHODS: &'static [Method] = &[
        Method { ordinal: ECHO, name: "Echo", kind: MethodKind::TwoWay, flexible: true },
        Method { ordinal: SAY, name: "Say", kind: MethodKind::TwoWay, flexible: false },
        Method { ordinal: ANNOUNCE, name: "Announce", kind: MethodKind::OneWay, flexible: true },
        Method { ordinal: COUNT, name: "Count", kind: MethodKind::TwoWay, flexible: true },
    ];
    const EVENTS: &'static [u64] = &[HEARD];
    // Header 16, payload 16, data 8192; a flexible response has a result union of 16 around it.
    type RequestFrame = Frame<8224, 0>;
    type ResponseFrame = Frame<8240, 0>;
    type EventFrame = Frame<288, 0>;
    type ServerMessageFrame = Frame<8240, 0>;
}

/// Says back what it is told.
#[derive(Default)]
pub(crate) struct Server {
    requests: Cell<u64>,
}

impl Server {
    fn announce(&self, text: &str, connection: Connection<'_, Echo>) {
        // A client that does not read its events misses some.
        let _ = connection.send_event::<Text>(HEARD, false, &TextValue { text });
    }
}

/// How requests reach the server.
pub(crate) enum Serve {}

impl Binding for Serve {
    type Protocol = Echo;
    type Server = Server;

    async fn dispatch<'s>(server: &'s Server, call: Call<'s, Echo>) -> Outcome<'s> {
        server.requests.set(server.requests.get() + 1);
        let ordinal = Echo::METHODS[call.method()].ordinal;
        let (mut request, reply) = call.split();
        match ordinal {
            ECHO => match request.decode::<Data>() {
                Ok(body) => reply.send::<Data>(&DataValue { data: body.view().data() }),
                Err(error) => reply.refuse(error),
            },
            SAY => match request.decode::<Text>() {
                Ok(body) => reply.send::<Text>(&TextValue { text: body.view().text() }),
                Err(error) => reply.refuse(error),
            },
            ANNOUNCE => match request.decode::<Text>() {
                Ok(body) => {
                    server.announce(body.view().text(), reply.connection());
                    reply.done()
                }
                Err(error) => reply.refuse(error),
            },
            _ => match request.decode_empty() {
                Ok(()) => reply.send::<wire::U64>(&server.requests.get()),
                Err(error) => reply.refuse(error),
            },
        }
    }
}

const CAPACITY: Capacity = capacity().connections(16).in_flight(16);
fidl::service!(static SERVICE: Serve, CAPACITY);

fn main() -> ExitCode {
    let result = match std::env::args().nth(1) {
        Some(path) => serve(&path),
        None => call_itself().map_err(|error| error.to_string()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("hand_written: {message}");
            ExitCode::FAILURE
        }
    }
}

fn serve(path: &str) -> Result<(), String> {
    let in_words = |status: Status| status_name(status).to_owned();
    let listener =
        fidl::listen(path).map_err(|status| format!("cannot listen on {path}: {}", status_name(status)))?;
    let service = SERVICE.start(Server::default()).map_err(in_words)?;
    let reactor = Reactor::new().map_err(in_words)?;
    service.listen(&reactor, listener).map_err(in_words)?;
    println!("serving on {path}");
    reactor.run().map_err(in_words)
}

/// A server on one thread, and a call to it from another.
fn call_itself() -> Result<(), fidl::Error> {
    static STORAGE: Storage<Echo, 1, 1> = Storage::new();
    let (client_end, server_end) = create_endpoints()?;
    std::thread::spawn(move || {
        let service = SERVICE.start(Server::default())?;
        let reactor = Reactor::new()?;
        service.serve(&reactor, server_end)?;
        reactor.run()
    });
    let client = BlockingClient::new(&STORAGE, client_end.into_channel())?;
    let deadline = Instant::after(Duration::from_secs(5));
    let text = TextValue { text: "hello" };
    match client.call::<Text, Strict<Text>>(SAY, false, &text, deadline) {
        Ok(response) => println!("{}", response.view().text()),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
