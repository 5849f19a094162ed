//! News of the seats while they are on the screen: taken in one by one, however many come, and what somebody else
//! takes from this person is said, with the nearest seats for one key.
//!
//! The server's answers to holds are the authority; news are a hint that comes early. What is being held for this
//! person is therefore never given up because of news: the answer decides.

use super::{
    Around, Counts, Seats, choose, judge, load, names,
    propose::{self, Offer, OfferKind},
};
use crate::{
    domain::{
        cinema::Holds,
        failure::{Failure, FailureKind},
        ids::SeatIx,
        seating::best::{Ask, propose_at},
        show::{SeatNews, SeatState},
    },
    store::{
        Out,
        action::{CatalogAction, HoldAction, NavAction, Tone},
        effect::Effect,
        remote::{Remote, Req},
        slices::{Requests, nav::Route, notice::say},
        tracked::Tracked,
    },
};

/// The code of a failure to watch at a server that tells no news, or none that can be understood.
const NO_NEWS: &str = "no_news";
/// The code of a failure to watch a show that has another plan now.
const CHART_CHANGED: &str = "chart_changed";

/// The watch of a show's seats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// The request that began it; news of older ones change nothing.
    watch: Option<Req>,
    pub hearing: Hearing,
    /// Whether news came since the states were last asked for: then they are newer than the answer.
    pub(super) newer: bool,
    /// When the states are read again by themselves.
    look_at_ms: Option<u64>,
    /// The request by which they were last read by themselves: nobody is told if it fails.
    looked: Option<Req>,
}

impl Live {
    /// When the states are read again by themselves.
    pub fn deadline(&self) -> Option<u64> {
        self.look_at_ms
    }

    /// Whether the program asked this by itself.
    pub(super) fn is_by_itself(&self, req: Req) -> bool {
        self.looked == Some(req)
    }
}

/// How well the news are heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hearing {
    /// Nothing heard yet, or nothing asked for.
    #[default]
    Silent,
    Live,
    /// The connection is lost, and begun again by itself.
    Lost,
    /// The server tells no news: the states are read again, every now and then while they are looked at.
    Never,
}

/// The wait after an answer before the states are read again, where there are no news; and after none came.
const LOOK_MS: u64 = 10_000;
const PATIENT_LOOK_MS: u64 = 30_000;

/// The seats are looked at: begins to listen, as soon as the plan is known; where there is nothing to be heard, looks.
pub(super) fn shown(seats: &mut Tracked<Seats>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    match seats.live.hearing {
        Hearing::Never => look(seats, around, requests, out),
        _ => start(seats, requests, out),
    }
}

/// Begins to listen, as soon as the plan is known.
pub(super) fn start(seats: &mut Tracked<Seats>, requests: &mut Requests<'_>, out: &mut Out) {
    if seats.live.watch.is_some() || seats.live.hearing == Hearing::Never {
        return;
    }
    let Some(of) = load::known_plan(seats) else { return };
    let req = requests.number();
    seats.live = Live { watch: Some(req), ..Live::default() };
    out.effect(Effect::WatchSeats { req, of });
}

/// Reads the states again where there are no news of them. A sale that is under way is not looked at: its seats are
/// taken, and by this person.
pub(super) fn look(seats: &mut Tracked<Seats>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if seats.live.hearing != Hearing::Never || seats.states.is_loading() || around.hold.is_committing() {
        return;
    }
    load::load_states(seats, around, requests, out);
    seats.live.looked = match &seats.states {
        Remote::Loading { req, .. } => Some(*req),
        _ => None,
    };
}

/// The states were read, or could not be: from now on it is waited until they are read again, if they are looked at and
/// there are no news of them.
pub(super) fn wait(seats: &mut Tracked<Seats>, around: &Around<'_>, failed: Option<&Failure>) {
    let pause_ms = if failed.is_some() { PATIENT_LOOK_MS } else { LOOK_MS };
    // Who is offline connects again by itself, and looks then.
    let looks = seats.live.hearing == Hearing::Never
        && load::is_shown(around)
        && failed.is_none_or(|why| why.kind != FailureKind::Offline);
    seats.live.look_at_ms = looks.then_some(around.now.mono_ms + pause_ms);
}

pub(super) fn tick(seats: &mut Tracked<Seats>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if seats.live.look_at_ms.is_some_and(|at| at <= around.now.mono_ms) {
        wait(seats, around, None);
        look(seats, around, requests, out);
    }
}

pub(super) fn stop(seats: &mut Tracked<Seats>, out: &mut Out) {
    if seats.live.look_at_ms.is_some() {
        seats.live.look_at_ms = None;
    }
    if seats.live.watch.is_some() {
        seats.live.watch = None;
        seats.live.hearing = Hearing::Silent;
        out.effect(Effect::StopWatching);
    }
}

