//! Who sits beside whom, from coordinates alone: two consecutive seats of a physical row are neighbours if they
//! are at most 1.3 × the row's median pitch apart, unless the chart says otherwise. Never from labels or numbers.

use super::Chart;
use crate::domain::ids::SeatIx;
use std::{cmp::Ordering, ops::Range};

/// Neighbours are at most this many pitches apart: in real halls ordinary gaps end at 1.1 and aisles start at 1.5.
const NEIGHBOUR: f64 = 1.3;
/// A row's own pitch counts up to this many times that of its section: the two seats of a row that are divided by
/// an aisle have only that aisle to measure.
const WIDEST_PITCH: f64 = 1.5;

/// Adjacency of a chart, computed once. A *run* is a maximal chain of neighbours, from left to right as the audience
/// sees it. The runs of a row follow each other from left to right. Places of general admission have no neighbours:
/// each is a run of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// All seats, run by run.
    order: Vec<SeatIx>,
    /// Where each run begins in `order`, and at last where the last one ends.
    starts: Vec<u32>,
    /// For each seat, its run and its place in it.
    place: Vec<(u32, u32)>,
    /// For each row its first run, and at last the number of runs.
    row_runs: Vec<u32>,
}

impl Geometry {
    /// Measures a chart. O(n log n).
    pub fn of(chart: &Chart) -> Self {
        let rows: Vec<Vec<SeatIx>> = (0..chart.rows.len()).map(|row| in_order(chart, row)).collect();
        let widest = widest_pitches(chart, &rows);
        let mut geometry = Self {
            order: Vec::with_capacity(chart.seats.len()),
            starts: vec![0],
            place: vec![(0, 0); chart.seats.len()],
            row_runs: vec![0],
        };
        for (row, seats) in chart.rows.iter().zip(&rows) {
            let pitch = median(gaps(chart, seats)).min(widest[row.section as usize]);
            let split = seats.chunk_by(|&a, &b| {
                let near = || distance(chart, a, b) <= NEIGHBOUR * pitch + f64::EPSILON;
                !chart.is_standing(a) && chart.seat(a).next.unwrap_or_else(near)
            });
            for run in split {
                geometry.push(run);
            }
            geometry.row_runs.push(geometry.count() as u32);
        }
        geometry
    }

    fn push(&mut self, seats: &[SeatIx]) {
        let run = self.count() as u32;
        for (at, seat) in seats.iter().enumerate() {
            self.place[seat.get()] = (run, at as u32);
        }
        self.order.extend_from_slice(seats);
        self.starts.push(self.order.len() as u32);
    }

    /// How many runs there are.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The seats of a run, from left to right.
    pub fn run(&self, run: u32) -> &[SeatIx] {
        let run = run as usize;
        &self.order[self.starts[run] as usize..self.starts[run + 1] as usize]
    }

    /// Where a run begins in the order of all runs: the number of seats in the runs before it.
    pub fn start(&self, run: u32) -> usize {
        self.starts[run as usize] as usize
    }

    /// All runs, in the order of the chart's rows.
    pub fn runs(&self) -> impl ExactSizeIterator<Item = &[SeatIx]> {
        (0..self.count() as u32).map(|run| self.run(run))
    }

    /// The runs of a row, from left to right.
    pub fn runs_of_row(&self, row: u32) -> Range<u32> {
        self.row_runs[row as usize]..self.row_runs[row as usize + 1]
    }

    /// The seats of a row as they stand beside each other, whatever aisles lie between them.
    pub fn row(&self, row: u32) -> &[SeatIx] {
        let runs = self.runs_of_row(row);
        &self.order[self.starts[runs.start as usize] as usize..self.starts[runs.end as usize] as usize]
    }

    /// The run of a seat, and its place in the run.
    pub fn place(&self, seat: SeatIx) -> (u32, u32) {
        self.place[seat.get()]
    }

    pub fn left(&self, seat: SeatIx) -> Option<SeatIx> {
        let (run, at) = self.place(seat);
        self.run(run).get((at as usize).checked_sub(1)?).copied()
    }

    pub fn right(&self, seat: SeatIx) -> Option<SeatIx> {
        let (run, at) = self.place(seat);
        self.run(run).get(at as usize + 1).copied()
    }
}

/// The direction in which a row extends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// Parallel to the screen, or nearly so.
    Across,
    /// Away from the screen, as in a block at the side of an arena.
    Along,
}

