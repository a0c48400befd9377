//! Tables, unions and results with errors, end to end in one process.
#![deny(warnings)]
#![deny(missing_docs)]

use fidl::server::Sent;
use std::cell::{Cell, RefCell};
use std::thread;
use std::time::Duration;

use fidl::kernel::{Event, Instant, create_endpoints};
use fidl::{Capacity, ClientError, Reactor, capacity};

/// What the schemas were compiled to.
pub mod schema {
    fidl::include_schema!("test_shapes");
    fidl::include_schema!("test_store");
}
use schema::test_shapes::Point;
use schema::test_store::clerk::{self, Events as _};
use schema::test_store::*;

const CAPACITY: Capacity = capacity().connections(4).in_flight(8);

/// A clerk who remembers the last thing that was brought.
#[derive(Default)]
struct Clerk {
    thing: RefCell<Option<ThingOwned>>,
    forgotten: Cell<u32>,
}

impl clerk::Server for Clerk {
    async fn add(&self, request: clerk::AddRequest<'_>) -> Result<(), Failure> {
        let mut place = self.thing.borrow_mut();
        if place.is_some() {
            return Err(Failure::Taken);
        }
        *place = Some(ThingOwned::from(*request));
        Ok(())
    }

    async fn find(&self, request: clerk::FindRequest<'_>, responder: clerk::FindResponder<'_>) -> Sent {
        let QueryView::Name(name) = *request else { return responder.fail(Failure::Unknown(99)) };
        match &*self.thing.borrow() {
            Some(thing) if thing.name.as_deref() == Some(name) => {
                let found =
                    ThingBuilder::EMPTY.name(name).maybe(thing.price, |found, price| found.price(price));
                responder.send(found.maybe(thing.place, |found, place| found.place(place)))
            }
            _ => responder.fail(Failure::Missing),
        }
    }

    async fn tally(&self, request: clerk::TallyRequest<'_>) -> clerk::TallyResponse {
        Count::Things(count(Some(*request)))
    }

    async fn price(&self, request: clerk::PriceRequest<'_>) -> Result<clerk::PriceResponse, i32> {
        let copies = request.copies().ok_or(-1)?;
        let price = self.thing.borrow().as_ref().and_then(|thing| thing.price).ok_or(-2)?;
        Ok(clerk::PriceResponse { price: price * copies })
    }

    async fn echo(&self, request: clerk::EchoRequest<'_>, responder: clerk::EchoResponder<'_>) -> Sent {
        let mut sizes = request.sizes().iter().map(Size::from);
        responder.send(clerk::EchoResponse {
            query: request.query().map(|query| match query {
                QueryView::Name(name) => Query::Name(name),
                QueryView::Below(price) => Query::Below(price),
                QueryView::Size(size) => Query::Size(Size::from(size)),
                QueryView::Any(_) => Query::Any(&["some"]),
                QueryView::Unknown_(flag) => Query::Unknown_(flag),
                QueryView::Unknown(unknown) => unreachable!("{unknown:?}"),
            }),
            sizes: [sizes.next().unwrap(), sizes.next().unwrap()],
            later: request.later().map(Later::from),
        })
    }

    async fn deliver(&self, request: clerk::DeliverRequest<'_>) -> Result<clerk::DeliverResponse, u32> {
        let key = match request.key() {
            Some(KeyView::Event(event)) => event.is_present(),
            Some(KeyView::Ring(ring)) => matches!(ring.key(), Some(KeyView::Event(_))),
            _ => false,
        };
        let seals = request.seals().map_or(0, |seals| seals.iter().filter_map(|seal| seal.take()).count());
        let answer = request.answer().is_some();
        if request.thing().is_none() {
            return Err(404);
        }
        Ok(clerk::DeliverResponse::Handles(u8::from(key) + seals as u8 + u8::from(answer)))
    }

    async fn lend(&self, request: clerk::LendRequest<'_>, responder: clerk::LendResponder<'_>) -> Sent {
        let asked = Size::Box(Box { width: 1, height: 2, depth: 3 });
        request.connection().on_asked(asked).expect("room for an event");
        responder.send(Key::Event(Event::create().expect("room for an event")))
    }

    async fn forget(&self, request: clerk::ForgetRequest<'_>) {
        let LaterView::Unknown(_) = *request;
        self.forgotten.set(self.forgotten.get() + 1);
    }

    async fn close(&self, request: clerk::CloseRequest<'_>) -> Result<(), i32> {
        let sold = Thing::new().name("all").price(0).parts(&["a", "b"]);
        request.connection().on_sold(sold).expect("room for an event");
        Err(i32::MIN)
    }
}

