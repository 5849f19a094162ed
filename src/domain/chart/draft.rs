//! A chart in the making: rows of an imported plan in the plan's own coordinates, until they are turned to the
//! audience, scaled to the pitch and put in order.

use super::{
    Category, Chart, Level, Mode, Row, Screen, Seat, Section, Side,
    cinechart::ChartError,
    geometry::median,
    lint::Report,
    validate::{self, MAX_COORDINATE, refuse},
};
use crate::domain::text::Text;
use std::{collections::HashSet, mem};

/// A measured pitch this near to a whole number is that number: plans are drawn in whole units, and a chart that was
/// written with one must be read with the same one.
const SNAP: f64 = 0.005;

/// A row as the plan draws it, its seats from one end to the other.
pub(super) struct DraftRow {
    /// Empty if the plan gives none.
    pub label: String,
    pub section: u16,
    pub seats: Vec<Seat>,
}

pub(super) struct Draft {
    pub name: Text,
    pub side: Side,
    /// The middle of the screen in the plan's coordinates, if it is known.
    pub screen: Option<(f64, f64)>,
    pub categories: Vec<Category>,
    pub levels: Vec<Level>,
    pub sections: Vec<Section>,
    pub rows: Vec<DraftRow>,
    /// The seat pitch in the plan's units.
    pub pitch: f64,
}

impl Draft {
    /// The chart: as the audience sees it, x and y from 0, one pitch the unit.
    pub fn finish(mut self, report: &mut Report) -> Result<Chart, ChartError> {
        let (side, pitch) = (self.side, self.pitch);
        let turned = |x: f64, y: f64| side.turn((x / pitch, y / pitch));
        let (mut left, mut front) = (f64::INFINITY, f64::INFINITY);
        for seat in self.rows.iter_mut().flat_map(|row| &mut row.seats) {
            (seat.x, seat.y) = turned(seat.x, seat.y);
            (left, front) = (left.min(seat.x), front.min(seat.y));
        }
        let mut chart = Chart {
            id: "plan".to_owned(),
            name: self.name,
            mode: Mode::default(),
            screen: Screen {
                side,
                label: Text::new("SCREEN"),
                center: self.screen.map(|(x, y)| turned(x, y).0 - left),
                width_m: None,
                first_row_m: None,
                rake_cm: None,
            },
            categories: self.categories,
            levels: self.levels,
            sections: self.sections,
            rows: Vec::new(),
            seats: Vec::new(),
        };
        // Rows of one section follow each other.
        self.rows.sort_by_key(|row| row.section);
        for row in self.rows {
            let start = chart.seats.len() as u32;
            let at = chart.rows.len() as u32;
            chart.seats.extend(row.seats.into_iter().map(|mut seat| {
                (seat.x, seat.y, seat.row) = (seat.x - left, seat.y - front, at);
                seat
            }));
            let seats = start..chart.seats.len() as u32;
            chart.rows.push(Row { label: Text::new(&row.label), section: row.section, seats });
        }
        let too_far = |seat: &&Seat| seat.x > MAX_COORDINATE || seat.y > MAX_COORDINATE;
        if let Some(seat) = chart.seats.iter().find(too_far) {
            let pitch = if (0.001..1e6).contains(&pitch) { pitch.to_string() } else { format!("{pitch:e}") };
            return refuse(format!(
                "seat {} is more than {MAX_COORDINATE} seat pitches away from another seat; the pitch was measured as {pitch} units",
                validate::quoted(seat.id.as_str())
            ));
        }
        chart.sort();
        number_rows(&mut chart, report);
        validate::check(&chart)?;
        Ok(chart)
    }
}

/// Rows without labels are numbered from the screen.
fn number_rows(chart: &mut Chart, report: &mut Report) {
    let taken: HashSet<(u16, String)> = chart.rows.iter().map(|row| (row.section, row.label.to_string())).collect();
    let (mut section, mut number, mut named) = (0, 0, 0);
    for row in &mut chart.rows {
        if row.section != section {
            (section, number) = (row.section, 0);
        }
        if row.label.is_empty() {
            number += 1;
            while taken.contains(&(section, number.to_string())) {
                number += 1;
            }
            row.label = Text::new(&number.to_string());
            named += 1;
        }
    }
    if named > 0 {
        report.warnings.push(format!("{named} rows have no label; they were numbered from the screen"));
    }
}

