//! The fit of a level to lines and columns: rows become lines, bent ones straight ones, by the order of their seats.

use super::{Area, GridLine};
use crate::domain::{
    chart::{
        Admission, Chart,
        geometry::{self, Axis, Geometry},
    },
    ids::SeatIx,
};
use std::collections::BTreeMap;

/// Rows whose distance from the screen differs by less than this many row pitches share a line.
const SAME_LINE: f64 = 0.5;
/// Lines that are at least this many row pitches apart have a cross aisle between them.
const CROSS_AISLE: f64 = 1.6;
/// Seats further apart than this many pitches have at least one empty column between them.
const AISLE: f64 = 1.3;
/// Columns that are empty on every line are at most so many beside each other: a void is no better for being wide.
const WIDEST_VOID: i64 = 3;
/// The columns that an area's box has at least: its name and a number have to fit into it.
const AREA_WIDTH: i64 = 12;

/// The lines of a level from the screen backwards, and the number of columns.
pub(super) fn lines(chart: &Chart, geometry: &Geometry, level: u16) -> (Vec<GridLine>, u32) {
    let (across, along) = strands(chart, geometry, level);
    let areas = areas(chart, level);
    let middle = middle(chart, &across, &along, &areas);
    let row_pitch = row_pitch(chart, &across);
    let mut areas = areas.into_iter().peekable();
    let mut lines: Vec<(GridLine, Vec<i64>)> = Vec::new();
    let mut above: Vec<SeatIx> = Vec::new();
    for band in bands(chart, across, along, row_pitch) {
        while let Some(area) = areas.next_if(|area| area.y < band.y) {
            area.push(&mut lines);
            above.clear();
        }
        let (line, columns, seats) = band.fit(chart, middle);
        if !above.is_empty() && depth(chart, &above, &seats) >= CROSS_AISLE * row_pitch {
            lines.push((GridLine::default(), Vec::new()));
        }
        lines.push((line, columns));
        above = seats;
    }
    for area in areas {
        area.push(&mut lines);
    }
    with_columns(lines)
}

/// Moves the columns so that the first is 0, and makes wide voids narrow.
fn with_columns(lines: Vec<(GridLine, Vec<i64>)>) -> (Vec<GridLine>, u32) {
    let inside = |line: &GridLine| {
        let area = line.area.as_ref().map(|a| i64::from(*a.columns.end()) - i64::from(*a.columns.start()));
        0..=area.unwrap_or(0)
    };
    let mut used: Vec<i64> = lines
        .iter()
        .flat_map(|(line, columns)| columns.iter().flat_map(move |c| inside(line).map(move |by| c + by)))
        .collect();
    used.sort_unstable();
    used.dedup();
    let mut cut = 0;
    let mut moved = Vec::with_capacity(used.len());
    for (at, &column) in used.iter().enumerate() {
        let void = if at == 0 { 0 } else { column - used[at - 1] - 1 };
        cut += (void - WIDEST_VOID).max(0);
        moved.push(column - used[0] - cut);
    }
    let cols = moved.last().map_or(0, |last| *last as u32 + 1);
    let column_of = |column: i64| used.binary_search(&column).map_or(0, |at| moved[at] as u32);
    let placed = lines.into_iter().map(|(mut line, columns)| {
        if let (Some(area), Some(&start)) = (&mut line.area, columns.first()) {
            let end = start + i64::from(*area.columns.end()) - i64::from(*area.columns.start());
            area.columns = column_of(start)..=column_of(end);
            let stop = (area.columns.start() + area.columns.end()) / 2;
            line.seats.iter_mut().for_each(|cell| cell.0 = stop);
            return line;
        }
        for (cell, column) in line.seats.iter_mut().zip(columns) {
            cell.0 = column_of(column);
        }
        line
    });
    (placed.collect(), cols)
}

/// A general-admission section on its way to its lines.
struct AreaBox {
    section: u16,
    stop: SeatIx,
    y: f64,
    left: f64,
    right: f64,
}

impl AreaBox {
    /// Three lines: the box's edges above and below, and between them its words.
    fn push(&self, lines: &mut Vec<(GridLine, Vec<i64>)>) {
        let (left, right) = (self.left.round() as i64, self.right.round() as i64);
        let missing = (AREA_WIDTH - (right - left + 1)).max(0);
        let start = left - missing / 2;
        let width = (right - left + 1 + missing).min(i64::from(u16::MAX)) as u32;
        let area = Some(Area { section: self.section, columns: 0..=width - 1 });
        lines.push((GridLine::default(), Vec::new()));
        lines.push((GridLine { label: String::new(), seats: vec![(0, self.stop)], area }, vec![start]));
        lines.push((GridLine::default(), Vec::new()));
    }
}

