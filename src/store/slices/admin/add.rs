//! Adding shows: a film, a price, dates and times, one look at all of it, and one key that adds them.

use super::{Around, Page};
use crate::{
    domain::{
        admin::{Candidate, NewShows, ShowSales, typed},
        failure::{Failure, FailureKind},
        money::Money,
    },
    store::{
        Out,
        action::{AdminAction, ListStep, NavAction, NetAction, SessionAction, Tone},
        effect::{Effect, Intent},
        remote::Req,
        slices::{Requests, nav::Route, notice::say},
    },
};
use iso_currency::Currency;
use jiff::civil::DateTime;
use tui_input::{Input, InputRequest};

/// What is being added. It stays while other pages are looked at.
#[derive(Clone, Debug, Default)]
pub struct Adding {
    pub step: Step,
    pub film: Option<Candidate>,
    pub field: Field,
    pub price: Input,
    pub when: Input,
    /// In order, each once.
    pub times: Vec<DateTime>,
    /// What is wrong with a field.
    pub error: Option<(Field, String)>,
    sending: Option<Sending>,
    /// Why the box office said no: nothing was added.
    pub refused: Option<Failure>,
    pub doubt: Option<Doubt>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    #[default]
    Film,
    Form,
    Review,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Field {
    #[default]
    Price,
    When,
}

#[derive(Clone, Copy, Debug)]
struct Sending {
    req: Req,
    since_ms: u64,
}

/// Shows were sent, and whether they were added is not known. They are not sent again before somebody has looked.
#[derive(Clone, Debug)]
pub struct Doubt {
    req: Req,
    pub why: Failure,
    pub looked: bool,
}

/// A film of which there are shows, to add more of them.
pub fn film_of(sales: &ShowSales) -> Option<Candidate> {
    Some(Candidate {
        id: sales.movie.clone()?,
        title: sales.movie_title.clone(),
        year: 0,
        rating: None,
        overview: "".into(),
    })
}

impl Adding {
    pub fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    pub fn sending_since(&self) -> Option<u64> {
        self.sending.map(|sending| sending.since_ms)
    }

    /// Whether the list of shows has to be looked at before anything is sent.
    pub fn must_look(&self) -> bool {
        self.step == Step::Review && !self.is_sending() && self.doubt.as_ref().is_some_and(|doubt| !doubt.looked)
    }

    /// The list of shows is here, as an answer to that request.
    pub(super) fn looked(&mut self, req: Req) {
        if let Some(doubt) = self.doubt.as_mut().filter(|doubt| req > doubt.req) {
            doubt.looked = true;
        }
    }

    pub(super) fn choose(&mut self, film: Candidate) {
        if self.is_sending() {
            return;
        }
        let same = self.film.as_ref().is_some_and(|chosen| chosen.id == film.id);
        if !same {
            self.times.clear();
            self.doubt.take_if(|doubt| doubt.looked);
        }
        self.film = Some(film);
        self.step = Step::Form;
        self.refused = None;
        self.error = None;
        self.field = if self.price.value().is_empty() { Field::Price } else { Field::When };
    }

    pub(super) fn focus(&mut self, field: Field) {
        if self.step == Step::Form {
            self.field = field;
        }
    }

    pub(super) fn step_back(&mut self) {
        self.step = if self.step == Step::Review { Step::Form } else { Step::Film };
        self.refused = None;
        self.error = None;
    }

    pub(super) fn step_field(&mut self, step: ListStep) {
        if self.step != Step::Form {
            return;
        }
        match step {
            ListStep::Up | ListStep::PageUp => self.field = Field::Price,
            ListStep::Down | ListStep::PageDown => self.field = Field::When,
            ListStep::First => drop(self.input().handle(InputRequest::GoToStart)),
            ListStep::Last => drop(self.input().handle(InputRequest::GoToEnd)),
        }
    }

    pub(super) fn typed(&mut self, change: impl FnOnce(&mut Input)) {
        if self.step == Step::Form {
            self.error = None;
            change(self.input());
        }
    }

