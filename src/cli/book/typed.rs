//! Seats that are named on the command line: which they are, and what can be had instead of those that are gone.

use crate::{
    cli::browse::Hall as Loaded,
    domain::{
        chart::{Chart, SeatKind, geometry::Geometry},
        cinema::Cinema,
        failure::{Conflict, ConflictReason, Failure, FailureKind},
        ids::SeatIx,
        seating::{
            best::{self, Ask, Costs, Hall, Rung},
            orphan::{self, Verdict},
            spec,
        },
        show::{PricedSeat, SeatState},
        text::Text,
    },
};

/// In so many of the nearest runs a block is looked for.
const RUNS_TRIED: usize = 6;

/// The seats that are named, all of them free as far as is known.
pub fn choose(hall: &Loaded, cinema: &Cinema, named: &[String]) -> Result<Vec<SeatIx>, Failure> {
    let geometry = Geometry::of(&hall.chart);
    let wanted = spec::parse_once(&hall.chart, &geometry, &named.join(" "))
        .map_err(|error| Failure::new(FailureKind::Input, "bad_seat", error.to_string()))?;
    check_limit(wanted.len(), cinema)?;
    let conflicts: Vec<Conflict> = wanted.iter().filter_map(|ix| conflict(hall, *ix)).collect();
    if conflicts.is_empty() {
        return Ok(wanted);
    }
    let labels: Vec<&str> = conflicts.iter().map(|conflict| conflict.label.as_str()).collect();
    let why = format!("{} cannot be had any more; nothing is held", labels.join(", "));
    let failure = Failure { conflicts, ..Failure::new(FailureKind::SeatGone, "seat_taken", why) };
    Err(with_suggestion(failure, hall, &geometry, &wanted))
}

/// The failure with what can be had instead, if there are as many free seats together.
fn with_suggestion(mut failure: Failure, hall: &Loaded, geometry: &Geometry, wanted: &[SeatIx]) -> Failure {
    let labels: Vec<String> = nearest(hall, geometry, wanted).iter().map(|ix| spec::label(&hall.chart, *ix)).collect();
    let words = match labels.as_slice() {
        [] => return failure,
        [label] => format!("{label} is free"),
        several => format!("{} are free beside each other", several.join(" ")),
    };
    failure.why = format!("{}; {words}", failure.why.trim_end_matches('.'));
    failure.suggest = labels;
    failure
}

/// As many free seats beside each other as are wanted, as near to those as there are.
fn nearest(hall: &Loaded, geometry: &Geometry, wanted: &[SeatIx]) -> Vec<SeatIx> {
    let Some(first) = wanted.first() else { return Vec::new() };
    let (chart, costs) = (&*hall.chart, Costs::of(&hall.chart, geometry));
    let level = |ix: SeatIx| chart.section_of(ix).level;
    let (x, y) = middle(chart, wanted);
    let away = |seats: &[SeatIx]| {
        let (to_x, to_y) = middle(chart, seats);
        (to_x - x).hypot(to_y - y)
    };
    let open = |ix| hall.is_in_play(ix);
    // For each run with so many open seats, how near its nearest seat is.
    let room = |run: &&[SeatIx]| run.iter().filter(|&&ix| open(ix)).count() >= wanted.len();
    let here = geometry.runs().filter(|run| run.first().is_some_and(|seat| level(*seat) == level(*first)));
    let near = here.filter(room).filter_map(|run| {
        let distances = run.iter().map(|seat| (away(&[*seat]), *seat));
        distances.min_by(|a, b| a.0.total_cmp(&b.0))
    });
    let mut near: Vec<(f64, SeatIx)> = near.collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ask = Ask { last: Rung::L2, ..Ask::of(wanted.len()) };
    let seen = Hall { chart, geometry, costs: &costs };
    let blocks = near.iter().filter_map(|(_, seat)| best::propose_at(seen, &open, &ask, *seat));
    let blocks = blocks.take(RUNS_TRIED).map(|proposal| proposal.seats);
    blocks.min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or_default()
}

/// The middle of seats, in seat pitches.
fn middle(chart: &Chart, seats: &[SeatIx]) -> (f64, f64) {
    let sum = seats.iter().map(|ix| chart.seat(*ix)).fold((0.0, 0.0), |(x, y), seat| (x + seat.x, y + seat.y));
    let count = seats.len().max(1) as f64;
    (sum.0 / count, sum.1 / count)
}

fn check_limit(count: usize, cinema: &Cinema) -> Result<(), Failure> {
    if count <= cinema.max_seats as usize {
        return Ok(());
    }
    let why = format!("{count} seats are more than the {} that one booking may have", cinema.max_seats);
    Err(Failure::new(FailureKind::Refused, "too_many_seats", why))
}

fn conflict(hall: &Loaded, ix: SeatIx) -> Option<Conflict> {
    let seat = hall.chart.seat(ix);
    let reason = match hall.state(ix) {
        SeatState::Free => return None,
        SeatState::Held => ConflictReason::Held,
        SeatState::Sold => ConflictReason::Sold,
        SeatState::Blocked if seat.kind == SeatKind::Blocked => ConflictReason::NotForSale,
        SeatState::Blocked => ConflictReason::Blocked,
    };
    Some(Conflict::new(seat.id.clone(), Text::new(&spec::label(&hall.chart, ix)), reason))
}

/// A seat at its category's price.
pub fn priced(hall: &Loaded, ix: SeatIx) -> Option<PricedSeat> {
    let category = hall.chart.category_of(ix);
    hall.show.sells(&category.id).then(|| PricedSeat {
        id: hall.chart.seat(ix).id.clone(),
        label: Text::new(&spec::label(&hall.chart, ix)),
        category: category.name.clone(),
        price: hall.show.price(&category.id),
        ticket: None,
    })
}

/// What the box office would refuse: seats left alone that need not be.
pub fn must_leave_none_alone(hall: &Loaded, cinema: &Cinema, wanted: &[SeatIx]) -> Result<(), Failure> {
    let geometry = Geometry::of(&hall.chart);
    let costs = Costs::of(&hall.chart, &geometry);
    let seen = Hall { chart: &hall.chart, geometry: &geometry, costs: &costs };
    let open = |ix| hall.is_in_play(ix);
    let judgement = orphan::judge(seen, &open, wanted, cinema.orphan_rule);
    if judgement.verdict != Verdict::Reject || !orphan::applies(seen, &open, wanted, hall.sale()) {
        return Ok(());
    }
    let labels = |seats: &[SeatIx]| spec::labels(&hall.chart, &geometry, seats);
    let words = orphan::words(seen, wanted, &judgement, &labels);
    let mut why = words.as_ref().map(|words| words.reason.clone()).unwrap_or_default();
    if let Some(fix) = words.as_ref().and_then(|words| words.fixes.first()) {
        why.push_str(&format!(". {fix}"));
    }
    let instead = judgement.suggest.into_iter().next().unwrap_or_default();
    let instead = instead.iter().map(|ix| spec::label(&hall.chart, *ix)).collect();
    Err(Failure { suggest: instead, ..Failure::new(FailureKind::Refused, "orphan_seat", why) })
}
