//! What a person has here besides bookings: favourites; and what some servers offer besides: trailers and
//! recommendations.

use super::{
    Inner,
    answer::{Answer, id, text},
    line::{NO_SUCH_ROUTE, NOT_DATA, PostFailure},
    shapes::{self, MOST_FILMS},
    variant::Route,
};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        ids::MovieId,
        movie::{Recommendation, Trailer},
    },
    effects::ports::{Bearer, Favourite},
};
use serde_json::{Value, json};
use std::collections::HashSet;
use url::Url;

const FAVOURITES: [&str; 4] = ["movies", "favorites", "favourites", "favoriteMovies"];
/// The most trailers or recommendations taken.
const MOST_EXTRAS: usize = 50;

impl Inner {
    pub async fn favourites(&self, bearer: Bearer) -> Result<Vec<MovieId>, Failure> {
        let list = |answer: &Answer| answer.list(&FAVOURITES).is_some();
        let answer = self.ask(Route::Favourites, None, Some(bearer), list).await?;
        // One server keeps a number and the same number as text as two favourites.
        let mut seen = HashSet::new();
        let films = answer.list(&FAVOURITES).unwrap_or_default();
        let ids = films.iter().take(MOST_FILMS).filter_map(|film| id(film)).map(MovieId::new);
        let ids = self.readable(Route::Favourites, &answer, films.len(), ids.collect())?;
        Ok(ids.into_iter().filter(|id| seen.insert(id.clone())).collect())
    }

    /// Makes a film a favourite, or none. Most servers can only turn it over, so it is looked at before and afterwards.
    pub async fn set_favourite(
        &self,
        bearer: Bearer,
        movie: &MovieId,
        wanted: Favourite,
    ) -> Result<Vec<MovieId>, Failure> {
        let token = bearer.into_secret();
        let bearer = || Bearer::new(token.clone());
        let as_wanted = |all: &[MovieId]| all.contains(movie) == (wanted == Favourite::Yes);
        let before = self.favourites(bearer()).await?;
        if as_wanted(&before) {
            return Ok(before);
        }
        // As text, always: of a number a second entry would be made.
        let body = json!({"movieId": movie.as_str()});
        let mut outcome = self.tell(Route::Toggle, &body, bearer()).await;
        if matches!(&outcome, Err(PostFailure::Refused(failure)) if failure.code == NO_SUCH_ROUTE) {
            let one_way = if wanted == Favourite::Yes { Route::FavouriteAdd } else { Route::FavouriteRemove };
            outcome = self.tell(one_way, &body, bearer()).await;
        }
        match outcome {
            Err(PostFailure::Refused(failure) | PostFailure::NotSent(failure)) => return Err(failure),
            // It may have been done: the list tells.
            Err(PostFailure::Lost(_)) | Ok(_) => {}
        }
        let after = self.favourites(bearer()).await?;
        if as_wanted(&after) {
            return Ok(after);
        }
        let why = format!("{} did not change your favourites, and gave no reason", self.line.shown());
        Err(Failure::new(FailureKind::Other, "refused", why))
    }

    pub async fn trailers(&self) -> Result<Vec<Trailer>, Failure> {
        let answer = self.extra(Route::Trailers, None, &["trailers"]).await?;
        let list = answer.as_ref().and_then(|answer| answer.list(&["trailers"])).unwrap_or_default();
        Ok(list.into_iter().take(MOST_EXTRAS).filter_map(trailer).collect())
    }

    pub async fn recommendations(&self, bearer: Bearer) -> Result<Vec<Recommendation>, Failure> {
        let keys = ["recommendations", "movies"];
        let answer = self.extra(Route::Recommendations, Some(bearer), &keys).await?;
        let list = answer.as_ref().and_then(|answer| answer.list(&keys)).unwrap_or_default();
        let one = |value: &Value| {
            let reason = text(value, &["recommendationReason", "reason"]);
            Some(Recommendation { movie: shapes::movie(value)?, reason })
        };
        Ok(list.into_iter().take(MOST_EXTRAS).filter_map(one).collect())
    }

    /// What few servers have; `None` where it is not there.
    async fn extra(&self, route: Route, bearer: Option<Bearer>, keys: &[&str]) -> Result<Option<Answer>, Failure> {
        if self.is_without(route) {
            return Ok(None);
        }
        match self.ask(route, None, bearer, |answer| answer.list(keys).is_some()).await {
            Ok(answer) => Ok(Some(answer)),
            // Where there is no such route, its name may be taken for the id of a film that is not there.
            Err(failure)
                if failure.kind == FailureKind::NotFound
                    || matches!(failure.code.as_str(), NO_SUCH_ROUTE | NOT_DATA | "no_list") =>
            {
                // A page of a proxy's proves nothing.
                if failure.code != NOT_DATA {
                    self.learn(|variant| variant.lacks(route, self.clock.now()));
                }
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

fn trailer(value: &Value) -> Option<Trailer> {
    let url = ["videoUrl", "url", "link"].iter().find_map(|key| value.get(key)?.as_str()).and_then(shapes::address)?;
    let url = Url::parse(&url).ok()?;
    // A name before the host is there to be taken for it.
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    plain.then(|| Trailer { title: text(value, &["title", "name"]), url: url.into() })
}
