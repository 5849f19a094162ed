//! Which row lies behind which.
//!
//! Rows whose depths differ by at most half a pitch are one line, such as the left and the right part of a row that are
//! labelled each by itself. Behind a row are the nearest rows further from the screen, of whatever section, at least in
//! part not hidden by others: two rows between which a third one lies are not one behind the other.

use super::cost::RowShape;
use crate::domain::chart::geometry::Axis;
use std::collections::BTreeMap;

/// Depths that differ by no more, in pitches, are those of one line.
const ONE_LINE: f64 = 0.5;
/// A section begins behind another if no more than this lies between their rows: a cross aisle, not a field.
const NEXT_SECTION: f64 = 4.0;

/// A stretch of a row that is shorter, in pitches, seats nobody.
const SEEN: f64 = 0.75;

/// So many rows are compared in all: more than a stadium of a quarter of a million seats needs.
const MOST_LOOKS: usize = 1 << 24;

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

    /// Each row with the rows behind it: those of the nearest line of which something is seen by who looks back from it,
    /// whatever their section, and those of the next line of its own section if no others hide them. Of a plan that has
    /// more of them than any hall, some.
    pub fn pairs(&self) -> Vec<(u32, u32)> {
        let mut floors: BTreeMap<(u16, Axis), Vec<u32>> = BTreeMap::new();
        for (row, shape) in filled(self.shapes) {
            floors.entry((shape.level, shape.axis)).or_default().push(row);
        }
        let next_in_section = self.next_in_section();
        let (mut pairs, mut looks) = (Vec::new(), MOST_LOOKS);
        for rows in floors.values_mut() {
            rows.sort_by(|&a, &b| self.depth(a).total_cmp(&self.depth(b)).then(a.cmp(&b)));
            for (at, &front) in rows.iter().enumerate() {
                let own = next_in_section.get(&front).copied().unwrap_or_default();
                let near = self.depth(front) + NEXT_SECTION;
                let until = own.iter().map(|&back| self.depth(back)).fold(near, f64::max);
                let mut seen = Seen::of(self.extent(front));
                // The depth of the nearest line of which something is seen.
                let mut first = None;
                for &back in rows[at + 1..].iter().take_while(|&&back| self.depth(back) <= until) {
                    looks = looks.saturating_sub(1);
                    if looks == 0 || pairs.len() == MOST_PAIRS || seen.is_full() {
                        break;
                    }
                    let depth = self.depth(back);
                    if depth - self.depth(front) <= ONE_LINE || !seen.add(self.extent(back), depth) {
                        continue;
                    }
                    let is_first = depth <= near && depth - *first.get_or_insert(depth) <= ONE_LINE;
                    if is_first || own.contains(&back) {
                        pairs.push((front, back));
                    }
                }
            }
        }
        pairs
    }

    /// For each row the next line of its section.
    fn next_in_section(&self) -> BTreeMap<u32, &[u32]> {
        let two = self.sections.values().flat_map(|lines| lines.windows(2));
        two.flat_map(|two| two[0].iter().map(move |&front| (front, two[1].as_slice()))).collect()
    }

    fn depth(&self, row: u32) -> f64 {
        self.shapes[row as usize].depth
    }

    fn extent(&self, row: u32) -> (f64, f64) {
        self.shapes[row as usize].extent
    }
}

/// What of a row's length has a row behind it already.
struct Seen {
    /// What has none, from left to right.
    open: Vec<(f64, f64)>,
    /// What has none but rows of the line that is looked at: what lies side by side hides nothing of each other.
    line: f64,
    after: Vec<(f64, f64)>,
}

impl Seen {
    fn of(extent: (f64, f64)) -> Self {
        Self { open: vec![extent], line: f64::NEG_INFINITY, after: vec![extent] }
    }

    fn is_full(&self) -> bool {
        self.after.is_empty()
    }

    /// Takes in a row at `depth`, not in front of those before. Says whether it is seen.
    fn add(&mut self, (from, to): (f64, f64), depth: f64) -> bool {
        if depth - self.line > ONE_LINE {
            self.line = depth;
            self.open.clone_from(&self.after);
        }
        let is_seen = self.open.iter().any(|open| open.1.min(to) - open.0.max(from) >= SEEN);
        let cut = |open: &(f64, f64)| [(open.0, open.1.min(from)), (open.0.max(to), open.1)];
        self.after = self.after.iter().flat_map(cut).filter(|open| open.1 - open.0 >= SEEN).collect();
        is_seen
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
