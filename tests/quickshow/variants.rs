//! One whole story in each spelling of the family: a person looks, books, pays and marks a film; somebody runs the place.

use crate::{
    client::{Client, assert_told_well, bearer, labels, lay_out},
    standin::{INVENTED, StandIn, Story, invented},
};
use frontrow::{
    domain::{
        admin::{NewShows, Role},
        booking::BookingStatus,
        failure::FailureKind,
        ids::MovieId,
        money::Money,
    },
    effects::ports::{BoxOffice, Favourite},
};
use iso_currency::Currency;
use jiff::Timestamp;

const SHOW: &str = "7a0000000000000000000001";

/// A moment after the booking of the invented stories.
pub fn soon() -> Timestamp {
    "2026-11-22T10:00:20Z".parse().unwrap()
}

fn open(variant: &str) -> (StandIn, Client) {
    let server = StandIn::telling(Story::of(invented(variant)).at(soon()));
    let client = Client::of(&server.url, soon());
    (server, client)
}

fn film(variant: &str) -> &'static str {
    if variant == "prince10arya" { "tt0710001" } else { "710001" }
}

#[tokio::test]
async fn films_and_times_are_the_same_in_every_spelling() {
    for variant in INVENTED {
        println!("{variant}");
        let (_server, client) = open(variant);
        let films = client.office.movies().await.unwrap();
        let titles: Vec<_> = films.iter().map(|film| film.title.as_str()).collect();
        assert_eq!(titles, ["The Glass Orchard", "Tram to Nowhere"], "{variant}");
        let first = &films[0];
        assert_eq!((first.id.as_str(), first.year, first.runtime_min), (film(variant), 2024, 101), "{variant}");
        assert_eq!((first.rating, first.genres[0].as_str()), (Some(7.4), "Drama"), "{variant}");
        assert_eq!((first.cast[0].name.as_str(), first.language.as_str()), ("Ines Prado", "pt"), "{variant}");
        assert!(first.cast[0].role.as_str().starts_with("The Gardener"), "{variant}");
        let poster =
            if variant == "prince10arya" { "https://m.media-amazon.com/images/M/glass.jpg" } else { "/glass.jpg" };
        assert_eq!(first.poster.as_deref(), Some(poster), "{variant}");

        let shows = client.office.shows(&first.id).await.unwrap();
        let times: Vec<_> = shows.iter().map(|show| show.starts_at.to_string()).collect();
        assert_eq!(
            times,
            ["2026-11-23T14:00:00Z", "2026-11-23T23:30:00Z", "2026-11-24T18:30:00Z"],
            "{variant}: by time"
        );
        assert_eq!(client.office.shows(&films[1].id).await.unwrap(), [], "{variant}: it is known, and has no time");
    }
}

#[tokio::test]
async fn two_seats_are_booked_and_paid_in_every_spelling() {
    for variant in INVENTED {
        println!("{variant}");
        let (server, client) = open(variant);
        let (plan, chart) = client.plan(film(variant), SHOW).await.unwrap();
        lay_out(&plan, chart.clone());
        let rooms = variant == "duong";
        assert_eq!(chart.seats.len(), if rooms { 13 } else { 90 }, "{variant}");
        let held: &[&str] = if rooms { &["B2"] } else { &[] };
        assert_eq!(client.taken(&plan, &chart).await.unwrap(), held, "{variant}");

        server.asked();
        let booking = client.buy("alice", SHOW, &chart, &["C3", "C4"]).await.unwrap();
        let posts = server.changes();
        assert_eq!(posts.len(), 1, "{variant}: {posts:?}");
        assert!(posts[0].origin.as_ref().is_some_and(|origin| origin.starts_with("http")), "{variant}");
        assert_eq!((booking.status, labels(&booking)), (BookingStatus::Pending, vec!["C3", "C4"]), "{variant}");
        let page = booking.payment_page.expect("it can be paid");
        assert_eq!(page.url, "https://checkout.stripe.com/c/pay/cs_test_orchard", "{variant}");
        assert_eq!(page.until, "2026-11-22T10:10:00Z".parse::<Timestamp>().unwrap(), "{variant}");
        assert_eq!(booking.troubles, [], "{variant}");
        let taken: Vec<_> = held.iter().copied().chain(["C3", "C4"]).collect();
        assert_eq!(client.taken(&plan, &chart).await.unwrap(), taken, "{variant}");

        // Who comes later is told which seat is gone, and nothing is sent.
        let failure = client.buy("bob", SHOW, &chart, &["C4"]).await.unwrap_err();
        assert_told_well(&failure);
        assert_eq!(
            (failure.kind, failure.why.contains("C4")),
            (FailureKind::SeatGone, true),
            "{variant}: {}",
            failure.why
        );

        server.story().pay();
        let bookings = client.office.bookings(bearer("alice")).await.unwrap();
        let [paid] = &bookings[..] else { panic!("{variant}: {bookings:?}") };
        assert_eq!((paid.status, &paid.payment_page), (BookingStatus::Paid, &None), "{variant}");
        assert_eq!(paid.total, Some(Money::new(1900, Currency::XXX)), "{variant}");
        assert_eq!(client.office.bookings(bearer("bob")).await.unwrap(), [], "{variant}");

        // What was paid tells what a seat of this show costs.
        let shows = client.office.shows(&MovieId::new(film(variant))).await.unwrap();
        assert_eq!(shows[0].price_from(), Some(Money::new(950, Currency::XXX)), "{variant}");
    }
}

