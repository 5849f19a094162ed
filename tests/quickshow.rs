//! The client at servers of the QuickShow family: recorded answers of real ones beside the project
//! (`FRONTROW_SHARED`, else `../shared`), and invented answers of the same shapes here.
#![cfg(feature = "server")]

#[path = "quickshow/client.rs"]
mod client;
mod common;
#[path = "quickshow/contract.rs"]
mod contract;
#[path = "quickshow/endless.rs"]
mod endless;
#[path = "quickshow/fuzz.rs"]
mod fuzz;
#[path = "quickshow/program.rs"]
mod program;
#[path = "quickshow/replay.rs"]
mod replay;
#[path = "quickshow/screen.rs"]
mod screen;
#[path = "quickshow/standin.rs"]
mod standin;
#[path = "quickshow/variants.rs"]
mod variants;