/// How many queries there are in a condition.
fn count(condition: Option<ConditionView<'_>>) -> u32 {
    match condition {
        Some(ConditionView::Query(_)) => 1,
        Some(ConditionView::Not(not)) => count(not.condition()),
        Some(ConditionView::All(all)) => {
            all.conditions().map_or(0, |conditions| conditions.iter().map(count).sum())
        }
        Some(ConditionView::Unknown(_)) | None => 0,
    }
}

/// Writes down what happens.
#[derive(Default)]
struct Heard(Vec<String>);

impl clerk::EventHandler for Heard {
    fn on_sold(&mut self, event: ThingView<'_>) {
        self.0.push(format!("sold {event:?}"));
    }

    fn on_asked(&mut self, event: SizeView<'_>) {
        self.0.push(format!("asked {:?}", Size::from(event)));
    }
}

const LAMP: Thing<'_> = Thing::new().name("lamp").price(250).size(Size::Round(30)).parts(&["bulb", "foot"]);

#[test]
fn calls_and_events() {
    fidl::service!(static SERVICE: clerk::Serve<Clerk>, CAPACITY);
    static STORAGE: clerk::Storage<4, 2> = clerk::Storage::new();

    let service = SERVICE.start(Clerk::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    let (client_end, server_end) = create_endpoints().unwrap();
    service.serve(&reactor, server_end).unwrap();
    let client = clerk::Client::new(&reactor, &STORAGE, client_end.into_channel()).unwrap();
    let mut heard = Heard::default();
    reactor
        .run_until(async {
            things(&client).await.unwrap();
            values(&client).await.unwrap();
            let (done, asked) = futures::join!(resources(&client), client.handle_event(&mut heard));
            done.unwrap();
            asked.unwrap();
            assert_eq!(client.close().await.unwrap(), Err(i32::MIN));
            client.handle_event(&mut heard).await.unwrap();
        })
        .unwrap();
    let [asked, sold] = &heard.0[..] else { panic!("{heard:?}", heard = heard.0) };
    assert_eq!(asked, "asked Box(Box { width: 1, height: 2, depth: 3 })");
    assert!(sold.contains("name: \"all\"") && sold.contains("price: 0"), "{sold}");
}

type Client<'r> = clerk::Client<'r, 4, 2>;

async fn things(client: &Client<'_>) -> Result<(), ClientError> {
    assert_eq!(client.find(Query::Name("lamp")).await?.view().unwrap_err(), Failure::Missing);
    assert_eq!(client.find(Query::Below(1)).await?.view().unwrap_err(), Failure::Unknown(99));
    assert_eq!(client.price(ClerkPriceRequest::new().copies(2)).await?, Err(-2));
    assert_eq!(client.add(Thing { place: Some(Point { x: 1, y: -1 }), ..LAMP }).await?, Ok(()));
    assert_eq!(client.add(LAMP).await?, Err(Failure::Taken));
    let response = client.find(Query::Name("lamp")).await?;
    let found = response.view().unwrap();
    assert_eq!((found.name(), found.price(), found.parts().is_some()), (Some("lamp"), Some(250), false));
    assert_eq!(found.place().map(Point::from), Some(Point { x: 1, y: -1 }));
    let price = client.price(ClerkPriceRequest::new().copies(2)).await?;
    assert_eq!(price, Ok(ClerkPriceResponse { price: 500 }));
    assert_eq!(client.price(ClerkPriceRequest::default()).await?, Err(-1));
    Ok(())
}

async fn values(client: &Client<'_>) -> Result<(), ClientError> {
    let queries = [
        None,
        Some(Query::Name("n")),
        Some(Query::Below(7)),
        Some(Query::Size(Size::Round(1))),
        Some(Query::Any(&["some", "other"])),
        Some(Query::Unknown_(true)),
    ];
    for query in queries {
        let sizes = [Size::Unknown(true), Size::Box(Box { width: 1, height: 2, depth: 3 })];
        let response = client.echo(query, sizes, None).await?;
        let view = response.view();
        assert_eq!(view.query().is_some(), query.is_some());
        assert_eq!(view.sizes().iter().map(Size::from).collect::<Vec<_>>(), sizes);
        assert!(view.later().is_none());
        match (query, view.query().map(QueryOwned::from)) {
            (Some(Query::Any(_)), Some(QueryOwned::Any(names))) => assert_eq!(names[0].as_str(), "some"),
            (Some(Query::Name(name)), Some(QueryOwned::Name(owned))) => assert_eq!(name, owned.as_str()),
            (Some(Query::Below(one)), Some(QueryOwned::Below(other))) => assert_eq!(one, other),
            (Some(Query::Size(one)), Some(QueryOwned::Size(other))) => assert_eq!(one, other),
            (Some(Query::Unknown_(one)), Some(QueryOwned::Unknown_(other))) => assert_eq!(one, other),
            (None, None) => {}
            other => panic!("{other:?}"),
        }
    }
    let leaf = Condition::Query(Query::Below(1));
    let not = Condition::Not(Not { condition: Some(&leaf) });
    let conditions = [Some(&leaf), None, Some(&not)];
    let all = Condition::All(All::new().conditions(&conditions));
    assert_eq!(client.tally(all).await?, Count::Things(2));
    Ok(())
}

async fn resources(client: &Client<'_>) -> Result<(), ClientError> {
    let event = || Event::create().expect("room for an event");
    let mut key = Some(Key::Event(event()));
    let (answer, _other) = create_endpoints().expect("room for a channel");
    let delivery = Delivery::new()
        .thing(LAMP)
        .key(Key::Ring(Ring { label: "door", key: &mut key }))
        .seals([event(), event()].into_iter().collect())
        .answer(answer);
    assert_eq!(client.deliver(delivery).await?, Ok(ClerkDeliverResponse::Handles(4)));
    assert_eq!(client.deliver(Delivery::new().key(Key::Event(event()))).await?, Err(404));
    let response = client.lend().await?;
    let KeyView::Event(lent) = response.view().unwrap() else { panic!("another key") };
    assert!(lent.take().is_some());
    Ok(())
}

#[test]
fn blocking_calls() {
    fidl::service!(static SERVICE: clerk::Serve<Clerk>, CAPACITY);
    static STORAGE: clerk::Storage<4, 2> = clerk::Storage::new();

    let (client_end, server_end) = create_endpoints().unwrap();
    let caller = thread::spawn(move || {
        let deadline = || Instant::after(Duration::from_secs(30));
        let client = clerk::BlockingClient::new(&STORAGE, client_end.into_channel()).unwrap();
        assert_eq!(client.price(ClerkPriceRequest::new(), deadline()).unwrap(), Err(-1));
        assert_eq!(client.add(LAMP, deadline()).unwrap(), Ok(()));
        let response = client.find(Query::Name("lamp"), deadline()).unwrap();
        assert_eq!(response.view().unwrap().price(), Some(250));
        let mut heard = Heard::default();
        // From here on, events are kept.
        let none = client.handle_event(&mut heard, Instant::INFINITE_PAST);
        assert_eq!(none, Err(ClientError::TimedOut));
        assert_eq!(client.close(deadline()).unwrap(), Err(i32::MIN));
        client.handle_event(&mut heard, deadline()).unwrap();
        assert_eq!(heard.0.len(), 1);
    });
    let service = SERVICE.start(Clerk::default()).unwrap();
    let reactor = Reactor::new().unwrap();
    service.serve(&reactor, server_end).unwrap();
    while !caller.is_finished() {
        reactor.crank(Instant::after(Duration::from_millis(5))).unwrap();
    }
    caller.join().unwrap();
}

/// What is not sent.
#[test]
fn values_and_names() {
    let settings = Settings::default();
    assert_eq!((settings.open, settings.most, settings.name), (true, 12, "store"));
    assert_eq!(settings.failure, Failure::Taken);
    assert_eq!((Shelf::DEFAULT_HEIGHT, Shelf::DEFAULT_LABEL), (-1, "shelf"));
    let price: Price = 7;
    let name: Name<'_> = "name";
    assert_eq!(
        Thing::new().price(price).name(name),
        Thing { price: Some(7), name: Some("name"), ..Thing::default() }
    );
    let catch = Catch::new().new_(1).default_(true).clone_("c").type_(2);
    assert_eq!(
        (catch.new, catch.default, catch.clone, catch.type_),
        (Some(1), Some(true), Some("c"), Some(2))
    );
    assert_eq!(catch.self_(CatchView::None_(CatchViewWire::new())).view(3).view, Some(3));
    assert_eq!(Store::NAME, "test.store.Store");
    assert_eq!((Store::FRONT, Store::NAME_), ("front", "name"));
    assert_eq!(Store::MEMBERS, [("front", "test.store/Clerk"), ("name", "test.shapes/Pinger")]);
    assert_eq!(Machines::MEMBERS, [("lift", "test.store/Lift")]);
    assert_eq!(lift::NAME, "test.store/Lift");
    assert_ne!(lift::UP_ORDINAL, lift::ON_ARRIVED_ORDINAL);
}
