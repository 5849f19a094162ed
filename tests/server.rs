//! The box office over real HTTP and a real database file.
#![cfg(feature = "server")]

#[path = "server/api.rs"]
mod api;
#[path = "server/attacks.rs"]
mod attacks;
#[path = "server/auth.rs"]
mod auth;
#[path = "server/clerk.rs"]
mod clerk;
#[path = "server/confidential.rs"]
mod confidential;
#[path = "server/device.rs"]
mod device;
#[path = "server/house.rs"]
mod house;
#[path = "server/limits.rs"]
mod limits;
#[path = "server/live.rs"]
mod live;
#[path = "server/mail.rs"]
mod mail;
#[path = "server/model.rs"]
mod model;
#[path = "server/orphan.rs"]
mod orphan;
#[path = "server/party.rs"]
mod party;
#[cfg(unix)]
#[path = "server/processes.rs"]
mod processes;
#[path = "server/propose.rs"]
mod propose;
#[path = "server/quickshow.rs"]
mod quickshow;
#[path = "server/quickshow_admin.rs"]
mod quickshow_admin;
#[path = "server/quickshow_shapes.rs"]
mod quickshow_shapes;
#[path = "server/race.rs"]
mod race;
#[path = "server/refresh.rs"]
mod refresh;
#[path = "server/replan.rs"]
mod replan;
#[path = "server/rotation.rs"]
mod rotation;
#[path = "server/sale.rs"]
mod sale;
#[path = "server/sessions.rs"]
mod sessions;
#[path = "server/start.rs"]
mod start;
#[path = "server/stripe.rs"]
mod stripe;
#[path = "server/tickets.rs"]
mod tickets;
