//! Best seats, as a person would check them, and against other ways to find them.

use super::*;
use crate::domain::{chart::halls, seating::spec};
use proptest::prelude::*;

struct Hall {
    chart: Chart,
    geometry: Geometry,
}

impl Hall {
    fn of(chart: Chart) -> Self {
        Self { geometry: Geometry::of(&chart), chart }
    }

    fn drawn(picture: &str) -> Self {
        Self::of(halls::drawn(picture))
    }

    fn best(&self, taken: &str, party: usize, limit: usize) -> Vec<String> {
        let taken = if taken.is_empty() { Vec::new() } else { self.seats(taken) };
        let open = |seat| !taken.contains(&seat);
        self.names(blocks(&self.chart, &self.geometry, &open, party, limit))
    }

    fn at(&self, taken: &str, party: usize, seat: &str) -> Option<String> {
        let taken = if taken.is_empty() { Vec::new() } else { self.seats(taken) };
        let open = |seat| !taken.contains(&seat);
        let block = block_at(&self.chart, &self.geometry, &open, party, self.seats(seat)[0])?;
        self.names(vec![block]).pop()
    }

    fn seats(&self, text: &str) -> Vec<SeatIx> {
        spec::parse(&self.chart, &self.geometry, text).expect("seats")
    }

    fn names(&self, blocks: Vec<Block>) -> Vec<String> {
        let name = |block: Block| {
            let labels: Vec<_> = block.seats.iter().map(|&s| spec::label(&self.chart, s)).collect();
            labels.join(" ") + if block.tidy { "" } else { " untidy" }
        };
        blocks.into_iter().map(name).collect()
    }
}

#[test]
fn the_best_seats_are_in_the_middle_at_two_thirds_of_the_depth() {
    let classic = Hall::of(halls::hall(halls::CLASSIC));
    assert_eq!(classic.best("", 1, 3), ["G5", "H5", "F5"]);
    assert_eq!(classic.best("", 3, 1), ["G4 G5 G6"]);
    let hall_1 = Hall::of(halls::hall(halls::HALL_1));
    assert_eq!(hall_1.best("", 2, 1), ["G10 G11"]);
    let grand = Hall::of(halls::hall(halls::GRAND));
    assert_eq!(grand.best("", 4, 1), ["H14 H15 H16 H17"]);
}

#[test]
fn of_two_equal_blocks_the_left_one_is_proposed() {
    assert_eq!(Hall::drawn("A ssssss").best("", 1, 1), ["A3"]);
    assert_eq!(Hall::drawn("A ss__ss").best("", 2, 2), ["A1 A2", "A3 A4"]);
}

#[test]
fn a_block_that_strands_no_seat_comes_before_a_nearer_one_that_does() {
    // Ten seats: places 5 and 6 are nearest and leave four on each side.
    assert_eq!(Hall::drawn("A ssssssssss").best("", 2, 1), ["A5 A6"]);
    // Of five, the middle three leave a single seat at each end.
    assert_eq!(Hall::drawn("A sssss").best("", 3, 9), ["A1 A2 A3", "A3 A4 A5"]);
    // A party is never parted or sent away for it.
    assert_eq!(Hall::drawn("A ssssssssss").best("", 9, 1), ["A1 A2 A3 A4 A5 A6 A7 A8 A9 untidy"]);
    assert_eq!(Hall::drawn("A sss").best("", 2, 1), ["A1 A2 untidy"]);
    // A seat that is alone already is nobody's fault.
    assert_eq!(Hall::drawn("A sxs").best("", 1, 2), ["A1", "A3"]);
}

#[test]
fn walls_are_aisles_sold_seats_blocked_seats_and_wheelchair_spaces() {
    assert_eq!(Hall::drawn("A sss_sss").best("", 4, 9), Vec::<String>::new());
    assert_eq!(Hall::drawn("A ssxss").best("", 3, 9), Vec::<String>::new());
    assert_eq!(Hall::drawn("A wcss").best("", 2, 9), ["A3 A4"]);
    assert_eq!(Hall::drawn("A wcs").best("", 2, 9), Vec::<String>::new());
    assert_eq!(Hall::drawn("A sssss").best("A3", 2, 9), ["A1 A2", "A4 A5"]);
}

