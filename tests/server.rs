//! The box office over real HTTP and a real database file.
#![cfg(feature = "server")]

#[path = "server/api.rs"]
mod api;
#[path = "server/auth.rs"]
mod auth;
#[path = "server/house.rs"]
mod house;
#[path = "server/model.rs"]
mod model;
#[cfg(unix)]
#[path = "server/processes.rs"]
mod processes;
#[path = "server/quickshow.rs"]
mod quickshow;
#[path = "server/race.rs"]
mod race;
#[path = "server/rotation.rs"]
mod rotation;
#[path = "server/sale.rs"]
mod sale;
#[path = "server/start.rs"]
mod start;
