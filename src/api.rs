//! The ports, spoken to a remote server.

pub mod accounts;
pub mod clerk;
pub mod devices;
pub mod http;
pub mod native;
pub mod slow;
mod verdict;
