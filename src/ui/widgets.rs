//! What several screens draw.

pub mod address;
pub mod field;
pub mod overlay;
pub mod plate;
pub mod poster;
pub mod qr;
pub mod seat_density;
pub mod seat_map;
pub mod seat_sign;
pub mod seat_venue;
pub mod typed;
