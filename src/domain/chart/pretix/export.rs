//! Writing a chart as a pretix seating plan that pretix accepts: every object has just the fields of the schema, every
//! seat its own `seat_guid`.

use super::{
    super::{Admission, Chart, Side, names::web_color},
    carried::{Carried, Extra, MARGIN, MARK, UNIT},
};
use crate::domain::{
    chart::json::{CategoryForm, LevelForm, ScreenForm, rounded},
    text::Text,
};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// A plan, and what it could not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    pub json: String,
    pub left_out: Vec<String>,
}

/// Writes a chart with a fixed number of units for each seat pitch, in the plan's own frame. What pretix has no words
/// for is carried along, so that reading the plan gives the same chart again. General admission is left out: pretix
/// sells it as a product without seats.
pub fn export(chart: &Chart) -> Exported {
    let places: Vec<(f64, f64)> = chart.seats.iter().map(|seat| place(chart.screen.side, seat.x, seat.y)).collect();
    let seated = |ix: &usize| !chart.is_standing(crate::domain::ids::SeatIx::at(*ix));
    let drawn = || (0..places.len()).filter(seated).map(|ix| places[ix]);
    let corner = |of: fn(&(f64, f64)) -> f64| drawn().map(|place| of(&place)).fold(f64::INFINITY, f64::min);
    let far = |of: fn(&(f64, f64)) -> f64| drawn().map(|place| of(&place)).fold(f64::NEG_INFINITY, f64::max);
    let (mut at, mut end) = ((corner(|p| p.0), corner(|p| p.1)), (far(|p| p.0), far(|p| p.1)));
    if drawn().next().is_none() {
        (at, end) = ((0.0, 0.0), (0.0, 0.0));
    }
    let size = (end.0 - at.0, end.1 - at.1);
    let names = category_names(chart);
    let guids = Guids::of(chart);
    let mut zones = vec![carrier(chart, at, size, &guids)];
    for (number, section) in (0u16..).zip(&chart.sections).filter(|(_, section)| section.admission == Admission::Seats)
    {
        let rows = chart.rows.iter().filter(|row| row.section == number).map(|row| RowOut {
            row_number: row.label.as_str(),
            row_number_position: "both",
            position: PointOut::default(),
            seats: row
                .seats
                .clone()
                .map(|ix| SeatOut {
                    seat_guid: guids.guid(chart, ix),
                    seat_number: chart.seats[ix as usize].label.as_str(),
                    position: PointOut::of(places[ix as usize], at),
                    category: &names[usize::from(chart.seats[ix as usize].category)],
                })
                .collect(),
        });
        zones.push(ZoneOut {
            name: section.name.as_str(),
            zone_id: section.id.clone(),
            position: PointOut::default(),
            rows: rows.collect(),
            areas: Vec::new(),
        });
    }
    let categories = chart.categories.iter().zip(&names);
    let plan = PlanOut {
        name: chart.name.as_str(),
        categories: categories
            .map(|(category, name)| CategoryOut { name, color: web_color(&category.color) })
            .collect(),
        zones,
        size: SizeOut { width: units(size.0) + 2 * MARGIN as i64, height: units(size.1) + 2 * MARGIN as i64 },
    };
    let json = serde_json::to_string(&plan).unwrap_or_else(|_| unreachable!("text, numbers and lists only"));
    Exported { json, left_out: left_out(chart) }
}

fn left_out(chart: &Chart) -> Vec<String> {
    let general = chart.sections.iter().filter(|section| section.admission == Admission::General);
    let words = |name: &Text| format!("{name} has no seats to choose from; pretix sells it as a product without seats");
    general.map(|section| words(&section.name)).collect()
}

fn place(side: Side, x: f64, y: f64) -> (f64, f64) {
    side.turn_back((rounded(x), rounded(y)))
}

fn units(pitches: f64) -> i64 {
    (pitches * UNIT).ceil() as i64
}

/// Names are what pretix joins categories by, so they must differ.
fn category_names(chart: &Chart) -> Vec<String> {
    let mut taken = HashSet::new();
    let unique = |category: &super::super::Category| {
        let mut name = category.name.to_string();
        while name.is_empty() || !taken.insert(name.clone()) {
            name = format!("{name} ({})", category.id).trim().to_owned();
        }
        name
    };
    chart.categories.iter().map(unique).collect()
}

/// Seat names for pretix, which wants two characters at least.
struct Guids(BTreeMap<String, String>);

impl Guids {
    fn of(chart: &Chart) -> Self {
        let taken: HashSet<&str> = chart.seats.iter().map(|seat| seat.id.as_str()).collect();
        let short = chart.seats.iter().map(|seat| seat.id.as_str()).filter(|id| id.chars().nth(1).is_none());
        let longer = |id: &str| {
            let mut guid = format!("{id}~");
            while taken.contains(guid.as_str()) {
                guid.push('~');
            }
            (id.to_owned(), guid)
        };
        Self(short.map(longer).collect())
    }

    fn guid<'a>(&'a self, chart: &'a Chart, ix: u32) -> &'a str {
        let id = chart.seats[ix as usize].id.as_str();
        self.0.get(id).map_or(id, String::as_str)
    }
}

