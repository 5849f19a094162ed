//! What a pretix plan cannot say about a chart, carried along in the `zone_id` of a zone without seats: pretix keeps
//! it and looks at it in no way. A plan that we wrote is read back as the very chart it was written from, as long as
//! nobody has changed its zones, categories or seat names.

use super::form::PlanForm;
use crate::domain::{
    chart::{
        Admission, Chart, Mode, Row, Seat, SeatKind, Section,
        cinechart::ChartError,
        json::{CategoryForm, LevelForm, ScreenForm, is_plain, is_zero, rounded},
        validate::{self, refuse},
    },
    ids::SeatId,
    text::Text,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the carrying zone's id begins with.
pub const MARK: &str = "frontrow:1:";
/// The seat pitch of plans that we write, in their units.
pub const UNIT: f64 = 20.0;
/// How far the seats are from the edge of the plan.
pub const MARGIN: f64 = 60.0;

#[derive(Serialize, Deserialize)]
pub struct Carried {
    pub id: String,
    pub mode: Mode,
    pub screen: ScreenForm,
    /// Where the seats' upper left corner is in the chart, in the plan's frame.
    pub at: (f64, f64),
    /// In the order of the plan's categories.
    pub categories: Vec<CategoryForm>,
    pub levels: Vec<LevelForm>,
    /// Level by section, for the zones that follow.
    pub sections: Vec<(String, String)>,
    /// By seat_guid, for ids that are too short for one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renamed: BTreeMap<String, String>,
    /// By seat_guid, for seats that are not plain.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seats: BTreeMap<String, Extra>,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Extra {
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

impl Extra {
    pub fn of(seat: &Seat) -> Self {
        let Seat { kind, flags, couch, quality, next, .. } = seat.clone();
        Self { kind, flags, couch, quality, next }
    }
}

/// What is carried by a plan of ours; `None` for a plan of others.
pub fn find(plan: &PlanForm) -> Option<Carried> {
    let zone = plan.zones.iter().find(|zone| zone.rows.is_empty() && zone.zone_id.0.starts_with(MARK))?;
    serde_json::from_str(&zone.zone_id.0[MARK.len()..]).ok()
}

impl Carried {
    /// Whether the plan still has the sections, categories and seats that it was written with.
    pub fn fits(&self, plan: &PlanForm) -> bool {
        let zones: Vec<&str> = self.zones(plan).map(|zone| zone.zone_id.0.as_str()).collect();
        let names: HashSet<&str> = plan.categories.iter().map(|category| category.name.0.as_str()).collect();
        let mut guids = HashSet::new();
        let seats = || plan.zones.iter().flat_map(|zone| &zone.rows).flat_map(|row| &row.seats);
        zones.iter().eq(self.sections.iter().map(|(id, _)| id).collect::<Vec<_>>().iter())
            && names.len() == self.categories.len()
            && plan.categories.len() == self.categories.len()
            && seats().all(|seat| names.contains(seat.category.0.as_str()) && guids.insert(&seat.seat_guid.0))
    }

    fn zones<'a>(&self, plan: &'a PlanForm) -> impl Iterator<Item = &'a super::ZoneForm> {
        plan.zones.iter().filter(|zone| !(zone.rows.is_empty() && zone.zone_id.0.starts_with(MARK)))
    }

    /// The chart that the plan was written from.
    pub fn restore(self, plan: &PlanForm) -> Result<Chart, ChartError> {
        let categories: HashMap<&str, u16> =
            plan.categories.iter().map(|category| category.name.0.as_str()).zip(0..).collect();
        let levels: HashMap<&str, u16> = self.levels.iter().map(|level| level.id.as_str()).zip(0..).collect();
        let (mut sections, mut rows, mut seats) = (Vec::new(), Vec::new(), Vec::new());
        for (zone, (id, level)) in self.zones(plan).zip(&self.sections) {
            let Some(&level) = levels.get(level.as_str()) else {
                return refuse(format!("section {} is on no level", validate::quoted(id)));
            };
            for row in &zone.rows {
                let start = seats.len() as u32;
                for seat in &row.seats {
                    let place = [zone.position, row.position, seat.position]
                        .iter()
                        .fold((0.0, 0.0), |(x, y), part| (x + part.x, y + part.y));
                    let (x, y) = self
                        .screen
                        .side
                        .turn(((place.0 - MARGIN) / UNIT + self.at.0, (place.1 - MARGIN) / UNIT + self.at.1));
                    let guid = &seat.seat_guid.0;
                    let Extra { kind, flags, couch, quality, next } = self.seats.get(guid).cloned().unwrap_or_default();
                    seats.push(Seat {
                        id: SeatId(self.renamed.get(guid).unwrap_or(guid).clone()),
                        label: Text::new(&seat.seat_number.0),
                        row: rows.len() as u32,
                        x: rounded(x),
                        y: rounded(y),
                        category: categories.get(seat.category.0.as_str()).copied().unwrap_or(u16::MAX),
                        kind,
                        flags,
                        couch,
                        quality,
                        next,
                    });
                }
                let label = Text::new(&row.row_number.0);
                rows.push(Row { label, section: sections.len() as u16, seats: start..seats.len() as u32 });
            }
            let name = Text::new(&zone.name.0);
            sections.push(Section { id: id.clone(), level, name, admission: Admission::Seats });
        }
        let chart = Chart {
            id: self.id,
            name: Text::new(&plan.name.0),
            mode: self.mode,
            screen: self.screen.into_screen(),
            categories: self.categories.into_iter().map(CategoryForm::into_category).collect(),
            levels: self.levels.into_iter().map(LevelForm::into_level).collect(),
            sections,
            rows,
            seats,
        };
        validate::check(&chart)?;
        Ok(chart)
    }
}
