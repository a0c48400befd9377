//! A server on as many threads as there are processors, for handlers that compute.
//!
//! ```text
//! cargo run --release --example threads -- /tmp/adder
//! ```
//!
//! Each client belongs to one of sixteen domains. A domain runs on one thread at a time; different ones run side by side.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use fidl::domain::Pool;
use fidl::{Capacity, capacity};

fidl::include_schema!("example_calc");
use example_calc::adder;

/// One for all domains: what its handlers share is `Sync`.
#[derive(Default)]
pub(crate) struct Adder {
    additions: AtomicU64,
}

impl adder::Server for Adder {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        self.additions.fetch_add(1, Relaxed);
        adder::AddResponse { sum: i64::from(request.a()) + i64::from(request.b()) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {}
}

// For each domain.
const CAPACITY: Capacity = capacity().connections(64).in_flight(16);
fidl::service!(static ADDER: adder::Serve<Adder>, CAPACITY, domains = 16);

fn main() -> Result<(), fidl::Error> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "/tmp/adder".to_owned());
    let service = ADDER.start(Adder::default())?;
    let mut pool = Pool::new()?;
    service.attach(&mut pool)?;
    service.listen(fidl::listen(path)?)?;
    pool.run(thread::available_parallelism().map_or(1, usize::from))?;
    Ok(())
}