/// Puts the seats of a row in the order in which they stand, along the axis on which they extend further.
pub(super) fn line_up(seats: &mut [Seat]) {
    let extent = |of: fn(&Seat) -> f64| {
        let (low, high) =
            seats.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        high - low
    };
    if extent(|s| s.x) >= extent(|s| s.y) {
        seats.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    } else {
        seats.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    }
}

pub(super) fn distance(a: &Seat, b: &Seat) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// The median distance of seats that follow each other in a row, snapped to a whole number that is very near; `None`
/// where no two seats are apart.
pub(super) fn pitch(rows: &[DraftRow]) -> Option<f64> {
    let gaps = rows.iter().flat_map(|row| row.seats.windows(2).map(|pair| distance(&pair[0], &pair[1])));
    let gaps: Vec<f64> = gaps.filter(|gap| *gap > 0.0).collect();
    (!gaps.is_empty()).then(|| snapped(median(gaps)))
}

fn snapped(pitch: f64) -> f64 {
    let whole = pitch.round();
    if whole >= 1.0 && (pitch - whole).abs() <= SNAP * whole { whole } else { pitch }
}

/// The median distance of a seat to the nearest other one, measured at some hundred of them: what the pitch is about,
/// while it is not known yet what the rows are.
pub(super) fn nearest(seats: &[&Seat]) -> Option<f64> {
    const SAMPLES: usize = 400;
    // A hall has fewer seats in a strip as narrow as a pitch; a plan with all of its seats in one need not be measured
    // exactly.
    const LOOKS: usize = 4096;
    let mut sorted = seats.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let step = sorted.len().div_ceil(SAMPLES).max(1);
    let near = |at: usize| -> Option<f64> {
        let seat = sorted[at];
        let mut best = f64::INFINITY;
        let mut look = |other: &Seat| {
            let gap = distance(seat, other);
            if gap > 0.0 {
                best = best.min(gap);
            }
            (other.x - seat.x).abs() <= best
        };
        let _ = sorted[at + 1..].iter().take(LOOKS).all(|other| look(other));
        let _ = sorted[..at].iter().rev().take(LOOKS).all(|other| look(other));
        best.is_finite().then_some(best)
    };
    let gaps: Vec<f64> = (0..sorted.len()).step_by(step).filter_map(near).collect();
    (!gaps.is_empty()).then(|| median(gaps))
}

/// Splits the seats of one drawn row into the lines that they stand in, if there are several: the depths of one
/// line's seats differ by at most half a pitch.
pub(super) fn lines(row: DraftRow, pitch: f64, side: Side) -> Vec<DraftRow> {
    if !has_lines(&row.seats, pitch) {
        return vec![row];
    }
    let DraftRow { label, section, mut seats } = row;
    let depth = |seat: &Seat| match side {
        Side::Top | Side::Bottom => seat.y,
        Side::Left | Side::Right => seat.x,
    };
    seats.sort_by(|a, b| depth(a).total_cmp(&depth(b)));
    let mut lines = Vec::new();
    let mut line: Vec<Seat> = Vec::new();
    for seat in seats {
        if line.first().is_some_and(|first| depth(&seat) - depth(first) > pitch / 2.0) {
            lines.push(mem::take(&mut line));
        }
        line.push(seat);
    }
    lines.push(line);
    lines
        .into_iter()
        .map(|mut seats| {
            line_up(&mut seats);
            DraftRow { label: label.clone(), section, seats }
        })
        .collect()
}

/// Whether more than a fifth of the seats that follow each other along the row stand before or behind one another.
fn has_lines(seats: &[Seat], pitch: f64) -> bool {
    let Some((first, last)) = seats.first().zip(seats.last()) else { return false };
    let across = (last.x - first.x).abs() >= (last.y - first.y).abs();
    let step = |pair: &[Seat]| if across { pair[1].x - pair[0].x } else { pair[1].y - pair[0].y };
    let stacked =
        seats.windows(2).filter(|pair| step(pair).abs() < 0.3 * pitch && distance(&pair[0], &pair[1]) > 0.5 * pitch);
    5 * stacked.count() > seats.len()
}
