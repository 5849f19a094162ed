//! The best seats for a party, the next best, and what is offered for one key.

use super::{
    Around, Seats, choose,
    grow::{self, Party},
    names,
};
use crate::{
    domain::{
        chart::SeatKind,
        ids::SeatIx,
        seating::best::{Ask, Proposal, Rung, propose, propose_at},
        show::SeatState,
    },
    store::{
        Out,
        action::{Tone, Turn},
        slices::{hold::Holding, notice::say},
        tracked::Tracked,
    },
};

/// How many proposals `n` goes through.
pub(super) const PROPOSALS: usize = 10;

/// Seats for a party, best first, and those that are chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    pub party: u8,
    /// None yet where a party has grown: they are looked for when the next ones are asked for.
    pub proposals: Vec<Proposal>,
    pub at: usize,
    /// Where the cursor was put; a digit pressed elsewhere means "here".
    cursor: SeatIx,
}

impl Proposed {
    /// The proposal that is chosen.
    pub fn chosen(&self) -> Option<&Proposal> {
        self.proposals.get(self.at)
    }

    /// Whether the cursor was moved since: then the same digit means "here".
    pub fn is_elsewhere(&self, cursor: SeatIx) -> bool {
        self.cursor != cursor
    }
}

/// Seats that `Enter` takes. An offer stands until the person does something else.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub kind: OfferKind,
    /// All that would be wanted then.
    pub seats: Vec<SeatIx>,
    /// What was wanted when it was made: with anything else the offer no longer means what it says.
    pub beside: Vec<SeatIx>,
    /// The sentence that offers them.
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferKind {
    /// In place of what somebody else has just taken.
    Instead,
    /// Not near each other: its digit again takes them, too.
    Scattered { party: u8 },
}

/// A digit: so many people. With nothing chosen by hand the same digit with the cursor moved means a block there;
/// another digit lets the party grow or shrink.
pub(super) fn party(seats: &mut Tracked<Seats>, around: &Around<'_>, party: u8, offer: Option<Offer>, out: &mut Out) {
    let hold = around.hold;
    if let Some(section) = choose::standing_section(seats, seats.cursor) {
        choose::places_for(seats, around, section, party, out);
        return;
    }
    if let Some(offer) = offer.filter(|offer| offer.kind == OfferKind::Scattered { party }) {
        take_offer(seats, hold, offer, out);
        return;
    }
    if let Some(most) = choose::too_many(seats, around, usize::from(party)) {
        out.then(say(Tone::Info, most));
        return;
    }
    let (wanted, by_hand) = (choose::wanted(hold), choose::by_hand(seats, hold));
    let moved = seats.proposed.as_ref().is_some_and(|p| p.party == party && p.is_elsewhere(seats.cursor));
    match wanted.len() {
        0 => drop(fresh(seats, around, &Ask::of(usize::from(party)), out)),
        count if count == usize::from(party) && !by_hand.is_empty() => {
            let text = format!("You chose these {count} yourself. {{best}} takes the best {count} instead.");
            out.then(say(Tone::Info, text));
        }
        count if count == usize::from(party) && moved => here(seats, around, party, out),
        count if count == usize::from(party) => drop(fresh(seats, around, &Ask::of(count), out)),
        _ => resize(seats, around, party, out),
    }
}

/// Proposes the best seats for as many people as are chosen, wherever the present ones are.
pub(super) fn best(seats: &mut Tracked<Seats>, around: &Around<'_>, out: &mut Out) {
    let house = std::mem::replace(&mut seats.house, choose::wanted(around.hold));
    if !fresh(seats, around, &Ask::of(around.hold.wanted().len().max(1)), out) {
        seats.house = house;
    }
}

/// Proposes the best seats for what is asked, and wants them at once. When all that is left is scattered over the
/// hall, that is said and offered, never taken unasked. Says whether seats were taken.
pub(super) fn fresh(seats: &mut Tracked<Seats>, around: &Around<'_>, ask: &Ask<'_>, out: &mut Out) -> bool {
    let Some(plan) = seats.plan().cloned() else { return false };
    let proposals = propose(plan.hall(), &seats.open_for(&plan, around.hold), ask, PROPOSALS);
    let party = ask.size.min(usize::from(u8::MAX)) as u8;
    if !proposals.is_empty() {
        take(seats, around.hold, Proposed { party, proposals, at: 0, cursor: seats.cursor }, out);
        return true;
    }
    let anywhere = Ask { last: Rung::L7, ..*ask };
    let scattered = propose(plan.hall(), &seats.open_for(&plan, around.hold), &anywhere, 1).pop();
    match scattered.filter(|proposal| ask.last < Rung::L7 && proposal.rung == Rung::L7) {
        Some(proposal) => {
            let labels = names(&plan, &proposal.seats, "x");
            let words = format!("No {party} seats are near each other. {{go}} takes {labels}, apart.");
            out.then(say(Tone::Info, words.clone()));
            let beside = choose::wanted(around.hold);
            seats.offer = Some(Offer { kind: OfferKind::Scattered { party }, seats: proposal.seats, beside, words });
        }
        None => {
            let text = format!("No {party} free seats near each other in this hall. Try fewer, or choose by hand.");
            out.then(say(Tone::Info, text));
        }
    }
    false
}

