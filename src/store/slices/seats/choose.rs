//! Choosing by hand: seat by seat, ranges, places of general admission; and the one way in which a wish changes.

use super::{Around, Seats, names};
use crate::{
    domain::{
        chart::{Admission, SeatKind},
        ids::SeatIx,
        seating::Accessible,
        show::SeatState,
    },
    store::{
        Out,
        action::{HoldAction, OverlayAction, Reply, Tone},
        slices::{hold::Holding, notice::say, overlay::Question},
        tracked::Tracked,
    },
};

/// How many changes can be undone.
const HISTORY: usize = 20;

/// What is wanted, and which of it the program chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    pub seats: Vec<SeatIx>,
    pub house: Vec<SeatIx>,
}

/// The question whether somebody needs a place that is kept for wheelchairs: asked once for a party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Access {
    #[default]
    NotAsked,
    /// Asked, with what is wanted if somebody does.
    Asked(Wish),
    Needed,
}

pub(super) fn wanted(hold: &Holding) -> Vec<SeatIx> {
    hold.wanted().iter().map(|p| p.ix).collect()
}

/// The wanted seats that the person chose by hand, in the order in which they did.
pub(super) fn by_hand(seats: &Seats, hold: &Holding) -> Vec<SeatIx> {
    wanted(hold).into_iter().filter(|seat| !seats.house.contains(seat)).collect()
}

/// Wants these seats; what is new among them was chosen by hand.
pub(super) fn want(seats: &mut Tracked<Seats>, hold: &Holding, wanted: Vec<SeatIx>, out: &mut Out) {
    let house = seats.house.iter().copied().filter(|seat| wanted.contains(seat)).collect();
    let wish = Wish { seats: wanted, house };
    if needs_a_word(seats, hold, &wish) {
        let kept = wish.seats.iter().copied().find(|seat| is_kept(seats, *seat));
        if let (Some(plan), Some(seat)) = (seats.plan(), kept) {
            let words = match plan.chart.seat(seat).kind {
                SeatKind::Wheelchair => format!("{} is a wheelchair space. Does somebody need it?", plan.label(seat)),
                _ => {
                    let label = plan.label(seat);
                    format!("{label} is kept for who comes with a wheelchair. Does somebody need it?")
                }
            };
            out.then(OverlayAction::Ask(Question::Accessible { words }));
        }
        seats.access = Access::Asked(wish);
        return;
    }
    seats.proposed = None;
    change(seats, hold, wish, out);
}

/// Wants seats that the program chose; those that the person had chosen by hand stay theirs.
pub(super) fn want_house(seats: &mut Tracked<Seats>, hold: &Holding, wanted: Vec<SeatIx>, out: &mut Out) {
    let mine = by_hand(seats, hold);
    let house = wanted.iter().copied().filter(|seat| !mine.contains(seat)).collect();
    change(seats, hold, Wish { seats: wanted, house }, out);
}

/// The one way in which a wish changes: it can be undone.
fn change(seats: &mut Tracked<Seats>, hold: &Holding, wish: Wish, out: &mut Out) {
    let before = Wish { seats: wanted(hold), house: seats.house.clone() };
    if before.seats != wish.seats {
        if seats.history.len() == HISTORY {
            seats.history.remove(0);
        }
        seats.history.push(before);
    }
    set(seats, wish, out);
}

/// Makes a wish the one that holds.
pub(super) fn set(seats: &mut Tracked<Seats>, wish: Wish, out: &mut Out) {
    seats.house = wish.house;
    if let (Some(show), Some(plan)) = (&seats.show, seats.plan()) {
        out.then(HoldAction::Want { show: show.id.clone(), plan: plan.clone(), seats: wish.seats });
    }
}

pub(super) fn undo(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    if seats.history.is_empty() {
        out.then(say(Tone::Info, "There is nothing to undo."));
        return;
    }
    let Some(wish) = seats.history.pop() else { return };
    seats.proposed = None;
    let (free, gone) = parted(seats, hold, &wish.seats);
    if let (Some(plan), false) = (seats.plan(), gone.is_empty()) {
        let text = format!("{} cannot be had any more.", names(plan, &gone, "x"));
        out.then(say(Tone::Info, text));
    }
    let house = wish.house.into_iter().filter(|seat| free.contains(seat)).collect();
    set(seats, Wish { seats: free, house }, out);
}

/// The seats that this person can have or has, and those that they cannot have. A couch with a half gone is gone.
pub(super) fn parted(seats: &Seats, hold: &Holding, wanted: &[SeatIx]) -> (Vec<SeatIx>, Vec<SeatIx>) {
    let free = |seat: &SeatIx| seats.state_for(hold, *seat) == SeatState::Free;
    wanted.iter().partition(|seat| unit(seats, **seat).iter().all(free))
}

