//! Text pictures of the rows of a section: from characters to seats with places and numbers.

use super::{
    Admission, Chart, Row, Seat, SeatKind, Section, Side,
    cinechart::ChartError,
    validate::{MAX_SEATS, quoted, refuse},
};
use crate::domain::{ids::SeatId, text::Text};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};

/// A `[[section]]` of a cinechart file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionForm {
    id: String,
    name: Option<Text>,
    level: Option<String>,
    category: Option<String>,
    couch_category: Option<String>,
    #[serde(default)]
    origin: Point,
    #[serde(default)]
    rotation: f64,
    #[serde(default)]
    curve: f64,
    #[serde(default)]
    numbering: Numbering,
    /// With explicit numbering: for each row the numbers of its places from left to right, such as `1-4 31-34`.
    #[serde(default)]
    numbers: BTreeMap<String, String>,
    picture: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Numbering {
    #[default]
    Ltr,
    Rtl,
    OddEven,
    Explicit,
}

/// A row as drawn.
struct Drawn {
    label: String,
    /// Rows and cross aisles above it.
    line: usize,
    places: Vec<Place>,
}

struct Place {
    column: usize,
    kind: SeatKind,
    category: u16,
    couch: Option<u32>,
}

/// Adds a section with its rows and seats to a chart whose categories and levels are complete.
pub(super) fn add_section(chart: &mut Chart, form: &SectionForm) -> Result<(), ChartError> {
    let name = quoted(&form.id);
    let level = level(chart, &format!("section {name}"), form.level.as_deref())?;
    if form.numbering != Numbering::Explicit && !form.numbers.is_empty() {
        return refuse(format!("section {name}: numbers are accepted with numbering = \"explicit\" only"));
    }
    let rows = draw(chart, form)?;
    let place = Placement::of(chart.screen.side, form, &rows)?;
    let section = chart.sections.len() as u16;
    let title = form.name.clone().unwrap_or_else(|| Text::new(&form.id));
    chart.sections.push(Section { id: form.id.clone(), level, name: title, admission: Admission::Seats });
    let mut built = Vec::with_capacity(rows.len());
    for row in &rows {
        let numbers = numbers(form, row, place.middle)?;
        built.push((row.label.as_str(), seats(form, row, numbers, &place)));
    }
    // Chart order is the audience's, whatever side of the picture the screen is on.
    if place.turns_rows() {
        built.reverse();
    }
    for (label, mut seats) in built {
        if let [first, .., last] = seats.as_slice()
            && (first.x, first.y) > (last.x, last.y)
        {
            seats.reverse();
        }
        let start = chart.seats.len() as u32;
        for seat in &mut seats {
            seat.row = chart.rows.len() as u32;
        }
        chart.seats.append(&mut seats);
        chart.rows.push(Row { label: Text::new(label), section, seats: start..chart.seats.len() as u32 });
    }
    Ok(())
}

/// The level with this id; where there is only one, it need not be named.
pub(super) fn level(chart: &Chart, what: &str, id: Option<&str>) -> Result<u16, ChartError> {
    let found = match id {
        Some(id) => chart.levels.iter().position(|l| l.id == id),
        None => (chart.levels.len() == 1).then_some(0),
    };
    match found {
        Some(level) => Ok(level as u16),
        None => {
            let ids: Vec<_> = chart.levels.iter().take(8).map(|l| quoted(&l.id)).collect();
            refuse(format!("{what}: its level is one of {}", ids.join(", ")))
        }
    }
}

/// The category with this id; where there is only one, it need not be named.
pub(super) fn category_or_only(chart: &Chart, what: &str, id: Option<&str>) -> Result<u16, ChartError> {
    match id {
        Some(id) => category(chart, id).map_err(|e| ChartError(format!("{what}: {e}"))),
        None if chart.categories.len() == 1 => Ok(0),
        None => refuse(format!("{what}: category is missing; it names that of its seats")),
    }
}

/// A category by its id.
pub(super) fn category(chart: &Chart, id: &str) -> Result<u16, ChartError> {
    match chart.categories.iter().position(|c| c.id == id) {
        Some(at) => Ok(at as u16),
        None => {
            let ids: Vec<_> = chart.categories.iter().take(8).map(|c| quoted(&c.id)).collect();
            refuse(format!("no category {}; accepted are {}", quoted(id), ids.join(", ")))
        }
    }
}

