//! Where each seat of a level is drawn: one column a seat, one line a row, aisles as empty columns and lines.
//! Zoom multiplies the columns; the grid itself never changes.

mod fit;
mod raster;
mod step;

pub use raster::{Raster, RasterCell};
pub use step::Step;

use super::{Chart, geometry::Geometry};
use crate::domain::ids::SeatIx;
use std::ops::RangeInclusive;

/// Cells of the picture in small that goes with each grid.
pub const OUTLINE: (u16, u16) = (16, 6);

/// A level of a chart, fitted to cells. No two seats share a cell; left to right is as the audience sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Index into [`Chart::levels`].
    pub level: u16,
    pub cols: u32,
    /// Line 0 is nearest to the screen.
    pub lines: Vec<GridLine>,
    /// The level in small, for a map of the map.
    pub outline: Raster,
    /// Seat, line and column, by seat.
    places: Vec<(SeatIx, u32, u32)>,
    /// The sections of the level in chart order.
    spans: Vec<Span>,
}

/// One line of the grid. A line without seats is an aisle, or the edge of an area's box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridLine {
    /// The row's label, shown at both ends; empty for an aisle.
    pub label: String,
    /// Its seats with their columns, by column. An area has one stop here: the first of its places.
    pub seats: Vec<(u32, SeatIx)>,
    /// The general-admission section whose box this line is the middle of.
    pub area: Option<Area>,
}

/// A general-admission section: places that nobody chooses between, drawn as one box over three lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Index into [`Chart::sections`].
    pub section: u16,
    /// The columns of its box.
    pub columns: RangeInclusive<u32>,
}

/// A section's seats in chart order, and the lines that they are on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    first: SeatIx,
    end: SeatIx,
    lines: Vec<u32>,
}

impl Grid {
    /// Fits each level of a chart, in the order of [`Chart::levels`]. O(n log n).
    pub fn all(chart: &Chart, geometry: &Geometry) -> Vec<Self> {
        (0..chart.levels.len()).map(|level| Self::fit(chart, geometry, level as u16)).collect()
    }

    /// Fits one level of a chart. O(n log n).
    pub fn of(chart: &Chart, level: u16) -> Self {
        Self::fit(chart, &Geometry::of(chart), level)
    }

    fn fit(chart: &Chart, geometry: &Geometry, level: u16) -> Self {
        let (lines, cols) = fit::lines(chart, geometry, level);
        let mut places: Vec<_> = (0..)
            .zip(&lines)
            .flat_map(|(at, line)| line.seats.iter().map(move |&(column, seat)| (seat, at, column)))
            .collect();
        places.sort_unstable_by_key(|&(seat, ..)| seat);
        let spans = spans(chart, level, &places);
        let mut grid = Self { level, cols, lines, outline: Raster::default(), places, spans };
        grid.outline = Raster::of(&grid, OUTLINE, |_| true);
        grid
    }

    /// Line and column of a seat, if it is on this level; of a place of general admission, those of its area's stop.
    /// O(log n).
    pub fn position(&self, seat: SeatIx) -> Option<(u32, u32)> {
        let find = |seat| self.places.binary_search_by_key(&seat, |&(seat, ..)| seat).ok();
        let at = find(seat).or_else(|| {
            let first = self.span(seat)?.first;
            find(first).filter(|&at| self.lines[self.places[at].1 as usize].area.is_some())
        })?;
        let (_, line, column) = self.places[at];
        Some((line, column))
    }

    /// The seat nearest to a line and column; `None` on a level without seats.
    pub fn near(&self, line: u32, column: u32) -> Option<SeatIx> {
        let line = (line as usize).min(self.lines.len().checked_sub(1)?);
        let above = self.lines[..=line].iter().rev().position(|l| !l.seats.is_empty()).map(|by| (by, line - by));
        let below = self.lines[line..].iter().position(|l| !l.seats.is_empty()).map(|by| (by, line + by));
        let (_, line) = above.into_iter().chain(below).min()?;
        nearest(&self.lines[line].seats, column)
    }

    /// The columns that the section of a seat reaches over.
    pub fn section_columns(&self, seat: SeatIx) -> Option<RangeInclusive<u32>> {
        let span = self.span(seat)?;
        let columns = span.lines.iter().flat_map(|line| &self.lines[*line as usize].seats);
        let own =
            || columns.clone().filter(|(_, seat)| (span.first..span.end).contains(seat)).map(|&(column, _)| column);
        Some(own().min()?..=own().max()?)
    }

    /// The section's seats and lines, by one of its seats.
    fn span(&self, seat: SeatIx) -> Option<&Span> {
        let at = self.spans.partition_point(|span| span.end <= seat);
        self.spans.get(at).filter(|span| span.first <= seat)
    }

    /// Line and column of what stands for a seat in a picture in small: a place of general admission has its own
    /// column of the area's box. O(log n).
    fn spot(&self, seat: SeatIx) -> Option<(u32, u32)> {
        let (line, column) = self.position(seat)?;
        match &self.lines[line as usize].area {
            Some(area) => Some((line, area.column_of(seat.0 - self.span(seat)?.first.0))),
            None => Some((line, column)),
        }
    }

