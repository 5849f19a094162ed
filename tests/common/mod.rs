//! What several test programs share.
#![allow(dead_code, reason = "each test program uses its part")]

pub mod arena;
pub mod backstage;
pub mod later;
pub mod sample;
pub mod seen;
pub mod stage;
pub mod styled;
pub mod wire;
