//! Vista `SeatLayoutData`: what the booking systems of many cinemas send.
//!
//! Areas lie on a canvas, each with a raster of rows and columns. Rows without a name and columns without a seat are
//! aisles. The places that may be sold are those with a status known to be one of a seat; what is free at the moment
//! is no part of a chart.

use super::{
    Admission, Level, Seat, SeatKind, Section,
    cinechart::ChartError,
    draft::{Draft, DraftRow, line_up},
    import::{Imported, Options, many},
    lint::Report,
    names::{Categories, Ids},
    pretix::{form::Word, screen},
    validate::{MAX_CATEGORIES, MAX_SEATS, MAX_SECTIONS, check_count, quoted, refuse},
};
use crate::domain::{chart::Side, ids::SeatId, text::Text};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How deep the layout may be wrapped.
#[derive(Deserialize)]
struct Wrapped {
    #[serde(rename = "ResponseData", alias = "responseData")]
    response: Option<Box<Wrapped>>,
    #[serde(rename = "SeatLayoutData", alias = "seatLayoutData")]
    layout: Option<Box<Wrapped>>,
    #[serde(rename = "Areas", alias = "areas")]
    areas: Option<Vec<AreaForm>>,
}

#[derive(Deserialize)]
struct AreaForm {
    #[serde(default, rename = "Number", alias = "number")]
    number: Word,
    #[serde(default, rename = "AreaCategoryCode", alias = "areaCategoryCode")]
    category: Word,
    #[serde(default, rename = "Description", alias = "description")]
    description: Word,
    #[serde(default, rename = "Left", alias = "left")]
    left: Option<f64>,
    #[serde(default, rename = "Top", alias = "top")]
    top: Option<f64>,
    #[serde(default, rename = "Width", alias = "width")]
    width: Option<f64>,
    #[serde(default, rename = "Height", alias = "height")]
    height: Option<f64>,
    #[serde(default, rename = "RowCount", alias = "rowCount")]
    row_count: Option<f64>,
    #[serde(default, rename = "ColumnCount", alias = "columnCount")]
    column_count: Option<f64>,
    #[serde(default, rename = "IsAllocatedSeating", alias = "isAllocatedSeating")]
    allocated: Option<bool>,
    #[serde(default, rename = "Rows", alias = "rows")]
    rows: Option<Vec<RowForm>>,
}

#[derive(Deserialize)]
struct RowForm {
    #[serde(default, rename = "PhysicalName", alias = "physicalName")]
    name: Word,
    #[serde(default, rename = "Seats", alias = "seats")]
    seats: Option<Vec<SeatForm>>,
}

