//! What several screens draw.

pub mod field;
pub mod overlay;
pub mod plate;
pub mod poster;
pub mod qr;
pub mod typed;
