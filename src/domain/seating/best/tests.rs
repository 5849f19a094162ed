//! Best seats, as a person would check them, and against another way to find them ([`brute`]).

mod brute;
mod properties;

use super::*;
use crate::domain::{
    chart::{Mode, halls},
    seating::{Accessible, in_play, sight::sight, spec},
    show::SeatState,
};
use std::collections::BTreeSet;

/// A hall with what follows from it, and the seats that are sold.
struct House {
    chart: Chart,
    geometry: Geometry,
    costs: Costs,
    sold: BTreeSet<SeatIx>,
}

impl House {
    fn of(chart: Chart) -> Self {
        let geometry = Geometry::of(&chart);
        let costs = Costs::of(&chart, &geometry);
        Self { chart, geometry, costs, sold: BTreeSet::new() }
    }

    fn drawn(picture: &str) -> Self {
        Self::of(halls::drawn(picture))
    }

    fn sold(mut self, taken: &str) -> Self {
        self.sold = self.seats(taken).into_iter().collect();
        self
    }

    fn hall(&self) -> super::Hall<'_> {
        super::Hall { chart: &self.chart, geometry: &self.geometry, costs: &self.costs }
    }

    /// Wheelchair spaces and companion places are open for those who need them alone.
    fn is_open(&self, seat: SeatIx, wheelchairs: usize) -> bool {
        let state = if self.sold.contains(&seat) { SeatState::Sold } else { SeatState::Free };
        let accessible = if wheelchairs > 0 { Accessible::Released } else { Accessible::Kept };
        in_play(self.chart.seat(seat), state, true, accessible)
    }

    fn proposals(&self, ask: &Ask<'_>, limit: usize) -> Vec<Proposal> {
        propose(self.hall(), &|seat| self.is_open(seat, ask.wheelchairs), ask, limit)
    }

    /// Proposals as text: `L1 A1 A2`.
    fn ask(&self, ask: &Ask<'_>, limit: usize) -> Vec<String> {
        self.proposals(ask, limit).iter().map(|found| self.text(found)).collect()
    }

    fn best(&self, party: usize, limit: usize) -> Vec<String> {
        self.ask(&Ask { last: Rung::L7, ..Ask::of(party) }, limit)
    }

    fn wheels(&self, party: usize, wheelchairs: usize) -> Vec<String> {
        self.ask(&Ask { wheelchairs, last: Rung::L7, ..Ask::of(party) }, 1)
    }

    fn at(&self, party: usize, seat: &str) -> Option<String> {
        let found = propose_at(self.hall(), &|seat| self.is_open(seat, 0), &Ask::of(party), self.seats(seat)[0]);
        found.map(|found| self.text(&found))
    }

    fn grown(&self, kept: &str, size: usize) -> Option<String> {
        let found = grow(self.hall(), &|seat| self.is_open(seat, 0), &self.seats(kept), &Ask::of(size));
        found.map(|found| self.text(&found))
    }

    fn text(&self, found: &Proposal) -> String {
        let labels = found.seats.iter().map(|&seat| spec::label(&self.chart, seat));
        [format!("{:?}", found.rung)].into_iter().chain(labels).collect::<Vec<_>>().join(" ")
    }

    fn seats(&self, text: &str) -> Vec<SeatIx> {
        spec::parse(&self.chart, &self.geometry, text).expect("seats")
    }
}

const NONE: [&str; 0] = [];

#[test]
fn the_best_seats_are_in_the_middle_at_two_thirds_of_the_depth() {
    let classic = House::of(halls::hall(halls::CLASSIC));
    assert_eq!(classic.best(1, 3), ["L1 G5", "L1 H5", "L1 F5"]);
    assert_eq!(classic.best(3, 1), ["L1 G4 G5 G6"]);
    assert_eq!(House::of(halls::hall(halls::HALL_1)).best(2, 1), ["L1 G10 G11"]);
    assert_eq!(House::of(halls::hall(halls::GRAND)).best(4, 1), ["L1 H14 H15 H16 H17"]);
}

