//! The floor of a hall at one moment, as a party sees it: which places can be proposed, and which are open.
//!
//! A *place* is an index in the geometry's order, so that neighbours are consecutive: `place + 1` is the neighbour on
//! the right if it is in the same run, and else the first seat beyond the next aisle or of the next row.

use super::{
    Ask, Hall, Proposal, Rung,
    cost::{Spot, steps},
    tickets::Fitting,
};
use crate::domain::{chart::SeatKind, ids::SeatIx};
use std::{cell::RefCell, cmp::Reverse, ops::Range};

/// How many companion places go with one wheelchair space at most.
const COMPANIONS: usize = 3;

pub(super) struct Floor<'a> {
    pub hall: Hall<'a>,
    pub ask: &'a Ask<'a>,
    /// What may be proposed: open and suitable, never half a couch.
    pub usable: Vec<bool>,
    /// What the orphan rule counts as open, whether it suits or not.
    open: Vec<bool>,
    fitting: RefCell<Fitting>,
}

/// Places that could be proposed together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    /// In the geometry's order.
    pub places: Vec<u32>,
    pub rung: Rung,
    /// Mean seat cost.
    pub cost: f64,
}

/// What decides between candidates of one rung, the smallest first: cost, nearer to the middle, further back, further
/// left, and the id of the seat that is furthest left.
pub(super) type Rank<'a> = (i64, i64, Reverse<i64>, i64, &'a str);

impl<'a> Floor<'a> {
    /// The whole hall.
    pub fn of(hall: Hall<'a>, open: &dyn Fn(SeatIx) -> bool, ask: &'a Ask<'a>) -> Self {
        Self::looked_at(hall, open, ask, 0..hall.costs.spots.len())
    }

    /// The row of a seat: everywhere else nothing is open. Only the states of that row are asked for.
    pub fn of_row(hall: Hall<'a>, open: &dyn Fn(SeatIx) -> bool, ask: &'a Ask<'a>, seat: SeatIx) -> Self {
        let (from, to) = hall.costs.rows[hall.chart.seat(seat).row as usize].places;
        Self::looked_at(hall, open, ask, from as usize..to as usize)
    }

    fn looked_at(hall: Hall<'a>, open: &dyn Fn(SeatIx) -> bool, ask: &'a Ask<'a>, places: Range<usize>) -> Self {
        let spots = &hall.costs.spots;
        let (mut is_open, mut usable) = (vec![false; spots.len()], vec![false; spots.len()]);
        for (place, spot) in places.clone().zip(&spots[places.clone()]) {
            let for_sale = !matches!(spot.kind, SeatKind::Blocked | SeatKind::Standing);
            is_open[place] = for_sale && open(spot.seat);
        }
        keep_whole_couches(&spots[places.clone()], &mut is_open[places.clone()]);
        let fitting = Fitting::of(ask.tickets);
        for (place, spot) in places.clone().zip(&spots[places.clone()]) {
            usable[place] = is_open[place] && fitting.takes(spot.category, ask.size) && (ask.suits)(spot.seat);
            if ask.wheelchairs > 0 && spot.is_accessible() {
                // For the orphan rule these are walls: nobody else may buy them.
                is_open[place] = false;
            }
        }
        keep_whole_couches(&spots[places.clone()], &mut usable[places]);
        Self { hall, ask, usable, open: is_open, fitting: RefCell::new(fitting) }
    }

