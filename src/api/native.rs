//! The box office's own API, version 1.

use super::{
    http::{Call, Http, Loss, Reply},
    news::{self, Begin, Heard},
};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        chart::{Chart, json},
        cinema::Cinema,
        failure::{Failure, FailureKind},
        ids::{BookingCode, ChartHash, HoldId, MovieId, SaleKey, SeatId, ShowId},
        movie::Movie,
        seating::party::{Party, PartyHold, PricedProposal},
        show::{Hold, SeatStates, Show, ShowPlan},
    },
    effects::ports::{
        Bearer, BoxOffice, CHART_CHANGED, Favourite, HoldEdit, HoldTime, LeftAlone, Sale, SeatStream, SeatsNow,
    },
    wire::{
        self, BookRequest, BookingAnswer, BookingsAnswer, CinemaAnswer, FavoritesAnswer, HoldAnswer, HoldChange,
        HoldCreated, HoldRequest, MoviesAnswer, ProposeAnswer, ProposeRequest, SeatsAnswer, ShowAnswer, ShowsAnswer,
    },
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, IF_NONE_MATCH},
};
use secrecy::SecretString;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A box office that speaks the native API.
pub struct NativeBoxOffice {
    http: Arc<Http>,
    /// The tokens of this program's holds. They never leave this adapter.
    holds: Mutex<HashMap<HoldId, SecretString>>,
    /// A chart never changes, so it is fetched once.
    charts: Mutex<HashMap<ChartHash, Arc<Chart>>>,
    /// Where a watch that was lost goes on.
    heard: Heard,
}

impl NativeBoxOffice {
    pub fn new(http: Arc<Http>) -> Self {
        Self { http, holds: Mutex::default(), charts: Mutex::default(), heard: Heard::default() }
    }

    /// A call on a hold, with its token.
    fn with_hold(&self, call: Call, hold: &HoldId) -> Result<Call, Failure> {
        match lock(&self.holds).get(hold) {
            Some(token) => call.secret_header(wire::HOLD_TOKEN, token),
            None => Err(Failure::new(FailureKind::SeatGone, "hold_not_found", "these seats are not held any more")),
        }
    }

    /// Makes a hold and keeps its token.
    async fn created(&self, request: HoldRequest) -> Result<HoldCreated, Failure> {
        let reply = self.http.send(Call::post(&["v1", "holds"]).json(&request)?).await?;
        let took = reply.took;
        let mut created: HoldCreated = reply.json()?;
        let token = SecretString::from(std::mem::take(&mut created.token));
        lock(&self.holds).insert(created.hold.id.clone(), token);
        created.hold = shortened(created.hold, took);
        Ok(created)
    }

    /// Opens the event stream of a show, from the last event on that was heard of it.
    async fn listen(&self, of: &ShowPlan) -> Result<SeatStream, Failure> {
        let mut call = Call::get(&["v1", "shows", of.show.as_str(), "events"])
            .header(ACCEPT.as_str(), "text/event-stream")?
            // Whoever compresses a stream may keep events back.
            .header(ACCEPT_ENCODING.as_str(), "identity")?;
        let known = self.heard.of(&of.show);
        if let Some(id) = &known {
            call = call.header("last-event-id", id)?;
        }
        let begin = if known.is_some() { Begin::WhereItEnded } else { Begin::Afresh };
        news::of(self.http.open(call).await?, of, self.heard.clone(), begin)
    }

    fn bad_answer(&self, code: &str, what: impl std::fmt::Display) -> Failure {
        let why = format!("{} does not answer as a frontrow box office: {what}", self.http.shown());
        Failure::new(FailureKind::Other, code, why)
    }
}

