//! The seats as lines of text: what each line says, and what Enter will do with it.

use super::{TypedVm, show_words, typed};
use crate::{
    domain::{
        chart::{SeatKind, plan::Plan},
        cinema::{Abilities, Holds},
        ids::SeatIx,
        money::{Glyphs, Money, words_of},
        seating::{
            Accessible, in_play,
            orphan::{self, OrphanMode},
        },
        show::Show,
    },
    store::{
        select::{instead, zone},
        slices::{
            hold::Holding,
            seats::{
                Seats,
                list::{self, Line, List},
            },
        },
        state::State,
    },
};

/// Lines of the screen that are not the list's.
const AROUND: u16 = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListVm {
    pub title: String,
    /// What is listed.
    pub heading: String,
    /// The lines that are seen.
    pub lines: Vec<ListLine>,
    /// What stands there when there are none.
    pub instead: String,
    /// The chosen seats with their price; empty when there are none.
    pub yours: String,
    pub typed: Option<TypedVm>,
    pub status: String,
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListLine {
    pub line: Line,
    pub name: String,
    pub words: String,
    pub amount: String,
    pub is_selected: bool,
    pub is_mine: bool,
    /// The line as it is said.
    pub speech: String,
}

/// What lines are made from.
struct Facts<'a> {
    plan: &'a Plan,
    show: &'a Show,
    seats: &'a Seats,
    hold: &'a Holding,
    party: u8,
    abilities: Abilities,
    glyphs: Glyphs,
}

pub fn select(state: &State, opened: &List, waiting: bool) -> ListVm {
    let (seats, hold) = (&*state.seats, &*state.hold);
    let title = seats.show.as_ref().map(|show| show_words(show, &zone(state))).unwrap_or_default();
    let (Some(plan), Some(show)) = (seats.plan(), seats.show.as_ref()) else {
        let instead = instead(waiting, seats.plan.failure(), "");
        let nothing = String::new();
        return ListVm {
            title,
            heading: nothing.clone(),
            lines: Vec::new(),
            instead,
            yours: nothing.clone(),
            typed: None,
            status: nothing,
            next: None,
        };
    };
    let (abilities, glyphs) = (state.catalog.abilities(), state.prefs.glyphs);
    let facts = Facts { plan, show, seats, hold, party: opened.party, abilities, glyphs };
    let all = list::lines(seats, hold);
    let selected = opened.selected(&all);
    let room = usize::from(state.prefs.size.height.saturating_sub(AROUND).max(1));
    let first = selected.saturating_sub(room / 2).min(all.len().saturating_sub(room));
    let lines: Vec<ListLine> = (first..all.len().min(first + room))
        .map(|at| {
            let line = facts.line(all[at]);
            let speech = [line.name.as_str(), &line.words, &line.amount].into_iter().filter(|part| !part.is_empty());
            let speech = format!("{}. {} of {}.", speech.collect::<Vec<_>>().join(", "), at + 1, all.len());
            ListLine { is_selected: at == selected, speech, ..line }
        })
        .collect();
    let mine: Vec<SeatIx> = hold.wanted().iter().map(|p| p.ix).collect();
    let typed = typed::select(seats, hold, plan, show, facts.glyphs);
    ListVm {
        title,
        heading: facts.heading(opened),
        instead: facts.instead(opened),
        yours: if mine.is_empty() { String::new() } else { facts.yours(&mine) },
        status: match (&seats.offer, facts.refusal(), lines.iter().find(|line| line.is_selected)) {
            (Some(offer), ..) => offer.words.clone(),
            (None, Some(why), _) => why,
            (None, None, Some(line)) => line.speech.clone(),
            (None, None, None) => facts.instead(opened),
        },
        next: match (&typed, &seats.offer) {
            (Some(_), _) => Some("Take these seats".to_owned()),
            (None, Some(offer)) => Some(super::offered(plan, hold, offer, facts.glyphs)),
            (None, None) => all.get(selected).and_then(|line| facts.next(*line)),
        },
        typed,
        lines,
    }
}

