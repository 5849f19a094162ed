//! What is asked for before anybody wants it, at servers whose list of films does not say it all: when the films on the
//! screen play next, what is recommended, and trailers.

use super::Catalog;
use crate::{
    domain::ids::MovieId,
    store::{
        Now, Out,
        effect::Effect,
        remote::{Remote, Req},
        select::browse::{first_shown, list_height},
        slices::{Requests, prefs::Prefs, session::Person},
        state::Size,
        tracked::Tracked,
    },
};

/// Lists of shows that are asked for at once.
const LANES: usize = 2;

/// The requests for shows that nobody has chosen, under way.
#[derive(Clone, Debug, Default)]
pub struct Lanes([Option<Req>; LANES]);

impl Lanes {
    /// A request has its answer. Says whether it was one of these.
    pub(super) fn end(&mut self, req: Req) -> bool {
        let lane = self.0.iter_mut().find(|lane| **lane == Some(req));
        lane.is_some_and(|lane| lane.take().is_some())
    }

    fn has(&self, req: Req) -> bool {
        self.0.contains(&Some(req))
    }

    fn free(&self) -> Option<usize> {
        self.0.iter().position(Option::is_none)
    }
}

impl Catalog {
    /// Whether the shows of a film are on their way although nobody has chosen it.
    pub(super) fn is_looked_up_ahead(&self, movie: &MovieId) -> bool {
        matches!(self.shows.get(movie), Some(Remote::Loading { req, .. }) if self.ahead.has(*req))
    }

    /// The first film on the screen of which it is not known when it plays next.
    fn first_without_time(&self, size: Size) -> Option<MovieId> {
        let Remote::Ready { at_ms: listed_at, .. } = &self.movies else { return None };
        let height = list_height(size);
        let first = first_shown(self.position().unwrap_or(0), self.visible().len(), height);
        let mut shown = self.visible().skip(first).take(height).filter(|movie| movie.next_show.is_none());
        let is_wanted = |movie: &MovieId| match self.shows.get(movie) {
            None | Some(Remote::Idle) => true,
            // The films were asked for again since.
            Some(Remote::Ready { at_ms, .. }) => at_ms < listed_at,
            // It was chosen and left again, and its request given up for another one.
            Some(Remote::Loading { req, .. }) => Some(movie) != self.movie.as_ref() && !self.ahead.has(*req),
            Some(Remote::Failed { .. }) => false,
        };
        shown.find(|movie| is_wanted(&movie.id)).map(|movie| movie.id.clone())
    }
}

/// Asks for what is missing on the screen of films. What is not missing changes nothing.
pub fn look(
    catalog: &mut Tracked<Catalog>,
    prefs: &Prefs,
    person: Option<&Person>,
    now: Now,
    requests: &mut Requests<'_>,
    out: &mut Out,
) {
    if !catalog.cinema.value().is_some_and(|cinema| cinema.abilities.extras) {
        return;
    }
    let person = person.map(|person| &person.user.id);
    if person.is_some() && (catalog.recommended == Remote::Idle || catalog.recommended_to.as_ref() != person) {
        let req = requests.number();
        catalog.recommended = Remote::Idle;
        catalog.recommended_to = person.cloned();
        catalog.recommended.begin(req, now.mono_ms);
        out.effect(Effect::LoadRecommendations(req));
    }
    if catalog.trailers == Remote::Idle {
        let req = requests.number();
        catalog.trailers.begin(req, now.mono_ms);
        out.effect(Effect::LoadTrailers(req));
    }
    while let (Some(lane), Some(movie)) = (catalog.ahead.free(), catalog.first_without_time(prefs.size)) {
        let req = requests.number();
        catalog.ahead.0[lane] = Some(req);
        catalog.shows.entry(movie.clone()).or_default().begin(req, now.mono_ms);
        out.effect(Effect::LoadTimes { lane, req, movie });
    }
}
