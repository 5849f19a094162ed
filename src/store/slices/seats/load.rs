//! The hall's plan and the states of its seats: asked for, and taken in when they come.

use super::{Around, Counts, Seats, choose, judge, list, live, names};
use crate::{
    domain::{
        chart::plan::Plan,
        failure::{Failure, FailureKind},
        ids::SeatIx,
        seating::{
            best::{Ask, propose},
            release::is_time,
        },
        show::{SeatState, SeatStates, Show, ShowPlan},
    },
    store::{
        Out,
        action::{CatalogAction, HoldAction, SeatsAction, Tone},
        effect::Effect,
        remote::Req,
        slices::{Requests, catalog::report_link, nav::Route, notice::say},
        tracked::Tracked,
    },
};
use std::sync::Arc;

/// As many keys are remembered until the seats are known.
const EARLY: usize = 32;

pub(super) fn enter(
    seats: &mut Tracked<Seats>,
    show: &Show,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    out: &mut Out,
) {
    live::stop(seats, out);
    let known = seats.plan().filter(|p| p.hash == show.chart).cloned();
    **seats = Seats { show: Some(show.clone()), ..Seats::default() };
    match known {
        Some(plan) => {
            seats.plan.set(plan, around.now.mono_ms);
            ready(seats, around, requests, out);
        }
        None => load_plan(seats, around, requests, out),
    }
}

fn load_plan(seats: &mut Tracked<Seats>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    let Some(chart) = seats.show.as_ref().map(|show| show.chart.clone()) else { return };
    let req = requests.number();
    seats.plan.begin(req, around.now.mono_ms);
    out.effect(Effect::LoadPlan(req, chart));
}

pub(super) fn plan_loaded(
    seats: &mut Tracked<Seats>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    req: Req,
    result: &Result<Arc<Plan>, Failure>,
    out: &mut Out,
) {
    let before = seats.plan().cloned();
    if !seats.plan.settle(req, around.now.mono_ms, result.clone()) {
        return;
    }
    report_link(result.as_ref().err(), out);
    let Ok(plan) = result else {
        seats.early.clear();
        return;
    };
    if let Some(before) = before.filter(|before| before.hash != plan.hash) {
        carry_over(seats, around, &before, plan, out);
    }
    ready(seats, around, requests, out);
    list::anew(seats);
}

/// The plan is there: what follows from it, and what is asked for with it.
fn ready(seats: &mut Tracked<Seats>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    let (Some(show), Some(plan)) = (seats.show.clone(), seats.plan()) else { return };
    let priced = plan.chart.categories.iter().map(|category| show.sells(&category.id)).collect();
    let release_min = around.cinema.map_or(0, |cinema| cinema.release_accessible_min);
    seats.begins_soon = is_time(&show, release_min, around.now.wall);
    seats.priced = priced;
    begin_at_best(seats);
    load_states(seats, around, requests, out);
    if is_shown(around) {
        live::start(seats, requests, out);
    }
}

/// The hall has another plan under the same show: the wanted seats are found again by their ids, and those that are
/// no more are named.
fn carry_over(seats: &mut Tracked<Seats>, around: &Around<'_>, before: &Plan, plan: &Arc<Plan>, out: &mut Out) {
    out.then(HoldAction::Moved(plan.clone()));
    // What the program kept of places in the old plan means nothing in the new one.
    seats.history.clear();
    seats.early.clear();
    seats.proposed = None;
    seats.offer = None;
    seats.anchor = None;
    seats.drag = None;
    seats.judged = None;
    seats.counts = Counts::default();
    seats.states = Default::default();
    choose::forget_question(seats);
    let wanted = around.hold.wanted();
    let found: Vec<SeatIx> = wanted.iter().filter_map(|pick| plan.find(&pick.id)).collect();
    let missing: Vec<SeatIx> = wanted.iter().filter(|pick| plan.find(&pick.id).is_none()).map(|pick| pick.ix).collect();
    let house = |seat: &SeatIx| plan.find(&before.chart.seats.get(seat.get())?.id);
    seats.house = seats.house.iter().filter_map(house).collect();
    if wanted.is_empty() {
        return;
    }
    let what = match missing.as_slice() {
        [] => "your seats stay yours".to_owned(),
        gone => format!("{} is there no more", names(before, gone, "x")),
    };
    out.then(say(Tone::Bad, format!("The plan of the hall has changed: {what}.")));
    if let Some(show) = &seats.show {
        out.then(HoldAction::Want { show: show.id.clone(), plan: plan.clone(), seats: found });
    }
}

/// The list of shows tells of the show that is open: prices may be new, and its plan.
pub(super) fn show_changed(
    seats: &mut Tracked<Seats>,
    show: &Show,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    out: &mut Out,
) {
    let Some(open) = seats.show.as_ref().filter(|open| open.id == show.id) else { return };
    if open.chart == show.chart {
        return;
    }
    live::stop(seats, out);
    // Who had no news of the old plan may well have news of the new one.
    live::forget(seats);
    seats.show = Some(show.clone());
    // States of the old plan say nothing about the new one.
    seats.states = Default::default();
    seats.counts = Counts::default();
    load_plan(seats, around, requests, out);
}