/// The best seats at the cursor.
pub(super) fn here(seats: &mut Tracked<Seats>, around: &Around<'_>, party: u8, out: &mut Out) {
    let Some(plan) = seats.plan().cloned() else { return };
    let ask = Ask::of(usize::from(party));
    let found = propose_at(plan.hall(), &seats.open_for(&plan, around.hold), &ask, seats.cursor);
    match found {
        Some(proposal) => {
            let proposed = Proposed { party, proposals: vec![proposal], at: 0, cursor: seats.cursor };
            take(seats, around.hold, proposed, out);
        }
        None => {
            let text = format!("No {party} free seats near each other here. Try elsewhere, or fewer.");
            out.then(say(Tone::Info, text));
        }
    }
}

/// The party grows or shrinks.
fn resize(seats: &mut Tracked<Seats>, around: &Around<'_>, party: u8, out: &mut Out) {
    match resized(seats, around.hold, (&choose::wanted(around.hold), &[]), usize::from(party)) {
        Some(wanted) => {
            seats.anchor = None;
            seats.proposed = Some(Proposed { party, proposals: Vec::new(), at: 0, cursor: seats.cursor });
            choose::want_house(seats, around.hold, wanted, out);
        }
        None => {
            let text = format!("No {party} free seats near each other beside yours. {{best}} looks in the whole hall.");
            out.then(say(Tone::Info, text));
        }
    }
}

/// Seats for a party of another size that has the first of these seats, and cannot have the second.
pub(super) fn resized(
    seats: &Seats,
    hold: &Holding,
    (wanted, lost): (&[SeatIx], &[SeatIx]),
    size: usize,
) -> Option<Vec<SeatIx>> {
    let plan = seats.plan()?;
    let by_hand: Vec<SeatIx> = choose::by_hand(seats, hold).into_iter().filter(|s| wanted.contains(s)).collect();
    let kind = |seat: SeatIx| plan.chart.seat(seat).kind;
    // Who comes with a wheelchair may have the places beside it.
    let with_wheelchair = wanted.iter().any(|seat| kind(*seat) == SeatKind::Wheelchair);
    let in_play = seats.open_for(plan, hold);
    let open = |seat: SeatIx| {
        let beside = || with_wheelchair && kind(seat) == SeatKind::Companion;
        let can = || in_play(seat) || beside() && seats.state_for(hold, seat) == SeatState::Free;
        !lost.contains(&seat) && can()
    };
    grow::resized(plan.hall(), &Party { wanted, by_hand: &by_hand, open: &open }, size)
}

pub(super) fn alternative(seats: &mut Tracked<Seats>, around: &Around<'_>, turn: Turn, out: &mut Out) {
    let hold = around.hold;
    let wanted = choose::wanted(hold);
    if !choose::by_hand(seats, hold).is_empty() {
        let text = format!("You chose seats yourself. {{best}} takes the best {} instead.", wanted.len());
        out.then(say(Tone::Info, text));
        return;
    }
    let Some(mut proposed) = seats.proposed.clone().filter(|p| !p.proposals.is_empty()) else {
        let party = seats.proposed.as_ref().map_or(wanted.len(), |p| usize::from(p.party));
        fresh(seats, around, &Ask::of(party.max(1)), out);
        return;
    };
    let count = proposed.proposals.len();
    // What somebody else has taken meanwhile is passed over.
    let can = |seat: &SeatIx| seats.state_for(hold, *seat) == SeatState::Free;
    let turned = (1..count).map(|step| match turn {
        Turn::Next => (proposed.at + step) % count,
        Turn::Previous => (proposed.at + count - step) % count,
    });
    match turned.into_iter().find(|at| proposed.proposals[*at].seats.iter().all(can)) {
        Some(at) => {
            proposed.at = at;
            take(seats, hold, proposed, out);
        }
        None => out.then(say(Tone::Info, "There is no other block for this party.")),
    }
}

/// Wants the first of several proposals, and shows it; the others come with the next keys.
pub(super) fn take_first(
    seats: &mut Tracked<Seats>,
    hold: &Holding,
    size: usize,
    proposals: Vec<Proposal>,
    out: &mut Out,
) {
    let party = size.min(usize::from(u8::MAX)) as u8;
    take(seats, hold, Proposed { party, proposals, at: 0, cursor: seats.cursor }, out);
}

/// Wants what is proposed, and shows it.
fn take(seats: &mut Tracked<Seats>, hold: &Holding, mut proposed: Proposed, out: &mut Out) {
    let Some(seat) = proposed.chosen().and_then(|p| p.seats.first().copied()) else { return };
    let wanted = proposed.proposals[proposed.at].seats.clone();
    show(seats, seat);
    proposed.cursor = seats.cursor;
    seats.proposed = Some(proposed);
    choose::want_house(seats, hold, wanted, out);
}

/// Brings a seat under the cursor.
pub(super) fn show(seats: &mut Tracked<Seats>, seat: SeatIx) {
    let level = seats.plan().map_or(0, |p| p.level_of(seat));
    seats.cursor = seat;
    seats.level = level;
    seats.anchor = None;
}

/// Takes what was offered.
pub(super) fn take_offer(seats: &mut Tracked<Seats>, hold: &Holding, offer: Offer, out: &mut Out) {
    let new = offer.seats.iter().copied().find(|seat| !hold.wanted().iter().any(|pick| pick.ix == *seat));
    if let Some(seat) = new {
        show(seats, seat);
    }
    choose::want_house(seats, hold, offer.seats, out);
}
