//! What a seat costs: how far it is from the best spot of the hall, with what its flags and the operator say of it.
//!
//! In a cinema, with lengths in seat pitches over all seats of the level that contains the best spot,
//!
//! ```text
//! cost = ((x − xf) / hw)² + β · ((y − yf) / dp)² + flags + quality
//! ```
//!
//! `xf` is the screen's centre, else the middle of the seats; `yf` lies at two thirds of the depth, where sound
//! engineers calibrate; `hw` is half the width, `dp` the depth; β is 4 in front of the best spot and 2 behind it. Where
//! the chart knows the hall in metres, what the eye does not like is added (see [`Sight`]): a screen whose top is more
//! than 35° above it, or that is narrower than 30°.
//!
//! Before a stage, nearer is better: the cost is the squared distance, in pitches, from the middle of the first row.
//! Flags and the operator's opinion keep their weight there: they count in units of `hw²`.

use crate::domain::{
    chart::{
        Chart, Mode, Seat, SeatKind,
        geometry::{Axis, Geometry, axis},
    },
    ids::SeatIx,
    seating::sight::{Sight, Stage},
};
use std::collections::BTreeMap;

/// The best spot of a cinema, as a part of the depth.
const BEST_DEPTH: f64 = 2.0 / 3.0;
/// Being nearer to the screen than the best spot weighs more than being behind it.
const WEIGHT_IN_FRONT: f64 = 4.0;
const WEIGHT_BEHIND: f64 = 2.0;
/// Costs, lengths and angles are compared in these steps, so that the noise of sums never decides between equal seats.
const STEPS: f64 = 1e9;
/// The number of no couch.
const NO_COUCH: u32 = u32::MAX;

/// A value as it is compared.
pub(super) fn steps(value: f64) -> i64 {
    (value * STEPS).round() as i64
}

/// What the search for seats looks at again and again, in the order of the geometry (run by run, from left to right);
/// it follows from the chart and is computed once.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    pub(super) spots: Vec<Spot>,
    pub(super) rows: Vec<RowShape>,
    focus: Focus,
}

/// One place of the geometry's order: a seat, with its neighbours of the row on both sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub seat: SeatIx,
    pub run: u32,
    pub row: u32,
    couch: u32,
    pub category: u16,
    pub kind: SeatKind,
    pub x: f64,
    pub y: f64,
    pub cost: f64,
}

impl Spot {
    /// Whether both are parts of one couch.
    pub fn shares_couch(&self, other: &Self) -> bool {
        self.couch != NO_COUCH && self.couch == other.couch
    }

    pub fn is_couch(&self) -> bool {
        self.couch != NO_COUCH
    }

    /// Whether it is there for those in wheelchairs or for who comes with them.
    pub fn is_accessible(&self) -> bool {
        matches!(self.kind, SeatKind::Wheelchair | SeatKind::Companion)
    }
}

/// How a row lies in the hall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RowShape {
    pub section: u16,
    pub level: u16,
    /// The direction in which it extends.
    pub axis: Axis,
    /// Where it lies across that direction: its distance from the screen, unless it stands at the side of an arena.
    pub depth: f64,
    /// From where to where it reaches along that direction, a seat being one pitch wide.
    pub extent: (f64, f64),
    /// Its places, from and to, in the geometry's order.
    pub places: (u32, u32),
}

impl RowShape {
    /// Where a place lies along the row.
    pub fn along(&self, spot: &Spot) -> f64 {
        match self.axis {
            Axis::Across => spot.x,
            Axis::Along => spot.y,
        }
    }
}

/// The best spot, and the lengths by which the distance from it is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Focus {
    mode: Mode,
    x: f64,
    y: f64,
    half_width: f64,
    depth: f64,
    /// For a cinema whose measures are known in metres.
    stage: Option<Stage>,
}

impl Costs {
    /// For the whole hall: the best spot is on its lowest level.
    pub fn of(chart: &Chart, geometry: &Geometry) -> Self {
        let levels = chart.seats.iter().filter(|seat| counts(seat)).map(|seat| level_of(chart, seat));
        let lowest = levels.min_by_key(|&level| (chart.levels[usize::from(level)].order, level));
        Self::on(chart, geometry, lowest.unwrap_or_default())
    }

    /// With the best spot on one level, an index of [`Chart::levels`].
    pub fn on(chart: &Chart, geometry: &Geometry, level: u16) -> Self {
        Self::within(chart, geometry, level, &|section| chart.sections[usize::from(section)].level == level)
    }

