//! The hand-written server and the generated one are held to the same tests.

use fidl::kernel::{Instant, create_endpoints};
use fidl::server::{Binding, Counters};
use fidl::{Reactor, capacity};

fidl::include_schema!("example_echo");

#[path = "../examples/support/echo_server.rs"]
#[allow(dead_code)]
mod echo_server;
#[path = "../examples/support/faults.rs"]
#[allow(dead_code)]
mod faults;
#[allow(dead_code)]
#[path = "../examples/hand_written.rs"]
mod hand_written;

use example_echo::echo::{self, EventHandler};
use example_echo::{EchoHeardRequestView, MAX_DATA, MAX_TEXT};

#[derive(Default)]
struct Heard(Vec<String>);

impl EventHandler for Heard {
    fn heard(&mut self, event: EchoHeardRequestView<'_>) {
        self.0.push(event.text().to_owned());
    }
}

/// Every method, with empty and largest payloads, one after another and at one time.
async fn use_everything(client: &echo::Client<'_, 8, 4>) {
    let (text, data) = ("x".repeat(MAX_TEXT as usize), vec![7; MAX_DATA as usize]);
    for text in ["", "hello", &text] {
        assert_eq!(client.say(text).await.unwrap().view().text(), text);
    }
    for data in [&[][..], &[1, 2, 3], &data] {
        assert_eq!(client.echo(data).await.unwrap().view().data(), data);
    }
    let calls = (0..8).map(|index| {
        let data = vec![index; 100];
        async move { assert_eq!(client.echo(&data).await.unwrap().view().data(), data) }
    });
    futures::future::join_all(calls).await;
    let mut heard = Heard::default();
    let first = client.handle_event(&mut heard);
    client.announce("one").unwrap();
    first.await.unwrap();
    client.announce("two").unwrap();
    client.handle_event(&mut heard).await.unwrap();
    assert_eq!(heard.0, ["one", "two"]);
    assert_eq!(client.count().await.unwrap().requests, 17);
}

fn check_counters(counters: Counters) {
    assert_eq!((counters.requests, counters.replies), (17, 15));
    assert_eq!((counters.connected, counters.closed, counters.protocol_errors), (1, 1, 0));
}

/// Serves with `$binding` and uses everything.
macro_rules! serve_and_use {
    ($binding:ty, $server:expr) => {{
        fidl::service!(static SERVICE: $binding, capacity().connections(2).in_flight(8));
        static STORAGE: echo::Storage<8, 4> = echo::Storage::new();

        let service = SERVICE.start($server).unwrap();
        let reactor = Reactor::new().unwrap();
        let (client_end, server_end) = create_endpoints::<<$binding as Binding>::Protocol>().unwrap();
        service.serve(&reactor, server_end).unwrap();
        let client = echo::Client::new(&reactor, &STORAGE, client_end.into_channel()).unwrap();
        reactor.run_until(use_everything(&client)).unwrap();
        drop(client);
        while service.counters().closed == 0 {
            reactor.crank(Instant::INFINITE).unwrap();
        }
        check_counters(service.counters());
    }};
}

#[test]
fn generated_server() {
    serve_and_use!(echo::Serve<echo_server::EchoServer>, echo_server::EchoServer::default());
}

#[test]
fn hand_written_server() {
    serve_and_use!(hand_written::Serve, hand_written::Server::default());
}
