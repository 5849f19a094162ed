//! pretix seating plans (schema 0.0.1): read with tolerance and reported on truly; written so that pretix accepts
//! them.
//!
//! A pretix plan knows seats, rows, zones and drawings. It does not know levels, aisles, the screen's side, couches,
//! or wheelchair spaces; these follow from coordinates and names here, and whatever was guessed is reported. Plans
//! that were written by [`export`] say all of it (see `carried`).

mod carried;
pub mod export;
mod fields;
pub(super) mod form;
mod levels;
mod rows;
pub(super) mod screen;

use super::{
    Admission, Level, Seat, SeatKind, Section, Side,
    cinechart::ChartError,
    draft::{Draft, DraftRow, line_up, lines, nearest, pitch},
    import::{Imported, Options, many},
    lint::Report,
    names::{Categories, Change, Ids},
    validate::{MAX_CATEGORIES, MAX_SEATS, MAX_SECTIONS, check_count, quoted, refuse},
};
use crate::domain::{ids::SeatId, text::Text};
use form::{PlanForm, RowForm, SeatForm, ZoneForm};
use std::collections::{BTreeMap, HashMap};

/// Reads a plan.
pub(super) fn read(json: &str, options: &Options) -> Result<Imported, ChartError> {
    let plan: PlanForm = super::json::typed(json)?;
    check_size(&plan)?;
    let mut report = Report::default();
    report_differences(json, options, &mut report);
    match carried::find(&plan) {
        Some(carried) if carried.fits(&plan) => {
            let chart = carried.restore(&plan)?;
            let side = options.screen.unwrap_or(chart.screen.side);
            return Ok(Imported { chart: chart.facing(side), report });
        }
        Some(_) => report.warnings.push(
            "the plan was written by frontrow and changed since; it was read like one of another program".to_owned(),
        ),
        None => {}
    }
    let mut reader = Reader { report, ..Reader::default() };
    let draft = reader.draft(&plan, options)?;
    let chart = draft.finish(&mut reader.report)?;
    Ok(Imported { chart, report: reader.report })
}

fn check_size(plan: &PlanForm) -> Result<(), ChartError> {
    let rows = || plan.zones.iter().flat_map(|zone| &zone.rows);
    check_count("zones", plan.zones.len(), MAX_SECTIONS)?;
    check_count("categories", plan.categories.len(), MAX_CATEGORIES)?;
    check_count("rows", rows().count(), MAX_SEATS)?;
    let seats = rows().map(|row| row.seats.len()).sum();
    check_count("seats", seats, MAX_SEATS)?;
    if seats == 0 { refuse("the plan has no seats") } else { Ok(()) }
}

/// What the schema does not know or misses. pretix refuses it; read strictly, it is an error.
fn report_differences(json: &str, options: &Options, report: &mut Report) {
    let found = fields::differences(json);
    let list = if options.strict { &mut report.errors } else { &mut report.warnings };
    for ((object, field), count) in found.unknown {
        list.push(format!("{object} has the unknown field {} ({})", quoted(&field), many(count, "time")));
    }
    for ((object, field), count) in found.missing {
        list.push(format!("{object} has no field {} ({})", quoted(field), many(count, "time")));
    }
}

/// What is learnt on the way through a plan.
#[derive(Default)]
struct Reader {
    report: Report,
    categories: Categories,
    by_name: HashMap<String, u16>,
    seat_ids: Ids,
    cleaned: Vec<String>,
    duplicates: Vec<String>,
    nameless: usize,
    dangling: BTreeMap<String, usize>,
    /// Seat numbers that repeated their row's label.
    repeated: usize,
}

