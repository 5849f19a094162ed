//! View models become cells. Pure: the same view, theme and size give the same buffer, and out of the same call
//! come the mouse targets, the cursor and the line that a screen reader should hear.

pub mod frame;
pub mod glyphs;
pub mod root;
mod screens;
pub mod theme;
pub mod widgets;