/// The axis on which the seats of a row extend further.
pub(crate) fn axis(chart: &Chart, row: usize) -> Axis {
    let seats = || chart.rows[row].seats.clone().map(|ix| &chart.seats[ix as usize]);
    if extent(seats().map(|s| s.x)) >= extent(seats().map(|s| s.y)) { Axis::Across } else { Axis::Along }
}

fn extent(values: impl Iterator<Item = f64>) -> f64 {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low <= high { high - low } else { 0.0 }
}

/// The seats of a row along its own axis: from left to right, or from the screen backwards.
fn in_order(chart: &Chart, row: usize) -> Vec<SeatIx> {
    let axis = axis(chart, row);
    let by_place = |&a: &SeatIx, &b: &SeatIx| -> Ordering {
        let (p, q) = (chart.seat(a), chart.seat(b));
        let (across, along) = (p.x.total_cmp(&q.x), p.y.total_cmp(&q.y));
        match axis {
            Axis::Across => across.then(along),
            Axis::Along => along.then(across),
        }
    };
    let mut seats: Vec<SeatIx> = chart.rows[row].seats.clone().map(SeatIx).collect();
    seats.sort_by(by_place);
    seats
}

/// For each section, the widest pitch that one of its rows may have.
fn widest_pitches(chart: &Chart, rows: &[Vec<SeatIx>]) -> Vec<f64> {
    let mut by_section = vec![Vec::new(); chart.sections.len()];
    for (row, seats) in chart.rows.iter().zip(rows) {
        by_section[row.section as usize].extend(gaps(chart, seats));
    }
    by_section.into_iter().map(|gaps| WIDEST_PITCH * median(gaps)).collect()
}

fn gaps(chart: &Chart, seats: &[SeatIx]) -> Vec<f64> {
    seats.windows(2).map(|pair| distance(chart, pair[0], pair[1])).collect()
}

fn distance(chart: &Chart, a: SeatIx, b: SeatIx) -> f64 {
    let (a, b) = (chart.seat(a), chart.seat(b));
    (a.x - b.x).hypot(a.y - b.y)
}

/// The median, the lower one of two; the seat pitch itself, 1, where there is nothing to measure. Linear time.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 1.0;
    }
    let middle = (values.len() - 1) / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chart::cinechart;

    fn runs(section: &str) -> Vec<Vec<String>> {
        let toml = format!(
            "format = 'cinechart'\nversion = 1\nid = 't'\nname = 'T'\n[screen]\nside = 'top'\n\
             [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n{section}"
        );
        let chart = cinechart::parse(&toml).expect("a valid chart");
        let name = |seat: &SeatIx| format!("{}{}", chart.row_of(*seat).label, chart.seat(*seat).label);
        Geometry::of(&chart).runs().map(|run| run.iter().map(name).collect()).collect()
    }

    #[test]
    fn an_aisle_ends_a_run() {
        assert_eq!(runs("[[section]]\nid = 'm'\npicture = 'A ss_sss'"), vec![vec!["A1", "A2"], vec!["A3", "A4", "A5"]]);
    }

    #[test]
    fn two_seats_with_only_an_aisle_between_them_are_not_neighbours() {
        let section = "[[section]]\nid = 'm'\npicture = '''\nA ssssss\nB w____w\n'''";
        assert_eq!(runs(section)[1..], [vec!["B1"], vec!["B2"]]);
    }

    #[test]
    fn odd_and_even_numbers_do_not_hide_neighbours() {
        let section = "[[section]]\nid = 'm'\nnumbering = 'odd-even'\npicture = 'A ssssss'";
        assert_eq!(runs(section), vec![vec!["A5", "A3", "A1", "A2", "A4", "A6"]]);
    }

    #[test]
    fn the_chart_may_part_and_join_seats() {
        let section = "[[section]]\nid = 'm'\npicture = 'A ss_sss'\n[[override]]\nseats = 'A2'\nnext = true\n\
                       [[override]]\nseats = 'A4'\nnext = false";
        assert_eq!(runs(section), vec![vec!["A1", "A2", "A3", "A4"], vec!["A5"]]);
    }

    #[test]
    fn a_curved_and_a_turned_row_stay_whole() {
        let row = "s".repeat(24);
        assert_eq!(runs(&format!("[[section]]\nid = 'm'\ncurve = 3\npicture = 'A {row}'")).len(), 1);
        assert_eq!(runs(&format!("[[section]]\nid = 'm'\nrotation = 90\npicture = 'A {row}'")).len(), 1);
    }
}
