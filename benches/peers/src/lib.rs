//! Our codec beside its peers: the same shapes, the same data, one run.
//!
//! `cargo bench` measures everything and prints one table; `cargo test` holds every peer to reading back just what was written.
//!
//! Building makes the value that a peer encodes from the [model]'s: for those that derive, a copy of it; ours refer to slices in
//! memory that is used again, prost's own every text.
//!
//! Encoding is from a value to the bytes of a message, in a buffer that is used again. Peers with a value type (ours, those that
//! derive, prost) have their value ready; for FlatBuffers and Cap'n Proto building the message is all there is.
//!
//! Decoding begins with a copy of the message to the buffer that it is checked and read in, as a read from a channel would make
//! it, for all peers alike: ours writes into it. Then every field is read ([`sink`]). `copy` is that copy alone.

pub mod generate;
pub mod model;
pub mod peers;
mod shapes;
pub mod sink;
pub mod visit;