    /// The same for all seats of the level one by one, in chart order. O(n).
    fn spots(&self) -> impl Iterator<Item = (SeatIx, u32, u32)> {
        let mut rest = self.places.as_slice();
        self.spans.iter().flat_map(move |span| {
            let own = rest;
            let count = rest.partition_point(|place| place.0 < span.end);
            rest = &rest[count..];
            let area =
                own[..count].first().and_then(|&(_, line, _)| Some((line, self.lines[line as usize].area.as_ref()?)));
            let standing = area.into_iter().flat_map(move |(line, area)| {
                (span.first.0..span.end.0).map(move |seat| (SeatIx(seat), line, area.column_of(seat - span.first.0)))
            });
            let seated: &[_] = if area.is_some() { &[] } else { &own[..count] };
            standing.chain(seated.iter().copied())
        })
    }
}

impl Area {
    /// The column of its nth place in a picture in small.
    fn column_of(&self, nth: u32) -> u32 {
        self.columns.start() + nth % (self.columns.end() - self.columns.start() + 1)
    }
}

/// The sections of a level with their lines. Seats are in chart order, so a section is a range of them.
fn spans(chart: &Chart, level: u16, places: &[(SeatIx, u32, u32)]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut last = None;
    for row in chart.rows.iter().filter(|row| chart.sections[row.section as usize].level == level) {
        let (first, end) = (SeatIx(row.seats.start), SeatIx(row.seats.end));
        match spans.last_mut().filter(|_| last == Some(row.section)) {
            Some(span) => span.end = end,
            None => spans.push(Span { first, end, lines: Vec::new() }),
        }
        last = Some(row.section);
    }
    for span in &mut spans {
        let own = places.partition_point(|p| p.0 < span.first)..places.partition_point(|p| p.0 < span.end);
        span.lines = places[own].iter().map(|&(_, line, _)| line).collect();
        span.lines.sort_unstable();
        span.lines.dedup();
    }
    spans
}

