//! Who is at this program, and what goes on once somebody is signed in. How somebody signs in is [`sign_in`]'s.

pub mod sign_in;

pub use sign_in::{Choice, FormError, Page, SignIn, Stepped};

use super::{Requests, nav::Route, notice::say, prefs::Prefs};
use crate::{
    domain::{
        failure::{Failure, FailureKind, sentence},
        sign_in::Offer,
        user::User,
    },
    store::{
        Now, Out,
        action::{
            AdminAction, BookingsAction, CatalogAction, CheckoutAction, NavAction, NetAction, NoticeAction,
            SessionAction, Tone,
        },
        effect::{Effect, Intent},
        remote::Remote,
        tracked::Tracked,
    },
};

#[derive(Clone, Debug, Default)]
pub struct Session {
    pub auth: Auth,
    /// What is to be done once somebody is signed in.
    pub intent: Option<Intent>,
    /// How somebody can sign in here.
    pub offer: Remote<Offer>,
    pub sign_in: SignIn,
    /// Somebody has been signed in since the start: whoever comes to the form next has an account.
    pub met: bool,
    /// Warnings that were said: each is said once.
    warned: Vec<String>,
}

/// Until the stored credential has been asked, nobody guesses.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Auth {
    #[default]
    Unknown,
    SignedOut,
    SignedIn(Person),
}

/// Who is signed in, and where that is kept, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub user: User,
    pub kept_in: String,
}

impl Session {
    pub fn person(&self) -> Option<&Person> {
        match &self.auth {
            Auth::SignedIn(person) => Some(person),
            _ => None,
        }
    }

    pub fn user(&self) -> Option<&User> {
        self.person().map(|person| &person.user)
    }
}

/// What the slice sees of the rest.
pub struct Around<'a> {
    pub prefs: &'a Prefs,
    pub route: &'a Route,
    pub now: Now,
}

pub fn reduce(
    session: &mut Tracked<Session>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    action: &SessionAction,
    out: &mut Out,
) {
    match action {
        SessionAction::Restore => out.effect(Effect::RestoreSession),
        SessionAction::Restored(result) => restored(session, around, requests, result, out),
        SessionAction::Require(intent) => {
            session.intent = Some(intent.clone());
            match session.auth {
                Auth::SignedIn(_) => carry_out(session, out),
                Auth::SignedOut => sign_in::open(session, around, requests, out),
                // `restored` goes on with it.
                Auth::Unknown => out.then(say(Tone::Info, "One moment: looking for your sign-in …")),
            }
        }
        SessionAction::Open => {
            if session.sign_in.page == Page::Closed {
                // Opened for its own sake: what was once wanted must not happen now.
                session.intent = None;
            }
            sign_in::open(session, around, requests, out);
        }
        SessionAction::Left => {
            session.intent = None;
            sign_in::close(session, out);
        }
        SessionAction::Stepped(req, result) => {
            if let Some(person) = sign_in::stepped(session, around, requests, *req, result, out) {
                sign_in::close(session, out);
                out.then(NavAction::Back);
                out.then(say(Tone::Good, format!("Signed in as {}.", person.user.name)));
                signed_in(session, person, out);
            }
        }
        SessionAction::Ended { why, wanted } => ended(session, around, requests, why, wanted.as_ref(), out),
        SessionAction::Look => out.effect(Effect::ReadReport),
        SessionAction::Reported(warnings) => {
            // Seconds by which a clock is wrong differ each time: that is no news.
            let gist = |warning: &str| warning.replace(|c: char| c.is_ascii_digit(), "");
            if let Some(warning) = warnings.iter().find(|warning| !session.warned.contains(&gist(warning))) {
                session.warned.push(gist(warning));
                out.then(say(Tone::Bad, sentence(warning)));
            }
        }
        SessionAction::SignOut => {
            if session.person().is_some() {
                out.effect(Effect::SignOut);
            }
        }
        SessionAction::SignedOut(result) => {
            forget(session, out);
            out.then(BookingsAction::Forget);
            out.then(NavAction::Home);
            match result {
                Ok(()) => out.then(say(Tone::Good, "Signed out.")),
                Err(why) => out.then(say(Tone::Bad, why.sentence())),
            }
        }
        steps => sign_in::reduce(session, around, requests, steps, out),
    }
}

