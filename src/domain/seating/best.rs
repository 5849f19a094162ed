//! The best seats together: the first rungs of the ladder, cost by distance from the best spot of the hall.

pub mod tickets;

use crate::domain::{
    chart::{Chart, Mode, Seat, SeatKind, geometry::Geometry},
    ids::SeatIx,
};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::BinaryHeap};

/// The best spot of a cinema: the middle, at two thirds of the depth, where sound engineers calibrate.
const BEST_DEPTH: f64 = 2.0 / 3.0;
/// Being nearer to the screen than the best spot weighs more than being behind it.
const WEIGHT_IN_FRONT: f64 = 4.0;
const WEIGHT_BEHIND: f64 = 2.0;
/// Costs are compared in these steps, so that the noise of sums never decides between equal seats.
const STEPS: f64 = 1e9;

/// A hall as the rules of seating see it: all of it follows from the chart and is computed once.
#[derive(Clone, Copy)]
pub struct Hall<'a> {
    pub chart: &'a Chart,
    pub geometry: &'a Geometry,
}

/// How together a proposal is: the rungs of the ladder, the first that has a candidate wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum Rung {
    /// One run, no new orphan.
    L1,
    /// One run; a single seat is left alone.
    L2,
    /// One row, across one aisle.
    L3,
    /// Two rows, one behind the other.
    L4,
    /// A few blocks near each other in one section.
    L5,
    /// The same in other sections of one price category.
    L6,
    /// Any seats: someone may sit alone. Only for those who have said that they accept it.
    L7,
}

/// What a party asks for.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// People, those in wheelchairs included.
    pub size: usize,
    /// How many of them need a wheelchair space.
    pub wheelchairs: usize,
    /// Which of the open seats suit: category, section, row, price, needs. Seats that do not suit are not proposed,
    /// and yet are open for the orphan rule.
    pub suits: &'a dyn Fn(SeatIx) -> bool,
    /// For the ticket types of the party: how many people, and the categories (by index) that their type can be
    /// bought for. Empty when every seat will do for everyone.
    pub tickets: &'a [(usize, Vec<bool>)],
    /// The last rung that is accepted.
    pub last: Rung,
}

impl<'a> Ask<'a> {
    /// Seats for so many people, anywhere but scattered.
    pub fn of(size: usize) -> Self {
        Self { size, wheelchairs: 0, suits: &|_| true, tickets: &[], last: Rung::L6 }
    }
}

/// Seats for a party, from left to right, with how together they are and what speaks for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub seats: Vec<SeatIx>,
    pub rung: Rung,
    /// Mean seat cost, what the arrangement adds included; less is better.
    pub cost: f64,
    /// The sizes of its blocks, from the front and from left to right.
    pub parts: Vec<usize>,
}

impl Proposal {
    /// How together they are, in words: `together`, `2+2, one row behind the other`.
    pub fn words(&self) -> String {
        match self.rung {
            Rung::L1 => "together".to_owned(),
            _ => "together, a single seat stays beside you".to_owned(),
        }
    }
}

/// The best seats for a party, best first, at most `limit` proposals, no two sharing more than half of their seats.
/// `open` is the one picture of the seats in play ([`super::in_play`]).
pub fn propose(hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, ask: &Ask<'_>, limit: usize) -> Vec<Proposal> {
    let suits = |seat: SeatIx| open(seat) && (ask.suits)(seat);
    blocks(hall.chart, hall.geometry, &suits, ask.size, limit).into_iter().map(Proposal::of).collect()
}

/// The best seats for a party at `seat`: containing it, or as near to it in its run as can be.
pub fn propose_at(hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, ask: &Ask<'_>, seat: SeatIx) -> Option<Proposal> {
    let suits = |seat: SeatIx| open(seat) && (ask.suits)(seat);
    block_at(hall.chart, hall.geometry, &suits, ask.size, seat).map(Proposal::of)
}

impl Proposal {
    fn of(block: Block) -> Self {
        let rung = if block.tidy { Rung::L1 } else { Rung::L2 };
        Self { parts: vec![block.seats.len()], seats: block.seats, rung, cost: block.cost }
    }
}

/// A proposed block of seats beside each other, from left to right, and how far it is from the best spot
/// (mean seat cost; less is better).
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub seats: Vec<SeatIx>,
    pub cost: f64,
    /// True when it leaves no single free seat beside it.
    pub tidy: bool,
}

