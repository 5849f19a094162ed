//! The ports, spoken to a remote server.

pub mod accounts;
pub mod devices;
pub mod http;
pub mod me;
pub mod native;
pub mod oauth;
pub mod slow;
mod verdict;