#[test]
fn a_seat_costs_what_the_formula_says() {
    // Nine wide, four deep: the best spot is at x 4, y 2; half the width is 4, the depth 3.
    let mut chart = halls::drawn("A sssssssss\nB sssssssss\nC sssssssss\nD sssssssss");
    chart.seats[0].flags = vec!["restricted-view".into(), "vertigo".into()];
    chart.seats[1].quality = -0.25;
    let house = House::of(chart.clone());
    let cost = |house: &House, seat: &str| {
        let seat = house.seats(seat)[0];
        house.costs.spots.iter().find(|spot| spot.seat == seat).expect("a spot").cost
    };
    let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
    assert!(near(cost(&house, "C5"), 0.0));
    assert!(near(cost(&house, "A9"), 1.0 + 4.0 * (2.0f64 / 3.0).powi(2)));
    assert!(near(cost(&house, "D7"), 0.25 + 2.0 / 9.0));
    assert!(near(cost(&house, "A1"), 1.0 + 16.0 / 9.0 + 0.6));
    assert!(near(cost(&house, "A2"), 9.0 / 16.0 + 16.0 / 9.0 - 0.25));
    chart.screen.center = Some(3.0);
    assert!(near(cost(&House::of(chart.clone()), "C5"), 1.0 / 16.0), "the screen's centre is where the plan says");
    chart.screen.center = None;
    chart.mode = Mode::Theatre;
    assert!(near(cost(&House::of(chart), "C7"), 2.0 * 2.0 + 2.0 * 2.0), "a stage is best from near");
}

#[test]
fn the_halves_of_a_couch_cost_the_same() {
    let house = House::drawn("A []ss");
    assert_eq!(house.costs.spots[0].cost, house.costs.spots[1].cost);
    assert!((house.costs.spots[0].cost - (1.0 + 1.0 / 9.0) / 2.0).abs() < 1e-12);
}

#[test]
fn a_hall_of_one_seat_or_one_row_has_costs_that_are_numbers() {
    for picture in ["A s", "A sss", "A s\nB s"] {
        let house = House::drawn(picture);
        assert!(house.costs.spots.iter().all(|spot| spot.cost.is_finite()), "{picture}");
        assert_eq!(house.best(1, 1).len(), 1);
    }
}

#[test]
fn metres_tell_how_the_screen_is_seen() {
    let mut chart = halls::drawn("A sss\nB sss\nC sss");
    assert_eq!(sight(House::of(chart.clone()).hall(), SeatIx(0)), None);
    let plain = House::of(chart.clone());
    (chart.screen.width_m, chart.screen.first_row_m, chart.screen.rake_cm) = (Some(10.0), Some(5.0), Some(20.0));
    let house = House::of(chart);
    // In the middle of the first row: half of ten metres at five is 45 degrees to each side.
    let seen = sight(house.hall(), SeatIx(1)).expect("a sight");
    assert!((seen.subtended_deg - 90.0).abs() < 1e-9 && seen.offset_deg.abs() < 1e-9);
    assert!((seen.top_deg - (10.0f64 / 2.39 / 5.0).atan().to_degrees()).abs() < 1e-9);
    let back = sight(house.hall(), SeatIx(7)).expect("a sight");
    assert!(back.subtended_deg < seen.subtended_deg && back.top_deg < seen.top_deg);
    assert!(sight(house.hall(), SeatIx(0)).expect("a sight").offset_deg > 0.0);
    let added = house.costs.spots[1].cost - plain.costs.spots[1].cost;
    assert!((added - ((seen.top_deg - 35.0) / 10.0).powi(2)).abs() < 1e-9);
    assert_eq!(house.costs.spots[7].cost, plain.costs.spots[7].cost, "from the back the eye is at ease");
}

#[test]
fn of_two_equal_blocks_the_left_one_is_proposed() {
    assert_eq!(House::drawn("A ssssss").best(1, 1), ["L1 A3"]);
    assert_eq!(House::drawn("A ss__ss").best(2, 2), ["L1 A1 A2", "L1 A3 A4"]);
}

