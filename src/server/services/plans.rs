//! Halls as a sale sees them: each chart by its hash, read and measured once and kept.

use crate::{
    domain::{
        chart::{self, Chart, SeatKind, geometry::Geometry},
        ids::{ChartHash, SeatId},
        seating::best::{Costs, Hall},
        text::Text,
    },
    server::{db::Db, problem::Refusal},
};
use sqlx::Row;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// One place of a hall.
pub struct Place {
    pub id: SeatId,
    /// As printed on the ticket: `F7`, or `Balcony B3` where `B3` alone would be two seats.
    pub label: Text,
    /// The category's id and its name for people.
    pub category: String,
    pub category_name: Text,
    pub kind: SeatKind,
    pub couch: Option<u32>,
}

/// A hall's places in chart order, and what the rules of seating need of it.
pub struct Plan {
    pub chart: Chart,
    geometry: Geometry,
    costs: Costs,
    pub places: Vec<Place>,
    by_id: HashMap<SeatId, u32>,
    by_label: HashMap<String, u32>,
    /// The halves of each couch that are sold.
    couches: HashMap<u32, Vec<u32>>,
    /// For each category, how many of its seats are neither wheelchair spaces nor companion places.
    ordinary: Vec<u32>,
}

impl Plan {
    pub fn of(chart: Chart) -> Self {
        let labels = labels(&chart);
        let places: Vec<Place> = chart
            .indices()
            .zip(labels)
            .map(|(ix, label)| {
                let seat = chart.seat(ix);
                let category = chart.category_of(ix);
                Place {
                    id: seat.id.clone(),
                    label: Text::new(&label),
                    category: category.id.clone(),
                    category_name: category.name.clone(),
                    kind: seat.kind,
                    couch: seat.couch,
                }
            })
            .collect();
        let numbered = || (0u32..).zip(&places);
        let by_id = numbered().map(|(ix, place)| (place.id.clone(), ix)).collect();
        let by_label = numbered().map(|(ix, place)| (place.label.to_string(), ix)).collect();
        let mut couches: HashMap<u32, Vec<u32>> = HashMap::new();
        for (ix, place) in numbered().filter(|(_, place)| place.kind != SeatKind::Blocked) {
            if let Some(couch) = place.couch {
                couches.entry(couch).or_default().push(ix);
            }
        }
        let mut ordinary = vec![0; chart.categories.len()];
        for seat in chart.seats.iter().filter(|seat| matches!(seat.kind, SeatKind::Seat | SeatKind::Couch)) {
            ordinary[seat.category as usize] += 1;
        }
        let geometry = Geometry::of(&chart);
        Self { costs: Costs::of(&chart, &geometry), geometry, chart, places, by_id, by_label, couches, ordinary }
    }

    /// How many seats of a category everybody can have, sold or not.
    pub fn ordinary(&self, category: u16) -> u32 {
        self.ordinary[category as usize]
    }

    /// The hall as the rules of seating see it.
    pub fn hall(&self) -> Hall<'_> {
        Hall { chart: &self.chart, geometry: &self.geometry, costs: &self.costs }
    }

    /// The index of a seat's id.
    pub fn index(&self, id: &SeatId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The id of the seat with this label.
    pub fn labelled(&self, label: &str) -> Option<&SeatId> {
        self.by_label.get(label).map(|&ix| &self.place(ix).id)
    }

    pub fn place(&self, ix: u32) -> &Place {
        &self.places[ix as usize]
    }

    /// Those of `seats` whose other half of the couch is not among them.
    pub fn half_couches(&self, seats: &[u32]) -> Vec<u32> {
        let whole =
            |couch: &u32| self.couches.get(couch).is_none_or(|halves| halves.iter().all(|ix| seats.contains(ix)));
        seats.iter().copied().filter(|&ix| self.place(ix).couch.is_some_and(|couch| !whole(&couch))).collect()
    }
}

/// The shortest unambiguous names of all seats.
fn labels(chart: &Chart) -> Vec<String> {
    let short: Vec<String> = chart
        .indices()
        .map(|ix| {
            let (row, seat) = (chart.row_of(ix).label.as_str(), chart.seat(ix).label.as_str());
            let digits_meet =
                row.ends_with(|c: char| c.is_ascii_digit()) && seat.starts_with(|c: char| c.is_ascii_digit());
            format!("{row}{}{seat}", if digits_meet { "." } else { "" })
        })
        .collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for label in &short {
        *uses.entry(label).or_default() += 1;
    }
    chart
        .indices()
        .zip(&short)
        .map(|(ix, label)| match uses.get(label.as_str()) {
            Some(1) | None => label.clone(),
            Some(_) => format!("{} {label}", chart.section_of(ix).name),
        })
        .collect()
}

/// The plans that were needed so far.
#[derive(Default)]
pub struct Plans(Mutex<HashMap<ChartHash, Arc<Plan>>>);

impl Plans {
    /// The plan of a chart that the database holds.
    pub async fn get(&self, db: &Db, hash: &ChartHash) -> Result<Arc<Plan>, Refusal> {
        if let Some(plan) = self.kept().get(hash) {
            return Ok(Arc::clone(plan));
        }
        let row =
            sqlx::query("SELECT json FROM charts WHERE hash=$1").bind(hash.0.clone()).fetch_one(db.read()).await?;
        let chart = chart::json::parse(row.try_get("json")?).map_err(Refusal::internal)?;
        let plan = Arc::new(Plan::of(chart));
        self.kept().insert(hash.clone(), Arc::clone(&plan));
        Ok(plan)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<ChartHash, Arc<Plan>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
