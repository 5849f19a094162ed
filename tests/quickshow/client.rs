//! The client's side, in this process: the real adapter on a clock that stands still.

use async_trait::async_trait;
use frontrow::{
    api::{
        http::Http,
        quickshow::{QuickShow, Terms},
    },
    domain::{
        booking::{Booking, PaymentMethod},
        chart::{Chart, plan::Plan},
        env::Clock,
        failure::Failure,
        ids::{MovieId, SaleKey, SeatId, ShowId, UserId},
        seating::spec,
        show::{LeftAlone, SeatState, ShowPlan},
        sign_in::{Offer, Progress},
        text::Text,
        user::User,
    },
    effects::ports::{Backstage, Bearer, BoxOffice, Notebook, Sale, SeatsNow, Session, Step},
};
use jiff::Timestamp;
use secrecy::SecretString;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Instant,
};
use url::Url;

/// Stands still on the wall; goes on in milliseconds, which only waits are counted in.
pub struct Still {
    at: Timestamp,
    started: Instant,
}

impl Still {
    pub fn at(at: Timestamp) -> Arc<Self> {
        Arc::new(Self { at, started: Instant::now() })
    }
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.at
    }

    fn monotonic_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }
}

/// Notes in memory.
#[derive(Default)]
pub struct Notes(Mutex<HashMap<String, String>>);

impl Notebook for Notes {
    fn read(&self, server: &str) -> Option<String> {
        self.0.lock().unwrap().get(server).cloned()
    }

    fn write(&self, server: &str, note: &str) {
        self.0.lock().unwrap().insert(server.to_owned(), note.to_owned());
    }
}

/// Somebody who is signed in, whatever happens.
struct SignedIn(&'static str);

impl SignedIn {
    fn user(&self) -> User {
        User { id: UserId::new(self.0), email: Text::new(""), name: Text::new(self.0) }
    }
}

#[async_trait]
impl Session for SignedIn {
    async fn offer(&self) -> Result<Offer, Failure> {
        Ok(Offer::default())
    }

    async fn step(&self, _: Step) -> Result<Progress, Failure> {
        Ok(Progress::Done(self.user()))
    }

    async fn restore(&self) -> Result<Option<User>, Failure> {
        Ok(Some(self.user()))
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        Ok(())
    }

    async fn fresh(&self) -> Result<Bearer, Failure> {
        Ok(bearer(self.0))
    }

    fn kept_in(&self) -> String {
        "this test".to_owned()
    }
}

/// A client of one server.
pub struct Client {
    pub office: Arc<QuickShow>,
    pub backstage: Arc<dyn Backstage>,
}

pub fn terms() -> Terms {
    Terms {
        timezone: "Europe/Berlin".to_owned(),
        currency: iso_currency::Currency::XXX,
        web_origin: None,
        payment_hosts: vec!["checkout.stripe.com".to_owned()],
    }
}

impl Client {
    /// The story of the invented answers begins a minute before this.
    pub fn of(url: &Url, at: Timestamp) -> Self {
        Self::with_notes(url, at, Arc::new(Notes::default()))
    }

    pub fn with_notes(url: &Url, at: Timestamp, notes: Arc<Notes>) -> Self {
        let http = Arc::new(Http::new(url.clone()));
        let office = Arc::new(QuickShow::new(http, terms(), Still::at(at), notes, Some(Arc::new(SignedIn("alice")))));
        Self { backstage: office.backstage(), office }
    }

    /// The plan by which a show's seats are told.
    pub async fn plan(&self, movie: &str, show: &str) -> Result<(ShowPlan, Arc<Chart>), Failure> {
        let shows = self.office.shows(&MovieId::new(movie)).await?;
        let show = shows.into_iter().find(|s| s.id.as_str() == show).expect("the film has this show");
        let chart = self.office.chart(&show.chart).await?;
        Ok((ShowPlan { show: show.id, chart: show.chart, count: chart.seats.len() }, chart))
    }

    /// The labels of seats that are not free.
    pub async fn taken(&self, of: &ShowPlan, chart: &Chart) -> Result<Vec<String>, Failure> {
        let SeatsNow::States { states, .. } = self.office.seats(of, None).await? else {
            panic!("nothing was known before")
        };
        assert_eq!(states.len(), chart.seats.len());
        let taken = chart.indices().filter(|seat| states.get(seat.get()) != SeatState::Free);
        Ok(taken.map(|seat| spec::label(chart, seat)).collect())
    }

    /// Chooses and books, as a person would, until it is known what became of it.
    pub async fn buy(&self, person: &str, show: &str, chart: &Chart, labels: &[&str]) -> Result<Booking, Failure> {
        let seats: Vec<SeatId> = labels.iter().map(|label| seat(chart, label)).collect();
        let hold = self.office.hold(&ShowId::new(show), &seats, LeftAlone::Tell).await?;
        let key = SaleKey::new(format!("sale-{person}-{}", labels.join("-")));
        match self.office.book(bearer(person), &hold.id, PaymentMethod::Link, &key).await? {
            Sale::Booked(booking) => Ok(booking),
            Sale::Sent => self.office.sold(bearer(person), &key).await,
        }
    }
}

pub fn bearer(person: &str) -> Bearer {
    Bearer::new(SecretString::from(crate::standin::token(person)))
}

/// The seat that people know by this label; one that the hall has not, if there is none.
pub fn seat(chart: &Chart, label: &str) -> SeatId {
    let found = chart.indices().find(|seat| spec::label(chart, *seat) == label);
    found.map_or_else(|| SeatId::new(format!("main/{label}")), |ix| chart.seat(ix).id.clone())
}

pub fn labels(booking: &Booking) -> Vec<&str> {
    booking.seats.iter().map(|seat| seat.label.as_str()).collect()
}

/// What every failure must be: one sentence that a person can read, without anything that controls a terminal.
#[track_caller]
pub fn assert_told_well(failure: &Failure) {
    let sentence = failure.sentence();
    assert!(sentence.len() > 12 && sentence.len() < 1_500, "{sentence:?}");
    assert!(
        !sentence.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    );
    assert!(!sentence.contains("<pre>") && !sentence.contains("<!DOCTYPE"), "{sentence:?}");
    assert!(!failure.code.is_empty());
}

/// Lays a chart out, as the screens do: it must be one that can be drawn.
pub fn lay_out(of: &ShowPlan, chart: Arc<Chart>) -> Plan {
    Plan::of(of.chart.clone(), chart)
}

pub fn bearer_of(token: &str) -> Bearer {
    Bearer::new(SecretString::from(token))
}
