//! Who is at this program. The password never comes here, only its length.

use super::{nav::Route, notice::say, prefs::Prefs};
use crate::{
    domain::{failure::Failure, user::User},
    store::{
        Out,
        action::{BookingsAction, CatalogAction, CheckoutAction, NavAction, SessionAction, Tone},
        effect::{Effect, FieldId, Intent},
        tracked::Tracked,
    },
};
use tui_input::Input;

#[derive(Clone, Debug, Default)]
pub struct Session {
    pub auth: Auth,
    /// What is to be done once somebody is signed in.
    pub intent: Option<Intent>,
    pub form: Form,
}

/// Until the stored credential has been asked, nobody guesses.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Auth {
    #[default]
    Unknown,
    SignedOut,
    SignedIn(User),
}

#[derive(Clone, Debug, Default)]
pub struct Form {
    pub mode: Mode,
    pub email: Input,
    pub name: Input,
    pub secret_length: usize,
    pub focus: FieldId,
    pub busy: bool,
    pub error: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    SignIn,
    SignUp,
}

impl Form {
    pub fn fields(&self) -> &'static [FieldId] {
        match self.mode {
            Mode::SignIn => &[FieldId::Email, FieldId::Password],
            Mode::SignUp => &[FieldId::Name, FieldId::Email, FieldId::Password],
        }
    }

    fn neighbour(&self, step: isize) -> FieldId {
        let fields = self.fields();
        let at = fields.iter().position(|f| *f == self.focus).unwrap_or(0) as isize;
        fields[(at + step).rem_euclid(fields.len() as isize) as usize]
    }

    /// The first thing that is missing, in words, and where.
    fn missing(&self) -> Option<(FieldId, &'static str)> {
        let email = self.email.value().trim();
        if self.mode == Mode::SignUp && self.name.value().trim().is_empty() {
            return Some((FieldId::Name, "Say what we may call you."));
        }
        if email.split_once('@').is_none_or(|(name, host)| name.is_empty() || !host.contains('.')) {
            return Some((FieldId::Email, "Write your e-mail address, such as ana@example.com."));
        }
        match (self.mode, self.secret_length) {
            (_, 0) => Some((FieldId::Password, "Type your password.")),
            (Mode::SignUp, 1..8) => Some((FieldId::Password, "A password has at least 8 characters.")),
            _ => None,
        }
    }
}

impl Session {
    pub fn user(&self) -> Option<&User> {
        match &self.auth {
            Auth::SignedIn(user) => Some(user),
            _ => None,
        }
    }
}

pub fn reduce(session: &mut Tracked<Session>, prefs: &Prefs, action: &SessionAction, out: &mut Out) {
    match action {
        SessionAction::Restore => out.effect(Effect::RestoreSession),
        SessionAction::Restored(result) => restored(session, result, out),
        SessionAction::Require(intent) => require(session, intent, out),
        SessionAction::Open => {
            // A form begins empty: what somebody typed before is nobody's business now.
            session.form = match prefs.newcomer {
                true => Form { mode: Mode::SignUp, focus: FieldId::Name, ..Form::default() },
                false => Form::default(),
            };
            out.effect(Effect::ForgetSecret);
            out.then(NavAction::Open(Route::Account));
        }
        SessionAction::Focus(field) => session.form.focus = *field,
        SessionAction::NextField => session.form.focus = session.form.neighbour(1),
        SessionAction::PreviousField => session.form.focus = session.form.neighbour(-1),
        SessionAction::SwitchMode => {
            let form = &mut session.form;
            form.mode = if form.mode == Mode::SignIn { Mode::SignUp } else { Mode::SignIn };
            form.error = None;
            if !form.fields().contains(&form.focus) || form.focus == FieldId::Email {
                form.focus = form.fields()[0];
            }
        }
        SessionAction::Edit(request) => {
            let form = &mut session.form;
            form.error = None;
            match form.focus {
                FieldId::Email => drop(form.email.handle(*request)),
                FieldId::Name => drop(form.name.handle(*request)),
                FieldId::Password => {}
            }
        }
        SessionAction::SecretLength(length) => {
            session.form.secret_length = *length;
            session.form.error = None;
        }
        SessionAction::Submit => submit(session, out),
        SessionAction::Settled(result) => settled(session, result, out),
        SessionAction::Ended(intent) => {
            session.auth = Auth::SignedOut;
            require(session, intent, out);
            out.then(say(Tone::Bad, "Your session has ended. Sign in again, and it goes on from here."));
        }
        SessionAction::SignOut => out.effect(Effect::SignOut),
        SessionAction::SignedOut(result) => {
            session.auth = Auth::SignedOut;
            session.form = Form::default();
            out.then(CatalogAction::ForgetFavourites);
            out.then(BookingsAction::Forget);
            out.then(NavAction::Home);
            match result {
                Ok(()) => out.then(say(Tone::Good, "Signed out.")),
                Err(why) => {
                    out.then(say(Tone::Bad, format!("Signed out here; the box office did not hear of it: {why}")))
                }
            }
        }
    }
}