/// The seat of a line that is nearest to a column.
fn nearest(seats: &[(u32, SeatIx)], column: u32) -> Option<SeatIx> {
    let right = seats.partition_point(|&(c, _)| c < column);
    let around = seats[right.saturating_sub(1)..].iter().take(2);
    around.min_by_key(|&&(c, _)| c.abs_diff(column)).map(|&(_, seat)| seat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chart::{cinechart, halls};
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// The grid as text: one character a seat, `.` for an empty column.
    fn picture(chart: &Chart, grid: &Grid) -> Vec<String> {
        let line = |line: &GridLine| {
            let mut cells = vec!['.'; grid.cols as usize];
            for &(column, seat) in &line.seats {
                cells[column as usize] = if chart.seat(seat).couch.is_some() { 'l' } else { 's' };
            }
            format!("{:2} {}", line.label, cells.into_iter().collect::<String>()).trim_end_matches('.').to_owned()
        };
        grid.lines.iter().map(line).collect()
    }

    fn keeps_its_promises(chart: &Chart) -> Result<(), TestCaseError> {
        let mut placed = HashSet::new();
        for level in 0..chart.levels.len() as u16 {
            let grid = Grid::of(chart, level);
            for (at, line) in grid.lines.iter().enumerate() {
                prop_assert!(line.seats.is_sorted_by(|a, b| a.0 < b.0), "two seats share a cell");
                prop_assert!(line.seats.iter().all(|&(column, _)| column < grid.cols));
                for &(column, seat) in &line.seats {
                    prop_assert!(placed.insert(seat), "a seat is drawn twice");
                    prop_assert_eq!(grid.position(seat), Some((at as u32, column)));
                }
                for pair in line.seats.windows(2) {
                    let (a, b) = (chart.seat(pair[0].1), chart.seat(pair[1].1));
                    prop_assert!(a.row != b.row || a.x <= b.x, "left and right are exchanged");
                }
            }
        }
        // An area of general admission has one stop for all of its places.
        let seats = chart.indices().filter(|&ix| !chart.is_standing(ix)).count();
        let areas: HashSet<u16> =
            chart.indices().filter(|&ix| chart.is_standing(ix)).map(|ix| chart.row_of(ix).section).collect();
        prop_assert_eq!(placed.len(), seats + areas.len());
        Ok(())
    }

    #[test]
    fn the_grid_of_a_drawn_hall_is_its_picture() {
        let chart = halls::hall(halls::HALL_1);
        let grid = Grid::of(&chart, 0);
        let expected = [
            "A  ..ssss..ssssssss..ssss",
            "B  .sssss..ssssssss..sssss",
            "C  .sssss..ssssssss..sssss",
            "D  ssssss..ssssssss..ssssss",
            "   ",
            "E  ssssss..ssssssss..ssssss",
            "F  ssssss..ssssssss..ssssss",
            "G  ssssss..ssssssss..ssssss",
            "H  ssssss..ssssssss..ssssss",
            "   ",
            "J  llllll..llllllll..llllll",
            "W  ss..ss............ss..ss",
        ];
        assert_eq!(picture(&chart, &grid), expected);
    }

    #[test]
    fn curved_rows_are_straight_and_each_level_has_its_own_grid() {
        let chart = halls::hall(halls::GRAND);
        let (stalls, balcony) = (Grid::of(&chart, 0), Grid::of(&chart, 1));
        assert_eq!((stalls.cols, stalls.lines.len()), (34, 14));
        assert_eq!((balcony.cols, balcony.lines.len()), (28, 3));
        assert_eq!(picture(&chart, &stalls)[0], "A  ...sssss..ssssssssssssss..sssss");
        assert!(stalls.lines[7].seats.is_empty());
    }

    #[test]
    fn blocks_at_the_same_depth_share_their_lines() {
        let toml = "format = 'cinechart'\nversion = 1\nid = 't'\nname = 'T'\n[screen]\nside = 'top'\n\
            [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
            [[section]]\nid = 'l'\npicture = '''\nA sss\nB sss'''\n\
            [[section]]\nid = 'r'\norigin = { x = 4, y = 0.2 }\npicture = '''\nA sss\nC sss'''\n\
            [[section]]\nid = 'side'\norigin = { x = 10, y = 0 }\nrotation = 90\npicture = '''\nX ss\nY ss'''";
        let chart = cinechart::parse(toml).expect("a valid chart");
        assert_eq!(picture(&chart, &Grid::of(&chart, 0)), ["A  sss.sss..ss", "B/C sss.sss..ss"]);
    }

    #[test]
    fn an_aisle_of_the_chart_shows_even_where_the_seats_are_close() {
        let chart = halls::hall(
            "format = 'cinechart'\nversion = 1\nid = 't'\nname = 'T'\n[screen]\nside = 'top'\n\
             [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
             [[section]]\nid = 'm'\npicture = 'A ssss'\n[[override]]\nseats = 'A2'\nnext = false",
        );
        assert_eq!(picture(&chart, &Grid::of(&chart, 0)), ["A  ss.ss"]);
    }

    #[test]
    fn a_step_leads_to_the_nearest_seat_in_its_direction() {
        let chart =
            halls::drawn("A _ss__sss\n.\nB sss__sss\nC s______s\nD ssssssss\nE ssssssss\nF ssssssss\nG ssssssss");
        let grid = Grid::of(&chart, 0);
        let seat = |name: &str| chart.indices().find(|&ix| chart.seat(ix).id.as_str() == format!("main/{name}"));
        let cases = [
            ("A/1", Step::Left, "A/1"),
            ("A/2", Step::Right, "A/3"),
            ("A/1", Step::Up, "A/1"),
            ("A/1", Step::Down, "B/2"),
            ("B/3", Step::Down, "C/1"),
            ("B/4", Step::Down, "C/2"),
            ("B/4", Step::Up, "A/3"),
            ("G/3", Step::Down, "G/3"),
            ("G/3", Step::FarUp, "B/3"),
            ("B/3", Step::FarUp, "A/2"),
            ("A/5", Step::FarDown, "F/8"),
            ("D/4", Step::FirstRow, "A/2"),
            ("A/1", Step::FirstRow, "A/1"),
            ("A/1", Step::LastRow, "G/2"),
            ("A/4", Step::RowStart, "A/1"),
            ("A/1", Step::RowEnd, "A/5"),
            ("A/4", Step::PreviousBlock, "A/1"),
            ("A/1", Step::PreviousBlock, "A/1"),
            ("A/1", Step::NextBlock, "A/3"),
            ("A/4", Step::NextBlock, "B/1"),
            ("B/2", Step::PreviousBlock, "A/3"),
        ];
        for (from, step, to) in cases {
            let from_seat = seat(from).expect("a seat");
            assert_eq!(Some(grid.step(from_seat, step)), seat(to), "{step:?} from {from}");
        }
        assert_eq!(grid.step(SeatIx(999), Step::Left), SeatIx(999));
    }

    #[test]
    fn the_grids_of_the_halls_keep_their_promises() {
        for chart in halls::all() {
            keeps_its_promises(&chart).expect("the invariants");
        }
    }

    proptest! {
        #[test]
        fn every_seat_has_a_cell_of_its_own_however_sections_lie(
            pictures in proptest::collection::vec(
                ("[s_]{1,12}", "[s_]{1,12}", -9i32..9, -4i32..4, 0u16..360, -1.0f64..1.0),
                1..5,
            )
        ) {
            let mut toml = "format = 'cinechart'\nversion = 1\nid = 't'\nname = 'T'\n[screen]\nside = 'top'\n\
                [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n".to_owned();
            for (i, (a, b, x, y, turn, curve)) in pictures.iter().enumerate() {
                toml += &format!(
                    "[[section]]\nid = 's{i}'\norigin = {{ x = {x}.3, y = {y}.7 }}\nrotation = {turn}\n\
                     curve = {curve}\npicture = '''\nA {a}\nB {b}'''\n"
                );
            }
            if let Ok(chart) = cinechart::parse(&toml) {
                keeps_its_promises(&chart)?;
            }
        }
    }
}
