//! What holds of every proposal in every hall.

use super::{
    brute::{Brute, Found},
    *,
};
use crate::domain::chart::SeatKind;
use proptest::prelude::*;

/// A small hall: rows of seats, aisles, blocked seats, couches, wheelchair spaces and companion places, with cross
/// aisles, some seats sold, some that do not suit, and opinions of the operator.
#[derive(Clone, Debug)]
struct Small {
    picture: String,
    sold: Vec<bool>,
    suits: Vec<bool>,
    quality: Vec<i8>,
}

fn small() -> impl Strategy<Value = Small> {
    let sign =
        prop_oneof![8 => Just("s"), 2 => Just("_"), 1 => Just("x"), 2 => Just("[]"), 1 => Just("w"), 1 => Just("c")];
    let row = (prop::collection::vec(sign, 0..9), prop::bool::weighted(0.15));
    let rows = prop::collection::vec(row, 1..5);
    let seats = 80;
    let marks = move |share: f64| prop::collection::vec(prop::bool::weighted(share), seats);
    (rows, 0.0..0.7f64, prop::collection::vec(-3i8..=3, seats)).prop_flat_map(move |(rows, share, quality)| {
        let line = |(at, (signs, gap)): (usize, &(Vec<&str>, bool))| {
            let row = char::from(b'A' + at as u8);
            format!("{row} {}s{}", signs.concat(), if *gap { "\n." } else { "" })
        };
        // A row that nobody can have, from which the pitch can be seen whatever the others are.
        let pitch = format!("Z {}", "x".repeat(40));
        let picture = rows.iter().enumerate().map(line).chain([pitch]).collect::<Vec<_>>().join("\n");
        (marks(share), marks(0.85)).prop_map(move |(sold, suits)| Small {
            picture: picture.clone(),
            sold,
            suits,
            quality: quality.clone(),
        })
    })
}

fn house(small: &Small) -> House {
    let mut chart = halls::drawn(&small.picture);
    for (seat, quality) in chart.seats.iter_mut().zip(&small.quality) {
        seat.quality = f64::from(*quality) / 10.0;
    }
    let mut house = House::of(chart);
    house.sold = house.chart.indices().filter(|seat| small.sold[seat.get()]).collect();
    house
}

