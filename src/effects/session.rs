//! Thunks of the session slice.

use super::ports::{Ports, Step};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        sign_in::Progress,
        user::User,
    },
    store::action::{Action, SessionAction},
};
use secrecy::SecretString;

pub async fn restore(ports: Ports) -> Action {
    SessionAction::Restored(ports.session.restore().await).into()
}

pub async fn sign_in(ports: Ports, email: String, password: SecretString) -> Action {
    SessionAction::Settled(step(ports, Step::Password { email, password }).await).into()
}

pub async fn sign_up(ports: Ports, email: String, name: String, password: SecretString) -> Action {
    SessionAction::Settled(step(ports, Step::SignUp { email, name, password }).await).into()
}

async fn step(ports: Ports, step: Step) -> Result<User, Failure> {
    match ports.session.step(step).await? {
        Progress::Done(user) => Ok(user),
        Progress::Asks(_) => Err(Failure::new(FailureKind::Other, "more_asked", "the box office asks for more")),
    }
}

pub async fn sign_out(ports: Ports) -> Action {
    SessionAction::SignedOut(ports.session.sign_out().await).into()
}