#[tokio::test]
async fn a_film_is_marked_and_unmarked_in_every_spelling() {
    for variant in INVENTED {
        println!("{variant}");
        let (_server, client) = open(variant);
        let film = MovieId::new(film(variant));
        assert_eq!(client.office.favourites(bearer("alice")).await.unwrap(), [], "{variant}");
        for (wanted, after) in
            [(Favourite::Yes, vec![film.clone()]), (Favourite::Yes, vec![film.clone()]), (Favourite::No, vec![])]
        {
            let set = client.office.set_favourite(bearer("alice"), &film, wanted).await;
            assert_eq!(set.unwrap(), after, "{variant}: a second wish for the same toggles nothing");
            assert_eq!(client.office.favourites(bearer("alice")).await.unwrap(), after, "{variant}");
        }
    }
}

#[tokio::test]
async fn who_runs_the_cinema_sees_it_in_every_spelling() {
    for variant in INVENTED {
        println!("{variant}");
        let (server, client) = open(variant);
        let desk = &client.backstage;
        assert_eq!(desk.role(bearer("alice")).await.unwrap(), Role::Customer, "{variant}");
        assert_eq!(desk.role(bearer("admin")).await.unwrap(), Role::Admin, "{variant}");
        let dashboard = desk.dashboard(bearer("admin")).await.unwrap();
        assert_eq!((dashboard.bookings, dashboard.people), (Some(1), Some(2)), "{variant}");
        assert_eq!(dashboard.revenue.map(|m| m.minor), Some(1900), "{variant}");
        assert_eq!(dashboard.shows.len(), 2, "{variant}");
        let shows = desk.shows(bearer("admin")).await.unwrap();
        let sold: Vec<_> = shows.iter().map(|show| (show.taken, show.earnings().map(|m| m.minor))).collect();
        // One of them is held in each of the shows of a server that holds.
        let taken =
            if variant == "duong" { [(3, Some(2850)), (1, Some(950))] } else { [(2, Some(1900)), (0, Some(0))] };
        assert_eq!(sold, taken, "{variant}");
        let bookings = desk.bookings(bearer("admin")).await.unwrap();
        assert_eq!((bookings.len(), bookings[0].seats.len(), bookings[0].paid), (1, 2, false), "{variant}");
        let person = if variant == "soumishjain" { "user_2alice" } else { "Alba Ruiz" };
        assert_eq!(bookings[0].person.as_str(), person, "{variant}");
        let candidates = desk.candidates(bearer("admin")).await.unwrap();
        assert_eq!(candidates[0].title.as_str(), "A Ladder of Salt", "{variant}");
        let times = vec!["2026-12-01T14:00".parse().unwrap()];
        let new = NewShows { movie: candidates[0].id.clone(), times, price: Money::new(1050, Currency::XXX) };
        server.asked();
        desk.add(bearer("admin"), &new).await.unwrap_or_else(|why| panic!("{variant}: {why}"));
        assert_eq!(server.changes().len(), 1, "{variant}");
    }
}

#[tokio::test]
async fn trailers_are_those_that_can_be_opened_and_none_where_there_are_none() {
    let (_server, client) = open("soumishjain");
    let trailers = client.office.trailers().await.unwrap();
    let urls: Vec<_> = trailers.iter().map(|trailer| trailer.url.as_str()).collect();
    assert_eq!(urls, ["https://www.youtube.com/watch?v=orchard1"]);
    for variant in ["tutorial", "stefano"] {
        let (_server, client) = open(variant);
        assert_eq!(client.office.trailers().await.unwrap(), [], "{variant}");
        assert_eq!(client.office.recommendations(bearer("alice")).await.unwrap(), [], "{variant}");
    }
}
