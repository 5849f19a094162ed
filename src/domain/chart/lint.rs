//! What is wrong or doubtful in a chart.

use super::{Admission, Chart, Seat, SeatKind, geometry::Geometry};
use crate::domain::{ids::SeatIx, text};
use std::collections::{BTreeMap, HashMap};

/// Seats of one level nearer to each other than this many pitches lie over each other.
const OVERLAP: f64 = 0.5;
/// Seats nearer than this are one seat that is written twice.
const SAME_PLACE: f64 = 0.01;
/// Sections of one level that share more than this part of their seats' places are taken for two levels.
const SHARED: f64 = 0.05;
/// Seats nearer than this many pitches have no aisle between them.
const NEIGHBOUR: f64 = 1.3;
/// No aisle, foyer or field of play is this many pitches wide.
const FAR: f64 = 200.0;
/// The longest list of one kind of finding; more of it is counted.
const MOST: usize = 20;

/// The linter's report. Errors make a chart unusable; warnings are worth a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub errors: Vec<String>,
    pub warnings: Vec<String>,
}

impl Report {
    /// Both reports, this one first.
    pub fn and(mut self, other: Self) -> Self {
        self.errors.extend(other.errors);
        self.warnings.extend(other.warnings);
        self
    }
}

/// Looks for all that can be wrong in a chart, each finding a sentence that names the seat.
pub fn check(chart: &Chart) -> Report {
    let geometry = Geometry::of(chart);
    let mut report = Report::default();
    let (one_place, overlapping) = overlapping_seats(chart);
    let errors =
        [duplicate_ids(chart), odd_couches(chart, &geometry), unnamed_categories(chart), empty_areas(chart), one_place];
    for found in errors {
        report.errors.extend(shortened(found));
    }
    if chart.sellable() == 0 {
        report.errors.push("there is no seat that can be sold".to_owned());
    }
    for found in [
        duplicate_labels(chart),
        overlapping,
        overlapping_sections(chart),
        far_seats(chart),
        walled_runs(chart, &geometry),
        unused_categories(chart),
        rows_without_seats(chart),
        lonely_wheelchairs(chart, &geometry),
        unknown_screen_measures(chart),
    ] {
        report.warnings.extend(shortened(found));
    }
    report
}

fn shortened(mut found: Vec<String>) -> Vec<String> {
    if found.len() > MOST {
        let more = found.len() - MOST;
        found.truncate(MOST);
        found.push(format!("… and {more} more like it"));
    }
    found
}

fn duplicate_ids(chart: &Chart) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for seat in &chart.seats {
        *count.entry(seat.id.as_str()).or_default() += 1;
    }
    let twice = count.into_iter().filter(|&(_, times)| times > 1);
    twice.map(|(id, times)| format!("seat id {} is used {times} times", short(id))).collect()
}

/// Seats of one section that a ticket could not tell apart.
fn duplicate_labels(chart: &Chart) -> Vec<String> {
    let mut count: BTreeMap<(u16, &str, &str), usize> = BTreeMap::new();
    for ix in chart.indices() {
        let row = chart.row_of(ix);
        *count.entry((row.section, row.label.as_str(), chart.seat(ix).label.as_str())).or_default() += 1;
    }
    let twice = count.into_iter().filter(|&(_, times)| times > 1);
    let words = |((section, row, number), times): ((u16, &str, &str), usize)| {
        let section = short(chart.sections[section as usize].name.as_str());
        format!("section {section}: {times} seats are labelled row {} seat {}", short(row), short(number))
    };
    twice.map(words).collect()
}

/// A couch is two neighbours.
fn odd_couches(chart: &Chart, geometry: &Geometry) -> Vec<String> {
    let mut couches: BTreeMap<u32, Vec<SeatIx>> = BTreeMap::new();
    let mut found = Vec::new();
    for ix in chart.indices() {
        let seat = chart.seat(ix);
        match (seat.couch, seat.kind) {
            (Some(couch), SeatKind::Couch) => couches.entry(couch).or_default().push(ix),
            (None, SeatKind::Couch) => found.push(format!("seat {} is half of no couch", name(chart, ix))),
            (Some(_), _) => found.push(format!("seat {} belongs to a couch but is none", name(chart, ix))),
            (None, _) => {}
        }
    }
    for seats in couches.into_values() {
        let first = name(chart, seats[0]);
        match seats[..] {
            [a, b] if geometry.right(a) == Some(b) || geometry.left(a) == Some(b) => {}
            [_, b] => {
                found.push(format!("the couch at {first} has its other half at {}, not beside it", name(chart, b)))
            }
            _ => found.push(format!("the couch at {first} has {} places; a couch has two", seats.len())),
        }
    }
    found
}