/// The areas of a level, from the screen backwards. Each is where its places are in the mean.
fn areas(chart: &Chart, level: u16) -> Vec<AreaBox> {
    let on_level = |row: &&crate::domain::chart::Row| {
        let section = &chart.sections[row.section as usize];
        section.level == level && section.admission == Admission::General && !row.seats.is_empty()
    };
    let of_row = |row: &crate::domain::chart::Row| {
        let places = || row.seats.clone().map(|ix| &chart.seats[ix as usize]);
        AreaBox {
            section: row.section,
            stop: SeatIx(row.seats.start),
            y: places().map(|p| p.y).sum::<f64>() / row.seats.len() as f64,
            left: places().map(|p| p.x).fold(f64::INFINITY, f64::min),
            right: places().map(|p| p.x).fold(f64::NEG_INFINITY, f64::max),
        }
    };
    let mut areas: Vec<AreaBox> = chart.rows.iter().filter(on_level).map(of_row).collect();
    areas.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.left.total_cmp(&b.left)));
    areas
}

/// What lies on one line by itself: a row, or a single seat of a row that leads away from the screen.
struct Strand<'a> {
    /// Index into [`Chart::rows`].
    row: u32,
    axis: Axis,
    y: f64,
    left: f64,
    right: f64,
    /// Neighbours together, from left to right.
    runs: Vec<&'a [SeatIx]>,
}

impl<'a> Strand<'a> {
    fn of(chart: &Chart, row: u32, axis: Axis, runs: Vec<&'a [SeatIx]>) -> Self {
        let seats = || runs.iter().copied().flatten().map(|&ix| chart.seat(ix));
        let y = seats().map(|s| s.y).sum::<f64>() / seats().count().max(1) as f64;
        let left = seats().map(|s| s.x).fold(f64::INFINITY, f64::min);
        let right = seats().map(|s| s.x).fold(f64::NEG_INFINITY, f64::max);
        Self { row, axis, y, left, right, runs }
    }

    /// The columns that it takes, as far as that is known before the fit.
    fn columns(&self) -> (i64, i64) {
        (self.left.round() as i64, self.right.round() as i64)
    }
}

/// The strands of a level that lie across, from the screen backwards, and the seats of the rows that lead away from
/// the screen, row by row.
fn strands<'a>(chart: &Chart, geometry: &'a Geometry, level: u16) -> (Vec<Strand<'a>>, Vec<Strand<'a>>) {
    let (mut across, mut along) = (Vec::new(), Vec::new());
    for (row, facts) in (0u32..).zip(&chart.rows) {
        let section = &chart.sections[facts.section as usize];
        if section.level != level || section.admission == Admission::General || facts.seats.is_empty() {
            continue;
        }
        let runs: Vec<_> = geometry.runs_of_row(row).map(|run| geometry.run(run)).collect();
        match geometry::axis(chart, row as usize) {
            axis @ Axis::Across => across.push(Strand::of(chart, row, axis, runs)),
            axis @ Axis::Along => {
                let seats = runs.into_iter().flat_map(|run| run.chunks(1));
                along.extend(seats.map(|seat| Strand::of(chart, row, axis, vec![seat])));
            }
        }
    }
    across.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.left.total_cmp(&b.left)));
    (across, along)
}

/// The middle of the level, from left to right.
fn middle(chart: &Chart, across: &[Strand<'_>], along: &[Strand<'_>], areas: &[AreaBox]) -> f64 {
    let strands = || across.iter().chain(along).flat_map(|s| s.runs.iter().copied().flatten());
    let xs = || strands().map(|&ix| chart.seat(ix).x).chain(areas.iter().flat_map(|a| [a.left, a.right]));
    let (left, right) = (xs().fold(f64::INFINITY, f64::min), xs().fold(f64::NEG_INFINITY, f64::max));
    (left + right) / 2.0
}

