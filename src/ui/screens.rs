//! One file a screen.

pub mod account;
pub mod admin;
pub mod bookings;
pub mod browse;
pub mod checkout;
pub mod payment;
pub mod seat_list;
pub mod seats;
pub mod ticket;
