//! The echo protocol, end to end in one process and one thread.

use fidl::server::Sent;
use std::cell::Cell;

use fidl::kernel::create_endpoints;
use fidl::{Capacity, Reactor, capacity};

mod schema {
    fidl::include_schema!("example_echo");
}
use schema::example_echo::echo::{self, Events as _};

#[derive(Default)]
struct Echoes {
    requests: Cell<u64>,
}

impl Echoes {
    fn count(&self) {
        self.requests.set(self.requests.get() + 1);
    }
}

impl echo::Server for Echoes {
    async fn echo(&self, request: echo::EchoRequest<'_>, responder: echo::EchoResponder<'_>) -> Sent {
        self.count();
        responder.send(echo::EchoResponse { data: request.data() })
    }

    async fn say(&self, request: echo::SayRequest<'_>, responder: echo::SayResponder<'_>) -> Sent {
        self.count();
        responder.send(echo::SayResponse { text: request.text() })
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        self.count();
        echo::CountResponse { requests: self.requests.get() }
    }

    async fn announce(&self, request: echo::AnnounceRequest<'_>) {
        self.count();
        request.connection().heard(request.text()).expect("the channel has room");
    }
}

const CAPACITY: Capacity = capacity().connections(4).in_flight(8);

#[derive(Default)]
struct Heard(Vec<String>);

impl echo::EventHandler for Heard {
    fn heard(&mut self, event: schema::example_echo::EchoHeardRequestView<'_>) {
        self.0.push(event.text().to_owned());
    }
}

#[test]
fn calls_and_events() {
    fidl::service!(static SERVICE: echo::Serve<Echoes>, CAPACITY);
    static STORAGE: echo::Storage<4, 2> = echo::Storage::new();

    let service = SERVICE.start(Echoes::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (client_end, server_end) = create_endpoints().unwrap();
    service.serve(&reactor, server_end).unwrap();
    let client = echo::Client::new(&reactor, &STORAGE, client_end.into_channel()).unwrap();
    let mut heard = Heard::default();
    reactor
        .run_until(async {
            assert_eq!(client.say("hello").await.unwrap().view().text(), "hello");
            assert_eq!(client.echo(&[1, 2, 3]).await.unwrap().view().data(), [1, 2, 3]);
            let (one, other) = futures::join!(client.echo(&[7; 8192]), client.say(""));
            assert_eq!(one.unwrap().view().data(), [7; 8192]);
            assert_eq!(other.unwrap().view().text(), "");
            let first = client.handle_event(&mut heard);
            client.announce("fire").unwrap();
            first.await.unwrap();
            assert_eq!(client.count().await.unwrap().requests, 6);
        })
        .unwrap();
    assert_eq!(heard.0, ["fire"]);
    drop(client);
    drop(reactor);
    println!("{:?}", service.counters());
}
