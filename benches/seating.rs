//! The best seats for a party in a hall of 100,000: all free, half sold, and sold so far that every rung of the ladder
//! is searched.

use divan::{Bencher, black_box};
use frontrow::domain::{
    chart::{Admission, Category, Chart, Level, Mode, Row, Screen, Seat, SeatKind, Section, Side, geometry::Geometry},
    ids::{SeatId, SeatIx},
    seating::best::{Ask, Costs, Hall, Rung, propose, propose_at},
    text::Text,
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
    let chart = arena();
    let geometry = Geometry::of(&chart);
    let costs = Costs::of(&chart, &geometry);
    Arena { chart, geometry, costs }
});

fn arena() -> Chart {
    let mut chart = Chart {
        id: "arena".to_owned(),
        name: Text::new("Arena"),
        mode: Mode::Cinema,
        screen: Screen {
            side: Side::Top,
            label: Text::new("STAGE"),
            center: None,
            width_m: None,
            first_row_m: None,
            rake_cm: None,
        },
        categories: ["near", "middle", "far"]
            .map(|id| Category { id: id.to_owned(), name: Text::new(id), glyph: 'o', color: "blue".to_owned() })
            .into(),
        levels: vec![Level { id: "all".to_owned(), name: Text::new("All"), order: 0 }],
        sections: Vec::new(),
        rows: Vec::new(),
        seats: Vec::new(),
    };
    for section in 0..50u16 {
        let (tier, wedge) = (section / 10, section % 10);
        let name = format!("{tier}{wedge}");
        chart.sections.push(Section {
            id: name.clone(),
            level: 0,
            name: Text::new(&name),
            admission: Admission::Seats,
        });
        for row in 0..40u32 {
            let first = chart.seats.len() as u32;
            for number in 0..50u32 {
                chart.seats.push(Seat {
                    id: SeatId::new(format!("{name}/{row}/{number}")),
                    label: Text::new(&number.to_string()),
                    row: chart.rows.len() as u32,
                    x: f64::from(wedge) * 56.0 + f64::from(number) + if number < 25 { 0.0 } else { 2.0 },
                    y: f64::from(tier) * 43.0 + f64::from(row),
                    category: tier.min(2),
                    kind: SeatKind::Seat,
                    flags: Vec::new(),
                    couch: None,
                    quality: 0.0,
                    next: None,
                });
            }
            let label = Text::new(&row.to_string());
            chart.rows.push(Row { label, section, seats: first..chart.seats.len() as u32 });
        }
    }
    chart
}

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
