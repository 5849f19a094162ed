//! Where each seat of a level is drawn: one column a seat, one line a row, aisles as empty columns and lines.
//! Zoom multiplies the columns; the grid itself never changes.

use super::{
    Chart,
    geometry::{self, Axis, Geometry},
};
use crate::domain::ids::SeatIx;
use std::collections::BTreeMap;

/// Rows whose distance from the screen differs by less than this many row pitches share a line.
const SAME_LINE: f64 = 0.5;
/// Lines that are at least this many row pitches apart have a cross aisle between them.
const CROSS_AISLE: f64 = 1.6;
/// Seats further apart than this many pitches have at least one empty column between them.
const AISLE: f64 = 1.3;

/// A level of a chart, fitted to cells. No two seats share a cell; left to right is as the audience sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Index into [`Chart::levels`].
    pub level: u16,
    pub cols: u32,
    /// Line 0 is nearest to the screen.
    pub lines: Vec<GridLine>,
    /// Seat, line and column, by seat.
    places: Vec<(SeatIx, u32, u32)>,
}

/// One line of the grid. A line without seats is a cross aisle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridLine {
    /// The row's label, shown at both ends; empty for a cross aisle.
    pub label: String,
    /// Its seats with their columns, by column.
    pub seats: Vec<(u32, SeatIx)>,
}

/// A step of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Left,
    Right,
    /// Towards the screen.
    Up,
    Down,
    /// The first seat of the previous run / of the next run in the row.
    PreviousBlock,
    NextBlock,
    /// Five rows.
    FarUp,
    FarDown,
    RowStart,
    RowEnd,
    FirstRow,
    LastRow,
}

impl Grid {
    /// Fits one level of a chart. O(n log n).
    pub fn of(chart: &Chart, level: u16) -> Self {
        let strands = strands(chart, level);
        let middle = middle(chart, &strands);
        let row_pitch = row_pitch(chart, &strands);
        let mut lines: Vec<(GridLine, Vec<i64>)> = Vec::new();
        let mut above: Vec<SeatIx> = Vec::new();
        for band in bands(chart, strands, row_pitch) {
            let (line, columns, seats) = band.fit(chart, middle);
            if !above.is_empty() && depth(chart, &above, &seats) >= CROSS_AISLE * row_pitch {
                lines.push((GridLine::default(), Vec::new()));
            }
            lines.push((line, columns));
            above = seats;
        }
        Self::with_columns(level, lines)
    }

    /// Moves the columns so that the first is 0.
    fn with_columns(level: u16, lines: Vec<(GridLine, Vec<i64>)>) -> Self {
        let columns = || lines.iter().flat_map(|(_, columns)| columns);
        let first = columns().min().copied().unwrap_or(0);
        let cols = columns().max().map_or(0, |last| (last - first + 1) as u32);
        let mut grid = Self { level, cols, lines: Vec::with_capacity(lines.len()), places: Vec::new() };
        for (at, (mut line, columns)) in lines.into_iter().enumerate() {
            for (cell, column) in line.seats.iter_mut().zip(columns) {
                cell.0 = (column - first) as u32;
                grid.places.push((cell.1, at as u32, cell.0));
            }
            grid.lines.push(line);
        }
        grid.places.sort_unstable_by_key(|&(seat, ..)| seat);
        grid
    }

    /// Line and column of a seat, if it is on this level. O(log n).
    pub fn position(&self, seat: SeatIx) -> Option<(u32, u32)> {
        let at = self.places.binary_search_by_key(&seat, |&(seat, ..)| seat).ok()?;
        let (_, line, column) = self.places[at];
        Some((line, column))
    }

    /// The seat that a step from `from` leads to; `from` itself where the grid ends.
    pub fn step(&self, from: SeatIx, step: Step) -> SeatIx {
        let Some((line, column)) = self.position(from) else { return from };
        let (line, seats) = (line as usize, &self.lines[line as usize].seats);
        let at = seats.partition_point(|&(c, _)| c < column);
        let in_line = |at: Option<usize>| at.and_then(|at| seats.get(at)).map(|&(_, seat)| seat);
        let to = match step {
            Step::Left => in_line(at.checked_sub(1)),
            Step::Right => in_line(Some(at + 1)),
            Step::RowStart => in_line(Some(0)),
            Step::RowEnd => in_line(seats.len().checked_sub(1)),
            Step::PreviousBlock => in_line(block_start(seats, at).checked_sub(1).map(|end| block_start(seats, end))),
            Step::NextBlock => in_line((at + 1..seats.len()).find(|&next| block_start(seats, next) == next)),
            Step::Up => self.nearest(self.rows_above(line).next(), column),
            Step::Down => self.nearest(self.rows_below(line).next(), column),
            Step::FarUp => self.nearest(self.rows_above(line).take(FAR).last(), column),
            Step::FarDown => self.nearest(self.rows_below(line).take(FAR).last(), column),
            Step::FirstRow => self.nearest(self.lines.first(), column),
            Step::LastRow => self.nearest(self.lines.last(), column),
        };
        to.unwrap_or(from)
    }

