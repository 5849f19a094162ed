//! Sign-in by Clerk: against a Frontend API that insists on its rules, and through Clerk's own middleware from npm.
#![cfg(feature = "server")]

#[path = "clerk/express.rs"]
mod express;
#[path = "clerk/fapi.rs"]
mod fapi;
#[path = "clerk/middleware.rs"]
mod middleware;
#[path = "clerk/native.rs"]
mod native;
#[path = "clerk/program.rs"]
mod program;
#[path = "clerk/settings.rs"]
mod settings;
