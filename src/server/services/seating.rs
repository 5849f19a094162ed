//! Choosing on the server: the best seats for a party, and what the orphan rule says of a choice. The rules are the
//! domain's, and so is the picture of the seats in play; here they meet the claims.

use super::{
    claims::{self, Claim},
    orders::{MAX_SEATS, Sale, must_be_some},
    records::Line,
};
use crate::{
    domain::{
        chart::SeatKind,
        failure::{Conflict, ConflictReason},
        ids::{SeatIx, ShowId},
        money::{Glyphs, Money},
        seating::{
            best::{self, Proposal, Rung},
            orphan::{self, OrphanMode, Verdict},
            party::{Party, PartyError, PricedProposal, Wish},
            release::{self, Released},
        },
        show::{NamedSeat, SeatState, SeatStates},
        text::Text,
    },
    server::{
        office::{Office, instant},
        peer::Peer,
        problem::{Alone, Code, Refusal},
    },
};
use sqlx::{AnyConnection, AnyExecutor};
use std::{collections::HashMap, ops::Range};

/// The most proposals in one answer.
const MOST_PROPOSALS: u32 = 10;
const PROPOSALS: u32 = 3;
/// Seats so near to each other in the plan's order are read together with those between them.
const NEAR: u32 = 64;

/// The states of all seats of a show at `now`, as `db` sees them.
pub async fn states<'e>(db: impl AnyExecutor<'e>, sale: &Sale, now: i64) -> Result<SeatStates, Refusal> {
    let chart = &sale.plan.chart;
    let priced: Vec<bool> = chart.categories.iter().map(|c| sale.show.sells(&c.id)).collect();
    let mut states = SeatStates::free(chart.seats.len());
    for (ix, seat) in chart.seats.iter().enumerate() {
        if seat.kind == SeatKind::Blocked || !priced[seat.category as usize] {
            states.set(ix, SeatState::Blocked);
        }
    }
    for (seat, claim) in claims::of_show(db, sale.number, now).await? {
        states.set(seat as usize, claim.state());
    }
    Ok(states)
}

/// Seats for a party with what they cost.
pub struct Found {
    pub proposal: Proposal,
    /// From left to right.
    pub lines: Vec<Line>,
    pub total: Money,
}

/// The best seats for a party at this moment; nothing is held.
pub async fn propose(
    office: &Office,
    show: &ShowId,
    party: &Party,
    limit: Option<u32>,
    peer: Peer,
) -> Result<Vec<PricedProposal>, Refusal> {
    let limit = limit.unwrap_or(PROPOSALS);
    if !(1..=MOST_PROPOSALS).contains(&limit) {
        let detail = format!("{limit} proposals cannot be asked for; 1 to {MOST_PROPOSALS} are accepted as limit.");
        return Err(Refusal::new(Code::InvalidRequest, detail));
    }
    if let Some(address) = peer.limited_as() {
        office.allowances.proposals.take(&address)?;
    }
    let sale = Sale::of(office, show).await?;
    let now = office.now_ms();
    sale.must_be_open(now)?;
    let states = states(office.db.read(), &sale, now).await?;
    let found = best(office, &sale, &states, party, limit as usize, now)?;
    let priced = found.into_iter().map(|found| PricedProposal {
        closeness: found.proposal.rung,
        words: Text::new(&found.proposal.words()),
        cost: found.proposal.cost,
        seats: found.lines.into_iter().map(|line| line.seat).collect(),
        total: Some(found.total),
    });
    Ok(priced.collect())
}

/// The best seats for a party in these states, at least one proposal and at most `limit`.
pub fn best(
    office: &Office,
    sale: &Sale,
    states: &SeatStates,
    party: &Party,
    limit: usize,
    now: i64,
) -> Result<Vec<Found>, Refusal> {
    let (chart, show) = (&sale.plan.chart, &sale.show);
    let wish = Wish::of(party, chart, show, MAX_SEATS as u32).map_err(refused)?;
    // Who needs an accessible place may have it; for everyone else they are kept.
    let released = match wish.wheelchairs() {
        0 => Released::of(chart, show, states, office.rules.selling.release_accessible_min, instant(now)?),
        _ => Released::all(chart),
    };
    let open = |ix: SeatIx| released.in_play(chart, show, ix, states.get(ix.get()));
    let suits = |ix: SeatIx| wish.suits(ix);
    let proposals = best::propose(sale.plan.hall(), &open, &wish.ask(&suits), limit);
    if proposals.is_empty() {
        return Err(none_together(sale, &wish, &open, &suits));
    }
    proposals.into_iter().map(|proposal| priced(sale, &wish, proposal)).collect()
}

