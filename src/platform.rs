//! What differs between systems: folders, clocks, logs, the terminal's abilities.

pub mod browser;
pub mod caps;
pub mod choice;
pub mod dirs;
pub mod env;
pub mod harden;
pub mod logs;
pub mod notes;