/// The best blocks of `party` seats in one run, best first, at most `limit`, no two sharing more than half of
/// their seats. Blocks that strand no single seat come before those that do. `open` tells which seats may be
/// had. Wheelchair and companion places are never proposed; a couch is never split.
pub fn blocks(
    chart: &Chart,
    geometry: &Geometry,
    open: &dyn Fn(SeatIx) -> bool,
    party: usize,
    limit: usize,
) -> Vec<Block> {
    let search = Search::of(chart, geometry, open, party);
    let windows = (0..geometry.count()).flat_map(|run| search.windows(run));
    // A heap, because only a few of perhaps a hundred thousand windows are wanted.
    let mut queue: BinaryHeap<Reverse<(Rank<'_>, usize)>> = BinaryHeap::new();
    let windows: Vec<Window> = windows.collect();
    queue.extend(windows.iter().enumerate().map(|(at, window)| Reverse((search.rank(window), at))));
    let mut chosen: Vec<&Window> = Vec::new();
    while chosen.len() < limit
        && let Some(Reverse((_, at))) = queue.pop()
    {
        let window = &windows[at];
        if chosen.iter().all(|other| 2 * other.shared(window, party) <= party) {
            chosen.push(window);
        }
    }
    chosen.into_iter().map(|window| search.block(window)).collect()
}

/// The best block of `party` open seats that contains `seat`, or that is nearest to it in its run.
pub fn block_at(
    chart: &Chart,
    geometry: &Geometry,
    open: &dyn Fn(SeatIx) -> bool,
    party: usize,
    seat: SeatIx,
) -> Option<Block> {
    let (run, at) = geometry.place(seat);
    let search = Search::of(chart, geometry, open, party);
    let windows = search.windows(run as usize);
    let best = windows.min_by(|a, b| {
        let key = |window: &Window| (window.distance(at as usize, party), search.rank(window));
        key(a).cmp(&key(b))
    })?;
    Some(search.block(&best))
}

/// One search, with what it looks at again and again.
struct Search<'a> {
    chart: &'a Chart,
    geometry: &'a Geometry,
    open: &'a dyn Fn(SeatIx) -> bool,
    party: usize,
    focus: Focus,
}

/// Consecutive places of a run.
struct Window {
    run: usize,
    start: usize,
    cost: f64,
    /// Mean place, from left to right and from the screen.
    x: f64,
    y: f64,
    tidy: bool,
}

/// What decides between windows, the smallest first: tidy, cost, nearer to the middle, further back, further left,
/// and the seat's id.
type Rank<'a> = (bool, i64, i64, Reverse<i64>, i64, &'a str);

impl Window {
    /// How many seats two windows of one size have in common.
    fn shared(&self, other: &Window, party: usize) -> usize {
        if self.run == other.run { party.saturating_sub(self.start.abs_diff(other.start)) } else { 0 }
    }

    /// How many places `at` is outside of it.
    fn distance(&self, at: usize, party: usize) -> usize {
        self.start.saturating_sub(at).max((at + 1).saturating_sub(self.start + party))
    }
}

impl<'a> Search<'a> {
    fn of(chart: &'a Chart, geometry: &'a Geometry, open: &'a dyn Fn(SeatIx) -> bool, party: usize) -> Self {
        Self { chart, geometry, open, party, focus: Focus::of(chart) }
    }

    /// All windows of open places in a run that split no couch.
    fn windows(&self, run: usize) -> impl Iterator<Item = Window> {
        let seats = self.geometry.run(run as u32);
        let party = self.party;
        let open = self.open_places(seats);
        let mut windows = Vec::new();
        // Where the next stretch of open places starts.
        let mut stretch = 0;
        while party > 0 && stretch < seats.len() {
            let length = open[stretch..].iter().take_while(|&&open| open).count();
            let mut sum = Sum::default();
            for offset in 0..length {
                sum.add(self.measure(seats[stretch + offset]), 1.0);
                if offset >= party {
                    sum.add(self.measure(seats[stretch + offset - party]), -1.0);
                }
                if offset + 1 >= party {
                    let left = offset + 1 - party;
                    let tidy = left != 1 && length - left - party != 1;
                    windows.extend(self.window(run, stretch + left, &sum, tidy));
                }
            }
            stretch += length.max(1);
        }
        windows.into_iter()
    }

    /// The window at `start`, unless a couch lies across one of its ends.
    fn window(&self, run: usize, start: usize, sum: &Sum, tidy: bool) -> Option<Window> {
        let seats = self.geometry.run(run as u32);
        let cut = |at: usize| {
            let couch = |at: usize| seats.get(at).and_then(|&ix| self.chart.seat(ix).couch);
            at > 0 && couch(at).is_some() && couch(at) == couch(at - 1)
        };
        if cut(start) || cut(start + self.party) {
            return None;
        }
        let n = self.party as f64;
        Some(Window { run, start, cost: sum.cost / n, x: sum.x / n, y: sum.y / n, tidy })
    }

