//! The only asynchronous place of the client: effects go in, actions come out.

mod admin;
pub mod bookings;
mod catalog;
mod hold;
pub mod pad;
pub mod ports;
mod posters;
pub mod runtime;
mod seats;
mod session;