    /// With the best spot in a part of one level: the sections, by index, that belong to it.
    pub fn within(chart: &Chart, geometry: &Geometry, level: u16, belongs: &dyn Fn(u16) -> bool) -> Self {
        let focus = Focus::of(chart, level, belongs);
        let couches = couch_means(chart, &focus);
        let spot = |run: usize, &ix: &SeatIx| {
            let seat = chart.seat(ix);
            let shared = seat.couch.and_then(|couch| couches.get(&couch).copied());
            Spot {
                seat: ix,
                run: run as u32,
                row: seat.row,
                couch: seat.couch.unwrap_or(NO_COUCH),
                category: seat.category,
                kind: seat.kind,
                x: seat.x,
                y: seat.y,
                cost: shared.unwrap_or_else(|| focus.cost(chart, seat)),
            }
        };
        let mut spots = Vec::with_capacity(chart.seats.len());
        for (run, seats) in geometry.runs().enumerate() {
            spots.extend(seats.iter().map(|seat| spot(run, seat)));
        }
        let mut rows = Vec::with_capacity(chart.rows.len());
        let mut start = 0;
        for (at, row) in chart.rows.iter().enumerate() {
            let end = start + row.seats.len();
            let axis = axis(chart, at);
            let across = |spot: &Spot| if axis == Axis::Across { spot.y } else { spot.x };
            let depth = spots[start..end].iter().map(across).sum::<f64>() / row.seats.len().max(1) as f64;
            let along = spots[start..end].iter().map(|spot| if axis == Axis::Across { spot.x } else { spot.y });
            let extent =
                along.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), at| (from.min(at - 0.5), to.max(at + 0.5)));
            let level = chart.sections[usize::from(row.section)].level;
            rows.push(RowShape {
                section: row.section,
                level,
                axis,
                depth,
                extent,
                places: (start as u32, end as u32),
            });
            start = end;
        }
        Self { spots, rows, focus }
    }

    /// The x of the best spot.
    pub(super) fn x(&self) -> f64 {
        self.focus.x
    }

    /// How the screen is seen from a seat, where the chart gives the hall in metres; `None` on other levels than that
    /// of the best spot, since nothing tells how high they are.
    pub fn sight(&self, chart: &Chart, seat: SeatIx) -> Option<Sight> {
        self.focus.stage?.sight(chart, chart.seat(seat))
    }
}

fn level_of(chart: &Chart, seat: &Seat) -> u16 {
    chart.sections[usize::from(chart.rows[seat.row as usize].section)].level
}

/// Whether a place belongs to the extents of a level: where people stand says nothing of where the rows are.
fn counts(seat: &Seat) -> bool {
    seat.kind != SeatKind::Standing
}

/// For each couch the mean cost of its places.
fn couch_means(chart: &Chart, focus: &Focus) -> BTreeMap<u32, f64> {
    let mut sums: BTreeMap<u32, (f64, u32)> = BTreeMap::new();
    for (couch, seat) in chart.seats.iter().filter_map(|seat| Some((seat.couch?, seat))) {
        let (sum, count) = sums.entry(couch).or_default();
        *sum += focus.cost(chart, seat);
        *count += 1;
    }
    sums.into_iter().map(|(couch, (sum, count))| (couch, sum / f64::from(count))).collect()
}

impl Focus {
    fn of(chart: &Chart, level: u16, belongs: &dyn Fn(u16) -> bool) -> Self {
        let here = |seat: &&Seat| counts(seat) && belongs(chart.rows[seat.row as usize].section);
        let seats = || chart.seats.iter().filter(here);
        let (left, right) = span(seats().map(|s| s.x));
        let (front, back) = span(seats().map(|s| s.y));
        let x = chart.screen.center.unwrap_or(f64::midpoint(left, right));
        let y = match chart.mode {
            Mode::Cinema => front + BEST_DEPTH * (back - front),
            Mode::Theatre | Mode::Arena => front,
        };
        let stage = (chart.mode == Mode::Cinema).then(|| Stage::of(&chart.screen, level, x, front)).flatten();
        // One row has no depth, one column no width: then a pitch is the measure.
        let positive = |length: f64| if length > 0.0 { length } else { 1.0 };
        Self {
            mode: chart.mode,
            x,
            y,
            half_width: positive((right - left) / 2.0),
            depth: positive(back - front),
            stage,
        }
    }

    fn cost(&self, chart: &Chart, seat: &Seat) -> f64 {
        let (dx, dy) = (seat.x - self.x, seat.y - self.y);
        let opinion = seat.flags.iter().map(|flag| flag_cost(flag)).sum::<f64>() + seat.quality;
        match self.mode {
            Mode::Cinema => {
                let weight = if dy < 0.0 { WEIGHT_IN_FRONT } else { WEIGHT_BEHIND };
                let (across, along) = (dx / self.half_width, dy / self.depth);
                let seen = self.stage.and_then(|stage| stage.sight(chart, seat)).map_or(0.0, |sight| sight.cost());
                across * across + weight * (along * along) + opinion + seen
            }
            Mode::Theatre | Mode::Arena => dx * dx + dy * dy + self.half_width * self.half_width * opinion,
        }
    }
}

fn flag_cost(flag: &str) -> f64 {
    match flag {
        "restricted-view" | "restrictedView" => 0.5,
        "limited-legroom" | "limitedLegroom" | "vertigo" => 0.1,
        _ => 0.0,
    }
}

/// The least and the greatest; 0 and 0 of nothing.
fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low <= high { (low, high) } else { (0.0, 0.0) }
}
