//! Halls. The family's pages draw one and the same hall for every show, and its servers know nothing of it; one branch
//! of the family has halls of its own, and tells their plans.

use super::{
    answer::{Answer, elements, part, text, words},
    shapes::{MOST_SEATS, Taken},
};
use crate::domain::{
    chart::{
        Admission, Category, Chart, Level, Mode, Row, Screen, Seat, SeatKind, Section, Side, cinechart, json,
        plan::Plan,
    },
    ids::{SeatId, SeatIx},
    show::{SeatState, SeatStates},
    text::{Text, clean},
};
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

/// The most rows, and the most places in a row, of a hall that a server tells.
const MOST_ROWS: usize = 500;
const MOST_PLACES: usize = 1_000;
/// The longest name of a row, and of a seat in it, in columns: a row may have the name of its section before its own.
const MAX_ROW: usize = 40;
const MAX_NAME: usize = 16;

/// A show's hall.
#[derive(Clone)]
pub struct Hall {
    pub plan: Arc<Plan>,
    /// Empty where nobody names it.
    pub name: Text,
    /// Its seats by their names in capital letters.
    by_name: Arc<HashMap<String, SeatIx>>,
}

impl Hall {
    fn of(mut chart: Chart, name: Text) -> Self {
        let mut by_name = HashMap::new();
        for at in 0..chart.seats.len() {
            let row = &chart.rows[chart.seats[at].row as usize];
            let name = format!("{}{}", row.label, chart.seats[at].label);
            by_name.insert(name.to_uppercase(), SeatIx::at(at));
            // The name is all that these servers know a seat by.
            chart.seats[at].id = SeatId::new(name);
        }
        let hash = json::hash(&chart);
        Self { plan: Arc::new(Plan::of(hash, Arc::new(chart))), name, by_name: Arc::new(by_name) }
    }

    /// The hall that the family's pages draw for every show.
    pub fn usual() -> Self {
        static HALL: OnceLock<Hall> = OnceLock::new();
        let read = || cinechart::parse(include_str!("../../../assets/quickshow-hall.toml")).map(Hall::built_in);
        // The plan is a part of the program and is read in its tests.
        HALL.get_or_init(|| read().unwrap_or_else(|error| unreachable!("the built-in hall: {error}"))).clone()
    }

    fn built_in(chart: Chart) -> Self {
        Self::of(chart, Text::default())
    }

    /// The seat of a name, such as `A1`.
    pub fn seat(&self, name: &str) -> Option<SeatIx> {
        self.by_name.get(&name.trim().to_uppercase()).copied()
    }

    /// The states of all seats, and the names of taken seats that this hall does not have.
    pub fn states(&self, taken: &[Taken], held: &[Taken]) -> (SeatStates, Vec<Text>) {
        let mut states = SeatStates::free(self.plan.chart.seats.len());
        for (at, seat) in self.plan.chart.seats.iter().enumerate() {
            if seat.kind == SeatKind::Blocked {
                states.set(at, SeatState::Blocked);
            }
        }
        let mut strange = Vec::new();
        let told = held.iter().map(|one| (one, SeatState::Held)).chain(taken.iter().map(|one| (one, SeatState::Sold)));
        for (one, state) in told {
            match self.seat(one.seat.as_str()) {
                Some(seat) => states.set(seat.get(), state),
                None => strange.push(one.seat.clone()),
            }
        }
        (states, strange)
    }
}

/// The hall that a server tells as rows of seats with types; `None` if there is no seat in it.
pub fn told(answer: &Answer) -> Option<Hall> {
    let rows = answer.part(&["seatMap", "seatLayout", "layout"])?;
    let name = answer.part(&["roomName", "hallName"]).map(words).unwrap_or_default();
    let mut draft = Draft { name: name.clone(), ..Draft::default() };
    for (line, row) in elements(rows).into_iter().take(MOST_ROWS).enumerate() {
        draft.row(row, line);
    }
    if draft.seats.is_empty() {
        return None;
    }
    // Reading it as any other plan checks it, too.
    let chart =
        json::parse(&json::print(&draft.finish())).inspect_err(|error| tracing::warn!(%error, "a hall is unusable"));
    Some(Hall::of(chart.ok()?, name))
}

