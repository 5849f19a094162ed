//! The seats as lines of text, from the section over the row to a free block that fits the party: the way for ears
//! and for narrow screens. It ends at the same hold as the map.

use super::{
    Around, Seats,
    choose::{same_couch, standing_section, take_places, toggle, want_house, wanted},
    travel::go_to,
};
use crate::{
    domain::{chart::plan::Plan, ids::SeatIx, show::SeatState},
    store::{
        Out,
        action::{CheckoutAction, ListStep, NavAction},
        slices::hold::Holding,
        tracked::Tracked,
    },
};

/// Lines that a page has.
const PAGE: usize = 10;

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// Index of the section.
    Section(u16),
    /// Index of the row.
    Row(u32),
    /// The first seat of a block for the party.
    Block(SeatIx),
}

/// Where in the list one is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    pub party: u8,
    /// The opened section; a hall of one section is always inside it.
    section: Option<u16>,
    /// The opened row.
    row: Option<u32>,
    /// The line with the cursor; none is the first.
    at: Option<Line>,
}

impl List {
    pub fn section(&self) -> Option<u16> {
        self.section
    }

    pub fn row(&self) -> Option<u32> {
        self.row
    }

    /// The line with the cursor, of those that there are now.
    pub fn selected(&self, lines: &[Line]) -> usize {
        self.at.and_then(|at| lines.iter().position(|line| *line == at)).unwrap_or(0)
    }
}

/// The lines of what is opened: the sections, or the rows or blocks of it in which the party can sit.
pub fn lines(seats: &Seats, hold: &Holding) -> Vec<Line> {
    let (Some(plan), Some(list)) = (seats.plan(), &seats.list) else { return Vec::new() };
    let has_room = |row: &u32| !blocks(seats, hold, *row, list.party).is_empty();
    match (list.row, list.section) {
        (Some(row), _) => blocks(seats, hold, row, list.party).into_iter().map(|b| Line::Block(b[0])).collect(),
        (None, Some(section)) => rows(plan, section).filter(has_room).map(Line::Row).collect(),
        (None, None) => plan.tour.iter().copied().map(Line::Section).collect(),
    }
}

/// The rows of a section.
pub fn rows(plan: &Plan, section: u16) -> impl Iterator<Item = u32> {
    (0u32..).zip(&plan.chart.rows).filter(move |(_, row)| row.section == section).map(|(at, _)| at)
}

/// Whether a seat can be chosen, or is chosen already.
pub fn is_open(seats: &Seats, hold: &Holding, seat: SeatIx) -> bool {
    seats.state_for(hold, seat) == SeatState::Free
}

/// The free blocks of a row for a party, from left to right, no seat in two of them. Blocks that leave no single seat
/// alone come before those that do; a couch is never split. For one person each seat is a block. Of places to stand
/// one is as good as another, so there is one block.
pub fn blocks(seats: &Seats, hold: &Holding, row: u32, party: u8) -> Vec<Vec<SeatIx>> {
    let Some(plan) = seats.plan() else { return Vec::new() };
    let party = usize::from(party);
    let open = |seat: &SeatIx| is_open(seats, hold, *seat);
    let all = plan.geometry.row(row);
    if all.first().is_some_and(|seat| plan.chart.is_standing(*seat)) {
        let first: Vec<SeatIx> = all.iter().copied().filter(open).take(party).collect();
        return if first.len() == party { vec![first] } else { Vec::new() };
    }
    let mut blocks = Vec::new();
    for run in plan.geometry.runs_of_row(row) {
        for stretch in plan.geometry.run(run).split(|seat| !open(seat)) {
            blocks.extend(places(seats, stretch, party).into_iter().map(|at| stretch[at..at + party].to_vec()));
        }
    }
    blocks
}

/// Where in a stretch of free seats a party is placed, again and again.
fn places(seats: &Seats, stretch: &[SeatIx], party: usize) -> Vec<usize> {
    let Some(last) = stretch.len().checked_sub(party) else { return Vec::new() };
    let splits = |at: usize| at > 0 && at < stretch.len() && same_couch(seats, stretch[at - 1], stretch[at]);
    let whole = |at: &usize| !splits(*at) && !splits(at + party);
    // Nobody is left alone beside it.
    let tidy = |at: &usize| party == 1 || (*at != 1 && last - at != 1);
    let mut chosen: Vec<usize> = Vec::new();
    let apart = |chosen: &[usize], at: usize| chosen.iter().all(|other| other.abs_diff(at) >= party);
    for keep in [true, false] {
        for at in (0..=last).filter(|at| whole(at) && tidy(at) == keep) {
            if apart(&chosen, at) {
                chosen.push(at);
            }
        }
    }
    chosen.sort_unstable();
    chosen
}

/// The seats of the block that begins there.
pub fn block_at(seats: &Seats, hold: &Holding, first: SeatIx, party: u8) -> Option<Vec<SeatIx>> {
    let row = seats.plan()?.chart.seat(first).row;
    blocks(seats, hold, row, party).into_iter().find(|block| block[0] == first)
}