fn restored(
    session: &mut Tracked<Session>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    result: &Result<Option<Person>, Failure>,
    out: &mut Out,
) {
    let open = session.sign_in.page != Page::Closed;
    if session.auth == Auth::Unknown && session.intent.is_some() {
        // What was waited for is here.
        out.then(NoticeAction::Dismiss);
    }
    match result {
        Ok(Some(person)) => {
            if open {
                sign_in::close(session, out);
            }
            return signed_in(session, person.clone(), out);
        }
        // After a lost connection: whoever is signed in stays so until the server says otherwise.
        Err(why) if session.person().is_some() && why.kind != FailureKind::SignIn => {}
        Ok(None) | Err(_) => {
            if session.person().is_some() {
                out.then(BookingsAction::Forget);
            }
            let known = session.auth == Auth::SignedOut;
            if !known {
                forget(session, out);
            }
            // A form that somebody is filling in stays as it is.
            if session.intent.is_some() || open {
                sign_in::open(session, around, requests, out);
            }
        }
    }
    if let Err(why) = result {
        out.then(say(Tone::Bad, why.sentence()));
    }
}

/// Nobody is signed in any more.
fn forget(session: &mut Tracked<Session>, out: &mut Out) {
    session.auth = Auth::SignedOut;
    out.then(CatalogAction::ForgetFavourites);
    out.then(AdminAction::Forget);
}

fn signed_in(session: &mut Tracked<Session>, person: Person, out: &mut Out) {
    if session.user().map(|user| &user.id) != Some(&person.user.id) {
        out.then(BookingsAction::Forget);
        out.then(AdminAction::Forget);
        out.then(BookingsAction::Reopen);
    }
    session.auth = Auth::SignedIn(person);
    session.met = true;
    out.then(CatalogAction::LoadFavourites);
    out.then(AdminAction::Ask);
    carry_out(session, out);
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
        Some(Intent::Administer(page)) => out.then(AdminAction::Open(page)),
        None => {}
    }
}

/// The server has ended the session. Where a person waits for the answer they sign in again and it goes on; a load
/// in the background must not take their screen away.
fn ended(
    session: &mut Tracked<Session>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    why: &Failure,
    wanted: Option<&Intent>,
    out: &mut Out,
) {
    if session.auth == Auth::SignedOut && wanted.is_none() {
        return;
    }
    forget(session, out);
    let shown = around.route;
    // A ticket that is shown stays: it may be needed at the door.
    if !matches!(shown, Route::Ticket(_)) {
        out.then(BookingsAction::Forget);
    }
    let reason = reason(why);
    match wanted {
        Some(Intent::ShowBookings) if *shown != Route::Bookings => out.then(say(Tone::Bad, reason)),
        None => out.then(say(Tone::Bad, reason)),
        Some(intent) => {
            if *shown == Route::Bookings {
                out.then(NavAction::Back);
            }
            session.intent = Some(intent.clone());
            sign_in::open(session, around, requests, out);
            session.sign_in.reason = Some(format!("{reason} Sign in again, and it goes on from here."));
        }
    }
}

/// Why nobody is signed in any more, in plain words.
fn reason(why: &Failure) -> String {
    match why.code.as_str() {
        "session_expired" => "Your sign-in was old and has ended.".to_owned(),
        "session_revoked" => "Your sign-in was ended elsewhere.".to_owned(),
        "invalid_credential" | "invalid_token" => "The box office does not accept your sign-in any more.".to_owned(),
        "signed_out" => "You are signed out.".to_owned(),
        _ => why.sentence(),
    }
}

/// Tells the net slice what an answer says of the connection.
fn report_link(failed: Option<&Failure>, out: &mut Out) {
    match failed {
        Some(why) if why.kind == FailureKind::Offline => out.then(NetAction::Lost(why.clone())),
        Some(_) => {}
        None => out.then(NetAction::Back),
    }
}
