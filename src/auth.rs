//! A fresh token before each call, from a credential that is kept in a credential store.
//!
//! Two layers: a long-lived *credential* that only talks to the sign-in routes and is kept by [`store`], and a token
//! that lives a minute, is minted by [`session`] for one call, and is never written anywhere.

pub mod command;
pub mod entry;
mod flight;
pub mod lock;
mod policy;
pub mod provider;
mod record;
pub mod session;
pub mod store;
mod vault;
