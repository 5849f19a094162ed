//! The pages for those who run the cinema, as the scripted box office answers them.

use frontrow::{
    domain::{
        admin::{Candidate, Dashboard, Role, ShowSales, SoldBooking},
        failure::Failure,
        ids::{MovieId, ShowId},
        money::Money,
    },
    store::{
        action::{Action, AdminAction},
        effect::Effect,
    },
};
use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp};

/// The answer to an effect of these pages.
pub fn answer(effect: &Effect, role: Role) -> Option<Action> {
    Some(match effect {
        Effect::LoadRole(req) => AdminAction::RoleLoaded(*req, Ok(role)).into(),
        Effect::LoadDashboard(req) => AdminAction::DashboardLoaded(*req, Ok(dashboard())).into(),
        Effect::LoadAllShows(req) => AdminAction::ShowsLoaded(*req, Ok(shows())).into(),
        Effect::LoadAllBookings(req) => AdminAction::BookingsLoaded(*req, Ok(bookings())).into(),
        Effect::LoadCandidates(req) => AdminAction::CandidatesLoaded(*req, Ok(candidates())).into(),
        Effect::AddShows(req, _) => AdminAction::Added(*req, Ok(())).into(),
        _ => return None,
    })
}

pub fn fail(effect: &Effect, why: Failure) -> Option<Action> {
    Some(match effect {
        Effect::LoadRole(req) => AdminAction::RoleLoaded(*req, Err(why)).into(),
        Effect::LoadDashboard(req) => AdminAction::DashboardLoaded(*req, Err(why)).into(),
        Effect::LoadAllShows(req) => AdminAction::ShowsLoaded(*req, Err(why)).into(),
        Effect::LoadAllBookings(req) => AdminAction::BookingsLoaded(*req, Err(why)).into(),
        Effect::LoadCandidates(req) => AdminAction::CandidatesLoaded(*req, Err(why)).into(),
        Effect::AddShows(req, _) => AdminAction::Added(*req, Err(why)).into(),
        _ => return None,
    })
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn dashboard() -> Dashboard {
    Dashboard { bookings: Some(148), revenue: Some(eur(274_350)), people: Some(61), shows: shows() }
}

/// Three shows a day for four days; the price of one is not known and the film of another was removed.
fn shows() -> Vec<ShowSales> {
    let films = ["Metropolis", "Nosferatu", "The Cabinet of Dr. Caligari", "His Girl Friday", "Safety Last!"];
    let first: Timestamp = "2026-11-22T13:00:00Z".parse().unwrap();
    (0i64..12)
        .map(|at| {
            let film = films[at as usize % films.len()];
            let hours = 24 * (at / 3) + [0, 3, 6][at as usize % 3];
            ShowSales {
                show: ShowId::new(format!("show-{at}")),
                movie: (at != 7).then(|| MovieId::new(film)),
                movie_title: if at == 7 { "".into() } else { film.into() },
                starts_at: Some(first + SignedDuration::from_hours(hours)),
                price: (at != 4).then(|| eur(if at % 2 == 0 { 1250 } else { 900 })),
                taken: [24, 61, 88, 12, 0, 45, 70, 3, 19, 1, 33, 90][at as usize],
            }
        })
        .collect()
}

fn bookings() -> Vec<SoldBooking> {
    let people = ["Ana Fischer", "Bruno Keller", "", "Chiyo Tanaka", "Dagny Ólafsdóttir", "Emil Novák", "Fatou Diallo"];
    let shows = shows();
    (0..28)
        .map(|at| {
            let sales = &shows[at % shows.len()];
            let seats: Vec<String> =
                (0..=at % 4).map(|seat| format!("{}{}", ["C", "D", "H"][at % 3], seat + 3)).collect();
            let doubled = if matches!(at, 3 | 9) { vec![seats[0].as_str().into()] } else { Vec::new() };
            SoldBooking {
                id: format!("booking-{at}"),
                person: people[at % people.len()].into(),
                movie_title: sales.movie_title.clone(),
                show: (at != 11).then(|| sales.show.clone()),
                starts_at: sales.starts_at.filter(|_| at != 11),
                total: sales.price.map(|price| eur(price.minor * seats.len() as i64)),
                seats: seats.iter().map(|seat| seat.as_str().into()).collect(),
                paid: at % 3 != 1,
                created_at: None,
                doubled,
            }
        })
        .collect()
}

fn candidates() -> Vec<Candidate> {
    let films = super::sample::films();
    films
        .into_iter()
        .zip(0i8..)
        .map(|(film, at)| Candidate {
            id: film.id,
            title: film.title,
            year: film.year,
            rating: (at != 2).then(|| 8.7 - 0.2 * f32::from(at)),
            overview: film.synopsis,
        })
        .collect()
}
