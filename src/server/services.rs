//! What the box office does. A service is a transaction with rules; both API dialects call the same ones.

pub mod accounts;
pub mod audit;
pub mod bookings;
pub mod catalogue;
pub mod claims;
pub mod credentials;
pub mod device_grants;
pub mod email_codes;
pub mod favourites;
pub mod generations;
pub mod holds;
pub mod orders;
pub mod passwords;
pub mod payments;
pub mod plans;
pub mod records;
pub mod replan;
pub mod seating;
pub mod sessions;
pub mod sign_in_tickets;
pub mod throttle;
pub mod tickets;
pub mod tidy;
pub mod tokens;
