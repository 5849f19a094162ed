//! What a cinema is: films, shows, halls, seats, holds, bookings, money, time. Pure data and pure functions.

pub mod admin;
pub mod booking;
pub mod chart;
pub mod cinema;
pub mod env;
pub mod failure;
pub mod ids;
pub mod money;
pub mod movie;
pub mod picture;
pub mod poster;
pub mod rules;
pub mod seating;
pub mod show;
pub mod sign_in;
pub mod text;
pub mod time;
pub mod user;
