//! Terminal events become actions: keys through the keymap, the mouse through what was drawn. Pure.

pub mod command;
pub mod command_line;
pub mod event;
pub mod keymap;
pub mod resolve;
pub mod target;
