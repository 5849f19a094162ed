//! Canonical JSON of a chart: what is stored, sent and hashed.

use super::{
    Admission, Category, Chart, Level, Mode, Row, Screen, Seat, SeatKind, Section, Side,
    cinechart::ChartError,
    general::Area,
    validate::{self, quoted, refuse},
};
use crate::domain::{
    ids::{ChartHash, SeatId},
    text::{self, Text},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt::Write};

/// 250,000 seats with everything said about each fit well into it.
const MAX_BYTES: usize = 64 << 20;

/// Up to this many bytes an error says where in the document it is.
const MAX_TRACED: usize = 8 << 20;

/// The chart as canonical JSON: equal charts give equal bytes.
pub fn print(chart: &Chart) -> String {
    serde_json::to_string(&ChartForm::of(chart)).unwrap_or_else(|_| unreachable!("text, numbers and lists only"))
}

/// Reads canonical JSON, from anyone: every limit and reference is checked.
pub fn parse(json: &str) -> Result<Chart, ChartError> {
    if json.len() > MAX_BYTES {
        return refuse(format!("the chart is {} bytes long; at most {MAX_BYTES} are accepted", json.len()));
    }
    let chart = typed::<ChartForm>(json)?.into_chart()?;
    validate::check(&chart)?;
    Ok(chart)
}

/// Reads JSON into a form; what does not fit is refused with the place.
pub(super) fn typed<T: DeserializeOwned>(json: &str) -> Result<T, ChartError> {
    // Keeping track of the place is slow, so it is done for texts that are refused alone, and not for those that would
    // take long: there the line and column must do.
    match serde_json::from_str(json) {
        Ok(form) => return Ok(form),
        Err(error) if json.len() > MAX_TRACED => return refuse(text::fit(&error.to_string(), 300)),
        Err(_) => {}
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let form = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let why = text::fit(&error.inner().to_string(), 300);
        ChartError(match error.path().to_string().as_str() {
            // The document as a whole.
            "." if error.inner().is_data() => why,
            "." => format!("it is not JSON that can be read: {why}"),
            place => format!("{place}: {why}"),
        })
    })?;
    reader.end().map_err(|_| ChartError("there is more text after the end of the chart".into()))?;
    Ok(form)
}

/// A coordinate as it is printed: to a millionth of a pitch, and without the sign of nothing.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6 + 0.0
}

