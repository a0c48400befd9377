//! A whole server in one screen: adds numbers for whoever connects.
//!
//! ```text
//! cargo run --release --example adder -- /tmp/adder
//! ```

use std::cell::Cell;

use fidl::{Capacity, Reactor, capacity};

fidl::include_schema!("example_calc");
use example_calc::adder;

pub(crate) struct Adder {
    additions: Cell<u64>,
}

impl adder::Server for Adder {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        self.additions.set(self.additions.get() + 1);
        adder::AddResponse { sum: i64::from(request.a()) + i64::from(request.b()) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {}
}

// Every capacity in one place; nothing grows later.
const CAPACITY: Capacity = capacity().connections(1000).in_flight(64);
fidl::service!(static ADDER: adder::Serve<Adder>, CAPACITY);

fn main() -> Result<(), fidl::Error> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "/tmp/adder".to_owned());
    let service = ADDER.start(Adder { additions: Cell::new(0) })?;
    let reactor = Reactor::new()?;
    service.listen(&reactor, fidl::listen(path)?)?;
    reactor.run()?;
    Ok(())
}
