//! How the screen is seen from a seat: from the metres that a chart may give.
//!
//! A chart gives the screen's width, how far the first row is from it, and by how much each row is higher than the one
//! in front. The rest is what cinemas are built to: a row is 1.0 m deep for each seat pitch of y (charts drawn as
//! pictures have one row a pitch), a seat is 0.55 m wide, the screen has the wide format 2.39:1, and its lower edge is
//! at the height of the eyes in the first row.
//!
//! The measures are those of the trade: SMPTE EG 18 wants the screen to fill at least 30° and its top to be at most
//! 35° above the eye.

use super::best::Hall;
use crate::domain::{
    chart::{Chart, Screen, Seat},
    ids::SeatIx,
};

/// Metres between rows, for each unit of y.
const ROW_DEPTH_M: f64 = 1.0;
/// Metres between neighbours, for each unit of x.
const SEAT_WIDTH_M: f64 = 0.55;
/// The width of the wide format for a height of 1.
const SCREEN_RATIO: f64 = 2.39;
/// The top of the picture should not be higher above the eye, in degrees.
const HIGHEST_TOP: f64 = 35.0;
/// The screen should fill as much, in degrees.
const LEAST_SUBTENDED: f64 = 30.0;

/// How the screen is seen from a seat, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// How much of the view the screen's width fills.
    pub subtended_deg: f64,
    /// How far the top of the picture is above the eye; below 0, the eye is higher.
    pub top_deg: f64,
    /// How far the seat is from the screen's axis, seen from the middle of the screen; to either side.
    pub offset_deg: f64,
}

impl Sight {
    /// What it adds to the cost of a seat: 1 for each square of ten degrees by which a measure is missed.
    pub(super) fn cost(&self) -> f64 {
        let miss = |degrees: f64| (degrees.max(0.0) / 10.0) * (degrees.max(0.0) / 10.0);
        miss(self.top_deg - HIGHEST_TOP) + miss(LEAST_SUBTENDED - self.subtended_deg)
    }
}

/// How the screen is seen from a seat; `None` where the chart does not give the hall in metres, and on levels other
/// than that before the screen, since nothing tells how high they are.
pub fn sight(hall: Hall<'_>, seat: SeatIx) -> Option<Sight> {
    hall.costs.sight(hall.chart, seat)
}

/// A screen with its measures in metres, and the level that they are for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stage {
    level: u16,
    /// In seat pitches: the middle of the screen, and the first row.
    center_x: f64,
    front_y: f64,
    width_m: f64,
    first_row_m: f64,
    rise_m: f64,
}

impl Stage {
    /// `None` unless all three measures are given.
    pub fn of(screen: &Screen, level: u16, center_x: f64, front_y: f64) -> Option<Self> {
        let (width_m, first_row_m) = (screen.width_m?, screen.first_row_m?);
        let rise_m = screen.rake_cm? / 100.0;
        Some(Self { level, center_x, front_y, width_m, first_row_m, rise_m })
    }

    pub fn sight(&self, chart: &Chart, seat: &Seat) -> Option<Sight> {
        let section = &chart.sections[usize::from(chart.rows[seat.row as usize].section)];
        if section.level != self.level {
            return None;
        }
        let rows = seat.y - self.front_y;
        let away = self.first_row_m + rows * ROW_DEPTH_M;
        let aside = ((seat.x - self.center_x) * SEAT_WIDTH_M).abs();
        let top = self.width_m / SCREEN_RATIO - rows * self.rise_m;
        let half = self.width_m / 2.0;
        let angle = |opposite: f64| opposite.atan2(away).to_degrees();
        Some(Sight {
            subtended_deg: angle(aside + half) - angle(aside - half),
            top_deg: angle(top),
            offset_deg: angle(aside),
        })
    }
}
