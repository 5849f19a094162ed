//! What is playing: films with search and favourites, and the times of the chosen film.

pub mod ahead;

use super::{Requests, nav::Route, notice::say, prefs::Prefs};
use crate::{
    domain::{
        cinema::{Abilities, Cinema},
        failure::{Failure, FailureKind},
        ids::{MovieId, ShowId, UserId},
        movie::{Favourite, Movie, Recommendation, Trailer},
        show::Show,
    },
    store::{
        Now, Out,
        action::{CatalogAction, ListStep, NavAction, NetAction, OverlayAction, SeatsAction, SessionAction, Tone},
        effect::{Effect, Intent},
        remote::Remote,
        tracked::Tracked,
    },
};
use jiff::Timestamp;
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};
use std::collections::HashMap;
use tui_input::{Input, InputRequest};

/// A list of shows is asked for again when it is older than this.
const SHOWS_AGE_MS: u64 = 20_000;

#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub cinema: Remote<Cinema>,
    pub movies: Remote<Vec<Movie>>,
    pub shows: HashMap<MovieId, Remote<Vec<Show>>>,
    pub favourites: Remote<Vec<MovieId>>,
    pub recommended: Remote<Vec<Recommendation>>,
    recommended_to: Option<UserId>,
    pub trailers: Remote<Vec<Trailer>>,
    pub search: Input,
    pub only: Only,
    pub pane: Pane,
    ahead: ahead::Lanes,
    movie: Option<MovieId>,
    show: Option<ShowId>,
    /// Movies that the search and filter leave, best match first, as indices into `movies`.
    visible: Vec<usize>,
}

/// Which films are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Only {
    #[default]
    All,
    Favourites,
    Recommended,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    #[default]
    Films,
    Times,
}

impl Catalog {
    /// What the box office can do; until it has said so, what most can.
    pub fn abilities(&self) -> Abilities {
        self.cinema.value().map(|cinema| cinema.abilities).unwrap_or_default()
    }

    /// The films that the search leaves, best first.
    pub fn visible(&self) -> impl ExactSizeIterator<Item = &Movie> {
        let movies = self.movies.value().map(Vec::as_slice).unwrap_or_default();
        self.visible.iter().map(move |i| &movies[*i])
    }

    pub fn selected(&self) -> Option<&Movie> {
        self.visible().find(|m| Some(&m.id) == self.movie.as_ref())
    }

    pub fn position(&self) -> Option<usize> {
        self.visible().position(|m| Some(&m.id) == self.movie.as_ref())
    }

    /// The shows of the selected film.
    pub fn times(&self) -> Option<&Remote<Vec<Show>>> {
        self.shows.get(self.movie.as_ref()?)
    }

    pub fn chosen_show(&self) -> Option<ShowId> {
        self.chosen().map(|s| s.id.clone())
    }

    /// The show that is marked in the list of times: the chosen one, else the first.
    pub fn chosen(&self) -> Option<&Show> {
        let shows = self.times()?.value()?;
        shows.iter().find(|s| Some(&s.id) == self.show.as_ref()).or_else(|| shows.first())
    }

    pub fn in_times(&self) -> bool {
        self.pane == Pane::Times
    }

    pub fn is_favourite(&self, movie: &MovieId) -> bool {
        self.favourites.value().is_some_and(|all| all.contains(movie))
    }

    /// When a film plays next: as the list of films says it, else by its shows, as far as they are known.
    pub fn next_show(&self, movie: &Movie, now: Now) -> Option<Timestamp> {
        movie.next_show.or_else(|| {
            let shows = self.shows.get(&movie.id)?.value()?;
            shows.iter().map(|show| show.starts_at).filter(|at| *at > now.wall).min()
        })
    }

    /// What the server says of a film that it recommends.
    pub fn recommendation(&self, movie: &MovieId) -> Option<&Recommendation> {
        self.recommended.value()?.iter().find(|one| one.movie.id == *movie)
    }

    /// Whether a film is recommended that is playing.
    pub fn recommends(&self) -> bool {
        self.movies.value().is_some_and(|movies| movies.iter().any(|m| self.recommendation(&m.id).is_some()))
    }

    pub fn has_trailers(&self) -> bool {
        self.trailers.value().is_some_and(|trailers| !trailers.is_empty())
    }

    fn find_show(&self, id: &ShowId) -> Option<&Show> {
        self.shows.values().filter_map(Remote::value).flatten().find(|s| s.id == *id)
    }

