//! The API of the QuickShow family (docs/quickshow.md), made to look like any other box office. These servers hold
//! nothing, tell no prices before the checkout, and do not say when they have failed in any one way.

mod answer;
mod backstage;
mod booked;
mod catalogue;
mod choose;
pub mod detect;
mod hall;
mod line;
mod outcome;
mod owner;
mod payment_page;
mod people;
mod sale;
mod shapes;
mod times;
mod troubles;
mod variant;
mod words;

use super::http::Http;
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        chart::Chart,
        cinema::{Abilities, Cinema, Holds},
        env::Clock,
        failure::{Failure, FailureKind},
        ids::{BookingCode, ChartHash, HoldId, MovieId, SaleKey, SeatId, ShowId},
        money::Money,
        movie::{Movie, Recommendation, Trailer},
        seating::{
            orphan::OrphanMode,
            party::{Party, PartyHold, PricedProposal},
        },
        show::{Hold, Show, ShowPlan},
        text::Text,
        time::Days,
    },
    effects::ports::{
        Bearer, BoxOffice, Favourite, HoldEdit, LeftAlone, NO_NEWS, Notebook, Sale, SeatStream, SeatsNow, Session,
    },
};
use async_trait::async_trait;
use choose::Choices;
use iso_currency::Currency;
use line::Line;
pub use owner::AtQuickShow;
use sale::Sales;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use url::Url;
pub use variant::Api;
use variant::Variant;

/// The most seats in one booking: the family's own page asks for no more, and its servers do not check.
const MAX_SEATS: u32 = 5;

/// What these servers do not tell, from the settings.
pub struct Terms {
    /// IANA name of the zone that times are shown in.
    pub timezone: String,
    /// `XXX` where nobody knows it.
    pub currency: Currency,
    /// The web page that a payment page leads back to; `None`: the server's own address.
    pub web_origin: Option<Url>,
    /// Hosts that may ask for a payment, besides the server's own.
    pub payment_hosts: Vec<String>,
}

/// A box office that speaks the QuickShow API.
pub struct QuickShow {
    inner: Arc<Inner>,
}

struct Inner {
    line: Line,
    terms: Terms,
    clock: Arc<dyn Clock>,
    notebook: Arc<dyn Notebook>,
    /// The person, where seats are shown to people who are signed in only.
    session: Option<Arc<dyn Session>>,
    variant: Mutex<Variant>,
    memory: Mutex<Memory>,
    choices: Choices,
    sales: Sales,
}

/// The most shows that are remembered. A program that runs for weeks forgets what it was told, and asks again.
const MOST_REMEMBERED: usize = 10_000;

/// What was told before and is needed later.
#[derive(Default)]
struct Memory {
    /// The film of each show that was seen: no route leads from one to the other.
    films: HashMap<ShowId, MovieId>,
    /// The shows as they were last told.
    shows: HashMap<ShowId, Show>,
    /// What a seat of a show costs, where some answer told it.
    prices: HashMap<ShowId, Money>,
    /// The plans of halls that were told.
    charts: HashMap<ChartHash, Arc<Chart>>,
    /// Which of them a show has.
    halls: HashMap<ShowId, hall::Hall>,
}

impl Memory {
    /// Forgets everything when it has become too much: all of it can be asked for again.
    fn tidy(&mut self) {
        if [self.films.len(), self.shows.len(), self.prices.len(), self.halls.len()]
            .iter()
            .any(|n| *n > MOST_REMEMBERED)
        {
            *self = Self::default();
        }
    }
}

impl QuickShow {
    /// `session` says who is at this program: some servers tell even the seats of a show to people who are signed in
    /// only.
    pub fn new(
        http: Arc<Http>,
        terms: Terms,
        clock: Arc<dyn Clock>,
        notebook: Arc<dyn Notebook>,
        session: Option<Arc<dyn Session>>,
    ) -> Self {
        let origin = terms.web_origin.as_ref().map_or_else(|| http.origin(), |url| url.origin().ascii_serialization());
        let line = Line::new(http, origin, clock.clone());
        let variant = variant::noted(&*notebook, &line.server()).variant;
        let inner = Inner {
            line,
            terms,
            clock,
            notebook,
            session,
            variant: Mutex::new(variant),
            memory: Mutex::default(),
            choices: Choices::default(),
            sales: Sales::default(),
        };
        Self { inner: Arc::new(inner) }
    }
}

