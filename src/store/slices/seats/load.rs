//! The hall's plan and the states of its seats: asked for, and taken in when they come.

use super::{Counts, Seats};
use crate::{
    domain::{
        ids::SeatIx,
        seating::best,
        show::{SeatState, SeatStates, Show},
    },
    store::{
        Now, Out,
        effect::Effect,
        slices::{Requests, catalog::report_link},
        tracked::Tracked,
    },
};

pub(super) fn enter(seats: &mut Tracked<Seats>, show: &Show, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    let known = seats.plan().filter(|p| p.hash == show.chart).cloned();
    **seats = Seats { show: Some(show.clone()), ..Seats::default() };
    match known {
        Some(plan) => {
            seats.plan.set(plan, now.mono_ms);
            begin_at_best(seats);
            load_states(seats, now, requests, out);
        }
        None => {
            let req = requests.number();
            seats.plan.begin(req, now.mono_ms);
            out.effect(Effect::LoadPlan(req, show.chart.clone()));
        }
    }
}

pub(super) fn load_states(seats: &mut Tracked<Seats>, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    let (Some(show), Some(plan)) = (&seats.show, seats.plan()) else { return };
    let effect = Effect::LoadStates {
        req: requests.number(),
        show: show.id.clone(),
        count: plan.chart.seats.len(),
        known: seats.states.value().map(|(etag, _)| etag.clone()),
    };
    if let Effect::LoadStates { req, .. } = &effect {
        seats.states.begin(*req, now.mono_ms);
    }
    out.effect(effect);
}

pub(super) fn states_loaded(
    seats: &mut Tracked<Seats>,
    now: Now,
    req: u64,
    result: &Result<Option<(String, SeatStates)>, crate::domain::failure::Failure>,
    out: &mut Out,
) {
    let first = seats.states.value().is_none();
    let result = match result {
        Ok(Some(new)) => Ok(new.clone()),
        Ok(None) => Ok(seats.states.value().cloned().unwrap_or_default()),
        Err(why) => Err(why.clone()),
    };
    let failed = result.as_ref().err().cloned();
    if seats.states.settle(req, now.mono_ms, result) {
        report_link(failed.as_ref(), out);
        if let (Some(plan), Some((_, states))) = (seats.plan(), seats.states.value()) {
            seats.counts = Counts::of(plan, states);
        }
        if first && failed.is_none() {
            begin_at_best(seats);
        }
    }
}

/// Puts the cursor on the best free seat, so that Enter at once is a good choice.
pub(super) fn begin_at_best(seats: &mut Tracked<Seats>) {
    let Some(plan) = seats.plan().cloned() else { return };
    let open = |seat: SeatIx| seats.state(seat) == SeatState::Free;
    let blocks = best::blocks(&plan.chart, &plan.geometry, &open, 1, 1);
    let cursor = blocks.first().map(|b| b.seats[0]).unwrap_or_default();
    seats.cursor = cursor;
    seats.level = if plan.chart.seats.is_empty() { 0 } else { plan.level_of(cursor) };
    seats.origin = (0, 0);
}
