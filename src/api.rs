//! The ports, spoken to a remote server.

pub mod accounts;
pub mod clerk;
pub mod devices;
pub mod http;
pub mod me;
pub mod native;
mod news;
pub mod oauth;
#[cfg(feature = "posters")]
pub mod posters;
pub mod quickshow;
pub mod slow;
mod sse;
mod verdict;
