//! A proxy that looks into requests and sends them on as they came, with what its schema does not know.

#[path = "support/mod.rs"]
mod support;

use std::cell::RefCell;

use fidl::kernel::{self, AsHandleRef, Channel, ReadError, Status};
use fidl::server::{Binding, Call, Outcome};
use fidl::wire::{HandleSlot, IntoRawHandle};
use fidl::{Capacity, MethodKind, Protocol, Reactor, capacity};
use support::{Peer, channel, message, number, ordinal, settle};

mod schema {
    #![allow(dead_code)]
    fidl::include_schema!("test_shapes");
    fidl::include_schema!("test_store");
}
use schema::test_store::clerk::{Clerk, Client, Storage};
use schema::test_store::{DeliveryWire, QueryWire};

/// Sends everything on, and writes down what it was.
struct Proxy {
    upstream: Client<'static, 4, 1>,
    seen: RefCell<Vec<String>>,
}

enum Forward {}

impl Binding for Forward {
    type Protocol = Clerk;
    type Server = Proxy;

    async fn dispatch<'s>(server: &'s Proxy, call: Call<'s, Clerk>) -> Outcome<'s> {
        let method = Clerk::METHODS[call.method()];
        let (mut request, reply) = call.split();
        let seen = match method.name {
            "Deliver" => request.inspect::<DeliveryWire>().map(|body| format!("{:?}", body.view())),
            "Find" => request.inspect::<QueryWire>().map(|body| format!("{:?}", body.view())),
            name => Ok(name.to_owned()),
        };
        match seen {
            Ok(seen) => server.seen.borrow_mut().push(seen),
            Err(error) => return reply.refuse(error),
        }
        let (upstream, request) = (server.upstream.inner(), request.as_received());
        if method.kind == MethodKind::OneWay {
            let _ = upstream.forward_one_way(method.ordinal, method.flexible, request);
            return reply.done();
        }
        match upstream.forward(method.ordinal, method.flexible, request).await {
            Ok(response) => reply.forward(response.view()),
            Err(_) => {
                reply.connection().close_with_epitaph(Status::PEER_CLOSED);
                reply.done()
            }
        }
    }
}

const CAPACITY: Capacity = capacity().connections(2).in_flight(4);

/// The next message, and how many handles came with it.
fn receive(peer: &Peer) -> Result<(Vec<u8>, usize), ReadError> {
    let mut bytes = vec![0; 65_536];
    let slots = [const { HandleSlot::empty() }; 64];
    let read = kernel::read(peer.0.raw_handle(), &mut bytes, &slots)?;
    bytes.truncate(read.bytes);
    let handles = slots.iter().filter_map(HandleSlot::take).map(|raw| Channel::close_raw_handle(raw.get()));
    Ok((bytes, handles.count()))
}

/// The same message, with the transaction id of another.
fn with_txid(mut message: Vec<u8>, of: &[u8]) -> Vec<u8> {
    message[..4].copy_from_slice(&of[..4]);
    message
}

#[test]
fn messages_pass_as_they_are() {
    fidl::service!(static SERVICE: Forward, CAPACITY);
    static STORAGE: Storage<4, 1> = Storage::new();

    let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::new().unwrap()));
    let ((near, far), (below, above)) = (channel(), channel());
    let upstream = Client::new(reactor, &STORAGE, below).unwrap();
    let proxy = Proxy { upstream, seen: RefCell::default() };
    let service: &_ = Box::leak(Box::new(SERVICE.start(proxy).unwrap()));
    service.serve(reactor, far.into()).unwrap();
    let (client, server) = (Peer(near), Peer(above));

    // A delivery with a thing of which this schema knows the price, an end of a channel, and as the 6th member something new,
    // with two handles and bytes of its own.
    let words: [u64; 14] = [
        6,
        u64::MAX,
        0x20,
        0,
        0,
        0x0001_0001_ffff_ffff,
        0,
        0x0000_0002_0000_0010, //
        2,
        u64::MAX,
        0,
        0x0001_0000_0000_0007,
        0x1122_3344_5566_7788,
        0xff,
    ];
    let body: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let deliver = message(77, support::STRICT, ordinal::<Clerk>("Deliver"), &body);
    client.send_with(&deliver, vec![channel().0, channel().0, channel().0]);
    settle(reactor);
    let (passed, handles) = receive(&server).expect("the request has been sent on");
    assert_eq!((with_txid(passed.clone(), &deliver), handles), (deliver.clone(), 3));
    assert!(service.server().seen.borrow()[0].contains("price: 7"), "{:?}", service.server().seen);

    // The response is not looked into: this one no schema knows.
    let response = message(0, support::STRICT, ordinal::<Clerk>("Deliver"), &[0x5a; 24]);
    server.send_with(&with_txid(response.clone(), &passed), vec![channel().0]);
    settle(reactor);
    let (answer, handles) = receive(&client).expect("the response has been sent on");
    assert_eq!((answer, handles), (with_txid(response, &deliver), 1));

    // One-way.
    let forget =
        message(0, support::FLEXIBLE, ordinal::<Clerk>("Forget"), &[&number(1)[..], &number(9)].concat());
    client.send(&forget);
    settle(reactor);
    assert_eq!(receive(&server).map(|(bytes, _)| bytes), Ok(forget));

    // What is no message goes no further.
    client.send(&message(78, support::FLEXIBLE, ordinal::<Clerk>("Find"), &number(0)));
    settle(reactor);
    assert!(receive(&server).is_err() && client.is_closed());
    assert_eq!(service.counters().protocol_errors, 1);
}

#[test]
fn the_end_of_the_other_side_is_passed_on() {
    fidl::service!(static SERVICE: Forward, CAPACITY);
    static STORAGE: Storage<4, 1> = Storage::new();

    let reactor: &'static Reactor<'static> = Box::leak(Box::new(Reactor::new().unwrap()));
    let ((near, far), (below, above)) = (channel(), channel());
    let upstream = Client::new(reactor, &STORAGE, below).unwrap();
    let proxy = Proxy { upstream, seen: RefCell::default() };
    let service: &_ = Box::leak(Box::new(SERVICE.start(proxy).unwrap()));
    service.serve(reactor, far.into()).unwrap();
    let client = Peer(near);
    client.send(&message(5, support::STRICT, ordinal::<Clerk>("Close"), &[]));
    settle(reactor);
    drop(above);
    settle(reactor);
    assert_eq!(client.receive(), Ok(support::epitaph(Status::PEER_CLOSED.into_raw())));
    assert!(client.is_closed());
}