    /// Filters again and keeps the selection where it still is.
    fn refilter(&mut self) {
        let movies = self.movies.value().map(Vec::as_slice).unwrap_or_default();
        let liked = self.favourites.value().map(Vec::as_slice).unwrap_or_default();
        let best = self.recommended.value().map(Vec::as_slice).unwrap_or_default();
        let rank = |movie: &MovieId| best.iter().position(|one| one.movie.id == *movie);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(self.search.value(), CaseMatching::Ignore, Normalization::Smart);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, usize)> = movies
            .iter()
            .enumerate()
            .filter(|(_, movie)| match self.only {
                Only::All => true,
                Only::Favourites => liked.contains(&movie.id),
                Only::Recommended => rank(&movie.id).is_some(),
            })
            .filter_map(|(i, movie)| {
                let title = pattern.score(Utf32Str::new(movie.title.as_str(), &mut buffer), &mut matcher);
                let people = movie.directors.iter().chain(movie.cast.iter().map(|c| &c.name)).chain(&movie.genres);
                let elsewhere =
                    people.filter_map(|t| pattern.score(Utf32Str::new(t.as_str(), &mut buffer), &mut matcher)).max();
                // A word in the title counts for more than the same word in the cast.
                title.map(|s| 2 * s + 1).max(elsewhere).map(|score| (score, i))
            })
            .collect();
        if !self.search.value().trim().is_empty() {
            scored.sort_by_key(|(score, i)| (std::cmp::Reverse(*score), *i));
        } else if self.only == Only::Recommended {
            scored.sort_by_key(|(_, i)| rank(&movies[*i].id));
        }
        self.visible = scored.into_iter().map(|(_, i)| i).collect();
        if self.position().is_none() {
            let first = self.visible().next().map(|m| m.id.clone());
            self.movie = first;
            self.show = None;
            self.pane = Pane::Films;
        }
    }
}