impl Reader {
    fn draft(&mut self, plan: &PlanForm, options: &Options) -> Result<Draft, ChartError> {
        for category in &plan.categories {
            if self.by_name.contains_key(&category.name.0) {
                self.report.errors.push(format!("two categories are named {}", quoted(&category.name.0)));
            } else {
                let at = self.categories.add(&category.name.0, &category.color.0);
                self.by_name.insert(category.name.0.clone(), at);
            }
        }
        // A zone without seats is there for its drawings.
        let zones: Vec<&ZoneForm> =
            plan.zones.iter().filter(|zone| zone.rows.iter().any(|row| !row.seats.is_empty())).collect();
        let mut rows = Vec::new();
        for (at, &zone) in (0u16..).zip(&zones) {
            for row in &zone.rows {
                rows.extend(self.row(zone, at, row)?);
            }
        }
        self.report_seats();
        self.report_page(plan, &rows);
        let all: Vec<&Seat> = rows.iter().flat_map(|row: &DraftRow| &row.seats).collect();
        let about = nearest(&all).unwrap_or(1.0);
        let drawn = screen::Extent::of_seats(all.into_iter()).and_then(|seats| screen::from_areas(&plan.zones, seats));
        let depth = options.screen.or(drawn.as_ref().map(|guess| guess.side)).unwrap_or_default();
        rows = self.split(rows, about, depth);
        let (mut rows, joined) = rows::join(rows);
        rows.sort_by_key(|row| row.section);
        if joined.split > 0 {
            self.report.warnings.push(format!(
                "{} split over several row objects; {} joined to the row they continue",
                many_are(joined.split, "row label"),
                if joined.joined == 1 { "1 part was".to_owned() } else { format!("{} parts were", joined.joined) },
            ));
        }
        let pitch = pitch(&rows).unwrap_or(about);
        let (levels, sections) = self.places(&zones, &rows, pitch);
        self.report_rows(&rows, pitch);
        let (side, middle) = self.screen(options, drawn, &rows);
        self.report_categories(&rows);
        let name = Text::new(&plan.name.0);
        let categories = std::mem::take(&mut self.categories.made);
        Ok(Draft { name, side, screen: middle, categories, levels, sections, rows, pitch })
    }

    /// A row object with its seats where they stand in the plan.
    fn row(&mut self, zone: &ZoneForm, section: u16, row: &RowForm) -> Result<Option<DraftRow>, ChartError> {
        let raw = row.row_number.0.trim();
        let label = if raw.chars().any(char::is_alphanumeric) { raw } else { "" };
        let mut seats = Vec::with_capacity(row.seats.len());
        for seat in &row.seats {
            let x = zone.position.x + row.position.x + seat.position.x;
            let y = zone.position.y + row.position.y + seat.position.y;
            if !x.is_finite() || !y.is_finite() {
                return refuse(format!("seat {}: its place is not a finite number", quoted(&seat.seat_guid.0)));
            }
            seats.push(self.seat(zone, label, seat, x, y));
        }
        line_up(&mut seats);
        Ok((!seats.is_empty()).then(|| DraftRow { label: label.to_owned(), section, seats }))
    }

    fn seat(&mut self, zone: &ZoneForm, row: &str, form: &SeatForm, x: f64, y: f64) -> Seat {
        let guid = form.seat_guid.0.as_str();
        let id = if guid.trim().is_empty() {
            self.nameless += 1;
            self.seat_ids.make(&format!("{}/{row}/{}", zone_id(zone), form.seat_number.0), "seat").0
        } else {
            let (id, change) = self.seat_ids.make(guid, "seat");
            match change {
                Change::None => {}
                Change::Cleaned => {
                    self.cleaned.push(format!("seat_guid {} is not an id here: {} instead", quoted(guid), quoted(&id)))
                }
                Change::Numbered => {
                    self.duplicates.push(format!(
                        "duplicate seat_guid {}: another seat has it; this one became {}",
                        quoted(guid),
                        quoted(&id)
                    ));
                }
            }
            id
        };
        let category = self.category(&form.category.0);
        let kind = if is_accessible(&form.category.0) { SeatKind::Wheelchair } else { SeatKind::Seat };
        Seat {
            id: SeatId(id),
            label: Text::new(self.number(row, form.seat_number.0.trim())),
            row: 0,
            x,
            y,
            category,
            kind,
            flags: Vec::new(),
            couch: None,
            quality: 0.0,
            next: None,
        }
    }