/// Whether a block is what is chosen, so that the next step is to pay.
pub fn is_chosen(hold: &Holding, block: &[SeatIx]) -> bool {
    !block.is_empty() && block.iter().all(|seat| hold.wanted().iter().any(|p| p.ix == *seat))
}

/// Shows the list instead of the map, opened where the cursor is; or the map again.
pub(super) fn turn(seats: &mut Tracked<Seats>) {
    if seats.list.take().is_some() {
        return;
    }
    let Some(plan) = seats.plan().filter(|p| !p.chart.seats.is_empty()).cloned() else { return };
    let (row, party) = (plan.chart.seat(seats.cursor).row, seats.party());
    let section = plan.chart.row_of(seats.cursor).section;
    let opened = (plan.tour.len() == 1).then_some(section);
    let at = if opened.is_some() { Line::Row(row) } else { Line::Section(section) };
    seats.list = Some(List { party, section: opened, row: None, at: Some(at) });
}

/// The same list of another plan, opened where the cursor is.
pub(super) fn anew(seats: &mut Tracked<Seats>) {
    if let Some(party) = seats.list.take().map(|list| list.party) {
        turn(seats);
        set_party(seats, party);
    }
}

/// Another party; one stays in the section or row that is open.
pub(super) fn set_party(seats: &mut Tracked<Seats>, party: u8) {
    if let Some(list) = &mut seats.list {
        list.party = party.max(1);
    }
}

pub(super) fn step(seats: &mut Tracked<Seats>, hold: &Holding, step: ListStep) {
    let lines = lines(seats, hold);
    let Some(list) = &mut seats.list else { return };
    let Some(last) = lines.len().checked_sub(1) else { return };
    let now = list.selected(&lines);
    let to = match step {
        ListStep::Up => now.saturating_sub(1),
        ListStep::Down => now + 1,
        ListStep::PageUp => now.saturating_sub(PAGE),
        ListStep::PageDown => now + PAGE,
        ListStep::First => 0,
        ListStep::Last => last,
    };
    list.at = Some(lines[to.min(last)]);
    follow(seats);
}

/// The map's cursor goes along, so that the map opens where the list was.
fn follow(seats: &mut Tracked<Seats>) {
    let at = seats.list.as_ref().and_then(|list| list.at);
    let seat = match (at, seats.plan()) {
        (Some(Line::Block(seat)), _) => Some(seat),
        (Some(Line::Row(row)), Some(plan)) => plan.geometry.row(row).first().copied(),
        _ => None,
    };
    if let Some(seat) = seat {
        go_to(seats, seat);
    }
}

/// Opens the line, or takes its seats; what is taken already is paid for.
pub(super) fn go(seats: &mut Tracked<Seats>, around: &Around<'_>, out: &mut Out) {
    let lines = lines(seats, around.hold);
    let Some(line) = seats.list.as_ref().and_then(|list| lines.get(list.selected(&lines)).copied()) else { return };
    open(seats, around, line, out);
}

/// The same for a line that was clicked.
pub(super) fn open(seats: &mut Tracked<Seats>, around: &Around<'_>, line: Line, out: &mut Out) {
    // A line that was clicked may be one of the picture before.
    if !lines(seats, around.hold).contains(&line) {
        return;
    }
    let Some(list) = &mut seats.list else { return };
    list.at = Some(line);
    match line {
        Line::Section(section) => {
            list.section = Some(section);
            list.at = None;
        }
        Line::Row(row) => {
            list.row = Some(row);
            list.at = None;
        }
        Line::Block(first) => {
            let party = list.party;
            take(seats, around, first, party, out);
        }
    }
    follow(seats);
}

fn take(seats: &mut Tracked<Seats>, around: &Around<'_>, first: SeatIx, party: u8, out: &mut Out) {
    let hold = around.hold;
    let Some(block) = block_at(seats, hold, first, party) else { return };
    if is_chosen(hold, &block) {
        out.then(CheckoutAction::Open);
    } else if let Some(section) = standing_section(seats, first) {
        take_places(seats, around, section, party, out);
    } else if party == 1 {
        // Person by person: what was chosen before stays.
        toggle(seats, around, first, out);
    } else if block != wanted(hold) {
        want_house(seats, hold, block, out);
    }
}

/// One step back; from the first list off the screen.
pub(super) fn back(seats: &mut Tracked<Seats>, out: &mut Out) {
    let single = seats.plan().is_some_and(|plan| plan.tour.len() == 1);
    let Some(list) = &mut seats.list else { return };
    match (list.row.take(), list.section) {
        (Some(row), _) => list.at = Some(Line::Row(row)),
        (None, Some(section)) if !single => {
            list.section = None;
            list.at = Some(Line::Section(section));
        }
        _ => out.then(NavAction::Back),
    }
}
