//! Films, shows and the states of seats.

use super::{
    Inner,
    answer::Answer,
    hall::{self, Hall},
    line::{NO_SUCH_ROUTE, NOT_DATA},
    shapes::{self, REMOVED, Slot, TAKEN, Taken},
    variant::Route,
};
use crate::{
    domain::{
        chart::Chart,
        failure::{Failure, FailureKind},
        ids::{ChartHash, HallId, MovieId, ShowId},
        money::Money,
        movie::Movie,
        show::{CategoryPrice, Show, ShowPlan},
        text::Text,
    },
    effects::ports::{Bearer, CHART_CHANGED, SeatsNow, wants_another_token},
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// How many films are asked for their times at once when a show has to be found.
const AT_ONCE: usize = 4;
/// How a list of films is called; some call it by the shows that it is made from.
const FILMS: [&str; 3] = ["shows", "show", "movies"];

/// The seats of a show that cannot be had.
pub struct Gone {
    pub taken: Vec<Taken>,
    /// Those that somebody is about to pay for, where a server tells them apart.
    pub held: Vec<Taken>,
}

impl Inner {
    /// The films that are playing, in the server's order.
    pub async fn films(&self) -> Result<Vec<Movie>, Failure> {
        let answer = self.ask(Route::Movies, None, None, |answer| answer.list(&FILMS).is_some()).await?;
        let list = answer.list(&FILMS).unwrap_or_default();
        // A list of shows with their films in them is as good.
        let films: Vec<&Value> =
            list.into_iter().map(|one| one.get("movie").filter(|film| film.is_object()).unwrap_or(one)).collect();
        let movies = shapes::movies(&films);
        if movies.is_empty() && !films.is_empty() {
            return Err(self.without_part(Route::Movies, &answer));
        }
        Ok(movies)
    }

    /// The shows of a film that have not begun, by time: some servers tell those that have, too.
    pub async fn shows(&self, movie: &MovieId) -> Result<Vec<Show>, Failure> {
        let now = self.clock.now();
        let (film, mut slots) = self.slots(movie).await?;
        slots.retain(|slot| slot.time > now);
        // Whether the server tells of halls is found out with the first.
        if let Some(first) = slots.first() {
            self.hall_of(&first.show).await?;
        }
        let film = &film;
        let shows = stream::iter(slots).map(|slot| async move { self.made_show(movie, film.as_ref(), &slot).await });
        let shows: Vec<Result<Show, Failure>> = shows.buffered(AT_ONCE).collect().await;
        shows.into_iter().collect()
    }

    /// A film, unless it was removed, and its times.
    async fn slots(&self, movie: &MovieId) -> Result<(Option<Movie>, Vec<Slot>), Failure> {
        let currency = self.terms.currency;
        let told = |answer: &Answer| shapes::slots(answer, currency);
        let answer = self.ask(Route::Movie, Some(movie.as_str()), None, |answer| told(answer).is_some()).await?;
        let slots = told(&answer).unwrap_or_default();
        let film = answer.0.get("movie").or_else(|| answer.part(&["movie", "data"])).and_then(shapes::movie);
        if film.is_none() && slots.is_empty() {
            let why = format!("{} does not have this film any more", self.line.shown());
            return Err(Failure::new(FailureKind::NotFound, "not_found", why));
        }
        let mut memory = self.memory();
        memory.tidy();
        for slot in &slots {
            memory.films.insert(slot.show.clone(), movie.clone());
            if let Some(price) = slot.price {
                memory.prices.insert(slot.show.clone(), price);
            }
        }
        drop(memory);
        Ok((film, slots))
    }

    async fn made_show(&self, movie: &MovieId, film: Option<&Movie>, slot: &Slot) -> Result<Show, Failure> {
        let hall = self.hall_of(&slot.show).await?;
        let chart = &hall.plan.chart;
        let price = self.memory().prices.get(&slot.show).copied();
        let runtime = film.map_or(0, |film| film.runtime_min);
        let show = Show {
            id: slot.show.clone(),
            movie: movie.clone(),
            movie_title: film.map_or_else(|| Text::new(REMOVED), |film| film.title.clone()),
            starts_at: slot.time,
            ends_at: slot.time.checked_add(SignedDuration::from_mins(i64::from(runtime))).unwrap_or(slot.time),
            hall: HallId::new(chart.id.clone()),
            hall_name: if hall.name.is_empty() { slot.room.clone() } else { hall.name.clone() },
            chart: hall.plan.hash.clone(),
            seats: chart.sellable() as u32,
            free: None,
            prices: prices(chart, price),
            tickets: Vec::new(),
        };
        self.memory().shows.insert(show.id.clone(), show.clone());
        Ok(show)
    }

    /// A show, by its film where that is known; else it is looked for among all films, for there is no route to it.
    pub async fn show(&self, show: &ShowId) -> Result<Show, Failure> {
        let known = self.memory().films.get(show).cloned();
        if let Some(movie) = known {
            let (film, slots) = self.slots(&movie).await?;
            if let Some(slot) = slots.iter().find(|slot| slot.show == *show) {
                return self.made_show(&movie, film.as_ref(), slot).await;
            }
        }
        let films = self.films().await?;
        let lists = stream::iter(films).map(|film| async move {
            let slots = self.slots(&film.id).await;
            (film, slots)
        });
        let mut lists = lists.buffer_unordered(AT_ONCE);
        let mut unread = None;
        while let Some((film, outcome)) = lists.next().await {
            let slots = match outcome {
                Ok((_, slots)) => slots,
                // A film that went between two questions has no show.
                Err(failure) if failure.kind == FailureKind::NotFound => continue,
                // It may be among the times of another film.
                Err(failure) => {
                    unread = Some(failure);
                    continue;
                }
            };
            if let Some(slot) = slots.iter().find(|slot| slot.show == *show) {
                return self.made_show(&film.id, Some(&film), slot).await;
            }
        }
        let why = format!("{} has no such show on sale", self.line.shown());
        Err(unread.unwrap_or_else(|| Failure::new(FailureKind::NotFound, "not_found", why)))
    }

    /// A show as it was last told, or else as it is told now.
    pub async fn show_once(&self, show: &ShowId) -> Result<Show, Failure> {
        let known = self.memory().shows.get(show).cloned();
        match known {
            Some(known) => Ok(known),
            None => self.show(show).await,
        }
    }

    /// The hall of a show: as the server tells it, or the one that the family's pages draw.
    pub async fn hall_of(&self, show: &ShowId) -> Result<Hall, Failure> {
        let known = self.memory().halls.get(show).cloned();
        if let Some(hall) = known {
            return Ok(hall);
        }
        let hall = match self.told_hall(show).await? {
            Some(hall) => hall,
            None => Hall::usual(),
        };
        let mut memory = self.memory();
        memory.charts.insert(hall.plan.hash.clone(), hall.plan.chart.clone());
        memory.halls.insert(show.clone(), hall.clone());
        Ok(hall)
    }

    async fn told_hall(&self, show: &ShowId) -> Result<Option<Hall>, Failure> {
        if self.is_without(Route::Layout) {
            return Ok(None);
        }
        let tells_others = self.variant().knows(Route::Layout);
        let told = self.ask(Route::Layout, Some(show.as_str()), None, |answer| hall::told(answer).is_some()).await;
        match told {
            Ok(answer) => {
                let price = answer.part(&["basePrice", "showPrice"]);
                let price = price.and_then(|price| super::answer::money(price, self.terms.currency));
                if let Some(price) = price.filter(|price| price.minor > 0) {
                    self.learn_price(show, price);
                }
                Ok(hall::told(&answer))
            }
            Err(failure) if matches!(failure.code.as_str(), NO_SUCH_ROUTE | NOT_DATA | "no_list") => {
                // A server that told the hall of another show has such a route, and a page of a proxy's proves nothing.
                if !tells_others && failure.code != NOT_DATA {
                    self.learn(|variant| variant.lacks(Route::Layout, self.clock.now()));
                }
                Ok(None)
            }
            // It tells of halls, and not of this show's.
            Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The plan of a hall: of one that was seen, or the usual one.
    pub fn chart(&self, hash: &ChartHash) -> Result<Arc<Chart>, Failure> {
        let known = self.memory().charts.get(hash).cloned();
        let usual = || Some(Hall::usual().plan).filter(|plan| plan.hash == *hash).map(|plan| plan.chart.clone());
        known.or_else(usual).ok_or_else(|| {
            let why = "the plan of the hall is not known any more: open the show again";
            Failure::new(FailureKind::NotFound, "not_found", why)
        })
    }

    pub async fn seats(&self, of: &ShowPlan, known: Option<&str>) -> Result<SeatsNow, Failure> {
        let hall = self.hall_of(&of.show).await?;
        if hall.plan.hash != of.chart {
            let why = "the plan of the hall has changed: open the show again to see it";
            return Err(Failure::new(FailureKind::Refused, CHART_CHANGED, why));
        }
        let gone = self.gone(&of.show, None).await?;
        let (states, strange) = hall.states(&gone.taken, &gone.held);
        if !strange.is_empty() {
            let names: Vec<&str> = strange.iter().take(10).map(Text::as_str).collect();
            tracing::warn!(
                show = of.show.as_str(),
                names = names.join(", "),
                "taken seats that the hall does not have"
            );
        }
        let digest = Sha256::digest(states.packed());
        let etag: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(if known == Some(etag.as_str()) { SeatsNow::Unchanged } else { SeatsNow::States { etag, states } })
    }

    /// The seats of a show that cannot be had. Some servers tell them to people who are signed in only: where no token
    /// is given, one is asked for then.
    pub async fn gone(&self, show: &ShowId, bearer: Option<Bearer>) -> Result<Gone, Failure> {
        if bearer.is_some() {
            return self.gone_for(show, bearer).await;
        }
        if !self.variant().seats_for_people {
            match self.gone_for(show, None).await {
                Err(failure) if failure.kind == FailureKind::SignIn => {}
                outcome => return outcome,
            }
        }
        let Some(session) = &self.session else { return self.gone_for(show, None).await };
        let signed_out = |failure: Failure| match failure.kind {
            FailureKind::SignIn => {
                let why =
                    format!("{} shows its seats to people who are signed in only: sign in first", self.line.shown());
                Failure { why, ..failure }
            }
            _ => failure,
        };
        let underway = session.begin();
        let mut outcome = self.gone_for(show, Some(session.fresh().await.map_err(signed_out)?)).await;
        if outcome.as_ref().is_err_and(wants_another_token) {
            session.refused();
            outcome = self.gone_for(show, Some(session.fresh().await.map_err(signed_out)?)).await;
        }
        drop(underway);
        if outcome.is_ok() {
            self.learn(|variant| variant.seats_for_people = true);
        }
        outcome
    }

    async fn gone_for(&self, show: &ShowId, bearer: Option<Bearer>) -> Result<Gone, Failure> {
        let told = |answer: &Answer| {
            let named = answer.part(&TAKEN).and_then(shapes::taken);
            named.or_else(|| shapes::taken(answer.0.get("data").filter(|data| data.is_array())?))
        };
        let answer = self.ask(Route::Seats, Some(show.as_str()), bearer, |answer| told(answer).is_some()).await?;
        let mut held = held_of(&answer);
        if self.variant().knows(Route::Layout) {
            // Such servers tell the seats that others are paying for with the hall, and with the taken seats not always.
            match self.ask(Route::Layout, Some(show.as_str()), None, |answer| hall::told(answer).is_some()).await {
                Ok(layout) => held.extend(held_of(&layout)),
                Err(failure) => tracing::info!(code = failure.code, "which seats are being paid for is not told"),
            }
        }
        Ok(Gone { taken: told(&answer).unwrap_or_default(), held })
    }
}

fn held_of(answer: &Answer) -> Vec<Taken> {
    answer.part(&["heldSeats"]).and_then(shapes::taken).unwrap_or_default()
}

/// The price of each category; a price that is told of a show is that of its plain seats, and no other is invented.
fn prices(chart: &Chart, price: Option<Money>) -> Vec<CategoryPrice> {
    let plain = chart.categories.iter().position(|category| category.id == "standard").unwrap_or(0);
    let of = |at: usize| price.filter(|_| at == plain);
    let categories = chart.categories.iter().enumerate();
    categories.map(|(at, category)| CategoryPrice { category: category.id.clone(), price: of(at) }).collect()
}
