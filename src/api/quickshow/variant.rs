//! Where a server of the family has what: each has its own spellings of the routes. They are tried once, and what
//! answered is noted.

use super::{
    Inner,
    answer::Answer,
    line::{NO_SUCH_ROUTE, NOT_DATA, PostFailure},
};
use crate::{
    domain::failure::{Failure, FailureKind},
    effects::ports::{Bearer, Notebook},
};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So long a server is not asked again for what it did not have: servers grow.
const LACKED: SignedDuration = SignedDuration::from_hours(24);

/// What can be asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    Movies,
    Movie,
    Layout,
    Seats,
    Create,
    Bookings,
    Favourites,
    /// Makes a film a favourite, or none if it is one.
    Toggle,
    FavouriteAdd,
    FavouriteRemove,
    NowPlaying,
    AddShows,
    IsAdmin,
    Dashboard,
    AllShows,
    AllBookings,
    Trailers,
    Recommendations,
}

impl Route {
    /// The paths that servers are known to have for it, the most usual first; `{}` stands for an id.
    fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Movies => &["api/show/all", "api/shows/all", "api/movies", "api/shows"],
            Self::Movie => &["api/show/{}", "api/shows/{}", "api/movies/{}"],
            Self::Layout => &["api/show/{}/seat-layout", "api/shows/{}/seat-layout"],
            Self::Seats => &["api/booking/seats/{}", "api/bookings/seats/{}"],
            Self::Create => &[
                "api/booking/create",
                "api/bookings/create",
                "api/booking/create-booking",
                "api/bookings/create-booking",
                "api/bookings",
            ],
            Self::Bookings => &["api/user/bookings"],
            Self::Favourites => &["api/user/favorites", "api/user/favourites", "api/user/get-favorite"],
            Self::Toggle => &["api/user/update-favorite", "api/user/update-favourite", "PUT api/user/favorites"],
            Self::FavouriteAdd => &["api/user/add-favorites", "api/user/add-favorite"],
            Self::FavouriteRemove => &["api/user/remove-favorites", "api/user/remove-favorite"],
            Self::NowPlaying => &["api/show/now-playing", "api/shows/now-playing", "api/show/upcoming-shows"],
            Self::AddShows => &[
                "api/show/add",
                "api/shows/add",
                "api/show/add-shows",
                "api/show/addshow",
                "api/shows/addshow",
                "api/shows/add-shows",
                "api/shows",
            ],
            Self::IsAdmin => &["api/admin/is-admin"],
            Self::Dashboard => &["api/admin/dashboard"],
            Self::AllShows => &["api/admin/all-shows", "api/admin/shows"],
            Self::AllBookings => &["api/admin/all-bookings", "api/admin/bookings"],
            Self::Trailers => &["api/show/home-trailers", "api/shows/home-trailers"],
            Self::Recommendations => &["api/user/recommendations"],
        }
    }

    /// For people.
    fn words(self) -> &'static str {
        match self {
            Self::Movies => "a list of films",
            Self::Movie => "the times of a film",
            Self::Layout => "plans of its halls",
            Self::Seats => "a list of taken seats",
            Self::Create => "a way to book",
            Self::Bookings => "a list of bookings",
            Self::Favourites => "a list of favourites",
            Self::Toggle | Self::FavouriteAdd | Self::FavouriteRemove => "a way to change favourites",
            Self::NowPlaying => "a list of films to add",
            Self::AddShows => "a way to add shows",
            Self::IsAdmin => "a word about who runs the cinema",
            Self::Dashboard => "figures for those who run the cinema",
            Self::AllShows => "a list of all shows",
            Self::AllBookings => "a list of all bookings",
            Self::Trailers => "trailers",
            Self::Recommendations => "recommendations",
        }
    }
}

/// What the notebook has of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    #[serde(default)]
    pub api: Option<Api>,
    #[serde(default)]
    pub variant: Variant,
}

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    Native,
    QuickShow,
}

/// Where a server of the family has what, as far as it was found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Which spelling of a route it answers to.
    #[serde(default)]
    routes: BTreeMap<Route, String>,
    /// What it was asked for and does not have, and when that was found.
    #[serde(default)]
    without: BTreeMap<Route, Timestamp>,
    /// Whether it tells its seats to people who are signed in only.
    #[serde(default)]
    pub seats_for_people: bool,
}

impl Variant {
    /// Marks a route as one that the server does not have now.
    pub fn lacks(&mut self, route: Route, now: Timestamp) {
        self.without.insert(route, now);
    }

    /// Whether the server has answered a route before.
    pub fn knows(&self, route: Route) -> bool {
        self.routes.contains_key(&route)
    }

    /// The spellings to try, the known one first, then those of the same family as what is known of other routes.
    fn order(&self, route: Route) -> Vec<&'static str> {
        let known = self.routes.get(&route);
        let plural = |path: &str| path.contains("/shows") || path.contains("/bookings/");
        let is_plural = self.routes.get(&Route::Movies).is_some_and(|path| plural(path));
        let mut spellings = route.spellings().to_vec();
        spellings.sort_by_key(|path| (Some(*path) != known.map(String::as_str), plural(path) != is_plural));
        spellings
    }
}

