//! The seats that are wanted, and the hold that keeps them.
//!
//! Choosing is holding: what is wanted is told to the server shortly after the last change, one request at a time.
//! Until the answer is here a seat is *pending*; a refusal takes back just what was refused, by name.

use super::{Requests, notice::say};
use crate::{
    domain::{
        chart::plan::Plan,
        failure::{Conflict, ConflictReason, Failure, FailureKind},
        ids::{SeatId, SeatIx, ShowId},
        show::{Hold, HoldEdit, HoldTime, PricedSeat, SeatState},
    },
    store::{
        Now, Out,
        action::{CatalogAction, HoldAction, NetAction, SeatsAction, Tone},
        effect::Effect,
        remote::Req,
        tracked::Tracked,
    },
};
use std::sync::Arc;

/// The wait after the last change before the server is told, so that a range or a quick hand makes one call.
const SETTLE_MS: u64 = 150;
/// Warnings, in milliseconds before the end.
const WARNINGS_MS: [u64; 2] = [60_000, 20_000];

/// A wanted seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    pub ix: SeatIx,
    pub id: SeatId,
}

#[derive(Clone, Debug, Default)]
pub struct Holding {
    show: Option<ShowId>,
    plan: Option<Arc<Plan>>,
    wanted: Vec<Pick>,
    hold: Option<Hold>,
    /// When the hold ends, on the clock that never jumps.
    ends_at_ms: Option<u64>,
    /// When the server is to be told of the latest change.
    tell_at_ms: Option<u64>,
    in_flight: Option<Req>,
    /// Everything was let go while a request was under way: what it brings is let go, too.
    forgotten: bool,
    warned: usize,
    /// Seats whose time ran out: one key holds them again.
    lapsed: Vec<SeatIx>,
    /// A sale of the held seats is under way: the server keeps them until it has an end.
    committing: bool,
}

impl Holding {
    pub fn wanted(&self) -> &[Pick] {
        &self.wanted
    }

    pub fn hold(&self) -> Option<&Hold> {
        self.hold.as_ref()
    }

    /// Whether the server keeps what it has confirmed: some hold nothing, and take a choice only to sell it.
    pub fn is_kept(&self) -> bool {
        self.hold.as_ref().is_some_and(|hold| hold.ttl_ms.is_some())
    }

    /// Whether a sale of these seats is under way.
    pub fn is_committing(&self) -> bool {
        self.committing
    }

    /// Whether the server has confirmed the seat.
    pub fn is_held(&self, id: &SeatId) -> bool {
        self.hold.as_ref().is_some_and(|h| h.seats.iter().any(|s| s.id == *id))
    }

    /// Whether a seat is wanted, or still held although it is wanted no more.
    pub fn has(&self, seat: SeatIx) -> bool {
        self.wanted.iter().any(|pick| pick.ix == seat)
            || self.plan.as_ref().is_some_and(|plan| {
                let held = self.hold.iter().flat_map(|hold| &hold.seats);
                held.into_iter().any(|held| plan.find(&held.id) == Some(seat))
            })
    }

    /// All seats that are wanted or held.
    pub fn mine(&self) -> Vec<SeatIx> {
        let wanted = self.wanted.iter().map(|pick| pick.ix);
        let held = self.hold.iter().flat_map(|hold| &hold.seats);
        let held = held.filter_map(|seat| self.plan.as_ref()?.find(&seat.id));
        let mut mine: Vec<SeatIx> = wanted.chain(held).collect();
        mine.sort_unstable();
        mine.dedup();
        mine
    }

    /// Whether the server is being asked to hold or to let go.
    pub fn is_asking(&self) -> bool {
        self.in_flight.is_some()
    }

    /// Whether the server has still to answer for what is wanted.
    pub fn is_settled(&self) -> bool {
        self.tell_at_ms.is_none() && self.in_flight.is_none()
    }

    /// Whether the time of the held seats is over.
    pub fn runs_out(&self, now: Now) -> bool {
        !self.committing && self.ends_at_ms.is_some_and(|end| end <= now.mono_ms)
    }

    /// Seats whose time ran out.
    pub fn lapsed(&self) -> &[SeatIx] {
        &self.lapsed
    }