/// Reads the picture of a section, line by line.
fn draw(chart: &Chart, form: &SectionForm) -> Result<Vec<Drawn>, ChartError> {
    let mut pen = Pen::of(chart, form)?;
    let (mut rows, mut labels) = (Vec::new(), HashSet::new());
    let (mut line, mut count) = (0, chart.seats.len());
    for text in form.picture.lines() {
        let text = text.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            continue;
        }
        if text != "." {
            let (label, marks) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            let place = format!("section {}, row {}", quoted(&form.id), quoted(label));
            if label.len() > 16 || !label.chars().all(char::is_alphanumeric) {
                return refuse(format!("{place}: a line starts with a label of letters and digits, or is just \".\""));
            }
            if !labels.insert(label) {
                return refuse(format!("{place}: it is drawn twice"));
            }
            let places = pen.row(marks.trim()).map_err(|why| ChartError(format!("{place}: {why}")))?;
            count += places.len();
            if count > MAX_SEATS {
                return refuse(format!("{place}: the chart has more than {MAX_SEATS} seats"));
            }
            rows.push(Drawn { label: label.to_owned(), line, places });
        }
        line += 1;
    }
    Ok(rows)
}

/// What the marks of a section's picture mean.
struct Pen<'a> {
    chart: &'a Chart,
    category: u16,
    couch_category: u16,
    next_couch: u32,
}

impl<'a> Pen<'a> {
    fn of(chart: &'a Chart, form: &SectionForm) -> Result<Self, ChartError> {
        let what = format!("section {}", quoted(&form.id));
        let category = category_or_only(chart, &what, form.category.as_deref())?;
        let couch_category = match form.couch_category.as_deref() {
            Some(id) => category_or_only(chart, &what, Some(id))?,
            None => category,
        };
        let next_couch = chart.seats.iter().filter_map(|s| s.couch).max().map_or(0, |last| last + 1);
        Ok(Self { chart, category, couch_category, next_couch })
    }

    fn row(&mut self, marks: &str) -> Result<Vec<Place>, String> {
        let mut places = Vec::new();
        let mut marks = marks.chars().enumerate();
        while let Some((column, mark)) = marks.next() {
            let (kind, category) = match mark {
                '_' => continue,
                '[' if marks.next().is_some_and(|(_, close)| close == ']') => {
                    let (kind, category, couch) = (SeatKind::Couch, self.couch_category, Some(self.next_couch));
                    places.push(Place { column, kind, category, couch });
                    places.push(Place { column: column + 1, kind, category, couch });
                    self.next_couch += 1;
                    continue;
                }
                '[' => return Err("'[' is followed by ']'; [] is one couch with two places".to_owned()),
                ' ' | '\t' => return Err("there is a space inside; write a gap as _".to_owned()),
                's' => (SeatKind::Seat, self.category),
                'w' => (SeatKind::Wheelchair, self.category),
                'c' => (SeatKind::Companion, self.category),
                'x' => (SeatKind::Blocked, self.category),
                glyph => (SeatKind::Seat, self.category_drawn(glyph)?),
            };
            places.push(Place { column, kind, category, couch: None });
        }
        Ok(places)
    }

    fn category_drawn(&self, glyph: char) -> Result<u16, String> {
        let at = self.chart.categories.iter().position(|c| c.glyph == glyph);
        at.map(|at| at as u16).ok_or_else(|| {
            let glyphs: String = self.chart.categories.iter().map(|c| format!("{} ", c.glyph)).collect();
            let mark = quoted(&glyph.to_string());
            format!("{mark} is not a place; accepted are s {glyphs}w c x [] and _ for a gap")
        })
    }
}

/// The numbers of a row's places, from left to right in the picture.
fn numbers(form: &SectionForm, row: &Drawn, middle: f64) -> Result<Vec<String>, ChartError> {
    let count = row.places.len();
    Ok(match form.numbering {
        Numbering::Ltr => (1..=count).map(|n| n.to_string()).collect(),
        Numbering::Rtl => (1..=count).rev().map(|n| n.to_string()).collect(),
        Numbering::OddEven => {
            let left = row.places.partition_point(|p| (p.column as f64) < middle);
            let odd = (1..=left).rev().map(|n| 2 * n - 1);
            let even = (1..=count - left).map(|n| 2 * n);
            odd.chain(even).map(|n| n.to_string()).collect()
        }
        Numbering::Explicit => explicit_numbers(form, row)?,
    })
}