pub(super) fn refresh(seats: &mut Tracked<Seats>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    let Some(show) = seats.show.clone() else { return };
    match seats.plan.value() {
        None => enter(seats, &show, around, requests, out),
        // The new plan of a hall did not come.
        Some(plan) if plan.hash != show.chart => load_plan(seats, around, requests, out),
        Some(_) => load_states(seats, around, requests, out),
    }
}

/// The box office is in reach again: what was missed is read, and the news are heard anew.
pub(super) fn reconnected(seats: &mut Tracked<Seats>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if seats.show.is_none() {
        return;
    }
    live::forget(seats);
    refresh(seats, around, requests, out);
    if is_shown(around) {
        live::start(seats, requests, out);
    }
}

pub(super) fn is_shown(around: &Around<'_>) -> bool {
    matches!(around.route, Route::Seats | Route::Checkout)
}

pub(super) fn load_states(seats: &mut Tracked<Seats>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    let Some(of) = known_plan(seats) else { return };
    // States that news have changed are no longer those of the tag.
    let known = seats.states.value().map(|(tag, _)| tag.clone()).filter(|tag| !tag.is_empty());
    let req = requests.number();
    seats.states.begin(req, around.now.mono_ms);
    seats.live.newer = false;
    out.effect(Effect::LoadStates { req, of, known });
}

/// The show with the plan by which its seats are known here.
pub(super) fn known_plan(seats: &Seats) -> Option<ShowPlan> {
    let (show, plan) = (seats.show.as_ref()?.id.clone(), seats.plan()?);
    Some(ShowPlan { show, chart: plan.hash.clone(), count: plan.chart.seats.len() })
}

pub(super) fn states_loaded(
    seats: &mut Tracked<Seats>,
    around: &Around<'_>,
    req: Req,
    result: &Result<Option<(String, SeatStates)>, Failure>,
    out: &mut Out,
) {
    let first = seats.states.value().is_none();
    let matters = live::matters(seats, around);
    let old = || seats.states.value().cloned().unwrap_or_default();
    let result = match result {
        // What was heard since then is newer.
        Ok(_) if seats.live.newer && !first => Ok(old()),
        Ok(Some(new)) => Ok(new.clone()),
        Ok(None) => Ok(old()),
        Err(why) => Err(why.clone()),
    };
    let failed = result.as_ref().err().cloned();
    let known = seats.states.value().map(|(_, states)| states);
    let is_new = result.as_ref().is_ok_and(|(_, states)| known != Some(states));
    if !seats.states.settle(req, around.now.mono_ms, result) {
        return;
    }
    // What nobody has asked for does not interrupt anybody when it fails; the status says that the map is not new.
    let is_told = failed.as_ref().is_none_or(|why| why.kind == FailureKind::Offline || !seats.live.is_by_itself(req));
    if is_told {
        report_link(failed.as_ref(), out);
    }
    live::wait(seats, around, failed.as_ref());
    if let Some(plan) = seats.plan().cloned().filter(|_| is_new || seats.is_untold()) {
        let counts = Counts::of(&plan, |seat| seats.state(seat));
        seats.counts = counts;
    }
    match failed {
        Some(_) if first => seats.early.clear(),
        // A server that knows the show with another plan refuses a wrong number of seats.
        Some(_) if is_told => out.then(CatalogAction::Stale),
        Some(_) => {}
        None if first => begin(seats, out),
        // Where seats are kept, the news and the answers to holds tell what is lost.
        None if live::keeps(around) => {}
        None => {
            let lost: Vec<SeatIx> = matters.into_iter().filter(|seat| seats.state(*seat) != SeatState::Free).collect();
            if !lost.is_empty() {
                live::gone(seats, around, &lost, out);
            }
        }
    }
    judge::again(seats, around);
}

/// The states are known for the first time: the cursor goes to a good seat, and what was pressed early is done.
pub(super) fn begin(seats: &mut Tracked<Seats>, out: &mut Out) {
    begin_at_best(seats);
    for action in std::mem::take(&mut seats.early) {
        out.then(action);
    }
}

/// A key that cannot be done before the states of the seats are known.
pub(super) fn remember(seats: &mut Tracked<Seats>, action: &SeatsAction) {
    if seats.early.len() < EARLY {
        // By then the mouse's button is up again.
        seats.early.push(match action {
            SeatsAction::Press(seat) => SeatsAction::ToggleSeat(*seat),
            other => other.clone(),
        });
    }
}

/// Puts the cursor on the best free seat, so that Enter at once is a good choice.
fn begin_at_best(seats: &mut Tracked<Seats>) {
    let Some(plan) = seats.plan().cloned() else { return };
    let open = seats.open_for(&plan, &Default::default());
    let best = propose(plan.hall(), &open, &Ask::of(1), 1).first().map(|proposal| proposal.seats[0]);
    drop(open);
    // Where nothing is free in rows, a place of general admission.
    let free = |seat: &SeatIx| seats.state(*seat) == SeatState::Free;
    let cursor = best.or_else(|| plan.chart.indices().find(free)).unwrap_or_default();
    seats.cursor = cursor;
    seats.level = if plan.chart.seats.is_empty() { 0 } else { plan.level_of(cursor) };
    seats.origin = (0, 0);
}