fn unnamed_categories(chart: &Chart) -> Vec<String> {
    let used = categories_in_use(chart);
    let unnamed =
        chart.categories.iter().zip(&used).filter(|(category, seat)| seat.is_some() && category.name.is_empty());
    let words = |(category, &seat): (&super::Category, &Option<SeatIx>)| {
        let seat = seat.map(|ix| name(chart, ix)).unwrap_or_default();
        format!("category {} has no name; seat {seat} is in it", short(&category.id))
    };
    unnamed.map(words).collect()
}

fn unused_categories(chart: &Chart) -> Vec<String> {
    let used = categories_in_use(chart);
    let unused = chart.categories.iter().zip(used).filter(|(_, seat)| seat.is_none());
    unused.map(|(category, _)| format!("category {} has no seats", short(&category.id))).collect()
}

/// For each category the first of its seats.
fn categories_in_use(chart: &Chart) -> Vec<Option<SeatIx>> {
    let mut used = vec![None; chart.categories.len()];
    for ix in chart.indices() {
        used[chart.seat(ix).category as usize].get_or_insert(ix);
    }
    used
}

fn rows_without_seats(chart: &Chart) -> Vec<String> {
    let empty_rows = chart.rows.iter().filter(|row| row.seats.is_empty());
    let in_section = |row: &super::Row| short(chart.sections[row.section as usize].name.as_str());
    let rows =
        empty_rows.map(|row| format!("section {}: row {} has no seats", in_section(row), short(row.label.as_str())));
    let mut filled = vec![false; chart.sections.len()];
    for row in &chart.rows {
        filled[row.section as usize] |= !row.seats.is_empty();
    }
    let empty_sections = chart.sections.iter().zip(filled);
    let empty_sections = empty_sections.filter(|(section, filled)| !filled && section.admission == Admission::Seats);
    rows.chain(empty_sections.map(|(section, _)| format!("section {} has no seats", short(section.name.as_str()))))
        .collect()
}

/// Pairs of seats of one level that stand in the very same place, and those that lie over each other.
fn overlapping_seats(chart: &Chart) -> (Vec<String>, Vec<String>) {
    let (same, near): (Vec<_>, Vec<_>) =
        overlaps(chart).partition(|&(ix, other)| distance(chart, ix, other) < SAME_PLACE);
    let words = |pairs: Vec<(SeatIx, SeatIx)>, are: &str| {
        // A plan that lies over itself would give as many findings as it has seats.
        let pairs = pairs.into_iter().take(MOST + 1);
        pairs.map(|(ix, other)| format!("seat {} {are} seat {}", name(chart, ix), name(chart, other))).collect()
    };
    (words(same, "stands in the same place as"), words(near, "lies over"))
}

/// Sections that share more of their places than drawing inaccurately explains.
fn overlapping_sections(chart: &Chart) -> Vec<String> {
    let mut pairs: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let mut seats = vec![0; chart.sections.len()];
    chart.rows.iter().for_each(|row| seats[row.section as usize] += row.seats.len());
    for (ix, other) in overlaps(chart) {
        let (a, b) = (chart.row_of(other).section.into(), chart.row_of(ix).section.into());
        if a != b {
            *pairs.entry((a, b)).or_default() += 1;
        }
    }
    let over = pairs
        .into_iter()
        .filter(|&((a, b), count)| count as f64 > SHARED * seats[a as usize].min(seats[b as usize]) as f64);
    let words = |((a, b), count): ((u32, u32), usize)| {
        let section = |at: u32| short(chart.sections[at as usize].name.as_str());
        format!(
            "sections {} and {} lie over each other ({count} seats); are they on two levels?",
            section(a),
            section(b)
        )
    };
    over.map(words).collect()
}

