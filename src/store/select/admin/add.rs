//! Adding shows: the form, and all of it before it is sent.

use super::{AdminVm, Body, year_words};
use crate::{
    domain::{
        admin::typed::{WHEN_EXAMPLE, words_of},
        money::{Glyphs, Money},
    },
    store::{
        slices::admin::{Adding, Entry, Field, Step},
        state::State,
    },
};
use iso_currency::Currency;

#[derive(Clone, Debug, PartialEq)]
pub enum AddVm {
    Form(FormVm),
    Review(ReviewVm),
}

#[derive(Clone, Debug, PartialEq)]
pub struct FormVm {
    pub film: String,
    pub fields: [FieldVm; 2],
    /// The shows so far, in order.
    pub times: Vec<String>,
    pub hints: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldVm {
    pub entry: Entry,
    pub label: &'static str,
    pub text: String,
    pub cursor: usize,
    pub focused: bool,
    /// What may be typed, where nothing is.
    pub example: String,
    pub error: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ReviewVm {
    pub film: String,
    pub price: String,
    pub times: Vec<String>,
    pub notes: Vec<String>,
    /// What went wrong with these shows.
    pub alert: Option<String>,
}

pub(super) fn select(vm: &mut AdminVm, state: &State) {
    let adding = &state.admin.adding;
    let currency = currency(state);
    match adding.step {
        Step::Form | Step::Film => {
            vm.body = Body::Add(AddVm::Form(form(adding, currency)));
            vm.status = match adding.times.len() {
                0 => String::new(),
                1 => "1 show so far. Enter on an empty line goes on.".to_owned(),
                count => format!("{count} shows so far. Enter on an empty line goes on."),
            };
            vm.next = Some(next(adding));
        }
        Step::Review => {
            vm.body = Body::Add(AddVm::Review(review(adding, currency, state.prefs.glyphs)));
            vm.next = Some(match (adding.is_sending(), adding.must_look()) {
                (true, _) => "Adding …".to_owned(),
                (_, true) => "Look at the list of shows".to_owned(),
                _ => format!("Add {}", shows_words(adding.times.len())),
            });
        }
    }
}

fn shows_words(count: usize) -> String {
    if count == 1 { "one show".to_owned() } else { format!("{count} shows") }
}

fn currency(state: &State) -> Currency {
    let code = state.catalog.cinema.value().and_then(|cinema| Currency::from_code(&cinema.currency));
    code.unwrap_or(Currency::XXX)
}

fn next(adding: &Adding) -> String {
    match adding.field {
        Field::Price => "Next: dates and times".to_owned(),
        Field::When if adding.when.value().trim().is_empty() && !adding.times.is_empty() => {
            format!("Look over {}", shows_words(adding.times.len()))
        }
        Field::When => "Take this time".to_owned(),
    }
}

fn film_words(adding: &Adding) -> String {
    let Some(film) = &adding.film else { return String::new() };
    match year_words(film).as_str() {
        "" => film.title.to_string(),
        year => format!("{} ({year})", film.title),
    }
}

fn form(adding: &Adding, currency: Currency) -> FormVm {
    let error = |field| adding.error.as_ref().filter(|(at, _)| *at == field).map(|(_, why)| why.clone());
    let field = |at: Field, label, input: &tui_input::Input, example: String| FieldVm {
        entry: Entry::Field(at),
        label,
        text: input.value().to_owned(),
        cursor: input.visual_cursor(),
        focused: adding.field == at,
        example: if input.value().is_empty() { example } else { String::new() },
        error: error(at),
    };
    let digits = currency.exponent().unwrap_or(2);
    let example = if digits == 0 { "1250" } else { "12.50" };
    let example = if currency == Currency::XXX { example.to_owned() } else { format!("{example} {}", currency.code()) };
    let mut hints = vec![SERVER_CLOCK.to_owned()];
    if !adding.times.is_empty() {
        hints.push("Backspace on an empty line takes the last one back.".to_owned());
    }
    FormVm {
        film: film_words(adding),
        fields: [
            field(Field::Price, "Price", &adding.price, example),
            field(Field::When, "When", &adding.when, WHEN_EXAMPLE.to_owned()),
        ],
        times: adding.times.iter().map(|at| words_of(*at)).collect(),
        hints,
    }
}

/// What has to be known of the times that are typed.
pub const SERVER_CLOCK: &str = "Times are read in the server's own time zone, which it does not tell.";

fn review(adding: &Adding, currency: Currency, glyphs: Glyphs) -> ReviewVm {
    let price = adding.priced(currency).ok();
    let alert = match (&adding.doubt, &adding.refused) {
        _ if adding.is_sending() => None,
        (Some(doubt), _) if doubt.looked => Some(
            "These shows were sent once, and the answer was lost. Add them only if the list of shows does not have \
             them."
                .to_owned(),
        ),
        (Some(doubt), _) => Some(format!("Whether they were added is not known: {}", doubt.why.sentence())),
        (None, Some(why)) => Some(format!("Nothing was added: {}", why.sentence())),
        (None, None) => None,
    };
    let mut notes = vec![SERVER_CLOCK.to_owned()];
    notes.extend(price.and_then(whole_amount));
    ReviewVm {
        film: film_words(adding),
        price: price.map(|price| format!("{} a seat", price.words(glyphs))).unwrap_or_default(),
        times: adding.times.iter().map(|at| words_of(*at)).collect(),
        notes,
        alert,
    }
}

/// Servers of this kind charge the whole part of a price alone, while they show all of it.
pub fn whole_amount(price: Money) -> Option<String> {
    let unit = 10_i64.checked_pow(price.exponent())?;
    let whole = Money { minor: price.minor / unit * unit, ..price };
    (whole != price).then(|| format!("Many servers of this kind charge the whole part only: {}.", whole.figure()))
}
