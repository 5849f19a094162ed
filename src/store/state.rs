//! The whole truth of the client, as plain data. No secret is ever in it.

use super::{
    remote::Req,
    slices::{
        admin::Admin, bookings::Bookings, catalog::Catalog, checkout::Checkout, hold::Holding, nav::Nav, net::Net,
        notice::Notices, overlay::Overlays, posters::Posters, prefs::Prefs, seats::Seats, session::Session,
    },
    tracked::Tracked,
};
use crate::domain::cinema::Holds;

#[derive(Debug, Default)]
pub struct State {
    pub net: Tracked<Net>,
    pub session: Tracked<Session>,
    pub catalog: Tracked<Catalog>,
    pub seats: Tracked<Seats>,
    pub hold: Tracked<Holding>,
    pub checkout: Tracked<Checkout>,
    pub bookings: Tracked<Bookings>,
    pub admin: Tracked<Admin>,
    pub nav: Tracked<Nav>,
    pub overlay: Tracked<Overlays>,
    pub notice: Tracked<Notices>,
    pub posters: Tracked<Posters>,
    pub prefs: Tracked<Prefs>,
    /// The number of the last request.
    pub last_req: Req,
    /// Counts sales, so that each has its own key.
    pub sales: u64,
}

impl State {
    pub fn new(prefs: Prefs) -> Self {
        Self { prefs: Tracked::new(prefs), ..Self::default() }
    }

    /// Whether chosen seats are kept for this person, so that leaving lets them go.
    pub fn keeps_seats(&self) -> bool {
        !self.hold.wanted().is_empty() && self.catalog.abilities().holds == Holds::Kept
    }
}

/// The terminal's size in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    pub width: u16,
    pub height: u16,
}

impl Default for Size {
    fn default() -> Self {
        Self { width: 80, height: 24 }
    }
}

/// The smallest terminal in which the screens can be drawn.
pub const SMALLEST: Size = Size { width: 40, height: 15 };
