//! New types, what C has, and errors of any type, end to end in one process.
#![deny(warnings)]
#![deny(missing_docs)]

use fidl::kernel::{Event, create_endpoints};
use fidl::server::Sent;
use fidl::{Capacity, ClientError, Reactor, capacity};

/// What the schema was compiled to.
pub mod schema {
    fidl::include_schema!("test_gauge");
}
use schema::test_gauge::*;

const CAPACITY: Capacity = capacity().connections(2).in_flight(8);

struct Tape;

impl gauge::Server for Tape {
    async fn check(&self, request: gauge::CheckRequest<'_>, responder: gauge::CheckResponder<'_>) -> Sent {
        if request.far() != request.further() {
            return responder.fail(Metres(request.far().abs_diff(request.further())));
        }
        assert_eq!(request.serial().digits().len(), 6);
        responder.send(Reading { labels: [Label("a"), Label(request.label())], ..READING })
    }

    async fn tell(&self, request: gauge::TellRequest<'_>, responder: gauge::TellResponder<'_>) -> Sent {
        responder.reply(match request.label() {
            Some(label) => Ok(Report { far: request.far().map(Metres), ..Report::new().label(Label(label)) }),
            None => Err("label"),
        })
    }

    async fn trade(&self, request: gauge::TradeRequest<'_>) -> gauge::TradeResponse {
        assert_eq!(request.spare().iter().filter_map(|spare| spare.take()).count(), 1);
        let token = request.token().take().expect("a handle");
        gauge::TradeResponse { token: Token(Event::from(token)) }
    }
}

const READING: Reading<'static> = Reading {
    far: Metres(3),
    further: Further(Metres(3)),
    label: Label("label"),
    path: Path(&[Metres(1), Metres(2)]),
    perhaps: Perhaps(Some(Guess::Label(Label("guess")))),
    serial: Serial { digits: *b"12345\0", letter: b'x', size: 6 },
    labels: [Label(""), Label("b")],
};

async fn calls(client: &gauge::Client<'_, 8, 1>) -> Result<(), ClientError> {
    let response = client.check(READING).await?;
    let back = ReadingOwned::from(response.view().expect("an answer"));
    assert_eq!((back.far, back.further), (READING.far, READING.further));
    assert_eq!((back.label.0.as_str(), back.labels[1].0.as_str()), ("label", "label"));
    assert_eq!((back.path.0.as_slice(), back.serial), (READING.path.0, READING.serial));
    let Some(GuessOwned::Label(guess)) = back.perhaps.0 else { panic!("another guess") };
    assert_eq!(guess.0.as_str(), "guess");

    let wrong = Reading { further: Further(Metres(10)), ..READING };
    assert_eq!(client.check(wrong).await?.view().unwrap_err(), 7);

    let response = client.tell(Report::new().far(Metres(1)).path(READING.path)).await?;
    assert_eq!(response.view().unwrap_err(), "label");
    let response = client.tell(Report::new().far(Metres(1)).label(Label("l"))).await?;
    let report = ReportOwned::from(response.view().expect("an answer"));
    assert_eq!(
        (report.far, report.label.map(|label| label.0.len()), report.path),
        (Some(Metres(1)), Some(1), None)
    );

    let event = || Token(Event::create().expect("room for an event"));
    let response = client.trade(event(), [event()].into_iter().collect()).await?;
    assert!(response.view().token().take().is_some());
    Ok(())
}

#[test]
fn calls_and_answers() {
    fidl::service!(static SERVICE: gauge::Serve<Tape>, CAPACITY);
    static STORAGE: gauge::Storage<8, 1> = gauge::Storage::new();

    let service = SERVICE.start(Tape).unwrap();
    let reactor = Reactor::new().unwrap();
    let (client_end, server_end) = create_endpoints().unwrap();
    service.serve(&reactor, server_end).unwrap();
    let client = gauge::Client::new(&reactor, &STORAGE, client_end.into_channel()).unwrap();
    reactor.run_until(calls(&client)).unwrap().unwrap();
}
