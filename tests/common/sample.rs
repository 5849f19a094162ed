//! What the scripted box office has: halls, films, prices, people.

use frontrow::{
    domain::{
        chart::{Chart, cinechart},
        cinema::{Abilities, Cinema},
        failure::{Failure, FailureKind},
        ids::{SeatIx, UserId},
        money::Money,
        movie::Movie,
        picture::{Picture, PictureSize},
        seating::orphan::OrphanMode,
        show::{CategoryPrice, SeatState, SeatStates},
        sign_in::{Approval, Challenge, CodeFrom, Offer, Way},
        user::User,
    },
    store::slices::session::Person,
};
use std::sync::Arc;

pub fn hall(name: &str) -> Arc<Chart> {
    let path = format!("{}/assets/cinema/halls/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    Arc::new(cinechart::parse(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// A hall of one section with rows as a picture.
pub fn drawn(picture: &str) -> Arc<Chart> {
    let toml = format!(
        "format = 'cinechart'\nversion = 1\nid = 'drawn'\nname = 'Drawn'\n[screen]\nside = 'top'\n\
         [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
         [[section]]\nid = 'm'\npicture = '''\n{picture}'''\n"
    );
    Arc::new(cinechart::parse(&toml).unwrap())
}

pub fn films() -> Vec<Movie> {
    let path = format!("{}/assets/cinema/films.json", env!("CARGO_MANIFEST_DIR"));
    let mut films: Vec<Movie> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (i, film) in films.iter_mut().enumerate() {
        film.next_show = Some(wall() + jiff::SignedDuration::from_mins(75 + 95 * i as i64));
    }
    films
}

/// Sunday 22 November 2026, 12:04 in Berlin.
pub fn wall() -> jiff::Timestamp {
    "2026-11-22T11:04:00Z".parse().unwrap()
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, iso_currency::Currency::EUR)
}

/// A picture of its own for each place: a bright disc on a ground that turns from one colour to another.
pub fn painted(place: &str, size: PictureSize) -> Picture {
    let tint = place.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte)) as u8;
    let (w, h) = (size.width as f32, size.height as f32);
    let pixel = |i: u32| {
        let (x, y) = ((i % size.width) as f32 / w - 0.5, (i / size.width) as f32 / h - 0.4);
        let far = x.hypot(y * h / w);
        if far < 0.3 { [250, 220, tint] } else { [(y * 120.0 + 80.0) as u8, tint / 2, (90.0 - 90.0 * y) as u8] }
    };
    let rgb = (0..size.width * size.height).flat_map(pixel).collect();
    Picture::new(size, rgb).expect("three bytes a pixel")
}

pub fn offline() -> Failure {
    Failure::new(FailureKind::Offline, "offline", "The box office at http://127.0.0.1:1 cannot be reached.")
}

/// What every box office with accounts of its own offers.
pub fn sure_offer() -> Offer {
    Offer { ways: vec![Way::Password], sign_up: true }
}

/// A box office that offers everything.
pub fn every_way() -> Offer {
    let ways = vec![Way::Password, Way::Device, Way::EmailCode, Way::Browser, Way::Ticket];
    Offer { ways, sign_up: true }
}

pub fn code(from: CodeFrom, instead: &[CodeFrom]) -> Challenge {
    let sent_to = (from == CodeFrom::Email).then(|| "a•••@example.com".into());
    Challenge::Code { from, sent_to, instead: instead.to_vec() }
}

/// Good for ten minutes.
pub fn approval() -> Approval {
    Approval {
        url: "https://tickets.example.org/device".into(),
        url_with_code: Some("https://tickets.example.org/device?user_code=WDJB-MJHT".into()),
        user_code: Some("WDJB-MJHT".into()),
        ttl_ms: 600_000,
    }
}

pub fn person() -> Person {
    Person { user: user(), kept_in: "the desktop's keyring (Secret Service)".to_owned() }
}

pub fn user() -> User {
    User { id: UserId::new("usr_1"), email: "ana@example.com".into(), name: "Ana".into() }
}

pub fn cinema() -> Cinema {
    Cinema {
        name: "Luna Cinema".into(),
        timezone: "Europe/Berlin".into(),
        currency: "EUR".into(),
        demo: true,
        max_seats: 20,
        orphan_rule: OrphanMode::Lenient,
        release_accessible_min: 0,
        abilities: Abilities::default(),
    }
}

pub fn price(hall: &Chart, seat: SeatIx) -> Money {
    let category = &hall.category_of(seat).id;
    prices(hall).iter().find(|p| p.category == *category).unwrap().price.unwrap()
}

pub fn prices(hall: &Chart) -> Vec<CategoryPrice> {
    let of = |id: &str| match id {
        "std" => 1250,
        "prem" => 1550,
        "love" => 1700,
        _ => 990,
    };
    hall.categories.iter().map(|c| CategoryPrice { category: c.id.clone(), price: Some(eur(of(&c.id))) }).collect()
}

/// Groups of two to four sold here and there, and one held pair.
pub fn partly_sold(hall: &Chart) -> SeatStates {
    let mut states = SeatStates::free(hall.seats.len());
    for i in 0..hall.seats.len() {
        // A couch is sold whole.
        let group = hall.seats[i].couch.map_or(i / 3, |couch| couch as usize + 2);
        if group * 7 % 11 < 3 {
            states.set(i, SeatState::Sold);
        }
    }
    let held = hall.seats.len() / 2;
    states.set(held, SeatState::Held);
    states.set(held + 1, SeatState::Held);
    states
}
