//! Sign in, sign up, sign out.

use super::countdown_words;
use crate::{
    domain::{
        cinema::Holds,
        money::Glyphs,
        sign_in::{Approval, CodeFrom, Way},
    },
    store::{
        Now,
        effect::{FieldId, Intent},
        slices::{
            prefs::Place,
            session::{Choice, Page, Person, SignIn, sign_in::Code},
        },
        state::State,
    },
};

/// Digits of a code that is sent or shown by an app.
const CODE_DIGITS: usize = 6;

#[derive(Clone, Debug, PartialEq)]
pub struct AccountVm {
    pub title: String,
    /// What this is for, in a sentence.
    pub lead: String,
    /// The lead tells bad news.
    pub alert: bool,
    pub body: Body,
    /// What is wrong with the page as a whole.
    pub error: Option<String>,
    /// What else can be done: `New here? Ctrl-N makes an account.`
    pub hints: Vec<String>,
    pub status: String,
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing can be shown yet, and why.
    Waiting(String),
    Fields(Vec<FieldVm>),
    Ways(Vec<WayVm>),
    Approval(ApprovalVm),
    Person(PersonVm),
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldVm {
    pub id: FieldId,
    pub label: &'static str,
    pub text: String,
    pub cursor: usize,
    pub focused: bool,
    /// What is wrong with it.
    pub error: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct WayVm {
    pub choice: Choice,
    pub label: &'static str,
    pub words: &'static str,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalVm {
    pub way: Way,
    pub url: String,
    /// What a QR code carries; `None` where a phone could not get there.
    pub qr: Option<String>,
    pub on_this_computer: bool,
    pub user_code: Option<String>,
    pub left: String,
    pub urgent: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PersonVm {
    pub name: String,
    pub email: String,
    pub facts: Vec<(&'static str, String)>,
}

/// Since when the screen has had nothing to show but that it waits.
pub fn waiting_since(state: &State) -> Option<u64> {
    match state.session.sign_in.page {
        _ if state.session.person().is_some() => None,
        Page::Starting(_) => state.session.sign_in.step.map(|asked| asked.since_ms),
        Page::Waiting => Some(state.session.offer.waiting_since().unwrap_or(0)),
        _ => None,
    }
}

pub fn select(state: &State, now: Now, waiting: bool) -> AccountVm {
    match state.session.person() {
        Some(person) => signed_in(state, person),
        None => signing_in(state, now, waiting),
    }
}

fn signed_in(state: &State, person: &Person) -> AccountVm {
    AccountVm {
        title: "Your account".to_owned(),
        lead: String::new(),
        alert: false,
        body: Body::Person(PersonVm {
            name: person.user.name.to_string(),
            email: person.user.email.to_string(),
            facts: vec![("Box office", state.net.origin.clone()), ("Sign-in kept in", person.kept_in.clone())],
        }),
        error: None,
        hints: vec!["Ctrl-O signs out. Bookings stay with your account.".to_owned()],
        status: String::new(),
        next: None,
    }
}

fn signing_in(state: &State, now: Now, waiting: bool) -> AccountVm {
    let sign_in = &state.session.sign_in;
    AccountVm {
        title: title(&sign_in.page).to_owned(),
        lead: lead(state),
        alert: sign_in.reason.is_some() && !matches!(sign_in.page, Page::Code(_)),
        body: body(state, now, waiting),
        error: page_error(state),
        hints: hints(state),
        status: status(state).to_owned(),
        next: next(state),
    }
}

fn title(page: &Page) -> &'static str {
    match page {
        Page::SignUp => "New account",
        Page::EmailCode => "Sign in by e-mail",
        Page::Ticket => "Sign in with a ticket",
        Page::Code(_) => "Sign in: one code more",
        Page::Starting(Way::Device) | Page::Approval { way: Way::Device, .. } | Page::NoApproval(Way::Device) => {
            "Sign in on another device"
        }
        Page::Starting(_) | Page::Approval { .. } | Page::NoApproval(_) => "Sign in by browser",
        Page::Closed | Page::Waiting | Page::Ways(_) | Page::Password => "Sign in",
    }
}

/// What signing in is for, and that nothing is lost meanwhile.
fn lead(state: &State) -> String {
    let held = !state.hold.wanted().is_empty();
    let of_page = match &state.session.sign_in.page {
        Page::Code(code) => Some(code_words(code)),
        _ => state.session.sign_in.reason.clone(),
    };
    let purpose = match (&of_page, &state.session.intent) {
        (Some(words), _) => words,
        (None, Some(Intent::Pay)) if state.catalog.abilities().pays_later => "One step before booking: who is it for?",
        (None, Some(Intent::Pay)) => "One step before payment: who is it for?",
        (None, Some(Intent::ShowBookings)) => "Your bookings are kept with your account.",
        (None, Some(Intent::ToggleFavourite(_) | Intent::FavouritesOnly)) => "Favourites are kept with your account.",
        (None, Some(Intent::Administer(_))) => "These pages are for those who run the cinema.",
        (None, None) => "Bookings and favourites are kept with your account.",
    };
    let seats = match (held, state.catalog.abilities().holds) {
        (false, _) => "",
        (true, Holds::Kept) => " Your seats stay held.",
        (true, Holds::None) => " Your seats stay chosen.",
    };
    format!("{purpose}{seats}")
}

fn body(state: &State, now: Now, waiting: bool) -> Body {
    let sign_in = &state.session.sign_in;
    match &sign_in.page {
        Page::Closed | Page::Waiting | Page::Starting(_) if waiting && page_error(state).is_none() => {
            Body::Waiting("One moment …".to_owned())
        }
        Page::Closed | Page::Waiting | Page::Starting(_) | Page::NoApproval(_) => Body::Waiting(String::new()),
        Page::Ways(at) => Body::Ways(ways(state, *at)),
        Page::Approval { way, approval, ends_at_ms } => {
            let left = ends_at_ms.saturating_sub(now.mono_ms);
            Body::Approval(approval_vm(*way, approval, left, state))
        }
        Page::Password | Page::SignUp | Page::EmailCode | Page::Ticket | Page::Code(_) => {
            Body::Fields(sign_in.fields().iter().map(|id| field(state, *id)).collect())
        }
    }
}

fn field(state: &State, id: FieldId) -> FieldVm {
    let sign_in = &state.session.sign_in;
    let error = sign_in.error.as_ref().filter(|error| error.at == Some(id)).map(|error| error.words.clone());
    let (label, text, cursor) = match id {
        FieldId::Email => ("E-mail", sign_in.email.value().to_owned(), sign_in.email.visual_cursor()),
        FieldId::Name => ("Name", sign_in.name.value().to_owned(), sign_in.name.visual_cursor()),
        FieldId::Password => ("Password", dots(state), sign_in.secret_length),
        FieldId::Ticket => ("Ticket", dots(state), sign_in.secret_length),
        FieldId::Code => {
            let (text, cursor) = code_text(state);
            ("Code", text, cursor)
        }
    };
    FieldVm { id, label, text, cursor, focused: id == sign_in.focus && !sign_in.is_busy(), error }
}

fn dot(state: &State) -> &'static str {
    if state.prefs.glyphs == Glyphs::Unicode { "•" } else { "*" }
}

fn dots(state: &State) -> String {
    dot(state).repeat(state.session.sign_in.secret_length)
}

/// A code has places for its digits, so that one sees how many are missing. A recovery code may have any length.
fn code_text(state: &State) -> (String, usize) {
    let typed = state.session.sign_in.secret_length;
    if matches!(&state.session.sign_in.page, Page::Code(code) if code.from == CodeFrom::Recovery) {
        return (dots(state), typed);
    }
    let places = (0..typed.max(CODE_DIGITS)).map(|at| if at < typed { dot(state) } else { "_" });
    (places.collect::<Vec<_>>().join(" "), 2 * typed)
}

fn ways(state: &State, at: usize) -> Vec<WayVm> {
    let choices = state.session.choices(&state.prefs);
    let entry = |(i, choice): (usize, Choice)| {
        let (label, words) = way_words(choice, state.prefs.place);
        WayVm { choice, label, words, selected: i == at }
    };
    choices.into_iter().enumerate().map(entry).collect()
}

fn way_words(choice: Choice, place: Place) -> (&'static str, &'static str) {
    match choice {
        Choice::Way(Way::Password) => ("Password", "your e-mail address and your password"),
        Choice::Way(Way::EmailCode) => ("Code by e-mail", "comes to your e-mail address"),
        Choice::Way(Way::Device) if place == Place::Kiosk => ("Your phone", "scan a code, or type a short one there"),
        Choice::Way(Way::Device) => ("Another device", "approve it on a phone or in a browser"),
        Choice::Way(Way::Browser) => ("Browser", "opens on this machine and comes back here"),
        Choice::Way(Way::Ticket) => ("Ticket", "one that somebody has made for you"),
        Choice::SignUp => ("New account", "with an e-mail address and a password"),
    }
}

fn approval_vm(way: Way, approval: &Approval, left_ms: u64, state: &State) -> ApprovalVm {
    ApprovalVm {
        way,
        url: approval.url.to_string(),
        qr: approval.url_with_code.as_ref().map(ToString::to_string),
        on_this_computer: approval.is_on_this_computer(),
        user_code: approval.user_code.as_ref().map(ToString::to_string),
        left: countdown_words(left_ms, state.prefs.motion),
        urgent: left_ms <= 60_000,
    }
}

/// What concerns the page and no field.
fn page_error(state: &State) -> Option<String> {
    let sign_in = &state.session.sign_in;
    let of_page = sign_in.error.as_ref().filter(|error| error.at.is_none()).map(|error| error.words.clone());
    let no_offer = || {
        let silent = state.session.offer.failure().map(|why| why.sentence());
        let nothing = || state.session.offer.value().map(|_| "This box office takes no sign-in here.".to_owned());
        silent.or_else(nothing).filter(|_| sign_in.page == Page::Waiting && sign_in.step.is_none())
    };
    of_page.or_else(no_offer)
}

fn hints(state: &State) -> Vec<String> {
    let choices = state.session.choices(&state.prefs);
    let ways = choices.iter().filter(|choice| matches!(choice, Choice::Way(_))).count();
    let others = || (ways > 1).then(|| "Ctrl-T shows other ways to sign in.".to_owned());
    let hints = match &state.session.sign_in.page {
        Page::Password if choices.contains(&Choice::SignUp) => {
            vec![Some("New here? Ctrl-N makes an account.".to_owned()), others()]
        }
        Page::SignUp => vec![Some("Have an account? Ctrl-N signs in.".to_owned()), others()],
        Page::Code(code) => vec![sent_again(code), instead(code)],
        Page::EmailCode => vec![Some("A code is sent to this address; you type it here.".to_owned())],
        Page::Ticket => vec![Some("A ticket is good for one sign-in. It can be pasted.".to_owned())],
        Page::Password => vec![others()],
        _ => Vec::new(),
    };
    hints.into_iter().flatten().collect()
}

/// Where the code is found.
fn code_words(code: &Code) -> String {
    let to = |place: &str| match &code.sent_to {
        Some(address) => format!("The code was sent to {address}."),
        None => format!("The code was sent to your {place}."),
    };
    match code.from {
        CodeFrom::Email => to("e-mail address"),
        CodeFrom::Phone => to("phone"),
        CodeFrom::App => "Your authenticator app shows the code.".to_owned(),
        CodeFrom::Recovery => "One of the recovery codes that you wrote down. Each is good once.".to_owned(),
    }
}

fn sent_again(code: &Code) -> Option<String> {
    code.mailed_to.as_ref().map(|_| "F5 sends it again.".to_owned())
}

fn instead(code: &Code) -> Option<String> {
    let next = match code.instead.first()? {
        CodeFrom::Email => "the code from an e-mail",
        CodeFrom::Phone => "the code sent to your phone",
        CodeFrom::App => "the code of your authenticator app",
        CodeFrom::Recovery => "a recovery code",
    };
    Some(format!("Ctrl-T takes {next} instead."))
}

fn status(state: &State) -> &'static str {
    match &state.session.sign_in.page {
        Page::SignUp => "A password has at least 8 characters.",
        Page::Approval { .. } => "It goes on by itself once approved.",
        _ => "",
    }
}

fn next(state: &State) -> Option<String> {
    let sign_in = &state.session.sign_in;
    if sign_in.is_busy() {
        return Some("One moment …".to_owned());
    }
    let last = |sign_in: &SignIn| sign_in.fields().last() == Some(&sign_in.focus);
    Some(match &sign_in.page {
        Page::Password | Page::SignUp if !last(sign_in) => "Next field".to_owned(),
        Page::SignUp => and_pay(state, "Make the account"),
        Page::Password | Page::Ticket | Page::Code(_) => and_pay(state, "Sign in"),
        Page::EmailCode => "Send the code".to_owned(),
        Page::Ways(at) => {
            let choice = state.session.choices(&state.prefs).get(*at).copied()?;
            way_words(choice, state.prefs.place).0.to_owned()
        }
        Page::NoApproval(Way::Browser) => "Try again".to_owned(),
        Page::NoApproval(_) => "Get a new code".to_owned(),
        Page::Waiting if state.session.offer.failure().is_some() => "Ask again".to_owned(),
        Page::Closed | Page::Waiting | Page::Starting(_) | Page::Approval { .. } => return None,
    })
}

fn and_pay(state: &State, verb: &str) -> String {
    match &state.session.intent {
        Some(Intent::Pay) if state.catalog.abilities().pays_later => format!("{verb} and book"),
        Some(Intent::Pay) => {
            let total = state
                .hold
                .hold()
                .map(|hold| hold.total.map(|total| total.words(state.prefs.glyphs)).unwrap_or_default())
                .unwrap_or_default();
            format!("{verb} and pay {total}")
        }
        _ => verb.to_owned(),
    }
}
