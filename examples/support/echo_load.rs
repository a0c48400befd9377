//! The echo example's processes: starting them, loading the server, and the figures.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;
use fidl::task::Arena;
use futures::StreamExt;
use hdrhistogram::Histogram;

use super::faults::page_faults;
use crate::example_echo::{MAX_DATA, echo};

/// The most requests that one client has in flight.
pub(crate) const MAX_IN_FLIGHT: usize = 256;

/// How long the phases take, if nobody says how many requests they have.
const ONE_IN_FLIGHT: Duration = Duration::from_millis(1500);
const MANY_IN_FLIGHT: Duration = Duration::from_millis(3000);

/// What the clients do.
#[derive(Args, Clone)]
pub(crate) struct Load {
    /// Client processes.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=32))]
    clients: u64,
    /// Requests that each client has in flight.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=MAX_IN_FLIGHT as u64))]
    in_flight: u64,
    /// Requests that each client sends in each phase. Without it, the phases take 1.5 and 3 seconds.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    requests: Option<u64>,
    /// Bytes in each request and response.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u64).range(0..=u64::from(MAX_DATA)))]
    payload: u64,
}

/// What a client is told to do next.
#[derive(Clone, Copy)]
pub(crate) enum Phase {
    /// One request after the other.
    One,
    /// Many at one time.
    Many,
}

impl Phase {
    const fn letter(self) -> u8 {
        match self {
            Self::One => b'1',
            Self::Many => b'n',
        }
    }
}

/// A client's standard input and output: a letter for each phase, and a line when it is done.
pub(crate) struct Commands;

impl Commands {
    /// From here on, neither reading nor writing allocates.
    pub(crate) fn new() -> Self {
        drop(std::io::stdin().lock());
        // An output's buffer comes with the first line.
        println!("a client");
        Self
    }

    /// Waits for a phase; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Phase> {
        let mut letter = [0];
        std::io::stdin().lock().read_exact(&mut letter).ok()?;
        Some(if letter[0] == Phase::One.letter() { Phase::One } else { Phase::Many })
    }

    /// Says that the client is ready, or the phase over.
    pub(crate) fn done(&self) {
        let mut output = std::io::stdout().lock();
        let _ = output.write_all(b"done\n").and_then(|()| output.flush());
    }
}

/// A client's latencies, in nanoseconds.
pub(crate) struct Measured {
    load: Load,
    data: Vec<u8>,
    one: RefCell<Histogram<u64>>,
    many: RefCell<Histogram<u64>>,
    many_took: Cell<Duration>,
    /// Page faults of the process before the first request, and since.
    faults: Cell<Option<(u64, u64)>>,
}

type Client<'r> = echo::Client<'r, MAX_IN_FLIGHT, 0>;

impl Measured {
    /// Nothing measured yet; everything that measuring needs is allocated here.
    pub(crate) fn new(load: &Load) -> Result<Self, String> {
        let histogram =
            || Histogram::new_with_bounds(1, 60_000_000_000, 3).map_err(|error| error.to_string());
        let (mut one, mut many) = (histogram()?, histogram()?);
        // Writes all of them, so that their pages are there.
        one.reset();
        many.reset();
        let (one, many) = (RefCell::new(one), RefCell::new(many));
        let data = (0..load.payload).map(|index| index as u8).collect();
        let (many_took, faults) = (Cell::new(Duration::ZERO), Cell::new(None));
        Ok(Self { load: load.clone(), data, one, many, many_took, faults })
    }

    /// One request after the other.
    pub(crate) async fn one_in_flight(&mut self, client: &Client<'_>) -> Result<(), String> {
        let budget = Budget::new(self.load.requests, ONE_IN_FLIGHT);
        self.note_faults();
        self.send_while(client, &budget, &self.one).await
    }

    /// As many requests at one time as the load says, in an arena of futures.
    pub(crate) async fn many_in_flight(&mut self, client: &Client<'_>) -> Result<(), String> {
        let budget = Budget::new(self.load.requests, MANY_IN_FLIGHT);
        self.note_faults();
        let mut senders = pin!(Arena::<_, MAX_IN_FLIGHT>::new());
        for _ in 0..self.load.in_flight {
            let sender = || self.send_while(client, &budget, &self.many);
            senders.as_mut().push_with(sender).map_err(|full| full.to_string())?;
        }
        while let Some(result) = senders.next().await {
            result?;
        }
        self.many_took.set(budget.begun.elapsed());
        self.note_faults();
        Ok(())
    }

    /// Notes how many page faults there were: before the first request, if this is the first time, and since.
    fn note_faults(&self) {
        let faults = page_faults();
        let (before, _) = self.faults.get().unwrap_or((faults, 0));
        self.faults.set(Some((before, faults - before)));
    }