/// Each seat that lies over one before it on the same level, with that one; found through a mesh of cells as wide as
/// the limit. Standing places have no place of their own.
fn overlaps(chart: &Chart) -> impl Iterator<Item = (SeatIx, SeatIx)> {
    type Cell = (u16, i32, i32);
    let mut mesh: HashMap<Cell, SeatIx> = HashMap::new();
    chart.indices().filter(|&ix| !chart.is_standing(ix)).filter_map(move |ix| {
        let seat = chart.seat(ix);
        let (level, column, line) =
            (chart.section_of(ix).level, (seat.x / OVERLAP).floor() as i32, (seat.y / OVERLAP).floor() as i32);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (level, column + dx, line + dy)));
        let near = |other: SeatIx| distance(chart, ix, other) < OVERLAP;
        let other = around.filter_map(|cell| mesh.get(&cell).copied()).find(|&other| near(other));
        mesh.entry((level, column, line)).or_insert(ix);
        other.map(|other| (ix, other))
    })
}

fn distance(chart: &Chart, a: SeatIx, b: SeatIx) -> f64 {
    let (a, b) = (chart.seat(a), chart.seat(b));
    (a.x - b.x).hypot(a.y - b.y)
}

/// Seats so far from the rest of the hall that they were put there by mistake.
fn far_seats(chart: &Chart) -> Vec<String> {
    let mut found = Vec::new();
    for of in [|seat: &Seat| seat.x, |seat: &Seat| seat.y] {
        let mut order: Vec<SeatIx> = chart.indices().collect();
        let place = |ix: &SeatIx| of(chart.seat(*ix));
        order.sort_by(|a, b| place(a).total_cmp(&place(b)));
        let gaps = order.windows(2).enumerate().filter(|(_, pair)| place(&pair[1]) - place(&pair[0]) > FAR);
        found.extend(gaps.map(|(at, pair)| {
            // The smaller part is the one that is out of place.
            let outside = if 2 * (at + 1) > order.len() { pair[1] } else { pair[0] };
            let gap = (place(&pair[1]) - place(&pair[0])).round();
            format!("seat {} lies {gap} seat pitches away from the rest of the hall", name(chart, outside))
        }));
    }
    found
}

/// Runs that the chart divides from their row where there is no space to walk.
fn walled_runs(chart: &Chart, geometry: &Geometry) -> Vec<String> {
    let touches = |a: Option<&SeatIx>, b: Option<&SeatIx>| {
        a.zip(b).is_some_and(|(&a, &b)| !chart.is_standing(a) && distance(chart, a, b) <= NEIGHBOUR)
    };
    let mut found = Vec::new();
    for row in 0..chart.rows.len() as u32 {
        let runs: Vec<&[SeatIx]> = geometry.runs_of_row(row).map(|run| geometry.run(run)).collect();
        for three in runs.windows(3) {
            let run = three[1];
            if touches(three[0].last(), run.first()) && touches(run.last(), three[2].first()) {
                let first = run.first().map(|&ix| name(chart, ix)).unwrap_or_default();
                found.push(format!("nobody can walk to the seats from {first} on: there is no space at either end"));
            }
        }
    }
    found
}

/// General admission for nobody.
fn empty_areas(chart: &Chart) -> Vec<String> {
    let mut filled = vec![false; chart.sections.len()];
    chart.rows.iter().for_each(|row| filled[row.section as usize] |= !row.seats.is_empty());
    let empty = chart.sections.iter().zip(filled);
    let empty = empty.filter(|(section, filled)| section.admission == Admission::General && !filled);
    empty.map(|(section, _)| format!("area {} has no capacity", short(section.name.as_str()))).collect()
}

fn lonely_wheelchairs(chart: &Chart, geometry: &Geometry) -> Vec<String> {
    let companion = |seat: Option<SeatIx>| seat.is_some_and(|ix| chart.seat(ix).kind == SeatKind::Companion);
    let lonely = chart.indices().filter(|&ix| {
        let wheelchair = chart.seat(ix).kind == SeatKind::Wheelchair;
        wheelchair && !companion(geometry.left(ix)) && !companion(geometry.right(ix))
    });
    lonely.map(|ix| format!("wheelchair space {} has no companion place beside it", name(chart, ix))).collect()
}

