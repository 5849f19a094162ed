//! The terminal: its modes, the bytes that are written, and the loop.

pub mod backend;
pub mod guard;
#[cfg(feature = "posters")]
pub mod pictures;
pub mod run;
