//! The files of the demo cinema, read and checked against each other.

use crate::{
    domain::{
        chart,
        cinema::Cinema,
        ids::ChartHash,
        money::Money,
        movie::Movie,
        show::{CategoryPrice, TicketType},
        text::Text,
        time,
    },
    server::services::{catalogue::Prices, orders::MAX_SEATS, plans::Plan},
};
use iso_currency::Currency;
use jiff::{civil::Time, tz::TimeZone};
use serde::Deserialize;
use std::collections::BTreeMap;

const RULES: &str = include_str!("../../../assets/cinema/cinema.toml");
const FILMS: &str = include_str!("../../../assets/cinema/films.json");
const CHARTS: [(&str, &str); 5] = [
    ("studio", include_str!("../../../assets/cinema/halls/studio.toml")),
    ("classic", include_str!("../../../assets/cinema/halls/classic.toml")),
    ("hall-1", include_str!("../../../assets/cinema/halls/hall-1.toml")),
    ("grand", include_str!("../../../assets/cinema/halls/grand.toml")),
    ("playhouse", include_str!("../../../assets/cinema/halls/playhouse.toml")),
];

/// `cinema.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    name: String,
    timezone: String,
    currency: String,
    pub programme: ProgrammeRules,
    #[serde(default)]
    tickets: Vec<TicketRules>,
    halls: Vec<HallRules>,
}

/// A kind of ticket.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TicketRules {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeRules {
    pub days_ahead: i64,
    pub last_start: Time,
    pub trailers_min: i64,
    pub turnaround_min: i64,
    pub grid_min: i64,
    pub rotation: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HallRules {
    id: String,
    name: String,
    chart: String,
    first_start: Time,
    /// A hall with a rotation of its own: how many films that is ahead of the common one.
    ahead: Option<usize>,
    /// Minor units by category id.
    prices: BTreeMap<String, i64>,
    /// By ticket type, where it has prices of its own: minor units by category id. It cannot be bought for others.
    #[serde(default)]
    tickets: BTreeMap<String, BTreeMap<String, i64>>,
}

/// The demo cinema, ready to be seeded.
pub struct House {
    pub rules: Rules,
    pub cinema: Cinema,
    pub currency: Currency,
    pub zone: TimeZone,
    pub films: Vec<Movie>,
    pub halls: Vec<Hall>,
}

/// A hall of it.
pub struct Hall {
    pub id: String,
    pub name: String,
    pub first_start: Time,
    /// How many films its own rotation is ahead of the common one, if it has its own.
    pub ahead: Option<usize>,
    pub plan: Plan,
    pub hash: ChartHash,
    pub chart_json: String,
    pub prices: Vec<CategoryPrice>,
    tickets: Vec<TicketType>,
    /// Places that can be sold.
    pub seats: i64,
}

impl Hall {
    /// What its shows cost, as the database keeps it.
    pub fn prices_stored(&self) -> Prices {
        Prices::of(self.prices.clone(), self.tickets.clone())
    }
}

/// Reads the embedded files.
pub fn load() -> Result<House, String> {
    let rules: Rules = toml::from_str(RULES).map_err(|e| format!("cinema.toml: {e}"))?;
    let films: Vec<Movie> = serde_json::from_str(FILMS).map_err(|e| format!("films.json: {e}"))?;
    if films.is_empty() {
        return Err("films.json: there is no film".to_owned());
    }
    let currency = Currency::from_code(&rules.currency)
        .ok_or_else(|| format!("cinema.toml: currency {:?} is not an ISO 4217 code", rules.currency))?;
    let halls =
        rules.halls.iter().map(|hall| load_hall(hall, &rules.tickets, currency)).collect::<Result<Vec<_>, _>>()?;
    let cinema = Cinema {
        name: Text::new(&rules.name),
        timezone: rules.timezone.clone(),
        currency: rules.currency.clone(),
        demo: true,
        max_seats: MAX_SEATS as u32,
        orphan_rule: Default::default(),
        release_accessible_min: 0,
        abilities: Default::default(),
    };
    let zone = time::zone(&rules.timezone);
    Ok(House { rules, cinema, currency, zone, films, halls })
}

fn load_hall(rules: &HallRules, kinds: &[TicketRules], currency: Currency) -> Result<Hall, String> {
    let (_, text) = CHARTS
        .iter()
        .find(|(name, _)| *name == rules.chart)
        .ok_or_else(|| format!("cinema.toml: hall {:?} names an unknown chart {:?}", rules.id, rules.chart))?;
    let chart = chart::cinechart::parse(text).map_err(|e| format!("halls/{}.toml: {e}", rules.chart))?;
    let (hash, chart_json) = (chart::json::hash(&chart), chart::json::print(&chart));
    let plan = Plan::of(chart);
    let unpriced = plan.places.iter().find(|place| !rules.prices.contains_key(&place.category));
    if let Some(place) = unpriced {
        return Err(format!("cinema.toml: hall {:?} has no price for category {:?}", rules.id, place.category));
    }
    Ok(Hall {
        id: rules.id.clone(),
        name: rules.name.clone(),
        first_start: rules.first_start,
        ahead: rules.ahead,
        hash,
        chart_json,
        prices: prices(&rules.prices, currency),
        tickets: tickets(rules, kinds, currency)?,
        seats: plan.chart.sellable() as i64,
        plan,
    })
}

fn prices(minor: &BTreeMap<String, i64>, currency: Currency) -> Vec<CategoryPrice> {
    let price = |(category, minor): (&String, &i64)| CategoryPrice {
        category: category.clone(),
        price: Some(Money::new(*minor, currency)),
    };
    minor.iter().map(price).collect()
}

/// The ticket types of a hall: those without prices of their own cost what its categories do.
fn tickets(rules: &HallRules, kinds: &[TicketRules], currency: Currency) -> Result<Vec<TicketType>, String> {
    let named = |what: &str| format!("cinema.toml: hall {:?} has prices for {what}", rules.id);
    for (id, own) in &rules.tickets {
        if !kinds.iter().any(|kind| kind.id == *id) {
            return Err(named(&format!("tickets of an unknown type {id:?}")));
        }
        if let Some(category) = own.keys().find(|category| !rules.prices.contains_key(*category)) {
            return Err(named(&format!("{id:?} tickets in an unknown category {category:?}")));
        }
    }
    let kind = |kind: &TicketRules| TicketType {
        id: kind.id.clone(),
        name: Text::new(&kind.name),
        prices: prices(rules.tickets.get(&kind.id).unwrap_or(&rules.prices), currency),
    };
    Ok(kinds.iter().map(kind).collect())
}

/// A cinema of which nothing is known yet.
pub fn nameless() -> Cinema {
    Cinema {
        name: Text::new("Cinema"),
        timezone: "UTC".to_owned(),
        currency: "EUR".to_owned(),
        demo: false,
        max_seats: MAX_SEATS as u32,
        orphan_rule: Default::default(),
        release_accessible_min: 0,
        abilities: Default::default(),
    }
}
