//! The halls of the demo cinema, as every test of charts and seating knows them.

use super::{Chart, cinechart};

pub(crate) const STUDIO: &str = include_str!("../../../assets/cinema/halls/studio.toml");
pub(crate) const CLASSIC: &str = include_str!("../../../assets/cinema/halls/classic.toml");
pub(crate) const HALL_1: &str = include_str!("../../../assets/cinema/halls/hall-1.toml");
pub(crate) const GRAND: &str = include_str!("../../../assets/cinema/halls/grand.toml");
pub(crate) const PLAYHOUSE: &str = include_str!("../../../assets/cinema/halls/playhouse.toml");

/// Reads one of them.
pub(crate) fn hall(toml: &str) -> Chart {
    cinechart::parse(toml).expect("a valid hall")
}

/// All of them.
pub(crate) fn all() -> Vec<Chart> {
    [STUDIO, CLASSIC, HALL_1, GRAND, PLAYHOUSE].map(hall).into()
}

/// A hall with one section of standard seats, drawn as `picture`.
pub(crate) fn drawn(picture: &str) -> Chart {
    hall(&format!(
        "format = 'cinechart'\nversion = 1\nid = 'test'\nname = 'Test'\n[screen]\nside = 'top'\n\
         [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
         [[section]]\nid = 'main'\npicture = '''\n{picture}\n'''\n"
    ))
}

#[test]
fn the_halls_have_the_places_they_promise() {
    let counts: Vec<(String, usize, usize)> =
        all().iter().map(|c| (c.name.to_string(), c.seats.len(), c.levels.len())).collect();
    let expected =
        [("Studio", 48, 1), ("Classic", 90, 1), ("Hall 1", 180, 1), ("Grand Hall", 440, 2), ("Playhouse", 264, 3)];
    assert_eq!(counts, expected.map(|(name, seats, levels)| (name.to_owned(), seats, levels)));
}

#[test]
fn the_classic_hall_is_a1_to_j9() {
    let chart = hall(CLASSIC);
    let labels: Vec<String> =
        chart.indices().map(|ix| format!("{}{}", chart.row_of(ix).label, chart.seat(ix).label)).collect();
    let plain: Vec<String> = ('A'..='J').flat_map(|row| (1..=9).map(move |n| format!("{row}{n}"))).collect();
    assert_eq!(labels, plain);
}

#[test]
fn the_demo_films_are_films() {
    let films: Vec<crate::domain::movie::Movie> =
        serde_json::from_str(include_str!("../../../assets/cinema/films.json")).expect("a list of films");
    assert!(films.len() >= 20);
    let mut ids: Vec<_> = films.iter().map(|f| f.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), films.len());
    assert!(films.iter().all(|f| f.palette.len() >= 2 && f.runtime_min > 0 && !f.synopsis.is_empty()));
}
