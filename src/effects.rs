//! The only asynchronous place of the client.

pub mod ports;
