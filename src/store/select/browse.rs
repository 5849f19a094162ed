//! Now playing.

use super::{instead, when_words, zone};
use crate::{
    domain::{
        ids::{MovieId, ShowId},
        movie::{Credit, Movie},
        picture::{Picture, PictureWay},
        show::Show,
        text::Text,
        time,
    },
    store::{
        Now,
        slices::{catalog::Only, net::Link},
        state::{Size, State},
    },
};

/// People of the cast that are named.
const MOST_CAST: usize = 12;

/// Lines of the screen around its lists: header, search, a blank line on each side, status and footer.
const AROUND: u16 = 7;

pub struct BrowseVm<'a> {
    pub search: String,
    /// The cursor's column in the search.
    pub search_cursor: usize,
    pub searching: bool,
    /// The films that fit, with the number of those above them.
    pub films: Vec<FilmRow>,
    /// Where the films would be, when there are none.
    pub films_instead: Option<String>,
    pub detail: Option<Detail<'a>>,
    pub in_times: bool,
    pub status: String,
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FilmRow {
    pub id: MovieId,
    pub title: String,
    pub when: String,
    pub selected: bool,
    pub favourite: bool,
}

/// The selected film with its times.
pub struct Detail<'a> {
    pub movie: &'a Movie,
    pub art: Art<'a>,
    pub title: String,
    pub favourite: bool,
    /// `1927`, `2 h 33`, `science fiction`: as many as fit are shown.
    pub facts: Vec<String>,
    /// `7.2 of 10 · English`
    pub opinion: String,
    pub tagline: String,
    pub director: String,
    pub cast: String,
    /// The cast with the parts that they play, where any is known.
    pub parts: String,
    /// Why it is recommended, while only such films are listed.
    pub reason: String,
    pub synopsis: String,
    pub times: Vec<TimeRow>,
    pub times_instead: Option<String>,
}

/// What stands for a film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Art<'a> {
    /// The generated poster: the film has no other, or none are shown here.
    Generated,
    /// The generated one, until its own is there.
    Awaited,
    /// Its own, drawn by characters.
    Blocks(&'a Picture),
    /// Its own, drawn by the terminal.
    Sharp(&'a Picture),
}

#[derive(Clone, Debug, PartialEq)]
pub struct TimeRow {
    pub id: ShowId,
    /// The day, on the first show of it only.
    pub day: String,
    pub clock: String,
    pub hall: String,
    /// The share of seats that are gone, 0 to 1, where it is known.
    pub gone: Option<f32>,
    pub left: String,
    pub scarce: Scarcity,
    pub price: String,
    pub selected: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scarcity {
    Plenty,
    Few,
    None,
}

/// How many films the list shows on a screen of this size.
pub fn list_height(size: Size) -> usize {
    usize::from(size.height.saturating_sub(AROUND)).max(1)
}

pub fn select<'a>(state: &'a State, now: Now, waiting: bool) -> BrowseVm<'a> {
    let catalog = &state.catalog;
    let zone = zone(state);
    let position = catalog.position().unwrap_or(0);
    let height = list_height(state.prefs.size);
    let first = first_shown(position, catalog.visible().len(), height);
    let films: Vec<FilmRow> = catalog
        .visible()
        .enumerate()
        .skip(first)
        .take(height)
        .map(|(i, movie)| FilmRow {
            id: movie.id.clone(),
            title: movie.title.to_string(),
            when: catalog.next_show(movie, now).map(|at| when_words(at, now, &zone)).unwrap_or_default(),
            selected: i == position,
            favourite: catalog.is_favourite(&movie.id),
        })
        .collect();
    let movie = catalog.selected();
    let films_instead = films.is_empty().then(|| nothing_to_list(state, waiting));
    BrowseVm {
        search: catalog.search.value().to_owned(),
        search_cursor: catalog.search.visual_cursor(),
        searching: !catalog.search.value().is_empty(),
        films,
        films_instead,
        detail: movie.map(|movie| detail(state, movie, now, &zone, waiting)),
        in_times: catalog.in_times(),
        status: status(state),
        next: next(state, now, &zone),
    }
}

/// Keeps the selected line in the middle of a list that is longer than the screen.
pub fn first_shown(position: usize, count: usize, height: usize) -> usize {
    position.saturating_sub(height / 2).min(count.saturating_sub(height))
}

fn nothing_to_list(state: &State, waiting: bool) -> String {
    let catalog = &state.catalog;
    match (catalog.movies.value(), &state.net.link) {
        (Some(movies), _) if movies.is_empty() => "Nothing is playing at the moment.".to_owned(),
        (Some(_), _) if catalog.only == Only::Favourites && catalog.search.value().is_empty() => {
            "No favourites yet. Ctrl-T shows all films, Ctrl-F marks one.".to_owned()
        }
        (Some(_), _) if catalog.only == Only::Recommended && catalog.search.value().is_empty() => {
            "Nothing is recommended to you any more. Esc shows all films.".to_owned()
        }
        (Some(_), _) => format!("No film matches \u{201c}{}\u{201d}. Esc clears the search.", catalog.search.value()),
        (None, Link::Offline(_)) => "The films come as soon as the box office answers. F5 tries again now.".to_owned(),
        (None, _) => instead(waiting, catalog.movies.failure(), ""),
    }
}