impl Facts<'_> {
    /// The chosen seats, what they cost, and whether they are anybody's.
    fn yours(&self, mine: &[SeatIx]) -> String {
        let (labels, price) = (self.plan.labels(mine), words_of(self.total(mine), self.glyphs));
        match self.abilities.holds {
            Holds::Kept => format!("Yours: {labels}   {price}"),
            Holds::None => format!("Chosen: {labels}   {price}; anybody's until booked"),
        }
    }

    fn people(&self) -> String {
        if self.party == 1 { "one person".to_owned() } else { format!("{} people", self.party) }
    }

    fn section_name(&self, section: u16) -> String {
        self.plan.chart.sections.get(usize::from(section)).map(|s| s.name.to_string()).unwrap_or_default()
    }

    fn row_name(&self, row: u32) -> String {
        match self.plan.chart.rows.get(row as usize).map(|r| r.label.as_str()) {
            None | Some("") => "Row without a name".to_owned(),
            Some(label) => format!("Row {label}"),
        }
    }

    fn heading(&self, opened: &List) -> String {
        let people = self.people();
        match (opened.row(), opened.section()) {
            (Some(row), section) => {
                let section = section.map(|s| format!(", {}", self.section_name(s))).unwrap_or_default();
                format!("{}{section}: seats for {people}", self.row_name(row))
            }
            (None, Some(section)) => format!("{}: rows with seats for {people}", self.section_name(section)),
            (None, None) => format!("Sections, for {people}"),
        }
    }

    fn instead(&self, opened: &List) -> String {
        let place = match (opened.row(), opened.section()) {
            (Some(_), _) => "in this row",
            (None, Some(_)) => "in this section",
            (None, None) => "in this hall",
        };
        format!("There are no seats together for {} {place}. A digit asks for another party.", self.people())
    }

    fn line(&self, line: Line) -> ListLine {
        let (name, words, amount, is_mine) = match line {
            Line::Section(section) => self.section(section),
            Line::Row(row) => self.row(row),
            Line::Block(first) => self.block(first),
        };
        ListLine { line, name, words, amount, is_mine, is_selected: false, speech: String::new() }
    }

    fn section(&self, section: u16) -> (String, String, String, bool) {
        let counted = self.seats.counts.sections.get(usize::from(section));
        let facts = self.plan.sections.get(usize::from(section));
        let free = counted.map_or(facts.map_or(0, |facts| facts.seats), |count| count.free);
        let categories = facts.into_iter().flat_map(|facts| &facts.categories);
        let prices = categories.filter_map(|c| self.show.price(&self.plan.chart.categories[usize::from(*c)].id));
        let from = prices.min_by_key(|price| price.minor).filter(|_| free > 0);
        let amount = from.map(|price| format!("from {}", price.words(self.glyphs))).unwrap_or_default();
        let words = if free == 0 { "sold out".to_owned() } else { format!("{free} free") };
        (self.section_name(section), words, amount, false)
    }

    fn row(&self, row: u32) -> (String, String, String, bool) {
        let blocks = list::blocks(self.seats, self.hold, row, self.party);
        let words = match (self.party, blocks.len()) {
            (1, 1) => "1 seat".to_owned(),
            (1, seats) => format!("{seats} seats"),
            (party, 1) => format!("once {party} together"),
            (party, times) => format!("{times} times {party} together"),
        };
        let cheapest = blocks.iter().filter_map(|block| self.total(block)).min_by_key(|total| total.minor);
        let amount = cheapest.map(|total| format!("from {}", total.words(self.glyphs))).unwrap_or_default();
        (self.row_name(row), words, amount, false)
    }

    fn block(&self, first: SeatIx) -> (String, String, String, bool) {
        let block = list::block_at(self.seats, self.hold, first, self.party).unwrap_or_default();
        let is_mine = list::is_chosen(self.hold, &block);
        let mut words = vec![self.categories(&block)];
        words.extend(self.kinds(&block).map(str::to_owned));
        words.extend(self.place(&block).map(str::to_owned));
        if is_mine {
            words.push(if self.abilities.holds == Holds::Kept { "yours" } else { "chosen" }.to_owned());
        } else {
            let alone = self.left_alone(&block);
            if !alone.is_empty() {
                words.push(format!("leaves {} alone", self.plan.labels(&alone)));
            }
        }
        (self.plan.labels(&block), words.join(", "), self.price(&block), is_mine)
    }

    fn categories(&self, block: &[SeatIx]) -> String {
        let mut names: Vec<String> = block.iter().map(|s| self.plan.chart.category_of(*s).name.to_string()).collect();
        names.dedup();
        names.join(" and ")
    }

    fn kinds(&self, block: &[SeatIx]) -> Option<&'static str> {
        match self.plan.chart.seat(*block.first()?).kind {
            SeatKind::Wheelchair => Some("wheelchair space"),
            SeatKind::Companion => Some("companion seat"),
            SeatKind::Couch => Some("couch"),
            SeatKind::Standing => Some("standing"),
            SeatKind::Seat | SeatKind::Blocked => None,
        }
    }

    /// Where in its row a block is, seen by those who look at the screen.
    fn place(&self, block: &[SeatIx]) -> Option<&'static str> {
        let (first, last) = (*block.first()?, *block.last()?);
        let chart = &self.plan.chart;
        if chart.is_standing(first) {
            return None;
        }
        let row = self.plan.geometry.row(chart.seat(first).row);
        let (left, right) = (chart.seat(*row.first()?).x, chart.seat(*row.last()?).x);
        let middle = f64::midpoint(chart.seat(first).x, chart.seat(last).x);
        let share = if right > left { (middle - left) / (right - left) } else { 0.5 };
        let aisle = self.plan.geometry.left(first).is_none() || self.plan.geometry.right(last).is_none();
        Some(match (share, aisle) {
            (..0.34, true) => "left, at the aisle",
            (..0.34, false) => "left",
            (0.66.., true) => "right, at the aisle",
            (0.66.., false) => "right",
            (_, true) => "middle, at the aisle",
            (_, false) => "middle",
        })
    }

    fn left_alone(&self, block: &[SeatIx]) -> Vec<SeatIx> {
        let is_open = |seat: SeatIx| {
            let state = self.seats.state_for(self.hold, seat);
            in_play(self.plan.chart.seat(seat), state, self.sells(seat), Accessible::Kept)
        };
        orphan::judge(self.plan.hall(), &is_open, block, OrphanMode::Advise).orphans
    }

    fn sells(&self, seat: SeatIx) -> bool {
        self.show.sells(&self.plan.chart.category_of(seat).id)
    }

    fn price_of(&self, seat: SeatIx) -> Option<Money> {
        self.show.price(&self.plan.chart.category_of(seat).id)
    }

    fn total(&self, block: &[SeatIx]) -> Option<Money> {
        Money::sum(block.iter().map(|seat| self.price_of(*seat)))
    }

    fn price(&self, block: &[SeatIx]) -> String {
        self.total(block).map(|total| total.words(self.glyphs)).unwrap_or_default()
    }

    /// Why the chosen seats would be refused, and how that is mended.
    fn refusal(&self) -> Option<String> {
        let judged = self.seats.judged.as_ref().filter(|judged| judged.is_refused())?;
        super::refusal(self.plan, self.hold, judged)
    }

    /// What Enter does; nothing for seats that would be refused.
    fn next(&self, line: Line) -> Option<String> {
        Some(match line {
            Line::Section(section) => format!("Open {}", self.section_name(section)),
            Line::Row(row) => format!("Open {}", self.row_name(row).replacen('R', "r", 1)),
            Line::Block(first) => {
                let block = list::block_at(self.seats, self.hold, first, self.party).unwrap_or_default();
                let mine: Vec<SeatIx> = self.hold.wanted().iter().map(|p| p.ix).collect();
                match list::is_chosen(self.hold, &block) {
                    true if self.refusal().is_some() => return None,
                    true => super::pay_words(self.plan, self.hold, self.abilities, self.total(&mine), self.glyphs),
                    false => format!("Take {}", self.plan.labels(&block)),
                }
            }
        })
    }
}
