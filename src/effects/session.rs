//! Thunks of the session slice.

use super::ports::Ports;
use crate::store::action::{Action, SessionAction};
use secrecy::SecretString;

pub async fn restore(ports: Ports) -> Action {
    SessionAction::Restored(ports.session.restore().await).into()
}

pub async fn sign_in(ports: Ports, email: String, password: SecretString) -> Action {
    SessionAction::Settled(ports.session.sign_in(&email, password).await).into()
}

pub async fn sign_up(ports: Ports, email: String, name: String, password: SecretString) -> Action {
    SessionAction::Settled(ports.session.sign_up(&email, &name, password).await).into()
}

pub async fn sign_out(ports: Ports) -> Action {
    SessionAction::SignedOut(ports.session.sign_out().await).into()
}