fn priced(sale: &Sale, wish: &Wish<'_>, proposal: Proposal) -> Result<Found, Refusal> {
    let types = wish.assign(&proposal.seats).map_err(Refusal::internal)?;
    let unsold = || Refusal::internal("a proposed seat has no price");
    let lines = proposal.seats.iter().zip(types).map(|(ix, ticket)| sale.line(ix.0, ticket).ok_or_else(unsold));
    let lines: Vec<Line> = lines.collect::<Result<_, _>>()?;
    must_be_some(lines.len())?;
    let total = Money::sum(lines.iter().map(|line| line.seat.price));
    let total = total.ok_or_else(|| Refusal::internal("prices do not add up"))?;
    Ok(Found { proposal, lines, total })
}

/// A party that means nothing at this show.
fn refused(error: PartyError) -> Refusal {
    let code = match error {
        PartyError::Nobody(_) => Code::NoSeats,
        PartyError::TooMany(_) => Code::TooManySeats,
        PartyError::Contradiction(_) => Code::InvalidRequest,
        PartyError::Unknown(_) => Code::NotAtThisShow,
    };
    Refusal::new(code, error.to_string())
}

/// Why no seats can be proposed, and what helps.
fn none_together(
    sale: &Sale,
    wish: &Wish<'_>,
    open: &dyn Fn(SeatIx) -> bool,
    suits: &dyn Fn(SeatIx) -> bool,
) -> Refusal {
    let limits = wish.limits_in_words(|money| money.words(Glyphs::Ascii));
    let size = wish.size();
    let free = sale.plan.chart.indices().filter(|&ix| open(ix) && suits(ix)).count();
    let scattered = best::Ask { last: Rung::L7, ..wish.ask(suits) };
    let detail = if free < size {
        let left = match free {
            0 => "none is free".to_owned(),
            1 => "1 is free".to_owned(),
            _ => format!("{free} are free"),
        };
        format!("There are no {size} such seats{limits}: {left}. Ask for fewer people, or for other seats.")
    } else if wish.last() < Rung::L7 && !best::propose(sale.plan.hall(), open, &scattered, 1).is_empty() {
        format!(
            "There are no {size} seats near enough to each other{limits}. Ask for fewer people or other seats, or \
             accept seats further apart (max_rung, up to L7)."
        )
    } else {
        format!("There are no {size} seats together{limits}. Ask for fewer people, or for other seats.")
    };
    Refusal::new(Code::NoSeatsTogether, detail)
}

/// What the orphan rule says of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    Fine,
    /// A seat is left alone where that is only said.
    Advised(Alone),
    /// A seat is left alone that need not be.
    Rejected(Alone),
}

/// Judges the seats of a booking, as they are after a change, against the claims of others in the runs that they touch:
/// a hall of a hundred thousand seats costs no more than a small one. With `changed` only the runs of these seats are
/// judged, whatever has become of the others.
pub async fn judge(
    tx: &mut AnyConnection,
    office: &Office,
    sale: &Sale,
    (booking, lines): (&str, &[Line]),
    changed: Option<&[u32]>,
    now: i64,
) -> Result<Ruling, Refusal> {
    let mode = office.rules.selling.orphans;
    if mode == OrphanMode::Off {
        return Ok(Ruling::Fine);
    }
    let (hall, chart, show) = (sale.plan.hall(), &sale.plan.chart, &sale.show);
    let chosen: Vec<SeatIx> = lines.iter().map(|line| SeatIx(line.ix)).collect();
    let seen = match mode {
        // What could be chosen anywhere else decides, too.
        OrphanMode::Strict => std::iter::once(0..sale.plan.places.len() as u32).collect(),
        _ => ranges(&orphan::touched_seats(hall, &chosen)),
    };
    let taken: HashMap<u32, Claim> =
        claims::taken_within(tx, sale.number, booking, &seen, now).await?.into_iter().collect();
    let released = released_in(tx, office, sale, &seen, now).await?;
    let open = |ix: SeatIx| {
        let state = taken.get(&ix.0).map_or(SeatState::Free, |claim| claim.state());
        seen.iter().any(|range| range.contains(&ix.0)) && released.in_play(chart, show, ix, state)
    };
    let selling = orphan::Sale {
        minutes_to_start: show.starts_at.duration_since(instant(now)?).as_mins(),
        sold: sold(tx, sale).await?,
        places: show.seats as usize,
    };
    if !orphan::applies(hall, &open, &chosen, selling) {
        return Ok(Ruling::Fine);
    }
    let run = |ix: SeatIx| hall.geometry.place(ix).0;
    let is_judged =
        |ix: &SeatIx| changed.is_none_or(|changed| changed.iter().any(|seat| run(SeatIx(*seat)) == run(*ix)));
    let (judged, others): (Vec<SeatIx>, Vec<SeatIx>) = chosen.iter().partition(|seat| is_judged(seat));
    let mut judgement = orphan::judge(hall, &open, &judged, mode);
    for seats in &mut judgement.suggest {
        seats.extend(&others);
        seats.sort_unstable();
    }
    let alone = || {
        let words = orphan::words(hall, &chosen, &judgement, &|seats| sale.labels(seats));
        let (reason, fix) = words.map_or((String::new(), None), |words| (words.reason, words.fixes.into_iter().next()));
        Alone {
            orphans: sale.named(&judgement.orphans),
            suggest: judgement.suggest.iter().map(|seats| sale.named(seats)).collect(),
            reason,
            fix,
        }
    };
    Ok(match judgement.verdict {
        Verdict::Ok | Verdict::Unavoidable => Ruling::Fine,
        Verdict::Warn => Ruling::Advised(alone()),
        Verdict::Reject => Ruling::Rejected(alone()),
    })
}

