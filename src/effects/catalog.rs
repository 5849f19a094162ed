//! Thunks of the catalog slice.

use super::{ports::Ports, runtime::with_person};
use crate::{
    domain::{ids::MovieId, movie::Favourite},
    store::{
        action::{Action, CatalogAction},
        remote::Req,
    },
};

pub async fn load_cinema(ports: Ports, req: Req) -> Action {
    CatalogAction::CinemaLoaded(req, ports.office.cinema().await).into()
}

pub async fn load_movies(ports: Ports, req: Req) -> Action {
    CatalogAction::MoviesLoaded(req, ports.office.movies().await).into()
}

pub async fn load_shows(ports: Ports, req: Req, movie: MovieId) -> Action {
    let shows = ports.office.shows(&movie).await;
    CatalogAction::ShowsLoaded(req, movie, shows).into()
}

pub async fn load_favourites(ports: Ports, req: Req) -> Action {
    let loaded = with_person(&ports.session, |bearer| ports.office.favourites(bearer)).await;
    CatalogAction::FavouritesLoaded(req, loaded).into()
}

pub async fn load_recommendations(ports: Ports, req: Req) -> Action {
    let loaded = with_person(&ports.session, |bearer| ports.office.recommendations(bearer)).await;
    CatalogAction::RecommendationsLoaded(req, loaded).into()
}

pub async fn load_trailers(ports: Ports, req: Req) -> Action {
    CatalogAction::TrailersLoaded(req, ports.office.trailers().await).into()
}

pub async fn set_favourite(ports: Ports, movie: MovieId, wanted: Favourite) -> Action {
    let set = with_person(&ports.session, |bearer| ports.office.set_favourite(bearer, &movie, wanted)).await;
    CatalogAction::FavouriteSet(movie, set).into()
}
