//! What the map draws, seat by seat.

use crate::{
    domain::{
        chart::{SeatKind, grid::Grid, plan::Plan},
        ids::SeatIx,
        show::SeatState,
    },
    store::slices::{
        hold::Holding,
        seats::{Scale, Seats},
    },
};

/// How a seat looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    Free,
    Mine,
    /// Wanted, and not yet confirmed.
    Pending,
    Held,
    Sold,
    Blocked,
}

/// A seat as it is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatLook {
    pub look: Look,
    pub kind: SeatKind,
    /// Index of its category.
    pub category: u16,
    /// Whether it is the left half of a couch.
    pub couch_left: bool,
}

/// What the map draws, seat by seat and only what is seen.
pub struct MapVm<'a> {
    pub(super) plan: &'a Plan,
    pub(super) seats: &'a Seats,
    pub(super) hold: &'a Holding,
    pub grid: &'a Grid,
    pub scale: Scale,
    /// Screen lines a grid line.
    pub pitch: u32,
    /// First line and column shown.
    pub origin: (u32, u32),
    pub cursor: SeatIx,
    /// The level's name, where there are several.
    pub level: Option<String>,
}

impl MapVm<'_> {
    pub fn look(&self, seat: SeatIx) -> SeatLook {
        let facts = self.plan.chart.seat(seat);
        let look = match self.hold.wanted().iter().find(|p| p.ix == seat) {
            Some(pick) if self.hold.is_held(&pick.id) => Look::Mine,
            Some(_) => Look::Pending,
            None => match self.seats.state_for(self.hold, seat) {
                SeatState::Free => Look::Free,
                SeatState::Held => Look::Held,
                SeatState::Sold => Look::Sold,
                SeatState::Blocked => Look::Blocked,
            },
        };
        let couch_left = facts.couch.is_some()
            && self.plan.geometry.right(seat).is_some_and(|r| self.plan.chart.seat(r).couch == facts.couch);
        SeatLook { look, kind: facts.kind, category: facts.category, couch_left }
    }

    /// The number printed on a seat.
    pub fn number(&self, seat: SeatIx) -> &str {
        self.plan.chart.seat(seat).label.as_str()
    }

    /// The colour that the chart gives a category.
    pub fn category_color(&self, category: u16) -> &str {
        self.plan.chart.categories.get(usize::from(category)).map_or("white", |c| c.color.as_str())
    }

    /// Line and column of the cursor in the grid.
    pub fn cursor_position(&self) -> Option<(u32, u32)> {
        self.grid.position(self.cursor)
    }
}