/// The chart of an answer. A large one takes longer to read than a frame may, so the loop does not wait for it.
async fn read_chart(reply: Reply, hash: &ChartHash) -> Result<Chart, String> {
    let hash = hash.clone();
    let read = move || {
        let text = std::str::from_utf8(reply.body()).map_err(|_| "the plan of the hall is not UTF-8".to_owned())?;
        let chart = json::parse(text).map_err(|error| error.to_string())?;
        let is_it = json::hash(&chart) == hash;
        is_it.then_some(chart).ok_or_else(|| "the plan of the hall is not the one asked for".to_owned())
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|broken| Err(format!("reading the plan failed: {broken}")))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A hold whose time left counts from the answer's arrival: half of the round trip is taken off.
fn shortened(mut hold: Hold, took: Duration) -> Hold {
    let half = u64::try_from(took.as_millis() / 2).unwrap_or(u64::MAX);
    hold.ttl_ms = hold.ttl_ms.map(|left| left.saturating_sub(half));
    hold
}

#[async_trait]
impl BoxOffice for NativeBoxOffice {
    async fn cinema(&self) -> Result<Cinema, Failure> {
        let answer: CinemaAnswer = self.http.send(Call::get(&["v1", "cinema"])).await?.json()?;
        Ok(answer.cinema)
    }

    async fn movies(&self) -> Result<Vec<Movie>, Failure> {
        let answer: MoviesAnswer = self.http.send(Call::get(&["v1", "movies"])).await?.json()?;
        Ok(answer.movies)
    }

    async fn shows(&self, movie: &MovieId) -> Result<Vec<Show>, Failure> {
        let call = Call::get(&["v1", "shows"]).query("movie", movie.as_str());
        let answer: ShowsAnswer = self.http.send(call).await?.json()?;
        Ok(answer.shows)
    }

    async fn show(&self, show: &ShowId) -> Result<Show, Failure> {
        let answer: ShowAnswer = self.http.send(Call::get(&["v1", "shows", show.as_str()])).await?.json()?;
        Ok(answer.show)
    }

    async fn chart(&self, hash: &ChartHash) -> Result<Arc<Chart>, Failure> {
        if let Some(chart) = lock(&self.charts).get(hash) {
            return Ok(chart.clone());
        }
        let reply = self.http.send(Call::get(&["v1", "charts", hash.as_str()])).await?;
        let chart = Arc::new(read_chart(reply, hash).await.map_err(|why| self.bad_answer("bad_chart", why))?);
        lock(&self.charts).insert(hash.clone(), chart.clone());
        Ok(chart)
    }

    async fn seats(&self, of: &ShowPlan, known: Option<&str>) -> Result<SeatsNow, Failure> {
        let mut call = Call::get(&["v1", "shows", of.show.as_str(), "seats"]);
        if let Some(etag) = known {
            call = call.header(IF_NONE_MATCH.as_str(), etag)?;
        }
        let reply = self.http.send(call).await?;
        if reply.status == StatusCode::NOT_MODIFIED {
            return Ok(SeatsNow::Unchanged);
        }
        let answer: SeatsAnswer = reply.json()?;
        if answer.chart != of.chart {
            let why = "the plan of the hall has changed; your seats stay yours: open the show again to see them";
            return Err(Failure::new(FailureKind::Refused, CHART_CHANGED, why));
        }
        let packed = STANDARD.decode(&answer.states).ok();
        let states = packed.and_then(|packed| SeatStates::of_packed(of.count, packed));
        match states.filter(|_| answer.count as usize == of.count) {
            Some(states) => Ok(SeatsNow::States { etag: reply.etag.unwrap_or_default(), states }),
            None => Err(self.bad_answer("seat_count", "the states of the seats do not fit the plan of the hall")),
        }
    }

    async fn watch(&self, of: &ShowPlan) -> Result<SeatStream, Failure> {
        self.heard.forget();
        self.listen(of).await
    }

    async fn watch_again(&self, of: &ShowPlan) -> Result<SeatStream, Failure> {
        self.listen(of).await
    }

    async fn propose(&self, show: &ShowId, party: &Party, limit: u32) -> Result<Vec<PricedProposal>, Failure> {
        let request = ProposeRequest { party: party.clone(), limit: Some(limit) };
        let call = Call::post(&["v1", "shows", show.as_str(), "propose"]).json(&request)?.repeatable();
        let answer: ProposeAnswer = self.http.send(call).await?.json()?;
        Ok(answer.proposals)
    }

    async fn hold(&self, show: &ShowId, seats: &[SeatId], alone: LeftAlone) -> Result<Hold, Failure> {
        let request = HoldRequest { show: show.clone(), seats: seats.to_vec(), party: None, orphans: alone };
        Ok(self.created(request).await?.hold)
    }

    async fn hold_party(&self, show: &ShowId, party: &Party) -> Result<PartyHold, Failure> {
        let request = HoldRequest {
            show: show.clone(),
            seats: Vec::new(),
            party: Some(party.clone()),
            orphans: LeftAlone::Refuse,
        };
        let HoldCreated { hold, closeness, words, .. } = self.created(request).await?;
        match (closeness, words) {
            (Some(closeness), Some(words)) => Ok(PartyHold { hold, closeness, words }),
            _ => Err(self.bad_answer("no_closeness", "it does not say how close together the seats are")),
        }
    }

    async fn change_hold(&self, hold: &HoldId, edit: &HoldEdit) -> Result<Hold, Failure> {
        let change = HoldChange {
            add: edit.add.clone(),
            remove: edit.remove.clone(),
            extend: edit.time == HoldTime::Extend,
            orphans: LeftAlone::Tell,
        };
        let call = self.with_hold(Call::patch(&["v1", "holds", hold.as_str()]), hold)?.json(&change)?;
        let reply = self.http.send(call).await?;
        let took = reply.took;
        let answer: HoldAnswer = reply.json()?;
        Ok(shortened(answer.hold, took))
    }

    async fn release(&self, hold: &HoldId) -> Result<(), Failure> {
        let call = match self.with_hold(Call::delete(&["v1", "holds", hold.as_str()]), hold) {
            Ok(call) => call,
            Err(_) => return Ok(()),
        };
        match self.http.send(call).await {
            Ok(_) => {}
            // It is gone already, which is what was wanted.
            Err(failure) if failure.kind == FailureKind::SeatGone => {}
            Err(failure) => return Err(failure),
        }
        lock(&self.holds).remove(hold);
        Ok(())
    }

    async fn book(
        &self,
        bearer: Bearer,
        hold: &HoldId,
        payment: PaymentMethod,
        key: &SaleKey,
    ) -> Result<Sale, Failure> {
        let request = BookRequest { hold: hold.clone(), payment };
        let call = self.with_hold(Call::post(&["v1", "bookings"]), hold)?;
        let call = call.bearer(bearer)?.keyed(key.as_str())?.json(&request)?;
        let reply = self.http.send(call).await?;
        let answer: BookingAnswer = reply.json().map_err(|_| self.http.unknown(Loss::Unreadable))?;
        lock(&self.holds).remove(hold);
        Ok(Sale::Booked(answer.booking))
    }

    async fn sold(&self, _: Bearer, _: &SaleKey) -> Result<Booking, Failure> {
        Err(self.bad_answer("no_sale", "it has answered every sale already"))
    }

    async fn bookings(&self, bearer: Bearer) -> Result<Vec<Booking>, Failure> {
        let answer: BookingsAnswer = self.http.send(Call::get(&["v1", "bookings"]).bearer(bearer)?).await?.json()?;
        Ok(answer.bookings)
    }

    async fn cancel(&self, bearer: Bearer, code: &BookingCode) -> Result<Booking, Failure> {
        let call = Call::post(&["v1", "bookings", code.as_str(), "cancel"]).bearer(bearer)?;
        let answer: BookingAnswer = self.http.send(call).await?.json()?;
        Ok(answer.booking)
    }

    async fn favourites(&self, bearer: Bearer) -> Result<Vec<MovieId>, Failure> {
        let answer: FavoritesAnswer = self.http.send(Call::get(&["v1", "favorites"]).bearer(bearer)?).await?.json()?;
        Ok(answer.movies)
    }

    async fn set_favourite(&self, bearer: Bearer, movie: &MovieId, wanted: Favourite) -> Result<Vec<MovieId>, Failure> {
        let path = ["v1", "favorites", movie.as_str()];
        let call = match wanted {
            Favourite::Yes => Call::put(&path),
            Favourite::No => Call::delete(&path),
        };
        let answer: FavoritesAnswer = self.http.send(call.bearer(bearer)?).await?.json()?;
        Ok(answer.movies)
    }
}

#[cfg(all(test, feature = "server"))]
#[path = "native/tests.rs"]
mod tests;