impl Inner {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn variant(&self) -> Variant {
        self.variant.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is known of the server, and notes it if it is new.
    fn learn(&self, change: impl FnOnce(&mut Variant)) {
        let mut variant = self.variant.lock().unwrap_or_else(PoisonError::into_inner);
        let before = variant.clone();
        change(&mut variant);
        if *variant != before {
            variant::note(&*self.notebook, &self.line.server(), |note| note.variant = variant.clone());
        }
    }

    /// Keeps what a seat of a show costs.
    fn learn_price(&self, show: &ShowId, price: Money) {
        let mut memory = self.memory();
        memory.tidy();
        if memory.prices.insert(show.clone(), price) != Some(price) {
            // It was told without this price.
            memory.shows.remove(show);
        }
    }

    fn cannot(&self, code: &str, what: &str) -> Failure {
        Failure::new(FailureKind::Refused, code, format!("{} {what}", self.line.shown()))
    }
}

#[async_trait]
impl BoxOffice for QuickShow {
    async fn cinema(&self) -> Result<Cinema, Failure> {
        // Whether it answers at all is known before anything is shown.
        self.inner.films().await?;
        Ok(Cinema {
            name: Text::new(&self.inner.line.host()),
            timezone: self.inner.terms.timezone.clone(),
            currency: self.inner.terms.currency.code().to_owned(),
            demo: false,
            max_seats: MAX_SEATS,
            orphan_rule: OrphanMode::Off,
            release_accessible_min: 0,
            abilities: Abilities {
                holds: Holds::None,
                days: Days::Midnight,
                pays_later: true,
                cancels: false,
                admin: true,
                extras: true,
            },
        })
    }

    async fn movies(&self) -> Result<Vec<Movie>, Failure> {
        self.inner.films().await
    }

    async fn shows(&self, movie: &MovieId) -> Result<Vec<Show>, Failure> {
        self.inner.shows(movie).await
    }

    async fn show(&self, show: &ShowId) -> Result<Show, Failure> {
        self.inner.show(show).await
    }

    async fn chart(&self, hash: &ChartHash) -> Result<Arc<Chart>, Failure> {
        self.inner.chart(hash)
    }

    async fn seats(&self, of: &ShowPlan, known: Option<&str>) -> Result<SeatsNow, Failure> {
        self.inner.seats(of, known).await
    }

    async fn watch(&self, _: &ShowPlan) -> Result<SeatStream, Failure> {
        Err(self.inner.cannot(NO_NEWS, "tells no news of seats"))
    }

    async fn propose(&self, show: &ShowId, party: &Party, limit: u32) -> Result<Vec<PricedProposal>, Failure> {
        self.inner.propose(show, party, limit).await
    }

    async fn hold(&self, show: &ShowId, seats: &[SeatId], _: LeftAlone) -> Result<Hold, Failure> {
        self.inner.choose(show, seats).await
    }

    async fn hold_party(&self, show: &ShowId, party: &Party) -> Result<PartyHold, Failure> {
        self.inner.choose_for(show, party).await
    }

    async fn change_hold(&self, hold: &HoldId, edit: &HoldEdit) -> Result<Hold, Failure> {
        self.inner.change_choice(hold, edit).await
    }

    async fn release(&self, hold: &HoldId) -> Result<(), Failure> {
        self.inner.choices.forget(hold);
        Ok(())
    }

    async fn book(&self, bearer: Bearer, hold: &HoldId, _: PaymentMethod, key: &SaleKey) -> Result<Sale, Failure> {
        self.inner.book(bearer, hold, key).await
    }

    async fn sold(&self, bearer: Bearer, key: &SaleKey) -> Result<Booking, Failure> {
        self.inner.sold(bearer, key).await
    }

    async fn bookings(&self, bearer: Bearer) -> Result<Vec<Booking>, Failure> {
        self.inner.bookings(bearer).await
    }

    async fn cancel(&self, _: Bearer, _: &BookingCode) -> Result<Booking, Failure> {
        Err(self.inner.cannot("not_cancellable", "cannot take back a booking: ask the cinema"))
    }

    async fn favourites(&self, bearer: Bearer) -> Result<Vec<MovieId>, Failure> {
        self.inner.favourites(bearer).await
    }

    async fn set_favourite(&self, bearer: Bearer, movie: &MovieId, wanted: Favourite) -> Result<Vec<MovieId>, Failure> {
        self.inner.set_favourite(bearer, movie, wanted).await
    }

    async fn trailers(&self) -> Result<Vec<Trailer>, Failure> {
        self.inner.trailers().await
    }

    async fn recommendations(&self, bearer: Bearer) -> Result<Vec<Recommendation>, Failure> {
        self.inner.recommendations(bearer).await
    }
}

#[cfg(test)]
mod tests;