    async fn send_while(
        &self,
        client: &Client<'_>,
        budget: &Budget,
        latencies: &RefCell<Histogram<u64>>,
    ) -> Result<(), String> {
        while budget.take() {
            let sent = Instant::now();
            let response = client.echo(&self.data).await.map_err(|error| error.to_string())?;
            if response.view().data() != self.data {
                return Err("the server said something else".to_owned());
            }
            latencies.borrow_mut().saturating_record(sent.elapsed().as_nanos() as u64);
        }
        Ok(())
    }

    /// Prints everything for the parent process.
    pub(crate) fn print(&self, allocations: usize, bytes: usize) {
        let (_, faults) = self.faults.get().unwrap_or_default();
        println!("{allocations} {bytes} {} {faults}", self.many_took.get().as_nanos());
        for histogram in [&self.one, &self.many] {
            let histogram = histogram.borrow();
            for step in histogram.iter_recorded() {
                print!("{} {} ", step.value_iterated_to(), step.count_at_value());
            }
            println!();
        }
    }
}

/// How many requests, or how long.
struct Budget {
    begun: Instant,
    time: Duration,
    requests: Cell<Option<u64>>,
}

impl Budget {
    fn new(requests: Option<u64>, time: Duration) -> Self {
        Self { begun: Instant::now(), time, requests: Cell::new(requests) }
    }

    fn take(&self) -> bool {
        let Some(left) = self.requests.get() else { return self.begun.elapsed() < self.time };
        self.requests.set(Some(left.saturating_sub(1)));
        left > 0
    }
}

/// Starts a server and clients, runs them for about five seconds, and prints the figures.
pub(crate) fn run(load: &Load, json: bool) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("fidl-echo-{}", std::process::id()));
    std::fs::create_dir(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    let result = run_in(&folder.join("socket"), load, json);
    let _ = std::fs::remove_dir_all(&folder);
    result
}

fn run_in(path: &Path, load: &Load, json: bool) -> Result<(), String> {
    let mut server = Process::server(path, load.clients)?;
    let mut clients: Vec<Process> =
        (0..load.clients).map(|_| Process::client(path, load)).collect::<Result<_, _>>()?;
    server.expect("connected")?;
    let progress = Progress::new(load);
    // One client alone, so that nothing but its own request is in flight.
    clients[0].tell(Phase::One)?;
    clients[0].expect("done")?;
    progress.phase("many in flight");
    clients.iter_mut().try_for_each(|client| client.tell(Phase::Many))?;
    clients.iter_mut().try_for_each(|client| client.expect("done"))?;
    progress.end();
    let mut figures = Figures::new()?;
    for client in clients {
        figures.add_client(client)?;
    }
    figures.add_server(server.line()?)?;
    figures.print(load);
    if json {
        println!("{}", figures.json());
    }
    Ok(())
}

/// A child process, ended with this value.
struct Process {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Process {
    fn server(path: &Path, clients: u64) -> Result<Self, String> {
        let mut server = Self::start(|command| {
            command.arg("serve").arg(path).args(["--connections", &clients.to_string()]);
        })?;
        server.expect("serving")?;
        Ok(server)
    }

    fn client(path: &Path, load: &Load) -> Result<Self, String> {
        let mut client = Self::start(|command| {
            command.arg("client").arg(path);
            command.args([
                "--in-flight",
                &load.in_flight.to_string(),
                "--payload",
                &load.payload.to_string(),
            ]);
            if let Some(requests) = load.requests {
                command.args(["--requests", &requests.to_string()]);
            }
        })?;
        client.expect("a client")?;
        client.expect("done")?;
        Ok(client)
    }

    /// Starts this program again.
    fn start(arguments: impl FnOnce(&mut Command)) -> Result<Self, String> {
        let cannot = |error: std::io::Error| format!("cannot start a process: {error}");
        let program: PathBuf = std::env::current_exe().map_err(cannot)?;
        let mut command = Command::new(program);
        arguments(&mut command);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(cannot)?;
        let output = child.stdout.take().ok_or("a process without an output")?;
        Ok(Self { child, output: BufReader::new(output) })
    }

    fn tell(&mut self, phase: Phase) -> Result<(), String> {
        let input = self.child.stdin.as_mut().ok_or("a process without an input")?;
        input.write_all(&[phase.letter()]).map_err(|error| format!("a client ended early: {error}"))
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(0) => Err("a process ended early".to_owned()),
            Ok(_) => Ok(line),
            Err(error) => Err(error.to_string()),
        }
    }