    /// Milliseconds left.
    pub fn left_ms(&self, now_ms: u64) -> Option<u64> {
        self.ends_at_ms.map(|end| end.saturating_sub(now_ms))
    }

    /// The next moment at which something here changes by itself, but for the countdown.
    pub fn deadline(&self) -> Option<u64> {
        let ends_at_ms = self.ends_at_ms.filter(|_| !self.committing);
        let warning = WARNINGS_MS.get(self.warned).zip(ends_at_ms).map(|(w, end)| end.saturating_sub(*w));
        [self.tell_at_ms.filter(|_| self.in_flight.is_none()), warning, ends_at_ms].into_iter().flatten().min()
    }

    fn clear(&mut self) {
        self.wanted.clear();
        self.hold = None;
        self.ends_at_ms = None;
        self.tell_at_ms = None;
        self.forgotten = self.in_flight.is_some();
        self.warned = 0;
        self.committing = false;
    }

    /// Goes over to another plan of the same hall: seats are the same by their ids.
    fn move_to(&mut self, plan: &Arc<Plan>) {
        let Some(before) = self.plan.replace(plan.clone()) else { return };
        let new = |seat: SeatIx| plan.find(&before.chart.seats.get(seat.get())?.id);
        self.lapsed = self.lapsed.iter().filter_map(|seat| new(*seat)).collect();
        let picks = self.wanted.drain(..);
        self.wanted = picks.filter_map(|pick| Some(Pick { ix: plan.find(&pick.id)?, id: pick.id })).collect();
    }

    /// Which of these held seats have the state now, for the map.
    fn states(&self, seats: &[PricedSeat], state: SeatState) -> Vec<(SeatIx, SeatState)> {
        let find = |seat: &PricedSeat| self.plan.as_ref()?.find(&seat.id);
        seats.iter().filter_map(find).map(|seat| (seat, state)).collect()
    }

    /// What has to change at the server so that it holds what is wanted.
    fn edit(&self, hold: &Hold) -> HoldEdit {
        let wanted = |id: &SeatId| self.wanted.iter().any(|p| p.id == *id);
        HoldEdit {
            add: self.wanted.iter().filter(|p| !self.is_held(&p.id)).map(|p| p.id.clone()).collect(),
            remove: hold.seats.iter().filter(|s| !wanted(&s.id)).map(|s| s.id.clone()).collect(),
            time: HoldTime::Keep,
        }
    }
}

pub fn reduce(
    holding: &mut Tracked<Holding>,
    now: Now,
    requests: &mut Requests<'_>,
    action: &HoldAction,
    out: &mut Out,
) {
    let before = holding.wanted.clone();
    act(holding, now, requests, action, out);
    if holding.wanted != before || matches!(action, HoldAction::Want { .. }) {
        out.then(SeatsAction::Wished);
    }
}

fn act(holding: &mut Tracked<Holding>, now: Now, requests: &mut Requests<'_>, action: &HoldAction, out: &mut Out) {
    match action {
        HoldAction::Want { show, plan, seats } => {
            holding.show = Some(show.clone());
            holding.wanted = seats.iter().map(|ix| Pick { ix: *ix, id: plan.chart.seat(*ix).id.clone() }).collect();
            holding.plan = Some(plan.clone());
            holding.lapsed.clear();
            holding.tell_at_ms = Some(now.mono_ms + SETTLE_MS);
        }
        HoldAction::Moved(plan) => {
            if holding.plan.as_ref().is_some_and(|before| before.hash != plan.hash) {
                holding.move_to(plan);
            }
        }
        HoldAction::Settled(req, result) => settled(holding, now, *req, result, out),
        HoldAction::Extend => {
            let Some(hold) = &holding.hold else { return };
            if !holding.is_kept() {
                out.then(say(
                    Tone::Info,
                    "Nothing is held here, so no time runs out: seats are anybody's until booked.",
                ));
            } else if hold.extensions_left == 0 {
                out.then(say(Tone::Info, "This hold cannot be extended any more."));
            } else if holding.in_flight.is_none() {
                let edit = HoldEdit { time: HoldTime::Extend, ..HoldEdit::default() };
                let (req, hold) = (requests.number(), hold.id.clone());
                holding.in_flight = Some(req);
                out.effect(Effect::ChangeHold { req, hold, edit });
            }
        }
        HoldAction::Again => out.then(SeatsAction::Again),
        HoldAction::Committing => holding.committing = true,
        HoldAction::Refused => {
            if holding.committing {
                holding.committing = false;
            }
        }
        HoldAction::Release => {
            if holding.is_kept() && !holding.wanted.is_empty() {
                let seats: Vec<_> = holding.wanted.iter().map(|pick| pick.ix).collect();
                out.then(say(Tone::Info, format!("{} let go.", seat_words(holding, &seats))));
            }
            release(holding, requests, out);
        }
        HoldAction::Consumed => holding.clear(),
    }
}