fn restored(session: &mut Tracked<Session>, result: &Result<Option<User>, Failure>, out: &mut Out) {
    session.auth = match result {
        Ok(Some(user)) => Auth::SignedIn(user.clone()),
        Ok(None) => Auth::SignedOut,
        Err(why) => {
            out.then(say(Tone::Bad, why.sentence()));
            Auth::SignedOut
        }
    };
    match session.auth {
        Auth::SignedIn(_) => signed_in(session, out),
        _ if session.intent.is_some() => out.then(SessionAction::Open),
        _ => {}
    }
}

fn require(session: &mut Tracked<Session>, intent: &Intent, out: &mut Out) {
    session.intent = Some(intent.clone());
    match session.auth {
        Auth::SignedIn(_) => carry_out(session, out),
        Auth::SignedOut => out.then(SessionAction::Open),
        Auth::Unknown => {} // `restored` goes on with it
    }
}

/// Does what was wanted before somebody had to sign in.
fn carry_out(session: &mut Tracked<Session>, out: &mut Out) {
    match session.intent.take() {
        Some(Intent::Pay) => out.then(CheckoutAction::PayNow),
        Some(Intent::ShowBookings) => out.then(BookingsAction::Open),
        Some(Intent::ToggleFavourite(movie)) => {
            out.then(CatalogAction::Select(movie));
            out.then(CatalogAction::ToggleFavourite);
        }
        Some(Intent::FavouritesOnly) => out.then(CatalogAction::FavouritesOnly),
        None => {}
    }
}

fn signed_in(session: &mut Tracked<Session>, out: &mut Out) {
    out.then(CatalogAction::LoadFavourites);
    carry_out(session, out);
}

fn submit(session: &mut Tracked<Session>, out: &mut Out) {
    if session.form.busy {
        return;
    }
    if let Some((field, words)) = session.form.missing() {
        // On the way down the form, Enter goes to the next field; it complains only about a field that was passed.
        let form = &mut session.form;
        let fields = form.fields();
        let at = |f: FieldId| fields.iter().position(|x| *x == f);
        if at(form.focus) < at(field) {
            form.focus = form.neighbour(1);
        } else {
            form.focus = field;
            form.error = Some(words.to_owned());
        }
        return;
    }
    session.form.busy = true;
    session.form.error = None;
    let email = session.form.email.value().trim().to_owned();
    out.effect(match session.form.mode {
        Mode::SignIn => Effect::SignIn { email },
        Mode::SignUp => Effect::SignUp { email, name: session.form.name.value().trim().to_owned() },
    });
}

fn settled(session: &mut Tracked<Session>, result: &Result<User, Failure>, out: &mut Out) {
    session.form.busy = false;
    match result {
        Ok(user) => {
            session.auth = Auth::SignedIn(user.clone());
            session.form = Form::default();
            out.effect(Effect::ForgetSecret);
            out.then(NavAction::Back);
            out.then(say(Tone::Good, format!("Signed in as {}.", user.name)));
            signed_in(session, out);
        }
        Err(why) => {
            session.form.error = Some(why.sentence());
            session.form.focus = if why.code == "email_taken" { FieldId::Email } else { FieldId::Password };
        }
    }
}