    /// Backspace where nothing is typed: the last time comes back to be changed. Says whether it does.
    pub(super) fn takes_back(&mut self) -> bool {
        if self.step != Step::Form || self.field != Field::When || !self.when.value().is_empty() {
            return false;
        }
        let Some(last) = self.times.pop() else { return false };
        self.when = Input::new(last.strftime("%Y-%m-%d %H:%M").to_string());
        self.error = None;
        true
    }

    fn input(&mut self) -> &mut Input {
        match self.field {
            Field::Price => &mut self.price,
            Field::When => &mut self.when,
        }
    }

    fn refuse(&mut self, field: Field, why: String) {
        self.step = Step::Form;
        self.field = field;
        self.error = Some((field, why));
    }

    /// The price that is typed, in the cinema's currency.
    pub fn priced(&self, currency: Currency) -> Result<Money, String> {
        typed::price(self.price.value(), currency)
    }
}

/// `Enter` in the form: goes on to the next field, takes what is typed, shows all of it, and at last adds it.
pub(super) fn go(adding: &mut Adding, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    let now = around.now.wall.to_zoned(around.zone().zone).datetime();
    let price = match adding.priced(around.currency()) {
        Ok(price) => price,
        Err(why) => return adding.refuse(Field::Price, why),
    };
    match (adding.step, adding.field) {
        (Step::Form, Field::Price) => adding.field = Field::When,
        (Step::Form, Field::When) if adding.when.value().trim().is_empty() && !adding.times.is_empty() => {
            adding.step = Step::Review;
        }
        (Step::Form, Field::When) => {
            let taken = typed::when(adding.when.value(), now).and_then(|more| typed::take(&mut adding.times, &more));
            match taken {
                Ok(()) => adding.when.reset(),
                Err(why) => adding.refuse(Field::When, why),
            }
        }
        (Step::Review, _) => {
            if let Some(past) = adding.times.iter().find(|at| **at <= now) {
                return adding.refuse(Field::When, format!("{} is past.", typed::words_of(*past)));
            }
            let Some(film) = adding.film.as_ref().filter(|_| adding.sending.is_none()) else { return };
            let shows = NewShows { movie: film.id.clone(), times: adding.times.clone(), price };
            let req = requests.number();
            adding.sending = Some(Sending { req, since_ms: around.now.mono_ms });
            adding.refused = None;
            out.effect(Effect::AddShows(req, shows));
        }
        (Step::Film, _) => {}
    }
}

/// The answer to what was sent. Gives a refusal, of which the reason may be who asks.
pub(super) fn settled(
    adding: &mut Adding,
    around: &Around<'_>,
    req: Req,
    result: &Result<(), Failure>,
    out: &mut Out,
) -> Option<Failure> {
    adding.sending.take_if(|sending| sending.req == req)?;
    match result {
        Ok(()) => {
            let (count, film) = (adding.times.len(), adding.film.take());
            let shows = if count == 1 { "One show".to_owned() } else { format!("{count} shows") };
            *adding = Adding::default();
            out.then(NetAction::Back);
            if *around.route == Route::Admin(Page::Add) {
                out.then(NavAction::Open(Route::Admin(Page::Shows)));
                out.then(AdminAction::Reload);
            }
            let of = film.map(|film| format!(" of {}", film.title)).unwrap_or_default();
            let are = if count == 1 { "is" } else { "are" };
            out.then(say(Tone::Good, format!("{shows}{of} {are} added.")));
        }
        Err(why) if why.kind == FailureKind::Unknown || why.code == "not_accepted" => {
            adding.doubt = Some(Doubt { req, why: why.clone(), looked: false });
            out.then(say(Tone::Bad, "Whether the shows were added is not known. Look at the list of shows first."));
        }
        Err(why) if why.needs_sign_in() => {
            let wanted = Some(Intent::Administer(Page::Add));
            out.then(SessionAction::Ended { why: why.clone(), wanted });
        }
        Err(why) => {
            adding.refused = Some(why.clone());
            if why.kind == FailureKind::Offline {
                out.then(NetAction::Lost(why.clone()));
            }
            out.then(say(Tone::Bad, format!("Nothing was added: {}", why.sentence())));
            return Some(why.clone()).filter(|why| why.kind == FailureKind::Refused);
        }
    }
    None
}
