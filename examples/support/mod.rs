//! What the examples share.

pub(crate) mod echo_load;
pub(crate) mod echo_server;
pub(crate) mod faults;
