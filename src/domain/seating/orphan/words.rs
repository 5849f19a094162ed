//! What the rule says, in words for people.

use super::Judgement;
use crate::domain::{ids::SeatIx, seating::best::Hall};

/// So many seats are named; the rest is counted.
const MOST_NAMED: usize = 3;

/// Why a choice is doubtful, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// `F6 would stay free alone between F5 and the aisle`, without a full stop.
    pub reason: String,
    /// For each suggestion of the judgement: `Shift one seat left: F6, F7`.
    pub fixes: Vec<String>,
}

/// A judgement in words; `None` if no seat stays alone. `names` writes labels, such as
/// [`Plan::labels`](crate::domain::chart::plan::Plan::labels).
pub fn words(
    hall: Hall<'_>,
    chosen: &[SeatIx],
    judgement: &Judgement,
    names: &dyn Fn(&[SeatIx]) -> String,
) -> Option<Words> {
    let (first, others) = judgement.orphans.split_first()?;
    let place = |seat: SeatIx| {
        format!("between {} and {}", beside(hall, seat, Side::Left, names), beside(hall, seat, Side::Right, names))
    };
    let name = |seat: SeatIx| names(&[seat]);
    let mut reason = format!("{} would stay free alone {}", name(*first), place(*first));
    let named = others.len().min(MOST_NAMED - 1);
    for (at, &seat) in others[..named].iter().enumerate() {
        let and = if at + 1 == others.len() { ", and" } else { "," };
        reason.push_str(&format!("{and} {} {}", name(seat), place(seat)));
    }
    match others.len() - named {
        0 => {}
        1 => reason.push_str(", and one seat more"),
        more => reason.push_str(&format!(", and {more} seats more")),
    }
    let fixes = judgement.suggest.iter().map(|instead| fix(hall, chosen, instead, names)).collect();
    Some(Words { reason, fixes })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// What is beside a seat: another seat, the aisle, or the end of the row.
fn beside(hall: Hall<'_>, seat: SeatIx, side: Side, names: &dyn Fn(&[SeatIx]) -> String) -> String {
    let (neighbour, end) = match side {
        Side::Left => (hall.geometry.left(seat), hall.geometry.row(hall.chart.seat(seat).row).first()),
        Side::Right => (hall.geometry.right(seat), hall.geometry.row(hall.chart.seat(seat).row).last()),
    };
    match neighbour {
        Some(neighbour) => names(&[neighbour]),
        None if end == Some(&seat) => "the end of the row".to_owned(),
        None => "the aisle".to_owned(),
    }
}

fn fix(hall: Hall<'_>, chosen: &[SeatIx], instead: &[SeatIx], names: &dyn Fn(&[SeatIx]) -> String) -> String {
    let placed = |seats: &[SeatIx]| {
        let mut placed: Vec<((u32, u32), SeatIx)> = seats.iter().map(|&s| (hall.geometry.place(s), s)).collect();
        placed.sort_unstable();
        placed
    };
    let (from, to) = (placed(chosen), placed(instead));
    let moved: Vec<_> = from.iter().zip(&to).filter(|(from, to)| from != to).collect();
    let Some((a, b)) = moved.first() else { return format!("Take {} instead", names(instead)) };
    let step = |from: &(u32, u32), to: &(u32, u32)| (from.0 == to.0).then(|| i64::from(to.1) - i64::from(from.1));
    let by = step(&a.0, &b.0).filter(|&by| moved.iter().all(|(from, to)| step(&from.0, &to.0) == Some(by)));
    let Some(by) = by else { return format!("Take {} instead", names(instead)) };
    let far = if by.abs() == 1 { "one seat".to_owned() } else { format!("{} seats", by.abs()) };
    let way = direction(hall, a.1, b.1);
    let seats = |ends: Vec<SeatIx>| names(&ends);
    let after = seats(moved.iter().map(|(_, to)| to.1).collect());
    if moved.len() == from.len() {
        format!("Shift {far} {way}: {after}")
    } else {
        format!("Shift {} {far} {way}: {after}", seats(moved.iter().map(|(from, _)| from.1).collect()))
    }
}

/// Where `to` is from `from`, as the audience sees it facing the screen.
fn direction(hall: Hall<'_>, from: SeatIx, to: SeatIx) -> &'static str {
    let (from, to) = (hall.chart.seat(from), hall.chart.seat(to));
    let (across, along) = (to.x - from.x, to.y - from.y);
    match (across.abs() >= along.abs(), across < 0.0, along < 0.0) {
        (true, true, _) => "left",
        (true, false, _) => "right",
        (false, _, true) => "towards the screen",
        (false, _, false) => "away from the screen",
    }
}
