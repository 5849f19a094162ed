//! The best seats for a party in a part of the hall: one that was pointed at, or one that was typed.

use super::{
    Around, Seats,
    choose::{self, Access, want_house, wanted},
    propose,
    travel::go_to,
};
use crate::{
    domain::{
        chart::SeatKind,
        ids::SeatIx,
        seating::{
            best::{self, Ask},
            party::NO_PRICES,
            spec::PartyWish,
        },
        show::SeatState,
    },
    store::{
        Out,
        action::Tone,
        slices::{hold::Holding, notice::say},
        tracked::Tracked,
    },
};

/// The best seats for the party in a line of the grid.
pub(super) fn in_row(seats: &mut Tracked<Seats>, hold: &Holding, line: u32, out: &mut Out) {
    let Some(line) = seats.grid().and_then(|grid| grid.lines.get(line as usize)).cloned() else { return };
    let inside = |seat: SeatIx| line.seats.iter().any(|(_, other)| *other == seat);
    let party = usize::from(seats.party());
    if take(seats, hold, &Ask { suits: &inside, ..Ask::of(party) }, out).is_none() {
        out.then(say(Tone::Info, format!("No seats for {party} are free in row {}.", line.label)));
    }
}

/// The best seats for the party in a section; where people stand, so many places.
pub(super) fn in_section(seats: &mut Tracked<Seats>, around: &Around<'_>, section: u16, out: &mut Out) {
    let Some(plan) = seats.plan().cloned() else { return };
    let Some(area) = plan.chart.sections.get(usize::from(section)) else { return };
    let party = seats.party();
    let mut rows = plan.chart.rows.iter().filter(|row| row.section == section && !row.seats.is_empty());
    let Some(first) = rows.next().map(|row| SeatIx(row.seats.start)) else { return };
    if plan.chart.is_standing(first) {
        go_to(seats, first);
        choose::take_places(seats, around, section, party, out);
        return;
    }
    let inside = |seat: SeatIx| plan.chart.row_of(seat).section == section;
    let ask = Ask { suits: &inside, ..Ask::of(usize::from(party)) };
    if take(seats, around.hold, &ask, out).is_none() {
        go_to(seats, first);
        out.then(say(Tone::Info, format!("No seats for {party} are free in {}.", area.name)));
    }
}

/// The best seats for what a party wishes.
///
/// # Errors
/// A sentence, when there are none.
pub(super) fn party(seats: &mut Tracked<Seats>, hold: &Holding, wish: &PartyWish, out: &mut Out) -> Result<(), String> {
    let (Some(plan), Some(show)) = (seats.plan().cloned(), seats.show.clone()) else { return Ok(()) };
    let price_of = |category: u16| {
        let category = plan.chart.categories.get(usize::from(category))?;
        show.price(&category.id)
    };
    let count = wish.size;
    if wish.ceiling.is_some() && show.price_from().is_none() {
        return Err(NO_PRICES.to_owned());
    }
    if wish.is_general {
        let mine = wanted(hold);
        let is_free = |seat: SeatIx| seats.state_for(hold, seat) == SeatState::Free && !mine.contains(&seat);
        let places = wish.general_places(&plan.chart, &price_of, &is_free);
        let Some(first) = places.first().copied() else {
            return Err(format!("there are no {count} places left there"));
        };
        go_to(seats, first);
        want_house(seats, hold, places, out);
        return Ok(());
    }
    let suits = |seat: SeatIx| wish.suits(&plan.chart, &price_of, seat);
    let ask = Ask { suits: &suits, wheelchairs: wish.wheelchairs, ..Ask::of(count) };
    match take(seats, hold, &ask, out) {
        Some(()) => {
            if wish.wheelchairs > 0 {
                seats.access = Access::Needed;
            }
            Ok(())
        }
        None => Err(format!("no free seats for {count} people are like that")),
    }
}

/// Proposes the best of the seats that suit, and wants them at once; `None` if there are none.
fn take(seats: &mut Tracked<Seats>, hold: &Holding, ask: &Ask<'_>, out: &mut Out) -> Option<()> {
    let plan = seats.plan().cloned()?;
    let found = {
        let in_play = seats.open_for(&plan, hold);
        // The spaces for wheelchairs and the places beside them are there for this party.
        let is_kept = |seat: SeatIx| {
            matches!(plan.chart.seat(seat).kind, SeatKind::Wheelchair | SeatKind::Companion)
                && seats.state_for(hold, seat) == SeatState::Free
        };
        let open = |seat: SeatIx| in_play(seat) || ask.wheelchairs > 0 && is_kept(seat);
        best::propose(plan.hall(), &open, ask, propose::PROPOSALS)
    };
    if found.is_empty() {
        return None;
    }
    propose::take_first(seats, hold, ask.size, found, out);
    Some(())
}