    /// Lines with seats before `line`, the nearest first.
    fn rows_above(&self, line: usize) -> impl Iterator<Item = &GridLine> {
        self.lines[..line].iter().rev().filter(|l| !l.seats.is_empty())
    }

    fn rows_below(&self, line: usize) -> impl Iterator<Item = &GridLine> {
        self.lines[line + 1..].iter().filter(|l| !l.seats.is_empty())
    }

    fn nearest(&self, line: Option<&GridLine>, column: u32) -> Option<SeatIx> {
        let seats = &line?.seats;
        let right = seats.partition_point(|&(c, _)| c < column);
        let around = seats[right.saturating_sub(1)..].iter().take(2);
        around.min_by_key(|&&(c, _)| c.abs_diff(column)).map(|&(_, seat)| seat)
    }
}

/// Rows of a far step.
const FAR: usize = 5;

/// The first seat of the block that seat `at` of a line is in: of the seats without an empty column between them.
fn block_start(seats: &[(u32, SeatIx)], at: usize) -> usize {
    (1..=at).rev().find(|&i| seats[i].0 > seats[i - 1].0 + 1).unwrap_or(0)
}

/// What lies on one line by itself: a row, or a single seat of a row that leads away from the screen.
struct Strand {
    /// Index into [`Chart::rows`].
    row: u32,
    axis: Axis,
    y: f64,
    left: f64,
    right: f64,
    /// Neighbours together, from left to right.
    runs: Vec<Vec<SeatIx>>,
}

impl Strand {
    fn of(chart: &Chart, row: u32, axis: Axis, runs: Vec<Vec<SeatIx>>) -> Self {
        let seats = || runs.iter().flatten().map(|&ix| chart.seat(ix));
        let y = seats().map(|s| s.y).sum::<f64>() / seats().count().max(1) as f64;
        let left = seats().map(|s| s.x).fold(f64::INFINITY, f64::min);
        let right = seats().map(|s| s.x).fold(f64::NEG_INFINITY, f64::max);
        Self { row, axis, y, left, right, runs }
    }
}

/// The strands of a level, from the screen backwards.
fn strands(chart: &Chart, level: u16) -> Vec<Strand> {
    let on_level = |seat: SeatIx| chart.section_of(seat).level == level;
    let drawn = |seat: SeatIx| on_level(seat) && !chart.is_standing(seat);
    let geometry = Geometry::of(chart);
    let runs = geometry.runs().map(<[SeatIx]>::to_vec).filter(|seats| drawn(seats[0]));
    let mut rows: BTreeMap<u32, Vec<Vec<SeatIx>>> = BTreeMap::new();
    for seats in runs {
        rows.entry(chart.seat(seats[0]).row).or_default().push(seats);
    }
    let mut strands = Vec::new();
    for (row, runs) in rows {
        match geometry::axis(chart, row as usize) {
            axis @ Axis::Across => strands.push(Strand::of(chart, row, axis, runs)),
            axis @ Axis::Along => {
                let seats = runs.into_iter().flatten();
                strands.extend(seats.map(|seat| Strand::of(chart, row, axis, vec![vec![seat]])));
            }
        }
    }
    strands.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.left.total_cmp(&b.left)));
    strands
}

/// The middle of the level, from left to right.
fn middle(chart: &Chart, strands: &[Strand]) -> f64 {
    let seats = || strands.iter().flat_map(|s| s.runs.iter().flatten()).map(|&ix| chart.seat(ix).x);
    let (left, right) = (seats().fold(f64::INFINITY, f64::min), seats().fold(f64::NEG_INFINITY, f64::max));
    (left + right) / 2.0
}

/// The median distance between rows that follow each other in their section.
fn row_pitch(chart: &Chart, strands: &[Strand]) -> f64 {
    let mut last: BTreeMap<u16, f64> = BTreeMap::new();
    let mut pitches = Vec::new();
    for strand in strands {
        let section = chart.rows[strand.row as usize].section;
        let before = last.insert(section, strand.y);
        // Parts of one row differ only by noise and bends.
        pitches.extend(before.map(|y| strand.y - y).filter(|pitch| *pitch > 0.25));
    }
    geometry::median(pitches)
}

/// The strands that share a line.
struct Band {
    y: f64,
    strands: Vec<Strand>,
    /// Where its strands are, from left to right: start and end.
    taken: BTreeMap<i64, i64>,
}

/// Strands at the same distance from the screen side by side; what would lie over another begins a new line.
fn bands(chart: &Chart, strands: Vec<Strand>, row_pitch: f64) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    for strand in strands {
        let (start, end) = (strand.left.round() as i64, strand.right.round() as i64);
        let joins = bands.last().is_some_and(|band| {
            let overlaps = band.taken.range(..=end).next_back().is_some_and(|(_, &other)| other >= start);
            strand.y - band.y <= SAME_LINE * row_pitch && !overlaps
        });
        if !joins {
            bands.push(Band { y: strand.y, strands: Vec::new(), taken: BTreeMap::new() });
        }
        if let Some(band) = bands.last_mut() {
            band.taken.insert(start, end);
            band.strands.push(strand);
        }
    }
    for band in &mut bands {
        band.strands.sort_by(|a, b| a.left.total_cmp(&b.left).then(chart_order(chart, a).cmp(&chart_order(chart, b))));
    }
    bands
}

