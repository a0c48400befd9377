//! Nothing touches the heap once a server or client runs: no thread, on either side, not even the first time.
//!
//! Each scenario runs in a process of its own, so that none finds what another has warmed up. Counting starts before `run`
//! is entered and before there is a connection, and ends behind the last reply.

use std::alloc::System;
use std::process::{Command, ExitCode};

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

mod scenarios;
mod server;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often the heap was asked for memory while `run` ran.
fn count(run: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    run();
    let change = region.change();
    change.allocations + change.reallocations
}

/// What a scenario must come to.
#[derive(Clone, Copy, PartialEq)]
enum Expected {
    Nothing,
    /// A negative control: this many are made, and must be seen.
    Caught(usize),
}

/// Whether a scenario's count is what it must be.
fn check(count: usize, expected: Expected) -> bool {
    match expected {
        Expected::Nothing => count == 0,
        Expected::Caught(made) => count == made && !check(count, Expected::Nothing),
    }
}

type Scenario = (&'static str, fn() -> usize, Expected);

const SCENARIOS: &[Scenario] = &[
    ("async client", scenarios::async_client, Expected::Nothing),
    ("blocking client", scenarios::blocking_client, Expected::Nothing),
    ("blocking client at a path", scenarios::blocking_client_at_a_path, Expected::Nothing),
    ("threads", scenarios::threads, Expected::Nothing),
    ("events", scenarios::events, Expected::Nothing),
    ("arena full", scenarios::arena_full, Expected::Nothing),
    ("connections coming and going", scenarios::connections, Expected::Nothing),
    ("connections coming and going at a path", scenarios::connections_at_a_path, Expected::Nothing),
    ("hostile clients", scenarios::hostile_clients, Expected::Nothing),
    ("timers", scenarios::timers, Expected::Nothing),
    ("event loop", scenarios::event_loop, Expected::Nothing),
    ("a handler that allocates", scenarios::handler_that_allocates, Expected::Caught(1)),
    ("a thread that allocates", scenarios::thread_that_allocates, Expected::Caught(1)),
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [flag, name] = &arguments[..]
        && flag == "--scenario"
    {
        return run(name);
    }
    // What test runners ask of every test program.
    if arguments.iter().any(|argument| argument == "--list") {
        if !arguments.iter().any(|argument| argument == "--ignored") {
            println!("scenarios: test");
        }
        return ExitCode::SUCCESS;
    }
    let failed = SCENARIOS.iter().filter(|(name, ..)| !passes(name)).count();
    println!("{} passed, {failed} failed", SCENARIOS.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one scenario in this process.
fn run(name: &str) -> ExitCode {
    let Some((_, scenario, expected)) = SCENARIOS.iter().find(|(known, ..)| *known == name) else {
        return ExitCode::FAILURE;
    };
    let count = scenario();
    let passed = check(count, *expected);
    println!("{name}: {count} allocations, {}", if passed { "as expected" } else { "FAILED" });
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one scenario in a process of its own.
fn passes(name: &str) -> bool {
    let program = std::env::current_exe().expect("this program has a path");
    let status = Command::new(program).args(["--scenario", name]).status();
    let passed = status.as_ref().is_ok_and(|status| status.success());
    if !passed {
        println!("{name}: FAILED ({status:?})");
    }
    passed
}
