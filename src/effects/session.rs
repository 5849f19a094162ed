//! Thunks of the session slice.

use super::{
    pad::SecretPad,
    ports::{Ports, Step},
};
use crate::{
    domain::sign_in::Progress,
    store::{
        action::{Action, SessionAction},
        effect::SignInStep,
        remote::Req,
        slices::session::{Person, Stepped},
    },
};

pub async fn restore(ports: Ports) -> Action {
    let restored = ports.session.restore().await;
    let kept_in = ports.session.kept_in();
    SessionAction::Restored(restored.map(|user| user.map(|user| Person { user, kept_in }))).into()
}

pub async fn read_report(ports: Ports) -> Action {
    SessionAction::Reported(ports.session.report().warnings).into()
}

pub async fn load_offer(ports: Ports, req: Req) -> Action {
    SessionAction::OfferLoaded(req, ports.session.offer().await).into()
}

/// Puts the secret that was typed into the step that needs it.
pub fn with_secret(step: SignInStep, pad: &SecretPad) -> Step {
    match step {
        SignInStep::Password { email } => Step::Password { email, password: pad.secret() },
        SignInStep::SignUp { email, name } => Step::SignUp { email, name, password: pad.secret() },
        SignInStep::SendCode { email } => Step::SendCode { email },
        SignInStep::Code(from) => Step::Code { from, code: pad.secret() },
        SignInStep::Ticket => Step::Ticket { ticket: pad.secret() },
        SignInStep::Device => Step::Device,
        SignInStep::Browser => Step::Browser,
    }
}

pub async fn step(ports: Ports, req: Req, step: Step) -> Action {
    let stepped = ports.session.step(step).await.map(|progress| match progress {
        Progress::Asks(challenge) => Stepped::Asks(challenge),
        Progress::Done(user) => Stepped::Done(Person { user, kept_in: ports.session.kept_in() }),
    });
    SessionAction::Stepped(req, stepped).into()
}

pub async fn sign_out(ports: Ports) -> Action {
    SessionAction::SignedOut(ports.session.sign_out().await).into()
}
