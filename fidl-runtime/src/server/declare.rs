//! Declaring a service.

/// Declares a service: a static that holds everything one protocol's server needs, with capacities that never change.
///
/// ```text
/// const CAPACITY: fidl::Capacity = fidl::capacity().connections(1000).in_flight(64);
/// fidl::service!(static CALCULATOR: calculator::Serve<Calculator>, CAPACITY);
/// ```
///
/// With `domains`, it is one for the threads of a [`Pool`](crate::domain::Pool), and has that capacity in each domain. Its
/// handlers' futures have to be `Send`, and its server `Sync`:
///
/// ```text
/// fidl::service!(static CALCULATOR: calculator::Serve<Calculator>, CAPACITY, domains = 8);
/// ```
#[macro_export]
macro_rules! service {
    ($(#[$meta:meta])* $vis:vis static $name:ident: $binding:ty, $capacity:expr) => {
        const _: () = $crate::server::check_slots::<$binding, _>(
            <$binding as $crate::server::Binding>::dispatch,
            $capacity.slot_bytes,
        );
        $(#[$meta])*
        $vis static $name: $crate::server::Service<
            $binding,
            { $capacity.connections },
            { $capacity.in_flight },
            { $capacity.large_frames },
            {
                $crate::server::arena_bytes::<_, _, _, { $capacity.in_flight }>(
                    <$binding as $crate::server::Binding>::dispatch,
                )
            },
            { $capacity.policy() },
        > = $crate::server::Service::new();
    };
    ($(#[$meta:meta])* $vis:vis static $name:ident: $binding:ty, $capacity:expr, domains = $domains:expr) => {
        const _: () = $crate::server::check_slots::<$binding, _>(
            <$binding as $crate::server::Binding>::dispatch,
            $capacity.slot_bytes,
        );
        // A type of the static's name, beside it: here the handlers' futures are known, and so whether they are `Send`.
        // As private as the binding and its server may be; nobody has to name it.
        #[allow(non_camel_case_types)]
        struct $name {}
        impl $crate::server::SendBinding for $name {
            type Binding = $binding;

            fn dispatch(
                server: &'static <$binding as $crate::server::Binding>::Server,
                call: $crate::server::Call<'static, <$binding as $crate::server::Binding>::Protocol>,
            ) -> impl ::core::future::Future<Output = $crate::server::Outcome<'static>> + Send + 'static {
                <$binding as $crate::server::Binding>::dispatch(server, call)
            }
        }
        $(#[$meta])*
        #[allow(private_interfaces)]
        $vis static $name: $crate::server::PooledService<
            $name,
            { $capacity.connections },
            { $capacity.in_flight },
            { $capacity.large_frames },
            {
                $crate::server::arena_bytes::<_, _, _, { $capacity.in_flight }>(
                    <$name as $crate::server::SendBinding>::dispatch,
                )
            },
            { $capacity.policy() },
            { $domains },
        > = $crate::server::PooledService::new();
    };
}