#[test]
fn a_block_that_strands_no_seat_comes_before_a_nearer_one_that_does() {
    assert_eq!(House::drawn("A ssssssssss").best(2, 1), ["L1 A5 A6"]);
    // Of five, the middle three leave a single seat at each end.
    assert_eq!(House::drawn("A sssss").best(3, 1), ["L1 A1 A2 A3"]);
    // A party is never parted or sent away for it.
    assert_eq!(House::drawn("A ssssssssss").best(9, 1), ["L2 A1 A2 A3 A4 A5 A6 A7 A8 A9"]);
    assert_eq!(House::drawn("A sss").best(2, 1), ["L2 A1 A2"]);
    // A seat that is alone already is nobody's fault.
    assert_eq!(House::drawn("A sxs").best(1, 2), ["L1 A1", "L1 A3"]);
}

#[test]
fn seats_that_do_not_suit_are_open_for_the_orphan_rule() {
    let house = House::drawn("A sssss");
    let ask = Ask { suits: &|seat| seat.get() < 2, last: Rung::L2, ..Ask::of(2) };
    assert_eq!(house.ask(&ask, 9), ["L1 A1 A2"], "three seats stay, whether they suit or not");
    let ask = Ask { suits: &|seat| (1..3).contains(&seat.get()), last: Rung::L2, ..Ask::of(2) };
    assert_eq!(house.ask(&ask, 9), ["L2 A2 A3"]);
}

#[test]
fn walls_are_aisles_sold_seats_blocked_seats_and_wheelchair_spaces() {
    let together = |picture: &str, party| House::drawn(picture).ask(&Ask { last: Rung::L2, ..Ask::of(party) }, 9);
    assert_eq!(together("A sss_sss", 4), NONE);
    assert_eq!(together("A ssxss", 3), NONE);
    assert_eq!(together("A wcss", 2), ["L1 A3 A4"]);
    assert_eq!(together("A wcs", 2), NONE);
    assert_eq!(House::drawn("A sssss").sold("A3").best(2, 2), ["L1 A1 A2", "L1 A4 A5"]);
}

#[test]
fn a_couch_is_sold_whole_or_not_at_all() {
    assert_eq!(House::drawn("A [][]").best(1, 9), NONE);
    assert_eq!(House::drawn("A [][]").best(3, 9), NONE);
    assert_eq!(House::drawn("A [][]").best(2, 9), ["L1 A1 A2", "L1 A3 A4"]);
    assert_eq!(House::drawn("A [][]").sold("A1").best(2, 9), ["L1 A3 A4"]);
    assert_eq!(House::drawn("A s[]").best(3, 9), ["L1 A1 A2 A3"]);
    assert_eq!(House::drawn("A s[]").best(1, 9), ["L1 A1"]);
    assert_eq!(House::drawn("A s[]").best(2, 9), ["L2 A2 A3"]);
    assert_eq!(House::drawn("A s[]x[]").best(5, 9), ["L5 A1 A2 A3 A5 A6"]);
    assert_eq!(House::drawn("A [][][]").best(2, 1), ["L1 A3 A4"], "a couch that stays alone seats two");
}

#[test]
fn the_best_spot_of_a_part_of_a_level_is_measured_on_that_part() {
    let mut chart = halls::drawn("A ssss_ssss\nB ssss_ssss\nC ssss_ssss");
    // The last row becomes a section of its own.
    let section = chart.sections[0].clone();
    chart.sections.push(crate::domain::chart::Section { id: "back".into(), ..section });
    chart.rows[2].section = 1;
    let geometry = Geometry::of(&chart);
    let costs = Costs::within(&chart, &geometry, 0, &|section| section == 1);
    let least = costs.spots.iter().min_by(|a, b| a.cost.total_cmp(&b.cost)).expect("a spot");
    assert_eq!(chart.row_of(least.seat).label.as_str(), "C");
    assert!((least.cost - (1.0f64 / 4.0).powi(2)).abs() < 1e-12, "one pitch off the middle of eight: {}", least.cost);
}

#[test]
fn a_plan_with_all_of_its_rows_in_two_lines_has_a_few_pairs_of_rows() {
    let mut chart = halls::drawn("A ss\nB ss");
    let (seats, rows) = (chart.seats.clone(), chart.rows.clone());
    (chart.seats, chart.rows) = (Vec::new(), Vec::new());
    for at in 0..4_000u32 {
        let pair = usize::from(at >= 2_000);
        let start = chart.seats.len() as u32;
        chart.rows.push(crate::domain::chart::Row { seats: start..start + 2, ..rows[pair].clone() });
        for seat in &seats[2 * pair..2 * pair + 2] {
            let id = crate::domain::ids::SeatId::new(format!("{at}-{}", seat.label));
            chart.seats.push(crate::domain::chart::Seat { id, row: at, ..seat.clone() });
        }
    }
    let house = House::of(chart);
    assert!(super::rows::Rows::of(&house.costs.rows).pairs().len() <= 1 << 20);
    assert_eq!(house.proposals(&Ask::of(4), 1)[0].rung, Rung::L4);
}