#[derive(Deserialize)]
struct SeatForm {
    #[serde(default, rename = "Id", alias = "id")]
    id: Word,
    #[serde(rename = "Position", alias = "position")]
    position: Place,
    #[serde(default, rename = "Status", alias = "status")]
    status: Option<i64>,
    #[serde(default, rename = "OriginalStatus", alias = "originalStatus")]
    original_status: Option<i64>,
    #[serde(default, rename = "SeatsInGroup", alias = "seatsInGroup")]
    group: Option<Vec<Place>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
struct Place {
    #[serde(default, rename = "AreaNumber", alias = "areaNumber")]
    area: i64,
    #[serde(rename = "RowIndex", alias = "rowIndex")]
    row: i64,
    #[serde(rename = "ColumnIndex", alias = "columnIndex")]
    column: i64,
}

/// Reads a layout, however it is wrapped.
pub(super) fn read(json: &str, options: &Options) -> Result<Imported, ChartError> {
    let mut wrapped: Wrapped = super::json::typed(json)?;
    let areas = loop {
        match wrapped {
            Wrapped { areas: Some(areas), .. } => break areas,
            Wrapped { layout: Some(inner), .. } | Wrapped { response: Some(inner), .. } => wrapped = *inner,
            _ => return refuse("there are no Areas in it"),
        }
    };
    check_count("areas", areas.len(), MAX_SECTIONS)?;
    let rows = areas.iter().flat_map(|area| area.rows.iter().flatten());
    let seats = rows.flat_map(|row| row.seats.iter().flatten()).count();
    check_count("seats", seats, MAX_SEATS)?;
    if seats == 0 {
        return refuse("the plan has no seats");
    }
    let mut reader = Reader { own_ids: ids_differ(&areas), ..Reader::default() };
    let draft = reader.draft(&areas, options)?;
    let mut report = reader.report;
    let chart = draft.finish(&mut report)?;
    Ok(Imported { chart, report })
}

fn ids_differ(areas: &[AreaForm]) -> bool {
    let rows = areas.iter().flat_map(|area| area.rows.iter().flatten());
    let mut seen = HashSet::new();
    rows.flat_map(|row| row.seats.iter().flatten()).all(|seat| !seat.id.0.trim().is_empty() && seen.insert(&seat.id.0))
}

/// What is learnt on the way through a layout.
#[derive(Default)]
struct Reader {
    report: Report,
    categories: Categories,
    by_code: HashMap<String, u16>,
    ids: Ids,
    /// Whether the seats' own ids tell them apart; in most layouts they are numbers that begin again in each row.
    own_ids: bool,
    couches: HashMap<Place, u32>,
    next_couch: u32,
    taken: HashSet<Place>,
    twice: usize,
    odd_groups: usize,
    not_for_sale: BTreeMap<i64, usize>,
}

impl Reader {
    fn draft(&mut self, areas: &[AreaForm], options: &Options) -> Result<Draft, ChartError> {
        let raster = Raster::of(areas);
        let (mut rows, mut sections, mut section_ids) = (Vec::new(), Vec::new(), Ids::default());
        for area in areas {
            let drawn =
                area.rows.iter().flatten().filter(|row| row.seats.as_ref().is_some_and(|seats| !seats.is_empty()));
            let drawn: Vec<&RowForm> = drawn.collect();
            if drawn.is_empty() {
                continue;
            }
            let category = self.category(area)?;
            let section = sections.len() as u16;
            let name = if area.description.0.trim().is_empty() { "Area" } else { area.description.0.trim() };
            if area.allocated == Some(false) {
                self.report
                    .warnings
                    .push(format!("area {} has no numbered seats; its places were kept as seats", quoted(name)));
            }
            for row in drawn {
                let seats = row.seats.iter().flatten().map(|seat| self.seat(area, category, seat, &raster));
                let mut seats: Vec<Seat> = seats.flatten().collect();
                line_up(&mut seats);
                rows.push(DraftRow { label: row.name.0.trim().to_owned(), section, seats });
            }
            sections.push(Section {
                id: section_ids.make(area.number.0.trim(), "area").0,
                level: 0,
                name: Text::new(name),
                admission: Admission::Seats,
            });
        }
        rows.retain(|row| !row.seats.is_empty());
        self.pair_couches(&mut rows);
        self.report();
        let side = self.screen(options, &rows);
        let levels = vec![Level { id: "hall".to_owned(), name: Text::new("Hall"), order: 0 }];
        let categories = std::mem::take(&mut self.categories.made);
        Ok(Draft { name: Text::new("Hall"), side, screen: None, categories, levels, sections, rows, pitch: 1.0 })
    }

    /// Areas are priced by their category's code; the first description says what it is for people.
    fn category(&mut self, area: &AreaForm) -> Result<u16, ChartError> {
        let name = area.description.0.trim();
        let code = if area.category.0.is_empty() { name } else { area.category.0.as_str() };
        if let Some(&known) = self.by_code.get(code) {
            return Ok(known);
        }
        check_count("categories", self.categories.made.len() + 1, MAX_CATEGORIES)?;
        let at = self.categories.add(if name.is_empty() { "Standard" } else { name }, "");
        self.by_code.insert(code.to_owned(), at);
        Ok(at)
    }

    fn seat(&mut self, area: &AreaForm, category: u16, form: &SeatForm, raster: &Raster) -> Option<Seat> {
        let at = form.position;
        let place = Place { area: if at.area == 0 { area.number.0.parse().unwrap_or(0) } else { at.area }, ..at };
        if !self.taken.insert(place) {
            self.twice += 1;
            return None;
        }
        let (x, y) = raster.place(area, place);
        let own = form.id.0.trim();
        let name = if self.own_ids { own.to_owned() } else { format!("{}-{}-{}", place.area, place.row, place.column) };
        let mut kind = kind(form);
        if kind == SeatKind::Blocked {
            let status = form.status.or(form.original_status).unwrap_or(-1);
            *self.not_for_sale.entry(status).or_default() += 1;
        }
        let couch = self.couch(place, form);
        if couch.is_some() && kind == SeatKind::Seat {
            kind = SeatKind::Couch;
        }
        Some(Seat {
            id: SeatId(self.ids.make(&name, "seat").0),
            label: Text::new(if own.is_empty() { &name } else { own }),
            row: 0,
            x,
            y,
            category,
            kind,
            flags: Vec::new(),
            couch: couch.filter(|_| kind == SeatKind::Couch),
            quality: 0.0,
            next: None,
        })
    }

