//! The demo cinema: its films are told truly and its halls are sound.

use frontrow::domain::{
    chart::{cinechart, grid::Grid, json, lint},
    movie::Movie,
};
use serde_json::Value;
use std::{collections::HashMap, fs, path::PathBuf};

fn asset(name: &str) -> String {
    fs::read_to_string(format!("{}/assets/cinema/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn films() -> Vec<Movie> {
    serde_json::from_str(&asset("films.json")).unwrap()
}

#[test]
fn there_are_enough_films_and_each_is_told_in_full() {
    let films = films();
    assert!(films.len() >= 16);
    for film in &films {
        assert!(film.year > 1890 && film.runtime_min > 0, "{}", film.title);
        assert!(!film.directors.is_empty() && !film.genres.is_empty() && !film.synopsis.is_empty(), "{}", film.title);
        assert_eq!(film.palette.len(), 3, "{}", film.title);
    }
    let mut ids: Vec<_> = films.iter().map(|f| f.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), films.len());
}

/// Beside the project there may be a folder of reference material (`FRONTROW_SHARED`, else `../shared`). In CI it must
/// be there.
#[test]
fn years_runtimes_and_directors_are_those_of_the_reference_catalogue() {
    let folder = std::env::var_os("FRONTROW_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let file = folder.join("data/public-domain-films.json");
    let Ok(text) = fs::read_to_string(&file) else {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", file.display());
        eprintln!("left out: {} is not here, so the films' facts were not compared", file.display());
        return;
    };
    let catalogue: Value = serde_json::from_str(&text).unwrap();
    let known: HashMap<&str, &Value> =
        catalogue["films"].as_array().unwrap().iter().map(|f| (f["id"].as_str().unwrap(), f)).collect();
    for film in films() {
        let fact = known[film.id.as_str()];
        assert_eq!(fact["title"], film.title.as_str());
        assert_eq!(fact["year"], film.year, "{}", film.title);
        assert_eq!(fact["runtime_min"], film.runtime_min, "{}", film.title);
        let directors: Vec<&str> = film.directors.iter().map(|d| d.as_str()).collect();
        assert_eq!(fact["directors"], serde_json::json!(directors), "{}", film.title);
    }
}

#[test]
fn the_halls_are_sound_and_differ_in_character() {
    let mut sizes = Vec::new();
    for name in ["studio", "classic", "hall-1", "grand", "playhouse"] {
        let chart = cinechart::parse(&asset(&format!("halls/{name}.toml"))).unwrap();
        assert_eq!(lint::check(&chart).errors, Vec::<String>::new(), "{name}");
        assert_eq!(json::parse(&json::print(&chart)).unwrap(), chart, "{name} survives its JSON");
        let grids = (0..chart.levels.len()).map(|level| Grid::of(&chart, level as u16));
        let lines = grids.flat_map(|grid| grid.lines);
        // A standing area is one stop of the cursor.
        let drawn = lines.flat_map(|line| line.seats).filter(|&(_, seat)| !chart.is_standing(seat)).count();
        let seats = chart.indices().filter(|&ix| !chart.is_standing(ix)).count();
        assert_eq!(drawn, seats, "{name}: every seat has its cell");
        sizes.push((chart.sellable(), chart.levels.len()));
    }
    assert_eq!(sizes[1], (90, 1), "the plain hall has A1 to J9");
    assert!(sizes[0].0 < 60 && sizes[3].0 > 300 && sizes[3].1 > 1, "{sizes:?}");
    assert_eq!(sizes[4].1, 3, "the odd hall has stalls, boxes and a gallery");
}