    pub fn spot(&self, place: usize) -> &'a Spot {
        &self.hall.costs.spots[place]
    }

    pub fn len(&self) -> usize {
        self.usable.len()
    }

    /// The place of a seat.
    pub fn place(&self, seat: SeatIx) -> usize {
        let (run, at) = self.hall.geometry.place(seat);
        self.hall.geometry.start(run) + at as usize
    }

    /// Whether a couch lies across the border before a place.
    pub fn cuts(&self, place: usize) -> bool {
        place > 0 && place < self.len() && self.spot(place - 1).shares_couch(self.spot(place))
    }

    /// Whether taking these consecutive places leaves a single seat alone that was not alone before. A couch that stays
    /// free is two places.
    pub fn strands(&self, window: Range<usize>) -> bool {
        let (first, last) = (window.start, window.end - 1);
        let open = |place: Option<usize>, beside: usize| {
            let run = self.spot(beside).run;
            place.is_some_and(|place| place < self.len() && self.open[place] && self.spot(place).run == run)
        };
        let left = self.open[first] && open(first.checked_sub(1), first) && !open(first.checked_sub(2), first);
        let right = self.open[last] && open(Some(last + 1), last) && !open(Some(last + 2), last);
        left || right
    }

    /// Whether nobody in a wheelchair would be alone in these consecutive places, and they have as many spaces as are
    /// asked for. True of every window when nobody needs a space.
    pub fn accompanies(&self, window: Range<usize>) -> bool {
        self.ask.wheelchairs == 0 || {
            let spaces = self.spaces(window.clone());
            spaces == self.ask.wheelchairs && self.is_company(window, spaces)
        }
    }

    pub fn spaces(&self, window: Range<usize>) -> usize {
        window.filter(|&place| self.spot(place).kind == SeatKind::Wheelchair).count()
    }

    /// Whether each wheelchair space of the window has company beside it in the window: a companion place, or another
    /// seat if no companion place beside it can be had. A party of wheelchair users only is its own company.
    pub fn is_company(&self, window: Range<usize>, spaces: usize) -> bool {
        let companions = window.clone().filter(|&place| self.spot(place).kind == SeatKind::Companion).count();
        if companions > COMPANIONS * spaces {
            return false;
        }
        self.ask.size <= self.ask.wheelchairs
            || window.clone().filter(|&place| self.spot(place).kind == SeatKind::Wheelchair).all(|space| {
                let run = self.spot(space).run;
                let beside = [space.checked_sub(1), Some(space + 1)].into_iter().flatten();
                let beside = beside.filter(|&at| at < self.len() && self.usable[at] && self.spot(at).run == run);
                let is = |at: usize, kind: SeatKind| self.spot(at).kind == kind;
                let has_companion = beside.clone().any(|at| is(at, SeatKind::Companion));
                beside
                    .filter(|at| window.contains(at))
                    .any(|at| if has_companion { is(at, SeatKind::Companion) } else { !is(at, SeatKind::Wheelchair) })
            })
    }

    /// Whether the party's ticket types can be matched to the places.
    pub fn fits(&self, places: &[u32]) -> bool {
        let categories = places.iter().map(|&place| self.spot(place as usize).category);
        self.fitting.borrow_mut().fits(categories)
    }

    /// Whether each of these places, perhaps fewer than the party needs, can be given to somebody.
    pub fn can_all_be_used(&self, places: &[u32]) -> bool {
        let categories = places.iter().map(|&place| self.spot(place as usize).category);
        self.fitting.borrow().uses(categories, self.ask.size)
    }

    /// Where the stretch of open places that a place is in begins.
    pub fn stretch(&self, place: usize) -> usize {
        let run = self.spot(place).run;
        let mut start = place;
        while start > 0 && self.open[start - 1] && self.spot(start - 1).run == run {
            start -= 1;
        }
        start
    }

    pub fn candidate(&self, places: Vec<u32>, rung: Rung) -> Candidate {
        let mut places = places;
        places.sort_unstable();
        let sum: f64 = places.iter().map(|&place| self.spot(place as usize).cost).sum();
        Candidate { cost: sum / places.len().max(1) as f64, places, rung }
    }

    /// How a candidate stands among those of its rung, with what its arrangement costs in addition.
    pub fn rank(&self, candidate: &Candidate, added: f64) -> Rank<'a> {
        let spots = || candidate.places.iter().map(|&place| self.spot(place as usize));
        let count = candidate.places.len().max(1) as f64;
        let x = spots().map(|spot| spot.x).sum::<f64>() / count;
        let y = spots().map(|spot| spot.y).sum::<f64>() / count;
        let id = |spot: &Spot| self.hall.chart.seat(spot.seat).id.as_str();
        let first = spots().min_by(|a, b| (steps(a.x), id(a)).cmp(&(steps(b.x), id(b))));
        let off_centre = steps((x - self.hall.costs.x()).abs());
        (steps(candidate.cost + added), off_centre, Reverse(steps(y)), steps(x), first.map(id).unwrap_or_default())
    }

    /// Whether it shares at most half of its seats with each of those that are chosen already.
    pub fn is_new(&self, candidate: &[u32], chosen: &[Candidate]) -> bool {
        chosen.iter().all(|other| 2 * other.shared(candidate) <= self.ask.size)
    }

    /// The parts of places that stand together, from the front and from left to right.
    pub fn blocks(&self, places: &[u32]) -> Vec<Vec<u32>> {
        let mut places = places.to_vec();
        places.sort_unstable();
        let beside = |a: &u32, b: &u32| a + 1 == *b && self.spot(*a as usize).run == self.spot(*b as usize).run;
        let mut blocks: Vec<Vec<u32>> = places.chunk_by(beside).map(<[u32]>::to_vec).collect();
        let at = |block: &Vec<u32>| {
            let spot = self.spot(block[0] as usize);
            (steps(self.hall.costs.rows[spot.row as usize].depth), steps(spot.x), block[0])
        };
        blocks.sort_by_key(at);
        blocks
    }

    pub fn proposal(&self, candidate: &Candidate) -> Proposal {
        let parts = self.blocks(&candidate.places).iter().map(Vec::len).collect();
        let mut places = candidate.places.clone();
        places.sort_by(|&a, &b| {
            let (p, q) = (self.spot(a as usize), self.spot(b as usize));
            p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)).then(a.cmp(&b))
        });
        let seats = places.into_iter().map(|place| self.spot(place as usize).seat).collect();
        Proposal { seats, rung: candidate.rung, cost: candidate.cost, parts }
    }
}

/// A couch of which one place is missing is missing as a whole.
fn keep_whole_couches(spots: &[Spot], marks: &mut [bool]) {
    let mut start = 0;
    for part in spots.chunk_by(|a, b| a.shares_couch(b)) {
        let marks = &mut marks[start..start + part.len()];
        start += part.len();
        let whole = part.len() > 1 && part[0].run == part[part.len() - 1].run && marks.iter().all(|&mark| mark);
        if part[0].is_couch() && !whole {
            marks.fill(false);
        }
    }
}

impl Candidate {
    /// How many places two candidates have in common.
    fn shared(&self, places: &[u32]) -> usize {
        places.iter().filter(|place| self.places.binary_search(place).is_ok()).count()
    }
}
