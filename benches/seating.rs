//! The best seats for a party in a hall of 100,000: all free, half sold, and sold so far that every rung of the ladder
//! is searched.

// The halls serve the tests as well; not all of them are needed here.
#[path = "../tests/common/arena.rs"]
mod arena;

use divan::{Bencher, black_box};
use frontrow::domain::{
    chart::{Chart, geometry::Geometry},
    ids::SeatIx,
    seating::best::{Ask, Costs, Hall, Rung, propose, propose_at},
};
use std::sync::LazyLock;

fn main() {
    divan::main();
}

const PARTIES: [usize; 5] = [2, 4, 7, 12, 20];

/// Fifty sections in five tiers of ten, each with 40 rows of 50 seats and an aisle in the middle.
struct Arena {
    chart: Chart,
    geometry: Geometry,
    costs: Costs,
}

static ARENA: LazyLock<Arena> = LazyLock::new(|| {
    let chart = arena::of(100_000);
    let geometry = Geometry::of(&chart);
    let costs = Costs::of(&chart, &geometry);
    Arena { chart, geometry, costs }
});

impl Arena {
    fn hall(&self) -> Hall<'_> {
        Hall { chart: &self.chart, geometry: &self.geometry, costs: &self.costs }
    }
}

/// So many per thousand of the seats are sold, the same ones each time.
fn sold(per_thousand: u64) -> Vec<bool> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..100_000).map(|_| next() % 1000 < per_thousand).collect()
}

fn search(bencher: Bencher<'_, '_>, sold: &[bool], party: usize, last: Rung, limit: usize) {
    let hall = ARENA.hall();
    let open = |seat: SeatIx| !sold[seat.get()];
    let ask = Ask { last, ..Ask::of(party) };
    bencher.bench_local(|| propose(hall, black_box(&open), &ask, limit));
}

#[divan::bench(args = PARTIES)]
fn best_of_all_free(bencher: Bencher<'_, '_>, party: usize) {
    search(bencher, &sold(0), party, Rung::L7, 1);
}

#[divan::bench(args = PARTIES)]
fn ten_proposals_of_all_free(bencher: Bencher<'_, '_>, party: usize) {
    search(bencher, &sold(0), party, Rung::L7, 10);
}

#[divan::bench(args = PARTIES)]
fn best_of_half_sold(bencher: Bencher<'_, '_>, party: usize) {
    search(bencher, &sold(500), party, Rung::L7, 1);
}

#[divan::bench(args = PARTIES)]
fn best_of_nine_tenths_sold(bencher: Bencher<'_, '_>, party: usize) {
    search(bencher, &sold(900), party, Rung::L7, 1);
}

#[divan::bench(args = PARTIES)]
fn ten_proposals_of_nine_tenths_sold(bencher: Bencher<'_, '_>, party: usize) {
    search(bencher, &sold(900), party, Rung::L7, 10);
}

/// Every third seat is sold: no three are together, and every row and every box looks like the next.
#[divan::bench(args = PARTIES)]
fn best_of_pairs_everywhere(bencher: Bencher<'_, '_>, party: usize) {
    let sold: Vec<bool> = (0..100_000).map(|seat| seat % 3 == 2).collect();
    search(bencher, &sold, party, Rung::L7, 1);
}

#[divan::bench]
fn block_at_a_seat(bencher: Bencher<'_, '_>) {
    let hall = ARENA.hall();
    let ask = Ask::of(4);
    bencher.bench_local(|| propose_at(hall, black_box(&|_| true), &ask, SeatIx(50_000)));
}

#[divan::bench]
fn costs_of_a_chart(bencher: Bencher<'_, '_>) {
    let arena = &*ARENA;
    bencher.bench_local(|| Costs::of(&arena.chart, &arena.geometry));
}