fn detail<'a>(state: &'a State, movie: &'a Movie, now: Now, zone: &time::Calendar, waiting: bool) -> Detail<'a> {
    let mut facts = Vec::new();
    if movie.year != 0 {
        facts.push(movie.year.to_string());
    }
    if movie.runtime_min != 0 {
        facts.push(time::runtime_words(movie.runtime_min));
    }
    facts.extend(movie.genres.iter().take(2).map(|g| g.as_str().to_lowercase()));
    let names = |all: &[Text]| all.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
    let cast = &movie.cast[..movie.cast.len().min(MOST_CAST)];
    let part = |credit: &Credit| match credit.role.as_str() {
        "" => credit.name.to_string(),
        role => format!("{} ({role})", credit.name),
    };
    let knows_parts = cast.iter().any(|credit| !credit.role.is_empty());
    let recommended = state.catalog.recommendation(&movie.id).filter(|_| state.catalog.only == Only::Recommended);
    let shows = state.catalog.times();
    let list = shows.and_then(|s| s.value()).map(Vec::as_slice).unwrap_or_default();
    let times = time_rows(state, list, now, zone);
    let times_instead = times.is_empty().then(|| {
        let failure = shows.and_then(|s| s.failure());
        instead(waiting, failure, if shows.is_some_and(|s| s.value().is_some()) { "No show is on sale." } else { "" })
    });
    Detail {
        movie,
        art: art(state, movie),
        title: movie.title.to_string(),
        favourite: state.catalog.is_favourite(&movie.id),
        facts,
        opinion: opinion(movie),
        tagline: movie.tagline.to_string(),
        director: names(&movie.directors),
        cast: cast.iter().map(|credit| credit.name.as_str()).collect::<Vec<_>>().join(", "),
        parts: if knows_parts { cast.iter().map(part).collect::<Vec<_>>().join(", ") } else { String::new() },
        reason: recommended.map(|one| one.reason.to_string()).unwrap_or_default(),
        synopsis: movie.synopsis.to_string(),
        times,
        times_instead,
    }
}

/// What people think of a film, and the language it is in.
fn opinion(movie: &Movie) -> String {
    let rating = movie.rating.map(|rating| format!("{rating:.1} of 10"));
    let language = (!movie.language.is_empty()).then(|| language(movie.language.as_str()));
    rating.into_iter().chain(language).collect::<Vec<_>>().join(" · ")
}

/// The name of a language that servers write as two letters (ISO 639-1), where it is a frequent one of films.
fn language(code: &str) -> String {
    let name = match code.to_lowercase().as_str() {
        "ar" => "Arabic",
        "cn" | "zh" => "Chinese",
        "da" => "Danish",
        "de" => "German",
        "en" => "English",
        "es" => "Spanish",
        "fr" => "French",
        "hi" => "Hindi",
        "it" => "Italian",
        "ja" => "Japanese",
        "ko" => "Korean",
        "nl" => "Dutch",
        "pl" => "Polish",
        "pt" => "Portuguese",
        "ru" => "Russian",
        "sv" => "Swedish",
        "ta" => "Tamil",
        "te" => "Telugu",
        "th" => "Thai",
        "tr" => "Turkish",
        "vi" => "Vietnamese",
        _ => return code.to_owned(),
    };
    name.to_owned()
}

fn art<'a>(state: &'a State, movie: &Movie) -> Art<'a> {
    let way = state.prefs.pictures.way;
    if way == PictureWay::None || movie.poster.is_none() {
        return Art::Generated;
    }
    match state.posters.of(movie) {
        None => Art::Awaited,
        // What lies over a screen lies over characters: they come back by themselves when it goes.
        Some(picture) if way.is_sharp() && state.overlay.top().is_none() => Art::Sharp(picture),
        Some(picture) => Art::Blocks(picture),
    }
}

fn time_rows(state: &State, shows: &[Show], now: Now, zone: &time::Calendar) -> Vec<TimeRow> {
    let chosen = state.catalog.chosen_show();
    let today = time::today(now.wall, zone);
    let mut last_day = None;
    shows
        .iter()
        .map(|show| {
            let day = time::business_day(show.starts_at, zone);
            let is_new = last_day.replace(day) != Some(day);
            TimeRow {
                id: show.id.clone(),
                day: if is_new { time::day_words(day, today) } else { String::new() },
                clock: time::clock_words(show.starts_at, zone),
                hall: show.hall_name.to_string(),
                gone: show.free.map(|free| 1.0 - free as f32 / show.seats.max(1) as f32),
                left: match show.free {
                    Some(0) => "sold out".to_owned(),
                    Some(free) => format!("{free} left"),
                    None => String::new(),
                },
                scarce: match show.free {
                    Some(0) => Scarcity::None,
                    Some(free) if free * 5 < show.seats => Scarcity::Few,
                    _ => Scarcity::Plenty,
                },
                price: show.price_from().map(|p| p.figure()).unwrap_or_default(),
                selected: state.catalog.in_times() && chosen.as_ref() == Some(&show.id),
            }
        })
        .collect()
}

fn status(state: &State) -> String {
    let catalog = &state.catalog;
    let Some(movies) = catalog.movies.value() else { return String::new() };
    let shown = catalog.visible().len();
    if catalog.in_times() && catalog.chosen().is_some_and(|show| show.price_from().is_none()) {
        return "The price is shown at checkout.".to_owned();
    }
    match (shown == movies.len(), catalog.only) {
        (true, Only::All) => format!("{shown} films. Type to search."),
        (false, Only::All) => format!("{shown} of {} films", movies.len()),
        (_, Only::Favourites) => format!("{shown} of {} films: favourites", movies.len()),
        (_, Only::Recommended) => format!("{shown} of {} films: recommended for you", movies.len()),
    }
}

fn next(state: &State, now: Now, zone: &time::Calendar) -> Option<String> {
    let catalog = &state.catalog;
    let movie = catalog.selected()?;
    if catalog.in_times() {
        let show = catalog.chosen()?;
        return Some(format!("Choose seats, {}", when_words(show.starts_at, now, zone)));
    }
    Some(format!("Times of {}", movie.title))
}