/// The zone without seats that holds the screen and what pretix has no words for.
fn carrier<'a>(chart: &'a Chart, at: (f64, f64), size: (f64, f64), guids: &Guids) -> ZoneOut<'a> {
    let extras = (0u32..).zip(&chart.seats).filter(|(_, seat)| {
        chart.sections[chart.rows[seat.row as usize].section as usize].admission == Admission::Seats
    });
    let extras = extras.map(|(ix, seat)| (guids.guid(chart, ix).to_owned(), Extra::of(seat)));
    let levels = |level: u16| chart.levels[usize::from(level)].id.clone();
    let seated = chart.sections.iter().filter(|section| section.admission == Admission::Seats);
    let carried = Carried {
        id: chart.id.clone(),
        mode: chart.mode,
        screen: ScreenForm::of(&chart.screen),
        at,
        categories: chart.categories.iter().map(CategoryForm::of).collect(),
        levels: chart.levels.iter().map(LevelForm::of).collect(),
        sections: seated.map(|section| (section.id.clone(), levels(section.level))).collect(),
        renamed: guids.0.iter().map(|(id, guid)| (guid.clone(), id.clone())).collect(),
        seats: extras.filter(|(_, extra)| *extra != Extra::default()).collect(),
    };
    let json = serde_json::to_string(&carried).unwrap_or_else(|_| unreachable!("text, numbers and lists only"));
    ZoneOut {
        name: "Screen",
        zone_id: format!("{MARK}{json}"),
        position: PointOut::default(),
        rows: Vec::new(),
        areas: vec![screen(chart, at, size)],
    }
}

/// The screen, drawn beside the seats at its side.
fn screen<'a>(chart: &'a Chart, at: (f64, f64), size: (f64, f64)) -> AreaOut<'a> {
    let (width, height) = (size.0 * UNIT, size.1 * UNIT);
    let side = chart.screen.side;
    let thick = MARGIN / 3.0;
    let across = matches!(side, Side::Top | Side::Bottom);
    let long = (if across { width } else { height } / 2.0).max(2.0 * UNIT);
    // The middle is known along the screen alone.
    let middle = chart.screen.center.map(|x| {
        let (x, y) = place(side, x, 0.0);
        MARGIN + UNIT * if across { x - at.0 } else { y - at.1 }
    });
    let middle = middle.unwrap_or(MARGIN + if across { width } else { height } / 2.0);
    let (start, near) = (middle - long / 2.0, MARGIN / 6.0);
    let (x, y) = match side {
        Side::Top => (start, near),
        Side::Bottom => (start, height + 2.0 * MARGIN - near - thick),
        Side::Left => (near, start),
        Side::Right => (width + 2.0 * MARGIN - near - thick, start),
    };
    let (wide, high) = if across { (long, thick) } else { (thick, long) };
    AreaOut {
        shape: "rectangle",
        color: "#DDDDDD",
        border_color: "#999999",
        rotation: 0,
        position: PointOut { x: rounded(x), y: rounded(y) },
        rectangle: SizeOut { width: wide.round() as i64, height: high.round() as i64 },
        text: TextOut {
            text: chart.screen.label.as_str(),
            color: "#333333",
            size: 16,
            position: PointOut { x: rounded(wide / 2.0), y: rounded(high / 2.0) },
        },
    }
}

#[derive(Serialize)]
struct PlanOut<'a> {
    name: &'a str,
    categories: Vec<CategoryOut<'a>>,
    zones: Vec<ZoneOut<'a>>,
    size: SizeOut,
}

#[derive(Serialize)]
struct CategoryOut<'a> {
    name: &'a str,
    color: String,
}

#[derive(Serialize)]
struct ZoneOut<'a> {
    name: &'a str,
    zone_id: String,
    position: PointOut,
    rows: Vec<RowOut<'a>>,
    areas: Vec<AreaOut<'a>>,
}

#[derive(Serialize)]
struct RowOut<'a> {
    row_number: &'a str,
    row_number_position: &'static str,
    position: PointOut,
    seats: Vec<SeatOut<'a>>,
}

#[derive(Serialize)]
struct SeatOut<'a> {
    seat_guid: &'a str,
    seat_number: &'a str,
    position: PointOut,
    category: &'a str,
}

#[derive(Serialize)]
struct AreaOut<'a> {
    shape: &'static str,
    color: &'static str,
    border_color: &'static str,
    rotation: u32,
    position: PointOut,
    rectangle: SizeOut,
    text: TextOut<'a>,
}

#[derive(Serialize)]
struct TextOut<'a> {
    text: &'a str,
    color: &'static str,
    size: u32,
    position: PointOut,
}

#[derive(Serialize)]
struct SizeOut {
    width: i64,
    height: i64,
}

#[derive(Default, Serialize)]
struct PointOut {
    x: f64,
    y: f64,
}

impl PointOut {
    /// A place in the plan's units, from the corner of the seats.
    fn of((x, y): (f64, f64), at: (f64, f64)) -> Self {
        Self { x: rounded((x - at.0) * UNIT + MARGIN), y: rounded((y - at.1) * UNIT + MARGIN) }
    }
}