/// Lets everything go.
pub fn release(holding: &mut Tracked<Holding>, requests: &mut Requests<'_>, out: &mut Out) {
    if let Some(hold) = &holding.hold {
        out.effect(Effect::ReleaseHold { req: requests.number(), hold: hold.id.clone() });
    }
    if !holding.wanted.is_empty() || !holding.is_settled() || holding.hold.is_some() || !holding.lapsed.is_empty() {
        holding.clear();
        holding.lapsed.clear();
    }
}

pub fn tick(holding: &mut Tracked<Holding>, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    if holding.runs_out(now) {
        if let Some(hold) = &holding.hold {
            // Here the time ends a moment before it does there: let go at once, the seats are nobody's.
            out.effect(Effect::ReleaseHold { req: requests.number(), hold: hold.id.clone() });
            out.then(SeatsAction::Known(holding.states(&hold.seats, SeatState::Free)));
        }
        holding.lapsed = holding.wanted.iter().map(|p| p.ix).collect();
        let what = seat_words(holding, &holding.lapsed);
        holding.clear();
        out.effect(Effect::Bell);
        out.then(say(Tone::Bad, format!("The time is up: {what} went back. Press {{again}} to hold them again.")));
        out.then(SeatsAction::Wished);
        return;
    }
    let due = WARNINGS_MS.get(holding.warned).copied();
    if let (Some(due), Some(left), false) = (due, holding.left_ms(now.mono_ms), holding.committing)
        && left <= due
    {
        holding.warned += 1;
        out.effect(Effect::Bell);
        out.then(say(Tone::Bad, format!("{} seconds left. Press {{extend}} for more time.", due / 1000)));
    }
    if holding.in_flight.is_none() && holding.tell_at_ms.is_some_and(|at| at <= now.mono_ms) {
        tell(holding, requests, out);
    }
}

/// Asks the server for the difference between what is held and what is wanted.
fn tell(holding: &mut Tracked<Holding>, requests: &mut Requests<'_>, out: &mut Out) {
    holding.tell_at_ms = None;
    let Some(show) = holding.show.clone() else { return };
    let effect = match &holding.hold {
        None if holding.wanted.is_empty() => return,
        None => {
            let seats = holding.wanted.iter().map(|p| p.id.clone()).collect();
            Effect::Hold { req: requests.number(), show, seats }
        }
        Some(hold) if holding.wanted.is_empty() => {
            Effect::ReleaseHold { req: requests.number(), hold: hold.id.clone() }
        }
        Some(hold) => {
            let edit = holding.edit(hold);
            if edit == HoldEdit::default() {
                return;
            }
            Effect::ChangeHold { req: requests.number(), hold: hold.id.clone(), edit }
        }
    };
    holding.in_flight = match &effect {
        Effect::Hold { req, .. } | Effect::ChangeHold { req, .. } | Effect::ReleaseHold { req, .. } => Some(*req),
        _ => None,
    };
    out.effect(effect);
}

