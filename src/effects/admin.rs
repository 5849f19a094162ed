//! Thunks of the admin slice.

use super::{
    ports::{Backstage, Ports},
    runtime::with_person,
};
use crate::{
    domain::{
        admin::{NewShows, no_pages},
        failure::Failure,
    },
    store::{
        action::{Action, AdminAction},
        remote::Req,
    },
};

/// The pages for those who run the cinema, where the API has some.
fn backstage(ports: &Ports) -> Result<&dyn Backstage, Failure> {
    ports.backstage.as_deref().ok_or_else(|| no_pages(&ports.origin))
}

pub async fn load_role(ports: Ports, req: Req) -> Action {
    let role = async {
        let backstage = backstage(&ports)?;
        with_person(&ports.session, |bearer| backstage.role(bearer)).await
    };
    AdminAction::RoleLoaded(req, role.await).into()
}

pub async fn load_dashboard(ports: Ports, req: Req) -> Action {
    let dashboard = async {
        let backstage = backstage(&ports)?;
        with_person(&ports.session, |bearer| backstage.dashboard(bearer)).await
    };
    AdminAction::DashboardLoaded(req, dashboard.await).into()
}

pub async fn load_shows(ports: Ports, req: Req) -> Action {
    let shows = async {
        let backstage = backstage(&ports)?;
        with_person(&ports.session, |bearer| backstage.shows(bearer)).await
    };
    AdminAction::ShowsLoaded(req, shows.await).into()
}

pub async fn load_bookings(ports: Ports, req: Req) -> Action {
    let bookings = async {
        let backstage = backstage(&ports)?;
        with_person(&ports.session, |bearer| backstage.bookings(bearer)).await
    };
    AdminAction::BookingsLoaded(req, bookings.await).into()
}

pub async fn load_candidates(ports: Ports, req: Req) -> Action {
    let candidates = async {
        let backstage = backstage(&ports)?;
        with_person(&ports.session, |bearer| backstage.candidates(bearer)).await
    };
    AdminAction::CandidatesLoaded(req, candidates.await).into()
}

/// A token that is not accepted is the only reason to send them again: with it nothing was done.
pub async fn add_shows(ports: Ports, req: Req, shows: NewShows) -> Action {
    let added = async {
        let backstage = backstage(&ports)?;
        with_person(&ports.session, |bearer| backstage.add(bearer, &shows)).await
    };
    AdminAction::Added(req, added.await).into()
}