/// How many seats of the show are sold. They are only counted where that matters: what is not free is sold or held, so
/// few of these are few sold ones.
async fn sold(tx: &mut AnyConnection, sale: &Sale) -> Result<usize, Refusal> {
    let (places, taken) = (sale.show.seats as usize, sale.show.taken() as usize);
    if 100 * taken < orphan::NEARLY_FULL * places {
        return Ok(taken);
    }
    claims::count_sold(tx, sale.number).await
}

/// Seats in ascending order as few ranges that hold them all: in a plan that lists odd and even seats in turns no two
/// seats of a run follow each other, and a question with hundreds of ranges is not answered by the database.
fn ranges(seats: &[SeatIx]) -> Vec<Range<u32>> {
    let near = seats.chunk_by(|a, b| b.0 - a.0 <= NEAR);
    near.filter_map(|run| Some(run.first()?.0..run.last()?.0 + 1)).collect()
}

/// Which accessible places are released. The claims of the whole show are only read where that matters: if there is
/// such a place among the seats in question, and so many seats are gone that all others of its category may be sold.
async fn released_in(
    tx: &mut AnyConnection,
    office: &Office,
    sale: &Sale,
    seen: &[Range<u32>],
    now: i64,
) -> Result<Released, Refusal> {
    let (chart, show, minutes) = (&sale.plan.chart, &sale.show, office.rules.selling.release_accessible_min);
    let at = instant(now)?;
    if release::is_time(show, minutes, at) {
        return Ok(Released::all(chart));
    }
    let kept = |ix: u32| {
        let seat = chart.seat(SeatIx(ix));
        let accessible = matches!(seat.kind, SeatKind::Wheelchair | SeatKind::Companion);
        accessible && show.taken() >= sale.plan.ordinary(seat.category)
    };
    if !seen.iter().flat_map(Clone::clone).any(kept) {
        return Ok(Released::none(chart));
    }
    let states = states(tx, sale, now).await?;
    Ok(Released::of(chart, show, &states, minutes, at))
}

/// The refusal of a choice that leaves seats alone: the reason, the fix, and `ending`.
pub fn orphan_seat(alone: Alone, ending: &str) -> Refusal {
    let fix = alone.fix.as_ref().map(|fix| format!(" {fix}.")).unwrap_or_default();
    let detail = format!("{}.{fix} {ending}", alone.reason);
    let conflict = |seat: &NamedSeat| Conflict::new(seat.seat.clone(), seat.label.clone(), ConflictReason::OrphanSeat);
    let conflicts = alone.orphans.iter().map(conflict).collect();
    Refusal { alone: Some(Box::new(alone)), ..Refusal::about(Code::OrphanSeat, detail, conflicts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_that_a_plan_lists_in_turns_are_one_question() {
        let odd: Vec<SeatIx> = (1..1_000).step_by(2).chain(5_000..5_003).map(SeatIx).collect();
        assert_eq!(ranges(&odd), [1..1_000, 5_000..5_003]);
        assert_eq!(ranges(&[]), []);
    }
}