fn settled(holding: &mut Tracked<Holding>, now: Now, req: Req, result: &Result<Option<Hold>, Failure>, out: &mut Out) {
    let is_awaited = holding.in_flight == Some(req);
    if is_awaited {
        holding.in_flight = None;
    }
    if !is_awaited || std::mem::take(&mut holding.forgotten) {
        // The person has gone on: a hold that nobody waits for any more is let go.
        if let Ok(Some(hold)) = result
            && holding.hold.as_ref().is_none_or(|h| h.id != hold.id)
        {
            out.effect(Effect::ReleaseHold { req, hold: hold.id.clone() });
        }
        if let Ok(None) = result {
            // The seats are free again from now on, not from when that was asked for.
            out.then(CatalogAction::Stale);
            out.then(SeatsAction::Refresh);
        }
        return;
    }
    match result {
        Ok(Some(hold)) => {
            if holding.wanted.is_empty() && holding.tell_at_ms.is_none() {
                // Everything was let go while the answer was on its way.
                out.effect(Effect::ReleaseHold { req, hold: hold.id.clone() });
                return;
            }
            let let_go = holding.hold.iter().flat_map(|before| &before.seats);
            let let_go: Vec<PricedSeat> =
                let_go.filter(|seat| hold.seats.iter().all(|held| held.id != seat.id)).cloned().collect();
            if hold.ttl_ms.is_some() {
                let mut states = holding.states(&let_go, SeatState::Free);
                states.extend(holding.states(&hold.seats, SeatState::Held));
                out.then(SeatsAction::Known(states));
            }
            holding.ends_at_ms = hold.ttl_ms.map(|left| now.mono_ms + left);
            holding.warned = WARNINGS_MS.iter().filter(|w| hold.ttl_ms.is_some_and(|left| left <= **w)).count();
            holding.hold = Some(hold.clone());
            out.then(NetAction::Back);
        }
        Ok(None) => {
            let kept = holding.hold.as_ref().filter(|hold| hold.ttl_ms.is_some());
            let free = kept.map(|hold| holding.states(&hold.seats, SeatState::Free));
            out.then_some(free.map(SeatsAction::Known));
            holding.hold = None;
            holding.ends_at_ms = None;
        }
        Err(why) => refused(holding, now, why, out),
    }
}

/// A refusal: what the server still holds stays wanted, the rest is taken back by name.
fn refused(holding: &mut Tracked<Holding>, now: Now, why: &Failure, out: &mut Out) {
    let gone = matches!(why.code.as_str(), "hold_expired" | "hold_not_found");
    if gone {
        // The server has let the hold go: want the same seats anew.
        holding.hold = None;
        holding.ends_at_ms = None;
        holding.tell_at_ms = Some(now.mono_ms);
        return;
    }
    let taken = |id: &SeatId| why.conflicts.iter().any(|c| c.seat == *id);
    let held = holding.hold.clone();
    let keep = |p: &Pick| match (&held, why.conflicts.is_empty()) {
        (Some(hold), true) => hold.seats.iter().any(|s| s.id == p.id),
        (None, true) => false,
        (_, false) => !taken(&p.id),
    };
    let before = holding.wanted.len();
    let kept: Vec<Pick> = holding.wanted.iter().filter(|p| keep(p)).cloned().collect();
    holding.wanted = kept;
    // With the seats named, the rest of what was wanted is asked for again; with no rest, what is held is let go.
    let is_open = !holding.wanted.is_empty() || holding.hold.is_some();
    if !why.conflicts.is_empty() && before > holding.wanted.len() && is_open {
        holding.tell_at_ms = Some(now.mono_ms);
    }
    if why.kind == FailureKind::Offline {
        out.then(NetAction::Lost(why.clone()));
    }
    let text = match why.conflicts.as_slice() {
        [] => why.sentence(),
        seats => {
            let each: Vec<String> = seats.iter().map(|c| format!("{} {}", c.label, c.reason.words())).collect();
            format!("{}. Choose another.", each.join(", "))
        }
    };
    out.then(say(Tone::Bad, text));
    let state = |reason: ConflictReason| match reason {
        ConflictReason::Sold => Some(SeatState::Sold),
        ConflictReason::Held => Some(SeatState::Held),
        ConflictReason::Blocked | ConflictReason::NotForSale => Some(SeatState::Blocked),
        // Nobody has taken it: it would be left alone.
        ConflictReason::OrphanSeat => None,
    };
    let seat = |conflict: &Conflict| Some((holding.plan.as_ref()?.find(&conflict.seat)?, state(conflict.reason)?));
    let lost: Vec<(SeatIx, SeatState)> = why.conflicts.iter().filter_map(seat).collect();
    match lost.is_empty() {
        true => out.then(SeatsAction::Refresh),
        false => out.then(SeatsAction::Taken(lost)),
    }
}

fn seat_words(holding: &Holding, seats: &[SeatIx]) -> String {
    match &holding.plan {
        Some(plan) => plan.labels(seats),
        None => "your seats".to_owned(),
    }
}
