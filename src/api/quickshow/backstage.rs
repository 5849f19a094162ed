//! The pages for those who run a cinema, at a QuickShow server.

use super::{
    Inner, QuickShow,
    answer::{Answer, count, elements, money, part, truth},
    booked::{is_live, title},
    line::{NO_SUCH_ROUTE, PostFailure},
    shapes::{self, ToldBooking, ToldPerson, ToldShow},
    variant::Route,
};
use crate::{
    domain::{
        admin::{Candidate, Dashboard, NewShows, Role, ShowSales, SoldBooking},
        failure::{Failure, FailureKind},
        ids::ShowId,
        text::Text,
    },
    effects::ports::{Backstage, Bearer},
};
use async_trait::async_trait;
use jiff::{Timestamp, civil::DateTime};
use serde_json::{Value, json};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

const SHOWS: [&str; 4] = ["shows", "showtimes", "activeShows", "allShows"];
const BOOKINGS: [&str; 3] = ["bookings", "allBookings", "userBookings"];
const FILMS: [&str; 3] = ["movies", "results", "shows"];
const FIGURES: [&str; 3] = ["dashboardData", "dashboard", "data"];
const COUNT: [&str; 2] = ["totalBookings", "totalBooking"];
const REVENUE: [&str; 2] = ["totalRevenue", "revenue"];
const PEOPLE: [&str; 3] = ["totalUser", "totalUsers", "users"];
const ACTIVE: [&str; 2] = ["activeShows", "shows"];

struct Office(Arc<Inner>);

impl QuickShow {
    pub fn backstage(&self) -> Arc<dyn Backstage> {
        Arc::new(Office(self.inner.clone()))
    }
}

#[async_trait]
impl Backstage for Office {
    async fn role(&self, bearer: Bearer) -> Result<Role, Failure> {
        match self.0.ask(Route::IsAdmin, None, Some(bearer), |_| true).await {
            Ok(answer) => Ok(role(&answer)),
            // Who is no admin is refused; and where there are no such pages, nobody is one.
            Err(why) if matches!(why.code.as_str(), "not_admin" | NO_SUCH_ROUTE) => Ok(Role::Customer),
            Err(why) => Err(why),
        }
    }

    async fn dashboard(&self, bearer: Bearer) -> Result<Dashboard, Failure> {
        let answer = self.0.ask(Route::Dashboard, None, Some(bearer), |answer| figures(answer).is_some()).await?;
        let figures = figures(&answer).unwrap_or(&Value::Null);
        let shows = part(figures, &ACTIVE).map(elements).unwrap_or_default();
        Ok(Dashboard {
            bookings: part(figures, &COUNT).and_then(count),
            revenue: part(figures, &REVENUE).and_then(|amount| money(amount, self.0.terms.currency)),
            people: part(figures, &PEOPLE).and_then(count),
            shows: self.sales(Route::Dashboard, &answer, shows)?,
        })
    }

    async fn shows(&self, bearer: Bearer) -> Result<Vec<ShowSales>, Failure> {
        let answer = self.0.ask(Route::AllShows, None, Some(bearer), |answer| answer.list(&SHOWS).is_some()).await?;
        self.sales(Route::AllShows, &answer, answer.list(&SHOWS).unwrap_or_default())
    }

    async fn bookings(&self, bearer: Bearer) -> Result<Vec<SoldBooking>, Failure> {
        let has_list = |answer: &Answer| answer.list(&BOOKINGS).is_some();
        let answer = self.0.ask(Route::AllBookings, None, Some(bearer), has_list).await?;
        let list = answer.list(&BOOKINGS).unwrap_or_default();
        let told = list.iter().filter_map(|one| shapes::booking(one, self.0.terms.currency)).collect();
        let told = self.0.readable(Route::AllBookings, &answer, list.len(), told)?;
        self.learn_prices(told.iter().filter_map(|booking| booking.show.as_ref()));
        let claims = Claims::of(&told, self.0.line.times.now());
        let mut sold: Vec<_> = told.iter().map(|one| sold(one, claims.doubled(one))).collect();
        sold.sort_by_key(|booking| Reverse(booking.created_at));
        Ok(sold)
    }

    async fn candidates(&self, bearer: Bearer) -> Result<Vec<Candidate>, Failure> {
        let has_list = |answer: &Answer| answer.list(&FILMS).is_some();
        let answer = self.0.ask(Route::NowPlaying, None, Some(bearer), has_list).await?;
        let list = answer.list(&FILMS).unwrap_or_default();
        let films = self.0.readable(Route::NowPlaying, &answer, list.len(), shapes::movies(&list))?;
        let candidates = films.into_iter().map(|film| Candidate {
            id: film.id,
            title: film.title,
            year: film.year,
            rating: film.rating,
            overview: film.synopsis,
        });
        Ok(candidates.collect())
    }

    async fn add(&self, bearer: Bearer, shows: &NewShows) -> Result<(), Failure> {
        if shows.times.is_empty() {
            return Err(Failure::new(FailureKind::Input, "no_times", "no time is given for the new shows"));
        }
        let server = self.0.line.shown();
        match self.0.tell(Route::AddShows, &request(shows)?, bearer).await {
            Ok(_) => Ok(()),
            Err(PostFailure::NotSent(why) | PostFailure::Refused(why)) => Err(why),
            Err(PostFailure::Lost(why)) => {
                tracing::warn!(why = why.why, "shows were added without an answer");
                let why = format!(
                    "{server} did not say whether the shows were added: look at the list of shows before you add them \
                     again, since it would add them twice"
                );
                Err(Failure::new(FailureKind::Unknown, "outcome_unknown", why))
            }
        }
    }
}

