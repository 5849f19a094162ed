//! One file a screen.

pub mod account;
pub mod bookings;
pub mod browse;
pub mod checkout;
pub mod seats;
pub mod ticket;