/// The watch has ended without being stopped.
pub(super) fn forget(seats: &mut Tracked<Seats>) {
    seats.live = Live::default();
}

pub(super) fn lost(seats: &mut Tracked<Seats>, around: &Around<'_>, req: Req, why: &Failure, out: &mut Out) {
    if seats.live.watch != Some(req) {
        return;
    }
    let never = why.code == NO_NEWS || why.kind == FailureKind::NotFound;
    let hearing = if never { Hearing::Never } else { Hearing::Lost };
    if seats.live.hearing != hearing {
        seats.live.hearing = hearing;
    }
    if hearing == Hearing::Never || why.code == CHART_CHANGED {
        seats.live.watch = None;
        wait(seats, around, None);
        // The news may be those of another plan: the list of shows tells, and the new plan is watched.
        out.then(CatalogAction::Stale);
    }
}

pub(super) fn news(seats: &mut Tracked<Seats>, around: &Around<'_>, req: Req, news: &SeatNews, out: &mut Out) {
    if seats.live.watch != Some(req) {
        return;
    }
    let Some(plan) = seats.plan().cloned() else { return };
    if seats.live.hearing != Hearing::Live {
        seats.live.hearing = Hearing::Live;
    }
    let lost = match news {
        SeatNews::States(states) if states.len() != plan.chart.seats.len() => {
            // The plan has changed: the list of shows tells the new one.
            out.then(CatalogAction::Stale);
            return;
        }
        SeatNews::States(states) => {
            let first = seats.states.value().is_none();
            let was_free = matters(seats, around);
            seats.live.newer = true;
            let is_new = seats.states.value().is_none_or(|(_, known)| known != states);
            seats.states.set((String::new(), states.clone()), around.now.mono_ms);
            if is_new {
                let counts = Counts::of(&plan, |seat| seats.state(seat));
                seats.counts = counts;
            }
            if first {
                load::begin(seats, out);
            }
            judge::again(seats, around);
            was_free.into_iter().filter(|seat| seats.state(*seat) != SeatState::Free).collect()
        }
        SeatNews::Changes(changes) => {
            let matters = matters(seats, around);
            let changed = apply(seats, changes);
            judge::touched(seats, around, &changed);
            matters
                .into_iter()
                .filter(|s| changed.contains(s) && seats.state(*s) != SeatState::Free)
                .collect::<Vec<_>>()
        }
    };
    if !lost.is_empty() {
        gone(seats, around, &lost, out);
    }
}

/// Takes changed states in, and counts them; says which seats are different now.
fn apply(seats: &mut Tracked<Seats>, changes: &[(SeatIx, SeatState)]) -> Vec<SeatIx> {
    let (Some(plan), Some((_, states))) = (seats.plan().cloned(), seats.states.value()) else { return Vec::new() };
    let is_new = |&&(seat, state): &&(SeatIx, SeatState)| seat.get() < states.len() && states.get(seat.get()) != state;
    let changes: Vec<(SeatIx, SeatState)> = changes.iter().filter(is_new).copied().collect();
    if changes.is_empty() {
        return Vec::new();
    }
    let seats = &mut **seats;
    seats.live.newer = true;
    for (seat, state) in &changes {
        let before = seats.state(*seat);
        if let Some((tag, states)) = seats.states.value_mut() {
            tag.clear();
            states.set(seat.get(), *state);
        }
        let after = seats.state(*seat);
        seats.counts.add(&plan, *seat, before, -1);
        seats.counts.add(&plan, *seat, after, 1);
    }
    changes.into_iter().map(|(seat, _)| seat).collect()
}

/// What the answer to a hold tells.
pub(super) fn known(seats: &mut Tracked<Seats>, states: &[(SeatIx, SeatState)]) {
    apply(seats, states);
}

/// The free seats whose loss concerns this person: what they want and have not asked the server for yet, what is
/// offered to them, and with nothing wanted the seat under the cursor. For each, both halves of a couch.
pub(super) fn matters(seats: &Seats, around: &Around<'_>) -> Vec<SeatIx> {
    let hold = around.hold;
    let mut matters: Vec<SeatIx> = match hold.wanted() {
        [] => vec![seats.cursor],
        // What is being booked is taken by this person.
        _ if hold.is_committing() => Vec::new(),
        // While an answer is awaited, `held` may well mean by this person.
        _ if hold.is_asking() && keeps(around) => Vec::new(),
        wanted => {
            let is_safe = |id| keeps(around) && hold.is_held(id);
            wanted.iter().filter(|pick| !is_safe(&pick.id)).map(|pick| pick.ix).collect()
        }
    };
    matters.extend(seats.offer.iter().flat_map(|offer| offer.seats.iter().copied()).filter(|s| !hold.has(*s)));
    if seats.states.value().is_none() {
        matters.clear();
    }
    matters.retain(|seat| seats.state(*seat) == SeatState::Free);
    matters
}

