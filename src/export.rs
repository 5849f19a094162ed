//! Pictures and documents of what the program shows.

pub mod ansi;
pub mod svg;