pub fn reduce(
    catalog: &mut Tracked<Catalog>,
    prefs: &Prefs,
    now: Now,
    requests: &mut Requests<'_>,
    action: &CatalogAction,
    out: &mut Out,
) {
    let page = usize::from(prefs.size.height.saturating_sub(8)).max(1);
    match action {
        CatalogAction::Load => {
            let (cinema, movies) = (requests.number(), requests.number());
            catalog.cinema.begin(cinema, now.mono_ms);
            catalog.movies.begin(movies, now.mono_ms);
            out.effect(Effect::LoadCinema(cinema));
            out.effect(Effect::LoadMovies(movies));
            catalog.shows.retain(|_, shows| shows.value().is_some());
            if catalog.recommended.failure().is_some() {
                catalog.recommended = Remote::Idle;
            }
            if catalog.trailers.failure().is_some() {
                catalog.trailers = Remote::Idle;
            }
        }
        CatalogAction::CinemaLoaded(req, result) => {
            catalog.cinema.settle(*req, now.mono_ms, result.clone());
        }
        CatalogAction::MoviesLoaded(req, result) => {
            if catalog.movies.settle(*req, now.mono_ms, result.clone()) {
                report_link(result.as_ref().err(), out);
                catalog.refilter();
                load_shows(catalog, now, requests, out, 0);
            }
        }
        CatalogAction::ShowsLoaded(req, movie, result) => {
            let was_ahead = catalog.ahead.end(*req);
            let failed = result.as_ref().err().cloned();
            let Some(shows) = catalog.shows.get_mut(movie) else { return };
            if shows.settle(*req, now.mono_ms, result.clone()) {
                // Nobody has asked for what was looked up ahead, so only a lost connection is worth a word.
                if !was_ahead || failed.as_ref().is_some_and(|why| why.kind == FailureKind::Offline) {
                    report_link(failed.as_ref(), out);
                }
            }
        }
        CatalogAction::Search(request) => {
            catalog.search.handle(*request);
            searched(catalog, now, requests, out);
        }
        CatalogAction::Paste(text) => {
            for c in crate::domain::text::clean(text, 60).chars() {
                catalog.search.handle(InputRequest::InsertChar(c));
            }
            searched(catalog, now, requests, out);
        }
        CatalogAction::ClearSearch => {
            if catalog.in_times() {
                catalog.pane = Pane::Films;
            } else if !catalog.search.value().is_empty() {
                catalog.search.reset();
                catalog.refilter();
            } else if catalog.only != Only::All {
                catalog.only = Only::All;
                catalog.refilter();
            }
        }
        CatalogAction::Move(step) if catalog.in_times() => move_show(catalog, *step, page),
        CatalogAction::Move(step) => {
            let at = moved(catalog.position(), catalog.visible.len(), *step, page);
            if let Some(movie) = at.and_then(|at| catalog.visible().nth(at)).map(|m| m.id.clone()) {
                select(catalog, movie, now, requests, out);
            }
        }
        CatalogAction::Select(movie) => {
            catalog.pane = Pane::Films;
            select(catalog, movie.clone(), now, requests, out);
        }
        CatalogAction::Stale => load_shows(catalog, now, requests, out, 0),
        CatalogAction::SelectShow(show) => {
            catalog.pane = Pane::Times;
            catalog.show = Some(show.clone());
        }
        CatalogAction::EnterTimes => match catalog.times() {
            Some(shows) if shows.value().is_some_and(|s| !s.is_empty()) => {
                catalog.show = catalog.chosen_show();
                catalog.pane = Pane::Times;
            }
            Some(shows) if shows.is_loading() => {}
            Some(_) => out.then(say(Tone::Info, "No show of this film is on sale.")),
            None => {}
        },
        CatalogAction::LeaveTimes => catalog.pane = Pane::Films,
        CatalogAction::OpenShow(id) => {
            if let Some(show) = catalog.find_show(id).cloned() {
                catalog.show = Some(show.id.clone());
                out.then(SeatsAction::Enter(show));
                out.then(NavAction::Open(Route::Seats));
            }
        }
        CatalogAction::ToggleFavourite => {
            let Some(movie) = catalog.selected().map(|m| m.id.clone()) else { return };
            if catalog.favourites.value().is_none() {
                out.then(SessionAction::Require(Intent::ToggleFavourite(movie)));
                return;
            }
            let wanted = if catalog.is_favourite(&movie) { Favourite::No } else { Favourite::Yes };
            let liked = catalog.favourites.value_mut();
            if let Some(liked) = liked {
                match wanted {
                    Favourite::Yes => liked.push(movie.clone()),
                    Favourite::No => liked.retain(|m| *m != movie),
                }
            }
            catalog.refilter();
            out.effect(Effect::SetFavourite(movie, wanted));
        }
        CatalogAction::FavouritesOnly => {
            if catalog.favourites.value().is_none() {
                out.then(SessionAction::Require(Intent::FavouritesOnly));
                return;
            }
            list_only(catalog, Only::Favourites, now, requests, out);
        }
        CatalogAction::RecommendedOnly if catalog.recommends() => {
            list_only(catalog, Only::Recommended, now, requests, out);
        }
        CatalogAction::RecommendedOnly => {
            out.then(say(Tone::Info, "This box office recommends no films to you at the moment."));
        }
        CatalogAction::RecommendationsLoaded(req, result) => {
            // Nobody waits for them: where they cannot be had, they are not offered.
            if catalog.recommended.settle(*req, now.mono_ms, result.clone()) {
                catalog.refilter();
            }
        }
        CatalogAction::TrailersLoaded(req, result) => {
            catalog.trailers.settle(*req, now.mono_ms, result.clone());
        }
        CatalogAction::Trailers => match catalog.trailers.value() {
            Some(list) if !list.is_empty() => {
                let at = catalog.selected().and_then(|movie| list.iter().position(|trailer| is_of(trailer, movie)));
                out.then(OverlayAction::Trailers { list: list.clone(), at: at.unwrap_or(0) });
            }
            _ => out.then(say(Tone::Info, "This box office has no trailers.")),
        },
        CatalogAction::LoadFavourites => {
            let req = requests.number();
            catalog.favourites.begin(req, now.mono_ms);
            // Until the answer is here nothing is known to be liked; marking one must not wait for it.
            if catalog.favourites.value().is_none() {
                catalog.favourites = Remote::Loading { req, since_ms: now.mono_ms, old: Some(Vec::new()) };
            }
            out.effect(Effect::LoadFavourites(req));
        }
        CatalogAction::FavouritesLoaded(req, result) => {
            if catalog.favourites.settle(*req, now.mono_ms, result.clone()) {
                catalog.refilter();
                out.then(SessionAction::Look);
                // Nobody waits for the favourites, but that the session is over concerns everything.
                if let Err(why) = result
                    && why.kind == FailureKind::SignIn
                {
                    out.then(SessionAction::Ended { why: why.clone(), wanted: None });
                }
            }
        }
        CatalogAction::ForgetFavourites => {
            catalog.favourites = Remote::Idle;
            catalog.recommended = Remote::Idle;
            catalog.only = Only::All;
            catalog.refilter();
        }
        CatalogAction::FavouriteSet(movie, result) => match result {
            // Nobody is signed in any more.
            Ok(_) if catalog.favourites.value().is_none() => {}
            Ok(all) => {
                catalog.favourites.set(all.clone(), now.mono_ms);
                catalog.refilter();
            }
            Err(why) if why.needs_sign_in() => {
                catalog.favourites = Remote::Idle;
                let wanted = Some(Intent::ToggleFavourite(movie.clone()));
                out.then(SessionAction::Ended { why: why.clone(), wanted });
            }
            Err(why) => {
                out.then(say(Tone::Bad, format!("The favourite was not kept: {why}")));
                out.then(CatalogAction::LoadFavourites);
            }
        },
    }
}

