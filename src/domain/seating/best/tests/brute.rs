//! The first four rungs again, from the text alone: every block there is, in plain loops.

use super::*;
use std::cmp::Reverse;

/// A block with all that decides: its rung, and what is compared on that rung.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(super) struct Found {
    pub rung: Rung,
    pub key: (i64, i64, Reverse<i64>, i64, String),
    pub cost: f64,
    pub seats: Vec<SeatIx>,
}

pub(super) struct Brute<'a> {
    pub chart: &'a Chart,
    pub geometry: &'a Geometry,
    pub open: Vec<bool>,
    pub suits: Vec<bool>,
    pub size: usize,
}

fn whole(value: f64) -> i64 {
    (value * 1e9).round() as i64
}

impl Brute<'_> {
    /// Every block of the first four rungs, best first.
    pub fn all(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for run in self.geometry.runs() {
            for block in run.windows(self.size).filter(|block| self.can_be_had(block)) {
                let rung = if self.orphans(block) == 0 { Rung::L1 } else { Rung::L2 };
                found.push(self.found(rung, block.to_vec(), 0.0));
            }
        }
        for row in 0..self.chart.rows.len() as u32 {
            let runs: Vec<&[SeatIx]> = self.geometry.runs_of_row(row).map(|run| self.geometry.run(run)).collect();
            for two in runs.windows(2) {
                for left in 1..self.size {
                    let right = self.size - left;
                    let alone = left.min(right) < 2 && self.size > 3;
                    if alone || left > two[0].len() || right > two[1].len() {
                        continue;
                    }
                    let block = [&two[0][two[0].len() - left..], &two[1][..right]].concat();
                    if self.can_be_had(&block) {
                        found.push(self.found(Rung::L3, block, 0.0));
                    }
                }
            }
        }
        self.add_stacked(&mut found);
        found.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        found
    }

    fn add_stacked(&self, found: &mut Vec<Found>) {
        let (small, large) = (self.size / 2, self.size - self.size / 2);
        if small < 2 {
            return;
        }
        let blocks = |row: u32, size: usize| -> Vec<&[SeatIx]> {
            let runs = self.geometry.runs_of_row(row).map(|run| self.geometry.run(run));
            runs.flat_map(|run| run.windows(size)).filter(|block| self.can_be_had(block)).collect()
        };
        for front in 1..self.chart.rows.len() as u32 {
            for (a, b) in [(small, large), (large, small)] {
                for one in blocks(front - 1, a) {
                    for other in blocks(front, b) {
                        let x = |seat: &SeatIx| self.chart.seat(*seat).x;
                        let (from, to) = (|s: &[SeatIx]| x(&s[0]) - 0.5, |s: &[SeatIx]| x(&s[s.len() - 1]) + 0.5);
                        let overlap = to(one).min(to(other)) - from(one).max(from(other));
                        let half = (to(one) - from(one)).min(to(other) - from(other)) / 2.0;
                        if overlap < half - 1e-9 {
                            continue;
                        }
                        let middle = |seats: &[SeatIx]| seats.iter().map(x).sum::<f64>() / seats.len() as f64;
                        let added = 0.05 * (middle(one) - middle(other)).abs();
                        found.push(self.found(Rung::L4, [one, other].concat(), added));
                    }
                }
                if a == b {
                    break;
                }
            }
        }
    }

    fn can_be_had(&self, block: &[SeatIx]) -> bool {
        block.iter().all(|seat| self.open[seat.get()] && self.suits[seat.get()] && self.has_whole_couch(*seat, block))
    }

    fn has_whole_couch(&self, seat: SeatIx, block: &[SeatIx]) -> bool {
        let couch = self.chart.seat(seat).couch;
        couch.is_none()
            || self.chart.indices().filter(|&other| self.chart.seat(other).couch == couch).all(|o| block.contains(&o))
    }

    /// Open seats that stay alone and were not alone before. Half a couch that lacks its other half is not open.
    fn orphans(&self, block: &[SeatIx]) -> usize {
        let open = |seat: SeatIx| {
            let couch = self.chart.seat(seat).couch;
            let lacks =
                |other: SeatIx| couch.is_some() && self.chart.seat(other).couch == couch && !self.open[other.get()];
            self.open[seat.get()] && !self.chart.indices().any(lacks)
        };
        let length = |seat: SeatIx, is_open: &dyn Fn(SeatIx) -> bool| {
            let mut count = 1;
            for step in [Geometry::left, Geometry::right] {
                let mut at = seat;
                while let Some(next) = step(self.geometry, at).filter(|&next| is_open(next)) {
                    count += 1;
                    at = next;
                }
            }
            count
        };
        let after = |seat: SeatIx| open(seat) && !block.contains(&seat);
        let stays = self.chart.indices().filter(|&seat| after(seat));
        stays.filter(|&seat| length(seat, &after) == 1 && length(seat, &open) >= 2).count()
    }

    fn found(&self, rung: Rung, mut seats: Vec<SeatIx>, added: f64) -> Found {
        let count = seats.len() as f64;
        let mean = |value: &dyn Fn(SeatIx) -> f64| seats.iter().map(|&seat| value(seat)).sum::<f64>() / count;
        let cost = mean(&|seat| self.cost_with_couch(seat));
        let (x, y) = (mean(&|seat| self.chart.seat(seat).x), mean(&|seat| self.chart.seat(seat).y));
        seats.sort_by(|&a, &b| {
            let (a, b) = (self.chart.seat(a), self.chart.seat(b));
            (a.x, a.y).partial_cmp(&(b.x, b.y)).expect("numbers")
        });
        let first = seats.iter().filter(|&&s| self.chart.seat(s).x == self.chart.seat(seats[0]).x);
        let id = first.map(|&seat| self.chart.seat(seat).id.to_string()).min().unwrap_or_default();
        let key = (whole(cost + added), whole((x - self.focus().0).abs()), Reverse(whole(y)), whole(x), id);
        Found { rung, key, cost, seats }
    }

    /// The best spot and the measures: x, y, half the width, the depth.
    fn focus(&self) -> (f64, f64, f64, f64) {
        let xs: Vec<f64> = self.chart.seats.iter().map(|s| s.x).collect();
        let ys: Vec<f64> = self.chart.seats.iter().map(|s| s.y).collect();
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let or_one = |length: f64| if length == 0.0 { 1.0 } else { length };
        let depth = most(&ys) - least(&ys);
        let width = most(&xs) - least(&xs);
        ((least(&xs) + most(&xs)) / 2.0, least(&ys) + 2.0 / 3.0 * depth, or_one(width / 2.0), or_one(depth))
    }

    fn cost(&self, seat: SeatIx) -> f64 {
        let (xf, yf, hw, dp) = self.focus();
        let seat = self.chart.seat(seat);
        let beta = if seat.y < yf { 4.0 } else { 2.0 };
        ((seat.x - xf) / hw).powi(2) + beta * ((seat.y - yf) / dp).powi(2) + seat.quality
    }

    fn cost_with_couch(&self, seat: SeatIx) -> f64 {
        let couch = self.chart.seat(seat).couch;
        let halves: Vec<SeatIx> = match couch {
            Some(_) => self.chart.indices().filter(|&other| self.chart.seat(other).couch == couch).collect(),
            None => vec![seat],
        };
        halves.iter().map(|&half| self.cost(half)).sum::<f64>() / halves.len() as f64
    }
}
