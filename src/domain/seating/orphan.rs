//! The orphan rule: nobody may leave a single free seat alone that nobody will buy.
//!
//! For chosen seats S, a seat is a *new orphan* if it is open and not in S, its open run after S has length 1, and its
//! open run before S had at least 2. What was alone before is nobody's fault. An *open run* is a maximal chain of open
//! neighbours: aisles and walls end it. Each open run that S touches is judged by itself, with the seats that S takes
//! of it. A run of length L keeps a single seat whatever block of n is taken of it if and only if L − n = 1.
//!
//! Lengths are places, and a couch is one unit of (commonly) two of them: it is open, taken and moved as a whole.
//! A couch that stays free alone seats two people, so it is not stranded; half a couch without its other half is a
//! wall, since nobody can have it.

#[cfg(test)]
mod brute;
pub mod picture;
mod suggest;
#[cfg(test)]
mod tests;
mod words;

use super::best::Hall;
use crate::domain::ids::SeatIx;
use serde::{Deserialize, Serialize};
use std::ops::Range;

pub use words::{Words, words};

/// Nearer to the start of a show than this, in minutes, every seat that is sold is a good one.
pub const LAST_MINUTES: i64 = 30;
/// From this share of sold places on, in per cent, what is left is single seats anyway.
pub const NEARLY_FULL: usize = 90;

/// How strict the rule is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum OrphanMode {
    /// Exempt only if no block of that size anywhere avoids it.
    Strict,
    /// Exempt if no block of that size in the same run avoids it.
    #[default]
    Lenient,
    /// Said, not refused.
    Advise,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ok,
    /// It would leave seats alone, and need not.
    Reject,
    /// It leaves seats alone, and cannot help it.
    Unavoidable,
    /// It leaves seats alone where that is only said.
    Warn,
}

/// What the rule says of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// The seats that would be left alone, in chart order.
    pub orphans: Vec<SeatIx>,
    /// Choices of the same size that leave none alone, the nearest first, three at most: one-key fixes. None where
    /// the verdict needs none.
    pub suggest: Vec<Vec<SeatIx>>,
}

/// How far from the choice its suggestions may lie. Each asks `open` for the seats there, and for no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// In the runs that the choice touches: those of [`touched_seats`].
    Runs,
    /// Anywhere in the rows that it touches.
    Rows,
    /// In near rows of the same level, too.
    Level,
}

/// Judges a choice, with suggestions in the runs that it touches. `open` tells which seats are in play before it
/// ([`super::in_play`]): those of one's own hold included. It is asked for [`touched_seats`] only, except in
/// [`OrphanMode::Strict`], which may look at the whole hall and stops where it has found a better place.
pub fn judge(hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, chosen: &[SeatIx], mode: OrphanMode) -> Judgement {
    judge_within(hall, open, chosen, mode, Reach::Runs)
}

/// As [`judge`], with suggestions from further away.
pub fn judge_within(
    hall: Hall<'_>,
    open: &dyn Fn(SeatIx) -> bool,
    chosen: &[SeatIx],
    mode: OrphanMode,
    reach: Reach,
) -> Judgement {
    let mut judgement = Judgement { verdict: Verdict::Ok, orphans: Vec::new(), suggest: Vec::new() };
    if mode == OrphanMode::Off {
        return judgement;
    }
    let touched = touched_stretches(hall, open, chosen);
    for stretch in &touched {
        let orphans = stretch.orphans();
        if !orphans.is_empty() {
            judgement.orphans.extend(orphans);
            judgement.verdict = judgement.verdict.with(stretch.verdict(hall, open, mode));
        }
    }
    judgement.orphans.sort_unstable();
    if matches!(judgement.verdict, Verdict::Reject | Verdict::Warn) {
        judgement.suggest = suggest::suggest(hall, open, chosen, &touched, reach);
    }
    judgement
}

impl Verdict {
    /// The verdict on several runs: the gravest.
    fn with(self, other: Self) -> Self {
        let gravity = |verdict: Self| match verdict {
            Self::Ok => 0,
            Self::Unavoidable | Self::Warn => 1,
            Self::Reject => 2,
        };
        if gravity(other) > gravity(self) { other } else { self }
    }
}

/// All seats of the runs that a choice touches, in chart order: the only ones whose states [`judge`] and [`applies`]
/// need, unless the rule is strict.
pub fn touched_seats(hall: Hall<'_>, chosen: &[SeatIx]) -> Vec<SeatIx> {
    let mut seats: Vec<SeatIx> =
        touched_runs(hall, chosen).into_iter().flat_map(|run| hall.geometry.run(run)).copied().collect();
    seats.sort_unstable();
    seats
}

/// What a show must tell for [`applies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Until the show begins; negative when it has begun.
    pub minutes_to_start: i64,
    /// Places that are sold.
    pub sold: usize,
    /// All places that can be sold ([`crate::domain::chart::Chart::sellable`]).
    pub places: usize,
}

/// Whether the rule is in force for a choice at a show. It is not when the show begins in less than
/// [`LAST_MINUTES`], when [`NEARLY_FULL`] is reached, or when the party is larger than the longest open run that it
/// touches: it has to be split anyway, and then the rule is not in its way. Who sells and who shows ask the same.
pub fn applies(hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, chosen: &[SeatIx], sale: Sale) -> bool {
    let longest = || touched_stretches(hall, open, chosen).iter().map(|stretch| stretch.seats.len()).max();
    sale.minutes_to_start >= LAST_MINUTES
        && 100 * sale.sold < NEARLY_FULL * sale.places
        && longest().is_some_and(|longest| chosen.len() <= longest)
}

