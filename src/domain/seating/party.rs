//! A party: how many people want to sit together, and what their seats must be like. The words come from a request or
//! a command line; [`Wish`] is what they mean in one hall at one show, or says which of them mean nothing there.

use super::best::{self, Ask, Rung};
use crate::domain::{
    chart::{Chart, SeatKind},
    failure::sentence,
    ids::SeatIx,
    money::Money,
    show::{Hold, PricedSeat, Show, TicketType},
    text::{Text, clean},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Flags that one party may ask for.
const MOST_NEEDS: usize = 16;

/// Who wants to sit together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// People, those in wheelchairs and their companions included.
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 20))]
    pub size: u32,
    /// How many of them need a wheelchair space.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wheelchairs: u32,
    /// How many tickets of which type (by id); together as many as people. Without any, all pay the category's price.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tickets: BTreeMap<String, u32>,
    /// Only seats of this category, by id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Only seats of this section, by id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Only seats of the rows with this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Only seats that cost this much at most, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<u32>,
    /// Only seats with all of these flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The last rung of the ladder that is accepted; without it L6: nobody is scattered who has not said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rung: Option<Rung>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Seats for a party, from left to right, as a box office proposes them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PricedProposal {
    /// The rung of the ladder, L1 to L7: how close together they are.
    pub closeness: Rung,
    /// The same in words, such as `together` or `2+2, one row behind the other`.
    pub words: Text,
    /// How far they are from the best spot, on the average; less is better.
    pub cost: f64,
    pub seats: Vec<PricedSeat>,
    /// Absent where prices are told at the checkout only.
    #[serde(default)]
    pub total: Option<Money>,
}

/// Seats that a box office has found and holds for a party.
#[derive(Clone, Debug, PartialEq)]
pub struct PartyHold {
    pub hold: Hold,
    pub closeness: Rung,
    pub words: Text,
}

/// Why a party means nothing in a hall: one sentence each.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PartyError {
    /// Nobody is in it.
    #[error("{0}")]
    Nobody(String),
    /// More people than one may hold seats for, or than the hall has seats for.
    #[error("{0}")]
    TooMany(String),
    /// Its numbers contradict each other.
    #[error("{0}")]
    Contradiction(String),
    /// It names something that this hall or show does not have.
    #[error("{0}")]
    Unknown(String),
}

/// What a party asks for, in the terms of one hall and one show.
pub struct Wish<'a> {
    chart: &'a Chart,
    show: &'a Show,
    size: usize,
    wheelchairs: usize,
    /// For each category, whether somebody of the party could sit there.
    categories: Vec<bool>,
    /// Indices of the sections; empty: any.
    sections: Vec<u16>,
    row: Option<&'a str>,
    /// With `row`: for each row of the chart, whether it is so called.
    rows: Option<Vec<bool>>,
    needs: &'a [String],
    /// For each of `needs`, the chart's own spellings of it.
    flags: Vec<Vec<&'a str>>,
    max_price: Option<u32>,
    types: Vec<&'a TicketType>,
    /// For each of `types`, how many people and the categories that they may sit in.
    tickets: Vec<(usize, Vec<bool>)>,
    last: Rung,
}

/// Why nothing below a price can be asked for at a show whose prices nobody has told.
pub const NO_PRICES: &str = "prices are shown at the checkout only here, so a highest price means nothing";

/// Text from outside in a sentence.
fn quoted(text: &str) -> String {
    format!("\"{}\"", clean(text, 64))
}

fn alike(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.trim().to_lowercase()
}

fn list<'t>(names: impl Iterator<Item = &'t str>) -> String {
    const MOST: usize = 12;
    let mut names: Vec<&str> = names.take(MOST + 1).collect();
    if names.len() > MOST {
        names[MOST] = "…";
    }
    names.join(", ")
}