    /// The couch of a seat whose group has two places; larger groups are no couches.
    fn couch(&mut self, place: Place, form: &SeatForm) -> Option<u32> {
        let group = form.group.as_ref()?;
        let others: Vec<Place> = group
            .iter()
            .map(|other| Place { area: if other.area == 0 { place.area } else { other.area }, ..*other })
            .filter(|other| *other != place)
            .collect();
        match others[..] {
            [] => None,
            [other] => {
                let known = self.couches.get(&place).or_else(|| self.couches.get(&other)).copied();
                let couch = known.unwrap_or_else(|| {
                    self.next_couch += 1;
                    self.next_couch - 1
                });
                self.couches.insert(place, couch);
                self.couches.insert(other, couch);
                Some(couch)
            }
            _ => {
                self.odd_groups += 1;
                None
            }
        }
    }

    /// Half a couch is a seat: its other half is not for sale, missing, or in a group of its own.
    fn pair_couches(&mut self, rows: &mut [DraftRow]) {
        let mut halves: HashMap<u32, usize> = HashMap::new();
        let seats = || rows.iter().flat_map(|row| &row.seats);
        seats().filter_map(|seat| seat.couch).for_each(|couch| *halves.entry(couch).or_default() += 1);
        for seat in rows.iter_mut().flat_map(|row| &mut row.seats) {
            if seat.couch.is_some_and(|couch| halves.get(&couch) != Some(&2)) {
                (seat.couch, seat.kind) = (None, SeatKind::Seat);
                self.odd_groups += 1;
            }
        }
    }

    fn report(&mut self) {
        let Report { errors, warnings } = &mut self.report;
        if self.twice > 0 {
            errors.push(format!("{} a place that another seat has; left out", many(self.twice, "seat at")));
        }
        if !self.own_ids {
            warnings.push("the seats' Ids do not tell them apart; area, row and column do".to_owned());
        }
        if self.odd_groups > 0 {
            warnings
                .push(format!("{} in a group that is no couch for two; kept as seats", many(self.odd_groups, "place")));
        }
        for (status, count) in &self.not_for_sale {
            warnings.push(format!("{} with status {status}: drawn, but never sold", many(*count, "place")));
        }
    }

    fn screen(&mut self, options: &Options, rows: &[DraftRow]) -> Side {
        if let Some(side) = options.screen {
            return side;
        }
        // Areas share their rows' names, so the whole hall is asked at once.
        let (side, why) = screen::from_rows(rows)
            .map_or((Side::Top, "nothing says otherwise".to_owned()), |guess| (guess.side, guess.why));
        let words = "the layout does not say at which end of its rows the screen is; it was taken to be at the";
        self.report.warnings.push(format!("{words} {}, because {why}", side.word()));
        side
    }
}

/// Free and sold seats are seats; an accessible place is a wheelchair space; a placeholder, a seat that is kept empty
/// and anything unknown are never sold.
fn kind(form: &SeatForm) -> SeatKind {
    let accessible = form.status == Some(3) || form.original_status == Some(3);
    match form.status.or(form.original_status) {
        Some(0 | 1 | 3) if accessible => SeatKind::Wheelchair,
        Some(0 | 1) => SeatKind::Seat,
        _ => SeatKind::Blocked,
    }
}

/// Where the rasters of the areas lie on one another: the canvas in units of a seat. Areas that cover the same part of
/// the canvas with as many rows and columns share one raster.
struct Raster {
    column: f64,
    row: f64,
}

impl Raster {
    fn of(areas: &[AreaForm]) -> Self {
        let median = |cells: Vec<f64>| if cells.is_empty() { 1.0 } else { super::geometry::median(cells) };
        let widths = areas.iter().filter_map(|area| cell(area.width, area.column_count)).collect();
        let heights = areas.iter().filter_map(|area| cell(area.height, area.row_count)).collect();
        Self { column: median(widths), row: median(heights) }
    }

    fn place(&self, area: &AreaForm, place: Place) -> (f64, f64) {
        let along = |start: Option<f64>, size: Option<f64>, count: Option<f64>, unit: f64, index: i64| {
            let step = cell(size, count).map_or(1.0, |cell| cell / unit);
            // A raster that is nearly the ordinary one is drawn by hand.
            let step = if (step - 1.0).abs() < 0.25 { 1.0 } else { step };
            start.map_or(0.0, |start| start / unit) + index as f64 * step
        };
        (
            along(area.left, area.width, area.column_count, self.column, place.column),
            along(area.top, area.height, area.row_count, self.row, place.row),
        )
    }
}

fn cell(size: Option<f64>, count: Option<f64>) -> Option<f64> {
    let cell = size? / count.filter(|count| *count >= 1.0)?;
    (cell.is_finite() && cell > 0.0).then_some(cell)
}
