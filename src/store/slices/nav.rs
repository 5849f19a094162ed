//! Which screen is shown, and the way back.

use super::{admin::Page, overlay::Question};
use crate::{
    domain::ids::BookingCode,
    store::{
        Out,
        action::{CatalogAction, HoldAction, NavAction, OverlayAction, SeatsAction},
        tracked::Tracked,
    },
};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Route {
    #[default]
    Browse,
    Seats,
    Checkout,
    Ticket(BookingCode),
    Bookings,
    Account,
    /// For those who run the cinema.
    Admin(Page),
}

/// The screens opened one over the other; [`Route::Browse`] is below them all.
#[derive(Clone, Debug, Default)]
pub struct Nav {
    opened: Vec<Route>,
}

impl Nav {
    pub fn route(&self) -> &Route {
        self.opened.last().unwrap_or(&Route::Browse)
    }

    /// Whether a sale led here, so that the way back is to the films.
    pub fn is_in_sale(&self) -> bool {
        self.opened.contains(&Route::Seats)
    }

    /// Whether a page for those who run the cinema is open.
    pub fn is_in_admin(&self) -> bool {
        self.opened.iter().any(|open| matches!(open, Route::Admin(_)))
    }
}

/// Whether two routes are of one screen: the pages for those who run the cinema take each other's place.
fn is_same(a: &Route, b: &Route) -> bool {
    a == b || matches!((a, b), (Route::Admin(_), Route::Admin(_)))
}

/// `keeps_seats`: whether seats are kept for this person, so that leaving lets them go.
pub fn reduce(nav: &mut Tracked<Nav>, keeps_seats: bool, action: &NavAction, out: &mut Out) {
    if !matches!(action, NavAction::Back) {
        // A question is about the screen that it was asked on; on another one it would only take the keys away.
        out.then(OverlayAction::CloseAll);
    }
    match action {
        NavAction::Open(Route::Browse) | NavAction::Home => {
            if nav.is_in_sale() {
                out.then(SeatsAction::Leave);
                out.then(HoldAction::Release);
            }
            nav.opened.clear();
            out.then(CatalogAction::Stale);
        }
        NavAction::Open(route) => {
            // A screen that is already open is gone back to, so that the way back never grows in circles.
            if let Some(at) = nav.opened.iter().position(|open| is_same(open, route)) {
                nav.opened.truncate(at);
            }
            nav.opened.push(route.clone());
        }
        NavAction::LeaveAdmin => nav.opened.retain(|open| !matches!(open, Route::Admin(_))),
        NavAction::Back => match nav.route() {
            Route::Browse => {}
            Route::Seats if keeps_seats => out.then(OverlayAction::Ask(Question::LetGo)),
            Route::Seats | Route::Ticket(_) if nav.is_in_sale() => out.then(NavAction::Home),
            _ => {
                nav.opened.pop();
            }
        },
    }
}
