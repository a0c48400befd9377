//! How large things are. A change that makes one larger must say so here.

use std::mem::size_of;

use fidl::server::{Binding, Call, Incoming, Outcome, Reply, dispatch_bytes};
use fidl::{Capacity, capacity};

/// The protocol.
pub mod schema {
    fidl::include_schema!("example_echo");
}
use schema::example_echo::echo::{self, Echo};

/// Answers at once.
struct Echoes;

impl echo::Server for Echoes {
    async fn echo<'a>(&'a self, request: echo::EchoRequest<'a>) -> echo::EchoResponse<'a> {
        echo::EchoResponse { data: request.data() }
    }

    async fn say<'a>(&'a self, request: echo::SayRequest<'a>) -> echo::SayResponse<'a> {
        echo::SayResponse { text: request.text() }
    }

    async fn count(&self, _: echo::CountRequest<'_>) -> echo::CountResponse {
        echo::CountResponse { requests: 0 }
    }

    async fn announce(&self, _: echo::AnnounceRequest<'_>) {}
}

const CAPACITY: Capacity = capacity().connections(1000).in_flight(64);

#[test]
fn sizes() {
    let sizes = [
        ("dispatch future", dispatch_bytes(<echo::Serve<Echoes> as Binding>::dispatch), 608),
        ("call", size_of::<Call<'_, Echo>>(), 168),
        ("incoming", size_of::<Incoming<'_>>(), 48),
        ("reply", size_of::<Reply<'_, Echo>>(), 112),
        ("outcome", size_of::<Outcome<'_>>(), 64),
        ("request", size_of::<echo::SayRequest<'_>>(), 40),
        ("connection", size_of::<echo::Connection<'_>>(), 24),
        ("header", size_of::<fidl::message::Header>(), 16),
        ("lease", size_of::<fidl::message::Lease<'_>>(), 48),
    ];
    for (name, actual, most) in sizes {
        assert!(actual <= most, "{name}: {actual} bytes, at most {most} expected");
    }
}

/// What a service takes besides the frames of its requests and replies.
#[test]
fn a_service_is_its_frames_and_little_else() {
    fidl::service!(static SERVICE: echo::Serve<Echoes>, CAPACITY);
    fidl::service!(static FEWER: echo::Serve<Echoes>, CAPACITY.connections(500));
    fidl::service!(static LESS: echo::Serve<Echoes>, CAPACITY.in_flight(32));
    let frames = echo::ECHO_REQUEST_MAX_BYTES + echo::ECHO_RESPONSE_MAX_BYTES;
    let connection = (SERVICE.bytes() - FEWER.bytes()) / 500;
    let call = (SERVICE.bytes() - LESS.bytes()) / 32 - frames;
    // Give or take the alignment of the whole.
    assert!(connection <= 160, "a connection takes {connection} bytes");
    assert!(call <= 740, "a call takes {call} bytes besides its frames");
}