/// SHA-256 of the canonical JSON, in lower-case hexadecimal digits.
pub fn hash(chart: &Chart) -> ChartHash {
    let digest = Sha256::digest(print(chart).as_bytes());
    ChartHash(digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChartForm {
    format: String,
    version: u32,
    id: String,
    name: Text,
    mode: Mode,
    screen: ScreenForm,
    categories: Vec<CategoryForm>,
    levels: Vec<LevelForm>,
    sections: Vec<SectionForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScreenForm {
    pub side: Side,
    label: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    center: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    width_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_row_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rake_cm: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryForm {
    id: String,
    name: Text,
    glyph: char,
    color: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelForm {
    pub id: String,
    name: Text,
    order: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionForm {
    id: String,
    level: String,
    name: Text,
    #[serde(default, skip_serializing_if = "is_seated")]
    admission: Admission,
    /// General admission in short; instead of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    general: Option<GeneralForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowForm>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GeneralForm {
    capacity: usize,
    category: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowForm {
    label: Text,
    seats: Vec<SeatForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeatForm {
    id: SeatId,
    label: Text,
    x: f64,
    y: f64,
    category: String,
    #[serde(default, skip_serializing_if = "is_plain")]
    kind: SeatKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    couch: Option<u32>,
    #[serde(default, skip_serializing_if = "is_zero")]
    quality: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<bool>,
}

pub(super) fn is_plain(kind: &SeatKind) -> bool {
    *kind == SeatKind::Seat
}

fn is_seated(admission: &Admission) -> bool {
    *admission == Admission::Seats
}

pub(super) fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

impl ChartForm {
    fn of(chart: &Chart) -> Self {
        let mut sections: Vec<SectionForm> =
            (0..chart.sections.len() as u16).map(|section| SectionForm::of(chart, section)).collect();
        for row in &chart.rows {
            let Some(rows) = &mut sections[row.section as usize].rows else { continue };
            let seats = &chart.seats[row.seats.start as usize..row.seats.end as usize];
            rows.push(RowForm {
                label: row.label.clone(),
                seats: seats.iter().map(|seat| SeatForm::of(chart, seat)).collect(),
            });
        }
        Self {
            format: "cinechart".into(),
            version: 1,
            id: chart.id.clone(),
            name: chart.name.clone(),
            mode: chart.mode,
            screen: ScreenForm::of(&chart.screen),
            categories: chart.categories.iter().map(CategoryForm::of).collect(),
            levels: chart.levels.iter().map(LevelForm::of).collect(),
            sections,
        }
    }

    fn into_chart(self) -> Result<Chart, ChartError> {
        if self.format != "cinechart" || self.version != 1 {
            return refuse(format!(
                "format {} version {} is not cinechart version 1",
                quoted(&self.format),
                self.version
            ));
        }
        let category_of: HashMap<&str, u16> = index(self.categories.iter().map(|c| c.id.as_str()));
        let level_of: HashMap<&str, u16> = index(self.levels.iter().map(|l| l.id.as_str()));
        let mut chart = Chart {
            id: self.id,
            name: self.name,
            mode: self.mode,
            screen: self.screen.into_screen(),
            categories: Vec::new(),
            levels: Vec::new(),
            sections: Vec::new(),
            rows: Vec::new(),
            seats: Vec::new(),
        };
        for section in self.sections {
            section.add(&mut chart, &level_of, &category_of)?;
        }
        chart.categories = self.categories.into_iter().map(CategoryForm::into_category).collect();
        chart.levels = self.levels.into_iter().map(LevelForm::into_level).collect();
        Ok(chart)
    }
}

fn index<'a>(ids: impl Iterator<Item = &'a str>) -> HashMap<&'a str, u16> {
    ids.zip(0..=u16::MAX).collect()
}

impl ScreenForm {
    pub fn of(screen: &Screen) -> Self {
        let Screen { side, label, center, width_m, first_row_m, rake_cm } = screen.clone();
        Self { side, label, center: center.map(rounded), width_m, first_row_m, rake_cm }
    }

    pub fn into_screen(self) -> Screen {
        let Self { side, label, center, width_m, first_row_m, rake_cm } = self;
        Screen { side, label, center, width_m, first_row_m, rake_cm }
    }
}

impl CategoryForm {
    pub fn of(category: &Category) -> Self {
        let Category { id, name, glyph, color } = category.clone();
        Self { id, name, glyph, color }
    }

    pub fn into_category(self) -> Category {
        let Self { id, name, glyph, color } = self;
        Category { id, name, glyph, color }
    }
}

impl LevelForm {
    pub fn of(level: &Level) -> Self {
        let Level { id, name, order } = level.clone();
        Self { id, name, order }
    }

    pub fn into_level(self) -> Level {
        let Self { id, name, order } = self;
        Level { id, name, order }
    }
}

impl SectionForm {
    fn of(chart: &Chart, at: u16) -> Self {
        let section = &chart.sections[usize::from(at)];
        let general = Area::of(chart, at).map(|area| GeneralForm {
            capacity: area.capacity,
            category: chart.categories[usize::from(area.category)].id.clone(),
            x: area.x,
            y: area.y,
            width: area.width,
            height: area.height,
        });
        Self {
            id: section.id.clone(),
            level: chart.levels[section.level as usize].id.clone(),
            name: section.name.clone(),
            admission: section.admission,
            rows: general.is_none().then(Vec::new),
            general,
        }
    }

    /// Adds the section with its rows and seats to a chart.
    fn add(
        self,
        chart: &mut Chart,
        levels: &HashMap<&str, u16>,
        categories: &HashMap<&str, u16>,
    ) -> Result<(), ChartError> {
        let Some(&level) = levels.get(self.level.as_str()) else {
            return refuse(format!("section {}: no level {}", quoted(&self.id), quoted(&self.level)));
        };
        let category = |what: &str, id: &str, category: &str| match categories.get(category) {
            Some(&at) => Ok(at),
            None => refuse(format!("{what} {}: no category {}", quoted(id), quoted(category))),
        };
        match (self.general, self.rows) {
            (Some(GeneralForm { capacity, category: id, x, y, width, height }), None) => {
                if self.admission != Admission::General {
                    return refuse(format!("section {}: general is for admission \"general\"", quoted(&self.id)));
                }
                let category = category("section", &self.id, &id)?;
                Area { section: self.id, category, capacity, x, y, width, height }.add(chart, level, self.name)
            }
            (None, Some(rows)) => {
                let section = chart.sections.len() as u16;
                for row in rows {
                    let start = chart.seats.len() as u32;
                    for seat in row.seats {
                        let category = category("seat", seat.id.as_str(), &seat.category)?;
                        chart.seats.push(seat.into_seat(chart.rows.len() as u32, category));
                    }
                    chart.rows.push(Row { label: row.label, section, seats: start..chart.seats.len() as u32 });
                }
                let (id, name, admission) = (self.id, self.name, self.admission);
                chart.sections.push(Section { id, level, name, admission });
                Ok(())
            }
            _ => refuse(format!("section {}: it has either rows or general", quoted(&self.id))),
        }
    }
}

impl SeatForm {
    fn of(chart: &Chart, seat: &Seat) -> Self {
        Self {
            id: seat.id.clone(),
            label: seat.label.clone(),
            x: rounded(seat.x),
            y: rounded(seat.y),
            category: chart.categories[seat.category as usize].id.clone(),
            kind: seat.kind,
            flags: seat.flags.clone(),
            couch: seat.couch,
            quality: seat.quality,
            next: seat.next,
        }
    }

    fn into_seat(self, row: u32, category: u16) -> Seat {
        Seat {
            id: self.id,
            label: self.label,
            row,
            x: self.x,
            y: self.y,
            category,
            kind: self.kind,
            flags: self.flags,
            couch: self.couch,
            quality: self.quality,
            next: self.next,
        }
    }
}
