//! Choosing with the mouse: a press takes a seat or lets it go, and drawn over more seats of its row does so with
//! all of them.

use super::{
    Around, Seats,
    choose::{self, by_hand, refusal, unit, want, wanted},
    propose,
};
use crate::{
    domain::ids::SeatIx,
    store::{Out, action::Tone, slices::notice::say, tracked::Tracked},
};

/// A button that went down on a seat and is not up yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drag {
    from: SeatIx,
    /// The seat that the pointer is on.
    at: SeatIx,
    /// What was wanted before.
    before: Vec<SeatIx>,
    does: Does,
}

/// What the seats are drawn over for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Take,
    LetGo,
}

impl Drag {
    pub fn at(&self) -> SeatIx {
        self.at
    }
}

/// Takes the seat, or lets it go. While a party is being seated, the party sits down there.
pub(super) fn press(seats: &mut Tracked<Seats>, around: &Around<'_>, seat: SeatIx, out: &mut Out) {
    let hold = around.hold;
    let before = wanted(hold);
    let is_mine = before.contains(&seat);
    let party = seats.party();
    seats.cursor = seat;
    let is_seated = before.len() == usize::from(party) && by_hand(seats, hold).is_empty();
    let snaps = party > 1 && is_seated && !is_mine && refusal(seats, hold, seat).is_none();
    seats.drag = Some(Drag {
        from: seat,
        at: seat,
        before: if snaps { Vec::new() } else { before },
        does: if is_mine { Does::LetGo } else { Does::Take },
    });
    if snaps {
        propose::here(seats, around, party, out);
    } else {
        choose::toggle(seats, around, seat, out);
    }
}

/// The pointer came to another seat: all from the first to this one, as far as they can be had.
pub(super) fn drag_to(seats: &mut Tracked<Seats>, around: &Around<'_>, seat: SeatIx, out: &mut Out) {
    let hold = around.hold;
    let Some(mut drag) = seats.drag.clone() else { return };
    let Some(range) = in_row(seats, drag.from, seat) else { return };
    let units: Vec<SeatIx> = range.into_iter().flat_map(|s| unit(seats, s)).collect();
    let mut all = drag.before.clone();
    // What somebody else has got since the button went down.
    all.retain(|seat| refusal(seats, hold, *seat).is_none());
    match drag.does {
        Does::LetGo => all.retain(|s| !units.contains(s)),
        Does::Take => {
            for half in units {
                if !all.contains(&half) && refusal(seats, hold, half).is_none() {
                    all.push(half);
                }
            }
        }
    }
    if let Some(most) = choose::too_many(seats, around, all.len()) {
        out.then(say(Tone::Info, most));
        return;
    }
    drag.at = seat;
    seats.drag = Some(drag);
    seats.cursor = seat;
    want(seats, hold, all, out);
}

/// The seats of one row from one to another, in that direction.
fn in_row(seats: &Seats, from: SeatIx, to: SeatIx) -> Option<Vec<SeatIx>> {
    let grid = seats.grid()?;
    let ((line, first), (to_line, last)) = (grid.position(from)?, grid.position(to)?);
    if line != to_line {
        return None;
    }
    let span = first.min(last)..=first.max(last);
    let cells = grid.lines[line as usize].seats.iter().filter(|(col, _)| span.contains(col));
    let mut range: Vec<SeatIx> = cells.map(|(_, seat)| *seat).collect();
    if first > last {
        range.reverse();
    }
    Some(range)
}