/// What is true of every proposal, whatever was asked for.
fn check(house: &House, proposal: &Proposal, ask: &Ask<'_>) -> Result<(), TestCaseError> {
    let seats = &proposal.seats;
    prop_assert_eq!(seats.len(), ask.size);
    prop_assert_eq!(seats.iter().collect::<BTreeSet<_>>().len(), ask.size, "each seat once");
    prop_assert_eq!(proposal.parts.iter().sum::<usize>(), ask.size);
    prop_assert!(proposal.rung <= ask.last);
    for &seat in seats {
        prop_assert!(house.is_open(seat, ask.wheelchairs) && (ask.suits)(seat));
        let couch = house.chart.seat(seat).couch;
        let halves = house.chart.indices().filter(|&other| couch.is_some() && house.chart.seat(other).couch == couch);
        prop_assert!(halves.into_iter().all(|half| seats.contains(&half)), "no couch is parted");
    }
    let beside = |seat: SeatIx| {
        let sides = [house.geometry.left(seat), house.geometry.right(seat)];
        sides.into_iter().flatten().filter(|other| seats.contains(other)).count()
    };
    let is_space = |seat: SeatIx| house.chart.seat(seat).kind == SeatKind::Wheelchair;
    // The chart may put a wheelchair space beside nothing, or beside other spaces only.
    let stands_apart = |seat: SeatIx| house.geometry.run(house.geometry.place(seat).0).iter().all(|&s| is_space(s));
    if ask.size > 3 && proposal.rung < Rung::L7 {
        prop_assert!(seats.iter().all(|&seat| beside(seat) > 0 || stands_apart(seat)), "nobody sits alone");
    }
    if proposal.rung <= Rung::L2 {
        prop_assert!(seats.windows(2).all(|two| house.geometry.right(two[0]) == Some(two[1])));
    }
    let spaces: Vec<SeatIx> = seats.iter().copied().filter(|&seat| is_space(seat)).collect();
    prop_assert_eq!(spaces.len(), ask.wheelchairs);
    for &space in spaces.iter().filter(|_| ask.size > ask.wheelchairs) {
        let sides = [house.geometry.left(space), house.geometry.right(space)].into_iter().flatten();
        let company = sides.filter(|&other| seats.contains(&other) && !is_space(other)).count();
        prop_assert!(company > 0 || stands_apart(space), "nobody in a wheelchair is alone");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_ladder_finds_what_plain_loops_find(small in small(), party in 1usize..9) {
        let house = house(&small);
        let suits = |seat: SeatIx| small.suits[seat.get()];
        let ask = Ask { suits: &suits, last: Rung::L4, ..Ask::of(party) };
        let brute = Brute {
            chart: &house.chart,
            geometry: &house.geometry,
            open: house.chart.indices().map(|seat| house.is_open(seat, 0)).collect(),
            suits: small.suits.clone(),
            size: party,
        };
        let mut expected: Vec<Found> = Vec::new();
        for block in brute.all() {
            let shared = |other: &Found| other.seats.iter().filter(|seat| block.seats.contains(seat)).count();
            if expected.len() < 6 && expected.iter().all(|other| 2 * shared(other) <= party) {
                expected.push(block);
            }
        }
        let found = house.proposals(&ask, 6);
        let seats = |proposal: &Proposal| (proposal.rung, proposal.seats.clone());
        let wanted: Vec<_> = expected.iter().map(|block| (block.rung, block.seats.clone())).collect();
        prop_assert_eq!(found.iter().map(seats).collect::<Vec<_>>(), wanted);
        for (proposal, block) in found.iter().zip(&expected) {
            prop_assert!((proposal.cost - block.cost).abs() < 1e-9);
        }
    }

    #[test]
    fn proposals_are_open_whole_together_and_never_leave_a_wheelchair_alone(
        small in small(),
        party in 1usize..9,
        wheelchairs in 0usize..3,
    ) {
        let house = house(&small);
        let suits = |seat: SeatIx| small.suits[seat.get()];
        let ask = Ask { suits: &suits, wheelchairs, last: Rung::L7, ..Ask::of(party) };
        let found = house.proposals(&ask, 5);
        prop_assert_eq!(&found, &house.proposals(&ask, 5), "the same again");
        prop_assert!(found.windows(2).all(|two| two[0].rung <= two[1].rung), "from the first rung down");
        for (at, proposal) in found.iter().enumerate() {
            check(&house, proposal, &ask)?;
            for before in &found[..at] {
                prop_assert!(2 * proposal.seats.iter().filter(|seat| before.seats.contains(seat)).count() <= party);
            }
        }
        if let Some(first) = found.first() {
            // A rung less finds what is less together, or nothing.
            let last = [Rung::L1, Rung::L2, Rung::L3, Rung::L4, Rung::L5, Rung::L6].into_iter().rev();
            let less = last.into_iter().find(|rung| *rung < first.rung);
            if let Some(last) = less {
                let found = house.proposals(&Ask { last, ..ask }, 1);
                prop_assert!(found.is_empty());
            }
        }
    }

    #[test]
    fn any_seats_are_found_whenever_there_are_enough_single_ones(small in small(), party in 1usize..9) {
        let house = house(&small);
        let single = |seat: &SeatIx| house.is_open(*seat, 0) && house.chart.seat(*seat).kind == SeatKind::Seat;
        let singles = house.chart.indices().filter(single).count();
        let found = house.proposals(&Ask { last: Rung::L7, ..Ask::of(party) }, 1);
        prop_assert!(singles < party || found.len() == 1);
    }

    #[test]
    fn a_block_at_a_seat_is_a_proposal_too(small in small(), party in 1usize..6, seat in 0usize..80) {
        let house = house(&small);
        let seat = SeatIx::at(seat % house.chart.seats.len());
        let ask = Ask::of(party);
        let open = |seat: SeatIx| house.is_open(seat, 0);
        if let Some(found) = propose_at(house.hall(), &open, &ask, seat) {
            check(&house, &found, &ask)?;
            if let Some(grown) = grow(house.hall(), &open, &found.seats[..1], &ask) {
                check(&house, &grown, &ask)?;
                prop_assert!(grown.seats.contains(&found.seats[0]));
            }
        }
    }

    #[test]
    fn neighbours_are_mutual_and_no_aisle_lies_between_them(small in small()) {
        let house = house(&small);
        for seat in house.chart.indices() {
            if let Some(right) = house.geometry.right(seat) {
                prop_assert_eq!(house.geometry.left(right), Some(seat));
                prop_assert!(house.chart.seat(right).x - house.chart.seat(seat).x < 1.3 + 1e-9);
                prop_assert_eq!(house.chart.seat(right).row, house.chart.seat(seat).row);
            }
        }
    }
}
