//! Calls the server of `adder.rs`, asynchronously and blocking.
//!
//! ```text
//! cargo run --release --example adder &
//! cargo run --release --example adder_client
//! ```

fidl::include_schema!("example_calc");
use example_calc::adder;

use fidl::Reactor;
use fidl::kernel::Instant;
use std::time::Duration;

static STORAGE: adder::Storage<64, 1> = adder::Storage::new(); // 64 calls in flight, 1 waiting event

fn asynchronous() -> Result<i64, fidl::Error> {
    let reactor = Reactor::new()?;
    let client = adder::Client::new(&reactor, &STORAGE, fidl::connect("/tmp/adder")?)?;
    let response = reactor.run_until(client.add(20, 22))??;
    Ok(response.sum)
}

fn blocking() -> Result<i64, fidl::Error> {
    let client = adder::BlockingClient::new(&STORAGE, fidl::connect("/tmp/adder")?)?;
    let response = client.add(20, 22, Instant::after(Duration::from_secs(1)))?;
    Ok(response.sum)
}

fn main() -> Result<(), fidl::Error> {
    println!("asynchronous: {}", asynchronous()?);
    println!("blocking: {}", blocking()?);
    Ok(())
}
