//! One key holds the seats again whose time ran out, or the nearest to them that are still free.

use super::{Seats, choose, names};
use crate::{
    domain::{
        ids::SeatIx,
        seating::best::{Ask, propose_at},
    },
    store::{
        Out,
        action::Tone,
        slices::{hold::Holding, notice::say},
        tracked::Tracked,
    },
};

pub(super) fn again(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    let Some(plan) = seats.plan().cloned() else { return };
    let lapsed = hold.lapsed();
    if lapsed.is_empty() {
        out.then(say(Tone::Info, "Nothing has run out that could be held again."));
        return;
    }
    let (free, gone) = choose::parted(seats, hold, lapsed);
    if gone.is_empty() {
        let house = std::mem::take(&mut seats.house);
        choose::set(seats, choose::Wish { seats: free, house }, out);
        return;
    }
    let was = names(&plan, &gone, "x");
    let ask = Ask::of(lapsed.len());
    let seated: Option<SeatIx> = lapsed.iter().copied().find(|seat| !plan.chart.is_standing(*seat));
    let instead = seated.and_then(|near| propose_at(plan.hall(), &seats.open_for(&plan, hold), &ask, near));
    match (instead, free.as_slice()) {
        (Some(proposal), _) => {
            let text = format!("{was} went to someone else: now {} instead.", names(&plan, &proposal.seats, "x"));
            out.then(say(Tone::Info, text));
            let house = proposal.seats.clone();
            choose::set(seats, choose::Wish { seats: proposal.seats, house }, out);
        }
        (None, []) => out.then(say(Tone::Info, format!("{was} went to someone else. Choose others."))),
        (None, left) => {
            let text = format!("{was} went to someone else: now only {}.", names(&plan, left, "x"));
            out.then(say(Tone::Info, text));
            let house = seats.house.iter().copied().filter(|seat| free.contains(seat)).collect();
            choose::set(seats, choose::Wish { seats: free, house }, out);
        }
    }
}
