//! A service whose connections are spread over the domains of a pool.

mod running;

use core::fmt;
use core::future::Future;

use super::binding::{Binding, Call, Outcome};
use super::capacity::Capacity;
use super::mailbox::Mailbox;
use super::place::{Dispatch, ServerPlace};
use super::report::SizeReport;
use super::room::Room;
use crate::domain::DOMAINS;
use crate::kernel::Status;

pub use running::PooledRunning;

/// A binding whose handlers go from thread to thread. The macro [`service!`](crate::service) implements it for a service with
/// domains, where the compiler knows the handlers' futures and so whether they are `Send`.
pub trait SendBinding: 'static {
    /// The binding. Its server is used by all threads at once.
    type Binding: Binding<Server: Sync>;

    /// Handles one request: [`Binding::dispatch`] of the binding.
    fn dispatch(
        server: &'static Server<Self>,
        call: Call<'static, Protocol<Self>>,
    ) -> impl Future<Output = Outcome<'static>> + Send + 'static;
}

pub(super) type Server<X> = <<X as SendBinding>::Binding as Binding>::Server;
pub(super) type Protocol<X> = <<X as SendBinding>::Binding as Binding>::Protocol;

/// A dispatch function whose futures go from thread to thread.
pub trait SendDispatch<X: SendBinding>: Dispatch<Server<X>, Protocol<X>, Future: Send> + Send {}

impl<X: SendBinding, D: Dispatch<Server<X>, Protocol<X>, Future: Send> + Send> SendDispatch<X> for D {}

/// Everything that one protocol's server needs in each of `D` domains: as for a [`Service`](super::Service), `D` times.
/// Declared with [`service!`](crate::service), as a static.
pub struct PooledService<
    X: SendBinding,
    const C: usize,
    const N: usize,
    const L: usize,
    const SIZE: usize,
    const POLICY: u128,
    const D: usize,
> {
    server: ServerPlace<Server<X>>,
    rooms: [Room<Protocol<X>, C, N, L, SIZE>; D],
    mailboxes: [Mailbox<C>; D],
}

impl<
    X: SendBinding,
    const C: usize,
    const N: usize,
    const L: usize,
    const SIZE: usize,
    const POLICY: u128,
    const D: usize,
> PooledService<X, C, N, L, SIZE, POLICY, D>
{
    /// A service that has not been started. All zeros: it takes no room in the program's file.
    #[allow(clippy::new_without_default, reason = "a service lies in a static, never on a stack")]
    pub const fn new() -> Self {
        const {
            Capacity::unpacked(C, N, L, POLICY).check();
            assert!(D > 0 && D <= DOMAINS, "a service has 1 to `fidl::domain::DOMAINS` domains");
        };
        Self {
            server: ServerPlace::new(),
            rooms: [const { Room::new() }; D],
            mailboxes: [const { Mailbox::new() }; D],
        }
    }

    /// How many bytes the service occupies: all it will ever need.
    pub const fn bytes(&self) -> usize {
        size_of::<Self>()
    }

    /// What the bytes of one domain are for.
    pub const fn size_report(&self) -> SizeReport {
        self.rooms[0].size_report(size_of::<Self>() / D)
    }

    /// Starts the service with a server, which all domains share. Once per static.
    ///
    /// # Errors
    ///
    /// `ALREADY_EXISTS` if it was started before, `NO_RESOURCES` if there are not enough lanes: each domain takes one.
    #[allow(clippy::type_complexity, reason = "the type has no name: it is passed on")]
    pub fn start(
        &'static self,
        server: Server<X>,
    ) -> Result<PooledRunning<X, impl SendDispatch<X> + use<X, C, N, L, SIZE, POLICY, D>, C, N, D>, Status>
    {
        let capacity = Capacity::unpacked(C, N, L, POLICY);
        let server = self.server.put(server).ok_or(Status::ALREADY_EXISTS)?;
        let mut failure = Ok(());
        let parts = self.rooms.each_ref().map(|room| {
            let running = room.start::<X::Binding, _>(server, X::dispatch, capacity);
            running.map_err(|status| failure = Err(status)).ok()
        });
        failure?;
        Ok(PooledRunning::new(capacity, server, parts, &self.mailboxes))
    }
}

impl<
    X: SendBinding,
    const C: usize,
    const N: usize,
    const L: usize,
    const SIZE: usize,
    const POLICY: u128,
    const D: usize,
> fmt::Debug for PooledService<X, C, N, L, SIZE, POLICY, D>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PooledService({D} domains of {C} connections, {N} in flight; {} bytes)", self.bytes())
    }
}
