//! A chart with everything that follows from it, computed once and shared.

use super::{
    Chart, SeatKind,
    geometry::Geometry,
    grid::Grid,
    venue::{self, SectionFacts},
};
use crate::domain::{
    ids::{ChartHash, SeatId, SeatIx},
    seating::{
        best::{Costs, Hall},
        spec::Names,
    },
};
use std::collections::HashMap;

/// What a seat map needs of a hall.
#[derive(Debug)]
pub struct Plan {
    pub hash: ChartHash,
    pub chart: std::sync::Arc<Chart>,
    pub geometry: Geometry,
    /// What each seat costs in the search for the best ones.
    pub costs: Costs,
    /// One grid a level, in the order of [`Chart::levels`].
    pub grids: Vec<Grid>,
    /// For each category, what its first ordinary place is; `None` for a category without any.
    pub category_kinds: Vec<Option<SeatKind>>,
    /// In the order of [`Chart::sections`].
    pub sections: Vec<SectionFacts>,
    /// The sections that have places, as a list shows them.
    pub tour: Vec<u16>,
    by_id: HashMap<SeatId, SeatIx>,
    names: Names,
}

impl Plan {
    pub fn of(hash: ChartHash, chart: std::sync::Arc<Chart>) -> Self {
        let geometry = Geometry::of(&chart);
        let costs = Costs::of(&chart, &geometry);
        let grids = Grid::all(&chart, &geometry);
        let sections = SectionFacts::all(&chart);
        let tour = venue::tour(&chart, &sections);
        let by_id = chart.indices().map(|ix| (chart.seat(ix).id.clone(), ix)).collect();
        let names = Names::of(&chart);
        let mut category_kinds = vec![None; chart.categories.len()];
        for seat in chart.seats.iter().filter(|s| matches!(s.kind, SeatKind::Seat | SeatKind::Couch)) {
            category_kinds[usize::from(seat.category)].get_or_insert(seat.kind);
        }
        Self { hash, chart, geometry, costs, grids, category_kinds, sections, tour, by_id, names }
    }

    /// The hall as the rules of seating see it.
    pub fn hall(&self) -> Hall<'_> {
        Hall { chart: &self.chart, geometry: &self.geometry, costs: &self.costs }
    }

    pub fn find(&self, id: &SeatId) -> Option<SeatIx> {
        self.by_id.get(id).copied()
    }

    /// The shortest label that means just this seat (see [`crate::domain::seating::spec::label`]).
    pub fn label(&self, seat: SeatIx) -> String {
        self.names.label(&self.chart, seat)
    }

    /// Labels of many seats, shortened where seats follow each other.
    pub fn labels(&self, seats: &[SeatIx]) -> String {
        self.names.labels(&self.chart, &self.geometry, seats)
    }

    /// The index of the section that a seat is in.
    pub fn section_of(&self, seat: SeatIx) -> u16 {
        self.chart.row_of(seat).section
    }

    /// The index of the level that a seat is on.
    pub fn level_of(&self, seat: SeatIx) -> usize {
        usize::from(self.chart.section_of(seat).level)
    }
}

/// Plans of one hash are one plan.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}