    fn expect(&mut self, begin: &str) -> Result<(), String> {
        let line = self.line()?;
        if line.starts_with(begin) { Ok(()) } else { Err(format!("a process said: {}", line.trim_end())) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A progress bar, where somebody watches.
struct Progress(Option<indicatif::ProgressBar>);

impl Progress {
    fn new(load: &Load) -> Self {
        let watched = std::io::IsTerminal::is_terminal(&std::io::stderr()) && load.requests.is_none();
        let bar = watched.then(|| {
            let steps = (ONE_IN_FLIGHT + MANY_IN_FLIGHT).as_millis() as u64 / 100;
            let bar = indicatif::ProgressBar::new(steps).with_message("one in flight");
            if let Ok(style) = indicatif::ProgressStyle::with_template("{bar:40} {msg}") {
                bar.set_style(style);
            }
            let ticking = bar.clone();
            std::thread::spawn(move || {
                while !ticking.is_finished() {
                    std::thread::sleep(Duration::from_millis(100));
                    ticking.inc(1);
                }
            });
            bar
        });
        Self(bar)
    }

    fn phase(&self, message: &'static str) {
        if let Some(bar) = &self.0 {
            bar.set_message(message);
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// What was measured, of all processes together.
struct Figures {
    one: Histogram<u64>,
    many: Histogram<u64>,
    requests_per_second: f64,
    server_allocations: u64,
    client_allocations: u64,
    server_bytes: u64,
    client_bytes: u64,
    server_faults: u64,
    client_faults: u64,
}

impl Figures {
    fn new() -> Result<Self, String> {
        let histogram = || Histogram::new(3).map_err(|error| error.to_string());
        Ok(Self {
            one: histogram()?,
            many: histogram()?,
            requests_per_second: 0.0,
            server_allocations: 0,
            client_allocations: 0,
            server_bytes: 0,
            client_bytes: 0,
            server_faults: 0,
            client_faults: 0,
        })
    }

    fn add_client(&mut self, mut client: Process) -> Result<(), String> {
        // The end of its input ends the client.
        drop(client.child.stdin.take());
        let [allocations, bytes, nanoseconds, faults] = numbers(&client.line()?)?[..] else {
            return Err("a client said something else".to_owned());
        };
        self.client_allocations += allocations;
        self.client_faults += faults;
        self.client_bytes = bytes;
        add(&mut self.one, &client.line()?)?;
        let before = self.many.len();
        add(&mut self.many, &client.line()?)?;
        let requests = (self.many.len() - before) as f64;
        self.requests_per_second += requests / (nanoseconds.max(1) as f64 / 1e9);
        Ok(())
    }

    fn add_server(&mut self, line: String) -> Result<(), String> {
        let [allocations, bytes, faults] = numbers(&line)?[..] else {
            return Err("the server said something else".to_owned());
        };
        (self.server_allocations, self.server_bytes, self.server_faults) = (allocations, bytes, faults);
        Ok(())
    }

    fn print(&self, load: &Load) {
        println!("{} clients, {} bytes in each request and response", load.clients, load.payload);
        println!();
        println!("                        p50         p99       p99.9");
        for (name, latencies) in [("one in flight", &self.one), ("many in flight", &self.many)] {
            let [p50, p99, p999] =
                percentiles(latencies).map(|nanos| format!("{:.1} µs", nanos as f64 / 1e3));
            println!("{name:15} {p50:>11} {p99:>11} {p999:>11}");
        }
        println!();
        println!(
            "requests per second    {:>12.0}   ({} in flight per client)",
            self.requests_per_second, load.in_flight
        );
        println!("static memory          {:>12}   bytes in the server", self.server_bytes);
        println!("                       {:>12}   bytes in each client", self.client_bytes);
        println!("heap allocations       {:>12}   in the server", self.server_allocations);
        println!("                       {:>12}   in the clients", self.client_allocations);
        println!(
            "page faults            {:>12}   in the server, between the first request and the last",
            self.server_faults
        );
        println!("                       {:>12}   in the clients", self.client_faults);
    }

    fn json(&self) -> serde_json::Value {
        let [p50, p99, p999] = percentiles(&self.one);
        let [many_p50, many_p99, many_p999] = percentiles(&self.many);
        serde_json::json!({
            "requests": self.one.len() + self.many.len(),
            "requests_per_second": self.requests_per_second,
            "p50_ns": p50,
            "p99_ns": p99,
            "p999_ns": p999,
            "in_flight_p50_ns": many_p50,
            "in_flight_p99_ns": many_p99,
            "in_flight_p999_ns": many_p999,
            "server_allocations": self.server_allocations,
            "client_allocations": self.client_allocations,
            "server_static_bytes": self.server_bytes,
            "client_static_bytes": self.client_bytes,
            "server_page_faults": self.server_faults,
            "client_page_faults": self.client_faults,
        })
    }
}

fn percentiles(latencies: &Histogram<u64>) -> [u64; 3] {
    [0.5, 0.99, 0.999].map(|quantile| latencies.value_at_quantile(quantile))
}

fn numbers(line: &str) -> Result<Vec<u64>, String> {
    let number = |word: &str| word.parse().map_err(|_| format!("a process said: {line}"));
    line.split_whitespace().map(number).collect()
}

/// Adds a line of values and counts.
fn add(histogram: &mut Histogram<u64>, line: &str) -> Result<(), String> {
    for pair in numbers(line)?.chunks_exact(2) {
        histogram.record_n(pair[0], pair[1]).map_err(|error| error.to_string())?;
    }
    Ok(())
}
