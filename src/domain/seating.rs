//! Choosing seats: what a typed label means, and which seats together are the best.

pub mod best;
pub mod spec;
