//! `chart best`: the best seats together in a plan, with what is taken read from a file.

use super::file;
use crate::{
    cli::{Ctx, Outcome},
    domain::{
        chart::{Chart, Side, geometry::Geometry, import},
        failure::{Failure, FailureKind},
        ids::{SeatId, SeatIx},
        seating::{
            best::{Ask, Costs, Hall, Proposal, Rung, propose},
            in_play,
            release::Released,
            spec::Names,
        },
        show::SeatState,
        text,
    },
};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

/// The longest name that an error repeats, in columns.
const MAX_NAME: usize = 60;
/// The most names that an error repeats.
const MAX_NAMES: usize = 20;
/// The most further proposals.
const MAX_ALTERNATIVES: usize = 100;

#[derive(Debug, Args)]
pub struct Best {
    /// A plan in any format that is read
    file: PathBuf,
    /// How many people, those in wheelchairs included
    #[arg(long, value_name = "N")]
    party: usize,
    /// Only seats of this price category, by name or id
    #[arg(long, value_name = "NAME")]
    category: Option<String>,
    /// Which seats are taken, as JSON: {"seat id": "free"}, anything else than "free" is taken; seats that are not
    /// named are free
    #[arg(long, value_name = "STATE.json")]
    state: Option<PathBuf>,
    /// Where the screen is in the plan's own coordinates: top, bottom, left or right
    #[arg(long, value_name = "SIDE", value_parser = side)]
    screen: Option<Side>,
    /// Only this level, or else this section, by name or id; the best spot is looked for in it, too
    #[arg(long, value_name = "NAME")]
    level: Option<String>,
    /// How many further proposals, at most; up to 100
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = alternatives)]
    alternatives: usize,
    /// How many of the party need a wheelchair space
    #[arg(long, value_name = "W", default_value_t = 0)]
    wheelchairs: usize,
    /// How far apart the party may be put at most: L1 (together, no single seat left beside it), L2 (together), L3
    /// (across an aisle), L4 (two rows), L5 (near each other), L6 (in several sections) to L7 (scattered)
    #[arg(long, value_name = "RUNG", default_value = "L7", value_parser = rung)]
    max_rung: Rung,
}

/// The answer for programs.
#[derive(Serialize)]
struct Document {
    v: u8,
    #[serde(flatten)]
    best: Found,
    alternatives: Vec<Found>,
}

/// One proposal.
#[derive(Serialize)]
struct Found {
    closeness: Rung,
    words: String,
    /// Mean seat cost, with nine decimals.
    cost: Box<RawValue>,
    seats: Vec<SeatId>,
}