#[test]
fn flags_and_the_operators_opinion_count() {
    let mut chart = halls::drawn("A ssssssss");
    assert_eq!(House::of(chart.clone()).best(1, 1), ["L1 A4"]);
    chart.seats[3].flags = vec!["restricted-view".into()];
    assert_eq!(House::of(chart.clone()).best(1, 1), ["L1 A5"]);
    chart.seats[4].quality = 0.3;
    assert_eq!(House::of(chart).best(1, 1), ["L1 A3"]);
}

#[test]
fn across_one_aisle_sits_nobody_alone_but_in_small_parties() {
    let hall = || House::drawn("A ss_ss");
    assert_eq!(hall().best(4, 1), ["L3 A1 A2 A3 A4"]);
    assert_eq!(hall().best(3, 1), ["L3 A1 A2 A3"]);
    assert_eq!(House::drawn("A sss_s").best(4, 1), ["L7 A1 A2 A3 A4"], "one of four would sit alone");
    assert_eq!(House::drawn("A s_s\nB xxx").best(2, 1), ["L3 A1 A2"]);
    // The ends that face each other, and one aisle only.
    assert_eq!(hall().sold("A2").best(3, 1), ["L7 A1 A3 A4"]);
    assert_eq!(House::drawn("A ss_s_ss").best(5, 1), ["L7 A1 A2 A3 A4 A5"]);
    assert_eq!(hall().ask(&Ask { last: Rung::L2, ..Ask::of(4) }, 1), NONE);
}

#[test]
fn two_rows_one_behind_the_other_share_the_party_evenly() {
    let found = House::drawn("A sss\nB sss").proposals(&Ask::of(5), 1);
    assert_eq!((found[0].rung, found[0].parts.as_slice()), (Rung::L4, &[2, 3][..]));
    assert_eq!(found[0].words(), "2+3, one row behind the other");
    assert_eq!(House::drawn("A ss\nB ss").best(4, 1), ["L4 A1 B1 A2 B2"]);
    // Beside each other by less than half of the smaller part is not behind each other.
    assert_eq!(House::drawn("A ss__\nB __ss").best(4, 1), ["L5 A1 A2 B1 B2"]);
    assert_eq!(House::drawn("A ss_\nB _ss").best(4, 1), ["L4 A1 A2 B1 B2"]);
    // A row between them, and a party of three that would leave somebody alone.
    assert_eq!(House::drawn("A ss\nB xx\nC ss").best(4, 1), ["L5 A1 C1 A2 C2"]);
    assert_eq!(House::drawn("A s\nB ss").best(3, 1), ["L7 A1 B1 B2"]);
}

#[test]
fn a_row_behind_another_may_be_of_another_section_and_none_lies_between() {
    let best = |front: &str, between: &str, back: &str| {
        let toml = format!(
            "format = 'cinechart'\nversion = 1\nid = 't'\nname = 'T'\n[screen]\nside = 'top'\n\
             [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
             [[section]]\nid = 'm'\npicture = \"\"\"\nA {front}\n.\nC {back}\nZ xxxxxxxx\n\"\"\"\n\
             [[section]]\nid = 'n'\norigin = {{ x = 0, y = 1 }}\npicture = 'B {between}'\n"
        );
        House::of(halls::hall(&toml)).best(4, 1).remove(0)
    };
    assert_eq!(best("ss", "ss", "xx"), "L4 A1 B1 A2 B2");
    assert_eq!(best("xx", "ss", "ss"), "L4 B1 C1 B2 C2");
    assert!(best("ss", "xx", "ss").starts_with("L5"), "B lies between A and C");
}

