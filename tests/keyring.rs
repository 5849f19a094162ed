//! The real program with real keyrings: gnome-keyring on a bus of the test's own, and the Linux kernel's.
//!
//! They need `gnome-keyring dbus-daemon libsecret-tools libglib2.0-bin keyutils`. Where those are missing, a test says
//! on standard error that it is left out; with TEST_REQUIRE_KEYRING=1 it fails instead.
#![cfg(all(feature = "server", target_os = "linux"))]

#[path = "keyring/cinema.rs"]
mod cinema;
#[path = "keyring/crash.rs"]
mod crash;
#[path = "keyring/desktop.rs"]
mod desktop;
#[path = "keyring/doctor.rs"]
mod doctor;
#[path = "keyring/gate.rs"]
mod gate;
#[allow(dead_code)]
#[path = "server/house.rs"]
mod house;
#[path = "keyring/keyutils.rs"]
mod keyutils;
#[path = "keyring/machine.rs"]
mod machine;
#[path = "keyring/secret_service.rs"]
mod secret_service;
