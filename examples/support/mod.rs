//! What the examples share.

pub mod echo_load;
pub mod echo_server;
