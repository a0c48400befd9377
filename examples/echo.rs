//! A server process and two client processes that talk FIDL, without a heap allocation on either side.
//!
//! ```text
//! cargo run --release --example echo                         five seconds of it, and the figures
//! cargo run --release --example echo -- serve /tmp/echo      a server by hand
//! cargo run --release --example echo -- call /tmp/echo hi    and a call to it
//! ```

use std::alloc::System;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use fidl::kernel::{Instant, status_name};
use fidl::{Capacity, Reactor, Status, capacity};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

fidl::include_schema!("example_echo");

mod support;

use example_echo::echo;
use support::echo_load::{self, Load, Phase};
use support::echo_server::EchoServer;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

// Every capacity in one place; nothing grows later.
const CAPACITY: Capacity = capacity().connections(64).in_flight(256);
fidl::service!(static SERVICE: echo::Serve<EchoServer>, CAPACITY);

/// A server and clients of the echo protocol, in processes of their own.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    load: Load,
    /// Print one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve on a Unix socket path until interrupted.
    Serve {
        path: PathBuf,
        /// Stop when this many connections have ended, and print the number of heap allocations.
        #[arg(long, hide = true)]
        connections: Option<u64>,
    },
    /// Say something to a server and print what it says back.
    Call { path: PathBuf, text: String },
    /// Be one of the client processes.
    #[command(hide = true)]
    Client {
        path: PathBuf,
        #[command(flatten)]
        load: Load,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        None => echo_load::run(&arguments.load, arguments.json),
        Some(Command::Serve { path, connections }) => serve(&path, connections),
        Some(Command::Call { path, text }) => call(&path, &text),
        Some(Command::Client { path, load }) => client(&path, &load),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("echo: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until interrupted, or until `connections` connections have ended.
fn serve(path: &Path, connections: Option<u64>) -> Result<(), String> {
    let service = SERVICE.start(EchoServer::default()).map_err(in_words)?;
    let reactor = Reactor::new().map_err(in_words)?;
    let listener = fidl::listen(path)
        .map_err(|status| format!("cannot listen on {}: {}", path.display(), status_name(status)))?;
    println!("serving on {}", path.display());
    touch_memory();
    let region = Region::new(ALLOCATOR);
    service.listen(&reactor, listener).map_err(in_words)?;
    let Some(connections) = connections else { return reactor.run().map_err(in_words) };
    reactor.run_until(service.server().opened(connections)).map_err(in_words)?;
    println!("connected");
    reactor.run_until(service.server().closed(connections)).map_err(in_words)?;
    let (allocations, faults) = (region.change().allocations, service.server().page_faults());
    println!("{allocations} {} {faults}", SERVICE.bytes());
    Ok(())
}

/// Has everything in memory that will be used, and stay there if that is allowed.
fn touch_memory() {
    if fidl::kernel::prefault(true).is_err() {
        // Without it all works, and the first use of each page takes a little longer.
        let _ = fidl::kernel::prefault(false);
    }
}

/// One call, blocking.
fn call(path: &Path, text: &str) -> Result<(), String> {
    static STORAGE: echo::Storage<1, 1> = echo::Storage::new();
    let client = echo::BlockingClient::new(&STORAGE, connect(path)?).map_err(in_words)?;
    let deadline = Instant::after(Duration::from_secs(5));
    let response = client.say(text, deadline).map_err(|error| error.to_string())?;
    println!("{}", response.view().text());
    Ok(())
}

/// A client process: runs the phases that it is told on its standard input, then prints what it measured.
fn client(path: &Path, load: &Load) -> Result<(), String> {
    static STORAGE: echo::Storage<{ echo_load::MAX_IN_FLIGHT }, 0> = echo::Storage::new();
    let mut measured = echo_load::Measured::new(load)?;
    touch_memory();
    let mut commands = echo_load::Commands::new();
    let region = Region::new(ALLOCATOR);
    let reactor = Reactor::new().map_err(in_words)?;
    let client = echo::Client::new(&reactor, &STORAGE, connect(path)?).map_err(in_words)?;
    commands.done();
    while let Some(phase) = commands.next() {
        match phase {
            Phase::One => reactor.run_until(measured.one_in_flight(&client)),
            Phase::Many => reactor.run_until(measured.many_in_flight(&client)),
        }
        .map_err(in_words)??;
        commands.done();
    }
    let allocations = region.change().allocations;
    measured.print(allocations, STORAGE.bytes());
    Ok(())
}

fn connect(path: &Path) -> Result<fidl::kernel::Channel, String> {
    fidl::connect(path)
        .map_err(|status| format!("cannot connect to {}: {}", path.display(), status_name(status)))
}

fn in_words(status: Status) -> String {
    format!("{} ({})", status_name(status), status.into_raw())
}