pub fn best(ctx: &Ctx, wish: &Best) -> Result<Outcome, Failure> {
    if wish.party == 0 {
        return Err(input("a party has one person at least: --party 1 or more"));
    }
    if wish.wheelchairs > wish.party {
        let (wheelchairs, party) = (wish.wheelchairs, wish.party);
        return Err(input(format!("{wheelchairs} wheelchairs are more than the {party} people of the party")));
    }
    let chart = file::load(&wish.file, None, wish.screen, false)?.chart;
    let geometry = Geometry::of(&chart);
    let part = wish.level.as_deref().map(|name| find_part(&chart, name)).transpose()?;
    let categories = wish.category.as_deref().map(|name| find_category(&chart, name)).transpose()?;
    let states = wish.state.as_deref().map(|file| read_states(&chart, file)).transpose()?.unwrap_or_default();

    let costs = match part.as_deref() {
        None => Costs::of(&chart, &geometry),
        Some(sections) => {
            let level = sections.first().map_or(0, |&section| chart.sections[usize::from(section)].level);
            Costs::within(&chart, &geometry, level, &|section| sections.contains(&section))
        }
    };
    let hall = Hall { chart: &chart, geometry: &geometry, costs: &costs };
    let state = |seat: SeatIx| states.get(&seat).copied().unwrap_or_default();
    let released = match wish.wheelchairs {
        0 => Released::by_states(&chart, chart.indices().map(state)),
        _ => Released::all(&chart),
    };
    let open = |seat: SeatIx| {
        let place = chart.seat(seat);
        in_play(place, state(seat), true, released.of_category(place.category))
    };
    // People in wheelchairs and those with them have no choice of category: the places are where they are.
    let suits = |seat: SeatIx| {
        let suitable = |found: &Vec<u16>| found.contains(&chart.seat(seat).category);
        let in_part = |sections: &Vec<u16>| sections.contains(&chart.row_of(seat).section);
        part.as_ref().is_none_or(in_part) && categories.as_ref().is_none_or(suitable)
    };
    let ask = Ask { size: wish.party, wheelchairs: wish.wheelchairs, suits: &suits, tickets: &[], last: wish.max_rung };
    let suitable = chart.indices().filter(|&seat| open(seat) && suits(seat)).count();
    if suitable < wish.party {
        return Err(none(format!("a party of {} is too large: {suitable} seats that suit are free", wish.party)));
    }
    let found = propose(hall, &open, &ask, wish.alternatives.saturating_add(1));
    let Some((first, others)) = found.split_first() else {
        return Err(none(no_block(wish)));
    };
    let document = Document {
        v: 1,
        best: Found::of(&chart, first)?,
        alternatives: others.iter().map(|other| Found::of(&chart, other)).collect::<Result<_, _>>()?,
    };
    ctx.out.answer(document, || {
        let names = Names::of(&chart);
        let row = |proposal: &Proposal| {
            vec![names.labels(&chart, &geometry, &proposal.seats), proposal.words(), format!("{:.9}", proposal.cost)]
        };
        ctx.out.table(&["seats", "how together", ">cost"], &found.iter().map(row).collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

impl Found {
    fn of(chart: &Chart, proposal: &Proposal) -> Result<Self, Failure> {
        let other = |error: serde_json::Error| Failure::new(FailureKind::Other, "cost", error.to_string());
        Ok(Self {
            closeness: proposal.rung,
            words: proposal.words(),
            cost: nine_decimals(proposal.cost).map_err(other)?,
            seats: proposal.seats.iter().map(|&seat| chart.seat(seat).id.clone()).collect(),
        })
    }
}

/// A number in JSON with exactly nine decimals, and without a sign if it is nothing.
fn nine_decimals(number: f64) -> serde_json::Result<Box<RawValue>> {
    let text = format!("{number:.9}");
    RawValue::from_string(if text == "-0.000000000" { "0.000000000".to_owned() } else { text })
}

fn no_block(wish: &Best) -> String {
    let last = wish.max_rung;
    let further =
        if last < Rung::L7 { format!("; --max-rung beyond {last:?} allows them further apart") } else { String::new() };
    match wish.wheelchairs {
        0 => format!("no seats for a party of {}{further}", wish.party),
        w => {
            format!("no seats for a party of {} with {w} in wheelchairs and somebody beside each{further}", wish.party)
        }
    }
}

fn input(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Input, "usage", why)
}

fn none(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Refused, "no_block", why)
}

fn side(name: &str) -> Result<Side, String> {
    match name {
        "top" => Ok(Side::Top),
        "bottom" => Ok(Side::Bottom),
        "left" => Ok(Side::Left),
        "right" => Ok(Side::Right),
        _ => Err("accepted are top, bottom, left and right".to_owned()),
    }
}

fn alternatives(text: &str) -> Result<usize, String> {
    let accepted = |count: &usize| *count <= MAX_ALTERNATIVES;
    text.parse().ok().filter(accepted).ok_or(format!("accepted are 0 to {MAX_ALTERNATIVES}"))
}

fn rung(name: &str) -> Result<Rung, String> {
    let all = [Rung::L1, Rung::L2, Rung::L3, Rung::L4, Rung::L5, Rung::L6, Rung::L7];
    all.into_iter()
        .find(|rung| format!("{rung:?}").eq_ignore_ascii_case(name))
        .ok_or("accepted are L1 to L7".to_owned())
}

/// The sections of a level, or those of that name on one level: a plan that says nothing of levels has zones.
fn find_part(chart: &Chart, name: &str) -> Result<Vec<u16>, Failure> {
    let of_level = |level: u16| (0u16..).zip(&chart.sections).filter(move |(_, section)| section.level == level);
    let levels = || chart.levels.iter().map(|level| (level.id.as_str(), level.name.as_str()));
    let sections = || chart.sections.iter().map(|section| (section.id.as_str(), section.name.as_str()));
    if let [level, ..] = matching(name, levels())[..] {
        return Ok(of_level(level).map(|(at, _)| at).collect());
    }
    let mut found = matching(name, sections());
    let Some(&first) = found.first() else {
        return Err(none_of(
            "level",
            name,
            levels().map(|(_, name)| name),
            &format!(", and {}", many(chart.sections.len())),
        ));
    };
    let level = chart.sections[usize::from(first)].level;
    found.retain(|&section| chart.sections[usize::from(section)].level == level);
    Ok(found)
}

fn many(sections: usize) -> String {
    if sections == 1 { "1 section".to_owned() } else { format!("{sections} sections") }
}

/// All categories of that name: plans of other systems may have several.
fn find_category(chart: &Chart, name: &str) -> Result<Vec<u16>, Failure> {
    let known = || chart.categories.iter().map(|category| (category.id.as_str(), category.name.as_str()));
    match matching(name, known()) {
        found if found.is_empty() => Err(none_of("category", name, known().map(|(_, name)| name), "")),
        found => Ok(found),
    }
}

/// What has this id, or else this name.
fn matching<'c>(wanted: &str, known: impl Iterator<Item = (&'c str, &'c str)> + Clone) -> Vec<u16> {
    let all = |same: &dyn Fn(&(&str, &str)) -> bool| -> Vec<u16> {
        (0u16..).zip(known.clone()).filter(|(_, entry)| same(entry)).map(|(at, _)| at).collect()
    };
    match all(&|(id, _)| *id == wanted) {
        found if found.is_empty() => all(&|(_, name)| *name == wanted),
        found => found,
    }
}

/// The refusal of a name, with those that there are.
fn none_of<'c>(what: &str, wanted: &str, known: impl Iterator<Item = &'c str>, more: &str) -> Failure {
    let names: Vec<String> = known.take(MAX_NAMES).map(|name| format!("\"{}\"", text::fit(name, MAX_NAME))).collect();
    let wanted = text::fit(wanted, MAX_NAME);
    input(format!("there is no {what} \"{wanted}\"; there are {}{more}", names.join(", ")))
}

/// The seats that are not free. A name that the plan does not have is refused: the seat that was meant would be taken
/// for free.
fn read_states(chart: &Chart, file: &Path) -> Result<HashMap<SeatIx, SeatState>, Failure> {
    let refuse = |why: String| Failure::new(FailureKind::Input, "bad_state", format!("{}: {why}", file.display()));
    let document: BTreeMap<String, Value> = serde_json::from_str(&file::read(file)?)
        .map_err(|error| refuse(format!("not a JSON object of seat ids and their states: {error}")))?;
    let by_id: HashMap<&str, SeatIx> = chart.indices().map(|ix| (chart.seat(ix).id.as_str(), ix)).collect();
    let mut states = HashMap::new();
    for (id, state) in document {
        // Names of another system that cannot be ids are known by what the plan's reader made of them.
        let Some(seat) = by_id.get(id.as_str()).or_else(|| by_id.get(import::seat_id(&id).as_str())) else {
            return Err(refuse(format!("the plan has no seat \"{}\"", text::fit(&id, MAX_NAME))));
        };
        if state != "free" {
            states.insert(*seat, SeatState::Sold);
        }
    }
    Ok(states)
}
