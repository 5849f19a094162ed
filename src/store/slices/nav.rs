//! Which screen is shown, and the way back.

use super::overlay::Question;
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
            match nav.opened.iter().position(|open| open == route) {
                Some(at) => nav.opened.truncate(at + 1),
                None => nav.opened.push(route.clone()),
            }
        }
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