fn chart_order(chart: &Chart, strand: &Strand) -> u32 {
    chart.rows[strand.row as usize].seats.start
}

/// Neighbours on their way to a place in the line.
struct Piece<'a> {
    row: u32,
    seats: &'a [SeatIx],
    first_x: f64,
    last_x: f64,
    start: i64,
}

impl Piece<'_> {
    fn end(&self) -> i64 {
        self.start + self.seats.len() as i64
    }
}

impl Band {
    /// The line, the columns of its seats, and the seats.
    fn fit(&self, chart: &Chart, middle: f64) -> (GridLine, Vec<i64>, Vec<SeatIx>) {
        let pitch = self.pitch(chart);
        let x = |ix: SeatIx| middle + (chart.seat(ix).x - middle) / pitch;
        let piece = |row: u32, seats| -> Option<Piece> {
            let seats: &[SeatIx] = seats;
            let (first, last) = (*seats.first()?, *seats.last()?);
            let shift = seats.iter().enumerate().map(|(i, &ix)| x(ix) - i as f64).sum::<f64>() / seats.len() as f64;
            // A hair to the right, so that the noise of sines does not part rows that are shifted by half a seat.
            let start = (shift + 0.501).floor() as i64;
            Some(Piece { row, seats, first_x: x(first), last_x: x(last), start })
        };
        let runs = self.strands.iter().flat_map(|s| s.runs.iter().map(move |run| (s.row, run.as_slice())));
        let mut pieces: Vec<Piece> = runs.filter_map(|(row, run)| piece(row, run)).collect();
        part(&mut pieces, middle);
        let columns = pieces.iter().flat_map(|p| p.start..p.end()).collect();
        let seats: Vec<SeatIx> = pieces.iter().flat_map(|p| p.seats).copied().collect();
        let line = GridLine { label: self.label(chart), seats: seats.iter().map(|&seat| (0, seat)).collect() };
        (line, columns, seats)
    }

    /// The median distance of neighbours; the seat pitch itself where it is nearly that.
    fn pitch(&self, chart: &Chart) -> f64 {
        let runs = self.strands.iter().flat_map(|s| &s.runs);
        let gaps = runs.flat_map(|run| run.windows(2)).map(|pair| chart.seat(pair[1]).x - chart.seat(pair[0]).x);
        let pitch = geometry::median(gaps.collect());
        if (0.8..=1.25).contains(&pitch) { 1.0 } else { pitch.max(0.2) }
    }

    /// `A`, or `A/K` where rows with different labels share the line.
    fn label(&self, chart: &Chart) -> String {
        let across = self.strands.iter().filter(|s| s.axis == Axis::Across);
        let mut labels: Vec<&str> = across.map(|s| chart.rows[s.row as usize].label.as_str()).collect();
        labels.dedup();
        match labels[..] {
            [] => String::new(),
            [first] => first.to_owned(),
            [first, .., last] => format!("{first}/{last}"),
        }
    }
}

/// Pushes pieces outward from the middle until none covers another and each aisle shows as an empty column.
fn part(pieces: &mut [Piece], middle: f64) {
    let off_centre = |p: &Piece| ((p.first_x + p.last_x) / 2.0 - middle).abs();
    let centre = (0..pieces.len()).min_by(|&a, &b| off_centre(&pieces[a]).total_cmp(&off_centre(&pieces[b])));
    let Some(centre) = centre else { return };
    let aisle = |a: &Piece, b: &Piece| i64::from(a.row == b.row || b.first_x - a.last_x > AISLE);
    for at in centre + 1..pieces.len() {
        let left = &pieces[at - 1];
        pieces[at].start = pieces[at].start.max(left.end() + aisle(left, &pieces[at]));
    }
    for at in (0..centre).rev() {
        let right = &pieces[at + 1];
        let end = pieces[at].end().min(right.start - aisle(&pieces[at], right));
        pieces[at].start = end - pieces[at].seats.len() as i64;
    }
}

/// How far one line of seats lies behind another: the median over the seats of the one in front, each measured to
/// the seat behind it, so that bent rows are compared where they are above each other.
fn depth(chart: &Chart, front: &[SeatIx], back: &[SeatIx]) -> f64 {
    let behind = |seat: &SeatIx| {
        let x = chart.seat(*seat).x;
        let right = back.partition_point(|other| chart.seat(*other).x < x);
        let around = back[right.saturating_sub(1)..].iter().take(2).map(|other| chart.seat(*other));
        let nearest = around.min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()))?;
        Some(nearest.y - chart.seat(*seat).y)
    };
    geometry::median(front.iter().filter_map(behind).collect())
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
        let seats = chart.indices().filter(|&ix| !chart.is_standing(ix)).count();
        prop_assert_eq!(placed.len(), seats);
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
            ("A/2", Step::PreviousBlock, "A/2"),
            ("A/1", Step::NextBlock, "A/3"),
            ("A/4", Step::NextBlock, "A/4"),
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
