//! Serialization domains, and threads that run them.
//!
//! A domain is a set of connections of which at most one is served at a time: its handlers run one behind the other, in the
//! order in which the requests came, though not always on the same thread. Different domains run side by side. A [`Pool`] is
//! any number of threads that wait on one port.
//!
//! ```text
//!            packet or wake                                   a thread that is free
//!   idle ─────────1─────────▶ in the ring, once ─────────2─────────▶ running ──3──▶ idle, or at the ring's end
//! ```
//!
//! 1. A packet's key says which domain it is for, a waker's word says it, too. Neither searches, and neither waits.
//! 2. The thread that takes a domain gives each service's part of it one turn: what that may do is bounded.
//! 3. What is not done then, or was woken meanwhile, has its next turn behind all others that are queued.
//!
//! No lock is taken on the way. A thread that sleeps is woken only if there is more to do than the threads that are awake
//! have begun, or if none of those that sleep looks at the clock while something waits for its time.
//!
//! Each domain has its own part of a service's memory: connections, frames, and the arena of its handlers' futures. So the
//! capacity of a service with domains, which [`service!`](crate::service) states, is per domain; a domain whose calls are all in
//! use keeps nobody else waiting. A new connection goes to the domain that has the most room.
//!
//! ```text
//! const CAPACITY: Capacity = capacity().connections(64).in_flight(16);
//! fidl::service!(static ECHO: echo::Serve<Echo>, CAPACITY, domains = 8);
//!
//! let echo = ECHO.start(Echo)?;
//! let mut pool = Pool::new()?;
//! echo.attach(&mut pool)?;
//! echo.listen(fidl::listen("/run/echo")?)?;
//! pool.run(2)?;
//! ```
//!
//! A handler that blocks holds up its own domain, and the thread that it is on. As long as one thread is left, all other
//! domains go on; so a service whose handlers block needs one thread more than may block at one time. Connections
//! come in by a domain of their own, in which no handler runs.
//!
//! Without threads, the same service runs on a reactor: [`on_one_thread`](crate::server::PooledRunning::on_one_thread).

mod deadlines;
mod gate;
mod pool;
mod seat;

pub(crate) use gate::Gate;
pub use pool::{Counters, Pool};
pub(crate) use pool::{Member, Turned};
pub use seat::POOLS;

/// The most domains that a service can have.
pub const DOMAINS: usize = crate::task::DOMAINS - 1;

/// The domain by which connections come in, of all services of a pool. No handler runs there.
pub(crate) const DOOR: usize = DOMAINS;
