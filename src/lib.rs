//! **frontrow** chooses and sells cinema seats from a terminal.
//!
//! The rooms of the house, from the ground up; a room may use only rooms that stand above it in this list
//! (`tests/arch.rs` holds the exact arrows, `docs/architecture.md` the reasons):
//!
//! - [`domain`]: what a cinema is. No IO, no clock, no foreign formats.
//! - [`wire`]: the JSON envelopes of the native API.
//! - [`store`]: the Redux kernel: actions, pure reducers, effects as data, selectors.
//! - [`input`]: terminal events become actions, through the keymap.
//! - [`ui`]: view models become cells.
//! - [`effects`]: the only asynchronous place of the client; its ports are traits.
//! - [`auth`]: a fresh token before each call; the credential stores.
//! - [`api`]: the ports, spoken to a remote server.
//! - [`server`]: the box office (feature `server`).
//! - [`platform`], [`export`], [`config`]: folders, clocks, logs; pictures; settings.
//! - [`term`], [`cli`], [`app`]: the terminal loop, the commands, and the place where all of it is put together.

pub mod api;
pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod domain;
pub mod effects;
pub mod export;
pub mod input;
pub mod platform;
#[cfg(feature = "server")]
pub mod server;
pub mod store;
pub mod term;
pub mod ui;
pub mod wire;