/// Whether the box office keeps seats that are chosen.
pub(super) fn keeps(around: &Around<'_>) -> bool {
    around.cinema.is_none_or(|cinema| cinema.abilities.holds == Holds::Kept)
}

/// Somebody else has taken seats that matter to this person.
pub(super) fn gone(seats: &mut Tracked<Seats>, around: &Around<'_>, lost: &[SeatIx], out: &mut Out) {
    if *around.route == Route::Checkout {
        // Another choice is made where the seats are seen.
        out.then(NavAction::Back);
    }
    let wanted = choose::wanted(around.hold);
    if let Some(offer) = seats.offer.take().filter(|_| wanted.iter().all(|seat| !lost.contains(seat))) {
        // Only what was offered has gone: the same for what is free now.
        offer_instead(seats, around, (&wanted, lost, offer.seats.len()), "was just taken, too", out);
        return;
    }
    let lost: Vec<SeatIx> = lost.iter().flat_map(|seat| choose::unit(seats, *seat)).collect();
    let kept: Vec<SeatIx> = wanted.iter().copied().filter(|seat| !lost.contains(seat)).collect();
    if kept.len() < wanted.len() {
        let open = seats.show.as_ref().map(|show| show.id.clone()).zip(seats.plan().cloned());
        out.then_some(open.map(|(show, plan)| HoldAction::Want { show, plan, seats: kept.clone() }));
    }
    let size = wanted.len().max(1);
    offer_instead(seats, around, (&kept, &lost, size), "was just taken", out);
}

/// The server has refused wanted seats, and holds or will hold the rest.
pub(super) fn taken(
    seats: &mut Tracked<Seats>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    lost: &[(SeatIx, SeatState)],
    out: &mut Out,
) {
    apply(seats, lost);
    if seats.live.hearing != Hearing::Live {
        load::load_states(seats, around, requests, out);
    }
    let state = lost.first().map_or(SeatState::Held, |(_, state)| *state);
    let lost: Vec<SeatIx> = lost.iter().map(|(seat, _)| *seat).collect();
    let kept = choose::wanted(around.hold);
    let words = match (state, lost.len()) {
        (SeatState::Sold, 1) => "is sold",
        (SeatState::Sold, _) => "are sold",
        (_, 1) => "is held by someone else",
        _ => "are held by someone else",
    };
    let size = kept.len() + lost.len();
    offer_instead(seats, around, (&kept, &lost, size), words, out);
}

/// Offers the nearest seats for `size` people who keep some of theirs and have lost others.
fn offer_instead(
    seats: &mut Tracked<Seats>,
    around: &Around<'_>,
    (kept, lost, size): (&[SeatIx], &[SeatIx], usize),
    what: &str,
    out: &mut Out,
) {
    let Some(plan) = seats.plan().cloned() else { return };
    let hold = around.hold;
    let was = names(&plan, lost, "x");
    let seated: Vec<SeatIx> = lost.iter().copied().filter(|seat| !plan.chart.is_standing(*seat)).collect();
    let instead = match (kept, seated.first()) {
        (_, None) => None,
        ([], Some(near)) => {
            let open = seats.open_for(&plan, hold);
            let free = |seat: SeatIx| open(seat) && !lost.contains(&seat);
            propose_at(plan.hall(), &free, &Ask::of(size), *near).map(|proposal| proposal.seats)
        }
        (kept, _) => propose::resized(seats, hold, (kept, lost), size),
    };
    let Some(all) = instead else {
        out.then(say(Tone::Bad, format!("{was} {what}. Choose another.")));
        return;
    };
    let new: Vec<SeatIx> = all.iter().copied().filter(|seat| !kept.contains(seat)).collect();
    let labels = names(&plan, &new, "x");
    let stays = kept.iter().all(|seat| all.contains(seat));
    let (is, it) = if new.len() == 1 { ("is", "it") } else { ("are", "them") };
    let offered = match (kept.is_empty(), stays) {
        (true, _) => format!("{labels} {is} the nearest"),
        (false, true) => format!("{labels} {is} next to yours"),
        (false, false) => format!("{} are free together", names(&plan, &all, "x")),
    };
    let words = format!("{was} {what}: {offered}, {{go}} takes {it}.");
    out.then(say(Tone::Bad, words.clone()));
    seats.offer = Some(Offer { kind: OfferKind::Instead, seats: all, beside: kept.to_vec(), words });
}