impl Office {
    /// Shows with what was sold of them, by time.
    fn sales(&self, route: Route, answer: &Answer, list: Vec<&Value>) -> Result<Vec<ShowSales>, Failure> {
        let told = list.iter().filter_map(|one| shapes::show(one, self.0.terms.currency)).collect();
        let told = self.0.readable(route, answer, list.len(), told)?;
        self.learn_prices(told.iter());
        let mut sales: Vec<_> = told.into_iter().map(sales_of).collect();
        sales.sort_by_key(|show| show.starts_at);
        Ok(sales)
    }

    fn learn_prices<'a>(&self, shows: impl Iterator<Item = &'a ToldShow>) {
        for show in shows {
            if let Some(price) = show.price {
                self.0.learn_price(&show.id, price);
            }
        }
    }
}

/// What an answer that is no refusal says of somebody: some say in it that they are no admin, one says nothing more.
fn role(answer: &Answer) -> Role {
    let named = answer.part(&["isAdmin", "admin"]).and_then(truth);
    let role = answer.part(&["role"]).map(|role| role.as_str() == Some("admin"));
    match named.or(role).unwrap_or(answer.says() == Some(true)) {
        true => Role::Admin,
        false => Role::Customer,
    }
}

/// The part of an answer that has the figures: below a key of its own, or the answer itself.
fn figures(answer: &Answer) -> Option<&Value> {
    let has_some =
        |value: &&Value| [&COUNT[..], &REVENUE, &PEOPLE, &ACTIVE].iter().any(|keys| part(value, keys).is_some());
    let below = FIGURES.iter().filter_map(|key| answer.part(&[key]));
    below.chain([&answer.0]).find(has_some)
}

fn sales_of(show: ToldShow) -> ShowSales {
    ShowSales {
        movie_title: title(Some(&show)),
        taken: show.taken.as_ref().map_or(0, |taken| u32::try_from(taken.len()).unwrap_or(u32::MAX)),
        show: show.id,
        movie: show.movie,
        starts_at: show.starts_at,
        price: show.price,
    }
}

fn sold(told: &ToldBooking, doubled: Vec<Text>) -> SoldBooking {
    SoldBooking {
        id: told.id.clone(),
        person: told.person.as_ref().map(name).unwrap_or_default(),
        movie_title: title(told.show.as_ref()),
        show: told.show.as_ref().map(|show| show.id.clone()),
        starts_at: told.show.as_ref().and_then(|show| show.starts_at),
        seats: told.seats.clone(),
        total: told.amount,
        paid: told.paid,
        created_at: told.created_at,
        doubled,
    }
}

/// Which live bookings have each seat of each show. A cinema has many thousands of bookings, so that they are not
/// compared with one another.
struct Claims<'a> {
    now: Timestamp,
    bookings: HashMap<(&'a ShowId, &'a Text), HashSet<&'a str>>,
}

impl<'a> Claims<'a> {
    fn of(all: &'a [ToldBooking], now: Timestamp) -> Self {
        let mut bookings: HashMap<_, HashSet<_>> = HashMap::new();
        for one in all.iter().filter(|one| is_live(one, now)) {
            for seat in one.show.iter().flat_map(|show| one.seats.iter().map(move |seat| (&show.id, seat))) {
                bookings.entry(seat).or_default().insert(one.id.as_str());
            }
        }
        Self { now, bookings }
    }

    /// The seats of a live booking that other live bookings of the same show have, too.
    fn doubled(&self, one: &ToldBooking) -> Vec<Text> {
        let Some(show) = one.show.as_ref().filter(|_| is_live(one, self.now)) else { return Vec::new() };
        let is_twice = |seat: &&Text| self.bookings.get(&(&show.id, *seat)).is_some_and(|claims| claims.len() > 1);
        one.seats.iter().filter(is_twice).cloned().collect()
    }
}

/// Who made a booking, for people. These servers join two names whether there are two or not.
fn name(person: &ToldPerson) -> Text {
    let words = person.name.as_str().split(' ').filter(|word| !matches!(*word, "null" | "undefined"));
    let name = words.collect::<Vec<_>>().join(" ");
    match name.trim() {
        "" if person.email.is_empty() => Text::new(&person.id),
        "" => person.email.clone(),
        name => Text::new(name),
    }
}

/// The body of a request for new shows. One server of the family has another name for their times, so both are sent.
fn request(shows: &NewShows) -> Result<Value, Failure> {
    let mut days: BTreeMap<_, Vec<DateTime>> = BTreeMap::new();
    for time in &shows.times {
        let times = days.entry(time.date()).or_default();
        // The server would make two shows of one time.
        if !times.contains(time) {
            times.push(*time);
        }
    }
    let times: Vec<_> = days
        .into_iter()
        .map(|(date, mut times)| {
            times.sort();
            let times: Vec<_> = times.iter().map(|time| time.strftime("%H:%M").to_string()).collect();
            json!({ "date": date.to_string(), "time": times })
        })
        .collect();
    let price: serde_json::Number = shows.price.figure().parse().map_err(|_| {
        Failure::new(FailureKind::Input, "bad_price", format!("the price {} is no number", shows.price.figure()))
    })?;
    Ok(json!({ "movieId": shows.movie.as_str(), "showsInput": times, "showInput": times, "showPrice": price }))
}