#[test]
fn blocks_near_each_other_leave_nobody_alone_and_stay_within_a_few_rows() {
    let words = |house: House, party| {
        let found = house.proposals(&Ask { last: Rung::L7, ..Ask::of(party) }, 1);
        found.first().map(|found| format!("{:?} {}", found.rung, found.words()))
    };
    let three = "A ss\nB ss\nC ss";
    assert_eq!(words(House::drawn(three), 6).as_deref(), Some("L5 2+2+2, near each other"));
    assert_eq!(words(House::drawn(three), 5).as_deref(), Some("L7 scattered"), "one of five would sit alone");
    assert_eq!(words(House::drawn("A ss\n.\nB x\nC x\nD x\nE ss"), 4).as_deref(), Some("L7 scattered"));
    assert_eq!(words(House::drawn("A ssxss"), 4).as_deref(), Some("L5 2+2, near each other"));
}

#[test]
fn other_sections_of_one_price_come_before_scattered_seats() {
    let sections = |second: &str| {
        let toml = format!(
            "format = 'cinechart'\nversion = 1\nid = 't'\nname = 'T'\n[screen]\nside = 'top'\n\
             [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
             [[category]]\nid = 'vip'\nname = 'VIP'\nglyph = 'v'\ncolor = 'red'\n\
             [[section]]\nid = 'left'\ncategory = 'std'\npicture = 'A ss'\n\
             [[section]]\nid = 'right'\ncategory = '{second}'\norigin = {{ x = 5, y = 0 }}\npicture = 'A ss'\n"
        );
        let house = House::of(halls::hall(&toml));
        house.proposals(&Ask { last: Rung::L7, ..Ask::of(4) }, 1).first().map(|p| (p.rung, p.words()))
    };
    assert_eq!(sections("std"), Some((Rung::L6, "2+2, in neighbouring sections of one price".to_owned())));
    assert_eq!(sections("vip"), Some((Rung::L7, "scattered".to_owned())));
}

#[test]
fn the_words_say_how_together_they_are() {
    let words = |picture: &str, party| House::drawn(picture).proposals(&Ask::of(party), 1)[0].words();
    assert_eq!(words("A ssss", 2), "together");
    assert_eq!(words("A sss", 2), "together; a single seat stays free beside it");
    assert_eq!(words("A ss_ss", 4), "together across the aisle");
    assert_eq!(words("A ss\nB ss", 4), "2+2, one row behind the other");
}

#[test]
fn alternatives_share_at_most_half_of_their_seats_and_go_on_down_the_ladder() {
    let ask = |party| Ask { last: Rung::L2, ..Ask::of(party) };
    let ten = House::drawn("A ssssssssss").ask(&ask(4), 9);
    assert_eq!(ten, ["L1 A4 A5 A6 A7", "L1 A1 A2 A3 A4", "L1 A7 A8 A9 A10"]);
    assert_eq!(House::drawn("A ssss").ask(&ask(1), 9), ["L1 A1", "L1 A4", "L2 A2", "L2 A3"]);
    assert!(House::drawn("A ssss").best(0, 9).is_empty());
    assert!(House::drawn("A ssss").best(2, 0).is_empty());
    let more = House::drawn("A ss_ss").best(2, 9);
    assert_eq!(more, ["L1 A1 A2", "L1 A3 A4", "L3 A2 A3"]);
}

#[test]
fn a_block_at_a_seat_contains_it_or_is_the_nearest_of_its_run() {
    let hall = || House::drawn("A ssssssssss_ss");
    assert_eq!(hall().at(3, "A1").as_deref(), Some("L1 A1 A2 A3"));
    assert_eq!(hall().at(2, "A5").as_deref(), Some("L1 A5 A6"));
    assert_eq!(hall().sold("A5").at(2, "A5").as_deref(), Some("L1 A6 A7"));
    assert_eq!(hall().sold("A1-A8").at(2, "A2").as_deref(), Some("L1 A9 A10"));
    assert_eq!(hall().at(3, "A12").as_deref(), Some("L3 A10 A11 A12"));
    assert_eq!(hall().at(0, "A1"), None);
    // A single seat is left alone only where that cannot be helped.
    assert_eq!(hall().at(1, "A2").as_deref(), Some("L1 A3"));
    assert_eq!(hall().at(1, "A11").as_deref(), Some("L2 A11"));
    assert_eq!(hall().sold("A4").at(2, "A2").as_deref(), Some("L2 A2 A3"));
}