fn explicit_numbers(form: &SectionForm, row: &Drawn) -> Result<Vec<String>, ChartError> {
    let place = format!("section {}, row {}", quoted(&form.id), quoted(&row.label));
    let count = row.places.len();
    let Some(list) = form.numbers.get(&row.label) else {
        return refuse(format!("{place}: its numbers are missing; write numbers.{} = \"1-{count}\"", row.label));
    };
    let mut numbers: Vec<String> = Vec::new();
    for item in list.split_whitespace() {
        let range = item.split_once('-').and_then(|(a, b)| Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?)));
        match range {
            // A range may not make more numbers than the row has places, or it could fill the memory.
            Some((a, b)) if a.abs_diff(b) as usize >= count.max(1) => {
                return refuse(format!("{place}: {} is longer than the row, which has {count} places", quoted(item)));
            }
            Some((a, b)) if a <= b => numbers.extend((a..=b).map(|n| n.to_string())),
            Some((a, b)) => numbers.extend((b..=a).rev().map(|n| n.to_string())),
            None if item.chars().all(char::is_alphanumeric) => numbers.push(item.to_owned()),
            None => return refuse(format!("{place}: {} is not a number or a range such as 1-4", quoted(item))),
        }
    }
    if numbers.len() != count {
        return refuse(format!("{place}: {} numbers for {count} places", numbers.len()));
    }
    Ok(numbers)
}

fn seats(form: &SectionForm, row: &Drawn, numbers: Vec<String>, placement: &Placement) -> Vec<Seat> {
    let seat = |(place, number): (&Place, String)| {
        let (x, y) = placement.seat(place.column, row.line);
        Seat {
            id: SeatId(format!("{}/{}/{number}", form.id, row.label)),
            label: Text::new(&number),
            row: 0,
            x,
            y,
            category: place.category,
            kind: place.kind,
            flags: Vec::new(),
            couch: place.couch,
            quality: 0.0,
            next: None,
        }
    };
    row.places.iter().zip(numbers).map(seat).collect()
}

/// Where the columns and lines of a picture are in the hall.
struct Placement {
    side: Side,
    origin: Point,
    rotation: f64,
    curve: f64,
    /// Half the distance between the first and the last column.
    half: f64,
    middle: f64,
}

impl Placement {
    fn of(side: Side, form: &SectionForm, rows: &[Drawn]) -> Result<Self, ChartError> {
        let columns = || rows.iter().flat_map(|r| &r.places).map(|p| p.column as f64);
        let (first, last) = (columns().fold(f64::INFINITY, f64::min), columns().fold(0.0, f64::max));
        let (half, middle) = (((last - first) / 2.0).max(0.5), (first.min(last) + last) / 2.0);
        let place = format!("section {}", quoted(&form.id));
        let numbers = [("origin.x", form.origin.x), ("origin.y", form.origin.y), ("rotation", form.rotation)];
        if let Some((name, _)) = numbers.iter().find(|(_, v)| !v.is_finite()) {
            return refuse(format!("{place}: {name} is not a finite number"));
        }
        // Beyond it the ends of a row would be so steep that their seats looked further apart than an aisle is.
        let most = half / 2.0;
        if !(-most..=most).contains(&form.curve) {
            return refuse(format!("{place}: curve is a number from -{most} to {most} for rows of this width"));
        }
        Ok(Self { side, origin: form.origin, rotation: form.rotation.to_radians(), curve: form.curve, half, middle })
    }

    /// Turned to the audience's view: x to their right, y away from the screen.
    fn seat(&self, column: usize, line: usize) -> (f64, f64) {
        let bend = (column as f64 - self.middle) / self.half;
        let (x, y) = (column as f64, line as f64 - self.curve * bend * bend);
        let (sin, cos) = self.rotation.sin_cos();
        let (x, y) = (self.origin.x + x * cos - y * sin, self.origin.y + x * sin + y * cos);
        let (x, y) = self.side.turn((x, y));
        (tidy(x), tidy(y))
    }

    /// Whether the lower rows of the picture are nearer to the screen than the upper ones.
    fn turns_rows(&self) -> bool {
        let down = self.rotation.cos();
        match self.side {
            Side::Top => down < -0.5,
            Side::Bottom => down > 0.5,
            Side::Left | Side::Right => false,
        }
    }
}

/// Rounded to what matters, so that the noise of sines is not printed.
fn tidy(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
