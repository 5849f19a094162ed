//! Sign in, sign up, sign out.

use crate::{
    domain::money::Glyphs,
    store::{
        effect::{FieldId, Intent},
        slices::session::{Auth, Mode},
        state::State,
    },
};

#[derive(Clone, Debug, PartialEq)]
pub struct AccountVm {
    pub title: String,
    /// What this is for, in a sentence.
    pub lead: String,
    /// Empty when somebody is signed in.
    pub fields: Vec<FieldVm>,
    pub error: Option<String>,
    /// The other way: `New here? Ctrl-N makes an account.`
    pub other: String,
    pub status: String,
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldVm {
    pub id: FieldId,
    pub label: &'static str,
    pub text: String,
    pub cursor: usize,
    pub focused: bool,
}

/// What is to be paid.
fn total(state: &State) -> String {
    state.hold.hold().map(|h| h.total.words(state.prefs.glyphs)).unwrap_or_default()
}

pub fn select(state: &State) -> AccountVm {
    if let Auth::SignedIn(user) = &state.session.auth {
        return AccountVm {
            title: "Your account".to_owned(),
            lead: format!("Signed in as {}, {}.", user.name, user.email),
            fields: Vec::new(),
            error: None,
            other: "Ctrl-O signs out. Bookings stay with your account.".to_owned(),
            status: String::new(),
            next: None,
        };
    }
    let form = &state.session.form;
    let (title, other, verb) = match form.mode {
        Mode::SignIn => ("Sign in", "New here? Ctrl-N makes an account.", "Sign in"),
        Mode::SignUp => ("New account", "Have an account? Ctrl-N signs in.", "Make the account"),
    };
    let lead = match &state.session.intent {
        Some(Intent::Pay) => "One step before payment: who is it for? Your seats stay held.",
        Some(Intent::ShowBookings) => "Your bookings are kept with your account.",
        Some(Intent::ToggleFavourite(_) | Intent::FavouritesOnly) => "Favourites are kept with your account.",
        None => "Bookings and favourites are kept with your account.",
    };
    let dot = if state.prefs.glyphs == Glyphs::Unicode { "•" } else { "*" };
    let fields = form
        .fields()
        .iter()
        .map(|id| {
            let (label, text, cursor) = match id {
                FieldId::Email => ("E-mail", form.email.value().to_owned(), form.email.visual_cursor()),
                FieldId::Name => ("Name", form.name.value().to_owned(), form.name.visual_cursor()),
                FieldId::Password => ("Password", dot.repeat(form.secret_length), form.secret_length),
            };
            FieldVm { id: *id, label, text, cursor, focused: *id == form.focus }
        })
        .collect();
    AccountVm {
        title: title.to_owned(),
        lead: lead.to_owned(),
        fields,
        error: form.error.clone(),
        other: other.to_owned(),
        status: if form.mode == Mode::SignUp {
            "A password has at least 8 characters.".to_owned()
        } else {
            String::new()
        },
        next: Some(match (form.busy, form.fields().last() == Some(&form.focus), &state.session.intent) {
            (true, ..) => "One moment …".to_owned(),
            (_, false, _) => "Next field".to_owned(),
            (_, true, Some(Intent::Pay)) => format!("{verb} and pay {}", total(state)),
            (_, true, _) => verb.to_owned(),
        }),
    }
}