#[test]
fn a_party_grows_beside_the_seats_that_it_keeps() {
    let hall = || House::drawn("A ssssssssss_ss");
    assert_eq!(hall().grown("A3", 3).as_deref(), Some("L1 A3 A4 A5"));
    assert_eq!(hall().grown("A9-A10", 4).as_deref(), Some("L1 A7 A8 A9 A10"));
    assert_eq!(hall().sold("A9-A10").grown("A10", 2), None, "the seat beside it is sold");
    assert_eq!(hall().sold("A3").grown("A3", 2).as_deref(), Some("L1 A3 A4"), "what is kept need not be open");
    assert_eq!(hall().grown("A11-A12", 3), None, "an aisle is not beside");
    assert_eq!(hall().grown("A1, A4", 3), None);
}

#[test]
fn a_party_with_a_wheelchair_sits_beside_its_space() {
    let hall = || House::drawn("A ssssss\nB wcssss");
    assert_eq!(hall().wheels(2, 1), ["L1 B1 B2"]);
    assert_eq!(hall().wheels(4, 1), ["L1 B1 B2 B3 B4"]);
    assert_eq!(hall().wheels(1, 1), ["L1 B1"]);
    assert_eq!(hall().sold("B2").wheels(2, 1), NONE, "nobody in a wheelchair is put alone");
    assert_eq!(House::drawn("A wsss").wheels(2, 1), ["L1 A1 A2"], "where there is no companion place, a seat will do");
    assert_eq!(House::drawn("A swcs").wheels(2, 1), ["L1 A2 A3"]);
    assert_eq!(House::drawn("A wcw").wheels(3, 2), ["L1 A1 A2 A3"], "one companion between two");
    assert_eq!(House::drawn("A ssss").wheels(2, 1), NONE);
    assert_eq!(House::drawn("A wcss").wheels(2, 3), NONE);
}

#[test]
fn for_a_wheelchair_without_room_in_its_row_the_rest_sits_as_near_as_can_be() {
    assert_eq!(House::drawn("A wc_ssss").wheels(4, 1), ["L3 A1 A2 A3 A4"]);
    assert_eq!(House::drawn("A ssss\nB wcxx").wheels(4, 1), ["L4 A1 B1 A2 B2"]);
    assert_eq!(House::drawn("A wcxxss").wheels(4, 1), ["L5 A1 A2 A5 A6"]);
    // Two spaces far from each other, each with a companion.
    assert_eq!(House::drawn("A wcxxcw").wheels(4, 2), ["L5 A1 A2 A5 A6"]);
    assert_eq!(House::drawn("A wcxs").wheels(3, 1), ["L7 A1 A2 A4"], "somebody else sits alone");
    // At most three companion places go with a space.
    assert_eq!(House::drawn("A wcccc").wheels(5, 1), NONE);
    assert_eq!(House::drawn("A wcccc").wheels(4, 1), ["L1 A1 A2 A3 A4"]);
    // A space for which the chart has nothing beside it.
    assert_eq!(House::drawn("A w_ss\nB ssss").wheels(2, 1), ["L7 A1 B1"]);
}

#[test]
fn a_block_must_seat_everyone_of_the_ticket_types() {
    let mut chart = halls::drawn("A ssssss");
    chart.categories.push(chart.categories[0].clone());
    chart.seats[4].category = 1;
    chart.seats[5].category = 1;
    let house = House::of(chart);
    // Two children, whose tickets are for category 1, and two adults.
    let tickets = [(2, vec![true, true]), (2, vec![false, true])];
    let ask = Ask { tickets: &tickets, ..Ask::of(4) };
    assert_eq!(house.ask(&ask, 1), ["L1 A3 A4 A5 A6"]);
    let tickets = [(1, vec![true, false]), (3, vec![false, true])];
    assert_eq!(house.ask(&Ask { tickets: &tickets, last: Rung::L7, ..Ask::of(4) }, 1), NONE);
    // Who has no type may sit anywhere.
    let tickets = [(1, vec![false, true])];
    assert_eq!(house.ask(&Ask { tickets: &tickets, ..Ask::of(3) }, 1), ["L1 A4 A5 A6"]);
}