/// The median distance between rows that follow each other in their section.
fn row_pitch(chart: &Chart, strands: &[Strand<'_>]) -> f64 {
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
struct Band<'a> {
    y: f64,
    strands: Vec<Strand<'a>>,
    /// Where its strands are, from left to right: start and end.
    taken: BTreeMap<i64, i64>,
}

impl<'a> Band<'a> {
    fn of(y: f64) -> Self {
        Self { y, strands: Vec::new(), taken: BTreeMap::new() }
    }

    fn has_room(&self, strand: &Strand<'_>) -> bool {
        let (start, end) = strand.columns();
        self.taken.range(..=end).next_back().is_none_or(|(_, &other)| other < start)
    }

    fn take(&mut self, strand: Strand<'a>) {
        let (start, end) = strand.columns();
        self.taken.insert(start, end);
        self.strands.push(strand);
    }
}

/// Strands at the same distance from the screen side by side; what would lie over another begins a new line. Seats of
/// rows that lead away from the screen go to the nearest line that is there anyway.
fn bands<'a>(chart: &Chart, across: Vec<Strand<'a>>, along: Vec<Strand<'a>>, row_pitch: f64) -> Vec<Band<'a>> {
    let mut bands: Vec<Band<'_>> = Vec::new();
    for strand in across {
        let joins =
            bands.last().is_some_and(|band| strand.y - band.y <= SAME_LINE * row_pitch && band.has_room(&strand));
        if !joins {
            bands.push(Band::of(strand.y));
        }
        if let Some(band) = bands.last_mut() {
            band.take(strand);
        }
    }
    let mut last = None;
    for strand in along {
        // The seats of one row stay in their order.
        let after = last.filter(|&(row, _)| row == strand.row).map_or(0, |(_, band): (u32, usize)| band + 1);
        let from = bands.partition_point(|band| band.y < strand.y - SAME_LINE * row_pitch).max(after);
        let near = bands[from.min(bands.len())..].iter().take_while(|band| band.y <= strand.y + SAME_LINE * row_pitch);
        let fitting = (from..).zip(near).filter(|(_, band)| band.has_room(&strand));
        let best = fitting.min_by(|(_, a), (_, b)| (a.y - strand.y).abs().total_cmp(&(b.y - strand.y).abs()));
        let at = best.map(|(at, _)| at).unwrap_or_else(|| {
            let at = bands.partition_point(|band| band.y <= strand.y).max(after);
            bands.insert(at, Band::of(strand.y));
            at
        });
        last = Some((strand.row, at));
        bands[at].take(strand);
    }
    for band in &mut bands {
        band.strands.sort_by(|a, b| a.left.total_cmp(&b.left).then(chart_order(chart, a).cmp(&chart_order(chart, b))));
    }
    bands
}

fn chart_order(chart: &Chart, strand: &Strand<'_>) -> u32 {
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

impl Band<'_> {
    /// The line, the columns of its seats, and the seats.
    fn fit(&self, chart: &Chart, middle: f64) -> (GridLine, Vec<i64>, Vec<SeatIx>) {
        let pitch = self.pitch(chart);
        let x = |ix: SeatIx| middle + (chart.seat(ix).x - middle) / pitch;
        let piece = |row: u32, seats| -> Option<Piece<'_>> {
            let seats: &[SeatIx] = seats;
            let (first, last) = (*seats.first()?, *seats.last()?);
            let shift = seats.iter().enumerate().map(|(i, &ix)| x(ix) - i as f64).sum::<f64>() / seats.len() as f64;
            // A hair to the right, so that the noise of sines does not part rows that are shifted by half a seat.
            let start = (shift + 0.501).floor() as i64;
            Some(Piece { row, seats, first_x: x(first), last_x: x(last), start })
        };
        let runs = self.strands.iter().flat_map(|s| s.runs.iter().map(move |run| (s.row, *run)));
        let mut pieces: Vec<Piece<'_>> = runs.filter_map(|(row, run)| piece(row, run)).collect();
        part(&mut pieces, middle);
        let columns = pieces.iter().flat_map(|p| p.start..p.end()).collect();
        let seats: Vec<SeatIx> = pieces.iter().flat_map(|p| p.seats).copied().collect();
        let cells = seats.iter().map(|&seat| (0, seat)).collect();
        let line = GridLine { label: self.label(chart), seats: cells, area: None };
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
fn part(pieces: &mut [Piece<'_>], middle: f64) {
    let off_centre = |p: &Piece<'_>| ((p.first_x + p.last_x) / 2.0 - middle).abs();
    let centre = (0..pieces.len()).min_by(|&a, &b| off_centre(&pieces[a]).total_cmp(&off_centre(&pieces[b])));
    let Some(centre) = centre else { return };
    let aisle = |a: &Piece<'_>, b: &Piece<'_>| i64::from(a.row == b.row || b.first_x - a.last_x > AISLE);
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
