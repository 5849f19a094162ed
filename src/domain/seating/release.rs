//! When the places kept for people in wheelchairs and their companions are sold to everybody: when all other seats of
//! their category are sold, or so many minutes before the show.

use super::{Accessible, in_play};
use crate::domain::{
    chart::{Chart, SeatKind},
    ids::SeatIx,
    show::{SeatState, SeatStates, Show},
};
use jiff::Timestamp;

/// For each category of a chart, whether its wheelchair spaces and companion places are released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released(Vec<Accessible>);

impl Released {
    /// Nothing is.
    pub fn none(chart: &Chart) -> Self {
        Self(vec![Accessible::Kept; chart.categories.len()])
    }

    /// Everything is.
    pub fn all(chart: &Chart) -> Self {
        Self(vec![Accessible::Released; chart.categories.len()])
    }

    /// What is released while the seats are in these states. `release_min` is the setting: 0 releases by the states
    /// alone. A category without other seats than accessible ones keeps them until the time has come.
    pub fn of(chart: &Chart, show: &Show, states: &SeatStates, release_min: u32, now: Timestamp) -> Self {
        if is_time(show, release_min, now) {
            return Self::all(chart);
        }
        Self::by_states(chart, states.iter())
    }

    /// What is released by the states alone, those of all seats in chart order.
    pub fn by_states(chart: &Chart, states: impl Iterator<Item = SeatState>) -> Self {
        // Of each category the seats that can be bought by anybody, and those of them that are sold.
        let mut counts = vec![(0u32, 0u32); chart.categories.len()];
        for (seat, state) in chart.seats.iter().zip(states) {
            if matches!(seat.kind, SeatKind::Seat | SeatKind::Couch) && state != SeatState::Blocked {
                let (all, sold) = &mut counts[seat.category as usize];
                *all += 1;
                *sold += u32::from(state == SeatState::Sold);
            }
        }
        let of = |(all, sold): (u32, u32)| {
            if all > 0 && all == sold { Accessible::Released } else { Accessible::Kept }
        };
        Self(counts.into_iter().map(of).collect())
    }

    pub fn of_category(&self, category: u16) -> Accessible {
        self.0.get(category as usize).copied().unwrap_or_default()
    }

    /// Whether a seat is in play ([`in_play`]) while this is released.
    pub fn in_play(&self, chart: &Chart, show: &Show, ix: SeatIx, state: SeatState) -> bool {
        let seat = chart.seat(ix);
        let is_priced = show.sells(&chart.category_of(ix).id);
        in_play(seat, state, is_priced, self.of_category(seat.category))
    }
}

/// Whether the time alone releases everything.
pub fn is_time(show: &Show, release_min: u32, now: Timestamp) -> bool {
    release_min > 0 && show.starts_at.duration_since(now).as_mins() < i64::from(release_min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chart::halls;

    fn show() -> Show {
        let json = r#"{"id":"1","movie":"m","movie_title":"M","starts_at":"2026-11-22T20:00:00Z",
            "ends_at":"2026-11-22T22:00:00Z","hall":"h","hall_name":"H","chart":"0","seats":4,"free":4,"prices":[]}"#;
        serde_json::from_str(json).unwrap()
    }

    fn released(states: &[SeatState], release_min: u32, now: &str) -> Accessible {
        let chart = halls::drawn("A wcss");
        let mut all = SeatStates::free(4);
        for (ix, state) in states.iter().enumerate() {
            all.set(ix, *state);
        }
        Released::of(&chart, &show(), &all, release_min, now.parse().unwrap()).of_category(0)
    }

    #[test]
    fn accessible_places_are_released_when_all_other_seats_of_their_category_are_sold() {
        use SeatState::{Free, Held, Sold};
        let at = "2026-11-22T10:00:00Z";
        assert_eq!(released(&[Free; 4], 0, at), Accessible::Kept);
        assert_eq!(released(&[Free, Free, Sold, Free], 0, at), Accessible::Kept);
        // What is held may come back.
        assert_eq!(released(&[Free, Free, Sold, Held], 0, at), Accessible::Kept);
        assert_eq!(released(&[Free, Free, Sold, Sold], 0, at), Accessible::Released);
    }

    #[test]
    fn accessible_places_are_released_when_the_show_begins_soon_if_that_is_set() {
        let free = [SeatState::Free; 4];
        assert_eq!(released(&free, 30, "2026-11-22T19:30:00Z"), Accessible::Kept);
        assert_eq!(released(&free, 30, "2026-11-22T19:30:01Z"), Accessible::Released);
        assert_eq!(released(&free, 0, "2026-11-22T19:59:59Z"), Accessible::Kept);
    }
}