/// A place that is kept for those who need it.
fn is_kept(seats: &Seats, seat: SeatIx) -> bool {
    seats.plan().is_some_and(|plan| {
        let facts = plan.chart.seat(seat);
        matches!(facts.kind, SeatKind::Wheelchair | SeatKind::Companion)
            && seats.accessible(usize::from(facts.category)) == Accessible::Kept
    })
}

/// Whether a wish has to be asked about: it is the first with a place that is kept.
fn needs_a_word(seats: &Seats, hold: &Holding, wish: &Wish) -> bool {
    let is_new = |seat: &&SeatIx| !hold.wanted().iter().any(|pick| pick.ix == **seat);
    seats.access != Access::Needed && wish.seats.iter().filter(is_new).any(|seat| is_kept(seats, *seat))
}

/// What was asked about is no more, so that an answer changes nothing.
pub(super) fn forget_question(seats: &mut Tracked<Seats>) {
    if seats.access != Access::Needed {
        seats.access = Access::NotAsked;
    }
}

/// The answer to whether somebody needs a place that is kept.
pub(super) fn answered(seats: &mut Tracked<Seats>, hold: &Holding, reply: Reply, out: &mut Out) {
    let Access::Asked(mut wish) = std::mem::take(&mut seats.access) else { return };
    match reply {
        Reply::Yes => seats.access = Access::Needed,
        Reply::No => {
            wish.seats.retain(|seat| !is_kept(seats, *seat));
            let text = "Wheelchair spaces and the places beside them are kept for those who need them.";
            out.then(say(Tone::Info, text));
        }
    }
    seats.proposed = None;
    change(seats, hold, wish, out);
}

/// Both halves of a couch are one unit.
pub(super) fn same_couch(seats: &Seats, a: SeatIx, b: SeatIx) -> bool {
    let couch = |s: SeatIx| seats.plan().and_then(|p| p.chart.seat(s).couch);
    a == b || couch(a).is_some() && couch(a) == couch(b)
}

/// The seat with its other half.
pub(super) fn unit(seats: &Seats, seat: SeatIx) -> Vec<SeatIx> {
    let Some(plan) = seats.plan().filter(|p| p.chart.seat(seat).couch.is_some()) else { return vec![seat] };
    let row = plan.chart.row_of(seat).seats.clone();
    row.map(SeatIx).filter(|s| same_couch(seats, *s, seat)).collect()
}

/// Why a seat cannot be chosen, in words.
pub(super) fn refusal(seats: &Seats, hold: &Holding, seat: SeatIx) -> Option<String> {
    let plan = seats.plan()?;
    let label = plan.label(seat);
    let kind = plan.chart.seat(seat).kind;
    match seats.state_for(hold, seat) {
        SeatState::Free => None,
        SeatState::Held => Some(format!("{label} is held by someone else.")),
        SeatState::Sold => Some(format!("{label} is sold.")),
        SeatState::Blocked if kind == SeatKind::Blocked => Some(format!("{label} is not for sale.")),
        SeatState::Blocked => Some(format!("{label} is not for sale at this show.")),
    }
}

pub(super) fn toggle(seats: &mut Tracked<Seats>, around: &Around<'_>, seat: SeatIx, out: &mut Out) {
    let hold = around.hold;
    if let Some(section) = standing_section(seats, seat) {
        take_places(seats, around, section, 1, out);
        return;
    }
    let unit = unit(seats, seat);
    let mut wanted = wanted(hold);
    if wanted.contains(&seat) {
        wanted.retain(|s| !unit.contains(s));
    } else if let Some(why) = unit.iter().find_map(|s| refusal(seats, hold, *s)) {
        out.then(say(Tone::Info, why));
        return;
    } else {
        wanted.extend(unit.into_iter().filter(|s| !hold.wanted().iter().any(|p| p.ix == *s)));
    }
    if let Some(most) = too_many(seats, around, wanted.len()) {
        out.then(say(Tone::Info, most));
        return;
    }
    want(seats, hold, wanted, out);
}

/// Why so many seats cannot be had at once.
pub(super) fn too_many(seats: &Seats, around: &Around<'_>, count: usize) -> Option<String> {
    let most = around.cinema.map_or(usize::MAX, |cinema| cinema.max_seats as usize);
    let more = count > around.hold.wanted().len();
    (seats.plan().is_some() && more && count > most).then(|| format!("At most {most} seats can be booked at once."))
}

