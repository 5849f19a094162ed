//! Which row lies behind which.
//!
//! Rows of a section whose depths differ by at most half a pitch are one line, such as the left and the right part of a
//! row that are labelled each by itself. The rows of a line have behind them those of the next line of their section;
//! those of its last line have the first lines of the next sections, if those begin within a few pitches.

use super::cost::RowShape;
use crate::domain::chart::geometry::Axis;
use std::collections::BTreeMap;

/// Depths that differ by no more, in pitches, are those of one line.
const ONE_LINE: f64 = 0.5;
/// A section begins behind another if no more than this lies between their rows: a cross aisle, not a field.
const NEXT_SECTION: f64 = 4.0;

/// Lines have a few rows each. A plan that lies over itself may have all of its rows in two lines, and the pairs of
/// them would fill the memory.
const MOST_PAIRS: usize = 1 << 20;

/// Rows in lines, from the front.
pub(super) type Lines = Vec<Vec<u32>>;

pub(super) struct Rows<'a> {
    shapes: &'a [RowShape],
    /// For each section and direction of its rows, its lines.
    sections: BTreeMap<(u16, Axis), Lines>,
}

impl<'a> Rows<'a> {
    pub fn of(shapes: &'a [RowShape]) -> Self {
        let mut sections: BTreeMap<(u16, Axis), Vec<u32>> = BTreeMap::new();
        for (row, shape) in filled(shapes) {
            sections.entry((shape.section, shape.axis)).or_default().push(row);
        }
        let sections = sections.into_iter().map(|(key, rows)| (key, in_lines(shapes, rows))).collect();
        Self { shapes, sections }
    }

    /// The lines of each section.
    pub fn by_section(&self) -> impl Iterator<Item = &Lines> {
        self.sections.values()
    }

    /// The lines of each level, over all its sections.
    pub fn by_level(&self) -> Vec<Lines> {
        let mut levels: BTreeMap<(u16, Axis), Vec<u32>> = BTreeMap::new();
        for (row, shape) in filled(self.shapes) {
            levels.entry((shape.level, shape.axis)).or_default().push(row);
        }
        levels.into_values().map(|rows| in_lines(self.shapes, rows)).collect()
    }

    /// Each row with a row behind it; of a plan that has more of them than any hall, some.
    pub fn pairs(&self) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        let mut join = |front: &[u32], back: &[u32]| {
            let all = front.iter().flat_map(|&front| back.iter().map(move |&back| (front, back)));
            let room = MOST_PAIRS - pairs.len();
            pairs.extend(all.take(room));
        };
        for lines in self.sections.values() {
            for two in lines.windows(2) {
                join(&two[0], &two[1]);
            }
        }
        let shape = |line: &[u32]| &self.shapes[line[0] as usize];
        for (key, lines) in &self.sections {
            let Some(last) = lines.last() else { continue };
            let level = shape(last).level;
            let others = self.sections.iter().filter(|(other, _)| other.0 != key.0 && other.1 == key.1);
            for first in others.filter_map(|(_, lines)| lines.first()).filter(|first| shape(first).level == level) {
                let gap = shape(first).depth - shape(last).depth;
                if gap > ONE_LINE && gap <= NEXT_SECTION {
                    join(last, first);
                }
            }
        }
        pairs
    }
}

/// The rows that have places.
fn filled(shapes: &[RowShape]) -> impl Iterator<Item = (u32, &RowShape)> {
    (0u32..).zip(shapes).filter(|(_, shape)| shape.places.0 < shape.places.1)
}

fn in_lines(shapes: &[RowShape], mut rows: Vec<u32>) -> Lines {
    let depth = |row: u32| shapes[row as usize].depth;
    rows.sort_by(|&a, &b| depth(a).total_cmp(&depth(b)).then(a.cmp(&b)));
    let mut lines: Lines = Vec::new();
    for row in rows {
        match lines.last_mut() {
            Some(line) if depth(row) - depth(line[0]) <= ONE_LINE => line.push(row),
            _ => lines.push(vec![row]),
        }
    }
    lines
}
