//! How large things are. A change that makes one larger must say so here.

use std::mem::size_of;

use fidl::server::{Binding, Call, Incoming, Outcome, Reply, dispatch_bytes};
use fidl::wire::DecodeError;
use fidl::{Capacity, capacity};

fidl::include_schema!("example_echo");

#[allow(dead_code)]
#[path = "../examples/adder.rs"]
mod adder;
#[allow(dead_code)]
#[path = "../examples/support/echo_server.rs"]
mod echo_server;
#[allow(dead_code)]
#[path = "../examples/support/faults.rs"]
mod faults;
#[allow(dead_code)]
#[path = "../examples/hand_written.rs"]
mod hand_written;

/// What the example serves.
type AdderBinding = adder::example_calc::adder::Serve<adder::Adder>;

use echo_server::EchoServer;
use example_echo::echo::{self, Echo};

const CAPACITY: Capacity = capacity().connections(1000).in_flight(64);

/// What an error has besides rule and offset: in builds with debug assertions, the member's path.
const PATH: usize = size_of::<DecodeError>() - 8;

#[test]
fn sizes() {
    let sizes = [
        ("future of echo", dispatch_bytes(<echo::Serve<EchoServer> as Binding>::dispatch), 712),
        ("future of hand_written", dispatch_bytes(<hand_written::Serve as Binding>::dispatch), 184),
        ("future of adder", dispatch_bytes(<AdderBinding as Binding>::dispatch), 608),
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
        // A reply holds up to two errors; futures hold up to four in their states.
        let paths = if name.starts_with("future") { 4 * PATH } else { 2 * PATH };
        assert!(actual <= most + paths, "{name}: {actual} bytes, at most {most} expected");
    }
}

/// What a service takes besides the frames of its requests and replies.
#[test]
fn a_service_is_its_frames_and_little_else() {
    fidl::service!(static SERVICE: echo::Serve<EchoServer>, CAPACITY);
    fidl::service!(static FEWER: echo::Serve<EchoServer>, CAPACITY.connections(500));
    fidl::service!(static LESS: echo::Serve<EchoServer>, CAPACITY.in_flight(32));
    let frames = echo::ECHO_REQUEST_MAX_BYTES + echo::ECHO_RESPONSE_MAX_BYTES;
    let connection = (SERVICE.bytes() - FEWER.bytes()) / 500;
    let call = (SERVICE.bytes() - LESS.bytes()) / 32 - frames;
    // Give or take the alignment of the whole.
    assert!(connection <= 160 + PATH, "a connection takes {connection} bytes");
    assert!(call <= 820 + 4 * PATH, "a call takes {call} bytes besides its frames");
}