impl<'a> Wish<'a> {
    /// What `party` asks for at `show`, whose hall is `chart`; `most` people at a time.
    pub fn of(party: &'a Party, chart: &'a Chart, show: &'a Show, most: u32) -> Result<Self, PartyError> {
        must_have_a_size(party, chart, show, most)?;
        if party.max_price.is_some() && show.price_from().is_none() {
            return Err(PartyError::Contradiction(sentence(NO_PRICES)));
        }
        let unknown = |why: String| Err(PartyError::Unknown(why));
        let mut types = Vec::new();
        let mut tickets = Vec::new();
        for (id, &count) in party.tickets.iter().filter(|(_, count)| **count > 0) {
            let Some(kind) = show.ticket(id) else {
                let known = list(show.tickets.iter().map(|kind| kind.id.as_str()));
                let what = if known.is_empty() { "it has one kind of ticket only".to_owned() } else { known };
                return unknown(format!("There is no ticket type {} at this show; {what}.", quoted(id)));
            };
            types.push(kind);
            let affordable = |c: &str| kind.sells(c) && within(kind.price(c), party.max_price);
            let categories: Vec<bool> = chart.categories.iter().map(|c| affordable(&c.id)).collect();
            tickets.push((count as usize, categories));
        }
        let own = |category: &str| show.sells(category) && within(show.price(category), party.max_price);
        let mut categories: Vec<bool> = match tickets.as_slice() {
            [] => chart.categories.iter().map(|c| own(&c.id)).collect(),
            some => (0..chart.categories.len()).map(|at| some.iter().any(|(_, eligible)| eligible[at])).collect(),
        };
        if let Some(name) = &party.category {
            let wanted = category(chart, show, name)?;
            for kind in &types {
                if !kind.sells(&chart.categories[wanted].id) {
                    let (kind, place) = (&kind.name, &chart.categories[wanted].name);
                    return unknown(format!("There is no ticket \"{kind}\" for {place} at this show."));
                }
            }
            categories.iter_mut().enumerate().for_each(|(at, suits)| *suits &= at == wanted);
        }
        let sections = match &party.section {
            Some(name) => section(chart, name)?,
            None => Vec::new(),
        };
        let wish = Self {
            chart,
            show,
            size: party.size as usize,
            wheelchairs: party.wheelchairs as usize,
            categories,
            sections,
            row: party.row.as_deref(),
            rows: party.row.as_deref().map(|row| rows(chart, row)),
            needs: &party.needs,
            flags: flags(chart, &party.needs)?,
            max_price: party.max_price,
            types,
            tickets,
            last: party.max_rung.unwrap_or(Rung::L6),
        };
        wish.must_name_what_there_is()?;
        Ok(wish)
    }

    fn must_name_what_there_is(&self) -> Result<(), PartyError> {
        let chart = self.chart;
        if let (Some(row), Some(named)) = (self.row, &self.rows)
            && !chart.rows.iter().zip(named).any(|(r, named)| *named && self.in_sections(r.section))
        {
            let labels = chart.rows.iter().filter(|r| self.in_sections(r.section)).map(|r| r.label.as_str());
            return Err(PartyError::Unknown(format!("There is no row {}; rows are {}.", quoted(row), list(labels))));
        }
        let Some((need, _)) = self.needs.iter().zip(&self.flags).find(|(_, flags)| flags.is_empty()) else {
            return Ok(());
        };
        let all = all_flags(chart);
        let known = if all.is_empty() { "seats have none".to_owned() } else { list(all.into_iter()) };
        Err(PartyError::Unknown(format!("No seat of this hall has the flag {}; {known}.", quoted(need))))
    }

    fn in_sections(&self, section: u16) -> bool {
        self.sections.is_empty() || self.sections.contains(&section)
    }

    /// Whether a seat is what the party asks for, whatever its state.
    pub fn suits(&self, ix: SeatIx) -> bool {
        let (seat, row) = (self.chart.seat(ix), self.chart.row_of(ix));
        self.categories[seat.category as usize]
            && self.in_sections(row.section)
            && self.rows.as_ref().is_none_or(|named| named[seat.row as usize])
            && self.flags.iter().all(|flags| seat.flags.iter().any(|flag| flags.contains(&flag.as_str())))
    }

    /// The same as the search understands it. `suits` is [`Wish::suits`].
    pub fn ask<'w>(&'w self, suits: &'w dyn Fn(SeatIx) -> bool) -> Ask<'w> {
        Ask { size: self.size, wheelchairs: self.wheelchairs, suits, tickets: &self.tickets, last: self.last }
    }

    /// How many people.
    pub fn size(&self) -> usize {
        self.size
    }

    pub fn wheelchairs(&self) -> usize {
        self.wheelchairs
    }

    /// The last rung that is accepted.
    pub fn last(&self) -> Rung {
        self.last
    }

    /// Who sits where: the ticket type of each of `seats`, so that all types find seats that they can be bought for.
    /// `None` where one type serves all; an error if they cannot be matched.
    pub fn assign(&self, seats: &[SeatIx]) -> Result<Vec<Option<&'a TicketType>>, PartyError> {
        if self.types.is_empty() {
            return Ok(vec![None; seats.len()]);
        }
        let categories: Vec<u16> = seats.iter().map(|&ix| self.chart.seat(ix).category).collect();
        let types = best::assign(&self.tickets, &categories);
        let of = |types: Vec<usize>| types.into_iter().map(|at| self.types.get(at).copied()).collect();
        types.map(of).ok_or_else(|| PartyError::Unknown("The ticket types do not fit these seats.".to_owned()))
    }

    /// What was asked for beside the size, as it follows "seats": ` in row F, for at most EUR 12.00`.
    pub fn limits_in_words(&self, money: impl Fn(Money) -> String) -> String {
        let mut words = String::new();
        if self.wheelchairs > 0 {
            let plural = if self.wheelchairs == 1 { "" } else { "s" };
            words.push_str(&format!(" with {} wheelchair space{plural}", self.wheelchairs));
        }
        if let Some(row) = self.row {
            words.push_str(&format!(" in row {}", clean(row, 32)));
        }
        if let Some(&section) = self.sections.first() {
            words.push_str(&format!(" in {}", self.chart.sections[section as usize].name));
        }
        let named = |(at, _): (usize, &bool)| self.chart.categories[at].name.to_string();
        let suiting: Vec<String> = self.categories.iter().enumerate().filter(|(_, suits)| **suits).map(named).collect();
        if !suiting.is_empty() && suiting.len() < self.chart.categories.len() {
            words.push_str(&format!(" in {}", suiting.join(" or ")));
        }
        if let (Some(max), Some(any)) = (self.max_price, self.show.price_from()) {
            words.push_str(&format!(" for at most {} each", money(Money { minor: i64::from(max), ..any })));
        }
        if !self.needs.is_empty() {
            words.push_str(&format!(" with {}", clean(&self.needs.join(", "), 100)));
        }
        words
    }
}