    /// The seat's number without its row's label, which some plans repeat in each.
    fn number<'a>(&mut self, row: &str, number: &'a str) -> &'a str {
        let rest = number.strip_prefix(row).map(|rest| rest.trim_start_matches([' ', '-', '.', '/']));
        match rest {
            Some(rest)
                if !row.is_empty()
                    && row.chars().all(char::is_alphabetic)
                    && rest.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                self.repeated += 1;
                rest
            }
            _ => number,
        }
    }

    fn category(&mut self, name: &str) -> u16 {
        if let Some(&at) = self.by_name.get(name) {
            return at;
        }
        // A plan could name as many as it has seats; beyond the limit they share the first one.
        if !self.dangling.contains_key(name) && self.categories.made.len() >= MAX_CATEGORIES {
            *self.dangling.entry("others".to_owned()).or_default() += 1;
            return 0;
        }
        *self.dangling.entry(name.to_owned()).or_default() += 1;
        let at = self.categories.add(if name.is_empty() { "No category" } else { name }, "");
        self.by_name.insert(name.to_owned(), at);
        at
    }

    fn report_seats(&mut self) {
        let report = &mut self.report;
        report.errors.extend(shortened(std::mem::take(&mut self.duplicates)));
        if self.nameless > 0 {
            report.errors.push(format!(
                "{} no seat_guid; one was made of zone, row and number",
                many_have(self.nameless, "seat")
            ));
        }
        for (name, seats) in std::mem::take(&mut self.dangling) {
            let known = "which the plan does not list; it was added";
            report.errors.push(format!("{} in category {}, {known}", many_are(seats, "seat"), quoted(&name)));
        }
        report.warnings.extend(shortened(std::mem::take(&mut self.cleaned)));
        if self.repeated > 0 {
            report
                .warnings
                .push(format!("{} the row's label, too; it was taken off", many_say(self.repeated, "seat number")));
        }
    }

    fn report_page(&mut self, plan: &PlanForm, rows: &[DraftRow]) {
        let Some(size) = &plan.size else { return };
        let (wide, high) = (0.0..=size.width, 0.0..=size.height);
        let seats = rows.iter().flat_map(|row| &row.seats);
        let outside = seats.filter(|seat| !wide.contains(&seat.x) || !high.contains(&seat.y)).count();
        if outside > 0 {
            let page = format!("{} x {}", size.width, size.height);
            self.report
                .warnings
                .push(format!("{} outside of the page, which is {page} units", many_lie(outside, "seat")));
        }
    }

    fn split(&mut self, rows: Vec<DraftRow>, pitch: f64, depth: Side) -> Vec<DraftRow> {
        let mut whole = Vec::with_capacity(rows.len());
        for row in rows {
            let (label, seats) = (row.label.clone(), row.seats.len());
            let lines = lines(row, pitch, depth);
            if lines.len() > 1 {
                let what = if label.is_empty() {
                    "a row without a label".to_owned()
                } else {
                    format!("row {}", quoted(&label))
                };
                self.report.warnings.push(format!(
                    "{what} has {seats} seats that stand in {} lines; they were taken for rows",
                    lines.len()
                ));
            }
            whole.extend(lines);
        }
        whole
    }

    /// Levels and sections: a zone is a section, and floors follow from zones that lie over each other.
    fn places(&mut self, zones: &[&ZoneForm], rows: &[DraftRow], pitch: f64) -> (Vec<Level>, Vec<Section>) {
        let on = levels::of_sections(rows, zones.len(), pitch);
        let count = on.iter().max().map_or(1, |last| last + 1);
        let (mut section_ids, mut level_ids) = (Ids::default(), Ids::default());
        let levels: Vec<Level> = (0..count)
            .map(|level| {
                let mut here = zones.iter().zip(&on).filter(|(_, on)| **on == level).map(|(zone, _)| zone);
                let first = here.next().map_or_else(String::new, |zone| zone_name(zone));
                let alone = count > 1 || here.next().is_none();
                let name = if alone && !first.is_empty() { first } else { "Hall".to_owned() };
                Level { id: level_ids.make(&name, "level").0, name: Text::new(&name), order: i32::from(level) }
            })
            .collect();
        if count > 1 {
            let names: Vec<String> = levels.iter().map(|level| level.name.to_string()).collect();
            self.report
                .warnings
                .push(format!("zones lie over each other; they were taken for {count} levels: {}", names.join(", ")));
        }
        let section = |(zone, &level): (&&ZoneForm, &u16)| Section {
            id: section_ids.make(zone_id(zone), "section").0,
            level,
            name: Text::new(&zone_name(zone)),
            admission: Admission::Seats,
        };
        let sections = zones.iter().zip(&on).map(section).collect();
        (levels, sections)
    }

    /// What people who know the hall should hear about its rows.
    fn report_rows(&mut self, rows: &[DraftRow], pitch: f64) {
        let bent = rows.iter().filter(|row| {
            let extent = |of: fn(&Seat) -> f64| {
                let (low, high) =
                    row.seats.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
                high - low
            };
            extent(|s| s.x).min(extent(|s| s.y)) > pitch / 4.0
        });
        let bent = bent.count();
        if bent > 0 {
            self.report.warnings.push(format!("{} curved or tilted", many_are(bent, "row")));
        }
        let winding = rows.iter().filter(|row| {
            let numbers: Vec<u32> = row.seats.iter().filter_map(|seat| seat.label.as_str().parse().ok()).collect();
            !numbers.is_sorted() && !numbers.iter().rev().is_sorted()
        });
        let winding = winding.count();
        if winding > 0 {
            self.report.warnings.push(format!(
                "in {winding} of {} the numbers neither rise nor fall along the row; who sits beside whom follows from the coordinates",
                many(rows.len(), "row")
            ));
        }
    }

    fn screen(
        &mut self,
        options: &Options,
        drawn: Option<screen::Guess>,
        rows: &[DraftRow],
    ) -> (Side, Option<(f64, f64)>) {
        if let Some(side) = options.screen {
            // Who says where the screen is does not trust the drawing, and then the seats tell where its middle is.
            return (side, None);
        }
        let middle = drawn.as_ref().and_then(|guess| guess.middle);
        let guess = drawn.or_else(|| screen::from_rows(rows));
        let (side, why) =
            guess.map_or_else(|| (Side::Top, "nothing says otherwise".to_owned()), |guess| (guess.side, guess.why));
        self.report.warnings.push(format!(
            "the plan does not say where the screen is; it was taken to be at the {}, because {why}",
            side.word()
        ));
        (side, middle)
    }

    fn report_categories(&mut self, rows: &[DraftRow]) {
        let mut seats = vec![0; self.categories.made.len()];
        rows.iter().flat_map(|row| &row.seats).for_each(|seat| seats[usize::from(seat.category)] += 1);
        let warnings = &mut self.report.warnings;
        let mut coded = 0;
        for (category, seats) in self.categories.made.iter().zip(seats) {
            let name = category.name.as_str();
            if is_unavailable(name) {
                warnings.push(format!(
                    "category {} sounds as if its {} not for sale; give it no price",
                    quoted(name),
                    many_are(seats, "seat")
                ));
            }
            if is_accessible(name) {
                warnings.push(format!(
                    "category {}: its {} taken for wheelchair spaces",
                    quoted(name),
                    if seats == 1 { "1 seat was".to_owned() } else { format!("{seats} seats were") }
                ));
            }
            coded += usize::from(is_uuid(name));
        }
        if coded > 0 {
            warnings.push(format!(
                "{} a UUID, not a name for people",
                if coded == 1 { "1 category name is".to_owned() } else { format!("{coded} category names are each") }
            ));
        }
    }
}