#[test]
fn a_couch_is_sold_whole_or_not_at_all() {
    assert_eq!(Hall::drawn("A [][]").best("", 1, 9), Vec::<String>::new());
    assert_eq!(Hall::drawn("A [][]").best("", 3, 9), Vec::<String>::new());
    assert_eq!(Hall::drawn("A [][]").best("", 2, 9), ["A1 A2", "A3 A4"]);
    assert_eq!(Hall::drawn("A [][]").best("A1", 2, 9), ["A3 A4"]);
    assert_eq!(Hall::drawn("A s[]").best("", 3, 9), ["A1 A2 A3"]);
    assert_eq!(Hall::drawn("A s[]").best("", 1, 9), ["A1"]);
    assert_eq!(Hall::drawn("A s[]").best("", 2, 9), ["A2 A3 untidy"]);
}

#[test]
fn flags_and_the_operators_opinion_count() {
    let mut chart = halls::drawn("A ssssssss");
    assert_eq!(Hall::of(chart.clone()).best("", 1, 1), ["A4"]);
    chart.seats[3].flags = vec!["restricted-view".into()];
    assert_eq!(Hall::of(chart.clone()).best("", 1, 1), ["A5"]);
    chart.seats[4].quality = 0.3;
    assert_eq!(Hall::of(chart).best("", 1, 1), ["A3"]);
}

#[test]
fn alternatives_share_at_most_half_of_their_seats() {
    let found = Hall::drawn("A ssssssssss").best("", 4, 9);
    assert_eq!(found, ["A4 A5 A6 A7", "A1 A2 A3 A4", "A7 A8 A9 A10"]);
    assert_eq!(Hall::drawn("A ssss").best("", 1, 2), ["A1", "A4"]);
    assert!(Hall::drawn("A ssss").best("", 0, 9).is_empty());
    assert!(Hall::drawn("A ssss").best("", 2, 0).is_empty());
}

#[test]
fn a_block_at_a_seat_contains_it_or_is_the_nearest_of_its_run() {
    let hall = Hall::drawn("A ssssssssss_ss");
    assert_eq!(hall.at("", 3, "A1").as_deref(), Some("A1 A2 A3"));
    assert_eq!(hall.at("", 2, "A5").as_deref(), Some("A5 A6"));
    assert_eq!(hall.at("A5", 2, "A5").as_deref(), Some("A6 A7"));
    assert_eq!(hall.at("A1-A8", 2, "A2").as_deref(), Some("A9 A10"));
    assert_eq!(hall.at("", 3, "A12"), None);
    assert_eq!(hall.at("", 0, "A1"), None);
}

proptest! {
    #[test]
    fn proposals_are_open_whole_and_together(
        taken in proptest::collection::vec(any::<bool>(), 440),
        party in 1usize..12,
    ) {
        for chart in halls::all() {
            let hall = Hall::of(chart);
            let open = |seat: SeatIx| !taken[seat.get()];
            let found = blocks(&hall.chart, &hall.geometry, &open, party, 10);
            prop_assert_eq!(&found, &blocks(&hall.chart, &hall.geometry, &open, party, 10));
            let first_untidy = found.iter().position(|b| !b.tidy).unwrap_or(found.len());
            prop_assert!(found[first_untidy..].iter().all(|b| !b.tidy));
            for block in &found {
                prop_assert_eq!(block.seats.len(), party);
                prop_assert!(block.seats.iter().all(|&s| open(s)));
                prop_assert!(block.seats.windows(2).all(|p| hall.geometry.right(p[0]) == Some(p[1])));
                for &seat in &block.seats {
                    let couch = hall.chart.seat(seat).couch;
                    let half = |s: &&SeatIx| couch.is_some() && hall.chart.seat(**s).couch == couch;
                    prop_assert!(couch.is_none() || block.seats.iter().filter(half).count() == 2);
                }
                let at = block_at(&hall.chart, &hall.geometry, &open, party, block.seats[0]);
                prop_assert!(at.is_some_and(|at| at.seats.contains(&block.seats[0])));
            }
            for (i, a) in found.iter().enumerate() {
                for b in &found[..i] {
                    prop_assert!(2 * a.seats.iter().filter(|s| b.seats.contains(s)).count() <= party);
                }
            }
        }
    }
}