    /// Which places of a run can be proposed; all others are walls. Half a couch alone is a wall too.
    fn open_places(&self, seats: &[SeatIx]) -> Vec<bool> {
        let ordinary = |seat: SeatIx| matches!(self.chart.seat(seat).kind, SeatKind::Seat | SeatKind::Couch);
        let mut open: Vec<bool> = seats.iter().map(|&seat| ordinary(seat) && (self.open)(seat)).collect();
        let couch = |at: usize| self.chart.seat(seats[at]).couch;
        let mut start = 0;
        for part in seats.chunk_by(|&a, &b| {
            let couch = self.chart.seat(a).couch;
            couch.is_some() && couch == self.chart.seat(b).couch
        }) {
            let places = start..start + part.len();
            if couch(start).is_some() && (part.len() < 2 || !open[places.clone()].iter().all(|&open| open)) {
                open[places].fill(false);
            }
            start += part.len();
        }
        open
    }

    fn measure(&self, seat: SeatIx) -> Sum {
        let seat = self.chart.seat(seat);
        Sum { cost: self.focus.cost(seat), x: seat.x, y: seat.y }
    }

    fn rank(&self, window: &Window) -> Rank<'a> {
        let first = self.geometry.run(window.run as u32)[window.start];
        let off_centre = steps((window.x - self.focus.x).abs());
        let id = self.chart.seat(first).id.as_str();
        (!window.tidy, steps(window.cost), off_centre, Reverse(steps(window.y)), steps(window.x), id)
    }

    fn block(&self, window: &Window) -> Block {
        let seats = self.geometry.run(window.run as u32)[window.start..window.start + self.party].to_vec();
        Block { seats, cost: window.cost, tidy: window.tidy }
    }
}

fn steps(value: f64) -> i64 {
    (value * STEPS).round() as i64
}

/// A running sum over a window.
#[derive(Default)]
struct Sum {
    cost: f64,
    x: f64,
    y: f64,
}

impl Sum {
    fn add(&mut self, seat: Sum, times: f64) {
        self.cost += times * seat.cost;
        self.x += times * seat.x;
        self.y += times * seat.y;
    }
}

/// The best spot of the hall, measured on its lowest level.
struct Focus {
    mode: Mode,
    x: f64,
    y: f64,
    half_width: f64,
    depth: f64,
}

impl Focus {
    fn of(chart: &Chart) -> Self {
        let level_of = |seat: &Seat| chart.sections[chart.rows[seat.row as usize].section as usize].level;
        let lowest = chart.seats.iter().map(level_of).min_by_key(|&level| (chart.levels[level as usize].order, level));
        let seats = || chart.seats.iter().filter(|seat| Some(level_of(seat)) == lowest);
        let (left, right) = span(seats().map(|s| s.x));
        let (front, back) = span(seats().map(|s| s.y));
        let positive = |length: f64| if length > 0.0 { length } else { 1.0 };
        let y = match chart.mode {
            Mode::Cinema => front + BEST_DEPTH * (back - front),
            Mode::Theatre | Mode::Arena => front,
        };
        Self {
            mode: chart.mode,
            x: (left + right) / 2.0,
            y,
            half_width: positive((right - left) / 2.0),
            depth: positive(back - front),
        }
    }

    /// How far a seat is from the best spot, with what its flags and the operator say of it.
    fn cost(&self, seat: &Seat) -> f64 {
        let (dx, dy) = (seat.x - self.x, seat.y - self.y);
        let distance = match self.mode {
            Mode::Cinema => {
                let weight = if dy < 0.0 { WEIGHT_IN_FRONT } else { WEIGHT_BEHIND };
                (dx / self.half_width).powi(2) + weight * (dy / self.depth).powi(2)
            }
            // A stage is best from near; one scale for both directions.
            Mode::Theatre | Mode::Arena => (dx * dx + dy * dy) / (self.half_width * self.half_width),
        };
        distance + seat.flags.iter().map(|flag| flag_cost(flag)).sum::<f64>() + seat.quality
    }
}

fn flag_cost(flag: &str) -> f64 {
    match flag {
        "restricted-view" | "restrictedView" => 0.5,
        "limited-legroom" | "limitedLegroom" | "vertigo" => 0.1,
        _ => 0.0,
    }
}

fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

#[cfg(test)]
mod tests {
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
}