fn zone_name(zone: &ZoneForm) -> String {
    let name = if zone.name.0.trim().is_empty() { &zone.zone_id.0 } else { &zone.name.0 };
    if name.trim().is_empty() { "Section".to_owned() } else { name.clone() }
}

fn zone_id(zone: &ZoneForm) -> &str {
    if zone.zone_id.0.trim().is_empty() { &zone.name.0 } else { &zone.zone_id.0 }
}

fn is_accessible(category: &str) -> bool {
    let name = category.to_lowercase();
    ["wheelchair", "rolli", "♿", "access"].iter().any(|word| name.contains(word))
}

fn is_unavailable(category: &str) -> bool {
    let name = category.to_lowercase();
    ["not available", "unavailable", "not for sale", "nicht verfügbar", "gesperrt", "blocked"]
        .iter()
        .any(|word| name.contains(word))
}

fn is_uuid(name: &str) -> bool {
    uuid::Uuid::try_parse(name).is_ok()
}

/// The longest list of one kind of finding; more of it is counted.
const MOST: usize = 100;

fn shortened(mut found: Vec<String>) -> Vec<String> {
    if found.len() > MOST {
        let more = found.len() - MOST;
        found.truncate(MOST);
        found.push(format!("… and {more} more like it"));
    }
    found
}

fn many_are(count: usize, what: &str) -> String {
    format!("{} {}", many(count, what), if count == 1 { "is" } else { "are" })
}

fn many_lie(count: usize, what: &str) -> String {
    format!("{} {}", many(count, what), if count == 1 { "lies" } else { "lie" })
}

fn many_have(count: usize, what: &str) -> String {
    format!("{} {}", many(count, what), if count == 1 { "has" } else { "have" })
}

fn many_say(count: usize, what: &str) -> String {
    format!("{} {}", many(count, what), if count == 1 { "repeats" } else { "repeat" })
}