fn people(count: u32) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// A price that is not known is within no limit.
fn within(price: Option<Money>, max: Option<u32>) -> bool {
    max.is_none_or(|max| price.is_some_and(|price| price.minor <= i64::from(max)))
}

fn must_have_a_size(party: &Party, chart: &Chart, show: &Show, most: u32) -> Result<(), PartyError> {
    let size = party.size;
    if size == 0 {
        return Err(PartyError::Nobody(format!("Nobody is in the party; 1 to {most} people are accepted.")));
    }
    if size > most {
        let why = format!("{size} people are too many at a time; at most {most} are accepted.");
        return Err(PartyError::TooMany(why));
    }
    let sold = |ix: &SeatIx| chart.seat(*ix).kind != SeatKind::Blocked && show.sells(&chart.category_of(*ix).id);
    let places = chart.indices().filter(sold).count();
    if size as usize > places {
        let why = format!("A party of {size} does not fit into {}: {places} places are sold there.", show.hall_name);
        return Err(PartyError::TooMany(why));
    }
    if party.wheelchairs > size {
        let why =
            format!("{} wheelchair spaces are more than the party needs: it is {}.", party.wheelchairs, people(size));
        return Err(PartyError::Contradiction(why));
    }
    let tickets = party.tickets.values().fold(0u32, |sum, count| sum.saturating_add(*count));
    if !party.tickets.is_empty() && tickets != size {
        let why =
            format!("The tickets are for {} and the party is {}; name one for each.", people(tickets), people(size));
        return Err(PartyError::Contradiction(why));
    }
    Ok(())
}

/// Which rows of a chart are called so. Names are compared once, not for each seat: they come from outside and may be
/// of any length.
fn rows(chart: &Chart, name: &str) -> Vec<bool> {
    let name = name.trim().to_lowercase();
    chart.rows.iter().map(|row| row.label.as_str().to_lowercase() == name).collect()
}

/// For each need, the flags of a chart that are called so.
fn flags<'a>(chart: &'a Chart, needs: &[String]) -> Result<Vec<Vec<&'a str>>, PartyError> {
    if needs.len() > MOST_NEEDS {
        let why = format!("{} flags are too many to ask for; at most {MOST_NEEDS} are accepted.", needs.len());
        return Err(PartyError::Contradiction(why));
    }
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    let all = all_flags(chart);
    let alike_to = |need: &String| all.iter().copied().filter(|flag| alike(flag, need)).collect();
    Ok(needs.iter().map(alike_to).collect())
}

fn all_flags(chart: &Chart) -> BTreeSet<&str> {
    chart.seats.iter().flat_map(|seat| &seat.flags).map(String::as_str).collect()
}

/// The index of a category, if it is sold at the show.
fn category(chart: &Chart, show: &Show, name: &str) -> Result<usize, PartyError> {
    let find =
        |of: fn(&crate::domain::chart::Category) -> &str| chart.categories.iter().position(|c| alike(of(c), name));
    let priced = list(chart.categories.iter().filter(|c| show.sells(&c.id)).map(|c| c.name.as_str()));
    let Some(at) = find(|c| &c.id).or_else(|| find(|c| c.name.as_str())) else {
        let why = format!("There is no category {} in {}; there are {priced}.", quoted(name), show.hall_name);
        return Err(PartyError::Unknown(why));
    };
    if !show.sells(&chart.categories[at].id) {
        let named = &chart.categories[at].name;
        let why = format!("The category {named} has no price at this show, so it is not sold; there are {priced}.");
        return Err(PartyError::Unknown(why));
    }
    Ok(at)
}

/// The indices of the sections with this id or, failing that, this name.
fn section(chart: &Chart, name: &str) -> Result<Vec<u16>, PartyError> {
    let find = |of: fn(&crate::domain::chart::Section) -> &str| -> Vec<u16> {
        (0u16..).zip(&chart.sections).filter(|(_, section)| alike(of(section), name)).map(|(at, _)| at).collect()
    };
    let found = [find(|s| &s.id), find(|s| s.name.as_str())].into_iter().find(|found| !found.is_empty());
    found.ok_or_else(|| {
        let names = list(chart.sections.iter().map(|s| s.name.as_str()));
        PartyError::Unknown(format!("There is no section {}; sections are {names}.", quoted(name)))
    })
}

#[cfg(test)]
#[path = "party/tests.rs"]
mod tests;