/// The section whose places nobody chooses between, of a seat that is one of them.
pub(super) fn standing_section(seats: &Seats, seat: SeatIx) -> Option<u16> {
    let chart = &seats.plan()?.chart;
    (seat.get() < chart.seats.len() && chart.is_standing(seat)).then(|| chart.row_of(seat).section)
}

/// Just so many places of a general-admission section: a digit is a party, wherever it is pressed.
pub(super) fn places_for(seats: &mut Tracked<Seats>, around: &Around<'_>, section: u16, party: u8, out: &mut Out) {
    let here = |seat: &SeatIx| standing_section(seats, *seat) == Some(section);
    let all = wanted(around.hold);
    let have = all.iter().filter(|seat| here(seat)).count();
    match usize::from(party).checked_sub(have) {
        None => {
            let mut over = have - usize::from(party);
            let mut kept: Vec<SeatIx> = Vec::with_capacity(all.len());
            for seat in all.iter().rev() {
                if over > 0 && here(seat) {
                    over -= 1;
                } else {
                    kept.insert(0, *seat);
                }
            }
            want(seats, around.hold, kept, out);
        }
        Some(0) => {}
        Some(more) => take_places(seats, around, section, more as u8, out),
    }
}

/// The first free places of a general-admission section, besides those that are wanted already.
pub(super) fn take_places(seats: &mut Tracked<Seats>, around: &Around<'_>, section: u16, count: u8, out: &mut Out) {
    let (hold, Some(plan)) = (around.hold, seats.plan().cloned()) else { return };
    let chart = &plan.chart;
    let Some(area) = chart.sections.get(usize::from(section)).filter(|s| s.admission == Admission::General) else {
        return;
    };
    let mut wanted = wanted(hold);
    let rows = chart.rows.iter().filter(|row| row.section == section);
    let places = rows.flat_map(|row| row.seats.clone().map(SeatIx));
    let free = places.filter(|seat| seats.state_for(hold, *seat) == SeatState::Free && !wanted.contains(seat));
    let new: Vec<SeatIx> = free.take(usize::from(count)).collect();
    if new.is_empty() {
        let priced = rows_priced(seats, section);
        let why = if priced { "is full" } else { "is not for sale at this show" };
        out.then(say(Tone::Info, format!("{} {why}.", area.name)));
        return;
    }
    if new.len() < usize::from(count) {
        out.then(say(Tone::Info, format!("Only {} more places are left in {}.", new.len(), area.name)));
        return;
    }
    wanted.extend(new);
    if let Some(most) = too_many(seats, around, wanted.len()) {
        out.then(say(Tone::Info, most));
        return;
    }
    want(seats, hold, wanted, out);
}

fn rows_priced(seats: &Seats, section: u16) -> bool {
    let Some(plan) = seats.plan() else { return false };
    let mut rows = plan.chart.rows.iter().filter(|row| row.section == section);
    rows.any(|row| row.seats.clone().any(|seat| seats.is_priced(usize::from(plan.chart.seat(SeatIx(seat)).category))))
}

/// The first `v` sets the anchor; the second takes all free seats from there to the cursor.
pub(super) fn range(seats: &mut Tracked<Seats>, around: &Around<'_>, out: &mut Out) {
    let hold = around.hold;
    let Some(anchor) = seats.anchor.take() else {
        seats.anchor = Some(seats.cursor);
        out.then(say(Tone::Info, "Range: move to its other end and press {range} again."));
        return;
    };
    let Some(grid) = seats.grid() else { return };
    let (Some((line, from)), Some((to_line, to))) = (grid.position(anchor), grid.position(seats.cursor)) else {
        return;
    };
    if line != to_line {
        out.then(say(Tone::Info, "A range stays within one row."));
        return;
    }
    let span = from.min(to)..=from.max(to);
    let mut all = wanted(hold);
    for (_, seat) in grid.lines[line as usize].seats.iter().filter(|(col, _)| span.contains(col)) {
        // A range passes over what is kept, unless it begins or ends there.
        let meant = [anchor, seats.cursor].contains(seat) || !is_kept(seats, *seat);
        for half in unit(seats, *seat) {
            if meant && !all.contains(&half) && refusal(seats, hold, half).is_none() {
                all.push(half);
            }
        }
    }
    if let Some(most) = too_many(seats, around, all.len()) {
        out.then(say(Tone::Info, most));
        return;
    }
    want(seats, hold, all, out);
}

pub(super) fn drop_last(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    let mut wanted = wanted(hold);
    if let Some(last) = wanted.pop() {
        wanted.retain(|s| !same_couch(seats, *s, last));
        want(seats, hold, wanted, out);
    }
}