/// Tells the net slice whether a load reached the server.
pub fn report_link(failed: Option<&Failure>, out: &mut Out) {
    match failed {
        Some(why) if why.kind == FailureKind::Offline => out.then(NetAction::Lost(why.clone())),
        Some(why) => out.then(say(Tone::Bad, why.sentence())),
        None => out.then(NetAction::Back),
    }
}

fn searched(catalog: &mut Tracked<Catalog>, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    catalog.pane = Pane::Films;
    catalog.refilter();
    // While typing, the best match is what is meant.
    let first = catalog.visible().next().map(|m| m.id.clone());
    if let Some(first) = first {
        select(catalog, first, now, requests, out);
    }
}

fn select(catalog: &mut Tracked<Catalog>, movie: MovieId, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    if catalog.movie.as_ref() != Some(&movie) {
        catalog.movie = Some(movie);
        catalog.show = None;
    }
    load_shows(catalog, now, requests, out, SHOWS_AGE_MS);
}

/// Lists these films only, or all again.
fn list_only(catalog: &mut Tracked<Catalog>, only: Only, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    catalog.only = if catalog.only == only { Only::All } else { only };
    catalog.refilter();
    load_shows(catalog, now, requests, out, SHOWS_AGE_MS);
}

/// Trailers are known by their titles alone.
fn is_of(trailer: &Trailer, movie: &Movie) -> bool {
    trailer.title.as_str().to_lowercase().contains(&movie.title.as_str().to_lowercase())
}

fn load_shows(
    catalog: &mut Tracked<Catalog>,
    now: Now,
    requests: &mut Requests<'_>,
    out: &mut Out,
    older_than_ms: u64,
) {
    let Some(movie) = catalog.selected().map(|m| m.id.clone()) else { return };
    if catalog.is_looked_up_ahead(&movie) {
        return;
    }
    let shows = catalog.shows.entry(movie.clone()).or_default();
    if shows.is_stale(now.mono_ms, older_than_ms) || shows.is_loading() {
        let req = requests.number();
        shows.begin(req, now.mono_ms);
        out.effect(Effect::LoadShows(req, movie));
    }
}

fn move_show(catalog: &mut Tracked<Catalog>, step: ListStep, page: usize) {
    let Some(shows) = catalog.times().and_then(Remote::value) else { return };
    let at = shows.iter().position(|s| Some(&s.id) == catalog.show.as_ref());
    // Up from the first time is the way back to the films.
    if at == Some(0) && step == ListStep::Up {
        catalog.pane = Pane::Films;
        return;
    }
    let show = moved(at, shows.len(), step, page).map(|at| shows[at].id.clone());
    catalog.show = show;
}

/// Where a step in a list of `len` leads; `None` only when the list is empty.
pub fn moved(at: Option<usize>, len: usize, step: ListStep, page: usize) -> Option<usize> {
    let last = len.checked_sub(1)?;
    let Some(at) = at else { return Some(0) };
    Some(match step {
        ListStep::Up => at.saturating_sub(1),
        ListStep::Down => (at + 1).min(last),
        ListStep::PageUp => at.saturating_sub(page),
        ListStep::PageDown => (at + page).min(last),
        ListStep::First => 0,
        ListStep::Last => last,
    })
}
