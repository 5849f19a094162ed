//! Levels of the hall: a plan that draws floors over each other means floors, though it cannot say so.

use crate::domain::chart::draft::DraftRow;
use std::collections::HashMap;

/// Seats nearer to each other than this part of a pitch cannot be on one floor.
const NEAR: f64 = 0.5;
/// This share of such seats is taken for inaccuracy.
const TOLERANCE: f64 = 0.05;
/// Beyond so many floors a plan is taken for careless rather than high.
const MOST: usize = 32;

/// For each section the number of its level: the first level on which at most 5 % of its seats lie over seats of
/// others.
pub fn of_sections(rows: &[DraftRow], sections: usize, pitch: f64) -> Vec<u16> {
    let mut places: Vec<Vec<(f64, f64)>> = vec![Vec::new(); sections];
    for row in rows {
        places[usize::from(row.section)].extend(row.seats.iter().map(|seat| (seat.x / pitch, seat.y / pitch)));
    }
    let mut levels: Vec<Mesh> = Vec::new();
    let mut found = Vec::with_capacity(sections);
    for places in &places {
        let free = levels.iter().position(|level| level.has_room(places));
        let level = free.unwrap_or_else(|| {
            if levels.len() < MOST {
                levels.push(Mesh::default());
            }
            levels.len() - 1
        });
        levels[level].add(places);
        found.push(level as u16);
    }
    found
}

/// The seats of a level, by cells as wide as the limit. A few seats of a cell stand for all of them.
#[derive(Default)]
struct Mesh(HashMap<(i64, i64), Vec<(f64, f64)>>);

impl Mesh {
    const IN_A_CELL: usize = 4;

    fn cell((x, y): (f64, f64)) -> (i64, i64) {
        ((x / NEAR).floor() as i64, (y / NEAR).floor() as i64)
    }

    fn add(&mut self, places: &[(f64, f64)]) {
        for &place in places {
            let cell = self.0.entry(Self::cell(place)).or_default();
            if cell.len() < Self::IN_A_CELL {
                cell.push(place);
            }
        }
    }

    fn has_room(&self, places: &[(f64, f64)]) -> bool {
        let limit = TOLERANCE * places.len() as f64;
        let mut over = 0.0;
        for &place in places {
            if self.covers(place) {
                over += 1.0;
                if over > limit {
                    return false;
                }
            }
        }
        true
    }

    fn covers(&self, (x, y): (f64, f64)) -> bool {
        let (column, line) = Self::cell((x, y));
        let around =
            (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (column.saturating_add(dx), line.saturating_add(dy))));
        around.filter_map(|cell| self.0.get(&cell)).flatten().any(|(a, b)| (a - x).hypot(b - y) < NEAR)
    }
}