impl Inner {
    /// Asks at the spelling that the server is known to answer to, or else at one after the other until an answer
    /// fits. What it is that fits is noted.
    pub async fn ask(
        &self,
        route: Route,
        id: Option<&str>,
        bearer: Option<Bearer>,
        fits: impl Fn(&Answer) -> bool,
    ) -> Result<Answer, Failure> {
        let token = bearer.map(Bearer::into_secret);
        let mut nearest: Option<Failure> = None;
        for spelling in self.variant().order(route) {
            let path = path(spelling, id);
            // One call of the person's, however many spellings it takes.
            let bearer = token.as_ref().map(|token| Bearer::new(token.clone()));
            let failure = match self.line.get(&path, bearer).await {
                Ok(answer) if fits(&answer) => {
                    self.note(route, spelling);
                    return Ok(answer);
                }
                Ok(answer) => self.without_part(route, &answer),
                Err(failure) if failure.code == NO_SUCH_ROUTE || failure.code == NOT_DATA => failure,
                // A word of the path was taken for the id of something that is not there.
                Err(failure) if id.is_none() && failure.kind == FailureKind::NotFound => failure,
                Err(failure) => return Err(failure),
            };
            // An answer without the part that was looked for tells more than that there is no such page.
            let is_nearer = |before: &Failure| before.code == NO_SUCH_ROUTE && failure.code != NO_SUCH_ROUTE;
            if nearest.as_ref().is_none_or(is_nearer) {
                nearest = Some(failure);
            }
        }
        self.forget(route);
        Err(match nearest {
            Some(failure) if failure.code != NO_SUCH_ROUTE => failure,
            _ => self.has_none(route),
        })
    }

    /// Sends a change to the spelling that the server is known to answer to, or else to one after the other: where
    /// there is no such route nothing was done.
    pub async fn tell(&self, route: Route, body: &impl Serialize, bearer: Bearer) -> Result<Answer, PostFailure> {
        let token = bearer.into_secret();
        for spelling in self.variant().order(route) {
            let (method, path) = match spelling.strip_prefix("PUT ") {
                Some(plain) => (Method::PUT, path(plain, None)),
                None => (Method::POST, path(spelling, None)),
            };
            let bearer = Bearer::new(token.clone());
            match self.line.change(method, &path, body, bearer).await {
                Err(PostFailure::Refused(failure)) if failure.code == NO_SUCH_ROUTE => {}
                outcome => {
                    if outcome.is_ok() {
                        self.note(route, spelling);
                    }
                    return outcome;
                }
            }
        }
        self.forget(route);
        Err(PostFailure::Refused(self.has_none(route)))
    }

    /// Whether the server was found to be without a route that few have, not long ago.
    pub fn is_without(&self, route: Route) -> bool {
        let now = self.clock.now();
        self.variant().without.get(&route).is_some_and(|found| now.duration_since(*found).abs() < LACKED)
    }

    fn has_none(&self, route: Route) -> Failure {
        let why = format!("{} does not have {}", self.line.shown(), route.words());
        Failure::new(FailureKind::NotFound, NO_SUCH_ROUTE, why)
    }

    /// An answer that does not have in it what was asked for: never an empty list.
    pub fn without_part(&self, route: Route, answer: &Answer) -> Failure {
        let server = self.line.shown();
        tracing::warn!(?route, server, "an answer is without what was asked for");
        let said = answer.message().map(|said| format!(": {}", crate::domain::text::clean(&said, 200)));
        let why = format!("{server} answered without {}{}", route.words(), said.unwrap_or_default());
        Failure::new(FailureKind::Other, "no_list", why)
    }

    /// What could be read of a list of so many: a failure where there is something and none of it could be.
    pub fn readable<T>(&self, route: Route, answer: &Answer, all: usize, read: Vec<T>) -> Result<Vec<T>, Failure> {
        if read.is_empty() && all > 0 {
            return Err(self.without_part(route, answer));
        }
        if read.len() < all {
            tracing::warn!(
                ?route,
                server = self.line.shown(),
                all,
                read = read.len(),
                "a part of a list is unreadable"
            );
        }
        Ok(read)
    }

    fn note(&self, route: Route, spelling: &str) {
        self.learn(|variant| {
            variant.without.remove(&route);
            variant.routes.insert(route, spelling.to_owned());
        });
    }

    fn forget(&self, route: Route) {
        self.learn(|variant| {
            variant.routes.remove(&route);
        });
    }
}

/// The parts of a path, with the id in its place.
fn path<'a>(spelling: &'a str, id: Option<&'a str>) -> Vec<&'a str> {
    spelling.split('/').map(|part| if part == "{}" { id.unwrap_or_default() } else { part }).collect()
}

/// What was noted of a server: nothing if it was noted in a way that is not known here.
pub fn noted(notebook: &dyn Notebook, server: &str) -> Note {
    notebook.read(server).and_then(|note| serde_json::from_str(&note).ok()).unwrap_or_default()
}

/// Notes something more, or something else, of a server.
pub fn note(notebook: &dyn Notebook, server: &str, change: impl FnOnce(&mut Note)) {
    let before = noted(notebook, server);
    let mut after = before.clone();
    change(&mut after);
    if let Ok(text) = serde_json::to_string(&after)
        && after != before
    {
        notebook.write(server, &text);
    }
}
