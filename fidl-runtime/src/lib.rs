//! FIDL servers and clients.
