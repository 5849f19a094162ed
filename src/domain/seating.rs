//! Choosing seats: what a typed label means, which seats together are the best, and which choice leaves a single seat
//! alone.

pub mod best;
pub mod orphan;
pub mod party;
pub mod release;
pub mod sight;
pub mod spec;

use crate::domain::{
    chart::{Seat, SeatKind},
    show::SeatState,
};

/// Whether wheelchair spaces and their companion places are kept for those who need them, or have been released to
/// everyone because nothing else is left or the show begins soon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accessible {
    #[default]
    Kept,
    Released,
}

/// The one picture of the seats in play, for the picker, proposals, the orphan rule, the API and the server: whether
/// a seat is open, that is free to anyone at any price. Everything else is a wall: sold, held by others, blocked, not
/// priced at this show, a wheelchair space, a companion place kept with it. Seats of one's own hold are open as long
/// as the question is what else could be chosen: the caller passes [`SeatState::Free`] for them.
pub fn in_play(seat: &Seat, state: SeatState, is_priced: bool, accessible: Accessible) -> bool {
    let kind = match seat.kind {
        SeatKind::Seat | SeatKind::Couch => true,
        SeatKind::Wheelchair | SeatKind::Companion => accessible == Accessible::Released,
        SeatKind::Blocked | SeatKind::Standing => false,
    };
    kind && is_priced && state == SeatState::Free
}