/// A hall in the making.
#[derive(Default)]
struct Draft {
    name: Text,
    categories: Vec<Category>,
    rows: Vec<Row>,
    seats: Vec<Seat>,
    names: HashSet<String>,
}

impl Draft {
    fn row(&mut self, value: &Value, line: usize) {
        let label = text(value, &["row", "rowLabel", "label", "name"]);
        let label = label.as_str();
        // The server knows a seat by its whole name alone: cut short, it would be another one's or nobody's.
        if clean(label, MAX_ROW) != label {
            return;
        }
        let Some(places) = part(value, &["seats", "places"]).and_then(Value::as_array) else { return };
        let start = self.seats.len() as u32;
        for (column, place) in places.iter().take(MOST_PLACES).enumerate() {
            self.seat(place, label, (column, line));
        }
        let end = self.seats.len() as u32;
        if end > start {
            self.rows.push(Row { label: Text::new(label), section: 0, seats: start..end });
        }
    }

    /// A place of the row; what is empty stays a gap.
    fn seat(&mut self, value: &Value, row: &str, (column, line): (usize, usize)) {
        let kind = text(value, &["seatType", "type"]).to_string().to_uppercase();
        let number = match value {
            Value::Object(_) => text(value, &["seatNumber", "number", "label", "seatId", "id"]),
            plain => words(plain),
        };
        // Some name the whole seat where others name its place in the row.
        let number = number.as_str().strip_prefix(row).filter(|rest| !rest.is_empty()).unwrap_or(number.as_str());
        let is_full = self.seats.len() >= MOST_SEATS;
        if is_full
            || kind == "EMPTY"
            || number.is_empty()
            || clean(number, MAX_NAME) != number
            || !self.names.insert(format!("{row}{number}").to_uppercase())
        {
            return;
        }
        let category = self.category(if kind.is_empty() { "STANDARD" } else { &kind });
        self.seats.push(Seat {
            // A name may have spaces, which no id in a file has: until it is checked the seat has a number.
            id: SeatId::new(self.seats.len().to_string()),
            label: Text::new(number),
            row: self.rows.len() as u32,
            x: column as f64,
            y: line as f64,
            category,
            kind: SeatKind::Seat,
            flags: Vec::new(),
            couch: None,
            quality: 0.0,
            next: None,
        });
    }

    fn category(&mut self, kind: &str) -> u16 {
        let id = clean(&kind.to_lowercase(), 24);
        let known = self.categories.iter().position(|category| category.id == id);
        let at = known.unwrap_or_else(|| {
            let (name, glyph, color) = match id.as_str() {
                "standard" => ("Standard".to_owned(), 'o', "blue"),
                "vip" => ("VIP".to_owned(), 'v', "yellow"),
                "couple" => ("Couple".to_owned(), 'l', "magenta"),
                other => (other.to_owned(), char::from(b'0' + (self.categories.len() % 10) as u8), "cyan"),
            };
            self.categories.push(Category { id, name: Text::new(&name), glyph, color: color.to_owned() });
            self.categories.len() - 1
        });
        at as u16
    }

    fn finish(self) -> Chart {
        let named = |fallback: &str| if self.name.is_empty() { Text::new(fallback) } else { self.name.clone() };
        Chart {
            id: "told".to_owned(),
            name: named("Hall"),
            mode: Mode::Cinema,
            screen: Screen {
                side: Side::Top,
                label: Text::new("SCREEN"),
                center: None,
                width_m: None,
                first_row_m: None,
                rake_cm: None,
            },
            categories: self.categories,
            levels: vec![Level { id: "hall".to_owned(), name: Text::new("Hall"), order: 0 }],
            sections: vec![Section {
                id: "hall".to_owned(),
                level: 0,
                name: named("Hall"),
                admission: Admission::Seats,
            }],
            rows: self.rows,
            seats: self.seats,
        }
    }
}
