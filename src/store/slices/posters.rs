//! Films' own posters: which one is wanted, and those that are known. A picture that could not be had is not asked for
//! again until the films are loaded anew.

use super::{Requests, nav::Route, prefs::Prefs};
use crate::{
    domain::{
        ids::MovieId,
        movie::Movie,
        picture::{Picture, PictureSize},
    },
    store::{Out, action::PostersAction, effect::Effect, remote::Req, tracked::Tracked},
};
use std::collections::{HashSet, VecDeque};

/// A film must be looked at for so long before its poster is fetched: who holds an arrow key passes many.
pub const SETTLE_MS: u64 = 120;
/// So many bytes of pictures are remembered.
const MEMORY: usize = 8 * 1024 * 1024;

#[derive(Clone, Debug, Default)]
pub struct Posters {
    /// Columns and lines that the screen has for a poster.
    room: Option<(u16, u16)>,
    asked: Option<(Req, Wanted)>,
    /// What was looked at last comes first.
    known: VecDeque<(Wanted, Picture)>,
    failed: HashSet<Wanted>,
}

/// A poster in a size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    pub movie: MovieId,
    /// Where it is; see [`Movie::poster`].
    pub place: String,
    pub fit: PictureSize,
}

/// What the wish for a poster follows from.
pub struct Around<'a> {
    pub prefs: &'a Prefs,
    pub route: &'a Route,
    /// The film that is selected.
    pub movie: Option<&'a Movie>,
}

impl Posters {
    /// Columns and lines that the screen has for a poster, once it was drawn.
    pub fn room(&self) -> Option<(u16, u16)> {
        self.room
    }

    /// The film's poster, in whatever size it is known.
    pub fn of(&self, movie: &Movie) -> Option<&Picture> {
        let place = movie.poster.as_ref()?;
        let mine = |wanted: &Wanted| wanted.movie == movie.id && wanted.place == *place;
        self.known.iter().find(|(wanted, _)| mine(wanted)).map(|(_, picture)| picture)
    }
}

pub fn reduce(posters: &mut Tracked<Posters>, prefs: &mut Tracked<Prefs>, action: &PostersAction) {
    match action {
        PostersAction::Room(columns, lines) => {
            let room = Some((*columns, *lines));
            if posters.room != room {
                posters.room = room;
            }
        }
        PostersAction::Cell(size) => {
            if prefs.pictures.cell != *size {
                prefs.pictures.cell = *size;
            }
        }
        PostersAction::Loaded(req, result) => {
            let Some((_, wanted)) = posters.asked.take_if(|(asked, _)| asked == req) else { return };
            match result {
                Ok(picture) => remember(posters, wanted, picture.clone()),
                Err(_) => drop(posters.failed.insert(wanted)),
            }
        }
    }
}

/// Asks for the poster that should be seen and is not known.
pub fn want(posters: &mut Tracked<Posters>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    let Some(wanted) = wanted(posters, around) else { return };
    if let Some(at) = posters.known.iter().position(|(known, _)| *known == wanted) {
        if at > 0 {
            posters.known.make_contiguous()[..=at].rotate_right(1);
        }
        return;
    }
    if posters.failed.contains(&wanted) || posters.asked.as_ref().is_some_and(|(_, asked)| *asked == wanted) {
        return;
    }
    let req = requests.number();
    posters.asked = Some((req, wanted.clone()));
    out.effect(Effect::LoadPoster { req, place: wanted.place, fit: wanted.fit, after_ms: SETTLE_MS });
}

fn wanted(posters: &Posters, around: &Around<'_>) -> Option<Wanted> {
    let movie = around.movie.filter(|_| *around.route == Route::Browse)?;
    let (columns, lines) = posters.room?;
    let fit = around.prefs.pictures.pixels(columns, lines)?;
    Some(Wanted { movie: movie.id.clone(), place: movie.poster.clone()?, fit })
}

/// The films are loaded anew: what could not be had may be there now.
pub fn try_again(posters: &mut Tracked<Posters>) {
    if !posters.failed.is_empty() {
        posters.failed.clear();
    }
}

fn remember(posters: &mut Posters, wanted: Wanted, picture: Picture) {
    posters.known.push_front((wanted, picture));
    let mut bytes = 0;
    let kept = posters.known.iter().take_while(|(_, picture)| {
        bytes += picture.rgb().len();
        bytes <= MEMORY
    });
    let kept = kept.count().max(1);
    posters.known.truncate(kept);
}
