//! The box office.
