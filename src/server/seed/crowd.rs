//! Who has bought before anybody looks: groups of two to four, around the best spot of the hall first, so that a
//! map looks like a real evening. The same show always has the same crowd.

use crate::domain::chart::{Chart, SeatKind};
use std::collections::HashMap;

/// Seats further apart than this, in seat pitches, have an aisle between them.
const NEIGHBOUR: f64 = 1.3;
/// Rows in front of the best spot are less liked than those behind it.
const IN_FRONT: f64 = 4.0;
const BEHIND: f64 = 2.0;
/// How much taste differs.
const TASTE: f64 = 0.8;

/// Groups of seats, by place in the chart, for the show with this number: 5 to 90 % of the hall.
pub fn parties(chart: &Chart, show: i64) -> Vec<Vec<u32>> {
    let mut dice = Dice(show.unsigned_abs());
    let share = 5 + (dice.below(86) * dice.below(86)) / 85;
    let target = chart.sellable() * share / 100;
    let mut windows = windows(chart, &mut dice);
    windows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut taken = vec![false; chart.seats.len()];
    let (mut sold, mut parties) = (0, Vec::new());
    for (_, seats) in windows {
        if sold >= target {
            break;
        }
        if seats.iter().all(|&ix| !taken[ix as usize]) {
            seats.iter().for_each(|&ix| taken[ix as usize] = true);
            sold += seats.len();
            parties.push(seats);
        }
    }
    parties
}

/// Every place where a group could sit, with how little it is liked.
fn windows(chart: &Chart, dice: &mut Dice) -> Vec<(f64, Vec<u32>)> {
    let costs = costs(chart);
    let mut couches: HashMap<u32, usize> = HashMap::new();
    for seat in &chart.seats {
        if let Some(couch) = seat.couch {
            *couches.entry(couch).or_default() += 1;
        }
    }
    let mut windows = Vec::new();
    for row in &chart.rows {
        for first in row.seats.clone() {
            let size = 2 + dice.below(3) as u32;
            let seats: Vec<u32> = (first..(first + size).min(row.seats.end)).collect();
            if seats.len() as u32 == size && sit_together(chart, &seats, &couches) {
                let mean = seats.iter().map(|&ix| costs[ix as usize]).sum::<f64>() / size as f64;
                windows.push((mean + TASTE * dice.below(1000) as f64 / 1000.0, seats));
            }
        }
    }
    windows
}

/// Ordinary seats side by side, and no couch torn apart.
fn sit_together(chart: &Chart, seats: &[u32], couches: &HashMap<u32, usize>) -> bool {
    let seat = |ix: &u32| &chart.seats[*ix as usize];
    let ordinary = seats.iter().all(|ix| matches!(seat(ix).kind, SeatKind::Seat | SeatKind::Couch));
    let close = seats.windows(2).all(|pair| {
        let (a, b) = (seat(&pair[0]), seat(&pair[1]));
        a.next.unwrap_or((a.x - b.x).hypot(a.y - b.y) <= NEIGHBOUR)
    });
    let whole = seats.iter().all(|ix| {
        seat(ix).couch.is_none_or(|couch| {
            seats.iter().filter(|other| seat(other).couch == Some(couch)).count()
                == couches.get(&couch).copied().unwrap_or(0)
        })
    });
    ordinary && close && whole
}

/// How far each seat is from the middle of the row two thirds back.
fn costs(chart: &Chart) -> Vec<f64> {
    let range = |of: fn(&crate::domain::chart::Seat) -> f64| {
        chart.seats.iter().map(of).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((left, right), (front, back)) = (range(|s| s.x), range(|s| s.y));
    let (middle, best) = ((left + right) / 2.0, front + (back - front) * 2.0 / 3.0);
    let (half, depth) = (((right - left) / 2.0).max(1.0), (back - front).max(1.0));
    let cost = |x: f64, y: f64| {
        let weight = if y < best { IN_FRONT } else { BEHIND };
        ((x - middle) / half).powi(2) + weight * ((y - best) / depth).powi(2)
    };
    chart.seats.iter().map(|seat| cost(seat.x, seat.y)).collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit.max(1) as u64) as usize
    }
}
