//! The JSON forms of what commands answer. Times are RFC 3339 in the cinema's zone, money is minor units and a code.

use crate::domain::{
    booking::Booking,
    cinema::Cinema,
    movie::Movie,
    show::{PricedSeat, Show},
    text::Text,
    time::{Calendar, rfc3339},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Writes documents of one cinema.
pub struct Documents {
    pub zone: Calendar,
}

impl Documents {
    pub fn of(cinema: &Cinema) -> Self {
        Self { zone: cinema.calendar() }
    }

    pub fn time(&self, at: Timestamp) -> String {
        rfc3339(at, &self.zone)
    }

    pub fn movie(&self, movie: &Movie) -> Value {
        json!({
            "id": movie.id,
            "title": movie.title,
            "original_title": movie.original_title,
            "year": (movie.year != 0).then_some(movie.year),
            "runtime_min": (movie.runtime_min != 0).then_some(movie.runtime_min),
            "directors": movie.directors,
            "cast": movie.cast,
            "genres": movie.genres,
            "language": told(&movie.language),
            "rating": movie.rating.map(tenths),
            "tagline": told(&movie.tagline),
            "synopsis": movie.synopsis,
            "poster": movie.poster,
            "next_show": movie.next_show.map(|at| self.time(at)),
        })
    }

    pub fn show(&self, show: &Show) -> Value {
        json!({
            "id": show.id,
            "movie": show.movie,
            "movie_title": show.movie_title,
            "starts_at": self.time(show.starts_at),
            "ends_at": self.time(show.ends_at),
            "hall": show.hall_name,
            "seats": show.seats,
            "free": show.free,
            "price_from": show.price_from(),
        })
    }

    pub fn booking(&self, booking: &Booking) -> Value {
        json!({
            "code": booking.code,
            "status": booking.status,
            "show": booking.show,
            "movie": booking.movie,
            "movie_title": booking.movie_title,
            "hall": booking.hall_name,
            "starts_at": booking.starts_at.map(|at| self.time(at)),
            "ends_at": booking.ends_at.map(|at| self.time(at)),
            "seats": seats(&booking.seats),
            "total": booking.total,
            "payment": booking.payment,
            "created_at": self.time(booking.created_at),
            "refundable": booking.refundable,
            "payment_page": booking.payment_page.as_ref().map(|page| {
                json!({ "url": page.url, "until": self.time(page.until) })
            }),
            "unpayable": booking.unpayable,
            "troubles": booking.troubles.iter().map(|one| {
                json!({ "seat": one.label, "trouble": one.trouble })
            }).collect::<Vec<_>>(),
        })
    }
}

/// A text that the server has told.
fn told(text: &Text) -> Option<&Text> {
    (!text.is_empty()).then_some(text)
}

/// A rating as people read it, `7.2`, and not as `7.19999980926`.
fn tenths(rating: f32) -> f64 {
    (f64::from(rating) * 10.0).round() / 10.0
}

pub fn seats(seats: &[PricedSeat]) -> Value {
    seats
        .iter()
        .map(|seat| {
            json!({
                "id": seat.id,
                "label": seat.label,
                "category": seat.category,
                "price": seat.price,
                "ticket": seat.ticket,
            })
        })
        .collect()
}