/// A maximal chain of open neighbours as it is before a choice, and what the choice takes of it.
struct Stretch<'a> {
    /// From left to right.
    seats: &'a [SeatIx],
    /// For each of them, whether the choice has it; a couch is taken whole.
    taken: Vec<bool>,
    /// For each of them, whether it belongs to one couch with the seat before it.
    joined: Vec<bool>,
}

impl<'a> Stretch<'a> {
    /// How many places the choice takes.
    fn count(&self) -> usize {
        self.taken.iter().filter(|&&taken| taken).count()
    }

    /// The places that stay free, in chains.
    fn gaps(&self) -> impl Iterator<Item = Range<usize>> {
        chains(&self.taken).filter(|(taken, _)| !taken).map(|(_, places)| places)
    }

    /// The seats that stay alone and were not before. A couch alone is two places, and so none of them.
    fn orphans(&self) -> Vec<SeatIx> {
        let alone = |gap: &Range<usize>| gap.len() == 1 && self.seats.len() > 1;
        self.gaps().filter(alone).map(|gap| self.seats[gap.start]).collect()
    }

    /// Whether a block may begin or end before place `at`: not within a couch.
    fn may_cut(&self, at: usize) -> bool {
        !self.joined.get(at).is_some_and(|&joined| joined)
    }

    /// Whether a block of `size` at `start` is whole and leaves no place alone.
    fn is_tidy(&self, start: usize, size: usize) -> bool {
        let (after, length) = (start + size, self.seats.len());
        after <= length && start != 1 && length - after != 1 && self.may_cut(start) && self.may_cut(after)
    }

    fn has_tidy_block(&self, size: usize) -> bool {
        (0..=self.seats.len().saturating_sub(size)).any(|start| self.is_tidy(start, size))
    }

    /// The verdict on a run in which seats stay alone.
    fn verdict(&self, hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, mode: OrphanMode) -> Verdict {
        let size = self.count();
        let anywhere = || (0..hall.geometry.count() as u32).any(|run| has_tidy_block(hall, open, run, size));
        let avoidable = match mode {
            OrphanMode::Off => return Verdict::Ok,
            OrphanMode::Advise => return Verdict::Warn,
            OrphanMode::Lenient => self.has_tidy_block(size),
            OrphanMode::Strict => self.has_tidy_block(size) || anywhere(),
        };
        if avoidable { Verdict::Reject } else { Verdict::Unavoidable }
    }
}

fn has_tidy_block(hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, run: u32, size: usize) -> bool {
    hall.geometry.run(run).len() >= size
        && stretches(hall, open, run, &[]).iter().any(|stretch| stretch.has_tidy_block(size))
}

/// The runs that a choice touches, in the order of the hall.
fn touched_runs(hall: Hall<'_>, chosen: &[SeatIx]) -> Vec<u32> {
    let mut runs: Vec<u32> = chosen.iter().map(|&seat| hall.geometry.place(seat).0).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// The open runs of which a choice takes something.
fn touched_stretches<'a>(hall: Hall<'a>, open: &dyn Fn(SeatIx) -> bool, chosen: &[SeatIx]) -> Vec<Stretch<'a>> {
    let mut places: Vec<(u32, u32)> = chosen.iter().map(|&seat| hall.geometry.place(seat)).collect();
    places.sort_unstable();
    let by_run = places.chunk_by(|a, b| a.0 == b.0);
    let touched = by_run.flat_map(|places| stretches(hall, open, places[0].0, places));
    touched.filter(|stretch| stretch.taken.contains(&true)).collect()
}

/// The open runs of a run of the hall. `chosen` are the places taken of it, as [`Geometry::place`] gives them.
///
/// [`Geometry::place`]: crate::domain::chart::geometry::Geometry::place
fn stretches<'a>(hall: Hall<'a>, open: &dyn Fn(SeatIx) -> bool, run: u32, chosen: &[(u32, u32)]) -> Vec<Stretch<'a>> {
    let seats = hall.geometry.run(run);
    let couch = |at: usize| hall.chart.seat(seats[at]).couch;
    let joined: Vec<bool> =
        (0..seats.len()).map(|at| at > 0 && couch(at).is_some() && couch(at) == couch(at - 1)).collect();
    let mut free: Vec<bool> = seats.iter().map(|&seat| open(seat)).collect();
    let mut taken = vec![false; seats.len()];
    chosen.iter().for_each(|&(_, at)| taken[at as usize] = true);
    for unit in units(&joined) {
        if couch(unit.start).is_some() {
            let whole = unit.len() > 1 && free[unit.clone()].iter().all(|&free| free);
            free[unit.clone()].fill(whole);
            let any = taken[unit.clone()].contains(&true);
            taken[unit].fill(any);
        }
    }
    let stretch = |places: Range<usize>| Stretch {
        seats: &seats[places.clone()],
        taken: taken[places.clone()].to_vec(),
        joined: joined[places].to_vec(),
    };
    chains(&free).filter(|(free, _)| *free).map(|(_, places)| stretch(places)).collect()
}

/// Single seats and whole couches, as places of their run.
fn units(joined: &[bool]) -> Vec<Range<usize>> {
    let starts: Vec<usize> = (0..joined.len()).filter(|&at| !joined[at]).collect();
    let ends = starts.iter().skip(1).copied().chain([joined.len()]);
    starts.iter().zip(ends).map(|(&start, end)| start..end).collect()
}

/// Maximal chains of equal values, with their places.
fn chains(values: &[bool]) -> impl Iterator<Item = (bool, Range<usize>)> {
    let mut start = 0;
    values.chunk_by(|a, b| a == b).map(move |chain| {
        let places = start..start + chain.len();
        start = places.end;
        (chain[0], places)
    })
}