fn unknown_screen_measures(chart: &Chart) -> Vec<String> {
    let screen = &chart.screen;
    let measures = [screen.width_m, screen.first_row_m, screen.rake_cm].iter().flatten().count();
    let partly = measures > 0 && measures < 3;
    let mut found = Vec::new();
    if partly {
        found.push("the screen has some measures; width_m, first_row_m and rake_cm belong together".to_owned());
    }
    if screen.label.is_empty() {
        found.push("the screen has no label".to_owned());
    }
    found
}

fn name(chart: &Chart, seat: SeatIx) -> String {
    short(chart.seat(seat).id.as_str())
}

fn short(raw: &str) -> String {
    text::fit(raw, 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{chart::halls, text::Text};

    #[test]
    fn the_halls_of_the_demo_cinema_are_faultless() {
        for chart in halls::all() {
            assert_eq!(check(&chart), Report::default(), "{}", chart.name);
        }
    }

    #[test]
    fn each_fault_is_a_sentence_that_names_the_seat() {
        type Harm = fn(&mut Chart);
        let cases: [(Harm, &str); 14] = [
            (|c| c.seats[1].id = c.seats[0].id.clone(), "seat id main/A/1 is used 2 times"),
            (|c| c.seats[1].label = Text::new("1"), "section main: 2 seats are labelled row A seat 1"),
            (|c| (c.seats[1].x, c.seats[1].y) = (0.0, 0.0), "seat main/A/2 stands in the same place as seat main/A/1"),
            (|c| (c.seats[1].x, c.seats[1].y) = (0.3, 0.1), "seat main/A/2 lies over seat main/A/1"),
            (
                |c| c.categories.push(super::super::Category { id: "vip".into(), ..c.categories[0].clone() }),
                "category vip has no seats",
            ),
            (|c| c.categories[0].name = Text::default(), "category std has no name; seat main/A/1 is in it"),
            (|c| c.seats[2].kind = SeatKind::Seat, "wheelchair space main/A/4 has no companion place beside it"),
            (|c| c.seats[4].couch = None, "seat main/B/1 is half of no couch"),
            (|c| c.seats[0].couch = Some(9), "seat main/A/1 belongs to a couch but is none"),
            (|c| c.seats[5].couch = Some(7), "the couch at main/B/2 has 1 places; a couch has two"),
            (|c| c.seats[4].next = Some(false), "the couch at main/B/1 has its other half at main/B/2, not beside it"),
            (
                |c| c.rows.push(super::super::Row { label: "C".into(), section: 0, seats: 7..7 }),
                "section main: row C has no seats",
            ),
            (|c| c.screen.width_m = Some(9.0), "width_m, first_row_m and rake_cm belong together"),
            (|c| c.seats.iter_mut().for_each(|s| s.kind = SeatKind::Blocked), "there is no seat that can be sold"),
        ];
        for (harm, sentence) in cases {
            let mut chart = halls::drawn("A sscw\nB []s");
            assert_eq!(check(&chart), Report::default());
            harm(&mut chart);
            let Report { errors, warnings } = check(&chart);
            assert!(
                errors.iter().chain(&warnings).any(|s| s.contains(sentence)),
                "{sentence}: {errors:?} {warnings:?}"
            );
        }
    }

    #[test]
    fn a_plan_that_lies_over_itself_is_reported_shortly() {
        let mut chart = halls::hall(halls::GRAND);
        chart.seats.iter_mut().for_each(|seat| (seat.x, seat.y) = (0.0, 0.0));
        let report = check(&chart);
        assert_eq!(report.errors.iter().filter(|error| error.contains("stands in the same place as")).count(), MOST);
        chart.seats.iter_mut().zip(0..).for_each(|(seat, at)| seat.x = f64::from(at) / 50.0);
        assert_eq!(check(&chart).warnings.iter().filter(|warning| warning.contains("lies over")).count(), MOST);
    }
}
